/** Written transcripts of the real binary: what stands below a command is what it must print. */
import assert from 'node:assert/strict';
import type { Home } from './ipctl.js';

interface Line {
  readonly command: string;
  readonly words: readonly string[];
  readonly output: string;
}

/**
 * Runs each `$ ipctl …` line of `text`, and compares stdout followed by stderr with the lines below it, to the letter; `…`
 * stands for one or more characters of one line that differ from run to run. A last line `(exit N)` is the exit code, 0
 * where it is absent; without `exits` codes are not looked at. Words are split at spaces; quoted ones are kept together.
 */
export async function follow(text: string, home: Pick<Home, 'ipctl'>, { exits = true } = {}): Promise<void> {
  for (const { command, words, output } of linesOf(text)) {
    const { code, stdout, stderr } = await home.ipctl(words);
    const shown = `${stdout}${stderr}${code === 0 || !exits ? '' : `(exit ${code})\n`}`;
    const pattern = new RegExp(`^${output.split('…').map(escaped).join('.+')}$`);
    if (!pattern.test(shown)) assert.equal(shown, output, command);
  }
}

function linesOf(text: string): Line[] {
  return text
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [command = '', ...output] = part.split('\n');
      const words = [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');
      assert.equal(words[0], 'ipctl', command);
      return { command, words: words.slice(1), output: output.join('\n') };
    });
}

const escaped = (part: string): string => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
