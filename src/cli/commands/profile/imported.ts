/** The beginning of a profile that is a copy: an entry of clouds.yaml, with its secrets apart. */
import { IpctlError } from '../../../domain/errors.js';
import type { Manifest } from '../../../domain/manifest.js';
import type { Profile, StoredValue } from '../../../profiles/profile.js';
import { cloudsProviders, type ProviderId, providerOf } from '../../../providers/registry.js';
import type { Session } from '../../session.js';
import { lookUp } from '../../target.js';

export interface Imported {
  readonly id: ProviderId;
  /** Without secrets. */
  readonly profile: Profile;
  readonly secrets: Readonly<Record<string, StoredValue>>;
}

/** `usage` for a source that is no entry of clouds.yaml, or a provider that has no use for one. */
export async function imported(
  from: string,
  asked: ProviderId | undefined,
  region: string | undefined,
  session: Session,
): Promise<Imported> {
  const usage = (message: string): IpctlError => new IpctlError('usage', message, { fate: 'not-sent' });
  if (!/^cloud:./.test(from)) throw usage(`--import takes cloud:NAME, an entry of clouds.yaml, not '${from}'`);
  if (asked !== undefined && !cloudsProviders.includes(asked)) {
    throw usage(`--import ${from} makes a profile of ${cloudsProviders.join(' or ')}, not of ${asked}`);
  }
  const known = await lookUp(from, session);
  const id = asked ?? known.id;
  const { options: specs } = providerOf(id).manifest;
  const { options } = region === undefined ? known.profile : (known.inRegion?.(region) ?? known.profile);
  const entries = Object.entries(options).filter(([name]) => Object.hasOwn(specs, name));
  const those = (secret: boolean): Record<string, StoredValue> =>
    Object.fromEntries(entries.filter(([name]) => (specs[name]?.kind === 'secret') === secret));
  return { id, profile: { ...known.profile, provider: id, options: those(false) }, secrets: those(true) };
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
