/** Values that this machine knows: read each time, since reading them is cheap. */
import { emptyProfile, settingNames } from '../../profiles/profile.js';
import { cloudsProviders, defaultSandbox, isProviderId, providerIds, providerOf } from '../../providers/registry.js';
import type { World } from '../../world.js';
import { nounAliases, nouns, type Row, rows, type Words } from '../commands.js';
import { load } from '../load.js';
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

/** Of the profile that is named as the command's argument: `set` wants a value behind each, and takes no secret. */
const options: Local = async (world, line) => {
  const store = await sceneOf(world, line).session.store();
  const profile = store.get(line.arguments[0] ?? '');
  if (profile === undefined || !isProviderId(profile.provider)) return [];
  const sets = line.row?.words === 'profile set';
  const known = Object.entries(providerOf(profile.provider).manifest.options);
  if (!sets) return known.flatMap(([name, { help }]) => (Object.hasOwn(profile.options, name) ? [value(name, help)] : []));
  return [
    ...known.flatMap(([name, { kind, help }]) => (kind === 'secret' ? [] : [value(`${name}=`, help)])),
    ...settingNames.map((name) => value(`${name}=`)),
  ];
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

/** Several behind commas: what stands before the last comma is kept, and not offered again. `marks` may precede a column. */
async function listed(line: Line, marks: readonly string[]): Promise<readonly Value[]> {
  const before = line.typed.slice(0, line.typed.lastIndexOf(',') + 1);
  const begun = line.typed.slice(before.length);
  const used = new Set(before.split(',').map((name) => name.replace(/^[+-]/, '')));
  const mark = marks.find((candidate) => begun.startsWith(candidate)) ?? '';
  return (await columnsOf(line)).filter((name) => !used.has(name)).map((name) => value(`${before}${mark}${name}`));
}

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
  const own = (rows as readonly Row[]).filter(({ words }) => words.startsWith(`${nounAliases[noun] ?? noun} `));
  return verb === undefined ? own.map(({ words, summary }) => value(words.split(' ')[1] ?? '', summary)) : [];
};

export const locals: Readonly<Record<LocalKind, Local>> = {
  profiles,
  'stored-profiles': (world, line) => stored(sceneOf(world, line)),
  clouds,
  options,
  operations,
  columns: (_world, line) => listed(line, ['+']),
  sort: (_world, line) => listed(line, ['-']),
  records,
  commands,
};
