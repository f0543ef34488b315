import { several } from '../../../operations/change.js';
import { release } from '../../../operations/release.js';
import { floatingIpView } from '../../../render/views.js';
import type { Command } from '../../intent.js';
import { changed, changesOf } from '../../output.js';
import { parallelOf } from '../../session.js';
import { openTarget } from '../../target.js';

export const view = changesOf(floatingIpView);

export const run: Command<'ip release'> = async (intent, session) => {
  const { flags } = intent;
  const refs = await session.references(intent.arguments);
  const target = await openTarget(intent, session);
  const settings = await session.changes(target);
  const each = (ref: string) => release(target, settings, { ref, disassociate: flags.disassociate, ifExists: flags['if-exists'] });
  const [only] = refs;
  const many = intent.arguments.length > 1 || intent.arguments.includes('-');
  if (!many && only !== undefined) return changed(view, [await each(only)], false, 'releases');
  // Questions come one after the other.
  const parallel = intent.change.yes || intent.change['dry-run'] ? parallelOf(flags.parallel) : 1;
  return changed(view, await several('release', refs, parallel, session.counted(refs.length, each)), true, 'releases');
};
