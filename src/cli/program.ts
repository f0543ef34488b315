/**
 * argv -> Intent. The table becomes Commander's commands: of those the typed noun and verb alone, with the flags that were typed,
 * so that a start pays for what stands on its line and not for all that could. Every usage error ends here.
 */
import { Command, CommanderError, Option } from 'commander';
import type { IpctlError } from '../domain/errors.js';
import { nearest } from '../domain/nearest.js';
import { flagName, type OptionSpec, placeholder } from '../domain/option.js';
import { type ProviderId, providerIds, providers } from '../providers/registry.js';
import { changeFlags, globalFlags, nouns, type Row, rowAt, rows, variableOf, type Words } from './commands.js';
import { type FlagSet, type FlagSpec, parseFlag, parseFlags, type Typed } from './flags.js';
import type { ChangeFlags, Globals, Intent } from './intent.js';
import { helpedWith, isProviderFlag, nounOf, settled, unknownCommand, usage, wordsIn } from './words.js';

/** `words`: what help is asked about, nothing, a noun, or a noun and its verb. */
export type Parsed = { readonly is: 'intent'; readonly intent: Intent } | { readonly is: 'help'; readonly words: readonly string[] };

/** Reads argv alone: no file, no variable but those of the global flags. */
export function parse(line: readonly string[], env: Readonly<Record<string, string | undefined>>): Parsed {
  const argv = settled(line);
  const typed = wordsIn(argv);
  const noun = typed[0] === undefined ? undefined : nounOf(typed[0]);
  let intent: Intent | undefined;
  // Not for Commander to find out: it would open both streams.
  const screen = { getOutHasColors: () => false, getErrHasColors: () => false, getOutHelpWidth: () => 80, getErrHelpWidth: () => 80 };
  const silent = { writeOut: () => {}, writeErr: () => {}, outputError: () => {}, ...screen };
  // Help is our own, and loaded when it is asked for.
  const formatHelp = (): string => '';
  const capture = (command: Command): Command =>
    command
      .exitOverride()
      .configureOutput(silent)
      .configureHelp({ formatHelp })
      .helpOption('-h, --help')
      .helpCommand(false)
      .showSuggestionAfterError(false);

  const isOnLine = lineOf(argv);
  const program = capture(new Command('ipctl'));
  addFlags(program, globalFlags, isOnLine);
  program.addOption(new Option('-V, --version'));
  addEarlyOptions(program, argv, typed[1] ?? '');
  // All where none is known: Commander tells what a word that is none of them means.
  for (const name of noun !== undefined && Object.hasOwn(nouns, noun) ? [noun] : Object.keys(nouns)) {
    const own = (rows as readonly Row[]).filter((row) => row.words.split(' ')[0] === name);
    const leaf = own.find((row) => row.words === name);
    const command = capture(program.command(name));
    if (name !== noun) {
      // Not the one that was typed: it stands in the list of nouns and nowhere else.
      command.allowUnknownOption().allowExcessArguments();
      continue;
    }
    if (typed[0] !== undefined && typed[0] !== name) command.alias(typed[0]);
    const finish = (row: Row, on: Command): void => {
      declare(row, on, isOnLine);
      on.action((...received: unknown[]) => {
        const values = received
          .slice(0, row.arguments?.length ?? 0)
          .flatMap((value) => (value === undefined ? [] : (value as string | string[])));
        intent = intentOf(row, values, typedOptions([program, command, on]), env);
      });
    };
    if (leaf !== undefined) {
      finish(leaf, command);
      continue;
    }
    const chosen = rowAt(name, typed[1]);
    for (const row of chosen === undefined ? own : [chosen]) {
      const verb = row.words.split(' ')[1] ?? '';
      const on = capture(command.command(verb));
      if (row !== chosen) {
        on.allowUnknownOption().allowExcessArguments();
        continue;
      }
      if (typed[1] !== undefined && typed[1] !== verb) on.alias(typed[1]);
      finish(row, on);
    }
    addFlags(command, globalFlags, isOnLine);
  }

  try {
    program.parse(argv, { from: 'user' });
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown;
    if (!/^commander\.(help|helpDisplayed|version)$/.test(thrown.code)) throw commanderError(thrown, typed);
  }
  if (intent !== undefined) return { is: 'intent', intent };
  return { is: 'help', words: helpedWith(typed) };
}

