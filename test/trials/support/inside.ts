/** The whole program in the test's own process, on a clock that passes only when somebody waits: a cell of a table in milliseconds. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { run } from '../../../src/cli/run.js';
import type { Clock } from '../../../src/domain/clock.js';
import { directoriesOf, type World } from '../../../src/world.js';
import type { Ran } from '../../support/ipctl.js';

export interface ImpatientClock extends Clock {
  /** All that is waited for now takes longer than it may. */
  expire(): void;
}

export function impatientClock(): ImpatientClock {
  let now = Date.UTC(2026, 0, 15, 12, 0, 0);
  const pending = new Map<AbortController, number>();
  return {
    now: () => now,
    async sleep(milliseconds, signal) {
      signal.throwIfAborted();
      now += milliseconds;
    },
    alarm(milliseconds) {
      const controller = new AbortController();
      pending.set(controller, milliseconds);
      return { signal: controller.signal, cancel: () => void pending.delete(controller) };
    },
    expire() {
      now += Math.max(0, ...pending.values());
      for (const controller of pending.keys()) controller.abort();
      pending.clear();
    },
  };
}

export interface Inside {
  readonly env: Readonly<Record<string, string>>;
  readonly clock: Clock;
  /** Where `$HOME` is; a new one for each run unless given. */
  readonly home?: string;
}

/** Runs `ipctl` with these words. No terminal, nothing on stdin. */
export async function inside(words: readonly string[], { env, clock, home }: Inside): Promise<Ran> {
  const own = home ?? mkdtempSync(join(tmpdir(), 'ipctl-inside-'));
  const out: string[] = [];
  const err: string[] = [];
  const collecting = (chunks: string[]): Writable =>
    new Writable({
      write(chunk, _encoding, done) {
        chunks.push(String(chunk));
        done();
      },
    });
  const world: World = {
    argv: words,
    env,
    stdin: Readable.from([]),
    stdout: collecting(out),
    stderr: collecting(err),
    terminal: { stdin: false, stdout: false, stderr: false, columns: 80 },
    clock,
    random: () => 0.5,
    directories: directoriesOf({}, own),
    signal: new AbortController().signal,
    pid: process.pid,
    isAlive: () => false,
    version: '0.0.0',
  };
  try {
    return { code: await run(world), stdout: out.join(''), stderr: err.join('') };
  } finally {
    if (home === undefined) rmSync(own, { recursive: true, force: true });
  }
}
