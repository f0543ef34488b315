/** Many questions that come at one time, answered by one read. */

export interface Question<K> {
  readonly key: K;
  /** Milliseconds since 1970: until when the answer is of use. */
  readonly deadline: number;
}

interface Waiting<K, V> extends Question<K> {
  resolve(answer: V): void;
  reject(thrown: unknown): void;
}

/**
 * One read is under way at a time. Whoever comes meanwhile waits for the next one and never takes the answer of the one
 * that has begun: what an answer says is no older than the question.
 */
export function gathering<K, V>(
  read: (questions: readonly Question<K>[]) => Promise<(key: K) => V>,
): (key: K, deadline: number) => Promise<V> {
  const waiting: Waiting<K, V>[] = [];
  let reading = false;

  const answer = async (questions: readonly Waiting<K, V>[]): Promise<void> => {
    try {
      const answerTo = await read(questions);
      for (const { key, resolve, reject } of questions) {
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
  const work = async (): Promise<void> => {
    reading = true;
    while (waiting.length > 0) {
      // Those who were set free by one answer come together: they are waited for before the next read begins.
      await new Promise((resolve) => setImmediate(resolve));
      await answer(waiting.splice(0));
    }
    reading = false;
  };
  return (key, deadline) =>
    new Promise<V>((resolve, reject) => {
      waiting.push({ key, deadline, resolve, reject });
      if (!reading) void work();
    });
}
