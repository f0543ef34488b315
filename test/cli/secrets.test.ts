/**
 * Secrets that can be recognised are planted wherever there can be one; every command is run, in several outputs, told to
 * show all it sends, failures included; then everything that was written is searched for each of them.
 */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { rows } from '../../src/cli/commands.js';
import { type Cloud, type CloudSettings, withCloud } from '../support/cloud.js';
import { type Home, type Ran, withHome } from '../support/ipctl.js';
import { json, listen } from '../support/listener.js';

type Id = Parameters<typeof withCloud>[0];

/** Text by where it was planted, so that a failure says which one got out. */
type Planted = Readonly<Record<string, string>>;

/** In the environment of every command: what is meant for others. */
const AROUND = {
  OS_PASSWORD: 'os-password-2b71',
  RS_API_KEY: 'rs-api-key-77f0c3',
  IPCTL_NOVA_PASSWORD: 'nova-password-5d02',
  https_proxy: 'http://gate:proxy-password-51c0@127.0.0.1:9',
  http_proxy: 'http://gate:proxy-password-51c0@127.0.0.1:9',
  no_proxy: '127.0.0.1,localhost',
};
const around: Planted = {
  OS_PASSWORD: AROUND.OS_PASSWORD,
  RS_API_KEY: AROUND.RS_API_KEY,
  IPCTL_NOVA_PASSWORD: AROUND.IPCTL_NOVA_PASSWORD,
  'the proxy': 'proxy-password-51c0',
  'api --header': 'header-secret-9a1b',
  '--secret': 'typed-secret-11aa',
  'clouds.yaml': 'yaml-password-33bb',
  'a wrong password': 'wrong-password-c0de',
};

/** Every spelling that a value takes on its way: as it is, in a URL, in JSON, in base64 at each of the three offsets. */
function spellings(secret: string): readonly string[] {
  const inBase64 = [0, 1, 2].map((offset) =>
    Buffer.from(`${'x'.repeat(offset)}${secret}`)
      .toString('base64')
      .slice(offset === 0 ? 0 : 4)
      .replace(/=+$/, '')
      .slice(0, -1),
  );
  return [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), ...inBase64];
}

function requireNone(text: string, planted: Planted, where: string): void {
  for (const [what, secret] of Object.entries(planted)) {
    const found = spellings(secret).find((spelling) => text.includes(spelling));
    if (found === undefined) continue;
    const at = text.indexOf(found);
    assert.fail(`${where} shows ${what}: …${text.slice(Math.max(0, at - 80), at + 80)}…`);
  }
}

function filesBelow(directory: string): string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    return entry.isDirectory() ? filesBelow(path) : entry.isFile() ? [path] : [];
  });
}

/** Where ipctl keeps things. The sandbox's own cloud is the provider's, with the accounts that it knows. */
function kept({ env }: Home): readonly { readonly path: string; readonly text: string }[] {
  const roots = [env.XDG_CONFIG_HOME, env.XDG_STATE_HOME].flatMap((root) => (root === undefined ? [] : [join(root, 'ipctl')]));
  return roots
    .flatMap(filesBelow)
    .filter((path) => !path.includes('/ipctl/sandbox/'))
    .map((path) => ({ path, text: readFileSync(path, 'utf8') }));
}

interface Run {
  readonly words: readonly string[];
  readonly stdin?: string;
}

const split = (line: string): Run => ({ words: line.split(' ') });

