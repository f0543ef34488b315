/** The man pages as groff reads them: not one warning. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const directory = fileURLToPath(new URL('../../dist/man', import.meta.url));

test('groff has nothing to say about the man pages', (context) => {
  if (spawnSync('groff', ['--version']).error !== undefined) return context.skip('there is no groff here');
  for (const name of readdirSync(directory)) {
    const { status, stderr } = spawnSync('groff', ['-ww', '-man', '-Tascii', '-z', join(directory, name)], { encoding: 'utf8' });
    assert.equal(status, 0, name);
    assert.equal(stderr, '', name);
  }
});
