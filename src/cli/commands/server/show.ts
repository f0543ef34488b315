import { showServer } from '../../../operations/read.js';
import { serverView } from '../../../render/views.js';
import type { Command } from '../../intent.js';
import { one } from '../../output.js';
import { openTarget } from '../../target.js';

export const view = serverView;

export const run: Command<'server show'> = async (intent, session) => {
  const target = await openTarget(intent, session);
  return one(serverView, await showServer(target, session.reads(target), intent.arguments[0] ?? ''));
};