/** One use of each row of the command table at least. `{x}` is what an earlier command showed. */
function commandsOf(id: Id): readonly string[] {
  const allocate = {
    openstack: '',
    hostway: '',
    nova: '',
    rackconnect: '',
    rackspace: ' --server web-1 --server web-2',
    otc: ' --otc-bandwidth-size 5',
  }[id];
  return [
    `ip allocate${allocate}`,
    'ip disassociate {address}',
    'ip associate {address} --server web-1',
    'ip move {address} --to web-2',
    'ip update {address} --label env=prod',
    'ip list',
    'ip list --raw',
    'ip show {address} --raw',
    'ip wait {address} --for free --timeout 1s',
    'ip release {address} --disassociate --yes --dry-run',
    'ip release {address} --disassociate --yes',
    'privateip create --subnet app',
    'privateip list --subnet app',
    'privateip show 192.168.1.11 --subnet app',
    'privateip delete 192.168.1.17 --subnet app --yes',
    'server list --raw',
    'server show web-1',
    'network list',
    'subnet list',
    'profile list',
    'profile show trial --explain',
    'profile use trial',
    'profile current',
    'profile set trial timeout=90',
    'profile unset trial timeout',
    'profile test trial',
    'profile add other --provider hostway --set username=ops --secret password=env:OS_PASSWORD',
    'profile rename other another',
    'profile remove another --yes',
    'profile show cloud:away --explain',
    'provider list',
    `provider show ${id}`,
    'operation list',
    'operation show {operation}',
    'operation resume {operation}',
    'operation prune --settled --yes --dry-run',
    'operation prune --settled --yes',
    'sandbox journal',
    'sandbox reset hostway',
    'api GET / --include',
    'api POST /nothing --field password=typed-secret-11aa --yes',
    'doctor',
    'schema ip',
    'help ip allocate',
    'completion bash',
    '__complete --fetch -- ipctl -p trial server show ',
    '__complete -- ipctl -p trial server show ',
    // Refused: a credential has no place on a command line, and is not repeated.
    'api GET / --header Authorization:header-secret-9a1b',
    'profile add x --provider hostway --secret password=typed-secret-11aa',
    'profile add x --provider hostway --set password=typed-secret-11aa',
    'profile set trial password=typed-secret-11aa',
  ];
}

interface Planting {
  readonly home: Cloud;
  readonly planted: Planted;
  readonly outputs: readonly (readonly string[])[];
}

/** Runs all of them, and looks at what each wrote at once. */
async function runAll(id: Id, { home, planted, outputs }: Planting): Promise<void> {
  const shown = new Map<string, string>();
  const commands = commandsOf(id);
  const used = new Set(commands.map((line) => line.split(' ').slice(0, 2).join(' ')));
  for (const { words } of rows) {
    // It runs until it is stopped, and prints the sandbox's credentials, which is its purpose.
    if (words === 'sandbox serve') continue;
    assert.ok(used.has(words) || commands.some((line) => line.startsWith(`${words} `) || line === words), `no use of ${words}`);
  }
  for (const [index, line] of commands.entries()) {
    const { words } = split(line.replace(/\{([a-z]+)\}/g, (_, name: string) => shown.get(name) ?? '203.0.113.1'));
    const more = line.startsWith('__complete') ? [] : (outputs[index % outputs.length] ?? []);
    const ran = await home.ipctl([...words, ...more], { env: { ...AROUND, IPCTL_PROFILE: 'trial' } });
    for (const [name, pattern] of [
      ['address', /\b(?:203\.0\.113|198\.51\.100|192\.0\.2)\.\d+\b/],
      ['operation', /\b[0-9a-z]{8}-[0-9a-z]{6}\b/],
    ] as const) {
      const [found] = (line.startsWith('ip allocate') ? pattern.exec(ran.stdout + ran.stderr) : null) ?? [];
      if (found !== undefined) shown.set(name, found);
    }
    if (line.startsWith('ip allocate')) assert.equal(ran.code, 0, ran.stderr);
    requireNone(`${ran.stdout}${ran.stderr}`, planted, `ipctl ${words.join(' ')} ${more.join(' ')}`);
    assert.ok(ran.code !== 1 || line.startsWith('doctor'), `${line}: ${ran.stderr}`);
  }
  assert.ok(shown.has('address') && shown.has('operation'), 'an allocation says what it made');
}

const OUTPUTS = [
  ['-o', 'json', '--debug=body'],
  ['-v', '--debug=body'],
  ['-o', 'yaml', '--debug=body'],
];

