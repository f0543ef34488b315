import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { CloudBase, Dialect } from '../../src/sandbox/dialect.js';
import { type DialectId, dialectIds } from '../../src/sandbox/dialects.js';
import { parseFault } from '../../src/sandbox/faults.js';
import { fileJournal, type JournalEntry, read, redactBody, redactHeaders, redactPath } from '../../src/sandbox/journal.js';
import { type Sandbox, type SandboxSettings, start } from '../../src/sandbox/server.js';
import { announce, running, serve } from '../../src/sandbox/serving.js';
import { alone, reset } from '../../src/sandbox/state.js';

interface Counter extends CloudBase {
  count: number;
}

/** `POST /count` adds one, `GET /count` shows the sum, `/break` changes it and throws, `/echo` shows how the request was understood. */
const counter: Dialect<Counter> = {
  id: 'counter',
  title: 'Counter',
  seed: () => ({ serial: 0, moment: 0, count: 0 }),
  answer: (call, cloud, tools) => {
    switch (`${call.method} ${call.path[0]}`) {
      case 'POST count':
        cloud.count += 1;
        return { status: 201, headers: { 'X-Request': 'r-1' }, json: { count: cloud.count } };
      case 'GET count':
        return { status: 200, json: { count: cloud.count } };
      case 'DELETE count':
        return { status: 202 };
      case 'GET plain':
        return { status: 200, text: 'héllo', mark: 'nobody asks for plain' };
      case 'GET typed':
        return { status: 200, headers: { 'content-type': 'application/problem+json', Date: 'Thu, 15 Jan 2026 10:00:00 GMT' }, json: {} };
      case 'POST break':
        cloud.count += 100;
        throw new Error('a slip of the dialect');
      default:
        return { status: 200, json: { ...call, query: [...call.query], knobs: tools.knobs, origin: tools.origin } };
    }
  },
  options: (origin) => ({ endpoint: `${origin}/v1`, token: 'sesame' }),
  credentials: ['token'],
};

interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

interface Question {
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly agent?: Agent;
}

/** Rejects when the connection breaks, before the answer or in it. */
function ask(origin: string, method: string, path: string, { body, headers = {}, agent }: Question = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const outgoing = request(`${origin}${path}`, { method, headers, ...(agent === undefined ? {} : { agent }) }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () =>
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text: Buffer.concat(chunks).toString() }),
      );
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

const count = async (sandbox: Sandbox): Promise<number> => JSON.parse((await ask(sandbox.origin, 'GET', '/count')).text).count;

function temporary(context: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'ipctl-sandbox-'));
  context.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

async function open(context: TestContext, settings: SandboxSettings = {}): Promise<Sandbox> {
  const sandbox = await start(counter, settings);
  context.after(() => sandbox.close());
  return sandbox;
}

const faulty = (context: TestContext, ...faults: readonly string[]): Promise<Sandbox> => open(context, { faults: faults.map(parseFault) });

/** The number of a process that has ended. */
const deadPid = (): number => spawnSync(process.execPath, ['--version']).pid;

const modeOf = (file: string): number => statSync(file).mode & 0o777;

/** A server in another process, which also asks itself `times` times and prints the counts it got. */
const ELSEWHERE = `
  import { start } from ${JSON.stringify(new URL('../../src/sandbox/server.ts', import.meta.url).href)};
  const counter = {
    id: 'counter', title: '', credentials: [], options: () => ({}),
    seed: () => ({ serial: 0, moment: 0, count: 0 }),
    answer: (call, cloud) => ({ status: 201, json: { count: (cloud.count += 1) } }),
  };
  const [directory, times] = process.argv.slice(1);
  const sandbox = await start(counter, { directory });
  process.stdout.write('ready\\n');
  await new Promise((resolve) => process.stdin.once('data', resolve));
  const answers = await Promise.all(Array.from({ length: Number(times) }, () => fetch(sandbox.origin + '/count', { method: 'POST' }).then((reply) => reply.json())));
  process.stdout.write(JSON.stringify(answers.map((answer) => answer.count)));
  await sandbox.close();
  process.exit();
`;

