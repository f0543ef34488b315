/** Lists and their pages, servers and accounts; and that credentials go nowhere but to the endpoint. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { collect } from '../../../src/http/pages.js';
import { play } from '../../support/script.js';
import { allocate, details, FLEXCLOUD, failing, get, IP, SERVER_13, SERVER_14, scripted, serverObject, shown, simulated } from './scene.js';

const addresses = (...ends: readonly number[]) => ends.map((end) => shown(null, `203.0.113.${end}`));
/** As published: an internal name, plain http, and a slash at the end of the path. */
const link = (rel: string, query: string, host = 'http://api.example.net') => ({ rel, href: `${host}/os-floating-ips/?${query}` });

test('a list above a hundred: the 303 is followed, then the numbers of each next link, until there is none', () =>
  scripted(
    (origin) => [
      {
        ...get('/os-floating-ips', undefined, 303),
        reply: { status: 303, headers: { location: `${origin}/os-floating-ips?pageSize=100&page=1` } },
      },
      get('/os-floating-ips?pageSize=100&page=1', {
        floating_ips: addresses(1, 2),
        links: [link('self', 'page=1&pageSize=100'), link('next', 'page=2&pageSize=100')],
      }),
      get('/os-floating-ips?page=2&pageSize=100', {
        floating_ips: addresses(3),
        links: [link('previous', 'page=1&pageSize=100'), link('next', 'pageSize=100&amp;page=3', 'https://elsewhere.example')],
      }),
      get('/os-floating-ips?page=3&pageSize=100', { floating_ips: addresses(4), links: [link('self', 'page=3&pageSize=100')] }),
    ],
    async ({ run }) => {
      const ips = await run((driver) => collect(driver.listFloatingIps({ serverNames: false })));
      assert.deepEqual(
        ips.map(({ address }) => address),
        ['203.0.113.1', '203.0.113.2', '203.0.113.3', '203.0.113.4'],
      );
    },
  ));

test('pages nobody wants are not asked for', () =>
  scripted([get('/os-floating-ips', { floating_ips: addresses(1, 2), links: [link('next', 'page=2&pageSize=2')] })], async ({ run }) => {
    await run(async (driver) => {
      for await (const ip of driver.listFloatingIps({ serverNames: false })) {
        assert.equal(ip.address, '203.0.113.1');
        break;
      }
    });
  }));

test('a list that leads nowhere or in circles is an error, never a shorter list', async () => {
  await scripted([get('/os-floating-ips', { floating_ips: addresses(1), links: [link('next', 'offset=100')] })], async ({ run }) => {
    const error = await failing(
      'defect',
      run((driver) => collect(driver.listFloatingIps({ serverNames: false }))),
    );
    assert.match(error.message, /names no page/);
  });
  const circle = { floating_ips: addresses(1), links: [link('next', 'page=2&pageSize=1')] };
  await scripted([get('/os-floating-ips', circle), get('/os-floating-ips?page=2&pageSize=1', circle)], async ({ run }) => {
    await failing(
      'defect',
      run((driver) => collect(driver.listFloatingIps({ serverNames: false }))),
    );
  });
});

test('a redirect to another origin gets no request, and with it no credentials', async () => {
  const elsewhere = await play(() => []);
  try {
    await scripted(
      [
        {
          ...get('/os-floating-ips', undefined),
          reply: { status: 303, headers: { location: `${elsewhere.origin}/os-floating-ips?page=1` } },
        },
      ],
      async ({ run }) => {
        const error = await failing(
          'defect',
          run((driver) => collect(driver.listFloatingIps({ serverNames: false }))),
        );
        assert.match(error.details.hint ?? '', /credentials do not follow/);
      },
    );
  } finally {
    // Fails when anything was asked there.
    await elsewhere.end();
  }
});

test('plain http to another machine is refused', async () => {
  await scripted(
    [],
    async ({ run }) => {
      const error = await failing(
        'config',
        run((driver) => driver.getFloatingIp({ address: IP })),
      );
      assert.equal(error.details.fate, 'not-sent');
    },
    { options: { endpoint: 'http://api.example.net' } },
  );
});

