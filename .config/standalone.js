// Makes one executable that needs no Node: the bundle in one file, compiled by Bun. npm has the compiler as a package for each
// platform. It is fetched when it is first needed, since it is as large as all else together; BUN=/path/to/bun names another.
// node .config/standalone.js [TARGET...], TARGET as Bun names them: bun-linux-x64, bun-darwin-arm64, ...; this machine's without.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { build } from 'esbuild';
import { compiled, lean, root } from './bundle.js';

/** Of Bun. */
const VERSION = '1.4.5';
const own = `bun-${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
const bun = process.env.BUN ?? fetched();
if (!existsSync(bun)) throw new Error(`there is no Bun at ${bun}`);

/** Where npm has put the compiler for this machine. */
function fetched() {
  const place = `${root}node_modules/.cache/bun`;
  const name = `@oven/${own.replace('arm64', 'aarch64')}`;
  const program = `${place}/node_modules/${name}/bin/bun${process.platform === 'win32' ? '.exe' : ''}`;
  if (existsSync(program)) return program;
  mkdirSync(place, { recursive: true });
  const words = ['install', '--prefix', place, '--no-save', '--no-package-lock', '--no-audit', '--no-fund', `${name}@${VERSION}`];
  const { status } = spawnSync('npm', words, { stdio: ['ignore', 'ignore', 'inherit'], shell: process.platform === 'win32' });
  if (status !== 0) throw new Error(`npm could not fetch ${name}@${VERSION}`);
  return program;
}

const targets = process.argv.length > 2 ? process.argv.slice(2) : [own];
// Not in dist: what is published runs everywhere, and this is large and of one platform.
const folder = `${root}dist-standalone`;
const parts = `${folder}/parts`;
rmSync(parts, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
await build({
  absWorkingDir: root,
  entryPoints: ['src/main.ts'],
  outdir: parts,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  // A start reads the parts that it needs: of one file it would read all.
  splitting: true,
  format: 'esm',
  // Packages of CommonJS ask for Node's modules by it.
  banner: { js: 'const require = import.meta.require;' },
  platform: 'node',
  target: 'node20.18',
  logLevel: 'warning',
  // Names stay: they stand in stack traces and in what a defect tells.
  minifyWhitespace: true,
  minifySyntax: true,
  plugins: [lean, compiled],
});
for (const target of targets) {
  const outfile = `${folder}/ipctl${target === own ? '' : `-${target}`}`;
  // Bun would take `.env` and bunfig.toml from the folder it is started in: whoever can write there would choose the account by
  // the one, and run code of theirs by the other.
  const words = [
    'build',
    '--compile',
    '--no-compile-autoload-dotenv',
    '--no-compile-autoload-bunfig',
    '--bytecode',
    // A command is over before code that was compiled better has paid for that.
    '--compile-jit-policy=10',
    '--format=esm',
    '--splitting',
    `--target=${target}`,
    `${parts}/main.mjs`,
    '--outfile',
    outfile,
  ];
  const { status } = spawnSync(bun, words, { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
rmSync(parts, { recursive: true });
