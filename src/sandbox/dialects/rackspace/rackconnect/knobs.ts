/** The switches that RackConnect adds to those of the Rackspace dialect. */
import { type Knobs, knobsFrom } from '../knobs.js';
import type { Failed } from './cloud.js';

export interface RackConnectKnobs extends Knobs {
  /** Reads that show a change as under way before one shows its end. The answer to the change itself is no such read. */
  readonly rackconnectDelay: number;
  /** What goes wrong, by a server's id or name: the status that its public IPs end in, with the reason. */
  readonly rackconnectFailures: Readonly<Record<string, Readonly<Partial<Record<Failed, string>>>>>;
  /** Each server is unknown to the first request that names it for a public IP. */
  readonly rackconnectRace: boolean;
  /** Requests a minute for each server; true: the published 30. */
  readonly rackconnectRate: boolean | number;
  /** Retained public IPs of an account. */
  readonly rackconnectRetained: number;
  readonly rackconnectCreateStatus: number;
  /** `shown`: a removed public IP is still shown by its id, with the status REMOVED. */
  readonly rackconnectRemoved: 'gone' | 'shown';
  /** False: records have no `retain`, as in the original documents. */
  readonly rackconnectRetainMember: boolean;
  /** `bare`: with fractions and without `Z`. */
  readonly rackconnectDates: 'utc' | 'bare';
}

const DEFAULTS: Omit<RackConnectKnobs, keyof Knobs> = {
  rackconnectDelay: 2,
  rackconnectFailures: {},
  rackconnectRace: false,
  rackconnectRate: false,
  rackconnectRetained: 5,
  rackconnectCreateStatus: 201,
  rackconnectRemoved: 'gone',
  rackconnectRetainMember: true,
  rackconnectDates: 'utc',
};

export const rackConnectKnobsFrom = (set: Readonly<Record<string, unknown>>): RackConnectKnobs => ({
  ...DEFAULTS,
  ...knobsFrom(set),
});

/**
 * Requests a minute for each server; undefined: no limit.
 * Source: rackerlabs/docs-cloud-rackconnect on GitHub, api-docs/general-api-info/limits.rst.
 */
export function rateOf({ rackconnectRate: rate }: RackConnectKnobs): number | undefined {
  if (rate === false) return undefined;
  return rate === true ? 30 : rate;
}
