import { createPrivateIps } from '../../../operations/private-ips.js';
import { privateIpView } from '../../../render/views.js';
import { changed, changesOf } from '../../changed.js';
import type { Command } from '../../intent.js';
import { openTarget } from '../../target.js';
import { keysOf } from '../operation/keys.js';

export const view = changesOf(privateIpView);

export const run: Command<'privateip create'> = async (intent, session) => {
  const { subnet, address, name, key, 'if-not-exists': ifNotExists } = intent.flags;
  const count = intent.flags.count ?? Math.max(1, address.length);
  const target = await openTarget(intent, session);
  const settings = { ...(await session.changes(target)), keys: key === undefined ? undefined : keysOf(session, target) };
  const changes = await createPrivateIps(target, settings, { subnet, addresses: address, count, name, key, ifNotExists });
  return changed(view, changes, count > 1 || address.length > 1, 'private IPs');
};
