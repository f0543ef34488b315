/** The names of the published examples, and a driver in front of whatever answers. */
import assert from 'node:assert/strict';
import type { FloatingIpSpec } from '../../../src/domain/driver.js';
import { IpctlError, type Kind } from '../../../src/domain/errors.js';
import type { FloatingIp, PrivateIp, Server } from '../../../src/domain/records.js';
import { collect } from '../../../src/http/pages.js';
import { verb } from '../../../src/operations/capable.js';
import type { Run } from '../../../src/operations/run.js';
import { connect } from '../../../src/providers/otc/driver.js';
import { otc } from '../../../src/providers/otc/manifest.js';
import { dialects } from '../../../src/sandbox/dialects.js';
import { parseFault } from '../../../src/sandbox/faults.js';
import { type Sandbox, start } from '../../../src/sandbox/server.js';
import { type Bench, type BenchSettings, bench } from '../../support/bench.js';
import { type Exchange, play } from '../../support/script.js';

export const PROJECT = '3f9c2ab4d17e4c0b8a65e01c7d2f4b90';
export const SUBNET = 'a1e0c9d4-6b52-4f0d-8c33-2d9f7e5b1004';
export const NEUTRON_SUBNET = 'c7f2e81a-94d6-4b07-a5e9-06b3d8f1a225';
export const VPC = 'b5d1c6f0-2f7a-4a39-9d4e-71c8e0a3f512';
export const FIRST = 'e3a7b915-0c4d-4e62-9f18-5b2c7d60a831';
export const SECOND = '0d6f84b2-71ce-4a95-b3e0-c92a15f7e440';
export const EIP = 'f48b2c07-5e91-4d3a-8b76-a0d1c3e59f62';
export const SERVER = '7b3e9d10-a8c5-42f6-90d7-1f5e6c28b4a3';
export const PORT = '58d0f3c6-2e7b-4914-8afc-d3b6e90127c5';

export const TOKEN = 'MIIG-token-of-the-tests-0001';

export const free = { id: EIP, status: 'DOWN', profile: {}, alias: 'web-01', type: '5_bgp', public_ip_address: '203.0.113.24' };
export const eip = (more: object = {}): object => ({
  ...free,
  tenant_id: PROJECT,
  create_time: '2026-01-02 03:04:07',
  bandwidth_id: '92c0e5d8-1b7f-4f64-a3d2-6e8b04f7c119',
  bandwidth_name: 'web-01-bw',
  bandwidth_share_type: 'PER',
  bandwidth_size: 10,
  ip_version: 4,
  public_border_group: 'center',
  enterprise_project_id: '0',
  allow_share_bandwidth_types: ['bgp', 'share'],
  ...more,
});
export const bound = eip({ status: 'ACTIVE', port_id: PORT, private_ip_address: '10.40.8.31' });

export const reserved = (id: string, address: string, more: object = {}): object => ({
  status: 'DOWN',
  id,
  subnet_id: SUBNET,
  tenant_id: PROJECT,
  device_owner: '',
  ip_address: address,
  ...more,
});

export const subnet = {
  id: SUBNET,
  name: 'app',
  cidr: '10.40.8.0/24',
  gateway_ip: '10.40.8.1',
  vpc_id: VPC,
  neutron_network_id: SUBNET,
  neutron_subnet_id: NEUTRON_SUBNET,
};

export const cloudServer = {
  id: SERVER,
  name: 'web-01',
  status: 'ACTIVE',
  addresses: {
    [VPC]: [
      { version: '4', addr: '10.40.8.31', 'OS-EXT-IPS:type': 'fixed', 'OS-EXT-IPS:port_id': PORT },
      { version: '4', addr: '203.0.113.24', 'OS-EXT-IPS:type': 'floating', 'OS-EXT-IPS:port_id': PORT },
    ],
  },
  metadata: { vpc_id: VPC },
};

export const web01: Server = {
  profile: 'test',
  provider: 'otc',
  id: SERVER,
  name: 'web-01',
  state: 'active',
  providerState: 'ACTIVE',
  addresses: ['10.40.8.31'],
  zone: null,
  raw: null,
};

