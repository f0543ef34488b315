import { showPrivateIp } from '../../../operations/read.js';
import { privateIpView } from '../../../render/views.js';
import type { Command } from '../../intent.js';
import { one } from '../../output.js';
import { openTarget } from '../../target.js';

export const view = privateIpView;

export const run: Command<'privateip show'> = async (intent, session) => {
  const target = await openTarget(intent, session);
  return one(privateIpView, await showPrivateIp(target, session.reads(target), intent.arguments[0] ?? '', intent.flags.subnet));
};
