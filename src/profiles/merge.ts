/** Where each option's value comes from: flag > variable > profile > default, and never identity from a stray variable. */
import { IpctlError } from '../domain/errors.js';
import type { Manifest } from '../domain/manifest.js';
import { defaultOf, flagName, type OptionSpec, type OptionValue, parseOption, variableNames } from '../domain/option.js';
import type { StoredValue } from './profile.js';

export type Origin = 'flag' | 'variable' | 'profile' | 'default';

export interface Setting {
  readonly value: OptionValue | Exclude<StoredValue, string>;
  readonly origin: Origin;
  /** The flag or variable by name, for `--explain` and for messages. */
  readonly source: string;
}

export interface Sources {
  /** Texts of `--<provider>-<option>`, by option name. */
  readonly flags: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stored: Readonly<Record<string, StoredValue>>;
  /** `env:<provider>`: identity too comes from variables. */
  readonly fromEnvironment: boolean;
  /** How the profile is called in messages. */
  readonly profile: string;
}

/** Every option that has a value, secrets still unresolved. `usage` for an unreadable flag, `config` for an unreadable rest. */
export function merge(manifest: Manifest, sources: Sources): Readonly<Record<string, Setting>> {
  const settings: Record<string, Setting> = {};
  for (const [name, spec] of Object.entries(manifest.options)) {
    const setting = settingOf(manifest.id, name, spec, sources);
    if (setting !== undefined) settings[name] = setting;
  }
  return settings;
}

function settingOf(provider: string, name: string, spec: OptionSpec, sources: Sources): Setting | undefined {
  const flag = sources.flags[name];
  if (flag !== undefined) {
    const source = flagName(provider, name);
    return { value: parseOption(source, spec, flag), origin: 'flag', source };
  }
  const mayVary = sources.fromEnvironment || spec.identity !== true;
  const variable = mayVary ? variableNames(provider, name, spec).find((candidate) => (sources.env[candidate] ?? '') !== '') : undefined;
  if (variable !== undefined)
    return { value: asConfig(() => parseOption(variable, spec, sources.env[variable] ?? '')), origin: 'variable', source: variable };
  const stored = Object.hasOwn(sources.stored, name) ? sources.stored[name] : undefined;
  if (stored !== undefined) {
    const source = `profile ${sources.profile}`;
    const value = typeof stored === 'string' ? asConfig(() => parseOption(`${name} of ${source}`, spec, stored)) : stored;
    return { value, origin: 'profile', source };
  }
  const standard = defaultOf(spec);
  return standard === undefined ? undefined : { value: standard, origin: 'default', source: 'default' };
}

/** A value that no flag brought is a matter of settings, not of usage. */
function asConfig<T>(parse: () => T): T {
  try {
    return parse();
  } catch (thrown) {
    throw thrown instanceof IpctlError ? new IpctlError('config', thrown.message, { ...thrown.details, fate: 'not-sent' }) : thrown;
  }
}

/** What a login lacks: each required option, and what the nearest way to authenticate wants. Empty when it is complete. */
export function lackingOptions(manifest: Manifest, has: (option: string) => boolean): readonly string[] {
  const required = Object.entries(manifest.options).flatMap(([name, spec]) => (spec.required === true && !has(name) ? [name] : []));
  const ways = manifest.oneOf;
  if (ways.length === 0 || ways.some((way) => way.every(has))) return required;
  // The nearest is the one of which most is there; the manifest names the usual one first.
  const count = (way: readonly string[]): number => way.filter(has).length;
  const nearest = ways.reduce((best, way) => (count(way) > count(best) ? way : best));
  return [...new Set([...required, ...nearest.filter((name) => !has(name))])];
}

/** `config` unless what the provider needs is there: each required option, and one complete way to authenticate. */
export function requireComplete(manifest: Manifest, settings: Readonly<Record<string, Setting>>, profile: string): void {
  const missing = lackingOptions(manifest, (name) => Object.hasOwn(settings, name));
  if (missing.length === 0) return;
  const others = manifest.oneOf.length > 1 ? `; other ways to log in: ipctl provider show ${manifest.id}` : '';
  const variables = missing.map((name) => variableNames(manifest.id, name, manifest.options[name] as OptionSpec).join(' or '));
  const hint = profile.startsWith('env:')
    ? `set ${variables.join(', ')}`
    : `ipctl profile set ${profile} ${settersOf(manifest, missing, '')}`;
  throw new IpctlError('config', `profile ${profile} lacks ${missing.join(', ')}`, {
    provider: manifest.id,
    profile,
    fate: 'not-sent',
    hint: hint + others,
  });
}

/** What to type to set these options; `flag` (`--set `) stands before each that is no secret. */
export const settersOf = (manifest: Manifest, names: readonly string[], flag: string): string =>
  names.map((name) => (manifest.options[name]?.kind === 'secret' ? `--secret ${name}=-` : `${flag}${name}=VALUE`)).join(' ');
