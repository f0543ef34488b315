/** What the targets of one command read together: what each reference means, and what is gone. */
import type { AnyDriver } from '../domain/driver.js';
import { IpctlError } from '../domain/errors.js';
import { gathering, type Question } from './gathering.js';
import { type ReadSettings, readOnce } from './reader.js';
import { orAbsent } from './resolve.js';
import type { Target } from './target.js';

export interface Looks<T> {
  /** Undefined where only a look of its own tells. Throws what is known of the reference alone (`not-found`, `usage`). */
  find(ref: string): Promise<T | undefined>;
  /** By a reading that began after this was called. Undefined where the driver has none for several. */
  isGone(id: string, deadline: number): Promise<boolean | undefined>;
  /** One target: as long as it is under way, it is expected to ask whether it is gone. */
  among<R>(work: () => Promise<R>): Promise<R>;
}

export interface Readers<T> {
  find(driver: AnyDriver, refs: readonly string[]): Promise<ReadonlyMap<string, T | IpctlError>>;
  /** Undefined where the driver has no such reading. */
  left(driver: AnyDriver, ids: readonly string[]): Promise<ReadonlySet<string> | undefined>;
}

/**
 * Targets of a command that are under way at once, for each request that may be in flight: while one waits for a shared
 * reading, others keep the connections busy. It bounds as well how old the reading is that a change is guarded by: each target
 * goes on as soon as it was read, so no more than the requests of so many others are sent before its own.
 */
export const UNDER_WAY = 8;

/** Targets that are found together, and of those that go on together: requests are in flight while others are looked up. */
const FOUND = { most: 64, atOnce: 16 };

export function looksFor<T>(target: Target, settings: ReadSettings, { find, left }: Readers<T>): Looks<T> {
  const { clock } = settings;
  /** A driver for each reading: what one remembers of an earlier reading must not be an answer. */
  const read = <R>(questions: readonly Question<string>[], work: (driver: AnyDriver) => Promise<R>): Promise<R> => {
    const timeout = Math.max(...questions.map(({ deadline }) => deadline)) - clock.now();
    return readOnce(target, { ...settings, timeout }, work);
  };
  const keys = (questions: readonly Question<string>[]): string[] => [...new Set(questions.map(({ key }) => key))];

  const found = gathering<string, T | undefined>(
    clock,
    async (questions) => {
      const all = await read(questions, (driver) => find(driver, keys(questions)));
      return (ref) => {
        const one = all.get(ref);
        if (one instanceof IpctlError) throw one;
        return one;
      };
    },
    FOUND,
  );
  const gone = gathering<string, boolean | undefined>(clock, async (questions) => {
    // A list that is not there is a proxy's word, or says nothing of the targets: each is looked at by itself.
    const there = await read(questions, async (driver) => orAbsent(left(driver, keys(questions))));
    return (id) => (there === undefined ? undefined : !there.has(id));
  });
  return { find: (ref) => found.ask(ref, clock.now() + settings.timeout), isGone: gone.ask, among: gone.among };
}
