/** World -> exit code: parse, run, print, and the one place where every error ends. */
import { IpctlError, isIpctlError, toIpctlError } from '../domain/errors.js';
import { columnsOf, type Format, type PrintSettings, sortKeysOf } from '../render/print.js';
import type { World } from '../world.js';
import type { Words } from './commands.js';
import { errorText, exitCodeOf } from './exit.js';
import type { Globals, Intent } from './intent.js';
import { type Loaded, load } from './load.js';
import type { Output } from './output.js';
import { parse } from './program.js';
import { openSession, type Session } from './session.js';

export async function run(world: World): Promise<number> {
  let intent: Intent;
  try {
    const parsed = parse(world.argv, world.env);
    if (parsed.is === 'help') {
      await write(world, parsed.text);
      return 0;
    }
    intent = parsed.intent;
  } catch (thrown) {
    const error = toIpctlError(thrown);
    world.stderr.write(errorText(error, wantsJson(world) ? 'json' : 'text', world.argv.includes('--debug')));
    return exitCodeOf(error);
  }
  const session = openSession(world, intent);
  const error = await perform(intent, session)
    .catch((thrown: unknown) =>
      world.signal.aborted && !isIpctlError(thrown) ? new IpctlError('signal', 'interrupted') : toIpctlError(thrown),
    )
    .finally(() => session.close());
  if (error === undefined) return 0;
  const form = intent.global.output === 'json' || intent.global.output === 'jsonl' ? 'json' : 'text';
  world.stderr.write(session.redactor.text(errorText(error, form, intent.global.debug !== undefined)));
  return exitCodeOf(error);
}

/** The error that a command ends with although it printed something, or undefined. */
async function perform<W extends Words>(intent: Intent<W>, session: Session): Promise<IpctlError | undefined> {
  const loaded: Loaded<W> = await load[intent.words]();
  checkColumns(loaded, intent.global);
  const output: Output = await loaded.run(intent, session);
  try {
    await output.print(printSettings(session.world, intent.global));
  } catch (thrown) {
    if (isIpctlError(thrown) || !(thrown instanceof Error) || !('syscall' in thrown && thrown.syscall === 'write')) throw thrown;
    throw new IpctlError('config', `the result could not be written: ${thrown.message}`, {
      hint: 'what was done stands: ipctl operation list',
      cause: thrown,
    });
  }
  return output.failed;
}

/** Before anything is done: a typo in a column must not cost an address. */
function checkColumns({ view }: Pick<Loaded<Words>, 'view'>, { columns, sort }: Globals): void {
  if (view !== undefined) {
    columnsOf(view, columns);
    sortKeysOf(view, sort);
  } else if (columns !== undefined || sort !== undefined) {
    throw new IpctlError('usage', `${columns === undefined ? '--sort' : '--columns'}: this command shows no records`, { fate: 'not-sent' });
  }
}

function printSettings(world: World, global: Globals): PrintSettings {
  const format: Format = global.output ?? 'table';
  const { terminal, env } = world;
  const forced = (env.FORCE_COLOR ?? '') !== '' && env.FORCE_COLOR !== '0';
  const able = terminal.stdout && (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb';
  const mode = global.color ?? 'auto';
  return {
    format,
    columns: global.columns,
    header: !global['no-header'],
    sort: global.sort,
    raw: global.raw,
    width: terminal.stdout ? terminal.columns : undefined,
    color: mode === 'always' || (mode === 'auto' && (able || forced)),
    write: (chunk) => write(world, chunk),
  };
}

/** Waits where the reader is slower than we are: memory does not grow with the list. */
const write = ({ stdout }: World, chunk: string): Promise<void> =>
  new Promise((resolve, reject) => {
    stdout.write(chunk, (failure) => (failure == null ? resolve() : reject(failure)));
  });

/** For errors that come before there is an intent. */
function wantsJson({ argv, env }: World): boolean {
  const format = argv.flatMap((word, index) => {
    if (word === '-o' || word === '--output') return [argv[index + 1] ?? ''];
    return word.startsWith('--output=') ? [word.slice(9)] : /^-o./.test(word) ? [word.slice(2)] : [];
  });
  return /^jsonl?$/.test(format.at(-1) ?? env.IPCTL_OUTPUT ?? '');
}
