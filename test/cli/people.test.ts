/** Profiles and notes as people and their scripts meet them: off a terminal, nothing asks and nothing decorates. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { rows } from '../../src/cli/commands.js';
import type { DialectId } from '../../src/sandbox/dialects.js';
import type { Sandbox } from '../../src/sandbox/server.js';
import { withCloud } from '../support/cloud.js';
import { type Home, withHome } from '../support/ipctl.js';

const bin = fileURLToPath(new URL('../../bin/ipctl.js', import.meta.url));
const HOSTWAY = ['profile', 'add', 'p', '--provider', 'hostway', '--set', 'username=u', '--secret', 'password=env:KEY'];

interface Kept {
  readonly provider: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly account: string | null;
}
const pathOf = ({ directory }: Home): string => join(directory, 'config/ipctl/config.json');
const kept = (home: Home): { current: string | null; profiles: Record<string, Kept> } => JSON.parse(readFileSync(pathOf(home), 'utf8'));

/** A home that knows nothing of the sandbox beside it. */
const beside = (id: DialectId, work: (home: Home, sandbox: Sandbox) => Promise<void>): Promise<void> =>
  withCloud(id, {}, ({ sandbox }) => withHome((home) => work(home, sandbox)));

test('OS_* become a profile; the password only when asked for, else the profile says what it still wants', () =>
  beside('openstack', async (home, sandbox) => {
    const { 'auth-url': url = '', password = '' } = sandbox.options;
    const env = {
      OS_AUTH_URL: url,
      OS_USERNAME: 'demo',
      OS_PASSWORD: password,
      OS_PROJECT_NAME: 'demo',
      OS_DEFAULT_DOMAIN_NAME: 'Default',
      OS_REGION_NAME: 'RegionOne',
      IPCTL_OPENSTACK_INSECURE_HTTP: 'true',
    };
    const bare = await home.ipctl(['profile', 'add', 'bare', '--import', 'env:openstack'], { env });
    assert.equal(bare.code, 0, bare.stderr);
    assert.match(bare.stderr, /saved without password.*: ipctl profile set bare --secret password=env:OS_PASSWORD\n/);
    const own = {
      'auth-url': url,
      username: 'demo',
      'user-domain-name': 'Default',
      'project-name': 'demo',
      'project-domain-name': 'Default',
      region: 'RegionOne',
      'insecure-http': 'true',
    };
    assert.deepEqual(kept(home).profiles.bare?.options, own);
    assert.ok(!readFileSync(pathOf(home), 'utf8').includes(password));
    const whole = await home.ipctl(['profile', 'add', 'whole', '--import', 'env:openstack', '--import-secrets', '--test'], { env });
    assert.equal(whole.code, 0, whole.stderr);
    assert.deepEqual(kept(home).profiles.whole?.options, { ...own, password });
    assert.equal((await home.ipctl(['-p', 'whole', 'ip', 'list', '-o', 'json'])).stdout, '[]\n', 'without a variable');
    const nova = await home.ipctl(['profile', 'add', 'old', '--import', 'env:openstack', '--provider', 'nova'], { env });
    assert.deepEqual([nova.code, kept(home).profiles.old?.provider], [0, 'nova'], nova.stderr);
  }));

