/** Noun and verb of a line, told from argv alone: what help and completion go by, and Commander is not loaded for. */
import { IpctlError } from '../domain/errors.js';
import { nearest } from '../domain/nearest.js';
import { flagName, type OptionSpec } from '../domain/option.js';
import { providerIds, providers } from '../providers/registry.js';
import { globalFlags, nounAliases, nouns, type Row, rowAt, rows } from './commands.js';
import type { FlagSet, FlagSpec } from './flags.js';
import { asksAlone, isHelp } from './help/asked.js';

export const usage = (message: string, hint?: string): IpctlError => new IpctlError('usage', message, { fate: 'not-sent', hint });

/** A word that was typed for a noun. */
export const nounOf = (word: string): string => (Object.hasOwn(nounAliases, word) ? (nounAliases[word] ?? word) : word);

/** `--<provider>-…`, known or not. */
export const isProviderFlag = (word: string): boolean => providerIds.some((id) => word.startsWith(`--${id}-`));

/** A provider's option that says yes or no: its value may be left out. */
export const isSwitch = (flag: string): boolean =>
  providerIds.some((id) => {
    const options: Readonly<Record<string, OptionSpec>> = providers[id].manifest.options;
    const name = flag.slice(flagName(id, '').length);
    return flag === flagName(id, name) && Object.hasOwn(options, name) && options[name]?.kind === 'boolean';
  });

/**
 * With each flag whose value may be left out in the one form that needs no guess: `--debug=true`, `--otc-virtual=false`. A switch
 * of a provider takes `true` or `false` for its value when that is the next word, and no other word.
 */
export function settled(argv: readonly string[]): readonly string[] {
  const words: string[] = [];
  for (let index = 0; index < argv.length; index += 1) {
    const word = argv[index] ?? '';
    if (word === '--') return [...words, ...argv.slice(index)];
    if (word === '--debug') words.push('--debug=true');
    else if (isSwitch(word)) {
      const next = argv[index + 1] ?? '';
      const said = next === 'true' || next === 'false';
      words.push(`${word}=${said ? next : 'true'}`);
      if (said) index += 1;
    } else words.push(word);
  }
  return words;
}

/** The noun and the verb of settled words: the first that are neither flags nor their values. */
export function wordsIn(argv: readonly string[]): readonly string[] {
  const words: string[] = [];
  for (let index = 0; index < argv.length && words.length < 2; index += 1) {
    const word = argv[index] ?? '';
    if (word === '--') break;
    if (!word.startsWith('-') || word === '-') {
      words.push(word);
      continue;
    }
    if (takesNext(word)) index += 1;
  }
  return words;
}

/** Whether the value of a flag is the word behind it. */
function takesNext(word: string): boolean {
  const flags = Object.entries(globalFlags as FlagSet);
  const takes = (spec: FlagSpec | undefined): boolean => spec !== undefined && !/^(switch|optional)$/.test(spec.type);
  if (word.startsWith('--')) {
    const spec = flags.find(([name]) => word === `--${name}`)?.[1];
    return spec === undefined ? isProviderFlag(word) && !word.includes('=') : takes(spec);
  }
  // Letters in one word: what follows one that takes a value is that value.
  const taking = [...word.slice(1)].map((letter) => takes(flags.find(([, { short }]) => letter === short)?.[1]));
  return taking.length > 0 && taking.indexOf(true) === taking.length - 1;
}

/** What help is asked about, nothing, a noun, or a noun and its verb; `usage` for a word that is none. */
export function helpedWith([first, verb]: readonly string[]): readonly string[] {
  if (first === undefined) return [];
  const noun = nounOf(first);
  if (!Object.hasOwn(nouns, noun)) throw unknownCommand(first, undefined);
  if (verb === undefined || rowAt(noun, undefined) !== undefined) return [noun];
  if (rowAt(noun, verb) === undefined) throw unknownCommand(verb, noun);
  return [noun, verb];
}

/** What a line of nothing but words and `--help` asks about; undefined for any other line. */
export const helpAsked = (argv: readonly string[]): readonly string[] | undefined =>
  asksAlone(argv) ? helpedWith(argv.filter((word) => !isHelp(word))) : undefined;

/** Within a noun a verb, else a noun; a verb that was typed without its noun is looked for among all. */
export function unknownCommand(word: string, noun: string | undefined): IpctlError {
  const own = (rows as readonly Row[]).filter(({ words }) => words.split(' ')[0] === noun);
  const spellings = new Map(
    own.flatMap(({ words, aliases }) => [words.split(' ')[1] ?? '', ...(aliases ?? [])].map((name) => [name, words])),
  );
  const found = noun === undefined ? nearest(word, Object.keys(nouns)) : spellings.get(nearest(word, spellings.keys()) ?? '');
  const whole = noun === undefined ? (rows as readonly Row[]).filter((row) => rowAt(row.words.split(' ')[0] ?? '', word) === row) : [];
  const meant = whole.length > 0 ? whole.map(({ words }) => words) : found === undefined ? [] : [found];
  const where = noun === undefined ? '' : `${noun} `;
  return usage(
    `unknown command '${word}'`,
    meant.length === 0 ? `see ipctl ${where}--help` : `did you mean ${meant.map((words) => `ipctl ${words}`).join(' or ')}?`,
  );
}

/** The text of a flag that takes one, the last if it was typed several times; for lines that are not parsed. */
export const typedValue = (argv: readonly string[], name: string, short?: string): string | undefined =>
  argv
    .flatMap((word, index) => {
      if (word === `--${name}` || (short !== undefined && word === `-${short}`)) return [argv[index + 1] ?? ''];
      if (word.startsWith(`--${name}=`)) return [word.slice(name.length + 3)];
      return short !== undefined && word.startsWith(`-${short}`) && !word.startsWith('--') ? [word.slice(2)] : [];
    })
    .at(-1);
