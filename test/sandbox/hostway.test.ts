/** The sandbox of Hostway over raw HTTP: each rule of the protocol, and what earns a mark. */
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';
import type { HostwayCloud } from '../../src/sandbox/dialects/hostway/cloud.js';
import { seedCloud } from '../../src/sandbox/dialects/hostway/cloud.js';
import { hostway } from '../../src/sandbox/dialects/hostway/hostway.js';
import { policyOf } from '../../src/sandbox/dialects/hostway/policy.js';
import { start } from '../../src/sandbox/server.js';

const WEB_1 = 'acct1001-AUS001-0001';
const WEB_2 = 'acct1001-AUS001-0002';
const BUILD_1 = 'acct1001-AUS001-0003';
const FAR_1 = 'acct1001-TAM002-0004';
const OTHER_1 = 'acct2002-AUS001-0001';
const FIRST = '198.51.100.10';
const SECOND = '198.51.100.11';
const FLEXCLOUD = '/accounts/acct1001/flexcloud';
const TYPE = 'application/json; charset=UTF-8';

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: the tests look at replies of many shapes
  readonly json: any;
  readonly mark: string | undefined;
}

interface Sent {
  readonly body?: unknown;
  readonly user?: string;
  /** Replaces or, with undefined, removes a header. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

interface Bench {
  readonly origin: string;
  send(method: string, target: string, sent?: Sent): Promise<Reply>;
}

type Knobs = Record<string, unknown>;

const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`;
const add = (address: unknown) => ({ addFloatingIp: { address } });
const remove = (address: unknown) => ({ removeFloatingIp: { address } });
const action = (id: string) => `/servers/${id}/action`;
const at = (ip: string) => `/os-floating-ips/${ip}`;

/** Tells a story to a sandbox of its own, held in memory. */
async function bench(knobs: Knobs, story: (bench: Bench) => Promise<void>, seed: () => HostwayCloud = seedCloud): Promise<void> {
  const sandbox = await start({ ...hostway, seed }, { knobs });
  const send = async (method: string, target: string, sent: Sent = {}): Promise<Reply> => {
    const all = {
      accept: 'application/json',
      'content-type': TYPE,
      authorization: basic(sent.user ?? 'demo:sandbox-secret'),
      ...sent.headers,
    };
    const headers = Object.fromEntries(Object.entries(all).filter((pair): pair is [string, string] => pair[1] !== undefined));
    const body = sent.body === undefined || typeof sent.body === 'string' ? sent.body : JSON.stringify(sent.body);
    const answer = await exchange(sandbox.origin, method, target, headers, body);
    return { ...answer, mark: sandbox.journal().at(-1)?.mark ?? undefined };
  };
  try {
    await story({ origin: sandbox.origin, send });
  } finally {
    await sandbox.close();
  }
}

/** One request with exactly these headers; `fetch` would add some of its own. */
function exchange(
  origin: string,
  method: string,
  target: string,
  headers: Readonly<Record<string, string>>,
  body: string | undefined,
): Promise<Omit<Reply, 'mark'>> {
  const { hostname, port } = new URL(origin);
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  return new Promise((resolve, reject) => {
    const call = request({ hostname, port, method, path: target, headers: { ...headers, ...length } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const isJson = response.headers['content-type']?.startsWith('application/json') && text !== '';
        resolve({
          status: response.statusCode ?? 0,
          headers: Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, String(value)])),
          text,
          json: isJson ? JSON.parse(text) : undefined,
        });
      });
    });
    call.on('error', reject);
    call.end(body);
  });
}

/** Nothing is late: for the rules that are not about lateness. */
const AT_ONCE: Knobs = { delay: 0 };
const OCTOBER: Knobs = { delay: 0, revision: '2013-10' };

async function allocated(bench: Bench, user = 'demo:sandbox-secret'): Promise<string> {
  const reply = await bench.send('POST', '/os-floating-ips', { user });
  assert.equal(reply.status, 202);
  return reply.json.floating_ip.ip;
}

/** Status and mark in one word, so that a table shows both. */
function verdict(reply: Reply): string {
  return `${reply.status}${reply.mark === undefined ? '' : ' marked'}`;
}

function assertFault(reply: Reply, name: string): void {
  assert.deepEqual(Object.keys(reply.json), [name]);
  assert.equal(reply.json[name].code, reply.status);
  assert.equal(typeof reply.json[name].message, 'string');
  const reference = reply.status === 403 ? 'errorid' : 'guid';
  assert.match(reply.json[name][reference], /^[0-9a-f-]{36}$/);
  assert.deepEqual(Object.keys(reply.json[name]), ['message', 'code', 'details', reference]);
}

test('options lead an ordinary profile here, and only the password is a credential', () => {
  const options = hostway.options('http://127.0.0.1:1');
  assert.deepEqual(options, { endpoint: 'http://127.0.0.1:1', username: 'demo', password: 'sandbox-secret' });
  assert.deepEqual(hostway.credentials, ['password']);
});

test('the seed: four servers in order, two zones, nothing allocated', () =>
  bench(AT_ONCE, async ({ send }) => {
    const names: string[] = [];
    for (const id of [WEB_1, WEB_2, BUILD_1, FAR_1]) names.push((await send('GET', `/servers/${id}`)).json.server.name);
    assert.deepEqual(names, ['web-1', 'web-2', 'worker-1', 'worker-2']);
    assert.deepEqual((await send('GET', '/os-floating-ips')).json, { floating_ips: [] });
    assert.deepEqual((await send('GET', '/zones')).json, {
      acct1001: [
        { zone: 'AUS001', location: 'austin.1' },
        { zone: 'TAM002', location: 'tampa.2' },
      ],
    });
    const privateAddress = async (id: string) => (await send('GET', `/servers/${id}/ips`)).json.addresses.private;
    assert.deepEqual(await privateAddress(WEB_1), [{ version: 4, addr: '192.168.1.11' }]);
    assert.deepEqual(await privateAddress(WEB_2), [{ version: 4, addr: '192.168.1.12' }]);
  }));

test('credentials: every call needs Basic; a malformed header is marked, a wrong password is not', () =>
  bench({}, async ({ send }) => {
    const encoded = Buffer.from('demo:sandbox-secret').toString('base64');
    const table: readonly [string | undefined, string][] = [
      [undefined, '401 marked'],
      [encoded, '401 marked'],
      [`Bearer ${encoded}`, '401 marked'],
      ['Basic', '401 marked'],
      ['Basic !!!', '401 marked'],
      [`Basic ${encoded.replace(/=+$/, '')}x-_`, '401 marked'],
      [basic('demo'), '401 marked'],
      [basic('nobody:sandbox-secret'), '401'],
      [basic('demo:wrong'), '401'],
      [basic('demo:'), '401'],
      [basic('demo:other-secret'), '401'],
      [`Basic ${encoded}`, '200'],
      [`basic ${encoded}`, '200'],
    ];
    for (const [authorization, expected] of table) {
      const reply = await send('GET', '/os-floating-ips', { headers: { authorization } });
      assert.equal(verdict(reply), expected, String(authorization));
    }
    assert.equal((await send('GET', '/nowhere', { user: 'demo:wrong' })).status, 401, 'credentials come before the path');
    assert.equal((await send('GET', '/accounts', { user: 'demo:wrong' })).status, 401);
    assert.equal((await send('POST', action('web-1'), { user: 'demo:wrong', body: 'x' })).status, 401, 'and before the body');
  }));

