/** What a start loads. The promise is about modules, so that no noisy machine can break it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { withHome } from '../support/ipctl.js';

const bin = fileURLToPath(new URL('../../bin/ipctl.js', import.meta.url));

interface Covered {
  readonly url: string;
  readonly functions: readonly { functionName: string; ranges: readonly { startOffset: number; endOffset: number; count: number }[] }[];
}

interface Place {
  readonly directory: string;
  readonly env: Readonly<Record<string, string>>;
}

/** What V8 tells of each file of ours that was loaded. */
function scriptsOf(words: readonly string[], home: Place): readonly Covered[] {
  const folder = join(home.directory, 'coverage');
  const { status, stderr } = spawnSync(process.execPath, [bin, ...words], {
    env: { ...home.env, NODE_V8_COVERAGE: folder },
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
  const scripts = readdirSync(folder)
    .flatMap((name) => (JSON.parse(readFileSync(join(folder, name), 'utf8')) as { result: Covered[] }).result)
    .filter(({ url }) => url.includes('/dist/'));
  assert.ok(scripts.length > 0);
  return scripts;
}

/** The packages whose code a command runs, sorted: they are part of our files, so it is V8 that tells what ran. */
function packagesOf(words: readonly string[], home: Place): string[] {
  const paths = scriptsOf(words, home).flatMap(({ url, functions }) => {
    const text = readFileSync(fileURLToPath(url), 'utf8');
    const ran = functions.filter(({ ranges: [whole] }) => (whole?.count ?? 0) > 0);
    // CommonJS stands in a function named after its file; a module's code in that of its chunk, under a comment that names it.
    const modules = ran
      .map(({ ranges: [whole] }) => text.slice(whole?.startOffset, whole?.endOffset))
      .filter((code) => code.startsWith('function (require, module, exports)'))
      .flatMap((code) => [...code.matchAll(/^\/\/ (\S*node_modules\/\S+)$/gm)].map(([, path = '']) => path));
    return [...ran.map(({ functionName }) => functionName), ...modules];
  });
  const names = paths.flatMap((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []);
  return [...new Set(names)].sort();
}

const cases: readonly [string, readonly string[], readonly string[]][] = [
  ['the version, nothing', ['--version'], []],
  ['help, nothing', ['--help'], []],
  ['a noun’s help, nothing', ['ip', '--help'], []],
  ['a verb’s help, nothing', ['ip', 'allocate', '--help'], []],
  ['help behind other flags, Commander alone', ['-p', 'sandbox', 'ip', 'allocate', '--help'], ['commander']],
  ['values of this machine, nothing', ['__complete', '--', '-p', ''], []],
  ['a completion script, nothing more', ['completion', 'bash'], ['commander']],
  ['a list in JSON, no table, no conf and no undici', ['-p', 'sandbox', 'ip', 'list', '-o', 'json'], ['commander', 'ipaddr.js']],
  [
    'profiles in a table, no undici and no conf',
    ['profile', 'list'],
    ['ansi-regex', 'chalk', 'cli-table3', 'commander', 'emoji-regex', 'is-fullwidth-code-point', 'string-width', 'strip-ansi'],
  ],
];
for (const [name, words, expected] of cases) {
  test(`loads for ${name}`, async () => {
    await withHome(async (home) => {
      assert.deepEqual(packagesOf(words, home), expected);
    });
  });
}

test('values that were kept, and help, come from a file or three of their own', async () => {
  await withHome(async (home) => {
    const names = (words: readonly string[]): string[] =>
      scriptsOf(words, home)
        .map(({ url }) => url.slice(url.indexOf('/dist/') + 6))
        .sort();
    const line = ['__complete', '--', '-p', 'sandbox', 'server', 'show', ''];
    assert.equal((await home.ipctl(line)).code, 0);
    assert.deepEqual(names(line), ['chunks/complete.cjs', 'main.cjs']);
    rmSync(join(home.directory, 'coverage'), { recursive: true });
    assert.deepEqual(names(['__complete', '--', 'profile', 'use', '']), ['chunks/complete.cjs', 'main.cjs']);
    rmSync(join(home.directory, 'coverage'), { recursive: true });
    assert.deepEqual(names(['--help']), ['chunks/core.cjs', 'chunks/help.cjs', 'main.cjs']);
    rmSync(join(home.directory, 'coverage'), { recursive: true });
    assert.deepEqual(names(['--version']), ['main.cjs']);
  });
});
