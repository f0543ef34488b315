/** Raw HTTP against the OpenStack sandbox, with what the tests want to know of each answer. */
import assert from 'node:assert/strict';
import { type IncomingHttpHeaders, request } from 'node:http';
import { uuid } from '../../src/sandbox/cloud.js';
import type { OpenStackCloud } from '../../src/sandbox/dialects/openstack/cloud.js';
import { openstack } from '../../src/sandbox/dialects/openstack/openstack.js';
import { type Sandbox, start } from '../../src/sandbox/server.js';

export interface Heard {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly json: unknown;
  /** The journal's mark of this request. */
  readonly mark: string | null;
  /** The value below a dotted path of the body: `floatingip.id`, `ports.0.name`; undefined where there is none. */
  at(path: string): unknown;
  /** The same, which must be a string. */
  id(path: string): string;
}

export interface Sent {
  /** An object goes as JSON with its content type, text as it is. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Caller {
  readonly sandbox: Sandbox;
  /** A path from the root, without any header of ours. */
  call(method: string, path: string, sent?: Sent): Promise<Heard>;
  /** Logs in (once a user) and calls below the network's `/v2.0`. */
  net(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Heard>;
  /** The same below the compute endpoint of the user's project. */
  cmp(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Heard>;
  /** Another user's caller to the same sandbox. */
  as(user: 'demo' | 'other' | 'admin'): Caller;
  token(): Promise<string>;
  project(): Promise<string>;
}

export interface Scene {
  readonly knobs?: Record<string, unknown>;
  /** Changes the playground before the first request. */
  readonly seed?: (cloud: OpenStackCloud) => void;
}

export const publicNetwork = uuid('network/public');
export const privateNetwork = uuid('network/private');
export const appSubnet = uuid('subnet/app');
export const nobody = uuid('nobody');
export const port = (name: string): string => uuid(`port/${name}`);
export const server = (name: string): string => uuid(`server/${name}`);

/** Starts a sandbox, runs `story` as user demo, and closes it. */
export async function play(scene: Scene, story: (caller: Caller) => Promise<void>): Promise<void> {
  const seed = () => {
    const cloud = openstack.seed();
    scene.seed?.(cloud);
    return cloud;
  };
  const sandbox = await start({ ...openstack, seed }, { knobs: scene.knobs ?? {} });
  try {
    await story(callerOf(sandbox, 'demo', new Map()));
  } finally {
    await sandbox.close();
  }
}

/** The token request of a user, scoped to the project of the same name. */
export function login(user: string, password = user === 'demo' ? 'sandbox-secret' : `${user}-secret`): unknown {
  const domain = { name: 'Default' };
  return {
    auth: {
      identity: { methods: ['password'], password: { user: { name: user, domain, password } } },
      scope: { project: { name: user, domain } },
    },
  };
}

export const inJson = (body: unknown): Sent => ({ body });

export const web1 = { port_id: port('web-1'), fixed_ip_address: '192.168.1.11' };
export const web2 = { port_id: port('web-2'), fixed_ip_address: '192.168.1.12' };

/** POSTs a floating address with exactly these attributes. */
export const post = (caller: Caller, attributes: unknown): Promise<Heard> => caller.net('POST', '/floatingips', { floatingip: attributes });

/** Allocates from the public network; gives the id. */
export async function allocate(caller: Caller, attributes: object = {}): Promise<string> {
  const made = await post(caller, { floating_network_id: publicNetwork, ...attributes });
  assert.equal(made.status, 201, made.text);
  return made.id('floatingip.id');
}

export const put = (caller: Caller, id: string, attributes: unknown, revision?: number): Promise<Heard> =>
  caller.net(
    'PUT',
    `/floatingips/${id}`,
    { floatingip: attributes },
    revision === undefined ? {} : { 'if-match': `revision_number=${revision}` },
  );

export const show = (caller: Caller, id: string): Promise<Heard> => caller.net('GET', `/floatingips/${id}`);

/** For a scene's seed: gives a port these addresses, on subnet app, instead of its own. */
export function setFixedIps(cloud: OpenStackCloud, name: string, addresses: readonly string[]): void {
  const found = cloud.ports.find((one) => one.id === port(name));
  assert.ok(found);
  found.fixedIps = addresses.map((address) => ({ subnet: appSubnet, address }));
}

/** One field of each item of a list. */
export const names = (heard: Heard, collection: string, field = 'name'): readonly unknown[] =>
  (heard.at(collection) as Readonly<Record<string, unknown>>[]).map((one) => one[field]);

/** The links beside a list, by their `rel`. */
export const links = (heard: Heard, collection = 'floatingips'): Readonly<Record<string, string>> =>
  Object.fromEntries(((heard.at(`${collection}_links`) ?? []) as { rel: string; href: string }[]).map((one) => [one.rel, one.href]));

/** Every request so far was one that a faithful client sends. */
export function assertUnmarked({ sandbox }: Caller): void {
  assert.deepEqual(
    sandbox.journal().flatMap((entry) => (entry.mark === null ? [] : [`${entry.method} ${entry.path}: ${entry.mark}`])),
    [],
  );
}

/** A Neutron refusal of that status and type; `marked` says whether it had to earn a mark. */
export function assertRefused(heard: Heard, status: number, type: string, marked: boolean): void {
  assert.deepEqual(
    [heard.status, heard.at('NeutronError.type'), heard.mark !== null],
    [status, type, marked],
    `${heard.text} mark: ${heard.mark}`,
  );
  assert.equal(typeof heard.at('NeutronError.message'), 'string');
  assert.equal(heard.at('NeutronError.detail'), '');
}

/** Nova's, under the name that belongs to the status. */
export function assertNova(heard: Heard, status: number, name: string, marked: boolean): void {
  assert.deepEqual(
    [heard.status, heard.at(`${name}.code`), heard.mark !== null],
    [status, status, marked],
    `${heard.text} mark: ${heard.mark}`,
  );
}

function callerOf(sandbox: Sandbox, user: string, logins: Map<string, Promise<Heard>>): Caller {
  const call = (method: string, path: string, sent: Sent = {}) => send(sandbox, method, path, sent);
  const loggedIn = (): Promise<Heard> => {
    const known = logins.get(user) ?? call('POST', '/identity/v3/auth/tokens', inJson(login(user)));
    logins.set(user, known);
    return known;
  };
  const token = async () => String((await loggedIn()).headers['x-subject-token']);
  const project = async () => (await loggedIn()).id('token.project.id');
  return {
    sandbox,
    call,
    token,
    project,
    as: (other) => callerOf(sandbox, other, logins),
    net: async (method, path, body, headers) =>
      call(method, `/network/v2.0${path}`, { body, headers: { 'x-auth-token': await token(), ...headers } }),
    cmp: async (method, path, body, headers) =>
      call(method, `/compute/v2.1/${await project()}${path}`, { body, headers: { 'x-auth-token': await token(), ...headers } }),
  };
}

function send(sandbox: Sandbox, method: string, path: string, sent: Sent): Promise<Heard> {
  const isText = typeof sent.body === 'string';
  const body = sent.body === undefined ? '' : isText ? String(sent.body) : JSON.stringify(sent.body);
  const headers = { ...(sent.body !== undefined && !isText ? { 'content-type': 'application/json' } : {}), ...sent.headers };
  return new Promise((resolve, reject) => {
    const outgoing = request(
      `${sandbox.origin}${path}`,
      { method, agent: false, headers: { ...headers, ...(body === '' ? {} : { 'content-length': String(Buffer.byteLength(body)) }) } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => void chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          resolve(heard(response.statusCode ?? 0, response.headers, text, sandbox.journal().at(-1)?.mark ?? null));
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function heard(status: number, headers: IncomingHttpHeaders, text: string, mark: string | null): Heard {
  const json: unknown = headers['content-type'] === 'application/json' ? JSON.parse(text) : undefined;
  const at = (path: string): unknown =>
    path
      .split('.')
      .reduce<unknown>((value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined), json);
  const id = (path: string): string => {
    const value = at(path);
    assert.equal(typeof value, 'string', `${path} of ${text}`);
    return String(value);
  };
  return { status, headers, text, json, mark, at, id };
}
