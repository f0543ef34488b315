/** Private IPs. */
import type { Row } from './row.js';
import { IP, IPS, ifExists, key, parallel, subnet } from './shared.js';

export const privateIpRows = [
  {
    words: 'privateip create',
    aliases: ['allocate'],
    summary: 'Create private IPs in a subnet',
    needs: 'createPrivateIps',
    changes: true,
    flags: {
      subnet: { ...subnet, required: true },
      address: { type: 'list', value: 'A', help: 'ask for this address' },
      count: { type: 'integer', value: 'N', minimum: 1, maximum: 1000, help: 'how many; chosen addresses count towards it' },
      name: { type: 'text', value: 'X', help: 'name of the private IP' },
      key,
      'if-not-exists': { type: 'switch', help: 'succeed with what is there; needs --name, --address or --key' },
    },
    examples: ['ipctl privateip create --subnet app', 'ipctl privateip create --subnet app --address 192.168.1.17 --count 2'],
  },
  {
    words: 'privateip list',
    aliases: ['ls'],
    summary: 'List private IPs',
    needs: 'listPrivateIps',
    flags: { subnet },
    examples: ['ipctl privateip list --subnet app', 'ipctl privateip list --sort used-by,address'],
  },
  {
    words: 'privateip show',
    aliases: ['get', 'describe'],
    summary: 'Show one private IP',
    needs: 'getPrivateIp',
    arguments: [IP],
    flags: { subnet },
    examples: ['ipctl privateip show 192.168.1.11 --subnet app', 'ipctl privateip show 192.168.1.11 -o json'],
  },
  {
    words: 'privateip delete',
    aliases: ['rm', 'release'],
    summary: 'Delete private IPs',
    about: 'Asks on a terminal, needs --yes off it. One that something uses is a conflict (6).',
    needs: 'deletePrivateIp',
    changes: true,
    arguments: [IPS],
    flags: { subnet, 'if-exists': ifExists, parallel },
    examples: ['ipctl privateip delete 192.168.1.17 --subnet app', 'ipctl privateip delete 192.168.1.17 --subnet app --if-exists --yes'],
  },
] as const satisfies readonly Row[];
