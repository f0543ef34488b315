/** Many questions that come at one time, answered by one read. */
import type { Clock } from '../domain/clock.js';

export interface Question<K> {
  readonly key: K;
  /** Milliseconds since 1970: until when the answer is of use. */
  readonly deadline: number;
}

interface Waiting<K, V> extends Question<K> {
  resolve(answer: V): void;
  reject(thrown: unknown): void;
}

export interface Gathering<K, V> {
  /** Answered by a read that began after the question came. */
  ask(key: K, deadline: number): Promise<V>;
  /** Until `work` ends it is expected to ask. While few of those expected have, a read is put off for a moment. */
  among<R>(work: () => Promise<R>): Promise<R>;
}

/** For answers with which long work begins: the first are at it while the next are read and handed out. */
export interface Portions {
  /** Questions of one read; half of those that wait, where that is more. */
  readonly most?: number;
  /** Answers that are handed out in one turn of the event loop. */
  readonly atOnce?: number;
}

/** Milliseconds that a question waits for others at most. */
const MOMENT = 100;
/** Of those expected, one in so many has to have asked: fewer are not worth a read, and the rest must not run out of work meanwhile. */
const SHARE = 3;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * One read is under way at a time. Whoever comes meanwhile waits for the next one and never takes the answer of the one
 * that has begun: what an answer says is no older than the question.
 */
export function gathering<K, V>(
  clock: Pick<Clock, 'now' | 'alarm'>,
  read: (questions: readonly Question<K>[]) => Promise<(key: K) => V>,
  { most = Number.POSITIVE_INFINITY, atOnce = Number.POSITIVE_INFINITY }: Portions = {},
): Gathering<K, V> {
  const waiting: Waiting<K, V>[] = [];
  let reading = false;
  let expected = 0;
  let begin = (): void => {};

  const areFew = (): boolean => waiting.length * SHARE < expected;
  const answer = async (questions: readonly Waiting<K, V>[]): Promise<void> => {
    try {
      const answerTo = await read(questions);
      for (const [index, { key, resolve, reject }] of questions.entries()) {
        if (index > 0 && index % atOnce === 0) await turn();
        try {
          resolve(answerTo(key));
        } catch (thrown) {
          reject(thrown);
        }
      }
    } catch (thrown) {
      for (const { reject } of questions) reject(thrown);
    }
  };
  /** Until enough have asked, or there is no more time for that. */
  const gathered = async (): Promise<void> => {
    // Those who were set free by one answer come together: they are waited for before the next read begins.
    await turn();
    if (!areFew()) return;
    const left = Math.min(...waiting.map(({ deadline }) => deadline)) - clock.now();
    const { signal, cancel } = clock.alarm(Math.min(MOMENT, left / 2));
    await new Promise<void>((resolve) => {
      begin = resolve;
      signal.addEventListener('abort', () => resolve());
    });
    cancel();
  };
  const work = async (): Promise<void> => {
    reading = true;
    while (waiting.length > 0) {
      await gathered();
      await answer(waiting.splice(0, Math.max(most, Math.ceil(waiting.length / 2))));
    }
    reading = false;
  };
  return {
    ask: (key, deadline) =>
      new Promise<V>((resolve, reject) => {
        waiting.push({ key, deadline, resolve, reject });
        if (!reading) void work();
        else if (!areFew()) begin();
      }),
    async among(work) {
      expected += 1;
      try {
        return await work();
      } finally {
        expected -= 1;
        // Those who wait may be enough of those who are left.
        if (!areFew()) begin();
      }
    },
  };
}
