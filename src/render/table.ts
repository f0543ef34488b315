/** Tables for people: no lines, two spaces between columns, cut or broken to the terminal's width. */
import { Chalk, type ChalkInstance } from 'chalk';
import Table, { type TableConstructorOptions } from 'cli-table3';
import stringWidth from 'string-width';
import { plain } from './text.js';
import type { Cell } from './views.js';

export interface TableSettings {
  readonly header: boolean;
  readonly width?: number | undefined;
  readonly color: boolean;
  /** Columns to do without before an id is cut, the least needed first. */
  readonly spare?: readonly string[] | undefined;
}

const NARROWEST = 6;
const NARROWEST_OF_ALL = 4;
const SHORTEST_LINE = 24;
const GAP = 2;
const NO_LINES = Object.fromEntries(
  [
    'top',
    'top-mid',
    'top-left',
    'top-right',
    'bottom',
    'bottom-mid',
    'bottom-left',
    'bottom-right',
    'left',
    'left-mid',
    'mid',
    'mid-mid',
    'right',
    'right-mid',
  ].map((part) => [part, '']),
);

/** Rows drawn in one go: what the library needs to lay out a table grows faster than its rows. */
const STRETCH = 250;

export function table(
  columns: readonly string[],
  rows: readonly (readonly Cell[])[],
  { header, width, color, spare = [] }: TableSettings,
): string {
  const chalk = new Chalk({ level: color ? 1 : 0 });
  const titles = columns.map((name) => plain(name.toUpperCase()));
  const measured = titles.map((title, index) =>
    rows.reduce((widest, row) => Math.max(widest, widthOf(textOf(row[index] ?? null))), header ? widthOf(title) : 0),
  );
  const gone = width === undefined ? [] : dispensable(columns, measured, width, spare);
  if (gone.length > 0) {
    const kept = [...columns.keys()].filter((index) => !gone.includes(columns[index] ?? ''));
    const of = <T>(all: readonly T[]): T[] => kept.flatMap((index) => all.slice(index, index + 1));
    return table(of(columns), rows.map(of), { header, width, color });
  }
  const widths = width === undefined ? measured : fitted(columns, measured, width);
  const settings: TableConstructorOptions = {
    chars: { ...NO_LINES, middle: ' '.repeat(GAP) },
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true },
    colWidths: widths,
    colAligns: columns.map((_, index) =>
      rows.length > 0 &&
      rows.every((row) => typeof row[index] === 'number' || row[index] === null) &&
      rows.some((row) => row[index] !== null)
        ? 'right'
        : 'left',
    ),
  };
  let text = '';
  for (let first = 0; first === 0 || first < rows.length; first += STRETCH) {
    const head = header && first === 0 ? { head: titles.map((title) => chalk.bold(title)) } : {};
    const drawn = new Table({ ...settings, ...head });
    for (const row of rows.slice(first, first + STRETCH))
      drawn.push(
        row.map((cell, index) => {
          const column = columns[index] ?? '';
          return SENTENCES.has(column) ? broken(textOf(cell), widths[index] ?? 0) : paint(chalk, column, textOf(cell));
        }),
      );
    text += `${drawn
      .toString()
      .split('\n')
      .map((line) => line.trimEnd())
      .join('\n')}\n`;
  }
  return text;
}

const textOf = (cell: Cell): string => (cell === null ? '-' : plain(String(cell)));
/** Most cells are of characters that are one column wide, as can be seen without a look at each. */
const widthOf = (text: string): number => (/^[ -~]*$/.test(text) ? text.length : stringWidth(text));

