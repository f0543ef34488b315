import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  challengeOf,
  type KeystoneV2Credentials,
  type KeystoneV2Settings,
  keystoneV2,
  passcodeLayer,
  tokenRequestV2,
} from '../../src/auth/keystone-v2.js';
import { IpctlError } from '../../src/domain/errors.js';
import type { Reply, Request } from '../../src/domain/exchange.js';
import { START, virtualClock } from '../support/clock.js';

const reply = (status: number, json: unknown, headers: Readonly<Record<string, string>> = {}): Reply => ({
  status,
  headers,
  text: JSON.stringify(json),
  json,
});
const HOUR = 3_600_000;
const body = (token: object = {}, user: object = {}) => ({
  access: {
    token: { id: 'token-0001', expires: new Date(START + 24 * HOUR).toISOString(), tenant: { id: 123456, name: '123456' }, ...token },
    serviceCatalog: [
      {
        name: 'cloudNetworks',
        type: 'network',
        endpoints: [
          { region: 'DFW', tenantId: '123456', publicURL: 'https://networks.example/v2.0', internalURL: 'https://inside.example' },
          { region: 'ORD', internalURL: 'https://inside.example' },
        ],
      },
      { name: 'cloudDNS', type: 'rax:dns', endpoints: [{ publicURL: 'https://dns.example' }] },
    ],
    user: { id: '987654', name: 'demo', 'RAX-AUTH:defaultRegion': 'DFW', ...user },
  },
});
const key: KeystoneV2Credentials = { method: 'api-key', username: 'demo', apiKey: 'key-0001' };

function scene(answers: readonly Reply[], settings: Partial<KeystoneV2Settings> = {}) {
  const requests: Request[] = [];
  const kept = new Map<string, unknown>();
  const concealed: string[] = [];
  const session = keystoneV2({
    authUrl: 'https://identity.example/v2.0/',
    credentials: key,
    clock: virtualClock(),
    tokens: {
      get: async (name) => kept.get(name),
      put: async (name, value) => void kept.set(name, value),
      drop: async (name) => void kept.delete(name),
    },
    conceal: (secret) => void concealed.push(secret),
    async send(request) {
      requests.push(request);
      return answers[requests.length - 1] ?? assert.fail('one request too many');
    },
    ...settings,
  });
  return { session, requests, kept, concealed };
}

const failing = async (work: Promise<unknown>): Promise<IpctlError> => {
  const thrown = await work.then(
    () => assert.fail('expected an error'),
    (error: unknown) => error,
  );
  assert.ok(thrown instanceof IpctlError, String(thrown));
  return thrown;
};

describe('keystone v2: the request', () => {
  const cases: readonly {
    readonly name: string;
    readonly credentials: KeystoneV2Credentials;
    readonly tenant?: string;
    readonly auth: unknown;
  }[] = [
    { name: 'an API key', credentials: key, auth: { 'RAX-KSKEY:apiKeyCredentials': { username: 'demo', apiKey: 'key-0001' } } },
    {
      name: 'a password, the tenant beside it',
      credentials: { method: 'password', username: 'demo', password: 'word' },
      tenant: '123456',
      auth: { passwordCredentials: { username: 'demo', password: 'word' }, tenantId: '123456' },
    },
  ];
  for (const { name, credentials, tenant, auth } of cases) {
    test(name, () => assert.deepEqual(tokenRequestV2(credentials, tenant), { auth }));
  }

  for (const authUrl of [
    'https://identity.example',
    'https://identity.example/',
    'https://identity.example/v2.0',
    'https://identity.example/v2.0/',
  ]) {
    test(`goes to /v2.0/tokens of ${authUrl}, and is repeated like a read`, async () => {
      const { session, requests } = scene([reply(200, body())], { authUrl });
      await session.current();
      assert.deepEqual(
        requests.map(({ method, url, reads }) => [method, url, reads]),
        [['POST', 'https://identity.example/v2.0/tokens', true]],
      );
    });
  }
});

