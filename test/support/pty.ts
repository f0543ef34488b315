/** The real binary on a terminal of its own, driven by what it shows. `script` of util-linux makes the terminal: no native module. */
import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Home } from './ipctl.js';

const bin = fileURLToPath(new URL('../../bin/ipctl.js', import.meta.url));

export const CTRL_C = '\x03';
export const CTRL_D = '\x04';
/** How the escape character is told, as regular expressions may not hold it. */
export const ESCAPE = '␛';

/** Why there is no terminal on this machine, or undefined. */
export const noTerminal: string | undefined =
  spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux') === true
    ? undefined
    : 'script (util-linux) is needed to make a terminal';

export interface Pty {
  /** All that was shown since the last `shows`, once it matches. Rejects when the command ends first. */
  shows(pattern: RegExp): Promise<string>;
  type(keys: string): void;
  /** Everything shown, escapes and echo among it, and the exit code. */
  readonly ended: Promise<{ readonly code: number; readonly text: string }>;
}

export interface PtySettings {
  readonly env?: Readonly<Record<string, string>>;
  /** A line of shell in place of the command; `$@` is the command. */
  readonly line?: string;
  readonly columns?: number;
}

const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

/** Starts `ipctl` with these words, 100 columns wide unless told. Lines end in `\r\n`, as terminals have it. */
export function onTerminal({ env, directory }: Home, words: readonly string[], settings: PtySettings = {}): Pty {
  const { line = '"$@"', columns = 100 } = settings;
  const command = [process.execPath, bin, ...words].map(quoted).join(' ');
  const run = `stty cols ${columns} rows 30; set -- ${command}; ${line}`;
  const child = spawn('script', ['-qec', run, '/dev/null'], {
    env: { ...env, TERM: 'xterm', SHELL: '/bin/sh', ...settings.env },
    cwd: directory,
  });
  // Keys for a command that has ended already.
  child.stdin.on('error', () => {});
  let text = '';
  let seen = 0;
  let over = false;
  const watchers = new Set<() => void>();
  const changed = (): void => {
    for (const look of watchers) look();
  };
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString().replaceAll('\x1b', ESCAPE);
    changed();
  });
  const ended = new Promise<{ code: number; text: string }>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      over = true;
      changed();
      resolve({ code: code ?? -1, text });
    });
  });
  return {
    ended,
    type: (keys) => void child.stdin.write(keys),
    shows: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = pattern.exec(text.slice(seen));
          if (found === null && !over) return;
          watchers.delete(look);
          if (found === null) {
            reject(new Error(`it ended without ${pattern}: ${JSON.stringify(text)}`));
            return;
          }
          const shown = text.slice(seen, seen + found.index + found[0].length);
          seen += shown.length;
          resolve(shown);
        };
        watchers.add(look);
        look();
      }),
  };
}
