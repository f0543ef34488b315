/** The beginning of a profile that is a copy: of an entry of clouds.yaml, or of variables, with its secrets apart. */
import { IpctlError } from '../../../domain/errors.js';
import type { Manifest } from '../../../domain/manifest.js';
import { merge } from '../../../profiles/merge.js';
import { emptyProfile, type Profile, type StoredValue } from '../../../profiles/profile.js';
import { cloudsProviders, type ProviderId, providerOf } from '../../../providers/registry.js';
import type { Session } from '../../session.js';
import { lookUp } from '../../target.js';

export interface Imported {
  readonly id: ProviderId;
  /** Without secrets. */
  readonly profile: Profile;
  readonly secrets: Readonly<Record<string, StoredValue>>;
  /** Sources for `--secret` by which those secrets can be found where they were. */
  readonly sources: Readonly<Record<string, string>>;
}

const usage = (message: string): IpctlError => new IpctlError('usage', message, { fate: 'not-sent' });

/** `usage` for what cannot be copied, or a provider that has no use for it. */
export async function imported(
  from: string,
  asked: ProviderId | undefined,
  region: string | undefined,
  session: Session,
): Promise<Imported> {
  if (/^env:./.test(from)) return fromEnvironment(from, asked, region, session);
  if (!/^cloud:./.test(from))
    throw usage(`--import takes cloud:NAME, an entry of clouds.yaml, or env:PROVIDER, its variables, not '${from}'`);
  requireSameKind(from, asked, cloudsProviders);
  const known = await lookUp(from, session);
  const { options } = region === undefined ? known.profile : (known.inRegion?.(region) ?? known.profile);
  return parted(asked ?? known.id, options, {});
}

/** What the variables of a provider say (`OS_*`, `RS_*`, `IPCTL_<PROVIDER>_*`). `config` where none of them is set. */
async function fromEnvironment(
  from: string,
  asked: ProviderId | undefined,
  region: string | undefined,
  session: Session,
): Promise<Imported> {
  const { env } = session.world;
  const { id: own } = await lookUp(from, session);
  const alike = cloudsProviders.includes(own);
  requireSameKind(from, asked, alike ? cloudsProviders : [own]);
  if (alike) (await import('../../../profiles/cloud-entry.js')).refuseEnvironment(env);
  const { manifest } = providerOf(own);
  const settings = Object.entries(merge(manifest, { flags: {}, env, stored: {}, fromEnvironment: true, profile: from })).filter(
    ([, { origin }]) => origin === 'variable',
  );
  if (settings.length === 0) {
    throw new IpctlError('config', `no variable of ${manifest.title} is set`, {
      fate: 'not-sent',
      hint: `their names: ipctl provider show ${own}`,
    });
  }
  const options = Object.fromEntries(settings.map(([name, { value }]) => [name, String(value)]));
  const sources = Object.fromEntries(settings.map(([name, { source }]) => [name, `env:${source}`]));
  return parted(asked ?? own, region === undefined ? options : { ...options, region }, sources);
}

function requireSameKind(from: string, asked: ProviderId | undefined, kinds: readonly ProviderId[]): void {
  if (asked !== undefined && !kinds.includes(asked))
    throw usage(`--import ${from} makes a profile of ${kinds.join(' or ')}, not of ${asked}`);
}

/** Those that the provider knows, the secrets apart. */
function parted(id: ProviderId, options: Readonly<Record<string, StoredValue>>, sources: Imported['sources']): Imported {
  const { options: specs } = providerOf(id).manifest;
  const entries = Object.entries(options).filter(([name]) => Object.hasOwn(specs, name));
  const those = (secret: boolean): Record<string, StoredValue> =>
    Object.fromEntries(entries.filter(([name]) => (specs[name]?.kind === 'secret') === secret));
  return { id, profile: { ...emptyProfile(id), options: those(false) }, secrets: those(true), sources };
}

/** Secrets that `options` still need: those left out of the copy, else those of the way to authenticate that lacks nothing but them. */
export function lackingSecrets(
  manifest: Manifest,
  options: Readonly<Record<string, StoredValue>>,
  leftOut: readonly string[],
): readonly string[] {
  const has = (name: string): boolean => Object.hasOwn(options, name);
  if (manifest.oneOf.some((way) => way.every(has))) return [];
  if (leftOut.length > 0) return leftOut.filter((name) => !has(name));
  const isSecret = (name: string): boolean => manifest.options[name]?.kind === 'secret';
  return manifest.oneOf.find((way) => way.every((name) => has(name) || isSecret(name)))?.filter((name) => !has(name)) ?? [];
}

/** The same profile with what the user typed; an empty answer leaves a secret out. */
export async function askedFor(names: readonly string[], profile: Profile, manifest: Manifest, session: Session): Promise<Profile> {
  const options: Record<string, StoredValue> = { ...profile.options };
  for (const name of names) {
    const answer = (await session.ask(`${name} (${manifest.options[name]?.help ?? ''}): `, true)).trim();
    if (answer !== '') options[name] = answer;
  }
  return { ...profile, options };
}
