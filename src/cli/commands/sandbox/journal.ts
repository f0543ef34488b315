import { IpctlError } from '../../../domain/errors.js';
import { exchangeView } from '../../../render/house-views.js';
import { dialectIds } from '../../../sandbox/dialects.js';
import { read } from '../../../sandbox/journal.js';
import type { Command } from '../../intent.js';
import { list } from '../../output.js';
import { requireDialects, sandboxDirectory } from '../../playground.js';

export const view = exchangeView;

export const run: Command<'sandbox journal'> = async (intent, session) => {
  const ids = requireDialects(intent.arguments, dialectIds);
  const directory = sandboxDirectory(session.world);
  const requests = await read(directory, ids, intent.flags.limit ?? 20).catch((thrown: unknown) => {
    throw new IpctlError(
      'config',
      `cannot read what the sandbox keeps in ${directory}: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
      {
        fate: 'not-sent',
        cause: thrown,
      },
    );
  });
  return list(view, requests);
};
