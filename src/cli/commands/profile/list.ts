import { emptyProfile } from '../../../profiles/profile.js';
import { defaultSandbox, providerIds } from '../../../providers/registry.js';
import { profileView } from '../../../render/house-views.js';
import type { Command } from '../../intent.js';
import { list } from '../../output.js';
import { recordOf } from './stored.js';

export const view = profileView;

export const run: Command<'profile list'> = async (_intent, session) => {
  const store = await session.store();
  const current = store.current();
  const stored = store.names().map((name) => recordOf(name, store.get(name) ?? emptyProfile(''), 'stored', current));
  const builtIn = [['sandbox', defaultSandbox] as const, ...providerIds.map((id) => [`sandbox-${id}`, id] as const)].map(([name, id]) =>
    recordOf(name, emptyProfile(id), 'sandbox', current),
  );
  return list(view, [...stored, ...builtIn]);
};
