/**
 * The command line in this process, at a terminal of the test's own: its width, whether it is one, its clock and its chance.
 * Every run is alike, so that what is printed can be compared to the letter.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { run } from '../../../src/cli/run.js';
import type { World } from '../../../src/world.js';
import { virtualClock } from '../../support/clock.js';
import type { Ran } from '../../support/ipctl.js';

export interface Screen {
  /** Columns of a terminal on stdout and stderr; absent: both are pipes. */
  readonly columns?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** What interrupts the command once stdout shows it. */
  readonly until?: RegExp;
}

export interface Desk {
  ipctl(words: readonly string[], screen?: Screen): Promise<Ran>;
}

/** A home of its own, removed afterwards; time passes and chance falls the same in each. */
export async function withDesk(work: (desk: Desk) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'ipctl-desk-'));
  const clock = virtualClock();
  let drawn = 0;
  const random = (): number => {
    drawn += 1;
    return (drawn * 0.618_033_988_75) % 1;
  };
  const ipctl: Desk['ipctl'] = async (words, { columns, env = {}, until } = {}) => {
    const texts = { stdout: '', stderr: '' };
    const controller = new AbortController();
    const sink = (name: 'stdout' | 'stderr'): Writable =>
      new Writable({
        write(chunk: Buffer, _encoding, done) {
          texts[name] += chunk.toString();
          if (until?.test(texts.stdout) === true) controller.abort(new Error('interrupted'));
          done();
        },
      });
    const terminal = columns !== undefined;
    const world: World = {
      argv: words,
      env,
      stdin: Readable.from([]),
      stdout: sink('stdout'),
      stderr: sink('stderr'),
      terminal: { stdin: false, stdout: terminal, stderr: terminal, columns: columns ?? 80 },
      clock,
      random,
      directories: { config: join(directory, 'config'), state: join(directory, 'state') },
      signal: controller.signal,
      pid: process.pid,
      isAlive: (pid) => pid === process.pid,
      version: '0.0.0',
    };
    const code = await run(world);
    return { code, ...texts };
  };
  try {
    await work({ ipctl });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
