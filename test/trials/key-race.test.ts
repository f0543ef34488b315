/**
 * Machines with a record of their own each use one new key at once: each finds nothing, and the provider lets each make
 * something. In the end there is one address, which all of them name, and one of them says that it made it.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { DialectId } from '../../src/sandbox/dialects.js';
import { type Machine, machine, roomy } from './support/machine.js';
import { type Asked, type Relay, relay, type Told } from './support/relay.js';
import { type Served, served } from './support/served.js';

let cloud: Served;
before(async () => {
  cloud = await served(roomy);
});
after(() => cloud.stop());

/** Where the provider keeps the mark; what is left is listed with these words. */
const keyed: readonly [provider: DialectId, make: readonly string[], list: readonly string[]][] = [
  ['openstack', ['ip', 'allocate'], ['ip', 'list']],
  ['openstack', ['privateip', 'create', '--subnet', 'app'], ['privateip', 'list', '--subnet', 'app']],
  ['otc', ['ip', 'allocate', '--otc-bandwidth-size', '5'], ['ip', 'list']],
  ['rackconnect', ['ip', 'allocate', '--server', 'web-1'], ['ip', 'list']],
  ['rackspace', ['privateip', 'create', '--subnet', 'app'], ['privateip', 'list', '--subnet', 'app']],
];

interface Made {
  readonly code: number;
  readonly changed: boolean | null;
  readonly address: string | undefined;
  readonly stderr: string;
  readonly record: string;
}

const makes = ({ method, path }: Asked): boolean => method === 'POST' && !/\/tokens(\?|$)/.test(path);

/** What becomes of a creating request, by the number of its machine; false: its answer is lost. */
type Hold = (index: number, ended: (index: number) => Promise<unknown>) => Promise<boolean>;

interface Race {
  readonly made: readonly Made[];
  /** Addresses that are there now and were not before. */
  readonly fresh: readonly string[];
}

/** `hold` is called before the cloud hears of a creating request. */
async function race([provider, make, list]: (typeof keyed)[number], key: string, racers: number, hold: Hold): Promise<Race> {
  cloud.restart(provider);
  const gates = await Promise.all(Array.from({ length: racers }, () => relay()));
  const machines = gates.map((gate) => machine(provider, gate.through(cloud.options(provider))));
  const ends: ((value: unknown) => void)[] = [];
  const ended = gates.map((_, index) => new Promise((resolve) => (ends[index] = resolve)));
  const there = async (): Promise<readonly string[]> => {
    const { code, stdout, stderr } = await machine(provider, cloud.options(provider), machines[0]?.home).run([
      ...list,
      '-o',
      'value',
      '-c',
      'address',
    ]);
    assert.equal(code, 0, stderr);
    return stdout.split('\n').filter((line) => line !== '');
  };
  try {
    const before = await there();
    const made = await Promise.all(
      machines.map(async ({ run }, index): Promise<Made> => {
        gates[index]?.treat(async (asked, pass) => {
          const isTold = !makes(asked) || (await hold(index, (other) => ended[other] ?? Promise.resolve()));
          const told = await pass();
          return isTold ? told : 'cut';
        });
        const { code, stdout, stderr } = await run([...make, '--key', key, '-o', 'json']);
        ends[index]?.(undefined);
        const shown: unknown = stdout === '' ? {} : JSON.parse(stdout);
        const [one] = (Array.isArray(shown) ? shown : [shown]) as { changed?: boolean; ip?: { address: string } }[];
        const record = await run(['operation', 'list', '-o', 'value', '-c', 'state']);
        return { code, changed: one?.changed ?? null, address: one?.ip?.address, stderr, record: record.stdout.trim() };
      }),
    );
    return { made, fresh: (await there()).filter((address) => !before.includes(address)) };
  } finally {
    for (const gate of gates) await gate.close();
    for (const { home } of machines) home.remove();
  }
}

function settled({ made, fresh }: Race): void {
  const said = JSON.stringify({ made, fresh });
  assert.deepEqual(
    made.map(({ code }) => code),
    made.map(() => 0),
    said,
  );
  assert.equal(fresh.length, 1, said);
  for (const { address } of made) assert.equal(address, fresh[0], said);
  assert.equal(made.filter(({ changed }) => changed === true).length, 1, said);
  // Whoever gave his own back has a record that says that nothing is left of it.
  for (const { changed, record } of made) assert.equal(record, changed === true ? 'applied' : 'not-applied', said);
}

/** Lets nobody go before all have looked, and found nothing. */
function startingLine(racers: number): Hold {
  const waiting: (() => void)[] = [];
  return async () => {
    await new Promise<void>((resolve) => {
      waiting.push(resolve);
      if (waiting.length === racers) for (const go of waiting) go();
    });
    return true;
  };
}

