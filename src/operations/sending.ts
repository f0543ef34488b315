/**
 * One mutating request: recorded before it is sent, sent at most once, closed when its outcome is known, looked for when the
 * answer is lost. A step that the record of a resumed operation knows is gone on with from there.
 */
import type { Outcome, Step } from '../domain/driver.js';
import { type Fate, IpctlError, toIpctlError } from '../domain/errors.js';
import type { Reply } from '../domain/exchange.js';
import type { Made, RecordedStep } from '../domain/journal.js';
import { until } from '../domain/until.js';
import { allNames, askedBy, choiceOf, madeAgain, taken, without } from './candidates.js';
import type { Underway } from './underway.js';

/** Thrown out of a resumed operation whose creating request is settled as not applied: it is over, and nothing was changed. */
export class ClosedAsNotApplied extends Error {
  override readonly name = 'ClosedAsNotApplied' as const;
}

/** A lost answer is looked for at least this long, also when the loss itself used up the deadline. */
const GRACE = 5_000;

export interface Sending {
  send<S>(step: Step<S>): Promise<S>;
  /** For a step that is recorded already. */
  goOn<S>(step: Step<S>, known: RecordedStep): Promise<S>;
}

export function sending({
  id,
  target,
  settings,
  deadline,
  extend,
  recorded,
  record,
  recordIfPossible,
  at,
  tookEffect,
  lookedFor,
}: Underway): Sending {
  const { clock, signal, replay } = settings;

  const close = (
    step: string,
    state: Fate,
    reply: Reply | null,
    { candidates = [], made = [] }: { candidates?: readonly string[]; made?: readonly Made[] } = {},
  ): Promise<void> =>
    // What is done is done: the record of the send stands, and can be resumed.
    recordIfPossible({
      event: 'close',
      at: at(),
      operation: id,
      step,
      state,
      reply: reply === null ? null : { status: reply.status, text: reply.text },
      candidates,
      made: made.map(({ address }) => address),
      ...(made.length === 0 ? {} : { ids: made.map(({ id }) => id ?? '') }),
    });
  const closeApplied = async <S>(step: Step<S>, reply: Reply | null, result: S): Promise<S> => {
    tookEffect();
    await close(step.key, 'applied', reply, { made: step.creates === true ? madeOf(result) : [] });
    return result;
  };

  /** What other operations of the record got is no candidate. When nothing is left, there is nothing new: it shows as absent. */
  const withoutOthers = async <S>(outcome: Outcome<S>): Promise<Outcome<S>> => {
    if (outcome.is !== 'unknown' || outcome.candidates.length === 0 || replay === undefined) return outcome;
    const others = await replay.others();
    const candidates = without(outcome.candidates, others);
    return candidates.length === 0 ? { is: 'not-applied' } : { is: 'unknown', candidates };
  };

  const look = async <S>(step: Step<S>, before: readonly string[]): Promise<Outcome<S>> => {
    extend(clock.now() + GRACE);
    let seen: Outcome<S> = { is: 'unknown', candidates: [] };
    const settled = await until<Outcome<S>>({
      clock,
      signal,
      deadline: deadline(),
      async check() {
        settings.progress('the answer was lost; looking whether it took effect', { until: deadline() });
        try {
          seen = await withoutOthers(await step.look(before));
          // Whoever names what was made has seen it: it is there at once, or it is none of this.
          const isNamed = step.creates === true && (replay?.take.length ?? 0) > 0;
          return seen.is === 'not-applied' && !isNamed ? undefined : seen;
        } catch (thrown) {
          // Whoever cannot look does not know.
          if (signal.aborted) throw thrown;
          seen = { is: 'unknown', candidates: [] };
          return undefined;
        }
      },
    }).finally(() => settings.progress('', true));
    return settled ?? seen;
  };

  /** What looking found, closed and turned into a result or an error. `lost` is why it had to be looked for. */
  const conclude = async <S>(step: Step<S>, outcome: Outcome<S>, reply: Reply | null, lost: IpctlError): Promise<S> => {
    lookedFor();
    if (outcome.is === 'applied') return closeApplied(step, reply, outcome.result);
    const refusal = (message: string, names: readonly string[]): IpctlError =>
      new IpctlError('usage', message, { fate: 'not-sent', hint: `candidates: ${names.join(', ') || 'none'}` });
    // What the user settles is what was made; any other step of the operation goes by what looking tells.
    const take = step.creates === true ? (replay?.take ?? []) : [];
    if (outcome.is === 'not-applied') {
      if (take.length > 0) throw refusal(`${take.join(', ')} is no candidate of this operation`, []);
      await close(step.key, 'not-applied', reply);
      throw lost.with({ fate: 'not-applied', hint: 'looking proved that it did not take effect; it is safe to repeat' });
    }
    const { candidates } = outcome;
    const names = allNames(candidates);
    const asked = askedBy(step);
    const [only, ...others] = candidates;
    if (take.length > 0) {
      const found = taken(candidates, take, asked);
      if ('result' in found) return closeApplied(step, reply, found.result);
      throw refusal(found.lacking, names);
    }
    if (replay?.none === true && step.creates === true) {
      await close(step.key, 'not-applied', reply, { candidates: names });
      throw new ClosedAsNotApplied();
    }
    const claimed = await settings.journal?.claimed?.(id);
    const isWhole = only !== undefined && others.length === 0 && (!Array.isArray(only.result) || only.result.length >= asked);
    if (target.soleWriter && isWhole && !names.some((name) => claimed?.has(name) === true)) {
      settings.progress(`${only.name} is new, and this profile is the sole writer: it is ours`);
      return closeApplied(step, reply, only.result);
    }
    await close(step.key, 'unknown', reply, { candidates: names });
    const which = names.length === 0 ? '' : `; new since then: ${names.join(', ')}`;
    const hint =
      recorded() === null
        ? 'without a record: look what is there, and keep or release it'
        : `ipctl operation resume ${id}${choiceOf(candidates, asked)}`;
    throw new IpctlError('unknown', `it is not known whether ${step.key} took effect: ${lost.message}${which}`, {
      ...lost.details,
      fate: 'unknown',
      hint,
      asked,
      cause: lost,
    });
  };

  const interrupted = (what: string): IpctlError =>
    new IpctlError('signal', `interrupted while ${what}`, {
      hint: recorded() === null ? 'without a record: look what is there' : `ipctl operation resume ${id}`,
      operation: { id: recorded(), state: 'unknown' },
    });

  const lookFor = async <S>(step: Step<S>, before: readonly string[], reply: Reply | null, lost: IpctlError): Promise<S> => {
    const outcome = await look(step, before).catch(async (failed: unknown) => {
      await close(step.key, 'unknown', reply);
      throw signal.aborted ? interrupted('looking for the outcome') : failed;
    });
    return conclude(step, outcome, reply, lost);
  };

  /** Whatever becomes of this list, the request itself has not left yet. */
  const listBefore = async <S>(step: Step<S>): Promise<readonly string[]> => {
    try {
      return (await step.before?.()) ?? [];
    } catch (thrown) {
      if (signal.aborted && !(thrown instanceof IpctlError)) throw thrown;
      throw toIpctlError(thrown).with({ fate: 'not-sent' });
    }
  };

  const send = async <S>(step: Step<S>): Promise<S> => {
    const before = await listBefore(step);
    const { method, url, body } = step.request;
    await record({
      event: 'send',
      at: at(),
      operation: id,
      step: step.key,
      request: body === undefined ? { method, url } : { method, url, body },
      before: step.before === undefined ? null : before,
      ...(step.creates === true ? { creates: true } : {}),
    });
    let reply: Reply | null = null;
    let result: S;
    try {
      reply = await step.via(step.request);
      result = step.read(reply);
    } catch (thrown) {
      const error = toIpctlError(thrown);
      const unsent = error.kind === 'signal' && error.details.fate === 'not-sent';
      if (signal.aborted && !unsent) {
        await close(step.key, 'unknown', null);
        throw interrupted(`${method} ${url} was under way`);
      }
      // A 2xx that cannot be read has taken effect, whatever the reader says of itself.
      const fate = reply === null ? (error.details.fate ?? 'not-applied') : 'unknown';
      if (fate === 'unknown') return lookFor(step, before, reply, error);
      await close(step.key, fate, reply);
      throw error.with({ fate });
    }
    return closeApplied(step, reply, result);
  };

  /**
   * What a step made whose answer was lost, and which looking or the user settled: found again by its name among what is new,
   * and never settled a second time.
   */
  const madeBefore = async <S>(step: Step<S>, before: readonly string[], made: readonly Made[]): Promise<S> => {
    const names = made.map(({ address }) => address);
    const late = replay?.none === true || replay?.take.some((word) => !names.includes(word)) === true;
    if (late) {
      throw new IpctlError('conflict', `${names.join(', ')} is settled as what this operation made`, {
        fate: 'not-sent',
        hint: `ipctl operation resume ${id} goes on with it; --undo goes back`,
      });
    }
    const outcome = await step.look(before);
    if (outcome.is === 'applied') return outcome.result;
    const found = outcome.is === 'unknown' ? madeAgain(outcome.candidates, names) : undefined;
    if (found !== undefined) return found.result;
    throw new IpctlError('not-found', `${names.join(', ')}, which this operation made, is not there any more`, { fate: 'not-sent' });
  };

  /** A step that the record knows: its answer is taken as it was, an unknown outcome is looked for, what was not done is sent. */
  const goOn = async <S>(step: Step<S>, known: RecordedStep): Promise<S> => {
    if (known.state === 'applied' && known.reply !== null) {
      const { status, text } = known.reply;
      try {
        return step.read({ status, text, headers: {}, json: parsed(text) });
      } catch {
        // It could not be read then either: looking told that it took effect, and tells again.
      }
    }
    const { made = [] } = known;
    lookedFor();
    if (known.state === 'applied' && step.creates === true && made.length > 0) return madeBefore(step, known.before, made);
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

  return { send, goOn };
}

/** What a creating step made: a record, or several. */
function madeOf(result: unknown): Made[] {
  if (Array.isArray(result)) return result.flatMap(madeOf);
  const { address, id } = (typeof result === 'object' && result !== null ? result : {}) as Readonly<Record<string, unknown>>;
  return typeof address === 'string' ? [{ address, id: typeof id === 'string' ? id : null }] : [];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
