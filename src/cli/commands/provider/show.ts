import { IpctlError } from '../../../domain/errors.js';
import { hintAt } from '../../../domain/nearest.js';
import { flagName } from '../../../domain/option.js';
import { isProviderId, providerIds } from '../../../providers/registry.js';
import { type ProviderRecord, providerView } from '../../../render/house-views.js';
import { printList, printOne } from '../../../render/print.js';
import type { Cell, View } from '../../../render/views.js';
import type { Command } from '../../intent.js';
import { providerRecord } from './record.js';

export const view = providerView;

export const run: Command<'provider show'> = async (intent) => {
  const id = intent.arguments[0] ?? '';
  if (!isProviderId(id))
    throw new IpctlError('not-found', `there is no provider '${id}'`, {
      fate: 'not-sent',
      hint: hintAt(id, providerIds, `providers: ${providerIds.join(', ')}`),
    });
  const record = providerRecord(id);
  return {
    async print(settings) {
      if (settings.format !== 'table' || settings.columns !== undefined) return printOne(view, record, settings);
      const { lined } = await import('../../../render/table.js');
      const servers = `${record.holders} server${record.holders === 'one' ? '' : 's'}`;
      const heads = [`${record.title} (${id})  ${record.docs}`, `move: ${record.move}; an address serves ${servers}`];
      await settings.write(`${heads.flatMap((head) => lined(head, settings.width)).join('\n')}\n\n`);
      await printList(capabilities, Object.entries(record.supports), settings);
      await settings.write('\n');
      await printList(options(id), record.options, settings);
    },
  };
};

type Capability = [string, ProviderRecord['supports'][string]];

const rows = <T>(columns: Readonly<Record<string, (row: T) => Cell>>): View<T> => ({
  columns,
  defaults: Object.keys(columns),
  order: () => '',
  json: (row) => row,
});

const capabilities = rows<Capability>({
  capability: ([name]) => name,
  can: ([, answer]) => (answer.can ? 'yes' : 'no'),
  about: ([, { can, note, reason, instead, takes }]) => {
    if (!can) return [reason, instead].filter((part) => part !== null).join('; ');
    return [note, takes.length === 0 ? null : `takes ${takes.join(', ')}`].filter((part) => part !== null).join('; ') || null;
  },
});

const options = (id: string): View<ProviderRecord['options'][number]> =>
  rows({
    option: ({ name }) => flagName(id, name),
    kind: ({ kind, choices }) => (choices.length === 0 ? kind : choices.join('|')),
    default: (option) => (option.required ? 'required' : option.default),
    about: ({ help }) => help,
  });
