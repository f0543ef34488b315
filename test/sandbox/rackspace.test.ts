/** The sandbox of Rackspace over raw HTTP: each rule of the protocol, and what earns a mark. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { uuid } from '../../src/sandbox/cloud.js';
import {
  API_KEYS,
  networkId,
  PASSCODE,
  PUBLIC_NET,
  portId,
  type RackspaceCloud,
  SERVICE_NET,
  seed,
  serverId,
  subnetId,
} from '../../src/sandbox/dialects/rackspace/cloud.js';
import { rackspace } from '../../src/sandbox/dialects/rackspace/rackspace.js';
import { start } from '../../src/sandbox/server.js';

const IDENTITY = '/identity/v2.0';
const NOVA = '/servers/v2/123456';
const NEUTRON = '/networks/v2.0';
const IPS = `${NEUTRON}/ip_addresses`;
const WEB_1 = serverId('web-1');
const WEB_2 = serverId('web-2');
const BUILD_1 = serverId('worker-1');
const FAR_1 = serverId('worker-2');
const OTHER_1 = serverId('other-1');
const BACKEND = networkId('backend');
const P1 = portId('web-1', 'public');
const P2 = portId('web-2', 'public');
const BOTH = [P1, P2];
const BACK = [portId('web-1', 'backend'), portId('web-2', 'backend')];
const NOBODY = uuid('nobody');
const FIXED = uuid('address/192.0.2.11');
const HEX = /^[0-9a-f]{32}$/;

interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: the tests look at replies of many shapes
  readonly json: any;
  readonly mark: string | null;
}

interface Sent {
  readonly body?: unknown;
  /** Sent as it is, instead of `body`. */
  readonly raw?: string;
  /** Replaces or, with undefined, removes a header. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

type Send = (method: string, path: string, sent?: Sent) => Promise<Reply>;

interface Bench {
  readonly origin: string;
  /** Without a token. */
  readonly send: Send;
  readonly as: (user: keyof typeof API_KEYS) => Promise<Send>;
  readonly marks: () => readonly string[];
}

async function bench(story: (bench: Bench) => Promise<void>, knobs: Record<string, unknown> = {}, change = (_: RackspaceCloud) => {}) {
  const dialect = {
    ...rackspace,
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
    const init = { method, headers: kept, ...(content === undefined ? {} : { body: content }) };
    const response = await fetch(sandbox.origin + path, init);
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json');
    const mark = sandbox.journal().at(-1)?.mark ?? null;
    return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : undefined, mark };
  };
  const as = async (user: keyof typeof API_KEYS): Promise<Send> => {
    const reply = await send('POST', `${IDENTITY}/tokens`, { body: byKey(user) });
    const token: string = reply.json.access.token.id;
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
const demo = (
  story: (send: Send, bench: Bench) => Promise<void>,
  knobs?: Record<string, unknown>,
  change?: (cloud: RackspaceCloud) => void,
) => bench(async (all) => story(await all.as('demo'), all), knobs, change);

const byKey = (username: keyof typeof API_KEYS) => ({ auth: { 'RAX-KSKEY:apiKeyCredentials': { username, apiKey: API_KEYS[username] } } });
const byPassword = (username: string, password: string, more = {}) => ({ auth: { passwordCredentials: { username, password }, ...more } });
const ask = (more: Record<string, unknown> = {}) => ({
  body: { ip_address: { network_id: PUBLIC_NET, version: 4, port_ids: BOTH, ...more } },
});
const ports = (...list: unknown[]) => ({ body: { ip_address: { port_ids: list } } });
const association = (server: string, ip: string) => `${NOVA}/servers/${server}/ip_associations/${ip}`;
const codeOf = (reply: Reply) =>
  Object.entries<{ code: number; message: string }>(reply.json).map(([name, { code, message }]) => ({ name, code, message }))[0];

/** The detail of a WebOb error, after checking its other members. */
function detailOf(reply: Reply): string {
  const { message, code, title, ...rest } = reply.json;
  assert.equal(code, `${reply.status} ${title}`);
  assert.deepEqual(rest, {});
  return /^[^<]+<br \/><br \/>\n(.*)\n\n$/s.exec(message)?.[1] ?? assert.fail(message);
}

async function provide(send: Send, more: Record<string, unknown> = {}): Promise<string> {
  const reply = await send('POST', IPS, ask(more));
  assert.equal(reply.status, 201, reply.text);
  return reply.json.ip_address.id;
}

test('identity: each way in', async (t) => {
  const login = (body: unknown, query = '', headers = {}) => ({ body, query, headers });
  const key = byKey('demo').auth;
  const parse = 'Invalid request body: unable to parse Auth data. Please review XML or JSON formatting.';
  const rows: readonly [
    name: string,
    sent: ReturnType<typeof login>,
    status: number,
    fault?: string | undefined,
    message?: string | undefined,
    marked?: boolean,
  ][] = [
    ['key', login({ auth: key }), 200],
    ['password', login(byPassword('demo', 'sandbox-secret')), 200],
    ['own tenant id', login({ auth: { ...key, tenantId: '123456' } }), 200],
    ['own tenant name', login({ auth: { ...key, tenantName: '123456' } }), 200],
    ['the user whose password is not enough, by key', login(byKey('mfa')), 200],
    ['both tenant forms', login({ auth: { ...key, tenantId: '123456', tenantName: '123456' } }), 400, 'badRequest', parse, true],
    [
      'foreign tenant',
      login({ auth: { ...key, tenantId: '999' } }),
      401,
      'unauthorized',
      "Tenant with Name/Id: '999' is not valid for User 'demo' (id: '987654')",
    ],
    ['wrong password', login(byPassword('demo', 'no')), 401, 'unauthorized', 'Unable to authenticate user with credentials provided.'],
    ['unknown user', login(byPassword('nobody', 'no')), 401, 'unauthorized', 'Unable to authenticate user with credentials provided.'],
    [
      'wrong key',
      login({ auth: { 'RAX-KSKEY:apiKeyCredentials': { username: 'demo', apiKey: 'no' } } }),
      401,
      'unauthorized',
      'Username or api key is invalid.',
    ],
    ['second factor not set up', login(byPassword('enrol', 'enrol-secret')), 403, 'forbidden', 'User must setup multi-factor'],
    ['disabled', login(byPassword('gone', 'gone-secret')), 403, 'userDisabled', "User 'gone' is disabled."],
    [
      'unknown token',
      login({ auth: { token: { id: 'f00' } } }),
      401,
      'unauthorized',
      'Unable to authenticate user with credentials provided.',
    ],
    ['two kinds of credentials', login({ auth: { ...key, ...byPassword('demo', 'sandbox-secret').auth } }), 400, 'badRequest', parse, true],
    ['no credentials', login({ auth: {} }), 400, 'badRequest', parse, true],
    ['no auth', login({}), 400, 'badRequest', parse, true],
    [
      'key under a misspelt name',
      login({ auth: { apiKeyCredentials: { username: 'demo', apiKey: API_KEYS.demo } } }),
      400,
      'badRequest',
      parse,
      true,
    ],
    [
      'tenant inside the credentials',
      login({ auth: { 'RAX-KSKEY:apiKeyCredentials': { ...key['RAX-KSKEY:apiKeyCredentials'], tenantId: '123456' } } }),
      400,
      'badRequest',
      parse,
      true,
    ],
    ['a member missing', login({ auth: { passwordCredentials: { username: 'demo' } } }), 400, 'badRequest', parse, true],
    ['no JSON type', login({ auth: key }, '', { 'content-type': 'text/plain' }), 415, 'badMediaType', 'Unsupported Media Type', true],
    ['a token sent along', login({ auth: key }, '', { 'x-auth-token': 'f00' }), 200, undefined, undefined, true],
    ['Accept left out', login({ auth: key }, '', { accept: '*/*' }), 200, undefined, undefined, true],
    ['known parameters', login({ auth: key }, '?apply_rcn_roles=true&include_accessible_domains=false&include_endpoints=true'), 200],
    ['an unknown parameter', login({ auth: key }, '?catalog=yes'), 200, undefined, undefined, true],
  ];
  await bench(async ({ send }) => {
    for (const [name, { body, query, headers }, status, fault, message, marked = false] of rows) {
      await t.test(name, async () => {
        const reply = await send('POST', `${IDENTITY}/tokens${query}`, { body, headers });
        assert.equal(reply.status, status, reply.text);
        if (fault !== undefined) assert.deepEqual(reply.json, { [fault]: { code: status, message } });
        assert.equal(reply.mark !== null, marked, reply.mark ?? 'no mark');
      });
    }
    const malformed = await send('POST', `${IDENTITY}/tokens`, { raw: '{' });
    assert.deepEqual([malformed.status, malformed.json.badRequest.message], [400, parse]);
    assert.ok(malformed.mark);
    const verb = await send('GET', `${IDENTITY}/tokens`);
    assert.deepEqual([verb.status, codeOf(verb)?.name], [405, 'badMethod']);
    assert.ok(verb.mark);
    const slashes = await send('POST', '/identity/v2.0//tokens', { body: byKey('demo') });
    assert.deepEqual([slashes.status, slashes.json], [404, undefined]);
    assert.ok(slashes.mark);
  });
});

test('identity: the answer names tenant, region, roles and a catalog in which type alone misleads', () =>
  bench(async ({ send, origin }) => {
    const { access } = (await send('POST', `${IDENTITY}/tokens`, { body: byKey('demo') })).json;
    assert.match(access.token.id, HEX);
    assert.ok(Date.parse(access.token.expires) > Date.parse('2025-01-01'));
    assert.deepEqual(access.token.tenant, { id: '123456', name: '123456' });
    assert.deepEqual(access.token['RAX-AUTH:authenticatedBy'], ['APIKEY']);
    assert.equal(access.user['RAX-AUTH:defaultRegion'], 'DFW');
    assert.ok(access.user.roles.some((role: { name: string }) => role.name === 'identity:user-admin'));
    const urls = (match: (one: { name: string; type: string }) => boolean) =>
      access.serviceCatalog
        .filter(match)
        .flatMap(({ endpoints }: { endpoints: { region?: string; publicURL: string }[] }) =>
          endpoints.map((one) => [one.region, one.publicURL]),
        );
    assert.deepEqual(urls(({ type }) => type === 'compute')[0], [undefined, `${origin}/servers/v1.0/123456`]);
    assert.deepEqual(
      urls(({ name }) => name === 'cloudServersOpenStack'),
      [
        ['DFW', `${origin}${NOVA}`],
        ['ORD', `${origin}/ord${NOVA}`],
      ],
    );
    assert.deepEqual(
      urls(({ name }) => name === 'cloudNetworks'),
      [
        ['DFW', `${origin}${NEUTRON}`],
        ['ORD', `${origin}/ord${NEUTRON}`],
      ],
    );
    assert.deepEqual(urls(({ type }) => type === 'rax:rackconnect')[0], ['DFW', `${origin}/rackconnect/v3/123456`]);
    const bare = await send('POST', `${IDENTITY}/tokens?include_endpoints=false`, { body: byKey('demo') });
    assert.equal(bare.json.access.serviceCatalog, undefined);
    assert.ok(bare.mark);
    const other = await send('POST', `${IDENTITY}/tokens`, { body: byKey('other') });
    assert.equal(other.json.access.user['RAX-AUTH:defaultRegion'], '');
    assert.equal(other.json.access.token.tenant.id, '654321');
    const options = rackspace.options(origin);
    assert.deepEqual(options, {
      'identity-endpoint': `${origin}/identity/v2.0/`,
      username: 'demo',
      'api-key': API_KEYS.demo,
      region: 'DFW',
    });
    assert.deepEqual(rackspace.credentials, ['api-key']);
  }));

test('identity: a token lives, is given again, exchanged, listed for, and revoked', () =>
  bench(async ({ send }) => {
    const login = async (body: unknown) => (await send('POST', `${IDENTITY}/tokens`, { body })).json.access.token;
    const token = await login(byKey('demo'));
    assert.deepEqual(await login(byKey('demo')), token, 'the same within its life');
    assert.notEqual((await login(byPassword('demo', 'sandbox-secret'))).id, token.id);
    assert.equal((await login({ auth: { tenantId: '123456', token: { id: token.id } } })).id, token.id);
    const headers = { 'x-auth-token': token.id };
    const list = await send('GET', `${IDENTITY}/tokens/${token.id}/endpoints`, { headers });
    assert.ok(list.json.endpoints.some((one: { name: string }) => one.name === 'cloudNetworks'));
    assert.equal((await send('GET', `${IDENTITY}/tokens/f00/endpoints`, { headers })).status, 404);
    assert.equal((await send('DELETE', `${IDENTITY}/tokens/f00`, { headers })).status, 404);
    assert.equal((await send('GET', IPS, { headers })).status, 200);
    assert.equal((await send('DELETE', `${IDENTITY}/tokens`, { headers })).status, 204);
    assert.equal((await send('GET', IPS, { headers })).status, 401);
    assert.equal((await send('DELETE', `${IDENTITY}/tokens`, { headers })).status, 401);
    const fresh = await login(byKey('demo'));
    assert.notEqual(fresh.id, token.id);
    assert.equal((await send('DELETE', `${IDENTITY}/tokens/${fresh.id}`, { headers: { 'x-auth-token': fresh.id } })).status, 204);
    assert.equal((await send('GET', IPS, { headers: { 'x-auth-token': fresh.id } })).status, 401);
  }));

test('identity: a token past its life is refused, and no longer given', () =>
  bench(
    async ({ send }) => {
      const login = async () => (await send('POST', `${IDENTITY}/tokens`, { body: byKey('demo') })).json.access.token.id;
      const token = await login();
      const reply = await send('GET', IPS, { headers: { 'x-auth-token': token } });
      assert.deepEqual([reply.status, codeOf(reply)?.name, reply.mark], [401, 'unauthorized', null]);
      assert.notEqual(await login(), token);
    },
    { tokenTtl: 0 },
  ));

test('identity: a password is challenged for its passcode; a set-up token opens nothing', () =>
  bench(async ({ send }) => {
    const tokens = `${IDENTITY}/tokens`;
    const challenged = await send('POST', tokens, { body: byPassword('mfa', 'mfa-secret') });
    assert.equal(challenged.status, 401);
    assert.deepEqual(challenged.json, { unauthorized: { code: 401, message: 'Additional authentication credentials required' } });
    const session = /^OS-MF sessionId='([^']+)', factor='PASSCODE'$/.exec(challenged.headers.get('www-authenticate') ?? '')?.[1] ?? '';
    assert.equal(challenged.mark, null);
    const code = (passcode: string, id?: string) =>
      send('POST', tokens, { body: { auth: { 'RAX-AUTH:passcodeCredentials': { passcode } } }, headers: { 'x-sessionid': id } });
    assert.deepEqual([(await code('000000', session)).status, (await code(PASSCODE, 'f00')).status], [401, 401]);
    const forgotten = await code(PASSCODE);
    assert.equal(forgotten.status, 401);
    assert.ok(forgotten.mark);
    const admitted = await code(PASSCODE, session);
    assert.equal(admitted.status, 200, admitted.text);
    assert.deepEqual(admitted.json.access.token['RAX-AUTH:authenticatedBy'], ['PASSWORD', 'PASSCODE']);
    assert.equal((await code(PASSCODE, session)).status, 401, 'a session serves once');
    const setUp = await send('POST', tokens, { body: byPassword('enrol', 'enrol-secret', { 'RAX-AUTH:scope': 'SETUP-MFA' }) });
    assert.equal(setUp.status, 200);
    assert.equal(setUp.json.access.token.tenant, undefined);
    const used = await send('GET', IPS, { headers: { 'x-auth-token': setUp.json.access.token.id } });
    assert.equal(used.status, 401);
    assert.ok(used.mark);
  }));

