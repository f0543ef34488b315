/** Tables for people: no lines, two spaces between columns, cut or broken to the terminal's width. */
import { Chalk, type ChalkInstance } from 'chalk';
import Table from 'cli-table3';
import stringWidth from 'string-width';
import { plain } from './text.js';
import type { Cell } from './views.js';

export interface TableSettings {
  readonly header: boolean;
  readonly width?: number | undefined;
  readonly color: boolean;
}

const NARROWEST = 6;
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

export function table(columns: readonly string[], rows: readonly (readonly Cell[])[], { header, width, color }: TableSettings): string {
  const chalk = new Chalk({ level: color ? 1 : 0 });
  const texts = rows.map((row) => row.map((cell) => (cell === null ? '-' : plain(String(cell)))));
  const titles = columns.map((name) => plain(name.toUpperCase()));
  const measured = columns.map((_, index) =>
    Math.max(...(header ? [stringWidth(titles[index] ?? '')] : []), ...texts.map((row) => stringWidth(row[index] ?? ''))),
  );
  const widths = width === undefined ? measured : fitted(columns, measured, width);
  const drawn = new Table({
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
    ...(header ? { head: titles.map((title) => chalk.bold(title)) } : {}),
  });
  for (const row of texts)
    drawn.push(
      row.map((text, index) => {
        const column = columns[index] ?? '';
        return SENTENCES.has(column) ? broken(text, widths[index] ?? 0) : paint(chalk, column, text);
      }),
    );
  return `${drawn
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')}\n`;
}

/** Never cut: half an address is another address, and half a flag or half a word of a closed list is none. */
const WHOLE: ReadonlySet<string> = new Set([
  'address',
  'addresses',
  'private-address',
  'cidr',
  'state',
  'action',
  'changed',
  'error',
  'option',
  'capability',
]);
/** Cut only when nothing else gives way. */
const IDS: ReadonlySet<string> = new Set(['id', 'operation', 'port', 'ports', 'network', 'subnet', 'project', 'account', 'url']);
/** Sentences are broken into lines, not cut. */
const SENTENCES: ReadonlySet<string> = new Set(['about']);

const isWord = (name: string): boolean => !WHOLE.has(name) && !IDS.has(name) && !SENTENCES.has(name);
/** What gives width, in this order, and how little it may be left with. */
const GIVING: readonly (readonly [gives: (name: string) => boolean, least: number])[] = [
  [(name) => SENTENCES.has(name), 24],
  [isWord, NARROWEST],
  [(name) => IDS.has(name), NARROWEST],
];

/** Takes width from the widest column that may give until all fit; from addresses never. */
function fitted(columns: readonly string[], measured: readonly number[], width: number): number[] {
  const widths = [...measured];
  const excess = (): number => widths.reduce((sum, each) => sum + each, 0) + GAP * (widths.length - 1) - width;
  for (const [gives, least] of GIVING) {
    const giving = columns.flatMap((name, index) => (gives(name) ? [index] : []));
    while (excess() > 0) {
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
