/** Profiles: where values come from, how the file is kept, what is never done to it. */
import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { IpctlError } from '../../src/domain/errors.js';
import type { Manifest } from '../../src/domain/manifest.js';
import { merge, requireComplete } from '../../src/profiles/merge.js';
import { emptyProfile, isProfileName, isReserved } from '../../src/profiles/profile.js';
import { fetchSecret, parseSource } from '../../src/profiles/secrets.js';
import { openStore, type Store } from '../../src/profiles/store.js';

const manifest = {
  id: 'acme',
  title: 'Acme',
  options: {
    endpoint: { kind: 'url', help: '', default: 'https://api.acme.example', identity: true, env: ['ACME_URL'] },
    user: { kind: 'string', help: '', required: true, identity: true },
    key: { kind: 'secret', help: '', identity: true },
    token: { kind: 'secret', help: '', identity: true },
    zone: { kind: 'string', help: '', env: ['ACME_ZONE'] },
  },
  oneOf: [['key'], ['token']],
} as unknown as Manifest;

test('flag > variable > profile > default; identity never from a stray variable', () => {
  const env = { IPCTL_ACME_ZONE: 'var', ACME_ZONE: 'own', ACME_URL: 'https://evil.example', IPCTL_ACME_USER: 'stray' };
  const stored = { user: 'kept', zone: 'kept' };
  const from = (flags: Record<string, string>, fromEnvironment = false) =>
    merge(manifest, { flags, env, stored, fromEnvironment, profile: 'p' });
  assert.deepEqual(from({ zone: 'flag' }).zone, { value: 'flag', origin: 'flag', source: '--acme-zone' });
  assert.deepEqual(from({}).zone, { value: 'var', origin: 'variable', source: 'IPCTL_ACME_ZONE' });
  assert.deepEqual(from({}).user, { value: 'kept', origin: 'profile', source: 'profile p' });
  assert.deepEqual(from({}).endpoint, { value: 'https://api.acme.example', origin: 'default', source: 'default' });
  assert.deepEqual(from({}, true).endpoint, { value: 'https://evil.example', origin: 'variable', source: 'ACME_URL' });
  assert.deepEqual(from({}, true).user?.value, 'stray');
  assert.equal(from({}).key, undefined);
});

test('an unreadable flag is usage, an unreadable variable or profile is config', () => {
  const kindOf = (work: () => unknown): string => {
    try {
      work();
    } catch (thrown) {
      return thrown instanceof IpctlError ? thrown.kind : String(thrown);
    }
    return 'fine';
  };
  const base = { flags: {}, env: {}, stored: {}, fromEnvironment: true, profile: 'p' };
  assert.equal(
    kindOf(() => merge(manifest, { ...base, flags: { endpoint: 'nope' } })),
    'usage',
  );
  assert.equal(
    kindOf(() => merge(manifest, { ...base, env: { ACME_URL: 'nope' } })),
    'config',
  );
  assert.equal(
    kindOf(() => merge(manifest, { ...base, stored: { endpoint: 'nope' } })),
    'config',
  );
});

test('what is missing is told, with the ways to authenticate', () => {
  const check = (stored: Record<string, string>) => () =>
    requireComplete(manifest, merge(manifest, { flags: {}, env: {}, stored, fromEnvironment: false, profile: 'p' }), 'p');
  assert.throws(check({}), /profile p lacks user, key$/);
  assert.throws(check({ user: 'u' }), /profile p lacks key$/);
  assert.doesNotThrow(check({ user: 'u', token: 't' }));
});

test('names: letters, digits and a few marks; what is built in is reserved', () => {
  for (const good of ['prod', 'eu-1', 'a.b_c']) assert.ok(isProfileName(good), good);
  for (const bad of ['', '-x', 'a b', 'a/b', '../x', '__proto__ ', 'x'.repeat(65)]) assert.ok(!isProfileName(bad), bad);
  for (const reserved of ['sandbox', 'sandbox-otc', 'sandboxes', 'env:otc', 'cloud:x']) assert.ok(isReserved(reserved), reserved);
});

