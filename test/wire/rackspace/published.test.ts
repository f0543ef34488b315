/** The exchanges that Rackspace published: the sharing guide's walkthrough, and the samples of its reference pages. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AnyDriver } from '../../../src/domain/driver.js';
import { IpctlError } from '../../../src/domain/errors.js';
import type { FloatingIp } from '../../../src/domain/records.js';
import { collect } from '../../../src/http/pages.js';
import { connect } from '../../../src/providers/rackspace/driver.js';
import { rackspace } from '../../../src/providers/rackspace/manifest.js';
import { type BenchSettings, bench } from '../../support/bench.js';
import { type Exchange, play } from '../../support/script.js';
import {
  API_KEY,
  access,
  benchAt,
  IP,
  ipObject,
  login,
  optionsAt,
  PORT_A,
  PORT_B,
  PUBLIC,
  portObject,
  serverObject,
  TOKEN,
  WEB_A,
  WEB_B,
  ZONE,
} from './scene.js';

const authorized = { 'x-auth-token': TOKEN, accept: 'application/json' };
const get = (line: string, body: unknown, source = line, status = 200): Exchange => ({
  source,
  request: { line: `GET ${line}`, headers: authorized },
  reply: { status, body },
});

async function played(
  exchanges: (origin: string) => readonly Exchange[],
  work: (driver: Required<AnyDriver>) => Promise<void>,
  settings: Partial<BenchSettings> = {},
): Promise<string[]> {
  const script = await play(exchanges);
  const made = benchAt(script.origin, settings);
  try {
    await made.run((driver) => work(driver as Required<AnyDriver>));
  } finally {
    await made.close();
    await script.end();
  }
  return made.traced;
}

const failing = async (work: Promise<unknown>): Promise<IpctlError> => {
  const thrown = await work.then(
    () => assert.fail('expected an error'),
    (error: unknown) => error,
  );
  assert.ok(thrown instanceof IpctlError, String(thrown));
  return thrown;
};

const ports = (server: string, port: string): Exchange =>
  get(`/v2.0/ports?device_id=${server}&network_id=${PUBLIC}`, {
    ports: [portObject(port, server)],
    ports_links: [{ rel: 'previous', href: `http://localhost:9696/v2.0/ports?device_id=${server}&marker=${port}&page_reverse=True` }],
  });
const associations = (server: string, ids: readonly string[]): Exchange =>
  get(`/v2/123456/servers/${server}/ip_associations`, { ip_associations: ids.map((id) => ({ id, address: '203.0.113.60' })) });
const associate = (server: string, reply: Exchange['reply'], body?: unknown, method = 'PUT'): Exchange => ({
  source: 'associate, without a body',
  request: {
    line: `${method} /v2/123456/servers/${server}/ip_associations/${IP}`,
    headers: authorized,
    ...(body === undefined ? {} : { body }),
  },
  reply,
});
const disassociate = (server: string, status = 204): Exchange => ({
  source: 'disassociate',
  request: { line: `DELETE /v2/123456/servers/${server}/ip_associations/${IP}`, headers: authorized },
  reply: { status },
});
const done: Exchange['reply'] = { status: 201, body: { ip_association: { id: IP, address: '203.0.113.60' } } };
const releaseLine = `DELETE /v2.0/ip_addresses/${IP}`;
const gone = `The resource could not be found.<br /><br />\nIP Address ${IP} not found.\n\n`;
const e3 = (message: string, code: string, title: string) => ({ message, code, title });

const shared = async (driver: AnyDriver): Promise<FloatingIp> =>
  (await driver.allocateFloatingIp?.({ version: 4, labels: {}, servers: [], ports: [PORT_A, PORT_B], mark: 'x' })) ?? assert.fail();
const allocation: readonly Exchange[] = [
  get(`/v2.0/ports?id=${PORT_A}&id=${PORT_B}`, { ports: [portObject(PORT_A, WEB_A), portObject(PORT_B, WEB_B)] }, 'whose ports are these?'),
  get(
    '/v2/123456/servers/detail',
    { servers: [serverObject(WEB_A, 'web-a'), serverObject(WEB_B, 'web-b')] },
    'walkthrough, step 1: same zone?',
  ),
  get('/v2.0/ip_addresses?type=shared', { ip_addresses: [] }, 'what is there before the send'),
  {
    source: 'walkthrough, step 3: provision',
    request: {
      line: 'POST /v2.0/ip_addresses',
      headers: { ...authorized, 'content-type': 'application/json' },
      body: { ip_address: { network_id: PUBLIC, version: 4, port_ids: [PORT_A, PORT_B] } },
    },
    reply: { status: 201, body: { ip_address: ipObject() } },
  },
];

describe('rackspace: the published walkthrough', () => {
  test('two servers share one address, from zone to release', async () => {
    await played(
      (origin) => [
        login(origin),
        get(`/v2/123456/servers/${WEB_A}`, { server: serverObject(WEB_A, 'web-a') }, 'step 1: same zone?'),
        get(`/v2/123456/servers/${WEB_B}`, { server: serverObject(WEB_B, 'web-b') }, 'step 1: same zone?'),
        ...allocation,
        ports(WEB_A, PORT_A),
        associate(WEB_A, done),
        associations(WEB_A, [IP]),
        ports(WEB_B, PORT_B),
        associate(WEB_B, done),
        associations(WEB_B, [IP]),
        {
          source: 'step 6: too early a release',
          request: { line: releaseLine, headers: authorized },
          reply: {
            status: 400,
            body: e3(
              'The server could not comply with the request since it is either malformed or otherwise incorrect.<br /><br />\nPort requires disassociation before IP can be deleted\n\n',
              '400 Bad Request',
              'Bad Request',
            ),
          },
        },
        disassociate(WEB_A),
        associations(WEB_A, []),
        disassociate(WEB_B),
        associations(WEB_B, []),
        { source: 'step 7: release', request: { line: releaseLine, headers: authorized }, reply: { status: 204 } },
        get(`/v2.0/ip_addresses/${IP}`, e3(gone, '404 Not Found', 'Not Found'), 'step 7: gone', 404),
      ],
      async (driver) => {
        const webA = await driver.getServer(WEB_A);
        const webB = await driver.getServer(WEB_B);
        assert.deepEqual([webA.zone, webA.state, webA.addresses], [ZONE, 'active', ['203.0.113.11', '2001:db8:10::11', '10.20.0.11']]);
        const free = await shared(driver);
        assert.deepEqual(
          [free.id, free.address, free.kind, free.state, free.ports, free.network, free.project, free.region],
          [IP, '203.0.113.60', 'shared', 'free', [PORT_A, PORT_B], PUBLIC, '123456', 'DFW'],
        );
        const one = await driver.associateFloatingIp(free, { servers: [webA], ports: [] });
        const both = await driver.associateFloatingIp(one, { servers: [webB], ports: [] });
        assert.deepEqual(
          both.associations.map(({ server, port, certain }) => [server?.name, port, certain]),
          [
            ['web-a', PORT_A, true],
            ['web-b', PORT_B, true],
          ],
        );
        const early = await failing(driver.releaseFloatingIp(both));
        assert.equal(early.kind, 'conflict');
        assert.equal(early.message, 'Port requires disassociation before IP can be deleted (rackspace 400 Bad Request)');
        const left = await driver.disassociateFloatingIp(both, both.associations.slice(0, 1));
        assert.deepEqual([left.state, left.associations.map(({ server }) => server?.name)], ['associated', ['web-b']]);
        const last = await driver.disassociateFloatingIp(left, left.associations);
        assert.deepEqual([last.state, last.associations], ['free', []]);
        await driver.releaseFloatingIp(last);
      },
    );
  });

  test('a third server is added to the list of ports before it is associated', async () => {
    const webC = '8a3c6e52-1f0b-4d4c-9a51-3f6f0a7d1c03';
    const portC = '5d1e7b60-2c3a-4f7e-8b11-6a9d00c40c03';
    await played(
      (origin) => [
        login(origin),
        ...allocation,
        get(`/v2/123456/servers/${webC}`, { server: serverObject(webC, 'web-c') }),
        ports(webC, portC),
        {
          source: 'change ports: the whole list, the old ones first',
          request: { line: `PUT /v2.0/ip_addresses/${IP}`, body: { ip_address: { port_ids: [PORT_A, PORT_B, portC] } } },
          reply: { status: 200, body: { ip_address: ipObject({ port_ids: [portC, PORT_A, PORT_B], version: '4' }) } },
        },
        associate(webC, {
          status: 200,
          body: {
            ip_associations: [
              { id: '1', address: '203.0.113.1' },
              { id: IP, address: '203.0.113.60' },
            ],
          },
        }),
        associations(webC, [IP]),
      ],
      async (driver) => {
        const free = await shared(driver);
        const ip = await driver.associateFloatingIp(free, { servers: [await driver.getServer(webC)], ports: [] });
        assert.deepEqual([ip.ports, ip.associations[0]?.port], [[portC, PORT_A, PORT_B], portC]);
      },
    );
  });

  test('a port is associated through the server that it belongs to, which the allocation has read already', async () => {
    await played(
      (origin) => [login(origin), ...allocation, associate(WEB_A, done), associations(WEB_A, [IP])],
      async (driver) => {
        const ip = await driver.associateFloatingIp(await shared(driver), { servers: [], ports: [PORT_A] });
        assert.equal(ip.associations[0]?.server?.name, 'web-a');
      },
    );
  });
});

const associateWebA = async (driver: Required<AnyDriver>): Promise<FloatingIp> => {
  const free = await shared(driver);
  return driver.associateFloatingIp(free, { servers: [await driver.getServer(WEB_A)], ports: [] });
};
const toWebA = (origin: string): Exchange[] => [
  login(origin),
  ...allocation,
  get(`/v2/123456/servers/${WEB_A}`, { server: serverObject(WEB_A, 'web-a') }),
  ports(WEB_A, PORT_A),
];
const draft = { ip_address: { network_id: PUBLIC, version: '4', port_ids: [PORT_A], device_ids: [WEB_A] } };

describe('rackspace: the ways to associate', () => {
  test('wrapper: an empty ip_association', async () => {
    await played(
      (origin) => [...toWebA(origin), associate(WEB_A, done, { ip_association: {} }), associations(WEB_A, [IP])],
      async (driver) => assert.equal((await associateWebA(driver)).state, 'associated'),
      { options: { 'association-body': 'wrapper' } },
    );
  });

  test('post: the draft page’s body, with the version as a text', async () => {
    await played(
      (origin) => [...toWebA(origin), associate(WEB_A, done, draft, 'POST'), associations(WEB_A, [IP])],
      async (driver) => assert.equal((await associateWebA(driver)).state, 'associated'),
      { options: { 'association-method': 'post' } },
    );
  });

  for (const [status, fault] of [
    [405, 'badMethod'],
    [501, 'notImplemented'],
  ] as const) {
    test(`auto: POST after a ${status}, and POST at once from then on`, async () => {
      await played(
        (origin) => [
          ...toWebA(origin),
          associate(WEB_A, { status, body: { [fault]: { code: status, message: 'no such method' } } }),
          associate(WEB_A, done, draft, 'POST'),
          associations(WEB_A, [IP]),
          get(`/v2/123456/servers/${WEB_B}`, { server: serverObject(WEB_B, 'web-b') }),
          ports(WEB_B, PORT_B),
          associate(WEB_B, done, { ip_address: { ...draft.ip_address, port_ids: [PORT_B], device_ids: [WEB_B] } }, 'POST'),
          associations(WEB_B, [IP]),
        ],
        async (driver) => {
          const ip = await associateWebA(driver);
          await driver.associateFloatingIp(ip, { servers: [await driver.getServer(WEB_B)], ports: [] });
        },
        { options: { 'association-method': 'auto' } },
      );
    });
  }

  test('auto never falls back on another refusal', async () => {
    await played(
      (origin) => [...toWebA(origin), associate(WEB_A, { status: 403, body: { forbidden: { code: 403, message: 'Role too low' } } })],
      async (driver) => assert.equal((await failing(associateWebA(driver))).kind, 'auth'),
      { options: { 'association-method': 'auto' } },
    );
  });

  test('put alone does not turn to POST', async () => {
    await played(
      (origin) => [...toWebA(origin), associate(WEB_A, { status: 405, body: { badMethod: { code: 405, message: 'no' } } })],
      async (driver) => assert.equal((await failing(associateWebA(driver))).kind, 'unsupported'),
    );
  });

  test('a refusal of what is associated already is no failure, once its list confirms it', async () => {
    const already = { status: 400, body: { badRequest: { code: 400, message: 'The association already exists' } } };
    await played(
      (origin) => [...toWebA(origin), associate(WEB_A, already), associations(WEB_A, [IP]), associations(WEB_A, [IP])],
      async (driver) => assert.equal((await associateWebA(driver)).state, 'associated'),
    );
    await played(
      (origin) => [...toWebA(origin), associate(WEB_A, already), associations(WEB_A, [])],
      async (driver) => assert.equal((await failing(associateWebA(driver))).kind, 'conflict'),
    );
    await played(
      (origin) => [
        ...toWebA(origin),
        associate(WEB_A, { status: 409, body: { conflictingRequest: { code: 409, message: 'There is one' } } }, draft, 'POST'),
        associations(WEB_A, [IP]),
        associations(WEB_A, [IP]),
      ],
      async (driver) => assert.equal((await associateWebA(driver)).state, 'associated'),
      { options: { 'association-method': 'post' } },
    );
  });

  test('what is gone is disassociated and released', async () => {
    const notFound = { status: 404, body: { itemNotFound: { code: 404, message: 'Instance could not be found' } } };
    await played(
      (origin) => [
        ...toWebA(origin),
        associate(WEB_A, done),
        associations(WEB_A, [IP]),
        { ...disassociate(WEB_A), reply: notFound },
        get(`/v2/123456/servers/${WEB_A}/ip_associations`, notFound.body, 'the server is gone', 404),
        { source: 'release', request: { line: releaseLine }, reply: { status: 404, body: e3(gone, '404 Not Found', 'Not Found') } },
        get(`/v2.0/ip_addresses/${IP}`, e3(gone, '404 Not Found', 'Not Found'), 'gone', 404),
      ],
      async (driver) => {
        const ip = await associateWebA(driver);
        const free = await driver.disassociateFloatingIp(ip, ip.associations);
        assert.equal(free.state, 'free');
        await driver.releaseFloatingIp(free);
      },
    );
  });
});

describe('rackspace: login', () => {
  const tokens = 'POST /identity/v2.0/tokens';

  test('a password, a tenant beside it, and an account told by the endpoint where the token names none', async () => {
    const traced = await played(
      (origin) => [
        {
          source: 'authentication with a password',
          request: {
            line: tokens,
            body: { auth: { passwordCredentials: { username: 'demo', password: 's3cret-word' }, tenantId: '123456' } },
          },
          reply: { status: 200, body: access(origin, { token: { tenant: undefined, expires: '2030-01-02T10:24:57-06:00' } }) },
        },
      ],
      async (driver) => {
        assert.deepEqual(await driver.account(), { id: '123456', name: null, user: 'demo', project: '123456', region: 'DFW' });
      },
      { options: { 'api-key': '', password: 's3cret-word', tenant: '123456' } },
    );
    assert.ok(!traced.join('\n').includes('s3cret-word'));
  });

  test('the user’s own region, when none is set, and never an unknown one', async () => {
    await played(
      (origin) => [{ ...login(origin), reply: { status: 200, body: access(origin, { user: { 'RAX-AUTH:defaultRegion': 'ORD' } }) } }],
      async (driver) => assert.equal((await driver.account()).region, 'ORD'),
      { options: { region: '' } },
    );
    await played(
      (origin) => [{ ...login(origin), reply: { status: 200, body: access(origin, { user: { 'RAX-AUTH:defaultRegion': '' } }) } }],
      async (driver) => {
        const error = await failing(driver.account());
        assert.deepEqual([error.kind, error.details.hint], ['config', 'set region to one of ORD, DFW']);
      },
      { options: { region: '' } },
    );
    await played(
      (origin) => [login(origin)],
      async (driver) => {
        const error = await failing(driver.account());
        assert.deepEqual([error.kind, error.message], ['config', 'cloudServersOpenStack is not in region SYD']);
      },
      { options: { region: 'SYD' } },
    );
  });

  const challenge: Exchange['reply'] = {
    status: 401,
    headers: { 'www-authenticate': "OS-MF sessionId='session-0001', factor='PASSCODE'" },
    body: { unauthorized: { code: 401, message: 'Additional authentication credentials required' } },
  };
  const password: Exchange['request'] = {
    line: tokens,
    body: { auth: { passwordCredentials: { username: 'demo', password: 's3cret-word' } } },
  };
  const second: Exchange['request'] = {
    line: tokens,
    headers: { 'x-sessionid': 'session-0001' },
    body: { auth: { 'RAX-AUTH:passcodeCredentials': { passcode: '123456' } } },
  };

  test('a multi-factor challenge is told', async () => {
    await played(
      () => [{ source: 'challenge', request: password, reply: challenge }],
      async (driver) => {
        const error = await failing(driver.account());
        assert.equal(error.kind, 'auth');
        assert.match(error.message, /^Additional authentication credentials required \(rackspace 401 unauthorized\)$/);
        assert.match(error.details.hint ?? '', /API key.*passcode/);
      },
      { options: { 'api-key': '', password: 's3cret-word' } },
    );
  });

  test('a passcode answers it once, and is not tried twice', async () => {
    await played(
      (origin) => [
        { source: 'challenge', request: password, reply: challenge },
        { source: 'passcode', request: second, reply: { status: 200, body: access(origin) } },
      ],
      async (driver) => assert.equal((await driver.account()).user, 'demo'),
      { options: { 'api-key': '', password: 's3cret-word', passcode: '123456' } },
    );
    await played(
      () => [
        { source: 'challenge', request: password, reply: challenge },
        { source: 'passcode', request: second, reply: challenge },
      ],
      async (driver) => assert.equal((await failing(driver.account())).kind, 'auth'),
      { options: { 'api-key': '', password: 's3cret-word', passcode: '123456' } },
    );
  });

  test('whoever is there is asked for the passcode, once and only when it is needed', async () => {
    const asked: string[] = [];
    const logins = async (exchanges: (origin: string) => readonly Exchange[], options: Readonly<Record<string, string>>): Promise<void> => {
      const script = await play(exchanges);
      const asking = (context: Parameters<typeof connect>[0]) =>
        connect({
          ...context,
          async ask(question) {
            asked.push(question);
            return '123456';
          },
        });
      const made = bench(rackspace, asking, { options: optionsAt(script.origin, options) });
      try {
        assert.equal((await made.run(async (driver) => driver.account?.()))?.user, 'demo');
        assert.ok(!made.traced.join('').includes('123456"'), 'the passcode is traced');
      } finally {
        await made.close();
        await script.end();
      }
    };
    await logins((origin) => [login(origin)], {});
    assert.deepEqual(asked, []);
    const challenged = (origin: string): readonly Exchange[] => [
      { source: 'challenge', request: password, reply: challenge },
      { source: 'passcode', request: second, reply: { status: 200, body: access(origin) } },
    ];
    await logins(challenged, { 'api-key': '', password: 's3cret-word', passcode: '123456' });
    assert.deepEqual(asked, []);
    await logins(challenged, { 'api-key': '', password: 's3cret-word' });
    assert.deepEqual(asked, ['Passcode of demo: ']);
  });

  test('a token that died is renewed once; a second 401 is the end', async () => {
    const dead: Exchange = { ...get('/v2.0/networks', 'Unauthorized'), reply: { status: 401, body: 'Unauthorized' } };
    await played(
      (origin) => [login(origin), dead, login(origin), get('/v2.0/networks', { networks: [] })],
      async (driver) => assert.deepEqual(await collect(driver.listNetworks()), []),
    );
    await played(
      (origin) => [login(origin), dead, login(origin), dead],
      async (driver) => assert.equal((await failing(collect(driver.listNetworks()))).kind, 'auth'),
    );
  });

  test('neither key nor password is a matter of configuration', async () => {
    const made = benchAt('http://127.0.0.1:1', { options: { 'api-key': '' } });
    const error = await failing(made.run(async (driver) => driver.account?.()));
    assert.equal(error.kind, 'config');
    await made.close();
  });

  test('no secret is traced', async () => {
    const traced = await played(
      (origin) => [login(origin), get('/v2.0/networks', { networks: [] })],
      async (driver) => {
        await collect(driver.listNetworks());
      },
    );
    const text = traced.join('\n');
    assert.ok(text.includes('> (not shown: a login)') && text.includes('< (not shown: a login)'));
    assert.ok(!text.includes(API_KEY) && !text.includes(TOKEN));
    assert.ok(text.includes('x-auth-token: ****'));
  });
});

describe('rackspace: lists', () => {
  test('only next leads on, by its marker, whatever host it names and however it is spelled', async () => {
    const href = 'http://localhost:9696/v2.0/ports?limit=1&amp;marker=';
    const next = (id: string) => ({ rel: 'next', href: `${href}${id}` });
    const network = (id: string, name: string, isShared: boolean) => ({ id, name, tenant_id: 'rackspace', shared: isShared, subnets: [] });
    await played(
      (origin) => [
        login(origin),
        get('/v2.0/networks', {
          networks: [network(PUBLIC, 'public', true)],
          networks_links: [{ rel: 'previous', href: `${href}z` }, next(PUBLIC)],
        }),
        get(`/v2.0/networks?marker=${PUBLIC}`, {
          networks: [network(WEB_A, 'backend', false)],
          networks_links: [{ rel: 'previous', href: `${href}y` }],
        }),
      ],
      async (driver) => {
        const found = await collect(driver.listNetworks());
        assert.deepEqual(
          found.map(({ id, name, external, shared: isShared }) => [id, name, external, isShared]),
          [
            [PUBLIC, 'public', true, true],
            [WEB_A, 'backend', false, false],
          ],
        );
      },
    );
  });

  test('a name is asked for as a name, not as a pattern', async () => {
    await played(
      (origin) => [
        login(origin),
        get('/v2/123456/servers/detail?name=web%5C.1%5C%2B', {
          servers: [serverObject(WEB_A, 'web.1+', { status: 'BUILD', 'RAX-PUBLIC-IP-ZONE-ID:publicIPZoneId': undefined })],
          servers_links: [{ rel: 'next', href: `https://dfw.servers.api.rackspacecloud.com/v2/123456/servers?limit=1&marker=${WEB_A}` }],
        }),
        get(`/v2/123456/servers/detail?name=web%5C.1%5C%2B&marker=${WEB_A}`, {
          servers: [serverObject(WEB_B, 'x', { status: 'NEW_STATE' })],
        }),
      ],
      async (driver) => {
        const [first, second] = await collect(driver.listServers({ name: 'web.1+' }));
        assert.deepEqual([first?.state, first?.zone], ['building', null]);
        assert.deepEqual([second?.state, second?.providerState], ['unknown', 'NEW_STATE']);
      },
    );
  });

  test('subnets', async () => {
    await played(
      (origin) => [
        login(origin),
        get('/v2.0/subnets', {
          subnets: [{ id: 's1', name: 'backend-v4', network_id: WEB_A, ip_version: 4, cidr: '192.168.77.0/24', gateway_ip: null }],
        }),
      ],
      async (driver) => {
        const [subnet] = await collect(driver.listSubnets());
        assert.deepEqual([subnet?.name, subnet?.network, subnet?.cidr, subnet?.version], ['backend-v4', WEB_A, '192.168.77.0/24', 4]);
      },
    );
  });

  test('a broken reply names its field', async () => {
    await played(
      (origin) => [
        login(origin),
        get('/v2.0/subnets', { subnets: [{ id: 's1', network_id: WEB_A, ip_version: 5, cidr: '192.168.77.0/24' }] }),
      ],
      async (driver) => {
        const error = await failing(collect(driver.listSubnets()));
        assert.deepEqual([error.kind, /ip_version is neither 4 nor 6/.test(error.message)], ['defect', true]);
      },
    );
  });
});