test('credentials: the published vectors, colons in the password, UTF-8', () => {
  const users = [
    { name: 'demo', password: 's3cret', accounts: ['acct1001'] },
    { name: 'acct1001', password: 'p@ss:w0rd', accounts: ['acct1001'] },
    { name: 'jörg', password: 'pässword', accounts: ['acct1001'] },
  ];
  return bench(
    {},
    async ({ send }) => {
      for (const authorization of ['Basic ZGVtbzpzM2NyZXQ=', 'Basic YWNjdDEwMDE6cEBzczp3MHJk', basic('jörg:pässword')]) {
        assert.equal((await send('GET', '/os-floating-ips', { headers: { authorization } })).status, 200, authorization);
      }
    },
    () => ({ ...seedCloud(), users }),
  );
});

test('the 401 is text or HTML by Accept, never JSON', () =>
  bench({}, async ({ send }) => {
    const table: readonly [string | undefined, string][] = [
      ['application/json', 'text/plain; charset=UTF-8'],
      [undefined, 'text/plain; charset=UTF-8'],
      ['*/*', 'text/html; charset=UTF-8'],
      ['text/html', 'text/html; charset=UTF-8'],
      ['application/xhtml+xml', 'text/html; charset=UTF-8'],
    ];
    for (const [accept, type] of table) {
      const reply = await send('GET', '/os-floating-ips', { user: 'demo:wrong', headers: { accept } });
      assert.equal(reply.headers['content-type'], type, String(accept));
      assert.match(reply.headers['www-authenticate'] ?? '', /^Basic realm=/);
      assert.match(reply.text, /This server could not verify that you are authorized [^\r\n]+\r\n/);
      assert.match(
        reply.text,
        type.includes('html') ? /<title>401 Unauthorized<\/title>[\s\S]*<h1>401 Unauthorized<\/h1>/ : /^401 Unauthorized\n\nThis/,
      );
      assert.equal(reply.json, undefined);
    }
  }));

test('paths and methods: exact, one slash at the end tolerated, the rest 404 or 405 and marked', () =>
  bench(OCTOBER, async ({ send }) => {
    const ip = await allocated({ origin: '', send });
    const known: readonly [string, string][] = [
      ['/os-floating-ips', 'GET, POST'],
      [at(ip), 'GET, DELETE'],
      ['/servers', 'GET'],
      ['/servers/detail', 'GET'],
      [`/servers/${WEB_1}`, 'GET'],
      [`/servers/${WEB_1}/ips`, 'GET'],
    ];
    for (const [path, allowed] of known) {
      for (const target of [path, `${path}/`, `${FLEXCLOUD}${path}`, `${FLEXCLOUD}${path}/`]) {
        assert.equal(verdict(await send('GET', target)), '200', target);
        const refused = await send('PUT', target);
        assert.equal(verdict(refused), '405 marked', target);
        assert.equal(refused.headers.allow, allowed);
        assertFault(refused, 'computeFault');
      }
    }
    assert.equal(verdict(await send('GET', action(WEB_1))), '405 marked');
    assert.equal(verdict(await send('DELETE', `/servers/${WEB_1}`)), '405 marked');
    assert.equal(verdict(await send('POST', '/accounts')), '405 marked');
    const unknown = [
      '/',
      '/v2/os-floating-ips',
      '/os-floating-ip-pools',
      '//os-floating-ips',
      '/os-floating-ips//',
      `${at(ip)}/more`,
      '/flexcloud/os-floating-ips',
      '/accounts/acct1001/os-floating-ips',
      FLEXCLOUD,
      `${FLEXCLOUD}/zones`,
      '/zone',
      `/servers/${WEB_1}/os-floating-ips`,
    ];
    for (const target of unknown) {
      const reply = await send('GET', target);
      assert.equal(verdict(reply), '404 marked', target);
      assertFault(reply, 'itemNotFound');
    }
  }));

test('headers: a documented habit that is missing is answered and marked', () =>
  bench(AT_ONCE, async ({ send }) => {
    const list = '/os-floating-ips';
    const table: readonly [Sent, string][] = [
      [{}, '200'],
      [{ headers: { 'content-type': 'Application/JSON;charset=utf-8' } }, '200'],
      [{ headers: { accept: undefined } }, '200'],
      [{ headers: { accept: '*/*' } }, '200'],
      [{ headers: { accept: 'text/html' } }, '200 marked'],
      [{ headers: { 'content-type': undefined } }, '200 marked'],
      [{ headers: { 'content-type': 'application/json' } }, '200 marked'],
      [{ headers: { 'content-type': 'text/plain; charset=UTF-8' } }, '200 marked'],
    ];
    for (const [sent, expected] of table) assert.equal(verdict(await send('GET', list, sent)), expected, JSON.stringify(sent));
    for (const query of ['instance_id=x', 'pool=default', 'limit=5']) {
      assert.equal(verdict(await send('GET', `${list}?${query}`)), '200 marked', query);
    }
    assert.equal(verdict(await send('GET', '/servers?name=web&name=far')), '200 marked');
    assert.equal(verdict(await send('POST', `${list}?zone=AUS001`)), '202 marked');
    assert.equal(verdict(await send('DELETE', at(FIRST), { body: {} })), '202 marked', 'a body on DELETE');
  }));

test('bodies: 415 for another content type, 400 for what is no JSON object', () =>
  bench(OCTOBER, async ({ send }) => {
    const ip = await allocated({ origin: '', send });
    const table: readonly [string, unknown, string | undefined, string, string][] = [
      [action(WEB_1), add(ip), 'text/plain', '415 marked', 'computeFault'],
      [action(WEB_1), add(ip), undefined, '415 marked', 'computeFault'],
      ['/os-floating-ips', { zone: 'AUS001' }, 'application/x-www-form-urlencoded', '415 marked', 'computeFault'],
      [action(WEB_1), '{"addFloatingIp"', TYPE, '400 marked', 'badRequest'],
      [action(WEB_1), '[]', TYPE, '400 marked', 'badRequest'],
      [action(WEB_1), 'null', TYPE, '400 marked', 'badRequest'],
      [action(WEB_1), '"text"', TYPE, '400 marked', 'badRequest'],
      ['/os-floating-ips', 'null', TYPE, '400 marked', 'badRequest'],
    ];
    for (const [target, body, type, expected, name] of table) {
      const reply = await send('POST', target, { body, headers: { 'content-type': type } });
      assert.equal(verdict(reply), expected, `${target} ${JSON.stringify(body)} ${type}`);
      assertFault(reply, name);
    }
    assert.equal((await send('GET', at(ip))).json.floating_ip[0].instance_id, null, 'nothing came of them');
  }));

