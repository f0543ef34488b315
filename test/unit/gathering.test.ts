/** One read for many questions, and never an answer that is older than the question. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gathering } from '../../src/operations/gathering.js';

/** A read that is answered by hand: what it was asked, and how to end it. */
interface Reading {
  readonly keys: readonly string[];
  readonly deadlines: readonly number[];
  end(answer: (key: string) => string): void;
  fail(thrown: Error): void;
}

function byHand(): { readonly ask: (key: string, deadline: number) => Promise<string>; begun(count: number): Promise<Reading> } {
  const readings: Reading[] = [];
  const ask = gathering<string, string>(
    (questions) =>
      new Promise((resolve, reject) => {
        readings.push({
          keys: questions.map(({ key }) => key),
          deadlines: questions.map(({ deadline }) => deadline),
          end: resolve,
          fail: reject,
        });
      }),
  );
  return {
    ask,
    async begun(count) {
      while (readings.length < count) await new Promise((resolve) => setImmediate(resolve));
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
