/** What npm would publish: packed, unpacked elsewhere, and run with the dependencies it declares. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

test('the packed tarball is a working ipctl with its completions', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ipctl-pack-'));
  try {
    // Built already: its own `prepare` would race with tests that run the build beside this one.
    execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], { cwd: root });
    const [tarball = ''] = readdirSync(folder);
    execFileSync('tar', ['-xzf', join(folder, tarball), '-C', folder]);
    const unpacked = join(folder, 'package');
    assert.deepEqual(readdirSync(unpacked).sort(), ['LICENSE', 'README.md', 'bin', 'completions', 'dist', 'package.json']);
    assert.ok(readFileSync(join(unpacked, 'completions', 'ipctl.bash'), 'utf8').includes('complete -F _ipctl ipctl'));
    assert.ok((statSync(join(unpacked, 'bin', 'ipctl.js')).mode & 0o111) !== 0);

    // Only what is declared: a forgotten dependency is not found.
    const { dependencies } = JSON.parse(readFileSync(join(unpacked, 'package.json'), 'utf8')) as { dependencies: Record<string, string> };
    for (const name of Object.keys(dependencies)) {
      const place = join(unpacked, 'node_modules', name);
      mkdirSync(dirname(place), { recursive: true });
      symlinkSync(join(root, 'node_modules', name), place);
    }
    const env = { PATH: process.env.PATH, HOME: folder, XDG_STATE_HOME: join(folder, 'state'), XDG_CONFIG_HOME: join(folder, 'config') };
    for (const words of [
      ['--version'],
      ['--help'],
      ['-p', 'sandbox', 'ip', 'list', '-o', 'json'],
      ['-p', 'sandbox', 'ip', 'allocate'],
      ['profile', 'list'],
    ]) {
      const { status, stderr } = spawnSync(process.execPath, [join(unpacked, 'bin', 'ipctl.js'), ...words], { env, encoding: 'utf8' });
      assert.equal(status, 0, `${words.join(' ')}: ${stderr}`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('only what may stand at the top level does', () => {
  const tracked = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' }).trim().split('\n');
  const top = [...new Set(tracked.map((path) => path.split('/')[0] ?? ''))].filter((name) => !name.startsWith('.')).sort();
  assert.deepEqual(top, [
    'LICENSE',
    'README.md',
    'bin',
    'completions',
    'package-lock.json',
    'package.json',
    'src',
    'test',
    'tsconfig.json',
  ]);
});
