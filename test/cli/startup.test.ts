/** What a start loads. The promise is about modules, so that no noisy machine can break it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { withHome } from '../support/ipctl.js';

const bin = fileURLToPath(new URL('../../bin/ipctl.js', import.meta.url));
const hook = new URL('../support/register.js', import.meta.url).href;

/** The packages that a command loads, sorted. */
function packagesOf(words: readonly string[], home: { directory: string; env: Readonly<Record<string, string>> }): string[] {
  const file = join(home.directory, 'modules');
  const { status, stderr } = spawnSync(process.execPath, ['--import', hook, bin, ...words], {
    env: { ...home.env, MODULES_FILE: file },
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
  const urls = readFileSync(file, 'utf8').split('\n');
  const names = urls.flatMap((url) => /\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1] ?? []);
  return [...new Set(names)].sort();
}

const cases: readonly [string, readonly string[], readonly string[]][] = [
  ['the version, nothing', ['--version'], []],
  ['help, Commander alone', ['--help'], ['commander']],
  ['a noun’s help, Commander alone', ['ip', '--help'], ['commander']],
  ['a verb’s help, Commander alone', ['ip', 'allocate', '--help'], ['commander']],
  ['a completion script, nothing more', ['completion', 'bash'], ['commander']],
  ['a list in JSON, no table and no conf', ['-p', 'sandbox', 'ip', 'list', '-o', 'json'], ['commander', 'ipaddr.js', 'undici']],
  ['profiles in a table, no undici and no conf', ['profile', 'list'], ['chalk', 'cli-table3', 'commander']],
];
for (const [name, words, expected] of cases) {
  test(`loads for ${name}`, async () => {
    await withHome(async (home) => {
      assert.deepEqual(packagesOf(words, home), expected);
    });
  });
}