test('a profile that its provider would refuse unasked is saved with a word of what it lacks, wherever it was copied from', () =>
  withHome(async (home) => {
    const env = { OS_AUTH_URL: 'https://id.example.com/v3', OS_USERNAME: 'ops', OS_PASSWORD: 'hidden', OS_PROJECT_NAME: 'web' };
    const both =
      /^profile x does not work yet: the user ops and the project web are named without the domain they belong to\n {2}set the option user-domain-name and project-domain-name, which/m;
    const clouds = 'clouds: {web: {auth: {auth_url: "https://id.example.com/v3", username: ops, password: hidden, project_name: web}}}';
    writeFileSync(join(home.directory, 'clouds.yaml'), clouds);
    for (const words of [
      ['--import', 'env:openstack'],
      ['--import', 'env:openstack', '--import-secrets'],
      ['--import', 'cloud:web'],
      ['--import', 'cloud:web', '--secret', 'password=command:false'],
    ]) {
      const { code, stderr } = await home.ipctl(['profile', 'add', 'x', ...words], { env });
      assert.deepEqual([code, both.test(stderr)], [0, true], `${words.join(' ')}\n${stderr}`);
      assert.ok(!stderr.includes('hidden'));
      await home.ipctl(['profile', 'remove', 'x', '--yes']);
    }
    const whole = await home.ipctl(['profile', 'add', 'x', '--import', 'env:openstack'], {
      env: { ...env, OS_DEFAULT_DOMAIN_NAME: 'Default' },
    });
    assert.doesNotMatch(whole.stderr, /does not work/);
  }));

test('RS_* become a profile of Rackspace; what cannot be copied is told', () =>
  withHome(async (home) => {
    const env = { RS_USERNAME: 'demo', RS_API_KEY: 'key-of-demo', RS_REGION_NAME: 'DFW' };
    const added = await home.ipctl(['profile', 'add', 'rs', '--import', 'env:rackspace', '--import-secrets', '--region', 'ORD'], { env });
    assert.equal(added.code, 0, added.stderr);
    assert.deepEqual(kept(home).profiles.rs, {
      provider: 'rackspace',
      options: { username: 'demo', region: 'ORD', 'api-key': 'key-of-demo' },
      settings: {},
      account: null,
    });
    for (const [words, code, message] of [
      [['--import', 'env:hostway'], 14, /no variable of Hostway FlexCloud is set/],
      [['--import', 'env:acme'], 14, /there is no provider 'acme'/],
      [['--import', 'env:rackspace', '--provider', 'otc'], 2, /makes a profile of rackspace, not of otc/],
      [['--import', 'rackspace'], 2, /--import takes cloud:NAME.* or env:PROVIDER/],
    ] as const) {
      const ran = await home.ipctl(['profile', 'add', 'x', ...words], { env });
      assert.equal(ran.code, code, words.join(' '));
      assert.match(ran.stderr, message);
    }
  }));

test('off a terminal nothing asks: what is lacking is named with the flags that give it, by the nearest way to log in', () =>
  withHome(async (home) => {
    for (const [words, message] of [
      [['hostway'], /profile x lacks username, password\n {2}give --set username=VALUE --secret password=-, or be asked/],
      [
        ['openstack', '--set', 'auth-url=https://id.example', '--set', 'username=u', '--set', 'user-domain-name=Default'],
        /lacks password, project-name, project-domain-name\n {2}give --secret password=- --set project-name=VALUE .*other ways to log in: ipctl provider show openstack\n$/,
      ],
      [['otc', '--set', 'access-key=a'], /lacks secret-key\n/],
    ] as const) {
      const ran = await home.ipctl(['profile', 'add', 'x', '--provider', ...words]);
      assert.equal(ran.code, 14, ran.stderr);
      assert.match(ran.stderr, message);
    }
    const variables = await home.ipctl(['-p', 'env:rackspace', 'ip', 'list']);
    assert.match(
      variables.stderr,
      /lacks username, api-key\n {2}set IPCTL_RACKSPACE_USERNAME or RS_USERNAME, IPCTL_RACKSPACE_API_KEY or RS_API_KEY/,
    );
    assert.match((await home.ipctl(['profile', 'add', 'x'])).stderr, /--provider P is needed/);
  }));

