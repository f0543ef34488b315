/** Raw HTTP against the sandbox of Open Telekom Cloud, with what the tests want to know of each answer. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { uuid } from '../../src/sandbox/cloud.js';
import { hexId } from '../../src/sandbox/dialects/otc/cloud.js';
import { otc } from '../../src/sandbox/dialects/otc/otc.js';
import { start } from '../../src/sandbox/server.js';

export type Json = Record<string, unknown>;
// biome-ignore lint/suspicious/noExplicitAny: what came over the wire is taken apart by assertions, not by types.
export type Wire = any;
export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';

export const PROJECT = hexId('project/eu-de');
export const APP = uuid('subnet/app');
export const DB = uuid('subnet/db');
export const APP_NEUTRON = uuid('neutron-subnet/app');
export const WEB1 = uuid('server/web-1');
export const NIC1 = uuid('port/web-1');
export const NIC2 = uuid('port/web-2');
export const SHARED = uuid('bandwidth/shared-1');
export const NOBODY = uuid('nothing/of/that/id');
export const PER = { name: 'bw', size: 10, share_type: 'PER', charge_mode: 'traffic' };
export const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: Wire;
  /** The error's code or type, whatever shape it came in. */
  readonly code: string | undefined;
  readonly mark: string | null;
}

export interface Ask {
  /** null sends none. */
  readonly token?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly text?: string;
}

export interface World {
  readonly origin: string;
  ask(method: Method, path: string, body?: unknown, how?: Ask): Promise<Reply>;
  login(user: Json, scope?: Json): Promise<Reply>;
  marks(): readonly string[];
}

/** Starts a sandbox and logs in as demo. A test may turn `knobs` between its requests. */
export async function world(t: TestContext, knobs: Json = {}): Promise<World> {
  const sandbox = await start(otc, { knobs });
  t.after(() => sandbox.close());
  const ask = async (method: Method, path: string, body?: unknown, how: Ask = {}): Promise<Reply> => {
    const text = how.text ?? (body === undefined ? undefined : JSON.stringify(body));
    const headers: Record<string, string> = { ...(text === undefined ? {} : { 'content-type': 'application/json' }) };
    if (how.token !== null) headers['x-auth-token'] = how.token ?? token;
    const url = `${sandbox.origin}${path.replaceAll('{P}', PROJECT)}`;
    const answer = await fetch(url, { method, headers: { ...headers, ...how.headers }, ...(text === undefined ? {} : { body: text }) });
    const received = await answer.text();
    const json = received !== '' && answer.headers.get('content-type') === 'application/json' ? JSON.parse(received) : undefined;
    const mark = sandbox.journal().at(-1)?.mark ?? null;
    return { status: answer.status, headers: answer.headers, text: received, json, code: codeOf(json), mark };
  };
  const login = (user: Json, scope: Json = { project: { name: 'eu-de' } }) =>
    ask('POST', '/iam/v3/auth/tokens', { auth: { identity: { methods: ['password'], password: { user } }, scope } }, { token: null });
  let token = '';
  token = (await login(demo())).headers.get('x-subject-token') ?? '';
  assert.notEqual(token, '');
  return { origin: sandbox.origin, ask, login, marks: () => sandbox.journal().flatMap((entry) => entry.mark ?? []) };
}

export function demo(changes: Json = {}): Json {
  return { name: 'demo', password: 'sandbox-secret', domain: { name: 'OTC-SANDBOX' }, ...changes };
}

function codeOf(json: Json | undefined): string | undefined {
  const found =
    json?.code ?? json?.error_code ?? (json?.NeutronError as Json)?.type ?? (json?.error as Json)?.code ?? Object.keys(json ?? {})[0];
  return found === undefined ? undefined : String(found);
}

/** What is asked, which status and code it gets, and whether the journal has a mark for it. */
export type Row = readonly [Method, string, unknown, number, string | undefined, 'marked' | 'clean'];

export async function check(cloud: World, rows: readonly Row[], how: Ask = {}): Promise<void> {
  for (const [method, path, body, status, code, verdict] of rows) {
    const reply = await cloud.ask(method, path, body, how);
    const label = `${method} ${path} ${JSON.stringify(body)} -> ${reply.text} (mark: ${reply.mark})`;
    assert.equal(reply.status, status, label);
    if (code !== undefined) assert.equal(reply.code, code, label);
    assert.equal(reply.mark === null ? 'clean' : 'marked', verdict, label);
  }
}

export async function allocate(cloud: World, publicip: Json = {}, bandwidth: Json = PER): Promise<Wire> {
  const reply = await cloud.ask('POST', '/vpc/v1/{P}/publicips', { publicip: { type: '5_bgp', ...publicip }, bandwidth });
  assert.equal(reply.status, 200, reply.text);
  return reply.json.publicip;
}

/** Allocates and reads until the address is there. */
export async function ready(cloud: World, publicip: Json = {}): Promise<string> {
  const { id } = await allocate(cloud, publicip);
  await cloud.ask('GET', eip(id));
  return id;
}

/** What the table of a reference page says: each call's status, code and text. */
export async function refusals(cloud: World, rows: readonly (readonly [Method, string, unknown, number, string, string])[]): Promise<void> {
  for (const [method, path, body, status, code, text] of rows) {
    const reply = await cloud.ask(method, path, body);
    const label = `${method} ${path} ${JSON.stringify(body)}`;
    assert.deepEqual([reply.status, reply.json], [status, { code, message: text }], label);
  }
}

export const eip = (id: string) => `/vpc/v1/{P}/publicips/${id}`;
export const privateIp = (id: string) => `/vpc/v1/{P}/privateips/${id}`;
export const reserveBody = (...addresses: (string | undefined)[]) => ({
  privateips: addresses.map((address) => ({ subnet_id: APP, ...(address === undefined ? {} : { ip_address: address }) })),
});
