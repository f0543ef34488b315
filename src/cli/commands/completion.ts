import { IpctlError } from '../../domain/errors.js';
import { isShell, script } from '../complete.js';
import { shells } from '../completion/grammar.js';
import type { Command } from '../intent.js';
import { text } from '../output.js';

export const run: Command<'completion'> = async (intent) => {
  const shell = intent.arguments[0] ?? '';
  if (!isShell(shell)) {
    throw new IpctlError('usage', `there is no completion for '${shell}'`, { fate: 'not-sent', hint: `shells: ${shells.join(', ')}` });
  }
  return text('script', script(shell));
};
