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
  /** What else a user should know before they use it: a few sentences. */
  readonly about?: string;
  /** Other words for the verb, not shown in help. */
  readonly aliases?: readonly string[];
  readonly arguments?: readonly Argument[];
  readonly flags: FlagSet;
  /** What the provider must be able to do; a row that has it works on a profile. */
  readonly needs?: Capability;
  /** Changes something at a provider: takes the flags of changes. */
  readonly changes?: true;
  /** Exit codes besides those that follow from `needs` and `changes`. */
  readonly exits?: readonly number[];
  /** Two or three, as typed in a shell; each is run by a test. */
  readonly examples: readonly string[];
}

export const globalFlags = {
  profile: { type: 'text', value: 'NAME', short: 'p', help: 'profile to use: a name, sandbox, sandbox-PROVIDER, env:PROVIDER, cloud:NAME' },
  region: { type: 'text', value: 'NAME', help: 'region, over the profile’s own' },
  output: { type: 'choice', choices: ['table', 'json', 'jsonl', 'yaml', 'csv', 'tsv', 'value'], short: 'o', help: 'format of the result' },
  columns: { type: 'text', value: 'A,B', short: 'c', help: 'columns to show; +a adds one' },
  'no-header': { type: 'switch', help: 'leave out the header of a table, csv or tsv' },
  sort: { type: 'text', value: 'A,-B', help: 'sort by columns, - for descending' },
  query: {
    type: 'text',
    value: 'JMESPATH',
    help: 'show what this takes from the JSON of the whole result, in any format (jsonl: a line for each element)',
  },
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

/** The variable of a global flag; the region has none, since that of a named profile is not to be redirected. */
export const variableOf = (flag: string): string | undefined =>
  flag === 'region' ? undefined : `IPCTL_${flag.replaceAll('-', '_').toUpperCase()}`;

const IP: Argument = { name: 'IP', help: 'address, id or name', required: true };
const IPS: Argument = { name: 'IP', help: 'addresses, ids or names; - reads one a line from stdin', required: true, variadic: true };
const NAME: Argument = { name: 'NAME', help: 'name of the profile', required: true };
const server = { type: 'list', value: 'S', help: 'server, by id or name' } as const;
const port = { type: 'list', value: 'P', help: 'port, by id' } as const;
const label = { type: 'list', value: 'K=V', help: 'label' } as const;
const ifExists = { type: 'switch', help: 'succeed when it is not there' } as const;
const parallel = { type: 'integer', value: 'N', minimum: 1, maximum: 64, help: 'how many targets at once', default: 4 } as const;
const key = {
  type: 'text',
  value: 'K',
  help: 'your own name for it: the same key again gives the same address (several: K-1, K-2, …)',
} as const;
const manyProfiles = {
  'all-profiles': { type: 'switch', help: 'in every profile, side by side' },
  profiles: { type: 'text', value: 'GLOB,...', help: 'in these profiles: names, * and ? stand for any' },
} as const;
const subnet = { type: 'text', value: 'S', help: 'subnet, by id or name' } as const;

export const rows = [
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
  {
    words: 'profile add',
    aliases: ['create'],
    summary: 'Add a profile: named credentials and options of a provider',
    arguments: [NAME],
    flags: {
      provider: { type: 'text', value: 'P', help: 'kind of cloud: ipctl provider list' },
      import: {
        type: 'text',
        value: 'cloud:NAME',
        help: 'begin with this entry of clouds.yaml, or with the variables of env:PROVIDER, secrets left out',
      },
      'import-secrets': { type: 'switch', help: 'copy its secrets too' },
      set: { type: 'list', value: 'OPTION=VALUE', help: 'set an option' },
      secret: { type: 'list', value: 'OPTION=SOURCE', help: 'where a secret comes from: - (a line of stdin), env:NAME, command:WORDS' },
      test: { type: 'switch', help: 'save it only if its credentials are accepted' },
    },
    exits: [4, 5, 6, 14],
    examples: [
      'ipctl profile add prod --provider openstack --set auth-url=https://id.example.com/v3 --set username=ops --set user-domain-name=Default --set project-name=web --set project-domain-name=Default --secret password=env:OS_PASSWORD',
      'ipctl profile add prod --import cloud:prod --secret password=env:OS_PASSWORD',
    ],
  },
  {
    words: 'profile list',
    aliases: ['ls'],
    summary: 'List profiles',
    flags: {},
    exits: [14],
    examples: ['ipctl profile list', 'ipctl profile list -o value -c name'],
  },
  {
    words: 'profile show',
    aliases: ['get', 'describe'],
    summary: 'Show a profile, secrets masked',
    arguments: [NAME],
    flags: { explain: { type: 'switch', help: 'say where each value comes from' } },
    exits: [14],
    examples: ['ipctl profile show prod', 'ipctl profile show prod --explain'],
  },
  {
    words: 'profile use',
    summary: 'Make a profile the current one',
    arguments: [NAME],
    flags: {},
    exits: [14],
    examples: ['ipctl profile use prod', 'ipctl profile use sandbox'],
  },
  {
    words: 'profile current',
    summary: 'Print the name of the profile in use',
    flags: {},
    exits: [14],
    examples: ['ipctl profile current', 'ipctl profile current -o json'],
  },
  {
    words: 'profile set',
    summary: 'Change options of a profile',
    arguments: [NAME, { name: 'OPTION=VALUE', help: 'options, and read-only, protected, sole-writer', variadic: true }],
    flags: {
      secret: { type: 'list', value: 'OPTION=SOURCE', help: 'where a secret comes from: - (a line of stdin), env:NAME, command:WORDS' },
    },
    exits: [14],
    examples: ['ipctl profile set prod region=RegionOne read-only=true', 'ipctl profile set prod --secret password=env:PROD_PASSWORD'],
  },
  {
    words: 'profile unset',
    summary: 'Remove options of a profile',
    arguments: [NAME, { name: 'OPTION', help: 'options', required: true, variadic: true }],
    flags: {},
    exits: [14],
    examples: ['ipctl profile unset prod region', 'ipctl profile unset prod read-only'],
  },
  {
    words: 'profile rename',
    summary: 'Rename a profile',
    arguments: [NAME, { name: 'NEW', help: 'new name', required: true }],
    flags: {},
    exits: [6, 14],
    examples: ['ipctl profile rename prod production', 'ipctl profile rename prod old'],
  },
  {
    words: 'profile remove',
    aliases: ['delete', 'rm'],
    summary: 'Remove a profile',
    arguments: [NAME],
    flags: { yes: { type: 'switch', short: 'y', help: 'do not ask for confirmation' } },
    exits: [13, 14],
    examples: ['ipctl profile remove prod', 'ipctl profile remove prod --yes'],
  },
  {
    words: 'profile test',
    summary: 'Ask the provider who these credentials are, and pin that account',
    arguments: [{ name: 'NAME', help: 'name of the profile (default: the one in use)' }],
    flags: { repin: { type: 'switch', help: 'pin the account found, also when another one was pinned' } },
    exits: [4, 5, 14],
    examples: ['ipctl profile test', 'ipctl profile test prod --repin'],
  },
  {
    words: 'provider list',
    aliases: ['ls'],
    summary: 'List the kinds of cloud',
    flags: {},
    examples: ['ipctl provider list', 'ipctl provider list -o value -c id'],
  },
  {
    words: 'provider show',
    aliases: ['get', 'describe'],
    summary: 'Show what a provider can do, and its options',
    arguments: [{ name: 'PROVIDER', help: 'id: ipctl provider list', required: true }],
    flags: {},
    exits: [3],
    examples: ['ipctl provider show rackspace', 'ipctl provider show otc --query supports.moveFloatingIp'],
  },
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
      take: { type: 'text', value: 'ADDRESS', help: 'this candidate is what the operation allocated' },
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
  {
    words: 'api',
    summary: 'Send a request of your own to the provider, with the credentials of the profile',
    about:
      'PATH stands below the address of one of the provider’s services: /floatingips, or network:/floatingips as --service network says it; {project} in it is replaced. A whole URL must be on the service’s own host. What the provider answers is printed; a refusal becomes an error, with its own exit code. All but GET is a change: confirmed, recorded, never repeated.',
    changes: true,
    arguments: [
      { name: 'METHOD', help: 'GET, POST, PUT, PATCH or DELETE', required: true },
      { name: 'PATH', help: 'path of a service, or a whole URL', required: true },
    ],
    flags: {
      field: { type: 'list', value: 'K=V', help: 'GET: into the query; else into a JSON body, such as floatingip[port_id]=null' },
      input: { type: 'text', value: 'FILE', help: 'JSON to send, from a file; - is stdin' },
      header: { type: 'list', value: "'K: V'", help: 'send this header' },
      include: { type: 'switch', help: 'status and headers too, also of a refusal (on stderr)' },
      service: { type: 'text', value: 'NAME', help: 'service of the provider; default: its first' },
    },
    examples: [
      'ipctl api GET /floatingips --field limit=1',
      'ipctl api GET compute:/servers --query servers[].name',
      'ipctl api PUT /floatingips/664f1f71-fb23-4de7-8074-0c1db86c1d78 --field floatingip[description]=web --yes',
    ],
  },
  {
    words: 'doctor',
    summary: 'Look whether all is well: this machine, its files, the profile in use, unfinished operations',
    about:
      'The report shows no secret, and no value of a variable: it may be pasted into a bug report. It is printed also when something is wrong.',
    flags: { 'all-profiles': { type: 'switch', help: 'try each stored profile, not only the one in use' } },
    exits: [4, 5, 9, 12, 14],
    examples: ['ipctl doctor', 'ipctl doctor --all-profiles -o json'],
  },
  {
    words: 'schema',
    summary: 'Print the JSON Schema of what -o json prints: of one record, or of all under $defs',
    arguments: [{ name: 'RECORD', help: 'ip, privateip, server, mutation, dry-run, error, …; all of them: --query \'keys("$defs")\'' }],
    flags: {},
    examples: ['ipctl schema ip', 'ipctl schema mutation > mutation.schema.json'],
  },
  {
    words: 'help',
    summary: 'Explain a command, or what holds for all of them',
    arguments: [{ name: 'COMMAND', help: 'noun and verb; or exit-codes, environment, files, output', variadic: true }],
    flags: {},
    examples: ['ipctl help ip allocate', 'ipctl help exit-codes', 'ipctl help ip allocate -o json'],
  },
  {
    words: 'completion',
    summary: 'Print the completion script of a shell',
    about: 'zsh reads it where ~/.zshrc has fpath+=~/.zfunc before compinit. That of PowerShell is not tested.',
    arguments: [{ name: 'SHELL', help: 'bash, zsh, fish, powershell', required: true }],
    flags: {},
    examples: [
      'ipctl completion bash > ~/.local/share/bash-completion/completions/ipctl',
      'ipctl completion zsh > ~/.zfunc/_ipctl',
      'ipctl completion fish > ~/.config/fish/completions/ipctl.fish',
      'ipctl completion powershell >> $PROFILE',
    ],
  },
] as const satisfies readonly Row[];

/** The row of two words, the second also as an alias; of a noun without verbs, the first alone. */
export const rowAt = (noun: string, verb: string | undefined): Row | undefined =>
  (rows as readonly Row[]).find(({ words, aliases }) => {
    const [own, name] = words.split(' ');
    return own === noun && (name === verb || (verb !== undefined && aliases?.includes(verb) === true));
  });

export type Words = (typeof rows)[number]['words'];
export type RowOf<W extends Words> = Extract<(typeof rows)[number], { words: W }>;

/** What each noun is about; help tells its verbs beside it. */
export const nouns: Readonly<Record<string, string>> = {
  ip: 'floating IPs',
  privateip: 'private IPs of subnets',
  server: 'servers',
  network: 'networks',
  subnet: 'subnets',
  profile: 'named credentials',
  provider: 'kinds of cloud and what each can do',
  operation: 'recorded changes',
  sandbox: 'a cloud to try things on',
  api: 'a request of your own to the provider',
  doctor: 'whether all is well',
  schema: 'JSON Schema of the output',
  help: 'help on commands and topics',
  completion: 'completion script of a shell',
};
export const nounAliases: Readonly<Record<string, string>> = { op: 'operation' };
