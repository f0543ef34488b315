/** Questions on a terminal, on stderr: stdout carries the result and nothing else. */
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { IpctlError } from '../domain/errors.js';
import type { World } from '../world.js';

/** One line of the user's. `secret`: what is typed is not shown. */
export async function askLine({ stdin, stderr, signal }: World, question: string, secret: boolean): Promise<string> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const reader = createInterface({ input: stdin, output: secret ? silent : stderr, terminal: true });
  if (secret) stderr.write(question);
  try {
    return await reader.question(secret ? '' : question, { signal });
  } catch (thrown) {
    if (signal.aborted) throw thrown;
    throw new IpctlError('refused', 'no answer', { fate: 'not-sent', cause: thrown });
  } finally {
    reader.close();
    if (secret) stderr.write('\n');
  }
}
