/** The composition root: the process becomes a World, and an exit code becomes the process's. The only file that names `process`. */
import { homedir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import manifest from '../package.json' with { type: 'json' };
import { directoriesOf, type World } from './world.js';

const INTERRUPTED = 130;
const TERMINATED = 143;
const BROKEN_PIPE = 141;
// A terminal that does not know its width says 0.
const DEFAULT_COLUMNS = 80;

const { argv, env, stdin, stdout, stderr, pid } = process;

if (argv[2] === '--version' || argv[2] === '-V') {
  stdout.write(`${manifest.version}\n`);
} else {
  const controller = new AbortController();
  let stopped = 0;
  // The first signal ends the waiting and lets the record be closed, the second ends the process.
  const stop = (code: number) => () => {
    if (stopped > 0) process.exit(code);
    stopped = code;
    controller.abort(new Error('stopped by a signal'));
  };
  process.on('SIGINT', stop(INTERRUPTED));
  process.on('SIGTERM', stop(TERMINATED));
  // Any other failure reaches whoever wrote, and is told as an error; a stderr that nobody reads must not stop the work.
  stdout.on('error', (failure: NodeJS.ErrnoException) => {
    if (failure.code === 'EPIPE') process.exit(BROKEN_PIPE);
  });
  stderr.on('error', () => {});

  const world: World = {
    argv: argv.slice(2),
    env,
    stdin,
    stdout,
    stderr,
    terminal: {
      stdin: stdin.isTTY === true,
      stdout: stdout.isTTY === true,
      stderr: stderr.isTTY === true,
      columns: stdout.columns || DEFAULT_COLUMNS,
    },
    clock: {
      now: Date.now,
      sleep: async (milliseconds, signal) => {
        await sleep(milliseconds, undefined, { signal });
      },
      alarm(milliseconds) {
        const alarm = new AbortController();
        const timer = setTimeout(() => alarm.abort(), milliseconds);
        return { signal: alarm.signal, cancel: () => clearTimeout(timer) };
      },
    },
    random: Math.random,
    directories: directoriesOf(env, homedir()),
    signal: controller.signal,
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
  const { run } = await import('./cli/run.js');
  const code = await run(world);
  process.exitCode = stopped > 0 && code !== 0 ? stopped : code;
}