describe('keystone v2: the grant', () => {
  test('holds token, tenant, user, region and public endpoints', async () => {
    const { session, concealed } = scene([reply(200, body())]);
    const grant = await session.current();
    assert.deepEqual(grant, {
      token: 'token-0001',
      expiresAt: new Date(START + 24 * HOUR).toISOString(),
      tenant: { id: '123456', name: '123456' },
      user: { id: '987654', name: 'demo' },
      defaultRegion: 'DFW',
      catalog: [
        {
          name: 'cloudNetworks',
          type: 'network',
          endpoints: [{ interface: 'public', region: 'DFW', url: 'https://networks.example/v2.0' }],
        },
        { name: 'cloudDNS', type: 'rax:dns', endpoints: [{ interface: 'public', region: '', url: 'https://dns.example' }] },
      ],
    });
    assert.deepEqual(concealed, ['token-0001']);
  });

  test('does without a tenant and without a default region', async () => {
    const { session } = scene([reply(200, body({ tenant: undefined }, { 'RAX-AUTH:defaultRegion': '' }))]);
    const { tenant, defaultRegion } = await session.current();
    assert.deepEqual([tenant, defaultRegion], [null, null]);
  });

  test('reads an end with an offset', async () => {
    const { session } = scene([reply(200, body({ expires: '2026-01-16T06:00:00.500-06:00' }))]);
    assert.equal((await session.current()).expiresAt, '2026-01-16T12:00:00.500Z');
  });

  for (const [field, broken] of [
    ['access.token.id', body({ id: '' })],
    ['access.token.expires', body({ expires: 'soon' })],
    ['access.serviceCatalog', { access: { ...body().access, serviceCatalog: undefined } }],
    ['access', {}],
  ] as const) {
    test(`is a defect without ${field}`, async () => {
      const error = await failing(scene([reply(200, broken)]).session.current());
      assert.equal(error.kind, 'defect');
      assert.ok(error.message.includes(field), error.message);
    });
  }
});

describe('keystone v2: the session', () => {
  test('is kept without a secret in its name, and taken up again', async () => {
    const first = scene([reply(200, body())]);
    await first.session.current();
    const [name] = [...first.kept.keys()];
    assert.equal(name, JSON.stringify(['https://identity.example/v2.0', 'api-key', 'demo', null]));
    const tokens: KeystoneV2Settings['tokens'] = { get: async (asked) => first.kept.get(asked), put: async () => {}, drop: async () => {} };
    const second = scene([], { tokens });
    assert.equal((await second.session.current()).token, 'token-0001');
    const other = scene([reply(200, body({ id: 'token-0002' }))], { tokens, tenantId: '7' });
    assert.equal((await other.session.current()).token, 'token-0002');
  });

  test('does not take another shape for a grant', async () => {
    const { session, requests } = scene([reply(200, body())], {
      tokens: {
        get: async () => ({ token: 'old', expiresAt: '2030-01-01T00:00:00Z', catalog: [], user: {} }),
        put: async () => {},
        drop: async () => {},
      },
    });
    assert.equal((await session.current()).token, 'token-0001');
    assert.equal(requests.length, 1);
  });

  test('renews once on a 401 of a service', async () => {
    const { session, requests } = scene([reply(200, body()), reply(200, body({ id: 'token-0002' }))]);
    const used: (string | undefined)[] = [];
    const send = session.authorize(async (request) => {
      used.push(request.headers?.['x-auth-token']);
      return reply(401, {});
    });
    assert.equal((await send({ method: 'GET', url: 'https://networks.example/v2.0/ports' })).status, 401);
    assert.deepEqual([used, requests.length], [['token-0001', 'token-0002'], 2]);
  });
});

describe('keystone v2: multi-factor', () => {
  const asked = reply(401, {}, { 'www-authenticate': "OS-MF sessionId='abc.123', factor='PASSCODE'" });
  const request: Request = { method: 'POST', url: 'https://identity.example/v2.0/tokens', body: { auth: {} }, reads: true };

  test('a challenge is told from any other refusal', () => {
    assert.equal(challengeOf(asked), 'abc.123');
    assert.equal(challengeOf({ ...asked, status: 403 }), undefined);
    assert.equal(challengeOf(reply(401, {}, { 'www-authenticate': 'Keystone uri=https://identity.example' })), undefined);
    assert.equal(challengeOf(reply(401, {})), undefined);
  });

  async function answered(...replies: readonly Reply[]) {
    const sent: Request[] = [];
    const concealed: string[] = [];
    const layer = passcodeLayer(
      async () => '654321',
      (secret) => void concealed.push(secret),
    );
    const last = await layer(async (each) => {
      sent.push(each);
      return replies[sent.length - 1] ?? assert.fail('one request too many');
    })(request);
    return { sent, concealed, last };
  }

  test('is answered once, in the session that asked', async () => {
    const { sent, concealed, last } = await answered(asked, reply(200, body()));
    assert.equal(last.status, 200);
    assert.deepEqual(sent[1], {
      ...request,
      headers: { 'x-sessionid': 'abc.123' },
      body: { auth: { 'RAX-AUTH:passcodeCredentials': { passcode: '654321' } } },
    });
    assert.deepEqual(concealed, ['abc.123', '654321']);
  });

  test('a second challenge is the answer', async () => {
    const { sent, last } = await answered(asked, asked);
    assert.deepEqual([sent.length, last], [2, asked]);
  });

  test('stands where nobody has a passcode', async () => {
    const sent: Request[] = [];
    const layer = passcodeLayer(
      async () => undefined,
      () => {},
    );
    const last = await layer(async (each) => {
      sent.push(each);
      return asked;
    })(request);
    assert.deepEqual([sent.length, last], [1, asked]);
  });

  test('nothing is answered where nothing was asked', async () => {
    const { sent } = await answered(reply(401, {}));
    assert.equal(sent.length, 1);
  });
});
