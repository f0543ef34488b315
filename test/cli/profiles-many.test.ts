/** Lists in many profiles: side by side, and the failure of one costs only its own rows. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { IpctlError } from '../../src/domain/errors.js';
import { everywhere } from '../../src/operations/everywhere.js';
import { dialects } from '../../src/sandbox/dialects.js';
import { start } from '../../src/sandbox/server.js';
import { type Home, withHome } from '../support/ipctl.js';
import { type NeutronSettings, neutron } from '../support/neutron.js';

/** Profiles prod-one and prod-two in two clouds of one kind, `other` in one of another kind; each holds one address. */
async function withThree(broken: readonly string[], work: (home: Home, addresses: Record<string, string>) => Promise<void>): Promise<void> {
  const clouds = {
    'prod-one': { provider: 'openstack', sandbox: await start(await dialects.openstack(), {}) },
    'prod-two': { provider: 'openstack', sandbox: await start(await dialects.openstack(), {}) },
    other: { provider: 'hostway', sandbox: await start(await dialects.hostway(), {}) },
  };
  const write = (home: Home, wrong: readonly string[]): void => {
    const profiles = Object.entries(clouds).map(([name, { provider, sandbox }]) => {
      const options = { ...sandbox.options, ...(wrong.includes(name) ? { password: 'not-this-one' } : {}) };
      return [name, { provider, options, settings: {}, account: null }];
    });
    mkdirSync(join(home.directory, 'config', 'ipctl'), { recursive: true });
    writeFileSync(join(home.directory, 'config', 'ipctl', 'config.json'), JSON.stringify({ profiles: Object.fromEntries(profiles) }), {
      mode: 0o600,
    });
  };
  try {
    await withHome(async (home) => {
      write(home, []);
      const addresses: Record<string, string> = {};
      for (const name of Object.keys(clouds)) {
        const { code, stdout, stderr } = await home.ipctl(['-p', name, 'ip', 'allocate', '-o', 'value', '-c', 'address']);
        assert.equal(code, 0, stderr);
        addresses[name] = stdout.trim();
      }
      write(home, broken);
      // Tokens of the right password would hide the wrong one.
      const env = { XDG_STATE_HOME: join(home.directory, 'state-after') };
      await work({ ...home, ipctl: (words, more = {}) => home.ipctl(words, { ...more, env: { ...env, ...more.env } }) }, addresses);
    });
  } finally {
    for (const { sandbox } of Object.values(clouds)) await sandbox.close();
  }
}

const rowsOf = (stdout: string): string[] =>
  (JSON.parse(stdout) as { profile: string; address: string }[]).map(({ profile, address }) => `${profile} ${address}`);

test('all profiles in one list, in order of their names; globs and names choose among them', async () => {
  await withThree([], async ({ ipctl }, at) => {
    const all = await ipctl(['ip', 'list', '--all-profiles', '-o', 'json']);
    assert.equal(all.code, 0, all.stderr);
    assert.deepEqual(rowsOf(all.stdout), [`other ${at.other}`, `prod-one ${at['prod-one']}`, `prod-two ${at['prod-two']}`]);
    const globbed = await ipctl(['ip', 'list', '--profiles', 'prod-*', '-o', 'json']);
    assert.deepEqual(rowsOf(globbed.stdout), [`prod-one ${at['prod-one']}`, `prod-two ${at['prod-two']}`]);
    const named = await ipctl(['ip', 'list', '--profiles', 'other,prod-???', '-o', 'csv', '-c', 'profile', '--sort', 'profile']);
    assert.equal(named.stdout, 'profile\nother\nprod-one\nprod-two\n');
    const table = await ipctl(['ip', 'list', '--all-profiles']);
    assert.match(table.stdout, /^PROFILE +ADDRESS/i);
  });
});

test('who holds an address: every profile is asked, and one that has it is enough', async () => {
  await withThree([], async ({ ipctl }, at) => {
    const held = await ipctl(['ip', 'show', at.other ?? '', '--all-profiles', '-o', 'json']);
    assert.equal(held.code, 0, held.stderr);
    assert.deepEqual(rowsOf(held.stdout), [`other ${at.other}`]);
    const nowhere = await ipctl(['ip', 'show', '198.51.100.255', '--all-profiles']);
    assert.deepEqual([nowhere.code, nowhere.stdout], [3, '']);
    assert.match(nowhere.stderr, /no floating IP '198\.51\.100\.255' in any of 3 profiles/);
  });
});

