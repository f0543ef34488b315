/** What an address can be put on, or drawn from. */
import type { Row } from './row.js';

export const inventoryRows = [
  {
    words: 'server list',
    aliases: ['ls'],
    summary: 'List the servers an address can be put on',
    needs: 'listServers',
    flags: {},
    examples: ['ipctl server list', 'ipctl server list -o value -c name'],
  },
  {
    words: 'server show',
    aliases: ['get', 'describe'],
    summary: 'Show one server',
    needs: 'getServer',
    arguments: [{ name: 'S', help: 'id or name', required: true }],
    flags: {},
    examples: ['ipctl server show web-1', "ipctl server show web-1 --query 'addresses[].address'"],
  },
  {
    words: 'network list',
    aliases: ['ls'],
    summary: 'List networks',
    needs: 'listNetworks',
    flags: {},
    examples: ['ipctl network list', "ipctl network list --query '[?external].name' -o value"],
  },
  {
    words: 'subnet list',
    aliases: ['ls'],
    summary: 'List subnets',
    needs: 'listSubnets',
    flags: {},
    examples: ['ipctl subnet list', 'ipctl subnet list -c name,cidr'],
  },
] as const satisfies readonly Row[];
