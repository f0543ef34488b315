/**
 * Access keys are locked for some minutes after five bad signatures in a row. A refused signature is therefore the last one
 * of its command, but for those under way beside it: neither a look for a lost answer nor what still waits for its turn sends
 * another. Commands in a row count together, and so do commands at once: until a signature was accepted, one request is under
 * way at a time, and a refusal ends that for all of them.
 */
import { createHash } from 'node:crypto';
import type { Clock } from '../../domain/clock.js';
import type { Tokens } from '../../domain/driver.js';
import { IpctlError } from '../../domain/errors.js';
import type { ClientParts, Reply, Request } from '../../domain/exchange.js';
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

/** Parts of a client: how it tells of refusals, and what it sends while there are any. */
export type KeyGuard = Required<Pick<ClientParts, 'fault' | 'leaving'>>;

export function keyGuard({ clock, tokens, key, secrets }: Guarded): KeyGuard {
  const fingerprint = createHash('sha256').update(JSON.stringify(secrets)).digest('hex').slice(0, 16);
  const named = (what: string): string => JSON.stringify([...key, what, fingerprint]);
  const refused = named('refused');
  const accepted = named('accepted');
  const alone = tokens.alone ?? (<T>(_key: string, work: () => Promise<T>): Promise<T> => work());
  let turn: Promise<unknown> = Promise.resolve();

  const kept = async (name: string): Promise<number> => {
    const found = (await tokens.get(name)) as { readonly times?: unknown; readonly until?: unknown } | null | undefined;
    return typeof found?.times === 'number' && typeof found.until === 'number' && found.until > clock.now() ? found.times : 0;
  };
  const keep = async (name: string, times: number): Promise<void> => {
    const until = clock.now() + MEMORY;
    await tokens.put(name, { times, until }, new Date(until));
  };
  /** Asked each time: another command may have been refused, or have been accepted, since. */
  const isAccepted = async (): Promise<boolean> => (await kept(accepted)) > 0;
  const refuse = async (times: number): Promise<void> => {
    // First: whoever looks in between waits for his turn.
    await tokens.drop(accepted);
    await keep(refused, times + 1);
  };

  const told = (reply: Reply, request: Request): { readonly error: IpctlError; readonly isBad: boolean } => {
    const error = fault(reply, request);
    if (!isRefusal(error, reply)) return { error, isBad: false };
    // Those that speak of the key itself are plain enough.
    const plain = error.details.code?.startsWith('IAM.11') === true;
    return { error: plain ? error : explained(error, reply.headers.date, clock), isBad: true };
  };

  return {
    fault: (reply, request) => told(reply, request).error,
    leaving: (refusals) => (next) => {
      const requireNoRefusal = (): void => {
        const refusal = refusals.get(refused);
        if (refusal !== undefined) throw refusal.with({ fate: 'not-sent' });
      };
      const isBad = (reply: Reply, request: Request): boolean => {
        if (reply.status < 400) return false;
        const { error, isBad } = told(reply, request);
        if (isBad) refusals.set(refused, error);
        return isBad;
      };
      /** With a key that was accepted of late. Its refusals count all the same: it may have been changed since. */
      const vouchedFor = async (request: Request): Promise<Reply> => {
        requireNoRefusal();
        const reply = await next(request);
        if (isBad(reply, request)) await alone(refused, async () => refuse(await kept(refused)));
        return reply;
      };
      /**
       * With a key of which nobody knows whether it is good: the next one waits for the verdict on this one. Undefined, and
       * nothing sent, where the one before it was accepted, here or beside us.
       */
      const tried = async (request: Request): Promise<Reply | undefined> => {
        if (await isAccepted()) return undefined;
        requireNoRefusal();
        const before = await kept(refused);
        if (before >= MOST) throw tooOften(before);
        const reply = await next(request);
        if (isBad(reply, request)) {
          await refuse(before);
        } else if (reply.status < 500 && reply.status !== 429) {
          // A gateway that is in trouble may not have looked at the signature.
          await keep(accepted, 1);
          if (before > 0) await tokens.drop(refused);
        }
        return reply;
      };
      return async (request) => {
        if (await isAccepted()) return vouchedFor(request);
        const ours = turn.then(() => alone(refused, () => tried(request)));
        turn = ours.catch(() => undefined);
        return (await ours) ?? vouchedFor(request);
      };
    },
  };
}

const tooOften = (times: number): IpctlError =>
  new IpctlError('auth', `the access key was refused ${times} times in a row within minutes: another bad signature might lock it`, {
    provider: 'otc',
    fate: 'not-sent',
    hint: `another secret-key may be tried at once; after the clock was set, wait ${MEMORY / 60_000} minutes`,
  });
