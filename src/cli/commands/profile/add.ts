import { IpctlError } from '../../../domain/errors.js';
import { verb } from '../../../operations/capable.js';
import { merge, requireComplete } from '../../../profiles/merge.js';
import { emptyProfile, isProfileName, isReserved } from '../../../profiles/profile.js';
import { isProviderId, providerIds, providerOf } from '../../../providers/registry.js';
import { profileView } from '../../../render/house-views.js';
import { completed, edited } from '../../edit.js';
import type { Command } from '../../intent.js';
import { one } from '../../output.js';
import { openKnown } from '../../target.js';
import { recordOf } from './stored.js';

export const view = profileView;

export const run: Command<'profile add'> = async (intent, session) => {
  const name = intent.arguments[0] ?? '';
  const { provider: id, set, secret, test } = intent.flags;
  requireFreeName(name);
  if (!isProviderId(id))
    throw new IpctlError('usage', `there is no provider '${id}'`, { fate: 'not-sent', hint: `providers: ${providerIds.join(', ')}` });
  const { manifest } = providerOf(id);
  const store = await session.store();
  const taken = new IpctlError('conflict', `profile '${name}' exists`, {
    fate: 'not-sent',
    hint: `ipctl profile set ${name} … changes it, ipctl profile remove ${name} removes it`,
  });
  if (store.get(name) !== undefined) throw taken;
  const profile = await completed(await edited(emptyProfile(id), manifest, set, secret, session), manifest, session);
  requireComplete(
    manifest,
    merge(manifest, { flags: {}, env: session.world.env, stored: profile.options, fromEnvironment: false, profile: name }),
    name,
  );
  let account: string | null = null;
  if (test) {
    const target = await openKnown({ name, by: 'argument' }, { id, profile, kind: 'stored' }, intent, session);
    account = (await session.read(target, (driver) => verb(driver, 'account')())).id;
  }
  await store.update((stored) => {
    if (Object.hasOwn(stored.profiles, name)) throw taken;
    return { ...stored, profiles: { ...stored.profiles, [name]: { ...profile, account } } };
  });
  const current = store.current();
  if (current === null) session.note(`to use it without -p: ipctl profile use ${name}`);
  return one(view, recordOf(name, profile, 'stored', current));
};

/** `usage` for a name that a profile cannot have. */
export function requireFreeName(name: string): void {
  if (isReserved(name))
    throw new IpctlError('usage', `'${name}' is a reserved name: sandbox…, env:… and cloud:… are built in`, { fate: 'not-sent' });
  if (!isProfileName(name))
    throw new IpctlError('usage', `'${name}' is no name for a profile: letters, digits, . _ - (at most 64)`, { fate: 'not-sent' });
}
