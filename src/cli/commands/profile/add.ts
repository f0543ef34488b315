import { IpctlError } from '../../../domain/errors.js';
import { verb } from '../../../operations/capable.js';
import { merge, requireComplete } from '../../../profiles/merge.js';
import { emptyProfile, isProfileName, isReserved, type Profile } from '../../../profiles/profile.js';
import { isProviderId, type ProviderId, providerIds, providerOf } from '../../../providers/registry.js';
import { profileView } from '../../../render/house-views.js';
import { completed, edited } from '../../edit.js';
import type { Command } from '../../intent.js';
import { one } from '../../output.js';
import type { Session } from '../../session.js';
import { openKnown } from '../../target.js';
import { askedFor, type Imported, imported, lackingSecrets } from './imported.js';
import { recordOf } from './stored.js';

export const view = profileView;

export const run: Command<'profile add'> = async (intent, session) => {
  const name = intent.arguments[0] ?? '';
  const { provider, import: from, set, secret, test } = intent.flags;
  requireFreeName(name);
  if (provider !== undefined && !isProviderId(provider))
    throw new IpctlError('usage', `there is no provider '${provider}'`, { fate: 'not-sent', hint: `providers: ${providerIds.join(', ')}` });
  const store = await session.store();
  const taken = new IpctlError('conflict', `profile '${name}' exists`, {
    fate: 'not-sent',
    hint: `ipctl profile set ${name} … changes it, ipctl profile remove ${name} removes it`,
  });
  if (store.get(name) !== undefined) throw taken;

  const { id, profile: start, secrets } = await beginning(provider, from, intent.global.region, session);
  const { manifest } = providerOf(id);
  const copied = intent.flags['import-secrets'] ? { ...start, options: { ...start.options, ...secrets } } : start;
  const given = await edited(copied, manifest, set, secret, session);
  const lacking = (options: Profile['options']): readonly string[] =>
    from === undefined ? [] : lackingSecrets(manifest, options, Object.keys(secrets));
  const asked = session.interactive ? await askedFor(lacking(given.options), given, manifest, session) : given;
  const open = lacking(asked.options);
  const profile = open.length > 0 ? asked : await completed(asked, manifest, session);
  // What is left open is told; all else must be there, as for any profile.
  const stored = { ...Object.fromEntries(open.map((option) => [option, 'open'])), ...profile.options };
  requireComplete(manifest, merge(manifest, { flags: {}, env: session.world.env, stored, fromEnvironment: false, profile: name }), name);
  let account: string | null = null;
  if (test) {
    const target = await openKnown({ name, by: 'argument' }, { id, profile, kind: 'stored' }, intent, session);
    account = (await session.read(target, (driver) => verb(driver, 'account')())).id;
  }
  await store.update((stored) => {
    if (Object.hasOwn(stored.profiles, name)) throw taken;
    return { ...stored, profiles: { ...stored.profiles, [name]: { ...profile, account } } };
  });
  if (open.length > 0) {
    const how = open.map((option) => `--secret ${option}=-`).join(' ');
    session.warn(`profile ${name} is saved without ${open.join(' and ')}, and works once it is set: ipctl profile set ${name} ${how}`);
  }
  const current = store.current();
  if (current === null) session.note(`to use it without -p: ipctl profile use ${name}`);
  return one(view, recordOf(name, profile, 'stored', current));
};

/** An empty profile of the provider, or a copy. */
async function beginning(
  provider: ProviderId | undefined,
  from: string | undefined,
  region: string | undefined,
  session: Session,
): Promise<Imported> {
  if (from !== undefined) return imported(from, provider, region, session);
  if (provider === undefined) {
    throw new IpctlError('usage', '--provider P is needed', { fate: 'not-sent', hint: `providers: ${providerIds.join(', ')}` });
  }
  return { id: provider, profile: emptyProfile(provider), secrets: {} };
}

/** `usage` for a name that a profile cannot have. */
export function requireFreeName(name: string): void {
  if (isReserved(name))
    throw new IpctlError('usage', `'${name}' is a reserved name: sandbox…, env:… and cloud:… are built in`, { fate: 'not-sent' });
  if (!isProfileName(name))
    throw new IpctlError('usage', `'${name}' is no name for a profile: letters, digits, . _ - (at most 64)`, { fate: 'not-sent' });
}
