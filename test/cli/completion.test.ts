/** Completion as a person meets it: in a real bash, and what the binary answers to any shell. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { dialects } from '../../src/sandbox/dialects.js';
import { start } from '../../src/sandbox/server.js';
import { type Home, type Ran, withHome } from '../support/ipctl.js';
import { completed, shellEnv } from './completion-terminal.js';

type Env = Readonly<Record<string, string>>;

/** What is offered for the last word, and that nothing else happens. */
async function offered(home: Home, words: readonly string[], env: Env = {}): Promise<string[]> {
  return wordsOf(await home.ipctl(['__complete', '--', ...words], { env }));
}

function wordsOf({ code, stdout, stderr }: Ran): string[] {
  assert.deepEqual([code, stderr], [0, '']);
  return stdout.split('\n').flatMap((line) => (line === '' ? [] : [line.split('\t')[0] ?? '']));
}

/** Asks the provider, as the process does that a key press starts, and waits for it. */
async function warm(home: Home, words: readonly string[], env: Env = {}): Promise<void> {
  assert.deepEqual(await home.ipctl(['__complete', '--fetch', '--', ...words], { env }), { code: 0, stdout: '', stderr: '' });
}

const keptIn = (home: Home): string => join(home.directory, 'state/ipctl/completion');

test('a real bash: verbs, profiles, addresses, servers, columns, and text that is no command', async () => {
  await withHome(async (home) => {
    const env = shellEnv(home);
    // Nothing has been asked for completion: the first key shows what there is.
    await home.ipctl(['-p', 'sandbox', 'ip', 'allocate']);
    await home.ipctl(['profile', 'add', 'mine', '--provider', 'hostway', '--set', 'username=u', '--secret', 'password=env:KEY']);
    const cloud = join(home.directory, 'state/ipctl/sandbox/openstack.json');
    writeFileSync(cloud, readFileSync(cloud, 'utf8').replaceAll('"worker-1"', '"$(touch pwned) `x`"'));
    const address = (await home.ipctl(['-p', 'sandbox', 'ip', 'list', '-o', 'value', '-c', 'address'])).stdout.trim();
    const lines: readonly (readonly [string, string])[] = [
      ['ipctl ip as', 'ipctl ip associate '],
      ['ipctl -p mi', 'ipctl -p mine '],
      ['ipctl -p env:o', 'ipctl -p env:openstack otc '],
      ['ipctl -p sandbox ip release ', `ipctl -p sandbox ip release ${address} `],
      ['ipctl --profile=sandbox ip delete 20', `ipctl --profile=sandbox ip delete ${address} `],
      ['ipctl -p sandbox ip associate 1.2.3.4 --server=web', 'ipctl -p sandbox ip associate 1.2.3.4 --server=web-1 web-2 '],
      ['ipctl -p sandbox server show \\$', 'ipctl -p sandbox server show \\$\\(touch\\ pwned\\)\\ \\`x\\` '],
      ['ipctl ip list -c address,st', 'ipctl ip list -c address,state '],
      ['ipctl ip list --output=js', 'ipctl ip list --output=json jsonl '],
      ['ipctl profile set mine pass', 'ipctl profile set mine pass'],
      ['ipctl profile set mine read-only=t', 'ipctl profile set mine read-only=true '],
      [
        'ipctl profile add o --provider openstack --set interface=int',
        'ipctl profile add o --provider openstack --set interface=internal internalURL ',
      ],
      [
        'ipctl profile add o --provider hostway --secret password=env:ZDOT',
        'ipctl profile add o --provider hostway --secret password=env:ZDOTDIR ',
      ],
      ['ipctl profile add o --import env:ra', 'ipctl profile add o --import env:rackconnect rackspace '],
      ['ipctl --otc-virtual true privateip cr', 'ipctl --otc-virtual true privateip create '],
      ['ipctl ip list --profiles mine,sandbox-h', 'ipctl ip list --profiles mine,sandbox-hostway '],
      ['ipctl nonsense verb x', 'ipctl nonsense verb x'],
      // What is quoted is one word, and says nothing of a profile.
      ["ipctl ip list --query '[?a == b]' -p mi", "ipctl ip list --query '[?a == b]' -p mine "],
      ["ipctl --query '[?a == b]' ip al", "ipctl --query '[?a == b]' ip allocate "],
      ['ipctl --query "a \\" -p b" ip al', 'ipctl --query "a \\" -p b" ip allocate '],
      ["ipctl -p sandbox ip associate 1.2.3.4 --server='web-1'", 'ipctl -p sandbox ip associate 1.2.3.4 --server=web-1 '],
      ["ipctl -p 'mi", 'ipctl -p mine '],
      ['ipctl -p sandbox server show "$(', 'ipctl -p sandbox server show \\$\\(touch\\ pwned\\)\\ \\`x\\` '],
      ["ipctl ip allocate --description 'see -p sandbox now' --subnet ", "ipctl ip allocate --description 'see -p sandbox now' --subnet "],
    ];
    const typed = await completed(
      'bash',
      home,
      env,
      lines.map(([line]) => line),
    );
    assert.deepEqual(
      typed,
      lines.map(([, line]) => line),
    );
    // One that is alone is put in by the key itself; what wants more behind it is followed by no space.
    const alone: readonly (readonly [string, string])[] = [
      ['ipctl -p sandbox ip release ', `ipctl -p sandbox ip release ${address} `],
      ['ipctl profile set mine zo', 'ipctl profile set mine zone='],
      ['ipctl profile add o --provider hostway --secret passw', 'ipctl profile add o --provider hostway --secret password='],
      ['ipctl profile add o --provider hostway --secret password=e', 'ipctl profile add o --provider hostway --secret password=env:'],
      ["ipctl -p 'mi", "ipctl -p 'mine' "],
      ['ipctl -p sandbox server show "$(', 'ipctl -p sandbox server show "\\$(touch pwned) \\`x\\`" '],
      ["ipctl -p sandbox server show '$(", "ipctl -p sandbox server show '$(touch pwned) `x`' "],
    ];
    rmSync(keptIn(home), { recursive: true });
    assert.deepEqual(
      await completed(
        'bash',
        home,
        env,
        alone.map(([line]) => line),
        'tab',
      ),
      alone.map(([, line]) => line),
    );
    assert.equal(existsSync(join(home.directory, 'pwned')), false);
  });
});