test('names of holders come from the detailed list, whose page comes once for all of them', async () => {
  await scripted([get(`/os-floating-ips/${IP}`, { floating_ip: [shown(SERVER_14)] }), details()], async ({ run }) => {
    const ip = await run((driver) => driver.getFloatingIp({ address: IP }));
    assert.deepEqual(ip.associations[0]?.server, { id: SERVER_14, name: 'web-2' });
  });
  await scripted([get('/os-floating-ips', { floating_ips: [shown(SERVER_13), shown(SERVER_14, '203.0.113.11')] })], async ({ run }) => {
    const ips = await run((driver) => collect(driver.listFloatingIps({ serverNames: false })));
    assert.deepEqual(
      ips.map(({ associations }) => associations[0]?.server),
      [
        { id: SERVER_13, name: null },
        { id: SERVER_14, name: null },
      ],
    );
  });
});

test('servers: what is read of one, in the year’s own spelling of nothing', () =>
  scripted(
    [
      get(`${FLEXCLOUD}/servers/detail`, {
        servers: [
          serverObject(SERVER_13, 'web-1'),
          { id: 7, name: '', status: 'STOPPED', updated: '', tenantId: '', created: '', hostId: '' },
          { ...serverObject('x', 'odd'), status: 'MOVED', addresses: { public: [] } },
        ],
      }),
    ],
    async ({ run }) => {
      const found = await run((driver) => collect(driver.listServers({ name: 'odd' })));
      assert.deepEqual(
        found.map(({ id, name, state, providerState, addresses: all, zone }) => [id, name, state, providerState, all, zone]),
        [
          [SERVER_13, 'web-1', 'active', 'ACTIVE', ['203.0.113.5', '10.20.0.15'], 'AUS001'],
          ['7', null, 'stopped', 'STOPPED', [], null],
          ['x', 'odd', 'unknown', 'MOVED', [], 'AUS001'],
        ],
      );
    },
    { options: { account: 'acct1001' } },
  ));

test('where there is no detailed list, the plain one and a look at each', () =>
  scripted(
    [
      get('/servers/detail', undefined, 404),
      get('/servers', {
        servers: [
          { id: SERVER_13, links: [] },
          { id: 'a/b', links: [] },
        ],
      }),
      get(`/servers/${SERVER_13}`, { server: serverObject(SERVER_13, 'web-1') }),
      get('/servers/a%2Fb', { server: serverObject('a/b', 'odd') }),
    ],
    async ({ run }) => {
      const found = await run((driver) => collect(driver.listServers({ name: 'odd' })));
      assert.deepEqual(
        found.map(({ name }) => name),
        ['web-1', 'odd'],
      );
    },
  ));

test('servers being built are on no list that does not ask for them: all are listed, and a name is sought among them last', async () => {
  await simulated(async ({ run }) => {
    const names = async (query: { name?: string }) => (await run((driver) => collect(driver.listServers(query)))).map(({ name }) => name);
    assert.deepEqual(await names({}), ['web-1', 'web-2', 'worker-2', 'worker-1']);
    assert.deepEqual(await names({ name: 'worker-1' }), ['web-1', 'web-2', 'worker-2', 'worker-1']);
    assert.deepEqual(await names({ name: 'web-2' }), ['web-1', 'web-2', 'worker-2']);
  });
  await scripted([details(), get('/servers/detail?status=BUILD', { servers: [serverObject('x', 'new', 'BUILD')] })], async ({ run }) => {
    const found = await run((driver) => collect(driver.listServers({ name: 'new' })));
    assert.deepEqual(
      found.map(({ name, state }) => [name, state]),
      [
        ['web-1', 'active'],
        ['web-2', 'active'],
        ['new', 'building'],
      ],
    );
  });
});

test('zones of one account and of all, under the word of the year, are what a refused allocation hints at', async () => {
  const refused = { status: 400, body: { badRequest: { message: 'Unknown zone X', code: 400, details: '' } } };
  const zones = {
    acct1001: [
      { zone: 'AUS001', location: 'a' },
      { zone: 'TAM002', location: 't' },
    ],
    acct2002: [{ zone: 'AUS001', location: 'a' }],
  };
  const spec = { version: 4, labels: {}, servers: [], ports: [], mark: 'm' } as const;
  for (const [options, prefix, path, answer, hint] of [
    [{ zone: 'X' }, '', '/zones', get('/zones', zones), /: AUS001, TAM002$/],
    [
      { zone: 'X', account: 'acct1001' },
      FLEXCLOUD,
      `${FLEXCLOUD}/zone`,
      get(`${FLEXCLOUD}/zone`, { acct1001: [{ zone: 'AUS001' }] }),
      /: AUS001$/,
    ],
    // Whoever cannot see them hears the general advice.
    [{ zone: 'X' }, '', '/zones', get('/zones', undefined, 404), /some clouds want one$/],
    [{ zone: 'X' }, '', '/zones', get('/zones', { acct1001: 'none' }), /some clouds want one$/],
  ] as const) {
    await scripted(
      [get(`${prefix}/os-floating-ips`, { floating_ips: [] }), allocate(refused, { zone: 'X' }, prefix), answer],
      async ({ run }) => {
        const error = await failing(
          'usage',
          run((driver) => driver.allocateFloatingIp(spec)),
        );
        assert.match(error.details.hint ?? '', hint, path);
      },
      { options },
    );
  }
});

