// Bundles src/main.ts into dist/: our own code in lazily loaded chunks, dependencies left to Node's resolution. Nothing is
// touched before the whole build is there: one that fails leaves the last good one.
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const { outputFiles } = await build({
  absWorkingDir: root,
  entryPoints: ['src/main.ts'],
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.18',
  packages: 'external',
  sourcemap: 'linked',
  sourcesContent: false,
  chunkNames: 'chunks/[name]-[hash]',
  logLevel: 'warning',
  write: false,
});
const [made, old] = [`${root}dist.new-${process.pid}`, `${root}dist.old-${process.pid}`];
for (const { path, contents } of outputFiles) {
  const file = path.replace(`${root}dist`, made);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, contents);
}
try {
  renameSync(`${root}dist`, old);
} catch (error) {
  if (error.code !== 'ENOENT') throw error;
}
renameSync(made, `${root}dist`);
rmSync(old, { recursive: true, force: true });
