/** `ip release`: gives the address back for good. Asks first; never pulls it from under a server unasked. */

import type { Change } from '../domain/change.js';
import { IpctlError } from '../domain/errors.js';
import type { FloatingIp } from '../domain/records.js';
import { requireCapability, verb } from './capable.js';
import { type ChangeSettings, change, partial } from './change.js';
import { absent } from './disassociate.js';
import { holders, nameOf, requireOurs } from './holders.js';
import { checkReference, findFloatingIp } from './resolve.js';
import { provenBy } from './run.js';
import type { Target } from './target.js';

export interface ReleaseInput {
  readonly ref: string;
  readonly disassociate: boolean;
  readonly ifExists: boolean;
}

export async function release(target: Target, settings: ChangeSettings, input: ReleaseInput): Promise<Change<FloatingIp>> {
  const { manifest, place } = target;
  checkReference(input.ref);
  requireCapability(manifest, 'releaseFloatingIp');
  return change(target, settings, 'release', input, async (run) => {
    const { driver } = run;
    // What was to be released and is gone now is what was wanted.
    const was = run.replay?.subject;
    const found = was == null ? findFloatingIp(target, driver, input.ref) : verb(driver, 'getFloatingIp')({ id: was.id });
    const ip = await found.catch((thrown: unknown) => absent(thrown, input.ifExists || run.replay !== undefined));
    if (ip === null) return { ip: null, changed: false };
    requireOurs(target, ip);
    if (ip.protected === true) {
      throw new IpctlError('conflict', `${nameOf(ip)} is protected against release by the provider`, {
        provider: manifest.id,
        fate: 'not-sent',
      });
    }
    const held = ip.associations.length > 0;
    if (held && !input.disassociate) {
      throw new IpctlError('conflict', `${nameOf(ip)} is associated with ${holders(ip.associations)}`, {
        provider: manifest.id,
        fate: 'not-sent',
        hint: '--disassociate takes it off first',
      });
    }
    run.about(ip);
    // Agreed to once, and provably the same object still: not asked again.
    if (!settings.dryRun && !provenBy(run, ip)) {
      const whom = held ? `, now serving ${holders(ip.associations)}` : '';
      await settings.confirm(`Release ${nameOf(ip)}${whom}, of profile ${place.profile} (${manifest.title})?`);
    }
    const stepwise = held && manifest.releasesHeld !== true;
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