async function withStore(work: (store: () => Store, directory: string) => Promise<void>): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'ipctl-store-'));
  const directory = join(root, 'ipctl');
  try {
    await work(() => openStore(directory, (change) => change()), directory);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

test('the file is 0600 in a 0700 directory, without suffix, and reading makes none', async () => {
  await withStore(async (store, directory) => {
    assert.deepEqual(store().names(), []);
    assert.ok(!existsSync(directory));
    await store().update((stored) => ({ ...stored, profiles: { 'a.b': emptyProfile('acme') } }));
    assert.deepEqual(readdirSync(directory), ['config.json']);
    assert.equal(statSync(join(directory, 'config.json')).mode & 0o777, 0o600);
    assert.equal(statSync(directory).mode & 0o777, 0o700);
    await store().update((stored) => ({ ...stored, current: 'a.b' }));
    assert.equal(statSync(join(directory, 'config.json')).mode & 0o777, 0o600);
    assert.deepEqual([store().names(), store().current(), store().get('a.b')?.provider], [['a.b'], 'a.b', 'acme']);
    assert.equal(store().get('toString'), undefined);
  });
});

test('a file that cannot be read is named, and left as it is', async () => {
  await withStore(async (store, directory) => {
    await store().update((stored) => stored);
    const path = join(directory, 'config.json');
    for (const broken of ['{"profiles": {', '{"profiles": []}', '{"profiles": {"x": 1}}', '[]']) {
      writeFileSync(path, broken);
      assert.throws(
        () => store().names(),
        (error) => error instanceof IpctlError && error.kind === 'config' && error.message.includes(path),
        broken,
      );
      await assert.rejects(store().update((stored) => stored));
      assert.equal(readFileSync(path, 'utf8'), broken);
    }
  });
});

test('a file that others may read is warned of where it holds secrets', async () => {
  await withStore(async (store, directory) => {
    await store().update((stored) => stored);
    chmodSync(join(directory, 'config.json'), 0o644);
    assert.equal(store().exposed(), true);
    await store().update((stored) => stored);
    assert.equal(store().exposed(), false, 'writing closes it');
    assert.equal(store().replaceable(), false);
    chmodSync(directory, 0o770);
    assert.equal(store().replaceable(), true, 'whoever may write into the directory may put another file there');
  });
});

test('a secret is a variable’s value or what a command prints, and neither is told on failure', async () => {
  const signal = new AbortController().signal;
  const env = { PATH: process.env.PATH, SECRET: 's3cret' };
  assert.equal(await fetchSecret('key', { env: 'SECRET' }, env, signal), 's3cret');
  assert.equal(
    await fetchSecret('key', { command: [process.execPath, '-e', 'console.log("from-command\\nsecond line")'] }, env, signal),
    'from-command',
  );
  const failures: readonly [Parameters<typeof fetchSecret>[1], RegExp][] = [
    [{ env: 'MISSING' }, /key: the variable MISSING is not set/],
    [{ command: [process.execPath, '-e', 'process.exit(3)'] }, /key: the command .* failed \(3\)/],
    [{ command: [process.execPath, '-e', ''] }, /printed nothing/],
    [{ command: ['no-such-program-here'] }, /no-such-program-here failed \(ENOENT\)/],
  ];
  for (const [source, message] of failures)
    await assert.rejects(
      fetchSecret('key', source, env, signal),
      (error) => error instanceof IpctlError && error.kind === 'config' && message.test(error.message),
    );
});

test('a source says where a secret is, by no shell', () => {
  assert.deepEqual(parseSource('env:OS_PASSWORD'), { env: 'OS_PASSWORD' });
  assert.deepEqual(parseSource('command:op read "op://a vault/x" \'y z\' $HOME;ls'), {
    command: ['op', 'read', 'op://a vault/x', 'y z', '$HOME;ls'],
  });
  for (const [line, words] of [
    [`a'b c'd`, ['ab cd']],
    [`a"b 'c'"'d "e"' ''`, [`ab 'c'd "e"`, '']],
    [`a\\ b "x\\"y\\n" 'z\\'`, ['a b', 'x"y\\n', 'z\\']],
  ] as const)
    assert.deepEqual(parseSource(`command:${line}`), { command: words }, line);
  for (const open of [`op 'read`, 'op "read', `op "it's`])
    assert.throws(() => parseSource(`command:${open}`), /quote of the command is not closed/);
  for (const none of ['s3cret', 'env:', 'env:a b', 'command:', '']) assert.equal(parseSource(none), undefined, none);
});
