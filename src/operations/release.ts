/** `ip release`: gives the address back for good. Asks first; never pulls it from under a server unasked. */

import type { Change } from '../domain/change.js';
import { IpctlError } from '../domain/errors.js';
import type { FloatingIp } from '../domain/records.js';
import { agreeOn, requireAgreed } from './agreement.js';
import { requireCapability, verb } from './capable.js';
import { type ChangeSettings, change, partial, several } from './change.js';
import { absent } from './disassociate.js';
import { holders, nameOf, requireOurs } from './holders.js';
import { type Looks, looksFor, UNDER_WAY } from './looks.js';
import { checkReference, findFloatingIp, findFloatingIps } from './resolve.js';
import { provenBy, type Run } from './run.js';
import type { Target } from './target.js';

export interface ReleaseInput {
  readonly ref: string;
  readonly disassociate: boolean;
  readonly ifExists: boolean;
}

export interface ReleaseAllInput extends Omit<ReleaseInput, 'ref'> {
  readonly refs: readonly string[];
  /** Requests in flight at once: the target's connections see to it, and enough targets are under way to keep them busy. */
  readonly parallel: number;
}

/** What makes one target one of several. */
interface Among {
  readonly looks: Looks<FloatingIp>;
  /** As the user was asked about it; undefined where nobody was. */
  readonly agreed: FloatingIp | undefined;
}

const describe = (ip: FloatingIp): string =>
  ip.associations.length === 0 ? nameOf(ip) : `${nameOf(ip)}, now serving ${holders(ip.associations)}`;

/** `conflict` or `unsupported` for what must not be released. */
function requireReleasable(target: Target, ip: FloatingIp, disassociate: boolean): void {
  requireOurs(target, ip);
  const facts = { provider: target.manifest.id, fate: 'not-sent' } as const;
  if (ip.protected === true) throw new IpctlError('conflict', `${nameOf(ip)} is protected against release by the provider`, facts);
  if (ip.associations.length > 0 && !disassociate) {
    throw new IpctlError('conflict', `${nameOf(ip)} is associated with ${holders(ip.associations)}`, {
      ...facts,
      hint: '--disassociate takes it off first',
    });
  }
}

/** The address as it is now and may be released; null when it is not there and need not be. */
async function releasable(target: Target, run: Run, input: ReleaseInput, looks: Looks<FloatingIp> | undefined): Promise<FloatingIp | null> {
  const find = async (): Promise<FloatingIp> => {
    const was = run.replay?.subject;
    if (was != null) return verb(run.driver, 'getFloatingIp')({ id: was.id });
    return (await looks?.find(input.ref)) ?? findFloatingIp(target, run.driver, input.ref);
  };
  // What was to be released and is gone now is what was wanted.
  const ip = await find().catch((thrown: unknown) => absent(thrown, input.ifExists || run.replay !== undefined));
  if (ip !== null) requireReleasable(target, ip, input.disassociate);
  return ip;
}

export async function release(target: Target, settings: ChangeSettings, input: ReleaseInput, among?: Among): Promise<Change<FloatingIp>> {
  const { manifest, place } = target;
  checkReference(input.ref);
  requireCapability(manifest, 'releaseFloatingIp');
  return change(target, settings, 'release', input, async (run) => {
    const { driver } = run;
    const ip = await releasable(target, run, input, among?.looks);
    if (ip === null) return { ip: null, changed: false };
    requireAgreed(target, among?.agreed, ip);
    run.about(ip);
    // Agreed to once, and provably the same object still: not asked again.
    if (!settings.dryRun && among === undefined && !provenBy(run, ip)) {
      await settings.confirm(`Release ${describe(ip)}, of profile ${place.profile} (${manifest.title})?`);
    }
    const stepwise = ip.associations.length > 0 && manifest.releasesHeld !== true;
    const free = stepwise ? await verb(driver, 'disassociateFloatingIp')(ip, ip.associations) : ip;
    try {
      await verb(driver, 'releaseFloatingIp')(free);
    } catch (thrown) {
      if (!stepwise) throw thrown;
      const back = ip.associations.flatMap(({ server }) => (server === null ? [] : [`--server ${server.id}`])).join(' ');
      const hint = `go on: ipctl -p ${place.profile} ip release ${nameOf(ip)}; back: ipctl -p ${place.profile} ip associate ${nameOf(ip)} ${back}`;
      throw partial(`${nameOf(ip)} is disassociated`, free, thrown, hint);
    }
    return { ip: { ...free, state: 'free', associations: [] }, changed: true };
  });
}

/** Each is an operation of its own, in the record and in the result; they are asked about, found and seen to be gone together. */
export async function releaseAll(
  target: Target,
  settings: ChangeSettings,
  { refs, parallel, ...how }: ReleaseAllInput,
  counted: (each: (ref: string) => Promise<Change<FloatingIp>>) => (ref: string, index: number) => Promise<Change<FloatingIp>>,
): Promise<Change<FloatingIp>[]> {
  requireCapability(target.manifest, 'releaseFloatingIp');
  const looks = looksFor<FloatingIp>(target, settings, {
    find: (driver, some) => findFloatingIps(target, driver, some),
    left: async (driver, ids) => driver.floatingIpsLeft?.(ids),
  });
  const most = parallel * UNDER_WAY;
  const agreed = await agreeOn<FloatingIp>(target, settings, {
    action: 'release',
    refs,
    most,
    async look(ref, run) {
      checkReference(ref);
      return releasable(target, run, { ref, ...how }, looks);
    },
    describe,
    title: (count) => (count === 1 ? 'Release' : `Release ${count} floating IPs`),
  });
  const each = async (ref: string): Promise<Change<FloatingIp>> => {
    const before = agreed?.get(ref);
    if (before instanceof IpctlError) throw before;
    return release(target, { ...settings, looks }, { ref, ...how }, { looks, agreed: before ?? undefined });
  };
  return several('release', refs, most, counted(each));
}
