/**
 * The end-to-end tests, unchanged, on the executable that needs no Node: where its compiler is, which `npm run build:standalone`
 * fetches.
 */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const platform = `${process.platform}-${process.arch.replace('arm64', 'aarch64')}`;
const compiler = process.env.BUN ?? join(root, `node_modules/.cache/bun/node_modules/@oven/bun-${platform}/bin/bun`);
const skip = existsSync(compiler) ? false : 'there is no Bun: npm run build:standalone fetches it';

/** Tests whose promise is about Node itself, and why. Any other that fails is a defect; so is one of these that passes. */
const CANNOT: Readonly<Record<string, string>> = {
  'a machine on which nothing was done yet is well: nothing is made, nobody is asked': 'tells the version of the Node that is imitated',
  'compiled code is kept for the next start, and what is torn or could be somebody else’s is not run': 'it is compiled as it is',
  'code is kept anew for all files once a command needs one of them that is new': 'it is compiled as it is',
};

test('all that is promised of the command line holds for the executable', { skip }, async (context) => {
  const built = spawnSync(process.execPath, [join(root, '.config/standalone.js')], {
    encoding: 'utf8',
    env: { ...process.env, BUN: compiler },
  });
  assert.equal(built.status, 0, built.stderr);
  assert.deepEqual(startedInFolder(), { code: 0, ran: false }, 'it takes settings of the folder it is started in');
  const files = readdirSync(join(root, 'test/cli')).filter((name) => name.endsWith('.test.ts'));
  // The runner of this file would take the reports of another for its own.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const words = ['--import', 'tsx', '--test', '--test-reporter=tap', '--test-concurrency=2'];
  const child = spawn(process.execPath, [...words, ...files.map((name) => join('test/cli', name))], {
    cwd: root,
    env: { ...env, IPCTL_BIN: join(root, 'dist-standalone/ipctl') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let report = '';
  child.stdout.on('data', (chunk: Buffer) => {
    report += chunk.toString();
  });
  await new Promise((resolve) => child.on('close', resolve));
  const ran = Number(/^# tests (\d+)$/m.exec(report)?.[1]);
  assert.ok(ran > 100, report.slice(-2000));
  const parents = new Set(
    [...report.matchAll(/^ *not ok \d+ - (.*)\n(?: .*\n)*? +failureType: 'subtestsFailed'/gm)].map(([, name = '']) => name),
  );
  const failed = [...report.matchAll(/^ *not ok \d+ - (.*)$/gm)].map(([, name = '']) => name).filter((name) => !parents.has(name));
  for (const [name, why] of Object.entries(CANNOT)) context.diagnostic(`not on the executable: ${name}: ${why}`);
  context.diagnostic(`${ran} tests`);
  assert.deepEqual(failed.sort(), Object.keys(CANNOT).sort());
});

/** A command in a folder whose `.env` would make it a usage error, and whose bunfig.toml would run code first. */
function startedInFolder(): { readonly code: number | null; readonly ran: boolean } {
  const folder = mkdtempSync(join(tmpdir(), 'ipctl-standalone-'));
  try {
    const mark = join(folder, 'ran');
    writeFileSync(join(folder, '.env'), 'IPCTL_OUTPUT=nonsense\n');
    writeFileSync(join(folder, 'bunfig.toml'), 'preload = ["./planted.js"]\n');
    writeFileSync(join(folder, 'planted.js'), `require('node:fs').writeFileSync(${JSON.stringify(mark)}, '');\n`);
    const env = { HOME: folder, PATH: process.env.PATH };
    const { status } = spawnSync(join(root, 'dist-standalone/ipctl'), ['profile', 'list'], { cwd: folder, env });
    return { code: status, ran: existsSync(mark) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
