/** What a mutation came to, and what a dry run would have sent. */
import type { AnyIp, Change } from '../domain/change.js';
import type { IpctlError } from '../domain/errors.js';
import type { Request } from '../domain/exchange.js';
import {
  anything,
  either,
  keysOf,
  listOf,
  mapOf,
  oneOf,
  orNull,
  recordNamed,
  type Schema,
  shape,
  structure,
  text,
  truth,
} from './shape.js';
import type { Column, View } from './views.js';

/** The values of a result's keys, its record and its error in JSON already. */
interface Told {
  readonly action: string;
  readonly changed: boolean | null;
  readonly operation: string | null;
  readonly ip: object | null;
  readonly error: object | null;
}
const key = keysOf<Told>();

export const mutationShape = shape<Told>(
  'What a mutation came to, for one address. changed: false when nothing had to be done, null when it cannot be known.',
  {
    action: key(text, (change) => change.action),
    changed: key(orNull(truth), (change) => change.changed),
    operation: key(orNull(text), (change) => change.operation),
    ip: key(orNull(either(recordNamed('ip'), recordNamed('privateip'))), (change) => change.ip),
    error: key(orNull(recordNamed('error')), (change) => change.error),
  },
);

const only = (value: unknown): { schema: Schema } => ({ schema: { const: value } });
const plan = keysOf<Pick<Told, 'action'> & { readonly requests: readonly Request[] }>();

export const dryRunShape = shape('What --dry-run would have sent. Ids that are not known yet stand in braces, secrets are masked.', {
  action: plan(text, ({ action }) => action),
  dryRun: plan(only(true), () => true),
  changed: plan(only(null), () => null),
  operation: plan(only(null), () => null),
  requests: plan(
    listOf(
      structure<{ method: Request['method']; url: string; headers: object; body: unknown }>({
        method: oneOf(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
        url: text,
        headers: mapOf(text),
        body: anything,
      }),
    ),
    ({ requests }) => requests.map(({ method, url, headers, body }) => ({ method, url, headers: headers ?? {}, body: body ?? null })),
  ),
});

/** A mutation's result: the columns of its record, and its own. */
export function changeView<T extends AnyIp>(view: View<T>, error: (error: IpctlError) => object): View<Change<T>> {
  const columns: Record<string, Column<Change<T>>> = {
    action: (change) => change.action,
    changed: (change) => change.changed,
    operation: (change) => change.operation,
    error: (change) => change.error?.kind ?? null,
    target: (change) => change.error?.details.target ?? null,
  };
  for (const [name, column] of Object.entries(view.columns)) columns[name] ??= ({ ip }) => (ip === null ? null : column(ip));
  return {
    columns,
    defaults: ['action', 'changed', ...view.defaults.filter((name) => name !== 'name' && name !== 'used-by')],
    // A target that failed has no record: what was typed says which it is.
    forPeople: { address: (change) => columns.address?.(change) ?? columns.target?.(change) ?? null },
    // Whoever reads a table has just typed it.
    spare: ['action'],
    // Results stand in the order asked for.
    order: () => '',
    json: ({ action, changed, operation, ip, error: failure, planned }, raw) =>
      planned === null
        ? mutationShape.json(
            {
              action,
              changed,
              operation,
              ip: ip === null ? null : (view.json(ip, raw) as object),
              error: failure === null ? null : error(failure),
            },
            raw,
          )
        : dryRunShape.json({ action, requests: planned.map(({ request }) => request) }, raw),
    schema: ['mutation', 'dry-run'],
    hasRaw: true,
  };
}
