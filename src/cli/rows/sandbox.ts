/** The sandbox. */
import type { Row } from './row.js';

export const sandboxRows = [
  {
    words: 'sandbox serve',
    summary: 'Run the sandbox, so that anything can be pointed at it',
    flags: {
      port: {
        type: 'integer',
        value: 'N',
        minimum: 1,
        maximum: 65_000,
        help: 'the first of their ports, the others follow (default: free ones)',
      },
    },
    exits: [14],
    examples: ['ipctl sandbox serve', "ipctl sandbox serve --fault 'POST */floatingips: 503 x2'"],
  },
  {
    words: 'sandbox reset',
    summary: 'Put the sandbox clouds back to their beginning',
    arguments: [{ name: 'PROVIDER', help: 'only these', variadic: true }],
    flags: {},
    exits: [14],
    examples: ['ipctl sandbox reset', 'ipctl sandbox reset hostway otc'],
  },
  {
    words: 'sandbox journal',
    summary: 'Show the last requests that the sandbox received',
    arguments: [{ name: 'PROVIDER', help: 'only these', variadic: true }],
    flags: { limit: { type: 'integer', value: 'N', minimum: 1, maximum: 2000, help: 'the last N', default: 20 } },
    exits: [14],
    examples: ['ipctl sandbox journal', 'ipctl sandbox journal hostway --limit 5'],
  },
] as const satisfies readonly Row[];
