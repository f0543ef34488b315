import { IpctlError } from '../../../domain/errors.js';
import { servedView } from '../../../render/house-views.js';
import { printList } from '../../../render/print.js';
import type { DialectId } from '../../../sandbox/dialects.js';
import type { Command } from '../../intent.js';
import { parseFaults, sandboxDirectory } from '../../playground.js';

export const view = servedView;

export const run: Command<'sandbox serve'> = async (intent, session) => {
  const { signal } = session.world;
  const { serve } = await import('../../../sandbox/serving.js');
  const faults = await parseFaults(intent.global.fault);
  const served = await serve(sandboxDirectory(session.world), { faults, port: intent.flags.port ?? 0 }).catch((thrown: unknown) => {
    throw new IpctlError('config', `the sandbox cannot start: ${thrown instanceof Error ? thrown.message : String(thrown)}`, {
      fate: 'not-sent',
      cause: thrown,
    });
  });
  session.onClose(() => served.close());
  const records = (Object.keys(served.origins) as DialectId[]).map((provider) => ({
    provider,
    profile: `sandbox-${provider}`,
    url: served.origins[provider],
    options: served.options[provider],
  }));
  return {
    async print(settings) {
      const columns = settings.columns ?? 'profile,url,options';
      await printList(view, records, { ...settings, columns });
      session.note('serving until interrupted; the sandbox profiles use it meanwhile');
      if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      throw new IpctlError('signal', 'the sandbox is stopped');
    },
  };
};
