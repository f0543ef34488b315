import { helpOn } from '../help/answer.js';
import type { Command } from '../intent.js';
import { document, text } from '../output.js';

export const run: Command<'help'> = async (intent) => {
  const answer = helpOn(intent.arguments);
  return intent.global.output === undefined || intent.global.output === 'table' ? text('help', answer.text) : document(answer.data);
};
