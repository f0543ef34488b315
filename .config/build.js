// Builds dist/, man pages included. Nothing is touched before the whole build is there: one that fails leaves the last good one.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bundle, root } from './bundle.js';
import { manPages } from './man.js';

const [made, old] = [`${root}dist.new-${process.pid}`, `${root}dist.old-${process.pid}`];
const write = (files) => {
  for (const [path, contents] of files) {
    const file = join(made, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, contents);
  }
};
const code = [...(await bundle())];
write(code);
// They are made from the help of what was just built.
const [main] = code.map(([path]) => path).filter((path) => /^main\.c?js$/.test(path));
const help = JSON.parse(execFileSync(process.execPath, [join(made, main), 'help', '-o', 'json'], { encoding: 'utf8' }));
const { version } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
write(manPages(help, version).map(([name, text]) => [`man/${name}`, text]));
try {
  renameSync(`${root}dist`, old);
} catch (error) {
  if (error.code !== 'ENOENT') throw error;
}
renameSync(made, `${root}dist`);
rmSync(old, { recursive: true, force: true });
