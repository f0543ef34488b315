/** Writes that happen only to what was read: Neutron's optimistic lock, and what to do where it bites without need or is missing. */
import { IpctlError } from '../../domain/errors.js';

export interface Guarded<R> {
  /** Of the record at hand. */
  readonly revision: string | null;
  /** Reads again: the revision now, where the holder is still the recorded one; `conflict` where it is not. */
  recheck(): Promise<string | null>;
  /** `again`: the first try was turned away. */
  write(revision: string | null, again: boolean): Promise<R>;
}

const isStale = (error: IpctlError): boolean => error.details.status === 412;
/** A cloud without the extension `revision-if-match` refuses the header. */
const isUnguardable = (error: IpctlError): boolean => error.details.status === 400 && /does not support constraining/i.test(error.message);

/**
 * A revision changes also when a status or a tag does: turned away, the holder is looked at, and only another one is a
 * conflict. Where nothing guards the write, it follows a look at once. Tries twice at most.
 */
export async function guarded<R>({ revision, recheck, write }: Guarded<R>): Promise<R> {
  const known = revision ?? (await recheck());
  try {
    return await write(known, false);
  } catch (thrown) {
    if (known === null || !(thrown instanceof IpctlError) || !(isStale(thrown) || isUnguardable(thrown))) throw thrown;
    const now = await recheck();
    return write(isStale(thrown) ? now : null, true);
  }
}
