/**
 * What a cloud looks like between two requests: one file for each dialect, read and written by one process at a time.
 * Everything done under the lock is synchronous: the holder cannot be made to wait, so a lock is held for milliseconds.
 */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { kill, pid } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CloudBase, Dialect } from './dialect.js';
import { dialectIds } from './dialects.js';

/** Milliseconds that a request queues for the lock before it gives up. */
const PATIENCE = 30_000;
/** Milliseconds after which a lock file without an owner's name is no lock about to be signed, but a crash. */
const UNSIGNED = 5_000;

/** Where a dialect keeps what survives a process, below the sandbox's directory. */
export const filesOf = (directory: string, id: string) => ({
  state: join(directory, `${id}.json`),
  journal: join(directory, `${id}.journal.jsonl`),
  lock: join(directory, `${id}.lock`),
});

/** The cloud in the hands of one transaction. */
export interface Held {
  /** The cloud as it stands; the dialect's seed where there is none yet. */
  read(): CloudBase;
  /** Keeps the cloud; without it everything stays as it was. Costs nothing when nothing changed. */
  write(cloud: CloudBase): void;
}

export interface State {
  /** Runs `work` while nobody else, in any process, is on this state. Rejects after 30 s of waiting, and with what `work` throws. */
  alone<T>(work: (held: Held) => T): Promise<T>;
}

/** A state that ends with the process. */
export function memoryState(dialect: Dialect): State {
  let text: string | undefined;
  const held = holding(
    dialect,
    'the state in memory',
    () => text,
    (next) => {
      text = next;
    },
  );
  return { alone: async (work) => work(held()) };
}

/** The state in `directory`; throws when a file is there that cannot be read as one. */
export function fileState(dialect: Dialect, directory: string): State {
  const files = filesOf(directory, dialect.id);
  const held = holding(
    dialect,
    files.state,
    () => readText(files.state),
    (text) => writeAtomically(files.state, text),
  );
  held().read();
  return { alone: (work) => alone(files.lock, () => work(held())) };
}

function holding(dialect: Dialect, name: string, load: () => string | undefined, keep: (text: string) => void): () => Held {
  return () => {
    const before = load();
    return {
      read: () => (before === undefined ? dialect.seed() : parse(before, name)),
      write: (cloud) => {
        const after = `${JSON.stringify({ cloud })}\n`;
        if (after !== before) keep(after);
      },
    };
  };
}

function parse(text: string, name: string): CloudBase {
  const found = parsed(text);
  if (isObject(found) && isObject(found.cloud)) {
    const { serial, moment } = found.cloud;
    if (typeof serial === 'number' && typeof moment === 'number') return { ...found.cloud, serial, moment };
  }
  throw new Error(`${name} is not a sandbox state; reset the sandbox, or move the file away`);
}

/**
 * Removes the state and the journal of the dialects named, all of them by default, also under a running server, which
 * then starts from the seed. Resolves with the ids of those that had something to remove.
 */
export async function reset(directory: string, ids: readonly string[] = dialectIds): Promise<readonly string[]> {
  if (!existsSync(directory)) return [];
  const removed: string[] = [];
  for (const id of ids) {
    const mine = [`${id}.json`, `${id}.journal.jsonl`];
    await alone(filesOf(directory, id).lock, () => {
      // Whatever was left half written by a killed process goes as well.
      const names = readdirSync(directory).filter((name) =>
        mine.some((own) => name === own || (name.startsWith(`${own}.`) && name.endsWith('.tmp'))),
      );
      for (const name of names) rmSync(join(directory, name), { force: true });
      if (names.length > 0) removed.push(id);
    });
  }
  return removed;
}

/** Replaces `file` (0600) in one step: a reader sees the old text or the new one. */
export function writeAtomically(file: string, text: string): void {
  const temporary = `${file}.${token()}.tmp`;
  try {
    writeFileSync(temporary, text, { flag: 'wx', mode: 0o600 });
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** The file's text; undefined when there is no such file. */
export function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** The value of a JSON text; undefined when it is none. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether a process of this number runs, ours or another user's. */
export function isAlive(number: number): boolean {
  try {
    return kill(number, 0);
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/**
 * Runs `work` while this process holds `lock`, a file that names its owner; its directory is made (0700) when absent.
 * The lock of a process that died is taken over. Rejects after `patience` milliseconds.
 */
export async function alone<T>(lock: string, work: () => T, patience = PATIENCE): Promise<T> {
  makeDirectory(dirname(lock));
  const mine = `${pid} ${token()}\n`;
  const deadline = performance.now() + patience;
  let pause = 2;
  while (!claim(lock, mine)) {
    if (takeAway(lock)) continue;
    if (performance.now() >= deadline) {
      const owner = ownerOf(readText(lock) ?? '');
      const whose = owner === undefined ? 'nobody known' : `process ${owner.pid}`;
      throw new Error(`${lock} is still held by ${whose} after ${patience / 1000} s; remove it if that is no ipctl`);
    }
    await sleep(pause * (0.5 + Math.random() / 2));
    pause = Math.min(pause * 1.5, 25);
  }
  try {
    return work();
  } finally {
    if (readText(lock) === mine) rmSync(lock, { force: true });
  }
}

function claim(lock: string, mine: string): boolean {
  let handle: number;
  try {
    handle = openSync(lock, 'wx', 0o600);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
  try {
    writeSync(handle, mine);
  } catch (error) {
    rmSync(lock, { force: true });
    throw error;
  } finally {
    closeSync(handle);
  }
  // A process put to sleep between creating and signing may find that its unsigned file was taken for a crash.
  return readText(lock) === mine;
}

/**
 * Removes the lock of a dead owner; true when it is worth trying again at once. Of several that find the same dead
 * lock one may remove it: the one that holds a lock named after it. The second look under that lock is what keeps a late
 * comer from removing the next owner's. A dead remover is treated like any dead owner.
 */
function takeAway(lock: string): boolean {
  const found = readText(lock);
  if (found === undefined) return true;
  const owner = ownerOf(found);
  if (owner === undefined ? !isStale(lock) : isAlive(owner.pid)) return false;
  const guard = `${lock}.${owner?.token ?? 'unsigned'}`;
  if (!claim(guard, `${pid} ${token()}\n`)) {
    takeAway(guard);
    return false;
  }
  try {
    if (readText(lock) === found) rmSync(lock, { force: true });
  } finally {
    rmSync(guard, { force: true });
  }
  return true;
}

function ownerOf(text: string): { readonly pid: number; readonly token: string } | undefined {
  const [, owner, mark] = /^([1-9]\d*) ([0-9a-f]+)\n$/.exec(text) ?? [];
  return owner === undefined || mark === undefined ? undefined : { pid: Number(owner), token: mark };
}

function isStale(file: string): boolean {
  const found = statSync(file, { throwIfNoEntry: false });
  return found !== undefined && Date.now() - found.mtimeMs > UNSIGNED;
}

const token = (): string => randomBytes(6).toString('hex');

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);

/** Level by level: Node's own recursive mkdir tries for ever where a file system takes no directories, as /proc. */
export function makeDirectory(path: string, isLast = false): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    const code = isObject(error) ? error.code : undefined;
    if (code === 'EEXIST') return;
    const parent = dirname(path);
    if (code !== 'ENOENT' || parent === path || isLast) throw error;
    // There by now, it was made by somebody beside us.
    if (!existsSync(parent)) makeDirectory(parent);
    makeDirectory(path, true);
  }
}