test('the gateway checks token, tenant, role, path and verb in that order', async (t) => {
  const rows: readonly [
    name: string,
    user: keyof typeof API_KEYS,
    method: string,
    path: string,
    status: number,
    fault: string | undefined,
    marked: boolean,
  ][] = [
    ['tenant of another', 'demo', 'GET', '/servers/v2/654321/servers', 403, 'forbidden', true],
    ['tenant before path', 'demo', 'GET', '/servers/v2/654321/nonsense', 403, 'forbidden', true],
    ['role before existence', 'observer', 'DELETE', `${IPS}/${NOBODY}`, 403, 'forbidden', false],
    ['unknown path of Cloud Servers', 'demo', 'GET', `${NOVA}/nonsense`, 404, undefined, true],
    ['unknown path of Cloud Networks', 'demo', 'GET', `${NEUTRON}/floatingips`, 404, undefined, true],
    ['first generation', 'demo', 'GET', '/servers/v1.0/123456/servers', 404, undefined, true],
    ['RackConnect', 'demo', 'GET', '/rackconnect/v3/123456/public_ips', 404, undefined, true],
    ['trailing slash', 'demo', 'GET', `${IPS}/`, 404, undefined, true],
    ['verb of Cloud Servers', 'demo', 'PATCH', `${NOVA}/servers/${WEB_1}`, 405, 'badMethod', true],
    ['verb of Cloud Networks', 'demo', 'PATCH', `${IPS}/${NOBODY}`, 404, undefined, true],
    ['POST on the collection of associations', 'demo', 'POST', `${NOVA}/servers/${WEB_1}/ip_associations`, 501, 'notImplemented', true],
    ['service-to-service path', 'demo', 'GET', `${IPS}/${FIXED}/ports`, 403, 'forbidden', true],
    ['the same for one port', 'demo', 'PUT', `${IPS}/${FIXED}/ports/${P1}`, 403, 'forbidden', true],
    ['tenantless path', 'demo', 'GET', '/servers/v2/servers', 200, undefined, true],
    ['suffix on a collection', 'demo', 'GET', `${IPS}.json`, 200, undefined, false],
    ['suffix on a member', 'demo', 'GET', `${IPS}/${FIXED}.json`, 200, undefined, false],
    ['suffix in Cloud Servers', 'demo', 'GET', `${NOVA}/servers/detail.json`, 200, undefined, false],
    ['quad in the place of an id', 'demo', 'GET', `${IPS}/192.0.2.11`, 404, 'message', true],
    ['name in the place of an id', 'demo', 'GET', `${NOVA}/servers/web-1`, 404, 'itemNotFound', true],
    ['capitals in an id', 'demo', 'GET', `${NOVA}/servers/${WEB_1.toUpperCase()}`, 404, 'itemNotFound', true],
    ['an id that nothing has', 'demo', 'GET', `${NOVA}/servers/${NOBODY}`, 404, 'itemNotFound', false],
  ];
  await bench(async ({ as, send }) => {
    for (const [name, user, method, path, status, fault, marked] of rows) {
      await t.test(name, async () => {
        const reply = await (await as(user))(method, path);
        assert.equal(reply.status, status, reply.text);
        if (fault !== undefined) assert.equal(Object.keys(reply.json)[0], fault);
        if (fault === undefined && status === 404) assert.equal(reply.json, undefined);
        assert.equal(reply.mark !== null, marked, reply.mark ?? 'no mark');
      });
    }
    const missing = await send('GET', IPS);
    assert.deepEqual([missing.status, codeOf(missing)?.name], [401, 'unauthorized']);
    assert.ok(missing.mark);
    const unknown = await send('GET', `${NOVA}/nonsense`, { headers: { 'x-auth-token': 'f00' } });
    assert.deepEqual([unknown.status, unknown.mark], [401, null]);
    const call = await as('demo');
    assert.ok((await call('GET', IPS)).headers.get('x-openstack-request-id')?.startsWith('req-'));
    assert.ok((await call('GET', `${NOVA}/servers`)).headers.get('x-compute-request-id')?.startsWith('req-'));
    assert.equal((await call('GET', `${NOVA}/servers`, { headers: { 'x-auth-project-id': '123456' } })).mark, null);
  });
});

test('roles: an observer reads, a creator provisions too, an admin does everything', () =>
  bench(async ({ as, send }) => {
    const owner = await as('demo');
    const ip = await provide(owner);
    const writes: readonly [method: string, path: string, sent: Sent, admin: number][] = [
      ['PUT', association(WEB_1, ip), {}, 201],
      ['DELETE', association(WEB_1, ip), {}, 204],
      ['PUT', `${IPS}/${ip}`, ports(P1), 200],
      ['DELETE', `${IPS}/${ip}`, {}, 204],
    ];
    for (const user of ['observer', 'creator'] as const) {
      const call = await as(user);
      for (const path of [
        IPS,
        `${IPS}/${ip}`,
        `${NEUTRON}/ports`,
        `${NEUTRON}/networks`,
        `${NEUTRON}/subnets`,
        `${NOVA}/servers`,
        `${NOVA}/servers/${WEB_1}/ip_associations`,
      ]) {
        assert.equal((await call('GET', path)).status, 200, path);
      }
      assert.equal((await call('POST', IPS, ask())).status, user === 'creator' ? 201 : 403);
      for (const [method, path, sent] of writes) {
        const reply = await call(method, path, sent);
        assert.deepEqual([reply.status, codeOf(reply)?.name, reply.mark], [403, 'forbidden', null], `${user} ${method}`);
      }
    }
    const admin = await as('mfa');
    for (const [method, path, sent, status] of writes) assert.equal((await admin(method, path, sent)).status, status, method);
    const bystander = await send('POST', `${IDENTITY}/tokens`, { body: byPassword('bystander', 'bystander-secret') });
    assert.equal((await send('GET', IPS, { headers: { 'x-auth-token': bystander.json.access.token.id } })).status, 403);
  }));