test('Hostway: the account is pinned, asked for once, and another one is never changed', () =>
  beside('hostway', async (home, sandbox) => {
    const { ipctl } = home;
    const asked = (): number => sandbox.journal().filter(({ path }) => path.startsWith('/accounts')).length;
    const set = (option: string): string[] => ['--set', option];
    const add = ['profile', 'add', 'prod', '--provider', 'hostway', ...set(`endpoint=${sandbox.origin}`), ...set('username=demo')];
    const added = await ipctl([...add, '--secret', 'password=-', '--test'], { stdin: 'sandbox-secret\n' });
    assert.equal(added.code, 0, added.stderr);
    assert.deepEqual([kept(home).profiles.prod?.account, asked()], ['acct1001', 1]);
    const allocated = await ipctl(['-p', 'prod', '-v', 'ip', 'allocate', '-o', 'value', '-c', 'address']);
    assert.equal(allocated.code, 0, allocated.stderr);
    assert.match(allocated.stderr, /^profile prod \(Hostway FlexCloud\), account acct1001\n/);
    assert.equal(asked(), 1, 'the answer is kept');

    const tested = JSON.parse((await ipctl(['profile', 'test', 'prod', '-o', 'json'])).stdout) as Record<string, unknown>;
    assert.deepEqual([tested.account, tested.pinned, tested.expiresAt, asked()], ['acct1001', true, null, 2], 'a test asks');
    assert.ok(Number.isInteger(tested.latency) && Number(tested.latency) >= 0);
    assert.match((await ipctl(['profile', 'test', 'prod'])).stdout, /^latency +\d+ ms$/m);
    assert.match((await ipctl(['profile', 'test', 'prod', '-o', 'value', '-c', 'latency'])).stdout, /^\d+\n$/);
    await ipctl(['profile', 'set', 'prod', '--secret', 'password=-'], { stdin: 'outdated\n' });
    assert.equal((await ipctl(['profile', 'test', 'prod'])).code, 4, 'what was kept of an earlier password proves nothing');

    await ipctl(['profile', 'set', 'prod', 'username=other', '--secret', 'password=-'], { stdin: 'other-secret\n' });
    const before = sandbox.journal().filter(({ method }) => method !== 'GET').length;
    const refused = await ipctl(['-p', 'prod', 'ip', 'allocate']);
    assert.deepEqual([refused.code, refused.stdout], [4, '']);
    assert.match(refused.stderr, /pinned to account acct1001, but its credentials open acct2002\n.*--repin/);
    assert.equal(sandbox.journal().filter(({ method }) => method !== 'GET').length, before, 'nothing was sent');
    assert.equal((await ipctl(['-p', 'prod', 'ip', 'list'])).code, 0, 'looking is allowed');
    assert.equal((await ipctl(['profile', 'test', 'prod'])).code, 4);
    assert.equal((await ipctl(['profile', 'test', 'prod', '--repin'])).code, 0);
    assert.equal(kept(home).profiles.prod?.account, 'acct2002');
    assert.equal((await ipctl(['-p', 'prod', 'ip', 'allocate'])).code, 0);
  }));

test('OpenStack: the token names the account, and a test logs in anew and says until when', () =>
  beside('openstack', async (home, sandbox) => {
    const { ipctl } = home;
    const { 'auth-url': url = '', password = '', ...others } = sandbox.options;
    const set = Object.entries(others).flatMap(([name, value]) => ['--set', `${name}=${value}`]);
    const add = ['profile', 'add', 'os', '--provider', 'openstack', '--set', `auth-url=${url}`, ...set, '--secret', 'password=-', '--test'];
    const added = await ipctl(add, { stdin: password });
    assert.equal(added.code, 0, added.stderr);
    const account = kept(home).profiles.os?.account ?? '';
    const logins = (): number => sandbox.journal().filter(({ path }) => path.endsWith('/auth/tokens')).length;
    const [before] = [logins()];
    assert.equal((await ipctl(['-p', 'os', 'ip', 'allocate'])).code, 0);
    assert.equal(logins(), before, 'a warm command does not log in');
    const tested = JSON.parse((await ipctl(['profile', 'test', 'os', '-o', 'json'])).stdout) as Record<string, unknown>;
    assert.equal(logins(), before + 1);
    assert.match(String(tested.expiresAt), /^\d{4}-\d\d-\d\dT.*Z$/);
    assert.deepEqual([tested.account, tested.region], [account, 'RegionOne']);

    const content = kept(home);
    const { os } = content.profiles;
    writeFileSync(pathOf(home), JSON.stringify({ ...content, profiles: { os: { ...os, account: 'another' } } }));
    const refused = await ipctl(['-p', 'os', 'ip', 'allocate', '-o', 'json']);
    assert.deepEqual([refused.code, refused.stdout], [4, '']);
    assert.match(refused.stderr, new RegExp(`pinned to account another, but its credentials open ${account}`));
    assert.equal(sandbox.journal().filter(({ method, path }) => method === 'POST' && /floatingips$/.test(path)).length, 1);
  }));