/** Never cut: half an address is another address, half a time is none, and so is half a flag or half a word of a closed list. */
const WHOLE: ReadonlySet<string> = new Set([
  'address',
  'addresses',
  'private-address',
  'cidr',
  'made',
  'state',
  'used-by',
  'kind',
  'action',
  'changed',
  'error',
  'verb',
  'method',
  'option',
  'capability',
  'started',
  'created',
  'updated',
  'expires',
  'at',
]);
/** Cut only when nothing else gives way. */
const IDS: ReadonlySet<string> = new Set(['id', 'operation', 'port', 'ports', 'network', 'subnet', 'project', 'account', 'url', 'docs']);
/** Sentences are broken into lines, not cut. */
const SENTENCES: ReadonlySet<string> = new Set(['about']);

const isWord = (name: string): boolean => !WHOLE.has(name) && !IDS.has(name) && !SENTENCES.has(name);
interface Giving {
  gives(name: string): boolean;
  /** How little it may be left with. */
  readonly least: number;
  /** Only where all fits afterwards: else it would be cut for nothing. */
  readonly inVain?: false;
}
/** What gives width, in this order. An id is what one copies: it gives last. */
const GIVING: readonly Giving[] = [
  { gives: (name) => SENTENCES.has(name), least: SHORTEST_LINE },
  { gives: isWord, least: NARROWEST },
  { gives: isWord, least: NARROWEST_OF_ALL, inVain: false },
  { gives: (name) => IDS.has(name), least: NARROWEST },
];

const excessOf = (widths: readonly number[], width: number): number =>
  widths.reduce((sum, each) => sum + each, 0) + GAP * (widths.length - 1) - width;

/** As many of `spare` as have to go for the others to keep their ids, and names of some length. */
function dispensable(columns: readonly string[], measured: readonly number[], width: number, spare: readonly string[]): readonly string[] {
  const least = (name: string, wanted: number): number =>
    isWord(name) ? Math.min(wanted, NARROWEST) : SENTENCES.has(name) ? Math.min(wanted, SHORTEST_LINE) : wanted;
  const isTight = (gone: readonly string[]): boolean => {
    const kept = columns.flatMap((name, index) => (gone.includes(name) ? [] : [least(name, measured[index] ?? 0)]));
    return excessOf(kept, width) > 0;
  };
  const present = spare.filter((name) => columns.includes(name));
  const enough = [...present.keys(), present.length].find((count) => !isTight(present.slice(0, count)));
  return present.slice(0, enough);
}

/** Takes width from the widest column that may give until all fit; from addresses never. */
function fitted(columns: readonly string[], measured: readonly number[], width: number): number[] {
  const widths = [...measured];
  for (const { gives, least, inVain } of GIVING) {
    const giving = columns.flatMap((name, index) => (gives(name) ? [index] : []));
    const most = giving.reduce((sum, index) => sum + Math.max(0, (widths[index] ?? 0) - least), 0);
    if (inVain === false && most < excessOf(widths, width)) continue;
    while (excessOf(widths, width) > 0) {
      const widest = Math.max(...giving.map((index) => widths[index] ?? 0));
      const last = giving.findLast((index) => widths[index] === widest);
      if (last === undefined || widest <= least) break;
      widths[last] = widest - 1;
    }
  }
  return widths;
}

/** Lines of whole words, none wider than `width` unless a word is. */
function broken(text: string, width: number): string {
  const [first = '', ...words] = text.split(' ');
  const lines = [first];
  for (const word of words) {
    const longer = `${lines.at(-1)} ${word}`;
    if (stringWidth(longer) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines.join('\n');
}

const COLORS: Readonly<Record<string, 'green' | 'cyan' | 'yellow' | 'red'>> = {
  associated: 'green',
  used: 'green',
  active: 'green',
  applied: 'green',
  free: 'cyan',
  running: 'cyan',
  pending: 'yellow',
  building: 'yellow',
  unknown: 'yellow',
  partial: 'yellow',
  error: 'red',
};

/** Colour means a state, and nothing else. */
function paint(chalk: ChalkInstance, column: string, text: string): string {
  const color = column === 'state' && Object.hasOwn(COLORS, text) ? COLORS[text] : undefined;
  return color === undefined ? text : chalk[color](text);
}
