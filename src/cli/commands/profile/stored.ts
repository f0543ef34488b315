/** Profiles as records, and the stored ones that commands may change. */
import { IpctlError } from '../../../domain/errors.js';
import type { Profile } from '../../../profiles/profile.js';
import type { Store } from '../../../profiles/store.js';
import type { ProfileRecord } from '../../../render/house-views.js';
import type { Session } from '../../session.js';
import { type Known, lookUp } from '../../target.js';

export const recordOf = (name: string, { provider, settings }: Profile, kind: Known['kind'], current: string | null): ProfileRecord => ({
  name,
  provider,
  source: kind === 'stored' ? 'file' : 'built-in',
  current: name === current,
  protected: settings.protected === true,
});

export async function requireStored(name: string, session: Session): Promise<Known & { readonly store: Store }> {
  const known = await lookUp(name, session);
  if (known.kind !== 'stored') throw new IpctlError('usage', `'${name}' is built in and cannot be changed`, { fate: 'not-sent' });
  return { ...known, store: await session.store() };
}
