/** Profiles on the real binary: how they are made, kept, chosen and shown. */
import assert from 'node:assert/strict';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { withHome } from '../support/ipctl.js';

const add = ['profile', 'add', 'prod', '--provider', 'hostway', '--set', 'username=ops', '--secret', 'password=-'];

test('a profile is added, shown with its secrets masked, used and removed', async () => {
  await withHome(async ({ ipctl, directory }) => {
    const added = await ipctl([...add, '-o', 'json'], { stdin: 'hunter2hunter2\n' });
    assert.deepEqual(
      [added.code, JSON.parse(added.stdout)],
      [0, { name: 'prod', provider: 'hostway', source: 'file', current: false, protected: false }],
    );
    const file = join(directory, 'config', 'ipctl', 'config.json');
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.equal(statSync(join(directory, 'config', 'ipctl')).mode & 0o777, 0o700);
    assert.match(readFileSync(file, 'utf8'), /hunter2hunter2/);

    const shown = await ipctl(['profile', 'show', 'prod', '--explain', '-o', 'json']);
    const { options } = JSON.parse(shown.stdout) as { options: Record<string, { value: unknown; origin: string; source: string }> };
    const kept = 'the profile prod, in ~/config/ipctl/config.json';
    assert.deepEqual(options.password, { value: '****', origin: 'profile', source: kept });
    assert.deepEqual(options.endpoint, { value: 'https://api.hostway.com', origin: 'default', source: 'default' });
    const explained = await ipctl(['profile', 'show', 'prod', '--explain'], { env: { IPCTL_HOSTWAY_ZONE: 'AUS001' } });
    assert.match(explained.stdout, /^zone +AUS001 {2}\(the variable IPCTL_HOSTWAY_ZONE\)$/m);
    assert.match(explained.stdout, /^endpoint +https:\/\/api\.hostway\.com {2}\(default\)$/m);
    assert.match(explained.stdout, new RegExp(`^password +\\*{4} {2}\\(${kept}\\)$`, 'm'));
    assert.ok(!(shown.stdout + (await ipctl(['profile', 'show', 'prod'])).stdout).includes('hunter2'));

    await ipctl(['profile', 'add', 'ci', '--provider', 'hostway', '--set', 'username=u', '--secret', 'password=env:THERE']);
    const password = async (env: Readonly<Record<string, string>>): Promise<string> =>
      /^password +(.*)$/m.exec((await ipctl(['profile', 'show', 'ci', '--explain'], { env })).stdout)?.[1] ?? '';
    assert.equal(await password({}), 'not set  (the variable THERE, which the profile names)');
    assert.equal(await password({ THERE: 'x' }), '****  (the variable THERE, which the profile names)');
    assert.equal((await ipctl(['profile', 'remove', 'ci', '--yes'])).code, 0);

    assert.equal((await ipctl(['profile', 'use', 'prod'])).code, 0);
    assert.equal((await ipctl(['profile', 'current'])).stdout, 'prod\n');
    assert.equal((await ipctl(['profile', 'rename', 'prod', 'live'])).code, 0);
    assert.equal((await ipctl(['profile', 'current'])).stdout, 'live\n');
    assert.match((await ipctl(['profile', 'list', '-o', 'value', '-c', 'name,current'])).stdout, /^live\ttrue$/m);
    assert.equal((await ipctl(['profile', 'remove', 'live'])).code, 13);
    assert.equal((await ipctl(['profile', 'remove', 'live', '--yes'])).code, 0);
    assert.equal((await ipctl(['profile', 'current'])).code, 14);
  });
});

test('what is not sound is not saved', async () => {
  await withHome(async ({ ipctl }) => {
    const cases: readonly [readonly string[], number, RegExp][] = [
      [['profile', 'add', 'sandbox-x', '--provider', 'hostway'], 2, /reserved/],
      [['profile', 'add', 'a/b', '--provider', 'hostway'], 2, /no name for a profile/],
      [['profile', 'add', 'x', '--provider', 'acme'], 2, /there is no provider 'acme'/],
      [['profile', 'add', 'x', '--provider', 'hostway'], 14, /lacks username, password/],
      [['profile', 'add', 'x', '--provider', 'hostway', '--set', 'bogus=1'], 2, /has no option 'bogus'/],
      [['profile', 'add', 'x', '--provider', 'hostway', '--set', 'endpoint=ftp://x'], 2, /http or https/],
      [['profile', 'add', 'x', '--provider', 'hostway', '--set', 'username=u', '--secret', 'username=env:X'], 2, /is no secret/],
    ];
    for (const [words, code, message] of cases) {
      const ran = await ipctl(words);
      assert.deepEqual([ran.code, ran.stdout], [code, ''], words.join(' '));
      assert.match(ran.stderr, message);
    }
    assert.ok(!(await ipctl(['profile', 'list', '-o', 'value', '-c', 'name'])).stdout.split('\n').includes('x'));
  });
});

test('a second profile of the same name is a conflict, and the first stays', async () => {
  await withHome(async ({ ipctl }) => {
    await ipctl(add, { stdin: 'one-secret\n' });
    const again = await ipctl(add, { stdin: 'two-secret\n' });
    assert.equal(again.code, 6);
  });
});

