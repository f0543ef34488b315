/**
 * Tables for people: no lines, two spaces between columns, fitted to the terminal's width. A name is cut; a sentence is broken
 * into lines; what is to be copied stays whole, on lines of its own below its row where there is no room beside the others.
 */
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
const SHORTEST_CHOICES = 12;
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
    return table(
      picked(columns, kept),
      rows.map((row) => picked(row, kept)),
      { header, width, color },
    );
  }
  const low = width === undefined ? [] : lowered(columns, measured, width);
  const upper = [...columns.keys()].filter((index) => !low.includes(columns[index] ?? ''));
  const of = <T>(all: readonly T[]): T[] => picked(all, upper);
  const names = of(columns);
  const widths = width === undefined ? of(measured) : fitted(names, of(measured), width);
  const settings: TableConstructorOptions = {
    chars: { ...NO_LINES, middle: ' '.repeat(GAP) },
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true },
    colWidths: widths,
    colAligns: upper.map((index) =>
      rows.length > 0 &&
      rows.every((row) => typeof row[index] === 'number' || row[index] === null) &&
      rows.some((row) => row[index] !== null)
        ? 'right'
        : 'left',
    ),
  };
  let text = '';
  for (let first = 0; first === 0 || first < rows.length; first += STRETCH) {
    const head = header && first === 0 ? { head: of(titles).map((title, index) => chalk.bold(cut(title, widths[index] ?? 0))) } : {};
    const drawn = new Table({ ...settings, ...head });
    const shapes: { readonly height: number; readonly below: readonly string[] }[] = [];
    for (const row of rows.slice(first, first + STRETCH)) {
      let height = 1;
      const below: string[] = [];
      const cells = names.map((column, index) => {
        const cell = textOf(row[upper[index] ?? 0] ?? null);
        const room = widths[index] ?? 0;
        if (!isBroken(column)) return paint(chalk, column, cut(cell, room));
        const lines = broken(column, cell, room);
        if (width !== undefined && lines.some((line) => widthOf(line) > room)) {
          below.push(...lowLines(column, cell, width));
          return '';
        }
        height = Math.max(height, lines.length);
        return lines.join('\n');
      });
      for (const column of low) {
        const cell = row[columns.indexOf(column)] ?? null;
        if (cell !== null) below.push(...lowLines(column, textOf(cell), width ?? 0));
      }
      shapes.push({ height, below });
      drawn.push(cells);
    }
    const lines = drawn
      .toString()
      .split('\n')
      .map((line) => line.trimEnd());
    let at = 0;
    const take = (count: number): readonly string[] => {
      at += count;
      return lines.slice(at - count, at);
    };
    const all = [...('head' in head ? take(1) : []), ...shapes.flatMap(({ height, below }) => [...take(height), ...below])];
    text += `${all.join('\n')}\n`;
  }
  return text;
}

const picked = <T>(all: readonly T[], at: readonly number[]): T[] => at.flatMap((index) => all.slice(index, index + 1));
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
  'action',
  'changed',
  'error',
  'default',
  'move',
  'status',
  'area',
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
/** Broken into lines, not cut, at the ends of words. */
const SENTENCES: ReadonlySet<string> = new Set(['about', 'detail', 'hint', 'title', 'options']);
/** The words of a closed list, broken behind a bar. */
const CHOICES: ReadonlySet<string> = new Set(['kind']);
/** What is there to be pasted stands below its row wherever not all fits beside each other. */
const PASTED: readonly string[] = ['hint', 'options'];
/** So do these where there is no room for them even when they are broken, in this order. */
const LOWERED: readonly string[] = ['about', 'kind', 'detail'];
/** What says so itself needs no name before it. */
const SPEAKING: ReadonlySet<string> = new Set(['about', 'detail', 'title']);

const isBroken = (name: string): boolean => SENTENCES.has(name) || CHOICES.has(name);
const isWord = (name: string): boolean => !WHOLE.has(name) && !IDS.has(name) && !isBroken(name);
/** How little a column that is broken into lines may be left with. */
const shortest = (name: string): number => (SENTENCES.has(name) ? SHORTEST_LINE : SHORTEST_CHOICES);
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
  { gives: (name) => CHOICES.has(name), least: SHORTEST_CHOICES },
  { gives: isWord, least: NARROWEST },
  { gives: isWord, least: NARROWEST_OF_ALL, inVain: false },
  { gives: (name) => IDS.has(name), least: NARROWEST },
];

