/** A command as data. */
import type { Capability } from '../../domain/driver.js';
import type { FlagSet } from '../flags.js';

export interface Argument {
  readonly name: string;
  readonly help: string;
  readonly required?: true;
  readonly variadic?: true;
}

export interface Row {
  readonly words: string;
  readonly summary: string;
  /** What else a user should know before they use it: a few sentences. */
  readonly about?: string;
  /** Other words for the verb, not shown in help. */
  readonly aliases?: readonly string[];
  readonly arguments?: readonly Argument[];
  readonly flags: FlagSet;
  /** What the provider must be able to do; a row that has it works on a profile. */
  readonly needs?: Capability;
  /** Changes something at a provider: takes the flags of changes. */
  readonly changes?: true;
  /** Exit codes besides those that follow from `needs` and `changes`. */
  readonly exits?: readonly number[];
  /** Two or three, as typed in a shell; each is run by a test. */
  readonly examples: readonly string[];
}
