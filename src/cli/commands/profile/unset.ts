import { IpctlError } from '../../../domain/errors.js';
import { profileView } from '../../../render/house-views.js';
import type { Command } from '../../intent.js';
import { silent } from '../../output.js';
import { recordOf, requireStored } from './stored.js';

export const view = profileView;

export const run: Command<'profile unset'> = async (intent, session) => {
  const [name = '', ...names] = intent.arguments;
  const { profile, store } = await requireStored(name, session);
  const missing = names.find((option) => !Object.hasOwn(profile.options, option) && !Object.hasOwn(profile.settings, option));
  if (missing !== undefined)
    throw new IpctlError('usage', `profile ${name} does not set '${missing}'`, { fate: 'not-sent', hint: `ipctl profile show ${name}` });
  const without = <T>(values: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(Object.entries(values).filter(([option]) => !names.includes(option)));
  await store.update((stored) => {
    const before = stored.profiles[name] ?? profile;
    const after = { ...before, options: without(before.options), settings: without(before.settings) };
    return { ...stored, profiles: { ...stored.profiles, [name]: after } };
  });
  return silent(view, recordOf(name, store.get(name) ?? profile, 'stored', store.current()));
};
