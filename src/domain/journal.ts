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
      /** When that process began: its number may be another's later. Absent where the system does not tell. */
      readonly born?: string;
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
      /** It makes something new each time that it is sent. */
      readonly creates?: true;
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
      /** Their ids, beside the addresses; absent where an id is not known. */
      readonly ids?: readonly string[];
    }
  | {
      readonly event: 'resume';
      readonly at: string;
      readonly operation: string;
      readonly pid: number;
      /** When that process began: its number may be another's later. Absent where the system does not tell. */
      readonly born?: string;
      /** On the way back. */
      readonly undo?: true;
    }
  | { readonly event: 'end'; readonly at: string; readonly operation: string; readonly state: Fate; readonly result: string | null };

/** A recorded operation to be gone on with: what is known of it, and what the user says of what is not. */
export interface Replay {
  readonly id: string;
  readonly subject: Subject | null;
  readonly steps: ReadonlyMap<string, RecordedStep>;
  /** Which candidates are ours; none: the user does not say. */
  readonly take: readonly string[];
  /** The user's word that none is. */
  readonly none: boolean;
  /** On the way back: what was done is taken back, instead of the rest being done. */
  readonly undo?: boolean;
  /**
   * Addresses that other recorded operations made theirs since this one sent its request: no candidates of it. Asked for
   * anew at each look, which stands under the account's lock: two operations that are resumed at once must not take one address.
   */
  others(): Promise<ReadonlySet<string>>;
}

export interface RecordedStep {
  /** `unknown` also when the process died before it could write anything else. */
  readonly state: Fate;
  readonly before: readonly string[];
  readonly reply: Pick<Reply, 'status' | 'text'> | null;
  /** What it made, where that is known. */
  readonly made?: readonly Made[];
}

/** Something that a recorded request made: what it can be asked for by. */
export interface Made {
  /** Text that is no address is an id. */
  readonly address: string;
  readonly id: string | null;
}

/** What the record of this machine knows of a `--key` that the caller gave. */
export interface Keyed {
  /** What was made under it and was not given back since by a recorded operation, oldest first. */
  readonly made: readonly Made[];
  /** An operation under it of which nobody knows yet what it made. */
  readonly open: { readonly operation: string; readonly running: boolean } | null;
}

/** The record as a memory of keys, for providers that store none. */
export interface Keys {
  /** Runs alone among the processes of this machine that use the same key. `temporary` after `patience` milliseconds of queueing. */
  alone<T>(verb: string, key: string, work: () => Promise<T>, patience: number): Promise<T>;
  find(verb: string, key: string): Promise<Keyed>;
}

export interface Journal {
  /** Durable when it resolves. `config` when the state directory cannot be written. */
  append(event: JournalEvent): Promise<void>;
  /**
   * Addresses that other operations of the record made theirs and, as far as it tells, have not given back. One that a
   * provider lists late looks new to whoever comes next: nobody takes it for his own unasked.
   */
  claimed?(operation: string): Promise<ReadonlySet<string>>;
}
