import { IpctlError } from '../../../domain/errors.js';
import { profileView } from '../../../render/house-views.js';
import type { Command } from '../../intent.js';
import { silent } from '../../output.js';
import { requireFreeName } from './add.js';
import { recordOf, requireStored } from './stored.js';

export const view = profileView;

export const run: Command<'profile rename'> = async (intent, session) => {
  const [name = '', wanted = ''] = intent.arguments;
  requireFreeName(wanted);
  const { profile, store } = await requireStored(name, session);
  await store.update((stored) => {
    if (Object.hasOwn(stored.profiles, wanted)) throw new IpctlError('conflict', `profile '${wanted}' exists`, { fate: 'not-sent' });
    const { [name]: before = profile, ...others } = stored.profiles;
    return { current: stored.current === name ? wanted : stored.current, profiles: { ...others, [wanted]: before } };
  });
  return silent(view, recordOf(wanted, profile, 'stored', store.current()));
};
