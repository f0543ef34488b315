/**
 * Machines with a record of their own each use one new key at once: each finds nothing, and the provider lets each make
 * something. In the end there is one address, which all of them name, and one of them says that it made it.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { DialectId } from '../../src/sandbox/dialects.js';
import { machine, roomy } from './support/machine.js';
import { type Asked, relay } from './support/relay.js';
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

test('whoever does not know which one is his gives none back: both are named', async () => {
  const { made, fresh } = await race(['openstack', ['ip', 'allocate'], ['ip', 'list']], 'lost', 2, afterTheFirst(false));
  const [first, second] = made;
  assert.deepEqual([first?.code, first?.changed, second?.code], [0, true, 9], second?.stderr);
  assert.equal(fresh.length, 2);
  for (const address of fresh) assert.ok(second?.stderr.includes(address), second?.stderr);
  assert.ok(!second?.stderr.includes('gives it back'), second?.stderr);
});
