import { showFloatingIp } from '../../../operations/read.js';
import { floatingIpView } from '../../../render/views.js';
import type { Command } from '../../intent.js';
import { one } from '../../output.js';
import { openTarget } from '../../target.js';

export const view = floatingIpView;

export const run: Command<'ip show'> = async (intent, session) => {
  const target = await openTarget(intent, session);
  return one(floatingIpView, await showFloatingIp(target, session.reads(target), intent.arguments[0] ?? ''));
};
