/** The published story, exchange by exchange, in both URI styles: every byte that matters of what is sent, and what is made of the replies. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { collect } from '../../../src/http/pages.js';
import {
  ACCEPTED,
  absent,
  add,
  allocate,
  details,
  FLEXCLOUD,
  failing,
  get,
  holderOf,
  IP,
  record,
  release,
  remove,
  SERVER_13,
  SERVER_14,
  scripted,
  server,
  show,
  shown,
} from './scene.js';

const spec = { version: 4, labels: {}, servers: [], ports: [], mark: 'm' } as const;
const TAKEN = { forbidden: { message: 'The IP address is already assigned', code: 403, details: '', errorid: '59e0b3dd' } };
const NO_ACCOUNT = { itemNotFound: { guid: '23684df5', message: 'Resource not found', code: 404, details: '' } };

for (const [style, prefix, options] of [
  ['short', '', {}],
  ['account', FLEXCLOUD, { account: 'acct1001' }],
] as const) {
  test(`${style} URIs: allocate, confirm, associate, be refused, disassociate, release`, () =>
    scripted(
      [
        get(`${prefix}/os-floating-ips`, { floating_ips: [] }),
        allocate({ status: 202, body: { floating_ip: shown() } }, undefined, prefix),
        show(null, prefix),
        add(SERVER_13, ACCEPTED, prefix),
        show(null, prefix),
        show(SERVER_13, prefix),
        add(SERVER_14, { status: 403, body: TAKEN }, prefix),
        show(SERVER_13, prefix),
        details(prefix),
        remove(SERVER_13, ACCEPTED, prefix),
        show(SERVER_13, prefix),
        show(null, prefix),
        release(ACCEPTED, prefix),
        show(null, prefix),
        absent(prefix),
      ],
      async ({ run, bench }) => {
        const ip = await run((driver) => driver.allocateFloatingIp(spec));
        assert.deepEqual([ip.id, ip.address, ip.state, ip.pool, ip.associations], [IP, IP, 'free', 'default', []]);
        assert.equal(ip.project, prefix === '' ? null : 'acct1001');
        const bound = await run((driver) => driver.associateFloatingIp(ip, { servers: [server(SERVER_13, 'web-1')], ports: [] }));
        assert.equal(bound.state, 'associated');
        assert.deepEqual(bound.associations, [
          { id: null, server: { id: SERVER_13, name: 'web-1' }, port: null, privateAddress: null, certain: true },
        ]);
        const refused = await failing(
          'conflict',
          run((driver) => driver.associateFloatingIp(ip, { servers: [server(SERVER_14, 'web-2')], ports: [] })),
        );
        assert.match(refused.message, /203\.0\.113\.10 is associated with web-1: The IP address is already assigned/);
        assert.deepEqual([refused.details.code, refused.details.requestId], ['forbidden', '59e0b3dd']);
        const free = await run((driver) => driver.disassociateFloatingIp(bound, bound.associations));
        assert.deepEqual([free.state, holderOf(free)], ['free', null]);
        await run((driver) => driver.releaseFloatingIp(free));
        assert.deepEqual(
          bench.events.flatMap((event) => (event.event === 'close' ? [`${event.step}: ${event.state}`] : [])),
          [
            'allocate: applied',
            `associate ${SERVER_13}: applied`,
            `associate ${SERVER_14}: not-applied`,
            `disassociate ${SERVER_13}: applied`,
            'release: applied',
          ],
        );
      },
      { options },
    ));
}

test('a zone goes into the body of an allocation, and only then is there a body', () =>
  scripted(
    [
      get(`${FLEXCLOUD}/os-floating-ips`, { floating_ips: [shown(null, '203.0.113.9')] }),
      allocate({ status: 202, body: { floating_ip: shown() } }, { zone: 'AUS001' }, FLEXCLOUD),
      show(null, FLEXCLOUD),
    ],
    async ({ run }) => {
      assert.equal((await run((driver) => driver.allocateFloatingIp(spec))).address, IP);
    },
    { options: { account: 'acct1001', zone: 'AUS001' } },
  ));

test('uri-style and api-revision choose the URIs; an account alone means account URIs, where there were any', async () => {
  const cases: readonly [Readonly<Record<string, string>>, string][] = [
    [{}, ''],
    [{ account: 'acct1001' }, FLEXCLOUD],
    [{ account: 'acct1001', 'uri-style': 'short' }, ''],
    [{ account: 'acct1001', 'uri-style': 'account' }, FLEXCLOUD],
    [{ account: 'acct1001', 'api-revision': '2013-10' }, FLEXCLOUD],
    [{ account: 'acct1001', 'api-revision': '2013-06' }, ''],
    [{ account: 'acct1001', 'api-revision': '2013-04' }, ''],
    [{ account: 'a/b?c', 'uri-style': 'account' }, '/accounts/a%2Fb%3Fc/flexcloud'],
  ];
  for (const [options, prefix] of cases) {
    await scripted(
      [show(null, prefix)],
      async ({ run }) => assert.equal((await run((driver) => driver.getFloatingIp({ id: IP }))).id, IP),
      { options },
    );
  }
});

test('what no request could say is refused before any is made', async () => {
  const cases: readonly [Readonly<Record<string, string>>, RegExp][] = [
    [{ username: 'de:mo' }, /colon/],
    [{ 'uri-style': 'account' }, /needs the option account/],
    [{ account: 'acct1001', 'uri-style': 'account', 'api-revision': '2013-06' }, /no account URIs/],
    [{ zone: 'AUS001', 'api-revision': '2013-04' }, /no zones/],
  ];
  for (const [options, message] of cases) {
    await scripted(
      [],
      async ({ bench }) => {
        const thrown = await failing('config', (async () => bench.run(async () => undefined))());
        assert.match(thrown.message, message);
        assert.equal(thrown.details.fate, 'not-sent');
      },
      { options },
    );
  }
});

test('the published Basic headers, a colon in the password among them', async () => {
  for (const [username, password, authorization] of [
    ['demo', 's3cret', 'Basic ZGVtbzpzM2NyZXQ='],
    ['acct1001', 'p@ss:w0rd', 'Basic YWNjdDEwMDE6cEBzczp3MHJk'],
    ['demo', 'grün', `Basic ${Buffer.from('demo:grün', 'utf8').toString('base64')}`],
  ] as const) {
    const exchange = get('/os-floating-ips', { floating_ips: [] });
    await scripted(
      [{ ...exchange, request: { ...exchange.request, headers: { ...exchange.request.headers, authorization } } }],
      async ({ run, bench }) => {
        assert.deepEqual(await run((driver) => collect(driver.listFloatingIps({ serverNames: false }))), []);
        assert.ok(bench.traced.includes('> authorization: Basic ****'), bench.traced.join('\n'));
        assert.ok(!bench.traced.join('\n').includes(authorization.slice('Basic '.length)));
      },
      { options: { username, password } },
    );
  }
});

test('a wrong password is one error, whether the 401 is text, HTML or empty', async () => {
  const text = '401 Unauthorized\r\n\r\nThis server could not verify that you are authorized.\r\n';
  const html = '<html><head><title>401 Unauthorized</title></head><body><h1>401 Unauthorized</h1>no</body></html>';
  const said = new Set<string>();
  for (const [type, body] of [
    ['text/plain; charset=UTF-8', text],
    ['text/html; charset=UTF-8', html],
    ['application/json', '{"broken'],
    ['text/plain', ''],
  ] as const) {
    const exchange = get('/os-floating-ips', body, 401);
    await scripted(
      [
        {
          source: type,
          request: { line: 'GET /os-floating-ips', headers: { ...exchange.request.headers, authorization: 'Basic ZGVtbzp3cm9uZw==' } },
          reply: { status: 401, headers: { 'content-type': type }, body },
        },
      ],
      async ({ run }) => {
        const error = await failing(
          'auth',
          run((driver) => collect(driver.listFloatingIps({ serverNames: false }))),
        );
        said.add(JSON.stringify([error.message, error.details.status, error.details.code, error.details.hint]));
      },
      { options: { password: 'wrong' } },
    );
  }
  assert.equal(said.size, 1, [...said].join('\n'));
});

test('an unknown account in the path is told in the provider’s words, with the id its support asks for', () =>
  scripted(
    [get('/accounts/nobody/flexcloud/os-floating-ips', NO_ACCOUNT, 404)],
    async ({ run }) => {
      const error = await failing(
        'not-found',
        run((driver) => collect(driver.listFloatingIps({ serverNames: false }))),
      );
      assert.equal(error.message, 'Resource not found (hostway 404 itemNotFound, request 23684df5)');
    },
    { options: { account: 'nobody' } },
  ));

test('an object and a list of one are read alike, after an allocation and when shown; an empty list is not there', async () => {
  for (const wrap of [(item: unknown) => item, (item: unknown) => [item]]) {
    await scripted(
      [
        get('/os-floating-ips', { floating_ips: [] }),
        allocate({ status: 202, body: { floating_ip: wrap(shown()) } }),
        get(`/os-floating-ips/${IP}`, { floating_ip: wrap(shown()) }),
      ],
      async ({ run }) => assert.equal((await run((driver) => driver.allocateFloatingIp(spec))).address, IP),
    );
  }
  await scripted([get(`/os-floating-ips/${IP}`, { floating_ip: [] })], async ({ run }) => {
    await failing(
      'not-found',
      run((driver) => driver.getFloatingIp({ address: IP })),
    );
  });
});

test('null, an empty text and a missing field all mean nobody', async () => {
  const { instance_id: _holder, fixed_ip: _fixed, ...bare } = shown();
  for (const item of [shown(), { ...shown(), instance_id: '', fixed_ip: '' }, bare]) {
    await scripted([get(`/os-floating-ips/${IP}`, { floating_ip: [item] })], async ({ run }) => {
      const ip = await run((driver) => driver.getFloatingIp({ address: IP }));
      assert.deepEqual([ip.state, ip.associations], ['free', []]);
      assert.deepEqual(ip.raw, item);
    });
  }
});

test('server ids with characters that mean something in a path stay one segment of it', () =>
  scripted([add('a%2Fb%20%3Fc%23'), show('a/b ?c#')], async ({ run }) => {
    const ip = await run((driver) => driver.associateFloatingIp(record(), { servers: [server('a/b ?c#')], ports: [] }));
    assert.equal(holderOf(ip), 'a/b ?c#');
  }));

test('an id that would climb out of its place, and a text that is no address, make no request', () =>
  scripted([], async ({ run }) => {
    await failing(
      'usage',
      run((driver) => driver.getServer('..')),
    );
    for (const id of ['web-1', '203.0.113.10/../servers', '2001:db8::1', '']) {
      await failing(
        'not-found',
        run((driver) => driver.getFloatingIp({ id })),
      );
    }
  }));