test('servers: list, filters, pages', async (t) => {
  const names = (reply: Reply): string[] => reply.json.servers.map((one: { name: string }) => one.name);
  const all = ['web-1', 'web-2', 'worker-1', 'worker-2'];
  const rows: readonly [query: string, names: readonly string[], more: boolean, marked?: boolean][] = [
    ['', all, false],
    ['?name=web', ['web-1', 'web-2'], false],
    ['?name=b-1', ['web-1'], false],
    ['?name=%5Eweb-1%24', ['web-1'], false],
    ['?name=w.b', ['web-1', 'web-2'], false],
    ['?status=BUILD', ['worker-1'], false],
    ['?status=SHUTOFF', [], false],
    ['?status=LOST', [], false, true],
    ['?changes-since=2026-01-15T09:04:11Z', all, false],
    ['?changes-since=2026-01-15T09:04:12Z', [], false],
    [`?image=${NOBODY}`, [], false],
    ['?limit=0', [], false],
    ['?limit=2', ['web-1', 'web-2'], true],
    [`?limit=2&marker=${WEB_2}`, ['worker-1', 'worker-2'], true],
    [`?limit=2&marker=${FAR_1}`, [], false],
    ['?limit=5', all, false],
    ['?colour=red', all, false, true],
    ['?limit=2&limit=2', ['web-1', 'web-2'], true, true],
  ];
  await demo(async (send, { origin }) => {
    for (const [query, expected, more, marked = false] of rows) {
      await t.test(query || 'all', async () => {
        const reply = await send('GET', `${NOVA}/servers${query}`);
        assert.deepEqual(names(reply), expected);
        assert.equal(reply.json.servers_links !== undefined, more);
        assert.equal(reply.mark !== null, marked, reply.mark ?? 'no mark');
      });
    }
    const page = await send('GET', `${NOVA}/servers/detail?name=web&limit=1`);
    const href = `${origin}${NOVA}/servers/detail?name=web&limit=1&marker=${WEB_1}`;
    assert.deepEqual(page.json.servers_links, [{ rel: 'next', href }]);
    assert.deepEqual(names(await send('GET', href.slice(origin.length))), ['web-2']);
    for (const [query, message, marked] of [
      ['limit=x', 'limit param must be an integer', true],
      ['limit=-1', 'limit param must be positive', true],
      [`marker=${NOBODY}`, `marker [${NOBODY}] not found`, false],
      ['marker=web-1', 'marker [web-1] not found', true],
      ['name=%5B', 'Invalid regular expression in name', true],
      ['changes-since=soon', 'Invalid changes-since value', true],
    ] as const) {
      const reply = await send('GET', `${NOVA}/servers?${query}`);
      assert.deepEqual([reply.status, reply.json, reply.mark !== null], [400, { badRequest: { code: 400, message } }, marked], query);
    }
    const ord = await send('GET', `/ord${NOVA}/servers`);
    assert.deepEqual([ord.status, names(ord)], [200, []]);
  });
});

test('servers: in full, being built, their addresses, networks and limits', () =>
  demo(async (send) => {
    const { server } = (await send('GET', `${NOVA}/servers/${WEB_1}`)).json;
    assert.match(server['RAX-PUBLIC-IP-ZONE-ID:publicIPZoneId'], /^[0-9a-f]{56}$/);
    assert.deepEqual(
      [server.id, server.status, server.tenant_id, server.accessIPv4, server.accessIPv6],
      [WEB_1, 'ACTIVE', '123456', '192.0.2.11', '2001:db8:10::11'],
    );
    assert.deepEqual(server.addresses, {
      public: [
        { addr: '192.0.2.11', version: 4 },
        { addr: '2001:db8:10::11', version: 6 },
      ],
      private: [{ addr: '10.180.0.11', version: 4 }],
      backend: [{ addr: '192.168.1.11', version: 4 }],
    });
    const zone = async (id: string) => (await send('GET', `${NOVA}/servers/${id}`)).json.server['RAX-PUBLIC-IP-ZONE-ID:publicIPZoneId'];
    assert.equal(await zone(WEB_2), await zone(WEB_1));
    assert.notEqual(await zone(FAR_1), await zone(WEB_1));
    assert.equal(await zone(BUILD_1), undefined);
    const detail = (await send('GET', `${NOVA}/servers/detail`)).json.servers;
    assert.deepEqual(detail[0], server);
    assert.equal(detail[2]['OS-EXT-STS:task_state'], 'spawning');
    const unknown = await send('GET', `${NOVA}/servers/${NOBODY}`);
    assert.deepEqual(unknown.json, { itemNotFound: { code: 404, message: 'Instance could not be found' } });
    assert.deepEqual((await send('GET', `${NOVA}/servers/${WEB_1}/ips`)).json, { addresses: server.addresses });
    assert.deepEqual((await send('GET', `${NOVA}/servers/${WEB_1}/ips/backend`)).json, { backend: server.addresses.backend });
    assert.equal((await send('GET', `${NOVA}/servers/${WEB_1}/ips/data`)).status, 404);
    assert.equal((await send('GET', `${NOVA}/servers/${NOBODY}/ips`)).json.itemNotFound.message, 'Instance does not exist');
    const networks = (await send('GET', `${NOVA}/os-networksv2`)).json.networks;
    assert.deepEqual(
      networks.map((one: { label: string }) => one.label),
      ['public', 'private', 'backend', 'data'],
    );
    assert.equal(networks[2].cidr, '192.168.1.0/24');
    assert.equal((await send('GET', `${NOVA}/limits`)).json.limits.absolute.totalInstancesUsed, 4);
  }));

test('ports, networks and subnets: what they look like, and what is not there', () =>
  demo(async (send) => {
    const own = (await send('GET', `${NEUTRON}/ports?device_id=${WEB_1}&network_id=${PUBLIC_NET}`)).json;
    assert.equal(own.ports.length, 1);
    const [port] = own.ports;
    assert.deepEqual(
      [port.id, port.device_id, port.network_id, port.status, port.device_owner],
      [P1, WEB_1, PUBLIC_NET, 'ACTIVE', 'compute:None'],
    );
    assert.match(port.mac_address, /^BC:76:4E(:[0-9A-F]{2}){3}$/);
    assert.deepEqual(
      port.fixed_ips.map((one: { ip_address: string }) => one.ip_address),
      ['192.0.2.11', '2001:db8:10::11'],
    );
    assert.deepEqual((await send('GET', `${NEUTRON}/ports/${P1}`)).json.port, port);
    const networks = (await send('GET', `${NEUTRON}/networks`)).json.networks;
    assert.deepEqual(
      networks.map((one: { name: string }) => one.name),
      ['public', 'private', 'backend', 'data'],
    );
    assert.deepEqual(networks[0], {
      id: PUBLIC_NET,
      name: 'public',
      tenant_id: 'rackspace',
      admin_state_up: true,
      status: 'ACTIVE',
      shared: true,
      subnets: [],
    });
    assert.deepEqual(networks[2].subnets, [subnetId('app')]);
    assert.equal((await send('GET', `${NEUTRON}/networks/${SERVICE_NET}`)).json.network.name, 'private');
    const subnets = (await send('GET', `${NEUTRON}/subnets`)).json.subnets;
    assert.deepEqual(
      subnets.map((one: { name: string; cidr: string }) => [one.name, one.cidr]),
      [
        ['app', '192.168.1.0/24'],
        ['db', '10.20.0.0/24'],
      ],
    );
    assert.deepEqual(subnets[0].allocation_pools, [{ start: '192.168.1.10', end: '192.168.1.75' }]);
    assert.deepEqual((await send('GET', `${NEUTRON}/subnets/${subnetId('app')}`)).json.subnet, subnets[0]);
    for (const [path, type, what] of [
      ['ports', 'PortNotFound', 'Port'],
      ['networks', 'NetworkNotFound', 'Network'],
      ['subnets', 'SubnetNotFound', 'Subnet'],
    ]) {
      const reply = await send('GET', `${NEUTRON}/${path}/${NOBODY}`);
      assert.equal(reply.status, 404);
      assert.deepEqual(reply.json, { NeutronError: { type, message: `${what} ${NOBODY} could not be found.`, detail: '' } });
      assert.equal(reply.mark, null);
    }
  }));

