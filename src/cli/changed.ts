/** The output of a command that changes something, apart from the rest: what only reads does not load how a change is made. */
import type { AnyIp, Change } from '../domain/change.js';
import { summary } from '../operations/change.js';
import { changeView } from '../render/change-view.js';
import { printList, printOne } from '../render/print.js';
import { json, plain } from '../render/text.js';
import type { View } from '../render/views.js';
import { errorObject } from './exit.js';
import type { Output, Standing } from './output.js';

/** The view of a mutation's results. */
export const changesOf = <T extends AnyIp>(view: View<T>): View<Change<T>> => changeView(view, errorObject);

/** `many`: several were asked for, so JSON is an array even of one. `what`: plural, for the error that sums up failures. */
export function changed<T extends AnyIp>(view: View<Change<T>>, changes: readonly Change<T>[], many: boolean, what: string): Output {
  const failed = summary(changes, what);
  // stdout is empty on every failure but those that leave something behind; of several that were stopped each tells for itself.
  const tells = failed === undefined || ['partial', 'timeout', 'unknown'].includes(failed.kind);
  const shown = tells || (many && changes.some((change) => change.changed !== false)) ? changes : [];
  return {
    failed,
    stands: standing(changes),
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

/** Undefined where nothing was changed. */
function standing(changes: readonly Change<AnyIp>[]): Standing | undefined {
  const made = changes.filter(({ changed, planned }) => planned === null && changed !== false);
  if (made.length === 0) return undefined;
  return {
    done: made.flatMap(({ action, ip }) => (ip === null ? [] : [`${action} ${ip.address ?? ip.id}`])),
    operations: [...new Set(made.flatMap(({ operation }) => operation ?? []))],
  };
}

/** What a dry run would have sent, for a person. */
const plan = <T extends AnyIp>({ planned }: Change<T>): string =>
  (planned ?? [])
    .map(({ request: { method, url, body } }) => `${method} ${plain(url)}\n${body === undefined ? '' : `  ${json(body)}\n`}`)
    .join('');
