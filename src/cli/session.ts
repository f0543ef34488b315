/** What a command works with besides its intent: thunks, so that nothing is loaded or read before it is needed. */
import { join } from 'node:path';
import type { AnyDriver } from '../domain/driver.js';
import { IpctlError } from '../domain/errors.js';
import type { Progress } from '../domain/progress.js';
import type { Place } from '../domain/records.js';
import { type Redactor, redactor } from '../http/redact.js';
import type { Trace } from '../http/trace.js';
import type { ChangeSettings } from '../operations/change.js';
import { type ReadSettings, readOnce } from '../operations/reader.js';
import type { Target } from '../operations/target.js';
import type { Store } from '../profiles/store.js';
import { plain } from '../render/text.js';
import type { World } from '../world.js';
import type { Intent } from './intent.js';
import { statusLine } from './notes/status.js';

const DEFAULT_PARALLEL = 4;

export interface Session {
  readonly world: World;
  readonly redactor: Redactor;
  store(): Promise<Store>;
  /** A line on stderr that tells what was or will be done: silent when quiet, and for a script that asked for JSON, unless -v. */
  note(text: string): void;
  /** A line for whoever looks on: for nobody off a terminal, unless -v. */
  aside(text: string): void;
  /** A line that the user must see: also when piped, unless quiet. */
  warn(text: string): void;
  /** A line that a question needs to be understood. */
  tell(text: string): void;
  /** What is going on: a note, or with `passing` the line at the foot of the terminal. */
  readonly progress: Progress;
  /** `each`, with how many of `total` are done shown at the foot of the terminal. */
  counted<T>(total: number, each: (ref: string, index: number) => Promise<T>): (ref: string, index: number) => Promise<T>;
  /** Wipes what is shown at the foot of the terminal. */
  settle(): void;
  trace(debug: Intent['global']['debug']): Trace | undefined;
  /** Alone among the processes of this machine; `patience` in milliseconds bounds the queueing. */
  lock<T>(name: string, work: () => Promise<T>, patience?: number): Promise<T>;
  /** Throws `refused` unless the user agrees. `about`: lines that the question is about. */
  confirm(question: string, about?: readonly string[]): Promise<void>;
  /** Says on which profile the command works. */
  at(place: Place): void;
  /** The only profile that it works on, for errors that do not know: undefined where it is none, or one of several. */
  place(): Place | undefined;
  reads(target: Target): ReadSettings;
  /** One read that is no command of its own. */
  read<T>(target: Target, work: (driver: AnyDriver) => Promise<T>): Promise<T>;
  changes(target: Target): Promise<ChangeSettings>;
  /** References as given, `-` replaced by the lines of stdin. */
  references(given: readonly string[]): Promise<readonly string[]>;
  stdinLine(): Promise<string>;
  /** All of it. */
  stdinText(): Promise<string>;
  /** Whether somebody is there to be asked. */
  readonly interactive: boolean;
  /** A question with an answer on stderr; `secret` does not echo. */
  ask(question: string, secret: boolean): Promise<string>;
  onClose(close: () => Promise<void> | void): void;
  close(): Promise<void>;
}

export const parallelOf = (given: number | undefined): number => given ?? DEFAULT_PARALLEL;

