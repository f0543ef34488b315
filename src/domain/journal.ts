/** The record of mutations as data. Written by `operations/run.ts`, kept by `state/journal.ts`. No secret ever enters it. */
import type { Fate } from './errors.js';
import type { Reply, Request } from './exchange.js';

/** The object of an operation as it was when the first request was about to be sent. */
export interface Subject {
  readonly id: string;
  /** ISO 8601, where the provider tells it: with the id it proves that an object is still the same. */
  readonly createdAt: string | null;
  /** Servers or ports that held it. */
  readonly holders: readonly string[];
}

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
      /** Options of the provider that the command line set: without them the operation would be another one. */
      readonly flags: Readonly<Record<string, string>>;
      readonly subject: Subject | null;
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
      /** Addresses that it made ours. */
      readonly made: readonly string[];
    }
  | { readonly event: 'resume'; readonly at: string; readonly operation: string; readonly pid: number }
  | { readonly event: 'end'; readonly at: string; readonly operation: string; readonly state: Fate; readonly result: string | null };

/** A recorded operation to be gone on with: what is known of it, and what the user says of what is not. */
export interface Replay {
  readonly id: string;
  readonly subject: Subject | null;
  readonly steps: ReadonlyMap<string, RecordedStep>;
  /** Which candidate is ours; null: the user does not say. */
  readonly take: string | null;
  /** The user's word that none is. */
  readonly none: boolean;
  /** Addresses that other recorded operations made theirs: no candidates of this one. */
  readonly others: ReadonlySet<string>;
}

export interface RecordedStep {
  /** `unknown` also when the process died before it could write anything else. */
  readonly state: Fate;
  readonly before: readonly string[];
  readonly reply: Pick<Reply, 'status' | 'text'> | null;
}

export interface Journal {
  /** Durable when it resolves. `config` when the state directory cannot be written. */
  append(event: JournalEvent): Promise<void>;
}
