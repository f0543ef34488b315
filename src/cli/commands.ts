/**
 * THE table: every command as data. Help, parsing, completion and dispatch read it; a command's code is loaded only when it
 * is run.
 */
import type { Capability } from '../domain/driver.js';
import type { FlagSet } from './flags.js';

export interface Argument {
  readonly name: string;
  readonly help: string;
  readonly required?: true;
  readonly variadic?: true;
}

export interface Row {
  readonly words: string;
  readonly summary: string;
  /** Other words for the verb, not shown in help. */
  readonly aliases?: readonly string[];
  readonly arguments?: readonly Argument[];
  readonly flags: FlagSet;
  /** What the provider must be able to do; a row that has it works on a profile. */
  readonly needs?: Capability;
  /** Changes something at a provider: takes the flags of changes. */
  readonly changes?: true;
  readonly examples: readonly string[];
}

export const globalFlags = {
  profile: { type: 'text', value: 'NAME', short: 'p', help: 'profile to use: a name, sandbox, sandbox-PROVIDER, env:PROVIDER' },
  region: { type: 'text', value: 'NAME', help: 'region, over the profile’s own' },
  output: { type: 'choice', choices: ['table', 'json', 'jsonl', 'csv', 'tsv', 'value'], short: 'o', help: 'format of the result' },
  columns: { type: 'text', value: 'A,B', short: 'c', help: 'columns to show; +a adds one' },
  'no-header': { type: 'switch', help: 'leave out the header of a table, csv or tsv' },
  sort: { type: 'text', value: 'A,-B', help: 'sort by columns, - for descending' },
  raw: { type: 'switch', help: 'add the provider’s own objects to JSON' },
  'no-input': { type: 'switch', help: 'never ask' },
  quiet: { type: 'switch', short: 'q', help: 'no notes on stderr' },
  verbose: { type: 'switch', short: 'v', help: 'notes on stderr, also off a terminal' },
  debug: { type: 'optional', value: 'body', choices: ['body'], help: 'a line a request on stderr; =body adds bodies, secrets masked' },
  color: { type: 'choice', choices: ['auto', 'always', 'never'], help: 'when to use colour' },
  config: { type: 'text', value: 'DIR', help: 'directory of the profiles' },
  'ca-file': { type: 'text', value: 'FILE', help: 'trust the certificate authorities in this PEM file' },
  fault: { type: 'list', value: 'FAULT', help: 'sandbox profiles only: make it misbehave, "METHOD PATH: EFFECT [xN]"' },
} as const satisfies FlagSet;

export const changeFlags = {
  'dry-run': { type: 'switch', short: 'n', help: 'do the reads, print the requests that would change something, send none' },
  yes: { type: 'switch', short: 'y', help: 'do not ask for confirmation' },
  wait: { type: 'switch', help: 'wait until the provider shows the result (default)' },
  'no-wait': { type: 'switch', help: 'return when the provider has accepted it' },
  timeout: { type: 'duration', value: '60s', help: 'time for one target, from its first request to the shown result' },
  'no-journal': { type: 'switch', help: 'keep no record of the operation on this machine' },
} as const satisfies FlagSet;

const IP: Argument = { name: 'IP', help: 'address, id or name', required: true };
const IPS: Argument = { name: 'IP', help: 'addresses, ids or names; - reads one a line from stdin', required: true, variadic: true };
const NAME: Argument = { name: 'NAME', help: 'name of the profile', required: true };
const server = { type: 'list', value: 'S', help: 'server, by id or name' } as const;
const port = { type: 'list', value: 'P', help: 'port, by id' } as const;
const label = { type: 'list', value: 'K=V', help: 'label' } as const;
const ifExists = { type: 'switch', help: 'succeed when it is not there' } as const;
const parallel = { type: 'integer', value: 'N', minimum: 1, maximum: 64, help: 'how many targets at once (default 4)' } as const;
const subnet = { type: 'text', value: 'S', help: 'subnet, by id or name' } as const;