test('values that this machine knows: profiles, operations, options, columns', async () => {
  await withHome(async (home) => {
    await home.ipctl([
      'profile',
      'add',
      'prod',
      '--provider',
      'hostway',
      '--set',
      'username=u',
      '--set',
      'zone=AUS001',
      '--secret',
      'password=env:KEY',
    ]);
    await home.ipctl(['-p', 'sandbox', 'ip', 'allocate']);
    const profiles = await offered(home, ['-p', '']);
    for (const name of ['prod', 'sandbox', 'sandbox-otc', 'env:openstack']) assert.ok(profiles.includes(name), name);
    assert.deepEqual(await offered(home, ['profile', 'remove', '']), ['prod']);
    assert.deepEqual(await offered(home, ['profile', 'add', '']), []);
    const [id] = await offered(home, ['op', 'show', '']);
    assert.equal((await home.ipctl(['operation', 'show', id ?? '', '-o', 'json'])).code, 0);
    assert.deepEqual(await offered(home, ['profile', 'set', 'prod', 'read']), ['read-only=']);
    assert.deepEqual(await offered(home, ['profile', 'unset', 'prod', 'zo']), ['zone']);
    assert.deepEqual(await offered(home, ['profile', 'set', 'prod', 'protected=']), ['protected=true', 'protected=false']);
    assert.deepEqual(await offered(home, ['profile', 'set', 'prod', 'zone=']), []);
    assert.deepEqual(await offered(home, ['profile', 'set', 'nobody', '']), []);
    const add = ['profile', 'add', 'x', '--provider', 'otc'];
    const settings = await offered(home, [...add, '--set', '']);
    assert.ok(settings.includes('region=') && settings.includes('read-only='), settings.join());
    assert.ok(!settings.some((name) => /^(password|token|secret-key)=/.test(name)), settings.join());
    assert.deepEqual(await offered(home, [...add, '--set=bandwidth-share=']), ['--set=bandwidth-share=PER', '--set=bandwidth-share=WHOLE']);
    assert.deepEqual(await offered(home, [...add, '--set', 'insecure-http=f']), ['insecure-http=false']);
    assert.deepEqual(await offered(home, ['profile', 'add', 'x', '--import', 'env:hostway', '--set', 'zo']), ['zone=']);
    assert.deepEqual(await offered(home, ['profile', 'add', 'x', '--set', '']), [], 'of which provider, nobody knows');
    assert.deepEqual(await offered(home, [...add, '--secret', 'passw']), ['password=']);
    assert.deepEqual(await offered(home, [...add, '--secret', 'password=']), ['password=env:', 'password=command:', 'password=-']);
    assert.deepEqual(await offered(home, [...add, '--secret', 'password=env:OTC_W'], { OTC_WORD: 'hunter2' }), ['password=env:OTC_WORD']);
    assert.deepEqual(await offered(home, [...add, '--secret', 'username=']), [], 'it is no secret');
    assert.deepEqual(await offered(home, ['ip', 'list', '--profiles', 'prod,sandbox-h']), ['prod,sandbox-hostway']);
    assert.ok(!(await offered(home, ['ip', 'list', '--profiles', 'prod,'])).includes('prod,prod'));
    for (const flag of ['--key', '--query', '--region']) assert.deepEqual(await offered(home, ['ip', 'allocate', flag, '']), [], flag);
    assert.deepEqual(await offered(home, ['server', 'list', '-c', '+na']), ['+name']);
    assert.deepEqual(await offered(home, ['server', 'list', '-c', '+name,+st']), ['+name,+state']);
    assert.deepEqual(await offered(home, ['server', 'list', '--sort', 'id,-na']), ['id,-name']);
    assert.deepEqual(await offered(home, ['ip', 'list', '--columns=address,addr']), []);
    assert.deepEqual(await offered(home, ['schema', 'priv']), ['privateip']);
    assert.deepEqual(await offered(home, ['help', 'e']), ['exit-codes', 'environment']);
    assert.deepEqual(await offered(home, ['help', 'server', '']), ['list', 'show']);
    assert.deepEqual(await offered(home, ['help', 'server', 'show', '']), []);
  });
});

