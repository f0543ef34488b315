import { listNetworks } from '../../../operations/read.js';
import { networkView } from '../../../render/views.js';
import type { Command } from '../../intent.js';
import { list } from '../../output.js';
import { openTarget } from '../../target.js';

export const view = networkView;

export const run: Command<'network list'> = async (intent, session) => {
  const target = await openTarget(intent, session);
  return list(networkView, listNetworks(target, session.reads(target)));
};
