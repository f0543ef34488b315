import { IpctlError, isIpctlError } from '../../../domain/errors.js';
import { hintAt } from '../../../domain/nearest.js';
import { verb } from '../../../operations/capable.js';
import { reader } from '../../../operations/reader.js';
import { lackingOptions, merge, requireComplete, settersOf } from '../../../profiles/merge.js';
import { emptyProfile, isProfileName, isReserved, type Profile } from '../../../profiles/profile.js';
import { isProviderId, type ProviderId, providerIds, providerOf } from '../../../providers/registry.js';
import { profileView } from '../../../render/house-views.js';
import { edited } from '../../edit.js';
import type { Command, Intent } from '../../intent.js';
import { one } from '../../output.js';
import type { Session } from '../../session.js';
import { openKnown } from '../../target.js';
import { askedFor, type Imported, imported, lackingSecrets } from './imported.js';
import { recordOf } from './stored.js';
import { askProvider, completed } from './wizard.js';

export const view = profileView;

export const run: Command<'profile add'> = async (intent, session) => {
  const name = intent.arguments[0] ?? '';
  const { provider, import: from, set, secret, test } = intent.flags;
  requireFreeName(name);
  if (provider !== undefined && !isProviderId(provider))
    throw new IpctlError('usage', `there is no provider '${provider}'`, {
      fate: 'not-sent',
      hint: hintAt(provider, providerIds, `providers: ${providerIds.join(', ')}`),
    });
  const store = await session.store();
  const taken = new IpctlError('conflict', `profile '${name}' exists`, {
    fate: 'not-sent',
    hint: `ipctl profile set ${name} … changes it, ipctl profile remove ${name} removes it`,
  });
  if (store.get(name) !== undefined) throw taken;

  const { id, profile: start, secrets, sources } = await beginning(provider, from, intent.global.region, session);
  const { manifest } = providerOf(id);
  const copied = intent.flags['import-secrets'] ? { ...start, options: { ...start.options, ...secrets } } : start;
  const given = await edited(copied, manifest, set, secret, session);
  const lacking = (options: Profile['options']): readonly string[] =>
    from === undefined ? [] : lackingSecrets(manifest, options, Object.keys(secrets));
  const asked = session.interactive ? await askedFor(lacking(given.options), given, manifest, session) : given;
  const open = lacking(asked.options);
  const profile = open.length > 0 || !session.interactive ? asked : await completed(asked, manifest, session);
  // What is left open is told; all else must be there, as for any profile.
  const stored = { ...Object.fromEntries(open.map((option) => [option, 'open'])), ...profile.options };
  const settings = merge(manifest, { flags: {}, env: session.world.env, stored, fromEnvironment: false, profile: name });
  const missing = lackingOptions(manifest, (option) => Object.hasOwn(settings, option));
  try {
    requireComplete(manifest, settings, name);
  } catch (thrown) {
    if (!isIpctlError(thrown)) throw thrown;
    const others = manifest.oneOf.length > 1 ? `; other ways to log in: ipctl provider show ${id}` : '';
    throw thrown.with({ hint: `give ${settersOf(manifest, missing, '--set ')}, or be asked for them on a terminal${others}` });
  }
  // Somebody who was asked wants to know whether it works; a script says so.
  const account = test || (session.interactive && open.length === 0) ? await tested(name, id, profile, intent, session) : null;
  await store.update((stored) => {
    if (Object.hasOwn(stored.profiles, name)) throw taken;
    return { ...stored, profiles: { ...stored.profiles, [name]: { ...profile, account } } };
  });
  if (open.length > 0) {
    const how = open.map((option) => `--secret ${option}=${sources[option] ?? '-'}`).join(' ');
    session.warn(`profile ${name} is saved without ${open.join(' and ')}, and works once it is set: ipctl profile set ${name} ${how}`);
  }
  // Who was asked has heard of it from the test.
  const why =
    account === null && (open.length > 0 || !session.interactive) ? await objection(name, id, profile, open, intent, session) : null;
  if (why !== null) {
    session.warn(`profile ${name} does not work yet: ${why.message}`);
    if (why.details.hint !== undefined) session.warn(`  ${why.details.hint}`);
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
  if (provider === undefined && !session.interactive) {
    throw new IpctlError('usage', '--provider P is needed', { fate: 'not-sent', hint: `providers: ${providerIds.join(', ')}` });
  }
  const id = provider ?? (await askProvider(session));
  return { id, profile: emptyProfile(id), secrets: {}, sources: {} };
}

/** The account that the credentials open, or null when they open none and the user wants them kept all the same. */
async function tested(
  name: string,
  id: ProviderId,
  profile: Profile,
  intent: Intent<'profile add'>,
  session: Session,
): Promise<string | null> {
  try {
    const target = await openKnown({ name, by: 'argument' }, { id, profile, kind: 'stored' }, intent, session, { expires: () => {} });
    const account = await session.read(target, (driver) => verb(driver, 'account')());
    session.note(
      `the credentials are accepted: account ${account.id}${[null, account.id].includes(account.name) ? '' : ` (${account.name})`}`,
    );
    return account.id;
  } catch (thrown) {
    if (intent.flags.test || !isIpctlError(thrown) || thrown.kind === 'signal') throw thrown;
    session.tell(`the test failed: ${thrown.message}`);
    if (thrown.details.hint !== undefined) session.tell(`  ${thrown.details.hint}`);
    const answer = (await session.ask('Save it all the same? [y/N] ', false)).trim();
    if (!/^y(es)?$/i.test(answer)) throw thrown.with({ hint: `profile ${name} was not saved` });
    return null;
  }
}

/** Stands for a secret that is not at hand: none is a text of this kind, so nothing else is concealed with it. */
const NOT_AT_HAND = '\u0001';

/** What the provider's driver says of these settings before it sends anything, or null: a profile may be complete, and yet work nowhere. */
async function objection(
  name: string,
  id: ProviderId,
  profile: Profile,
  open: readonly string[],
  intent: Intent<'profile add'>,
  session: Session,
): Promise<IpctlError | null> {
  const given = Object.entries(profile.options).map(([option, value]) => [option, typeof value === 'string' ? value : NOT_AT_HAND]);
  const options = Object.fromEntries([...open.map((option) => [option, NOT_AT_HAND]), ...given]) as Profile['options'];
  try {
    const target = await openKnown({ name, by: 'argument' }, { id, profile: { ...profile, options }, kind: 'stored' }, intent, session);
    reader(target, session.reads(target));
    return null;
  } catch (thrown) {
    if (isIpctlError(thrown) && thrown.kind === 'config') return thrown;
    throw thrown;
  }
}

/** `usage` for a name that a profile cannot have. */
export function requireFreeName(name: string): void {
  if (isReserved(name))
    throw new IpctlError('usage', `'${name}' is a reserved name: sandbox…, env:… and cloud:… are built in`, { fate: 'not-sent' });
  if (!isProfileName(name))
    throw new IpctlError('usage', `'${name}' is no name for a profile: letters, digits, . _ - (at most 64)`, { fate: 'not-sent' });
}
