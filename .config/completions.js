// Writes completions/ from the command table. A test fails when they differ.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
// Named as each shell looks for them in a directory of completions.
const files = { bash: 'ipctl.bash', zsh: '_ipctl', fish: 'ipctl.fish', powershell: 'ipctl.ps1' };
for (const [shell, file] of Object.entries(files)) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [at('bin/ipctl.js'), 'completion', shell], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  writeFileSync(at(`completions/${file}`), stdout);
}
