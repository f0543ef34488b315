/** One profile, ready to be used: what operations know of it. Built by `cli/target.ts`. */
import type { AnyDriver, Context } from '../domain/driver.js';
import type { IpctlError } from '../domain/errors.js';
import type { Manifest } from '../domain/manifest.js';
import type { OptionSet } from '../domain/option.js';
import type { Progress } from '../domain/progress.js';
import type { Place } from '../domain/records.js';

/** What bounds the work on one target. */
export interface Limits {
  readonly signal: AbortSignal;
  /** Milliseconds since 1970. */
  deadline(): number;
  readonly progress: Progress;
}

export interface Target {
  readonly place: Place;
  readonly manifest: Manifest;
  /** The account pinned by `profile test`, or null: another one is never changed. */
  readonly pinned: string | null;
  /** Why this profile may not change anything now (read-only, protected), or null. */
  readonly refused: IpctlError | null;
  /** It may change nothing at all, whoever agrees: refused before anything is asked of the provider. */
  readonly readOnly?: true;
  /** The user's word that nobody else allocates in this account: a single candidate is then ours. */
  readonly soleWriter: boolean;
  /** Options of the provider that the command line set. No secret is ever among them. */
  readonly flags: Readonly<Record<string, string>>;
  /** Runs alone among all processes of this machine that use the same account. `temporary` after `patience` milliseconds of queueing. */
  exclusive<T>(work: () => Promise<T>, patience: number): Promise<T>;
  /** Cheap: connections and tokens are shared by all drivers of a target. */
  connect(limits: Limits, changes: Pick<Context<OptionSet>, 'mutate' | 'settle'>): AnyDriver;
}
