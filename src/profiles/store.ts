/**
 * The profiles of this user: one `conf` store, 0600 in a 0700 directory, changed under a lock. Reading needs no more than
 * the file: conf, which costs more to load than all else a warm command does, comes in with the first write.
 */
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { platform } from 'node:os';
import { join } from 'node:path';
import { IpctlError } from '../domain/errors.js';
import type { Profile } from './profile.js';

export interface Stored {
  readonly current: string | null;
  readonly profiles: Readonly<Record<string, Profile>>;
}

export interface Store {
  /** The file, for messages. */
  readonly path: string;
  current(): string | null;
  get(name: string): Profile | undefined;
  names(): readonly string[];
  /** Whether others than the owner may read the file. */
  exposed(): boolean;
  /** Whether others than the owner may put another file in its place, and so say where passwords go. */
  replaceable(): boolean;
  /** The only way to write: what `change` makes of the present content, while nobody else writes. */
  update(change: (stored: Stored) => Stored): Promise<void>;
}

const EMPTY: Stored = { current: null, profiles: {} };

/** `lock` keeps other processes out during read, change and write: conf alone loses updates when two write. */
export function openStore(directory: string, lock: <T>(work: () => Promise<T>) => Promise<T>): Store {
  const path = join(directory, 'config.json');
  const unusable = (why: string, cause?: unknown): IpctlError =>
    new IpctlError('config', `cannot use ${path}: ${why}`, {
      fate: 'not-sent',
      hint: 'mend the file by hand; it was left as it is',
      cause,
    });

  const read = (): Stored => {
    let content: unknown;
    try {
      content = JSON.parse(readFileSync(path, 'utf8'));
    } catch (thrown) {
      if (thrown instanceof SyntaxError) throw unusable('it is not valid JSON', thrown);
      const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
      if (code === 'ENOENT') return EMPTY;
      if (code !== 'ENOTDIR') throw unusable(String(thrown), thrown);
      throw new IpctlError('config', `${directory} is no directory`, {
        fate: 'not-sent',
        hint: 'profiles are kept in a directory: --config DIR, IPCTL_CONFIG',
        cause: thrown,
      });
    }
    if (!isMap(content)) throw unusable('it is not a map');
    const { current = null, profiles = {} } = content;
    if (!isMap(profiles) || !Object.values(profiles).every(isProfile)) throw unusable('"profiles" is not a map of profiles');
    if (current !== null && typeof current !== 'string') throw unusable('"current" is not a name');
    return { current, profiles: profiles as Readonly<Record<string, Profile>> };
  };
  return {
    path,
    current: () => read().current,
    get(name) {
      const { profiles } = read();
      return Object.hasOwn(profiles, name) ? profiles[name] : undefined;
    },
    names: () => Object.keys(read().profiles).sort(),
    exposed: () => open(path, 0o077),
    replaceable: () => open(directory, 0o022),
    update: (change) =>
      lock(async () => {
        const next = change(read());
        try {
          mkdirSync(directory, { recursive: true, mode: 0o700 });
          const { default: Conf } = await import('conf');
          const conf = new Conf<Stored>({
            cwd: directory,
            configName: 'config',
            configFileMode: 0o600,
            accessPropertiesByDotNotation: false,
            // One typo in the file must not cost every credential in it.
            clearInvalidConfig: false,
          });
          conf.store = next;
        } catch (thrown) {
          throw thrown instanceof IpctlError ? thrown : unusable(thrown instanceof Error ? thrown.message : String(thrown), thrown);
        }
      }),
  };
}

/** Windows keeps other books of who may do what. */
const open = (path: string, mask: number): boolean => platform() !== 'win32' && existsSync(path) && (statSync(path).mode & mask) !== 0;

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isProfile = (value: unknown): boolean =>
  isMap(value) &&
  typeof value.provider === 'string' &&
  isMap(value.options) &&
  isMap(value.settings) &&
  (value.account === null || typeof value.account === 'string');
