/** World -> exit code: parse, run, print, and the one place where every error ends. */
import { IpctlError, isIpctlError, toIpctlError } from '../domain/errors.js';
import type { PrintSettings } from '../render/print.js';
import type { Query } from '../render/query.js';
import { json } from '../render/text.js';
import type { World } from '../world.js';
import { type Row, rows, type Words } from './commands.js';
import { errorText, exitCodeOf, stoppedBy } from './exit.js';
import type { Intent } from './intent.js';
import { type Loaded, load } from './load.js';
import type { Output } from './output.js';
import { openSession, type Session } from './session.js';
import { typedValue } from './words.js';

export async function run(world: World): Promise<number> {
  let intent: Intent;
  try {
    const parsed = (await import('./program.js')).parse(world.argv, world.env);
    if (parsed.is === 'help') {
      const { helpFor } = await import('./help/answer.js');
      const answer = await helpFor(parsed.words, chosenIn(world));
      await write(world, wantsJson(world) ? `${json(answer.data, 2)}\n` : answer.text);
      return 0;
    }
    intent = parsed.intent;
  } catch (thrown) {
    const error = isWriting(thrown) ? unwritten(thrown) : toIpctlError(thrown);
    world.stderr.write(
      errorText(error, {
        form: wantsJson(world) ? 'json' : 'text',
        debug: world.argv.includes('--debug'),
        color: colored(world, 'stderr', wishOfColor(world)),
      }),
    );
    return exitCodeOf(error);
  }
  const session = openSession(world, intent);
  const failed = await perform(intent, session)
    .catch((thrown: unknown) =>
      world.signal.aborted && !isIpctlError(thrown) ? new IpctlError('signal', 'interrupted') : toIpctlError(thrown),
    )
    .finally(() => session.close());
  if (failed === undefined) return 0;
  const placed = failed.details.profile === undefined ? failed.with({ ...session.place() }) : failed;
  const error = world.signal.aborted ? stoppedBy(world.signal.reason, placed) : placed;
  const form = intent.global.output === 'json' || intent.global.output === 'jsonl' ? 'json' : 'text';
  world.stderr.write(
    session.redactor.text(
      errorText(error, { form, debug: intent.global.debug !== undefined, color: colored(world, 'stderr', intent.global.color ?? 'auto') }),
    ),
  );
  return exitCodeOf(error);
}

/** The error that a command ends with although it printed something, or undefined. */
async function perform<W extends Words>(intent: Intent<W>, session: Session): Promise<IpctlError | undefined> {
  const loaded: Loaded<W> = await load[intent.words]();
  // Loaded with the command, which needs it too: help and usage errors do without.
  const { checkOutputFlags, unshown } = await import('./output.js');
  checkOutputFlags(intent, loaded.view);
  // Before the command runs: a typo in an expression must not cost an address.
  const expression = intent.global.query;
  const ask = expression === undefined ? undefined : await (await import('../render/query.js')).compileQuery(expression);
  const format = intent.global.output ?? 'table';
  // The command is asked for JSON where the answer is made of that.
  const made = ask !== undefined || format === 'yaml';
  const asked: Intent<W> = made ? { ...intent, global: { ...intent.global, output: 'json' } } : intent;
  const output: Output = await loaded.run(asked, session);
  session.settle();
  const settings = printSettings(intent, session);
  let misfit: unknown;
  const query: Query = (value) => {
    try {
      return ask?.(value);
    } catch (thrown) {
      misfit = thrown;
      throw thrown;
    }
  };
  const print = async (by: Query | undefined): Promise<void> => {
    if (by === undefined && format !== 'yaml') return output.print(settings);
    await output.print((await import('../render/answer.js')).answering(settings, format, by ?? ((value) => value)));
  };
  try {
    try {
      await print(ask === undefined ? undefined : query);
    } catch (thrown) {
      if (output.stands === undefined || !isIpctlError(thrown) || thrown !== misfit) throw thrown;
      // An address that costs money is not lost to an expression.
      await print(undefined);
      return unshown('partial', thrown.message, 'what was printed is the whole result', output);
    }
  } catch (thrown) {
    if (!isWriting(thrown)) throw thrown;
    if (output.stands === undefined) throw unwritten(thrown);
    return unshown('config', unwritten(thrown).message, undefined, output);
  }
  return output.failed;
}

