/**
 * Any JSON value in every format: what `--query` leaves of a result, and what YAML is made of. A command is asked for JSON,
 * and what it writes is taken as a value before it is printed, so that no command knows of either.
 */
import { type Format, type PrintSettings, printGrid } from './print.js';
import type { Query } from './query.js';
import { json } from './text.js';
import type { Cell } from './views.js';

/** `settings` for the command, which print its JSON as `format` once `query` has been applied. */
export const answering = (settings: PrintSettings, format: Format, query: Query): PrintSettings => ({
  ...settings,
  format: 'json',
  whole: true,
  write: (document) => printValue(query(JSON.parse(document)), format, settings),
});

/**
 * json, yaml: the value. jsonl: a line for each element of a list, else one. The others: objects become rows under their own
 * keys, lists of lists rows without a header, anything else one a line; what is nested stands in its cell as JSON.
 */
export async function printValue(value: unknown, format: Format, settings: PrintSettings): Promise<void> {
  switch (format) {
    case 'json':
      return settings.write(`${json(value, 2)}\n`);
    case 'yaml': {
      const { yaml } = await import('./yaml.js');
      return settings.write(yaml(value));
    }
    case 'jsonl':
      for (const each of Array.isArray(value) ? value : [value]) await settings.write(`${json(each)}\n`);
      return;
    default: {
      if (format === 'table' && isObject(value)) {
        const rows = Object.entries(value).map(([name, each]) => [name, cellOf(each)]);
        return void (await printGrid({ columns: ['field', 'value'], rows }, { ...settings, format, header: false, width: undefined }));
      }
      const items: readonly unknown[] = Array.isArray(value) ? value : [value];
      if (items.length > 0 && items.every(isObject)) {
        const columns = [...new Set(items.flatMap((item) => Object.keys(item)))];
        const rows = items.map((item) => columns.map((name) => cellOf(item[name] ?? null)));
        return void (await printGrid({ columns, rows }, { ...settings, format }));
      }
      const rows = items.map((item) => (Array.isArray(item) ? item.map(cellOf) : [cellOf(item)]));
      const width = Math.max(0, ...rows.map(({ length }) => length));
      const columns = Array.from({ length: width }, (_, index) => String(index + 1));
      const even = rows.map((row) => columns.map((_, index) => row[index] ?? null));
      await printGrid({ columns, rows: even }, { ...settings, format, header: false });
    }
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const cellOf = (value: unknown): Cell => (typeof value === 'object' && value !== null ? json(value) : (value as Cell));
