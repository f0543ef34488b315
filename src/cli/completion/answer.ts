/**
 * What a shell asks while a line is typed: `ipctl __complete -- WORDS`, the last of them begun, yields one value a line, a tab
 * and what it is. Never a question, a word on stderr, a change, or a failure. What a provider must be asked for is asked by a
 * process of its own (`--fetch`): a slow provider's answer is there at the next key, and nobody waits for it.
 */
import type { World } from '../../world.js';
import { sceneOf, type Whose, whoseOf } from './account.js';
import { claim, keep, kept, type Value } from './kept.js';
import { type FetchedKind, isFetched, isLive } from './kinds.js';
import { type Line, lineOf } from './line.js';

/** Milliseconds that a person waits for the provider; with the start of the process it is about 300. */
const PATIENCE = 150;
const LONGEST_FETCH = 20_000;

/** `program`: the words that start ipctl itself. Always 0. */
export async function answer(world: World, program: readonly string[]): Promise<number> {
  const [, mode, ...rest] = world.argv;
  try {
    if (mode === '--fetch') await fetchFor(world, lineOf(rest.slice(1)));
    else await say(world, lineOf(rest), [...program, ...world.argv.slice(0, 1), '--fetch', '--', ...rest]);
  } catch {
    // A key was pressed: whatever is wrong is told by the command itself.
  }
  return 0;
}

async function say(world: World, line: Line, fetcher: readonly string[]): Promise<void> {
  const { kind, typed, prefix } = line;
  if (kind === undefined || !isLive(kind)) return;
  const values = isFetched(kind) ? await fetched(world, line, kind, fetcher) : await (await import('./local.js')).locals[kind](world, line);
  const lines = values
    .flatMap(({ word, help, also }) => [word, ...(typed === '' ? [] : also)].map((spelling) => ({ spelling, help, word })))
    .filter(({ spelling }) => spelling.startsWith(typed))
    .map(({ spelling, help, word }) => `${prefix}${spelling}\t${spelling === word ? help : word}\n`);
  world.stdout.write(lines.join(''));
}

async function fetched(world: World, line: Line, kind: FetchedKind, fetcher: readonly string[]): Promise<readonly Value[]> {
  const whose = await whoseOf(sceneOf(world, line, kind), line, kind);
  if (whose === undefined) return [];
  const before = await kept(world, whose.key);
  if (before?.fresh === true) return before.values;
  if (!(await claim(world, whose.key))) return before?.values ?? [];
  await asked(world, fetcher);
  return (await kept(world, whose.key))?.values ?? [];
}

/** Resolves when the fetcher is done, or patience is; the fetcher goes on by itself. */
async function asked(world: World, [program = '', ...words]: readonly string[]): Promise<void> {
  const { spawn } = await import('node:child_process');
  await new Promise<void>((resolve) => {
    const child = spawn(program, words, { detached: true, stdio: 'ignore', env: { ...world.env } });
    const { signal, cancel } = world.clock.alarm(PATIENCE);
    const done = (): void => {
      cancel();
      child.unref();
      resolve();
    };
    child.on('exit', done);
    child.on('error', done);
    signal.addEventListener('abort', done, { once: true });
  });
}

async function fetchFor(world: World, line: Line): Promise<void> {
  const { kind } = line;
  if (kind === undefined || !isFetched(kind)) return;
  const scene = sceneOf(world, line, kind);
  const whose = await whoseOf(scene, line, kind);
  if (whose !== undefined) await fetchInto(world, scene.session, whose, kind);
}

async function fetchInto(
  world: World,
  session: ReturnType<typeof sceneOf>['session'],
  { chosen, known, intent, key }: Whose,
  kind: FetchedKind,
): Promise<void> {
  const [{ openKnown }, { fetchValues }] = await Promise.all([import('../target.js'), import('./fetch.js')]);
  const began = world.clock.now();
  try {
    const target = await openKnown(chosen, known, intent, session);
    await keep(world, key, began, await fetchValues(kind, target, { ...session.reads(target), timeout: LONGEST_FETCH }));
  } finally {
    await session.close();
  }
}
