/** What the parts of one running operation share: its settings, its deadline, its record. */
import type { Clock, Random } from '../domain/clock.js';
import type { Journal, JournalEvent, Replay } from '../domain/journal.js';
import type { Progress } from '../domain/progress.js';
import type { Looks } from './looks.js';
import type { Target } from './target.js';

export interface RunSettings {
  readonly clock: Clock;
  readonly random: Random;
  readonly signal: AbortSignal;
  /** Null under `--no-journal`. */
  readonly journal: Journal | null;
  readonly dryRun: boolean;
  readonly wait: boolean;
  /** Milliseconds from the first request to the shown result. */
  readonly timeout: number;
  readonly pid: number;
  /** When this process began, as the system tells it; null where it does not. */
  readonly born?: string | null;
  /** The recorded operation that this run goes on with. */
  readonly replay?: Replay | undefined;
  /** Reads shared with the other targets of the command. */
  readonly looks?: Pick<Looks<never>, 'isGone'> | undefined;
  readonly progress: Progress;
}

export interface Underway {
  readonly id: string;
  readonly target: Target;
  readonly settings: RunSettings;
  /** Milliseconds since 1970. */
  deadline(): number;
  /** Never shortens it. */
  extend(deadline: number): void;
  /** The id by which the record knows the operation; null while nothing was recorded. */
  recorded(): string | null;
  record(event: JournalEvent): Promise<void>;
  /** For what is recorded after the fact: a disk that fills up then must not hide the outcome. */
  recordIfPossible(event: JournalEvent): Promise<void>;
  /** Now, as the record writes it. */
  at(): string;
  /** Counts a request that took effect. */
  tookEffect(): void;
  /** Notes that what took effect was found by looking: no answer named it. */
  lookedFor(): void;
}