test('forty increments at once, by three servers in two processes, and none is lost', async (context) => {
  const directory = temporary(context);
  const elsewhere = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', ELSEWHERE, directory, '20'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  context.after(() => elsewhere.kill());
  const [first, second] = [await open(context, { directory }), await open(context, { directory })];
  await once(elsewhere.stdout, 'data');
  let printed = '';
  elsewhere.stdout.on('data', (chunk) => {
    printed += String(chunk);
  });
  elsewhere.stdin.end('go\n');
  const here = await Promise.all(
    Array.from({ length: 20 }, (_, index) => ask((index % 2 === 0 ? first : second).origin, 'POST', '/count')),
  );
  await once(elsewhere, 'close');

  const counts = [...here.map((reply): number => JSON.parse(reply.text).count), ...JSON.parse(printed)].sort((a, b) => a - b);
  assert.deepEqual(
    counts,
    Array.from({ length: 40 }, (_, index) => index + 1),
  );
  assert.equal(first.journal().length, 40);
  assert.deepEqual(readdirSync(directory).sort(), ['counter.journal.jsonl', 'counter.json']);
});

test('the files are for the owner alone, in a directory made for them', async (context) => {
  const directory = join(temporary(context), 'deep', 'sandbox');
  const sandbox = await open(context, { directory });
  await ask(sandbox.origin, 'POST', '/count');
  assert.equal(modeOf(directory), 0o700);
  assert.equal(modeOf(join(directory, 'counter.json')), 0o600);
  assert.equal(modeOf(join(directory, 'counter.journal.jsonl')), 0o600);
});

test('a cloud outlives its server and is seeded only when absent', async (context) => {
  const directory = temporary(context);
  const before = await open(context, { directory });
  await ask(before.origin, 'POST', '/count');
  await before.close();
  const after = await open(context, { directory });
  assert.equal(await count(after), 1);
  rmSync(join(directory, 'counter.json'));
  assert.equal(await count(after), 0, 'under a running server too');
});

test('in memory, servers share nothing and write nothing', async (context) => {
  const [one, other] = [await open(context), await open(context)];
  await ask(one.origin, 'POST', '/count');
  assert.deepEqual([await count(one), await count(other)], [1, 0]);
  assert.deepEqual(
    one.journal().map(({ method, path, status }) => ({ method, path, status })),
    [
      { method: 'POST', path: '/count', status: 201 },
      { method: 'GET', path: '/count', status: 200 },
    ],
  );
});

for (const text of ['{"cloud": {"serial": 0, "mom', '[]', '{"cloud": {"serial": "0", "moment": 0}}', '']) {
  test(`a state file that holds ${JSON.stringify(text)} is an error and stays as it is`, async (context) => {
    const directory = temporary(context);
    const file = join(directory, 'counter.json');
    writeFileSync(file, text);
    await assert.rejects(start(counter, { directory }), (error: Error) => error.message.includes(file));
    assert.equal(readFileSync(file, 'utf8'), text);
  });
}

test('a state file that breaks under a running server is a 500 that names it, and stays as it is', async (context) => {
  const directory = temporary(context);
  const sandbox = await open(context, { directory });
  const file = join(directory, 'counter.json');
  writeFileSync(file, 'scribble');
  const reply = await ask(sandbox.origin, 'POST', '/count');
  assert.equal(reply.status, 500);
  assert.ok(reply.text.includes(file));
  assert.equal(readFileSync(file, 'utf8'), 'scribble');
});

test('a dialect that throws is rolled back and marked', async (context) => {
  for (const settings of [{}, { directory: temporary(context) }]) {
    const sandbox = await open(context, settings);
    await ask(sandbox.origin, 'POST', '/count');
    const reply = await ask(sandbox.origin, 'POST', '/break');
    assert.equal(reply.status, 500);
    assert.match(reply.text, /a slip of the dialect/);
    assert.equal(await count(sandbox), 1);
    assert.equal(sandbox.journal()[1]?.mark, 'a slip of the dialect');
    assert.equal(sandbox.journal()[1]?.status, 500);
  }
});