test('ports, networks and subnets: filters, fields, pages', async (t) => {
  const ids = (reply: Reply): string[] => reply.json.ports.map((one: { id: string }) => one.id);
  await demo(async (send) => {
    const all = ids(await send('GET', `${NEUTRON}/ports`));
    assert.equal(all.length, 10);
    const rows: readonly [query: string, ids: readonly (string | undefined)[], rels: readonly string[], marked?: boolean][] = [
      [`?network_id=${BACKEND}`, BACK, ['previous']],
      [`?network_id=${BACKEND}&device_id=${WEB_2}`, BACK.slice(1), ['previous']],
      [`?id=${P1}&id=${P2}`, BOTH, ['previous']],
      ['?admin_state_up=True&limit=1', all.slice(0, 1), ['next', 'previous']],
      ['?limit=3', all.slice(0, 3), ['next', 'previous']],
      [`?limit=3&marker=${all[2]}`, all.slice(3, 6), ['next', 'previous']],
      [`?limit=5&marker=${all[4]}`, all.slice(5), ['next', 'previous']],
      [`?marker=${all[9]}`, [], []],
      [`?limit=2&marker=${all[4]}&page_reverse=True`, all.slice(2, 4), ['next', 'previous']],
      [`?limit=5&marker=${all[1]}&page_reverse=True`, all.slice(0, 1), ['next', 'previous']],
      [`?marker=${NOBODY}`, [], []],
      ['?limit=0', all, ['previous']],
      ['?ip_address=192.0.2.11', all, ['previous'], true],
      ['?colour=red', all, ['previous'], true],
      ['?device_id=web-1', [], [], true],
    ];
    for (const [query, expected, rels, marked = false] of rows) {
      await t.test(query, async () => {
        const reply = await send('GET', `${NEUTRON}/ports${query}`);
        assert.deepEqual(ids(reply), expected);
        assert.deepEqual(
          (reply.json.ports_links ?? []).map((one: { rel: string }) => one.rel),
          rels,
        );
        assert.equal(reply.mark !== null, marked, reply.mark ?? 'no mark');
      });
    }
    const page = await send('GET', `${NEUTRON}/ports?limit=2&device_id=${WEB_1}`);
    const next = new URL(page.json.ports_links[0].href);
    assert.deepEqual(
      [next.host, next.searchParams.get('device_id'), next.searchParams.get('limit'), next.searchParams.get('marker')],
      ['localhost:9696', WEB_1, '2', ids(page)[1]],
    );
    const fields = await send('GET', `${NEUTRON}/networks?fields=id&fields=name&name=backend`);
    assert.deepEqual(fields.json.networks, [{ id: BACKEND, name: 'backend' }]);
    assert.deepEqual((await send('GET', `${NEUTRON}/ports/${P1}?fields=id`)).json, { port: { id: P1 } });
    assert.ok((await send('GET', `${NEUTRON}/ports?fields=colour`)).mark);
    const bad = await send('GET', `${NEUTRON}/subnets?limit=x`);
    assert.deepEqual([bad.status, bad.json.NeutronError.message], [400, "Limit must be an integer 0 or greater and not 'x'"]);
    assert.ok(bad.mark);
  });
  await t.test('a page holds no more than 100', () =>
    demo(
      async (send) => {
        const first = await send('GET', `${NEUTRON}/ports?limit=500`);
        assert.equal(first.json.ports.length, 100);
        const rest = await send('GET', `${NEUTRON}/ports?limit=500&marker=${ids(first)[99]}`);
        assert.equal(rest.json.ports.length, 10);
        assert.deepEqual(
          rest.json.ports_links.map((one: { rel: string }) => one.rel),
          ['previous'],
        );
      },
      {},
      (cloud) => {
        const like = { tenant: '123456', network: BACKEND, region: 'DFW', mac: 'BC:76:4E:00:0D:01', name: '', device: '' } as const;
        for (let count = 0; count < 100; count += 1) cloud.ports.push({ ...like, id: uuid(`port/${count}`) });
      },
    ),
  );
  await t.test('without the bogus link', () =>
    demo(
      async (send) => {
        assert.equal((await send('GET', `${NEUTRON}/ports`)).json.ports_links, undefined);
        const second = await send('GET', `${NEUTRON}/ports?marker=${P1}`);
        assert.deepEqual(
          second.json.ports_links.map((one: { rel: string }) => one.rel),
          ['previous'],
        );
      },
      { bogusPreviousLink: false },
    ),
  );
});

test('ports: made, changed and deleted', async (t) => {
  const create = (more: Record<string, unknown>) => ({ body: { port: { network_id: BACKEND, ...more } } });
  const quads = (reply: Reply): string[] => reply.json.port.fixed_ips.map((one: { ip_address: string }) => one.ip_address);
  await t.test('addresses: the lowest, a chosen one, one of a subnet, none', () =>
    demo(async (send, { marks }) => {
      const post = (more: Record<string, unknown>) => send('POST', `${NEUTRON}/ports`, create(more));
      const lowest = await post({ name: 'mine' });
      assert.deepEqual(
        [lowest.status, lowest.json.port.name, lowest.json.port.device_id, quads(lowest)],
        [201, 'mine', '', ['192.168.1.10']],
      );
      assert.deepEqual(quads(await post({ fixed_ips: [{ ip_address: '192.168.1.17' }] })), ['192.168.1.17']);
      assert.deepEqual(quads(await post({ fixed_ips: [{ subnet_id: subnetId('app') }] })), ['192.168.1.13']);
      assert.deepEqual(quads(await post({ fixed_ips: [] })), []);
      const taken = await post({ fixed_ips: [{ ip_address: '192.168.1.30' }, { ip_address: '192.168.1.17' }] });
      assert.deepEqual([taken.status, taken.json.NeutronError.type], [409, 'IpAddressInUse']);
      const again = await post({ fixed_ips: [{ ip_address: '192.168.1.30' }] });
      assert.deepEqual(quads(again), ['192.168.1.30'], 'nothing of a refused request stays');
      const renamed = await send('PUT', `${NEUTRON}/ports/${lowest.json.port.id}`, {
        body: { port: { name: 'yours', fixed_ips: [{ ip_address: '192.168.1.40' }] } },
      });
      assert.deepEqual([renamed.status, renamed.json.port.name, quads(renamed)], [200, 'yours', ['192.168.1.40']]);
      assert.equal((await send('DELETE', `${NEUTRON}/ports/${lowest.json.port.id}`)).status, 204);
      assert.equal((await send('GET', `${NEUTRON}/ports/${lowest.json.port.id}`)).status, 404);
      assert.deepEqual(quads(await post({})), ['192.168.1.14'], '.10 and .40 rest');
      assert.deepEqual(marks(), []);
    }),
  );
  await t.test('the first subnet has 64 free addresses', () =>
    demo(async (send) => {
      const given: string[] = [];
      for (let count = 0; count < 64; count += 1) given.push(...quads(await send('POST', `${NEUTRON}/ports`, create({}))));
      assert.equal(new Set(given).size, 64);
      assert.ok(given.includes('192.168.1.17'));
      const spent = await send('POST', `${NEUTRON}/ports`, create({}));
      assert.deepEqual([spent.status, spent.json.NeutronError.type], [409, 'IpAddressGenerationFailure']);
    }),
  );
  await t.test('refusals', () =>
    demo(
      async (send) => {
        const rows: readonly [method: string, path: string, sent: Sent, status: number, type: string, marked: boolean][] = [
          ['POST', '', create({ network_id: NOBODY }), 404, 'NetworkNotFound', false],
          ['POST', '', create({ network_id: PUBLIC_NET }), 403, 'NotAuthorized', false],
          ['POST', '', create({ network_id: undefined }), 400, 'HTTPBadRequest', true],
          ['POST', '', create({ colour: 'red' }), 400, 'HTTPBadRequest', true],
          ['POST', '', { body: { ports: {} } }, 400, 'HTTPBadRequest', true],
          ['POST', '', { raw: '{' }, 400, 'HTTPBadRequest', true],
          ['POST', '', create({ name: 7 }), 400, 'HTTPBadRequest', true],
          ['POST', '', create({ fixed_ips: 'all' }), 400, 'HTTPBadRequest', true],
          ['POST', '', create({ fixed_ips: [{ ip_address: '192.168.1' }] }), 400, 'HTTPBadRequest', true],
          ['POST', '', create({ fixed_ips: [{ ip_address: '10.20.0.9' }] }), 400, 'InvalidIpForNetwork', false],
          ['POST', '', create({ fixed_ips: [{ subnet_id: NOBODY }] }), 404, 'SubnetNotFound', false],
          ['POST', '', create({ fixed_ips: [{ subnet_id: subnetId('db') }] }), 400, 'HTTPBadRequest', true],
          ['POST', '', create({ fixed_ips: [{}, {}, {}] }), 409, 'OverQuota', false],
          ['PUT', `/${BACK[0]}`, { body: { port: { fixed_ips: [] } } }, 403, 'HTTPForbidden', false],
          ['PUT', `/${NOBODY}`, { body: { port: { name: 'x' } } }, 404, 'PortNotFound', false],
          ['PUT', `/${P1}`, { body: { port: { network_id: BACKEND } } }, 400, 'HTTPBadRequest', true],
          ['DELETE', `/${P1}`, {}, 409, 'PortInUse', false],
          ['DELETE', `/${NOBODY}`, {}, 404, 'PortNotFound', false],
        ];
        for (const [method, path, sent, status, type, marked] of rows) {
          const reply = await send(method, `${NEUTRON}/ports${path}`, sent);
          assert.deepEqual([reply.status, reply.json.NeutronError.type], [status, type], reply.text);
          assert.equal(reply.mark !== null, marked, `${type}: ${reply.mark}`);
        }
      },
      { portQuota: 2 },
    ),
  );
  await t.test('250 to a network', () =>
    demo(
      async (send) => {
        assert.equal((await send('POST', `${NEUTRON}/ports`, create({ fixed_ips: [] }))).status, 201);
        assert.equal((await send('POST', `${NEUTRON}/ports`, create({ fixed_ips: [] }))).status, 409);
      },
      {},
      (cloud) => {
        const like = { tenant: '123456', network: BACKEND, region: 'DFW', mac: 'BC:76:4E:00:0D:01', name: '', device: '' } as const;
        for (let count = 2; count < 249; count += 1) cloud.ports.push({ ...like, id: uuid(`port/${count}`) });
      },
    ),
  );
});

test('ip_addresses: list, filters, show', async (t) => {
  await demo(async (send) => {
    const shared = await provide(send);
    assert.equal((await send('PUT', association(WEB_1, shared))).status, 201);
    const all = (await send('GET', IPS)).json.ip_addresses;
    assert.equal(all.length, 15, 'twelve of PublicNet and ServiceNet, two of backend, the shared one');
    const found = async (query: string) => {
      const reply = await send('GET', `${IPS}?${query}`);
      assert.equal(reply.status, 200, reply.text);
      return {
        count: reply.json.ip_addresses.length,
        hasShared: reply.json.ip_addresses.some((one: { id: string }) => one.id === shared),
        mark: reply.mark,
      };
    };
    const rows: readonly [query: string, count: number, hasShared: boolean, marked?: boolean][] = [
      [`id=${shared}`, 1, true],
      ['type=shared', 1, true],
      ['type=fixed', 14, false],
      [`network_id=${BACKEND}`, 2, false],
      [`subnet_id=${subnetId('app')}`, 2, false],
      ['version=6', 4, false],
      ['version=4&type=shared', 1, true],
      ['version=4&type=fixed&service=compute', 0, false],
      ['tenant_id=123456', 15, true],
      ['tenant_id=654321', 0, false],
      ['address=192.0.2.60', 1, true],
      ['address=2001:db8:10:0:0:0:0:11', 1, false],
      [`port_id=${P2}`, 3, true],
      [`device_id=${WEB_1}`, 5, true],
      ['service=compute', 1, true],
      [`device_id=${WEB_2}&service=compute`, 1, true],
      [`port_ids=${P1}`, 15, true, true],
      ['limit=1', 15, true, true],
      [`marker=${shared}`, 15, true, true],
      ['fields=id', 15, true, true],
      ['network_id=public', 0, false, true],
      ['type=shared&type=fixed', 1, true, true],
    ];
    for (const [query, count, hasShared, marked = false] of rows) {
      await t.test(query, async () => {
        const { mark, ...rest } = await found(query);
        assert.deepEqual(rest, { count, hasShared });
        assert.equal(mark !== null, marked, mark ?? 'no mark');
      });
    }
    const odd = await send('GET', `${IPS}?address=192.0.2`);
    assert.deepEqual([odd.status, detailOf(odd)], [500, "failed to detect a valid IP address from u'192.0.2'"]);
    assert.ok(odd.mark);
    const one = (await send('GET', `${IPS}/${shared}`)).json.ip_address;
    assert.deepEqual(one, {
      id: shared,
      network_id: PUBLIC_NET,
      address: '192.0.2.60',
      ip_address: '192.0.2.60',
      port_ids: [...BOTH].sort(),
      subnet_id: uuid('subnet/public-v4'),
      tenant_id: '123456',
      version: 4,
      type: 'shared',
    });
    const unknown = await send('GET', `${IPS}/${NOBODY}`);
    assert.deepEqual([unknown.status, detailOf(unknown), unknown.mark], [404, `IP Address ${NOBODY} not found.`, null]);
    assert.ok((await send('GET', `${IPS}/${shared}?fields=id`)).mark);
  });
});

