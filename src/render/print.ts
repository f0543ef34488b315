/** Records to text, in the format asked for. Cells and JSON come from the same record; nothing here knows a provider. */
import { IpctlError } from '../domain/errors.js';
import { json, plain } from './text.js';
import type { Cell, View } from './views.js';

export type Format = 'table' | 'json' | 'jsonl' | 'csv' | 'tsv' | 'value';

export interface PrintSettings {
  readonly format: Format;
  /** `a,b` replaces the view's own columns, `+a` adds one. */
  readonly columns?: string | undefined;
  readonly header: boolean;
  /** `a,-b` */
  readonly sort?: string | undefined;
  readonly raw: boolean;
  /** Width to fit a table in; undefined: as wide as it is, for files and pipes. */
  readonly width?: number | undefined;
  readonly color: boolean;
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
    throw usage(`there is no column '${name}'`, `columns: ${Object.keys(view.columns).join(', ')}`);
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
  const cellsOf = (item: T): Cell[] => columns.map((name) => view.columns[name]?.(item) ?? null);
  const streams = keys.length === 0 && (settings.format === 'jsonl' || settings.format === 'csv');
  const source = streams ? items : await sorted(view, items, keys);
  const header = settings.header && settings.format !== 'value';
  switch (settings.format) {
    case 'json': {
      const all: unknown[] = [];
      for await (const item of source) all.push(view.json(item, settings.raw));
      return settings.write(`${json(all, 2)}\n`);
    }
    case 'jsonl':
      for await (const item of source) await settings.write(`${json(view.json(item, settings.raw))}\n`);
      return;
    case 'csv':
      if (header) await settings.write(`${columns.map(csvCell).join(',')}\n`);
      for await (const item of source) await settings.write(`${cellsOf(item).map(textOf).map(csvCell).join(',')}\n`);
      return;
    case 'tsv':
    case 'value':
      if (header) await settings.write(`${columns.join('\t')}\n`);
      for await (const item of source) await settings.write(`${cellsOf(item).map(textOf).join('\t')}\n`);
      return;
    case 'table': {
      const rows: Cell[][] = [];
      for await (const item of source) rows.push(cellsOf(item));
      if (rows.length === 0) return;
      const { table } = await import('./table.js');
      return settings.write(table(columns, rows, { header: settings.header, width: settings.width, color: settings.color }));
    }
  }
}

async function sorted<T>(view: View<T>, items: AsyncIterable<T> | Iterable<T>, keys: readonly SortKey[]): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all.sort((one, other) => {
    for (const { column, sign } of keys) {
      const order = compare(view.columns[column]?.(one) ?? null, view.columns[column]?.(other) ?? null);
      if (order !== 0) return order * sign;
    }
    return compare(view.order(one), view.order(other));
  });
}

/** One record: an object in JSON; in a table a row for each field. */
export async function printOne<T>(view: View<T>, item: T, settings: PrintSettings): Promise<void> {
  if (settings.format === 'json') return settings.write(`${json(view.json(item, settings.raw), 2)}\n`);
  if (settings.format !== 'table') return printList(view, [item], settings);
  const columns = settings.columns === undefined ? Object.keys(view.columns) : columnsOf(view, settings.columns);
  const rows = columns.map((name): Cell[] => [name, view.columns[name]?.(item) ?? null]);
  const { table } = await import('./table.js');
  return settings.write(table(['field', 'value'], rows, { header: false, width: settings.width, color: settings.color }));
}

/** RFC 4180, and a cell that a spreadsheet would take for a formula is made text. */
function csvCell(text: string): string {
  const safe = /^[=+\-@]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