test('a file that cannot be parsed is named and left alone', async () => {
  await withHome(async ({ ipctl, directory }) => {
    await ipctl(add, { stdin: 'one-secret\n' });
    const file = join(directory, 'config', 'ipctl', 'config.json');
    writeFileSync(file, '{ broken');
    for (const words of [['profile', 'list'], ['-p', 'prod', 'ip', 'list'], add]) {
      const ran = await ipctl(words, { stdin: 'x-secret\n' });
      assert.equal(ran.code, 14, words.join(' '));
      assert.ok(ran.stderr.includes(file));
    }
    assert.equal(readFileSync(file, 'utf8'), '{ broken');
  });
});

test('many writers at once lose no profile', async () => {
  await withHome(async ({ ipctl }) => {
    const names = Array.from({ length: 12 }, (_, index) => `p${index}`);
    const ran = await Promise.all(
      names.map((name) =>
        ipctl(['profile', 'add', name, '--provider', 'hostway', '--set', 'username=u', '--secret', 'password=env:SECRET']),
      ),
    );
    assert.deepEqual(
      ran.map(({ code }) => code),
      names.map(() => 0),
    );
    const listed = (await ipctl(['profile', 'list', '-o', 'value', '-c', 'name,source'])).stdout
      .split('\n')
      .filter((line) => line.endsWith('\tfile'));
    assert.equal(listed.length, names.length);
  });
});

test('a profile that points to the sandbox works like any other, its account is pinned, and guards hold', async () => {
  await withHome(async (place) => {
    const { ipctl } = place;
    const serving = place.spawn(['sandbox', 'serve', '-o', 'jsonl']);
    try {
      const served = await new Promise<{ options: Record<string, string> }>((resolve, reject) => {
        let text = '';
        serving.stdout?.on('data', (chunk: Buffer) => {
          text += chunk.toString();
          const line = text.split('\n').find((each) => each.includes('"provider":"hostway"'));
          if (line !== undefined && text.includes(`${line}\n`)) resolve(JSON.parse(line) as { options: Record<string, string> });
        });
        serving.on('close', () => reject(new Error(`the sandbox ended: ${text}`)));
      });
      const { endpoint = '', username = '', password = '' } = served.options;
      const made = await ipctl(
        [
          'profile',
          'add',
          'mine',
          '--provider',
          'hostway',
          '--set',
          `endpoint=${endpoint}`,
          '--set',
          `username=${username}`,
          '--secret',
          'password=-',
          '--test',
        ],
        { stdin: password },
      );
      assert.equal(made.code, 0, made.stderr);
      const tested = await ipctl(['profile', 'test', 'mine', '-o', 'json']);
      const { account } = JSON.parse(tested.stdout) as { account: string };
      assert.notEqual(account, '');
      assert.equal((await ipctl(['-p', 'mine', 'ip', 'allocate', '-o', 'value', '-c', 'changed'])).stdout, 'true\n');
      // The built-in profile sees the same cloud, since it uses the served one.
      assert.match((await ipctl(['-p', 'sandbox-hostway', 'ip', 'list', '-o', 'value', '-c', 'address'])).stdout, /^198\.51\.100\.\d+\n$/);

      assert.equal((await ipctl(['profile', 'set', 'mine', 'read-only=true'])).code, 0);
      const refused = await ipctl(['-p', 'mine', 'ip', 'allocate']);
      assert.deepEqual([refused.code, refused.stdout], [13, '']);
      assert.match(refused.stderr, /profile mine is read-only/);
      await ipctl(['profile', 'set', 'mine', 'read-only=false', 'protected=true']);
      assert.equal((await ipctl(['-p', 'mine', 'ip', 'allocate'])).code, 13, 'off a terminal a protected profile wants --yes');
      assert.equal(
        (await ipctl(['ip', 'allocate', '--yes'], { env: { IPCTL_PROFILE: 'mine' } })).code,
        13,
        'and to be named on the command line',
      );
      assert.equal((await ipctl(['-p', 'mine', 'ip', 'allocate', '--yes'])).code, 0);

      const wrong = await ipctl(
        [
          'profile',
          'add',
          'wrong',
          '--provider',
          'hostway',
          '--set',
          `endpoint=${endpoint}`,
          '--set',
          `username=${username}`,
          '--secret',
          'password=-',
          '--test',
        ],
        { stdin: 'not-the-password' },
      );
      assert.deepEqual([wrong.code, wrong.stdout], [4, '']);
      assert.equal((await ipctl(['profile', 'show', 'wrong'])).code, 14, 'what does not work is not saved');
    } finally {
      const ended = new Promise((resolve) => serving.on('close', resolve));
      serving.kill('SIGTERM');
      await ended;
    }
    assert.equal(serving.exitCode, 143);
    assert.equal(
      (await ipctl(['-p', 'sandbox-hostway', 'ip', 'list', '-o', 'json'])).code,
      0,
      'without the server, the command has its own',
    );
  });
});
