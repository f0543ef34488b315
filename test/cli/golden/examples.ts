/** One use of every row of the command table, on the sandbox of any provider: what the tests of output are about. */
import type { Words } from '../../../src/cli/commands.js';
import type { ProviderId } from '../../../src/providers/registry.js';
import type { SchemaName } from '../../../src/render/schema.js';
import type { Desk } from './screen.js';

export interface Example {
  /** Run before, each to succeed. A mutation's `{address}` and `{operation}` can be used from there on. */
  readonly before?: readonly string[];
  /** `{allocate}`: what the provider's allocations cannot do without; `{update}`: what it can change. */
  readonly command: string;
  /** Which objects `-o json` prints: one, a list of them, or the document itself. */
  readonly prints: SchemaName | readonly [SchemaName] | 'a schema';
  /** What ends it. */
  readonly until?: RegExp;
  /** Not compared to the letter, or its JSON is not: long, and held to by other tests. */
  readonly long?: 'all' | 'json';
}

const ADD = 'profile add prod --provider hostway --set username=ops --secret password=env:SECRET';
const ALLOCATED = ['ip allocate {allocate}'];
/** Where an allocation comes with servers it is free only afterwards. */
const FREE = [...ALLOCATED, 'ip disassociate {address}'];

export const examples: Readonly<Record<Words, Example>> = {
  'ip allocate': { command: 'ip allocate {allocate}', prints: 'mutation' },
  'ip associate': { before: FREE, command: 'ip associate {address} --server web-1', prints: 'mutation' },
  'ip disassociate': {
    before: [...FREE, 'ip associate {address} --server web-1'],
    command: 'ip disassociate {address}',
    prints: 'mutation',
  },
  'ip release': { before: FREE, command: 'ip release {address} --yes', prints: 'mutation' },
  'ip move': { before: [...FREE, 'ip associate {address} --server web-1'], command: 'ip move {address} --to web-2', prints: 'mutation' },
  'ip list': { before: [...FREE, ...ALLOCATED, 'ip associate {address} --server web-1'], command: 'ip list', prints: ['ip'] },
  'ip show': { before: FREE, command: 'ip show {address}', prints: 'ip' },
  'ip update': { before: FREE, command: 'ip update {address} {update}', prints: 'mutation' },
  'ip wait': { before: FREE, command: 'ip wait {address} --for free', prints: 'ip' },
  'privateip create': { command: 'privateip create --subnet app', prints: 'mutation' },
  'privateip list': { command: 'privateip list', prints: ['privateip'] },
  'privateip show': { command: 'privateip show 192.168.1.11', prints: 'privateip' },
  'privateip delete': {
    before: ['privateip create --subnet app'],
    command: 'privateip delete {address} --subnet app --yes',
    prints: 'mutation',
  },
  'server list': { command: 'server list', prints: ['server'] },
  'server show': { command: 'server show web-1', prints: 'server' },
  'network list': { command: 'network list', prints: ['network'] },
  'subnet list': { command: 'subnet list', prints: ['subnet'] },
  'profile add': { command: ADD, prints: 'profile' },
  'profile list': { before: [ADD], command: 'profile list', prints: ['profile'] },
  'profile show': { before: [ADD], command: 'profile show prod --explain', prints: 'profile-detail' },
  'profile use': { before: [ADD], command: 'profile use prod', prints: 'profile' },
  'profile current': { before: [ADD, 'profile use prod'], command: 'profile current', prints: 'profile' },
  'profile set': { before: [ADD], command: 'profile set prod zone=AUS001', prints: 'profile' },
  'profile unset': { before: [ADD], command: 'profile unset prod username', prints: 'profile' },
  'profile rename': { before: [ADD], command: 'profile rename prod production', prints: 'profile' },
  'profile remove': { before: [ADD], command: 'profile remove prod --yes', prints: 'profile' },
  'profile test': { command: 'profile test', prints: 'account' },
  'provider list': { command: 'provider list', prints: ['provider'], long: 'json' },
  'provider show': { command: 'provider show hostway', prints: 'provider', long: 'json' },
  'operation list': { before: FREE, command: 'operation list', prints: ['operation'] },
  'operation show': { before: ALLOCATED, command: 'operation show {operation}', prints: 'operation' },
  'operation resume': { before: ALLOCATED, command: 'operation resume {operation}', prints: 'mutation' },
  'operation prune': { before: ALLOCATED, command: 'operation prune --settled --yes', prints: ['operation'] },
  'sandbox serve': { command: 'sandbox serve', prints: ['sandbox'], until: /nova/ },
  'sandbox reset': { command: 'sandbox reset hostway', prints: 'reset' },
  'sandbox journal': { before: ALLOCATED, command: 'sandbox journal', prints: ['exchange'], long: 'json' },
  api: { command: 'api GET /floatingips --field limit=1', prints: 'answer' },
  doctor: { command: 'doctor', prints: ['finding'], long: 'all' },
  schema: { command: 'schema ip', prints: 'a schema', long: 'all' },
  help: { command: 'help ip allocate', prints: 'help', long: 'all' },
  completion: { command: 'completion bash', prints: 'completion', long: 'all' },
};

/** What an allocation needs beyond nothing. */
export const allocations: Readonly<Record<ProviderId, string>> = {
  openstack: '',
  hostway: '',
  rackspace: '--server web-1 --server web-2',
  otc: '--otc-bandwidth-size 10',
  rackconnect: '',
  nova: '',
};

/** Runs what must come before. The command, ready to be run, with the values of what was run before it. */
export async function prepared({ before = [], command }: Example, profile: string, provider: ProviderId, desk: Desk): Promise<string[]> {
  const update = provider === 'rackspace' ? '--rackspace-ports +web-1' : '--label env=prod';
  const values = new Map([
    ['allocate', allocations[provider]],
    ['update', update],
  ]);
  const wordsOf = (line: string): string[] =>
    line
      .replace(/\{([a-z]+)\}/g, (whole, name: string) => values.get(name) ?? whole)
      .split(' ')
      .filter((word) => word !== '');
  for (const line of before) {
    const { code, stdout, stderr } = await desk.ipctl(['-p', profile, ...wordsOf(line), '-o', 'json'], { env: { SECRET: 'x' } });
    if (code !== 0) throw new Error(`${line}: ${stderr}`);
    const { operation, ip } = JSON.parse(stdout) as { operation?: string | null; ip?: { address?: string } | null };
    if (typeof operation === 'string') values.set('operation', operation);
    if (typeof ip?.address === 'string') values.set('address', ip.address);
  }
  return wordsOf(command);
}
