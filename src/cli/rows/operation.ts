/** Recorded changes. */
import type { Row } from './row.js';

export const operationRows = [
  {
    words: 'operation list',
    aliases: ['ls'],
    summary: 'List recorded operations',
    flags: { limit: { type: 'integer', value: 'N', minimum: 1, maximum: 100_000, help: 'the last N', default: 20 } },
    exits: [14],
    examples: ['ipctl operation list', 'ipctl operation list --limit 5 -o json'],
  },
  {
    words: 'operation show',
    aliases: ['get', 'describe'],
    summary: 'Show a recorded operation with its requests',
    arguments: [{ name: 'ID', help: 'id of the operation', required: true }],
    flags: {},
    exits: [3, 14],
    examples: ['ipctl operation show mbx1k2f0-7q3z9k', 'ipctl operation show mbx1k2f0-7q3z9k -o json'],
  },
  {
    words: 'operation resume',
    summary: 'Go on with an operation whose outcome is not known, or that was cut short',
    about: 'Requests whose answers are recorded are not sent again; one of unknown outcome is looked for first.',
    changes: true,
    arguments: [{ name: 'ID', help: 'id of the operation', required: true }],
    flags: {
      take: { type: 'list', value: 'ADDRESS', help: 'this candidate is what the operation allocated; each of several' },
      none: { type: 'switch', help: 'none of the candidates is: the allocation did not happen' },
      undo: {
        type: 'switch',
        help: 'go back instead: release what ip allocate --server made, put an address that a move left with nobody back on its server',
      },
    },
    examples: ['ipctl operation resume mbx1k2f0-7q3z9k', 'ipctl operation resume mbx1k2f0-7q3z9k --take 198.51.100.10'],
  },
  {
    words: 'operation prune',
    summary: 'Remove records of settled operations, none that can be gone on with',
    about: 'Kept is also what a --key is known by, and what tells whose an address is while an allocation is not settled.',
    flags: {
      'older-than': { type: 'text', value: 'AGE', help: 'only what began longer ago: 90d, 2w, 12h (default 90d)' },
      settled: { type: 'switch', help: 'whatever its age, unless --older-than is given too' },
      yes: { type: 'switch', short: 'y', help: 'do not ask for confirmation' },
    },
    exits: [13, 14],
    examples: ['ipctl operation prune', 'ipctl operation prune --settled --yes'],
  },
] as const satisfies readonly Row[];
