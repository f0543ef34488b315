/**
 * One holder at a time among the processes of this machine. A lock is a file made exclusively that names its owner: number,
 * birth and a token of its own.
 */
import { randomBytes } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock } from '../domain/clock.js';
import { IpctlError } from '../domain/errors.js';
import { privateDirectory, unusable } from './files.js';
import { birthOf, isOwnerAlive, type Processes } from './owner.js';

const LONGEST_WAIT = 120_000;
const PAUSES = [5, 10, 20, 40, 80];
/** Stands for a birth that the system does not tell. */
const UNTOLD = '-';

export interface LockSettings extends Processes {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly pid: number;
  /** Milliseconds to queue for it; two minutes unless given. */
  readonly patience?: number | undefined;
}

/** Runs `work` while holding `path`. `temporary` when a living process keeps it for longer than `patience`. */
export async function withLock<T>(path: string, settings: LockSettings, work: () => Promise<T>): Promise<T> {
  const { clock, signal, pid, isAlive, bornAt = birthOf, patience = LONGEST_WAIT } = settings;
  await privateDirectory(dirname(path));
  const token = `${pid} ${(await bornAt(pid)) ?? UNTOLD} ${randomBytes(8).toString('hex')}`;
  const lives: Lives = (owner, born) => isOwnerAlive(owner, born === UNTOLD ? null : born, { isAlive, bornAt });
  const deadline = clock.now() + patience;
  for (let round = 0; !(await acquire(path, token)); round += 1) {
    signal.throwIfAborted();
    await breakStale(path, token, lives);
    if (clock.now() >= deadline) {
      throw new IpctlError('temporary', `another ipctl has held ${path} for ${Math.round(patience / 1000)} s`, {
        fate: 'not-sent',
        hint: 'let it finish, or give --timeout more time',
      });
    }
    await clock.sleep(Math.min(PAUSES[Math.min(round, PAUSES.length - 1)] ?? 0, Math.max(1, deadline - clock.now())), signal);
  }
  try {
    return await work();
  } finally {
    // A safeguard: nobody breaks the lock of a living process.
    if ((await readFile(path, 'utf8').catch(() => '')) === token) await rm(path, { force: true });
  }
}

type Lives = (pid: number, born: string) => Promise<boolean>;

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
async function breakStale(path: string, ours: string, lives: Lives): Promise<void> {
  const found = await readFile(path, 'utf8').catch(() => undefined);
  if (found === undefined) return;
  // What names no owner is no lock of ours.
  const [, owner = '0', born = UNTOLD, token = 'nobody'] = /^(\d+) (?:(\d+|-) )?([0-9a-z]+)$/.exec(found) ?? [];
  if (owner !== '0' && (await lives(Number(owner), born))) return;
  const guard = `${path}.${token}`;
  if (!(await acquire(guard, ours))) return breakStale(guard, ours, lives);
  try {
    if ((await readFile(path, 'utf8').catch(() => undefined)) === found) await rm(path, { force: true });
  } finally {
    await rm(guard, { force: true });
  }
}
