/** Time and chance, handed in: nothing but `main.ts` and the sandbox asks the machine for them. */
export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): number;
  /** Resolves after `milliseconds`; rejects with the signal's reason when aborted. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
  /** A signal that aborts after `milliseconds`, and the way to call it off. */
  alarm(milliseconds: number): { readonly signal: AbortSignal; cancel(): void };
}

/** A number from 0 to 1, exclusive. */
export type Random = () => number;
