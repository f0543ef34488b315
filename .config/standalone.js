// Makes one executable that needs no Node: the bundle in one file, compiled by Bun. The compiler comes from npm as a package for
// each platform, and is run as it is: BUN=/path/to/bin/bun, or the package @oven/bun-<platform> in node_modules.
// node .config/standalone.js [TARGET...], TARGET as Bun names them: bun-linux-x64, bun-darwin-arm64, ...; this machine's without.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { build } from 'esbuild';
import { compiled, lean, root } from './bundle.js';

const own = `bun-${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
const packaged = `${root}node_modules/@oven/${own.replace('arm64', 'aarch64')}/bin/bun`;
const bun = process.env.BUN ?? packaged;
if (!existsSync(bun)) throw new Error(`there is no Bun at ${bun}: set BUN to the executable of its npm package`);

const targets = process.argv.length > 2 ? process.argv.slice(2) : [own];
// Not in dist: what is published runs everywhere, and this is large and of one platform.
const folder = `${root}dist-standalone`;
const whole = `${folder}/ipctl.cjs`;
mkdirSync(folder, { recursive: true });
await build({
  absWorkingDir: root,
  entryPoints: ['src/main.ts'],
  outfile: whole,
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node20.18',
  logLevel: 'warning',
  minify: true,
  // The name stands in stack traces and in what a defect tells.
  keepNames: true,
  plugins: [lean, compiled],
});
for (const target of targets) {
  const outfile = `${folder}/ipctl${target === own ? '' : `-${target}`}`;
  const words = ['build', '--compile', '--bytecode', '--format=cjs', `--target=${target}`, whole, '--outfile', outfile];
  const { status } = spawnSync(bun, words, { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
rmSync(whole);