test('private addresses are those of the servers, by address', async () => {
  await scripted([details()], async ({ run }) => {
    const found = await run((driver) => collect(driver.listPrivateIps({})));
    assert.deepEqual(
      found.map(({ id, address, state, server }) => [id, address, state, server?.name]),
      [
        ['10.20.0.15', '10.20.0.15', 'used', 'web-1'],
        ['10.20.0.15', '10.20.0.15', 'used', 'web-2'],
      ],
    );
  });
  await scripted([details()], async ({ run }) => {
    await failing(
      'not-found',
      run((driver) => driver.getPrivateIp({ address: '203.0.113.5' })),
    );
  });
});

const account = (accountNumber: string) => ({ status: 'open', accountNumber, links: [] });
const ACCOUNTS = '/accounts?filterStatus=open&page=1&pageSize=100';

test('the account is the provider’s own word, all pages of it', async () => {
  await scripted([get(ACCOUNTS, { list: [account('acct1001')], links: [] })], async ({ run }) => {
    assert.deepEqual(await run((driver) => driver.account()), {
      id: 'acct1001',
      name: 'acct1001',
      user: 'demo',
      project: 'acct1001',
      region: null,
    });
  });
  await scripted(
    [
      get(ACCOUNTS, {
        list: [account('acct1001')],
        links: [{ rel: 'next', href: 'https://api.example.net/accounts?pageSize=100&page=2' }],
      }),
      get('/accounts?filterStatus=open&page=2&pageSize=100', { list: [account('acct2002')] }),
    ],
    async ({ run }) => assert.equal((await run((driver) => driver.account())).id, 'acct2002'),
    { options: { account: 'acct2002' } },
  );
});

test('credentials that do not open the account of the profile are told why, or that they open none at all', async () => {
  const named = (name: string, code: number, message: string) => ({ [name]: { message, code, details: '' } });
  const one = '/accounts/acct2002';
  for (const [options, list, more, message] of [
    [
      { account: 'acct2002' },
      [account('acct1001')],
      [get(one, named('itemNotFound', 404, 'Resource not found'), 404)],
      /Resource not found/,
    ],
    [{ account: 'acct2002' }, [account('acct1001')], [get(one, named('forbidden', 403, 'forbidden'), 403)], /acct2002: forbidden/],
    [{ account: 'acct2002' }, [], [get(one, { ...account('acct2002'), status: 'pending' })], /acct2002: it is not open/],
    [{}, [], [], /open no account/],
  ] as const) {
    await scripted(
      [get(ACCOUNTS, { list }), ...more],
      async ({ run }) => {
        const error = await failing(
          'auth',
          run((driver) => driver.account()),
        );
        assert.match(error.message, message);
      },
      { options },
    );
  }
});

test('a success that is no JSON, or not theirs, is a defect that names the field', async () => {
  for (const [body, message] of [
    ['<html><body>Welcome</body></html>', /the body is not an object/],
    ['{"floating_ip": [{"ip": "203.0', /the body is not an object/],
    [{}, /floating_ip is not an object/],
    [{ floating_ip: [{ instance_id: null }] }, /ip is not a text/],
    [{ floating_ip: [{ ...shown(), ip: '203.0.113' }] }, /floating_ip\.ip is no address/],
    [{ floating_ip: [{ ...shown(), instance_id: 7 }] }, /instance_id is not a text/],
  ] as const) {
    await scripted([get(`/os-floating-ips/${IP}`, body)], async ({ run }) => {
      const error = await failing(
        'defect',
        run((driver) => driver.getFloatingIp({ address: IP })),
      );
      assert.match(error.message, message);
    });
  }
});
