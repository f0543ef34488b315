/** Every shape of refusal, and every code whose meaning is not that of its status. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Fate, Kind } from '../../../src/domain/errors.js';
import type { Request } from '../../../src/domain/exchange.js';
import { collect } from '../../../src/http/pages.js';
import { verb } from '../../../src/operations/capable.js';
import { fault } from '../../../src/providers/otc/fault.js';
import { EIP, failing, PROJECT, request, scripted } from './cloud.js';

const vpc = (code: string, message: string) => ({ code, message });
const gateway = (code: string, message: string) => ({
  error_msg: message,
  error_code: code,
  request_id: '7d2c1f0b9e8a4c63b5f40a1e2d3c4b5a',
});
const iam = (code: number | string, message: string) => ({ error: { code, message, title: 'Unauthorized' } });
const neutron = (type: string, message: string) => ({ NeutronError: { type, message, detail: '' } });
const nested = '{"NeutronError":{"message":"Bandwidth share_type is invalid.","type":"InvalidInput","detail":""}}';

interface Row {
  readonly method?: Request['method'];
  readonly status: number;
  readonly body: unknown;
  readonly kind: Kind;
  readonly code: string | undefined;
  readonly fate: Fate;
  readonly says: string;
}
const row = (
  status: number,
  body: unknown,
  kind: Kind,
  code: string | undefined,
  says: string,
  fate: Fate = 'not-applied',
  method?: Request['method'],
): Row => ({ status, body, kind, code, says, fate, ...(method === undefined ? {} : { method }) });

const rows: readonly Row[] = [
  // Private IPs.
  row(500, vpc('VPC.0701', 'The IP has been used.'), 'conflict', 'VPC.0701', 'The IP has been used'),
  row(409, vpc('VPC.0701', 'The IP address is in use.'), 'conflict', 'VPC.0701', 'in use'),
  row(400, vpc('VPC.0705', 'Invalid IP address for the specified subnet.'), 'usage', 'VPC.0705', 'Invalid IP address'),
  row(404, vpc('VPC.2204', 'Resource query by ID failed.'), 'not-found', 'VPC.2204', 'query by ID failed'),
  row(409, vpc('VPC.0703', 'No more IP addresses available on network x.'), 'limit', 'VPC.0703', 'No more IP addresses'),
  row(404, vpc('VPC.0704', 'Query resource by id fail.'), 'not-found', 'VPC.0704', 'Query resource'),
  row(400, vpc('VPC.0702', 'query privateIps error.'), 'usage', 'VPC.0702', 'query privateIps error'),
  row(500, vpc('VPC.0706', 'Delete port fail.'), 'temporary', 'VPC.0706', 'Delete port fail'),
  row(409, vpc('VPC.0707', 'privateIp is in use.'), 'conflict', 'VPC.0707', 'in use'),
  // EIPs.
  row(400, vpc('VPC.0301', 'Bandwidth name or share_type is invalid.'), 'usage', 'VPC.0301', 'Bandwidth name'),
  row(404, vpc('VPC.0306', 'Bandwidth not found.'), 'not-found', 'VPC.0306', 'Bandwidth'),
  row(400, vpc('VPC.0501', 'Port id is invalid.'), 'usage', 'VPC.0501', 'Port id is invalid'),
  row(403, vpc('VPC.0502', 'You are not allowed to assign the EIP.'), 'auth', 'VPC.0502', 'not allowed'),
  row(500, vpc('VPC.0503', 'Failed to assign the EIP.'), 'temporary', 'VPC.0503', 'Failed to assign', 'unknown', 'POST'),
  row(500, vpc('VPC.0504', 'FloatIp is null.'), 'temporary', 'VPC.0504', 'FloatIp is null', 'unknown', 'POST'),
  row(404, vpc('VPC.0504', 'Floating IP could not be found.'), 'not-found', 'VPC.0504', 'could not be found'),
  row(500, vpc('VPC.0508', 'Port is invalid.'), 'usage', 'VPC.0508', 'Port is invalid'),
  row(500, vpc('VPC.0509', 'The port has already been bound with an EIP.'), 'conflict', 'VPC.0509', 'already been bound'),
  row(409, vpc('VPC.0510', 'EIP has already been bound to a port.'), 'conflict', 'VPC.0510', 'already been bound'),
  row(409, vpc('VPC.0511', 'The port has already been bound with an EIP.'), 'conflict', 'VPC.0511', 'already been bound'),
  row(409, vpc('VPC.0512', 'Resource status is busy, try it again later.'), 'temporary', 'VPC.0512', 'busy'),
  row(500, vpc('VPC.0513', 'Network resources not found.'), 'temporary', 'VPC.0513', 'Network resources', 'unknown'),
  row(404, vpc('VPC.0514', 'Neutron error.'), 'not-found', 'VPC.0514', 'Neutron error'),
  row(500, vpc('VPC.0514', 'Neutron error.'), 'temporary', 'VPC.0514', 'Neutron error', 'unknown'),
  row(500, vpc('VPC.0516', 'EIP is being used by ELB.'), 'conflict', 'VPC.0516', 'used by ELB'),
  row(409, vpc('VPC.0517', 'EIP is bound to a port. Unbind it first.'), 'conflict', 'VPC.0517', 'Unbind it first'),
  row(500, vpc('VPC.0518', 'EIP has firewall rules.'), 'conflict', 'VPC.0518', 'firewall'),
  row(409, vpc('VPC.0521', "Quota exceeded for resources: ['floatingip']."), 'limit', 'VPC.0521', 'Quota exceeded'),
  row(409, vpc('VPC.0522', 'The IP address is in use.'), 'conflict', 'VPC.0522', 'in use'),
  row(409, vpc('VPC.0532', 'No more IP addresses available on network.'), 'limit', 'VPC.0532', 'No more IP addresses'),
  row(400, vpc('VPC.0501', nested), 'usage', 'VPC.0501', 'Bandwidth share_type is invalid (otc'),
  row(400, vpc('VPC.1801', 'Tag key is repeated.'), 'usage', 'VPC.1801', 'repeated'),
  // VPCs, subnets, and what concerns all.
  row(404, vpc('VPC.0003', 'VPC does not exist.'), 'not-found', 'VPC.0003', 'does not exist'),
  row(400, vpc('VPC.0004', 'VPC is not active. Try again later.'), 'temporary', 'VPC.0004', 'not active'),
  row(401, vpc('VPC.0005', 'Lack of user authority.'), 'auth', 'VPC.0005', 'authority'),
  row(400, vpc('VPC.0007', 'Inconsistent tenant IDs.'), 'config', 'VPC.0007', 'Inconsistent'),
  row(401, vpc('VPC.0008', 'Invalid token in the header.'), 'auth', 'VPC.0008', 'Invalid token'),
  row(403, vpc('VPC.0010', 'Rules on xx by ** disallowed by policy'), 'auth', 'VPC.0010', 'disallowed'),
  row(403, vpc('VPC.2201', "Policy doesn't allow <vpc:publicIps:create> to be performed"), 'auth', 'VPC.2201', 'vpc:publicIps:create'),
  row(403, vpc('VPC.2701', 'Token is not allowed to do this action.'), 'auth', 'VPC.2701', 'not allowed'),
  row(500, vpc('VPC.0105', 'VPC not found.'), 'not-found', 'VPC.0105', 'VPC not found'),
  row(500, vpc('VPC.0202', 'Subnet not found.'), 'not-found', 'VPC.0202', 'Subnet not found'),
  // The gateway.
  row(401, gateway('APIGW.0301', 'verify aksk signature fail'), 'auth', 'APIGW.0301', 'request 7d2c1f0b9e8a4c63b5f40a1e2d3c4b5a'),
  row(401, gateway('APIG.0301', 'token expires'), 'auth', 'APIG.0301', 'token expires'),
  row(404, gateway('APIGW.0101', 'The API does not exist'), 'config', 'APIGW.0101', 'does not exist'),
  row(429, gateway('APIGW.0308', 'policy user over ratelimit'), 'temporary', 'APIGW.0308', 'ratelimit'),
  row(409, gateway('EIP.7902', 'already unbound'), 'conflict', 'EIP.7902', 'already unbound'),
  row(404, { message: 'API not found', request_id: 'abc' }, 'config', undefined, 'API not found (otc 404, request abc)'),
  row(400, { errorCode: 'SVC.0001', errorMsg: 'bad' }, 'usage', 'SVC.0001', 'bad'),
  // Identity and servers.
  row(401, iam(401, 'The username or password is wrong.'), 'auth', undefined, 'password is wrong (otc 401)'),
  row(404, iam('IAM.0004', 'Could not find project.'), 'not-found', 'IAM.0004', 'Could not find'),
  row(404, iam(404, 'Could not find project.'), 'not-found', undefined, 'Could not find'),
  row(429, gateway('IAM.0012', 'too many requests'), 'temporary', 'IAM.0012', 'too many'),
  row(400, gateway('IAM.1061', 'totp is wrong'), 'auth', 'IAM.1061', 'totp'),
  row(401, gateway('IAM.0061', 'account locked'), 'auth', 'IAM.0061', 'locked'),
  row(401, gateway('IAM.0062', 'wrong password'), 'auth', 'IAM.0062', 'wrong password'),
  row(401, gateway('IAM.0066', 'token expired'), 'auth', 'IAM.0066', 'expired'),
  row(401, gateway('IAM.0067', 'token invalid'), 'auth', 'IAM.0067', 'invalid'),
  row(401, gateway('IAM.0001', 'not authenticated'), 'auth', 'IAM.0001', 'not authenticated'),
  row(403, gateway('IAM.0002', 'no permission'), 'auth', 'IAM.0002', 'no permission'),
  row(400, gateway('IAM.1105', 'access key expired'), 'auth', 'IAM.1105', 'expired'),
  row(400, gateway('IAM.1106', 'user gone'), 'auth', 'IAM.1106', 'gone'),
  row(400, gateway('IAM.1108', 'security token expired'), 'auth', 'IAM.1108', 'expired'),
  row(400, gateway('IAM.1107', 'access key inactive'), 'auth', 'IAM.1107', 'inactive'),
  row(400, { error: { code: 'Ecs.0005', message: 'request body is illegal.' } }, 'usage', 'Ecs.0005', 'illegal'),
  row(400, { error: { code: 'request body is illegal.', message: 'Ecs.0005' } }, 'usage', 'Ecs.0005', 'request body is illegal'),
  row(404, { itemNotFound: { message: 'Instance could not be found.', code: 404 } }, 'not-found', 'itemNotFound', 'Instance'),
  // Native Neutron.
  row(409, neutron('IpAddressInUse', 'The IP address 10.0.0.1 is in use.'), 'conflict', 'IpAddressInUse', 'in use'),
  row(400, neutron('InvalidIpForSubnet', 'not a valid IP'), 'usage', 'InvalidIpForSubnet', 'not a valid'),
  row(409, neutron('IpAddressGenerationFailure', 'No more IP addresses'), 'limit', 'IpAddressGenerationFailure', 'No more'),
  row(409, neutron('OverQuota', "Quota exceeded for resources: ['port']."), 'limit', 'OverQuota', 'Quota'),
  row(404, neutron('PortNotFound', 'Port x could not be found.'), 'not-found', 'PortNotFound', 'Port x'),
  row(409, neutron('PortInUse', 'Port x is in use.'), 'conflict', 'PortInUse', 'Port x'),
  // Proxies.
  row(
    502,
    '<html><head><style>b{}</style></head><body><h1>Bad  Gateway</h1></body></html>',
    'temporary',
    undefined,
    'Bad Gateway (otc 502)',
    'unknown',
  ),
  row(503, '', 'temporary', undefined, 'without a word', 'unknown'),
  row(404, '<h1>Not Found</h1>', 'config', undefined, 'Not Found'),
  row(500, { code: 'VPC.9999', message: 'toString' }, 'temporary', 'VPC.9999', 'toString', 'unknown'),
  row(500, { code: 'toString', message: 'odd' }, 'temporary', 'toString', 'odd', 'unknown'),
];

test('each refusal has its kind, code, fate and sentence', () => {
  for (const { method = 'GET', status, body, kind, code, fate, says } of rows) {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const error = fault({ status, headers: {}, text, json: typeof body === 'string' ? undefined : body }, { method, url: 'https://vpc/' });
    const { details, message } = error;
    assert.deepEqual([error.kind, details.code, details.fate, details.status], [kind, code, fate, status], `${status} ${text}`);
    assert.ok(message.includes(says), `${message} lacks ${says}`);
  }
});

test('the request id comes from the body, else from the headers', () => {
  const headers = { 'x-request-id': '4f1d2c3b5a69788796a5b4c3d2e1f001' };
  const error = fault({ status: 404, headers, text: '', json: vpc('VPC.0504', 'gone') }, { method: 'GET', url: 'https://vpc/' });
  assert.equal(error.message, 'gone (otc 404 VPC.0504, request 4f1d2c3b5a69788796a5b4c3d2e1f001)');
});

test('a 404 of something that is no service does not prove that an address is gone', async () => {
  const path = `/v1/${PROJECT}/publicips/${EIP}`;
  await scripted(
    [
      { source: 'release', request: request(`DELETE ${path}`), reply: { status: 204 } },
      { source: 'a proxy', request: request(`GET ${path}`), reply: { status: 404, body: '<h1>Not Found</h1>' } },
    ],
    async ({ run }) => {
      // Accepted, and nobody can see whether it is gone: the address is told, and so is why.
      const error = await failing(
        'timeout',
        run((driver) => verb(driver, 'releaseFloatingIp')({ id: EIP, address: '203.0.113.24' } as never)),
      );
      assert.equal(error.details.status, 404);
      assert.deepEqual(
        error.details.exists?.map(({ address }) => address),
        ['203.0.113.24'],
      );
    },
  );
});

test('a wrong project and a wrong token are told once, and not tried again', async () => {
  const line = `GET /v1/${PROJECT}/publicips?limit=2000`;
  const refusals: readonly [number, unknown, 'config' | 'auth'][] = [
    [400, vpc('VPC.0007', 'Inconsistent tenant IDs.'), 'config'],
    [401, gateway('APIGW.0301', 'Incorrect IAM authentication information: decrypt token fail'), 'auth'],
  ];
  for (const [status, body, kind] of refusals) {
    await scripted([{ source: 'refusals', request: request(line), reply: { status, body } }], async ({ run }) => {
      const error = await failing(
        kind,
        run((driver) => collect(verb(driver, 'listFloatingIps')({ serverNames: false }))),
      );
      assert.notEqual(error.details.hint, undefined);
    });
  }
});
