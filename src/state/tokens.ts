/** Tokens between commands: one 0600 file each, named by a digest of endpoint, user and scope, so that no name tells whose it is. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../domain/clock.js';
import type { Tokens } from '../domain/driver.js';
import { toIpctlError } from '../domain/errors.js';
import { readTrusted, writePrivate } from './files.js';

/** Runs `work` alone among the processes of this machine. */
export type Lock = <T>(name: string, work: () => Promise<T>) => Promise<T>;

export const fileTokens = (stateDirectory: string, clock: Clock, lock?: Lock): Tokens => {
  const pathOf = (key: string): string => join(stateDirectory, 'tokens', `${nameOf(key)}.json`);
  return {
    async get(key) {
      const text = readTrusted(pathOf(key));
      if (text === undefined) return undefined;
      try {
        const kept = JSON.parse(text) as { key?: unknown; expires?: unknown; value?: unknown };
        return kept.key === key && typeof kept.expires === 'number' && kept.expires > clock.now() ? kept.value : undefined;
      } catch {
        return undefined;
      }
    },
    async put(key, value, expiresAt) {
      // A cache: where it cannot be written, the next command logs in again.
      await writePrivate(pathOf(key), JSON.stringify({ key, expires: expiresAt.getTime(), value })).catch(() => undefined);
    },
    async drop(key) {
      await rm(pathOf(key), { force: true }).catch(() => undefined);
    },
    ...(lock === undefined ? {} : { alone: <T>(key: string, work: () => Promise<T>): Promise<T> => locked(lock, nameOf(key), work) }),
  };
};

/**
 * Sixteen hexadecimal digits of FNV-1a, twice and stirred. The text is no secret, and two that share a name only lose their tokens
 * to each other, since a file tells its whole key: cryptography would cost a start more than all else that it reads.
 */
function nameOf(key: string): string {
  let [one, other] = [0x811c9dc5, 0x01000193];
  for (let index = 0; index < key.length; index += 1) {
    const code = key.charCodeAt(index);
    one = Math.imul(one ^ code, 0x01000193);
    other = Math.imul(other ^ code, 0x85ebca6b) ^ (one >>> 15);
  }
  const half = (value: number): string => ((value ^ (value >>> 16)) >>> 0).toString(16).padStart(8, '0');
  return half(one) + half(other);
}

/** A cache needs no directory that can be written: without one there is nobody to wait for. */
async function locked<T>(lock: Lock, name: string, work: () => Promise<T>): Promise<T> {
  let started = false;
  try {
    return await lock(`tokens/${name}`, () => {
      started = true;
      return work();
    });
  } catch (thrown) {
    if (started || toIpctlError(thrown).kind !== 'config') throw thrown;
    return work();
  }
}

/**
 * A token that was read is not read again by the next operation of the same command. Whatever else is kept (an answer, tries that
 * count) other processes may change meanwhile: it is read each time.
 */
export function rememberedTokens(tokens: Tokens): Tokens {
  const known = new Map<string, unknown>();
  const isToken = (value: unknown): boolean => typeof (value as { readonly token?: unknown } | null | undefined)?.token === 'string';
  return {
    ...tokens,
    async get(key) {
      const value = known.get(key) ?? (await tokens.get(key));
      if (isToken(value)) known.set(key, value);
      return value;
    },
    async put(key, value, expiresAt) {
      if (isToken(value)) known.set(key, value);
      await tokens.put(key, value, expiresAt);
    },
    async drop(key) {
      known.delete(key);
      await tokens.drop(key);
    },
  };
}

/** For the sandbox and for `--no-journal` runs without a state directory: nothing outlives the process. */
export const memoryTokens = (): Tokens => {
  const kept = new Map<string, unknown>();
  return {
    get: async (key) => kept.get(key),
    put: async (key, value) => void kept.set(key, value),
    drop: async (key) => void kept.delete(key),
  };
};