test('ip_addresses: errors in JSON, as text, as a page', () =>
  demo(async (send) => {
    const get = (accept: string) => send('GET', `${IPS}/${NOBODY}`, { headers: { accept } });
    assert.deepEqual((await get('application/json')).json, {
      message: `The resource could not be found.<br /><br />\nIP Address ${NOBODY} not found.\n\n`,
      code: '404 Not Found',
      title: 'Not Found',
    });
    const text = await get('*/*');
    assert.equal(text.text, `404 Not Found\n\nThe resource could not be found.\n\n IP Address ${NOBODY} not found.  `);
    assert.ok(text.headers.get('content-type')?.startsWith('text/plain'));
    assert.ok(text.mark);
    const page = await get('text/html, application/json;q=0.5');
    assert.ok(page.headers.get('content-type')?.startsWith('text/html'));
    assert.match(page.text, /<title>404 Not Found<\/title>/);
    assert.ok((await get('application/json, text/html')).json);
    const escaped = await send('GET', `${IPS}?address=%3Cb%3E`, { headers: { accept: 'text/html' } });
    assert.match(escaped.text, /u'&lt;b&gt;'/);
    assert.match((await send('GET', `${IPS}?address=%3Cb%3E`, { headers: { accept: 'text/plain' } })).text, /from u''/);
  }));

const TWO_DOTS = (what: string) => `Bad ip_addresses request: ${what}..`;
const DATA = networkId('data');

/** Every refusal of a provision, in the order of the checks. The third member is the status without accidental 500s. */
const PROVISION: readonly [name: string, sent: Sent, status: number, tidy: number, detail: string, marked: boolean][] = [
  ['no body', {}, 500, 400, 'Could not deserialize data', true],
  ['no JSON', { raw: 'ip_address' }, 500, 400, 'Could not deserialize data', true],
  ['no JSON type', { ...ask(), headers: { 'content-type': 'text/plain' } }, 500, 400, 'Could not deserialize data', true],
  ['empty', { body: {} }, 400, 400, 'Bad ip_address request: Body malformed.', true],
  ['null', { raw: 'null' }, 400, 400, 'Bad ip_address request: Body malformed.', true],
  ['plural', { body: { ip_addresses: ask().body.ip_address } }, 400, 400, 'Bad ip_address request: Body malformed.', true],
  ['empty member', { body: { ip_address: {} } }, 400, 400, 'Bad ip_address request: Body malformed.', true],
  ['text as member', { body: { ip_address: 'x' } }, 500, 400, "object of type 'unicode' has no len()", true],
  ['one port', ask({ port_ids: [P1] }), 400, 400, TWO_DOTS('Only shared IPs may be made with this resource'), false],
  [
    'one server',
    ask({ port_ids: undefined, device_ids: [WEB_1] }),
    400,
    400,
    TWO_DOTS('Only shared IPs may be made with this resource'),
    false,
  ],
  ['null list', ask({ port_ids: null }), 500, 400, "object of type 'NoneType' has no len()", true],
  ['number as list', ask({ device_ids: 7 }), 500, 400, "object of type 'int' has no len()", true],
  [
    'one port before version',
    ask({ port_ids: [], version: 0 }),
    400,
    400,
    TWO_DOTS('Only shared IPs may be made with this resource'),
    false,
  ],
  ['no version', ask({ version: undefined }), 400, 400, TWO_DOTS('version is required'), true],
  ['falsy version', ask({ version: 0, network_id: null }), 400, 400, TWO_DOTS('version is required'), true],
  ['no network', ask({ network_id: null }), 400, 400, TWO_DOTS('network_id is required'), true],
  ['empty network', ask({ network_id: '' }), 404, 404, 'Network  could not be found.', true],
  ['unknown network', ask({ network_id: NOBODY }), 404, 404, `Network ${NOBODY} could not be found.`, false],
  [
    'unknown ports',
    ask({ port_ids: [NOBODY, BUILD_1] }),
    404,
    404,
    `Port [u'${NOBODY}', u'${BUILD_1}'] could not be found on network ${PUBLIC_NET}.`,
    false,
  ],
  ['text as list', ask({ port_ids: 'ab' }), 404, 404, `Port ab could not be found on network ${PUBLIC_NET}.`, true],
  [
    'unknown servers',
    ask({ port_ids: undefined, device_ids: [NOBODY, OTHER_1] }),
    404,
    404,
    `Port [] could not be found on network ${PUBLIC_NET}.`,
    false,
  ],
  [
    'tenant of another',
    ask({ tenant_id: '654321' }),
    404,
    404,
    `Port [u'${P1}', u'${P2}'] could not be found on network ${PUBLIC_NET}.`,
    true,
  ],
  [
    'servers off the network',
    ask({ network_id: DATA, port_ids: undefined, device_ids: [WEB_1, WEB_2] }),
    404,
    404,
    `Port [] could not be found on network ${DATA}.`,
    false,
  ],
  ['one port unknown', ask({ port_ids: [P1, NOBODY] }), 404, 404, 'Not all ports or devices from request could be found', false],
  [
    'one server off the network',
    ask({ network_id: BACKEND, port_ids: undefined, device_ids: [WEB_1, FAR_1] }),
    404,
    404,
    'Not all ports or devices from request could be found',
    false,
  ],
  [
    'port of another network',
    ask({ port_ids: [P1, BACK[1]] }),
    400,
    400,
    'Bad ip_addresses request: Must have ports connected to the requested network.',
    false,
  ],
  ['other zone', ask({ port_ids: [P1, portId('worker-2', 'public')] }), 400, 400, TWO_DOTS("Segment id's do not match"), false],
  [
    'ServiceNet',
    ask({ network_id: SERVICE_NET, port_ids: [portId('web-1', 'private'), portId('web-2', 'private')] }),
    409,
    409,
    'Cannot create more shared IPs on selected network',
    false,
  ],
  ['a port twice', ask({ port_ids: [P1, P1] }), 500, 400, "Duplicate entry for key 'PRIMARY'", true],
  [
    'chosen text',
    ask({ network_id: BACKEND, port_ids: BACK, ip_address: 'x' }),
    500,
    400,
    "failed to detect a valid IP address from u'x'",
    true,
  ],
  [
    'no IPv6 there',
    ask({ network_id: BACKEND, port_ids: BACK, version: 6 }),
    409,
    409,
    `No more IP addresses available on network ${BACKEND}.`,
    false,
  ],
  [
    'version 5',
    ask({ version: 5 }),
    500,
    409,
    `Network ${PUBLIC_NET} appears to be out of IP Addresses.You may want to try again in a few seconds`,
    true,
  ],
  [
    'chosen outside',
    ask({ network_id: BACKEND, port_ids: BACK, ip_address: '10.20.0.9' }),
    409,
    409,
    `No more IP addresses available on network ${BACKEND}.`,
    false,
  ],
  [
    'chosen taken',
    ask({ network_id: BACKEND, port_ids: BACK, ip_address: '192.168.1.11' }),
    500,
    409,
    `Unable to complete operation for network ${BACKEND}. The IP address 192.168.1.11 is in use.`,
    false,
  ],
];

test('ip_addresses: every refusal of a provision', async (t) => {
  for (const accidental500 of [true, false]) {
    await demo(
      async (send) => {
        for (const [name, sent, status, tidy, detail, marked] of PROVISION) {
          await t.test(`${name}${accidental500 ? '' : ', tidy'}`, async () => {
            const reply = await send('POST', IPS, sent);
            assert.deepEqual([reply.status, detailOf(reply)], [accidental500 ? status : tidy, detail]);
            assert.equal(reply.mark !== null, marked, reply.mark ?? 'no mark');
          });
        }
        assert.equal((await send('GET', `${IPS}?type=shared`)).json.ip_addresses.length, 0, 'nothing was made');
      },
      { accidental500 },
    );
  }
});

