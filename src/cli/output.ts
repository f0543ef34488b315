/** What a command hands back: how to print it, and the error it ends with although there is something to print. */
import type { AnyIp, Change } from '../domain/change.js';
import type { IpctlError } from '../domain/errors.js';
import { summary } from '../operations/change.js';
import { changeView } from '../render/change-view.js';
import { type PrintSettings, printList, printOne } from '../render/print.js';
import { json, plain } from '../render/text.js';
import type { View } from '../render/views.js';
import { errorObject } from './exit.js';

export interface Output {
  print(settings: PrintSettings): Promise<void>;
  readonly failed?: IpctlError | undefined;
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

/** The view of a mutation's results. */
export const changesOf = <T extends AnyIp>(view: View<T>): View<Change<T>> => changeView(view, errorObject);

/** `many`: several were asked for, so JSON is an array even of one. `what`: plural, for the error that sums up failures. */
export function changed<T extends AnyIp>(view: View<Change<T>>, changes: readonly Change<T>[], many: boolean, what: string): Output {
  const failed = summary(changes, what);
  // stdout is empty on every failure but those that leave something behind.
  const shown = failed === undefined || ['partial', 'timeout', 'unknown'].includes(failed.kind) ? changes : [];
  return {
    failed,
    async print(settings) {
      const [first] = shown;
      if (first === undefined) return;
      if (first.planned !== null && settings.format !== 'json' && settings.format !== 'jsonl')
        return settings.write(shown.map(plan).join(''));
      if (many || settings.format !== 'json') return printList(view, shown, settings);
      return printOne(view, first, settings);
    },
  };
}

/** What a dry run would have sent, for a person. */
const plan = <T extends AnyIp>({ planned }: Change<T>): string =>
  (planned ?? [])
    .map(({ request: { method, url, body } }) => `${method} ${plain(url)}\n${body === undefined ? '' : `  ${json(body)}\n`}`)
    .join('');
