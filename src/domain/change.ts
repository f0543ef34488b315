/** What a mutation comes to, for one target. */
import type { IpctlError } from './errors.js';
import type { Request } from './exchange.js';
import type { FloatingIp, PrivateIp } from './records.js';

export type AnyIp = FloatingIp | PrivateIp;

/** A request that a dry run would have sent. */
export interface Planned {
  readonly step: string;
  readonly request: Request;
}

export interface Change<T extends AnyIp> {
  readonly action: string;
  /** False when nothing had to be done, null when it cannot be known. */
  readonly changed: boolean | null;
  readonly operation: string | null;
  readonly ip: T | null;
  readonly error: IpctlError | null;
  /** Of a dry run: what would have been sent. */
  readonly planned: readonly Planned[] | null;
}
