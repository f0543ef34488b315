/**
 * Values between two presses of the TAB key: one 0600 file a kind and account, named by a hash, so that no name tells whose
 * it is. A mark beside it says that somebody is asking, or has asked in vain: a provider that refuses is not asked at each key.
 */
import { open, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { World } from '../../world.js';

/** What can be typed, and what a person is told of it. */
export interface Value {
  readonly word: string;
  readonly help: string;
  /** Other words for the same, offered to whoever has begun to type one. */
  readonly also: readonly string[];
}

export interface Kept {
  readonly values: readonly Value[];
  /** Nothing has changed since, as far as this machine knows. */
  readonly fresh: boolean;
}

const FRESH = 30_000;
/** Older than this, nothing is better. */
const USABLE = 600_000;
const PAUSE = 30_000;
const FORGOTTEN = 86_400_000;

const directoryOf = ({ directories }: World): string => join(directories.state, 'completion');

export async function kept(world: World, key: string): Promise<Kept | undefined> {
  try {
    const { at, values } = JSON.parse(await readFile(join(directoryOf(world), `${key}.json`), 'utf8')) as { at: number; values: Value[] };
    const age = world.clock.now() - at;
    if (!(age >= 0 && age < USABLE) || !values.every(isValue)) return undefined;
    return { values, fresh: age < FRESH && at > (await lastChange(world)) };
  } catch {
    return undefined;
  }
}

const isValue = ({ word, help, also }: Value): boolean => typeof word === 'string' && typeof help === 'string' && Array.isArray(also);

/** When this machine last recorded a change of anything: the record of this month is written at each. */
async function lastChange(world: World): Promise<number> {
  const month = new Date(world.clock.now()).toISOString().slice(0, 7);
  try {
    return (await stat(join(world.directories.state, 'operations', `${month}.jsonl`))).mtimeMs;
  } catch {
    return 0;
  }
}

/** Who asks: the caller, somebody else at this moment, or nobody, since it was in vain a moment ago. */
export type Claim = 'ours' | 'others' | 'vain';

const VAIN = 'in vain';
const markOf = (world: World, key: string): string => join(directoryOf(world), `${key}.asking`);

export async function claim(world: World, key: string): Promise<Claim> {
  const { privateDirectory } = await import('../../state/files.js');
  const path = markOf(world, key);
  await privateDirectory(directoryOf(world));
  for (const again of [true, false]) {
    try {
      const file = await open(path, 'wx', 0o600);
      await file.writeFile(String(world.clock.now()));
      await file.close();
      return 'ours';
    } catch {
      const [since, ...end] = (await readFile(path, 'utf8').catch(() => '0')).split(' ');
      if (!again || Math.abs(world.clock.now() - Number(since)) < PAUSE) return end.join(' ') === VAIN ? 'vain' : 'others';
      await rm(path, { force: true });
    }
  }
  return 'others';
}

/** The asking is over, and there is no answer. */
export async function giveUp(world: World, key: string): Promise<void> {
  const { writePrivate } = await import('../../state/files.js');
  await writePrivate(markOf(world, key), `${world.clock.now()} ${VAIN}`);
}

/** `at`: when the asking began, since what changed after that may be missing. */
export async function keep(world: World, key: string, at: number, values: readonly Value[]): Promise<void> {
  const { writePrivate } = await import('../../state/files.js');
  const directory = directoryOf(world);
  await writePrivate(join(directory, `${key}.json`), JSON.stringify({ at, values }));
  await rm(markOf(world, key), { force: true });
  for (const name of await readdir(directory)) {
    const path = join(directory, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
    if (world.clock.now() - mtimeMs > FORGOTTEN) await rm(path, { force: true });
  }
}
