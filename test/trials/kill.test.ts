/**
 * The binary is killed at every request boundary and at random instants while fifty addresses are allocated. Afterwards the
 * record accounts for every address: what is in the cloud belongs to one operation that says so, or is named as a candidate;
 * and of two allocators on two machines neither has claimed what the other made.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { readJournal } from '../../src/state/journal.js';
import { abreast, type Chance, chance } from './support/chance.js';
import { allocating, type Founding, founding, type Machine, machine, type Running, roomy, variableOf } from './support/machine.js';
import { type Relay, relay, type Told } from './support/relay.js';
import { type Served, served } from './support/served.js';

/** Each scene allocates so many. */
const ADDRESSES = 50;
/** The public pool of that sandbox holds fewer than fifty; the isolated network of both servers has room. */
const ROOM = ['--network', 'backend'];
/** Kills of each scene at least; there are eight. */
const KILLS = 26;
/** Of each allocator, at instants that are no boundary. */
const AT_RANDOM = 4;
/** Starts of one allocator that may end before their kill; a trial that never comes to an end is no trial. */
const MOST_STARTS = 240;
/** Milliseconds after the first request within which a random kill falls: about what an allocation takes. */
const RANDOM_WITHIN = 120;

const random = chance(20260115);

let cloud: Served;
before(async () => {
  cloud = await served(roomy);
});
after(() => cloud.stop());

/** One that allocates: a machine with a state of its own, behind a relay that knows what was made for it. */
interface Allocator {
  readonly machine: Machine;
  readonly relay: Relay;
  readonly words: readonly string[];
  /** Addresses that the cloud answered its creating requests with, whether it lived to hear of it or not. */
  readonly made: Set<string>;
  kills: number;
}

const isSecret = (option: string): boolean => option === 'password' || option === 'api-key';

async function allocator(provider: Founding, soleWriter: boolean): Promise<Allocator> {
  const gate = await relay();
  const options = gate.through(cloud.options(provider));
  const own = machine(provider, options);
  const words = ['ip', 'allocate', ...allocating[provider], ...(provider === 'rackspace' ? ROOM : [])];
  if (!soleWriter) return { machine: own, relay: gate, words, made: new Set(), kills: 0 };
  const settings = Object.entries(options).flatMap(([name, value]) =>
    isSecret(name) ? ['--secret', `${name}=env:${variableOf(provider, name)}`] : ['--set', `${name}=${value}`],
  );
  for (const line of [
    ['profile', 'add', 'trial', '--provider', provider, ...settings],
    ['profile', 'set', 'trial', 'sole-writer=true'],
  ]) {
    const { code, stderr } = await own.run(line);
    assert.equal(code, 0, stderr);
  }
  const named: Machine = { ...own, start: (line) => own.start(['-p', 'trial', ...line]), run: (line) => own.run(['-p', 'trial', ...line]) };
  return { machine: named, relay: gate, words, made: new Set(), kills: 0 };
}

/** Notes what a creating request was answered with. */
const noting =
  ({ made }: Allocator, pass: () => Promise<Told>, method: string) =>
  async (): Promise<Told> => {
    const told = await pass();
    if (method === 'POST' && told.status < 300) {
      for (const [address] of told.body.toString().matchAll(/\b(?:203\.0\.113|198\.51\.100|192\.0\.2|192\.168\.1)\.\d+\b/g))
        made.add(address);
    }
    return told;
  };

/** Starts it and lets everything pass; resolves with the number of requests. */
async function unharmed(one: Allocator, words: readonly string[]): Promise<number> {
  let requests = 0;
  one.relay.treat(({ method }, pass) => {
    requests += 1;
    return noting(one, pass, method)();
  });
  const { code, stderr } = await one.machine.run(words);
  assert.equal(code, 0, stderr);
  return requests;
}

/** Kills it at its `index`-th request, before the cloud hears of it or after the cloud has acted. True when it came so far. */
async function killedAt(one: Allocator, index: number, side: 'before' | 'after'): Promise<boolean> {
  let requests = 0;
  let running: Running | undefined;
  one.relay.treat(async ({ method }, pass) => {
    requests += 1;
    const go = noting(one, pass, method);
    if (requests - 1 !== index) return requests - 1 < index ? go() : 'silence';
    if (side === 'after') await go();
    running?.kill();
    return 'silence';
  });
  running = one.machine.start(one.words);
  const { code } = await running.ended;
  await one.relay.idle();
  if (code !== null) return false;
  one.kills += 1;
  return true;
}

