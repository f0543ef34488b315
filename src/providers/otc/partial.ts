/** What stands when a later request of the same verb failed: told, with the failure in it. */
import { IpctlError } from '../../domain/errors.js';
import type { FloatingIp, PrivateIp } from '../../domain/records.js';

/** `partial`, unless it is no failure but an interrupt, or something that is ours alone. `exists` is added to what the failure knows of. */
export function asPartial(done: string, exists: readonly (FloatingIp | PrivateIp)[], failed: unknown, hint?: string): unknown {
  if (!(failed instanceof IpctlError) || failed.kind === 'signal') return failed;
  return new IpctlError('partial', `${done}, but then: ${failed.message}`, {
    ...failed.details,
    ...(hint === undefined ? {} : { hint }),
    exists: [...exists, ...(failed.details.exists ?? [])],
    errors: [failed],
    cause: failed,
  });
}
