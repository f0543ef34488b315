/**
 * What a shell asks while a line is typed: `ipctl __complete -- WORDS`, the last of them begun, yields one value a line, a tab
 * and what it is. Never a question, a word on stderr, a change, or a failure. What a provider must be asked for is asked by a
 * process of its own (`--fetch`): what comes in time is offered at once, a slow answer is there at the next key, and no login is
 * sent twice for having been given up.
 */
import type { World } from '../../world.js';
import { sceneOf, type Whose, whoseOf } from './account.js';
import { claim, giveUp, keep, kept, type Value } from './kept.js';
import { type FetchedKind, isFetched, isLive } from './kinds.js';
import { type Line, lineOf } from './line.js';

/** Milliseconds from the start of the process that a person waits for the provider; printing takes what is left of 300. */
const LIMIT = 280;
const GLANCE = 20;
const SANDBOX_FETCH = 3000;
const LONGEST_FETCH = 20_000;

/** `program`: the words that start ipctl itself. `began`: when this process did, as the clock has it. Always 0. */
export async function answer(world: World, program: readonly string[], began: number): Promise<number> {
  const [, mode, ...rest] = world.argv;
  try {
    if (mode === '--fetch') await fetchFor(world, lineOf(rest.slice(1)));
    else
      await say(world, lineOf(rest), { fetcher: [...program, ...world.argv.slice(0, 1), '--fetch', '--', ...rest], until: began + LIMIT });
  } catch {
    // A key was pressed: whatever is wrong is told by the command itself.
  }
  return 0;
}

interface Asking {
  /** The words that start the process which asks. */
  readonly fetcher: readonly string[];
  /** When the shell has its answer, come what may. */
  readonly until: number;
}

async function say(world: World, line: Line, asking: Asking): Promise<void> {
  const { kind, typed, prefix } = line;
  if (kind === undefined || !isLive(kind)) return;
  const values = isFetched(kind) ? await fetched(world, line, kind, asking) : await (await import('./local.js')).locals[kind](world, line);
  const lines = values
    .flatMap(({ word, help, also }) => [word, ...(typed === '' ? [] : also)].map((spelling) => ({ spelling, help, word })))
    .filter(({ spelling }) => spelling.startsWith(typed))
    .map(({ spelling, help, word }) => `${prefix}${spelling}\t${spelling === word ? help : word}\n`);
  world.stdout.write(lines.join(''));
}

async function fetched(world: World, line: Line, kind: FetchedKind, asking: Asking): Promise<readonly Value[]> {
  const scene = sceneOf(world, line, kind);
  const whose = await whoseOf(scene, line, kind);
  if (whose === undefined) return [];
  const { key, known } = whose;
  const before = await kept(world, key);
  if (before?.fresh === true) return before.values;
  // The sandbox is of this machine: there is nobody to wait for, and another process would take longer than the answer.
  if (known.kind === 'sandbox') return fetchInto(world, scene.session, whose, kind, SANDBOX_FETCH);
  const claimed = await claim(world, key);
  if (claimed === 'vain') return before?.values ?? [];
  if (claimed === 'ours') await asked(world, asking);
  else await answered(world, key, asking.until);
  return (await kept(world, key))?.values ?? [];
}

const left = ({ clock }: World, until: number): number => Math.max(0, until - clock.now());

/** Resolves when the fetcher is done, or patience is; the fetcher goes on by itself. */
async function asked(world: World, { fetcher: [program = '', ...words], until }: Asking): Promise<void> {
  const { spawn } = await import('node:child_process');
  await new Promise<void>((resolve) => {
    const child = spawn(program, words, { detached: true, stdio: 'ignore', env: { ...world.env } });
    const { signal, cancel } = world.clock.alarm(left(world, until));
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

/** Somebody pressed the key a moment ago: resolves when their answer is there, or patience is gone. */
async function answered(world: World, key: string, until: number): Promise<void> {
  while (left(world, until) > 0 && (await kept(world, key))?.fresh !== true) await world.clock.sleep(GLANCE, world.signal);
}

async function fetchFor(world: World, line: Line): Promise<void> {
  const { kind } = line;
  if (kind === undefined || !isFetched(kind)) return;
  const scene = sceneOf(world, line, kind);
  const whose = await whoseOf(scene, line, kind);
  if (whose === undefined) return;
  try {
    await fetchInto(world, scene.session, whose, kind, LONGEST_FETCH);
  } catch {
    await giveUp(world, whose.key);
  }
}

/** `timeout` in milliseconds, for each read. */
async function fetchInto(
  world: World,
  session: ReturnType<typeof sceneOf>['session'],
  { chosen, known, intent, key }: Whose,
  kind: FetchedKind,
  timeout: number,
): Promise<readonly Value[]> {
  const [{ openKnown }, { fetchValues }] = await Promise.all([import('../target.js'), import('./fetch.js')]);
  const began = world.clock.now();
  try {
    const target = await openKnown(chosen, known, intent, session);
    const values = await fetchValues(kind, target, { ...session.reads(target), timeout });
    await keep(world, key, began, values);
    return values;
  } finally {
    await session.close();
  }
}
