/**
 * The composition root: the process becomes a World, and an exit code becomes the process's. The only file that names `process`.
 * What a command does not look at is not made: a stream or a terminal costs as much to load as all of Commander.
 */
import { setMaxListeners } from 'node:events';
import { homedir } from 'node:os';
import type { Writable } from 'node:stream';
import manifest from '../package.json' with { type: 'json' };
import { asksAlone } from './cli/help/asked.js';
import { mayBeTerminal, standardOutput } from './standard-output.js';
import { directoriesOf, type World } from './world.js';

const INTERRUPTED = 130;
const TERMINATED = 143;
const BROKEN_PIPE = 141;
const UNFINISHED = 1;
const UNWRITTEN = 14;
// A terminal that does not know its width says 0.
const DEFAULT_COLUMNS = 80;

const { argv, env, pid } = process;
/** Whether text may still be on its way in a stream of Node's: an exit would cut it off. */
let isBuffered = false;
const broken = (): void => process.exit(BROKEN_PIPE);
// Any other failure reaches whoever wrote, and is told as an error; a stderr that nobody reads must not stop the work.
const stdout = standardOutput({
  stream() {
    isBuffered = true;
    return process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => code === 'EPIPE' && broken());
  },
  broken,
});
let stderr: Writable | undefined;
const isTerminal = (descriptor: number): boolean => mayBeTerminal(descriptor) && process.getBuiltinModule('node:tty').isatty(descriptor);

const words = argv.slice(2);
const directories = directoriesOf(env, homedir());

if (words[0] === '--version' || words[0] === '-V') {
  stdout.write(`${manifest.version}\n`, (failure) => {
    if (failure == null) return;
    process.stderr.write(`ipctl: the version could not be written: ${failure.message}\n`);
    process.exitCode = UNWRITTEN;
  });
} else if (asksAlone(words)) {
  process.exitCode = UNFINISHED;
  void import('./cli/help/alone.js')
    .then(({ answerAlone }) => answerAlone({ argv: words, env, directories, stdout }))
    .then((isAnswered) => {
      if (isAnswered) process.exitCode = 0;
      else start();
    });
} else start();

/** All but the version and help. */
function start(): void {
  const controller = new AbortController();
  // Whatever sleeps listens until it wakes, and in a bulk there is no telling how many do at once: that is no leak to warn of.
  setMaxListeners(0, controller.signal);
  let stopped = 0;
  // The first signal ends the waiting and lets the record be closed, the second ends the process.
  const stop = (code: number) => () => {
    if (stopped > 0) process.exit(code);
    stopped = code;
    controller.abort(Object.assign(new Error('stopped by a signal'), { exitCode: code }));
  };
  process.on('SIGINT', stop(INTERRUPTED));
  process.on('SIGTERM', stop(TERMINATED));

  const world: World = {
    argv: words,
    env,
    get stdin() {
      return process.stdin;
    },
    stdout,
    get stderr() {
      isBuffered = true;
      stderr ??= process.stderr.on('error', () => {});
      return stderr;
    },
    terminal: {
      get stdin() {
        return isTerminal(0);
      },
      get stdout() {
        return isTerminal(1);
      },
      get stderr() {
        return isTerminal(2);
      },
      get columns() {
        return process.stdout.columns || DEFAULT_COLUMNS;
      },
    },
    clock: {
      now: Date.now,
      sleep: async (milliseconds, signal) => {
        await (await import('node:timers/promises')).setTimeout(milliseconds, undefined, { signal });
      },
      alarm(milliseconds) {
        const alarm = new AbortController();
        const timer = setTimeout(() => alarm.abort(), milliseconds);
        return { signal: alarm.signal, cancel: () => clearTimeout(timer) };
      },
    },
    random: Math.random,
    directories,
    signal: controller.signal,
    interrupt: stop(INTERRUPTED),
    pid,
    isAlive(other) {
      try {
        process.kill(other, 0);
        return true;
      } catch (failure) {
        return failure instanceof Error && 'code' in failure && failure.code === 'EPERM';
      }
    },
    version: manifest.version,
  };
  // Compiled with its runtime, the second word is a file inside of the executable.
  const program = 'bun' in process.versions ? [process.execPath] : argv.slice(0, 2);
  // A key that was pressed in a shell waits for this: it goes past the command line's parser.
  const running =
    words[0] === '__complete'
      ? import('./cli/completion/answer.js').then(({ answer }) => answer(world, program, performance.timeOrigin))
      : import('./cli/run.js').then(({ run }) => run(world));
  // Whatever ends the process before there is an answer is no success.
  process.exitCode = UNFINISHED;
  void running.then((code) => {
    process.exitCode = code;
    // All is said: to take down piece by piece what was built up would only cost time.
    if (!isBuffered) process.exit();
  });
}
