/** Questions on a terminal, on stderr: stdout carries the result and nothing else. */
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { IpctlError } from '../domain/errors.js';
import type { World } from '../world.js';

/**
 * One line of the user's. `secret`: what is typed is not shown. The terminal is as it was when this returns or throws: the
 * abort of the signal after Ctrl-C, `refused` when the input ends without an answer.
 */
export async function askLine({ stdin, stderr, signal, interrupt }: World, question: string, secret: boolean): Promise<string> {
  signal.throwIfAborted();
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const reader = createInterface({ input: stdin, output: secret ? silent : stderr, terminal: true, historySize: 0 });
  if (secret) stderr.write(question);
  let answered = false;
  try {
    return await new Promise<string>((resolve, reject) => {
      // While a line is edited the terminal hands out Ctrl-C as a key, and sends no signal.
      reader.once('SIGINT', () => {
        interrupt?.();
        reject(signal.aborted ? signal.reason : new IpctlError('signal', 'interrupted', { fate: 'not-sent' }));
      });
      reader.once('close', () => reject(new IpctlError('refused', 'no answer', { fate: 'not-sent' })));
      reader.question(secret ? '' : question, { signal }).then((line) => {
        answered = true;
        resolve(line);
      }, reject);
    });
  } finally {
    reader.close();
    // The key that ended the line was shown where the line was.
    if (secret || !answered) stderr.write('\n');
  }
}
