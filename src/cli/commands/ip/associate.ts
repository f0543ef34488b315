import { associate, checkAssociate } from '../../../operations/associate.js';
import { floatingIpView } from '../../../render/views.js';
import { changed, changesOf } from '../../changed.js';
import type { Command } from '../../intent.js';
import { openTarget } from '../../target.js';

export const view = changesOf(floatingIpView);

export const run: Command<'ip associate'> = async (intent, session) => {
  const { flags } = intent;
  const input = {
    ref: intent.arguments[0] ?? '',
    servers: flags.server,
    ports: flags.port,
    privateAddress: flags['private-address'],
    move: flags.move,
  };
  checkAssociate(input);
  const target = await openTarget(intent, session);
  return changed(view, [await associate(target, await session.changes(target), input)], false, 'associations');
};