test('a command that yields a secret does not run before the words are known to be right', () =>
  withHome(async (home) => {
    const mark = join(home.directory, 'ran');
    await home.ipctl([
      'profile',
      'add',
      'p',
      '--provider',
      'hostway',
      '--set',
      'username=u',
      '--set',
      'endpoint=http://127.0.0.1:9',
      '--secret',
      `password=command:sh -c 'touch "${mark}"; echo secret'`,
    ]);
    for (const [words, code] of [
      [['ip', 'associate', '203.0.113.7'], 2],
      [['ip', 'allocate', '--address', 'nonsense'], 2],
      [['ip', 'allocate', '--count', '2', '--address', 'a', '--address', 'a'], 2],
      [['ip', 'release', ' '], 2],
      [['ip', 'update', '203.0.113.7', '--name', 'x'], 8],
      [['ip', 'allocate', '--pool', 'x'], 8],
      [['ip', 'list', '--label', 'a=b'], 8],
      [['ip', 'list', '--cidr', 'nonsense'], 2],
    ] as const) {
      const ran = await home.ipctl(['-p', 'p', ...words]);
      assert.equal(ran.code, code, `${words.join(' ')}: ${ran.stderr}`);
      assert.ok(!existsSync(mark), words.join(' '));
    }
    assert.equal((await home.ipctl(['-p', 'p', 'ip', 'list'])).code, 5);
    assert.ok(existsSync(mark), 'and it runs when it is needed');
  }));

test('a quote that is not closed is told, and the command is not', () =>
  withHome(async (home) => {
    const ran = await home.ipctl([...HOSTWAY.slice(0, -1), `password=command:op read 'hunter2`]);
    assert.equal(ran.code, 2);
    assert.match(ran.stderr, /a single quote of the command is not closed/);
    assert.ok(!ran.stderr.includes('hunter2'));
  }));

test('a profile’s options are part of its row, and profile use makes none', () =>
  withHome(async (home) => {
    await home.ipctl(HOSTWAY);
    const value = await home.ipctl(['profile', 'show', 'p', '-o', 'value']);
    assert.equal(value.stdout, 'p\thostway\tfile\tfalse\thttps://api.hostway.com\tu\t****\tauto\tfalse\n');
    const csv = await home.ipctl(['profile', 'show', 'p', '-o', 'csv']);
    assert.match(csv.stdout, /^name,provider,source,current,endpoint,username,password,/);
    const before = readFileSync(pathOf(home), 'utf8');
    for (const name of ['nobody', 'sandbox-acme', 'cloud:none']) assert.equal((await home.ipctl(['profile', 'use', name])).code, 14, name);
    assert.equal(readFileSync(pathOf(home), 'utf8'), before);
  }));

test('a file or directory that others can open is warned of', () =>
  withHome(async (home) => {
    await home.ipctl(HOSTWAY);
    const show = async (): Promise<string> => (await home.ipctl(['profile', 'show', 'p'])).stderr;
    assert.equal(await show(), '');
    chmodSync(pathOf(home), 0o640);
    assert.match(await show(), /^warning: others can read .*config\.json; close it with chmod 600\n$/);
    chmodSync(pathOf(home), 0o600);
    chmodSync(join(home.directory, 'config/ipctl'), 0o770);
    assert.match(await show(), /^warning: others can replace .*; close its directory with chmod 700\n$/);
  }));

