import { helpFor } from '../help/answer.js';
import type { Command } from '../intent.js';
import { document, text } from '../output.js';

export const run: Command<'help'> = async ({ arguments: words, global }, { world }) => {
  const answer = await helpFor(words, { profile: global.profile, config: global.config ?? world.directories.config });
  return global.output === undefined || global.output === 'table' ? text('help', answer.text) : document(answer.data);
};
