/** Fifty processes at once write the same profiles, tokens and journal: no update is lost, and no file is broken. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type Home, home } from '../support/ipctl.js';
import { allocating, machine, roomy } from './support/machine.js';
import { type Asked, relay, type Told } from './support/relay.js';
import { type Served, served } from './support/served.js';

const CROWD = 50;

let cloud: Served;
let shared: Home;
before(async () => {
  shared = home();
  cloud = await served(roomy);
});
after(async () => {
  shared.remove();
  await cloud.stop();
});

const each = <T>(work: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: CROWD }, (_, index) => work(index)));

/** No file that was left half written, and none that others may read. */
function tidy(directory: string, expected: RegExp): void {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    assert.match(entry.name, expected);
    assert.equal(statSync(join(directory, entry.name)).mode & 0o077, 0, `others may read ${entry.name}`);
  }
}

test('profiles: all fifty are there, each as it was written', async () => {
  const { run } = machine('hostway', {}, shared);
  const config = join(shared.env.XDG_CONFIG_HOME ?? '', 'ipctl');
  const added = await each((index) =>
    run(['profile', 'add', `p${index}`, '--provider', 'hostway', '--set', `username=user-${index}`, '--secret', 'password=env:SECRET']),
  );
  for (const { code, stderr } of added) assert.equal(code, 0, stderr);
  // The one file, changed by everybody again: half of them another profile, half of them the same one.
  const changed = await each((index) =>
    run(['profile', 'set', index % 2 === 0 ? `p${index}` : 'p0', index % 2 === 0 ? 'read-only=true' : `account=account-${index}`]),
  );
  for (const { code, stderr } of changed) assert.equal(code, 0, stderr);
  const { profiles } = JSON.parse(readFileSync(join(config, 'config.json'), 'utf8')) as {
    profiles: Record<string, { options: Record<string, unknown>; settings: Record<string, unknown> }>;
  };
  assert.equal(Object.keys(profiles).length, CROWD);
  for (let index = 0; index < CROWD; index += 1) {
    const { options, settings } = profiles[`p${index}`] ?? { options: {}, settings: {} };
    assert.equal(options.username, `user-${index}`);
    assert.equal(settings['read-only'] ?? false, index % 2 === 0, `p${index}`);
  }
  assert.match(String(profiles.p0?.options.account), /^account-\d+$/);
  tidy(config, /^config\.json$/);
});

test('tokens and journal: fifty allocations at once are fifty operations, each whole, and one token', async () => {
  const { run, home: at } = machine('openstack', cloud.options('openstack'), shared);
  const state = join(at.env.XDG_STATE_HOME ?? '', 'ipctl');
  const bought = await each(() => run(['ip', 'allocate', '-o', 'json']));
  for (const { code, stderr } of bought) assert.equal(code, 0, stderr);
  const results = bought.map(({ stdout }) => JSON.parse(stdout) as { operation: string; ip: { address: string } });
  assert.equal(new Set(results.map(({ ip }) => ip.address)).size, CROWD);

  const lines = readdirSync(join(state, 'operations')).flatMap((name) => readFileSync(join(state, 'operations', name), 'utf8').split('\n'));
  const events = lines
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { event: string; operation: string; made?: string[] });
  for (const { operation, ip } of results) {
    const own = events.filter((event) => event.operation === operation);
    assert.deepEqual(
      own.map(({ event }) => event),
      ['begin', 'send', 'close', 'end'],
      operation,
    );
    assert.deepEqual(own[2]?.made, [ip.address]);
  }
  assert.equal(events.length, CROWD * 4);
  tidy(join(state, 'operations'), /^\d{4}-\d\d\.jsonl$/);

  tidy(join(state, 'tokens'), /^[0-9a-f]{16}\.json$/);
  assert.equal(readdirSync(join(state, 'tokens')).length, 1);
  const logins = async (): Promise<number> =>
    (await cloud.journal('openstack')).filter(({ method, path }) => method === 'POST' && path.endsWith('/auth/tokens')).length;
  const before = await logins();
  assert.equal((await run(['ip', 'list'])).code, 0);
  assert.equal(await logins(), before, 'the token that fifty processes wrote is one that can be read');
});