/** Kills it some time after its first request: in the middle of a write, of a request, of anything. */
async function killedSometime(one: Allocator, chances: Chance): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const delay = chances.below(RANDOM_WITHIN);
  let running: Running | undefined;
  one.relay.treat(({ method }, pass) => {
    timer ??= setTimeout(() => running?.kill(), delay);
    return noting(one, pass, method)();
  });
  running = one.machine.start([...one.words, '--count', '2', '--parallel', '2']);
  const { code } = await running.ended;
  clearTimeout(timer);
  await one.relay.idle();
  if (code === null) one.kills += 1;
}

/** At every boundary, before and after; then at random, until it was killed so often. */
async function harass(one: Allocator, kills: number): Promise<void> {
  const boundaries = await unharmed(one, one.words);
  for (let index = 0; index < boundaries * 2; index += 1) {
    await killedAt(one, Math.floor(index / 2), index % 2 === 0 ? 'before' : 'after');
  }
  const enough = Math.max(kills, one.kills + AT_RANDOM);
  let starts = 0;
  for (; one.kills < enough && starts < MOST_STARTS; starts += 1) await killedSometime(one, random);
  assert.ok(one.kills >= enough, `${one.kills} kills, ${starts} starts at random`);
}

/** Exit code of a pool without addresses. */
const EMPTY = 7;

interface Listed {
  readonly id: string;
  readonly state: string;
  readonly steps: readonly { readonly step: string; readonly state: string; readonly candidates: readonly string[] }[];
}

async function operations({ machine: { run } }: Allocator): Promise<readonly Listed[]> {
  const { code, stdout, stderr } = await run(['operation', 'list', '--limit', '1000', '-o', 'json']);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout) as readonly Listed[];
}

const isSettled = ({ state }: Listed): boolean => ['applied', 'not-applied', 'not-sent'].includes(state);

/** What a step that was not settled names, in the record. */
const candidatesOf = ({ steps }: Listed): readonly string[] =>
  steps.filter(({ step }) => step === 'allocate').flatMap(({ candidates }) => candidates);

/**
 * Resumes what was cut short, the newest first: what it has on its list is then none of the older ones' doubts. With a mark
 * that settles everything. Without one a sole writer may be asked: an address that was accepted and not listed yet when the
 * next request left is new to that one as well. He takes any that no operation has yet, since all are his, or none.
 */
async function settle(one: Allocator, proof: 'mark' | 'sole writer' | 'none'): Promise<void> {
  const resume = (id: string, ...more: readonly string[]) => one.machine.run(['operation', 'resume', id, '--timeout', '5s', ...more]);
  one.relay.treat(({ method }, pass) => noting(one, pass, method)());
  for (const { id } of (await operations(one)).filter((operation) => !isSettled(operation)).reverse()) {
    const { code, stderr } = await resume(id);
    // One that was killed before its request left goes on now, and may find the pool empty: that is an end as well.
    assert.ok(code === 0 || code === EMPTY || (proof !== 'mark' && code === 12), `resume ${id}: ${code} ${stderr}`);
    if (code !== 12 || proof === 'none') continue;
    const candidates = (await operations(one)).filter((operation) => operation.id === id).flatMap(candidatesOf);
    assert.ok(candidates.length > 0, `a sole writer is asked about nothing: ${stderr}`);
    const claimed = new Set([...(await claims(one)).values()].flatMap((made) => [...made]));
    const free = candidates.find((address) => !claimed.has(address));
    const settled = await resume(id, ...(free === undefined ? ['--none'] : ['--take', free]));
    assert.equal(settled.code, 0, settled.stderr);
  }
}

