/** The table as the scripts need it: which words can stand where. Built once for all shells, so that they offer the same. */
import { flagName, type OptionSpec } from '../../domain/option.js';
import { type ProviderId, providerIds, providers } from '../../providers/registry.js';
import { changeFlags, globalFlags, nounAliases, nouns, type Row, rows } from '../commands.js';
import type { FlagSet, FlagSpec } from '../flags.js';
import { argumentAt, isLive, type Kind, kindOfArgument, kindOfFlag } from './kinds.js';

export interface Word {
  readonly word: string;
  readonly help: string;
}

/** `words`: they stand in the script. `live`: ipctl is asked. */
export type Slot =
  | { readonly is: 'words'; readonly words: readonly Word[] }
  | { readonly is: 'live' }
  | { readonly is: 'files' }
  | { readonly is: 'directories' };

export interface Command {
  /** Every way to type it: `ip associate`, `ip assign`. */
  readonly spellings: readonly string[];
  readonly flags: readonly Word[];
  /** What its first argument can be. */
  readonly first: Slot | undefined;
  /** What those after it can be. */
  readonly next: Slot | undefined;
}

export interface Noun {
  readonly spellings: readonly string[];
  readonly verbs: readonly Word[];
}

export interface Grammar {
  readonly nouns: readonly Word[];
  /** Nouns that have verbs. */
  readonly verbs: readonly Noun[];
  readonly commands: readonly Command[];
  /** Flags that every command takes. */
  readonly globals: readonly Word[];
  /** Flags whose value is the next word: that one is no verb. */
  readonly valued: readonly string[];
  /** Flags whose value is the next word if that is `true` or `false`. */
  readonly switches: readonly string[];
  /** Options of providers that may stand before the noun, by how they begin: offered to whoever has typed that much. */
  readonly early: readonly { readonly start: string; readonly flags: readonly Word[] }[];
  readonly values: readonly { readonly flags: readonly string[]; readonly slot: Slot }[];
}

/** The shells whose scripts there are, as `ipctl completion` takes them. */
export const shells = ['bash', 'zsh', 'fish', 'powershell'] as const;
export type Shell = (typeof shells)[number];

const bare = (words: readonly string[]): readonly Word[] => words.map((word) => ({ word, help: '' }));

function slotOf(kind: Kind | undefined): Slot | undefined {
  if (kind === undefined) return undefined;
  if (isLive(kind)) return { is: 'live' };
  switch (kind) {
    case 'files':
    case 'directories':
      return { is: kind };
    case 'providers':
      return { is: 'words', words: providerIds.map((id) => ({ word: id, help: providers[id].manifest.title })) };
    case 'shells':
      return { is: 'words', words: bare(shells) };
    case 'methods':
      return { is: 'words', words: bare(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) };
  }
}

interface Flag {
  readonly spellings: readonly string[];
  readonly help: string;
  readonly takes: 'value' | 'nothing' | 'perhaps';
  readonly slot: Slot | undefined;
}

function flagsOf(flags: FlagSet): readonly Flag[] {
  return Object.entries(flags).map(([name, spec]) => ({
    spellings: [`--${name}`, ...(spec.short === undefined ? [] : [`-${spec.short}`])],
    help: spec.help,
    takes: spec.type === 'switch' || spec.type === 'optional' ? 'nothing' : 'value',
    slot: choicesOf(spec) ?? (spec.type === 'text' || spec.type === 'list' ? slotOf(kindOfFlag(name)) : undefined),
  }));
}

const choicesOf = (spec: FlagSpec): Slot | undefined =>
  spec.type === 'choice' || spec.type === 'optional' ? { is: 'words', words: bare(spec.choices) } : undefined;

interface ProviderFlag extends Flag {
  /** The commands that it is meant for. */
  readonly on: readonly string[];
}

