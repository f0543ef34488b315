/** Floating IPs. */
import type { Row } from './row.js';
import { IP, IPS, ifExists, key, parallel, subnet } from './shared.js';

const server = { type: 'list', value: 'S', help: 'server, by id or name' } as const;
const label = { type: 'list', value: 'K=V', help: 'label' } as const;
const port = { type: 'list', value: 'P', help: 'port, by id' } as const;
const manyProfiles = {
  'all-profiles': { type: 'switch', help: 'in every profile, side by side' },
  profiles: { type: 'text', value: 'GLOB,...', help: 'in these profiles: names, * and ? stand for any' },
} as const;

export const ipRows = [
  {
    words: 'ip allocate',
    aliases: ['create'],
    summary: 'Allocate a floating IP',
    about:
      'Sent once: when the answer is lost, ipctl looks whether it happened and never sends it again. With --server the address is associated at once.',
    needs: 'allocateFloatingIp',
    changes: true,
    flags: {
      'ip-version': { type: 'choice', choices: ['4', '6'], help: 'IP version', default: 4 },
      count: { type: 'integer', value: 'N', minimum: 1, maximum: 1000, help: 'how many; chosen addresses count towards it' },
      address: { type: 'list', value: 'A', help: 'ask for this address' },
      pool: { type: 'text', value: 'P', help: 'what to draw from: an external network, an EIP pool' },
      network: { type: 'text', value: 'N', help: 'whose ports share the address (Rackspace)' },
      subnet: { ...subnet, help: 'subnet of the pool to draw from, by id or name' },
      name: { type: 'text', value: 'X', help: 'name of the address' },
      description: { type: 'text', value: 'X', help: 'description of the address' },
      label: { ...label, help: 'label of the address' },
      server: { ...server, help: 'associate it with this server at once, by id or name' },
      port: { ...port, help: 'associate it with this port at once, by id' },
      key,
      'if-not-exists': { type: 'switch', help: 'succeed with what is there; needs --name, --address or --key' },
      parallel,
    },
    examples: ['ipctl ip allocate', 'addr=$(ipctl ip allocate -o value -c address)', 'ipctl ip allocate --server web-1 --timeout 2m'],
  },
  {
    words: 'ip associate',
    aliases: ['assign', 'attach'],
    summary: 'Put a floating IP on a server',
    about: 'An address that another server has is not taken without --move. Needs a --server or a --port.',
    needs: 'associateFloatingIp',
    changes: true,
    arguments: [IP],
    flags: {
      server,
      port,
      'private-address': { type: 'text', value: 'A', help: 'which address of the port it leads to' },
      move: { type: 'switch', help: 'take it from the server that has it now' },
    },
    examples: ['ipctl ip associate 203.0.113.10 --server web-1', 'ipctl ip associate 203.0.113.10 --server web-2 --move'],
  },
  {
    words: 'ip disassociate',
    aliases: ['unassign', 'detach'],
    summary: 'Take a floating IP off its servers',
    about: 'The address stays yours. One that serves nobody is left as it is, and that is a success.',
    needs: 'disassociateFloatingIp',
    changes: true,
    arguments: [IP],
    flags: { server: { ...server, help: 'only from this server, by id or name' }, 'if-exists': ifExists },
    examples: ['ipctl ip disassociate 203.0.113.10', 'ipctl ip disassociate 203.0.113.10 --server web-1'],
  },
  {
    words: 'ip release',
    aliases: ['delete', 'rm'],
    summary: 'Give floating IPs back',
    about: 'Asks on a terminal, needs --yes off it. An address that serves a server is not released without --disassociate.',
    needs: 'releaseFloatingIp',
    changes: true,
    arguments: [IPS],
    flags: { disassociate: { type: 'switch', help: 'take them off their servers first' }, 'if-exists': ifExists, parallel },
    examples: [
      'ipctl ip release 203.0.113.10 --disassociate',
      'ipctl ip list --free -o value -c address | ipctl ip release --yes -',
      'ipctl ip release 203.0.113.10 --disassociate --if-exists --yes',
    ],
  },
  {
    words: 'ip move',
    summary: 'Move a floating IP from one server to another',
    about: 'With --if-holder it is a conflict (6) unless that server has it: two machines that decide at once do not undo each other.',
    needs: 'moveFloatingIp',
    changes: true,
    arguments: [IP],
    flags: {
      to: { type: 'text', value: 'S', required: true, help: 'the server that shall have it, by id or name' },
      'if-holder': { type: 'text', value: 'H', help: 'only while this server has it, or none; where --to has it already nothing is done' },
    },
    examples: ['ipctl ip move 203.0.113.10 --to web-2', 'ipctl ip move 203.0.113.10 --to web-2 --if-holder web-1'],
  },
  {
    words: 'ip list',
    aliases: ['ls'],
    summary: 'List floating IPs',
    needs: 'listFloatingIps',
    flags: {
      free: { type: 'switch', help: 'only those that serve nobody' },
      associated: { type: 'switch', help: 'only those that serve somebody' },
      server: { type: 'text', value: 'S', help: 'only those that serve this server' },
      cidr: { type: 'text', value: 'CIDR', help: 'only those in this range' },
      label: { ...label, help: 'only those that have this label' },
      'ip-version': { type: 'choice', choices: ['4', '6'], help: 'only this IP version' },
      kind: { type: 'choice', choices: ['floating', 'shared', 'fixed', 'primary'], help: 'only this kind' },
      limit: { type: 'integer', value: 'N', minimum: 0, maximum: 1_000_000, help: 'at most so many, of each profile' },
      ...manyProfiles,
    },
    exits: [9],
    examples: [
      'ipctl ip list',
      'ipctl ip list --free -o json',
      'ipctl ip list --server web-1 -c address,private-address',
      "ipctl ip list --profiles 'prod-*' -o jsonl",
    ],
  },
  {
    words: 'ip show',
    aliases: ['get', 'describe'],
    summary: 'Show one floating IP',
    needs: 'getFloatingIp',
    arguments: [IP],
    flags: manyProfiles,
    exits: [9],
    examples: [
      'ipctl ip show 203.0.113.10',
      'ipctl ip show 203.0.113.10 -o value -c server',
      'ipctl ip show 203.0.113.10 --all-profiles    # who holds it?',
    ],
  },
  {
    words: 'ip update',
    summary: 'Change name, description or labels of a floating IP',
    needs: 'updateFloatingIp',
    changes: true,
    arguments: [IP],
    flags: {
      name: { type: 'text', value: 'X', help: 'new name' },
      description: { type: 'text', value: 'X', help: 'new description' },
      label: { ...label, help: 'add or change a label' },
      unlabel: { type: 'list', value: 'K', help: 'remove a label' },
    },
    examples: ['ipctl ip update 203.0.113.10 --label env=prod', 'ipctl ip update 203.0.113.10 --description spare --unlabel env'],
  },
  {
    words: 'ip wait',
    summary: 'Wait until a floating IP is free, associated or gone',
    about:
      'It waits for the state that ip show tells, and for the provider’s own status to follow, where there is one (providerState: the data plane). Prints the address, or nothing once it is gone (null in JSON).',
    needs: 'getFloatingIp',
    arguments: [IP],
    flags: {
      for: { type: 'choice', choices: ['free', 'associated', 'gone'], help: 'what to wait for (needed)' },
      timeout: { type: 'duration', value: '60s', help: 'how long; default: that of the provider' },
    },
    exits: [3, 11],
    examples: ['ipctl ip wait 203.0.113.10 --for associated', 'ipctl ip wait 203.0.113.10 --for gone --timeout 2m'],
  },
] as const satisfies readonly Row[];
