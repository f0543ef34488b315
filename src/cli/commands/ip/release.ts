import { releaseAll, releaseOne } from '../../../operations/release.js';
import { floatingIpView } from '../../../render/views.js';
import { changed, changesOf } from '../../changed.js';
import type { Command } from '../../intent.js';
import { parallelOf } from '../../session.js';
import { openTarget } from '../../target.js';

export const view = changesOf(floatingIpView);

export const run: Command<'ip release'> = async (intent, session) => {
  const { flags } = intent;
  const refs = await session.references(intent.arguments);
  const target = await openTarget(intent, session);
  const settings = await session.changes(target);
  const how = { disassociate: flags.disassociate, ifExists: flags['if-exists'] };
  const [only] = refs;
  const many = intent.arguments.length > 1 || intent.arguments.includes('-');
  if (!many && only !== undefined) return changed(view, [await releaseOne(target, settings, { ref: only, ...how })], false, 'releases');
  const input = { refs, parallel: parallelOf(flags.parallel), ...how };
  return changed(view, await releaseAll(target, settings, input, (each) => session.counted(refs.length, each)), true, 'releases');
};