test('ip_addresses: what a provision takes, and what it makes of it', async (t) => {
  const rows: readonly [name: string, more: Record<string, unknown>, address: string, marked?: boolean][] = [
    ['lowest', {}, '192.0.2.60'],
    ['version as text', { version: '4' }, '192.0.2.60'],
    ['IPv6', { version: 6 }, '2001:db8:10::60'],
    ['by servers', { port_ids: undefined, device_ids: [WEB_1, WEB_2] }, '192.0.2.60'],
    ['own tenant', { tenant_id: '123456' }, '192.0.2.60'],
    ['a server being built', { port_ids: [P1, portId('worker-1', 'public')] }, '192.0.2.60'],
    ['isolated', { network_id: BACKEND, port_ids: BACK }, '192.168.1.10'],
    ['chosen', { network_id: BACKEND, port_ids: BACK, ip_address: '192.168.1.17' }, '192.168.1.17'],
    ['chosen, kept from automatic choice', { network_id: BACKEND, port_ids: BACK, ip_address: '192.168.1.1' }, '192.168.1.1'],
    ['key with a hyphen', { network_id: BACKEND, port_ids: BACK, 'ip-address': '192.168.1.17' }, '192.168.1.10', true],
    ['chosen on PublicNet', { ip_address: '192.0.2.70' }, '192.0.2.70', true],
    ['both lists: servers win', { port_ids: BOTH, device_ids: [WEB_1] }, '192.0.2.60', true],
    ['unknown member', { name: 'mine' }, '192.0.2.60', true],
  ];
  for (const [name, more, address, marked = false] of rows) {
    await t.test(name, () =>
      demo(async (send) => {
        const reply = await send('POST', IPS, ask(more));
        assert.deepEqual([reply.status, reply.json.ip_address.address, reply.json.ip_address.type], [201, address, 'shared']);
        assert.equal(reply.mark !== null, marked, reply.mark ?? 'no mark');
      }),
    );
  }
  await t.test('the address shows on each port and server, before any association', () =>
    demo(async (send) => {
      const ip = await provide(send);
      for (const [port, server] of [
        [P1, WEB_1],
        [P2, WEB_2],
      ]) {
        const entry = (await send('GET', `${NEUTRON}/ports/${port}`)).json.port.fixed_ips.at(-1);
        assert.deepEqual([entry.ip_address, entry.enabled], ['192.0.2.60', false]);
        assert.deepEqual((await send('GET', `${NOVA}/servers/${server}`)).json.server.addresses.public.at(-1), {
          addr: '192.0.2.60',
          version: 4,
        });
        assert.deepEqual((await send('GET', `${NOVA}/servers/${server}/ip_associations`)).json, { ip_associations: [] });
      }
      assert.equal((await send('GET', `${IPS}?id=${ip}&service=none`)).json.ip_addresses.length, 1);
    }),
  );
  await t.test('zones do not matter on isolated networks, and a port without addresses passes', () =>
    demo(async (send) => {
      const far = await send('POST', `${NEUTRON}/ports`, { body: { port: { network_id: BACKEND, device_id: FAR_1 } } });
      const bare = await send('POST', `${NEUTRON}/ports`, { body: { port: { network_id: BACKEND, fixed_ips: [] } } });
      await provide(send, { network_id: BACKEND, port_ids: [BACK[0], far.json.port.id, bare.json.port.id] });
      const strange = await send('POST', `${NEUTRON}/ports`, { body: { port: { network_id: DATA, fixed_ips: [] } } });
      const reply = await send('POST', IPS, ask({ network_id: BACKEND, port_ids: [BACK[0], strange.json.port.id] }));
      assert.equal(reply.status, 201);
      assert.ok(reply.mark, 'a port of another network got in');
    }),
  );
});

test('ip_addresses: quotas of tenant and port, pools that end', async (t) => {
  const until = async (send: Send, more: Record<string, unknown> = {}) => {
    for (let made = 0; ; made += 1) {
      const reply = await send('POST', IPS, ask(more));
      if (reply.status !== 201) return { made, status: reply.status, detail: detailOf(reply), mark: reply.mark };
    }
  };
  const SHARED = { status: 409, detail: 'Cannot create more shared IPs on selected network', mark: null };
  const PORT = { status: 409, detail: 'Cannot add more IPs to port', mark: null };
  const backend = { network_id: BACKEND, port_ids: BACK };
  await t.test('PublicNet: four fit a port that has two', () =>
    demo(async (send) => assert.deepEqual(await until(send), { made: 4, ...PORT })),
  );
  await t.test('PublicNet: five to a tenant', () =>
    demo(async (send) => assert.deepEqual(await until(send), { made: 5, ...SHARED }), { portQuota: -1 }),
  );
  await t.test('isolated: four fit a port that has one', () =>
    demo(async (send) => assert.deepEqual(await until(send, backend), { made: 4, ...PORT })),
  );
  await t.test('isolated: no number for the tenant', () =>
    demo(
      async (send) =>
        assert.deepEqual(await until(send, backend), {
          made: 64,
          status: 409,
          detail: `No more IP addresses available on network ${BACKEND}.`,
          mark: null,
        }),
      { portQuota: -1 },
    ),
  );
  await t.test('a number set', () =>
    demo(async (send) => assert.deepEqual(await until(send, backend), { made: 2, ...SHARED }), { sharedQuota: 2 }),
  );
  const out = `Network ${PUBLIC_NET} appears to be out of IP Addresses.You may want to try again in a few seconds`;
  for (const accidental500 of [true, false]) {
    await t.test(`PublicNet's pool ends${accidental500 ? '' : ', tidy'}`, () =>
      demo(async (send) => assert.deepEqual(await until(send), { made: 40, status: accidental500 ? 500 : 409, detail: out, mark: null }), {
        portQuota: -1,
        sharedQuota: -1,
        accidental500,
      }),
    );
  }
  await t.test('a change counts one more even for ports that hold the address', () =>
    demo(async (send) => {
      const ip = await provide(send);
      for (let count = 0; count < 3; count += 1) await provide(send);
      const reply = await send('PUT', `${IPS}/${ip}`, ports(P1));
      assert.deepEqual([reply.status, detailOf(reply)], [PORT.status, PORT.detail]);
    }),
  );
});

test('ip_addresses: every refusal of a change or a release', async (t) => {
  const BOUND = 'Port requires disassociation before IP can be deleted';
  const fixed = TWO_DOTS('Fixed ips cannot be updated using this interface');
  const rows: readonly [name: string, sent: Sent, status: number, detail: string, marked: boolean, id?: string][] = [
    ['no JSON', { raw: '{' }, 500, 'Could not deserialize data', true],
    ['plural', { body: { ip_addresses: {} } }, 400, TWO_DOTS('Invalid request body'), true],
    ['plural before unknown', { body: { ip_addresses: {} } }, 400, TWO_DOTS('Invalid request body'), true, NOBODY],
    ['unknown', ports(P1), 404, `IP Address ${NOBODY} not found.`, false, NOBODY],
    ['fixed', ports(P1), 400, fixed, false, FIXED],
    ['fixed before empty', ports(), 400, fixed, false, FIXED],
    ['empty list', ports(), 400, 'Bad ip_addresses request: Cannot be updated with empty port_id list.', true],
    ['number as list', { body: { ip_address: { port_ids: 7 } } }, 500, "object of type 'int' has no len()", true],
    ['null as member', { body: { ip_address: null } }, 500, "object of type 'NoneType' has no len()", true],
    ['unknown port', ports(P1, NOBODY), 404, `Port [u'${P1}', u'${NOBODY}'] could not be found.`, false],
    ['a port twice', ports(P1, P1), 404, `Port [u'${P1}', u'${P1}'] could not be found.`, true],
    [
      'port of another tenant',
      ports(P1, portId('other-1', 'public')),
      404,
      `Port [u'${P1}', u'${portId('other-1', 'public')}'] could not be found.`,
      false,
    ],
    ['other network', ports(P1, BACK[1]), 400, 'Bad ip_addresses request: Must have ports connected to the requested network.', false],
    ['other zone', ports(P1, P2, portId('worker-2', 'public')), 400, TWO_DOTS("Segment id's do not match"), false],
    ['dropping an associated port', ports(P2), 400, BOUND, false],
    ['no list while associated', { body: { ip_address: {} } }, 400, BOUND, true],
  ];
  await demo(async (send) => {
    const ip = await provide(send);
    assert.equal((await send('PUT', association(WEB_1, ip))).status, 201);
    for (const [name, sent, status, detail, marked, id = ip] of rows) {
      await t.test(name, async () => {
        const reply = await send('PUT', `${IPS}/${id}`, sent);
        assert.deepEqual([reply.status, detailOf(reply)], [status, detail]);
        assert.equal(reply.mark !== null, marked, reply.mark ?? 'no mark');
      });
    }
    for (const [id, status, detail] of [
      [NOBODY, 404, `IP Address ${NOBODY} not found.`],
      [FIXED, 400, fixed],
      [ip, 400, BOUND],
    ] as const) {
      const reply = await send('DELETE', `${IPS}/${id}`);
      assert.deepEqual([reply.status, detailOf(reply), reply.mark], [status, detail, null]);
    }
    assert.deepEqual((await send('GET', `${IPS}/${ip}`)).json.ip_address.port_ids, [...BOTH].sort());
  });
});

test('ip_addresses: a change keeps what it keeps, adds without traffic, and may leave one port', () =>
  demo(async (send, { marks }) => {
    const ip = await provide(send);
    const built = portId('worker-1', 'public');
    await send('PUT', association(WEB_1, ip));
    const more = await send('PUT', `${IPS}/${ip}`, ports(...BOTH, built));
    assert.deepEqual([more.status, more.json.ip_address.port_ids], [200, [...BOTH, built].sort()]);
    const of = async (server: string) => (await send('GET', `${NOVA}/servers/${server}/ip_associations`)).json.ip_associations.length;
    assert.deepEqual([await of(WEB_1), await of(WEB_2), await of(BUILD_1)], [1, 0, 0]);
    const one = await send('PUT', `${IPS}/${ip}`, ports(P1));
    assert.deepEqual([one.json.ip_address.port_ids, one.json.ip_address.type, one.json.ip_address.address], [[P1], 'shared', '192.0.2.60']);
    assert.equal(await of(WEB_1), 1);
    assert.deepEqual(marks(), []);
    const other = await send('PUT', `${IPS}/${ip}`, { body: { ip_address: { port_ids: BOTH, network_id: BACKEND } } });
    assert.equal(other.json.ip_address.network_id, PUBLIC_NET, 'other members are ignored');
    assert.ok(other.mark);
  }));

test('ip_addresses: a change without a list releases; an empty list did so once', async (t) => {
  await t.test('without a list', () =>
    demo(async (send) => {
      const ip = await provide(send);
      const reply = await send('PUT', `${IPS}/${ip}`, { body: { ip_address: {} } });
      assert.deepEqual([reply.status, reply.json.ip_address.id, reply.json.ip_address.type], [200, ip, 'shared']);
      assert.ok(reply.mark);
      assert.equal((await send('GET', `${IPS}/${ip}`)).status, 404);
      assert.equal((await send('GET', `${NEUTRON}/ports/${P1}`)).json.port.fixed_ips.length, 2);
    }),
  );
  await t.test('an empty list, by switch', () =>
    demo(
      async (send, { marks }) => {
        const ip = await provide(send);
        await send('PUT', association(WEB_1, ip));
        assert.equal((await send('PUT', `${IPS}/${ip}`, ports())).status, 400);
        await send('DELETE', association(WEB_1, ip));
        assert.equal((await send('PUT', `${IPS}/${ip}`, ports())).status, 200);
        assert.equal((await send('GET', `${IPS}/${ip}`)).status, 404);
        assert.deepEqual(marks(), []);
      },
      { legacyEmptyPorts: true },
    ),
  );
});

