/** The README's transcripts are real: each command in a console block is run, and must print what stands below it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { withHome } from '../support/ipctl.js';
import { follow } from '../support/transcript.js';

const readme = readFileSync(fileURLToPath(new URL('../../README.md', import.meta.url)), 'utf8');
const blocks = [...readme.matchAll(/^```console\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block);

test('the README has transcripts', () => {
  assert.ok(blocks.length >= 3, `${blocks.length} blocks`);
});

for (const [index, block] of blocks.entries()) {
  test(`transcript ${index + 1}: ${block.split('\n')[0]}`, () => withHome((home) => follow(block, home, { exits: false, asSeen: true })));
}