/** A secret is never typed. */
function providerFlags(id: ProviderId): readonly ProviderFlag[] {
  return Object.entries(providers[id].manifest.options as Record<string, OptionSpec>).flatMap(([name, spec]): ProviderFlag[] => {
    if (spec.kind === 'secret') return [];
    const flag = flagName(id, name);
    const choices = spec.kind === 'enum' ? spec.choices : spec.kind === 'boolean' ? ['true', 'false'] : undefined;
    const slot: Slot | undefined = choices === undefined ? slotOf(kindOfFlag(flag.slice(2))) : { is: 'words', words: bare(choices) };
    return [{ spellings: [flag], help: spec.help, takes: spec.kind === 'boolean' ? 'perhaps' : 'value', slot, on: spec.on ?? [] }];
  });
}

const optionsFor = (words: string): readonly Flag[] =>
  providerIds.flatMap((id) => providerFlags(id).filter(({ on }) => on.includes(words)));

const flagsOfRow = (row: Row): readonly Flag[] => [
  ...flagsOf(row.flags),
  ...(row.changes === true ? flagsOf(changeFlags) : []),
  ...(row.needs === undefined ? [] : optionsFor(row.words)),
];

const wordsOf = (flags: readonly Flag[]): readonly Word[] =>
  flags.flatMap(({ spellings, help }) => spellings.map((word) => ({ word, help })));

const nounsOf = (noun: string): readonly string[] => [
  noun,
  ...Object.entries(nounAliases).flatMap(([alias, of]) => (of === noun ? [alias] : [])),
];

function commandOf(row: Row): Command {
  const [noun = '', verb] = row.words.split(' ');
  const ends = verb === undefined ? [''] : [verb, ...(row.aliases ?? [])].map((name) => ` ${name}`);
  const at = (position: number): Slot | undefined => {
    const argument = argumentAt(row, position);
    return argument === undefined ? undefined : slotOf(kindOfArgument(row, argument));
  };
  return {
    spellings: nounsOf(noun).flatMap((name) => ends.map((end) => `${name}${end}`)),
    flags: wordsOf(flagsOfRow(row)),
    first: at(0),
    next: at(1),
  };
}

export function grammar(): Grammar {
  const all: readonly Row[] = rows;
  const globals = flagsOf(globalFlags);
  const every = [...globals, ...all.flatMap(flagsOfRow), ...providerIds.flatMap(providerFlags)];
  const taking = (takes: Flag['takes']): readonly string[] =>
    [...new Set(every.flatMap((flag) => (flag.takes === takes ? flag.spellings : [])))].sort();
  return {
    nouns: Object.entries(nouns).map(([word, help]) => ({ word, help })),
    verbs: Object.keys(nouns).flatMap((noun) => {
      const own = all.filter(({ words }) => words.startsWith(`${noun} `));
      const verbs = own.map(({ words, summary }) => ({ word: words.split(' ')[1] ?? '', help: summary }));
      return verbs.length === 0 ? [] : [{ spellings: nounsOf(noun), verbs }];
    }),
    commands: all.map(commandOf),
    globals: [...wordsOf(globals), { word: '--help', help: 'show help' }],
    valued: taking('value'),
    switches: taking('perhaps'),
    early: providerIds.map((id) => ({ start: flagName(id, ''), flags: wordsOf(providerFlags(id)) })),
    values: valuesOf(every),
  };
}

/** Flags of one value together, each once: the same flag means the same wherever it stands. */
function valuesOf(flags: readonly Flag[]): Grammar['values'] {
  const bySlot = new Map<string, { flags: string[]; slot: Slot }>();
  const seen = new Set<string>();
  for (const { spellings, slot } of flags) {
    if (slot === undefined || seen.has(spellings[0] ?? '')) continue;
    for (const spelling of spellings) seen.add(spelling);
    const text = JSON.stringify(slot);
    const group = bySlot.get(text) ?? { flags: [], slot };
    group.flags.push(...spellings);
    bySlot.set(text, group);
  }
  return [...bySlot.values()];
}
