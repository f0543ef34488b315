/** The names of the published examples, and a driver in front of whatever answers. */
import assert from 'node:assert/strict';
import type { FloatingIpSpec } from '../../../src/domain/driver.js';
import { IpctlError, type Kind } from '../../../src/domain/errors.js';
import type { FloatingIp, PrivateIp, Server } from '../../../src/domain/records.js';
import { collect } from '../../../src/http/pages.js';
import { verb } from '../../../src/operations/capable.js';
import type { Run } from '../../../src/operations/run.js';
import { connect } from '../../../src/providers/openstack/driver.js';
import { openstack } from '../../../src/providers/openstack/manifest.js';
import { dialects } from '../../../src/sandbox/dialects.js';
import { parseFault } from '../../../src/sandbox/faults.js';
import { type Sandbox, start } from '../../../src/sandbox/server.js';
import { type Bench, type BenchSettings, bench } from '../../support/bench.js';
import { type Exchange, play } from '../../support/script.js';

export const PROJECT = '4969c491a3c74ee4af974e6d800c62de';
export const POOL = '376da547-b977-4cfe-9cba-275c80debf57';
export const FIP = '2f245a7b-796b-4f26-9cf9-9e82d248fda7';
export const PORT = 'ce705c24-c1ef-408a-bda3-7bbd946164ab';
export const SUBNET = 'a0304c3a-4f08-4c43-88af-d796509c97d2';
export const SERVER = '8e3941b4-a6e9-499f-a1ac-2a4662025cba';
export const NETWORK = '02dd8479-ef26-4398-a102-d19d0a7b3a1f';
export const ROUTER = 'd23abc8d-2991-4a55-ba98-2aaea84cc72f';

export const TOKEN = 'gAAAA-token-of-the-tests';
export const SECRET = 's3cret-of-the-tests';

export const fip = (more: object = {}): object => ({
  id: FIP,
  floating_ip_address: '203.0.113.10',
  floating_network_id: POOL,
  port_id: null,
  fixed_ip_address: null,
  router_id: null,
  status: 'DOWN',
  description: '',
  port_details: null,
  port_forwardings: [],
  project_id: PROJECT,
  tenant_id: PROJECT,
  revision_number: 0,
  tags: [],
  created_at: '2026-01-15T10:55:50Z',
  updated_at: '2026-01-15T10:55:50Z',
  ...more,
});
export const bound = (more: object = {}): object =>
  fip({
    port_id: PORT,
    fixed_ip_address: '10.20.0.3',
    router_id: ROUTER,
    revision_number: 1,
    port_details: { name: 'web-1-eth0', network_id: NETWORK, device_id: SERVER, device_owner: 'compute:nova', status: 'ACTIVE' },
    ...more,
  });
export const port = (more: object = {}): object => ({
  id: PORT,
  name: 'web-1-eth0',
  network_id: NETWORK,
  status: 'ACTIVE',
  device_id: SERVER,
  device_owner: 'compute:nova',
  fixed_ips: [{ ip_address: '10.20.0.3', subnet_id: SUBNET }],
  project_id: PROJECT,
  description: '',
  created_at: '2026-01-15T10:00:00Z',
  revision_number: 4,
  ...more,
});

export const web1: Server = {
  profile: 'test',
  provider: 'openstack',
  id: SERVER,
  name: 'web-1',
  state: 'active',
  providerState: 'ACTIVE',
  addresses: ['10.20.0.3'],
  zone: null,
  raw: null,
};

/** The address of the examples as the driver returns it when nobody holds it. */
export const freeIp = (more: Partial<FloatingIp> = {}): FloatingIp => ({
  profile: 'test',
  provider: 'openstack',
  project: PROJECT,
  region: 'RegionOne',
  id: FIP,
  address: '203.0.113.10',
  version: 4,
  prefixLength: null,
  kind: 'floating',
  name: null,
  description: null,
  labels: {},
  reverseDns: null,
  protected: null,
  state: 'free',
  providerState: 'DOWN',
  ports: [],
  associations: [],
  network: POOL,
  subnet: null,
  pool: POOL,
  createdAt: new Date('2026-01-15T10:55:50Z'),
  updatedAt: new Date('2026-01-15T10:55:50Z'),
  revision: '0',
  mark: null,
  raw: fip(),
  ...more,
});
export const onWeb1 = {
  id: null,
  server: { id: SERVER, name: 'web-1' as string | null },
  port: PORT,
  privateAddress: '10.20.0.3',
  certain: true,
} as const;
export const boundIp = (more: Partial<FloatingIp> = {}): FloatingIp =>
  freeIp({ state: 'associated', associations: [onWeb1], revision: '1', raw: bound(), ...more });

