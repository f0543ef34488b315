import type { AnyIp, Change } from '../domain/change.js';
import type { IpctlError } from '../domain/errors.js';
import type { Column, View } from './views.js';

/** A mutation's result: the columns of its record, and its own. */
export function changeView<T extends AnyIp>(view: View<T>, error: (error: IpctlError) => object): View<Change<T>> {
  const columns: Record<string, Column<Change<T>>> = {
    action: (change) => change.action,
    changed: (change) => change.changed,
    operation: (change) => change.operation,
    error: (change) => change.error?.kind ?? null,
  };
  for (const [name, column] of Object.entries(view.columns)) columns[name] ??= ({ ip }) => (ip === null ? null : column(ip));
  return {
    columns,
    defaults: ['action', 'changed', ...view.defaults.filter((name) => name !== 'name' && name !== 'used-by')],
    // Results stand in the order asked for.
    order: () => '',
    json: (change, raw) =>
      change.planned === null
        ? {
            action: change.action,
            changed: change.changed,
            operation: change.operation,
            ip: change.ip === null ? null : view.json(change.ip, raw),
            error: change.error === null ? null : error(change.error),
          }
        : {
            action: change.action,
            dryRun: true,
            changed: null,
            operation: null,
            requests: change.planned.map(({ request }) => ({
              method: request.method,
              url: request.url,
              headers: request.headers ?? {},
              body: request.body ?? null,
            })),
          },
  };
}
