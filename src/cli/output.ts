/**
 * What a command hands back: how to print it, and the error it ends with although there is something to print. And the flags
 * that say how: refused where they would mean nothing, before anything is done.
 */
import { IpctlError, type Kind } from '../domain/errors.js';
import { columnsOf, type Format, type PrintSettings, printList, printOne, sortKeysOf } from '../render/print.js';
import { json } from '../render/text.js';
import type { View } from '../render/views.js';
import { type Row, rows } from './commands.js';
import type { Intent } from './intent.js';

export interface Output {
  /** Prints the same when it is asked again. */
  print(settings: PrintSettings): Promise<void>;
  readonly failed?: IpctlError | undefined;
  /** What was changed, and stays so when its result cannot be shown. */
  readonly stands?: Standing | undefined;
}

export interface Standing {
  /** `allocate 203.0.113.7`, one for each. */
  readonly done: readonly string[];
  /** Ids of recorded operations. */
  readonly operations: readonly string[];
}

/** The error of a command whose work is done although `kind` kept its result from being shown. A failure of the work itself remains what it is. */
export function unshown(kind: Kind, why: string, hint: string | undefined, { failed, stands }: Output): IpctlError {
  const { done, operations } = stands ?? { done: [], operations: [] };
  const [only, ...others] = operations;
  const record = only === undefined ? undefined : others.length > 0 ? 'ipctl operation list' : `ipctl operation show ${only}`;
  const said = done.length === 0 ? why : `${why.replace(/\.$/, '')}; what was done stands: ${done.join(', ')}`;
  const way = [failed?.details.hint, hint ?? record].flatMap((each) => each ?? []).join('; ');
  if (failed !== undefined) return new IpctlError(failed.kind, `${failed.message}; ${said}`, { ...failed.details, hint: way || undefined });
  return new IpctlError(kind, said, {
    hint: way || undefined,
    operation: { id: only !== undefined && others.length === 0 ? only : null, state: 'applied' },
  });
}

export const list = <T>(view: View<T>, items: AsyncIterable<T> | Iterable<T>): Output => ({
  print: (settings) => printList(view, items, settings),
});

export const one = <T>(view: View<T>, item: T): Output => ({ print: (settings) => printOne(view, item, settings) });

/** For a person nothing needs to be said; a script that asked for a format gets the record. */
export const silent = <T>(view: View<T>, item: T): Output => ({
  print: async (settings) => {
    if (settings.format !== 'table') await printOne(view, item, settings);
  },
});

/** Text that is no record: a script, a word. In JSON it is a text under `name`. */
export const text = (name: string, content: string): Output => ({
  print: (settings) =>
    settings.write(settings.format === 'json' || settings.format === 'jsonl' ? `${json({ [name]: content })}\n` : content),
});

/** A JSON document that is no record: shown as JSON also to a person. `usage` for formats of rows, before anything is printed. */
export const document = (value: unknown): Output => ({
  print: (settings) => {
    if (settings.format === 'jsonl') return settings.write(`${json(value)}\n`);
    if (settings.format === 'json' || settings.format === 'table') return settings.write(`${json(value, 2)}\n`);
    throw new IpctlError('usage', `-o ${settings.format}: this is a document, not rows`, {
      fate: 'not-sent',
      hint: 'with -o json, jsonl or yaml, or --query',
    });
  },
});

// biome-ignore lint/suspicious/noExplicitAny: a view is contravariant in its record, and only its names are read here
type AnyView = View<any>;

/** `usage` for a flag that means nothing here, or names what is not there. What a variable set is for every command, and is passed over. */
export function checkOutputFlags({ words, global, variables }: Intent, view: AnyView | undefined): void {
  const typed = (name: 'columns' | 'sort' | 'raw' | 'no-header' | 'query'): boolean =>
    global[name] !== undefined && global[name] !== false && !variables.includes(name);
  const refuse = (flag: string, why: string, hint?: string): never => {
    throw new IpctlError('usage', `--${flag}: ${why}`, { fate: 'not-sent', hint });
  };
  const format: Format = global.output ?? 'table';
  const queried = global.query !== undefined;
  const several = showsSeveral(words);
  if (view !== undefined) {
    columnsOf(view, global.columns);
    sortKeysOf(view, global.sort);
  } else if (typed('columns') || typed('sort')) {
    refuse(typed('columns') ? 'columns' : 'sort', 'this command shows no records');
  }
  if (typed('sort') && !several) refuse('sort', 'this command shows one record');
  if (typed('columns') && typed('query')) refuse('columns', '--query chooses by itself what is shown');
  if (typed('raw') && view?.hasRaw !== true) refuse('raw', 'no object of a provider stands behind this');
  if (typed('raw') && !queried && !/^(json|jsonl|yaml)$/.test(format)) {
    refuse('raw', `${format} has no place for the provider’s objects`, 'with -o json, jsonl or yaml, or --query');
  }
  if (typed('no-header') && !(/^(csv|tsv)$/.test(format) || (format === 'table' && (several || queried)))) {
    refuse('no-header', `there is no header to leave out${format === 'table' ? '' : ` of ${format}`}`);
  }
}

/** Whether the result may be more than one record. */
function showsSeveral(words: Intent['words']): boolean {
  const row: Row | undefined = rows.find((candidate) => candidate.words === words);
  return row?.changes === true || /^(provider show|doctor)$| (list|journal|serve)$/.test(words);
}
