import { listPrivateIps } from '../../../operations/read.js';
import { columnsOf } from '../../../render/print.js';
import { privateIpView } from '../../../render/views.js';
import type { Command } from '../../intent.js';
import { list } from '../../output.js';
import { openTarget } from '../../target.js';

export const view = privateIpView;

export const run: Command<'privateip list'> = async (intent, session) => {
  const { output, columns, sort } = intent.global;
  const json = output === 'json' || output === 'jsonl';
  const serverNames = json || sort?.includes('server') === true || columnsOf(privateIpView, columns).includes('server');
  const target = await openTarget(intent, session);
  return list(privateIpView, listPrivateIps(target, session.reads(target), intent.flags.subnet, serverNames));
};
