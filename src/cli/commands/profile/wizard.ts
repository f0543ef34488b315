/** Questions that complete a profile on a terminal: only what its provider needs, each with what it means. */
import { isIpctlError } from '../../../domain/errors.js';
import type { Manifest } from '../../../domain/manifest.js';
import { type OptionSpec, parseOption, placeholder } from '../../../domain/option.js';
import { lackingOptions } from '../../../profiles/merge.js';
import type { Profile, StoredValue } from '../../../profiles/profile.js';
import { type ProviderId, providerIds, providerOf } from '../../../providers/registry.js';
import type { Session } from '../../session.js';

/** Which kind of cloud; asked again until it is one. */
export const askProvider = (session: Session): Promise<ProviderId> =>
  choice(
    'Which kind of cloud is it?',
    providerIds.map((id) => ({ value: id, word: id, text: `${id.padEnd(12)} ${providerOf(id).manifest.title}` })),
    'provider',
    session,
  );

/** The profile with what the user typed: the way to log in where the provider has several, then what that way lacks. */
export async function completed(profile: Profile, manifest: Manifest, session: Session): Promise<Profile> {
  const options: Record<string, StoredValue> = { ...profile.options };
  const has = (name: string): boolean => Object.hasOwn(options, name);
  if (lackingOptions(manifest, has).length === 0) return profile;
  const way = await askWay(manifest, has, session);
  const needed = Object.entries(manifest.options).filter(([name, spec]) => !has(name) && (spec.required === true || way.includes(name)));
  for (const [name, spec] of needed) options[name] = await askOption(name, spec, session);
  return { ...profile, options };
}

/** A value that the option takes, as text. */
async function askOption(name: string, spec: OptionSpec, session: Session): Promise<string> {
  const choices = spec.kind === 'enum' || spec.kind === 'boolean' ? `: ${placeholder(spec)}` : '';
  for (;;) {
    const answer = (await session.ask(`${name} (${spec.help}${choices}): `, spec.kind === 'secret')).trim();
    try {
      return String(parseOption(name, spec, answer));
    } catch (thrown) {
      if (!isIpctlError(thrown)) throw thrown;
      session.tell(thrown.message);
    }
  }
}

/** Options of the way to log in that the user takes; none where they are complete, or the provider has but one kind. */
async function askWay(manifest: Manifest, has: (option: string) => boolean, session: Session): Promise<readonly string[]> {
  const all: readonly (readonly string[])[] = manifest.oneOf;
  if (all.length === 0 || all.some((way) => way.every(has))) return [];
  const usual = all.filter((way) => way.every((name) => has(name) || manifest.options[name]?.advanced !== true));
  const open = usual.length === 0 ? all : usual;
  // What was given already tells which are meant: those that use the most of it. One that is part of another one says less.
  const used = (way: readonly string[]): number => way.filter(has).length;
  const most = Math.max(...open.map(used));
  const meant = open.filter((way) => used(way) === most);
  const ways = meant.filter((way) => !meant.some((other) => other !== way && way.every((name) => other.includes(name))));
  const [only, ...others] = ways;
  if (only !== undefined && others.length === 0) return only;
  const choices = ways.map((way) => ({ value: way, text: way.join(', ') }));
  return choice(`${manifest.title} lets you in with one of these:`, choices, 'which', session);
}

interface Choice<T> {
  readonly value: T;
  readonly text: string;
  /** May be typed in place of its number. */
  readonly word?: string;
}

/** Asked again until it is one of them. */
async function choice<T>(title: string, choices: readonly Choice<T>[], prompt: string, session: Session): Promise<T> {
  session.tell(title);
  for (const [index, { text }] of choices.entries()) session.tell(`  ${index + 1}  ${text}`);
  for (;;) {
    const answer = (await session.ask(`${prompt} [1-${choices.length}]: `, false)).trim();
    const chosen = choices.find(({ word }, index) => answer === word || answer === String(index + 1));
    if (chosen !== undefined) return chosen.value;
    session.tell(`'${answer}' is none of them`);
  }
}
