/** What the rows of several nouns take alike. */
import type { Argument } from './row.js';

export const IP: Argument = { name: 'IP', help: 'address, id or name', required: true };
export const IPS: Argument = { name: 'IP', help: 'addresses, ids or names; - reads one a line from stdin', required: true, variadic: true };
export const ifExists = { type: 'switch', help: 'succeed when it is not there' } as const;
export const parallel = { type: 'integer', value: 'N', minimum: 1, maximum: 64, help: 'how many targets at once', default: 4 } as const;
export const key = {
  type: 'text',
  value: 'K',
  help: 'your own name for it: the same key again gives the same address (several: K-1, K-2, …)',
} as const;
export const subnet = { type: 'text', value: 'S', help: 'subnet, by id or name' } as const;
