/** Tokens between commands: one 0600 file each, named by a hash of endpoint, user and scope, so that no name tells whose it is. */
import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../domain/clock.js';
import type { Tokens } from '../domain/driver.js';
import { readableByOthers, readPrivate, writePrivate } from './files.js';

export const fileTokens = (stateDirectory: string, clock: Clock): Tokens => {
  const pathOf = (key: string): string =>
    join(stateDirectory, 'tokens', `${createHash('sha256').update(key).digest('hex').slice(0, 32)}.json`);
  return {
    async get(key) {
      const path = pathOf(key);
      // A file that others could read may have been written by them: it is not trusted.
      if (await readableByOthers(path)) return undefined;
      const text = await readPrivate(path).catch(() => undefined);
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
  };
};

/** For the sandbox and for `--no-journal` runs without a state directory: nothing outlives the process. */
export const memoryTokens = (): Tokens => {
  const kept = new Map<string, unknown>();
  return {
    get: async (key) => kept.get(key),
    put: async (key, value) => void kept.set(key, value),
    drop: async (key) => void kept.delete(key),
  };
};
