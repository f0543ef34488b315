/** What a refused signature says, and that it is the last one: five in a row lock an access key. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tokens } from '../../../src/domain/driver.js';
import { IpctlError } from '../../../src/domain/errors.js';
import type { Refusals, Reply, Request } from '../../../src/domain/exchange.js';
import { collect } from '../../../src/http/pages.js';
import { verb } from '../../../src/operations/capable.js';
import { type Guarded, keyGuard } from '../../../src/providers/otc/key-guard.js';
import { START, virtualClock } from '../../support/clock.js';
import { failing, mutations, PROJECT, request, scripted, simulated } from './cloud.js';

const KEY = { 'access-key': 'IPCTLEXAMPLEAK000001', 'secret-key': 'ipctl-example-secret-key-0000000000000001' };
const WORDS = 'Incorrect IAM authentication information: verify aksk signature fail';
const get: Request = { method: 'GET', url: 'https://vpc/' };
const refusal = (code: string, date: string | undefined, status = 401): Reply => {
  const json = { error_msg: WORDS, error_code: code, request_id: '7d2c' };
  return { status, headers: date === undefined ? {} : { date }, text: JSON.stringify(json), json };
};
const remembered = (): Tokens => {
  const kept = new Map<string, unknown>();
  return {
    get: async (key) => kept.get(key),
    put: async (key, value) => void kept.set(key, value),
    drop: async (key) => void kept.delete(key),
  };
};
const guarded = (more: Partial<Guarded> = {}) =>
  keyGuard({ clock: virtualClock(), tokens: remembered(), key: ['https://iam', 'AK'], secrets: ['SK'], ...more });
const at = (seconds: number): string => new Date(START + seconds * 1000).toUTCString();

test('a clock that is off is told by how much, and which way', () => {
  for (const [date, says, hint] of [
    [at(7200), /: this machine’s clock is 7200 s behind the provider’s$/, /set the clock right/],
    [at(-1000), /: this machine’s clock is 1000 s ahead of the provider’s$/, /set the clock right/],
    // Accepted all the same: told, and no reason to look at the clock first.
    [at(-300), /: this machine’s clock is 300 s ahead of the provider’s$/, /check access-key/],
    [at(20), /request 7d2c\)$/, /check access-key/],
    [undefined, /request 7d2c\)$/, /check access-key/],
    ['yesterday', /request 7d2c\)$/, /check access-key/],
  ] as const) {
    const error = guarded().fault(refusal('APIGW.0301', date), get);
    assert.equal(error.kind, 'auth');
    assert.match(error.message, says);
    assert.match(error.details.hint ?? '', hint);
    assert.match(error.details.hint ?? '', /five bad .* lock the key/);
  }
});

test('after a refused signature nothing more is signed, whatever asks for it; another refusal ends nothing', async () => {
  for (const [code, status, ends] of [
    ['APIGW.0301', 401, true],
    ['APIG.0301', 401, true],
    ['IAM.1108', 400, true],
    ['VPC.2201', 403, false],
    ['VPC.0005', 401, false],
    ['APIGW.0308', 429, false],
  ] as const) {
    const refusals: Refusals = new Map();
    const tokens = remembered();
    const good: Reply = { status: 200, headers: {}, text: '', json: undefined };
    // Each operation of a command has a guard of its own.
    const answered = (reply: Reply) => guarded({ tokens }).leaving(refusals)(async () => reply)(get);
    await answered(refusal(code, undefined, status));
    let sent = 0;
    const send = guarded({ tokens }).leaving(refusals)(async () => {
      sent += 1;
      return good;
    });
    const thrown = await send(get).then(
      () => null,
      (error: unknown) => error,
    );
    assert.deepEqual(
      [sent, thrown instanceof IpctlError ? [thrown.kind, thrown.details.fate] : null],
      ends ? [0, ['auth', 'not-sent']] : [1, null],
      code,
    );
  }
});

test('a look for a lost answer does not go on signing when the key is refused meanwhile', async () => {
  const path = `/v1/${PROJECT}/publicips`;
  const body = { publicip: { type: '5_bgp' }, bandwidth: { share_type: 'PER', name: 'ipctl-m-0001', size: 10 } };
  await scripted(
    [
      { source: 'a gateway that gave up', request: request(`POST ${path}`, body), reply: { status: 504 } },
      {
        source: 'the look, refused',
        request: request(`GET ${path}?limit=2000`),
        reply: { status: 401, headers: { date: at(3600) }, body: { error_msg: WORDS, error_code: 'APIGW.0301', request_id: '7d2c' } },
      },
    ],
    async ({ run }) => {
      const spec = { version: 4, labels: {}, servers: [], ports: [], mark: 'm-0001' } as const;
      await failing(
        'unknown',
        run((driver) => verb(driver, 'allocateFloatingIp')(spec)),
      );
    },
    { options: { ...KEY, 'bandwidth-size': '10' }, timeout: 5000 },
  );
});

test('a list that asks two services at once sends no third signature after a refusal', async () => {
  await simulated(
    async ({ run }, sandbox) => {
      await failing(
        'auth',
        run((driver) => collect(verb(driver, 'listFloatingIps')({ serverNames: true }))),
      );
      assert.ok(sandbox.journal().length <= 2, `${sandbox.journal().length} requests`);
      assert.deepEqual(mutations(sandbox), []);
    },
    {
      options: { 'access-key': 'OTCSANDBOXACCESSKEY1', 'secret-key': 'another-secret-key-000000', 'project-id': PROJECT },
      without: ['username', 'password', 'domain-name'],
      knobs: { now: START },
    },
  );
});

test('refusals of commands in a row count together: before a key would be locked nothing is sent; a good signature forgets them', async () => {
  const clock = virtualClock();
  const tokens = remembered();
  /** One command: how it ended, and whether it sent anything. */
  const command = async (status: number, secret = 'SK'): Promise<string> => {
    let sent = 0;
    const { leaving } = guarded({ clock, tokens, secrets: [secret] });
    const send = leaving(new Map())(async () => {
      sent += 1;
      return status === 200 ? { status, headers: {}, text: '', json: undefined } : refusal('APIGW.0301', undefined, status);
    });
    return send(get).then(
      (reply) => `${sent} sent: ${reply.status}`,
      (error: IpctlError) => `${sent} sent: ${error.kind} ${error.details.fate}`,
    );
  };
  assert.deepEqual([await command(401), await command(401), await command(200)], ['1 sent: 401', '1 sent: 401', '1 sent: 200']);
  for (let time = 0; time < 3; time += 1) assert.equal(await command(401), '1 sent: 401');
  assert.equal(await command(200), '0 sent: auth not-sent');
  assert.equal(await command(200, 'another SK'), '1 sent: 200', 'a corrected secret is another signature');
  await clock.sleep(299_000, new AbortController().signal);
  assert.equal(await command(200), '0 sent: auth not-sent');
  await clock.sleep(2_000, new AbortController().signal);
  assert.equal(await command(200), '1 sent: 200');
});