/** What each operation of the record says it made. */
async function claims({ machine: { home } }: Allocator): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const claimed = new Map<string, Set<string>>();
  const sends = new Map<string, number>();
  for (const event of await readJournal(join(home.env.XDG_STATE_HOME ?? '', 'ipctl'))) {
    if (event.event === 'send' && event.step === 'allocate') sends.set(event.operation, (sends.get(event.operation) ?? 0) + 1);
    if (event.event !== 'close') continue;
    const own = claimed.get(event.operation) ?? new Set();
    for (const address of event.made) own.add(address);
    claimed.set(event.operation, own);
  }
  for (const [operation, count] of sends) assert.equal(count, 1, `${operation} sent its allocation ${count} times`);
  return claimed;
}

async function addresses({ machine: { run } }: Allocator): Promise<readonly string[]> {
  const { code, stdout, stderr } = await run(['ip', 'list', '-o', 'value', '-c', 'address']);
  assert.equal(code, 0, stderr);
  return stdout.split('\n').filter((line) => line !== '');
}

/** Marks are proof; without them only the sole writer's word is. */
const isMarked = (provider: Founding): boolean => provider === 'openstack' || provider === 'otc';

async function account(provider: Founding, soleWriter: boolean, all: readonly Allocator[]): Promise<string> {
  const there = new Set(await addresses(all[0] as Allocator));
  const claimedBy = new Map<string, string>();
  const candidates = new Set<string>();
  let open = 0;
  for (const one of all) {
    for (const [operation, made] of await claims(one)) {
      assert.ok(made.size <= 1, `${operation} claims ${[...made].join(' and ')}`);
      for (const address of made) {
        assert.ok(!claimedBy.has(address), `${address} is counted by ${operation} and by ${claimedBy.get(address)}`);
        claimedBy.set(address, operation);
        assert.ok(there.has(address), `${operation} claims ${address}, which is not in the cloud`);
        assert.ok(one.made.has(address), `${operation} claims ${address}, which another machine made`);
      }
    }
    for (const operation of await operations(one)) {
      if (isSettled(operation)) continue;
      open += 1;
      const named = candidatesOf(operation);
      assert.ok(named.length > 0, `${operation.id} is ${operation.state} and names nothing`);
      for (const address of named) candidates.add(address);
    }
  }
  if (isMarked(provider) || soleWriter) assert.equal(open, 0, `${provider}: every operation can be settled`);
  for (const address of there) assert.ok(claimedBy.has(address) || candidates.has(address), `${address} is leaked: no operation knows it`);
  assert.ok(there.size >= ADDRESSES, `${there.size} addresses`);
  const kills = all.reduce((sum, one) => sum + one.kills, 0);
  return `${provider.padEnd(10)} ${soleWriter ? 'sole writer   ' : 'two allocators'} ${kills} kills, ${there.size} addresses, ${claimedBy.size} claimed, ${open} open`;
}

const scenes = [true, false].flatMap((soleWriter) => founding.map((provider) => ({ provider, soleWriter })));

test('killed at every boundary and at random, nothing is leaked, counted twice, or taken from another', async (t) => {
  t.diagnostic(`seed ${random.seed}`);
  let kills = 0;
  // The scenes of one provider follow one another: they share its cloud, which starts anew.
  for (const soleWriter of [true, false]) {
    await abreast(
      scenes.filter((scene) => scene.soleWriter === soleWriter),
      soleWriter ? 4 : 2,
      async ({ provider }) => {
        const all = await Promise.all(Array.from({ length: soleWriter ? 1 : 2 }, () => allocator(provider, soleWriter)));
        try {
          await Promise.all(all.map((one) => harass(one, KILLS / all.length)));
          await Promise.all(all.map((one) => settle(one, isMarked(provider) ? 'mark' : soleWriter ? 'sole writer' : 'none')));
          const lacking = ADDRESSES - (await addresses(all[0] as Allocator)).length;
          if (lacking > 0) await unharmed(all[0] as Allocator, [...(all[0] as Allocator).words, '--count', String(lacking)]);
          t.diagnostic(await account(provider, soleWriter, all));
          kills += all.reduce((sum, one) => sum + one.kills, 0);
        } finally {
          for (const one of all) {
            await one.relay.close();
            one.machine.home.remove();
          }
        }
      },
    );
    for (const provider of founding) cloud.restart(provider);
  }
  assert.ok(kills >= 200, `${kills} kills`);
});
