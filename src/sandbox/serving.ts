/** `sandbox serve`: all dialects in a process of its own, and the note by which sandbox profiles find it. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { pid as ownPid } from 'node:process';
import { type DialectId, dialectIds, dialects } from './dialects.js';
import type { Fault } from './faults.js';
import { type Sandbox, start } from './server.js';
import { alone, isAlive, isObject, makeDirectory, parsed, readText, writeAtomically } from './state.js';

/** Who serves a directory, and where. */
export interface Announcement {
  readonly pid: number;
  readonly origins: Readonly<Record<DialectId, string>>;
}

export interface Serving {
  readonly origins: Readonly<Record<DialectId, string>>;
  /** Values of each provider's ordinary profile options. */
  readonly options: Readonly<Record<DialectId, Readonly<Record<string, string>>>>;
  /** Which of these options are credentials. */
  readonly credentials: Readonly<Record<DialectId, readonly string[]>>;
  /** Takes the note back and ends the servers. */
  close(): Promise<void>;
}

export interface ServingSettings {
  /** Each server counts them for itself. */
  readonly faults?: readonly Fault[];
  readonly knobs?: Record<string, unknown>;
  /** The first of as many consecutive ports as there are dialects; 0, the default, is any free ones. */
  readonly port?: number;
}

const noteOf = (directory: string): string => join(directory, 'serving.json');

/** Plays every dialect on the clouds in `directory`. Rejects when a living process does so already. */
export async function serve(directory: string, settings: ServingSettings): Promise<Serving> {
  refuseSecond(await running(directory));
  const { port = 0, ...others } = settings;
  const servers: Sandbox[] = [];
  const end = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.close()));
  };
  try {
    const credentials: (readonly string[])[] = [];
    for (const id of dialectIds) {
      const dialect = await dialects[id]();
      servers.push(await start(dialect, { ...others, directory, port: port === 0 ? 0 : port + servers.length }));
      credentials.push(dialect.credentials);
    }
    const origins = byDialect(servers.map(({ origin }) => origin));
    const withdraw = await announce(directory, { pid: ownPid, origins });
    return {
      origins,
      options: byDialect(servers.map(({ options }) => options)),
      credentials: byDialect(credentials),
      close: async () => {
        try {
          await withdraw();
        } finally {
          await end();
        }
      },
    };
  } catch (error) {
    await end();
    throw error;
  }
}

/**
 * Writes down who serves `directory`; rejects when a living process is written down already. The function it resolves
 * with takes the note back, unless another process has put its own there.
 */
export async function announce(directory: string, { pid, origins }: Announcement): Promise<() => Promise<void>> {
  makeDirectory(directory);
  const note = noteOf(directory);
  const lock = join(directory, 'serving.lock');
  const text = `${JSON.stringify({ pid, origins })}\n`;
  await alone(lock, () => {
    refuseSecond(announced(note));
    writeAtomically(note, text);
  });
  const isOurs = (): boolean => readText(note) === text;
  return async () => {
    // Asked before as well: taking a lock would bring back a directory that was removed meanwhile.
    if (!isOurs()) return;
    await alone(lock, () => {
      if (isOurs()) rmSync(note, { force: true });
    });
  };
}

/** Who serves `directory` now; null when nobody does, or when the note is of a dead process or unreadable. */
export async function running(directory: string): Promise<Announcement | null> {
  return announced(noteOf(directory));
}

function announced(note: string): Announcement | null {
  const found = parsed(textOf(note));
  if (!isObject(found) || !isObject(found.origins)) return null;
  const { pid, origins } = found;
  if (typeof pid !== 'number' || !Number.isSafeInteger(pid) || pid < 1 || !isAlive(pid)) return null;
  const values = dialectIds.map((id) => origins[id]).filter((value) => typeof value === 'string');
  return values.length === dialectIds.length ? { pid, origins: byDialect(values) } : null;
}

function textOf(note: string): string {
  try {
    return readText(note) ?? '';
  } catch {
    return '';
  }
}

function refuseSecond(other: Announcement | null): void {
  if (other !== null) throw new Error(`process ${other.pid} already serves this sandbox`);
}

/** Pairs the ids with `values`, which stand in their order and are as many. */
function byDialect<T>(values: readonly T[]): Record<DialectId, T> {
  return Object.fromEntries(dialectIds.map((id, index) => [id, values[index]])) as Record<DialectId, T>;
}
