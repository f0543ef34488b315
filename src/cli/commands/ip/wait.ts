import { IpctlError } from '../../../domain/errors.js';
import { awaited, wait } from '../../../operations/wait.js';
import { printOne } from '../../../render/print.js';
import { floatingIpView } from '../../../render/views.js';
import type { Command } from '../../intent.js';
import { openTarget } from '../../target.js';

export const view = floatingIpView;

export const run: Command<'ip wait'> = async ({ arguments: [ref = ''], ...intent }, session) => {
  const { for: state, timeout } = intent.flags;
  if (state === undefined) throw new IpctlError('usage', `--for ${awaited.join('|')} is needed`, { fate: 'not-sent' });
  const target = await openTarget({ ...intent, arguments: [ref] }, session);
  const settings = session.reads(target);
  const { ip, failed } = await wait(target, timeout === undefined ? settings : { ...settings, timeout }, { ref, state });
  return {
    failed,
    async print(print) {
      if (ip !== null) return printOne(view, ip, print);
      // What is gone is nothing: in JSON that has a word.
      if (print.format === 'json' || print.format === 'jsonl') await print.write('null\n');
    },
  };
};