test('an entry of clouds.yaml is offered as a profile', async () => {
  await withHome(async (home) => {
    const file = join(home.directory, 'elsewhere.yaml');
    writeFileSync(file, 'clouds:\n  lab: {}\n');
    const env = { OS_CLIENT_CONFIG_FILE: file };
    assert.deepEqual(await offered(home, ['-p', 'cloud:'], env), ['cloud:lab']);
    assert.deepEqual(await offered(home, ['profile', 'add', 'x', '--import', 'c'], env), ['cloud:lab']);
    assert.ok((await offered(home, ['profile', 'add', 'x', '--import', ''], env)).includes('env:openstack'));
  });
});

/** A home with a stored profile of an OpenStack at `origin`, and one of another project there. */
async function withProfile(work: (home: Home, env: Env, sandbox: Awaited<ReturnType<typeof start>>) => Promise<void>): Promise<void> {
  const sandbox = await start(await dialects.openstack(), {});
  try {
    await withHome(async (home) => {
      const { password = '', ...options } = sandbox.options;
      const settings = Object.entries(options).flatMap(([name, value]) => ['--set', `${name}=${value}`]);
      const add = ['profile', 'add', 'cloud', '--provider', 'openstack', ...settings, '--secret', 'password=env:WORD'];
      assert.equal((await home.ipctl(add)).code, 0);
      await work(home, { WORD: password }, sandbox);
    });
  } finally {
    await sandbox.close();
  }
}

