/** A person at a real terminal: questions, progress, colour, Ctrl-C. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { withCloud } from '../support/cloud.js';
import { type Home, withHome } from '../support/ipctl.js';
import { CTRL_C, CTRL_D, ESCAPE, noTerminal, onTerminal } from '../support/pty.js';

const options = noTerminal === undefined ? {} : { skip: noTerminal };
/** A question that does not come would be waited for. */
const bounded = { ...options, timeout: 60_000 };
const SECRET = 'sandbox-secret';

const stored = ({ directory }: Home): Record<string, { options: Record<string, unknown>; account: string | null }> =>
  (JSON.parse(readFileSync(join(directory, 'config/ipctl/config.json'), 'utf8')) as { profiles: never }).profiles;

test('profile add asks for the kind of cloud and what it needs, hides the secret, tests, saves and pins', options, () =>
  withCloud('hostway', {}, async (home) => {
    const pty = onTerminal(home, ['profile', 'add', 'prod', '--set', `endpoint=${home.sandbox.origin}`]);
    await pty.shows(/Which kind of cloud is it\?\r\n {2}1 {2}openstack +OpenStack\r\n {2}2 {2}hostway +Hostway FlexCloud/);
    await pty.shows(/provider \[1-\d\]: /);
    pty.type('acme\r');
    await pty.shows(/'acme' is none of them[\s\S]*provider \[1-\d\]: /);
    pty.type('hostway\r');
    await pty.shows(/username \(user name of the control panel\): /);
    pty.type('\r');
    await pty.shows(/username is empty[\s\S]*username \(.*\): /);
    pty.type('demo\r');
    await pty.shows(/password \(password of that user\): /);
    pty.type(`${SECRET}\r`);
    const { code, text } = await pty.ended;
    assert.equal(code, 0, text);
    assert.match(text, /the credentials are accepted: account acct1001/);
    assert.ok(!text.includes(SECRET), 'what was typed is not shown');
    const { prod } = stored(home);
    assert.deepEqual(prod?.options, { endpoint: home.sandbox.origin, username: 'demo', password: SECRET });
    assert.match(prod?.account ?? '', /^acct1001$/);
  }),
);

test('a provider with several ways to log in: which, and then only its fields', options, () =>
  withCloud('rackspace', {}, async (home) => {
    const { 'identity-endpoint': endpoint, username, 'api-key': key } = home.sandbox.options;
    const words = [
      'profile',
      'add',
      'rs',
      '--provider',
      'rackspace',
      '--set',
      `identity-endpoint=${endpoint}`,
      '--set',
      'insecure-http=true',
    ];
    const pty = onTerminal(home, words);
    await pty.shows(/lets you in with one of these:\r\n {2}1 {2}api-key\r\n {2}2 {2}password\r\n[\s\S]*which \[1-2\]: /);
    pty.type('1\r');
    await pty.shows(/username \(.*\): /);
    pty.type(`${username}\r`);
    await pty.shows(/api-key \(.*\): /);
    pty.type(`${key}\r`);
    const { code, text } = await pty.ended;
    assert.equal(code, 0, text);
    assert.ok(!text.includes('password (') && !text.includes('passcode ('), text);
    assert.ok(!text.includes(String(key)));
  }),
);

test('credentials that fail their test are saved only when the user says so', options, () =>
  withCloud('hostway', {}, async (home) => {
    const words = [
      'profile',
      'add',
      'wrong',
      '--provider',
      'hostway',
      '--set',
      `endpoint=${home.sandbox.origin}`,
      '--set',
      'username=demo',
    ];
    for (const [answer, code] of [
      ['\r', 4],
      ['y\r', 0],
    ] as const) {
      const pty = onTerminal(home, words);
      await pty.shows(/password \(.*\): /);
      pty.type('not-the-password\r');
      await pty.shows(/the test failed: [\s\S]*Save it all the same\? \[y\/N\] /);
      pty.type(answer);
      const ended = await pty.ended;
      assert.equal(ended.code, code, ended.text);
      if (code === 4) assert.match(ended.text, /profile wrong was not saved/);
    }
    assert.deepEqual([stored(home).wrong?.account, stored(home).wrong?.options.password], [null, 'not-the-password']);
    const pty = onTerminal(home, [...words.map((word) => (word === 'wrong' ? 'strict' : word)), '--test']);
    await pty.shows(/password \(.*\): /);
    pty.type('not-the-password\r');
    const strict = await pty.ended;
    assert.equal(strict.code, 4);
    assert.ok(!strict.text.includes('all the same'), 'with --test nothing is saved that fails');
  }),
);