test('what the dialect is told about a request', async (context) => {
  const sandbox = await open(context, { knobs: { slow: 3 } });
  const reply = await ask(sandbox.origin, 'PUT', '/echo//a%2Fb/%zz/?x=1&x=2&y=%20', {
    body: '{"é":1}',
    headers: { 'X-Twice': ['a', 'b'], Authorization: ['a', 'b'], Host: 'localhost:1' },
  });
  const { headers, ...heard } = JSON.parse(reply.text);
  assert.deepEqual(heard, {
    method: 'PUT',
    rawPath: '/echo//a%2Fb/%zz/',
    path: ['echo', 'a/b', '%zz'],
    query: [
      ['x', '1'],
      ['x', '2'],
      ['y', ' '],
    ],
    body: '{"é":1}',
    knobs: { slow: 3 },
    origin: 'http://localhost:1',
  });
  assert.deepEqual([headers['x-twice'], headers.authorization], ['a, b', 'a, b']);
});

test('lengths and types of answers', async (context) => {
  const { origin } = await open(context);
  const answer = async (method: string, path: string) => {
    const { status, headers, text } = await ask(origin, method, path);
    return { status, type: headers['content-type'], length: headers['content-length'], date: headers.date, text };
  };
  assert.deepEqual(await answer('GET', '/count'), {
    status: 200,
    type: 'application/json',
    length: '11',
    date: undefined,
    text: '{"count":0}',
  });
  assert.deepEqual(await answer('HEAD', '/count'), { status: 200, type: 'application/json', length: '11', date: undefined, text: '' });
  assert.deepEqual(await answer('DELETE', '/count'), { status: 202, type: undefined, length: '0', date: undefined, text: '' });
  assert.deepEqual(await answer('GET', '/plain'), {
    status: 200,
    type: 'text/plain; charset=UTF-8',
    length: '6',
    date: undefined,
    text: 'héllo',
  });
  const typed = await answer('GET', '/typed');
  assert.deepEqual([typed.type, typed.date], ['application/problem+json', 'Thu, 15 Jan 2026 10:00:00 GMT']);
});

test('options lead to the server', async (context) => {
  const sandbox = await open(context);
  assert.match(sandbox.origin, /^http:\/\/127\.0\.0\.1:\d+$/);
  assert.deepEqual(sandbox.options, { endpoint: `${sandbox.origin}/v1`, token: 'sesame' });
  await assert.rejects(start(counter, { port: Number(new URL(sandbox.origin).port) }), /EADDRINUSE/);
});

test('a body of a mebibyte passes, one byte more is a 413, and the connection goes on', async (context) => {
  const { origin, journal } = await open(context);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  context.after(() => agent.destroy());
  assert.equal((await ask(origin, 'POST', '/count', { body: 'x'.repeat(2 ** 20), agent })).status, 201);
  assert.equal((await ask(origin, 'POST', '/count', { body: 'x'.repeat(2 ** 20 + 1), agent })).status, 413);
  assert.equal((await ask(origin, 'GET', '/count', { agent })).text, '{"count":1}');
  assert.deepEqual(
    journal().map((entry) => [entry.status, entry.mark === null, entry.body.length]),
    [
      [201, true, 2 ** 20],
      [413, false, 0],
      [200, true, 0],
    ],
  );
});

test('close ends an idle connection and one in the middle of a request', async (context) => {
  const sandbox = await start(counter, {});
  const agent = new Agent({ keepAlive: true });
  context.after(() => agent.destroy());
  await ask(sandbox.origin, 'GET', '/count', { agent });
  const unfinished = connect(Number(new URL(sandbox.origin).port), '127.0.0.1');
  const ended = once(unfinished, 'close');
  unfinished.on('error', () => undefined);
  unfinished.write('POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n12');
  await once(unfinished, 'connect');
  await ask(sandbox.origin, 'GET', '/count', { agent });
  await Promise.all([sandbox.close(), sandbox.close(), ended]);
  await assert.rejects(ask(sandbox.origin, 'GET', '/count', { agent }));
  assert.equal(sandbox.journal().length, 2, 'a request that never arrived is none');
});