/** The verb declares them; one that stands before it is met earlier. */
function addEarlyOptions(program: Command, argv: readonly string[], verb: string): void {
  const typed = argv.slice(0, Math.max(0, argv.indexOf(verb))).filter(isProviderFlag);
  if (typed.length === 0) return;
  for (const id of providerIds) {
    for (const [name, spec] of Object.entries(providers[id].manifest.options as Record<string, OptionSpec>)) {
      const flag = flagName(id, name);
      if (typed.some((word) => word === flag || word.startsWith(`${flag}=`)))
        program.addOption(new Option(`${flag} <${placeholder(spec)}>`));
    }
  }
}

/** Whether a flag may be on the line: by its long name, or by a short one, which may stand among others. */
type Line = (long: string, short?: string) => boolean;

function lineOf(argv: readonly string[]): Line {
  const long = new Set(argv.map((word) => word.split('=', 1)[0]));
  const short = argv.filter((word) => /^-[^-]/.test(word)).join('');
  return (name, letter) => long.has(name) || (letter !== undefined && short.includes(letter));
}

function declare(row: Row, on: Command, isOnLine: Line): void {
  for (const argument of row.arguments ?? []) {
    const name = argument.variadic === true ? `${argument.name}...` : argument.name;
    on.argument(argument.required === true ? `<${name}>` : `[${name}]`);
  }
  addFlags(on, row.flags, isOnLine);
  if (row.changes === true) addFlags(on, changeFlags, isOnLine);
  addFlags(on, globalFlags, isOnLine);
  if (row.needs !== undefined) {
    for (const id of providerIds) {
      for (const [name, spec] of Object.entries(providers[id].manifest.options as Record<string, OptionSpec>)) {
        const flag = flagName(id, name);
        if (isOnLine(flag)) on.addOption(new Option(`${flag} <${placeholder(spec)}>`));
      }
    }
  }
}

function addFlags(command: Command, flags: FlagSet, isOnLine: Line): void {
  for (const [name, spec] of Object.entries(flags)) {
    if (!isOnLine(`--${name}`, spec.short)) continue;
    const option = new Option(spelling(name, spec));
    if (spec.type === 'list') option.argParser((value: string, before: string[] | undefined) => [...(before ?? []), value]);
    command.addOption(option);
  }
}

function spelling(name: string, spec: FlagSpec): string {
  const long = `${spec.short === undefined ? '' : `-${spec.short}, `}--${name}`;
  switch (spec.type) {
    case 'switch':
      return long;
    case 'optional':
      return `${long} <${spec.value}>`;
    case 'choice':
      return `${long} <${spec.choices.join('|')}>`;
    default:
      return `${long} <${spec.value}>`;
  }
}

/** What was typed, the innermost command last. Commander's own defaults for `--no-…` must not undo what stands further out. */
const typedOptions = (commands: readonly Command[]): Options =>
  Object.fromEntries(
    commands.flatMap((command) => Object.entries(command.opts()).filter(([name]) => command.getOptionValueSource(name) === 'cli')),
  );

type Options = Readonly<Record<string, unknown>>;

/** Commander names `--no-wait` "wait", and sets it true until it is typed. */
function typedOf(flags: FlagSet, options: Options): Typed {
  const entries = Object.keys(flags).map((name) => {
    if (name.startsWith('no-')) return [name, options[camel(name.slice(3))] === false ? true : undefined];
    const value = options[camel(name)];
    return [name, value === false ? undefined : value];
  });
  return Object.fromEntries(entries) as Typed;
}