/** The token that the cache holds, if there is one. */
function cachedTokens(home: Home): readonly string[] {
  return kept(home)
    .filter(({ path }) => path.includes('/tokens/'))
    .flatMap(({ text }) => {
      const { value } = JSON.parse(text) as { value?: { token?: string } };
      return typeof value?.token === 'string' ? [value.token] : [];
    });
}

interface Scene {
  readonly id: Id;
  readonly title: string;
  /** Options of the profile that are secrets; all others are set as they are. */
  readonly secrets: (options: Readonly<Record<string, string>>) => Readonly<Record<string, string>>;
  readonly without?: readonly string[];
  /** How the profile gets at them: by a command, or from the file that it is written to. */
  readonly by: 'command' | 'stdin';
  readonly settings?: CloudSettings;
}

const picked =
  (...names: readonly string[]): Scene['secrets'] =>
  (options) =>
    Object.fromEntries(names.map((name) => [name, options[name] ?? '']));

const scenes: readonly Scene[] = [
  { id: 'openstack', title: 'a password by command', secrets: picked('password'), by: 'command' },
  { id: 'hostway', title: 'a password in the file', secrets: picked('password'), by: 'stdin' },
  { id: 'rackspace', title: 'an API key by command', secrets: picked('api-key'), by: 'command' },
  {
    id: 'otc',
    title: 'an access key in the file',
    secrets: () => ({ 'secret-key': 'otc-sandbox-secret-key-0000000000000001' }),
    without: ['username', 'password', 'domain-name'],
    by: 'stdin',
    settings: { options: { 'access-key': 'OTCSANDBOXACCESSKEY1' } },
  },
];

for (const { id, title, secrets, without = [], by, settings = {} } of scenes) {
  test(`${id}, ${title}: no command shows or keeps one`, () =>
    withCloud(id, settings, async (cloud) =>
      withHome(async (home) => {
        const own = secrets(cloud.sandbox.options);
        const secretly = Object.keys(own);
        assert.ok(Object.values(own).every((secret) => secret.length >= 8));
        const plain = Object.entries({ ...cloud.sandbox.options, ...settings.options }).filter(
          ([name]) => !secretly.includes(name) && !without.includes(name),
        );
        mkdirSync(join(home.directory, '.config', 'openstack'), { recursive: true });
        writeFileSync(
          join(home.directory, 'clouds.yaml'),
          'clouds:\n  away:\n    auth:\n      auth_url: https://id.example.com/v3\n      username: ops\n      password: yaml-password-33bb\n      project_name: web\n',
          { mode: 0o600 },
        );
        const [[name, secret] = ['', '']] = Object.entries(own);
        const vault = join(home.directory, 'vault.mjs');
        const seen = join(home.directory, 'seen-by-the-vault');
        const words = [process.execPath, vault];
        writeFileSync(join(home.directory, 'kept-by-the-vault'), `${secret}\n`);
        writeFileSync(
          vault,
          `import { readFileSync, writeFileSync } from 'node:fs';
writeFileSync(${JSON.stringify(seen)}, JSON.stringify({ env: process.env, argv: process.argv }));
process.stdout.write(readFileSync(${JSON.stringify(join(home.directory, 'kept-by-the-vault'))}));
`,
        );
        const source = by === 'command' ? `command:${words.join(' ')}` : '-';
        const added = await home.ipctl(
          [
            'profile',
            'add',
            'trial',
            '--provider',
            id,
            ...plain.flatMap(([option, value]) => ['--set', `${option}=${value}`]),
            '--secret',
            `${name}=${source}`,
          ],
          { env: AROUND, ...(by === 'stdin' ? { stdin: `${secret}\n` } : {}) },
        );
        assert.equal(added.code, 0, added.stderr);
        const planted = { ...around, 'the credential': secret };
        requireNone(added.stdout + added.stderr, planted, 'profile add');
        await runAll(id, { home: { ...home, sandbox: cloud.sandbox }, planted, outputs: OUTPUTS });

        // Wrong credentials: the provider's refusal may repeat them.
        await withHome(async (elsewhere) => {
          const env = { ...AROUND, ...variablesOf(id, { ...Object.fromEntries(plain), [name]: 'wrong-password-c0de' }) };
          const refused = await elsewhere.ipctl(['-p', `env:${id}`, 'ip', 'list', '-o', 'json', '--debug=body'], { env });
          assert.equal(refused.code, 4, refused.stderr);
          requireNone(refused.stdout + refused.stderr, planted, 'a refused login');
          for (const { path, text } of kept(elsewhere)) requireNone(text, planted, path);
        });

        // The tokens that the provider gave stand in their own cache, and nowhere else.
        const tokens = cachedTokens(home);
        if (id === 'openstack' || id === 'rackspace') assert.ok(tokens.length > 0);
        const again = await home.ipctl(['-p', 'trial', 'ip', 'list', '--debug=body', '-o', 'json'], { env: AROUND });
        requireNone(again.stdout + again.stderr, Object.fromEntries(tokens.map((token) => ['a token', token])), 'ip list');
        for (const { path, text } of kept(home)) {
          assert.equal(statSync(path).mode & 0o077, 0, `${path} can be read by others`);
          const isConfig = path.endsWith('/config.json');
          requireNone(text, isConfig && by === 'stdin' ? around : planted, path);
          if (!path.includes('/tokens/')) requireNone(text, Object.fromEntries(tokens.map((token) => ['a token', token])), path);
        }
        if (by === 'stdin') return;
        const vaultSaw = readFileSync(seen, 'utf8');
        assert.ok(vaultSaw.includes(AROUND.https_proxy), 'what it needs to get through is its own');
        const others = Object.entries(planted).filter(([what]) => what !== 'the proxy');
        requireNone(vaultSaw, Object.fromEntries(others), 'the environment of the command');
      }),
    ));
}