const excessOf = (widths: readonly number[], width: number): number =>
  widths.reduce((sum, each) => sum + each, 0) + GAP * (widths.length - 1) - width;

/** As many of `spare` as have to go for the others to keep their ids, and names of some length. */
function dispensable(columns: readonly string[], measured: readonly number[], width: number, spare: readonly string[]): readonly string[] {
  const present = spare.filter((name) => columns.includes(name));
  return fewest(present, (gone) => !isTight(columns, measured, width, gone));
}

/** The columns that stand below their rows: as few as have to for the others to be beside each other. One stays. */
function lowered(columns: readonly string[], measured: readonly number[], width: number): readonly string[] {
  if (excessOf(measured, width) <= 0) return [];
  const first = PASTED.filter((name) => columns.includes(name));
  const present = [...first, ...LOWERED.filter((name) => columns.includes(name))].slice(0, columns.length - 1);
  return fewest(present, (low) => low.length >= first.length && !isTight(columns, measured, width, low));
}

/** Whether the columns but those `without` are too wide with each as narrow as it may be without loss, a name shortened. */
function isTight(columns: readonly string[], measured: readonly number[], width: number, without: readonly string[]): boolean {
  const least = (name: string, wanted: number): number =>
    isWord(name) ? Math.min(wanted, NARROWEST) : isBroken(name) ? Math.min(wanted, shortest(name)) : wanted;
  const kept = columns.flatMap((name, index) => (without.includes(name) ? [] : [least(name, measured[index] ?? 0)]));
  return excessOf(kept, width) > 0;
}

/** As few of `names`, from the first on, as are enough; all where none are. */
const fewest = (names: readonly string[], areEnough: (some: readonly string[]) => boolean): readonly string[] =>
  names.slice(
    0,
    [...names.keys(), names.length].find((count) => areEnough(names.slice(0, count))),
  );

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

/** Words that are typed as they stand: a line break within them would be typed too. */
const COMMAND = /^(?:ipctl|chmod) /;
const LOW_INDENT = '  ';

/** Lines that are no wider than `width` unless a word is. */
const broken = (column: string, text: string, width: number): readonly string[] =>
  CHOICES.has(column) ? joined(text.split(/(?<=\|)/), '', width) : joined(text.split(' '), ' ', width);

/** The lines of a cell below its row. A command that does not fit has its line to itself, and the terminal goes on with it. */
function lowLines(column: string, text: string, width: number): readonly string[] {
  const named = SPEAKING.has(column) ? text : `${column}: ${text}`;
  const room = width - LOW_INDENT.length;
  const clauses = column === 'hint' && widthOf(named) > room ? clausesOf(text) : [];
  const lines = clauses.some((clause) => COMMAND.test(clause))
    ? [`${column}:`, ...clauses.flatMap((clause) => (COMMAND.test(clause) ? [clause] : broken(column, clause, room)))]
    : broken(column, named, room);
  return lines.map((line, index) => `${LOW_INDENT}${index === 0 ? '' : LOW_INDENT}${line}`);
}

const clausesOf = (text: string): readonly string[] => text.split(/; |, (?=ipctl )/);

/** A sentence in lines that are no wider than `width` unless a word is; in one where there is no width to fit. */
export const lined = (text: string, width: number | undefined): readonly string[] =>
  width === undefined ? [plain(text)] : joined(plain(text).split(' '), ' ', width);

/** As many pieces to a line as fit. */
function joined([first = '', ...pieces]: readonly string[], between: string, width: number): readonly string[] {
  const lines = [first];
  for (const piece of pieces) {
    const longer = `${lines.at(-1)}${between}${piece}`;
    if (widthOf(longer) <= width) lines[lines.length - 1] = longer;
    else lines.push(piece);
  }
  return lines;
}

/** Whole characters, as a person counts them, and a mark where some are missing. */
function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let kept = '';
  let taken = 0;
  // Made where it is needed: it is not cheap.
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    taken += widthOf(segment);
    if (taken > width - 1) break;
    kept += segment;
  }
  return `${kept}…`;
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
