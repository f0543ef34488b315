/** The record of mutations: one JSON line an event, one file a month, appended and synced before anything is sent. */
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Journal, JournalEvent } from '../domain/journal.js';
import { privateDirectory, readPrivate, unusable } from './files.js';

const DIRECTORY = 'operations';

/** `redact` has the last word on what is written: a provider may echo a secret. */
export function journal(stateDirectory: string, redact: (text: string) => string): Journal {
  const directory = join(stateDirectory, DIRECTORY);
  return {
    async append(event) {
      await privateDirectory(directory);
      const path = join(directory, `${event.at.slice(0, 7)}.jsonl`);
      try {
        const file = await open(path, 'a', 0o600);
        try {
          // One write in append mode: lines of several processes do not mix. The leading line break ends what a killed
          // process may have left half written.
          await file.appendFile(`\n${JSON.stringify(masked(event, redact))}\n`);
          await file.sync();
        } finally {
          await file.close();
        }
      } catch (thrown) {
        throw unusable(path, thrown);
      }
    },
  };
}

/** What came from a user or a provider is masked, text by text; the record's own words never are, or it could not be read again. */
function masked(event: JournalEvent, redact: (text: string) => string): unknown {
  const deep = (value: unknown): unknown => {
    if (typeof value === 'string') return redact(value);
    if (Array.isArray(value)) return value.map(deep);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, deep(item)]));
  };
  const foreign: ReadonlySet<string> = new Set(['intent', 'flags', 'request', 'reply', 'candidates', 'made', 'result']);
  return Object.fromEntries(Object.entries(event).map(([key, value]) => [key, foreign.has(key) ? deep(value) : value]));
}

/** Every event, oldest first. A half-written last line, left by a killed process, is passed over. */
export async function readJournal(stateDirectory: string): Promise<JournalEvent[]> {
  const directory = join(stateDirectory, DIRECTORY);
  const names = (await readdir(directory).catch(() => [])).filter((name) => name.endsWith('.jsonl')).sort();
  const events: JournalEvent[] = [];
  for (const name of names) {
    const text = (await readPrivate(join(directory, name))) ?? '';
    for (const line of text.split('\n')) {
      const event = parse(line);
      if (event !== undefined) events.push(event);
    }
  }
  return events;
}

function parse(line: string): JournalEvent | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && 'event' in value && 'operation' in value ? (value as JournalEvent) : undefined;
  } catch {
    return undefined;
  }
}
