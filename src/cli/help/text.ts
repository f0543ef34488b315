/** Help on a terminal: at most 80 columns, whatever the terminal's width, so that it reads the same everywhere. */

import { type ProviderId, providerIds, providers } from '../../providers/registry.js';
import { plain } from '../../render/text.js';
import { nouns, type Row } from '../commands.js';
import { type CommandHelp, globalOptions, type OptionHelp, program, rowsOf } from './describe.js';
import { type Section, type Topic, topicNames, topicSummaries } from './topics.js';

const WIDTH = 80;
/** Of the column of terms: a longer one has a line of its own. */
const TERM = 24;

export interface Line {
  readonly term: string;
  readonly help: string;
}

/** Broken at spaces; a word that is wider than the line stays whole. */
const wrapped = (text: string, width: number): readonly string[] => filled(text.split(' '), width);

function filled(words: readonly string[], width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** Terms in one column, what they mean in the next. */
function columns(lines: readonly Line[]): string {
  const width = Math.min(TERM, Math.max(0, ...lines.map(({ term }) => term.length)));
  const indent = ' '.repeat(width + 4);
  return lines
    .map(({ term, help }) => {
      const [first = '', ...rest] = wrapped(help, WIDTH - indent.length);
      const start = term.length > width ? `  ${term}\n${indent}${first}` : `  ${term.padEnd(width)}  ${first}`;
      return [start.trimEnd(), ...rest.map((line) => `${indent}${line}`)].join('\n');
    })
    .join('\n');
}

const block = (title: string, lines: readonly Line[]): string => (lines.length === 0 ? '' : `\n${title}:\n${columns(lines)}\n`);
const paragraph = (text: string): string => `${wrapped(text, WIDTH).join('\n')}\n`;
const sentence = (text: string): string => paragraph(/[.?!]$/.test(text) ? text : `${text}.`);

/** A usage line that is too long goes on under its arguments. */
function usage(text: string): string {
  const [first = '', ...rest] = wrapped(text, WIDTH - 4);
  return `\nUsage:\n  ${first}\n${rest.map((line) => `      ${line}\n`).join('')}`;
}

/** Words of a shell: what is quoted stays together. */
const shellWords = (line: string): readonly string[] => line.match(/(?:'[^']*'|"[^"]*"|\S)+/g) ?? [];

/** To be copied: broken only where the shell reads on. */
function examples(lines: readonly string[]): string {
  const shown = lines.map((line) => {
    // Two columns for the backslash.
    const [first = '', ...rest] = line.length <= WIDTH - 2 ? [line] : filled(shellWords(line), WIDTH - 8);
    return [`  ${first}`, ...rest.map((more) => `      ${more}`)].join(' \\\n');
  });
  return `\nExamples:\n${shown.join('\n')}\n`;
}

const defaulted = ({ help, default: value }: OptionHelp): string => (value === null || value === '' ? help : `${help} (default ${value})`);

function optionLine(option: OptionHelp): Line {
  const name = option.short === null ? option.name : `${option.short}, ${option.name}`;
  const value = option.value === null ? '' : option.optional ? `[=${option.value}]` : ` ${option.value}`;
  const repeated = option.type === 'list' ? '...' : '';
  return { term: `${name}${value}${repeated}`, help: defaulted(option) };
}

/** The profile in use: of all options of providers its own are shown. */
export interface Shown {
  readonly profile: string;
  readonly provider: ProviderId;
}

function optionBlocks(options: readonly OptionHelp[], shown: Shown | undefined): string {
  const of = (group: string): readonly Line[] => options.filter((option) => option.group === group).map(optionLine);
  return [
    block('Options', of('command')),
    ...providerIds
      .filter((id) => shown === undefined || id === shown.provider)
      .map((id) => block(`Options of ${providers[id].manifest.title}`, of(id))),
    block('Options of every change', of('change')),
    block('Global options', of('global')),
  ].join('');
}

/** Where the options of providers are that are not shown. */
function elsewhere(shown: Shown | undefined): string {
  if (shown === undefined) return 'Options of a provider that are not listed: ipctl provider show PROVIDER';
  const { title } = providers[shown.provider].manifest;
  return `Shown for profile ${plain(shown.profile)} (${title}). Options that are not listed, and those of other providers: ipctl provider show PROVIDER`;
}

export function commandText(command: CommandHelp, worksOnProfile: boolean, shown?: Shown): string {
  const codes = command.exitCodes.map(({ code, kind }) => `${code} ${kind}`);
  const listed = codes.map((code, index) => (index === codes.length - 1 ? code : `${code},`));
  return [
    sentence(command.summary),
    command.about === null ? '' : `\n${paragraph(command.about)}`,
    usage(command.usage),
    block(
      'Arguments',
      command.arguments.map(({ name, variadic, help }) => ({ term: variadic ? `${name}...` : name, help })),
    ),
    optionBlocks(command.options, shown),
    worksOnProfile ? `\n${paragraph(elsewhere(shown))}` : '',
    examples(command.examples),
    `\nExit codes:\n${filled(listed, WIDTH - 2)
      .map((line) => `  ${line}\n`)
      .join('')}  what each means: ipctl help exit-codes\n`,
  ].join('');
}

const verbOf = ({ words }: Row): string => words.split(' ')[1] ?? '';

/** `servers: list, show`. */
function withVerbs(noun: string): string {
  const verbs = rowsOf(noun)
    .map(verbOf)
    .filter((verb) => verb !== '');
  return verbs.length === 0 ? (nouns[noun] ?? '') : `${nouns[noun]}: ${verbs.join(', ')}`;
}

export function nounText(noun: string): string {
  const about = nouns[noun] ?? '';
  return [
    sentence(`${about.slice(0, 1).toUpperCase()}${about.slice(1)}`),
    usage(`ipctl ${noun} VERB [arguments] [options]`),
    block(
      'Verbs',
      rowsOf(noun).map((row) => ({ term: verbOf(row), help: row.summary })),
    ),
    `\nMore of a verb, with examples: ipctl help ${noun} VERB\n`,
  ].join('');
}

/** Of the table alone: all that is known of each command is not made for it. */
export const programText = (): string =>
  [
    sentence(program.summary),
    usage(program.usage),
    block(
      'Nouns',
      Object.keys(nouns).map((noun) => ({ term: noun, help: withVerbs(noun) })),
    ),
    block('Global options', globalOptions().map(optionLine)),
    block(
      'Topics (ipctl help TOPIC)',
      topicNames.map((name) => ({ term: name, help: topicSummaries[name] })),
    ),
    examples(program.examples),
  ].join('');

const sectionText = ({ title, text, rows }: Section): string =>
  `${title}:\n${text
    .map(
      (each) =>
        `${wrapped(each, WIDTH - 2)
          .map((line) => `  ${line}\n`)
          .join('')}`,
    )
    .join('')}${rows.length === 0 ? '' : `${text.length === 0 ? '' : '\n'}${columns(rows)}\n`}`;

export const topicText = ({ sections }: Topic): string => sections.map(sectionText).join('\n');
