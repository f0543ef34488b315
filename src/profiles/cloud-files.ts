/**
 * The files in which clients of OpenStack keep their clouds: where they are looked for, and how they are read.
 * https://docs.openstack.org/openstacksdk/latest/user/config/configuration.html
 */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { IpctlError } from '../domain/errors.js';

/** What of this machine the search depends on. */
export interface Places {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly workingDirectory: string;
  /** As `node:os` names it. */
  readonly platform: string;
}

/** A file as text says it: no scalar is anything but the characters in the file, so that no password becomes a number. */
export type Tree = string | readonly Tree[] | Mapping;
export interface Mapping {
  readonly [key: string]: Tree;
}

export interface CloudFiles {
  readonly path: string;
  /** It was found by the mere fact that the command runs where it lies: whoever wrote it may be a stranger. */
  readonly here: boolean;
  readonly clouds: Mapping;
  /** Same form, laid over the clouds. */
  readonly secure: Mapping;
  /** Vendor profiles, to which clouds refer by `profile:`. */
  readonly vendors: Mapping;
}

export const isMapping = (value: Tree | undefined | null): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const ENDINGS = ['yaml', 'yml', 'json'];

/** Directories in the order of the search; the first file found is the only one. */
export function searched({ env, home, workingDirectory, platform }: Places): readonly string[] {
  const absolute = (value: string | undefined, otherwise: string): string => (value?.startsWith('/') === true ? value : otherwise);
  const macintosh = platform === 'darwin';
  const site = macintosh ? '/Library/Application Support' : absolute(env.XDG_CONFIG_DIRS?.split(':')[0], '/etc/xdg');
  return [
    ...new Set([
      workingDirectory,
      ...(macintosh ? [`${home}/Library/Application Support/openstack`] : []),
      `${absolute(env.XDG_CONFIG_HOME, `${home}/.config`)}/openstack`,
      `${home}/.config/openstack`,
      `${site}/openstack`,
      '/etc/openstack',
    ]),
  ];
}

/** Undefined where there is none. `config`, naming the file, for one that cannot be used. */
export async function findClouds(places: Places): Promise<CloudFiles | undefined> {
  const named = places.env.OS_CLIENT_CONFIG_FILE ?? '';
  const found = named === '' ? await firstOf(searched(places), 'clouds') : await readNamed('OS_CLIENT_CONFIG_FILE', named);
  if (found === undefined) return undefined;
  const { path, root } = found;
  if (!isMapping(root.clouds)) throw unusable(path, 'it has no map of clouds');
  const beside = [dirname(path)];
  const secureFile = places.env.OS_CLIENT_SECURE_FILE ?? '';
  // Other than the SDK we take secrets and vendors from no other directory: a file of a stranger must not be completed with our secrets.
  const secure = secureFile === '' ? await firstOf(beside, 'secure') : await readNamed('OS_CLIENT_SECURE_FILE', secureFile);
  const vendors = await firstOf(beside, 'clouds-public');
  return {
    path,
    here: named === '' && dirname(path) === places.workingDirectory,
    clouds: root.clouds,
    secure: section(secure, 'clouds'),
    vendors: section(vendors, 'public-clouds'),
  };
}

interface Read {
  readonly path: string;
  readonly root: Mapping;
}

function section(file: Read | undefined, key: string): Mapping {
  const value = file?.root[key];
  if (file === undefined || value === undefined || value === '') return {};
  if (!isMapping(value)) throw unusable(file.path, `"${key}" is not a map`);
  return value;
}

async function firstOf(directories: readonly string[], name: string): Promise<Read | undefined> {
  for (const directory of directories) {
    for (const ending of ENDINGS) {
      const found = await read(join(directory, `${name}.${ending}`));
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** A variable that names a file means that file: going on with another one might mean another cloud of the same name. */
async function readNamed(variable: string, path: string): Promise<Read> {
  const found = await read(path);
  if (found === undefined) throw new IpctlError('config', `${variable} names ${path}, and there is no such file`, { fate: 'not-sent' });
  return found;
}

async function read(path: string): Promise<Read | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw unusable(path, `it cannot be read (${String(code)})`);
  }
  const root = await parse(path, text);
  // An empty file says nothing, as an absent one.
  if (root === '' || root === null) return undefined;
  if (!isMapping(root)) throw unusable(path, 'it is not a map');
  return { path, root };
}

/** JSON is YAML too. */
async function parse(path: string, text: string): Promise<Tree | null> {
  const { parsed } = await import('./yaml-text.js');
  const { tree, wrong } = parsed(text);
  if (wrong !== null) throw unusable(path, wrong);
  return tree;
}

const unusable = (path: string, why: string): IpctlError => new IpctlError('config', `cannot use ${path}: ${why}`, { fate: 'not-sent' });
