import { associate } from '../../../operations/associate.js';
import { floatingIpView } from '../../../render/views.js';
import type { Command } from '../../intent.js';
import { changed, changesOf } from '../../output.js';
import { openTarget } from '../../target.js';

export const view = changesOf(floatingIpView);

export const run: Command<'ip associate'> = async (intent, session) => {
  const { flags } = intent;
  const target = await openTarget(intent, session);
  const change = await associate(target, await session.changes(target), {
    ref: intent.arguments[0] ?? '',
    servers: flags.server,
    ports: flags.port,
    privateAddress: flags['private-address'],
    move: flags.move,
  });
  return changed(view, [change], false, 'associations');
};
