/**
 * Two machines that use one new `--key` at once both find nothing, and both make something: no provider refuses the second.
 * Whoever has made something therefore looks once more. The oldest stays; whoever made another gives it back, provably his
 * own since the provider's answer named it, and ends with the oldest.
 */
import type { Clock } from '../domain/clock.js';
import { IpctlError } from '../domain/errors.js';
import { until } from '../domain/until.js';

/** How long, in milliseconds, the others are given to give theirs back. One that looked before ours was there never will. */
const GRACE = 2_000;
/** Longer than anybody waits before giving way. */
const SETTLED = 6_000;

interface Twin {
  readonly id: string;
  readonly createdAt: Date | null;
}

export interface Looking {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  progress(note: string): void;
}

export interface Twins<T extends Twin> extends Looking {
  readonly own: T;
  /** False where the answer was lost and the mark alone told: what was found may be another machine's. */
  readonly isProven: boolean;
  /** All that carry the mark. */
  marked(): Promise<readonly T[]>;
  giveBack(own: T): Promise<void>;
  /** The error of one that stands beside others, since giving it back or looking after them failed. */
  beside(own: T, failed: unknown): IpctlError;
  /** The error of several that nobody gives back. */
  several(all: readonly T[]): IpctlError;
}

/** Alike on every machine. Times are of whole seconds on some providers: ids tell those of one second apart. */
function order(one: Twin, other: Twin): number {
  const later = (one.createdAt?.getTime() ?? 0) - (other.createdAt?.getTime() ?? 0);
  return later !== 0 ? later : one.id < other.id ? -1 : 1;
}

/** All that carry a mark, once there is one at most; else all that are still there after a while. */
export async function settledTwins<T>(marked: () => Promise<readonly T[]>, { clock, signal }: Looking): Promise<readonly T[]> {
  let all: readonly T[] = [];
  await until<true>({
    clock,
    signal,
    deadline: clock.now() + SETTLED,
    async check() {
      all = await marked();
      return all.length > 1 ? undefined : true;
    },
  });
  return all;
}

/** What is there for the key in the end: `own`, or what another machine made at the same time. */
export async function survivor<T extends Twin>(twins: Twins<T>): Promise<T> {
  const { own, isProven, marked, giveBack, beside, several, clock, signal, progress } = twins;
  const others = (all: readonly T[]): readonly T[] => all.filter(({ id }) => id !== own.id);
  const first = await marked().catch((thrown: unknown) => {
    signal.throwIfAborted();
    progress(`not looked whether another machine used the key at once: ${thrown instanceof Error ? thrown.message : 'the list failed'}`);
    return [];
  });
  if (others(first).length === 0) return own;
  progress('another machine used the key at once');
  const othersGo = (): Promise<true | undefined> =>
    until<true>({
      clock,
      signal,
      deadline: clock.now() + GRACE,
      check: async () => (others(await marked()).length === 0 ? true : undefined),
    });
  if (isProven) {
    try {
      const [oldest] = [...first].sort(order);
      // The oldest may have been read before its maker could see ours: where the others stay, we go, whatever the order.
      if (oldest?.id === own.id && (await othersGo())) return own;
      await giveBack(own);
    } catch (thrown) {
      throw beside(own, thrown);
    }
  }
  const [only, ...more] = await settledTwins(marked, twins);
  if (only !== undefined && more.length === 0) return only;
  if (only !== undefined) throw isProven ? several([only, ...more]) : beside(own, several([only, ...more]));
  throw new IpctlError('conflict', 'another machine used the key at once, and both gave back what they had made', {
    fate: 'not-applied',
    hint: 'repeat it',
  });
}