test('a delay holds no lock and no close, and the delayed request takes its effect', async (context) => {
  const directory = temporary(context);
  const sandbox = await start(counter, { directory, faults: [parseFault('POST *: delay 3600s')] });
  context.after(() => sandbox.close());
  const neighbour = await open(context, { directory });
  const socket = connect(Number(new URL(sandbox.origin).port), '127.0.0.1');
  const ended = once(socket, 'close');
  socket.write('POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\nGET /count?behind HTTP/1.1\r\nHost: x\r\n\r\n');
  // The second request of the connection is carried out while the first one waits: then that one has arrived.
  for (let tries = 0; !neighbour.journal().some(({ path }) => path === '/count?behind'); tries += 1) {
    assert.ok(tries < 1000);
    assert.equal(await count(neighbour), 0);
  }
  // Another process is on the state: closing cuts the connection at once, and waits for the request.
  writeFileSync(join(directory, 'counter.lock'), `${process.pid} 0a1b\n`);
  const closed = sandbox.close();
  await ended;
  rmSync(join(directory, 'counter.lock'));
  await closed;
  assert.equal(JSON.parse(readFileSync(join(directory, 'counter.json'), 'utf8')).cloud.count, 1);
  const delayed = neighbour.journal().find(({ method }) => method === 'POST');
  assert.deepEqual([delayed?.status, delayed?.fault], [201, 'POST *: delay 3600s']);
});

test('the lock of a dead process is taken over', async (context) => {
  const directory = temporary(context);
  writeFileSync(join(directory, 'counter.lock'), `${deadPid()} 0a1b\n`);
  const sandbox = await open(context, { directory });
  await ask(sandbox.origin, 'POST', '/count');
  assert.deepEqual(readdirSync(directory).sort(), ['counter.journal.jsonl', 'counter.json']);
});

test('the lock of a living process is not, and the error names both', async (context) => {
  const lock = join(temporary(context), 'x.lock');
  writeFileSync(lock, `${process.pid} 0a1b\n`);
  await assert.rejects(
    alone(lock, () => assert.fail('entered'), 0),
    (error: Error) => error.message.includes(lock) && error.message.includes(`process ${process.pid} `),
  );
  assert.equal(readFileSync(lock, 'utf8'), `${process.pid} 0a1b\n`);
});

test('of two that find the same dead lock, the second leaves it to the first', async (context) => {
  const lock = join(temporary(context), 'x.lock');
  const dead = deadPid();
  writeFileSync(lock, `${dead} 0a1b\n`);
  writeFileSync(`${lock}.0a1b`, `${process.pid} 77\n`);
  await assert.rejects(alone(lock, () => assert.fail('entered'), 0));
  assert.ok(existsSync(lock));
  // Unless the first one died over it.
  writeFileSync(`${lock}.0a1b`, `${dead} 77\n`);
  assert.equal(await alone(lock, () => 'entered'), 'entered');
  assert.ok(!existsSync(lock) && !existsSync(`${lock}.0a1b`));
});

test('a lock file without an owner is respected while it is new, and taken over when it is old', async (context) => {
  const lock = join(temporary(context), 'x.lock');
  writeFileSync(lock, '');
  // Dated ahead, so that no slow machine makes it old.
  utimesSync(lock, new Date(2100, 0), new Date(2100, 0));
  await assert.rejects(
    alone(lock, () => assert.fail('entered'), 0),
    /held by nobody known/,
  );
  utimesSync(lock, new Date(2000, 0), new Date(2000, 0));
  assert.equal(await alone(lock, () => 'entered'), 'entered');
});

test('a lock is given back when the work throws', async (context) => {
  const lock = join(temporary(context), 'x.lock');
  const failing = alone(lock, () => {
    throw new Error('no');
  });
  await assert.rejects(failing, /^Error: no$/);
  assert.ok(!existsSync(lock));
});