test('a profile that fails costs its rows alone: 9, and the error names it', async () => {
  await withThree(['prod-one'], async ({ ipctl }, at) => {
    for (const format of ['json', 'jsonl']) {
      const { code, stdout, stderr } = await ipctl(['ip', 'list', '--all-profiles', '-o', format]);
      assert.equal(code, 9, stderr);
      const text = format === 'json' ? stdout : `[${stdout.trim().split('\n').join(',')}]`;
      assert.deepEqual(rowsOf(text).sort(), [`other ${at.other}`, `prod-two ${at['prod-two']}`]);
      const { error } = JSON.parse(stderr.trim().split('\n').at(-1) ?? '') as {
        error: { kind: string; errors: { profile: string; kind: string }[] };
      };
      assert.equal(error.kind, 'partial');
      assert.deepEqual(
        error.errors.map(({ profile, kind }) => [profile, kind]),
        [['prod-one', 'auth']],
      );
    }
  });
});

test('where all fail alike it is that kind, and stdout stays empty', async () => {
  await withThree(['prod-one', 'prod-two', 'other'], async ({ ipctl }) => {
    for (const format of ['json', 'csv']) {
      const { code, stdout } = await ipctl(['ip', 'list', '--all-profiles', '-o', format]);
      assert.deepEqual([code, stdout], [4, '']);
    }
  });
});

test('a choice that chooses nothing, or contradicts itself, is told before any request', async () => {
  await withHome(async ({ ipctl }) => {
    for (const [words, code] of [
      [['--all-profiles'], 14],
      [['--profiles', 'x*'], 14],
      [['--profiles', 'x*', '--all-profiles'], 2],
      [['-p', 'sandbox', '--all-profiles'], 2],
    ] as const) {
      const ran = await ipctl(['ip', 'list', ...words]);
      assert.deepEqual([ran.code, ran.stdout], [code, ''], words.join(' '));
    }
  });
});

/** A profile for each entry, in a cloud of its own. */
async function withClouds(settings: Readonly<Record<string, NeutronSettings>>, work: (home: Home) => Promise<void>): Promise<void> {
  const names = Object.keys(settings);
  const clouds = await Promise.all(Object.values(settings).map(neutron));
  try {
    await withHome(async (home) => {
      const profiles = clouds.map(({ options }, index) => [names[index], { provider: 'openstack', options, settings: {}, account: null }]);
      const folder = join(home.directory, 'config', 'ipctl');
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'config.json'), JSON.stringify({ profiles: Object.fromEntries(profiles) }), { mode: 0o600 });
      await work(home);
    });
  } finally {
    for (const cloud of clouds) await cloud.close();
  }
}

test('as slow as the slowest: none of eight answers before all eight were asked', async () => {
  const names = Array.from({ length: 8 }, (_, index) => `cloud-${index}`);
  let open = (): void => {};
  const all = new Promise<undefined>((resolve) => {
    open = () => resolve(undefined);
  });
  let asked = 0;
  const page = (): Promise<undefined> => {
    asked += 1;
    if (asked === names.length) open();
    return all;
  };
  const settings = names.map((name, index) => [name, { count: 2, prefix: `10.${index}`, page }] as const);
  await withClouds(Object.fromEntries(settings), async ({ ipctl }) => {
    // One after the other, the first would have waited in vain.
    const { code, stdout, stderr } = await ipctl(['ip', 'list', '--all-profiles', '-o', 'csv', '-c', 'profile']);
    assert.equal(code, 0, stderr);
    assert.deepEqual(stdout.trim().split('\n').slice(1).sort(), [...names, ...names].sort());
  });
});

