/** The directories and files of ipctl: whether they are there, can be used, and are closed to others. */
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { platform } from 'node:os';
import { dirname, join } from 'node:path';
import { IpctlError } from '../../../domain/errors.js';
import type { Session } from '../../session.js';
import { type Found, found, problem } from './finding.js';

interface Place {
  readonly name: string;
  readonly path: string;
  readonly is: 'directory' | 'file';
  /** What others may not; where absent: anything. */
  readonly closed?: number;
}

/** The user's name is nobody's business in a bug report. */
export const homeless = (text: string, home: string | undefined): string =>
  home === undefined || home === '/' || home === '' ? text : text.replaceAll(home, '~');

export async function places({ world }: Session, config: string): Promise<readonly Found[]> {
  const { state } = world.directories;
  const all: readonly Place[] = [
    { name: 'config', path: config, is: 'directory' },
    { name: 'profiles', path: join(config, 'config.json'), is: 'file' },
    { name: 'state', path: state, is: 'directory' },
    { name: 'operations', path: join(state, 'operations'), is: 'directory' },
    { name: 'tokens', path: join(state, 'tokens'), is: 'directory' },
    { name: 'locks', path: join(state, 'locks'), is: 'directory' },
    { name: 'completion', path: join(state, 'completion'), is: 'directory' },
    // Compiled code, no secret: whoever can write there chooses what runs.
    { name: 'cache', path: join(cacheOf(world.env), 'ipctl'), is: 'directory', closed: 0o022 },
  ];
  return Promise.all(all.map((place) => look(place, world.env.HOME)));
}

const cacheOf = ({ XDG_CACHE_HOME = '', HOME = '' }: Session['world']['env']): string =>
  XDG_CACHE_HOME.startsWith('/') ? XDG_CACHE_HOME : join(HOME, '.cache');

async function look({ name, path, is, closed = 0o077 }: Place, home: string | undefined): Promise<Found> {
  const area = 'paths';
  const shown = homeless(path, home);
  const broken = (message: string, hint: string): Found =>
    problem(new IpctlError('config', message, { fate: 'not-sent', hint }), { area, name, facts: { path: shown } });
  const status = await stat(path).catch((thrown: NodeJS.ErrnoException) => thrown);
  if (status instanceof Error) {
    if (status.code !== 'ENOENT') return broken(`${shown} cannot be looked at (${status.code})`, 'see what stands in its way');
    const nearest = await existing(dirname(path));
    if (await usable(nearest, is))
      return found('ok', { area, name, detail: `${shown}, not there yet`, facts: { path: shown, exists: false } });
    return broken(`${shown} is not there, and ${homeless(nearest, home)} cannot be written`, 'make it, and let this user own it');
  }
  const mode = `0${(status.mode & 0o777).toString(8)}`;
  const facts = { path: shown, exists: true, mode };
  if (is === 'directory' && !status.isDirectory()) return broken(`${shown} is no directory`, 'move it away');
  if (is === 'file' && !status.isFile()) return broken(`${shown} is no file`, 'move it away');
  if (!(await usable(path, is))) return broken(`${shown} (${mode}) cannot be read and written by this user`, 'let this user own it');
  if (platform() !== 'win32' && (status.mode & closed) !== 0) {
    const hint = `chmod ${is === 'file' ? '600' : '700'} ${shown}`;
    return found('warning', { area, name, detail: `${shown} (${mode}) is open to others`, hint, facts });
  }
  return found('ok', { area, name, detail: `${shown} (${mode})`, facts });
}

const usable = (path: string, is: Place['is']): Promise<boolean> =>
  access(path, constants.R_OK | constants.W_OK | (is === 'directory' ? constants.X_OK : 0)).then(
    () => true,
    () => false,
  );

/** The nearest directory above that is there. */
async function existing(path: string): Promise<string> {
  if (dirname(path) === path) return path;
  return stat(path).then(
    () => path,
    () => existing(dirname(path)),
  );
}
