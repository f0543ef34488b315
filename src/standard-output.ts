/**
 * stdout at the price of a system call: Node's own stream for it costs a fifth of a bare start to load, and most commands
 * write once. Where a reader cannot keep up, the stream takes over.
 */
import { fstatSync, statSync, writeSync } from 'node:fs';
import { devNull } from 'node:os';

const STDOUT = 1;

/** As much of a stream as a result needs. */
export interface Output {
  write(text: string | Uint8Array, done?: (failure?: Error | null) => void): boolean;
}

export interface OutputSettings {
  /** Node's stream, when it is needed after all. */
  stream(): Output;
  /** Nobody reads any more. */
  broken(): void;
}

/** Writes in order and whole; `done` gets what went wrong, as with a stream. */
export function standardOutput({ stream, broken }: OutputSettings): Output {
  let slow: Output | undefined;
  return {
    write(text, done) {
      if (slow !== undefined) return slow.write(text, done);
      let rest = Buffer.from(text);
      try {
        while (rest.length > 0) rest = rest.subarray(writeSync(STDOUT, rest));
      } catch (thrown) {
        const failure = thrown as NodeJS.ErrnoException;
        if (failure.code === 'EAGAIN') {
          slow = stream();
          return slow.write(rest, done);
        }
        if (failure.code === 'EPIPE') broken();
        done?.(failure);
        return true;
      }
      done?.();
      return true;
    },
  };
}

/** Terminals are among the character devices, and so is what a job has for its stdin: for all else there is no need to load what can tell. */
export const mayBeTerminal = (descriptor: number): boolean => {
  try {
    const found = fstatSync(descriptor);
    return found.isCharacterDevice() && (found.rdev === 0 || found.rdev !== statSync(devNull, { throwIfNoEntry: false })?.rdev);
  } catch {
    return false;
  }
};
