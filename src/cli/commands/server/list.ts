import { listServers } from '../../../operations/read.js';
import { serverView } from '../../../render/views.js';
import type { Command } from '../../intent.js';
import { list } from '../../output.js';
import { openTarget } from '../../target.js';

export const view = serverView;

export const run: Command<'server list'> = async (intent, session) => {
  const target = await openTarget(intent, session);
  return list(serverView, listServers(target, session.reads(target)));
};
