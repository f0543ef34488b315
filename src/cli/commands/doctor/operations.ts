/** Recorded operations that are not over. */
import { IpctlError, toIpctlError } from '../../../domain/errors.js';
import type { World } from '../../../world.js';
import { operationRecords } from '../operation/record.js';
import { type Found, found, problem } from './finding.js';

export async function operations(world: World): Promise<readonly Found[]> {
  const area = 'operations';
  try {
    const records = await operationRecords(world);
    const open = records.flatMap(({ id, verb, profile, provider, state, startedAt }): Found[] => {
      const facts = { verb, profile, provider, state, startedAt };
      const what = `${verb}, profile ${profile}, begun ${startedAt}`;
      if (state === 'running') return [found('info', { area, name: id, detail: `${what}: at work`, facts })];
      if (state !== 'unknown') return [];
      const hint = `ipctl operation show ${id}; ipctl operation resume ${id}`;
      const error = new IpctlError('unknown', `${what}: it is not known what became of it`, { hint, profile, provider });
      return [problem(error, { area, name: id, facts })];
    });
    const summary = open.length === 0 ? `${records.length} recorded, none is open` : `${records.length} recorded, ${open.length} not over`;
    return [found('info', { area, name: 'record', detail: summary, facts: { recorded: records.length, open: open.length } }), ...open];
  } catch (thrown) {
    return [problem(toIpctlError(thrown), { area, name: 'record' })];
  }
}
