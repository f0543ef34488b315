/** Both kinds of connection, held against a server that says exactly what the test says, and when. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { test } from 'node:test';
import { createServer as createSecureServer, type TLSSocket } from 'node:tls';
import { IpctlError } from '../../src/domain/errors.js';
import { type ConnectionSettings, type Connections, connections, type Incoming } from '../../src/http/connections.js';
import { native } from '../../src/http/native.js';
import { undici } from '../../src/http/undici.js';

const kinds: readonly [string, (settings: ConnectionSettings) => Connections][] = [
  ['native', native],
  ['undici', undici],
];

interface Visit {
  readonly socket: Socket;
  /** Request line and headers, as they came. */
  readonly head: string;
  readonly body: string;
  /** Counted from 1 over the server's life. */
  readonly connection: number;
  /** Counted from 1 on this connection. */
  readonly turn: number;
}

interface Visited {
  readonly port: number;
  readonly sockets: readonly Socket[];
  /** Of requests, decrypted. */
  bytes(): number;
}

/** `answer` gets each whole request; the rest is its own. `accept` gets each connection before. */
async function visited(
  make: (connected: (socket: Socket) => void) => Server,
  answer: (visit: Visit) => void,
  work: (server: Visited) => Promise<void>,
  accept: (socket: Socket) => void = () => {},
): Promise<void> {
  const sockets: Socket[] = [];
  let bytes = 0;
  const server = make((socket) => {
    sockets.push(socket);
    const connection = sockets.length;
    let [turn, rest] = [0, Buffer.alloc(0)];
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      rest = Buffer.concat([rest, chunk]);
      const end = rest.indexOf('\r\n\r\n');
      if (end < 0) return;
      const head = rest.subarray(0, end).toString('latin1');
      const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
      if (rest.length < end + 4 + length) return;
      const body = rest.subarray(end + 4, end + 4 + length).toString('utf8');
      rest = rest.subarray(end + 4 + length);
      turn += 1;
      answer({ socket, head, body, connection, turn });
    });
    accept(socket);
  });
  server.listen(0, 'localhost');
  await once(server, 'listening');
  try {
    await work({ port: (server.address() as AddressInfo).port, sockets, bytes: () => bytes });
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  }
}

const plainly = (connected: (socket: Socket) => void): Server => createServer(connected);

interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

const ask = (
  opened: Connections,
  address: string,
  { method = 'GET', headers = {}, body = '', signal = new AbortController().signal }: Asked = {},
) => opened.exchange({ method, url: new URL(address), headers, body }, signal);

async function failed(work: Promise<unknown>): Promise<IpctlError> {
  const outcome = await work.then(
    (value) => value,
    (thrown: unknown) => thrown,
  );
  if (!(outcome instanceof IpctlError))
    assert.fail(`no error of ours: ${String(outcome instanceof Error ? outcome : JSON.stringify(outcome))}`);
  return outcome;
}

/** However it ends: a reset is as good as a goodbye. */
const gone = (socket: Socket | undefined): Promise<void> =>
  new Promise((resolve) => {
    if (socket === undefined || socket.closed) resolve();
    else socket.once('close', () => resolve());
  });

const told = ({ kind, details }: IpctlError): string => `${kind} ${details.fate}`;

