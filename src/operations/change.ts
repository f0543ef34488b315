/** What a mutation comes to: the result of one target, and the way from several of them to one exit code. */
import type { AnyIp, Change, Planned } from '../domain/change.js';
import { IpctlError, type Kind, toIpctlError } from '../domain/errors.js';
import type { Keys } from '../domain/journal.js';
import { operate, type Run } from './run.js';
import { ClosedAsNotApplied } from './sending.js';
import type { Target } from './target.js';
import type { RunSettings } from './underway.js';

export interface ChangeSettings extends RunSettings {
  /** What this machine knows of keys; absent where no `--key` is given. */
  readonly keys?: Keys | undefined;
  /** The user has agreed already (`--yes`): no question comes, and nothing has to be known for one. */
  readonly agreed?: boolean;
  /** Throws `refused` unless the user agrees. `about`: what the question is about, a line each. */
  confirm(question: string, about?: readonly string[]): Promise<void>;
}

/** Kinds of failure that leave something behind: their result is shown, with the error in it. */
const LEAVES: ReadonlySet<Kind> = new Set(['partial', 'timeout', 'unknown', 'signal']);

/** What was stopped before anything took effect is as if it had not been begun. */
const leaves = ({ kind, details: { operation } }: IpctlError): boolean =>
  LEAVES.has(kind) && (kind !== 'signal' || !['not-sent', 'not-applied'].includes(operation?.state ?? 'not-sent'));

/**
 * One operation that yields one change. `work` says what is there and whether anything changed; a failure that leaves
 * something behind becomes a change with its error, every other is thrown.
 */
export async function change<T extends AnyIp>(
  target: Target,
  settings: ChangeSettings,
  action: string,
  intent: unknown,
  work: (run: Run) => Promise<{ readonly ip: T | null; readonly changed: boolean | null }>,
): Promise<Change<T>> {
  let planned: readonly Planned[] = [];
  let id: string | null = null;
  try {
    return await operate(target, settings, action, intent, async (run) => {
      const { ip, changed } = await work(run);
      planned = run.planned;
      id = settings.journal !== null && run.applied() > 0 ? run.id : null;
      if (settings.dryRun) return { action, changed: null, operation: null, ip, error: null, planned };
      return { action, changed, operation: id, ip, error: null, planned: null };
    });
  } catch (thrown) {
    if (thrown instanceof ClosedAsNotApplied) return unchanged(action, settings);
    const failed = toIpctlError(thrown);
    // Which signal it was is told where the result is.
    const error = failed.kind === 'signal' && settings.signal.aborted ? failed.with({ cause: settings.signal.reason }) : failed;
    if (!leaves(error)) throw error;
    const isUnsure = error.kind === 'unknown' || (error.kind === 'signal' && error.details.operation?.state === 'unknown');
    const changed = isUnsure ? null : true;
    const [ip] = (error.details.exists ?? []) as readonly T[];
    return { action, changed, operation: error.details.operation?.id ?? null, ip: ip ?? null, error, planned: null };
  }
}

/** A resumed operation that turned out not to have happened. */
export const unchanged = (action: string, { replay }: RunSettings): Change<never> => ({
  action,
  changed: false,
  operation: replay?.id ?? null,
  ip: null,
  error: null,
  planned: null,
});

/** A later step failed: what stands is told, with the way on and back. An error that knows of its own remains what it is. */
export function partial(done: string, record: AnyIp, failed: unknown, hint: string): IpctlError {
  const error = toIpctlError(failed);
  if (error.kind === 'signal') return new IpctlError('signal', `${done}, but then: ${error.message}`, { ...error.details, hint });
  return new IpctlError('partial', `${done}, but then: ${error.message}`, {
    ...error.details,
    fate: 'not-applied',
    hint,
    exists: error.details.exists ?? [record],
    errors: [error],
    operation: undefined,
    cause: error,
  });
}

/** `most` at a time; results stand in the order asked for. */
export async function inOrder<T, R>(items: readonly T[], most: number, each: (item: T, index: number) => Promise<R>): Promise<R[]> {
  const results: R[] = new Array(items.length);
  const left = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of left) results[index] = await each(item, index);
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, worker));
  return results;
}

/** Each target is tried, `most` at a time; results stand in the order asked for, failures among them. */
export function several<T extends AnyIp>(
  action: string,
  refs: readonly string[],
  most: number,
  each: (ref: string, index: number) => Promise<Change<T>>,
): Promise<Change<T>[]> {
  return inOrder(refs, most, async (ref, index) => {
    try {
      const change = await each(ref, index);
      return change.error === null ? change : { ...change, error: change.error.with({ target: ref }) };
    } catch (thrown) {
      const error = toIpctlError(thrown).with({ target: ref });
      return { action, changed: false, operation: error.details.operation?.id ?? null, ip: null, error, planned: null };
    }
  });
}

/** The one error that all the failures of a command amount to, or undefined: alike, that kind; else `partial`. */
export function summary(changes: readonly Change<AnyIp>[], what: string): IpctlError | undefined {
  const errors = changes.flatMap(({ error }) => (error === null ? [] : [error]));
  // What another failure kept from being sent says nothing of its own.
  const own = errors.filter(({ details: { cause } }) => !errors.some((other) => other === cause));
  const [first] = own;
  if (first === undefined) return undefined;
  if (changes.length === 1) return first;
  const alike = errors.length === changes.length && own.every(({ kind }) => kind === first.kind);
  const fates = own.flatMap(({ details: { operation } }) => operation ?? []);
  const recorded = [...new Map(fates.flatMap(({ id, state }) => (id === null ? [] : [[id, state] as const])))];
  const [fate] = fates;
  // Whoever reads an id beside a state takes the state for that operation's own.
  const operations = new Set([...fates.map(({ id }) => id), ...changes.map(({ operation }) => operation)].filter((id) => id !== null));
  const [only] = operations.size === 1 ? recorded : [];
  const ways = new Set(own.flatMap(({ kind, details: { hint } }) => (kind === 'unknown' && hint !== undefined ? [hint] : [])));
  // Nobody has to be told that what was stopped did not succeed.
  const stopped = alike && first.kind === 'signal' && fates.every(({ state }) => state === 'not-sent');
  if (stopped) return new IpctlError('signal', `${first.message}; nothing was changed`, first.details);
  return new IpctlError(alike ? first.kind : 'partial', `${errors.length} of ${changes.length} ${what} failed: ${first.message}`, {
    profile: first.details.profile,
    provider: first.details.provider,
    hint: [
      'nothing was rolled back; each result tells what became of it',
      ...(recorded.length === 0 ? [] : [`operations: ${recorded.map(([id, state]) => `${id} (${state})`).join(', ')}`]),
      ...(ways.size === 1 ? ways : []),
    ].join('; '),
    errors,
    ...(fate === undefined
      ? {}
      : {
          operation:
            only === undefined
              ? { id: null, state: alike && fates.every(({ state }) => state === fate.state) ? fate.state : 'partial' }
              : { id: only[0], state: only[1] },
        }),
  });
}