test('the lock of an account: fifty that have to queue for it all get their turn, and leave nothing behind', async () => {
  const { run, home: at } = machine('hostway', cloud.options('hostway'), shared);
  const bought = await each(() => run(['ip', 'allocate', '-o', 'value', '-c', 'address']));
  for (const { code, stderr } of bought) assert.equal(code, 0, stderr);
  assert.equal(new Set(bought.map(({ stdout }) => stdout)).size, CROWD);
  assert.deepEqual(readdirSync(join(at.env.XDG_STATE_HOME ?? '', 'ipctl', 'locks', 'accounts')), []);
});

test('bad signatures: of fifty at once as many leave as are sure not to lock the access key, and the right secret is not held up', async () => {
  const { username, password, 'domain-name': domain, ...endpoints } = cloud.options('otc');
  assert.ok(username !== undefined && password !== undefined && domain !== undefined);
  const withSecret = (secret: string) =>
    machine('otc', { ...endpoints, 'access-key': 'OTCSANDBOXACCESSKEY1', 'secret-key': secret }, shared);
  const asked = async (): Promise<number> => (await cloud.journal('otc')).length;
  const before = await asked();
  const refused = await each(() => withSecret('not-the-secret-key-0000000000000001').run(['ip', 'list', '-o', 'json']));
  assert.deepEqual(new Set(refused.map(({ code }) => code)), new Set([4]), JSON.stringify(refused.map(({ stderr }) => stderr)));
  assert.equal((await asked()) - before, 3);
  const good = await each(() => withSecret('otc-sandbox-secret-key-0000000000000001').run(['ip', 'list']));
  for (const { code, stderr } of good) assert.equal(code, 0, stderr);
  assert.deepEqual(readdirSync(join(shared.env.XDG_STATE_HOME ?? '', 'ipctl', 'locks', 'tokens')), []);
});

/** A bulk of 24 releases, all answers from the `from`th request of it on being `refusal`, and what was asked after that. */
async function refusedMidway(
  provider: 'openstack' | 'otc',
  more: Readonly<Record<string, string>>,
  words: readonly string[],
  from: number,
  refusal: unknown,
): Promise<{ readonly code: number; readonly stderr: string; readonly asked: readonly Asked[] }> {
  const gate = await relay();
  try {
    const { run, home: at } = machine(provider, cloud.options(provider));
    const made = await run(['ip', 'allocate', ...allocating[provider], '--count', '24', '-o', 'value', '-c', 'address']);
    assert.equal(made.code, 0, made.stderr);
    const through = machine(provider, { ...gate.through(cloud.options(provider)), ...more }, at);
    // So that it has been accepted before.
    const listed = await through.run(['ip', 'list']);
    assert.equal(listed.code, 0, listed.stderr);
    let count = 0;
    const asked: Asked[] = [];
    const refused: Told = { status: 401, headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify(refusal)) };
    gate.treat(async (request, pass) => {
      count += 1;
      if (count < from) return pass();
      asked.push(request);
      return refused;
    });
    const { code, stderr } = await through.run(['ip', 'release', ...made.stdout.trim().split('\n'), '--yes', '-o', 'json', ...words]);
    at.remove();
    return { code, stderr, asked };
  } finally {
    await gate.close();
  }
}

for (const [provider, most] of [
  // The second tells a wrong password from a wrong project.
  ['openstack', 2],
  ['otc', 1],
] as const) {
  test(`${provider}: a password that stops working in the middle of a bulk is tried once, not by each operation`, async () => {
    const refusal = { error: { code: 401, title: 'Unauthorized', message: 'The password is wrong' } };
    const { code, stderr, asked } = await refusedMidway(provider, {}, [], 5, refusal);
    assert.equal(code, 9, stderr);
    assert.match(stderr, /24 of 24 releases failed.*password is wrong/);
    assert.equal(asked.filter(({ method, path }) => method === 'POST' && /\/tokens$/.test(path)).length, most);
  });
}

for (const from of [5, 12]) {
  test(`an access key that is refused in the middle of a bulk, after ${from - 1} requests: only what is under way then is refused`, async () => {
    const refusal = { error_msg: 'verify aksk signature fail', error_code: 'APIGW.0301', request_id: 'x' };
    const key = { 'access-key': 'OTCSANDBOXACCESSKEY1', 'secret-key': 'otc-sandbox-secret-key-0000000000000001' };
    const { code, stderr, asked } = await refusedMidway('otc', key, ['--parallel', '2'], from, refusal);
    assert.equal(code, 9, stderr);
    assert.ok(asked.length >= 1 && asked.length <= 2, `${asked.length} bad signatures`);
  });
}
