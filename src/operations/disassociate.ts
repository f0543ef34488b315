/** `ip disassociate`: from the given servers, or from everybody. */

import type { AnyIp, Change } from '../domain/change.js';
import { IpctlError, isIpctlError } from '../domain/errors.js';
import type { FloatingIp } from '../domain/records.js';
import { halfway } from './associate.js';
import { requireCapability, verb } from './capable.js';
import { type ChangeSettings, change } from './change.js';
import { holders, nameOf, requireOurs } from './holders.js';
import { checkReference, findFloatingIp, findServers, orAbsent } from './resolve.js';
import type { Run } from './run.js';
import type { Target } from './target.js';

export interface DisassociateInput {
  readonly ref: string;
  readonly servers: readonly string[];
  readonly ifExists: boolean;
}

export async function disassociate(target: Target, settings: ChangeSettings, input: DisassociateInput): Promise<Change<FloatingIp>> {
  const { manifest } = target;
  checkReference(input.ref);
  requireCapability(manifest, 'disassociateFloatingIp');
  return change(target, settings, 'disassociate', input, async (run) => {
    const { driver } = run;
    const [ip, servers] = await Promise.all([
      findFloatingIp(target, driver, input.ref).catch((thrown: unknown) => absent(thrown, input.ifExists)),
      findServers(target, driver, input.servers),
    ]);
    if (ip === null) return { ip: null, changed: false };
    requireOurs(target, ip);
    const was = run.replay?.subject ?? null;
    // Whoever came since is none of a resumed operation's business: done is what takes the recorded holders off.
    const held =
      was === null ? ip.associations : ip.associations.filter(({ server, port }) => was.holders.includes(server?.id ?? port ?? ''));
    const from = servers.length === 0 ? held : held.filter(({ server }) => servers.some(({ id }) => id === server?.id));
    if (from.length === 0) {
      if (was === null && servers.length > 0 && ip.associations.length > 0 && manifest.holders === 'one') {
        throw new IpctlError(
          'conflict',
          `${nameOf(ip)} is associated with ${holders(ip.associations)}, not with ${input.servers.join(' or ')}`,
          {
            provider: manifest.id,
            fate: 'not-sent',
          },
        );
      }
      return { ip, changed: false };
    }
    run.about(ip, 'identity');
    try {
      const shown = await verb(driver, 'disassociateFloatingIp')(ip, from);
      return { ip: shown, changed: from.every(({ certain }) => certain) ? true : null };
    } catch (thrown) {
      if (!input.ifExists || !(await isGoneMeanwhile(verb(driver, 'getFloatingIp'), ip, thrown))) return halfway(run, target, ip, thrown);
      return { ip: null, changed: changedBefore(run) };
    }
  });
}

/** Null for what is not there when that is fine with the user; every other error goes on. */
export function absent(thrown: unknown, ifExists: boolean): null {
  if (ifExists && isIpctlError(thrown) && thrown.kind === 'not-found') return null;
  throw thrown;
}

/** Whether a change failed because somebody else gave the address back first: refused as not there, and not there indeed. */
export async function isGoneMeanwhile(
  get: (ref: { readonly id: string }) => Promise<AnyIp>,
  { id }: AnyIp,
  thrown: unknown,
): Promise<boolean> {
  if (!isIpctlError(thrown) || thrown.kind !== 'not-found') return false;
  return (await orAbsent(get({ id }))) === undefined;
}

/**
 * What an operation changed that came to its goal by another's doing: what it did before that; null for one that is gone on
 * with, as its first request may have been what did it.
 */
export function changedBefore(run: Run): boolean | null {
  if (run.replay !== undefined) return null;
  const changed = run.applied() > 0;
  if (!changed) run.undone();
  return changed;
}