test('account style: from October 2013 on, 404 for an unknown account, 403 for one that is not yours', () =>
  bench(OCTOBER, async ({ send }) => {
    const missing = await send('POST', '/accounts/acct9999/flexcloud/os-floating-ips');
    assert.equal(verdict(missing), '404');
    assertFault(missing, 'itemNotFound');
    const foreign = await send('POST', '/accounts/acct2002/flexcloud/os-floating-ips');
    assert.equal(verdict(foreign), '403');
    assertFault(foreign, 'forbidden');
    assert.equal(verdict(await send('GET', '/accounts/10.0.0.1/flexcloud/os-floating-ips')), '404 marked');
    assert.equal(verdict(await send('GET', '/accounts/acct%31001/flexcloud/os-floating-ips')), '200', 'the segment is decoded');
    const wrong = await send('POST', `/accounts/acct9999/flexcloud/servers/${WEB_1}/action`, { body: 'x' });
    assert.equal(wrong.status, 404, 'the account comes before the body');
  }));

test('account style: closed and suspended accounts are forbidden, in both styles', async () => {
  const accounts = (status: 'closed' | 'suspended' | 'pending') => () => {
    const cloud = seedCloud();
    return { ...cloud, accounts: cloud.accounts.map((account) => ({ ...account, status })) };
  };
  const statuses = async (status: 'closed' | 'suspended' | 'pending', expected: string) =>
    bench(
      OCTOBER,
      async ({ send }) => {
        for (const target of ['/os-floating-ips', `${FLEXCLOUD}/os-floating-ips`, `${FLEXCLOUD}/zone`, '/accounts/acct1001']) {
          assert.equal(verdict(await send('GET', target)), expected, `${status} ${target}`);
        }
      },
      accounts(status),
    );
  await statuses('closed', '403');
  await statuses('suspended', '403');
  await statuses('pending', '200');
});

test('revisions: account style and zone pages exist only where they were published; asking is no fault', async () => {
  const table: readonly [string, string, string, string][] = [
    ['/zones', '200', '200', '404'],
    [`${FLEXCLOUD}/zone`, '404', '404', '200'],
    [`${FLEXCLOUD}/os-floating-ips`, '404', '404', '200'],
    ['/os-floating-ips', '200', '200', '200'],
  ];
  for (const [column, revision] of ['2013-04', '2013-06', '2013-10'].entries()) {
    await bench({ revision }, async ({ send }) => {
      for (const [target, ...expected] of table)
        assert.equal(verdict(await send('GET', target)), expected[column], `${revision} ${target}`);
    });
  }
});

test('links: absolute, http, in the style of the request, with a slash at the end but for /ips', () =>
  bench(OCTOBER, async ({ origin, send }) => {
    assert.match(origin, /^http:/);
    const ip = await allocated({ origin, send });
    for (const prefix of ['', FLEXCLOUD]) {
      const self = (path: string) => [{ href: `${origin}${prefix}${path}`, rel: 'self' }];
      const created = (await send('POST', `${prefix}/os-floating-ips`)).json.floating_ip;
      assert.deepEqual(created.links, self(`/os-floating-ips/${created.ip}/`));
      assert.deepEqual((await send('GET', `${prefix}${at(ip)}`)).json.floating_ip[0].links, self(`/os-floating-ips/${ip}/`));
      assert.deepEqual((await send('GET', `${prefix}/os-floating-ips`)).json.floating_ips[0].links, self(`/os-floating-ips/${ip}/`));
      assert.deepEqual((await send('GET', `${prefix}/servers`)).json.servers[0].links, self(`/servers/${WEB_1}/`));
      assert.deepEqual((await send('GET', `${prefix}/servers/${WEB_1}/ips`)).json.links, self(`/servers/${WEB_1}/ips`));
      const { server } = (await send('GET', `${prefix}/servers/${WEB_1}`)).json;
      assert.deepEqual(server.links, self(`/servers/${WEB_1}/`));
      assert.deepEqual(server.image.links, self('/images/img-12/'));
      assert.deepEqual(server.flavor.links, self('/flavors/3/'));
      assert.deepEqual(server.securityGroup.links, self('/os-security-groups/sg-1/'));
    }
  }));

test('allocate: 202 with an object; show: an array of one; neither has an id', () =>
  bench(AT_ONCE, async ({ origin, send }) => {
    const created = await send('POST', '/os-floating-ips');
    assert.equal(verdict(created), '202');
    assert.equal(created.headers['content-type'], TYPE);
    assert.equal(created.headers.location, undefined);
    const object = {
      instance_id: null,
      ip: FIRST,
      fixed_ip: null,
      links: [{ href: `${origin}/os-floating-ips/${FIRST}/`, rel: 'self' }],
      pool: 'default',
    };
    assert.deepEqual(created.json, { floating_ip: object });
    assert.deepEqual((await send('GET', at(FIRST))).json, { floating_ip: [object] });
    assert.deepEqual((await send('GET', '/os-floating-ips')).json, { floating_ips: [object] });
    assert.equal(await allocated({ origin, send }), SECOND, 'the lowest free address comes next');
  }));

test('knob showAsObject: an object everywhere', () =>
  bench({ ...AT_ONCE, showAsObject: true }, async ({ origin, send }) => {
    const ip = await allocated({ origin, send });
    assert.equal((await send('GET', at(ip))).json.floating_ip.ip, ip);
  }));

test('allocate: what each revision makes of its body', async () => {
  const table: readonly [Knobs, unknown, string][] = [
    [{ revision: '2013-04' }, undefined, '202'],
    [{ revision: '2013-04' }, { zone: 'AUS001' }, '202 marked'],
    [{ revision: '2013-04' }, { zone: 'NOWHERE' }, '202 marked'],
    [{ revision: '2013-04' }, '{}', '202 marked'],
    [{ revision: '2013-04' }, 'no json', '202 marked'],
    [{ revision: '2013-04', requireZone: true }, undefined, '202'],
    [{ revision: '2013-06' }, undefined, '202'],
    [{ revision: '2013-06' }, { zone: 'AUS001' }, '202'],
    [{ revision: '2013-06' }, { zone: 'TAM002' }, '202'],
    [{ revision: '2013-06' }, { zone: 'NOWHERE' }, '400'],
    [{ revision: '2013-06' }, { zone: 7 }, '400 marked'],
    [{ revision: '2013-06' }, { zone: null }, '400 marked'],
    [{ revision: '2013-06' }, '{}', '202 marked'],
    [{ revision: '2013-06' }, { pool: 'default' }, '202 marked'],
    [{ revision: '2013-06' }, { zone: 'AUS001', address: FIRST }, '202 marked'],
    [{ revision: '2013-06', requireZone: true }, undefined, '400'],
    [{ revision: '2013-06', requireZone: true }, { zone: 'AUS001' }, '202'],
    [{ revision: '2013-10', requireZone: true }, undefined, '400'],
    [{ revision: '2013-10' }, { zone: 'AUS001' }, '202'],
  ];
  for (const [knobs, body, expected] of table) {
    await bench(knobs, async ({ send }) => {
      const reply = await send('POST', '/os-floating-ips', { body });
      assert.equal(verdict(reply), expected, `${JSON.stringify(knobs)} ${JSON.stringify(body)}`);
      if (reply.status === 400) assertFault(reply, 'badRequest');
    });
  }
  await bench({ revision: '2013-06' }, async ({ send }) => {
    const reply = await send('POST', '/os-floating-ips', { user: 'other:other-secret', body: { zone: 'TAM002' } });
    assert.equal(reply.status, 400, 'a zone of other accounts only');
  });
});