test('under jsonl and csv the rows of the quick ones are there before the slowest has answered', async () => {
  for (const [format, header] of [
    ['jsonl', 0],
    ['csv', 1],
  ] as const) {
    let answer = (): void => {};
    const held = new Promise<undefined>((resolve) => {
      answer = () => resolve(undefined);
    });
    const clouds = { quick: { count: 3, prefix: '10.1' }, slow: { count: 2, prefix: '10.2', page: () => held } };
    await withClouds(clouds, async (home) => {
      const child = home.spawn(['ip', 'list', '--all-profiles', '-o', format]);
      const ended = new Promise((resolve) => child.on('close', resolve));
      let seen = '';
      let early = '';
      for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
        seen += chunk.toString();
        // Only now may the slow one answer: were its rows waited for, nothing would ever come.
        if (early === '' && seen.split('\n').length > 3 + header) {
          early = seen;
          answer();
        }
      }
      assert.equal(await ended, 0, format);
      assert.ok(!early.includes('10.2.'), early);
      assert.deepEqual(
        [early, seen].map((text) => text.trim().split('\n').length - header),
        [3, 5],
      );
    });
  }
});

test('who holds addresses of a range: those profiles, and nothing else', async () => {
  const clouds = { one: { count: 300, prefix: '10.1' }, two: { count: 300, prefix: '10.2' }, three: { count: 2, prefix: '10.1' } };
  await withClouds(clouds, async ({ ipctl }) => {
    const within = async (range: string): Promise<unknown> => {
      const words = [
        'ip',
        'list',
        '--cidr',
        range,
        '--all-profiles',
        '-o',
        'csv',
        '-c',
        'profile,address',
        '--no-header',
        '--sort',
        'profile',
      ];
      const { code, stdout, stderr } = await ipctl(words);
      return [code, stdout, stderr];
    };
    assert.deepEqual(await within('10.2.1.0/30'), [0, 'two,10.2.1.0\ntwo,10.2.1.1\ntwo,10.2.1.2\ntwo,10.2.1.3\n', '']);
    assert.deepEqual(await within('10.1.0.1/32'), [0, 'one,10.1.0.1\nthree,10.1.0.1\n', '']);
    assert.deepEqual(await within('192.0.2.0/24'), [0, '', '']);
  });
});

test('what a profile told before it failed is shown, and so is all of the others', async () => {
  const page = (first: number): Promise<number | undefined> => Promise.resolve(first === 0 ? undefined : 403);
  await withClouds({ whole: { count: 700, prefix: '10.1' }, torn: { count: 700, prefix: '10.2', page } }, async ({ ipctl }) => {
    const { code, stdout, stderr } = await ipctl(['ip', 'list', '--all-profiles', '-o', 'csv', '-c', 'profile', '--no-header']);
    const rows = stdout.trim().split('\n');
    assert.deepEqual(
      ['whole', 'torn'].map((name) => rows.filter((row) => row === name).length),
      [700, 500],
    );
    assert.equal(code, 9, stderr);
    assert.match(stderr, /^ {2}torn: refused /m);
    assert.ok(!stderr.includes('whole'), stderr);
  });
});

/** A source that yields what it is given, when it is given. */
function valve<T>(): { give(value: T): void; end(failure?: Error): void; asked(): boolean; stopped(): boolean; source: AsyncIterable<T> } {
  const waiting: { resolve(result: IteratorResult<T>): void; reject(failure: Error): void }[] = [];
  let stopped = false;
  return {
    give: (value) => waiting.shift()?.resolve({ done: false, value }),
    end: (failure) => {
      if (failure === undefined) waiting.shift()?.resolve({ done: true, value: undefined });
      else waiting.shift()?.reject(failure);
    },
    asked: () => waiting.length > 0,
    stopped: () => stopped,
    source: {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise((resolve, reject) => void waiting.push({ resolve, reject })),
        async return() {
          stopped = true;
          return { done: true, value: undefined };
        },
      }),
    },
  };
}

test('all are asked at once, rows come as they are found, and nobody waits for the slowest', async () => {
  const [quick, slow] = [valve<string>(), valve<string>()];
  const { items, failed } = everywhere(['quick', 'slow'], (profile) => (profile === 'quick' ? quick : slow).source);
  const first = items.next();
  assert.deepEqual([quick.asked(), slow.asked()], [true, true]);
  quick.give('a');
  assert.equal((await first).value, 'a');
  const second = items.next();
  assert.equal(quick.asked(), true);
  quick.end(new IpctlError('temporary', 'away'));
  slow.give('b');
  assert.equal((await second).value, 'b');
  assert.equal(failed()?.kind, 'partial');
  await items.return();
  assert.deepEqual([slow.stopped(), quick.stopped()], [true, true]);
});