test('what was fetched is kept for its profile alone, for its owner alone, and without a secret', async () => {
  await withProfile(async (home, env, sandbox) => {
    await warm(home, ['-p', 'cloud', 'server', 'show', ''], env);
    const requests = sandbox.journal().length;
    const servers = await offered(home, ['-p', 'cloud', 'server', 'show', ''], env);
    assert.ok(servers.includes('web-1') && servers.includes('web-2'), servers.join());
    assert.deepEqual(await offered(home, ['ip', 'list', '--server', 'web-1'], { ...env, IPCTL_PROFILE: 'cloud' }), ['web-1']);
    assert.equal(sandbox.journal().length, requests, 'nothing is asked while the answer is new');
    await home.ipctl(['profile', 'use', 'cloud']);
    assert.deepEqual(await offered(home, ['ip', 'move', '1.2.3.4', '--to', 'web-2'], env), ['web-2']);

    // Asked in vain beforehand: no process of its own is still about when the files are looked at.
    const elsewhere = ['-p', 'cloud', '--region', 'nowhere', 'server', 'show', 'web'];
    await warm(home, elsewhere, env);
    assert.deepEqual(await offered(home, elsewhere, env), []);
    // Another password may be another account: what is fetched with it is kept elsewhere.
    const before = readdirSync(keptIn(home)).filter((name) => name.endsWith('.json'));
    await warm(home, ['-p', 'cloud', 'server', 'show', ''], { WORD: 'another' });
    const after = readdirSync(keptIn(home)).filter((name) => name.endsWith('.json'));
    assert.deepEqual([before.length, after.length], [1, 2]);

    for (const name of readdirSync(keptIn(home))) {
      const path = join(keptIn(home), name);
      assert.equal(statSync(path).mode & 0o777, 0o600, name);
      const text = readFileSync(path, 'utf8');
      assert.ok(!text.includes(env.WORD ?? '-') && !/token/i.test(text), name);
    }
    assert.equal(statSync(keptIn(home)).mode & 0o777, 0o700);
    assert.ok(sandbox.journal().every(({ method, path }) => method === 'GET' || path.endsWith('/auth/tokens')));
  });
});