test('allocate: a full quota is a 403 that says so, an empty pool a 503', async () => {
  await bench(AT_ONCE, async ({ origin, send }) => {
    for (let count = 0; count < 10; count += 1) await allocated({ origin, send });
    const full = await send('POST', '/os-floating-ips');
    assert.equal(verdict(full), '403');
    assertFault(full, 'forbidden');
    assert.match(full.json.forbidden.details, /quota/);
    assert.equal(await allocated({ origin, send }, 'other:other-secret'), '198.51.100.20', 'the quota is per account');
    await send('DELETE', at('198.51.100.12'));
    assert.equal(await allocated({ origin, send }), '198.51.100.12', 'a released address makes room and comes back');
  });
  await bench({ delay: 0, quota: 100 }, async ({ origin, send }) => {
    for (let count = 0; count < 51; count += 1) await allocated({ origin, send });
    assert.equal((await send('GET', at('198.51.100.60'))).status, 200);
    const empty = await send('POST', '/os-floating-ips');
    assert.equal(verdict(empty), '503');
    assertFault(empty, 'serviceUnavailable');
  });
  await bench({ quota: 1 }, async ({ origin, send }) => {
    const ip = await allocated({ origin, send });
    assert.equal((await send('POST', '/os-floating-ips')).status, 403, 'an address not shown yet counts');
    await send('DELETE', at(ip));
    assert.equal((await send('POST', '/os-floating-ips')).status, 202);
  });
});

test('show and release: 404 for an address the account does not hold; anything but an address in the path is marked', () =>
  bench(AT_ONCE, async ({ send }) => {
    for (const method of ['GET', 'DELETE']) {
      const absent = await send(method, at(FIRST));
      assert.equal(verdict(absent), '404');
      assertFault(absent, 'itemNotFound');
      for (const odd of ['web-1', '17', '198.51.100.010', '198.51.100', '2001:db8::1', WEB_1, '0b4d5f6e-1111-4222-8333-444455556666']) {
        assert.equal(verdict(await send(method, at(odd))), '404 marked', `${method} ${odd}`);
      }
    }
  }));

test('release: 202 and empty, then 404, again 404', () =>
  bench(AT_ONCE, async ({ origin, send }) => {
    const ip = await allocated({ origin, send });
    const released = await send('DELETE', at(ip));
    assert.equal(verdict(released), '202');
    assert.equal(released.text, '');
    assert.equal(released.headers['content-length'], '0');
    assert.equal(verdict(await send('GET', at(ip))), '404');
    assert.equal(verdict(await send('DELETE', at(ip))), '404');
    assert.deepEqual((await send('GET', '/os-floating-ips')).json, { floating_ips: [] });
  }));

test('actions: exactly one known action with an IPv4 address, else a marked 400 or 405', () =>
  bench(AT_ONCE, async ({ origin, send }) => {
    const ip = await allocated({ origin, send });
    const table: readonly [unknown, string][] = [
      [undefined, '400 marked'],
      [{}, '400 marked'],
      [{ ...add(ip), ...remove(ip) }, '400 marked'],
      [{ ...add(ip), reboot: {} }, '400 marked'],
      [{ reboot: { type: 'SOFT' } }, '405 marked'],
      [{ toString: { address: ip } }, '405 marked'],
      [{ addFloatingIp: null }, '400 marked'],
      [{ addFloatingIp: ip }, '400 marked'],
      [{ addFloatingIp: {} }, '400 marked'],
      [{ addFloatingIp: { ip } }, '400 marked'],
      [add(''), '400 marked'],
      [add(null), '400 marked'],
      [add(7), '400 marked'],
      [add([ip]), '400 marked'],
      [add('198.51.100.256'), '400 marked'],
      [add('198.51.100.010'), '400 marked'],
      [add('2001:db8::1'), '400 marked'],
      [add('web'), '400 marked'],
      [remove(undefined), '400 marked'],
      [remove('nothing'), '400 marked'],
    ];
    for (const [body, expected] of table) {
      const reply = await send('POST', action(WEB_1), { body });
      assert.equal(verdict(reply), expected, JSON.stringify(body));
      assertFault(reply, reply.status === 405 ? 'computeFault' : 'badRequest');
    }
    assert.equal((await send('GET', at(ip))).json.floating_ip[0].instance_id, null);
    const nova = await send('POST', action(WEB_1), { body: { addFloatingIp: { address: ip, fixed_address: '192.168.1.11' } } });
    assert.equal(verdict(nova), '202 marked', 'fixed_address is ignored');
  }));

test('actions are checked in order: body, server, provisioned, address, binding', () =>
  bench(AT_ONCE, async ({ origin, send }) => {
    const ip = await allocated({ origin, send });
    await send('POST', action(WEB_1), { body: add(ip) });
    const table: readonly [string, unknown, string][] = [
      ['acct1001-AUS001-9999', add('x'), '400 marked'],
      ['acct1001-AUS001-9999', add(ip), '400'],
      ['acct1001-AUS001-9999', add(SECOND), '400'],
      [BUILD_1, add('x'), '400 marked'],
      [BUILD_1, add(SECOND), '409'],
      [BUILD_1, add(ip), '409'],
      [WEB_2, add(SECOND), '400'],
      [WEB_2, add(ip), '403'],
    ];
    for (const [id, body, expected] of table) {
      assert.equal(verdict(await send('POST', action(id), { body })), expected, `${id} ${JSON.stringify(body)}`);
    }
  }));

test('actions: the conflict matrix', () =>
  bench(AT_ONCE, async ({ origin, send }) => {
    const free = await allocated({ origin, send });
    const bound = await allocated({ origin, send });
    const unheld = '198.51.100.59';
    await send('POST', action(WEB_1), { body: add(bound) });
    const table: readonly [string, unknown, string, string][] = [
      ['acct1001-AUS001-9999', add(free), '400', 'badRequest'],
      ['test_server_0013', add(free), '400', 'badRequest'],
      [OTHER_1, add(free), '400', 'badRequest'],
      ['web-1', add(free), '400 marked', 'badRequest'],
      ['198.51.100.201', add(free), '400 marked', 'badRequest'],
      ['7', remove(bound), '400 marked', 'badRequest'],
      [BUILD_1, add(free), '409', 'conflictingRequest'],
      [WEB_2, add(bound), '403', 'forbidden'],
      [WEB_1, add(unheld), '400', 'badRequest'],
      ['acct1001-AUS001-9999', remove(bound), '400', 'badRequest'],
      [BUILD_1, remove(bound), '409', 'conflictingRequest'],
      [WEB_1, remove(free), '409', 'conflictingRequest'],
      [WEB_2, remove(bound), '409', 'conflictingRequest'],
      [WEB_1, remove(unheld), '409', 'conflictingRequest'],
    ];
    for (const [id, body, expected, name] of table) {
      const reply = await send('POST', action(id), { body });
      assert.equal(verdict(reply), expected, `${id} ${JSON.stringify(body)}`);
      assertFault(reply, name);
    }
    const holder = async (ip: string) => (await send('GET', at(ip))).json.floating_ip[0].instance_id;
    assert.equal(await holder(free), null);
    assert.equal(await holder(bound), WEB_1);
    assert.equal(verdict(await send('POST', action(WEB_1), { body: add(bound) })), '202', 'again: no change');
    assert.equal(await holder(bound), WEB_1);
    assert.equal(verdict(await send('POST', action(WEB_1), { body: add(free) })), '202', 'several addresses on one server');
    const removed = await send('POST', action(WEB_1), { body: remove(bound) });
    assert.equal(verdict(removed), '202');
    assert.equal(removed.text, '');
    assert.equal(removed.headers['content-length'], '0');
    assert.equal(await holder(bound), null);
    assert.equal(verdict(await send('POST', action(FAR_1), { body: add(bound) })), '202');
    assert.equal(await holder(bound), FAR_1);
  }));

