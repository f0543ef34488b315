/** What a start loads. The promise is about modules, so that no noisy machine can break it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
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
    assert.deepEqual(names(['--help']), ['chunks/asked.cjs', 'main.cjs']);
    rmSync(join(home.directory, 'coverage'), { recursive: true });
    assert.deepEqual(names(['--version']), ['main.cjs']);
  });
});

test('compiled code is kept for the next start, and what is torn or could be somebody else’s is not run', async () => {
  await withHome(async ({ directory, ipctl }) => {
    const cache = join(directory, 'kept');
    const list = async (env: Readonly<Record<string, string>> = { XDG_CACHE_HOME: cache }): Promise<void> => {
      assert.deepEqual(await ipctl(['operation', 'list', '-o', 'json'], { env }), { code: 0, stdout: '[]\n', stderr: '' });
    };
    await list();
    const [build = ''] = readdirSync(join(cache, 'ipctl/compiled'));
    const folder = join(cache, 'ipctl/compiled', build);
    const core = join(folder, 'core.cjs');
    const bytes = readFileSync(core);
    assert.deepEqual([statSync(folder).mode & 0o777, statSync(core).mode & 0o777], [0o700, 0o600]);
    assert.ok(!readdirSync(folder).some((name) => /\.\d+$/.test(name)), 'nothing unfinished');
    const [past, recent] = ['past', 'recent'].map((name) => join(cache, 'ipctl/compiled', name));
    for (const path of [past, recent]) mkdirSync(path ?? '');
    utimesSync(past ?? '', 0, 0);
    await list();
    assert.deepEqual(readFileSync(core), bytes, 'taken as it was');
    // V8 would end the process with either.
    const torn = Buffer.concat([bytes.subarray(0, 4096), Buffer.alloc(4096), bytes.subarray(8192)]);
    for (const wrong of [torn, bytes.subarray(0, 9000), Buffer.alloc(0)]) {
      writeFileSync(core, wrong);
      await list();
      assert.equal(readFileSync(core).length > 9000, true, 'made anew');
    }
    writeFileSync(core, bytes);
    const changed = statSync(core).mtimeMs;
    chmodSync(core, 0o666);
    await list();
    assert.notDeepEqual([statSync(core).mode & 0o777, statSync(core).mtimeMs], [0o666, changed], 'that of others is replaced');
    assert.deepEqual(
      [past, recent].map((path) => existsSync(path ?? '')),
      [false, true],
      'what old builds left goes',
    );
    // Without a place for it, all the same.
    writeFileSync(join(directory, 'file'), '');
    for (const place of [join(directory, 'file'), join(directory, 'absent/deep'), '/proc/ipctl', 'relative']) {
      await list({ XDG_CACHE_HOME: place });
    }
  });
});

test('code is kept anew for all files once a command needs one of them that is new', async () => {
  await withHome(async ({ directory, ipctl }) => {
    const cache = join(directory, 'kept');
    const core = async (words: readonly string[]): Promise<Buffer> => {
      assert.equal((await ipctl(words, { env: { XDG_CACHE_HOME: cache } })).code, 0);
      const [build = ''] = readdirSync(join(cache, 'ipctl/compiled'));
      return readFileSync(join(cache, 'ipctl/compiled', build, 'core.cjs'));
    };
    const first = await core(['completion', 'bash']);
    // It runs more of the shared file than the first did, which would be compiled at each start from now on.
    const second = await core(['-p', 'sandbox', 'ip', 'list', '-o', 'json']);
    assert.ok(second.length > first.length, `${first.length} bytes, then ${second.length}`);
    assert.deepEqual(await core(['-p', 'sandbox', 'ip', 'list', '-o', 'json']), second, 'then it stays');
  });
});
