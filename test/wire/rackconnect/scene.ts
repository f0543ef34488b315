/** The names of the published examples, and a driver in front of a script or of a sandbox. */
import assert from 'node:assert/strict';
import { IpctlError, type Kind } from '../../../src/domain/errors.js';
import type { FloatingIp, Server } from '../../../src/domain/records.js';
import type { AllocateInput } from '../../../src/operations/allocate.js';
import type { ChangeSettings } from '../../../src/operations/change.js';
import type { Run } from '../../../src/operations/run.js';
import { connect } from '../../../src/providers/rackspace/rackconnect/driver.js';
import { rackconnect } from '../../../src/providers/rackspace/rackconnect/manifest.js';
import { dialects } from '../../../src/sandbox/dialects.js';
import { parseFault } from '../../../src/sandbox/faults.js';
import { type Sandbox, start } from '../../../src/sandbox/server.js';
import { type Bench, type BenchSettings, bench } from '../../support/bench.js';
import { type Exchange, play } from '../../support/script.js';

export const ID = '2b9d4c70-6e1f-4a35-8d02-77f0a1b2c3d4';
export const OTHER = '2b9d4c70-6e1f-4a35-8d02-77f0a1b2c3d5';
export const ADDRESS = '203.0.113.60';
export const WEB_A = '8a3c6e52-1f0b-4d4c-9a51-3f6f0a7d1c01';
export const WEB_B = '8a3c6e52-1f0b-4d4c-9a51-3f6f0a7d1c02';
export const WEB_C = '8a3c6e52-1f0b-4d4c-9a51-3f6f0a7d1c03';
export const TOKEN = '5f6e0c1b2a394857b1a2c3d4e5f60718';
export const API_KEY = '0123456789abcdef0123456789abcdef';

const NAMES: Readonly<Record<string, string>> = { [WEB_A]: 'web-a', [WEB_B]: 'web-b', [WEB_C]: 'web-c' };

export const server = (id: string): Server => ({
  profile: 'test',
  provider: 'rackconnect',
  id,
  name: NAMES[id] ?? null,
  state: 'active',
  providerState: 'ACTIVE',
  addresses: [],
  zone: null,
  raw: null,
});

export const cloudServer = (id: string): unknown => ({
  id,
  name: NAMES[id],
  created: '2030-01-01T09:00:00Z',
  updated: '2030-01-01T09:04:11Z',
  cloud_network: {
    id: 'd2e3f4a5-0b1c-4d2e-8f30-415263748596',
    name: 'RC-CLOUD',
    cidr: '192.168.100.0/24',
    private_ip_v4: '192.168.100.5',
    created: '2030-01-01T08:00:00Z',
    updated: '2030-01-01T08:00:30Z',
  },
});

/** An address of web-a that is in use; `holder` null: of nobody. */
export const publicIp = (changes: Readonly<Record<string, unknown>> = {}, holder: string | null = WEB_A): Record<string, unknown> => ({
  id: ID,
  created: '2030-01-01T10:00:00Z',
  updated: '2030-01-01T10:00:40',
  public_ip_v4: ADDRESS,
  status: 'ACTIVE',
  status_detail: null,
  retain: false,
  cloud_server: holder === null ? null : cloudServer(holder),
  ...changes,
});
export const adding = (holder: string | null = WEB_A): Record<string, unknown> =>
  publicIp({ status: 'ADDING', public_ip_v4: null, updated: null, retain: holder === null }, holder);

/** The same as our record, as the driver reads it of a list. */
export const record = (holder: string | null, more: Partial<FloatingIp> = {}): FloatingIp => ({
  profile: 'test',
  provider: 'rackconnect',
  project: '123456',
  region: 'DFW',
  id: ID,
  address: ADDRESS,
  version: 4,
  prefixLength: null,
  kind: 'floating',
  name: null,
  description: null,
  labels: {},
  reverseDns: null,
  protected: null,
  state: holder === null ? 'free' : 'associated',
  providerState: 'ACTIVE',
  ports: [],
  associations:
    holder === null
      ? []
      : [{ id: null, server: { id: holder, name: NAMES[holder] ?? null }, port: null, privateAddress: '192.168.100.5', certain: true }],
  network: null,
  subnet: null,
  pool: null,
  createdAt: new Date('2030-01-01T10:00:00Z'),
  updatedAt: new Date('2030-01-01T10:00:40Z'),
  revision: null,
  mark: null,
  raw: null,
  ...more,
});

