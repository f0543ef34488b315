/** `ipctl` as a shell finds it: lines of POSIX sh, in a home of their own. */
import { spawn } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Home, home, type Ran } from '../support/ipctl.js';

const bin = fileURLToPath(new URL('../../bin/ipctl.js', import.meta.url));

export interface ShellHome extends Home {
  /** Runs a line, or a script with its arguments. `until`: ended as by Ctrl-C once stdout has it, and that counts as 0. */
  sh(words: readonly string[], more?: { readonly env?: Readonly<Record<string, string>>; readonly until?: RegExp }): Promise<Ran>;
}

/** `from`: begins as a copy of that home. */
export function shellHome(from?: Home): ShellHome {
  const made = home();
  if (from !== undefined) cpSync(from.directory, made.directory, { recursive: true, filter: (path) => !path.endsWith('/.cache') });
  const path = join(made.directory, 'bin');
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, 'ipctl'), `#!/bin/sh\nexec '${process.execPath}' '${bin}' "$@"\n`);
  chmodSync(join(path, 'ipctl'), 0o755);
  return {
    ...made,
    sh: (words, { env = {}, until } = {}) =>
      new Promise((resolve, reject) => {
        // A group of its own, so that the end reaches what the shell started.
        const child = spawn('sh', words, {
          env: { ...made.env, PATH: `${path}:${made.env.PATH}`, ...env },
          cwd: made.directory,
          detached: true,
          stdio: ['ignore', 'pipe', 'pipe'],
        });
        let stdout = '';
        let stderr = '';
        let ended = false;
        child.stdout.on('data', (chunk: Buffer) => {
          stdout += chunk.toString();
          if (ended || until === undefined || child.pid === undefined || !until.test(stdout)) return;
          ended = true;
          process.kill(-child.pid, 'SIGINT');
        });
        child.stderr.on('data', (chunk: Buffer) => {
          stderr += chunk.toString();
        });
        child.on('error', reject);
        child.on('close', (code) => resolve({ code: ended ? 0 : (code ?? -1), stdout, stderr }));
      }),
  };
}
