/**
 * What can stand where a value is typed: which flag and which argument takes which kind of value. Goes by the names of the
 * table, so that a new row completes without a line of its own.
 */
import type { Argument, Row } from '../commands.js';

/** Asked of the provider, and kept for a moment. */
export const fetchedKinds = ['servers', 'ips', 'privateips', 'networks', 'pools', 'subnets'] as const;
export type FetchedKind = (typeof fetchedKinds)[number];

/** Known on this machine: read each time. */
export type LocalKind =
  | 'profiles'
  | 'profile-list'
  | 'stored-profiles'
  | 'imports'
  | 'options'
  | 'settings'
  | 'secrets'
  | 'operations'
  | 'columns'
  | 'sort'
  | 'records'
  | 'commands';
/** Known when the script is made: they stand in it. */
export type StaticKind = 'providers' | 'shells' | 'methods';
/** Left to the shell. */
export type PathKind = 'files' | 'directories';

export type LiveKind = FetchedKind | LocalKind;
export type Kind = LiveKind | StaticKind | PathKind;

const flagKinds: Readonly<Record<string, Kind>> = {
  profile: 'profiles',
  profiles: 'profile-list',
  provider: 'providers',
  import: 'imports',
  set: 'settings',
  secret: 'secrets',
  server: 'servers',
  to: 'servers',
  'if-holder': 'servers',
  pool: 'pools',
  network: 'networks',
  subnet: 'subnets',
  columns: 'columns',
  sort: 'sort',
  input: 'files',
  'ca-file': 'files',
  config: 'directories',
};

const argumentKinds: Readonly<Record<string, Kind>> = {
  'ip IP': 'ips',
  'privateip IP': 'privateips',
  'server S': 'servers',
  'profile NAME': 'profiles',
  'profile OPTION': 'options',
  'profile OPTION=VALUE': 'settings',
  'provider PROVIDER': 'providers',
  'sandbox PROVIDER': 'providers',
  'operation ID': 'operations',
  'completion SHELL': 'shells',
  'api METHOD': 'methods',
  'schema RECORD': 'records',
  'help COMMAND': 'commands',
};

/** These change what is stored: a built-in profile is no answer. */
const storedOnly: ReadonlySet<string> = new Set(['profile set', 'profile unset', 'profile rename', 'profile remove']);

/** `name` without its dashes; a provider's own option is known by its last word (`--acme-pool`). */
export const kindOfFlag = (name: string): Kind | undefined =>
  Object.hasOwn(flagKinds, name) ? flagKinds[name] : providerKinds[/-(pool|network)$/.exec(name)?.[1] ?? ''];

const providerKinds: Readonly<Record<string, Kind>> = { pool: 'pools', network: 'networks' };

export function kindOfArgument(row: Row, argument: Argument): Kind | undefined {
  // A new profile is called what nothing is called yet.
  if (row.words === 'profile add') return undefined;
  const kind = argumentKinds[`${row.words.split(' ')[0]} ${argument.name}`];
  return kind === 'profiles' && storedOnly.has(row.words) ? 'stored-profiles' : kind;
}

/** The argument at a position; a variadic one is the last for ever. */
export function argumentAt(row: Row, position: number): Argument | undefined {
  const given = row.arguments ?? [];
  const last = given[given.length - 1];
  return given[position] ?? (last?.variadic === true ? last : undefined);
}

const isPath = (kind: Kind): kind is PathKind => kind === 'files' || kind === 'directories';
const isStatic = (kind: Kind): kind is StaticKind => kind === 'providers' || kind === 'shells' || kind === 'methods';
export const isLive = (kind: Kind): kind is LiveKind => !isPath(kind) && !isStatic(kind);
export const isFetched = (kind: Kind): kind is FetchedKind => (fetchedKinds as readonly Kind[]).includes(kind);