/** The EIP of the examples as the driver returns it when nobody holds it. */
export const freeIp = (more: Partial<FloatingIp> = {}): FloatingIp => ({
  profile: 'test',
  provider: 'otc',
  project: PROJECT,
  region: 'eu-de',
  id: EIP,
  address: '203.0.113.24',
  version: 4,
  prefixLength: null,
  kind: 'floating',
  name: 'web-01',
  description: null,
  labels: {},
  reverseDns: null,
  protected: null,
  state: 'free',
  providerState: 'DOWN',
  ports: [],
  associations: [],
  network: null,
  subnet: null,
  pool: '5_bgp',
  createdAt: new Date('2026-01-02T03:04:07Z'),
  updatedAt: null,
  revision: null,
  mark: null,
  raw: null,
  ...more,
});

export const request = (line: string, body?: unknown): Exchange['request'] => (body === undefined ? { line } : { line, body });

/** Plays one script for the network service, another for the servers: what is asked side by side has no order. */
export async function scripted(
  exchanges: readonly Exchange[],
  work: (bench: Bench) => Promise<void>,
  { servers = [], options = {}, ...settings }: Partial<BenchSettings> & { readonly servers?: readonly Exchange[] } = {},
): Promise<void> {
  const [vpc, ecs] = await Promise.all([play(() => exchanges), play(() => servers)]);
  const made = bench(otc, connect, {
    ...settings,
    options: {
      'iam-endpoint': vpc.origin,
      'vpc-endpoint': vpc.origin,
      'ecs-endpoint': ecs.origin,
      token: TOKEN,
      'project-id': PROJECT,
      ...options,
    },
  });
  try {
    await work(made);
  } finally {
    await made.close();
    await Promise.all([vpc.end(), ecs.end()]);
  }
}

/** A driver at a sandbox of its own. Ends by asserting that the sandbox found nothing a faithful client would not have sent. */
export async function simulated(
  work: (bench: Bench, sandbox: Sandbox) => Promise<void>,
  {
    faults = [],
    knobs = {},
    options = {},
    without = [],
    ...settings
  }: Partial<BenchSettings> & {
    readonly faults?: readonly string[];
    readonly knobs?: Record<string, unknown>;
    /** Options of the sandbox that this profile leaves out. */
    readonly without?: readonly string[];
  } = {},
): Promise<void> {
  const sandbox = await start(await dialects.otc(), { faults: faults.map(parseFault), knobs });
  const given = Object.fromEntries(Object.entries(sandbox.options).filter(([name]) => !without.includes(name)));
  const made = bench(otc, connect, { ...settings, options: { ...given, 'bandwidth-size': '10', ...options } });
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

/** What was asked that changes anything, as the sandbox saw it. */
export const mutations = (sandbox: Sandbox): string[] =>
  sandbox
    .journal()
    .filter(({ method, path }) => method !== 'GET' && !path.endsWith('/auth/tokens'))
    .map(({ method, path }) => `${method} ${path.replace(/^\/vpc\/(v1|v2\.0)\/[0-9a-f]{32}/, '')}`);

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

const spec = (more: Partial<FloatingIpSpec> = {}): FloatingIpSpec => ({
  version: 4,
  labels: {},
  servers: [],
  ports: [],
  mark: 'm-0001',
  ...more,
});
export const allocate = (driver: Driver, more: Partial<FloatingIpSpec> = {}): Promise<FloatingIp> =>
  verb(driver, 'allocateFloatingIp')(spec(more));
export const server = async (driver: Driver, name: string): Promise<Server> =>
  (await collect(verb(driver, 'listServers')({ name }))).find((each) => each.name === name) ?? assert.fail(name);
export const put = async (driver: Driver, ip: FloatingIp, name: string): Promise<FloatingIp> =>
  verb(driver, 'associateFloatingIp')(ip, { servers: [await server(driver, name)], ports: [] });
export const chosen = (driver: Driver, ...addresses: readonly (string | undefined)[]): Promise<readonly PrivateIp[]> =>
  verb(
    driver,
    'createPrivateIps',
  )(addresses.map((address) => ({ subnet: 'app', mark: 'm', ...(address === undefined ? {} : { address }) })));

export const closes = ({ events }: Bench): string[] =>
  events.flatMap((event) => (event.event === 'close' ? [`${event.step}: ${event.state}`] : []));
