/**
 * Access keys are locked for some minutes after five bad signatures in a row. A refused signature is therefore the last one
 * of its connection: neither a look for a lost answer nor a list beside it sends another. Commands in a row count together,
 * and so do commands at once: until a signature was accepted, one request is under way at a time.
 */
import { createHash } from 'node:crypto';
import type { Clock } from '../../domain/clock.js';
import type { Tokens } from '../../domain/driver.js';
import { IpctlError } from '../../domain/errors.js';
import type { Fault, Layer, Reply, Request, Send } from '../../domain/exchange.js';
import { fault } from './fault.js';

/** Seconds within which a signature is accepted, either way. */
const TOLERANCE = 900;
/** Smaller differences are the way of the reply. */
const WORTH_TELLING = 60;
/** Fewer than lock a key, since other machines sign with it too. */
const MOST = 3;
/** Milliseconds that a lock lasts, so that refusals before that do not count any more. So long an accepted signature vouches for the next ones. */
const MEMORY = 300_000;

const REFUSALS: ReadonlySet<string> = new Set(['APIGW.0301', 'APIG.0301', 'IAM.0001', 'IAM.1105', 'IAM.1106', 'IAM.1107', 'IAM.1108']);

/** How far this machine's clock is ahead of the reply's `Date`, in seconds; null when the reply has none. */
function aheadBy(date: string | undefined, clock: Clock): number | null {
  const theirs = Date.parse(date ?? '');
  return Number.isNaN(theirs) ? null : Math.round((clock.now() - theirs) / 1000);
}

function explained(error: IpctlError, date: string | undefined, clock: Clock): IpctlError {
  const ahead = aheadBy(date, clock);
  const off = ahead !== null && Math.abs(ahead) >= WORTH_TELLING;
  const clocks = off ? `: this machine’s clock is ${Math.abs(ahead)} s ${ahead > 0 ? 'ahead of' : 'behind'} the provider’s` : '';
  const doing =
    off && Math.abs(ahead) >= TOLERANCE
      ? `set the clock right: a signature is good for ${TOLERANCE} s`
      : 'check access-key, secret-key and security-token';
  const hint = `${doing}; nothing is repeated, since five bad signatures in a row lock the key for minutes`;
  return new IpctlError(error.kind, `${error.message}${clocks}`, { ...error.details, hint });
}

const isRefusal = ({ details: { code } }: IpctlError, { status }: Reply): boolean =>
  code === undefined ? status === 401 : REFUSALS.has(code);

export interface Guarded {
  readonly clock: Clock;
  readonly tokens: Tokens;
  /** Whose signatures are counted: endpoint and key. The secrets are told apart without being kept. */
  readonly key: readonly string[];
  readonly secrets: readonly string[];
}

export function keyGuard({ clock, tokens, key, secrets }: Guarded): { readonly fault: Fault; readonly layer: Layer } {
  const fingerprint = createHash('sha256').update(JSON.stringify(secrets)).digest('hex').slice(0, 16);
  const named = (what: string): string => JSON.stringify([...key, what, fingerprint]);
  const refused = named('refused');
  const accepted = named('accepted');
  const alone = tokens.alone ?? (<T>(_key: string, work: () => Promise<T>): Promise<T> => work());
  let refusal: IpctlError | undefined;
  let isAccepted = false;
  let turn: Promise<unknown> = Promise.resolve();

  const kept = async (name: string): Promise<number> => {
    const found = (await tokens.get(name)) as { readonly times?: unknown; readonly until?: unknown } | null | undefined;
    return typeof found?.times === 'number' && typeof found.until === 'number' && found.until > clock.now() ? found.times : 0;
  };
  const keep = async (name: string, times: number): Promise<void> => {
    const until = clock.now() + MEMORY;
    await tokens.put(name, { times, until }, new Date(until));
  };
  const requireNoRefusal = (): void => {
    if (refusal !== undefined) throw refusal.with({ fate: 'not-sent' });
  };

  const refuse = async (times: number): Promise<void> => {
    isAccepted = false;
    await keep(refused, times + 1);
    await tokens.drop(accepted);
  };
  const isBad = (reply: Reply, request: Request): boolean => reply.status >= 400 && isRefusal(fault(reply, request), reply);

  /** With a key that was accepted of late. Its refusals count all the same: it may have been changed since. */
  const vouchedFor = async (send: Send, request: Request): Promise<Reply> => {
    const reply = await send(request);
    if (isBad(reply, request)) await alone(refused, async () => refuse(await kept(refused)));
    return reply;
  };
  /** With a key of which nobody knows whether it is good: the next one waits for the verdict on this one. */
  const tried = async (send: Send, request: Request): Promise<Reply> => {
    requireNoRefusal();
    // The one before this was accepted, here or beside us.
    isAccepted ||= (await kept(accepted)) > 0;
    if (isAccepted) return vouchedFor(send, request);
    const before = await kept(refused);
    if (before >= MOST) {
      throw new IpctlError(
        'auth',
        `the access key was refused ${before} times in a row within minutes: another bad signature might lock it`,
        {
          provider: 'otc',
          fate: 'not-sent',
          hint: `another secret-key may be tried at once; after the clock was set, wait ${MEMORY / 60_000} minutes`,
        },
      );
    }
    const reply = await send(request);
    if (isBad(reply, request)) {
      await refuse(before);
    } else if (reply.status < 500 && reply.status !== 429) {
      // A gateway that is in trouble may not have looked at the signature.
      isAccepted = true;
      await keep(accepted, 1);
      if (before > 0) await tokens.drop(refused);
    }
    return reply;
  };

  return {
    fault(reply: Reply, request: Request) {
      const error = fault(reply, request);
      if (!isRefusal(error, reply)) return error;
      // Those that speak of the key itself are plain enough.
      refusal = error.details.code?.startsWith('IAM.11') === true ? error : explained(error, reply.headers.date, clock);
      return refusal;
    },
    layer: (next) => async (request) => {
      requireNoRefusal();
      isAccepted ||= (await kept(accepted)) > 0;
      if (isAccepted) return vouchedFor(next, request);
      const ours = turn.then(() => (isAccepted ? vouchedFor(next, request) : alone(refused, () => tried(next, request))));
      turn = ours.catch(() => undefined);
      return ours;
    },
  };
}
