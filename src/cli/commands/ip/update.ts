import { checkUpdate, update } from '../../../operations/update.js';
import { floatingIpView } from '../../../render/views.js';
import { changed, changesOf } from '../../changed.js';
import { parseLabels } from '../../flags.js';
import type { Command } from '../../intent.js';
import { openTarget } from '../../target.js';

export const view = changesOf(floatingIpView);

export const run: Command<'ip update'> = async (intent, session) => {
  const { name, description, label, unlabel } = intent.flags;
  const input = { ref: intent.arguments[0] ?? '', name, description, labels: parseLabels(label), unlabel };
  checkUpdate(input, Object.keys(intent.options).length > 0);
  const target = await openTarget(intent, session);
  return changed(view, [await update(target, await session.changes(target), input)], false, 'updates');
};
