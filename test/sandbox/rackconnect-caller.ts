/** A sandbox of RackConnect and its callers, for the tests that speak raw HTTP to it. */
import assert from 'node:assert/strict';
import { uuid } from '../../src/sandbox/cloud.js';
import { API_KEYS, serverId } from '../../src/sandbox/dialects/rackspace/cloud.js';
import { type RackConnectCloud, seed } from '../../src/sandbox/dialects/rackspace/rackconnect/cloud.js';
import { rackconnect } from '../../src/sandbox/dialects/rackspace/rackconnect/rackconnect.js';
import { start } from '../../src/sandbox/server.js';

export const TOKENS = '/identity/v2.0/tokens';
export const NOVA = '/servers/v2/123456';
export const NEUTRON = '/networks/v2.0';
export const IPS = '/rackconnect/v3/123456/public_ips';
export const WEB_1 = serverId('web-1');
export const WEB_2 = serverId('web-2');
export const BUILDING = serverId('worker-1');
export const OFF_NETWORK = serverId('worker-2');
export const OTHER_1 = serverId('other-1');
export const NOBODY = uuid('nobody');
export const FIRST = '203.0.113.10';
export const SECOND = '203.0.113.11';
export const FORMAT = 'The input was not in the correct format. ';

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: the tests look at replies of many shapes
  readonly json: any;
  readonly mark: string | null;
}

export interface Sent {
  readonly body?: unknown;
  /** Sent as it is, instead of `body`. */
  readonly raw?: string;
  /** Replaces or, with undefined, removes a header. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

export type Send = (method: string, path: string, sent?: Sent) => Promise<Reply>;

export interface Bench {
  readonly origin: string;
  /** Without a token. */
  readonly send: Send;
  readonly as: (user: keyof typeof API_KEYS) => Promise<Send>;
  readonly marks: () => readonly string[];
}

export async function bench(
  story: (bench: Bench) => Promise<void>,
  knobs: Record<string, unknown> = {},
  change = (_: RackConnectCloud) => {},
) {
  const dialect = {
    ...rackconnect,
    seed: () => {
      const cloud = seed();
      change(cloud);
      return cloud;
    },
  };
  const sandbox = await start(dialect, { knobs });
  const send: Send = async (method, path, { body, raw, headers = {} } = {}) => {
    const content = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const all = { accept: 'application/json', ...(content === undefined ? {} : { 'content-type': 'application/json' }), ...headers };
    const kept = Object.entries(all).filter((pair): pair is [string, string] => pair[1] !== undefined);
    const response = await fetch(sandbox.origin + path, { method, headers: kept, ...(content === undefined ? {} : { body: content }) });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json');
    const mark = sandbox.journal().at(-1)?.mark ?? null;
    return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : undefined, mark };
  };
  const as = async (username: keyof typeof API_KEYS): Promise<Send> => {
    const body = { auth: { 'RAX-KSKEY:apiKeyCredentials': { username, apiKey: API_KEYS[username] } } };
    const token: string = (await send('POST', TOKENS, { body })).json.access.token.id;
    return (method, path, sent = {}) => send(method, path, { ...sent, headers: { 'x-auth-token': token, ...sent.headers } });
  };
  const marks = () => sandbox.journal().flatMap(({ mark }) => (mark === null ? [] : [mark]));
  try {
    await story({ origin: sandbox.origin, send, as, marks });
  } finally {
    await sandbox.close();
  }
}

/** The same, signed in as `demo`. */
export const demo = (
  story: (send: Send, bench: Bench) => Promise<void>,
  knobs?: Record<string, unknown>,
  change?: (cloud: RackConnectCloud) => void,
) => bench(async (all) => story(await all.as('demo'), all), knobs, change);

export const AT_ONCE = { rackconnectDelay: 0 };
export const forServer = (id: unknown, more: Record<string, unknown> = {}): Sent => ({ body: { cloud_server: { id }, ...more } });
export const RESERVE: Sent = { body: { retain: true } };
export const show = async (send: Send, id: string) => (await send('GET', `${IPS}/${id}`)).json;
export const statuses = async (send: Send, id: string, reads: number) => {
  const seen: string[] = [];
  for (let read = 0; read < reads; read += 1) seen.push((await show(send, id)).status);
  return seen;
};

export async function allocate(send: Send, sent: Sent): Promise<string> {
  const reply = await send('POST', IPS, sent);
  assert.deepEqual([reply.status, reply.mark], [201, null], reply.text);
  return reply.json.id;
}

/** Allocates and reads until it is active; wants no delay. */
export async function active(send: Send, sent: Sent): Promise<string> {
  const id = await allocate(send, sent);
  assert.equal((await show(send, id)).status, 'ACTIVE');
  return id;
}

export function assertConflict(reply: Reply, text: RegExp): void {
  assert.deepEqual([reply.status, Object.keys(reply.json), reply.json.errors.length, reply.mark], [409, ['errors'], 1, null]);
  assert.match(reply.json.errors[0], text);
}
