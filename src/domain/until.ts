/** The only polling loop. Pure: clock, deadline and signal are handed in. */
import type { Clock } from './clock.js';

/** Milliseconds before the second, third, ... look; the last one repeats. The first look is at once. */
export const INTERVALS: readonly number[] = [250, 500, 1000, 2000, 4000, 5000];

export interface Polling<T> {
  /** The answer, or undefined for "not yet". A throw ends the loop. */
  check(): Promise<T | undefined>;
  readonly clock: Clock;
  /** Milliseconds since 1970; no look starts after it. */
  readonly deadline: number;
  readonly signal: AbortSignal;
}

/** The first answer of `check`, or undefined when the deadline passes without one. Always looks at least once. */
export async function until<T>({ check, clock, deadline, signal }: Polling<T>): Promise<T | undefined> {
  for (let round = 0; ; round += 1) {
    signal.throwIfAborted();
    const answer = await check();
    if (answer !== undefined) return answer;
    const pause = INTERVALS[Math.min(round, INTERVALS.length - 1)] ?? 0;
    if (clock.now() + pause > deadline) return undefined;
    await clock.sleep(pause, signal);
  }
}
