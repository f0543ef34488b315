/** The layers, each with a Send of the test's own and a clock that never waits; the whole chain over a real socket. */
import assert from 'node:assert/strict';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { IpctlError, type Kind } from '../../src/domain/errors.js';
import type { Reply, Request, Send } from '../../src/domain/exchange.js';
import { client } from '../../src/http/client.js';
import { connections } from '../../src/http/connections.js';
import { fateOf, kindOf, plainText, refusal } from '../../src/http/fault.js';
import { fields } from '../../src/http/fields.js';
import { collect, pages } from '../../src/http/pages.js';
import { redactor } from '../../src/http/redact.js';
import { redirect } from '../../src/http/redirect.js';
import { retry, retryAfter } from '../../src/http/retry.js';
import { parameterOf, url } from '../../src/http/url.js';
import { encrypted } from '../../src/http/wire.js';
import { START, virtualClock } from '../support/clock.js';

const reply = (status: number, over: Partial<Reply> = {}): Reply => ({ status, headers: {}, text: '', json: undefined, ...over });
const get: Request = { method: 'GET', url: 'https://cloud.example/things' };
const post: Request = { method: 'POST', url: 'https://cloud.example/things', body: {} };

async function thrownBy(work: Promise<unknown>): Promise<IpctlError> {
  const thrown = await work.then(
    () => undefined,
    (failure: unknown) => failure,
  );
  assert.ok(thrown instanceof IpctlError, String(thrown));
  return thrown;
}

function retrying(
  failures: readonly IpctlError[],
  deadline = START + 60_000,
): { send: Send; tries: () => number; slept: readonly number[] } {
  const clock = virtualClock();
  let tries = 0;
  const send = retry({ clock, random: () => 0, signal: new AbortController().signal, deadline: () => deadline, progress: () => {} })(
    async () => {
      const failure = failures[tries];
      tries += 1;
      if (failure !== undefined) throw failure;
      return reply(200);
    },
  );
  return { send, tries: () => tries, slept: clock.slept };
}
const temporary = (details: IpctlError['details']): IpctlError => new IpctlError('temporary', 'no', details);

test('reads are tried again; a mutation only when it surely did not happen', async () => {
  const cases: readonly [Request, IpctlError['details'], number][] = [
    [get, { fate: 'unknown', status: 503 }, 2],
    [get, { fate: 'not-sent' }, 2],
    [post, { fate: 'not-sent' }, 2],
    [post, { fate: 'not-applied', status: 429 }, 2],
    [post, { fate: 'unknown', status: 503 }, 1],
    [post, { fate: 'unknown' }, 1],
    [{ ...post, reads: true }, { fate: 'unknown', status: 503 }, 2],
  ];
  for (const [request, details, expected] of cases) {
    const { send, tries } = retrying([temporary(details)]);
    await send(request).catch(() => undefined);
    assert.equal(tries(), expected, `${request.method} ${JSON.stringify(details)}`);
  }
});

test('other kinds are not tried again, and tries end', async () => {
  for (const kind of ['auth', 'conflict', 'defect', 'not-found'] as const) {
    const { send, tries } = retrying([new IpctlError(kind, 'no')]);
    assert.equal((await thrownBy(send(get))).kind, kind);
    assert.equal(tries(), 1);
  }
  const { send, tries } = retrying(Array.from({ length: 9 }, () => temporary({ fate: 'unknown' })));
  await thrownBy(send(get));
  assert.equal(tries(), 4);
});

test('Retry-After beats our own pauses, however long; past the deadline it is not waited for, and told', async () => {
  const told = retrying([temporary({ fate: 'not-applied', retryAfter: 7000 })]);
  await told.send(post);
  assert.deepEqual(told.slept, [7000]);
  const long = retrying([temporary({ fate: 'not-applied', retryAfter: 3_600_000 })], START + 7_200_000);
  await long.send(get);
  assert.deepEqual(long.slept, [3_600_000]);
  const short = retrying([temporary({ fate: 'not-applied', retryAfter: 7000 })], START + 5000);
  assert.equal((await thrownBy(short.send(get))).details.hint, 'the provider allows another try in 7 s');
  assert.deepEqual(short.slept, []);
  const own = retrying([temporary({ fate: 'unknown' }), temporary({ fate: 'unknown' }), temporary({ fate: 'unknown' })]);
  await own.send(get);
  assert.deepEqual(own.slept, [125, 250, 500]);
});

test('Retry-After is read in seconds and as a date against the reply’s own', () => {
  assert.equal(retryAfter({ 'retry-after': '3' }), 3000);
  assert.equal(retryAfter({ 'retry-after': 'Thu, 15 Jan 2026 12:00:30 GMT', date: 'Thu, 15 Jan 2026 12:00:00 GMT' }), 30_000);
  assert.equal(retryAfter({ 'retry-after': 'soon' }), undefined);
  assert.equal(retryAfter({}), undefined);
});

