/** A command line that is being typed, as far as its values are concerned. Never an error: what makes no sense has no values. */
import { changeFlags, globalFlags, type Row, rows } from '../commands.js';
import type { FlagSet } from '../flags.js';
import { isSwitch, nounOf } from '../words.js';
import { argumentAt, type Kind, kindOfArgument, kindOfFlag } from './kinds.js';

export interface Line {
  readonly row: Row | undefined;
  /** Texts of the flags before the cursor, by name without dashes; the last one of a name counts. */
  readonly flags: Readonly<Record<string, string>>;
  /** Arguments before the cursor. */
  readonly arguments: readonly string[];
  /** What is asked for. */
  readonly kind: Kind | undefined;
  /** What stands before the value in the same word: `--server=`. */
  readonly prefix: string;
  /** What has been typed of the value. */
  readonly typed: string;
}

/** `words` without the program; the last one is being typed, and is empty where none has been begun. */
export function lineOf(words: readonly string[]): Line {
  const flags: Record<string, string> = {};
  const plainWords: string[] = [];
  let waiting: string | undefined;
  // A provider's switch: what follows is its value where it can be nothing else.
  let undecided: string | undefined;
  for (const word of words.slice(0, -1)) {
    const [, attached, value = ''] = /^--([^=]+)=(.*)$/s.exec(word) ?? [];
    const decided = undecided;
    undecided = undefined;
    if (waiting !== undefined) {
      flags[waiting] = word;
      waiting = undefined;
    } else if (decided !== undefined && (word === 'true' || word === 'false')) flags[decided] = word;
    else if (isSwitch(word)) {
      undecided = word.slice(2);
      flags[undecided] = 'true';
    } else if (attached !== undefined) flags[attached] = value;
    else if (word.startsWith('-') && word.length > 1) waiting = valued(word);
    else plainWords.push(word);
  }
  const current = words[words.length - 1] ?? '';
  const { row, rest } = rowOf(plainWords);
  const base = { row, flags, arguments: rest };
  const [, prefix, name, attached = ''] = /^(--([^=]+)=)(.*)$/s.exec(current) ?? [];
  if (waiting !== undefined) return { ...base, kind: kindOfFlag(waiting), prefix: '', typed: current };
  if (name !== undefined) return { ...base, kind: kindOfFlag(name), prefix: prefix ?? '', typed: attached };
  const argument = row === undefined ? undefined : argumentAt(row, rest.length);
  const kind = row === undefined || argument === undefined ? undefined : kindOfArgument(row, argument);
  return { ...base, kind: current.startsWith('-') && current !== '-' ? undefined : kind, prefix: '', typed: current };
}

function rowOf([noun = '', verb = '', ...rest]: readonly string[]): { row: Row | undefined; rest: readonly string[] } {
  const spelled = nounOf(noun);
  const all: readonly Row[] = rows;
  const leaf = all.find(({ words }) => words === spelled);
  if (leaf !== undefined) return { row: leaf, rest: verb === '' ? rest : [verb, ...rest] };
  const row = all.find(({ words, aliases }) => {
    const [own, name = ''] = words.split(' ');
    return own === spelled && (name === verb || aliases?.includes(verb) === true);
  });
  return { row, rest };
}

const everyFlag = (): readonly FlagSet[] => [globalFlags, changeFlags, ...(rows as readonly Row[]).map(({ flags }) => flags)];

/** The name of a flag whose value is the next word. A flag of no row is a provider's option, which takes one unless it is a switch. */
function valued(word: string): string | undefined {
  for (const set of everyFlag()) {
    for (const [name, spec] of Object.entries(set)) {
      if (word === `--${name}` || word === `-${spec.short ?? ''}`) {
        return spec.type === 'switch' || spec.type === 'optional' ? undefined : name;
      }
    }
  }
  return !word.startsWith('--') || word === '--' || word === '--help' || word === '--version' ? undefined : word.slice(2);
}