test('associate of an address not held is a 404 from October 2013 on', () =>
  bench(OCTOBER, async ({ send }) => {
    for (const prefix of ['', FLEXCLOUD]) {
      const reply = await send('POST', `${prefix}${action(WEB_1)}`, { body: add('198.51.100.59') });
      assert.equal(verdict(reply), '404');
      assertFault(reply, 'itemNotFound');
    }
    assert.equal((await send('POST', action(WEB_1), { body: remove('198.51.100.59') })).status, 409);
    assert.equal((await send('POST', action('acct1001-AUS001-9999'), { body: add('198.51.100.59') })).status, 400);
  }));

test('associate of an address not held is still a 400 in June 2013', () =>
  bench({ revision: '2013-06' }, async ({ send }) => {
    assert.equal(verdict(await send('POST', action(WEB_1), { body: add('198.51.100.59') })), '400');
  }));

test('knob repeatAssociate: forbidden', () =>
  bench({ delay: 0, repeatAssociate: 'forbidden' }, async ({ origin, send }) => {
    const ip = await allocated({ origin, send });
    assert.equal((await send('POST', action(WEB_1), { body: add(ip) })).status, 202);
    assert.equal(verdict(await send('POST', action(WEB_1), { body: add(ip) })), '403');
  }));

test('release of a bound address: freed and marked, or a conflict', async () => {
  await bench(AT_ONCE, async ({ origin, send }) => {
    const ip = await allocated({ origin, send });
    await send('POST', action(WEB_1), { body: add(ip) });
    const released = await send('DELETE', at(ip));
    assert.equal(released.status, 202);
    assert.match(released.mark ?? '', new RegExp(WEB_1));
    assert.equal((await send('GET', at(ip))).status, 404);
    assert.equal((await send('GET', `/servers/${WEB_1}/ips`)).json.addresses.public.length, 1);
  });
  await bench({ delay: 0, releaseBound: 'conflict' }, async ({ origin, send }) => {
    const ip = await allocated({ origin, send });
    await send('POST', action(WEB_1), { body: add(ip) });
    const refused = await send('DELETE', at(ip));
    assert.equal(verdict(refused), '409');
    assertFault(refused, 'conflictingRequest');
    await send('POST', action(WEB_1), { body: remove(ip) });
    assert.equal(verdict(await send('DELETE', at(ip))), '202');
  });
});

/** What `reads` reads in a row show of an address: a status when it is not there, else its holder. */
async function shown(bench: Bench, reads: number, look: (bench: Bench) => Promise<unknown>): Promise<unknown[]> {
  const seen: unknown[] = [];
  for (let read = 0; read < reads; read += 1) seen.push(await look(bench));
  return seen;
}

async function lookByShow({ send }: Bench): Promise<unknown> {
  const reply = await send('GET', at(FIRST));
  return reply.status === 200 ? reply.json.floating_ip[0].instance_id : reply.status;
}

async function lookByList({ send }: Bench): Promise<unknown> {
  const [address] = (await send('GET', '/os-floating-ips')).json.floating_ips;
  return address === undefined ? 404 : address.instance_id;
}

test('lateness: after each 202 the first read shows the old value, the next the new one, by show and by list', async () => {
  for (const look of [lookByShow, lookByList]) {
    await bench({}, async (bench) => {
      const { send } = bench;
      await allocated(bench);
      assert.deepEqual(await shown(bench, 3, look), [404, null, null], 'allocate');
      await send('POST', action(WEB_1), { body: add(FIRST) });
      assert.deepEqual(await shown(bench, 3, look), [null, WEB_1, WEB_1], 'associate');
      await send('POST', action(WEB_1), { body: remove(FIRST) });
      assert.deepEqual(await shown(bench, 3, look), [WEB_1, null, null], 'disassociate');
      await send('DELETE', at(FIRST));
      assert.deepEqual(await shown(bench, 3, look), [null, 404, 404], 'release');
    });
  }
});

test('lateness: list and show count together, /ips counts too, the server object does not', () =>
  bench({}, async (bench) => {
    const { send } = bench;
    const onServer = async (path: string) => {
      const { json } = await send('GET', `/servers/${WEB_1}${path}`);
      return (json.server ?? json).addresses.public.map(({ addr }: { addr: string }) => addr);
    };
    await allocated(bench);
    assert.equal(await lookByList(bench), 404);
    assert.equal(await lookByShow(bench), null);
    await send('POST', action(WEB_1), { body: add(FIRST) });
    assert.deepEqual(await onServer(''), ['198.51.100.201']);
    assert.deepEqual(await onServer(''), ['198.51.100.201'], 'reading the server settles nothing');
    assert.deepEqual(await onServer('/ips'), ['198.51.100.201']);
    assert.deepEqual(await onServer('/ips'), ['198.51.100.201', FIRST]);
    assert.deepEqual(await onServer(''), ['198.51.100.201', FIRST]);
    assert.equal(await lookByShow(bench), WEB_1);
    await send('POST', action(WEB_1), { body: remove(FIRST) });
    assert.deepEqual(await onServer('/ips'), ['198.51.100.201', FIRST]);
    assert.deepEqual(await onServer('/ips'), ['198.51.100.201']);
    assert.equal(await lookByList(bench), null);
  }));

test('lateness: knob delay, one number or one for each operation', async () => {
  await bench({ delay: 3 }, async (bench) => {
    await allocated(bench);
    assert.deepEqual(await shown(bench, 5, lookByShow), [404, 404, 404, null, null]);
  });
  await bench({ delay: 0 }, async (bench) => {
    await allocated(bench);
    assert.deepEqual(await shown(bench, 1, lookByShow), [null]);
  });
  await bench({ delay: { allocate: 0, associate: 2 } }, async (bench) => {
    await allocated(bench);
    assert.deepEqual(await shown(bench, 1, lookByShow), [null]);
    await bench.send('POST', action(WEB_1), { body: add(FIRST) });
    assert.deepEqual(await shown(bench, 3, lookByShow), [null, null, WEB_1]);
    await bench.send('POST', action(WEB_1), { body: remove(FIRST) });
    assert.deepEqual(await shown(bench, 2, lookByShow), [WEB_1, null], 'an operation not named keeps the default of one read');
  });
});

