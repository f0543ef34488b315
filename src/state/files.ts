/** Files that only their owner may read: 0600 in a 0700 directory, replaced whole, never half written. */
import { randomBytes } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { platform } from 'node:os';
import { dirname } from 'node:path';
import { IpctlError } from '../domain/errors.js';

const codeOf = (thrown: unknown): string => (thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '');

/** `config` with the path: a state directory that cannot be used stops everything before anything is sent. */
export function unusable(path: string, thrown: unknown): IpctlError {
  const why = codeOf(thrown) === '' ? String(thrown) : codeOf(thrown);
  return new IpctlError('config', `cannot use ${path} (${why})`, { fate: 'not-sent', cause: thrown });
}

export async function privateDirectory(path: string): Promise<void> {
  try {
    await makeDirectory(path);
  } catch (thrown) {
    throw unusable(path, thrown);
  }
}

/** Level by level: Node's own recursive mkdir tries for ever where a file system takes no directories, as /proc. */
async function makeDirectory(path: string, isLast = false): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (thrown) {
    if (codeOf(thrown) === 'EEXIST' && (await stat(path)).isDirectory()) return;
    const parent = dirname(path);
    if (codeOf(thrown) !== 'ENOENT' || parent === path || isLast) throw thrown;
    // There by now, it was made by somebody beside us.
    if (!(await exists(parent))) await makeDirectory(parent);
    await makeDirectory(path, true);
  }
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** The text, or undefined when there is no such file. */
export async function readPrivate(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return undefined;
    throw unusable(path, thrown);
  }
}

export async function writePrivate(path: string, text: string): Promise<void> {
  await privateDirectory(dirname(path));
  const temporary = `${path}.${randomBytes(8).toString('hex')}`;
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (thrown) {
    await rm(temporary, { force: true });
    throw unusable(path, thrown);
  }
}

/**
 * The text of a file that nobody but its owner may read, else undefined: what others could read they may have written. At once,
 * since every start waits for it. A system without such a notion is not asked.
 */
export function readTrusted(path: string): string | undefined {
  let file: number | undefined;
  try {
    // A pipe in its place would be waited for, without an end.
    file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const found = fstatSync(file);
    if (!found.isFile() || (platform() !== 'win32' && (found.mode & 0o077) !== 0)) return undefined;
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
