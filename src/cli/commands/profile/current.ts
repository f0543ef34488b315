import { profileView } from '../../../render/house-views.js';
import type { Command } from '../../intent.js';
import { one, text } from '../../output.js';
import { chooseProfile, lookUp } from '../../target.js';
import { recordOf } from './stored.js';

export const view = profileView;

export const run: Command<'profile current'> = async (intent, session) => {
  const { name } = await chooseProfile(intent, session);
  const { profile, kind } = await lookUp(name, session);
  // A word to be put into a command line, unless records are asked for.
  if (intent.global.output === undefined && intent.global.columns === undefined) return text('name', `${name}\n`);
  return one(view, recordOf(name, profile, kind, name));
};
