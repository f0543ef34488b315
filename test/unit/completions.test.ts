/** The committed scripts are what the command table makes of itself; and the parts of completion that need no shell. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { changeFlags, globalFlags, type Row, rows } from '../../src/cli/commands.js';
import { script } from '../../src/cli/complete.js';
import { sceneOf, whoseOf } from '../../src/cli/completion/account.js';
import { answer } from '../../src/cli/completion/answer.js';
import { fetchValues } from '../../src/cli/completion/fetch.js';
import { claim, giveUp, keep, kept } from '../../src/cli/completion/kept.js';
import { lineOf } from '../../src/cli/completion/line.js';
import type { FlagSet } from '../../src/cli/flags.js';
import { load } from '../../src/cli/load.js';
import type { AnyDriver } from '../../src/domain/driver.js';
import type { Server } from '../../src/domain/records.js';
import type { Target } from '../../src/operations/target.js';
import { providerOf } from '../../src/providers/registry.js';
import type { World } from '../../src/world.js';
import { virtualClock } from '../support/clock.js';

const at = (name: string): string => fileURLToPath(new URL(`../../completions/${name}`, import.meta.url));

const sources = fileURLToPath(new URL('../../src', import.meta.url));

const files = { bash: 'ipctl.bash', zsh: '_ipctl', fish: 'ipctl.fish', powershell: 'ipctl.ps1' } as const;
for (const [shell, file] of Object.entries(files) as [keyof typeof files, string][]) {
  test(`completions/${file} is up to date: npm run completions`, () => {
    assert.ok(readFileSync(at(file), 'utf8') === script(shell), 'the command table has changed');
  });
}

/** What the function offers for a line in a bash without a terminal; nothing called ipctl is on the path. */
function offered(line: string): string[] {
  const run = `source '${at(files.bash)}'; COMP_LINE=$1; COMP_POINT=\${#COMP_LINE}; _ipctl; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, status, stderr } = spawnSync('bash', ['--norc', '--noprofile', '-c', run, 'bash', line], { encoding: 'utf8' });
  assert.deepEqual([status, stderr], [0, ''], line);
  return stdout.split('\n').filter((word) => word !== '');
}

test('nouns, verbs, flags and closed lists stand in the script: they cost no process', () => {
  assert.deepEqual(offered('ipctl pri'), ['privateip']);
  assert.deepEqual(offered('ipctl ip as'), ['associate']);
  assert.deepEqual(offered('ipctl -p sandbox ip re'), ['release']);
  assert.deepEqual(offered('ipctl ip list --fr'), ['--free']);
  assert.deepEqual(offered('ipctl ip ls --fr'), ['--free']);
  assert.deepEqual(offered('ipctl ip list -o js'), ['json', 'jsonl']);
  assert.deepEqual(offered('ipctl ip list --output=js'), ['json', 'jsonl']);
  assert.deepEqual(offered('ipctl provider show ra'), ['rackspace', 'rackconnect']);
  assert.deepEqual(offered('ipctl profile add x --provider o'), ['openstack', 'otc']);
  assert.deepEqual(offered('ipctl ip allocate --hostway-z'), ['--hostway-zone']);
  assert.deepEqual(offered('ipctl ip allocate --rackspace-association-body w'), ['wrapper']);
  assert.deepEqual(offered('ipctl ip allocate --otc-bandwidth-share '), ['PER', 'WHOLE']);
  assert.deepEqual(offered('ipctl ip allocate --otc-bandwidth-share=W'), ['WHOLE']);
  assert.deepEqual(offered('ipctl privateip create --otc-virtual='), ['true', 'false']);
  assert.deepEqual(offered('ipctl completion f'), ['fish']);
  assert.deepEqual(offered('ipctl completion fish '), []);
  assert.deepEqual(offered('ipctl sandbox reset otc no'), ['nova']);
  assert.ok(offered('ipctl ').includes('ip'));
  assert.ok(!offered('ipctl ip release -').some((word) => word.includes('password')));
});

test('options before the noun: their values are no nouns, and a provider’s are offered to whoever has begun one', () => {
  assert.deepEqual(offered('ipctl --region nowhere ip as'), ['associate']);
  assert.deepEqual(offered('ipctl --otc-bandwidth-size 5 ip as'), ['associate']);
  assert.deepEqual(offered('ipctl --openstack-interface public ip as'), ['associate']);
  assert.deepEqual(offered('ipctl --otc-virtual privateip cr'), ['create']);
  assert.deepEqual(offered('ipctl --otc-virtual true privateip cr'), ['create']);
  assert.deepEqual(offered('ipctl --otc-virtual=true privateip cr'), ['create']);
  assert.deepEqual(offered('ipctl --otc-bandwidth-sh'), ['--otc-bandwidth-share']);
  assert.deepEqual(offered('ipctl --otc-bandwidth-share '), ['PER', 'WHOLE']);
  assert.deepEqual(offered('ipctl --reg'), ['--region']);
  assert.deepEqual(offered('ipctl --region '), []);
  assert.ok(!offered('ipctl --').some((word) => word.startsWith('--otc-')));
  assert.ok(!offered('ipctl --otc-').some((word) => word.includes('password')));
});

test('without the program, a place for a live value offers nothing and says nothing', () => {
  assert.deepEqual(offered('no-such-ipctl ip release '), []);
});

test('what a line asks for', () => {
  const cases: readonly [string, string | undefined, string][] = [
    ['ip release ', 'ips', ''],
    ['ip rm 20', 'ips', '20'],
    ['ip release a b ', 'ips', ''],
    ['ip show a ', undefined, ''],
    ['privateip delete ', 'privateips', ''],
    ['-p x ip move a --to we', 'servers', 'we'],
    ['ip list --server=we', 'servers', 'we'],
    ['ip allocate --subnet ', 'subnets', ''],
    ['ip allocate --acme-pool ', 'pools', ''],
    ['ip allocate --acme-zone ', undefined, ''],
    ['ip allocate --acme-zone z --server ', 'servers', ''],
    ['ip list --wait --columns ', 'columns', ''],
    ['ip release --', undefined, '--'],
    ['op resume ', 'operations', ''],
    ['profile rename old ', undefined, ''],
    ['profile rename ', 'stored-profiles', ''],
    ['profile use ', 'profiles', ''],
    ['profile set x ', 'settings', ''],
    ['profile set x zone=', 'settings', 'zone='],
    ['profile unset x ', 'options', ''],
    ['profile add x --provider otc --set ', 'settings', ''],
    ['profile add x --set=zo', 'settings', 'zo'],
    ['profile add x --secret pass', 'secrets', 'pass'],
    ['profile add x --import ', 'imports', ''],
    ['ip list --profiles a,', 'profile-list', 'a,'],
    ['ip allocate --key ', undefined, ''],
    ['ip list --query ', undefined, ''],
    ['--region ', undefined, ''],
    ['--region nowhere ip release ', 'ips', ''],
    ['--otc-bandwidth-size 5 ip release ', 'ips', ''],
    ['--otc-virtual privateip delete ', 'privateips', ''],
    ['--otc-virtual true privateip delete ', 'privateips', ''],
    ['--otc-virtual=false privateip delete ', 'privateips', ''],
    ['privateip delete --otc-unbind true a ', 'privateips', ''],
    ['profile rename --otc-virtual maybe ', undefined, ''],
    ['completion ', 'shells', ''],
    ['help server ', 'commands', ''],
    ['', undefined, ''],
    ['nonsense ', undefined, ''],
  ];
  for (const [text, kind, typed] of cases) {
    const line = lineOf(text.split(' '));
    assert.deepEqual([line.kind, line.typed], [kind, typed], text);
  }
  const line = lineOf(['-p', 'one', '--profile=two', 'ip', 'move', 'a', '--region', 'r', '']);
  assert.deepEqual([line.flags, line.arguments, line.row?.words], [{ profile: 'two', region: 'r' }, ['a'], 'ip move']);
  const bare = lineOf(['--otc-virtual', 'privateip', 'create', '--otc-unbind', 'false', '']);
  assert.deepEqual(
    [bare.flags, bare.arguments, bare.row?.words],
    [{ 'otc-virtual': 'true', 'otc-unbind': 'false' }, [], 'privateip create'],
  );
});

test('a flag takes a value in every command or in none: the scripts know it by its name', () => {
  const sets: readonly FlagSet[] = [globalFlags, changeFlags, ...(rows as readonly Row[]).map(({ flags }) => flags)];
  const valued = new Map<string, boolean>();
  for (const [name, { type }] of sets.flatMap((set) => Object.entries(set))) {
    const takes = type !== 'switch' && type !== 'optional';
    assert.equal(valued.get(name) ?? takes, takes, name);
    valued.set(name, takes);
  }
});

async function withWorld(work: (world: World, pass: (milliseconds: number) => Promise<void>) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'ipctl-kept-'));
  const clock = virtualClock();
  try {
    await work({ clock, directories: { config: directory, state: directory } } as unknown as World, (milliseconds) =>
      clock.sleep(milliseconds, new AbortController().signal),
    );
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** What a source brings in when it is loaded, itself included: sources, and packages by name. */
function loadedBy(source: string, seen: Set<string> = new Set()): Set<string> {
  if (seen.has(source)) return seen;
  seen.add(source);
  const text = readFileSync(join(sources, source), 'utf8');
  for (const [, names = '', target = ''] of text.matchAll(/^(?:import|export)\s([^;]*?)\bfrom '([^']+)'/gm)) {
    if (names.startsWith('type ') || target.startsWith('node:')) continue;
    if (target.startsWith('.')) loadedBy(join(dirname(source), target).replace(/\.js$/, '.ts'), seen);
    else seen.add(target);
  }
  return seen;
}

test('a kept answer needs neither a package nor what talks to a provider', () => {
  const loaded = [...loadedBy('cli/completion/answer.ts'), ...loadedBy('profiles/store.ts')];
  assert.ok(loaded.includes('cli/session.ts'));
  assert.deepEqual(
    loaded.filter(
      (name) => !name.endsWith('.ts') || /^(http\/(client|wire)|providers\/.*driver|cli\/(program|run)\.ts|cli\/commands\/)/.test(name),
    ),
    [],
  );
});

test('what was fetched is new for half a minute, better than nothing for ten, and then nothing', async () => {
  await withWorld(async (world, pass) => {
    const values = [{ word: 'web-1', help: 'active', also: ['id'] }];
    assert.equal(await kept(world, 'k'), undefined);
    await keep(world, 'k', world.clock.now(), values);
    assert.deepEqual(await kept(world, 'k'), { values, fresh: true });
    assert.equal(await kept(world, 'other'), undefined);
    await pass(30_000);
    assert.deepEqual(await kept(world, 'k'), { values, fresh: false });
    await pass(570_000);
    assert.equal(await kept(world, 'k'), undefined);
  });
});

test('a change that this machine recorded makes what was kept old', async () => {
  await withWorld(async (world) => {
    const values = [{ word: '203.0.113.7', help: 'free', also: [] }];
    const operations = join(world.directories.state, 'operations');
    const at = (later: number): Date => new Date(world.clock.now() + later);
    mkdirSync(operations);
    writeFileSync(join(operations, '2026-01.jsonl'), '');
    utimesSync(join(operations, '2026-01.jsonl'), at(-2000), at(-2000));
    await keep(world, 'before', world.clock.now() - 3000, values);
    await keep(world, 'after', world.clock.now() - 1000, values);
    assert.deepEqual([(await kept(world, 'before'))?.fresh, (await kept(world, 'after'))?.fresh], [false, true]);
  });
});

test('one asks at a time, and not again for half a minute when it was in vain', async () => {
  await withWorld(async (world, pass) => {
    assert.equal(await claim(world, 'k'), 'ours');
    assert.equal(await claim(world, 'k'), 'others');
    assert.equal(await claim(world, 'other'), 'ours');
    await pass(29_999);
    assert.equal(await claim(world, 'k'), 'others');
    await pass(1);
    assert.equal(await claim(world, 'k'), 'ours');
    await giveUp(world, 'k');
    assert.equal(await claim(world, 'k'), 'vain');
    await pass(30_000);
    assert.equal(await claim(world, 'k'), 'ours');
    await keep(world, 'k', world.clock.now(), []);
    assert.equal(await claim(world, 'k'), 'ours');
    assert.ok(readdirSync(join(world.directories.state, 'completion')).every((name) => /^(k|other)\.(json|asking)$/.test(name)));
  });
});

test('while somebody else asks, their answer is waited for as long as a person may wait', async () => {
  await withWorld(async (bare) => {
    const words = ['-p', 'env:hostway', 'server', 'show', ''];
    let written = '';
    let onSleep = async (): Promise<void> => {};
    const world = {
      ...bare,
      argv: ['__complete', '--', ...words],
      env: { IPCTL_HOSTWAY_USERNAME: 'u', IPCTL_HOSTWAY_PASSWORD: 'p' },
      terminal: {},
      signal: new AbortController().signal,
      stdout: { write: (text: string) => (written += text) },
      clock: {
        ...bare.clock,
        sleep: async (milliseconds: number, signal: AbortSignal) => {
          await bare.clock.sleep(milliseconds, signal);
          await onSleep();
        },
      },
    } as unknown as World;
    const line = lineOf(words);
    const { key } = (await whoseOf(sceneOf(world, line, 'servers'), line, 'servers')) ?? { key: '' };
    assert.equal(await claim(world, key), 'ours');
    const began = world.clock.now();
    // No program starts: nobody but the one who said so may ask.
    assert.equal(await answer(world, [], began), 0);
    assert.equal(written, '');
    assert.ok(world.clock.now() - began >= 280 && world.clock.now() - began <= 300, `${world.clock.now() - began} ms`);
    onSleep = () => keep(world, key, world.clock.now(), [{ word: 'web-1', help: 'active', also: [] }]);
    await answer(world, [], world.clock.now());
    assert.equal(written, 'web-1\tactive\n');
  });
});

test('a name that several servers have is given by its ids, and a name that plays tricks not at all', async () => {
  const server = (id: string, name: string | null): Server =>
    ({
      id,
      name,
      state: 'active',
      profile: 'p',
      provider: 'openstack',
      addresses: [],
      zone: null,
      providerState: null,
      raw: null,
    }) as Server;
  const servers = [
    server('1', 'twin'),
    server('2', 'twin'),
    server('3', 'web'),
    server('4', null),
    server('5', '-y'),
    server('6', 'a\u001b[2J'),
  ];
  const driver: AnyDriver = {
    async *listServers() {
      yield* servers;
    },
  };
  const target = {
    place: { profile: 'p', provider: 'openstack' },
    manifest: providerOf('openstack').manifest,
    connect: () => driver,
  } as unknown as Target;
  const { signal } = new AbortController();
  const values = await fetchValues('servers', target, { clock: virtualClock(), signal, timeout: 1, progress() {} });
  assert.deepEqual(
    values.map(({ word, also }) => [word, ...also]),
    [['1'], ['2'], ['web', '3'], ['4']],
  );
  assert.match(values[0]?.help ?? '', /^twin/);
});

test('every row has its code, and says how it is used', async () => {
  for (const row of rows) {
    const loaded = await load[row.words]();
    assert.equal(typeof loaded.run, 'function', row.words);
    assert.ok(row.examples.length > 0, row.words);
    for (const example of row.examples) assert.ok(example.includes(`ipctl ${row.words}`), example);
  }
});
