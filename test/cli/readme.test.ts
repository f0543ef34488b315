/** The README's transcripts are real: each command in a console block is run, and must print what stands below it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { withHome } from '../support/ipctl.js';

const readme = readFileSync(fileURLToPath(new URL('../../README.md', import.meta.url)), 'utf8');

interface Line {
  readonly words: readonly string[];
  readonly output: string;
}

/** Commands and what follows each, of one block. Words are split at spaces, quotes kept together. */
function linesOf(block: string): Line[] {
  return block
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [command = '', ...output] = part.split('\n');
      const words = [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');
      assert.equal(words[0], 'ipctl', command);
      return { words: words.slice(1), output: output.join('\n') };
    });
}

const blocks = [...readme.matchAll(/^```console\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block);

test('the README has transcripts', () => {
  assert.ok(blocks.length >= 3, `${blocks.length} blocks`);
});

for (const [index, block] of blocks.entries()) {
  test(`transcript ${index + 1}: ${block.split('\n')[0]}`, async () => {
    await withHome(async ({ ipctl }) => {
      for (const { words, output } of linesOf(block)) {
        const { stdout, stderr } = await ipctl(words);
        assert.equal(stdout + stderr, output, words.join(' '));
      }
    });
  });
}