test('a read follows redirects on its own origin, and nowhere else', async () => {
  const asked: string[] = [];
  const to = (location: string): Send =>
    redirect(async (request) => {
      asked.push(request.url);
      return request.url.endsWith('/things') ? reply(303, { headers: { location } }) : reply(200);
    });
  assert.equal((await to('/things?page=1')(get)).status, 200);
  assert.deepEqual(asked, ['https://cloud.example/things', 'https://cloud.example/things?page=1']);
  for (const elsewhere of ['https://evil.example/things2', 'http://cloud.example/x', 'https://cloud.example:8443/x']) {
    assert.equal((await thrownBy(to(elsewhere)(get))).kind, 'defect', elsewhere);
  }
  assert.equal((await to('/other')(post)).status, 303, 'a mutation is not followed');
  const endless = redirect(async () => reply(302, { headers: { location: '/again' } }));
  assert.match((await thrownBy(endless(get))).message, /redirects/);
});

test('plain http goes to this machine only, unless the user said otherwise', async () => {
  const passes = async (target: string, insecure = false): Promise<boolean> => {
    const send = encrypted(insecure)(async () => reply(200));
    return (async () => send({ method: 'GET', url: target }))().then(
      () => true,
      (error: IpctlError) => {
        assert.equal(error.kind, 'config');
        return false;
      },
    );
  };
  for (const fine of ['https://a.example/', 'http://127.0.0.1:80/', 'http://localhost:1/', 'http://[::1]:1/', 'http://127.8.9.1/'])
    assert.ok(await passes(fine), fine);
  for (const bad of ['http://a.example/', 'http://10.0.0.1/', 'http://127.0.0.1.evil.example/', 'http://localhost.evil.example/'])
    assert.ok(!(await passes(bad)), bad);
  assert.ok(await passes('http://a.example/', true));
});

test('a part of a URL is one segment, whatever is in it', () => {
  assert.equal(
    url('https://a/v2/', ['x/../y', 'z?q#f%'], { a: 'b&c', none: undefined, many: ['1', '2'] }),
    'https://a/v2/x%2F..%2Fy/z%3Fq%23f%25?a=b%26c&many=1&many=2',
  );
  for (const bad of ['', '.', '..']) assert.throws(() => url('https://a', [bad]), IpctlError);
  assert.equal(parameterOf('http://internal:9696/ports?limit=2&amp;marker=a%2Fb', 'marker'), 'a/b');
  assert.equal(parameterOf('nothing', 'marker'), undefined);
});

test('pages are asked for as they are wanted, and a list that never ends is an error', async () => {
  const asked: (string | undefined)[] = [];
  const numbered = pages(async (cursor) => {
    asked.push(cursor);
    const page = Number(cursor ?? 1);
    return { items: [page * 10, page * 10 + 1], next: page < 3 ? String(page + 1) : undefined };
  });
  for await (const item of numbered) if (item === 11) break;
  assert.deepEqual(asked, [undefined]);
  assert.deepEqual(
    await collect(pages(async (cursor) => ({ items: cursor === undefined ? [1] : [], next: 'more' }))),
    [1],
    'an empty page ends',
  );
  const circle = pages(async () => ({ items: [1], next: 'same' }));
  assert.equal((await thrownBy(collect(circle))).kind, 'defect');
});

test('a broken reply is told by the field', () => {
  const thing = fields({ name: '', id: 7, size: '12', list: [{ a: 1 }], when: '2026-01-02 03:04:05', nested: { x: null } }, 'thing');
  assert.deepEqual([thing.textOrNull('name'), thing.id('id'), thing.integerOrNull('size'), thing.flag('no')], [null, '7', 12, false]);
  assert.equal(thing.timeOrNull('when')?.toISOString(), '2026-01-02T03:04:05.000Z');
  assert.equal(thing.object('nested').textOrNull('x'), null);
  const broken: readonly [() => unknown, RegExp][] = [
    [() => thing.text('name'), /thing\.name is not a text/],
    [() => thing.object('id'), /thing\.id is not an object/],
    [() => thing.list('nested'), /thing\.nested is not a list/],
    [() => thing.list('list')[0]?.text('a'), /thing\.list\[0\]\.a is not a text/],
    [() => fields('<html>', ''), /the body is not an object/],
  ];
  for (const [read, message] of broken)
    assert.throws(read, (error) => error instanceof IpctlError && error.kind === 'defect' && message.test(error.message));
});

test('statuses have their general meaning, and say whether anything may have happened', () => {
  const meanings: readonly [number, Kind, string][] = [
    [400, 'usage', 'not-applied'],
    [401, 'auth', 'not-applied'],
    [404, 'not-found', 'not-applied'],
    [405, 'unsupported', 'not-applied'],
    [409, 'conflict', 'not-applied'],
    [413, 'temporary', 'not-applied'],
    [429, 'temporary', 'not-applied'],
    [500, 'temporary', 'unknown'],
    [502, 'temporary', 'unknown'],
    [503, 'temporary', 'unknown'],
    [302, 'defect', 'not-applied'],
  ];
  for (const [status, kind, fate] of meanings) assert.deepEqual([kindOf(status), fateOf(status)], [kind, fate], String(status));
  const error = refusal({
    provider: 'acme',
    reply: reply(422, { headers: { 'x-request-id': '7f3a' } }),
    message: 'It is taken. ',
    code: 'taken',
  });
  assert.equal(error.message, 'It is taken (acme 422 taken, request 7f3a)');
  assert.equal(plainText('<html><style>x{}</style><h1>Bad</h1>\n gateway</html>'), 'Bad gateway');
});

