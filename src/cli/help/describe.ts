/** The command table as help shows it, in every form: on a terminal, as JSON, as man pages. Reads declarations and nothing else. */
import { defaultOf, flagName, type OptionSpec, type OptionValue, placeholder, variableNames } from '../../domain/option.js';
import { providerIds, providers } from '../../providers/registry.js';
import { type Argument, changeFlags, globalFlags, nouns, type Row, rows, variableOf } from '../commands.js';
import type { FlagSet, FlagSpec } from '../flags.js';
import { type ExitCode, exitCodes, exitCodesOf } from './exit-codes.js';
import { type Topic, topics } from './topics.js';

export interface OptionHelp {
  /** With its dashes. */
  readonly name: string;
  readonly short: string | null;
  /** Whose it is: `command`, `change` (every change takes it), `global`, or the provider's id. */
  readonly group: string;
  readonly type: 'switch' | 'text' | 'list' | 'choice' | 'integer' | 'duration' | 'boolean' | 'url';
  /** What stands for the value; null where it takes none. */
  readonly value: string | null;
  /** Whether the value may be left out. */
  readonly optional: boolean;
  readonly choices: readonly string[];
  readonly default: OptionValue | null;
  readonly required: boolean;
  /** Variables that are read where it is not given, the first set one wins. */
  readonly variables: readonly string[];
  readonly help: string;
}

export interface ArgumentHelp {
  readonly name: string;
  readonly required: boolean;
  readonly variadic: boolean;
  readonly help: string;
}

export interface CommandHelp {
  readonly words: string;
  readonly summary: string;
  /** More than the summary, where there is more to know. */
  readonly about: string | null;
  readonly usage: string;
  readonly aliases: readonly string[];
  readonly arguments: readonly ArgumentHelp[];
  readonly options: readonly OptionHelp[];
  readonly examples: readonly string[];
  readonly exitCodes: readonly ExitCode[];
}

export interface NounHelp {
  readonly name: string;
  readonly summary: string;
  readonly commands: readonly CommandHelp[];
}

export interface ProgramHelp {
  readonly name: 'ipctl';
  readonly summary: string;
  readonly usage: string;
  readonly nouns: readonly NounHelp[];
  readonly options: readonly OptionHelp[];
  readonly examples: readonly string[];
  readonly exitCodes: readonly ExitCode[];
  readonly topics: readonly Topic[];
}

/** The tool as a whole. */
export const program = {
  name: 'ipctl',
  summary: 'One command line for the IP addresses of every provider.',
  usage: 'ipctl NOUN VERB [arguments] [options]',
  examples: ['ipctl -p sandbox ip allocate', 'ipctl profile add --help', 'ipctl help exit-codes'],
} as const;

function flagsOf(flags: FlagSet, group: string, variable: (name: string) => readonly string[] = () => []): readonly OptionHelp[] {
  return Object.entries(flags).map(([name, spec]) => ({
    name: `--${name}`,
    short: spec.short === undefined ? null : `-${spec.short}`,
    group,
    type: spec.type === 'optional' ? 'choice' : spec.type,
    value: placeholderOf(spec),
    optional: spec.type === 'optional',
    choices: 'choices' in spec ? spec.choices : [],
    default: spec.default ?? null,
    required: 'required' in spec && spec.required === true,
    variables: variable(name),
    help: spec.help,
  }));
}

function placeholderOf(spec: FlagSpec): string | null {
  if (spec.type === 'switch') return null;
  return spec.type === 'choice' ? spec.choices.join('|') : spec.value;
}

/** Options of providers that the command is meant for. The others are accepted too, and shown by `provider show`. */
function providerOptionsOf(words: string): readonly OptionHelp[] {
  return providerIds.flatMap((id) =>
    Object.entries(providers[id].manifest.options as Record<string, OptionSpec>).flatMap(([name, spec]): OptionHelp[] => {
      if (spec.on?.includes(words) !== true || spec.kind === 'secret') return [];
      return [
        {
          name: flagName(id, name),
          short: null,
          group: id,
          type: spec.kind === 'enum' ? 'choice' : spec.kind === 'string' ? 'text' : spec.kind,
          value: placeholder(spec),
          // Bare, it is a yes.
          optional: spec.kind === 'boolean',
          choices: spec.kind === 'enum' ? spec.choices : [],
          default: defaultOf(spec) ?? null,
          required: spec.required === true,
          variables: variableNames(id, name, spec),
          help: spec.help,
        },
      ];
    }),
  );
}

const own = (name: string, short: string, help: string): OptionHelp => ({
  name,
  short,
  group: 'global',
  type: 'switch',
  value: null,
  optional: false,
  choices: [],
  default: null,
  required: false,
  variables: [],
  help,
});

/** What every command takes. */
export const globalOptions = (): readonly OptionHelp[] => [
  ...flagsOf(globalFlags, 'global', (name) => {
    const variable = variableOf(name);
    return variable === undefined ? [] : [variable];
  }),
  own('--help', '-h', 'show help; with -o json as data'),
  own('--version', '-V', 'print the version'),
];

/** All that may be typed behind a command. */
export const optionsOf = (row: Row): readonly OptionHelp[] => [
  ...flagsOf(row.flags, 'command'),
  ...(row.needs === undefined ? [] : providerOptionsOf(row.words)),
  ...(row.changes === true ? flagsOf(changeFlags, 'change') : []),
  ...globalOptions(),
];

function argumentText({ name, required, variadic }: Argument): string {
  const text = variadic === true ? `${name}...` : name;
  return required === true ? text : `[${text}]`;
}

export function commandHelp(row: Row): CommandHelp {
  const options = optionsOf(row);
  const needed = options.filter(({ required }) => required).map(({ name, value }) => `${name} ${value}`);
  const given = row.arguments ?? [];
  const [noun = '', verb] = row.words.split(' ');
  return {
    words: row.words,
    summary: row.summary,
    about: row.about ?? null,
    usage: ['ipctl', noun, ...(verb === undefined ? [] : [verb]), ...given.map(argumentText), ...needed, '[options]'].join(' '),
    aliases: row.aliases ?? [],
    arguments: given.map(({ name, help, required, variadic }) => ({
      name,
      required: required === true,
      variadic: variadic === true,
      help,
    })),
    options,
    examples: row.examples,
    exitCodes: exitCodesOf(row),
  };
}

/** The commands of a noun, in the order of the table. */
export const rowsOf = (noun: string): readonly Row[] => (rows as readonly Row[]).filter(({ words }) => words.split(' ')[0] === noun);

export const nounHelp = (name: string): NounHelp => ({
  name,
  summary: nouns[name] ?? '',
  commands: rowsOf(name).map(commandHelp),
});

export const programHelp = (): ProgramHelp => ({
  name: program.name,
  summary: program.summary,
  usage: program.usage,
  nouns: Object.keys(nouns).map(nounHelp),
  options: globalOptions(),
  examples: program.examples,
  exitCodes,
  topics: topics(),
});
