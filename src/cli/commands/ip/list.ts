import { isCidr } from '../../../domain/address.js';
import { IpctlError } from '../../../domain/errors.js';
import { type ListInput, listFloatingIps } from '../../../operations/read.js';
import { columnsOf } from '../../../render/print.js';
import { floatingIpView } from '../../../render/views.js';
import { parseLabels } from '../../flags.js';
import type { Command } from '../../intent.js';
import { list } from '../../output.js';
import { openTarget } from '../../target.js';
import { inEach, profilesOf } from './profiles.js';

export const view = floatingIpView;

export const run: Command<'ip list'> = async (intent, session) => {
  const { flags, global } = intent;
  if (flags.free && flags.associated) throw new IpctlError('usage', '--free or --associated, not both', { fate: 'not-sent' });
  if (flags.cidr !== undefined && !isCidr(flags.cidr))
    throw new IpctlError('usage', `--cidr: '${flags.cidr}' is no range`, { fate: 'not-sent' });
  const json = global.output === 'json' || global.output === 'jsonl';
  const columns = json ? [] : columnsOf(floatingIpView, global.columns);
  const sorted = global.sort?.includes('server') === true;
  const input: ListInput = {
    state: flags.free ? 'free' : flags.associated ? 'associated' : undefined,
    server: flags.server,
    cidr: flags.cidr,
    labels: parseLabels(flags.label),
    version: flags['ip-version'] === undefined ? undefined : flags['ip-version'] === '6' ? 6 : 4,
    kind: flags.kind,
    limit: flags.limit,
    serverNames: json || sorted || columns.includes('server'),
  };
  const several = await profilesOf(intent, session);
  if (several !== undefined) return inEach(several, intent, session, (each) => listFloatingIps(each, session.reads(each), input));
  const target = await openTarget(intent, session);
  return list(floatingIpView, listFloatingIps(target, session.reads(target), input));
};