/** A server of which only the answers matter. */
async function withServer(answer: (response: ServerResponse) => void, work: (origin: string) => Promise<void>): Promise<void> {
  const server: Server = createServer((_request, response) => answer(response));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  try {
    await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

const refuse = (response: ServerResponse): void => void response.writeHead(401, { 'content-type': 'application/json' }).end('{}');

const openstackAt = (origin: string): Env => ({
  OS_AUTH_URL: `${origin}/v3`,
  OS_USERNAME: 'u',
  OS_PASSWORD: 'p',
  OS_USER_DOMAIN_NAME: 'Default',
  OS_PROJECT_NAME: 'x',
  OS_PROJECT_DOMAIN_NAME: 'Default',
});

test('a provider that never answers is not waited for', async () => {
  await withHome(async (home) => {
    let arrive = (_response: ServerResponse): void => {};
    const arrived = new Promise<ServerResponse>((resolve) => {
      arrive = resolve;
    });
    await withServer(arrive, async (origin) => {
      assert.deepEqual(await offered(home, ['-p', 'env:openstack', 'server', 'show', ''], openstackAt(origin)), []);
      // Somebody else is still waiting: the answer was given before there was one.
      assert.equal((await arrived).destroyed, false);
    });
  });
});

test('a provider that refuses is not asked again at the next key', async () => {
  await withHome(async (home) => {
    await withServer(refuse, async (origin) => {
      const words = ['-p', 'env:openstack', 'server', 'show', ''];
      const marks = (): string[] => readdirSync(keptIn(home)).map((name) => `${name} ${readFileSync(join(keptIn(home), name), 'utf8')}`);
      await warm(home, words, openstackAt(origin));
      const before = marks();
      assert.match(before.join(), /^[0-9a-f]{32}\.asking \d+ in vain$/);
      // Whoever asks says so first: as long as the mark is the same, nobody has.
      assert.deepEqual(await offered(home, words, openstackAt(origin)), []);
      assert.deepEqual(marks(), before);
    });
  });
});

test('the sandbox answers the first key, changed or not, without another process', async () => {
  await withHome(async (home) => {
    const words = ['-p', 'sandbox', 'ip', 'release', ''];
    assert.deepEqual(await offered(home, words), []);
    await home.ipctl(['-p', 'sandbox', 'ip', 'allocate']);
    const address = (await home.ipctl(['-p', 'sandbox', 'ip', 'list', '-o', 'value', '-c', 'address'])).stdout.trim();
    assert.deepEqual(await offered(home, words), [address]);
    assert.ok(!readdirSync(keptIn(home)).some((name) => name.endsWith('.asking')));
    for (const [profile, noun] of [
      ['sandbox-hostway', 'server'],
      ['sandbox-rackspace', 'server'],
      ['sandbox-otc', 'subnet'],
    ] as const) {
      const line = noun === 'server' ? ['server', 'show', ''] : ['privateip', 'create', '--subnet', ''];
      assert.ok((await offered(home, ['-p', profile, ...line])).length > 0, profile);
    }
  });
});

test('a command that yields a secret is not run, and a clouds.yaml of the working directory sends nothing', async () => {
  await withHome(async (home) => {
    let count = 0;
    const counted = (response: ServerResponse): void => {
      count += 1;
      refuse(response);
    };
    await withServer(counted, async (origin) => {
      const ran = join(home.directory, 'ran');
      const set = ['--set', `auth-url=${origin}/v3`, '--set', 'username=u', '--set', 'user-domain-name=Default', '--set', 'project-id=x'];
      const secret = ['--secret', `password=command:touch ${ran}`];
      assert.equal((await home.ipctl(['profile', 'add', 'asks', '--provider', 'openstack', ...set, ...secret])).code, 0);
      await warm(home, ['-p', 'asks', 'server', 'show', '']);
      assert.equal(existsSync(ran), false);
      const auth = `{auth_url: '${origin}/v3', username: u, password: p, project_name: x, user_domain_name: D, project_domain_name: D}`;
      writeFileSync(join(home.directory, 'clouds.yaml'), `clouds:\n  trap:\n    auth: ${auth}\n`);
      await warm(home, ['-p', 'cloud:trap', 'server', 'show', '']);
      assert.equal(count, 0);
    });
  });
});

test('silent whatever is wrong: broken profiles, no profile, unknown profile, unusable state directory', async () => {
  await withHome(async (home) => {
    assert.deepEqual(await offered(home, ['ip', 'release', '']), []);
    assert.deepEqual(await offered(home, ['-p', 'nobody', 'ip', 'release', '']), []);
    assert.deepEqual(await offered(home, ['-p', 'sandbox', 'ip', 'release', ''], { XDG_STATE_HOME: '/dev/null' }), []);
    assert.deepEqual(await offered(home, ['-p', 'sandbox-hostway', 'privateip', 'create', '--subnet', '']), []);
    await home.ipctl(['profile', 'add', 'mine', '--provider', 'hostway', '--set', 'username=u', '--secret', 'password=env:KEY']);
    writeFileSync(join(home.directory, 'config/ipctl/config.json'), '{');
    assert.deepEqual(await offered(home, ['-p', 'sandbox-h']), ['sandbox-hostway']);
    assert.deepEqual(await offered(home, ['profile', 'remove', '']), []);
    assert.deepEqual(await offered(home, []), []);
  });
});

test('help says how to install it in each shell', async () => {
  await withHome(async (home) => {
    const { stdout } = await home.ipctl(['completion', '--help']);
    for (const shell of ['bash', 'zsh', 'fish', 'powershell']) assert.match(stdout, new RegExp(`ipctl completion ${shell} >`));
    assert.equal((await home.ipctl(['completion', 'tcsh'])).code, 2);
  });
});