test('a secret from - is a hidden question on a terminal', options, () =>
  withHome(async (home) => {
    await home.ipctl(['profile', 'add', 'p', '--provider', 'hostway', '--set', 'username=u', '--secret', 'password=env:X']);
    const pty = onTerminal(home, ['profile', 'set', 'p', '--secret', 'password=-']);
    await pty.shows(/password: /);
    pty.type('typed-secret\r');
    const { code, text } = await pty.ended;
    assert.equal(code, 0, text);
    assert.ok(!text.includes('typed-secret'));
    assert.equal(stored(home).p?.options.password, 'typed-secret');
  }),
);

for (const [what, words] of [
  ['a hidden question', ['profile', 'add', 'p', '--provider', 'hostway', '--set', 'username=u']],
  ['a confirmation', ['profile', 'remove', 'p']],
  ['the words of a command', ['-p', 'sandbox', 'ip', 'release', '-']],
] as const)
  test(`Ctrl-C at ${what} leaves with 130 and the terminal as it was`, options, () =>
    withHome(async (home) => {
      const add = ['profile', 'add', 'p', '--provider', 'hostway', '--set', 'username=u', '--secret', 'password=env:X'];
      if (words[1] === 'remove') await home.ipctl(add);
      // After Ctrl-C the shell goes on, and tells what the terminal is like.
      const line = 'trap : INT; stty -g >before; echo READY; "$@"; echo "left with $?"; stty -g >after';
      const pty = onTerminal(home, words, { line });
      await pty.shows(/READY\r\n/);
      await pty.shows(/(\): |\[y\/N\] |then Ctrl-D\r\n)/);
      pty.type(CTRL_C);
      await pty.shows(/left with 130/);
      const { text } = await pty.ended;
      assert.match(text, /ipctl:␛\[39m interrupted/);
      const at = (name: string): string => readFileSync(join(home.directory, name), 'utf8');
      assert.equal(at('after'), at('before'));
    }),
  );

test('Ctrl-D is no answer, and no answer is no consent', options, () =>
  withHome(async (home) => {
    await home.ipctl(['profile', 'add', 'p', '--provider', 'hostway', '--set', 'username=u', '--secret', 'password=env:X']);
    for (const keys of [CTRL_D, 'n\r', '\r', 'yess\r']) {
      const pty = onTerminal(home, ['profile', 'remove', 'p']);
      await pty.shows(/Remove profile p \(hostway\) and the credentials in it\? \[y\/N\] /);
      pty.type(keys);
      assert.equal((await pty.ended).code, 13, keys);
    }
    const pty = onTerminal(home, ['profile', 'remove', 'p', '--no-input']);
    const refused = await pty.ended;
    assert.equal(refused.code, 13);
    assert.match(refused.text, /not confirmed: Remove profile p[\s\S]*--yes agrees/);
    assert.deepEqual(Object.keys(stored(home)), ['p']);
  }),
);

