// Writes completions/ from the command table. A test fails when they differ.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const { status, stdout, stderr } = spawnSync(process.execPath, [at('bin/ipctl.js'), 'completion', 'bash'], { encoding: 'utf8' });
if (status !== 0) throw new Error(stderr);
writeFileSync(at('completions/ipctl.bash'), stdout);