test('lateness: mutations are judged by what was decided, not by what is shown', () =>
  bench({}, async (bench) => {
    const { send } = bench;
    await allocated(bench);
    assert.equal((await send('POST', action(WEB_1), { body: add(FIRST) })).status, 202, 'allocated, not shown yet');
    assert.equal((await send('POST', action(WEB_2), { body: add(FIRST) })).status, 403, 'bound, not shown yet');
    assert.equal((await send('POST', action(WEB_1), { body: remove(FIRST) })).status, 202);
    assert.equal((await send('POST', action(WEB_1), { body: remove(FIRST) })).status, 409);
    assert.deepEqual(await shown(bench, 3, lookByShow), [404, null, null]);
    assert.equal(verdict(await send('DELETE', at(FIRST))), '202');
    assert.equal(verdict(await send('DELETE', at(FIRST))), '404');
    assert.equal(await allocated(bench), SECOND, 'the address is not given out again before its release was seen');
    assert.deepEqual(await shown(bench, 2, lookByShow), [null, 404]);
    assert.equal(await allocated(bench), FIRST, 'but after');
  }));

test('lateness: a bound address that is released shows its holder once more', () =>
  bench({ delay: { allocate: 0, associate: 0 } }, async (bench) => {
    await allocated(bench);
    await bench.send('POST', action(WEB_1), { body: add(FIRST) });
    await bench.send('DELETE', at(FIRST));
    assert.deepEqual(await shown(bench, 2, lookByShow), [WEB_1, 404]);
  }));

test('knob failNext: accepted with 202 and silently undone, once for each naming', async () => {
  await bench({ failNext: 'allocate' }, async (bench) => {
    assert.equal(await allocated(bench), FIRST);
    assert.deepEqual(await shown(bench, 3, lookByShow), [404, 404, 404]);
    assert.equal(await allocated(bench), FIRST, 'the address went back to the pool');
    assert.deepEqual(await shown(bench, 2, lookByShow), [404, null]);
  });
  await bench({ delay: 0, failNext: ['associate', 'disassociate', 'release'] }, async (bench) => {
    await allocated(bench);
    const story: readonly [string, string, unknown, unknown][] = [
      ['POST', action(WEB_1), add(FIRST), null],
      ['POST', action(WEB_1), add(FIRST), WEB_1],
      ['POST', action(WEB_1), remove(FIRST), WEB_1],
      ['POST', action(WEB_1), remove(FIRST), null],
      ['DELETE', at(FIRST), undefined, null],
      ['DELETE', at(FIRST), undefined, 404],
    ];
    for (const [method, target, body, expected] of story) {
      assert.equal(verdict(await bench.send(method, target, body === undefined ? {} : { body })), '202');
      assert.equal(await lookByShow(bench), expected, `${method} ${JSON.stringify(body)}`);
    }
  });
});

test('a server that is being built: on demand, without created and hostId, ready after a number of refusals', async () => {
  await bench(AT_ONCE, async ({ send }) => {
    const { server } = (await send('GET', `/servers/${BUILD_1}`)).json;
    assert.deepEqual([server.status, server.created, server.hostId, server.progress], ['BUILD', '', '', 50]);
  });
  await bench({ delay: 0, building: 'web-2', provisionedAfter: 2 }, async ({ origin, send }) => {
    const ip = await allocated({ origin, send });
    const status = async (id: string) => (await send('GET', `/servers/${id}`)).json.server.status;
    assert.equal(await status(WEB_2), 'BUILD');
    assert.equal(verdict(await send('POST', action(WEB_2), { body: add(ip) })), '409');
    assert.equal(await status(WEB_2), 'BUILD');
    assert.equal(verdict(await send('POST', action(WEB_2), { body: remove(ip) })), '409');
    assert.equal(await status(WEB_2), 'ACTIVE');
    assert.equal(verdict(await send('POST', action(WEB_2), { body: add(ip) })), '202');
    await send('POST', action(BUILD_1), { body: add(ip) });
    await send('POST', action(BUILD_1), { body: add(ip) });
    const { server } = (await send('GET', `/servers/${BUILD_1}`)).json;
    assert.deepEqual([server.status, server.created, server.hostId, server.progress], ['ACTIVE', '2026-01-15T09:03:00', 'host0003', 100]);
  });
});

test('knob provisionedAfterLooks: ready after it was shown so often, not by being listed', () =>
  bench({ delay: 0, provisionedAfterLooks: 2 }, async ({ origin, send }) => {
    const ip = await allocated({ origin, send });
    const status = async () => (await send('GET', `/servers/${BUILD_1}`)).json.server.status;
    assert.equal(await status(), 'BUILD');
    await send('GET', '/servers/detail?status=BUILD');
    assert.equal(verdict(await send('POST', action(BUILD_1), { body: add(ip) })), '409');
    assert.equal(await status(), 'BUILD');
    assert.equal(verdict(await send('POST', action(BUILD_1), { body: add(ip) })), '202');
    assert.equal(await status(), 'ACTIVE');
  }));

test('the server object reflects the bound addresses beside its own', () =>
  bench(AT_ONCE, async ({ origin, send }) => {
    const ip = await allocated({ origin, send });
    await send('POST', action(WEB_1), { body: add(ip) });
    const expected = {
      public: [
        { version: 4, addr: '198.51.100.201' },
        { version: 4, addr: ip },
      ],
      private: [{ version: 4, addr: '192.168.1.11' }],
    };
    const { server } = (await send('GET', `/servers/${WEB_1}`)).json;
    const { links, image, flavor, securityGroup, ...rest } = server;
    assert.deepEqual(rest, {
      status: 'ACTIVE',
      updated: null,
      hostId: 'host0001',
      addresses: expected,
      userId: 'acct1001',
      id: WEB_1,
      name: 'web-1',
      created: '2026-01-15T09:01:00',
      tenantId: null,
      accessIPv4: '198.51.100.201',
      accessIPv6: null,
      progress: 100,
      metadata: {},
      zone: 'AUS001',
      adminPass: null,
    });
    assert.deepEqual([image.id, flavor.id, securityGroup.id, links.length], ['img-12', 3, 'sg-1', 1]);
    assert.deepEqual((await send('GET', `/servers/${WEB_1}/ips`)).json.addresses, expected);
    const [detailed] = (await send('GET', '/servers/detail')).json.servers;
    assert.deepEqual(detailed, server);
  }));

test('knob serverPage 2012: no zone, security group or password; unused fields null on one page, empty on the list', () =>
  bench({ serverPage: '2012' }, async ({ send }) => {
    const { server } = (await send('GET', `/servers/${WEB_1}`)).json;
    const [detailed] = (await send('GET', '/servers/detail')).json.servers;
    const [item] = (await send('GET', '/servers')).json.servers;
    for (const object of [server, detailed, item]) {
      for (const name of ['zone', 'securityGroup', 'adminPass']) assert.equal(name in object, false, name);
    }
    assert.deepEqual([server.updated, server.tenantId, server.accessIPv6], [null, null, null]);
    assert.deepEqual([detailed.updated, detailed.tenantId, detailed.accessIPv6], ['', '', '']);
  }));

