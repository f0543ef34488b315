/**
 * One holder at a time among the processes of this machine. A lock is a file made exclusively that names its owner.
 */
import { randomBytes } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock } from '../domain/clock.js';
import { IpctlError } from '../domain/errors.js';
import { privateDirectory, unusable } from './files.js';

const LONGEST_WAIT = 120_000;
const PAUSES = [5, 10, 20, 40, 80];

export interface LockSettings {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly pid: number;
  isAlive(pid: number): boolean;
}

/** Runs `work` while holding `path`. `temporary` when a living process keeps it for two minutes. */
export async function withLock<T>(path: string, { clock, signal, pid, isAlive }: LockSettings, work: () => Promise<T>): Promise<T> {
  await privateDirectory(dirname(path));
  const token = `${pid} ${randomBytes(8).toString('hex')}`;
  const deadline = clock.now() + LONGEST_WAIT;
  for (let round = 0; !(await acquire(path, token)); round += 1) {
    signal.throwIfAborted();
    await breakStale(path, token, isAlive);
    if (clock.now() > deadline) {
      throw new IpctlError('temporary', `another ipctl has held ${path} for two minutes`, {
        fate: 'not-sent',
        hint: 'let it finish, or remove that file',
      });
    }
    await clock.sleep(PAUSES[Math.min(round, PAUSES.length - 1)] ?? 0, signal);
  }
  try {
    return await work();
  } finally {
    // A safeguard: nobody breaks the lock of a living process.
    if ((await readFile(path, 'utf8').catch(() => '')) === token) await rm(path, { force: true });
  }
}

async function acquire(path: string, token: string): Promise<boolean> {
  // Written first and linked into place: a lock that is there names its owner, whenever its maker is killed.
  const made = `${path}.${randomBytes(8).toString('hex')}.new`;
  try {
    await writeFile(made, token, { mode: 0o600, flag: 'wx' });
    await link(made, path);
    return true;
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST') return false;
    throw unusable(path, thrown);
  } finally {
    await rm(made, { force: true });
  }
}

/**
 * Removes the lock of a dead owner. Whoever does so first holds a lock named after the dead one, and looks again: two who
 * find it stale cannot both remove it, and neither can carry off the lock of a new owner.
 */
async function breakStale(path: string, ours: string, isAlive: (pid: number) => boolean): Promise<void> {
  const found = await readFile(path, 'utf8').catch(() => undefined);
  if (found === undefined) return;
  // What names no owner is no lock of ours.
  const [, owner = '0', token = 'nobody'] = /^(\d+) ([0-9a-z]+)$/.exec(found) ?? [];
  if (owner !== '0' && isAlive(Number(owner))) return;
  const guard = `${path}.${token}`;
  if (!(await acquire(guard, ours))) return breakStale(guard, ours, isAlive);
  try {
    if ((await readFile(path, 'utf8').catch(() => undefined)) === found) await rm(path, { force: true });
  } finally {
    await rm(guard, { force: true });
  }
}
