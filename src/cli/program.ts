/**
 * argv -> Intent. The table becomes Commander's commands: the nouns, then only the typed noun's verbs and the typed verb's
 * options, so that a start pays for one command and not for all. Every usage error ends here.
 */
import { Command, CommanderError, Option } from 'commander';
import { IpctlError } from '../domain/errors.js';
import { flagName, type OptionSpec, placeholder } from '../domain/option.js';
import { providerIds, providers } from '../providers/registry.js';
import { changeFlags, globalFlags, nounAliases, nouns, type Row, rows, type Words } from './commands.js';
import { type FlagSet, type FlagSpec, parseFlag, parseFlags, type Typed } from './flags.js';
import type { ChangeFlags, Globals, Intent } from './intent.js';

export type Parsed = { readonly is: 'intent'; readonly intent: Intent } | { readonly is: 'help'; readonly text: string };

const usage = (message: string, hint?: string): IpctlError => new IpctlError('usage', message, { fate: 'not-sent', hint });

/** Reads argv alone: no file, no variable but those of the global flags. */
export function parse(argv: readonly string[], env: Readonly<Record<string, string | undefined>>): Parsed {
  const typed = wordsIn(argv);
  const noun = typed[0] === undefined ? undefined : (nounAliases[typed[0]] ?? typed[0]);
  let intent: Intent | undefined;
  const output: string[] = [];
  const capture = (command: Command): Command =>
    command
      .exitOverride()
      .configureOutput({
        writeOut: (text) => output.push(text),
        writeErr: (text) => output.push(text),
        outputError: () => {},
        getOutHelpWidth: () => 100,
        getErrHelpWidth: () => 100,
      })
      .helpOption('-h, --help', 'show help')
      .helpCommand(false)
      .showSuggestionAfterError(true);

  const program = capture(new Command('ipctl'))
    .description('One command line for the IP addresses of every provider.')
    .usage('[options] NOUN VERB');
  addFlags(program, globalFlags);
  program.addOption(new Option('-V, --version', 'print the version'));
  program.addHelpText(
    'after',
    '\nStart here:\n  ipctl -p sandbox ip allocate     try it on the built-in sandbox\n  ipctl profile add --help         add your own cloud\n',
  );
  for (const [name, summary] of Object.entries(nouns)) {
    const own = rows.filter((row) => row.words.split(' ')[0] === name);
    const leaf = own.find((row) => row.words === name);
    const command = capture(program.command(name)).description(leaf?.summary ?? summary);
    if (name !== noun) {
      // Not the one that was typed: it stands in the list of nouns and nowhere else.
      command.allowUnknownOption().allowExcessArguments();
      continue;
    }
    if (typed[0] !== undefined && typed[0] !== name) command.alias(typed[0]);
    const finish = (row: Row, on: Command): void => {
      declare(row, on);
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
    for (const row of own as readonly Row[]) {
      const verb = row.words.split(' ')[1] ?? '';
      const on = capture(command.command(verb)).description(row.summary);
      const isTyped = typed[1] === verb || (row.aliases ?? []).includes(typed[1] ?? '');
      if (typed[1] !== undefined && isTyped && typed[1] !== verb) on.alias(typed[1]);
      if (isTyped) finish(row, on);
      else on.allowUnknownOption().allowExcessArguments();
    }
    addFlags(command, globalFlags, true);
  }

  try {
    // Bare `--debug` must not take the next word for its value.
    program.parse(
      argv.map((word) => (word === '--debug' ? '--debug=true' : word)),
      { from: 'user' },
    );
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown;
    if (!/^commander\.(help|helpDisplayed|version)$/.test(thrown.code)) throw commanderError(thrown, typed);
  }
  return intent === undefined ? { is: 'help', text: output.join('') } : { is: 'intent', intent };
}

/** The noun and the verb: the first words that are neither flags nor their values. */
function wordsIn(argv: readonly string[]): string[] {
  const words: string[] = [];
  for (let index = 0; index < argv.length && words.length < 2; index += 1) {
    const word = argv[index] ?? '';
    if (word === '--') break;
    if (!word.startsWith('-') || word === '-') {
      words.push(word);
      continue;
    }
    const spec = Object.entries(globalFlags as FlagSet).find(
      ([name, flag]) => word === `--${name}` || (flag.short !== undefined && word === `-${flag.short}`),
    )?.[1];
    if (spec !== undefined && spec.type !== 'switch' && spec.type !== 'optional') index += 1;
  }
  return words;
}

function declare(row: Row, on: Command): void {
  for (const argument of row.arguments ?? []) {
    const name = argument.variadic === true ? `${argument.name}...` : argument.name;
    on.argument(argument.required === true ? `<${name}>` : `[${name}]`, argument.help);
  }
  addFlags(on, row.flags);
  if (row.changes === true) addFlags(on, changeFlags);
  addFlags(on, globalFlags, true);
  if (row.needs !== undefined) {
    for (const id of providerIds) {
      for (const [name, spec] of Object.entries(providers[id].manifest.options as Record<string, OptionSpec>)) {
        const option = new Option(`${flagName(id, name)} <${placeholder(spec)}>`, spec.help);
        if (spec.on?.includes(row.words) !== true) option.hideHelp();
        on.addOption(option);
      }
    }
  }
  const own =
    row.changes === true || row.needs !== undefined ? '\nOptions of a provider that are not listed: ipctl provider show PROVIDER\n' : '';
  on.addHelpText('after', `\nExamples:\n${row.examples.map((line) => `  ${line}`).join('\n')}\n${own}\nGlobal options: ipctl --help\n`);
}

function addFlags(command: Command, flags: FlagSet, hidden = false): void {
  for (const [name, spec] of Object.entries(flags)) {
    const option = new Option(spelling(name, spec), spec.help);
    if (spec.type === 'list') option.argParser((value: string, before: string[] | undefined) => [...(before ?? []), value]);
    if (hidden) option.hideHelp();
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
    const variable = `IPCTL_${name.replaceAll('-', '_').toUpperCase()}`;
    const text = env[variable] ?? '';
    if (typed[name] !== undefined || text === '' || name === 'region') continue;
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
    options: row.needs === undefined ? {} : providerOptions(options),
  };
}

function providerOptions(options: Options): Record<string, Record<string, string>> {
  const given: Record<string, Record<string, string>> = {};
  for (const id of providerIds) {
    for (const [name, spec] of Object.entries(providers[id].manifest.options as Record<string, OptionSpec>)) {
      const value = options[camel(`${id}-${name}`)];
      if (value === undefined) continue;
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
  const [sentence = '', ...rest] = error.message.replace(/^error: /, '').split('\n');
  const suggestion = rest.find((line) => line.startsWith('(Did you mean'))?.replace(/^\(|\)$/g, '');
  const known = typed[0] !== undefined && Object.hasOwn(nouns, nounAliases[typed[0]] ?? typed[0]);
  const where = known ? typed.slice(0, error.code === 'commander.unknownCommand' ? 1 : 2).join(' ') : '';
  const message = sentence.replace(/'(--[^'=]+)=[^']*'/, "'$1'").replace(/\.$/, '');
  return usage(message, suggestion ?? `see ipctl ${where}${where === '' ? '' : ' '}--help`);
}
