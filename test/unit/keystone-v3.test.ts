/** Keystone v3: how long a token is kept, for whom, and what is asked when a login is refused. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Credentials, type KeystoneSettings, keystoneV3 } from '../../src/auth/keystone-v3.js';
import type { Tokens } from '../../src/domain/driver.js';
import { IpctlError } from '../../src/domain/errors.js';
import type { Reply, Request } from '../../src/domain/exchange.js';
import { START, virtualClock } from '../support/clock.js';

const reply = (status: number, json: unknown, headers: Readonly<Record<string, string>> = {}): Reply => ({
  status,
  headers,
  text: JSON.stringify(json),
  json,
});

const MINUTE = 60_000;
const granted = (token: string, minutes: number): Reply =>
  reply(
    201,
    {
      token: {
        expires_at: new Date(START + minutes * MINUTE).toISOString(),
        user: { id: 'u1', name: 'alice' },
        project: { id: 'p1', name: 'web' },
        catalog: [],
      },
    },
    { 'x-subject-token': token },
  );

const password: Credentials = { method: 'password', user: { name: 'alice', domainName: 'Default' }, password: 'pass-word-1' };
const web = { name: 'web', domainName: 'Default' };
const botOf = (name: string): Credentials => ({
  method: 'application_credential',
  credential: { name: 'bot' },
  user: { name, domainName: 'Default' },
  secret: 's3cr3t-s3cr3t',
});

/** Sessions that share a token cache, at a service that gives these answers in this order. */
function service(answers: readonly Reply[]) {
  const clock = virtualClock();
  const sent: Request[] = [];
  const kept = new Map<string, unknown>();
  const tokens: Tokens = {
    get: async (key) => kept.get(key),
    put: async (key, value) => void kept.set(key, value),
    drop: async (key) => void kept.delete(key),
  };
  const settings: Omit<KeystoneSettings, 'credentials'> = {
    authUrl: 'https://id.example',
    project: web,
    tokens,
    clock,
    conceal: () => undefined,
    send: async (request) => {
      const answer = answers[sent.length];
      sent.push(request);
      assert.ok(answer !== undefined, `one request too many: ${request.method} ${request.url}`);
      if (answer.status < 300) return answer;
      throw new IpctlError('auth', 'refused (401)', { status: answer.status });
    },
  };
  return {
    clock,
    sent,
    kept,
    open: (credentials: Credentials, more: Partial<KeystoneSettings> = {}) => keystoneV3({ ...settings, credentials, ...more }),
  };
}

const scopeOf = ({ body }: Request): unknown => (body as { auth: { scope?: unknown } }).auth.scope;

describe('a kept token', () => {
  test('lives as long as expires_at says, less two minutes', async () => {
    const { clock, open } = service([granted('first', 60), granted('second', 120)]);
    const tokenOf = async (): Promise<string> => (await open(password).current()).token;
    const signal = new AbortController().signal;
    assert.equal(await tokenOf(), 'first');
    await clock.sleep(57 * MINUTE, signal);
    assert.equal(await tokenOf(), 'first');
    await clock.sleep(2 * MINUTE, signal);
    assert.equal(await tokenOf(), 'second');
  });

  test('is that of its user: application credentials of one name belong to several', async () => {
    const { sent, open } = service([granted('of-alice', 60), granted('of-bob', 60)]);
    const tokenOf = async (name: string): Promise<string> => (await open(botOf(name), { project: undefined }).current()).token;
    assert.deepEqual([await tokenOf('alice'), await tokenOf('bob'), await tokenOf('alice')], ['of-alice', 'of-bob', 'of-alice']);
    assert.deepEqual(sent.map(scopeOf), [undefined, undefined]);
  });

  test('is dropped when a service refuses it and nothing can renew it', async () => {
    const { sent, kept, open } = service([granted('exchanged', 60)]);
    const { authorize } = open({ method: 'token', token: 'given-token' });
    const answer = await authorize(async () => reply(401, {}))({ method: 'GET', url: 'https://net.example' });
    assert.deepEqual([answer.status, sent.length, kept.size], [401, 1, 0]);
  });
});

test('with or without a version, the token is asked for at one place', async () => {
  for (const authUrl of ['https://id.example', 'https://id.example/', 'https://id.example/v3', 'https://id.example/v3/']) {
    const { sent, open } = service([granted('t', 60)]);
    await open(password, { authUrl }).current();
    assert.deepEqual(
      sent.map(({ method, url }) => `${method} ${url}`),
      ['POST https://id.example/v3/auth/tokens'],
      authUrl,
    );
  }
});

describe('a refused login', () => {
  const refusal = async (open: () => Promise<unknown>): Promise<IpctlError> => {
    const thrown = await open().then(
      () => undefined,
      (error: unknown) => error,
    );
    assert.ok(thrown instanceof IpctlError, String(thrown));
    return thrown;
  };

  test('costs one look without a scope, which tells the project from the password', async () => {
    const wrong = service([reply(401, {}), reply(401, {})]);
    const error = await refusal(() => wrong.open(password, { explained: true }).current());
    assert.match(error.message, /^the user or the password is wrong: refused \(401\)$/);
    assert.deepEqual(wrong.sent.map(scopeOf), [{ project: { name: 'web', domain: { name: 'Default' } } }, 'unscoped']);

    const projects = reply(200, { projects: [{ id: 'p2', name: 'ops' }, { id: 'p3' }] });
    const elsewhere = service([reply(401, {}), granted('unscoped-token', 60), projects]);
    const told = await refusal(() => elsewhere.open(password, { explained: true }).current());
    assert.match(told.message, /project web is not open to them or does not exist/);
    assert.equal(told.details.hint, 'open to them: ops, p3');
    assert.deepEqual([told.kind, told.details.status, elsewhere.kept.size], ['auth', 401, 0]);
    assert.deepEqual(elsewhere.sent[2]?.headers, { 'x-auth-token': 'unscoped-token' });
  });

  test('stands as it came when the look behind it fails for a reason of its own', async () => {
    const { sent, open } = service([reply(401, {}), reply(403, {})]);
    const error = await refusal(() => open(password, { explained: true }).current());
    assert.deepEqual([error.message, error.details.status, sent.length], ['refused (401)', 401, 2]);
  });

  test('costs no look where a look would cost more: a passcode, an application credential, a provider that locks users out', async () => {
    for (const [credentials, more, message] of [
      [{ ...password, passcode: '123456' }, { explained: true }, /^the user or the password is wrong/],
      [botOf('alice'), { explained: true, project: undefined }, /^the application credential is unknown/],
      [password, {}, /^refused \(401\)$/],
    ] as const) {
      const { sent, open } = service([reply(401, {})]);
      assert.match((await refusal(() => open(credentials, more).current())).message, message);
      assert.equal(sent.length, 1);
    }
  });

  test('a success without a token is the service’s own fault', async () => {
    const { open } = service([reply(201, {})]);
    assert.equal((await refusal(() => open(password).current())).kind, 'defect');
  });
});
