/** The committed completion script is what the command table makes of itself, and bash takes it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { rows } from '../../src/cli/commands.js';
import { bash } from '../../src/cli/complete.js';
import { load } from '../../src/cli/load.js';

const path = fileURLToPath(new URL('../../completions/ipctl.bash', import.meta.url));

test('completions/ipctl.bash is up to date: npm run completions', () => {
  assert.equal(readFileSync(path, 'utf8'), bash());
});

/** What bash itself would offer for the last word. */
function offered(...words: string[]): string[] {
  const line = words.map((word) => `'${word}'`).join(' ');
  const script = `source '${path}'; COMP_WORDS=(${line}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _ipctl; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, status, stderr } = spawnSync('bash', ['--norc', '--noprofile', '-c', script], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return stdout.split('\n').filter((word) => word !== '');
}

test('bash offers nouns, verbs, flags, and the values of closed lists', () => {
  assert.deepEqual(offered('ipctl', 'pri'), ['privateip']);
  assert.deepEqual(offered('ipctl', 'ip', 'as'), ['associate']);
  assert.deepEqual(offered('ipctl', '-p', 'sandbox', 'ip', 're'), ['release']);
  assert.deepEqual(offered('ipctl', 'ip', 'list', '--fr'), ['--free']);
  assert.deepEqual(offered('ipctl', 'ip', 'list', '-o', 'js'), ['json', 'jsonl']);
  assert.deepEqual(offered('ipctl', '-p', 'sandbox-h'), ['sandbox-hostway']);
  assert.deepEqual(offered('ipctl', 'ip', 'allocate', '--hostway-z'), ['--hostway-zone']);
  assert.ok(offered('ipctl', '').includes('ip'));
  assert.ok(!offered('ipctl', 'ip', 'release', '-').some((word) => word.includes('password')));
});

test('every row has its code, and says how it is used', async () => {
  for (const row of rows) {
    const loaded = await load[row.words]();
    assert.equal(typeof loaded.run, 'function', row.words);
    assert.ok(row.examples.length > 0, row.words);
    for (const example of row.examples) assert.ok(example.includes(`ipctl ${row.words}`), example);
  }
});