test('fault: a status, so many times, and nothing happens', async (context) => {
  const sandbox = await faulty(context, 'POST /count: 503 x2');
  for (const _ of [1, 2]) {
    const reply = await ask(sandbox.origin, 'POST', '/count?x=1');
    assert.equal(reply.status, 503);
    assert.equal(reply.headers['retry-after'], '1');
    assert.equal(typeof JSON.parse(reply.text).message, 'string');
  }
  assert.equal((await ask(sandbox.origin, 'POST', '/count')).text, '{"count":1}');
  assert.deepEqual(
    sandbox.journal().map(({ status, fault }) => [status, fault]),
    [
      [503, 'POST /count: 503 x2'],
      [503, 'POST /count: 503 x2'],
      [201, null],
    ],
  );
});

test('fault: only 413, 429 and 503 say when to come back', async (context) => {
  const { origin } = await faulty(context, ...[413, 429, 503, 401, 500].map((status) => `GET /${status}: ${status}`));
  for (const [status, wait] of [
    [413, '1'],
    [429, '1'],
    [503, '1'],
    [401, undefined],
    [500, undefined],
  ]) {
    const reply = await ask(origin, 'GET', `/${status}`);
    assert.deepEqual([reply.status, reply.headers['retry-after']], [status, wait]);
  }
});

test('fault: without a count it never wears off; method and path choose', async (context) => {
  const sandbox = await faulty(context, '* /v1/*/tail: 500', 'get /count: 404 x1');
  const status = async (method: string, path: string) => (await ask(sandbox.origin, method, path)).status;
  assert.deepEqual(
    [await status('PUT', '/v1/a/b/tail'), await status('GET', '/v1/c/tail?q=1'), await status('GET', '/v1/c/tail')],
    [500, 500, 500],
  );
  assert.deepEqual(
    [await status('GET', '/v1/a/tails'), await status('GET', '/x/v1/a/tail'), await status('GET', '/v1/tail')],
    [200, 200, 200],
  );
  assert.deepEqual([await status('POST', '/count'), await status('GET', '/count'), await status('GET', '/count')], [201, 404, 200]);
});

test('fault: dropped before the commit', async (context) => {
  const sandbox = await faulty(context, 'POST *: drop before commit x1');
  await assert.rejects(ask(sandbox.origin, 'POST', '/count'));
  assert.equal(await count(sandbox), 0);
  assert.equal(sandbox.journal()[0]?.status, null);
  assert.equal(sandbox.journal()[0]?.fault, 'POST *: drop before commit x1');
});

test('fault: dropped after the commit', async (context) => {
  const sandbox = await faulty(context, 'POST *: drop after commit x1');
  await assert.rejects(ask(sandbox.origin, 'POST', '/count'));
  assert.equal(await count(sandbox), 1);
  assert.equal(sandbox.journal()[0]?.status, null);
});

test('fault: a status after the commit; the mark of the dialect stays', async (context) => {
  const sandbox = await faulty(context, 'POST *: 502 after commit x1', 'GET /plain: 500 after commit');
  assert.equal((await ask(sandbox.origin, 'POST', '/count')).status, 502);
  assert.equal(await count(sandbox), 1);
  assert.equal((await ask(sandbox.origin, 'GET', '/plain')).status, 500);
  assert.equal(sandbox.journal().at(-1)?.mark, 'nobody asks for plain');
});

test('fault: a delay, then all is well', async (context) => {
  const sandbox = await faulty(context, 'POST *: delay 1ms');
  assert.equal((await ask(sandbox.origin, 'POST', '/count')).text, '{"count":1}');
  assert.equal(sandbox.journal()[0]?.fault, 'POST *: delay 1ms');
  assert.equal(parseFault('* *: delay 300ms').delay, 300);
  assert.equal(parseFault('* *: delay 1.5s').delay, 1500);
});

test('fault: half a body, of something and of nothing', async (context) => {
  const sandbox = await faulty(context, 'POST *: half body', 'DELETE *: half body');
  for (const [method, announced, sent] of [
    ['POST', '11', '{"cou'],
    ['DELETE', '1', ''],
  ] as const) {
    const outgoing = request(`${sandbox.origin}/count`, { method }).end();
    const [incoming] = await once(outgoing, 'response');
    assert.equal(incoming.headers['content-length'], announced);
    let text = '';
    incoming.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    const [error] = await once(incoming, 'error');
    assert.equal(error.code, 'ECONNRESET');
    assert.equal(text, sent);
  }
  assert.equal(await count(sandbox), 1);
});

