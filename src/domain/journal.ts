/** The record of mutations as data. Written by `operations/run.ts`, kept by `state/journal.ts`. No secret ever enters it. */
import type { Fate } from './errors.js';
import type { Reply, Request } from './exchange.js';

export type JournalEvent =
  | {
      readonly event: 'begin';
      readonly at: string;
      readonly operation: string;
      readonly verb: string;
      readonly profile: string;
      readonly provider: string;
      readonly account: string | null;
      readonly pid: number;
      readonly intent: unknown;
    }
  | {
      readonly event: 'send';
      readonly at: string;
      readonly operation: string;
      readonly step: string;
      readonly request: Pick<Request, 'method' | 'url' | 'body'>;
      readonly before: readonly string[] | null;
    }
  | {
      readonly event: 'close';
      readonly at: string;
      readonly operation: string;
      readonly step: string;
      readonly state: Fate;
      readonly reply: Pick<Reply, 'status' | 'text'> | null;
      readonly candidates: readonly string[];
    }
  | { readonly event: 'end'; readonly at: string; readonly operation: string; readonly state: Fate; readonly result: string | null };

export interface Journal {
  /** Durable when it resolves. `config` when the state directory cannot be written. */
  append(event: JournalEvent): Promise<void>;
}