/** Of two that have looked the first goes its whole way alone; then the second one's request arrives. */
function afterTheFirst(isTold: boolean): Hold {
  const line = startingLine(2);
  return async (index, ended) => {
    await line(index, ended);
    if (index === 0) return true;
    await ended(0);
    return isTold;
  };
}

for (const [number, each] of keyed.entries()) {
  const title = `${each[0]}: ${each[1].slice(0, 2).join(' ')}`;

  test(`${title}: four machines at once end with one address`, async () => {
    settled(await race(each, `crowd-${number}`, 4, startingLine(4)));
  });

  test(`${title}: one that was done before the other’s request arrived keeps its address`, async () => {
    const one = await race(each, `slow-${number}`, 2, afterTheFirst(true));
    settled(one);
    assert.deepEqual(
      one.made.map(({ changed }) => changed),
      [true, false],
    );
  });
}

/** Two machines, each behind a relay, and the words of one key. */
async function two(
  provider: DialectId,
  work: (pair: readonly { readonly gate: Relay; readonly ipctl: Machine }[], cloudNow: () => Promise<string[]>) => Promise<void>,
): Promise<void> {
  cloud.restart(provider);
  const gates = [await relay(), await relay()];
  const pair = gates.map((gate) => ({ gate, ipctl: machine(provider, gate.through(cloud.options(provider))) }));
  const free = machine(provider, cloud.options(provider), pair[0]?.ipctl.home);
  const now = async (): Promise<string[]> =>
    (await free.run(['ip', 'list', '-o', 'value', '-c', 'address,server'])).stdout.trimEnd().split('\n');
  try {
    await work(pair, now);
  } finally {
    for (const { gate, ipctl } of pair) {
      await gate.close();
      ipctl.home.remove();
    }
  }
}

/** Nobody passes before so many have come; whoever comes later passes. */
function meeting(size: number): () => Promise<void> {
  let come = 0;
  let open: (value?: undefined) => void = () => undefined;
  const isOpen = new Promise<undefined>((resolve) => {
    open = resolve;
  });
  return async () => {
    come += 1;
    if (come === size) open();
    await isOpen;
  };
}

const refused429: Told = { status: 429, headers: { 'retry-after': '3', 'content-type': 'application/json' }, body: Buffer.from('{}') };

test('the first stays however long the other’s deletion is refused for now, and nobody ends with what is being deleted', () =>
  two('openstack', async (pair, now) => {
    const start = meeting(2);
    const both = meeting(2);
    let refusals = 0;
    for (const { gate } of pair) {
      gate.treat(async (asked, pass) => {
        if (asked.method === 'DELETE' && refusals === 0) {
          refusals += 1;
          return refused429;
        }
        if (!makes(asked)) return pass();
        await start();
        const told = await pass();
        await both();
        return told;
      });
    }
    const ends = await Promise.all(pair.map(({ ipctl }) => ipctl.run([...'ip allocate --key K -o value -c changed,address'.split(' ')])));
    const [address = ''] = await now();
    assert.deepEqual(ends.map(({ code, stdout }) => [code, stdout.trim()]).sort(), [
      [0, `false\t${address.trim()}`],
      [0, `true\t${address.trim()}`],
    ]);
    assert.equal(refusals, 1);
    assert.equal((await now()).length, 1);
    for (const { ipctl } of pair) {
      const [id = ''] = (await ipctl.run(['operation', 'list', '-o', 'value', '-c', 'id'])).stdout.trim().split('\n');
      assert.equal((await ipctl.run(['operation', 'resume', id])).code, 0);
    }
  }));

test('where the other’s deletion never comes, the first keeps its own (9) and both are named', () =>
  two('openstack', async ([first, second], now) => {
    const start = meeting(2);
    const both = meeting(2);
    let firstIsDone: (value: unknown) => void = () => undefined;
    const done = new Promise((resolve) => {
      firstIsDone = resolve;
    });
    const treat = (gate: Relay | undefined): void =>
      gate?.treat(async (asked, pass) => {
        if (asked.method === 'DELETE') await done;
        if (!makes(asked)) return pass();
        await start();
        const told = await pass();
        await both();
        return told;
      });
    treat(first?.gate);
    treat(second?.gate);
    const words = 'ip allocate --key K --timeout 20s -o value -c changed,address'.split(' ');
    const runs = [first, second].map(async (each) => {
      const end = await each?.ipctl.run(words);
      firstIsDone(undefined);
      return end;
    });
    const ends = await Promise.all(runs);
    const kept = ends.find((end) => end?.code === 9);
    const gone = ends.find((end) => end?.code === 0);
    const [left = ''] = await now();
    assert.equal(kept?.stdout.trim(), `true\t${left.trim()}`, kept?.stderr);
    assert.match(kept?.stderr ?? '', /2 addresses carry the key K[\s\S]*where it is not used, ipctl -p \S+ ip release \S+ gives it back/);
    assert.equal(gone?.stdout.trim(), `false\t${left.trim()}`, gone?.stderr);
    assert.equal((await now()).length, 1);
  }));

