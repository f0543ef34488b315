import { IpctlError } from '../../../domain/errors.js';
import { operationView } from '../../../render/house-views.js';
import type { Command } from '../../intent.js';
import { one } from '../../output.js';
import { operationRecords } from './record.js';

export const view = operationView;

export const run: Command<'operation show'> = async (intent, session) => {
  const id = intent.arguments[0] ?? '';
  const found = (await operationRecords(session.world)).find((record) => record.id === id);
  if (found === undefined)
    throw new IpctlError('not-found', `there is no record of operation '${id}'`, { fate: 'not-sent', hint: 'ipctl operation list' });
  return one(view, found);
};
