/**
 * The promises, once: every mutating request is recorded before it is sent and closed when its outcome is known; one whose
 * outcome is unknown is never sent again, but looked for; a dry run sends nothing; waiting is one loop with one deadline.
 */
import type { Planned } from '../domain/change.js';
import type { Clock, Random } from '../domain/clock.js';
import type { AnyDriver, Outcome, Shown, Step, Waiting } from '../domain/driver.js';
import { type Fate, IpctlError, type Kind, toIpctlError } from '../domain/errors.js';
import type { Reply } from '../domain/exchange.js';
import type { Journal, JournalEvent, RecordedStep, Replay, Subject } from '../domain/journal.js';
import type { FloatingIp, PrivateIp } from '../domain/records.js';
import { until } from '../domain/until.js';
import type { Limits, Target } from './target.js';

export interface RunSettings {
  readonly clock: Clock;
  readonly random: Random;
  readonly signal: AbortSignal;
  /** Null under `--no-journal`. */
  readonly journal: Journal | null;
  readonly dryRun: boolean;
  readonly wait: boolean;
  /** Milliseconds from the first request to the shown result. */
  readonly timeout: number;
  readonly pid: number;
  /** The recorded operation that this run goes on with. */
  readonly replay?: Replay | undefined;
  progress(note: string): void;
}

/** Thrown out of a resumed operation whose creating request is settled as not applied: it is over, and nothing was changed. */
export class ClosedAsNotApplied extends Error {
  override readonly name = 'ClosedAsNotApplied' as const;
}

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

/** A lost answer is looked for at least this long, also when the loss itself used up the deadline. */
const GRACE = 5_000;