test('a key that was accepted is refused: one try in each command, and none once commands beside it used them up', async () => {
  const tokens = remembered();
  const clock = virtualClock();
  let sent = 0;
  let good = true;
  const command = (): ((request: Request) => Promise<Reply>) => {
    const refusals: Refusals = new Map();
    return (request) =>
      guarded({ clock, tokens }).leaving(refusals)(async () => {
        sent += 1;
        return good ? { status: 200, headers: {}, text: '', json: undefined } : refusal('APIGW.0301', undefined);
      })(request);
  };
  const first = command();
  const second = command();
  await first(get);
  await second(get);
  good = false;
  sent = 0;
  const ended = async (send: (request: Request) => Promise<Reply>): Promise<string> =>
    send(get).then(
      ({ status }) => `${status}`,
      (error: IpctlError) => `${error.kind} ${error.details.fate}`,
    );
  assert.deepEqual([await ended(first), await ended(first), await ended(first)], ['401', 'auth not-sent', 'auth not-sent']);
  assert.deepEqual([await ended(second), await ended(second)], ['401', 'auth not-sent']);
  assert.equal(await ended(command()), '401');
  for (const late of [first, second, command(), command()]) assert.equal(await ended(late), 'auth not-sent');
  assert.equal(sent, 3);
});