test('an option of a provider may stand before the noun; where it means nothing it is refused', () =>
  withHome(async (home) => {
    const early = await home.ipctl([
      '-p',
      'sandbox-otc',
      '--otc-bandwidth-size',
      '5',
      '--otc-type=5_bgp',
      'ip',
      'allocate',
      '-n',
      '-o',
      'json',
    ]);
    assert.equal(early.code, 0, early.stderr);
    assert.match(early.stdout, /"size": 5/);
    for (const [words, message] of [
      [['--otc-type', 'x', 'profile', 'list'], /--otc-type means nothing to ipctl profile list/],
      [['-p', 'sandbox', '--otc-type', 'x', 'ip', 'allocate'], /--otc-type means nothing to openstack/],
      [['--otc-tyqe', 'x', 'ip', 'allocate'], /unknown option '--otc-tyqe'/],
    ] as const) {
      const ran = await home.ipctl(words);
      assert.ok([2, 8].includes(ran.code), ran.stderr);
      assert.match(ran.stderr, message);
    }
  }));

test('the note of a change says as whom; a script that asked for JSON does not hear it', () =>
  withHome(async ({ ipctl }) => {
    const said = async (...words: string[]): Promise<string> => (await ipctl(['-p', 'sandbox-hostway', ...words])).stderr;
    assert.match(await said('-v', 'ip', 'allocate'), /^profile sandbox-hostway \(Hostway FlexCloud\), username demo\n/);
    assert.match(await said('ip', 'allocate'), /^profile sandbox-hostway \(Hostway FlexCloud\), username demo\n$/);
    assert.equal(await said('ip', 'allocate', '-o', 'json'), '');
    assert.equal(await said('-v', 'ip', 'list'), '', 'whoever looks changes nothing');
  }));

test('piped, no command prints an escape', () =>
  withHome(async ({ ipctl }) => {
    const env = { TERM: 'xterm-256color', COLORTERM: 'truecolor' };
    const address = (await ipctl(['-p', 'sandbox', 'ip', 'allocate', '-o', 'value', '-c', 'address'])).stdout.trim();
    const ends: Readonly<Record<string, readonly string[]>> = {
      'ip associate': [address, '--server', 'web-1'],
      'ip disassociate': [address],
      'ip move': [address, '--to', 'web-1'],
      'ip release': [address],
      'ip show': [address],
      completion: ['bash'],
      'provider show': ['otc'],
      'server show': ['web-1'],
    };
    // The one that does not end by itself.
    const ending = rows.map(({ words }): string => words).filter((words) => words !== 'sandbox serve');
    for (const words of ending) {
      const forms = [[...(ends[words] ?? []), '-v'], ['--help'], ['--nonsense']];
      const ended = await Promise.all(forms.map((more) => ipctl(['-p', 'sandbox', ...words.split(' '), ...more], { env })));
      for (const ran of ended) {
        assert.ok(!/(?![\n\t])\p{Cc}/u.test(ran.stdout + ran.stderr), `${words}: ${JSON.stringify(ran)}`);
      }
    }
  }));

test('a reader that leaves early ends it quietly', () =>
  withHome(async (home) => {
    await home.ipctl(['-p', 'sandbox', 'ip', 'allocate', '--count', '40', '--parallel', '8']);
    for (const words of ['-p sandbox ip list -o jsonl', '-p sandbox ip list', '--help', 'provider show otc -o json', 'completion bash']) {
      const child = spawn('bash', ['-c', `"$0" "$1" ${words} | head -1; echo "\${PIPESTATUS[0]}" >&2`, process.execPath, bin], {
        env: home.env,
      });
      let text = '';
      child.stderr.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      await new Promise((resolve) => child.on('close', resolve));
      assert.match(text, /^(0|141)\n$/, words);
    }
  }));
