/** Several that were asked for in one operation, when one of its requests failed: what became of each. */
import type { Change } from '../domain/change.js';
import { IpctlError } from '../domain/errors.js';
import type { PrivateIp } from '../domain/records.js';

/**
 * One result for each of `names`, which are what was asked for, in order: what exists, then what the failed request asked
 * for, then what was never sent. What is there but not as it should be is told by one more.
 */
export function accounted(action: string, error: IpctlError, names: readonly string[]): Change<PrivateIp>[] {
  const { operation, profile, provider } = error.details;
  const id = operation?.id ?? null;
  const exists = (error.details.exists ?? []) as readonly PrivateIp[];
  const failed = (changed: boolean | null, own: IpctlError): Change<PrivateIp> => ({
    action,
    changed,
    operation: id,
    ip: null,
    error: own,
    planned: null,
  });
  const lost = error.kind === 'unknown' ? error : error.details.errors?.find(({ kind }) => kind === 'unknown');
  const changed = error.kind === 'unknown' ? null : true;
  // One that was asked for, and exists though a later step failed, is one result with both.
  const [only, ...others] = exists;
  if (names.length === 1 && (only === undefined || others.length === 0)) return [{ ...failed(changed, error), ip: only ?? null }];
  const made = new Set(exists.map(({ address }) => address));
  const short = Math.max(1, names.length - exists.length);
  const lacking = names.filter((name) => !made.has(name)).slice(-short);
  const asked = lost?.details.asked ?? short;
  const open = Array.from({ length: short }, (_, index): { readonly target?: string } => {
    const target = lacking[index];
    return target === undefined ? {} : { target };
  });
  const settled = open.slice(0, asked).map((target) => {
    if (lost === undefined) return failed(changed, error.with(target));
    return failed(null, lost.with({ profile, provider, ...target, operation: { id, state: 'unknown' } }));
  });
  const cause = settled[0]?.error ?? undefined;
  const unsent = open.slice(asked).map((target) =>
    failed(
      false,
      new IpctlError('temporary', 'not sent: what became of a request before it is not known', {
        profile,
        provider,
        ...target,
        fate: 'not-sent',
        hint: 'once that is settled, ask for the rest again',
        operation: { id: null, state: 'not-sent' },
        cause,
      }),
    ),
  );
  return [
    ...exists.map((ip): Change<PrivateIp> => ({ action, changed: true, operation: id, ip, error: null, planned: null })),
    ...settled,
    ...unsent,
  ];
}
