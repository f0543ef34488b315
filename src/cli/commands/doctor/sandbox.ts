/** The sandbox: whether it is being served, and which of its clouds were used. */
import { stat } from 'node:fs/promises';
import { dialectIds } from '../../../sandbox/dialects.js';
import { running } from '../../../sandbox/serving.js';
import { filesOf } from '../../../sandbox/state.js';
import type { World } from '../../../world.js';
import { sandboxDirectory } from '../../playground.js';
import { type Found, found } from './finding.js';

export async function sandbox(world: World): Promise<readonly Found[]> {
  const directory = sandboxDirectory(world);
  const served = await running(directory);
  const sizes = await Promise.all(
    dialectIds.map(
      async (id): Promise<readonly [string, number]> => [
        id,
        await stat(filesOf(directory, id).state).then(
          ({ size }) => size,
          () => 0,
        ),
      ],
    ),
  );
  const used = sizes.filter(([, size]) => size > 0);
  return [
    found('info', {
      area: 'sandbox',
      name: 'served',
      detail: served === null ? 'not served: each command starts it for itself' : `served by process ${served.pid}`,
      facts: { served: served !== null, pid: served?.pid ?? null },
    }),
    found('info', {
      area: 'sandbox',
      name: 'clouds',
      detail: used.length === 0 ? 'as they begin' : `used: ${used.map(([id]) => id).join(', ')}`,
      facts: Object.fromEntries(used),
    }),
  ];
}