test('one server: 404 for an unknown one; an address or a name in the place of the id is marked', () =>
  bench({}, async ({ send }) => {
    const table: readonly [string, string][] = [
      ['acct1001-AUS001-9999', '404'],
      ['test_server_0013', '404'],
      [OTHER_1, '404'],
      ['web-1', '404 marked'],
      ['198.51.100.201', '404 marked'],
      ['0b4d5f6e-1111-4222-8333-444455556666', '404 marked'],
    ];
    for (const [id, expected] of table) {
      for (const path of [`/servers/${id}`, `/servers/${id}/ips`]) {
        const reply = await send('GET', path);
        assert.equal(verdict(reply), expected, path);
        assertFault(reply, 'itemNotFound');
      }
    }
  }));

test('server lists: items without names, filters, and BUILD only when asked for', () =>
  bench({}, async ({ send }) => {
    const image = 'http://api.example.net/images/img-12/';
    const table: readonly [string, readonly string[]][] = [
      ['', [WEB_1, WEB_2, FAR_1]],
      ['?status=ACTIVE', [WEB_1, WEB_2, FAR_1]],
      ['?status=BUILD', [BUILD_1]],
      ['?status=STOPPED', []],
      ['?name=web-1', [WEB_1]],
      ['?name=web', [WEB_1, WEB_2]],
      ['?name=worker-1', []],
      ['?name=worker-1&status=BUILD', [BUILD_1]],
      ['?zone=TAM002', [FAR_1]],
      ['?zone=NOWHERE', []],
      ['?region=austin', [WEB_1, WEB_2]],
      [`?image=${encodeURIComponent(image)}`, [WEB_1, WEB_2, FAR_1]],
      [`?image=${encodeURIComponent('http://api.example.net/images/img-13/')}`, []],
    ];
    for (const [query, expected] of table) {
      for (const path of ['/servers', '/servers/detail']) {
        const reply = await send('GET', `${path}${query}`);
        assert.equal(verdict(reply), '200');
        assert.deepEqual(
          reply.json.servers.map(({ id }: { id: string }) => id),
          expected,
          `${path}${query}`,
        );
      }
    }
    const [item] = (await send('GET', '/servers')).json.servers;
    assert.deepEqual(Object.keys(item), ['id', 'zone', 'links']);
    const refused = await send('GET', '/servers?status=active');
    assert.equal(verdict(refused), '400 marked');
    assertFault(refused, 'badRequest');
    assert.equal(verdict(await send('GET', '/servers?limit=2')), '200 marked');
  }));

test('accounts: the list, its filter, its content type, one account', () =>
  bench(OCTOBER, async ({ origin, send }) => {
    const list = await send('GET', '/accounts');
    assert.equal(verdict(list), '200');
    const item = {
      status: 'open',
      accountNumber: 'acct1001',
      createdDate: '2013-01-31',
      currency: 'USD',
      links: [{ href: `${origin}/accounts/acct1001/`, rel: 'self' }],
    };
    assert.deepEqual(list.json, { list: [item], links: [{ href: `${origin}/accounts`, rel: 'self' }] });
    const paged = await send('GET', '/accounts?filterStatus=open&page=1&pageSize=100');
    assert.deepEqual(paged.json.list, [item]);
    assert.deepEqual(paged.json.links, [{ href: `${origin}/accounts?filterStatus=open&page=1&pageSize=100`, rel: 'self' }]);
    assert.deepEqual((await send('GET', '/accounts?filterStatus=closed')).json.list, []);
    assert.equal(verdict(await send('GET', '/accounts?filterStatus=strange')), '400 marked');
    for (const type of [undefined, 'text/plain']) {
      const refused = await send('GET', '/accounts', { headers: { 'content-type': type } });
      assert.equal(verdict(refused), '415 marked');
      assertFault(refused, 'computeFault');
    }
    const one = await send('GET', '/accounts/acct1001');
    assert.equal(verdict(one), '200');
    assert.deepEqual(one.json.flexcloud, [{ href: `${origin}/accounts/acct1001/flexcloud`, rel: 'related' }]);
    assert.equal(one.json.dedicatedServers[0].rel, 'related');
    assert.equal(verdict(await send('GET', '/accounts/acct9999')), '404');
    assert.equal(verdict(await send('GET', '/accounts/acct2002')), '403');
    assert.equal(verdict(await send('GET', '/accounts/10.0.0.1')), '404 marked');
  }));

test('accounts: before October 2013 nothing points to account-style URIs', () =>
  bench({}, async ({ send }) => {
    assert.equal('flexcloud' in (await send('GET', '/accounts/acct1001')).json, false);
  }));

test('zones: the account of the URI, or all accounts of the user', () => {
  const seed = (): HostwayCloud => {
    const cloud = seedCloud();
    return { ...cloud, users: cloud.users.map((user) => ({ ...user, accounts: ['acct1001', 'acct2002'] })) };
  };
  return bench(
    OCTOBER,
    async ({ send }) => {
      assert.deepEqual((await send('GET', '/accounts/acct2002/flexcloud/zone')).json, {
        acct2002: [{ zone: 'AUS001', location: 'austin.1' }],
      });
      await bench(
        {},
        async (older) => assert.deepEqual(Object.keys((await older.send('GET', '/zones')).json), ['acct1001', 'acct2002']),
        seed,
      );
    },
    seed,
  );
});

test('paging: both parameters or neither, 303 for too many items, too large pages and pages past the end', () =>
  bench({ delay: 0, pageLimit: 3 }, async (bench) => {
    const { origin, send } = bench;
    const base = `${origin}/os-floating-ips`;
    for (let count = 0; count < 3; count += 1) await allocated(bench);
    const whole = await send('GET', '/os-floating-ips');
    assert.deepEqual([verdict(whole), whole.json.floating_ips.length, whole.json.links], ['200', 3, undefined]);
    for (let count = 0; count < 4; count += 1) await allocated(bench);
    const redirects: readonly [string, string][] = [
      ['', '?pageSize=3&page=1'],
      ['?page=2&pageSize=401', '?page=2&pageSize=400'],
      ['?page=4&pageSize=3', '?page=1&pageSize=3'],
    ];
    for (const [query, location] of redirects) {
      const reply = await send('GET', `/os-floating-ips${query}`);
      assert.equal(verdict(reply), '303', query);
      assert.equal(reply.headers.location, `${base}${location}`);
    }
    const pages: readonly [string, readonly string[], Readonly<Record<string, string>>][] = [
      ['page=1&pageSize=3', ['.10', '.11', '.12'], { self: '1', next: '2', last: '3' }],
      ['page=2&pageSize=3', ['.13', '.14', '.15'], { self: '2', first: '1', previous: '1', next: '3', last: '3' }],
      ['page=3&pageSize=3', ['.16'], { self: '3', first: '1', previous: '2' }],
      ['page=1&pageSize=400', ['.10', '.11', '.12', '.13', '.14', '.15', '.16'], { self: '1' }],
    ];
    for (const [query, ends, links] of pages) {
      const { json } = await send('GET', `/os-floating-ips?${query}`);
      assert.deepEqual(
        json.floating_ips.map(({ ip }: { ip: string }) => ip),
        ends.map((end) => `198.51.100${end}`),
      );
      const numbers = json.links.map(({ rel, href }: { rel: string; href: string }) => [rel, new URL(href).searchParams.get('page')]);
      assert.deepEqual(Object.fromEntries(numbers), links, query);
    }
    for (const query of ['page=1', 'pageSize=3', 'page=0&pageSize=3', 'page=x&pageSize=3', 'page=1&pageSize=-1', 'page=1.5&pageSize=3']) {
      const reply = await send('GET', `/os-floating-ips?${query}`);
      assert.equal(verdict(reply), '400 marked', query);
      assertFault(reply, 'badRequest');
    }
    assert.equal((await send('GET', '/servers')).status, 200);
    const filtered = await send('GET', '/servers?zone=AUS001&page=1&pageSize=1');
    assert.equal(filtered.json.links[1].href, `${origin}/servers?zone=AUS001&page=2&pageSize=1`, 'filters go along');
  }));

