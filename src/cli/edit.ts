/** `OPTION=VALUE` and `OPTION=SOURCE` -> what a profile keeps. A secret never comes as a value on the command line. */
import { IpctlError } from '../domain/errors.js';
import type { Manifest } from '../domain/manifest.js';
import { hintAt } from '../domain/nearest.js';
import { type OptionSpec, parseOption } from '../domain/option.js';
import { type Profile, type SettingName, type StoredValue, settingNames } from '../profiles/profile.js';
import { parseSource } from '../profiles/secrets.js';
import type { Session } from './session.js';

const usage = (message: string, hint?: string): IpctlError => new IpctlError('usage', message, { fate: 'not-sent', hint });

const isSetting = (name: string): name is SettingName => (settingNames as readonly string[]).includes(name);

function split(pair: string, form: string): [string, string] {
  const at = pair.indexOf('=');
  // What was typed may be the secret itself: it is not repeated.
  if (at < 1) throw usage(`${form} is OPTION=…, and here the option is missing`);
  return [pair.slice(0, at), pair.slice(at + 1)];
}

function specOf(manifest: Manifest, name: string): OptionSpec {
  const spec = Object.hasOwn(manifest.options, name) ? manifest.options[name] : undefined;
  if (spec === undefined) {
    const names = [...Object.keys(manifest.options), ...settingNames];
    throw usage(`${manifest.id} has no option '${name}'`, hintAt(name, names, `ipctl provider show ${manifest.id}`));
  }
  return spec;
}

/** The profile with `pairs` set and `secrets` pointed to. `-` reads a line of stdin; at most one may. */
export async function edited(
  profile: Profile,
  manifest: Manifest,
  pairs: readonly string[],
  secrets: readonly string[],
  session: Session,
): Promise<Profile> {
  const options: Record<string, StoredValue> = { ...profile.options };
  const settings: Partial<Record<SettingName, boolean>> = { ...profile.settings };
  for (const pair of pairs) {
    const [name, value] = split(pair, '--set');
    if (isSetting(name)) {
      settings[name] = parseOption(name, { kind: 'boolean', help: '' }, value) === true;
      continue;
    }
    const spec = specOf(manifest, name);
    if (spec.kind === 'secret') {
      throw usage(
        `${name} is a secret: every process of this machine can read a command line`,
        `--secret ${name}=- reads it from stdin; env:NAME and command:WORDS say where it is`,
      );
    }
    options[name] = String(parseOption(name, spec, value));
  }
  if (secrets.filter((pair) => pair.endsWith('=-')).length > 1) throw usage('only one secret can come from stdin');
  for (const pair of secrets) {
    const [name, text] = split(pair, '--secret');
    if (specOf(manifest, name).kind !== 'secret') throw usage(`${name} is no secret`, `--set ${name}=VALUE`);
    // A terminal would show what is typed, and wait for an end that nobody knows how to type.
    const typed = (): Promise<string> => (session.interactive ? session.ask(`${name}: `, true) : session.stdinLine());
    const source = text === '-' ? await typed() : parseSource(text);
    if (source === undefined)
      throw usage(`--secret ${name} takes a source, never the secret itself`, `${name}=-, ${name}=env:NAME or ${name}=command:WORDS`);
    if (source === '') throw usage(`--secret ${name}=-: ${session.interactive ? 'nothing was typed' : 'stdin is empty'}`);
    options[name] = source;
  }
  return { ...profile, options, settings };
}
