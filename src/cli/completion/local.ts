/** Values that this machine knows: read each time, since reading them is cheap. */
import type { OptionSpec } from '../../domain/option.js';
import { emptyProfile, settingNames } from '../../profiles/profile.js';
import { cloudsProviders, defaultSandbox, isProviderId, type ProviderId, providerIds, providerOf } from '../../providers/registry.js';
import type { World } from '../../world.js';
import { nouns, type Row, rows, type Words } from '../commands.js';
import { load } from '../load.js';
import { nounOf } from '../words.js';
import { type Scene, sceneOf } from './account.js';
import type { Value } from './kept.js';
import type { LocalKind } from './kinds.js';
import type { Line } from './line.js';

type Local = (world: World, line: Line) => Promise<readonly Value[]> | readonly Value[];

const value = (word: string, help = ''): Value => ({ word, help, also: [] });
const titleOf = (provider: string): string => (isProviderId(provider) ? providerOf(provider).manifest.title : provider);

async function stored({ session }: Scene): Promise<readonly Value[]> {
  const store = await session.store();
  return store.names().map((name) => value(name, titleOf((store.get(name) ?? emptyProfile('')).provider)));
}

/** Names only: nothing in the file is used. */
async function cloudNames({ env }: World): Promise<readonly string[]> {
  const { openClouds, placesOf } = await import('../../profiles/clouds.js');
  try {
    return (await openClouds(placesOf(env)))?.names ?? [];
  } catch {
    return [];
  }
}

const clouds: Local = async (world) =>
  (await cloudNames(world)).map((name) => value(`cloud:${name}`, `${titleOf(cloudsProviders[0])} of clouds.yaml`));

const profiles: Local = async (world, line) => [
  ...(await stored(sceneOf(world, line)).catch(() => [])),
  ...(await clouds(world, line)),
  value('sandbox', `sandbox of ${titleOf(defaultSandbox)}`),
  ...providerIds.map((id) => value(`sandbox-${id}`, `sandbox of ${titleOf(id)}`)),
  ...providerIds.map((id) => value(`env:${id}`, `${titleOf(id)}, all from variables`)),
];

const variables: Local = () => providerIds.map((id) => value(`env:${id}`, `variables of ${titleOf(id)}`));

/** Where a new profile may begin. */
const imports: Local = async (world, line) => [...(await clouds(world, line)), ...(await variables(world, line))];

interface Subject {
  readonly provider: ProviderId;
  /** Options that it has. */
  readonly has: readonly string[];
}

/** The profile that the command is about: a stored one by its name, a new one by what is said of it. */
async function subjectOf(world: World, line: Line): Promise<Subject | undefined> {
  if (line.row?.words === 'profile add') {
    const { provider, import: from = '' } = line.flags;
    const said = provider ?? /^env:(.+)$/.exec(from)?.[1] ?? (from.startsWith('cloud:') ? cloudsProviders[0] : '');
    return isProviderId(said) ? { provider: said, has: [] } : undefined;
  }
  const profile = (await sceneOf(world, line).session.store()).get(line.arguments[0] ?? '');
  return profile === undefined || !isProviderId(profile.provider)
    ? undefined
    : { provider: profile.provider, has: Object.keys(profile.options) };
}

const optionsOf = (provider: ProviderId): readonly (readonly [string, OptionSpec])[] =>
  Object.entries(providerOf(provider).manifest.options);

/** What can be taken from the profile. */
const options: Local = async (world, line) => {
  const subject = await subjectOf(world, line);
  if (subject === undefined) return [];
  return optionsOf(subject.provider).flatMap(([name, { help }]) => (subject.has.includes(name) ? [value(name, help)] : []));
};

