/** The names of the published examples, and a driver in front of whatever answers. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AnyDriver, FloatingIpSpec } from '../../../src/domain/driver.js';
import type { FloatingIp, Server, ServerRef } from '../../../src/domain/records.js';
import { collect } from '../../../src/http/pages.js';
import { connect } from '../../../src/providers/openstack/nova/driver.js';
import { nova } from '../../../src/providers/openstack/nova/manifest.js';
import { dialects } from '../../../src/sandbox/dialects.js';
import { parseFault } from '../../../src/sandbox/faults.js';
import { type Sandbox, start } from '../../../src/sandbox/server.js';
import { type Bench, type BenchSettings, bench } from '../../support/bench.js';
import { type Exchange, play } from '../../support/script.js';
import { login, PROJECT, SECRET, TOKEN } from '../openstack/scene.js';

export { failing, PROJECT } from '../openstack/scene.js';

export type Driver = Required<AnyDriver>;

export const ID = '8baeddb4-45e2-4c36-8cb7-d79439a5f67c';
export const IP = '203.0.113.10';
export const WEB_1: ServerRef = { id: '8e3941b4-a6e9-499f-a1ac-2a4662025cba', name: 'web-1' };
export const WEB_2: ServerRef = { id: '4d8c3732-a248-40ed-bebc-539a6ffd25c0', name: 'web-2' };
export const THIRD = 'b2f8a1c0-3f7e-4d5c-9a63-0e0f4b1f6a11';
export const BASE = `/v2.1/${PROJECT}`;
export const LIST = `${BASE}/os-floating-ips`;
export const ONE = `${LIST}/${ID}`;

const place = { profile: 'test', provider: 'nova' };

/** The address as the service shows it. */
export const shown = (device: string | null = null, more: object = {}): Record<string, unknown> => ({
  id: ID,
  ip: IP,
  fixed_ip: device === null ? null : '10.20.0.3',
  instance_id: device,
  pool: 'public',
  ...more,
});

/** The record of the address that a caller has read before. */
export const record = (server: ServerRef | null = null, more: Partial<FloatingIp> = {}): FloatingIp => ({
  ...place,
  project: PROJECT,
  region: 'RegionOne',
  id: ID,
  address: IP,
  version: 4,
  prefixLength: null,
  kind: 'floating',
  name: null,
  description: null,
  labels: {},
  reverseDns: null,
  protected: null,
  state: server === null ? 'free' : 'associated',
  providerState: null,
  ports: [],
  associations: server === null ? [] : [{ id: null, server, port: null, privateAddress: '10.20.0.3', certain: true }],
  network: null,
  subnet: null,
  pool: 'public',
  createdAt: null,
  updatedAt: null,
  revision: null,
  mark: null,
  raw: shown(server?.id ?? null),
  ...more,
});

export const serverOf = ({ id, name }: ServerRef): Server => ({
  ...place,
  id,
  name,
  state: 'active',
  providerState: 'ACTIVE',
  addresses: [],
  zone: null,
  raw: null,
});

type Answer = Exchange['reply'];

/** With the token, and never with a microversion: above 2.35 these calls are not there. */
const HEADERS = { 'x-auth-token': TOKEN, 'openstack-api-version': null, 'x-openstack-nova-api-version': null };

export const exchange = (line: string, reply: Answer, body?: unknown): Exchange => ({
  source: line,
  request: { line, headers: HEADERS, ...(body === undefined ? {} : { body }) },
  reply,
});
export const fault = (name: string, status: number, message: string): Answer => ({ status, body: { [name]: { code: status, message } } });

export const ACCEPTED: Answer = { status: 202 };
export const GONE = fault('itemNotFound', 404, `Floating IP not found for ID ${ID}`);
export const show = (device: string | null, more: object = {}): Exchange =>
  exchange(`GET ${ONE}`, { status: 200, body: { floating_ip: shown(device, more) } });
export const absent = (): Exchange => exchange(`GET ${ONE}`, GONE);
export const all = (...ips: object[]): Exchange => exchange(`GET ${LIST}`, { status: 200, body: { floating_ips: ips } });
export const pools = (...names: string[]): Exchange =>
  exchange(`GET ${BASE}/os-floating-ip-pools`, { status: 200, body: { floating_ip_pools: names.map((name) => ({ name })) } });
export const created = (pool = 'public', reply: Answer = { status: 200, body: { floating_ip: shown(null, { pool }) } }): Exchange =>
  exchange(`POST ${LIST}`, reply, { pool });
export const add = ({ id }: ServerRef, reply: Answer = ACCEPTED, fixed?: string): Exchange =>
  exchange(`POST ${BASE}/servers/${id}/action`, reply, {
    addFloatingIp: { address: IP, ...(fixed === undefined ? {} : { fixed_address: fixed }) },
  });
export const remove = ({ id }: ServerRef, reply: Answer = ACCEPTED): Exchange =>
  exchange(`POST ${BASE}/servers/${id}/action`, reply, { removeFloatingIp: { address: IP } });
export const release = (reply: Answer = ACCEPTED): Exchange => exchange(`DELETE ${ONE}`, reply);
export const named = ({ id, name }: ServerRef): Exchange =>
  exchange(`GET ${BASE}/servers/${id}`, { status: 200, body: { server: { id, name, status: 'ACTIVE' } } });