test('a secret is masked in every spelling, a header by its name', () => {
  const { conceal, text, headers } = redactor();
  conceal('p@ss w"rd');
  conceal('abc');
  assert.equal(text('p@ss w"rd p%40ss%20w%22rd p@ss w\\"rd cEBzcyB3InJk abc'), '**** **** **** **** abc');
  assert.deepEqual(headers({ Authorization: 'Basic ZGVtbw==', 'X-Auth-Token': 'gAAA', accept: 'x' }), {
    Authorization: 'Basic ****',
    'X-Auth-Token': '****',
    accept: 'x',
  });
});

test('a secret told of later is masked too, and whole where it contains an earlier one', () => {
  const { conceal, text } = redactor();
  conceal('word');
  assert.equal(text('my word, longer-word-still'), 'my ****, longer-****-still');
  conceal('longer-word-still');
  assert.equal(text('my word, longer-word-still'), 'my ****, ****');
});

async function serving(handle: (response: ServerResponse) => void, work: (origin: string) => Promise<void>): Promise<void> {
  const server: Server = createServer((_request, response) => handle(response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }
}

const settingsOf = (lines: string[] = [], alarm = virtualClock().alarm) => {
  const opened = connections({ env: {} });
  const clock = { ...virtualClock(), alarm };
  const http = client({
    connections: opened,
    clock,
    random: () => 0,
    redactor: redactor(),
    trace: { bodies: true, line: (text) => lines.push(text) },
    userAgent: 'test',
  });
  const limits = { signal: new AbortController().signal, deadline: () => START + 60_000, progress: () => {} };
  const send = http(limits)({ fault: (answer) => refusal({ provider: 'acme', reply: answer, message: plainText(answer.text) }) });
  return { send, close: opened.close };
};

test('a reply without end is refused once it is too large', async () => {
  await serving(
    (response) => {
      const chunk = Buffer.alloc(1024 * 1024, 'x');
      const more = (): void => {
        while (!response.destroyed && response.write(chunk));
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    },
    async (origin) => {
      const { send, close } = settingsOf();
      const error = await thrownBy(send({ method: 'GET', url: origin }));
      assert.equal(error.kind, 'defect');
      assert.match(error.message, /more than 32 MiB/);
      await close();
    },
  );
});

test('a closed port is "not sent", a cut connection is "unknown"', async () => {
  let origin = '';
  await serving(
    (response) => response.socket?.destroy(),
    async (where) => {
      origin = where;
      const { send, close } = settingsOf();
      const error = await thrownBy(send({ method: 'POST', url: where, body: {} }));
      assert.deepEqual([error.kind, error.details.fate], ['temporary', 'unknown']);
      await close();
    },
  );
  const { send, close } = settingsOf();
  const error = await thrownBy(send({ method: 'POST', url: origin, body: {} }));
  assert.deepEqual([error.kind, error.details.fate], ['temporary', 'not-sent']);
  assert.match(error.message, /^cannot reach 127\.0\.0\.1:\d+ \(ECONNREFUSED\)$/);
  await close();
});

test('an exchange that takes too long is cut, and only where it had not begun is its fate known', async () => {
  const alarm = new AbortController();
  await serving(
    () => alarm.abort(),
    async (origin) => {
      for (const [fate, message] of [
        ['unknown', /did not answer within 30 s/],
        ['not-sent', /could not be reached within 30 s/],
      ] as const) {
        const { send, close } = settingsOf([], () => ({ signal: alarm.signal, cancel() {} }));
        const error = await thrownBy(send({ method: 'POST', url: origin, body: {} }));
        assert.deepEqual([error.kind, error.details.fate], ['temporary', fate]);
        assert.match(error.message, message);
        await close();
      }
    },
  );
});

test('no body is a body of length zero, and the trace tells the exchange', async () => {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.headers['content-length']} ${request.headers['content-type']}`);
    response.writeHead(202, { 'x-request-id': 'r1' }).end('{"a":1}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const lines: string[] = [];
  const { send, close } = settingsOf(lines);
  assert.deepEqual((await send({ method: 'POST', url: origin })).json, { a: 1 });
  await send({ method: 'POST', url: origin, body: { b: 2 } });
  assert.deepEqual(seen, ['POST 0 undefined', 'POST 7 application/json']);
  assert.equal(lines[0], `POST ${origin} -> 202 (0 ms, r1)`);
  assert.ok(lines.includes('> {"b":2}') && lines.includes('< {"a":1}'));
  await close();
  server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
});
