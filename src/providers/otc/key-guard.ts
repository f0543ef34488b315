/**
 * Access keys are locked for some minutes after five bad signatures in a row. A refused signature is therefore the last one
 * of its connection: neither a look for a lost answer nor a list beside it sends another. Commands in a row count together.
 */
import { createHash } from 'node:crypto';
import type { Clock } from '../../domain/clock.js';
import type { Tokens } from '../../domain/driver.js';
import { IpctlError } from '../../domain/errors.js';
import type { Fault, Layer, Reply, Request } from '../../domain/exchange.js';
import { fault } from './fault.js';

/** Seconds within which a signature is accepted, either way. */
const TOLERANCE = 900;
/** Smaller differences are the way of the reply. */
const WORTH_TELLING = 60;
/** Fewer than lock a key, since commands side by side do not see each other's. */
const MOST = 3;
/** Milliseconds that a lock lasts, so that refusals before that do not count any more. */
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
  const record = JSON.stringify([...key, 'refused', fingerprint]);
  let refusal: IpctlError | undefined;
  let times: number | undefined;

  const earlier = async (): Promise<number> => {
    const kept = (await tokens.get(record)) as { readonly times?: unknown; readonly until?: unknown } | null | undefined;
    return typeof kept?.times === 'number' && typeof kept.until === 'number' && kept.until > clock.now() ? kept.times : 0;
  };
  const count = async (before: number, wasRefused: boolean): Promise<void> => {
    if (wasRefused) {
      times = (times ?? before) + 1;
      const until = clock.now() + MEMORY;
      await tokens.put(record, { times, until }, new Date(until));
    } else if ((times ?? before) > 0) {
      times = 0;
      await tokens.drop(record);
    }
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
      if (refusal !== undefined) throw refusal.with({ fate: 'not-sent' });
      const before = times ?? (await earlier());
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
      const reply = await next(request);
      const bad = reply.status >= 400 && isRefusal(fault(reply, request), reply);
      await count(before, bad);
      return reply;
    },
  };
}
