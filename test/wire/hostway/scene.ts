/** What the tests of this folder share: the reference's address and servers, a scripted cloud, and a simulated one. */
import assert from 'node:assert/strict';
import type { AnyDriver } from '../../../src/domain/driver.js';
import { IpctlError, type Kind } from '../../../src/domain/errors.js';
import type { FloatingIp, Server, ServerRef } from '../../../src/domain/records.js';
import type { Run } from '../../../src/operations/run.js';
import { connect } from '../../../src/providers/hostway/driver.js';
import { hostway } from '../../../src/providers/hostway/manifest.js';
import { dialects } from '../../../src/sandbox/dialects.js';
import { parseFault } from '../../../src/sandbox/faults.js';
import { start } from '../../../src/sandbox/server.js';
import { type Bench, type BenchSettings, bench } from '../../support/bench.js';
import { type Exchange, play } from '../../support/script.js';

export type Driver = Required<AnyDriver>;

export const IP = '203.0.113.10';
export const SERVER_13 = 'test_server_0013';
export const SERVER_14 = 'test_server_0014';
/** Of the credentials `demo` and `s3cret`, as published. */
export const BASIC = 'Basic ZGVtbzpzM2NyZXQ=';
export const FLEXCLOUD = '/accounts/acct1001/flexcloud';

const place = { profile: 'test', provider: 'hostway' };

/** The address as the service shows it. */
export const shown = (holder: string | null = null, ip = IP): Record<string, unknown> => ({
  instance_id: holder,
  ip,
  fixed_ip: null,
  links: [{ href: `http://api.example.net/os-floating-ips/${ip}/`, rel: 'self' }],
  pool: 'default',
});

export const serverObject = (id: string, name: string, status = 'ACTIVE'): Record<string, unknown> => ({
  status,
  updated: null,
  hostId: 'host012',
  addresses: { public: [{ version: 4, addr: '203.0.113.5' }], private: [{ version: 4, addr: '10.20.0.15' }] },
  flavor: { name: '1024MB Server3', id: 3, links: [] },
  id,
  zone: 'AUS001',
  name,
  created: '2013-06-05T12:51:28',
  tenantId: null,
  progress: 100,
  metadata: {},
});

/** The record of a server that a caller has looked up. */
export const server = (id: string, name: string | null = null, providerState = 'ACTIVE'): Server => ({
  ...place,
  id,
  name,
  state: providerState === 'BUILD' ? 'building' : 'active',
  providerState,
  addresses: [],
  zone: null,
  raw: null,
});

/** The record of the address that a caller has read before. */
export const record = (holder: ServerRef | null = null, address = IP): FloatingIp => ({
  ...place,
  project: null,
  region: null,
  id: address,
  address,
  version: 4,
  prefixLength: null,
  kind: 'floating',
  name: null,
  description: null,
  labels: {},
  reverseDns: null,
  protected: null,
  state: holder === null ? 'free' : 'associated',
  providerState: null,
  ports: [],
  associations: holder === null ? [] : [{ id: null, server: holder, port: null, privateAddress: null, certain: true }],
  network: null,
  subnet: null,
  pool: 'default',
  createdAt: null,
  updatedAt: null,
  revision: null,
  mark: null,
  raw: null,
});

/** Every request carries these, whether it has a body or not. */
export const EVERY = { authorization: BASIC, accept: 'application/json', 'content-type': 'application/json; charset=UTF-8' };

type Answer = Exchange['reply'];

const exchange = (line: string, reply: Answer, body?: unknown, headers: Readonly<Record<string, string | null>> = {}): Exchange => ({
  source: line,
  request: { line, headers: { ...EVERY, ...headers }, ...(body === undefined ? {} : { body }) },
  reply,
});

export const get = (path: string, body: unknown, status = 200): Exchange => exchange(`GET ${path}`, { status, body });
export const show = (holder: string | null, prefix = ''): Exchange =>
  get(`${prefix}/os-floating-ips/${IP}`, { floating_ip: [shown(holder)] });
export const absent = (prefix = ''): Exchange => ({
  ...get(`${prefix}/os-floating-ips/${IP}`, undefined, 404),
  source: 'published without a body',
});
/** What a change is answered with: nothing but its acceptance, unless a refusal is given. */
export const ACCEPTED: Answer = { status: 202 };
export const allocate = (reply: Answer, body?: unknown, prefix = ''): Exchange =>
  exchange(`POST ${prefix}/os-floating-ips`, reply, body, body === undefined ? { 'content-length': '0' } : {});
export const add = (id: string, reply: Answer = ACCEPTED, prefix = ''): Exchange =>
  exchange(`POST ${prefix}/servers/${id}/action`, reply, { addFloatingIp: { address: IP } });
