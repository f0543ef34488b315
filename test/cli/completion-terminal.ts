/** Keys typed into a real interactive shell on a terminal of its own (`script`), and what the line is afterwards. */
import { spawn } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Home } from '../support/ipctl.js';

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

const PROMPT = 'READY> ';
/** `all`: a key of ours that puts in every word that is offered. `tab`: the key of everybody. */
export type Key = 'all' | 'tab';

/** Clears the line, types, completes, and shows the line between `<<` and `>>`. */
const keys = (line: string, key: Key): string => `\x15${line}${key === 'all' ? '\x18a' : '\t'}\x18s`;

export type Terminal = 'bash' | 'zsh';

/** The key `^Xa` inserts all that the shell would offer; `^Xs` shows the line. */
const shells: Readonly<Record<Terminal, { readonly rc: string; readonly command: (rc: string) => string; readonly setup: string }>> = {
  bash: {
    rc: 'rc',
    command: (rc) => `bash --noprofile --rcfile '${rc}' -i`,
    setup: `PS1='${PROMPT}'
source '${at('completions/ipctl.bash')}'
bind 'set enable-bracketed-paste off'
bind '"\\C-xa": insert-completions'
bind -x '"\\C-xs": printf "<<%s>>\\n" "$READLINE_LINE"'
`,
  },
  zsh: {
    rc: '.zshrc',
    command: () => 'zsh -d -i',
    setup: `PROMPT='${PROMPT}'
unset zle_bracketed_paste
autoload -Uz compinit
compinit -D -u
source '${at('completions/_ipctl')}'
zle -C all-matches complete-word _generic
zstyle ':completion:all-matches:*' completer _all_matches _complete
zstyle ':completion:all-matches:*' insert yes
bindkey '^Xa' all-matches
show-line() { print -r -- "<<$BUFFER>>" }
zle -N show-line
bindkey '^Xs' show-line
`,
  },
};

/** Puts `ipctl` on the path of this home; what its environment has to be for shells. */
export function shellEnv(home: Home): Readonly<Record<string, string>> {
  const bin = join(home.directory, 'bin');
  mkdirSync(bin, { recursive: true });
  symlinkSync(at('bin/ipctl.js'), join(bin, 'ipctl'));
  return { ...home.env, PATH: `${bin}:${home.env.PATH}`, ZDOTDIR: home.directory, TERM: 'dumb', SHELL: '/bin/sh' };
}

/** The line that each of `lines` becomes, one after the other in one shell. */
export function completed(
  shell: Terminal,
  home: Home,
  env: Readonly<Record<string, string>>,
  lines: readonly string[],
  key: Key = 'all',
): Promise<string[]> {
  const { rc, command, setup } = shells[shell];
  const path = join(home.directory, rc);
  writeFileSync(path, setup);
  const run = `stty cols 2000; exec ${command(path)}`;
  return new Promise((resolve, reject) => {
    const child = spawn('script', ['-qec', run, '/dev/null'], { env, cwd: home.directory });
    const results: string[] = [];
    let shown = '';
    let asked = -1;
    const next = (): void => {
      asked += 1;
      shown = '';
      child.stdin.write(asked < lines.length ? keys(lines[asked] ?? '', key) : '\x15exit\n');
    };
    child.stdout.on('data', (chunk: Buffer) => {
      shown += chunk.toString();
      if (asked < 0 && shown.includes(PROMPT)) next();
      const [, line] = /<<(.*)>>/s.exec(shown) ?? [];
      if (line === undefined || asked < 0 || asked >= lines.length) return;
      results.push(line);
      next();
    });
    child.on('error', reject);
    child.on('close', () => (results.length === lines.length ? resolve(results) : reject(new Error(`${shell} ended early: ${shown}`))));
  });
}
