/** The record of mutations: one JSON line an event, one file a month, appended and synced before anything is sent. */
import { randomBytes } from 'node:crypto';
import { type FileHandle, link, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Journal, JournalEvent } from '../domain/journal.js';
import { privateDirectory, readPrivate, unusable } from './files.js';

const DIRECTORY = 'operations';

/** `redact` has the last word on what is written: a provider may echo a secret. */
export function journal(stateDirectory: string, redact: (text: string) => string): Journal {
  const directory = join(stateDirectory, DIRECTORY);
  /** Lines by file that wait until the disk is free: they share one write and one sync, and nobody goes on before it is done. */
  const waiting = new Map<string, Line[]>();
  let writing = false;
  const drain = async (): Promise<void> => {
    writing = true;
    // Those of one moment come together.
    await new Promise((resolve) => setImmediate(resolve));
    for (const path of waiting.keys()) {
      await writeAll(directory, path, () => {
        const lines = waiting.get(path) ?? [];
        waiting.delete(path);
        return lines;
      });
    }
    writing = false;
  };
  return {
    append: (event) =>
      new Promise<void>((resolve, reject) => {
        const path = join(directory, `${event.at.slice(0, 7)}.jsonl`);
        // One write in append mode: lines of several processes do not mix. The leading line break ends what a killed
        // process may have left half written.
        const text = `\n${JSON.stringify(masked(event, redact))}\n`;
        const lines = waiting.get(path) ?? [];
        waiting.set(path, lines);
        lines.push({ text, resolve, reject });
        if (!writing) void drain();
      }),
    claimed: async (operation) => claims(await readJournal(stateDirectory), operation),
  };
}

interface Line {
  readonly text: string;
  resolve(): void;
  reject(thrown: unknown): void;
}

/** Writes what `take` yields, and then what has come meanwhile, until there is no more: the file is open for no longer. */
async function writeAll(directory: string, path: string, take: () => readonly Line[]): Promise<void> {
  let file: Appended | undefined;
  const write = async (text: string): Promise<void> => {
    // Nearly always the directory is there.
    file ??= await appended(path).catch(() => undefined);
    if (file === undefined) await privateDirectory(directory);
    try {
      file ??= await appended(path);
      while (!(await file.add(text))) {
        // It was replaced by a shorter one under our hands: the text belongs into that, and twice is as good as once.
        const old = file;
        file = await appended(path);
        await old.close();
      }
    } catch (thrown) {
      throw unusable(path, thrown);
    }
  };
  for (let lines = take(); lines.length > 0; lines = take()) {
    await write(lines.map(({ text }) => text).join('')).then(
      () => lines.map(({ resolve }) => resolve()),
      (thrown: unknown) => lines.map(({ reject }) => reject(thrown)),
    );
  }
  // What is written is synced: there is nothing left that closing could fail to do.
  await file?.close().catch(() => undefined);
}

function claims(events: readonly JournalEvent[], ours: string): ReadonlySet<string> {
  const claimed = new Set<string>();
  const released = new Map<string, readonly string[]>();
  const clouds = new Map<string, string>();
  /** Addresses by cloud and id: whoever releases by id alone says nothing else that they could be known by. */
  const addresses = new Map<string, string>();
  const named = (operation: string, id: string): string => JSON.stringify([clouds.get(operation), id]);
  for (const event of events) {
    if (event.event === 'begin') {
      // An id may be a small number, and another cloud's at the same time.
      clouds.set(event.operation, JSON.stringify([event.provider, event.profile]));
      if (event.verb === 'release') {
        const { ref } = event.intent as { readonly ref?: unknown };
        const names = [event.subject?.id, ref].filter((name) => typeof name === 'string');
        const known = names.map((name) => addresses.get(named(event.operation, name))).filter((address) => address !== undefined);
        released.set(event.operation, [...names, ...known]);
      }
    }
    if (event.event === 'close') {
      for (const [index, id] of (event.ids ?? []).entries()) {
        const address = event.made[index];
        if (address !== undefined) addresses.set(named(event.operation, id), address);
      }
      if (event.operation !== ours) for (const address of event.made) claimed.add(address);
    }
    if (event.event === 'end' && event.state === 'applied') for (const name of released.get(event.operation) ?? []) claimed.delete(name);
  }
  return claimed;
}

/** A file that is open for more at its end. */
interface Appended {
  /** Written and synced. False when the file is not the one of that name any more. */
  add(text: string): Promise<boolean>;
  close(): Promise<void>;
}

