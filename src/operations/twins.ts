/**
 * Two machines that use one new `--key` at once both find nothing, and both make something: no provider refuses the second.
 * Whoever has made something therefore looks once more. All that carry the key have one order, alike on every machine. The
 * first in it stays; whoever sees one before his own gives his own back, provably his since the provider's answer named it,
 * and ends with the first. Whoever cannot prove which is his gives nothing back.
 */
import type { Clock } from '../domain/clock.js';
import { isIpctlError } from '../domain/errors.js';
import { until } from '../domain/until.js';

/** How long, in milliseconds, the others are given to give theirs back. One that looked before ours was there never will. */
const PATIENCE = 8_000;
/**
 * Providers tell times in whole seconds, so one made in the same second may still come before what is the first now. Looks
 * further apart than this, in milliseconds, do not miss it.
 */
const SAME_SECOND = 1_500;

export interface Twin {
  readonly id: string;
  readonly createdAt: Date | null;
}

export interface Looking {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Milliseconds that the user gives the whole operation. */
  readonly timeout: number;
  progress(note: string): void;
}

export interface Twins<T extends Twin> extends Looking {
  readonly own: T;
  /** False where the answer was lost: what was found may be another machine's. */
  readonly isProven: boolean;
  /** It was the mark that told which one is ours: then the list shows it, unless its maker has given it back. */
  readonly isFound: boolean;
  /** All that carry the mark. */
  marked(): Promise<readonly T[]>;
  /** The error of one that exists while nobody could look for others. */
  unseen(failed: unknown): Error;
  /** The error of several that nobody gives back. */
  several(all: readonly T[]): Error;
}

function order(one: Twin, other: Twin): number {
  const later = (one.createdAt?.getTime() ?? 0) - (other.createdAt?.getTime() ?? 0);
  return later !== 0 ? later : one.id < other.id ? -1 : 1;
}

/** A failed look is repeated where the provider may answer the next one. */
async function orLater<T>(look: Promise<T>, signal: AbortSignal, failed: (thrown: unknown) => void): Promise<T | undefined> {
  try {
    return await look;
  } catch (thrown) {
    signal.throwIfAborted();
    if (!isIpctlError(thrown) || thrown.kind !== 'temporary') throw thrown;
    failed(thrown);
    return undefined;
  }
}

const deadlineOf = ({ clock, timeout }: Looking): number => clock.now() + Math.min(PATIENCE, timeout);

/** All that carry a mark, once nobody's is one too many; else all that are still there after a while. */
export async function settledTwins<T>(
  look: () => Promise<readonly T[]>,
  looking: Looking,
  isSettled: (all: readonly T[]) => boolean = (all) => all.length <= 1,
): Promise<readonly T[]> {
  const { clock, signal } = looking;
  let all: readonly T[] = [];
  await until<true>({
    clock,
    signal,
    deadline: deadlineOf(looking),
    async check() {
      all = await look();
      return isSettled(all) ? true : undefined;
    },
  });
  return all;
}

/** The first of those that are left once ours is given back; undefined when nothing is. `since`: when ours was looked at first. */
export async function heir<T extends Twin>(
  own: Twin,
  marked: () => Promise<readonly T[]>,
  looking: Looking,
  since: number,
): Promise<T | undefined> {
  const { clock, signal } = looking;
  let first: T | undefined;
  let failed: unknown;
  let isSeen = false;
  const settled = await until<T>({
    clock,
    signal,
    deadline: deadlineOf(looking),
    async check() {
      const at = clock.now();
      const all = await orLater(marked(), signal, (thrown) => {
        failed = thrown;
      });
      if (all === undefined) return undefined;
      isSeen = true;
      first = all.filter(({ id }) => id !== own.id).sort(order)[0];
      return at - since >= SAME_SECOND ? first : undefined;
    },
  });
  if (!isSeen) throw failed;
  return settled ?? first;
}

/** What stays of the key: `own`, or the only one that is there where it is not known which is ours. Undefined: ours has to be given back. */
export async function survivor<T extends Twin>(twins: Twins<T>): Promise<T | undefined> {
  const { own, isProven, isFound, marked, unseen, several, clock, signal, progress } = twins;
  let seen: readonly T[] | undefined;
  let failed: unknown = new Error('it is not listed any more');
  const rounds = until<{ readonly stays: T | undefined }>({
    clock,
    signal,
    deadline: deadlineOf(twins),
    async check() {
      const all = await orLater(marked(), signal, (thrown) => {
        failed = thrown;
      });
      if (all === undefined) return undefined;
      const others = all.filter(({ id }) => id !== own.id);
      if (!isFound && others.length === 0) return { stays: own };
      const [only, ...more] = all;
      // Found by the mark and gone since: whoever made it gave it back for another, which will show.
      if (only === undefined) return undefined;
      if (isFound && more.length === 0) return { stays: only };
      if (seen === undefined) progress('another machine used the key at once');
      seen = all;
      // As the list tells of it: the answer to what made it may tell less.
      const ours = all.find(({ id }) => id === own.id) ?? own;
      return isProven && others.some((other) => order(other, ours) < 0) ? { stays: undefined } : undefined;
    },
  });
  const verdict = await rounds.catch((thrown: unknown) => {
    throw seen === undefined || signal.aborted ? unseen(thrown) : several(seen);
  });
  if (verdict === undefined) throw seen === undefined ? unseen(failed) : several(seen);
  return verdict.stays;
}
