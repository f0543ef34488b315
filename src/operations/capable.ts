/** The gate in front of every verb: what a provider cannot do is refused with its own reason, before any request. */
import type { AnyDriver, Capability } from '../domain/driver.js';
import { IpctlError } from '../domain/errors.js';
import type { Flag, Manifest } from '../domain/manifest.js';

const spelled: Partial<Record<Flag, string>> = { 'ip-version-6': '--ip-version 6' };

/** `unsupported` unless the provider has the verb and honours each of the flags given. */
export function requireCapability(manifest: Manifest, capability: Capability, flags: readonly Flag[] = []): void {
  const answer = manifest.supports[capability];
  if (!answer.can) {
    throw new IpctlError('unsupported', `${manifest.title}: ${answer.reason}`, {
      provider: manifest.id,
      fate: 'not-sent',
      hint: answer.instead ?? `see ${answer.link}`,
    });
  }
  const idle = flags.filter((flag) => !answer.takes.includes(flag)).map((flag) => spelled[flag] ?? `--${flag}`);
  if (idle.length > 0) {
    throw new IpctlError('unsupported', `${manifest.title} cannot honour ${idle.join(', ')} here`, {
      provider: manifest.id,
      fate: 'not-sent',
      hint: `ipctl provider show ${manifest.id}`,
    });
  }
}

/** The verb of a driver that the gate has let pass. */
export function verb<C extends Capability>(driver: AnyDriver, capability: C): NonNullable<AnyDriver[C]> {
  const found = driver[capability];
  if (found === undefined) throw new IpctlError('defect', `the driver lacks ${capability}, which its manifest promises`);
  return found as NonNullable<AnyDriver[C]>;
}