test('a release names the address, who holds it and the profile; y does it, anything else does not', options, () =>
  withHome(async (home) => {
    const allocated = await home.ipctl(['-p', 'sandbox', 'ip', 'allocate', '--server', 'web-1', '-o', 'value', '-c', 'address']);
    const address = allocated.stdout.trim();
    const whose = /^profile sandbox \(OpenStack\), username demo, project-name demo, region RegionOne\r\n/;
    const question = `Release ${address}, now serving web-1, of profile sandbox (OpenStack)? [y/N] `;
    for (const [answer, code] of [
      ['n', 13],
      ['y', 0],
    ] as const) {
      const pty = onTerminal(home, ['-p', 'sandbox', 'ip', 'release', address, '--disassociate']);
      const shown = await pty.shows(/\[y\/N\] /);
      assert.match(shown, whose);
      assert.ok(shown.endsWith(question), shown);
      pty.type(`${answer}\r`);
      const ended = await pty.ended;
      assert.equal(ended.code, code, ended.text);
    }
    assert.equal((await home.ipctl(['-p', 'sandbox', 'ip', 'show', address])).code, 3);
  }),
);

for (const profile of ['sandbox', 'sandbox-hostway', 'sandbox-otc'])
  test(`${profile}: what another gives a server while the question stands is not released by its answer`, bounded, () =>
    withHome(async (home) => {
      const cloud = async (...words: string[]): Promise<string> => {
        const { code, stdout, stderr } = await home.ipctl(['-p', profile, ...words]);
        assert.equal(code, 0, stderr);
        return stdout.trim();
      };
      const size = profile === 'sandbox-otc' ? ['--otc-bandwidth-size', '5'] : [];
      const address = await cloud('ip', 'allocate', ...size, '-o', 'value', '-c', 'address');
      for (const [flags, meanwhile, why] of [
        [[], ['ip', 'associate', address, '--server', 'web-1'], /is associated with web-1/],
        [['--disassociate'], ['ip', 'move', address, '--to', 'web-2'], /is not any more what the question was about/],
      ] as const) {
        const pty = onTerminal(home, ['-p', profile, 'ip', 'release', address, ...flags]);
        await pty.shows(/\[y\/N\] /);
        await cloud(...meanwhile);
        pty.type('y\r');
        const { code, text } = await pty.ended;
        assert.equal(code, 6, text);
        assert.match(text, why);
      }
      assert.equal(await cloud('ip', 'show', address, '-o', 'value', '-c', 'server'), 'web-2');
    }),
  );

test('what was not there at the question and comes while it stands is left alone', bounded, () =>
  withHome(async (home) => {
    const cloud = async (...words: string[]): Promise<string> => (await home.ipctl(['-p', 'sandbox-hostway', ...words])).stdout.trim();
    const made = await cloud('ip', 'allocate', '--count', '2', '-o', 'value', '-c', 'address');
    const [named = '', missing = ''] = made.split('\n');
    await cloud('ip', 'release', missing, '--yes');
    const pty = onTerminal(home, ['-p', 'sandbox-hostway', 'ip', 'release', named, missing, '--if-exists', '-o', 'value', '-c', 'changed']);
    assert.ok((await pty.shows(/\[y\/N\] /)).includes(`Release ${named}, of profile`));
    assert.equal(await cloud('ip', 'allocate', '-o', 'value', '-c', 'address'), missing);
    pty.type('y\r');
    const { code, text } = await pty.ended;
    assert.equal(code, 0, text);
    assert.match(text, /true\r\n[^\n]*false\r\n$/);
    assert.equal(await cloud('ip', 'list', '-o', 'value', '-c', 'address'), missing);
  }),
);

