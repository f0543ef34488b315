import { profileView } from '../../../render/house-views.js';
import type { Command } from '../../intent.js';
import { silent } from '../../output.js';
import { lookUp } from '../../target.js';
import { recordOf } from './stored.js';

export const view = profileView;

export const run: Command<'profile use'> = async (intent, session) => {
  const name = intent.arguments[0] ?? '';
  const { id, profile, kind } = await lookUp(name, session);
  await (await session.store()).update((stored) => ({ ...stored, current: name }));
  session.note(`profile ${name} (${id}) is used from now on`);
  return silent(view, recordOf(name, profile, kind, name));
};