test('ip_addresses: a released address rests, then comes back with its id', async (t) => {
  const chosen = { network_id: BACKEND, port_ids: BACK, ip_address: '192.168.1.17' };
  await t.test('while it rests', () =>
    demo(async (send) => {
      const ip = await provide(send, chosen);
      assert.equal((await send('DELETE', `${IPS}/${ip}`)).status, 204);
      assert.equal((await send('DELETE', `${IPS}/${ip}`)).status, 404);
      assert.equal((await send('GET', `${IPS}?address=192.168.1.17`)).json.ip_addresses.length, 0);
      const early = await send('POST', IPS, ask(chosen));
      assert.deepEqual(
        [early.status, detailOf(early)],
        [500, `Unable to complete operation for network ${BACKEND}. The IP address 192.168.1.17 is in use.`],
      );
    }),
  );
  await t.test('afterwards', () =>
    demo(
      async (send, { as }) => {
        const ip = await provide(send, chosen);
        const open = await provide(send);
        await send('DELETE', `${IPS}/${ip}`);
        assert.equal((await send('POST', IPS, ask(chosen))).status, 500, 'not yet');
        await send('DELETE', `${IPS}/${open}`);
        assert.equal(await provide(send, chosen), ip);
        assert.equal((await (await as('other'))('GET', `${IPS}/${open}`)).status, 404);
        assert.equal(await provide(send), open, 'the rested row goes first');
      },
      { reuseAfter: 1, portQuota: -1 },
    ),
  );
  await t.test('IPv6 does not rest', () =>
    demo(async (send) => {
      const ip = await provide(send, { version: 6 });
      await send('DELETE', `${IPS}/${ip}`);
      const reply = await send('POST', IPS, ask({ version: 6 }));
      assert.equal(reply.json.ip_address.address, '2001:db8:10::60');
      assert.notEqual(reply.json.ip_address.id, ip);
    }),
  );
});

test('associations: PUT, DELETE, show and list', () =>
  demo(async (send, { marks }) => {
    const ip = await provide(send);
    const path = association(WEB_1, ip);
    const object = { ip_association: { id: ip, address: '192.0.2.60' } };
    const gone = { itemNotFound: { code: 404, message: `IP Address ${ip} could not be found for server ${WEB_1}` } };
    assert.deepEqual((await send('GET', path)).json, gone, 'linked is not associated');
    for (const sent of [{}, { headers: { 'content-type': 'application/json' } }, { body: {} }, { body: { ip_association: {} } }]) {
      const reply = await send('PUT', path, sent);
      assert.deepEqual([reply.status, reply.json], [201, object]);
    }
    assert.deepEqual((await send('GET', path)).json, object);
    assert.deepEqual((await send('GET', `${NOVA}/servers/${WEB_1}/ip_associations`)).json, { ip_associations: [object.ip_association] });
    assert.deepEqual((await send('GET', `${NOVA}/servers/${WEB_2}/ip_associations`)).json, { ip_associations: [] });
    assert.equal((await send('GET', association(WEB_2, ip))).status, 404);
    const deleted = await send('DELETE', path);
    assert.deepEqual([deleted.status, deleted.text], [204, '']);
    assert.equal((await send('DELETE', path)).status, 204, 'linked is enough');
    assert.deepEqual((await send('GET', `${IPS}/${ip}`)).json.ip_address.port_ids, [...BOTH].sort(), 'still linked');
    const noServer = { itemNotFound: { code: 404, message: 'Instance could not be found' } };
    for (const method of ['GET', 'PUT', 'DELETE']) {
      assert.deepEqual((await send(method, association(NOBODY, ip))).json, noServer);
      assert.deepEqual((await send(method, association(OTHER_1, ip))).json, noServer);
      assert.equal((await send(method, association(WEB_1, NOBODY))).json.itemNotFound.code, 404);
      assert.equal((await send(method, association(FAR_1, ip))).json.itemNotFound.code, 404, 'not linked');
    }
    assert.equal((await send('GET', `${NOVA}/servers/${NOBODY}/ip_associations`)).status, 404);
    assert.deepEqual(marks(), []);
    const quad = await send('PUT', association(WEB_1, '192.0.2.60'));
    assert.equal(quad.status, 404);
    assert.ok(quad.mark);
    assert.ok((await send('GET', `${NOVA}/servers/${WEB_1}/ip_associations?address=192.0.2.60`)).mark);
  }));

test('associations: refusals of PUT', () =>
  demo(async (send) => {
    const built = await provide(send, { port_ids: [P1, portId('worker-1', 'public')] });
    const busy = await send('PUT', association(BUILD_1, built));
    assert.deepEqual([busy.status, codeOf(busy)?.name, busy.mark], [409, 'conflictingRequest', null]);
    const second = await send('POST', `${NEUTRON}/ports`, { body: { port: { network_id: BACKEND, device_id: WEB_1 } } });
    const twice = await provide(send, { network_id: BACKEND, port_ids: [BACK[0], second.json.port.id] });
    const several = await send('PUT', association(WEB_1, twice));
    assert.deepEqual([several.status, codeOf(several)?.name], [400, 'badRequest']);
    assert.ok(
      (await send('POST', IPS, ask({ network_id: BACKEND, port_ids: undefined, device_ids: [WEB_1, WEB_2] }))).mark,
      'one of two ports was taken silently',
    );
    const fixed = await send('PUT', association(WEB_1, FIXED));
    assert.equal(fixed.status, 400);
    assert.ok(fixed.mark);
    for (const [sent, status, fault] of [
      [{ raw: '{' }, 400, 'badRequest'],
      [{ body: {}, headers: { 'content-type': 'application/xml' } }, 415, 'badMediaType'],
      [{ body: { key: 'value' } }, 201, 'ip_association'],
    ] as const) {
      const reply = await send('PUT', association(WEB_1, built), sent);
      assert.deepEqual([reply.status, Object.keys(reply.json)[0]], [status, fault]);
      assert.ok(reply.mark);
    }
  }));

test('associations: the form with POST', async (t) => {
  await demo(async (send) => {
    const ip = await provide(send);
    const full = { network_id: PUBLIC_NET, version: '4', port_ids: [P1], device_ids: [WEB_1] };
    const post = (value: unknown, server = WEB_1) => send('POST', association(server, ip), { body: { ip_address: value } });
    const rows: readonly [name: string, value: unknown][] = [
      ['nothing', undefined],
      ['no network', { version: '4' }],
      ['other network', { ...full, network_id: BACKEND }],
      ['no version', { network_id: PUBLIC_NET }],
      ['other version', { ...full, version: '6' }],
      ["another's port", { ...full, port_ids: [P2] }],
      ['another server', { ...full, device_ids: [WEB_1, WEB_2] }],
      ['ports that are no list', { ...full, port_ids: P1 }],
    ];
    for (const [name, value] of rows) {
      await t.test(name, async () => {
        const reply = await post(value);
        assert.deepEqual([reply.status, codeOf(reply)?.name], [400, 'badRequest']);
        assert.ok(reply.mark);
      });
    }
    const sample = await send('POST', association(WEB_1, ip), { body: { key: 'value' } });
    assert.equal(sample.status, 400);
    assert.equal((await send('POST', association(WEB_1, ip), { raw: '{' })).json.badRequest.message, 'Malformed request body');
    const unlinked = await post(full, FAR_1);
    assert.deepEqual([unlinked.status, unlinked.mark], [404, null]);
    const reply = await post(full);
    assert.deepEqual([reply.status, reply.json, reply.mark], [201, { ip_association: { id: ip, address: '192.0.2.60' } }, null]);
    const again = await post(full);
    assert.deepEqual([again.status, codeOf(again)?.name, again.mark], [409, 'conflictingRequest', null]);
    assert.equal((await post({ network_id: PUBLIC_NET, version: 4 }, WEB_2)).status, 201);
    await send('DELETE', association(WEB_2, ip));
    const odd = await post({ network_id: PUBLIC_NET, version: 4, name: 'x' }, WEB_2);
    assert.equal(odd.status, 201);
    assert.ok(odd.mark);
  });
});

