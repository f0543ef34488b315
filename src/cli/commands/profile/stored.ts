/** Profiles as records, and the stored ones that commands may change. */
import { IpctlError } from '../../../domain/errors.js';
import type { Profile } from '../../../profiles/profile.js';
import type { Store } from '../../../profiles/store.js';
import type { ProfileRecord } from '../../../render/house-views.js';
import type { Session } from '../../session.js';
import { type Known, lookUp } from '../../target.js';

/** Where a profile is kept. */
export const sourceOf = (kind: Known['kind']): string => (kind === 'stored' ? 'file' : kind === 'cloud' ? 'clouds.yaml' : 'built-in');

export const recordOf = (name: string, { provider, settings }: Profile, kind: Known['kind'], current: string | null): ProfileRecord => ({
  name,
  provider,
  source: sourceOf(kind),
  current: name === current,
  protected: settings.protected === true,
});

export async function requireStored(name: string, session: Session): Promise<Known & { readonly store: Store }> {
  const known = await lookUp(name, session);
  if (known.kind === 'cloud') {
    throw new IpctlError('usage', `'${name}' is an entry of clouds.yaml and cannot be changed here`, {
      fate: 'not-sent',
      hint: `a copy can: ipctl profile add NAME --import ${name}`,
    });
  }
  if (known.kind !== 'stored') throw new IpctlError('usage', `'${name}' is built in and cannot be changed`, { fate: 'not-sent' });
  return { ...known, store: await session.store() };
}
