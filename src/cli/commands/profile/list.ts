import { isIpctlError } from '../../../domain/errors.js';
import { emptyProfile } from '../../../profiles/profile.js';
import { cloudsProviders, defaultSandbox, providerIds } from '../../../providers/registry.js';
import { profileView } from '../../../render/house-views.js';
import type { Command } from '../../intent.js';
import { list } from '../../output.js';
import type { Session } from '../../session.js';
import { recordOf } from './stored.js';

export const view = profileView;

export const run: Command<'profile list'> = async (_intent, session) => {
  const store = await session.store();
  const current = store.current();
  const stored = store.names().map((name) => recordOf(name, store.get(name) ?? emptyProfile(''), 'stored', current));
  const builtIn = [['sandbox', defaultSandbox] as const, ...providerIds.map((id) => [`sandbox-${id}`, id] as const)].map(([name, id]) =>
    recordOf(name, emptyProfile(id), 'sandbox', current),
  );
  const clouds = (await cloudNames(session)).map((name) => recordOf(`cloud:${name}`, emptyProfile(cloudsProviders[0]), 'cloud', current));
  return list(view, [...stored, ...clouds, ...builtIn]);
};

/** Names only: an entry that is wrong is told to whoever uses it, and a broken file must not hide the profiles of ours. */
async function cloudNames({ world, warn }: Session): Promise<readonly string[]> {
  const { openClouds, placesOf } = await import('../../../profiles/clouds.js');
  try {
    return (await openClouds(placesOf(world.env)))?.names ?? [];
  } catch (thrown) {
    if (!isIpctlError(thrown)) throw thrown;
    warn(`warning: ${thrown.message}`);
    return [];
  }
}
