/** What `ipctl doctor` asks of a profile: who it is, and how far away its provider. */
import type { Account } from '../domain/records.js';
import { verb } from './capable.js';
import { requestOn, serviceOf, urlOn } from './direct.js';
import { type ReadSettings, readOnce } from './reader.js';
import type { Target } from './target.js';

export interface Probe {
  readonly account: Account;
  /** Milliseconds of one small read, the connection included. */
  readonly latency: number;
  readonly tokenExpiresAt: Date | null;
  /** Milliseconds that the provider's clock is ahead of ours, to a second; null where it does not tell the time. */
  readonly skew: number | null;
}

export const probe = (target: Target, settings: ReadSettings): Promise<Probe> =>
  readOnce(target, settings, async (driver) => {
    const { clock } = settings;
    const { services, probe: path } = target.manifest.api;
    const account = await verb(driver, 'account')();
    const service = await serviceOf(driver, services[0]);
    const started = clock.now();
    const { headers } = await requestOn(driver, service, { method: 'GET', url: urlOn(service, path) });
    const ended = clock.now();
    const date = Date.parse(headers.date ?? '');
    return {
      account,
      latency: ended - started,
      tokenExpiresAt: service.tokenExpiresAt,
      // The header tells whole seconds, cut off: half of one is its mean error.
      skew: Number.isNaN(date) ? null : date + 500 - (started + ended) / 2,
    };
  });