for (const [name, open] of kinds) {
  /** One server, one set of connections. */
  const talking = async (
    answer: (visit: Visit) => void,
    work: (opened: Connections, origin: string, server: Visited) => Promise<void>,
  ): Promise<void> => {
    const opened = open({ env: {} });
    await visited(plainly, answer, async (server) => {
      try {
        await work(opened, `http://localhost:${server.port}`, server);
      } finally {
        await opened.close();
      }
    });
  };

  const whole: readonly [string, string, Partial<Incoming>][] = [
    ['a body of a told length', 'HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\ngrüß', { status: 200, text: 'grüß' }],
    [
      'a body in pieces',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n',
      { status: 200, text: 'abc' },
    ],
    ['no body at all', 'HTTP/1.1 204 No Content\r\nx-a: b\r\n\r\n', { status: 204, headers: { 'x-a': 'b' }, text: '' }],
    [
      'words before the reply',
      'HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 201 Created\r\ncontent-length: 1\r\n\r\n1',
      { status: 201, headers: { 'content-length': '1' }, text: '1' },
    ],
    [
      'headers that came twice',
      'HTTP/1.1 200 OK\r\nRetry-After: 1\r\nretry-after: 2\r\nSet-Cookie: a\r\nset-cookie: b\r\nX-A: 1\r\ncontent-length: 0\r\n\r\n',
      { headers: { 'retry-after': '1, 2', 'set-cookie': 'a, b', 'x-a': '1', 'content-length': '0' } },
    ],
    [
      'compression, which nobody asked for: left alone',
      'HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 3\r\n\r\nabc',
      { text: 'abc' },
    ],
    [
      'a redirect: not followed',
      'HTTP/1.1 302 Found\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n',
      { status: 302, headers: { location: '/elsewhere', 'content-length': '0' } },
    ],
    ['a reply and rubbish after it', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nokrubbish\r\n\r\n', { status: 200, text: 'ok' }],
  ];
  for (const [what, bytes, expected] of whole) {
    test(`${name}: ${what}`, async () => {
      await talking(
        ({ socket }) => socket.write(bytes),
        async (opened, origin) => {
          const reply = await ask(opened, origin, { method: 'POST' });
          assert.deepEqual({ ...reply, ...expected }, reply);
        },
      );
    });
  }

  const half: readonly [string, string, (socket: Socket) => void][] = [
    ['less than the told length', 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n[1,2]', (socket) => socket.end()],
    ['pieces without the last', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n[1,2]\r\n', (socket) => socket.end()],
    ['half a head', 'HTTP/1.1 200 OK\r\ncontent-le', (socket) => socket.end()],
    ['nothing', '', (socket) => socket.end()],
    ['nothing, and a reset', '', (socket) => socket.resetAndDestroy()],
    ['another protocol', 'SSH-2.0-OpenSSH_9.6\r\n', () => {}],
    ['a change of protocol', 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n', () => {}],
    ['two told lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab', () => {}],
  ];
  for (const [what, bytes, then] of half) {
    test(`${name}: ${what} is a broken connection, and nobody knows what became of the request`, async () => {
      await talking(
        ({ socket }) => (bytes === '' ? then(socket) : socket.write(bytes, () => then(socket))),
        async (opened, origin) =>
          assert.equal(told(await failed(ask(opened, origin, { method: 'POST', body: '{}' }))), 'temporary unknown'),
      );
    });
  }

  test(`${name}: a body that ends with the connection is whole`, async () => {
    await talking(
      ({ socket }) => socket.end('HTTP/1.1 200 OK\r\n\r\n[1,2]'),
      async (opened, origin) => assert.equal((await ask(opened, origin)).text, '[1,2]'),
    );
  });

  test(`${name}: too much is refused, and the connection given up`, async () => {
    const chunk = Buffer.alloc(1024 * 1024, 'x');
    await talking(
      ({ socket }) => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        const more = (): void => {
          while (!socket.destroyed && socket.write(chunk));
          if (!socket.destroyed) socket.once('drain', more);
        };
        more();
      },
      async (opened, origin, { sockets }) => {
        const error = await failed(ask(opened, origin));
        assert.match(error.message, /more than 32 MiB/);
        assert.equal(told(error), 'defect unknown');
        await gone(sockets[0]);
      },
    );
  });

  test(`${name}: what is sent`, async () => {
    const seen: string[] = [];
    const header = (head: string, wanted: string): string => new RegExp(`^${wanted}: *(.*)$`, 'im').exec(head)?.[1] ?? '-';
    await talking(
      ({ socket, head, body }) => {
        seen.push([head.split('\r\n')[0], header(head, 'content-length'), header(head, 'transfer-encoding'), body].join(' | '));
        seen.push([header(head, 'x-a'), header(head, 'authorization'), header(head, 'host')].join(' | '));
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');
      },
      async (opened, origin) => {
        const { host } = new URL(origin);
        await ask(opened, `http://user:secret@${host}/a%2Fb?c=d%20e#f`, { headers: { 'x-a': 'é' } });
        for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) await ask(opened, origin, { method });
        for (const method of ['POST', 'DELETE']) await ask(opened, origin, { method, body: '"ü"' });
        assert.deepEqual(seen, [
          'GET /a%2Fb?c=d%20e HTTP/1.1 | - | - | ',
          `é | - | ${host}`,
          ...['POST', 'PUT', 'PATCH'].flatMap((method) => [`${method} / HTTP/1.1 | 0 | - | `, `- | - | ${host}`]),
          'DELETE / HTTP/1.1 | - | - | ',
          `- | - | ${host}`,
          ...['POST', 'DELETE'].flatMap((method) => [`${method} / HTTP/1.1 | 4 | - | "ü"`, `- | - | ${host}`]),
        ]);
      },
    );
  });

  test(`${name}: a header that would become two is not sent`, async () => {
    await talking(
      () => {},
      async (opened, origin, { bytes }) => {
        const error = await failed(ask(opened, origin, { method: 'POST', headers: { 'x-auth-token': 'a\r\nx-b: c' } }));
        assert.equal(told(error), 'config not-sent');
        assert.ok(!error.message.includes('x-b'), 'the value is a secret');
        assert.equal(bytes(), 0);
      },
    );
  });

  test(`${name}: connections are kept, unless the server says that it closes`, async () => {
    const seen: string[] = [];
    await talking(
      ({ socket, connection, turn }) => {
        seen.push(`${connection}.${turn}`);
        socket.write(`HTTP/1.1 200 OK\r\ncontent-length: 0\r\n${turn === 3 ? 'connection: close\r\n' : ''}\r\n`);
      },
      async (opened, origin, { sockets }) => {
        for (let count = 0; count < 5; count += 1) await ask(opened, origin);
        // undici still reads the end of a reply when the next request comes, and takes two in turn.
        assert.equal(sockets.length, 2);
        assert.ok(!seen.some((visit) => visit.endsWith('.4')));
        if (name === 'native') assert.deepEqual(seen, ['1.1', '1.2', '1.3', '2.1', '2.2']);
      },
    );
  });

  test(`${name}: as many at once as are asked for`, async () => {
    const waiting: Visit[] = [];
    await talking(
      (visit) => {
        waiting.push(visit);
        if (waiting.length < 64) return;
        for (const { socket, head } of waiting.reverse()) {
          const path = /^GET (\S+)/.exec(head)?.[1] ?? '';
          socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${path.length}\r\n\r\n${path}`);
        }
      },
      async (opened, origin) => {
        const paths = Array.from({ length: 64 }, (_, index) => `/${index}`);
        const replies = await Promise.all(paths.map((path) => ask(opened, `${origin}${path}`)));
        assert.deepEqual(
          replies.map(({ text }) => text),
          paths,
        );
      },
    );
  });

  const reply = 'HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nour';

  test(`${name}: a kept connection that the server closed meanwhile is not used`, async () => {
    await talking(
      ({ socket }) => socket.write(reply),
      async (opened, origin, { sockets }) => {
        await ask(opened, origin);
        const [socket] = sockets;
        assert.ok(socket !== undefined);
        socket.end();
        await gone(socket);
        assert.equal((await ask(opened, origin, { method: 'POST' })).text, 'our');
        assert.equal(sockets.length, 2);
      },
    );
  });

  test(`${name}: a connection that breaks under the next request leaves its fate open`, async () => {
    let requests = 0;
    await talking(
      ({ socket }) => {
        requests += 1;
        if (requests === 1) socket.write(reply);
        else socket.resetAndDestroy();
      },
      async (opened, origin, { sockets }) => {
        await ask(opened, origin);
        assert.equal(told(await failed(ask(opened, origin, { method: 'POST', body: '{}' }))), 'temporary unknown');
        assert.equal(requests, 2, 'it is not sent again');
        if (name === 'native') assert.equal(sockets.length, 1);
      },
    );
  });

  test(`${name}: bytes that nobody asked for are not the reply to the next request`, async () => {
    await talking(
      ({ socket }) => socket.write(reply),
      async (opened, origin, { sockets }) => {
        await ask(opened, origin);
        await new Promise((resolve) => sockets[0]?.write('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nalien', resolve));
        // What is here already has been read by the time that an answer from elsewhere is.
        await visited(
          plainly,
          ({ socket }) => socket.write(reply),
          async ({ port }) => void (await ask(opened, `http://localhost:${port}`)),
        );
        assert.equal((await ask(opened, origin)).text, 'our');
        assert.equal(sockets.length, 2, 'whoever lost count once is not asked again');
      },
    );
  });

  test(`${name}: broken off while it waits, in the middle of a body, and before it began`, async () => {
    for (const bytes of ['', 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n[1']) {
      const controller = new AbortController();
      await talking(
        ({ socket }) => {
          if (bytes === '') controller.abort();
          else socket.write(bytes, () => controller.abort());
        },
        async (opened, origin, { sockets }) => {
          await assert.rejects(ask(opened, origin, { method: 'POST', signal: controller.signal }));
          await gone(sockets[0]);
        },
      );
    }
    await talking(
      () => {},
      async (opened, origin, { bytes }) => {
        await assert.rejects(ask(opened, origin, { method: 'POST', signal: AbortSignal.abort() }));
        assert.equal(bytes(), 0);
      },
    );
  });

  test(`${name}: a port that nobody listens on is "not sent", in either notation of an address`, async () => {
    let closed = 0;
    await visited(
      plainly,
      () => {},
      async ({ port }) => {
        closed = port;
      },
    );
    const opened = open({ env: {} });
    for (const host of ['127.0.0.1', '[::1]']) {
      const error = await failed(ask(opened, `http://${host}:${closed}`, { method: 'POST', body: '{}' }));
      assert.equal(told(error), 'temporary not-sent');
      // Where there is no IPv6, it is the address that cannot be reached; a name it never is.
      assert.match(error.message, /^cannot reach \S+ \((ECONNREFUSED|EADDRNOTAVAIL|ENETUNREACH)\)$/);
    }
    await opened.close();
  });

  test(`${name}: what is under way when the connections are closed ends`, async () => {
    const opened = open({ env: {} });
    await visited(
      plainly,
      () => void opened.close(),
      async ({ port }) => assert.equal(told(await failed(ask(opened, `http://localhost:${port}`))), 'temporary unknown'),
    );
  });

  test(`${name}: a server that never finishes the handshake is "not sent"`, async () => {
    await visited(
      plainly,
      () => {},
      async ({ port }) => {
        const opened = open({ env: {}, connectTimeout: 30 });
        assert.equal(told(await failed(ask(opened, `https://localhost:${port}`, { method: 'POST' }))), 'temporary not-sent');
        await opened.close();
      },
    );
  });

  test(`${name}: the certificate must be of the given authority and of the host, before anything is sent`, async () => {
    const names: unknown[] = [];
    await visited(
      (connected) => createSecureServer({ key: KEY, cert: CERTIFICATE }, connected).on('tlsClientError', () => {}),
      ({ socket }) => {
        names.push((socket as TLSSocket).servername);
        socket.write(reply);
      },
      async ({ port, bytes }) => {
        const [strange, ours] = [open({ env: {} }), open({ env: {}, ca: CERTIFICATE })];
        const post = { method: 'POST', body: '{}', headers: { authorization: 'secret' } };
        const untrusted = await failed(ask(strange, `https://localhost:${port}`, post));
        assert.equal(told(untrusted), 'auth not-sent');
        assert.match(untrusted.message, /DEPTH_ZERO_SELF_SIGNED_CERT/);
        const misnamed = await failed(ask(ours, `https://127.0.0.1:${port}`, post));
        assert.equal(told(misnamed), 'auth not-sent');
        assert.match(misnamed.message, /it is of another host, DNS:localhost.*ERR_TLS_CERT_ALTNAME_INVALID/);
        assert.match(misnamed.details.hint ?? '', /^check the host in the endpoint/);
        assert.equal(bytes(), 0);
        for (let count = 0; count < 2; count += 1) assert.equal((await ask(ours, `https://localhost:${port}`, post)).text, 'our');
        assert.deepEqual(names, ['localhost', 'localhost']);
        await Promise.all([strange.close(), ours.close()]);
      },
    );
  });
}

test('a handshake that breaks has sent nothing, nor has what is broken off before there is a connection', async () => {
  await visited(
    plainly,
    () => {},
    async ({ port }) => {
      const opened = native({ env: {} });
      assert.equal(told(await failed(ask(opened, `https://localhost:${port}`, { method: 'POST' }))), 'temporary not-sent');
      await opened.close();
    },
    (socket) => socket.resetAndDestroy(),
  );
  const controller = new AbortController();
  await visited(
    plainly,
    () => {},
    async ({ port, sockets }) => {
      const opened = native({ env: {} });
      const error = await failed(ask(opened, `https://localhost:${port}`, { method: 'POST', signal: controller.signal }));
      assert.equal(told(error), 'temporary not-sent');
      // Nothing is left that could hold the process.
      await opened.close();
      await gone(sockets[0]);
    },
    () => controller.abort(),
  );
});

test('a proxy is asked where one is named, but not for the hosts that need none, nor for this machine', async () => {
  const asked: string[] = [];
  await visited(
    plainly,
    ({ socket, head }) => {
      asked.push(head.split('\r\n')[0] ?? '');
      socket.end(`HTTP/1.1 ${head.startsWith('CONNECT') ? '502 Bad Gateway' : '200 OK'}\r\ncontent-length: 0\r\n\r\n`);
    },
    async ({ port }) => {
      const origin = `http://localhost:${port}`;
      const opened = connections({ env: { http_proxy: origin, no_proxy: '0.0.0.0' } });
      await assert.rejects(ask(opened, 'http://cloud.example/things'));
      assert.equal((await ask(opened, `http://0.0.0.0:${port}/direct`)).status, 200);
      assert.equal((await ask(opened, `${origin}/here`)).status, 200);
      assert.equal((await ask(opened, `http://127.0.0.1:${port}/here`)).status, 200);
      assert.deepEqual(asked, ['CONNECT cloud.example:80 HTTP/1.1', 'GET /direct HTTP/1.1', 'GET /here HTTP/1.1', 'GET /here HTTP/1.1']);
      await opened.close();
    },
  );
});

// Of nothing but these tests: the name localhost, until 2120.
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg+ZEbWeRTnWzbnJza
7qnRHpRf2IPg5X679Sd4I2uUh9ihRANCAAQYvDtTVURhX1e+O3AloUi0rjICv9Oc
THyaGSKCazycpeCd7g0ehWEkgCUu3rE7BzQgTt+CU0Mh4qBamu7XvktW
-----END PRIVATE KEY-----
`;
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBXTCCAQSgAwIBAgIBATAKBggqhkjOPQQDAjAUMRIwEAYDVQQDDAlsb2NhbGhv
c3QwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMBQxEjAQBgNVBAMM
CWxvY2FsaG9zdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABBi8O1NVRGFfV747
cCWhSLSuMgK/05xMfJoZIoJrPJyl4J3uDR6FYSSAJS7esTsHNCBO34JTQyHioFqa
7te+S1ajRTBDMAwGA1UdEwQFMAMBAf8wFAYDVR0RBA0wC4IJbG9jYWxob3N0MB0G
A1UdDgQWBBRS/vSanXp4P3+pljPfjPcpW+T7kTAKBggqhkjOPQQDAgNHADBEAiAm
/vnKG4sOvILHLeqSvw6rEta4h7f6Zdz+/bWHxzJDcwIgFFaIWQrPUt3A1V4CcdYf
QooRNilBsro75w+0idULtjM=
-----END CERTIFICATE-----
`;
