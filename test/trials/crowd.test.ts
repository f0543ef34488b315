/** Fifty processes at once write the same profiles, tokens and journal: no update is lost, and no file is broken. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type Home, home } from '../support/ipctl.js';
import { machine, roomy } from './support/machine.js';
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

  tidy(join(state, 'tokens'), /^[0-9a-f]{32}\.json$/);
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