export const remove = (id: string, reply: Answer = ACCEPTED, prefix = ''): Exchange =>
  exchange(`POST ${prefix}/servers/${id}/action`, reply, { removeFloatingIp: { address: IP } });
export const release = (reply: Answer = ACCEPTED, prefix = ''): Exchange => exchange(`DELETE ${prefix}/os-floating-ips/${IP}`, reply);
export const one = (id: string, name = 'web-1', status = 'ACTIVE'): Exchange =>
  get(`/servers/${id}`, { server: serverObject(id, name, status) });
export const details = (prefix = ''): Exchange =>
  get(`${prefix}/servers/detail`, { servers: [serverObject(SERVER_13, 'web-1'), serverObject(SERVER_14, 'web-2')] });

export interface Play {
  readonly bench: Bench;
  /** One operation with the driver. */
  run<R>(work: (driver: Driver, run: Run) => Promise<R>): Promise<R>;
}

const playOf = (made: Bench): Play => ({ bench: made, run: (work) => made.run((driver, run) => work(driver as Driver, run)) });

function assertNoSecret(made: Bench, password: string): void {
  const written = [...made.traced, ...made.notes, JSON.stringify(made.events)].join('\n');
  for (const [what, secret] of Object.entries({ password, pair: Buffer.from(`demo:${password}`).toString('base64') })) {
    assert.ok(!written.includes(secret), `the ${what} was written down`);
  }
}

/** The exchanges must come in this order, each once, and nothing else; no secret may be written down. */
export async function scripted(
  exchanges: readonly Exchange[] | ((origin: string) => readonly Exchange[]),
  story: (play: Play) => Promise<void>,
  { options, ...settings }: Partial<BenchSettings> = {},
): Promise<void> {
  const script = await play((origin) => (typeof exchanges === 'function' ? exchanges(origin) : exchanges));
  const made = bench(hostway, connect, {
    ...settings,
    options: { endpoint: script.origin, username: 'demo', password: 's3cret', ...options },
  });
  try {
    await story(playOf(made));
    await script.end();
    assertNoSecret(made, options?.password ?? 's3cret');
  } catch (thrown) {
    // What the script found is the cause of what the story stumbled over.
    await script.end();
    throw thrown;
  } finally {
    await made.close();
  }
}

export interface Simulated extends Play {
  /** An operation of a client at peace: nothing of it is counted, and no fault of `changes` is meant for it. */
  steady<R>(work: (driver: Driver) => Promise<R>): Promise<R>;
  /** `METHOD path`, with the first word of the body, of every request that changes something. */
  changes(): string[];
  /** What the runner made of each step: `allocate: applied`. */
  closes(): string[];
}

/** The sandbox, which others wrote from the reference. It must find nothing that a faithful client would not send. */
export async function simulated(
  story: (cloud: Simulated) => Promise<void>,
  {
    faults = [],
    knobs = {},
    options,
    ...settings
  }: Partial<BenchSettings> & { readonly faults?: readonly string[]; readonly knobs?: Record<string, unknown> } = {},
): Promise<void> {
  const sandbox = await start(await dialects.hostway(), { knobs, faults: faults.map(parseFault) });
  const all = { ...sandbox.options, ...options };
  const made = bench(hostway, connect, { ...settings, options: all });
  const peaceful = bench(hostway, connect, { options: all });
  try {
    await story({
      ...playOf(made),
      steady: (work) => peaceful.run((driver) => work(driver as Driver)),
      changes: () =>
        sandbox
          .journal()
          .filter(({ method }) => method !== 'GET')
          .map(({ method, path, body }) => [method, path, ...(/^\{"(\w+FloatingIp)"/.exec(body)?.slice(1) ?? [])].join(' ')),
      closes: () => made.events.flatMap((event) => (event.event === 'close' ? [`${event.step}: ${event.state}`] : [])),
    });
    assert.deepEqual(
      sandbox.journal().flatMap(({ method, path, mark }) => (mark === null ? [] : [`${method} ${path}: ${mark}`])),
      [],
    );
    assertNoSecret(made, all.password ?? '');
  } finally {
    await made.close();
    await peaceful.close();
    await sandbox.close();
  }
}

export async function failing(kind: Kind, work: Promise<unknown>): Promise<IpctlError> {
  const thrown = await work.then(
    () => assert.fail(`expected '${kind}'`),
    (error: unknown) => error,
  );
  assert.ok(thrown instanceof IpctlError, thrown instanceof Error ? thrown.stack : String(thrown));
  assert.equal(thrown.kind, kind, thrown.message);
  return thrown;
}

export const holderOf = (ip: FloatingIp | undefined): string | null | undefined => {
  if (ip === undefined) return undefined;
  const [association] = ip.associations;
  return association?.server?.id ?? null;
};
