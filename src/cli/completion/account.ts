/** Whose values a line asks for: the profile it would work on, and a key under which no other account's values are kept. */
import { createHash } from 'node:crypto';
import { IpctlError } from '../../domain/errors.js';
import { merge, type Setting } from '../../profiles/merge.js';
import { providerOf } from '../../providers/registry.js';
import type { World } from '../../world.js';
import { changeFlags, globalFlags, type Words } from '../commands.js';
import { parseFlags } from '../flags.js';
import type { Intent } from '../intent.js';
import { openSession, type Session } from '../session.js';
import { type Chosen, chooseProfile, type Known, lookUp } from '../target.js';
import type { FetchedKind } from './kinds.js';
import type { Line } from './line.js';

export interface Scene {
  readonly intent: Intent;
  readonly session: Session;
}

/** Of a terminal on which nothing is drawn. */
const UNUSED_COLUMNS = 80;

/** The list that yields values of a kind: what would be typed to see them. */
const lists: Readonly<Record<FetchedKind, Words>> = {
  servers: 'server list',
  ips: 'ip list',
  privateips: 'privateip list',
  networks: 'network list',
  pools: 'network list',
  subnets: 'subnet list',
};

/** What the line says of profile and place, as an intent that only looks. Nobody can be asked, and nothing is told. */
export function sceneOf(world: World, line: Line, kind?: FetchedKind): Scene {
  const said = (name: 'profile' | 'region' | 'config' | 'ca-file'): string | undefined => {
    const variable = name === 'region' ? '' : (world.env[`IPCTL_${name.replaceAll('-', '_').toUpperCase()}`] ?? '');
    return line.flags[name] ?? (variable === '' ? undefined : variable);
  };
  const typed = Object.fromEntries((['profile', 'region', 'config', 'ca-file'] as const).map((name) => [name, said(name)]));
  const intent: Intent = {
    words: kind === undefined ? 'profile list' : lists[kind],
    arguments: [],
    flags: {} as Intent['flags'],
    global: { ...parseFlags(globalFlags, typed), 'no-input': true, quiet: true },
    variables: [],
    change: parseFlags(changeFlags, {}),
    options: {},
  };
  // By inheritance, not by copy: a copy would open stdin, which is slow and not ours to read. Nor is stdout opened for its width.
  const terminal = { value: { stdin: false, stdout: false, stderr: false, columns: UNUSED_COLUMNS } };
  const session = openSession(Object.create(world, { terminal }) as World, intent);
  // Where a command would say something first (passwords go where a file of this directory says; others can read the
  // profiles), a key that was pressed for completion must not send anything.
  const silent = (text: string): never => {
    throw new IpctlError('refused', text, { fate: 'not-sent' });
  };
  return { intent, session: { ...session, warn: silent } };
}

export interface Whose {
  readonly chosen: Chosen;
  readonly known: Known;
  readonly intent: Intent;
  readonly key: string;
}

/** Undefined where nothing may be fetched: a command that yields a secret could open a prompt, and is not run for a key press. */
export async function whoseOf({ intent, session }: Scene, line: Line, kind: FetchedKind): Promise<Whose | undefined> {
  const chosen = await chooseProfile(intent, session);
  const known = await lookUp(chosen.name, session);
  const { manifest } = providerOf(known.id);
  if (Object.values(known.profile.options).some((value) => typeof value === 'object' && 'command' in value)) return undefined;
  const flags: Record<string, string> = {};
  for (const [name, spec] of Object.entries(manifest.options)) {
    const value = line.flags[`${known.id}-${name}`];
    if (value !== undefined && spec.kind !== 'secret') flags[name] = value;
  }
  const full: Intent = Object.keys(flags).length === 0 ? intent : { ...intent, options: { [known.id]: flags } };
  const region = intent.global.region;
  const profile = region === undefined ? known.profile : (known.inRegion?.(region) ?? known.profile);
  const { env } = session.world;
  const settings =
    known.kind === 'sandbox'
      ? {}
      : merge(manifest, { flags, env, stored: profile.options, fromEnvironment: known.kind === 'environment', profile: chosen.name });
  const about = Object.entries(settings).map(([name, setting]) => [name, traceOf(setting, manifest.options[name]?.kind === 'secret', env)]);
  const key = hash(JSON.stringify([kind, known.kind, known.id, chosen.name, region ?? null, about])).slice(0, 32);
  return { chosen, known, intent: full, key };
}

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Sixteen bits tell one token from the next, and are of no use to somebody who would guess it. */
function traceOf({ value }: Setting, secret: boolean, env: World['env']): string {
  if (typeof value !== 'object') return secret ? hash(String(value)).slice(0, 4) : String(value);
  return 'env' in value ? hash(env[value.env] ?? '').slice(0, 4) : '';
}