test('fault: the body of a file, byte by byte', async (context) => {
  const file = join(temporary(context), 'a body.json');
  writeFileSync(file, '{"broken": ');
  const sandbox = await faulty(context, `POST /count: body ${file} x1`);
  const reply = await ask(sandbox.origin, 'POST', '/count');
  assert.deepEqual([reply.status, reply.headers['content-type'], reply.text], [200, 'application/json', '{"broken": ']);
  assert.equal(await count(sandbox), 0);
});

test('faults that cannot be read say why', () => {
  for (const [text, why] of [
    ['', /expected 'METHOD PATH: EFFECT \[xN\]'/],
    ['GET /x 503', /expected 'METHOD PATH: EFFECT/],
    ['GET /x:', /expected 'METHOD PATH: EFFECT/],
    ['/x: 503', /'\/x' is not a method and a path/],
    ['GET /a b: 503', /'GET \/a b' is not a method and a path/],
    ['G3T /x: 503', /'G3T' is not a method/],
    ['GET x: 503', /'x' starts neither/],
    ['GET /x?y=1: 503', /without the query/],
    ['GET /x: 503 x0', /x0 would never strike/],
    ['GET /x: 99', /99 is not a status/],
    ['GET /x: 600 after commit', /600 is not a status/],
    ['GET /x: drop', /'drop' is not an effect: a status/],
    ['GET /x: delay 2', /'delay 2' is not an effect/],
    ['GET /x: 503 x-1', /'503 x-1' is not an effect/],
    ['GET /x: body /no/such/file', /cannot read '\/no\/such\/file'/],
  ] as const) {
    assert.throws(() => parseFault(text), { message: why }, text);
  }
});

test('the journal keeps no credential of a request', async (context) => {
  const directory = temporary(context);
  const sandbox = await open(context, { directory });
  const body = '{"auth": {"passwordCredentials": {"username": "demo", "password": "sesame"}}}';
  await ask(sandbox.origin, 'POST', '/count?page=2', {
    body,
    headers: { Authorization: 'Basic c2VzYW1l', 'X-Auth-Token': 'sesame', 'X-Other': 'kept' },
  });
  const [entry] = await read(directory, ['counter'], 10);
  assert.ok(entry !== undefined);
  assert.match(entry.at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.deepEqual(
    [entry.dialect, entry.method, entry.path, entry.status, entry.mark, entry.fault],
    ['counter', 'POST', '/count?page=2', 201, null, null],
  );
  assert.deepEqual([entry.headers.authorization, entry.headers['x-auth-token'], entry.headers['x-other']], ['Basic ****', '****', 'kept']);
  assert.deepEqual(JSON.parse(entry.body), { auth: { passwordCredentials: { username: 'demo', password: '****' } } });
  assert.doesNotMatch(readFileSync(join(directory, 'counter.journal.jsonl'), 'utf8'), /sesame|c2VzYW1l/);
});

test('what counts as a credential in headers', () => {
  assert.deepEqual(
    redactHeaders({
      authorization: 'SDK-HMAC-SHA256 Access=K, SignedHeaders=host, Signature=ff',
      'x-subject-token': 'a',
      'x-security-token': 'b',
      cookie: 'c=d',
      accept: '*/*',
    }),
    { authorization: 'SDK-HMAC-SHA256 ****', 'x-subject-token': '****', 'x-security-token': '****', cookie: '****', accept: '*/*' },
  );
  assert.deepEqual(redactHeaders({ authorization: 'c2VzYW1l' }), { authorization: '****' });
});

test('what counts as a credential in bodies and paths', () => {
  for (const [body, redacted] of [
    ['', ''],
    ['{ "name" :  "as sent" }', '{ "name" :  "as sent" }'],
    ['{"password":{"user":{"id":"u","password":"p"}}}', '{"password":{"user":{"id":"u","password":"****"}}}'],
    ['{"a":[{"secret":"p"},{"apiKey":1},{"passcode":"p"}]}', '{"a":[{"secret":"****"},{"apiKey":"****"},{"passcode":"****"}]}'],
    ['{"p\\u0061ssword":"p"}', '{"password":"****"}'],
    ['{"auth":{"tenantId":"t","token":{"id":"p"}}}', '{"auth":{"tenantId":"t","token":{"id":"****"}}}'],
    [
      '{"auth":{"identity":{"token":{"id":"p"}},"scope":{"project":{"id":"t"}}}}',
      '{"auth":{"identity":{"token":{"id":"****"}},"scope":{"project":{"id":"t"}}}}',
    ],
    ['{"token":{"id":"no login"}}', '{"token":{"id":"no login"}}'],
    ['{"auth": {"password" : "p\\"q", "cut', '{"auth": {"password" : "****", "cut'],
    ['{"auth": {"password": "cut', '{"auth": {"password": "****"'],
  ] as const) {
    assert.equal(redactBody(body), redacted);
  }
  assert.equal(redactPath('/v2.0/tokens/abc/endpoints?x=1'), '/v2.0/tokens/****/endpoints?x=1');
  assert.equal(redactPath('/v3/auth/tokens?nocatalog'), '/v3/auth/tokens?nocatalog');
});

const entryAt = (at: string, path: string): JournalEntry => ({
  at,
  dialect: 'counter',
  method: 'GET',
  path,
  headers: {},
  body: '',
  status: 200,
  mark: null,
  fault: null,
});

test('a half-written last line is left out, and does not swallow the next one', async (context) => {
  const directory = temporary(context);
  const sandbox = await open(context, { directory });
  await ask(sandbox.origin, 'POST', '/count');
  appendFileSync(join(directory, 'counter.journal.jsonl'), '{"at":"2026-01-15T10:00:00.000Z","dialect":"coun');
  const methods = async () => (await read(directory, ['counter'], 10)).map(({ method }) => method);
  assert.deepEqual(await methods(), ['POST']);
  await ask(sandbox.origin, 'GET', '/count');
  assert.deepEqual(await methods(), ['POST', 'GET']);
});

test('the last entries of several journals come in the order of time', async (context) => {
  const directory = temporary(context);
  const times: readonly (readonly [string, number])[] = [
    ['a', 1],
    ['b', 2],
    ['a', 3],
    ['b', 3],
    ['a', 4],
  ];
  for (const [id, second] of times) fileJournal(directory, id).append(entryAt(`2026-01-15T10:00:0${second}.000Z`, `/${id}${second}`));
  const paths = async (limit: number) => (await read(directory, ['a', 'b', 'absent'], limit)).map(({ path }) => path);
  assert.deepEqual(await paths(4), ['/b2', '/a3', '/b3', '/a4']);
  assert.deepEqual(await paths(0), []);
});

test('a journal of two thousand lines is cut to the newer half', async (context) => {
  const directory = temporary(context);
  const line = (index: number) => `${JSON.stringify(entryAt('2026-01-15T10:00:00.000Z', `/${index}`))}\n`;
  const file = join(directory, 'counter.journal.jsonl');
  writeFileSync(file, Array.from({ length: 1998 }, (_, index) => line(index)).join(''));
  const journal = fileJournal(directory, 'counter');
  const span = () => {
    const entries = journal.entries();
    return [entries.length, entries[0]?.path, entries.at(-1)?.path];
  };
  journal.append(entryAt('2026-01-15T10:00:00.000Z', '/1998'));
  assert.deepEqual(span(), [1999, '/0', '/1998']);
  journal.append(entryAt('2026-01-15T10:00:00.000Z', '/1999'));
  assert.deepEqual(span(), [1000, '/1000', '/1999']);
  assert.equal(modeOf(file), 0o600);
  // Of two processes each sees what the other wrote.
  const other = fileJournal(directory, 'counter');
  for (let index = 2000; index < 2999; index += 1)
    (index % 3 === 0 ? other : journal).append(entryAt('2026-01-15T10:00:00.000Z', `/${index}`));
  assert.deepEqual(span(), [1999, '/1000', '/2998']);
  other.append(entryAt('2026-01-15T10:00:00.000Z', '/2999'));
  assert.deepEqual(span(), [1000, '/2000', '/2999']);
  journal.append(entryAt('2026-01-15T10:00:00.000Z', '/3000'));
  assert.deepEqual(span(), [1001, '/2000', '/3000']);
});

test('reset takes the state and the journal of those named, and what a killed process left of them', async (context) => {
  const directory = temporary(context);
  const sandbox = await open(context, { directory });
  await ask(sandbox.origin, 'POST', '/count');
  for (const name of ['counter.json.0a.tmp', 'counter2.json', 'otc.json', 'serving.json']) writeFileSync(join(directory, name), '{}');
  assert.deepEqual(await reset(directory, ['counter']), ['counter']);
  assert.deepEqual(readdirSync(directory).sort(), ['counter2.json', 'otc.json', 'serving.json']);
  assert.equal(await count(sandbox), 0);
  assert.deepEqual(await reset(directory), ['otc'], 'all dialects when none is named');
  assert.deepEqual(await reset(join(directory, 'absent')), []);
  assert.ok(!existsSync(join(directory, 'absent')));
});

const ORIGINS = Object.fromEntries(dialectIds.map((id, index) => [id, `http://127.0.0.1:${4000 + index}`])) as Record<DialectId, string>;

test('who serves is found while alive, and takes back only their own note', async (context) => {
  const directory = join(temporary(context), 'sandbox');
  const note = join(directory, 'serving.json');
  assert.equal(await running(directory), null);
  const withdraw = await announce(directory, { pid: process.pid, origins: ORIGINS });
  assert.deepEqual(await running(directory), { pid: process.pid, origins: ORIGINS });
  assert.deepEqual([modeOf(directory), modeOf(note)], [0o700, 0o600]);
  const second = new RegExp(`process ${process.pid} `);
  await assert.rejects(announce(directory, { pid: process.ppid, origins: ORIGINS }), second);
  await assert.rejects(serve(directory, {}), second);
  writeFileSync(note, JSON.stringify({ pid: process.ppid, origins: ORIGINS }));
  await withdraw();
  assert.equal((await running(directory))?.pid, process.ppid);
});

test('the note of a dead process counts for nothing, nor does one that cannot be read', async (context) => {
  const directory = temporary(context);
  mkdirSync(directory, { recursive: true });
  const note = join(directory, 'serving.json');
  for (const text of [
    JSON.stringify({ pid: deadPid(), origins: ORIGINS }),
    JSON.stringify({ pid: process.pid, origins: { otc: ORIGINS.otc } }),
    JSON.stringify({ pid: -1, origins: ORIGINS }),
    JSON.stringify({ pid: process.pid }),
    '{"pid":',
  ]) {
    writeFileSync(note, text);
    assert.equal(await running(directory), null, text);
  }
  const withdraw = await announce(directory, { pid: process.pid, origins: ORIGINS });
  await withdraw();
  assert.ok(!existsSync(note));
  mkdirSync(note);
  assert.equal(await running(directory), null);
});

test('serve plays every dialect, says so, and takes it back', async (context) => {
  const directory = temporary(context);
  const serving = await serve(directory, { faults: [parseFault('GET /nowhere: 418')] });
  context.after(() => serving.close());
  assert.deepEqual(Object.keys(serving.origins), dialectIds);
  assert.equal(new Set(Object.values(serving.origins)).size, dialectIds.length);
  assert.deepEqual(await running(directory), { pid: process.pid, origins: serving.origins });
  await assert.rejects(serve(directory, {}), new RegExp(`process ${process.pid} `));
  for (const id of dialectIds) {
    assert.equal((await ask(serving.origins[id], 'GET', '/nowhere')).status, 418, id);
    assert.ok(
      Object.values(serving.options[id]).some((value) => value.startsWith(serving.origins[id])),
      id,
    );
    for (const name of serving.credentials[id]) assert.ok(name in serving.options[id], `${id} ${name}`);
  }
  await serving.close();
  assert.equal(await running(directory), null);
  await assert.rejects(ask(serving.origins.otc, 'GET', '/nowhere'));
});
