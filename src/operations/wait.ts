/** `ip wait`: until the provider shows a state, and its data plane followed, where the API tells of it. */
import { IpctlError, isIpctlError, toIpctlError } from '../domain/errors.js';
import type { Manifest } from '../domain/manifest.js';
import type { FloatingIp } from '../domain/records.js';
import { until } from '../domain/until.js';
import { requireCapability, verb } from './capable.js';
import { nameOf } from './holders.js';
import { type ReadSettings, reader } from './reader.js';
import { checkReference, findFloatingIp } from './resolve.js';
import type { Target } from './target.js';

export const awaited = ['free', 'associated', 'gone'] as const;
export type Awaited = (typeof awaited)[number];

export interface WaitInput {
  readonly ref: string;
  readonly state: Awaited;
}

export interface WaitResult {
  /** As it was last seen; null when it is gone. */
  readonly ip: FloatingIp | null;
  /** `timeout`, when it is there and not what was waited for. */
  readonly failed: IpctlError | undefined;
}

const isReached = ({ followed }: Manifest, ip: FloatingIp, state: 'free' | 'associated'): boolean =>
  ip.state === state && (followed === undefined || ip.providerState === null || followed[state].includes(ip.providerState));

const isGone = (thrown: unknown): boolean => isIpctlError(thrown) && thrown.kind === 'not-found';

/** `not-found` when it is not there, or goes, while something else is waited for. `temporary` when it was never seen. */
export async function wait(target: Target, settings: ReadSettings, { ref, state }: WaitInput): Promise<WaitResult> {
  const { manifest, place } = target;
  const { clock, signal, timeout, progress } = settings;
  checkReference(ref);
  requireCapability(manifest, 'getFloatingIp');
  const driver = reader(target, settings);
  const deadline = clock.now() + timeout;
  let seen: FloatingIp | undefined;
  let lost: IpctlError | undefined;

  /** Undefined: not yet. A name is looked up once: the address that had it is what is waited for. */
  const look = async (): Promise<WaitResult | undefined> => {
    if (seen !== undefined) progress(`waiting for ${nameOf(seen)} to be ${state}: it is ${told(seen)}`, { until: deadline });
    try {
      seen = seen === undefined ? await findFloatingIp(target, driver, ref) : await verb(driver, 'getFloatingIp')({ id: seen.id });
      lost = undefined;
    } catch (thrown) {
      if (signal.aborted) throw thrown;
      if (isGone(thrown) && state === 'gone') return { ip: null, failed: undefined };
      if (isGone(thrown) && seen !== undefined) {
        throw new IpctlError('not-found', `${nameOf(seen)} is gone, which was to be ${state}`, { cause: thrown });
      }
      const error = toIpctlError(thrown);
      // A provider that stumbles while we wait has said nothing of the address.
      if (error.kind !== 'temporary') throw error;
      lost = error;
      return undefined;
    }
    return state !== 'gone' && isReached(manifest, seen, state) ? { ip: seen, failed: undefined } : undefined;
  };

  try {
    const found = await until<WaitResult>({ clock, signal, deadline, check: look });
    if (found !== undefined) return found;
  } catch (thrown) {
    throw signal.aborted
      ? new IpctlError('signal', `interrupted while waiting for ${ref} to be ${state}`, { ...place, hint: 'the same command waits again' })
      : toIpctlError(thrown).with(place);
  }
  if (seen === undefined) throw (lost ?? new IpctlError('temporary', 'it was not looked at')).with(place);
  const failed = new IpctlError('timeout', `${nameOf(seen)} is ${told(seen)}, and not ${state} within ${timeout / 1000} s`, {
    ...place,
    hint: 'it may still come: wait again, or give --timeout more time',
    exists: [seen],
  });
  return { ip: seen, failed };
}

const told = ({ state, providerState }: FloatingIp): string => (providerState === null ? state : `${state} (${providerState})`);
