import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plainId } from '../../src/sandbox/dialects/openstack/cloud.js';
import { applicationCredential } from '../../src/sandbox/dialects/openstack/openstack.js';
import { assertUnmarked, inJson, login, play } from './openstack-caller.js';

const tokens = '/identity/v3/auth/tokens';
const domain = { name: 'Default' };
const user = { name: 'demo', domain, password: 'sandbox-secret' };
const project = { name: 'demo', domain };
const password = (who: unknown, scope?: unknown) => ({
  auth: { identity: { methods: ['password'], password: { user: who } }, ...(scope === undefined ? {} : { scope }) },
});
const application = (fields: unknown, scope?: unknown) => ({
  auth: {
    identity: { methods: ['application_credential'], application_credential: fields },
    ...(scope === undefined ? {} : { scope }),
  },
});

test('the root offers versions with 300, v3 describes itself with 200', async () => {
  await play({}, async (caller) => {
    for (const path of ['/identity', '/identity/']) {
      const root = await caller.call('GET', path);
      assert.equal(root.status, 300);
      assert.equal(root.headers.location, `${caller.sandbox.origin}/identity/v3/`);
      assert.match(root.id('versions.values.0.id'), /^v3\./);
    }
    const v3 = await caller.call('GET', '/identity/v3');
    assert.deepEqual([v3.status, v3.at('version.status')], [200, 'stable']);
    assertUnmarked(caller);
  });
});

