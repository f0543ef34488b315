/** Time that passes only when somebody sleeps: no test waits, and every run is alike. */
import type { Clock } from '../../src/domain/clock.js';

export interface VirtualClock extends Clock {
  /** Milliseconds slept, in order. */
  readonly slept: readonly number[];
}

export const START = Date.UTC(2026, 0, 15, 12, 0, 0);

export function virtualClock(): VirtualClock {
  let now = START;
  const slept: number[] = [];
  return {
    slept,
    now: () => now,
    async sleep(milliseconds, signal) {
      signal.throwIfAborted();
      slept.push(milliseconds);
      now += milliseconds;
    },
    alarm: () => ({ signal: new AbortController().signal, cancel() {} }),
  };
}
