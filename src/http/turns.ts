/** So many requests in flight at once and no more, of all the operations of one command: the others wait for their turn. */
import { IpctlError } from '../domain/errors.js';
import { isRead, type Layer } from '../domain/exchange.js';

export interface Turns {
  /** A turn, to be given back by what it resolves with. `reads`: before those who wait to change something. */
  take(reads: boolean): Promise<() => void>;
}

/**
 * Each kind in the order it came. Reads go first: several targets may wait for one of them, and what is under way is seen to
 * its end before more is begun.
 */
export function turns(limit: number): Turns {
  const queues = { reads: [] as (() => void)[], changes: [] as (() => void)[] };
  let taken = 0;
  const back = (): void => {
    const next = queues.reads.shift() ?? queues.changes.shift();
    if (next === undefined) taken -= 1;
    else next();
  };
  return {
    async take(reads) {
      if (taken < limit) taken += 1;
      else await new Promise<void>((resolve) => queues[reads ? 'reads' : 'changes'].push(resolve));
      return back;
    },
  };
}

/** Stands outside whatever measures or bounds the time of a request: its time begins with its turn. */
export const taking =
  (turn: Turns | undefined, signal: AbortSignal): Layer =>
  (next) =>
    turn === undefined
      ? next
      : async (request) => {
          const reads = isRead(request);
          const back = await turn.take(reads);
          try {
            // What was still waiting when the user left has changed nothing, and its record says so.
            if (signal.aborted && !reads) throw new IpctlError('signal', 'interrupted before it was sent', { fate: 'not-sent' });
            return await next(request);
          } finally {
            back();
          }
        };