/** `OPTION=` of each that is no secret; behind the sign, where the values are a closed list, each of them. */
const settings: Local = async (world, line) => {
  const subject = await subjectOf(world, line);
  if (subject === undefined) return [];
  const own = optionsOf(subject.provider).flatMap(([name, spec]) => (spec.kind === 'secret' ? [] : [{ name, spec, help: spec.help }]));
  const all = [...own, ...settingNames.map((name) => ({ name, spec: { kind: 'boolean', help: '' } as OptionSpec, help: '' }))];
  const [, begun] = /^([^=]*)=/.exec(line.typed) ?? [];
  if (begun === undefined) return all.map(({ name, help }) => value(`${name}=`, help));
  return all.flatMap(({ name, spec }) => (name === begun ? closed(spec).map((choice) => value(`${name}=${choice}`)) : []));
};

const closed = (spec: OptionSpec): readonly string[] =>
  spec.kind === 'enum' ? spec.choices : spec.kind === 'boolean' ? ['true', 'false'] : [];

/** `OPTION=SOURCE`: never a secret itself, nor the value of a variable. */
const secrets: Local = async (world, line) => {
  const subject = await subjectOf(world, line);
  if (subject === undefined) return [];
  const all = optionsOf(subject.provider).flatMap(([name, { kind, help }]) => (kind === 'secret' ? [value(`${name}=`, help)] : []));
  const [, begun, source = ''] = /^([^=]*=)(.*)$/s.exec(line.typed) ?? [];
  if (begun === undefined) return all;
  if (!all.some(({ word }) => word === begun)) return [];
  if (source.startsWith('env:'))
    return Object.keys(world.env).flatMap((name) => (/^[A-Za-z_]\w*$/.test(name) ? [value(`${begun}env:${name}`)] : []));
  return [value(`${begun}env:`, 'a variable'), value(`${begun}command:`, 'what a command prints'), value(`${begun}-`, 'a line of stdin')];
};

const operations: Local = async (world) => {
  const { operationRecords } = await import('../commands/operation/record.js');
  const records = await operationRecords(world);
  return records.reverse().map(({ id, verb, profile, state, startedAt }) => value(id, `${verb} · ${profile} · ${state} · ${startedAt}`));
};

async function columnsOf({ row }: Line): Promise<readonly string[]> {
  if (row === undefined) return [];
  const { view } = await load[row.words as Words]();
  return Object.keys(view?.columns ?? {});
}

/** Several behind commas: what stands before the last comma is kept, and not offered again. `marks` may precede a word. */
function listed({ typed }: Line, words: readonly Value[], marks: readonly string[]): readonly Value[] {
  const before = typed.slice(0, typed.lastIndexOf(',') + 1);
  const begun = typed.slice(before.length);
  const used = new Set(before.split(',').map((name) => name.replace(/^[+-]/, '')));
  const mark = marks.find((candidate) => begun.startsWith(candidate)) ?? '';
  return words.flatMap(({ word, help }) => (used.has(word) ? [] : [value(`${before}${mark}${word}`, help)]));
}

const columns = async (line: Line, marks: readonly string[]): Promise<readonly Value[]> =>
  listed(
    line,
    (await columnsOf(line)).map((name) => value(name)),
    marks,
  );

/** What `ipctl schema` describes. */
const records: Local = async () => {
  const { schemas } = await import('../../render/schema.js');
  return Object.keys(schemas).map((name) => value(name));
};

/** A noun or a topic, and after a noun its verbs. */
const commands: Local = async (_world, { arguments: [noun, verb] }) => {
  if (noun === undefined) {
    const { topicNames } = await import('../help/topics.js');
    return [...Object.entries(nouns).map(([name, help]) => value(name, help)), ...topicNames.map((name) => value(name))];
  }
  const own = (rows as readonly Row[]).filter(({ words }) => words.startsWith(`${nounOf(noun)} `));
  return verb === undefined ? own.map(({ words, summary }) => value(words.split(' ')[1] ?? '', summary)) : [];
};

export const locals: Readonly<Record<LocalKind, Local>> = {
  profiles,
  'profile-list': async (world, line) => listed(line, await profiles(world, line), []),
  'stored-profiles': (world, line) => stored(sceneOf(world, line)),
  imports,
  options,
  settings,
  secrets,
  operations,
  columns: (_world, line) => columns(line, ['+']),
  sort: (_world, line) => columns(line, ['-']),
  records,
  commands,
};