test('switches', async (t) => {
  const story = (name: string, knobs: Record<string, unknown>, tell: (send: Send, ip: string) => Promise<void>) =>
    t.test(name, () => demo(async (send) => tell(send, (await send('POST', IPS, ask())).json.ip_address.id), knobs));
  const body = { body: { ip_address: { network_id: PUBLIC_NET, version: '4' } } };
  await story('put only', { associationMethods: 'put' }, async (send, ip) => {
    const post = await send('POST', association(WEB_1, ip), body);
    assert.deepEqual([post.status, codeOf(post)?.name, post.mark], [405, 'badMethod', null]);
    assert.equal((await send('PUT', association(WEB_1, ip))).status, 201);
  });
  await story('post only', { associationMethods: 'post' }, async (send, ip) => {
    const put = await send('PUT', association(WEB_1, ip));
    assert.deepEqual([put.status, codeOf(put)?.name, put.mark], [405, 'badMethod', null]);
    assert.equal((await send('POST', association(WEB_1, ip), body)).status, 201);
    assert.equal((await send('DELETE', association(WEB_1, ip))).status, 204);
  });
  await story('200 for associate', { associateStatus: 200 }, async (send, ip) => {
    assert.equal((await send('PUT', association(WEB_1, ip))).status, 200);
  });
  await story('400 for what is associated', { associateRepeat: 'bad_request' }, async (send, ip) => {
    assert.equal((await send('PUT', association(WEB_1, ip))).status, 201);
    const again = await send('PUT', association(WEB_1, ip));
    assert.deepEqual(
      [again.status, again.json.badRequest.message, again.mark],
      [400, `IP Address ${ip} is already associated with server ${WEB_1}`, null],
    );
  });
  await story('a list for associate', { associateResponse: 'list' }, async (send, ip) => {
    assert.deepEqual((await send('PUT', association(WEB_1, ip))).json, { ip_associations: [{ id: ip, address: '192.0.2.60' }] });
  });
  await story('associations as the plugin sees them', { associationVisibility: 'plugin' }, async (send, ip) => {
    const count = async (server: string) => (await send('GET', `${NOVA}/servers/${server}/ip_associations`)).json.ip_associations.length;
    assert.equal(await count(WEB_2), 0);
    await send('PUT', association(WEB_1, ip));
    assert.deepEqual([await count(WEB_1), await count(WEB_2), await count(FAR_1)], [1, 1, 0]);
    assert.equal((await send('GET', association(FAR_1, ip))).status, 200, 'it exists');
    assert.equal((await send('GET', association(FAR_1, NOBODY))).status, 404);
  });
  await story('200 for provision', { provisionStatus: 200 }, async (send) => assert.equal((await send('POST', IPS, ask())).status, 200));
  await story('version as text', { versionType: 'string' }, async (send, ip) => {
    assert.equal((await send('GET', `${IPS}/${ip}`)).json.ip_address.version, '4');
  });
  await story('errors of core Neutron', { extensionErrors: 'neutron' }, async (send) => {
    const message = `IP Address ${NOBODY} not found.`;
    assert.deepEqual((await send('GET', `${IPS}/${NOBODY}`)).json, { NeutronError: { type: 'IPAddressNotFound', message, detail: '' } });
  });
  const rule = { verb: 'GET', uri: '/servers*', limit: 2, unit: 'MINUTE' };
  await story('a rate', { rateLimit: [rule] }, async (send) => {
    const get = (path: string) => send('GET', `${NOVA}${path}`);
    assert.deepEqual([(await get('/servers')).status, (await get('/servers/detail')).status], [200, 200]);
    const limited = await get('/servers');
    assert.equal(limited.status, 413);
    const { overLimit } = limited.json;
    assert.deepEqual(
      [overLimit.code, overLimit.message, overLimit.details, limited.mark],
      [413, 'OverLimit Retry...', 'Error Details...', null],
    );
    assert.match(overLimit.retryAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    const wait = Number(limited.headers.get('retry-after'));
    assert.ok(wait > 0 && wait <= 60);
    assert.deepEqual([(await get('/limits')).status, (await send('GET', IPS)).status], [200, 200], 'other paths go on');
  });
  await story('a rate before the token', { rateLimit: [{ ...rule, uri: '*', limit: 0, service: 'servers' }] }, async (send) => {
    assert.equal((await send('GET', `${NOVA}/servers`, { headers: { 'x-auth-token': 'f00' } })).status, 413);
    assert.equal((await send('GET', IPS)).status, 200);
  });
  await story('the published rates', { rateLimit: true }, async (send) => {
    const statuses = new Set<number>();
    for (let count = 0; count < 100; count += 1) statuses.add((await send('POST', `${NOVA}/servers/${WEB_1}/ip_associations`)).status);
    assert.deepEqual([...statuses], [501]);
    assert.equal((await send('POST', `${NOVA}/servers/${WEB_1}/ip_associations`)).status, 413);
  });
});

test('what happens to a shared address when servers, ports and port lists change', async (t) => {
  await t.test('a deleted server takes its ports and links along, the last one the address', () =>
    demo(async (send, { marks }) => {
      const ip = await provide(send);
      await send('PUT', association(WEB_1, ip));
      assert.equal((await send('DELETE', `${NOVA}/servers/${WEB_1}`)).status, 204, 'an association does not block');
      assert.equal((await send('GET', `${NOVA}/servers/${WEB_1}`)).status, 404);
      assert.equal((await send('GET', `${NEUTRON}/ports/${P1}`)).status, 404);
      assert.deepEqual((await send('GET', `${IPS}/${ip}`)).json.ip_address.port_ids, [P2]);
      assert.equal((await send('GET', `${IPS}/${FIXED}`)).status, 404);
      await send('DELETE', `${NOVA}/servers/${WEB_2}`);
      assert.equal((await send('GET', `${IPS}/${ip}`)).status, 404);
      assert.equal((await send('DELETE', `${NOVA}/servers/${WEB_2}`)).status, 404);
      assert.deepEqual(marks(), []);
    }),
  );
  await t.test('a deleted port', () =>
    demo(async (send) => {
      const free = (await send('POST', `${NEUTRON}/ports`, { body: { port: { network_id: BACKEND } } })).json.port.id;
      const ip = await provide(send, { network_id: BACKEND, port_ids: [BACK[0], free] });
      await send('DELETE', `${NEUTRON}/ports/${free}`);
      assert.deepEqual((await send('GET', `${IPS}/${ip}`)).json.ip_address.port_ids, [BACK[0]]);
    }),
  );
  await t.test('an address whose last port goes is free for the next', () =>
    demo(
      async (send) => {
        const create = () => send('POST', `${NEUTRON}/ports`, { body: { port: { network_id: BACKEND } } });
        const port = (await create()).json.port;
        await send('DELETE', `${NEUTRON}/ports/${port.id}`);
        assert.deepEqual((await create()).json.port.fixed_ips, port.fixed_ips);
      },
      { reuseAfter: 0 },
    ),
  );
  await t.test('a list of fixed_ips without it', () =>
    demo(async (send) => {
      const ip = await provide(send, { network_id: BACKEND, port_ids: BACK });
      const change = (port: string | undefined, list: readonly string[]) =>
        send('PUT', `${NEUTRON}/ports/${port}`, { body: { port: { fixed_ips: list.map((text) => ({ ip_address: text })) } } });
      const kept = await change(BACK[0], ['192.168.1.11', '192.168.1.10']);
      assert.deepEqual([kept.status, kept.mark], [200, null]);
      const dropped = await change(BACK[0], ['192.168.1.11']);
      assert.equal(dropped.status, 200);
      assert.ok(dropped.mark);
      assert.deepEqual((await send('GET', `${IPS}/${ip}`)).json.ip_address.port_ids, [BACK[1]]);
      await change(BACK[1], ['192.168.1.12']);
      assert.equal((await send('GET', `${IPS}/${ip}`)).status, 404);
    }),
  );
});

test('tenants and regions do not see each other', () =>
  bench(async ({ as, marks }) => {
    const owner = await as('demo');
    const other = await as('other');
    const ip = await provide(owner);
    const nova = '/servers/v2/654321';
    assert.deepEqual(
      (await other('GET', `${nova}/servers`)).json.servers.map((one: { name: string }) => one.name),
      ['other-1'],
    );
    assert.deepEqual((await other('GET', IPS)).json.ip_addresses.map((one: { address: string }) => one.address).sort(), [
      '10.180.0.15',
      '192.0.2.15',
      '2001:db8:10::15',
    ]);
    assert.equal((await other('GET', `${NEUTRON}/ports`)).json.ports.length, 2);
    assert.deepEqual(
      (await other('GET', `${NEUTRON}/networks`)).json.networks.map((one: { name: string }) => one.name),
      ['public', 'private'],
    );
    assert.deepEqual((await other('GET', `${NEUTRON}/subnets`)).json.subnets, []);
    const hidden: readonly [method: string, path: string, sent?: Sent][] = [
      ['GET', `${nova}/servers/${WEB_1}`],
      ['DELETE', `${nova}/servers/${WEB_1}`],
      ['PUT', `${nova}/servers/${OTHER_1}/ip_associations/${ip}`],
      ['GET', `${IPS}/${ip}`],
      ['PUT', `${IPS}/${ip}`, ports(portId('other-1', 'public'))],
      ['DELETE', `${IPS}/${ip}`],
      ['POST', IPS, ask()],
      ['POST', IPS, ask({ network_id: BACKEND })],
      ['GET', `${NEUTRON}/ports/${P1}`],
      ['PUT', `${NEUTRON}/ports/${P1}`, { body: { port: { name: 'mine' } } }],
      ['DELETE', `${NEUTRON}/ports/${P1}`],
      ['GET', `${NEUTRON}/networks/${BACKEND}`],
      ['GET', `${NEUTRON}/subnets/${subnetId('app')}`],
    ];
    for (const [method, path, sent] of hidden) assert.equal((await other(method, path, sent)).status, 404, `${method} ${path}`);
    for (const path of [
      `/ord${NEUTRON}/ports/${P1}`,
      `/ord${IPS}/${ip}`,
      `/ord${NEUTRON}/networks/${BACKEND}`,
      `/ord${NOVA}/servers/${WEB_1}`,
    ]) {
      assert.equal((await owner('GET', path)).status, 404, path);
    }
    assert.equal((await owner('GET', `/ord${NEUTRON}/networks/${PUBLIC_NET}`)).status, 200);
    assert.equal((await owner('GET', `${IPS}/${ip}`)).status, 200, 'and it is still there');
    assert.deepEqual(marks(), []);
  }));

test('the walkthrough: two servers share an address, a third joins, one leaves, all ends', () =>
  demo(async (send, { marks }) => {
    const zone = async (id: string) => (await send('GET', `${NOVA}/servers/${id}`)).json.server['RAX-PUBLIC-IP-ZONE-ID:publicIPZoneId'];
    assert.equal(await zone(WEB_1), await zone(WEB_2));
    const portOf = async (id: string) => (await send('GET', `${NEUTRON}/ports?device_id=${id}&network_id=${PUBLIC_NET}`)).json.ports[0].id;
    const list = [await portOf(WEB_1), await portOf(WEB_2)];
    const ip = await provide(send, { port_ids: list });
    for (const server of [WEB_1, WEB_2]) {
      const reply = await send('PUT', association(server, ip));
      assert.deepEqual([reply.status, reply.json], [201, { ip_association: { id: ip, address: '192.0.2.60' } }]);
    }
    const early = await send('DELETE', `${IPS}/${ip}`);
    const message =
      'The server could not comply with the request since it is either malformed or otherwise incorrect.<br /><br />\nPort requires disassociation before IP can be deleted\n\n';
    assert.deepEqual([early.status, early.json], [400, { message, code: '400 Bad Request', title: 'Bad Request' }]);
    const third = await send('PUT', `${IPS}/${ip}`, ports(...list, await portOf(BUILD_1)));
    assert.equal(third.json.ip_address.port_ids.length, 3);
    assert.equal((await send('DELETE', association(WEB_2, ip))).status, 204);
    assert.equal((await send('PUT', `${IPS}/${ip}`, ports(list[0]))).status, 200);
    assert.equal((await send('DELETE', `${IPS}/${ip}`)).status, 400);
    assert.equal((await send('DELETE', association(WEB_1, ip))).status, 204);
    assert.equal((await send('DELETE', `${IPS}/${ip}`)).status, 204);
    assert.equal((await send('GET', `${IPS}/${ip}`)).status, 404);
    assert.deepEqual(marks(), []);
  }));

test('bodies where none belongs are marked', () =>
  demo(async (send) => {
    const ip = await provide(send);
    const body = { ip_address: {} };
    const reply = await send('DELETE', `${IPS}/${ip}`, { body });
    assert.equal(reply.status, 204);
    assert.ok(reply.mark);
  }));

test('the same requests give the same cloud, to the letter', async () => {
  const told: string[] = [];
  for (let turn = 0; turn < 2; turn += 1) {
    await demo(async (send) => {
      const ip = await provide(send);
      await send('PUT', association(WEB_1, ip));
      const reply = await send('GET', IPS);
      told.push(reply.text + reply.headers.get('x-openstack-request-id'));
    });
  }
  assert.equal(told[0], told[1]);
});
