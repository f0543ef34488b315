/**
 * One operation on one target, from its first read to its last record: allowed, on the right account, recorded, and told at
 * the end for what became of it. How one request is sent stands in sending.ts, how its effect is awaited in waiting.ts.
 */
import type { Planned } from '../domain/change.js';
import type { Clock, Random } from '../domain/clock.js';
import type { AnyDriver, Step } from '../domain/driver.js';
import { type Fate, IpctlError, toIpctlError } from '../domain/errors.js';
import type { JournalEvent, Subject } from '../domain/journal.js';
import type { FloatingIp, PrivateIp } from '../domain/records.js';
import { ClosedAsNotApplied, sending } from './sending.js';
import type { Limits, Target } from './target.js';
import type { RunSettings, Underway } from './underway.js';
import { waiting } from './waiting.js';

/** One operation on one target: the driver to use, and what has become of it so far. */
export interface Run {
  readonly id: string;
  readonly driver: AnyDriver;
  /** What a dry run would have sent, in order. */
  readonly planned: readonly Planned[];
  /** How many mutating requests took effect. */
  applied(): number;
  /**
   * Says what the operation is about to change, for the record. A resumed one is refused (`conflict`) when that is not the
   * object any more that was recorded, or when somebody else holds it now.
   */
  about(ip: FloatingIp | PrivateIp): void;
  /** Whether this goes on with a recorded operation. */
  readonly resumed: boolean;
}

/** Sortable by time, unique enough to stand in a provider's description: `mbx1k2f0-7q3z9k`. */
export function operationId(clock: Clock, random: Random): string {
  const tail = Math.floor(random() * 36 ** 6)
    .toString(36)
    .padStart(6, '0');
  return `${clock.now().toString(36)}-${tail}`;
}

/**
 * Runs `work` as one operation. `intent` is what was asked for, for the record. Reads go through the same driver; an
 * operation that changes nothing leaves no trace in the journal.
 */