export const noServer = (id: string): Exchange =>
  exchange(`GET ${BASE}/servers/${id}`, fault('itemNotFound', 404, `Instance ${id} could not be found.`));

export interface Play {
  readonly bench: Bench;
  /** One operation with the driver. */
  run<R>(work: (driver: Driver, run: Parameters<Parameters<Bench['run']>[0]>[1]) => Promise<R>): Promise<R>;
  /** What the runner made of each step: `allocate: applied`. */
  closes(): string[];
}
const playOf = (made: Bench): Play => ({
  bench: made,
  run: (work) => made.run((driver, run) => work(driver as Driver, run)),
  closes: () => made.events.flatMap((event) => (event.event === 'close' ? [`${event.step}: ${event.state}`] : [])),
});

const credentials = { 'application-credential-id': '423f19a4ac1e4f48bbb4180756e6eb6c', 'application-credential-secret': SECRET };

/** The exchanges must come in this order, each once, and nothing else: of an empty script, not even the login. */
export async function scripted(
  exchanges: readonly Exchange[] | 'only the login',
  story: (play: Play) => Promise<void>,
  { options, ...settings }: Partial<BenchSettings> = {},
): Promise<void> {
  const script = await play((origin) => {
    if (exchanges === 'only the login') return [login(origin, origin)];
    return exchanges.length === 0 ? [] : [login(origin, origin), ...exchanges];
  });
  const made = bench(nova, connect, { ...settings, options: { 'auth-url': script.origin, ...credentials, ...options } });
  try {
    await story(playOf(made));
  } finally {
    await made.close();
    await script.end();
  }
}

/** For requests side by side: each line is answered whenever it comes. `asked` lists what came. */
export async function answering(
  replies: Readonly<Record<string, unknown>>,
  story: (play: Play, asked: readonly string[]) => Promise<void>,
): Promise<void> {
  const identity = await play((origin) => [login(origin, origin)]);
  const asked: string[] = [];
  const compute = createServer((request, response) => {
    const line = `${request.method} ${request.url}`;
    asked.push(line);
    response.writeHead(line in replies ? 200 : 418, { 'content-type': 'application/json' });
    response.end(JSON.stringify(replies[line] ?? {}));
  });
  await new Promise<void>((resolve) => compute.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(compute.address() as AddressInfo).port}${BASE}`;
  const made = bench(nova, connect, { options: { 'auth-url': identity.origin, 'compute-endpoint': endpoint, ...credentials } });
  try {
    await story(playOf(made), asked);
  } finally {
    await made.close();
    await identity.end();
    compute.closeAllConnections();
    await new Promise<void>((resolve) => compute.close(() => resolve()));
  }
}

export interface Simulated extends Play {
  readonly sandbox: Sandbox;
  /** An operation of a client at peace: no fault is meant for it. */
  steady<R>(work: (driver: Driver) => Promise<R>): Promise<R>;
  /** `METHOD path`, with the first word of an action, of every request that changes something; ids left out. */
  changes(): string[];
}

/** The sandbox, which others wrote from the reference. It must find nothing that a faithful client would not send. */
export async function simulated(
  story: (cloud: Simulated) => Promise<void>,
  { faults = [], options, ...settings }: Partial<BenchSettings> & { readonly faults?: readonly string[] } = {},
): Promise<void> {
  const sandbox = await start(await dialects.nova(), { faults: faults.map(parseFault) });
  const all = { ...sandbox.options, ...options };
  const made = bench(nova, connect, { ...settings, options: all });
  const peaceful = bench(nova, connect, { options: all });
  try {
    await story({
      ...playOf(made),
      sandbox,
      steady: (work) => peaceful.run((driver) => work(driver as Driver)),
      changes: () =>
        sandbox
          .journal()
          .filter(({ method, path }) => method !== 'GET' && !path.endsWith('/auth/tokens'))
          .map(({ method, path, body }) => {
            const [, tail = ''] = /\/(os-floating-ips.*|action)$/.exec(path) ?? [];
            return [method, tail.replace(/\/.+$/, '/ID'), ...(/^\{"(\w+FloatingIp)"/.exec(body)?.slice(1) ?? [])].join(' ');
          }),
    });
    assert.deepEqual(
      sandbox.journal().flatMap(({ method, path, mark }) => (mark === null ? [] : [`${method} ${path}: ${mark}`])),
      [],
    );
  } finally {
    await made.close();
    await peaceful.close();
    await sandbox.close();
  }
}

export const allocate = (driver: Driver, more: Partial<FloatingIpSpec> = {}): Promise<FloatingIp> =>
  driver.allocateFloatingIp({ version: 4, labels: {}, servers: [], ports: [], mark: 'm-0001', ...more });
export const listed = (driver: Driver, serverNames = true): Promise<FloatingIp[]> => collect(driver.listFloatingIps({ serverNames }));
export const onto = (server: ServerRef, privateAddress?: string) => ({
  servers: [serverOf(server)],
  ports: [],
  ...(privateAddress === undefined ? {} : { privateAddress }),
});
export const holderOf = ({ associations: [held] }: FloatingIp): string | null => held?.server?.id ?? null;
