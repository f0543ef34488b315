import { IpctlError } from '../../../domain/errors.js';
import { providerOf } from '../../../providers/registry.js';
import { profileView } from '../../../render/house-views.js';
import { edited } from '../../edit.js';
import type { Command } from '../../intent.js';
import { silent } from '../../output.js';
import { recordOf, requireStored } from './stored.js';

export const view = profileView;

export const run: Command<'profile set'> = async (intent, session) => {
  const [name = '', ...pairs] = intent.arguments;
  const { id, profile, store } = await requireStored(name, session);
  if (pairs.length === 0 && intent.flags.secret.length === 0) {
    throw new IpctlError('usage', 'nothing to set: give OPTION=VALUE or --secret OPTION=SOURCE', {
      fate: 'not-sent',
      hint: `ipctl provider show ${id}`,
    });
  }
  const { manifest } = providerOf(id);
  const { options, settings } = await edited(
    { provider: id, options: {}, settings: {}, account: null },
    manifest,
    pairs,
    intent.flags.secret,
    session,
  );
  await store.update((stored) => {
    const before = stored.profiles[name];
    if (before === undefined) throw new IpctlError('config', `there is no profile '${name}'`, { fate: 'not-sent' });
    const after = { ...before, options: { ...before.options, ...options }, settings: { ...before.settings, ...settings } };
    return { ...stored, profiles: { ...stored.profiles, [name]: after } };
  });
  return silent(view, recordOf(name, store.get(name) ?? profile, 'stored', store.current()));
};
