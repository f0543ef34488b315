/** Every request that reached the sandbox, without its secrets: the evidence of the tests, and what `sandbox journal` shows. */
import { closeSync, fstatSync, openSync, readFileSync, readSync, writeSync } from 'node:fs';
import { filesOf, isObject, parsed, readText, writeAtomically } from './state.js';

export interface JournalEntry {
  /** RFC 3339, UTC, by the server's real clock. */
  readonly at: string;
  readonly dialect: string;
  readonly method: string;
  /** As sent, with the query. */
  readonly path: string;
  /** Names in lower case; credentials as `****`. */
  readonly headers: Readonly<Record<string, string>>;
  /** As sent, credentials in JSON as `****`. */
  readonly body: string;
  /** What was answered; null when the connection was dropped instead. */
  readonly status: number | null;
  /** Why no faithful client would have sent this, or null. */
  readonly mark: string | null;
  /** The fault that struck, in the words it was given in, or null. */
  readonly fault: string | null;
}

/** Both calls belong inside the state's transaction when the journal is a file. */
export interface Journal {
  append(entry: JournalEntry): void;
  /** All that is kept, oldest first; with a directory, also what other processes were asked. */
  entries(): readonly JournalEntry[];
}

/** A journal that has so many lines, or so many bytes since a body may have a million, is cut to the newer half. */
const LINES = 2_000;
const BYTES = 16 * 2 ** 20;

export function memoryJournal(): Journal {
  const kept: JournalEntry[] = [];
  return { append: (entry) => void kept.push(entry), entries: () => [...kept] };
}

export function fileJournal(directory: string, id: string): Journal {
  const file = filesOf(directory, id).journal;
  // As this process left it: it is read again only after another one wrote.
  let known: Extent = { size: 0, lines: 0 };
  return {
    append: (entry) => {
      const { before, after } = appendLine(file, JSON.stringify(entry));
      known = before === known.size ? { size: after, lines: known.lines + 1 } : extentOf(readText(file) ?? '');
      if (known.lines >= LINES || known.size >= BYTES) known = compact(file);
    },
    entries: () => entriesOf(readText(file) ?? ''),
  };
}

/** The last `limit` entries of the dialects `ids`, oldest first. Needs no lock: a line cut short by a crash is left out. */
export async function read(directory: string, ids: readonly string[], limit: number): Promise<readonly JournalEntry[]> {
  const all = ids.flatMap((id) => fileJournal(directory, id).entries());
  all.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  return limit > 0 ? all.slice(-limit) : [];
}

function entriesOf(text: string): JournalEntry[] {
  return text
    .split('\n')
    .map(parsed)
    .filter((value): value is JournalEntry & Record<string, unknown> => isObject(value) && typeof value.at === 'string');
}

interface Extent {
  /** Bytes. */
  readonly size: number;
  readonly lines: number;
}

const extentOf = (text: string): Extent => ({ size: Buffer.byteLength(text), lines: text.split('\n').length - 1 });

/** The size of the file before and after. */
function appendLine(file: string, line: string): { readonly before: number; readonly after: number } {
  const handle = openSync(file, 'a+', 0o600);
  try {
    const { size } = fstatSync(handle);
    const last = Buffer.alloc(1);
    // The half line of a killed process must not swallow this one.
    const torn = size > 0 && readSync(handle, last, 0, 1, size - 1) === 1 && last.toString() !== '\n';
    return { before: size, after: size + writeSync(handle, `${torn ? '\n' : ''}${line}\n`) };
  } finally {
    closeSync(handle);
  }
}

function compact(file: string): Extent {
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  const kept: string[] = [];
  let bytes = 0;
  for (const line of lines.slice(-LINES / 2).reverse()) {
    bytes += Buffer.byteLength(line) + 1;
    if (bytes > BYTES / 2) break;
    kept.unshift(line);
  }
  const text = kept.map((line) => `${line}\n`).join('');
  writeAtomically(file, text);
  return extentOf(text);
}

const SECRET_HEADERS: ReadonlySet<string> = new Set([
  'x-auth-token',
  'x-subject-token',
  'x-security-token',
  'x-sessionid',
  'cookie',
  'proxy-authorization',
]);
const SECRET_KEYS: ReadonlySet<string> = new Set(['password', 'secret', 'apikey', 'passcode']);
const MASK = '****';

/** The headers without credentials; of `authorization` the scheme stays, where it has one. */
export function redactHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const redacted = Object.entries(headers).map(([name, value]): [string, string] => {
    if (name === 'authorization')
      return [name, value.replace(/^(\S+)\s+\S.*$|^.*$/s, (_all, scheme?: string) => (scheme === undefined ? MASK : `${scheme} ${MASK}`))];
    return [name, SECRET_HEADERS.has(name) ? MASK : value];
  });
  return Object.fromEntries(redacted);
}

/** The path without a token in it: Keystone v2 names the token to look at or to revoke there. */
export const redactPath = (path: string): string => path.replace(/(\/tokens\/)[^/?]+/, `$1${MASK}`);

/** The body without credentials; letter by letter as sent when it holds none. */
export function redactBody(body: string): string {
  const value = parsed(body);
  // What is no JSON may still be most of it.
  if (value === undefined) return body.replace(/("(?:password|secret|apiKey|passcode)"\s*:\s*)"(?:[^"\\]|\\.)*("|$)/gis, `$1"${MASK}"`);
  const found = { secrets: 0 };
  const redacted = masked(value, { inAuth: false, inToken: false }, found);
  return found.secrets === 0 ? body : JSON.stringify(redacted);
}

interface Place {
  readonly inAuth: boolean;
  readonly inToken: boolean;
}

function masked(value: unknown, place: Place, found: { secrets: number }): unknown {
  if (Array.isArray(value)) return value.map((item) => masked(item, place, found));
  if (!isObject(value)) return value;
  const pairs = Object.entries(value).map(([key, inner]): [string, unknown] => {
    const isSecret = SECRET_KEYS.has(key.toLowerCase()) || (place.inToken && key === 'id');
    if (isSecret && (typeof inner === 'string' || typeof inner === 'number')) {
      found.secrets += 1;
      return [key, MASK];
    }
    return [key, masked(inner, { inAuth: place.inAuth || key === 'auth', inToken: place.inAuth && key === 'token' }, found)];
  });
  return Object.fromEntries(pairs);
}