const isWriting = (thrown: unknown): thrown is Error => thrown instanceof Error && 'syscall' in thrown && thrown.syscall === 'write';
const unwritten = (cause: Error): IpctlError => new IpctlError('config', `the result could not be written: ${cause.message}`, { cause });

function printSettings(intent: Intent, session: Session): PrintSettings {
  const { global } = intent;
  const { terminal, env } = session.world;
  const format = global.output ?? 'table';
  return {
    format: format === 'yaml' ? 'json' : format,
    columns: global.columns,
    header: !global['no-header'],
    sort: global.sort,
    raw: global.raw,
    width: terminal.stdout ? widthOf(env.COLUMNS, terminal.columns) : undefined,
    color: colored(session.world, 'stdout', global.color ?? 'auto'),
    ...(terminal.stdout ? { nothing: async (plural) => session.note(await noneOf(plural, intent, session)) } : {}),
    write: (chunk) => write(session.world, chunk),
  };
}

/** A width that the user set counts for more than that of the terminal. */
const widthOf = (set: string | undefined, columns: number): number => (/^[1-9]\d{0,4}$/.test(set ?? '') ? Number(set) : columns);

/** The flag, else FORCE_COLOR, else NO_COLOR, else whether the terminal can. */
function colored({ terminal, env }: World, stream: 'stdout' | 'stderr', mode: 'auto' | 'always' | 'never'): boolean {
  if (mode !== 'auto') return mode === 'always';
  if ((env.FORCE_COLOR ?? '') !== '') return !/^(0|false)$/.test(env.FORCE_COLOR ?? '');
  return terminal[stream] && (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb';
}

/** Why there is no table: "no floating IPs in profile prod". */
async function noneOf(plural: string, intent: Intent, session: Session): Promise<string> {
  const row: Row | undefined = rows.find(({ words }) => words === intent.words);
  const narrowed = Object.values<unknown>(intent.flags).some((value) => (Array.isArray(value) ? value.length > 0 : Boolean(value)));
  const what = `no ${narrowed ? 'such ' : ''}${plural}`;
  const several = 'profiles' in intent.flags && (intent.flags['all-profiles'] || intent.flags.profiles !== undefined);
  if (row?.needs === undefined || several) return what;
  const { chooseProfile } = await import('./target.js');
  return `${what} in profile ${(await chooseProfile(intent, session)).name}`;
}

/** Waits where the reader is slower than we are: memory does not grow with the list. */
const write = ({ stdout }: World, chunk: string): Promise<void> =>
  new Promise((resolve, reject) => {
    stdout.write(chunk, (failure) => (failure == null ? resolve() : reject(failure)));
  });

/** As `--color` would be read, for errors that come before there is an intent. */
function wishOfColor(world: World): 'auto' | 'always' | 'never' {
  const wish = typedValue(world.argv, 'color') ?? world.env.IPCTL_COLOR;
  return wish === 'always' || wish === 'never' ? wish : 'auto';
}

/** What counts for help that no command was parsed for. */
const chosenIn = ({ argv, env, directories }: World): { readonly profile: string | undefined; readonly config: string } => ({
  profile: typedValue(argv, 'profile', 'p') ?? env.IPCTL_PROFILE,
  config: typedValue(argv, 'config') ?? (env.IPCTL_CONFIG || directories.config),
});

/** For errors that come before there is an intent. */
const wantsJson = ({ argv, env }: World): boolean => /^jsonl?$/.test(typedValue(argv, 'output', 'o') ?? env.IPCTL_OUTPUT ?? '');