const granted: readonly (readonly [string, unknown])[] = [
  ['password and project by name', password(user, { project })],
  ['user and project by id', password({ id: plainId('user/demo'), password: user.password }, { project: { id: plainId('project/demo') } })],
  ['domain by id', password({ ...user, domain: { id: 'default' } }, { project: { name: 'demo', domain: { id: 'default' } } })],
  ['application credential by id', application(applicationCredential)],
  [
    'application credential by name and user',
    application({ name: 'demo-bot', secret: applicationCredential.secret, user: { name: 'demo', domain } }),
  ],
  [
    'application credential by name and user id',
    application({ name: 'demo-bot', secret: applicationCredential.secret, user: { id: plainId('user/demo') } }),
  ],
];
for (const [name, body] of granted) {
  test(`a token is granted: ${name}`, async () => {
    await play({}, async (caller) => {
      const reply = await caller.call('POST', tokens, inJson(body));
      assert.equal(reply.status, 201, reply.text);
      assert.equal(reply.at('token.project.id'), plainId('project/demo'));
      assert.equal(reply.at('token.user.name'), 'demo');
      assert.equal(reply.at('token.roles.0.name'), 'member');
      assert.match(reply.id('token.expires_at'), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
      const token = String(reply.headers['x-subject-token']);
      assert.ok(token.length > 200);
      assert.ok(!reply.text.includes(token));
      const used = await caller.call('GET', '/network/v2.0/floatingips', { headers: { 'x-auth-token': token } });
      assert.equal(used.status, 200);
      assertUnmarked(caller);
    });
  });
}

test('a token lives as long as the knob says, an hour by default', async () => {
  for (const [knobs, seconds] of [
    [{}, 3600],
    [{ tokenSeconds: 90 }, 90],
  ] as const) {
    await play({ knobs }, async (caller) => {
      const reply = await caller.call('POST', tokens, inJson(login('demo')));
      const life = Date.parse(reply.id('token.expires_at')) - Date.parse(reply.id('token.issued_at'));
      assert.equal(life, seconds * 1000);
    });
  }
});

test('an application credential names itself in its token', async () => {
  await play({}, async (caller) => {
    const reply = await caller.call('POST', tokens, inJson(application(applicationCredential)));
    assert.deepEqual(reply.at('token.application_credential'), { id: applicationCredential.id, name: 'demo-bot', restricted: true });
    assert.deepEqual(reply.at('token.methods'), ['application_credential']);
  });
});

test('an unscoped token has no project, roles or catalog, can be exchanged, and opens no service', async () => {
  await play({}, async (caller) => {
    for (const scope of [undefined, 'unscoped']) {
      const reply = await caller.call('POST', tokens, inJson(password(user, scope)));
      assert.equal(reply.status, 201);
      assert.deepEqual([reply.at('token.project'), reply.at('token.roles'), reply.at('token.catalog')], [undefined, undefined, undefined]);
      const headers = { 'x-auth-token': String(reply.headers['x-subject-token']) };
      const projects = await caller.call('GET', '/identity/v3/auth/projects', { headers });
      assert.equal(projects.at('projects.0.name'), 'demo');
      assert.equal(projects.at('projects.1'), undefined);
      const scoped = await caller.call(
        'POST',
        tokens,
        inJson({ auth: { identity: { methods: ['token'], token: { id: headers['x-auth-token'] } }, scope: { project } } }),
      );
      assert.equal(scoped.status, 201);
      assert.deepEqual(scoped.at('token.methods'), ['token', 'password']);
      assert.equal(scoped.at('token.expires_at'), reply.at('token.expires_at'));
      assertUnmarked({ ...caller, sandbox: { ...caller.sandbox, journal: () => caller.sandbox.journal().slice(-3) } });
      const refused = await caller.call('GET', '/network/v2.0/floatingips', { headers });
      assert.deepEqual([refused.status, refused.mark !== null], [403, true]);
    }
  });
});

const denied: readonly (readonly [string, unknown, boolean])[] = [
  ['wrong password', password({ ...user, password: 'guess' }, { project }), false],
  ['unknown user', password({ ...user, name: 'ghost' }, { project }), false],
  ['unknown domain', password({ ...user, domain: { name: 'Elsewhere' } }, { project }), false],
  ['unknown project', password(user, { project: { name: 'ghost', domain } }), false],
  ['a project without a role', password(user, { project: { name: 'other', domain } }), false],
  ['domain scope without a role', password(user, { domain: { id: 'default' } }), false],
  ['system scope without a role', password(user, { system: { all: true } }), false],
  ['unknown trust', password(user, { 'OS-TRUST:trust': { id: 'x' } }), false],
  ['wrong secret', application({ ...applicationCredential, secret: 'guess' }), false],
  ['unknown credential', application({ ...applicationCredential, id: plainId('ghost') }), false],
  ['application credential with a scope', application(applicationCredential, { project }), true],
  ['unknown token', { auth: { identity: { methods: ['token'], token: { id: 'gAAAA' } } } }, false],
];
for (const [name, body, marked] of denied) {
  test(`401: ${name}`, async () => {
    await play({}, async (caller) => {
      const reply = await caller.call('POST', tokens, inJson(body));
      assert.deepEqual([reply.status, reply.at('error.code'), reply.at('error.title')], [401, 401, 'Unauthorized'], reply.text);
      assert.match(String(reply.headers['www-authenticate']), /^Keystone uri="http/);
      assert.equal(reply.headers['x-subject-token'], undefined);
      assert.equal(reply.mark !== null, marked, String(reply.mark));
    });
  });
}

test('401 for an unsupported method lists the supported ones', async () => {
  await play({}, async (caller) => {
    const reply = await caller.call(
      'POST',
      tokens,
      inJson({ auth: { identity: { methods: ['password', 'totp'], password: { user }, totp: { user } } } }),
    );
    assert.equal(reply.status, 401);
    assert.deepEqual(reply.at('error.identity.methods'), ['password', 'token', 'application_credential']);
  });
});

test('the token of an application credential cannot be exchanged', async () => {
  await play({}, async (caller) => {
    const first = await caller.call('POST', tokens, inJson(application(applicationCredential)));
    const id = String(first.headers['x-subject-token']);
    const reply = await caller.call('POST', tokens, inJson({ auth: { identity: { methods: ['token'], token: { id } } } }));
    assert.equal(reply.status, 403);
  });
});

test('an expired token cannot be exchanged for a new one', async () => {
  await play({ knobs: { tokenSeconds: 0 } }, async (caller) => {
    const reply = await caller.call(
      'POST',
      tokens,
      inJson({ auth: { identity: { methods: ['token'], token: { id: await caller.token() } } } }),
    );
    assert.deepEqual([reply.status, reply.mark], [401, null]);
  });
});

const malformed: readonly (readonly [string, unknown])[] = [
  ['no JSON', '{'],
  ['no auth', {}],
  ['no identity', { auth: {} }],
  ['no methods', { auth: { identity: { methods: [] } } }],
  ['methods of a wrong type', { auth: { identity: { methods: 'password', password: { user } } } }],
  ['the section of the method is missing', { auth: { identity: { methods: ['password'] } } }],
  ['no password', password({ name: 'demo', domain }, { project })],
  ['no user id or name', password({ password: 'x' }, { project })],
  ['user name without domain', password({ name: 'demo', password: 'sandbox-secret' }, { project })],
  ['domain without id and name', password({ ...user, domain: {} }, { project })],
  ['project name without domain', password(user, { project: { name: 'demo' } })],
  ['project without id and name', password(user, { project: {} })],
  ['two scopes', password(user, { project, domain: { id: 'default' } })],
  ['no scope in the scope', password(user, {})],
  ['scope of a wrong type', password(user, ['project'])],
  ['credential without secret', application({ id: applicationCredential.id })],
  ['credential without id and name', application({ secret: 'x' })],
  ['credential by name without user', application({ name: 'demo-bot', secret: 'x' })],
  ['token without id', { auth: { identity: { methods: ['token'], token: {} } } }],
];
for (const [name, body] of malformed) {
  test(`400, marked: ${name}`, async () => {
    await play({}, async (caller) => {
      const reply = await caller.call('POST', tokens, { body, headers: { 'content-type': 'application/json' } });
      assert.deepEqual([reply.status, reply.at('error.code'), reply.at('error.title')], [400, 400, 'Bad Request'], reply.text);
      assert.notEqual(reply.mark, null);
    });
  });
}

test('what Keystone overlooks earns a mark all the same', async () => {
  await play({}, async (caller) => {
    const careless: readonly (readonly [string, string, unknown, Readonly<Record<string, string>>])[] = [
      ['an unknown field', tokens, { auth: { ...password(user, { project }).auth, extra: 1 } }, {}],
      ['an unknown field of the user', tokens, password({ ...user, email: 'x' }, { project }), {}],
      ['a domain beside the user id', tokens, password({ id: plainId('user/demo'), domain, password: user.password }, { project }), {}],
      ['a domain beside the project id', tokens, password(user, { project: { id: plainId('project/demo'), domain } }), {}],
      ['a user beside the credential id', tokens, application({ ...applicationCredential, user: { id: 'x' } }), {}],
      ['a token header', tokens, login('demo'), { 'x-auth-token': 'x' }],
      ['an unknown parameter', `${tokens}?verbose=1`, login('demo'), {}],
      ['nocatalog', `${tokens}?nocatalog`, login('demo'), {}],
      ['Accept without JSON', tokens, login('demo'), { accept: 'text/html' }],
    ];
    for (const [name, path, body, headers] of careless) {
      const reply = await caller.call('POST', path, { body, headers });
      assert.equal(reply.status, 201, `${name}: ${reply.text}`);
      assert.notEqual(reply.mark, null, name);
      assert.equal(reply.at('token.catalog') === undefined, path.includes('nocatalog'));
    }
    const typed = await caller.call('POST', tokens, { body: login('demo'), headers: { 'content-type': 'text/plain' } });
    assert.deepEqual([typed.status, typed.mark !== null], [400, true]);
    const untyped = await caller.call('POST', tokens, { body: JSON.stringify(login('demo')) });
    assert.deepEqual([untyped.status, untyped.mark !== null], [201, true]);
  });
});

test('services refuse a token that is missing, unknown or expired with the body of the token check', async () => {
  const missing = async (knobs: Record<string, unknown>, headers: 'none' | 'unknown' | 'own') =>
    play({ knobs }, async (caller) => {
      const own = await caller.token();
      for (const path of ['/network/v2.0/floatingips', '/network/v2.0/nonsense', `/compute/v2.1/${await caller.project()}/servers`]) {
        const sent = headers === 'none' ? {} : { headers: { 'x-auth-token': headers === 'own' ? own : 'gAAAA' } };
        const reply = await caller.call('GET', path, sent);
        assert.deepEqual([reply.status, reply.at('error.code'), reply.at('error.title')], [401, 401, 'Unauthorized']);
        assert.equal(reply.headers['www-authenticate'], `Keystone uri="${caller.sandbox.origin}/identity"`);
        assert.equal(reply.mark !== null, headers === 'none');
      }
    });
  await missing({}, 'none');
  await missing({}, 'unknown');
  await missing({ tokenSeconds: 0 }, 'own');
});

test('a token can be revoked, and is then no good', async () => {
  await play({}, async (caller) => {
    const id = await caller.token();
    const gone = await caller.call('DELETE', tokens, { headers: { 'x-auth-token': id, 'x-subject-token': id } });
    assert.deepEqual([gone.status, gone.text], [204, '']);
    assert.equal((await caller.net('GET', '/floatingips')).status, 401);
    assertUnmarked(caller);
    const foreign = await caller.as('other').token();
    const kept = await caller.call('DELETE', tokens, {
      headers: { 'x-auth-token': await caller.as('admin').token(), 'x-subject-token': foreign },
    });
    assert.equal(kept.status, 404);
    const nameless = await caller.call('DELETE', tokens, { headers: { 'x-auth-token': foreign } });
    assert.deepEqual([nameless.status, nameless.mark !== null], [400, true]);
  });
});

test('the catalog has two regions, three interfaces, a network URL without version and a compute URL with the project', async () => {
  await play({}, async (caller) => {
    const reply = await caller.call('POST', tokens, inJson(login('demo')));
    const catalog = reply.at('token.catalog') as { type: string; endpoints: { interface: string; region_id: string; url: string }[] }[];
    assert.deepEqual(
      catalog.map((entry) => entry.type),
      ['identity', 'compute_legacy', 'compute', 'network'],
    );
    const of = (type: string) => catalog.find((entry) => entry.type === type)?.endpoints ?? [];
    for (const type of ['network', 'compute']) {
      assert.deepEqual([...new Set(of(type).map((one) => one.region_id))].sort(), ['RegionOne', 'RegionTwo']);
      assert.deepEqual([...new Set(of(type).map((one) => one.interface))].sort(), ['admin', 'internal', 'public']);
      assert.equal(of(type).length, 6);
    }
    const find = (type: string, region: string, face: string) =>
      of(type).find((one) => one.region_id === region && one.interface === face)?.url;
    const { origin } = caller.sandbox;
    assert.equal(find('network', 'RegionOne', 'public'), `${origin}/network`);
    assert.equal(find('compute', 'RegionOne', 'public'), `${origin}/compute/v2.1/${await caller.project()}`);
    assert.equal(find('network', 'RegionTwo', 'public'), `${origin}/two/network`);
    assert.equal(find('network', 'RegionOne', 'internal'), `${origin}/internal/network`);
    const again = await caller.call('GET', '/identity/v3/auth/catalog', { headers: { 'x-auth-token': await caller.token() } });
    assert.deepEqual(again.at('catalog'), catalog);
    assertUnmarked(caller);
  });
  await play({ knobs: { networkInCatalog: false } }, async (caller) => {
    const reply = await caller.call('POST', tokens, inJson(login('demo')));
    assert.deepEqual([reply.at('token.catalog.2.type'), reply.at('token.catalog.3')], ['compute', undefined]);
  });
});

test('unknown identity paths and methods are refused in its format, and marked', async () => {
  await play({}, async (caller) => {
    for (const [method, path, status] of [
      ['POST', '/identity/auth/tokens', 404],
      ['POST', '/identity/v2.0/tokens', 404],
      ['GET', '/identity/v3/users', 404],
      ['PUT', tokens, 405],
      ['POST', '/identity/v3', 405],
    ] as const) {
      const reply = await caller.call(method, path);
      assert.deepEqual([reply.status, reply.at('error.code'), reply.mark !== null], [status, status, true], path);
    }
  });
});
