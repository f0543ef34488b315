/** Written transcripts of the real binary: what stands below a command is what it must print. */
import assert from 'node:assert/strict';
import type { Home } from './ipctl.js';

interface Line {
  readonly command: string;
  readonly output: string;
}

export interface TranscriptSettings {
  /** False: exit codes are not looked at, and not written. */
  readonly exits?: boolean;
  /** As on a terminal, where a note on stderr comes before the result; else stdout is first. */
  readonly asSeen?: boolean;
  /** What `{name}` stands for from the start. */
  readonly values?: Readonly<Record<string, string>>;
}

/**
 * Runs each `$ ipctl …` line of `text`, and compares stdout followed by stderr with the lines below it, to the letter. `…`
 * stands for one or more characters of one line that differ from run to run; `{name}` is taken from the first output that
 * has it, and means the same from there on, in commands too. A last line `(exit N)` is the exit code, 0 where it is
 * absent. Words are split at spaces; quoted ones are kept together.
 */
export async function follow(text: string, home: Pick<Home, 'ipctl'>, settings: TranscriptSettings = {}): Promise<void> {
  const { exits = true, asSeen = false } = settings;
  const values = new Map(Object.entries(settings.values ?? {}));
  const filled = (written: string): string => written.replace(NAME, (whole, name: string) => values.get(name) ?? whole);
  for (const { command, output } of linesOf(text)) {
    const { code, stdout, stderr } = await home.ipctl(wordsOf(filled(command)));
    const shown = `${asSeen ? stderr + stdout : stdout + stderr}${code === 0 || !exits ? '' : `(exit ${code})\n`}`;
    const expected = filled(output);
    const found = patternOf(expected).exec(shown);
    if (found === null) assert.equal(shown, expected, command);
    for (const [name, value] of Object.entries(found?.groups ?? {})) values.set(name, value);
  }
}

const NAME = /\{([a-z]+)\}/g;

function linesOf(text: string): Line[] {
  return text
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [command = '', ...output] = part.split('\n');
      return { command, output: output.join('\n') };
    });
}

function wordsOf(command: string): string[] {
  const [program, ...words] = [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');
  assert.equal(program, 'ipctl', command);
  return words;
}

/** Names not known yet become groups: the first occurrence takes the text, later ones must repeat it. */
function patternOf(expected: string): RegExp {
  const seen = new Set<string>();
  const parts = expected.split(/(…|\{[a-z]+\})/).map((part) => {
    const [, name] = /^\{([a-z]+)\}$/.exec(part) ?? [];
    if (part === '…') return '.+';
    if (name === undefined) return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    if (seen.has(name)) return `\\k<${name}>`;
    seen.add(name);
    return `(?<${name}>[^\\s"',]+)`;
  });
  return new RegExp(`^${parts.join('')}$`);
}
