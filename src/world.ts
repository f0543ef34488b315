/** The process as data: everything the program knows of the machine it runs on, so that nothing else has to ask. */
import type { Readable, Writable } from 'node:stream';
import type { Clock, Random } from './domain/clock.js';
import type { Output } from './standard-output.js';

export interface Terminal {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  /** Of stdout; 80 where unknown. */
  readonly columns: number;
}

export interface Directories {
  /** Profiles. */
  readonly config: string;
  /** Journal, tokens, locks, and the sandbox's clouds. */
  readonly state: string;
}

export interface World {
  /** Without the interpreter and the script. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: Readable;
  readonly stdout: Output;
  readonly stderr: Writable;
  readonly terminal: Terminal;
  readonly clock: Clock;
  readonly random: Random;
  readonly directories: Directories;
  /** Aborts at the first interrupt or termination, with an error that has the `exitCode` of which it was. */
  readonly signal: AbortSignal;
  /** What an interrupt does, for a Ctrl-C that comes as a key. */
  interrupt?(): void;
  readonly pid: number;
  isAlive(pid: number): boolean;
  readonly version: string;
}

/** `$XDG_CONFIG_HOME/ipctl` and `$XDG_STATE_HOME/ipctl`; relative values do not count, as the standard says. */
export function directoriesOf(env: World['env'], home: string): Directories {
  const base = (value: string | undefined, otherwise: string): string => (value?.startsWith('/') ? value : `${home}/${otherwise}`);
  return { config: `${base(env.XDG_CONFIG_HOME, '.config')}/ipctl`, state: `${base(env.XDG_STATE_HOME, '.local/state')}/ipctl` };
}
