/** The table as completion scripts. `completions/` holds their text; a test keeps the two equal. */
import { grammar, type Shell, shells } from './completion/grammar.js';
import { bash } from './completion/shells/bash.js';
import { fish } from './completion/shells/fish.js';
import { powershell } from './completion/shells/powershell.js';
import { zsh } from './completion/shells/zsh.js';

const writers = { bash, zsh, fish, powershell } as const;

export const isShell = (text: string): text is Shell => (shells as readonly string[]).includes(text);

/** Static words stand in it; for values that change it calls ipctl itself. */
export const script = (shell: Shell): string => writers[shell](grammar());
