import { showFloatingIp, whereFloatingIp } from '../../../operations/read.js';
import { floatingIpView } from '../../../render/views.js';
import type { Command } from '../../intent.js';
import { one } from '../../output.js';
import { openTarget } from '../../target.js';
import { inEach, profilesOf } from './profiles.js';

export const view = floatingIpView;

export const run: Command<'ip show'> = async (intent, session) => {
  const [ref = ''] = intent.arguments;
  const several = await profilesOf(intent, session);
  if (several !== undefined) {
    return inEach(several, intent, session, (each) => whereFloatingIp(each, session.reads(each), ref), `floating IP '${ref}'`);
  }
  const target = await openTarget(intent, session);
  return one(floatingIpView, await showFloatingIp(target, session.reads(target), ref));
};
