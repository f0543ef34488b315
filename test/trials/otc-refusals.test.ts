/** Each refusal that the references of Open Telekom Cloud list, with the real binary: its exit code. */
import assert from 'node:assert/strict';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import { aimed } from '../support/cloud.js';
import { type Home, withHome } from '../support/ipctl.js';

const PROJECT = '3f9c2ab4d17e4c0b8a65e01c7d2f4b90';
const SUBNET = 'a1e0c9d4-6b52-4f0d-8c33-2d9f7e5b1004';
const IP = 'e3a7b915-0c4d-4e62-9f18-5b2c7d60a831';
const EIP = 'f48b2c07-5e91-4d3a-8b76-a0d1c3e59f62';
const SERVER = '7b3e9d10-a8c5-42f6-90d7-1f5e6c28b4a3';
const PORT = '58d0f3c6-2e7b-4914-8afc-d3b6e90127c5';

const reserved = { status: 'DOWN', id: IP, subnet_id: SUBNET, device_owner: '', ip_address: '10.40.8.77' };
const free = { id: EIP, status: 'DOWN', type: '5_bgp', public_ip_address: '203.0.113.24' };
const cloudServer = { id: SERVER, name: 'web-01', status: 'ACTIVE', addresses: {} };

/** What a quiet cloud answers to reads. Its lists hold strangers only, so that nothing is found there that was refused by id. */
const reads: readonly (readonly [RegExp, object])[] = [
  [/\/publicips\/[^/]+\/tags$/, { tags: [] }],
  [/\/publicips\/[^/]+$/, { publicip: free }],
  [/\/publicips$/, { publicips: [{ ...free, id: 'stranger', public_ip_address: '203.0.113.99' }] }],
  [/\/privateips\/[^/]+$/, { privateip: reserved }],
  [/\/subnets\/[^/]+\/privateips$/, { privateips: [{ ...reserved, id: 'stranger', ip_address: '10.40.8.99' }] }],
  [/\/subnets$/, { subnets: [] }],
  [/\/servers\/[^/]+$/, { server: cloudServer }],
  [/\/cloudservers\/detail$/, { servers: [{ ...cloudServer, id: 'stranger', name: 'web-99' }] }],
  [
    /\/v2\.0\/ports$/,
    { ports: [{ id: PORT, fixed_ips: [{ ip_address: '10.40.8.31' }], 'binding:vif_details': { primary_interface: true } }] },
  ],
];

interface Row {
  readonly verb: keyof typeof verbs;
  readonly status: number;
  readonly body: unknown;
  readonly exit: number;
  readonly says: RegExp;
}

