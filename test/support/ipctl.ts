/** Spawns the real binary in a temporary home, with an environment of its own: nothing of this machine's user leaks in. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const bin = fileURLToPath(new URL('../../bin/ipctl.js', import.meta.url));
/** `IPCTL_BIN` names an executable to test in place of the one for Node. */
const [program, ...first] = process.env.IPCTL_BIN === undefined ? [process.execPath, bin] : [process.env.IPCTL_BIN];

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Home {
  readonly directory: string;
  readonly env: Readonly<Record<string, string>>;
  /** Runs `ipctl` with these words; `stdin` is empty unless given. */
  ipctl(words: readonly string[], more?: { readonly env?: Readonly<Record<string, string>>; readonly stdin?: string }): Promise<Ran>;
  /** Starts it without waiting for its end. */
  spawn(words: readonly string[]): ReturnType<typeof spawn>;
  remove(): void;
}

/** Compiled code is the same in every home: to make it for each would be half of what the tests do. */
const compiled = fileURLToPath(new URL('../../node_modules/.cache/ipctl-compiled', import.meta.url));

export function home(): Home {
  const directory = mkdtempSync(join(tmpdir(), 'ipctl-test-'));
  mkdirSync(compiled, { recursive: true });
  mkdirSync(join(directory, '.cache/ipctl'), { recursive: true, mode: 0o700 });
  symlinkSync(compiled, join(directory, '.cache/ipctl/compiled'));
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: directory,
    XDG_CONFIG_HOME: join(directory, 'config'),
    XDG_STATE_HOME: join(directory, 'state'),
  };
  return {
    directory,
    env,
    ipctl: (words, more = {}) =>
      new Promise((resolve, reject) => {
        const child = spawn(program, [...first, ...words], { env: { ...env, ...more.env }, cwd: directory });
        const out: Buffer[] = [];
        const err: Buffer[] = [];
        child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
        child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
        child.on('error', reject);
        // One that ends at once does not wait for what it would not read.
        child.stdin.on('error', () => {});
        child.on('close', (code) =>
          resolve({ code: code ?? -1, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() }),
        );
        child.stdin.end(more.stdin ?? '');
      }),
    spawn: (words) => spawn(program, [...first, ...words], { env, cwd: directory }),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** Runs `work` in a home that is removed afterwards. */
export async function withHome(work: (home: Home) => Promise<void>): Promise<void> {
  const made = home();
  try {
    await work(made);
  } finally {
    made.remove();
  }
}