for (const [provider, more] of [
  ['openstack', []],
  ['otc', ['--otc-bandwidth-size', '5']],
] as const) {
  test(`${provider}: what only the key’s mark tells to be ours is not taken off another’s server, and not given back`, () =>
    two(provider, async ([first, second], now) => {
      const words = ['ip', 'allocate', ...more, '--key', 'K', '-o', 'value', '-c', 'changed,address', '--server'];
      let theirs = '';
      second?.gate.treat(async (asked, pass) => {
        if (!makes(asked)) return pass();
        // Never arrives: by the time that it is lost, the other machine is done.
        if (theirs === '') theirs = (await first?.ipctl.run([...words, 'web-1']))?.stdout.trim() ?? '';
        return 'cut';
      });
      const robbed = await second?.ipctl.run([...words, 'web-2']);
      assert.deepEqual([robbed?.code, robbed?.stdout], [6, ''], robbed?.stderr);
      assert.doesNotMatch(robbed?.stderr ?? '', /--move|release/);
      const [id = ''] = (await second?.ipctl.run(['operation', 'list', '-o', 'value', '-c', 'id']))?.stdout.trim().split('\n') ?? [];
      const back = await second?.ipctl.run(['operation', 'resume', id, '--undo', '--yes']);
      assert.deepEqual([back?.code, back?.stdout], [6, ''], back?.stderr);
      assert.match(back?.stderr ?? '', /may be another machine/);
      assert.deepEqual(await now(), [`${theirs.replace(/^true\t/, '')}\tweb-1`]);
    }));
}

test('a look that fails after the allocation is told, with the address', () =>
  two('openstack', async ([first], now) => {
    let isMade = false;
    first?.gate.treat(async (asked, pass) => {
      if (isMade && asked.path.includes('floatingips')) return { status: 403, headers: {}, body: Buffer.from('{}') };
      isMade ||= makes(asked);
      return pass();
    });
    const end = await first?.ipctl.run('ip allocate --key K -o value -c changed,address'.split(' '));
    const [address = ''] = await now();
    assert.deepEqual([end?.code, end?.stdout.trim()], [9, `true\t${address.trim()}`], end?.stderr);
    assert.match(end?.stderr ?? '', /could not be seen/);
  }));

test('private IPs: one that cannot be given back leaves none of the others unsettled or unnamed', () =>
  two('openstack', async (pair) => {
    const start = meeting(2);
    const both = meeting(2);
    for (const { gate } of pair) {
      let mine = 0;
      gate.treat(async (asked, pass) => {
        if (asked.method === 'DELETE') {
          mine += 1;
          return mine === 1 ? { status: 403, headers: { 'content-type': 'application/json' }, body: Buffer.from('{}') } : pass();
        }
        if (!makes(asked)) return pass();
        await start();
        const told = await pass();
        await both();
        return told;
      });
    }
    const words = 'privateip create --subnet app --count 3 --key K'.split(' ');
    const before = '192.168.1.1 192.168.1.2 192.168.1.11 192.168.1.12'.split(' ');
    const ends = await Promise.all(pair.map(({ ipctl }) => ipctl.run([...words, '-o', 'json'])));
    const items = ends.map(({ stdout }) => JSON.parse(stdout) as { ip: { address: string } | null; error: unknown }[]);
    assert.ok(
      ends.some(({ code }) => code === 9),
      JSON.stringify(ends),
    );
    assert.deepEqual(
      items.map(({ length }) => length),
      [3, 3],
    );
    const list = await pair[0]?.ipctl.run('privateip list --subnet app -o value -c address'.split(' '));
    const there =
      list?.stdout
        .trim()
        .split('\n')
        .filter((address) => !before.includes(address)) ?? [];
    const named = new Set(items.flat().flatMap(({ ip }) => ip?.address ?? []));
    assert.deepEqual([...named].sort(), there.sort());
  }));

test('whoever does not know which one is his gives none back: both are named', async () => {
  const { made, fresh } = await race(['openstack', ['ip', 'allocate'], ['ip', 'list']], 'lost', 2, afterTheFirst(false));
  const [first, second] = made;
  assert.deepEqual([first?.code, first?.changed, second?.code], [0, true, 9], second?.stderr);
  assert.equal(fresh.length, 2);
  for (const address of fresh) assert.ok(second?.stderr.includes(address), second?.stderr);
  assert.ok(!second?.stderr.includes('gives it back'), second?.stderr);
});
