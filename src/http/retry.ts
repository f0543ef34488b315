/** Repeats what surely changed nothing. Stands outside `fault`, so that the rule speaks kinds, not statuses. */
import type { Clock, Random } from '../domain/clock.js';
import { type IpctlError, toIpctlError } from '../domain/errors.js';
import { isRead, type Layer, type Request } from '../domain/exchange.js';
import type { Progress } from '../domain/progress.js';

const TRIES = 4;
const FIRST_PAUSE = 250;

/** A read may always be repeated; a mutation only when it did not leave, or was turned away unread (rate limit). */
const mayRepeat = (request: Request, error: IpctlError): boolean =>
  error.kind === 'temporary' && (isRead(request) || error.details.fate === 'not-sent' || error.details.fate === 'not-applied');

export interface RetrySettings {
  readonly clock: Clock;
  readonly random: Random;
  readonly signal: AbortSignal;
  deadline(): number;
  readonly progress: Progress;
}

/** `Retry-After` beats our own back-off, however long it is; a pause that would pass the deadline is not begun, and told. */
export const retry =
  ({ clock, random, signal, deadline, progress }: RetrySettings): Layer =>
  (next) =>
  async (request) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await next(request);
      } catch (thrown) {
        if (signal.aborted) throw thrown;
        const error = toIpctlError(thrown);
        const backOff = FIRST_PAUSE * 2 ** (attempt - 1) * (0.5 + random() / 2);
        const { retryAfter } = error.details;
        const pause = retryAfter ?? backOff;
        if (!mayRepeat(request, error) || attempt === TRIES) throw error;
        if (clock.now() + pause >= deadline()) {
          throw retryAfter === undefined
            ? error
            : error.with({ hint: `the provider allows another try in ${Math.ceil(retryAfter / 1000)} s` });
        }
        progress(`${error.message}; trying again in ${(pause / 1000).toFixed(1)} s`, { until: clock.now() + pause });
        await clock.sleep(pause, signal);
        progress('', true);
      }
    }
  };

/** Milliseconds asked for by a `Retry-After` header (seconds, or a date held against the reply's own), or undefined. */
export function retryAfter(headers: Readonly<Record<string, string>>): number | undefined {
  const value = headers['retry-after']?.trim();
  if (value === undefined || value === '') return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  const wait = Date.parse(value) - Date.parse(headers.date ?? '');
  return Number.isNaN(wait) ? undefined : Math.max(0, wait);
}