const camel = (name: string): string => name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

function intentOf(row: Row, values: readonly string[], options: Options, env: Readonly<Record<string, string | undefined>>): Intent {
  const typed = typedOf(globalFlags, options);
  const global = { ...parseFlags(globalFlags, typed) } as Record<string, unknown>;
  const variables: string[] = [];
  for (const [name, spec] of Object.entries(globalFlags as FlagSet)) {
    const variable = variableOf(name);
    const text = variable === undefined ? '' : (env[variable] ?? '');
    if (variable === undefined || typed[name] !== undefined || text === '') continue;
    if (spec.type === 'optional' && /^(0|false|no|off)$/i.test(text)) continue;
    variables.push(name);
    if (spec.type === 'switch') global[name] = !/^(0|false|no|off)$/i.test(text);
    else global[name] = parseFlag(variable, spec, spec.type === 'list' ? [text] : text);
  }
  const change = row.changes === true ? parseFlags(changeFlags, typedOf(changeFlags, options)) : parseFlags(changeFlags, {});
  return {
    words: row.words as Words,
    arguments: values,
    flags: parseFlags(row.flags, typedOf(row.flags, options)) as Intent['flags'],
    global: global as unknown as Globals,
    variables,
    change: change as ChangeFlags,
    options: providerOptions(row, options),
  };
}

function providerOptions(row: Row, options: Options): Record<string, Record<string, string>> {
  const given: Record<string, Record<string, string>> = {};
  for (const id of providerIds) {
    for (const [name, spec] of Object.entries(providers[id].manifest.options as Record<string, OptionSpec>)) {
      const value = options[camel(`${id}-${name}`)];
      if (value === undefined) continue;
      if (row.needs === undefined) throw usage(`${flagName(id, name)} means nothing to ipctl ${row.words}`);
      if (spec.kind === 'secret') {
        throw usage(
          `${flagName(id, name)} is a secret: every process of this machine can read a command line`,
          `ipctl profile set NAME --secret ${name}=env:VARIABLE`,
        );
      }
      given[id] = { ...given[id], [name]: String(value) };
    }
  }
  return given;
}

/** Commander's sentence in our form. What was typed after `=` may be a secret: it is not repeated. */
function commanderError(error: CommanderError, typed: readonly string[]): IpctlError {
  const noun = typed[0] === undefined ? undefined : nounOf(typed[0]);
  const known = noun !== undefined && Object.hasOwn(nouns, noun);
  if (error.code === 'commander.unknownCommand') return unknownCommand(typed[known ? 1 : 0] ?? '', known ? noun : undefined);
  const [sentence = ''] = error.message.replace(/^error: /, '').split('\n');
  const message = sentence.replace(/'(--[^'=]+)=[^']*'/, "'$1'").replace(/\.$/, '');
  const flag = error.code === 'commander.unknownOption' ? /'(--[^']+)'/.exec(message)?.[1] : undefined;
  const meant = flag === undefined ? undefined : nearest(flag, flagNames(known ? rowAt(noun, typed[1]) : undefined));
  const where = known ? `${typed.slice(0, 2).join(' ')} ` : '';
  return usage(message, meant === undefined ? `see ipctl ${where}--help` : `did you mean ${meant}?`);
}

/** What may be typed behind a command, secrets left out: they are refused. */
function flagNames(row: Row | undefined): readonly string[] {
  const flags = { ...globalFlags, ...row?.flags, ...(row?.changes === true ? changeFlags : {}) };
  const options = row?.needs === undefined ? [] : providerIds.flatMap((id) => optionNames(id));
  return [...Object.keys(flags).map((name) => `--${name}`), '--help', ...options];
}

const optionNames = (id: ProviderId): readonly string[] =>
  Object.entries(providers[id].manifest.options as Record<string, OptionSpec>).flatMap(([name, spec]) =>
    spec.kind === 'secret' ? [] : [flagName(id, name)],
  );
