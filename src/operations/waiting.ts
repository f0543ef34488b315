/** Waiting until the provider shows what it accepted: one loop, one deadline, and what was accepted is never lost to it. */
import type { Shown, Waiting } from '../domain/driver.js';
import { IpctlError, type Kind, toIpctlError } from '../domain/errors.js';
import { until } from '../domain/until.js';
import type { Underway } from './underway.js';

/** Kinds that say something of the object waited for, rather than of our looking at it. */
const VERDICTS: ReadonlySet<Kind> = new Set(['conflict', 'not-found', 'partial', 'timeout', 'unknown', 'signal']);

export const waiting =
  ({ id, target, settings, deadline, recorded }: Underway) =>
  async <S extends Shown>({ accepted, check, what, gone, always = false }: Waiting<S>): Promise<S> => {
    const { clock, signal, looks } = settings;
    if (settings.dryRun || !(settings.wait || always)) return accepted;
    let first = true;
    const exists = isList(accepted) ? accepted : [accepted as Exclude<S, readonly unknown[]>];
    const look = async (): Promise<S | undefined> => {
      if (gone !== true || looks === undefined) return check();
      const are = await Promise.all(exists.map(({ id }) => looks.isGone(id, deadline())));
      if (are.includes(undefined)) return check();
      return are.includes(false) ? undefined : accepted;
    };
    const shown = await until<S>({
      clock,
      signal,
      deadline: deadline(),
      async check() {
        if (!first) settings.progress(`waiting for ${what}`, { until: deadline() });
        first = false;
        try {
          return await look();
        } catch (thrown) {
          // A provider that stumbles while we wait has not taken back what it accepted.
          if (signal.aborted) throw thrown;
          const error = toIpctlError(thrown);
          if (error.kind === 'temporary') return undefined;
          // A verdict about the object, or one that knows what exists, is the answer; any other says only that nobody can see.
          if (VERDICTS.has(error.kind) || error.details.exists !== undefined) throw error;
          throw new IpctlError('timeout', `accepted, but it cannot be seen: ${what}: ${error.message}`, {
            ...error.details,
            fate: 'unknown',
            hint: 'it may have happened all the same: look again',
            exists,
            cause: error,
          });
        }
      },
    })
      .finally(() => settings.progress('', true))
      .catch((thrown: unknown) => {
        if (!signal.aborted || thrown instanceof IpctlError) throw thrown;
        const hint = recorded() === null ? 'look again' : `ipctl operation resume ${id}`;
        throw new IpctlError('signal', `interrupted while waiting for ${what}`, {
          hint,
          exists,
          operation: { id: recorded(), state: 'unknown' },
        });
      });
    if (shown !== undefined) return shown;
    throw new IpctlError('timeout', `accepted, but not shown within ${Math.round(settings.timeout / 1000)} s: ${what}`, {
      provider: target.place.provider,
      fate: 'unknown',
      hint: 'it may still happen: look again, or give --timeout more time',
      exists,
    });
  };

const isList = (value: unknown): value is readonly never[] => Array.isArray(value);
