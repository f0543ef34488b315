/**
 * One operation on one target, from its first read to its last record: allowed, on the right account, recorded, and told at
 * the end for what became of it. How one request is sent stands in sending.ts, how its effect is awaited in waiting.ts.
 */
import type { Planned } from '../domain/change.js';
import type { Clock, Random } from '../domain/clock.js';
import type { AnyDriver, Step } from '../domain/driver.js';
import { type Fate, IpctlError, toIpctlError } from '../domain/errors.js';
import type { JournalEvent, Replay, Subject } from '../domain/journal.js';
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
   * object any more that was recorded or, unless only its `identity` matters, when somebody else holds it now.
   */
  about(ip: FloatingIp | PrivateIp, guard?: 'holders' | 'identity'): void;
  /** The recorded operation that this goes on with. */
  readonly replay: Replay | undefined;
  /** Whether the provider's own answers told of all that took effect; false once looking had to. */
  isProven(): boolean;
  /** Says that nothing is left of what the operation did: its record ends as not applied. */
  undone(): void;
  /** Waits for what is not the provider's, a user who thinks or a turn among others: that time is none of the operation's. */
  untimed<R>(waited: Promise<R>): Promise<R>;
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
  let proven = true;
  let undone = false;
  let subject: Subject | null = null;
  const planned: Planned[] = [];
  const limits: Limits = { signal, deadline: () => deadline, progress: settings.progress };

  const at = (): string => new Date(clock.now()).toISOString();
  /** How its record begins; undefined before it is allowed to, and once that is on its way to the disk. */
  let beginning: JournalEvent | undefined;
  const record = async (event?: JournalEvent): Promise<void> => {
    const events = [beginning, event].filter((each) => each !== undefined);
    const begins = beginning !== undefined;
    beginning = undefined;
    await Promise.all(events.map((each) => journal?.append(each)));
    begun ||= begins;
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
    lookedFor() {
      proven = false;
    },
  };
  const { recorded, recordIfPossible } = underway;
  const { send, goOn } = sending(underway);

  /** Before the first mutation only: is it allowed, is it the right account, is there a record? */
  const begin = async (step: Pick<Step<unknown>, 'before'>): Promise<void> => {
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
    const { pid, born } = settings;
    const owner = born == null ? { pid } : { pid, born };
    beginning =
      replay === undefined
        ? {
            event: 'begin',
            at: at(),
            operation: id,
            verb,
            profile,
            provider,
            account: target.pinned,
            ...owner,
            intent,
            flags: target.flags,
            subject,
          }
        : { event: 'resume', at: at(), operation: id, ...owner, ...(replay.undo === true ? { undo: true } : {}) };
    // What is sent next is recorded with it, by one write, where nothing has to be done before that.
    if (replay !== undefined || step.before !== undefined) await record();
  };

  /** List, send and look stand under one lock: what another of our processes allocates must not look like ours. */
  const alone = <S>(act: () => Promise<S>): Promise<S> =>
    lockedIfPossible(settings, (once) => target.exclusive(once, Math.max(0, deadline - clock.now())), act);

  const driver = target.connect(limits, {
    async mutate<S>(step: Step<S>): Promise<S> {
      if (settings.dryRun) {
        // An id that is not known yet stands as `{ip.id}`, also where it would be encoded.
        planned.push({ step: step.key, request: { ...step.request, url: step.request.url.replace(/%7B([a-z.]+)%7D/gi, '{$1}') } });
        return step.standIn;
      }
      await begin(step);
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
    isProven: () => proven,
    replay,
    undone() {
      undone = true;
    },
    async untimed(waited) {
      const from = clock.now();
      const result = await waited;
      deadline += clock.now() - from;
      return result;
    },
    about(ip, guard = 'holders') {
      subject = subjectOf(ip);
      if (replay?.subject == null) return;
      const { holders } = replay.subject;
      const facts = { provider: target.place.provider, fate: 'not-sent' as const };
      if (!isSame(replay.subject, ip)) {
        throw new IpctlError('conflict', `${ip.address ?? ip.id} is not the object any more that operation ${id} was about`, facts);
      }
      const strangers = guard === 'identity' ? [] : subject.holders.filter((holder) => !holders.includes(holder));
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
    // What is gone on with may turn out to need no more than a look.
    if (replay === undefined) requireWritable(target, settings);
    const result = await work(run);
    await end(undone ? 'not-applied' : 'applied', null);
    return result;
  } catch (thrown) {
    if (thrown instanceof ClosedAsNotApplied) {
      await end('not-applied', null);
      throw thrown;
    }
    if (signal.aborted && !(thrown instanceof IpctlError)) {
      const state: Fate = applied > 0 ? 'partial' : (fateBefore(replay) ?? 'not-sent');
      await end(state, null);
      const nothing = state === 'not-sent' ? ' before anything was sent' : '';
      throw new IpctlError('signal', `interrupted${nothing}`, { operation: { id: recorded(), state } });
    }
    const error = toIpctlError(thrown);
    const state = begun || replay !== undefined ? fateOf(error, applied, replay) : 'not-sent';
    await end(state, error.message);
    throw error.with({ ...target.place, operation: { id: recorded() ?? error.details.operation?.id ?? null, state } });
  }
}

/** `refused` for a profile that is read-only, unless nothing would be sent anyway. */
export function requireWritable({ readOnly, refused }: Target, { dryRun }: Pick<RunSettings, 'dryRun'>): void {
  if (readOnly === true && refused !== null && !dryRun) throw refused;
}

/** Whether a record shows the very object that was recorded, as far as the provider lets anybody tell. */
export const isSame = ({ id, createdAt }: Subject, ip: FloatingIp | PrivateIp): boolean =>
  ip.id === id && (ip.createdAt?.toISOString() ?? null) === createdAt;

/** A time of birth beside the id: the object is proved to be the recorded one. Where there is none an address may have come back. */
export const provenBy = ({ replay }: Run, ip: FloatingIp | PrivateIp): boolean =>
  replay?.subject != null && replay.subject.createdAt !== null && isSame(replay.subject, ip);

/** Runs `act` under a lock. Who does without a record does without a state directory, and so without its locks. */
export async function lockedIfPossible<S>(
  { journal, progress }: Pick<RunSettings, 'journal' | 'progress'>,
  lock: (act: () => Promise<S>) => Promise<S>,
  act: () => Promise<S>,
): Promise<S> {
  let started = false;
  try {
    return await lock(() => {
      started = true;
      return act();
    });
  } catch (thrown) {
    if (started || journal !== null || toIpctlError(thrown).kind !== 'config') throw thrown;
    progress('without a state directory there is no lock: another ipctl may allocate meanwhile');
    return act();
  }
}

function subjectOf(ip: FloatingIp | PrivateIp): Subject {
  const holders = 'associations' in ip ? ip.associations.map(({ server, port }) => server?.id ?? port ?? '') : [];
  return { id: ip.id, createdAt: ip.createdAt?.toISOString() ?? null, holders };
}

/** What the record says of an operation that is gone on with: no failure to go on makes it less. */
function fateBefore(replay: Replay | undefined): Fate | undefined {
  const states = [...(replay?.steps.values() ?? [])].map(({ state }) => state);
  if (states.includes('unknown')) return 'unknown';
  return states.includes('applied') ? 'partial' : undefined;
}

/** What became of the whole operation, from its last error and what had been done before it. */
function fateOf(error: IpctlError, applied: number, replay: Replay | undefined): Fate {
  const { operation, fate } = error.details;
  if (operation !== undefined) return operation.state;
  if (error.kind === 'unknown' || error.kind === 'timeout') return 'unknown';
  if (applied > 0) return 'partial';
  const before = fateBefore(replay);
  if (fate === 'not-sent') return before ?? 'not-sent';
  return [...(replay?.steps.values() ?? [])].some(({ state }) => state === 'applied') ? 'partial' : 'not-applied';
}
