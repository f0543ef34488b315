/** Records to text, in the format asked for. Cells and JSON come from the same record; nothing here knows a provider. */
import { IpctlError } from '../domain/errors.js';
import { hintAt } from '../domain/nearest.js';
import { json, plain } from './text.js';
import { texts } from './texts.js';
import type { Cell, View } from './views.js';

export type Format = 'table' | 'json' | 'jsonl' | 'yaml' | 'csv' | 'tsv' | 'value';
export type RowFormat = 'table' | 'csv' | 'tsv' | 'value';

export interface PrintSettings {
  /** YAML is made of what is printed as JSON: `answering`. */
  readonly format: Exclude<Format, 'yaml'>;
  /** `a,b` replaces the view's own columns, `+a` adds one. */
  readonly columns?: string | undefined;
  readonly header: boolean;
  /** `a,-b` */
  readonly sort?: string | undefined;
  readonly raw: boolean;
  /** Width to fit a table in; undefined: as wide as it is, for files and pipes. */
  readonly width?: number | undefined;
  readonly color: boolean;
  /** A JSON document is handed over in one piece, where it is not written but taken as a value. */
  readonly whole?: true;
  /** Told of a table without rows: a terminal shows nothing, and a person may wonder. `plural`: of what there is none. */
  nothing?(plural: string): Promise<void>;
  /** Resolves when more may be written. */
  write(text: string): Promise<void>;
}

const usage = (message: string, hint: string): IpctlError => new IpctlError('usage', message, { fate: 'not-sent', hint });

/** The names of the columns to show. `usage` for one that the view does not have: asked before anything is done. */
export function columnsOf<T>(view: View<T>, wish: string | undefined): readonly string[] {
  if (wish === undefined) return view.defaults;
  const names = wish.split(',').map((name) => name.trim());
  const added = names.filter((name) => name.startsWith('+')).map((name) => name.slice(1));
  const chosen = names.filter((name) => !name.startsWith('+'));
  const all = [...new Set([...(chosen.length === 0 ? view.defaults : chosen), ...added])];
  for (const name of all) requireColumn(view, name);
  return all;
}

function requireColumn<T>(view: View<T>, name: string): void {
  if (!Object.hasOwn(view.columns, name)) {
    const names = Object.keys(view.columns);
    throw usage(`there is no column '${name}'`, hintAt(name, names, `columns: ${names.join(', ')}`));
  }
}

interface SortKey {
  readonly column: string;
  readonly sign: 1 | -1;
}

export function sortKeysOf<T>(view: View<T>, wish: string | undefined): readonly SortKey[] {
  if (wish === undefined) return [];
  return wish.split(',').map((part) => {
    const descending = part.startsWith('-');
    const column = descending ? part.slice(1) : part;
    requireColumn(view, column);
    return { column, sign: descending ? -1 : 1 };
  });
}

const textOf = (cell: Cell): string => (cell === null ? '' : plain(String(cell)));

function compare(one: Cell, other: Cell): number {
  if (one === other) return 0;
  // What is not known comes last.
  if (one === null) return 1;
  if (other === null) return -1;
  return one < other ? -1 : 1;
}

/** A list of records: an array in JSON, never null. jsonl and csv stream in the provider's order unless sorted. */
export async function printList<T>(view: View<T>, items: AsyncIterable<T> | Iterable<T>, settings: PrintSettings): Promise<void> {
  const columns = columnsOf(view, settings.columns);
  const keys = sortKeysOf(view, settings.sort);
  switch (settings.format) {
    case 'json':
      return printArray(await sortedTexts(view, items, keys, (item) => JSON.stringify(view.json(item, settings.raw))), settings);
    case 'jsonl': {
      const line = (item: T): string => json(view.json(item, settings.raw));
      await writeLines(keys.length === 0 ? formed(items, line) : await sortedTexts(view, items, keys, line), settings.write);
      return;
    }
    default: {
      const spare = settings.columns === undefined ? view.spare : [];
      const people = settings.format === 'table' ? view.forPeople : undefined;
      const row = (item: T): Cell[] => columns.map((name) => (people?.[name] ?? view.columns[name])?.(item) ?? null);
      const rows = settings.format === 'csv' && keys.length === 0 ? formed(items, row) : await sorted(view, items, keys, row);
      const shown = await printGrid({ columns, rows, spare }, { ...settings, format: settings.format });
      if (shown === 0 && settings.format === 'table' && view.plural !== undefined) await settings.nothing?.(view.plural);
    }
  }
}

type Rows<T> = AsyncIterable<T> | Iterable<T>;

const areToCome = <T>(items: Rows<T>): items is AsyncIterable<T> => Symbol.asyncIterator in items;

/** One by one as they are asked for. What is there already does not become something to be waited for. */
const formed = <T, R>(items: Rows<T>, form: (item: T) => R): Rows<R> =>
  areToCome(items) ? eachToCome(items, form) : eachThere(items, form);

async function* eachToCome<T, R>(items: AsyncIterable<T>, form: (item: T) => R): AsyncGenerator<R, void, undefined> {
  for await (const item of items) yield form(item);
}

function* eachThere<T, R>(items: Iterable<T>, form: (item: T) => R): Generator<R, void, undefined> {
  for (const item of items) yield form(item);
}

const INDENT = 2;
/** Elements written in one go: a text of all of a long list would be in memory three times before it is out. */
const STRETCH = 100;