export const rows = [
  {
    words: 'ip allocate',
    aliases: ['create'],
    summary: 'Allocate a floating IP',
    needs: 'allocateFloatingIp',
    changes: true,
    flags: {
      'ip-version': { type: 'choice', choices: ['4', '6'], help: 'IP version (default 4)' },
      count: { type: 'integer', value: 'N', minimum: 1, maximum: 1000, help: 'how many; chosen addresses count towards it' },
      address: { type: 'list', value: 'A', help: 'ask for this address' },
      pool: { type: 'text', value: 'P', help: 'what to draw from: an external network, an EIP pool' },
      network: { type: 'text', value: 'N', help: 'whose ports share the address (Rackspace)' },
      subnet,
      name: { type: 'text', value: 'X', help: 'name' },
      description: { type: 'text', value: 'X', help: 'description' },
      label,
      server: { ...server, help: 'associate it with this server at once, by id or name' },
      port: { ...port, help: 'associate it with this port at once, by id' },
      'if-not-exists': { type: 'switch', help: 'succeed with what is there; needs --name or --address' },
      parallel,
    },
    examples: ['ipctl ip allocate', 'addr=$(ipctl ip allocate -o value -c address)', 'ipctl ip allocate --server web-1'],
  },
  {
    words: 'ip associate',
    aliases: ['assign', 'attach'],
    summary: 'Put a floating IP on a server',
    needs: 'associateFloatingIp',
    changes: true,
    arguments: [IP],
    flags: {
      server,
      port,
      'private-address': { type: 'text', value: 'A', help: 'which address of the port it leads to' },
      move: { type: 'switch', help: 'take it from the server that has it now' },
    },
    examples: ['ipctl ip associate 203.0.113.7 --server web-1', 'ipctl ip associate 203.0.113.7 --server web-2 --move'],
  },
  {
    words: 'ip disassociate',
    aliases: ['unassign', 'detach'],
    summary: 'Take a floating IP off its servers',
    needs: 'disassociateFloatingIp',
    changes: true,
    arguments: [IP],
    flags: { server: { ...server, help: 'only from this server, by id or name' }, 'if-exists': ifExists },
    examples: ['ipctl ip disassociate 203.0.113.7'],
  },
  {
    words: 'ip release',
    aliases: ['delete', 'rm'],
    summary: 'Give floating IPs back',
    needs: 'releaseFloatingIp',
    changes: true,
    arguments: [IPS],
    flags: { disassociate: { type: 'switch', help: 'take them off their servers first' }, 'if-exists': ifExists, parallel },
    examples: ['ipctl ip release 203.0.113.7', 'ipctl ip list --free -o value -c address | ipctl ip release --yes -'],
  },
  {
    words: 'ip move',
    summary: 'Move a floating IP from one server to another',
    needs: 'moveFloatingIp',
    changes: true,
    arguments: [IP],
    flags: {
      to: { type: 'text', value: 'S', required: true, help: 'the server that shall have it, by id or name' },
      'if-holder': { type: 'text', value: 'H', help: 'only while this server has it, or none' },
    },
    examples: ['ipctl ip move 203.0.113.7 --to web-2 --if-holder web-1'],
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
      label,
      'ip-version': { type: 'choice', choices: ['4', '6'], help: 'only this IP version' },
      kind: { type: 'choice', choices: ['floating', 'shared', 'fixed', 'primary'], help: 'only this kind' },
      limit: { type: 'integer', value: 'N', minimum: 0, maximum: 1_000_000, help: 'at most so many' },
    },
    examples: ['ipctl ip list', 'ipctl ip list --free -o json', 'ipctl ip list --server web-1'],
  },
  {
    words: 'ip show',
    aliases: ['get', 'describe'],
    summary: 'Show one floating IP',
    needs: 'getFloatingIp',
    arguments: [IP],
    flags: {},
    examples: ['ipctl ip show 203.0.113.7'],
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
    examples: ['ipctl ip update 203.0.113.7 --label env=prod'],
  },
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
      name: { type: 'text', value: 'X', help: 'name' },
    },
    examples: ['ipctl privateip create --subnet app', 'ipctl privateip create --subnet app --address 192.168.1.17 --count 2'],
  },
  {
    words: 'privateip list',
    aliases: ['ls'],
    summary: 'List private IPs',
    needs: 'listPrivateIps',
    flags: { subnet },
    examples: ['ipctl privateip list --subnet app'],
  },
  {
    words: 'privateip show',
    aliases: ['get', 'describe'],
    summary: 'Show one private IP',
    needs: 'getPrivateIp',
    arguments: [IP],
    flags: { subnet },
    examples: ['ipctl privateip show 192.168.1.17 --subnet app'],
  },
  {
    words: 'privateip delete',
    aliases: ['rm', 'release'],
    summary: 'Delete private IPs',
    needs: 'deletePrivateIp',
    changes: true,
    arguments: [IPS],
    flags: { subnet, 'if-exists': ifExists, parallel },
    examples: ['ipctl privateip delete 192.168.1.17 --subnet app'],
  },
  {
    words: 'server list',
    aliases: ['ls'],
    summary: 'List the servers an address can be put on',
    needs: 'listServers',
    flags: {},
    examples: ['ipctl server list'],
  },
  {
    words: 'server show',
    aliases: ['get', 'describe'],
    summary: 'Show one server',
    needs: 'getServer',
    arguments: [{ name: 'S', help: 'id or name', required: true }],
    flags: {},
    examples: ['ipctl server show web-1'],
  },
  { words: 'network list', aliases: ['ls'], summary: 'List networks', needs: 'listNetworks', flags: {}, examples: ['ipctl network list'] },
  { words: 'subnet list', aliases: ['ls'], summary: 'List subnets', needs: 'listSubnets', flags: {}, examples: ['ipctl subnet list'] },
  {
    words: 'profile add',
    aliases: ['create'],
    summary: 'Add a profile: named credentials and options of a provider',
    arguments: [NAME],
    flags: {
      provider: { type: 'text', value: 'P', required: true, help: 'kind of cloud: ipctl provider list' },
      set: { type: 'list', value: 'OPTION=VALUE', help: 'set an option' },
      secret: { type: 'list', value: 'OPTION=SOURCE', help: 'where a secret comes from: - (a line of stdin), env:NAME, command:WORDS' },
      test: { type: 'switch', help: 'save it only if its credentials are accepted' },
    },
    examples: [
      'ipctl profile add prod --provider openstack --set auth-url=https://id.example.com/v3 --set username=ops --set project-name=web --secret password=env:OS_PASSWORD',
    ],
  },
  { words: 'profile list', aliases: ['ls'], summary: 'List profiles', flags: {}, examples: ['ipctl profile list'] },
  {
    words: 'profile show',
    aliases: ['get', 'describe'],
    summary: 'Show a profile, secrets masked',
    arguments: [NAME],
    flags: { explain: { type: 'switch', help: 'say where each value comes from' } },
    examples: ['ipctl profile show prod --explain'],
  },
  { words: 'profile use', summary: 'Make a profile the current one', arguments: [NAME], flags: {}, examples: ['ipctl profile use prod'] },
  { words: 'profile current', summary: 'Print the name of the profile in use', flags: {}, examples: ['ipctl profile current'] },
  {
    words: 'profile set',
    summary: 'Change options of a profile',
    arguments: [NAME, { name: 'OPTION=VALUE', help: 'options, and read-only, protected, sole-writer', variadic: true }],
    flags: {
      secret: { type: 'list', value: 'OPTION=SOURCE', help: 'where a secret comes from: - (a line of stdin), env:NAME, command:WORDS' },
    },
    examples: ['ipctl profile set prod region=RegionOne read-only=true'],
  },
  {
    words: 'profile unset',
    summary: 'Remove options of a profile',
    arguments: [NAME, { name: 'OPTION', help: 'options', required: true, variadic: true }],
    flags: {},
    examples: ['ipctl profile unset prod region'],
  },
  {
    words: 'profile rename',
    summary: 'Rename a profile',
    arguments: [NAME, { name: 'NEW', help: 'new name', required: true }],
    flags: {},
    examples: ['ipctl profile rename prod production'],
  },
  {
    words: 'profile remove',
    aliases: ['delete', 'rm'],
    summary: 'Remove a profile',
    arguments: [NAME],
    flags: { yes: { type: 'switch', short: 'y', help: 'do not ask for confirmation' } },
    examples: ['ipctl profile remove old'],
  },
  {
    words: 'profile test',
    summary: 'Ask the provider who these credentials are, and pin that account',
    arguments: [{ name: 'NAME', help: 'name of the profile (default: the one in use)' }],
    flags: { repin: { type: 'switch', help: 'pin the account found, also when another one was pinned' } },
    examples: ['ipctl profile test prod'],
  },
  { words: 'provider list', aliases: ['ls'], summary: 'List the kinds of cloud', flags: {}, examples: ['ipctl provider list'] },
  {
    words: 'provider show',
    aliases: ['get', 'describe'],
    summary: 'Show what a provider can do, and its options',
    arguments: [{ name: 'PROVIDER', help: 'id: ipctl provider list', required: true }],
    flags: {},
    examples: ['ipctl provider show rackspace'],
  },
  {
    words: 'operation list',
    aliases: ['ls'],
    summary: 'List recorded operations',
    flags: { limit: { type: 'integer', value: 'N', minimum: 1, maximum: 100_000, help: 'the last N (default 20)' } },
    examples: ['ipctl operation list'],
  },
  {
    words: 'operation show',
    aliases: ['get', 'describe'],
    summary: 'Show a recorded operation with its requests',
    arguments: [{ name: 'ID', help: 'id of the operation', required: true }],
    flags: {},
    examples: ['ipctl operation show mbx1k2f0-7q3z9k'],
  },
  {
    words: 'operation resume',
    summary: 'Go on with an operation whose outcome is not known, or that was cut short',
    changes: true,
    arguments: [{ name: 'ID', help: 'id of the operation', required: true }],
    flags: {
      take: { type: 'text', value: 'ADDRESS', help: 'this candidate is what the operation allocated' },
      none: { type: 'switch', help: 'none of the candidates is: the allocation did not happen' },
    },
    examples: ['ipctl operation resume mbx1k2f0-7q3z9k', 'ipctl operation resume mbx1k2f0-7q3z9k --take 203.0.113.7'],
  },
  {
    words: 'sandbox serve',
    summary: 'Run the sandbox, so that anything can be pointed at it',
    flags: { port: { type: 'integer', value: 'N', minimum: 1, maximum: 65_000, help: 'first of four ports (default: free ones)' } },
    examples: ['ipctl sandbox serve', "ipctl sandbox serve --fault 'POST */floatingips: 503 x2'"],
  },
  {
    words: 'sandbox reset',
    summary: 'Put the sandbox clouds back to their beginning',
    arguments: [{ name: 'PROVIDER', help: 'only these', variadic: true }],
    flags: {},
    examples: ['ipctl sandbox reset'],
  },
  {
    words: 'sandbox journal',
    summary: 'Show the last requests that the sandbox received',
    arguments: [{ name: 'PROVIDER', help: 'only these', variadic: true }],
    flags: { limit: { type: 'integer', value: 'N', minimum: 1, maximum: 2000, help: 'the last N (default 20)' } },
    examples: ['ipctl sandbox journal hostway'],
  },
  {
    words: 'completion',
    summary: 'Print the completion script of a shell',
    arguments: [{ name: 'SHELL', help: 'bash', required: true }],
    flags: {},
    examples: ['ipctl completion bash > /etc/bash_completion.d/ipctl'],
  },
] as const satisfies readonly Row[];

export type Words = (typeof rows)[number]['words'];
export type RowOf<W extends Words> = Extract<(typeof rows)[number], { words: W }>;

/** One line for each noun, for `ipctl --help`. */
export const nouns: Readonly<Record<string, string>> = {
  ip: 'floating IPs: allocate, associate, disassociate, release, move, list, show, update',
  privateip: 'private IPs of subnets: create, list, show, delete',
  server: 'servers: list, show',
  network: 'networks: list',
  subnet: 'subnets: list',
  profile: 'named credentials: add, list, show, use, current, set, unset, rename, remove, test',
  provider: 'kinds of cloud and what each can do: list, show',
  operation: 'recorded changes: list, show, resume',
  sandbox: 'a cloud to try things on: serve, reset, journal',
  completion: 'completion script of a shell',
};
export const nounAliases: Readonly<Record<string, string>> = { op: 'operation' };