export function openSession(world: World, intent: Intent): Session {
  const { global, change } = intent;
  const { terminal } = world;
  const closers: (() => Promise<void> | void)[] = [];
  const shield = redactor();
  const config = global.config ?? world.directories.config;
  const machine = global.output === 'json' || global.output === 'jsonl';
  const speaks = (heard: boolean): boolean => !global.quiet && (heard || global.verbose || terminal.stderr);
  const interactive = terminal.stdin && terminal.stderr && !global['no-input'];
  const shielded = (text: string): string => shield.text(plain(text));
  const status = statusLine(world, global.quiet, shielded);
  const write = (text: string): void => {
    status.wipe();
    world.stderr.write(`${shielded(text)}\n`);
  };
  const agreed = change.yes || ('yes' in intent.flags && intent.flags.yes === true);
  const places = new Map<string, Place>();
  let last = '';
  let store: Promise<Store> | undefined;

  const lock = async <T>(directory: string, name: string, work: () => Promise<T>, patience?: number): Promise<T> => {
    const { withLock } = await import('../state/locks.js');
    return withLock(
      join(directory, `${name}.lock`),
      { clock: world.clock, signal: world.signal, pid: world.pid, isAlive: world.isAlive, patience },
      work,
    );
  };
  const session: Session = {
    world,
    redactor: shield,
    interactive,
    store() {
      store ??= import('../profiles/store.js').then(({ openStore }) => openStore(config, (work) => lock(config, 'config', work)));
      return store;
    },
    note(text) {
      if (speaks(!machine)) write(text);
    },
    aside(text) {
      if (speaks(false)) write(text);
    },
    warn(text) {
      if (!global.quiet) write(text);
    },
    tell: write,
    progress(text, passing) {
      if (passing !== undefined && status.drawn) return status.waiting(text, passing === true ? undefined : passing.until);
      // One line says it, however often it is looked.
      if (passing !== undefined && (text === '' || text === last)) return;
      last = text;
      session.aside(text);
    },
    counted(total, each) {
      let done = 0;
      return async (ref, index) => {
        status.counted(done, total);
        try {
          return await each(ref, index);
        } finally {
          done += 1;
          status.counted(done, total);
        }
      };
    },
    settle: status.wipe,
    trace: (debug) => (debug === undefined ? undefined : { bodies: debug === 'body', line: write }),
    lock: (name, work, patience) => lock(join(world.directories.state, 'locks'), name, work, patience),
    async confirm(question, about = []) {
      if (agreed) return;
      if (!interactive)
        throw new IpctlError('refused', `not confirmed: ${question}`, { fate: 'not-sent', hint: 'off a terminal, --yes agrees' });
      for (const line of about) write(line);
      const answer = await session.ask(`${question} [y/N] `, false);
      if (!/^y(es)?$/i.test(answer.trim())) throw new IpctlError('refused', 'not confirmed; nothing was changed', { fate: 'not-sent' });
    },
    at: ({ profile, provider }) => void places.set(profile, { profile, provider }),
    place() {
      const [only, ...others] = places.values();
      return others.length === 0 ? only : undefined;
    },
    reads: (target) => ({ clock: world.clock, signal: world.signal, timeout: target.manifest.timeout * 1000, progress: session.progress }),
    read: (target, work) => readOnce(target, session.reads(target), work),
    async changes(target) {
      const [{ journal }, { birthOf }] = await Promise.all([import('../state/journal.js'), import('../state/owner.js')]);
      return {
        clock: world.clock,
        random: world.random,
        signal: world.signal,
        journal: change['no-journal'] ? null : journal(world.directories.state, shield.text),
        dryRun: change['dry-run'],
        wait: !change['no-wait'],
        timeout: change.timeout ?? target.manifest.timeout * 1000,
        pid: world.pid,
        born: await birthOf(world.pid),
        progress: session.progress,
        agreed,
        confirm: session.confirm,
      };
    },
    async references(given) {
      if (!given.includes('-')) return [...new Set(given)];
      if (terminal.stdin) session.note('one a line, then Ctrl-D');
      const lines = (await readAll(world)).split(/\r?\n/).map((line) => line.trim());
      return [...new Set(given.flatMap((ref) => (ref === '-' ? lines.filter((line) => line !== '') : [ref])))];
    },
    stdinText: () => readAll(world),
    async stdinLine() {
      return (await readAll(world)).split(/\r?\n/)[0] ?? '';
    },
    async ask(question, secret) {
      const { askLine } = await import('./ask.js');
      status.wipe();
      return askLine(world, shielded(question), secret);
    },
    onClose: (close) => void closers.push(close),
    async close() {
      status.wipe();
      for (const close of closers.reverse()) await close();
    },
  };
  return session;
}

async function readAll({ stdin, signal }: World): Promise<string> {
  const chunks: Buffer[] = [];
  // Whoever typed nothing yet may still leave.
  (await import('node:stream')).addAbortSignal(signal, stdin);
  for await (const chunk of stdin) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks).toString('utf8');
}