/** Kinds that say something of the object waited for, rather than of our looking at it. */
const VERDICTS: ReadonlySet<Kind> = new Set(['conflict', 'not-found', 'partial', 'timeout', 'unknown', 'signal']);

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

  const record = async (event: JournalEvent): Promise<void> => {
    await journal?.append(event);
  };
  const unwritten = (thrown: unknown): void => settings.progress(`the record could not be closed: ${toIpctlError(thrown).message}`);
  const at = (): string => new Date(clock.now()).toISOString();

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

  const close = (
    step: string,
    state: Fate,
    reply: Reply | null,
    { candidates = [], made = [] }: { candidates?: readonly string[]; made?: readonly string[] } = {},
  ): Promise<void> =>
    record({
      event: 'close',
      at: at(),
      operation: id,
      step,
      state,
      reply: reply === null ? null : { status: reply.status, text: reply.text },
      candidates,
      made,
    });
  const closeApplied = async <S>(step: Step<S>, reply: Reply | null, result: S): Promise<S> => {
    applied += 1;
    // What is done is done: a disk that fills up now must not hide it. The record of the send stands, and can be resumed.
    await close(step.key, 'applied', reply, { made: step.creates === true ? addressesOf(result) : [] }).catch(unwritten);
    return result;
  };

  const look = async <S>(step: Step<S>, before: readonly string[]): Promise<Outcome<S>> => {
    settings.progress('the answer was lost; looking whether it took effect');
    deadline = Math.max(deadline, clock.now() + GRACE);
    let seen: Outcome<S> = { is: 'unknown', candidates: [] };
    const settled = await until<Outcome<S>>({
      clock,
      signal,
      deadline,
      async check() {
        try {
          seen = await step.look(before);
          return seen.is === 'not-applied' ? undefined : seen;
        } catch (thrown) {
          // Whoever cannot look does not know.
          if (signal.aborted) throw thrown;
          seen = { is: 'unknown', candidates: [] };
          return undefined;
        }
      },
    });
    return settled ?? seen;
  };

  /** What looking found, closed and turned into a result or an error. `lost` is why it had to be looked for. */
  const conclude = async <S>(step: Step<S>, outcome: Outcome<S>, reply: Reply | null, lost: IpctlError): Promise<S> => {
    if (outcome.is === 'applied') return closeApplied(step, reply, outcome.result);
    if (outcome.is === 'not-applied') {
      await close(step.key, 'not-applied', reply).catch(unwritten);
      throw lost.with({ fate: 'not-applied', hint: 'looking proved that it did not take effect; it is safe to repeat' });
    }
    const candidates = outcome.candidates.filter(({ name }) => replay?.others.has(name) !== true);
    const names = candidates.map(({ name }) => name);
    const [only, ...others] = candidates;
    if (replay?.take != null) {
      const taken = candidates.find(({ name }) => name === replay.take);
      if (taken !== undefined) return closeApplied(step, reply, taken.result);
      throw new IpctlError('usage', `${replay.take} is no candidate of this operation`, {
        fate: 'not-sent',
        hint: `candidates: ${names.join(', ') || 'none'}`,
      });
    }
    if (replay?.none === true) {
      await close(step.key, 'not-applied', reply, { candidates: names });
      throw new ClosedAsNotApplied();
    }
    if (target.soleWriter && only !== undefined && others.length === 0) {
      settings.progress(`${only.name} is new, and this profile is the sole writer: it is ours`);
      return closeApplied(step, reply, only.result);
    }
    await close(step.key, 'unknown', reply, { candidates: names }).catch(unwritten);
    const which = names.length === 0 ? '' : `; new since then: ${names.join(', ')}`;
    const choice = names.length === 0 ? '' : ` --take ${names.length === 1 ? names[0] : 'ADDRESS'}|--none`;
    throw new IpctlError('unknown', `it is not known whether ${step.key} took effect: ${lost.message}${which}`, {
      ...lost.details,
      fate: 'unknown',
      hint: `ipctl operation resume ${id}${choice}`,
      cause: lost,
    });
  };

  const interrupted = (what: string): IpctlError =>
    new IpctlError('signal', `interrupted while ${what}`, { operation: { id: recorded(), state: 'unknown' } });

  const lookFor = async <S>(step: Step<S>, before: readonly string[], reply: Reply | null, lost: IpctlError): Promise<S> => {
    const outcome = await look(step, before).catch(async (failed: unknown) => {
      await close(step.key, 'unknown', reply).catch(unwritten);
      throw signal.aborted ? interrupted('looking for the outcome') : failed;
    });
    return conclude(step, outcome, reply, lost);
  };

  const send = async <S>(step: Step<S>): Promise<S> => {
    const before = (await step.before?.()) ?? [];
    const { method, url, body } = step.request;
    await record({
      event: 'send',
      at: at(),
      operation: id,
      step: step.key,
      request: body === undefined ? { method, url } : { method, url, body },
      before: step.before === undefined ? null : before,
    });
    let reply: Reply | null = null;
    let result: S;
    try {
      reply = await step.via(step.request);
      result = step.read(reply);
    } catch (thrown) {
      if (signal.aborted) {
        await close(step.key, 'unknown', null).catch(unwritten);
        throw interrupted(`${method} ${url} was under way`);
      }
      const error = toIpctlError(thrown);
      // A 2xx that cannot be read has taken effect, whatever the reader says of itself.
      const fate = reply === null ? (error.details.fate ?? 'not-applied') : 'unknown';
      if (fate === 'unknown') return lookFor(step, before, reply, error);
      await close(step.key, fate, reply).catch(unwritten);
      throw error.with({ fate });
    }
    return closeApplied(step, reply, result);
  };

  /** A step that the record knows: its answer is taken as it was, an unknown outcome is looked for, what was not done is sent. */
  const goOn = async <S>(step: Step<S>, known: RecordedStep): Promise<S> => {
    if (known.state === 'applied' && known.reply !== null) {
      const { status, text } = known.reply;
      return step.read({ status, text, headers: {}, json: parsed(text) });
    }
    if (known.state === 'applied' || known.state === 'unknown') {
      const lost = new IpctlError('unknown', 'the record does not tell');
      try {
        return await lookFor(step, known.before, null, lost);
      } catch (thrown) {
        if (!(thrown instanceof IpctlError) || thrown.details.fate !== 'not-applied') throw thrown;
      }
    }
    if (step.creates === true) throw new ClosedAsNotApplied();
    return send(step);
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
      // List, send and look stand under one lock: what another of our processes allocates must not look like ours.
      return step.before === undefined ? act() : target.exclusive(act);
    },
    async settle<S extends Shown>({ accepted, check, what }: Waiting<S>): Promise<S> {
      if (settings.dryRun || !settings.wait) return accepted;
      let first = true;
      const exists = isList(accepted) ? accepted : [accepted as Exclude<S, readonly unknown[]>];
      const shown = await until<S>({
        clock,
        signal,
        deadline,
        async check() {
          if (!first) settings.progress(`waiting for ${what}`);
          first = false;
          try {
            return await check();
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
      }).catch((thrown: unknown) => {
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
    },
  });

  const recorded = (): string | null => (begun && journal !== null ? id : null);
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
    if (begun || (replay !== undefined && !settings.dryRun)) await record({ event: 'end', at: at(), operation: id, state, result });
  };
  try {
    const result = await work(run);
    await end('applied', null).catch(unwritten);
    return result;
  } catch (thrown) {
    if (thrown instanceof ClosedAsNotApplied) {
      await end('not-applied', null).catch(unwritten);
      throw thrown;
    }
    if (signal.aborted && !(thrown instanceof IpctlError)) {
      const state: Fate = applied > 0 ? 'partial' : 'not-sent';
      await end(state, null).catch(unwritten);
      throw new IpctlError('signal', 'interrupted', { operation: { id: recorded(), state } });
    }
    const error = toIpctlError(thrown);
    const state = begun ? fateOf(error, applied) : 'not-sent';
    await end(state, error.message).catch(unwritten);
    throw error.with({ ...target.place, operation: { id: recorded(), state } });
  }
}

/** Addresses of what a creating step made: a record, or several. */
function addressesOf(result: unknown): string[] {
  if (Array.isArray(result)) return result.flatMap(addressesOf);
  const address = typeof result === 'object' && result !== null && 'address' in result ? result.address : undefined;
  return typeof address === 'string' ? [address] : [];
}

function subjectOf(ip: FloatingIp | PrivateIp): Subject {
  const holders = 'associations' in ip ? ip.associations.map(({ server, port }) => server?.id ?? port ?? '') : [];
  return { id: ip.id, createdAt: ip.createdAt?.toISOString() ?? null, holders };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isList = (value: unknown): value is readonly never[] => Array.isArray(value);

/** What became of the whole operation, from its last error and what had been done before it. */
function fateOf(error: IpctlError, applied: number): Fate {
  if (error.details.operation !== undefined) return error.details.operation.state;
  if (error.kind === 'unknown' || error.kind === 'timeout') return 'unknown';
  if (applied > 0) return 'partial';
  return error.details.fate === 'not-sent' ? 'not-sent' : 'not-applied';
}
