// How test files are found and run: on Node's own runner. Node 20 knows no globs, hence the walk.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Tests that need more than Node and npm: shells, other clients, a real cloud. */
export const apart = ['trials', 'live'];

/** Paths from the root of the test files below `test/<folder>`, in order. */
export const testsBelow = (folder) =>
  existsSync(`${root}test/${folder}`)
    ? readdirSync(`${root}test/${folder}`, { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.test.ts'))
        .sort()
        .map((name) => `test/${folder}${folder === '' ? '' : '/'}${name}`)
    : [];

/** The exit code. Most tests wait now and then, so that two cores carry more than two files. */
export function runTests(files, atOnce = 3) {
  const words = ['--import', 'tsx', '--test', '--test-reporter=spec', `--test-concurrency=${atOnce}`, ...files];
  return spawnSync(process.execPath, words, { cwd: root, stdio: 'inherit' }).status ?? 1;
}
