import { deleteAll, deleteOne } from '../../../operations/private-ips.js';
import { privateIpView } from '../../../render/views.js';
import { changed, changesOf } from '../../changed.js';
import type { Command } from '../../intent.js';
import { parallelOf } from '../../session.js';
import { openTarget } from '../../target.js';

export const view = changesOf(privateIpView);

export const run: Command<'privateip delete'> = async (intent, session) => {
  const { flags } = intent;
  const refs = await session.references(intent.arguments);
  const target = await openTarget(intent, session);
  const settings = await session.changes(target);
  const how = { subnet: flags.subnet, ifExists: flags['if-exists'] };
  const [only] = refs;
  const many = intent.arguments.length > 1 || intent.arguments.includes('-');
  if (!many && only !== undefined) return changed(view, [await deleteOne(target, settings, { ref: only, ...how })], false, 'deletions');
  const input = { refs, parallel: parallelOf(flags.parallel), ...how };
  return changed(view, await deleteAll(target, settings, input, (each) => session.counted(refs.length, each)), true, 'deletions');
};