async function appended(path: string): Promise<Appended> {
  const file = await open(path, 'a', 0o600);
  const { ino, dev } = await file.stat();
  return {
    async add(text) {
      await file.appendFile(text);
      await file.sync();
      const named = await stat(path).catch(() => undefined);
      return named !== undefined && named.ino === ino && named.dev === dev;
    },
    close: () => file.close(),
  };
}

async function append(path: string, text: string): Promise<void> {
  const file = await appended(path);
  try {
    await file.add(text);
  } finally {
    await file.close();
  }
}

/** What of an event came from a user or a provider. */
const FOREIGN: ReadonlySet<string> = new Set(['intent', 'flags', 'request', 'reply', 'candidates', 'made', 'result']);

/** What came from a user or a provider is masked, text by text; the record's own words never are, or it could not be read again. */
function masked(event: JournalEvent, redact: (text: string) => string): unknown {
  const deep = (value: unknown): unknown => {
    if (typeof value === 'string') return redact(value);
    if (Array.isArray(value)) return value.map(deep);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, deep(item)]));
  };
  const written: Record<string, unknown> = { ...event };
  for (const key of FOREIGN) if (Object.hasOwn(written, key)) written[key] = deep(written[key]);
  return written;
}

/** Every event, oldest first. A half-written last line, left by a killed process, is passed over. */
export async function readJournal(stateDirectory: string): Promise<JournalEvent[]> {
  const directory = join(stateDirectory, DIRECTORY);
  const lines = new Set<string>();
  for (const name of await filesIn(directory)) {
    const text = (await readPrivate(join(directory, name))) ?? '';
    // A line that stands twice was written while a file was being replaced.
    for (const line of text.split('\n')) lines.add(line);
  }
  return [...lines].flatMap((line) => parse(line) ?? []);
}

/** Oldest first; one that was set aside (`2026-01-….jsonl`) before the one that took its name. */
const filesIn = async (directory: string): Promise<string[]> =>
  (await readdir(directory).catch(() => [])).filter((name) => name.endsWith('.jsonl')).sort();

/**
 * Removes all events of these operations. Others may write meanwhile, but only one at a time may prune: what is written to a
 * file while it is replaced is carried over, or written again by its writer, who sees that the file is another one.
 */
export async function pruneJournal(stateDirectory: string, operations: ReadonlySet<string>): Promise<void> {
  const directory = join(stateDirectory, DIRECTORY);
  const isKept = (line: string): boolean => {
    const event = parse(line);
    return event !== undefined && !operations.has(event.operation);
  };
  try {
    for (const name of await filesIn(directory)) await rewrite(directory, name, isKept);
  } catch (thrown) {
    throw unusable(directory, thrown);
  }
}

async function rewrite(directory: string, name: string, isKept: (line: string) => boolean): Promise<void> {
  const path = join(directory, name);
  const old = await open(path, 'r');
  try {
    const text = await old.readFile('utf8');
    // What follows the last line break is being written just now.
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    const kept = linesOf(whole).filter(isKept);
    if (kept.length === linesOf(whole).length) return;
    // Set aside before it is replaced: whenever we are killed, no line is lost.
    const aside = join(directory, `${name.slice(0, 7)}-${randomBytes(6).toString('hex')}.jsonl`);
    await link(path, aside);
    if (kept.length === 0) await rm(path);
    else await replace(path, `${kept.join('\n')}\n`);
    const late = linesOf((await restOf(old, Buffer.byteLength(whole))).toString('utf8')).filter(isKept);
    for (const line of late) await append(path, `\n${line}\n`);
    await rm(aside);
  } finally {
    await old.close();
  }
}

const linesOf = (text: string): string[] => text.split('\n').filter((line) => line !== '');

async function replace(path: string, text: string): Promise<void> {
  // No name that readers take for a part of the record.
  const made = `${path}.${randomBytes(6).toString('hex')}`;
  await writeFile(made, text, { mode: 0o600, flag: 'wx', flush: true });
  await rename(made, path);
}

async function restOf(file: FileHandle, position: number): Promise<Buffer> {
  const { size } = await file.stat();
  const rest = Buffer.alloc(Math.max(0, size - position));
  await file.read(rest, 0, rest.length, position);
  return rest;
}

function parse(line: string): JournalEvent | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && 'event' in value && 'operation' in value ? (value as JournalEvent) : undefined;
  } catch {
    return undefined;
  }
}
