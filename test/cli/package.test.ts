/** What npm would publish: packed, unpacked elsewhere, and run with nothing beside it. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

    // With nothing beside it: the build holds what it needs. Packages are declared as what is built in, for those who look after
    // licences and advisories, and installing them does no harm.
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

test('each package that is built in is declared, in the version that is built in, and so is no other', () => {
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { dependencies: Record<string, string> };
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { version: string; dev?: boolean; dependencies?: Record<string, string> }>;
  };
  const notices = readFileSync(join(root, 'dist', 'LICENSES.txt'), 'utf8');
  const builtIn = [...notices.matchAll(/^((?:@[^/\s]+\/)?[^\s/]+) (\d\S*) \([^)]+\)$/gm)].map(([, name = '', version = '']) => ({
    name,
    version,
  }));
  assert.ok(builtIn.length > 0);
  for (const { name, version } of builtIn) {
    const locked = Object.entries(lock.packages).filter(([path]) => path.endsWith(`node_modules/${name}`));
    assert.ok(
      locked.some(([, found]) => found.version === version && found.dev !== true),
      `${name} ${version} is needed by nothing that is declared`,
    );
  }
  const names = builtIn.map(({ name }) => name);
  assert.deepEqual(
    Object.keys(dependencies).filter((name) => !names.includes(name)),
    [],
  );
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
