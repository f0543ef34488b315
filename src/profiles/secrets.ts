/** Secrets are fetched when a provider is about to be used, and at no other time. */
import { execFile } from 'node:child_process';
import { IpctlError } from '../domain/errors.js';
import type { SecretSource } from './profile.js';

const LONGEST_COMMAND = 30_000;

/** The secret an `env` or `command` source stands for. `config` when there is none. */
export async function fetchSecret(
  option: string,
  source: SecretSource,
  env: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<string> {
  if ('env' in source) {
    const value = env[source.env];
    if (value === undefined || value === '')
      throw new IpctlError('config', `${option}: the variable ${source.env} is not set`, { fate: 'not-sent' });
    return value;
  }
  const [program, ...words] = source.command;
  if (program === undefined) throw new IpctlError('config', `${option}: the command that yields it is empty`, { fate: 'not-sent' });
  const output = await new Promise<string>((resolve, reject) => {
    execFile(program, words, { timeout: LONGEST_COMMAND, maxBuffer: 64 * 1024, signal, env: { ...env } }, (failure, stdout) => {
      if (failure === null) return resolve(stdout);
      if (signal.aborted) return reject(signal.reason);
      // The command's own words may hold what it was asked to keep.
      const why = failure.killed === true ? `took longer than ${LONGEST_COMMAND / 1000} s` : `failed (${failure.code ?? failure.name})`;
      reject(new IpctlError('config', `${option}: the command ${program} ${why}`, { fate: 'not-sent' }));
    });
  });
  const secret = output.replace(/\r?\n[\s\S]*$/, '');
  if (secret === '') throw new IpctlError('config', `${option}: the command ${program} printed nothing`, { fate: 'not-sent' });
  return secret;
}

/**
 * `env:NAME` or `command:WORDS` as given to `--secret`; undefined for anything else. Words are split at spaces, with quotes,
 * by no shell. `usage` for a quote that is not closed.
 */
export function parseSource(text: string): SecretSource | undefined {
  if (/^env:[A-Za-z_][A-Za-z0-9_]*$/.test(text)) return { env: text.slice(4) };
  if (!text.startsWith('command:')) return undefined;
  const words = wordsOf(text.slice(8));
  return words.length === 0 ? undefined : { command: words };
}

/** As a POSIX shell takes a line of plain words: a quote may begin and end within a word; within double ones, and bare, `\` keeps the next. */
function wordsOf(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let index = 0; index < line.length; index += 1) {
    const char = line[index] ?? '';
    const next = line[index + 1];
    if (quote === '' && /\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (quote === '' && (char === "'" || char === '"')) {
      quote = char;
      word ??= '';
    } else if (char === quote) {
      quote = '';
    } else if (char === '\\' && next !== undefined && (quote === '' || (quote === '"' && /["\\$`]/.test(next)))) {
      word = (word ?? '') + next;
      index += 1;
    } else {
      word = (word ?? '') + char;
    }
  }
  if (quote !== '') {
    throw new IpctlError('usage', `--secret: a ${quote === '"' ? 'double' : 'single'} quote of the command is not closed`, {
      fate: 'not-sent',
    });
  }
  return word === undefined ? words : [...words, word];
}
