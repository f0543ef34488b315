import { checkMove, move } from '../../../operations/associate.js';
import { floatingIpView } from '../../../render/views.js';
import { changed, changesOf } from '../../changed.js';
import type { Command } from '../../intent.js';
import { openTarget } from '../../target.js';

export const view = changesOf(floatingIpView);

export const run: Command<'ip move'> = async (intent, session) => {
  const input = { ref: intent.arguments[0] ?? '', to: intent.flags.to, ifHolder: intent.flags['if-holder'] };
  checkMove(input);
  const target = await openTarget(intent, session);
  return changed(view, [await move(target, await session.changes(target), input)], false, 'moves');
};
