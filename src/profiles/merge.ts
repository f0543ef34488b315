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

/** `config` unless what the provider needs is there: each required option, and one complete way to authenticate. */
export function requireComplete(manifest: Manifest, settings: Readonly<Record<string, Setting>>, profile: string): void {
  const has = (name: string): boolean => Object.hasOwn(settings, name);
  const missing = Object.entries(manifest.options).flatMap(([name, spec]) => (spec.required === true && !has(name) ? [name] : []));
  const ways = manifest.oneOf;
  const unauthenticated = ways.length > 0 && !ways.some((way) => way.every(has));
  if (missing.length === 0 && !unauthenticated) return;
  const wanted = [
    ...(missing.length === 0 ? [] : [missing.join(', ')]),
    ...(unauthenticated ? [ways.map((way) => way.join(' + ')).join(' or ')] : []),
  ];
  const hint = profile.startsWith('env:')
    ? `set ${wanted.length === 1 && missing[0] !== undefined ? variableNames(manifest.id, missing[0], manifest.options[missing[0]] as OptionSpec).join(' or ') : 'their variables'}: ipctl provider show ${manifest.id}`
    : `ipctl profile set ${profile} OPTION=VALUE`;
  throw new IpctlError('config', `profile ${profile} lacks ${wanted.join(' and ')}`, {
    provider: manifest.id,
    profile,
    fate: 'not-sent',
    hint,
  });
}
