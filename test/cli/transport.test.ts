/** What lies between the binary and a provider, and what a provider may send: trust, proxies, redirects, size, time, and text that is no data. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { withCloud } from '../support/cloud.js';
import { type Home, type Ran, withHome } from '../support/ipctl.js';
import { type Answering, certificate, type Heard, json, type Listener, listen, type ProxyServer, proxyTo } from '../support/listener.js';

const ADDRESS = '203.0.113.9';
const free = { ip: ADDRESS, instance_id: null, pool: 'default' };
/** One address that nobody holds, and no servers. */
const quiet: Answering = (response, { path }) =>
  json(response, path.includes('servers') ? { servers: [] } : /ips\/./.test(path) ? { floating_ip: free } : { floating_ips: [free] });

const LIST = ['ip', 'list', '-o', 'value', '-c', 'address'];
const SEEN = `${ADDRESS}\n`;

interface Scene {
  readonly home: Home;
  readonly server: Listener;
  /** The binary, on Hostway's protocol against `server`. */
  ask(words: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ran>;
}

async function withServer(answer: Answering, work: (scene: Scene) => Promise<void>, secure?: 'here' | 'elsewhere'): Promise<void> {
  const server = await listen(answer, secure);
  try {
    await withHome((home) =>
      work({
        home,
        server,
        ask: (words, env = {}) =>
          home.ipctl(['-p', 'env:hostway', ...words], {
            env: {
              IPCTL_HOSTWAY_ENDPOINT: server.origin,
              IPCTL_HOSTWAY_USERNAME: 'demo',
              IPCTL_HOSTWAY_PASSWORD: 'of-the-account',
              ...env,
            },
          }),
      }),
    );
  } finally {
    await server.close();
  }
}

function failed({ code, stdout, stderr }: Ran, expected: number, text: RegExp): void {
  assert.deepEqual([code, stdout], [expected, ''], stderr);
  assert.match(stderr, text);
  assert.ok(!/\n\s+at /.test(stderr), `a stack is shown: ${stderr}`);
}

describe('certificates', () => {
  test('one that nobody trusts: exit 4, and not a byte of the request is heard', () =>
    withServer(
      quiet,
      async ({ ask, server, home }) => {
        failed(await ask(LIST), 4, /certificate of 127\.0\.0\.1:\d+ is not trusted/);
        failed(await ask([...LIST, '--ca-file', certificate('stranger')]), 4, /is not trusted/);
        assert.deepEqual(server.heard, []);
        const good = await ask([...LIST, '--ca-file', certificate('authority')]);
        assert.deepEqual([good.code, good.stdout], [0, SEEN], good.stderr);
        failed(await ask([...LIST, '--ca-file', join(home.directory, 'nowhere.pem')]), 14, /--ca-file: cannot read/);
      },
      'here',
    ));

  test('a trusted one of another host: exit 4', () =>
    withServer(
      quiet,
      async ({ ask, server }) => {
        failed(await ask([...LIST, '--ca-file', certificate('authority')]), 4, /certificate .* is not trusted/);
        assert.deepEqual(server.heard, []);
      },
      'elsewhere',
    ));

  test('no variable of Node’s turns the check off unseen', () =>
    withServer(
      quiet,
      async ({ ask, server }) => {
        failed(await ask(LIST, { NODE_TLS_REJECT_UNAUTHORIZED: '0' }), 4, /is not trusted/);
        assert.deepEqual(server.heard, []);
      },
      'here',
    ));
});

describe('proxies', () => {
  // No name of this machine's own: what goes there needs no proxy. It answers to the number all the same.
  const PLAIN = '0.0.0.0';
  const withProxy = (
    credentials: string | undefined,
    secure: 'elsewhere' | undefined,
    work: (scene: Scene & { proxy: ProxyServer; host: string }) => Promise<void>,
  ) =>
    withServer(
      quiet,
      async (scene) => {
        const proxy = await proxyTo(scene.server.port, credentials);
        const host = `${secure === undefined ? PLAIN : 'elsewhere.example'}:${scene.server.port}`;
        const there = {
          IPCTL_HOSTWAY_ENDPOINT: `${secure === undefined ? 'http' : 'https'}://${host}`,
          IPCTL_HOSTWAY_INSECURE_HTTP: String(secure === undefined),
        };
        try {
          await work({ ...scene, proxy, host, ask: (words, env) => scene.ask(words, { ...there, ...env }) });
        } finally {
          await proxy.close();
        }
      },
      secure,
    );
  const trusting = [...LIST, '--ca-file', certificate('authority')];
  const heardNothingOf = (heard: readonly Heard[], secret: string): void => {
    assert.ok(heard.length > 0);
    const text = JSON.stringify(heard);
    assert.ok(!text.includes(secret) && !text.includes(Buffer.from(secret).toString('base64')), text);
    for (const { headers } of heard) assert.equal(headers['proxy-authorization'], undefined);
  };

  for (const name of ['https_proxy', 'HTTPS_PROXY']) {
    test(`${name}: a tunnel, whose credentials the proxy alone sees, and which sees none of ours`, () =>
      withProxy('gate:keeper-of-the-proxy', 'elsewhere', async ({ ask, server, proxy, host }) => {
        const ran = await ask([...trusting, '--debug=body'], { [name]: proxy.origin });
        assert.equal(ran.code, 0, ran.stderr);
        assert.deepEqual(new Set(proxy.asked.map(({ method, target }) => `${method} ${target}`)), new Set([`CONNECT ${host}`]));
        heardNothingOf(server.heard, 'gate:keeper-of-the-proxy');
        for (const { headers } of server.heard) assert.match(headers.authorization ?? '', /^Basic /);
        assert.ok(!JSON.stringify(proxy.asked).includes(Buffer.from('demo:of-the-account').toString('base64')));
        assert.ok(!ran.stderr.includes('keeper-of-the-proxy'), ran.stderr);
      }));
  }

  test('the lower-case name is the one that counts; no_proxy goes past it', () =>
    withProxy(undefined, undefined, async ({ ask, proxy, host }) => {
      assert.equal((await ask(LIST, { http_proxy: proxy.origin, HTTP_PROXY: 'http://127.0.0.1:9' })).code, 0);
      const through = proxy.asked.length;
      assert.ok(through > 0);
      for (const name of ['no_proxy', 'NO_PROXY']) {
        for (const list of [PLAIN, host, '*']) {
          assert.equal((await ask(LIST, { http_proxy: proxy.origin, [name]: list })).code, 0, `${name}=${list}`);
        }
      }
      assert.equal(proxy.asked.length, through);
      assert.equal((await ask(LIST, { http_proxy: proxy.origin, no_proxy: `${PLAIN}:1,example.com` })).code, 0);
      assert.ok(proxy.asked.length > through);
    }));

  for (const secure of [undefined, 'here'] as const) {
    test(`none hears of what stays on this machine, ${secure === undefined ? 'plain' : 'encrypted'}`, () =>
      withServer(
        quiet,
        async ({ ask, server, home }) => {
          const proxy = await proxyTo(server.port);
          try {
            const env = { HTTP_PROXY: proxy.origin, HTTPS_PROXY: proxy.origin, ALL_PROXY: proxy.origin };
            const words = secure === undefined ? LIST : trusting;
            const ran = await ask(words, env);
            assert.deepEqual([ran.code, ran.stdout], [0, SEEN], ran.stderr);
            const played = await home.ipctl(['-p', 'sandbox', 'ip', 'list'], { env });
            assert.equal(played.code, 0, played.stderr);
            assert.deepEqual(proxy.asked, []);
          } finally {
            await proxy.close();
          }
        },
        secure,
      ));
  }

  for (const name of ['ALL_PROXY', 'all_proxy']) {
    test(`${name} is none of ours: nobody is asked by way of it`, () =>
      withProxy(undefined, undefined, async ({ ask, proxy }) => {
        const ran = await ask(LIST, { [name]: proxy.origin });
        assert.deepEqual([ran.code, ran.stdout, proxy.asked], [0, SEEN, []], ran.stderr);
      }));
  }

  test('http_proxy is for plain requests, and not for encrypted ones', () =>
    withProxy('gate:keeper-of-the-proxy', undefined, async ({ ask, server, proxy, host }) => {
      const ran = await ask(LIST, { http_proxy: proxy.origin });
      assert.equal(ran.code, 0, ran.stderr);
      assert.ok(proxy.asked.length > 0 && proxy.asked.every(({ target }) => target.includes(host)));
      heardNothingOf(server.heard, 'gate:keeper-of-the-proxy');
    }));

  test('one that turns us away, or is not there: exit 5, and its password is not shown', () =>
    withProxy('gate:keeper-of-the-proxy', 'elsewhere', async ({ ask, server, proxy }) => {
      const wrong = proxy.origin.replace('keeper-of-the-proxy', 'mistyped-password');
      for (const at of [wrong, 'http://gate:mistyped-password@127.0.0.1:9']) {
        const ran = await ask(
          ['ip', 'wait', ADDRESS, '--for', 'free', '--timeout', '1s', '--ca-file', certificate('authority'), '--debug=body'],
          {
            https_proxy: at,
          },
        );
        assert.deepEqual([ran.code, ran.stdout], [5, ''], ran.stderr);
        assert.ok(!ran.stderr.includes('mistyped-password'), ran.stderr);
        assert.ok(!ran.stderr.includes(Buffer.from('gate:mistyped-password').toString('base64')), ran.stderr);
      }
      assert.deepEqual(server.heard, []);
    }));
});

test('no variable of a runtime shows what is sent', () =>
  withServer(quiet, async ({ ask }) => {
    for (const shown of ['1', 'curl']) {
      const ran = await ask(LIST, { BUN_CONFIG_VERBOSE_FETCH: shown });
      assert.deepEqual(ran, { code: 0, stdout: SEEN, stderr: '' });
    }
  }));

describe('redirects', () => {
  test('of a read to another origin: exit 1, and that one hears nothing', async () => {
    const other = await listen(quiet);
    try {
      for (const status of [301, 302, 303, 307, 308]) {
        const away: Answering = (response) =>
          response.writeHead(status, { location: `${other.origin}/os-floating-ips`, 'content-length': 0 }).end();
        await withServer(away, async ({ ask }) => failed(await ask(LIST), 1, /redirects to another origin/));
      }
      assert.deepEqual(other.heard, []);
    } finally {
      await other.close();
    }
  });

  test('of a change none is followed, not even at home, and it is not sent again', async () => {
    for (const status of [301, 302, 303, 307, 308]) {
      const moved: Answering = (response, heard) =>
        heard.method === 'POST'
          ? response.writeHead(status, { location: '/elsewhere', 'content-length': 0 }).end()
          : quiet(response, heard);
      await withServer(moved, async ({ ask, server }) => {
        const ran = await ask(['ip', 'allocate', '-o', 'json']);
        assert.deepEqual([ran.code, ran.stdout], [1, ''], ran.stderr);
        assert.equal(server.heard.filter(({ method }) => method === 'POST').length, 1);
        assert.ok(!server.heard.some(({ path }) => path.includes('elsewhere')));
      });
    }
  });
});

test('a bulk of which many wait at once says nothing on stderr but its own', () =>
  withCloud('hostway', { knobs: { quota: 100 } }, async ({ ipctl }) => {
    const made = await ipctl(['ip', 'allocate', '--count', '40', '--parallel', '30', '-o', 'value', '-c', 'address']);
    assert.deepEqual([made.code, made.stderr], [0, 'profile env:hostway (Hostway FlexCloud), username demo\n']);
    const addresses = made.stdout.trim().split('\n');
    assert.equal(addresses.length, 40);
    const gone = await ipctl(['ip', 'release', ...addresses, '--yes', '--parallel', '30', '-o', 'json']);
    assert.deepEqual([gone.code, gone.stderr], [0, '']);
  }));

test('a catalog that leads to plain http on another host: exit 14, unless the profile allows it', async () => {
  const away = 'http://network.cloud.example:9696';
  let own = '';
  const token: Answering = (response, { path }) => {
    if (!path.endsWith('/auth/tokens')) return json(response, { floatingips: [], ports: [], servers: [], extensions: [] });
    response.setHeader('x-subject-token', 'a-token-of-this-test');
    const project = { id: 'p1', name: 'web', domain: { id: 'default', name: 'Default' } };
    const endpoint = (address: string) => [{ id: 'e', interface: 'public', region: 'One', region_id: 'One', url: address }];
    const catalog = [
      { type: 'network', id: 'n', name: 'neutron', endpoints: endpoint(away) },
      { type: 'compute', id: 'c', name: 'nova', endpoints: endpoint(`${own}/compute`) },
    ];
    const expires = { expires_at: '2999-01-01T00:00:00.000000Z', issued_at: '2026-01-01T00:00:00.000000Z' };
    json(
      response,
      { token: { methods: ['password'], user: { id: 'u1', name: 'demo', domain: project.domain }, project, catalog, ...expires } },
      201,
    );
  };
  const server = await listen(token);
  own = server.origin;
  const proxy = await proxyTo(server.port);
  const env = {
    IPCTL_OPENSTACK_AUTH_URL: `${server.origin}/v3`,
    IPCTL_OPENSTACK_USERNAME: 'demo',
    IPCTL_OPENSTACK_PASSWORD: 'of-the-account',
    IPCTL_OPENSTACK_PROJECT_NAME: 'web',
    IPCTL_OPENSTACK_USER_DOMAIN_NAME: 'Default',
    IPCTL_OPENSTACK_PROJECT_DOMAIN_NAME: 'Default',
    http_proxy: proxy.origin,
    no_proxy: '127.0.0.1',
  };
  try {
    await withHome(async ({ ipctl }) => {
      failed(await ipctl(['-p', 'env:openstack', ...LIST], { env }), 14, /plain http to network\.cloud\.example:9696/);
      assert.deepEqual(proxy.asked, []);
      const allowed = await ipctl(['-p', 'env:openstack', ...LIST], { env: { ...env, IPCTL_OPENSTACK_INSECURE_HTTP: 'true' } });
      assert.equal(allowed.code, 0, allowed.stderr);
      assert.ok(proxy.asked.length > 0);
    });
  } finally {
    await proxy.close();
    await server.close();
  }
});

describe('replies without an end', () => {
  test('in size: bounded, exit 1', () =>
    withServer(
      (response) => {
        const chunk = Buffer.alloc(2 ** 20, ' ');
        const more = (): void => {
          while (!response.destroyed && response.write(chunk));
        };
        response.writeHead(200, { 'content-type': 'application/json' });
        response.on('drain', more);
        more();
      },
      async ({ ask }) => failed(await ask(LIST), 1, /sent more than 32 MiB in one reply/),
    ));

  for (const where of ['body', 'head'] as const) {
    test(`in time: a ${where} that drips is bounded by the deadline`, () =>
      withServer(
        (response) => {
          const { socket } = response;
          if (where === 'body') response.writeHead(200, { 'content-type': 'application/json' });
          else socket?.write('HTTP/1.1 200 OK\r\n');
          const drip = setInterval(() => (where === 'body' ? response.write(' ') : socket?.write('x-drip: 1\r\n')), 20);
          socket?.on('close', () => clearInterval(drip));
        },
        async ({ ask, server }) => {
          failed(await ask(['ip', 'wait', ADDRESS, '--for', 'free', '--timeout', '1s']), 5, /did not answer within|no time left/);
          assert.ok(server.heard.length >= 1);
        },
      ));
  }

  test('of a change: looking tells what became of it, and it is not sent again', () =>
    withServer(
      (response, heard) => {
        if (heard.method === 'GET') return json(response, { floating_ips: [] });
        response.writeHead(202, { 'content-type': 'application/json' });
        const drip = setInterval(() => response.write(' '), 20);
        response.socket?.on('close', () => clearInterval(drip));
      },
      async ({ ask, server }) => {
        const ran = await ask(['ip', 'allocate', '--timeout', '1s', '-o', 'json']);
        assert.deepEqual([ran.code, ran.stdout], [5, ''], ran.stderr);
        assert.match(ran.stderr, /"operation":\{"id":"[^"]+","state":"not-applied"\}/);
        assert.equal(server.heard.filter(({ method }) => method === 'POST').length, 1);
      },
    ));
});

describe('compressed, though nobody asked for it', () => {
  const bomb = Buffer.alloc(40 * 2 ** 20, '[');
  for (const [encoding, compress] of [
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ] as const) {
    test(`${encoding}: a clean error, and a bomb is not unpacked`, () =>
      withServer(
        (response) => {
          const body = compress(bomb);
          response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': encoding, 'content-length': body.length });
          response.end(body);
        },
        async ({ ask, server }) => {
          failed(await ask(LIST), 1, /reply is broken/);
          for (const { headers } of server.heard) assert.ok(!/gzip|deflate|br/.test(headers['accept-encoding']?.toString() ?? ''));
        },
      ));
  }
});

describe('text that is no data', () => {
  const EVIL = [
    '../../servers/x',
    '..',
    '.',
    '%2e%2e',
    'a/b',
    'a?admin=1',
    'a#b',
    'a\r\nx-evil: 1',
    'a\nb',
    '\u0000',
    'a%0d%0ax-evil: 1',
    '  ..  ',
  ];
  const noneEvil = (heard: readonly Heard[], prefix: RegExp): void => {
    for (const { path, rawHeaders } of heard) {
      assert.match(path, prefix);
      assert.ok(!rawHeaders.some((text) => /evil/i.test(text)), path);
      assert.ok(![...path].some((character) => character <= ' '), path);
    }
  };

  for (const [provider, words] of [
    ['hostway', ['ip', 'show']],
    ['hostway', ['ip', 'release', '--yes']],
    ['openstack', ['ip', 'show']],
    ['otc', ['ip', 'release', '--yes']],
    ['rackspace', ['server', 'show']],
  ] as const) {
    test(`${provider}: ${words.join(' ')} of a reference that would be more than one: a clean error, no other path`, () =>
      withCloud(provider, {}, async ({ ipctl, sandbox }) => {
        for (const evil of ['../../servers/x', '..', '%2e%2e', 'a?admin=1', 'a\r\nx-evil: 1']) {
          const { code, stderr } = await ipctl([...words, '--', evil]);
          assert.ok(code === 2 || code === 3, `${JSON.stringify(evil)}: ${code} ${stderr}`);
        }
        for (const { method, path, mark } of sandbox.journal()) {
          assert.equal(mark, null, `${method} ${path}: ${mark}`);
          assert.ok(!/\/\.\.|admin=1(?!%)|[\s]/.test(path), path);
        }
        assert.deepEqual(
          sandbox.journal().filter(({ method, path }) => method !== 'GET' && !path.includes('tokens')),
          [],
        );
      }));
  }

  test('an id that a provider sent never becomes a path or a header', () =>
    withServer(
      (response, { path }) => {
        const holder = EVIL.map((id, index) => ({ ip: `203.0.113.${index + 1}`, instance_id: id, pool: 'default' }));
        if (path.includes('servers')) return json(response, { servers: [] });
        json(response, /ips\/./.test(path) ? { floating_ip: holder[0] } : { floating_ips: holder });
      },
      async ({ ask, server }) => {
        const { code, stderr } = await ask(['ip', 'list', '-o', 'json']);
        assert.ok(code === 0 || code === 1, `${code} ${stderr}`);
        for (let last = 1; last <= 3; last += 1) {
          const taken = await ask(['ip', 'disassociate', `203.0.113.${last}`, '--timeout', '1s']);
          assert.ok([1, 2, 5, 6, 11].includes(taken.code), `${taken.code} ${taken.stderr}`);
        }
        noneEvil(server.heard, /^\/(os-floating-ips|servers)\b/);
        for (const { path } of server.heard) assert.ok(!/^\/servers\/\.{1,2}(\/|$)/.test(path) && !/^\/x|^\/action/.test(path), path);
      },
    ));

  test('names and ids that a user gives stand in a body or in one segment; a header with a line break is refused', () =>
    withCloud('openstack', {}, async ({ ipctl, sandbox }) => {
      for (const header of ['x-a: b\r\nx-evil: 1', 'x-a: b\nx-evil: 1', 'x-a\r\nx-evil: 1', 'x-a: é']) {
        assert.equal((await ipctl(['api', 'GET', '/floatingips', '--header', header])).code, 2, JSON.stringify(header));
      }
      const { code, stderr } = await ipctl(['ip', 'allocate', '--pool', 'public\r\nx-evil: 1']);
      assert.equal(code, 3, stderr);
      for (const { path, headers } of sandbox.journal()) assert.ok(!/evil: 1/.test(path) && !('x-evil' in headers), path);
    }));

  test('a cell that a spreadsheet would run is text in csv; a terminal is sent no control characters', () =>
    withCloud('openstack', {}, async ({ ipctl }) => {
      const texts = ['=HYPERLINK("http://x.example")', '+1+cmd', '-1+cmd', '@SUM(A1)', '\t=1', '\r=1', 'a\u001b[31mred\u0007'];
      for (const text of texts) {
        const { code, stderr } = await ipctl(['ip', 'allocate', '--description', text]);
        assert.equal(code, 0, stderr);
      }
      const csv = await ipctl(['ip', 'list', '-o', 'csv', '-c', 'description', '--no-header']);
      assert.equal(csv.code, 0);
      const cells = csv.stdout.trimEnd().split('\n');
      assert.equal(cells.length, texts.length);
      for (const cell of cells) assert.ok(!/^"?[=+\-@\t\r]/.test(cell), JSON.stringify(cell));
      for (const output of ['table', 'csv', 'tsv', 'value']) {
        const { stdout } = await ipctl(['ip', 'list', '-o', output, '-c', 'address,description']);
        const control = [...stdout].filter((character) => (character < ' ' && !'\t\n'.includes(character)) || character === '\u007f');
        assert.deepEqual([stdout.includes('red'), control], [true, []], `${output}: ${JSON.stringify(stdout)}`);
      }
    }));
});

test('a proxy or a certificate file that makes no sense is a setting that cannot be used', () =>
  withServer(quiet, async ({ ask, home, server }) => {
    const file = join(home.directory, 'not.pem');
    writeFileSync(file, 'nothing of the kind');
    failed(await ask([...LIST, '--ca-file', file]), 14, /--ca-file: there is no certificate/);
    for (const value of ['gate:mistyped@', 'ftp://gate:mistyped@127.0.0.1']) {
      const ran = await ask(LIST, { http_proxy: value });
      failed(ran, 14, /http_proxy is no URL of a proxy/);
      assert.ok(!ran.stderr.includes('mistyped'), ran.stderr);
    }
    assert.deepEqual(server.heard, []);
  }));