test('one address by two names is asked about once, released once and told for both', bounded, () =>
  withHome(async (home) => {
    const cloud = async (...words: string[]): Promise<string> => (await home.ipctl(['-p', 'sandbox', ...words])).stdout.trim();
    const names = async (): Promise<string[]> =>
      (await cloud('ip', 'allocate', '-o', 'value', '-c', 'address,id')).split('\t').filter((name) => name !== '');
    const asked = await names();
    const pty = onTerminal(home, ['-p', 'sandbox', 'ip', 'release', ...asked, '-o', 'value', '-c', 'changed']);
    assert.ok((await pty.shows(/\[y\/N\] /)).endsWith(`Release ${asked[0]}, of profile sandbox (OpenStack)? [y/N] `));
    pty.type('y\r');
    const { code, text } = await pty.ended;
    assert.equal(code, 0, text);
    assert.match(text, /true\r\n[^\n]*true\r\n$/);
    // Unasked and one after the other, the second is gone before it is looked for.
    const agreed = await home.ipctl(['-p', 'sandbox', 'ip', 'release', ...(await names()), '--yes', '--parallel', '1', '-o', 'json']);
    assert.equal(agreed.code, 0, agreed.stderr);
    const [one, two] = JSON.parse(agreed.stdout) as { operation: string }[];
    assert.equal(one?.operation, two?.operation);
    const released = (await cloud('operation', 'list', '-o', 'value', '-c', 'verb')).split('\n').filter((verb) => verb === 'release');
    assert.equal(released.length, 2);
  }),
);

test('several are one question that lists them: no is no for all, y does what can be done and tells of the rest', bounded, () =>
  withHome(async (home) => {
    const sandbox = (...words: string[]) => home.ipctl(['-p', 'sandbox', ...words]);
    const made = await sandbox('ip', 'allocate', '--count', '22', '--parallel', '8', '-o', 'value', '-c', 'address');
    const free = made.stdout.trim().split('\n');
    const held = (await sandbox('ip', 'allocate', '--server', 'web-1', '-o', 'value', '-c', 'address')).stdout.trim();
    const words = ['-p', 'sandbox', 'ip', 'release', '203.0.113.250', held, ...free];
    const lines = (addresses: readonly string[]): string => addresses.map((address) => `  ${address}\r\n`).join('');
    for (const [answer, code] of [
      ['n', 13],
      ['y', 9],
    ] as const) {
      const pty = onTerminal(home, words);
      const shown = await pty.shows(/\[y\/N\] /);
      const question = 'Release 22 floating IPs of profile sandbox (OpenStack)? [y/N] ';
      assert.ok(shown.endsWith(question), shown);
      assert.ok(shown.includes(`\r\n${lines(free.slice(0, 20))}  and 2 more\r\n`), shown);
      pty.type(`${answer}\r`);
      const { code: left, text } = await pty.ended;
      assert.equal(left, code, text);
      assert.equal(text.split('[y/N]').length, 2, 'asked once');
      assert.match(text, answer === 'n' ? /not confirmed; nothing was changed/ : /2 of 24 releases failed/);
    }
    const rest = await sandbox('ip', 'list', '-o', 'value', '-c', 'address');
    assert.ok(rest.stdout.includes(held) && !free.some((address) => rest.stdout.split('\n').includes(address)), rest.stdout);
    const pty = onTerminal(home, [...words, '--disassociate']);
    assert.ok((await pty.shows(/\[y\/N\] /)).endsWith(`Release ${held}, now serving web-1, of profile sandbox (OpenStack)? [y/N] `));
    pty.type('y\r');
    assert.equal((await pty.ended).code, 9);
  }),
);

test('private IPs are deleted by one question', bounded, () =>
  withHome(async (home) => {
    const made = await home.ipctl([...'-p sandbox privateip create --subnet app --count 3 -o value -c address'.split(' ')]);
    const addresses = made.stdout.trim().split('\n');
    const pty = onTerminal(home, ['-p', 'sandbox', 'privateip', 'delete', ...addresses]);
    const shown = await pty.shows(/\[y\/N\] /);
    assert.ok(shown.endsWith('Delete 3 private IPs of profile sandbox (OpenStack)? [y/N] '), shown);
    for (const address of addresses) assert.ok(shown.includes(`  ${address}\r\n`), shown);
    pty.type('y\r');
    const { code, text } = await pty.ended;
    assert.equal(code, 0, text);
    assert.equal((await home.ipctl(['-p', 'sandbox', 'privateip', 'show', addresses[0] ?? '', '--subnet', 'app'])).code, 3);
  }),
);

