/** `ip release`: gives the address back for good. Asks first; never pulls it from under a server unasked. */

import type { Change } from '../domain/change.js';
import { IpctlError } from '../domain/errors.js';
import type { FloatingIp } from '../domain/records.js';
import { type Agreed, agreeOn, requireAgreed } from './agreement.js';
import { requireCapability, verb } from './capable.js';
import { type ChangeSettings, change, partial, several } from './change.js';
import { absent, changedBefore, isGoneMeanwhile } from './disassociate.js';
import { holders, nameOf, requireOurs } from './holders.js';
import { afterTurn, type Claim, claiming, type Turn, turns } from './in-turn.js';
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

/** What a target has of the command that it is one of. */
interface Among {
  /** As the user was asked about it: null when it was not there then, undefined when nobody was asked. */
  readonly agreed: FloatingIp | null | undefined;
  /** Where there are others. */
  readonly shared?: { readonly looks: Looks<FloatingIp>; readonly turn: Turn; readonly claim: Claim };
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

/** One operation. Who is to be asked has been, but for one that is gone on with: that asks by itself where it must. */
export async function release(
  target: Target,
  settings: ChangeSettings,
  input: ReleaseInput,
  { agreed, shared }: Among = { agreed: undefined },
): Promise<Change<FloatingIp>> {
  const { manifest, place } = target;
  checkReference(input.ref);
  requireCapability(manifest, 'releaseFloatingIp');
  return change(target, settings, 'release', input, async (run) => {
    const nothing = { ip: null, changed: false };
    // No question named it: whatever has come to be there since then stays.
    if (agreed === null) return nothing;
    const found = await releasable(target, run, input, shared?.looks).catch((thrown: unknown) => {
      if (shared?.claim.was(input.ref) === true) return absent(thrown, true);
      throw thrown;
    });
    if (found === null) return nothing;
    requireAgreed(target, agreed, found);
    run.about(found);
    if (shared?.claim.first(found) === false) return { ip: found, changed: false };
    let ip: FloatingIp | null = found;
    if (run.replay !== undefined && !provenBy(run, found)) {
      await run.untimed(settings.confirm(`Release ${describe(found)}, of profile ${place.profile} (${manifest.title})?`));
      ip = await stillReleasable(target, run, input, found, found);
    } else if (shared !== undefined && found.revision === null) {
      // No condition goes with the request: what it is based on is read when nothing but the request itself is to follow.
      const waited = await run.untimed(shared.turn.begins());
      if (waited) ip = await stillReleasable(target, run, input, found, agreed);
    }
    return ip === null ? nothing : giveBack(target, run, input, ip);
  });
}

/** The address once more, by a reading that begins now; refused (`conflict`) when it is not what was agreed to. */
async function stillReleasable(
  target: Target,
  run: Run,
  { disassociate, ifExists }: ReleaseInput,
  { id }: FloatingIp,
  agreed: FloatingIp | undefined,
): Promise<FloatingIp | null> {
  const read = verb(run.driver, 'getFloatingIp')({ id });
  const ip = await read.catch((thrown: unknown) => absent(thrown, ifExists || run.replay !== undefined));
  if (ip === null) return null;
  requireReleasable(target, ip, disassociate);
  requireAgreed(target, agreed, ip);
  run.about(ip);
  return ip;
}

interface Released {
  readonly ip: FloatingIp | null;
  readonly changed: boolean | null;
}

async function giveBack(target: Target, run: Run, { ifExists }: ReleaseInput, ip: FloatingIp): Promise<Released> {
  const { manifest, place } = target;
  const { driver, replay } = run;
  const isFine = ifExists || replay !== undefined;
  const stepwise = ip.associations.length > 0 && manifest.releasesHeld !== true;
  let free = ip;
  try {
    if (stepwise) free = await verb(driver, 'disassociateFloatingIp')(ip, ip.associations);
    const before = run.applied();
    await verb(driver, 'releaseFloatingIp')(free);
    // Some drivers take what is gone for done, whoever did it.
    const byAnother = run.planned.length === 0 && replay === undefined && run.applied() === before;
    if (byAnother && isFine) return { ip: null, changed: changedBefore(run) };
    if (byAnother) {
      throw new IpctlError('not-found', `${nameOf(ip)} is not there any more: somebody else released it`, {
        provider: manifest.id,
        fate: 'not-applied',
      });
    }
  } catch (thrown) {
    if (isFine && (await isGoneMeanwhile(verb(driver, 'getFloatingIp'), ip, thrown))) return { ip: null, changed: changedBefore(run) };
    if (free === ip) throw thrown;
    const back = ip.associations.flatMap(({ server }) => (server === null ? [] : [`--server ${server.id}`])).join(' ');
    const hint = `go on: ipctl -p ${place.profile} ip release ${nameOf(ip)}; back: ipctl -p ${place.profile} ip associate ${nameOf(ip)} ${back}`;
    throw partial(`${nameOf(ip)} is disassociated`, free, thrown, hint);
  }
  return { ip: { ...free, state: 'free', associations: [] }, changed: true };
}

/** Asks about all of them at once, by what is read before the question. */
const ask = (
  target: Target,
  settings: ChangeSettings,
  { refs, parallel, ...how }: ReleaseAllInput,
  looks: Looks<FloatingIp> | undefined,
): Promise<Agreed<FloatingIp> | undefined> =>
  agreeOn<FloatingIp>(target, settings, {
    action: 'release',
    refs,
    most: parallel * UNDER_WAY,
    async look(ref, run) {
      checkReference(ref);
      return releasable(target, run, { ref, ...how }, looks);
    },
    describe,
    title: (count) => (count === 1 ? 'Release' : `Release ${count} floating IPs`),
  });

/** What the user agreed to is known by a reading of its own, and the one that is acted upon comes after the answer. */
export async function releaseOne(target: Target, settings: ChangeSettings, input: ReleaseInput): Promise<Change<FloatingIp>> {
  checkReference(input.ref);
  requireCapability(target.manifest, 'releaseFloatingIp');
  const { ref, ...how } = input;
  const agreed = (await ask(target, settings, { refs: [ref], parallel: 1, ...how }, undefined))?.get(ref);
  if (agreed instanceof IpctlError) throw agreed;
  return release(target, settings, input, { agreed });
}

/** Each is an operation of its own, in the record and in the result; they are asked about, found and seen to be gone together. */
export async function releaseAll(
  target: Target,
  settings: ChangeSettings,
  input: ReleaseAllInput,
  counted: (each: (ref: string) => Promise<Change<FloatingIp>>) => (ref: string, index: number) => Promise<Change<FloatingIp>>,
): Promise<Change<FloatingIp>[]> {
  requireCapability(target.manifest, 'releaseFloatingIp');
  const looks = looksFor<FloatingIp>(target, settings, {
    find: (driver, some) => findFloatingIps(target, driver, some),
    left: async (driver, ids) => driver.floatingIpsLeft?.(ids),
  });
  const { refs, parallel, ...how } = input;
  const agreed = await ask(target, settings, input, looks);
  const turnOf = turns(parallel);
  const claimed = claiming<FloatingIp>(settings.dryRun);
  const each = async (ref: string): Promise<Change<FloatingIp>> => {
    const before = agreed?.get(ref);
    if (before instanceof IpctlError) throw before;
    const turn = turnOf();
    const own = { ...settings, looks: afterTurn(looks, turn) };
    try {
      return await looks.among(() =>
        claimed((claim) => release(target, own, { ref, ...how }, { agreed: before, shared: { looks, turn, claim } })),
      );
    } finally {
      turn.ends();
    }
  };
  return several('release', refs, parallel * UNDER_WAY, counted(each));
}