const access = (origin: string): unknown => ({
  access: {
    token: { id: TOKEN, expires: '2030-01-02T16:24:57.637Z', tenant: { id: '123456', name: '123456' } },
    serviceCatalog: [
      { name: 'cloudServers', type: 'compute', endpoints: [{ tenantId: '123456', publicURL: `${origin}/v1.0/123456` }] },
      {
        name: 'cloudServersOpenStack',
        type: 'compute',
        endpoints: [{ region: 'DFW', tenantId: '123456', publicURL: `${origin}/v2/123456` }],
      },
      {
        name: 'rackconnect',
        type: 'rax:rackconnect',
        endpoints: [
          { region: 'ORD', tenantId: '123456', publicURL: `${origin}/ord/v3/123456` },
          { region: 'DFW', tenantId: '123456', publicURL: `${origin}/v3/123456/` },
        ],
      },
    ],
    user: { id: '987654', name: 'demo', 'RAX-AUTH:defaultRegion': 'DFW', roles: [] },
  },
});

const login = (origin: string): Exchange => ({
  source: 'authentication with an API key',
  request: {
    line: 'POST /identity/v2.0/tokens',
    body: { auth: { 'RAX-KSKEY:apiKeyCredentials': { username: 'demo', apiKey: API_KEY } } },
  },
  reply: { status: 200, body: access(origin) },
});

const headers = { 'x-auth-token': TOKEN, accept: 'application/json' };
/** `path` without the service's own. */
export const call = (line: string, body: unknown, reply: Exchange['reply'], source = line): Exchange => {
  const [method, path] = line.split(' ');
  const request = { line: `${method} /v3/123456${path}`, headers };
  return { source, request: body === undefined ? request : { ...request, body }, reply };
};
export const get = (path: string, body: unknown, status = 200): Exchange => call(`GET ${path}`, undefined, { status, body });
export const show = (body: unknown, id = ID): Exchange => get(`/public_ips/${id}`, body);
export const gone: Exchange = get(`/public_ips/${ID}`, '"The Public IP could not be found."', 404);
export const patch = (body: unknown, reply: unknown, status = 200): Exchange =>
  call(`PATCH /public_ips/${ID}`, body, { status, body: reply });
export const to = (holder: string | null): unknown => ({ cloud_server: holder === null ? null : { id: holder } });

export type Driver = Required<Run['driver']>;

/** Plays the exchanges after a login to what `work` does with the driver, in one operation. */
export async function scripted(
  exchanges: readonly Exchange[],
  work: (driver: Driver, run: Run) => Promise<void>,
  { options = {}, ...settings }: Partial<BenchSettings> = {},
): Promise<Bench> {
  const script = await play((origin) => [login(origin), ...exchanges]);
  const made = bench(rackconnect, connect, {
    timeout: 300_000,
    ...settings,
    options: { 'identity-endpoint': `${script.origin}/identity/v2.0/`, username: 'demo', 'api-key': API_KEY, region: 'dfw', ...options },
  });
  try {
    await made.run((driver, run) => work(driver as Driver, run));
  } finally {
    await made.close();
    await script.end();
  }
  return made;
}

export interface Stage extends Bench {
  readonly sandbox: Sandbox;
  readonly changes: ChangeSettings;
  /** Requests that change something, as the sandbox saw them: verb, last part of the path, body, status. */
  mutations(): string[];
}

/** A driver at a sandbox of its own. Ends by asserting that the sandbox found nothing a faithful client would not have sent. */
export async function simulated(
  work: (stage: Stage) => Promise<void>,
  { faults = [], options = {}, ...settings }: Partial<BenchSettings> & { readonly faults?: readonly string[] } = {},
): Promise<void> {
  const sandbox = await start(await dialects.rackconnect(), { faults: faults.map(parseFault) });
  const made = bench(rackconnect, connect, { timeout: 300_000, ...settings, options: { ...sandbox.options, ...options } });
  const mutations = (): string[] =>
    sandbox
      .journal()
      .filter(({ method, path }) => method !== 'GET' && !path.endsWith('/tokens'))
      .map(({ method, body }) => `${method} ${body}`.trim());
  try {
    await work({ ...made, sandbox, changes: { ...made.settings, confirm: async () => {} }, mutations });
    assert.deepEqual(
      sandbox.journal().flatMap(({ method, path, mark }) => (mark === null ? [] : [`${method} ${path}: ${mark}`])),
      [],
    );
  } finally {
    await made.close();
    await sandbox.close();
  }
}

export const nothing: AllocateInput = { version: 4, labels: {}, servers: [], ports: [], ifNotExists: false };

export async function failing(kind: Kind, work: Promise<unknown>): Promise<IpctlError> {
  const error = await work.then(
    () => assert.fail(`expected '${kind}'`),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof IpctlError, `expected an IpctlError: ${error instanceof Error ? error.stack : error}`);
  assert.equal(error.kind, kind, error.message);
  return error;
}

export const closes = ({ events }: Pick<Bench, 'events'>): string[] =>
  events.flatMap((event) => (event.event === 'close' ? [`${event.step}: ${event.state}`] : []));