const variablesOf = (id: string, options: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(options).map(([name, value]) => [`IPCTL_${id}_${name}`.replaceAll('-', '_').toUpperCase(), value]));

test('what a provider makes up, or repeats of ours, is in no trace, error or record', async () => {
  const secret = 'hostway-password-8e4d';
  const fresh = 'admin-password-of-a-server-60f2';
  const pair = Buffer.from(`demo:${secret}`).toString('base64');
  const echo = { adminPass: fresh, access_token: fresh, message: `refused: Basic ${pair} for ${secret}`, nested: [{ 'api-key': fresh }] };
  const body = { floating_ip: { ip: '203.0.113.9', instance_id: null, pool: 'default', ...echo }, floating_ips: [], servers: [], ...echo };
  for (const status of [200, 202, 400, 403, 500]) {
    const server = await listen((response, { method }) => json(response, body, method === 'GET' ? Math.min(status, 403) : status));
    try {
      await withHome(async (home) => {
        const env = { ...AROUND, IPCTL_HOSTWAY_ENDPOINT: server.origin, IPCTL_HOSTWAY_USERNAME: 'demo', IPCTL_HOSTWAY_PASSWORD: secret };
        const planted = { ...around, 'our password': secret, 'the pair of it': `demo:${secret}`, 'a password of theirs': fresh };
        const ask = (...words: string[]): Promise<Ran> => home.ipctl(['-p', 'env:hostway', ...words, '--debug=body'], { env });
        for (const words of [
          ['ip', 'allocate', '--timeout', '1s', '-o', 'json'],
          ['ip', 'show', '203.0.113.9'],
          ['operation', 'list', '-o', 'json'],
        ]) {
          const { stdout, stderr } = await ask(...words);
          assert.ok(words[0] === 'operation' || stderr.includes('****'), stderr);
          requireNone(stdout + stderr, planted, `${status}: ${words.join(' ')}`);
        }
        for (const { path, text } of kept(home)) requireNone(text, planted, `${status}: ${path}`);
      });
    } finally {
      await server.close();
    }
  }
});
