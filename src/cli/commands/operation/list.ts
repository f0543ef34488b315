import { operationView } from '../../../render/house-views.js';
import type { Command } from '../../intent.js';
import { list } from '../../output.js';
import { operationRecords } from './record.js';

export const view = operationView;

export const run: Command<'operation list'> = async (intent, session) => {
  const records = await operationRecords(session.world);
  return list(view, records.slice(-(intent.flags.limit ?? 20)));
};
