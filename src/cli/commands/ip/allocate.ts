import { IpctlError } from '../../../domain/errors.js';
import { type AllocateInput, allocate, checkAllocate } from '../../../operations/allocate.js';
import { several } from '../../../operations/change.js';
import { keyOf } from '../../../operations/keyed.js';
import { floatingIpView } from '../../../render/views.js';
import { changed, changesOf } from '../../changed.js';
import { parseLabels } from '../../flags.js';
import type { Command } from '../../intent.js';
import { parallelOf } from '../../session.js';
import { openTarget } from '../../target.js';
import { keysOf } from '../operation/keys.js';

export const view = changesOf(floatingIpView);

export const run: Command<'ip allocate'> = async (intent, session) => {
  const { flags } = intent;
  const count = flags.count ?? Math.max(1, flags.address.length);
  if (count < flags.address.length) {
    throw new IpctlError('usage', `--count ${count} is less than the ${flags.address.length} addresses chosen`, { fate: 'not-sent' });
  }
  if (new Set(flags.address).size < flags.address.length)
    throw new IpctlError('usage', '--address names the same address twice', { fate: 'not-sent' });
  if (count > 1 && flags['if-not-exists'] && flags.name !== undefined && flags.key === undefined) {
    throw new IpctlError('usage', '--if-not-exists with --name finds one address, not several', { fate: 'not-sent' });
  }
  const target = await openTarget(intent, session);
  const input: AllocateInput = {
    version: flags['ip-version'] === '6' ? 6 : 4,
    pool: flags.pool,
    network: flags.network,
    subnet: flags.subnet,
    name: flags.name,
    description: flags.description,
    labels: parseLabels(flags.label),
    servers: flags.server,
    ports: flags.port,
    ifNotExists: flags['if-not-exists'],
  };
  const { key } = flags;
  const inputs = Array.from(
    { length: count },
    (_, index): AllocateInput => ({
      ...input,
      address: flags.address[index],
      key: key === undefined ? undefined : keyOf(key, count, index),
    }),
  );
  for (const each of inputs) checkAllocate(target, each);
  const settings = { ...(await session.changes(target)), keys: key === undefined ? undefined : keysOf(session, target) };
  const many = count > 1 || flags.address.length > 1;
  if (!many) return changed(view, [await allocate(target, settings, inputs[0] ?? input)], false, 'allocations');
  const refs = inputs.map((each, index) => each.address ?? `address ${index + 1}`);
  const each = session.counted(refs.length, (ref) => allocate(target, settings, inputs[refs.indexOf(ref)] ?? input));
  const changes = await several('allocate', refs, parallelOf(flags.parallel), each);
  return changed(view, changes, true, 'allocations');
};