export async function operate<R>(
  target: Target,
  settings: RunSettings,
  verb: string,
  intent: unknown,
  work: (run: Run) => Promise<R>,
): Promise<R> {
  const { clock, signal, journal, replay } = settings;
  const id = replay?.id ?? operationId(clock, settings.random);
  const started = clock.now();
  let deadline = started + settings.timeout;
  let begun = false;
  let applied = 0;
  let subject: Subject | null = null;
  const planned: Planned[] = [];
  const limits: Limits = { signal, deadline: () => deadline, progress: settings.progress };

  const at = (): string => new Date(clock.now()).toISOString();
  const record = async (event: JournalEvent): Promise<void> => {
    await journal?.append(event);
  };
  const underway: Underway = {
    id,
    target,
    settings,
    at,
    record,
    deadline: limits.deadline,
    extend(later) {
      deadline = Math.max(deadline, later);
    },
    recorded: () => (begun && journal !== null ? id : null),
    recordIfPossible: (event) =>
      record(event).catch((thrown: unknown) => settings.progress(`the record could not be closed: ${toIpctlError(thrown).message}`)),
    tookEffect() {
      applied += 1;
    },
  };
  const { recorded, recordIfPossible } = underway;
  const { send, goOn } = sending(underway);

  /** Before the first mutation only: is it allowed, is it the right account, is there a record? */
  const begin = async (): Promise<void> => {
    if (begun) return;
    if (target.refused !== null) throw target.refused;
    if (target.pinned !== null) {
      const account = await driver.account?.();
      if (account !== undefined && account.id !== target.pinned) {
        throw new IpctlError(
          'auth',
          `profile ${target.place.profile} is pinned to account ${target.pinned}, but its credentials open ${account.id}`,
          {
            fate: 'not-sent',
            hint: `if that is meant: ipctl profile test ${target.place.profile} --repin`,
          },
        );
      }
    }
    const { profile, provider } = target.place;
    const { pid } = settings;
    await record(
      replay === undefined
        ? {
            event: 'begin',
            at: at(),
            operation: id,
            verb,
            profile,
            provider,
            account: target.pinned,
            pid,
            intent,
            flags: target.flags,
            subject,
          }
        : { event: 'resume', at: at(), operation: id, pid },
    );
    begun = true;
  };

  /** List, send and look stand under one lock: what another of our processes allocates must not look like ours. */
  const alone = async <S>(act: () => Promise<S>): Promise<S> => {
    let started = false;
    const once = (): Promise<S> => {
      started = true;
      return act();
    };
    try {
      return await target.exclusive(once);
    } catch (thrown) {
      // Who does without a record does without a state directory, and so without its locks.
      if (started || journal !== null || toIpctlError(thrown).kind !== 'config') throw thrown;
      settings.progress('without a state directory there is no lock: another ipctl may allocate meanwhile');
      return act();
    }
  };

  const driver = target.connect(limits, {
    async mutate<S>(step: Step<S>): Promise<S> {
      if (settings.dryRun) {
        // An id that is not known yet stands as `{ip.id}`, also where it would be encoded.
        planned.push({ step: step.key, request: { ...step.request, url: step.request.url.replace(/%7B([a-z.]+)%7D/gi, '{$1}') } });
        return step.standIn;
      }
      await begin();
      const known = replay?.steps.get(step.key);
      const act = (): Promise<S> => (known === undefined ? send(step) : goOn(step, known));
      return step.before === undefined ? act() : alone(act);
    },
    settle: waiting(underway),
  });

  const run: Run = {
    id,
    driver,
    planned,
    applied: () => applied,
    resumed: replay !== undefined,
    about(ip) {
      subject = subjectOf(ip);
      if (replay?.subject == null) return;
      const { id: was, createdAt, holders } = replay.subject;
      const facts = { provider: target.place.provider, fate: 'not-sent' as const };
      if (subject.id !== was || subject.createdAt !== createdAt) {
        throw new IpctlError('conflict', `${ip.address ?? ip.id} is not the object any more that operation ${id} was about`, facts);
      }
      const strangers = subject.holders.filter((holder) => !holders.includes(holder));
      if (strangers.length > 0) {
        throw new IpctlError(
          'conflict',
          `${ip.address ?? ip.id} has another holder than operation ${id} found: ${strangers.join(', ')}`,
          facts,
        );
      }
    },
  };
  const end = async (state: Fate, result: string | null): Promise<void> => {
    if (begun || (replay !== undefined && !settings.dryRun))
      await recordIfPossible({ event: 'end', at: at(), operation: id, state, result });
  };
  try {
    const result = await work(run);
    await end('applied', null);
    return result;
  } catch (thrown) {
    if (thrown instanceof ClosedAsNotApplied) {
      await end('not-applied', null);
      throw thrown;
    }
    if (signal.aborted && !(thrown instanceof IpctlError)) {
      const state: Fate = applied > 0 ? 'partial' : 'not-sent';
      await end(state, null);
      throw new IpctlError('signal', 'interrupted', { operation: { id: recorded(), state } });
    }
    const error = toIpctlError(thrown);
    const state = begun ? fateOf(error, applied) : 'not-sent';
    await end(state, error.message);
    throw error.with({ ...target.place, operation: { id: recorded(), state } });
  }
}

function subjectOf(ip: FloatingIp | PrivateIp): Subject {
  const holders = 'associations' in ip ? ip.associations.map(({ server, port }) => server?.id ?? port ?? '') : [];
  return { id: ip.id, createdAt: ip.createdAt?.toISOString() ?? null, holders };
}

/** What became of the whole operation, from its last error and what had been done before it. */
function fateOf(error: IpctlError, applied: number): Fate {
  if (error.details.operation !== undefined) return error.details.operation.state;
  if (error.kind === 'unknown' || error.kind === 'timeout') return 'unknown';
  if (applied > 0) return 'partial';
  return error.details.fate === 'not-sent' ? 'not-sent' : 'not-applied';
}
