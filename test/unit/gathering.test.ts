/** One read for many questions, and never an answer that is older than the question. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Gathering, gathering, type Portions } from '../../src/operations/gathering.js';

/** A read that is answered by hand: what it was asked, and how to end it. */
interface Reading {
  readonly keys: readonly string[];
  readonly deadlines: readonly number[];
  end(answer: (key: string) => string): void;
  fail(thrown: Error): void;
}

interface ByHand extends Gathering<string, string> {
  /** Ends the time that questions wait for others. */
  ring(): void;
  /** Milliseconds of each such time. */
  readonly waits: readonly number[];
  readonly readings: readonly Reading[];
  begun(count: number): Promise<Reading>;
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const FAR = 60_000;

function byHand(portions?: Portions): ByHand {
  const readings: Reading[] = [];
  const waits: number[] = [];
  let alarm = new AbortController();
  const clock = {
    now: () => 0,
    alarm(milliseconds: number) {
      waits.push(milliseconds);
      alarm = new AbortController();
      return { signal: alarm.signal, cancel() {} };
    },
  };
  const gathered = gathering<string, string>(
    clock,
    (questions) =>
      new Promise((resolve, reject) => {
        readings.push({
          keys: questions.map(({ key }) => key),
          deadlines: questions.map(({ deadline }) => deadline),
          end: resolve,
          fail: reject,
        });
      }),
    portions,
  );
  return {
    ...gathered,
    ring: () => alarm.abort(),
    waits,
    readings,
    async begun(count) {
      for (let turns = 0; readings.length < count && turns < 100; turns += 1) await turn();
      const reading = readings[count - 1];
      assert.ok(reading);
      return reading;
    },
  };
}

test('questions of one moment are one read; those that come while it is under way wait for the next', async () => {
  const { ask, begun } = byHand();
  const early = [ask('a', 1), ask('b', 2)];
  const first = await begun(1);
  assert.deepEqual(
    [first.keys, first.deadlines],
    [
      ['a', 'b'],
      [1, 2],
    ],
  );
  const late = [ask('a', 3), ask('c', 4)];
  first.end((key) => `first ${key}`);
  assert.deepEqual(await Promise.all(early), ['first a', 'first b']);
  const second = await begun(2);
  assert.deepEqual(second.keys, ['a', 'c'], 'the same question again is asked again: the answer at hand is older than it');
  second.end((key) => `second ${key}`);
  assert.deepEqual(await Promise.all(late), ['second a', 'second c']);
});

test('a read that fails fails for those who shared it, an answer that throws for its question alone', async () => {
  const { ask, begun } = byHand();
  const shared = Promise.allSettled([ask('a', 1), ask('b', 1)]);
  (await begun(1)).fail(new Error('no'));
  assert.deepEqual(
    (await shared).map(({ status }) => status),
    ['rejected', 'rejected'],
  );
  const others = Promise.allSettled([ask('a', 1), ask('b', 1)]);
  (await begun(2)).end((key) => {
    if (key === 'a') throw new Error('not this one');
    return key;
  });
  assert.deepEqual(
    (await others).map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : String(outcome.reason))),
    ['Error: not this one', 'b'],
  );
});

/** Work that asks when it is told to, or ends without. */
function worker({ among, ask }: ByHand, key: string, deadline = FAR) {
  let go = (_asks: boolean): void => {};
  const told = new Promise<boolean>((resolve) => {
    go = resolve;
  });
  const done = among(async () => ((await told) ? ask(key, deadline) : 'nothing'));
  return { done, go };
}

test('while few of those expected have asked, the read is put off; the share of them that is worth it begins it', async () => {
  const hand = byHand();
  const workers = Array.from({ length: 6 }, (_, index) => worker(hand, `key ${index}`));
  workers[0]?.go(true);
  await turn();
  await turn();
  assert.equal(hand.readings.length, 0);
  workers[1]?.go(true);
  const first = await hand.begun(1);
  assert.deepEqual(first.keys, ['key 0', 'key 1']);
  first.end((key) => key);
  for (const { go } of workers.slice(2)) go(true);
  const second = await hand.begun(2);
  assert.deepEqual(second.keys, ['key 2', 'key 3', 'key 4', 'key 5'], 'those of one moment come together');
  second.end((key) => key);
  await Promise.all(workers.map(({ done }) => done));
});

test('who ends without a question is not waited for any longer', async () => {
  const hand = byHand();
  const [one, ...others] = Array.from({ length: 4 }, (_, index) => worker(hand, `key ${index}`));
  one?.go(true);
  await turn();
  await turn();
  assert.equal(hand.readings.length, 0);
  others[0]?.go(false);
  const reading = await hand.begun(1);
  assert.deepEqual(reading.keys, ['key 0']);
  reading.end((key) => key);
  for (const { go } of others) go(false);
  assert.deepEqual(await Promise.all([one?.done, ...others.map(({ done }) => done)]), ['key 0', 'nothing', 'nothing', 'nothing']);
});

test('nobody waits for the others longer than a moment, nor past half of the time that is left', async () => {
  for (const [deadline, wait] of [
    [FAR, 100],
    [50, 25],
  ] as const) {
    const hand = byHand();
    const workers = Array.from({ length: 4 }, (_, index) => worker(hand, `key ${index}`, deadline));
    workers[0]?.go(true);
    await turn();
    await turn();
    assert.deepEqual([hand.waits, hand.readings.length], [[wait], 0]);
    hand.ring();
    const reading = await hand.begun(1);
    assert.deepEqual(reading.keys, ['key 0']);
    reading.end((key) => key);
    for (const { go } of workers) go(false);
    await Promise.all(workers.map(({ done }) => done));
  }
});

test('so many go on with an answer at once, the others after what those have begun', async () => {
  const hand = byHand({ atOnce: 2 });
  const order: string[] = [];
  const asked = ['a', 'b', 'c'].map(async (key) => {
    order.push(await hand.ask(key, FAR));
  });
  const reading = await hand.begun(1);
  reading.end((key) => key);
  // Between the microtasks of one answer and the next turn of the event loop.
  await new Promise<void>((resolve) => process.nextTick(resolve));
  assert.deepEqual(order, ['a', 'b']);
  await Promise.all(asked);
  assert.deepEqual(order, ['a', 'b', 'c']);
});

test('so many questions share a read, or half of them all where that is more', async () => {
  const hand = byHand({ most: 2 });
  const asked = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((key) => hand.ask(key, FAR));
  for (const [index, keys] of [['a', 'b', 'c', 'd'], ['e', 'f'], ['g']].entries()) {
    const reading = await hand.begun(index + 1);
    assert.deepEqual(reading.keys, keys);
    reading.end((key) => key);
  }
  assert.deepEqual(await Promise.all(asked), ['a', 'b', 'c', 'd', 'e', 'f', 'g']);
});
