import { IpctlError } from '../../domain/errors.js';
import { bash } from '../complete.js';
import type { Command } from '../intent.js';
import { text } from '../output.js';

export const run: Command<'completion'> = async (intent) => {
  const shell = intent.arguments[0] ?? '';
  if (shell !== 'bash') throw new IpctlError('usage', `there is no completion for '${shell}'`, { fate: 'not-sent', hint: 'shells: bash' });
  return text('script', bash());
};
