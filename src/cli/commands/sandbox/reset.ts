import { IpctlError } from '../../../domain/errors.js';
import { dialectIds } from '../../../sandbox/dialects.js';
import { reset } from '../../../sandbox/state.js';
import type { Command } from '../../intent.js';
import { text } from '../../output.js';
import { requireDialects, sandboxDirectory } from '../../playground.js';

export const run: Command<'sandbox reset'> = async (intent, session) => {
  const ids = requireDialects(intent.arguments, dialectIds);
  const directory = sandboxDirectory(session.world);
  await reset(directory, ids).catch((thrown: unknown) => {
    throw new IpctlError('config', `cannot reset ${directory}: ${thrown instanceof Error ? thrown.message : String(thrown)}`, {
      fate: 'not-sent',
      cause: thrown,
    });
  });
  return text('reset', intent.global.output === undefined ? '' : `${ids.join('\n')}\n`);
};