/** The command, and the request of it that is refused. */
const verbs = {
  create: [['privateip', 'create', '--subnet', SUBNET, '--address', '10.40.8.77'], /^POST .*\/privateips$/],
  virtual: [['privateip', 'create', '--subnet', SUBNET, '--otc-virtual', 'true'], /^POST .*\/v2\.0\/ports$/],
  show: [['privateip', 'show', IP], /^GET .*\/privateips\//],
  list: [['privateip', 'list', '--subnet', SUBNET], /^GET .*\/subnets\/[^/]+\/privateips$/],
  delete: [['privateip', 'delete', IP, '--yes'], /^DELETE .*\/privateips\//],
  allocate: [['ip', 'allocate', '--otc-bandwidth-size', '10'], /^POST .*\/publicips$/],
  'show eip': [['ip', 'show', EIP], /^GET .*\/publicips\/[^/]+$/],
  'list eips': [['ip', 'list', '-c', 'address'], /^GET .*\/publicips$/],
  release: [['ip', 'release', EIP, '--yes'], /^DELETE .*\/publicips\//],
  'release unwaited': [['ip', 'release', EIP, '--yes', '--no-wait'], /^DELETE .*\/publicips\//],
  associate: [['ip', 'associate', EIP, '--server', SERVER], /^PUT .*\/publicips\//],
  label: [['ip', 'update', EIP, '--label', 'a=b'], /^POST .*\/tags\/action$/],
  server: [['server', 'show', SERVER], /^GET .*\/servers\//],
} as const;

const vpc = (code: string, message = 'Said so.'): object => ({ code, message });
const gateway = (code: string, message: string): object => ({ error_msg: message, error_code: code, request_id: '7d2c1f0b' });
const neutron = (type: string): object => ({ NeutronError: { type, message: 'Said so.', detail: '' } });
const nested = '{"NeutronError":{"message":"Bandwidth share_type is invalid.","type":"InvalidInput","detail":""}}';

const row = (verb: Row['verb'], status: number, body: unknown, exit: number, says: RegExp = /./): Row => ({
  verb,
  status,
  body,
  exit,
  says,
});
const service = (verb: Row['verb'], status: number, code: string, exit: number): Row =>
  row(verb, status, vpc(code), exit, new RegExp(`Said so \\(otc ${status} ${code.replace('.', '\\.')}`));

/** Private IPs, EIPs, tags, the gateway, all services, the shapes; in the order of the reference. */
const tables: Readonly<Record<string, readonly Row[]>> = {
  'private IPs': [
    service('create', 500, 'VPC.0701', 6),
    service('create', 400, 'VPC.0705', 2),
    service('create', 404, 'VPC.2204', 3),
    service('create', 409, 'VPC.0703', 7),
    row('show', 404, vpc('VPC.0704'), 3, /no private IP/),
    service('list', 400, 'VPC.0702', 2),
    service('delete', 500, 'VPC.0706', 5),
    service('delete', 409, 'VPC.0707', 6),
    row('virtual', 409, neutron('IpAddressInUse'), 6, /IpAddressInUse/),
    row('virtual', 400, neutron('InvalidIpForSubnet'), 2, /InvalidIpForSubnet/),
    row('virtual', 409, neutron('IpAddressGenerationFailure'), 7, /IpAddressGenerationFailure/),
    row('virtual', 409, neutron('OverQuota'), 7, /OverQuota/),
    row('virtual', 404, neutron('NetworkNotFound'), 3, /NetworkNotFound/),
  ],
  'elastic IPs': [
    service('allocate', 400, 'VPC.0301', 2),
    service('allocate', 400, 'VPC.0501', 2),
    service('allocate', 403, 'VPC.0502', 4),
    service('allocate', 500, 'VPC.0503', 5),
    service('allocate', 500, 'VPC.0504', 5),
    service('allocate', 500, 'VPC.0508', 2),
    service('allocate', 409, 'VPC.0521', 7),
    service('allocate', 409, 'VPC.0522', 6),
    service('allocate', 409, 'VPC.0532', 7),
    service('show eip', 400, 'VPC.0501', 2),
    row('show eip', 404, vpc('VPC.0504'), 3, /no floating IP/),
    service('show eip', 500, 'VPC.0514', 5),
    service('list eips', 400, 'VPC.0501', 2),
    service('release', 400, 'VPC.0501', 2),
    // Gone already: what was wanted.
    row('release unwaited', 404, vpc('VPC.0504'), 3, /somebody else released it/),
    service('release', 409, 'VPC.0512', 5),
    service('release', 500, 'VPC.0513', 5),
    service('release', 500, 'VPC.0516', 6),
    service('release', 409, 'VPC.0517', 6),
    service('release', 500, 'VPC.0518', 6),
    service('associate', 400, 'VPC.0501', 2),
    service('associate', 404, 'VPC.0504', 3),
    service('associate', 500, 'VPC.0509', 6),
    service('associate', 409, 'VPC.0510', 6),
    service('associate', 409, 'VPC.0511', 6),
    service('associate', 404, 'VPC.0514', 3),
    service('associate', 500, 'VPC.0514', 5),
    service('label', 400, 'VPC.1801', 2),
  ],
  'the gateway': [
    ...[
      'verify aksk signature fail',
      'ak AKEXAMPLE not exist',
      'x-auth-token not found',
      'decrypt token fail',
      'token expires, expires_at: 2026',
    ].map((message) =>
      row('list eips', 401, gateway('APIGW.0301', `Incorrect IAM authentication information: ${message}`), 4, new RegExp(message)),
    ),
    row('list eips', 401, gateway('APIG.0301', 'the other spelling'), 4, /APIG\.0301, request 7d2c1f0b/),
    row('list eips', 404, gateway('APIGW.0101', 'The API does not exist'), 14, /check region and the endpoint options/),
    row('list eips', 429, gateway('APIGW.0308', 'The throttling threshold has been reached'), 5, /throttling/),
    row('list eips', 429, gateway('APIG.0308', 'The throttling threshold has been reached'), 5, /throttling/),
    row('list eips', 404, { message: 'API not found', request_id: '7d2c1f0b' }, 14, /API not found \(otc 404, request 7d2c1f0b\)/),
  ],
  'every service': [
    service('list eips', 400, 'VPC.0002', 2),
    service('list eips', 404, 'VPC.0003', 3),
    service('list eips', 400, 'VPC.0004', 5),
    service('list eips', 401, 'VPC.0005', 4),
    row('list eips', 400, vpc('VPC.0007', 'Inconsistent tenant IDs.'), 14, /the credentials open another project/),
    service('list eips', 401, 'VPC.0008', 4),
    service('list eips', 401, 'VPC.0009', 4),
    service('list eips', 403, 'VPC.0010', 4),
    row('allocate', 403, vpc('VPC.2201', "Policy doesn't allow <vpc:publicIps:create> to be performed"), 4, /<vpc:publicIps:create>/),
    service('list eips', 403, 'VPC.2701', 4),
    service('list eips', 404, 'VPC.2204', 3),
  ],
  'the shapes of errors': [
    row('allocate', 400, vpc('VPC.0501', nested), 2, /^ipctl: Bandwidth share_type is invalid \(otc 400 VPC\.0501\)/m),
    row('show eip', 409, gateway('EIP.7902', 'unbound'), 6, /unbound \(otc 409 EIP\.7902, request 7d2c1f0b\)/),
    row('show eip', 400, { errorCode: 'SVC.0001', errorMsg: 'bad' }, 2, /bad \(otc 400 SVC\.0001\)/),
    row('show eip', 401, { error: { code: 401, message: 'Unauthorized.', title: 'Unauthorized' } }, 4, /Unauthorized \(otc 401\)/),
    row('server', 404, { itemNotFound: { message: 'Instance could not be found.', code: 404 } }, 3, /no server/),
    row(
      'server',
      400,
      { error: { code: 'request body is illegal.', message: 'Ecs.0005' } },
      2,
      /request body is illegal \(otc 400 Ecs\.0005\)/,
    ),
    row('show eip', 502, '<html><h1>Bad  Gateway</h1></html>', 5, /Bad Gateway \(otc 502\)/),
    row('show eip', 503, '', 5, /without a word/),
  ],
};

const AT_ONCE = 3;

/** One server for a whole table: the first segment of a path says which row is meant. */
async function withRefusals(rows: readonly Row[], work: (home: Home, origin: string) => Promise<void>): Promise<void> {
  const answer = (response: ServerResponse, status: number, body: unknown): void => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    response.writeHead(status, { 'content-length': Buffer.byteLength(text) });
    response.end(text);
  };
  const server = createServer((request, response) => {
    request.resume();
    const { pathname } = new URL(request.url ?? '', 'http://sandbox');
    const [, index, path = ''] = /^\/row-(\d+)(\/.*)$/.exec(pathname) ?? [];
    const { verb, status, body } = rows[Number(index)] ?? assert.fail(pathname);
    if (verbs[verb][1].test(`${request.method} ${path}`)) return answer(response, status, body);
    const known = request.method === 'GET' ? reads.find(([pattern]) => pattern.test(path)) : undefined;
    if (known === undefined) return answer(response, 403, vpc('VPC.2201', `nobody may ${request.method} ${path}`));
    return answer(response, 200, known[1]);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await withHome((home) => work(home, `http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

describe('the exit code of each refusal', () => {
  for (const [name, rows] of Object.entries(tables)) {
    test(name, async () => {
      await withRefusals(rows, async (home, origin) => {
        const pending = rows.entries();
        const worker = async (): Promise<void> => {
          for (const [index, { verb, status, body, exit, says }] of pending) {
            const endpoint = `${origin}/row-${index}`;
            const ipctl = aimed(home, 'otc', {
              token: 'a-token-of-tests',
              'project-id': PROJECT,
              'vpc-endpoint': endpoint,
              'ecs-endpoint': endpoint,
            });
            const mutates = !verbs[verb][1].source.startsWith('^GET');
            const { code, stdout, stderr } = await ipctl([...verbs[verb][0], ...(mutates ? ['--timeout', '1s'] : [])]);
            const what = `${verb} ${status} ${JSON.stringify(body)}: ${stderr}`;
            assert.equal(code, exit, what);
            if (exit === 0) continue;
            assert.match(stderr, says, what);
            assert.equal(stdout, '', what);
          }
        };
        await Promise.all(Array.from({ length: AT_ONCE }, worker));
      });
    });
  }
});