test('paging: a list of more than 100 servers redirects by itself', () => {
  const seed = (): HostwayCloud => {
    const cloud = seedCloud();
    const [model] = cloud.servers;
    assert.ok(model);
    const servers = Array.from({ length: 101 }, (_, index) => ({ ...model, id: `acct1001-AUS001-${1000 + index}`, name: `web-${index}` }));
    return { ...cloud, servers };
  };
  return bench(
    {},
    async ({ send }) => {
      const first = await send('GET', '/servers/detail');
      assert.equal(first.status, 303);
      const { search } = new URL(first.headers.location ?? '');
      assert.equal(search, '?pageSize=100&page=1');
      assert.equal((await send('GET', `/servers/detail${search}`)).json.servers.length, 100);
      assert.equal((await send('GET', '/servers/detail?pageSize=100&page=2')).json.servers.length, 1);
      assert.equal((await send('GET', '/servers?name=web-99')).status, 200, 'a short enough answer is given whole');
    },
    seed,
  );
});

test('isolation: another account sees and touches nothing', () =>
  bench(OCTOBER, async ({ origin, send }) => {
    const user = 'other:other-secret';
    const ip = await allocated({ origin, send });
    await send('POST', action(WEB_1), { body: add(ip) });
    assert.deepEqual((await send('GET', '/os-floating-ips', { user })).json, { floating_ips: [] });
    const table: readonly [string, string, unknown, string][] = [
      ['GET', at(ip), undefined, '404'],
      ['DELETE', at(ip), undefined, '404'],
      ['POST', action(OTHER_1), add(ip), '404'],
      ['POST', action(OTHER_1), remove(ip), '409'],
      ['POST', action(WEB_1), remove(ip), '400'],
      ['GET', `/servers/${WEB_1}`, undefined, '404'],
      ['GET', `/servers/${WEB_1}/ips`, undefined, '404'],
      ['GET', `${FLEXCLOUD}/os-floating-ips`, undefined, '403'],
    ];
    for (const [method, target, body, expected] of table) {
      const reply = await send(method, target, body === undefined ? { user } : { user, body });
      assert.equal(verdict(reply), expected, `${method} ${target}`);
    }
    const seen = (await send('GET', '/servers/detail', { user })).json.servers.map(({ id }: { id: string }) => id);
    assert.deepEqual(seen, [OTHER_1]);
    assert.deepEqual((await send('GET', '/accounts', { user })).json.list[0].accountNumber, 'acct2002');
    assert.equal(await allocated({ origin, send }, user), SECOND, 'one pool for all');
    assert.equal((await send('GET', at(ip))).json.floating_ip[0].instance_id, WEB_1);
  }));

/** Steps of a walkthrough: method, target, body, status, and what the reply's `floating_ip` shows of its holder. */
type Steps = readonly (readonly [string, string, unknown, number, unknown?])[];

async function walk({ send }: Bench, steps: Steps): Promise<void> {
  for (const [method, target, body, status, holder] of steps) {
    const reply = await send(method, target, body === undefined ? {} : { body });
    assert.equal(verdict(reply), String(status), `${method} ${target}`);
    if (holder !== undefined) assert.equal([reply.json.floating_ip].flat()[0].instance_id, holder, `${method} ${target}`);
    if (status === 202 && holder === undefined) assert.equal(reply.text, '');
  }
}

test('the walkthrough in the baseline revision earns no mark', () =>
  bench({}, async (bench) => {
    const refused = await bench.send('GET', '/os-floating-ips', { user: 'demo:wrong' });
    assert.equal(verdict(refused), '401');
    await walk(bench, [
      ['POST', '/os-floating-ips', undefined, 202, null],
      ['GET', at(FIRST), undefined, 404],
      ['GET', at(FIRST), undefined, 200, null],
      ['POST', action(WEB_1), add(FIRST), 202],
      ['POST', action(WEB_2), add(FIRST), 403],
      ['GET', at(FIRST), undefined, 200, null],
      ['GET', at(FIRST), undefined, 200, WEB_1],
      ['POST', action(WEB_1), remove(FIRST), 202],
      ['GET', at(FIRST), undefined, 200, WEB_1],
      ['GET', at(FIRST), undefined, 200, null],
      ['DELETE', at(FIRST), undefined, 202],
      ['GET', at(FIRST), undefined, 200, null],
      ['GET', at(FIRST), undefined, 404],
    ]);
  }));

test('the walkthrough in the account style earns no mark', () =>
  bench({ revision: '2013-10' }, async (bench) => {
    await walk(bench, [
      ['POST', `${FLEXCLOUD}/os-floating-ips`, { zone: 'AUS001' }, 202, null],
      ['POST', '/accounts/acct9999/flexcloud/os-floating-ips', { zone: 'AUS001' }, 404],
      ['GET', `${FLEXCLOUD}${at(FIRST)}`, undefined, 404],
      ['GET', `${FLEXCLOUD}${at(FIRST)}`, undefined, 200, null],
      ['POST', `${FLEXCLOUD}${action(WEB_1)}`, add(FIRST), 202],
      ['GET', at(FIRST), undefined, 200, null],
      ['GET', at(FIRST), undefined, 200, WEB_1],
      ['POST', `${FLEXCLOUD}${action(WEB_1)}`, remove(FIRST), 202],
      ['GET', `${FLEXCLOUD}/os-floating-ips`, undefined, 200],
      ['GET', `${FLEXCLOUD}${at(FIRST)}`, undefined, 200, null],
      ['DELETE', `${FLEXCLOUD}${at(FIRST)}`, undefined, 202],
      ['GET', `${FLEXCLOUD}/os-floating-ips`, undefined, 200],
      ['GET', `${FLEXCLOUD}${at(FIRST)}`, undefined, 404],
    ]);
  }));

test('a knob with a wrong value is not taken for a default; one of another name is not ours', () => {
  const wrong: readonly Knobs[] = [
    { revision: '2014' },
    { quota: -1 },
    { delay: 'long' },
    { delay: { allocat: 1 } },
    { failNext: ['move'] },
    { requireZone: 'yes' },
  ];
  for (const knobs of wrong) assert.throws(() => policyOf(knobs), TypeError, JSON.stringify(knobs));
  assert.deepEqual(policyOf({ tokenLife: 5 }), policyOf({}));
});
