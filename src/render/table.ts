/** Tables for people: no lines, two spaces between columns, cut to the terminal's width with a mark. */
import { Chalk, type ChalkInstance } from 'chalk';
import Table from 'cli-table3';
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
  const titles = columns.map((name) => name.toUpperCase());
  const measured = columns.map((_, index) =>
    Math.max(...(header ? [displayWidth(titles[index] ?? '')] : []), ...texts.map((row) => displayWidth(row[index] ?? ''))),
  );
  const widths = width === undefined ? measured : fitted(measured, width);
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
  for (const row of texts) drawn.push(row.map((text, index) => paint(chalk, columns[index] ?? '', text)));
  return `${drawn
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')}\n`;
}

/** Takes width from the widest columns until all fit; the id goes before the address would. */
function fitted(measured: readonly number[], width: number): number[] {
  const widths = [...measured];
  const total = (): number => widths.reduce((sum, each) => sum + each, 0) + GAP * (widths.length - 1);
  while (total() > width) {
    const widest = Math.max(...widths);
    if (widest <= NARROWEST) break;
    widths[widths.lastIndexOf(widest)] = widest - 1;
  }
  return widths;
}

/** Terminal cells: East Asian wide characters and emoji take two, combining marks none. */
function displayWidth(text: string): number {
  let width = 0;
  for (const char of text) {
    if (/\p{Mark}/u.test(char)) continue;
    width += /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u.test(
      char,
    )
      ? 2
      : 1;
  }
  return width;
}

/** Colour means a state, and nothing else. */
function paint(chalk: ChalkInstance, column: string, text: string): string {
  if (column !== 'state') return text;
  if (text === 'associated' || text === 'active' || text === 'used') return chalk.green(text);
  if (text === 'pending' || text === 'building' || text === 'unknown') return chalk.yellow(text);
  if (text === 'error') return chalk.red(text);
  return text;
}
