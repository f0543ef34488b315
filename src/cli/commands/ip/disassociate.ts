import { disassociate } from '../../../operations/disassociate.js';
import { floatingIpView } from '../../../render/views.js';
import { changed, changesOf } from '../../changed.js';
import type { Command } from '../../intent.js';
import { openTarget } from '../../target.js';

export const view = changesOf(floatingIpView);

export const run: Command<'ip disassociate'> = async (intent, session) => {
  const { flags } = intent;
  const target = await openTarget(intent, session);
  const input = { ref: intent.arguments[0] ?? '', servers: flags.server, ifExists: flags['if-exists'] };
  return changed(view, [await disassociate(target, await session.changes(target), input)], false, 'disassociations');
};