/** The reply to a login, with the catalog of the examples: the network service without its version, the compute service with the project. */
export const tokenBody = (network: string, compute: string): object => ({
  token: {
    methods: ['application_credential'],
    user: { id: 'u1', name: 'alice', domain: { id: 'default', name: 'Default' } },
    project: { id: PROJECT, name: 'web', domain: { id: 'default', name: 'Default' } },
    issued_at: '2026-01-15T11:59:05.000000Z',
    expires_at: '2026-01-15T12:59:05.000000Z',
    catalog: [
      { type: 'network', name: 'neutron', endpoints: [{ interface: 'public', region: 'RegionOne', region_id: 'RegionOne', url: network }] },
      {
        type: 'compute',
        name: 'nova',
        endpoints: [{ interface: 'publicURL', region: 'RegionOne', url: `${compute}/v2.1/${PROJECT}` }],
      },
    ],
  },
});
export const login = (origin: string, compute: string): Exchange => ({
  source: 'walkthrough: application credential',
  request: {
    line: 'POST /v3/auth/tokens',
    headers: { 'x-auth-token': null },
    body: {
      auth: {
        identity: {
          methods: ['application_credential'],
          application_credential: { id: '423f19a4ac1e4f48bbb4180756e6eb6c', secret: SECRET },
        },
      },
    },
  },
  reply: { status: 201, headers: { 'x-subject-token': TOKEN }, body: tokenBody(origin, compute) },
});

/** One exchange with a service; every one carries the token. */
export const exchange = (
  line: string,
  status: number,
  body?: unknown,
  sent?: unknown,
  headers: Record<string, string | null> = {},
): Exchange => ({
  source: line,
  request: { line, headers: { 'x-auth-token': TOKEN, ...headers }, ...(sent === undefined ? {} : { body: sent }) },
  reply: { status, ...(body === undefined ? {} : { body }) },
});
export const refusalOf = (type: string, message = 'no'): object => ({ NeutronError: { type, message, detail: '' } });
export const GONE = refusalOf('FloatingIPNotFound', `Floating IP ${FIP} could not be found`);

/** Plays one script for identity and network, another for compute: what is asked side by side has no order. */
export async function scripted(
  exchanges: readonly Exchange[],
  work: (bench: Bench) => Promise<void>,
  { compute = [], options = {}, ...settings }: Partial<BenchSettings> & { readonly compute?: readonly Exchange[] } = {},
): Promise<void> {
  const nova = await play(() => compute);
  const neutron = await play((origin) => [login(origin, nova.origin), ...exchanges]);
  const made = bench(openstack, connect, {
    ...settings,
    options: {
      'auth-url': neutron.origin,
      'application-credential-id': '423f19a4ac1e4f48bbb4180756e6eb6c',
      'application-credential-secret': SECRET,
      ...options,
    },
  });
  try {
    await work(made);
  } finally {
    await made.close();
    await Promise.all([neutron.end(), nova.end()]);
  }
}

/** A driver at a sandbox of its own. Ends by asserting that the sandbox found nothing a faithful client would not have sent. */
export async function simulated(
  work: (bench: Bench, sandbox: Sandbox) => Promise<void>,
  {
    faults = [],
    knobs = {},
    ...settings
  }: Partial<BenchSettings> & {
    readonly faults?: readonly string[];
    readonly knobs?: Record<string, unknown>;
  } = {},
): Promise<void> {
  const sandbox = await start(await dialects.openstack(), { faults: faults.map(parseFault), knobs });
  const made = bench(openstack, connect, { ...settings, options: { ...sandbox.options, ...settings.options } });
  try {
    await work(made, sandbox);
    assert.deepEqual(
      sandbox.journal().flatMap(({ method, path, mark }) => (mark === null ? [] : [`${method} ${path}: ${mark}`])),
      [],
    );
  } finally {
    await made.close();
    await sandbox.close();
  }
}

/** What was asked that changes anything, as the sandbox saw it, ids left out. */
export const mutations = (sandbox: Sandbox): string[] =>
  sandbox
    .journal()
    .filter(({ method, path }) => method !== 'GET' && !path.endsWith('/auth/tokens'))
    .map(({ method, path }) => `${method} ${path.replace(/^.*\/v2\.0/, '').replace(/[0-9a-f-]{36}/, 'ID')}`);

export async function failing(kind: Kind, work: Promise<unknown>): Promise<IpctlError> {
  const error = await work.then(
    () => assert.fail(`expected '${kind}'`),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof IpctlError, `expected an IpctlError: ${error instanceof Error ? error.stack : error}`);
  assert.equal(error.kind, kind, error.message);
  return error;
}

export type Driver = Run['driver'];

export const allocate = (driver: Driver, more: Partial<FloatingIpSpec> = {}): Promise<FloatingIp> =>
  verb(driver, 'allocateFloatingIp')({ version: 4, labels: {}, servers: [], ports: [], mark: 'm-0001', ...more });
export const associate = (driver: Driver, ip: FloatingIp, server: Server, privateAddress?: string): Promise<FloatingIp> =>
  verb(driver, 'associateFloatingIp')(ip, { servers: [server], ports: [], ...(privateAddress === undefined ? {} : { privateAddress }) });
export const disassociate = (driver: Driver, ip: FloatingIp): Promise<FloatingIp> =>
  verb(driver, 'disassociateFloatingIp')(ip, ip.associations);
export const listed = (driver: Driver, serverNames = true): Promise<FloatingIp[]> =>
  collect(verb(driver, 'listFloatingIps')({ serverNames }));
export async function server(driver: Driver, name: string): Promise<Server> {
  const [found] = await collect(verb(driver, 'listServers')({ name }));
  assert.ok(found !== undefined, `no server ${name}`);
  return found;
}
export const reserve = async (driver: Driver, count = 1, subnet = 'app'): Promise<readonly PrivateIp[]> =>
  verb(driver, 'createPrivateIps')(Array.from({ length: count }, (_, index) => ({ subnet, mark: `m-000${index + 1}` })));