test('many at once are counted at the foot of the terminal, which is clean again at the end', options, () =>
  withHome(async (home) => {
    const pty = onTerminal(home, ['-p', 'sandbox', 'ip', 'allocate', '--count', '3', '--parallel', '1']);
    await pty.shows(/\r␛\[K0 of 3\r␛\[K1 of 3/);
    await pty.shows(/\r␛\[K3 of 3\r␛\[K/);
    const { code, text } = await pty.ended;
    assert.equal(code, 0, text);
    assert.match(text, /␛\[1mACTION␛\[22m/, 'the header is bold');
    const plain = onTerminal(home, ['-p', 'sandbox', 'ip', 'list'], { env: { NO_COLOR: '1' } });
    const { text: list } = await plain.ended;
    assert.match(list, /203\.0\.113\.\d+/);
    assert.ok(!list.includes(ESCAPE), list);
    const dumb = await onTerminal(home, ['-p', 'sandbox', 'ip', 'allocate', '--count', '2'], { env: { TERM: 'dumb' } }).ended;
    assert.equal(dumb.code, 0);
    assert.ok(!dumb.text.includes(ESCAPE), dumb.text);
    const quiet = await onTerminal(home, ['-q', '-p', 'sandbox', 'ip', 'allocate', '--count', '2'], { env: { NO_COLOR: '1' } }).ended;
    assert.ok(!quiet.text.includes(' of 2') && !quiet.text.includes('profile sandbox'), quiet.text);
  }),
);

test('the first Ctrl-C ends the waiting, and says how to go on; what was done is known', options, () =>
  withHome(async (home) => {
    const words = ['-p', 'sandbox-hostway', '--fault', 'GET /os-floating-ips/*: 404', 'ip', 'allocate'];
    const pty = onTerminal(home, words);
    await pty.shows(/\r␛\[Kwaiting for 198\.51\.100\.\d+ .*, \d+ s of 120 s/);
    pty.type(CTRL_C);
    const { code, text } = await pty.ended;
    assert.equal(code, 130, text);
    const [, id] =
      /\r␛\[K␛\[31mipctl:␛\[39m interrupted while waiting for 198\.51\.100\.\d+.*\r\n␛\[2m {2}ipctl operation resume (\S+)␛\[22m\r\n/.exec(
        text,
      ) ?? [];
    assert.ok(id, text);
    const resumed = await home.ipctl(['operation', 'resume', id, '-o', 'value', '-c', 'address']);
    assert.deepEqual([resumed.code, /^198\.51\.100\.\d+\n$/.test(resumed.stdout)], [0, true], resumed.stderr);
  }),
);

test('the second Ctrl-C leaves at once, whatever still runs: 130 both times, and no stack', { ...options, timeout: 60_000 }, () =>
  withHome(async (home) => {
    // A program of the user's that hears no signal and never answers.
    execFileSync('mkfifo', [join(home.directory, 'never')]);
    const command = `command:sh -c 'trap "" INT TERM; echo up >/dev/tty; cat "${join(home.directory, 'never')}"'`;
    await home.ipctl(['profile', 'add', 'p', '--provider', 'hostway', '--set', 'username=u', '--secret', `password=${command}`]);
    const pty = onTerminal(home, ['-p', 'p', 'ip', 'list'], { line: 'trap : INT; "$@"; echo "left with $?"' });
    await pty.shows(/up\r\n/);
    pty.type(CTRL_C);
    const first = await pty.shows(/ipctl:␛\[39m interrupted\r\n/);
    pty.type(CTRL_C);
    const second = await pty.shows(/left with 130\r\n/);
    assert.ok(!/ {4}at /.test(first + second), first + second);
  }),
);

test('profile test says on a terminal how long the login holds, and until when', options, () =>
  withHome(async (home) => {
    const { code, text } = await onTerminal(home, ['profile', 'test', 'sandbox']).ended;
    assert.equal(code, 0, text);
    assert.match(text, /^latency +\d+ ms\r$/m);
    assert.match(text, /^expires +in (59|60) min \(20\d\d-\d\d-\d\dT[\d:.]+Z\)\r$/m);
  }),
);