/** A line that is still to come is written as it comes; those that are there already share a write. Resolves to their number. */
async function writeLines(lines: Rows<string>, write: PrintSettings['write']): Promise<number> {
  let count = 0;
  if (areToCome(lines)) {
    for await (const line of lines) {
      count += 1;
      await write(`${line}\n`);
    }
    return count;
  }
  let stretch = '';
  for (const line of lines) {
    count += 1;
    stretch += `${line}\n`;
    if (count % STRETCH !== 0) continue;
    await write(stretch);
    stretch = '';
  }
  if (stretch !== '') await write(stretch);
  return count;
}

/** The JSON of each element, as `json` would write an array of them. They are held without the white space of what is shown. */
async function printArray(elements: Iterable<string>, { whole, write }: PrintSettings): Promise<void> {
  const inner = ' '.repeat(INDENT);
  let stretch: string[] = [];
  let before = '[\n';
  const out = async (): Promise<void> => {
    await write(`${before}${stretch.join(',\n')}`);
    before = ',\n';
    stretch = [];
  };
  for (const element of elements) {
    if (whole !== true && stretch.length === STRETCH) await out();
    stretch.push(`${inner}${json(JSON.parse(element), INDENT).replaceAll('\n', `\n${inner}`)}`);
  }
  if (stretch.length === 0) return write('[]\n');
  stretch.push(`${stretch.pop()}\n]\n`);
  await out();
}

export interface Grid {
  readonly columns: readonly string[];
  readonly rows: AsyncIterable<readonly Cell[]> | Iterable<readonly Cell[]>;
  /** Columns that a table too wide for its terminal does without, the least needed first. */
  readonly spare?: readonly string[] | undefined;
}
export type GridSettings = Pick<PrintSettings, 'header' | 'width' | 'color' | 'write'> & { readonly format: RowFormat };

/** Cells under their columns; csv, tsv and value row by row as they come. Resolves to the number of rows. */
export async function printGrid({ columns, rows, spare }: Grid, { format, header, width, color, write }: GridSettings): Promise<number> {
  switch (format) {
    case 'csv':
      if (header) await write(`${columns.map(csvCell).join(',')}\n`);
      return writeLines(
        formed(rows, (row) => row.map(csvCell).join(',')),
        write,
      );
    case 'tsv':
    case 'value':
      if (header && format === 'tsv') await write(`${columns.map(textOf).join('\t')}\n`);
      return writeLines(
        formed(rows, (row) => row.map(textOf).join('\t')),
        write,
      );
    case 'table': {
      const all: (readonly Cell[])[] = [];
      for await (const row of rows) all.push(row);
      if (all.length === 0) return 0;
      const { table } = await import('./table.js');
      await write(table(columns, all, { header, width, color, spare }));
      return all.length;
    }
  }
}

/**
 * What `form` makes of each, in order. The records themselves are let go as they come: a provider's object is far larger than
 * what is shown of it.
 */
async function sorted<T, R>(
  view: View<T>,
  items: AsyncIterable<T> | Iterable<T>,
  keys: readonly SortKey[],
  form: (item: T) => R,
): Promise<R[]> {
  const all: { readonly cells: readonly Cell[]; readonly order: string; readonly formed: R }[] = [];
  for await (const item of items) {
    const cells = keys.map(({ column }) => view.columns[column]?.(item) ?? null);
    all.push({ cells, order: view.order(item), formed: form(item) });
  }
  all.sort((one, other) => {
    for (const [index, { sign }] of keys.entries()) {
      const order = compare(one.cells[index] ?? null, other.cells[index] ?? null);
      if (order !== 0) return order * sign;
    }
    return compare(one.order, other.order);
  });
  return all.map(({ formed }) => formed);
}

async function sortedTexts<T>(
  view: View<T>,
  items: AsyncIterable<T> | Iterable<T>,
  keys: readonly SortKey[],
  form: (item: T) => string,
): Promise<Iterable<string>> {
  const { keep, at } = texts();
  const order = await sorted(view, items, keys, (item) => keep(form(item)));
  return {
    *[Symbol.iterator]() {
      for (const index of order) yield at(index);
    },
  };
}

/** One record: an object in JSON; in a table a row for each field, and nothing of it cut. */
export async function printOne<T>(view: View<T>, item: T, settings: PrintSettings): Promise<void> {
  if (settings.format === 'json') return settings.write(`${json(view.json(item, settings.raw), 2)}\n`);
  if (settings.format !== 'table') return printList(view, [item], settings);
  const columns = settings.columns === undefined ? Object.keys(view.columns) : columnsOf(view, settings.columns);
  const rows = columns.map((name): Cell[] => [name, view.columns[name]?.(item) ?? null]);
  await printGrid({ columns: ['field', 'value'], rows }, { ...settings, format: 'table', header: false, width: undefined });
}

/** RFC 4180, and a cell that a spreadsheet would take for a formula is made text. A lone mark and a number are none. */
function csvCell(cell: Cell): string {
  const text = textOf(cell);
  if (/^[=+\-@\uff1d\uff0b\uff0d\uff20]./u.test(text) && !/^[+-]?\d+(\.\d+)?$/.test(text)) return quoted(`'${text}`);
  return /[",]/.test(text) ? quoted(text) : text;
}

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
