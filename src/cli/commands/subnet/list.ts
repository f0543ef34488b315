import { listSubnets } from '../../../operations/read.js';
import { subnetView } from '../../../render/views.js';
import type { Command } from '../../intent.js';
import { list } from '../../output.js';
import { openTarget } from '../../target.js';

export const view = subnetView;

export const run: Command<'subnet list'> = async (intent, session) => {
  const target = await openTarget(intent, session);
  return list(subnetView, listSubnets(target, session.reads(target)));
};
