import { profileView } from '../../../render/house-views.js';
import type { Command } from '../../intent.js';
import { silent } from '../../output.js';
import { recordOf, requireStored } from './stored.js';

export const view = profileView;

export const run: Command<'profile remove'> = async (intent, session) => {
  const name = intent.arguments[0] ?? '';
  const { id, profile, store } = await requireStored(name, session);
  await session.confirm(`Remove profile ${name} (${id}) and the credentials in it?`);
  await store.update((stored) => {
    const { [name]: _removed, ...others } = stored.profiles;
    return { current: stored.current === name ? null : stored.current, profiles: others };
  });
  return silent(view, recordOf(name, profile, 'stored', null));
};
