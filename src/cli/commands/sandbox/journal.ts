import { exchangeView } from '../../../render/house-views.js';
import { dialectIds } from '../../../sandbox/dialects.js';
import { read } from '../../../sandbox/journal.js';
import type { Command } from '../../intent.js';
import { list } from '../../output.js';
import { requireDialects, sandboxDirectory } from '../../playground.js';

export const view = exchangeView;

export const run: Command<'sandbox journal'> = async (intent, session) =>
  list(view, await read(sandboxDirectory(session.world), requireDialects(intent.arguments, dialectIds), intent.flags.limit ?? 20));
