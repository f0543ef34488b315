/** What was asked for, parsed and typed: the left end of the path. Nothing to the right of it knows a flag. */
import type { changeFlags, globalFlags, RowOf, Words } from './commands.js';
import type { FlagValues } from './flags.js';
import type { Output } from './output.js';
import type { Session } from './session.js';

export type Globals = FlagValues<typeof globalFlags>;
export type ChangeFlags = FlagValues<typeof changeFlags>;

export interface Intent<W extends Words = Words> {
  readonly words: W;
  readonly arguments: readonly string[];
  readonly flags: FlagValues<RowOf<W>['flags']>;
  readonly global: Globals;
  /** Names of the global flags whose value a variable brought. */
  readonly variables: readonly string[];
  readonly change: ChangeFlags;
  /** Texts of `--<provider>-<option>`, by provider and option. */
  readonly options: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export type Command<W extends Words> = (intent: Intent<W>, session: Session) => Promise<Output>;
