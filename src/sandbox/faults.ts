/** Misbehaviour on demand: `METHOD PATH: EFFECT [xN]`. A fault is data; the server needs to know no kind of it. */
import { readFileSync } from 'node:fs';
import { STATUS_CODES } from 'node:http';

/** An answer as it goes over the wire. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface Fault {
  /** As it was written: what the journal says. */
  readonly text: string;
  /** In capitals; `*` for any. */
  readonly method: string;
  /** Against the whole path as sent, without the query. */
  readonly path: RegExp;
  /** How many requests it strikes; null for all. */
  readonly times: number | null;
  /** Milliseconds before the request is looked at. */
  readonly delay: number;
  /** Whether the dialect gets the request, and the cloud its change. */
  readonly commit: boolean;
  /** The dialect's own answer, whole or cut in the middle of its body; no answer but a cut connection; or this one. */
  readonly answer: 'own' | 'half' | 'none' | Reply;
}

type Effect = Pick<Fault, 'delay' | 'commit' | 'answer'>;

const EFFECTS = 'a status (503), STATUS after commit, drop before commit, drop after commit, delay 2s, delay 300ms, half body, body FILE';

/** Reads one fault; throws an Error of one sentence. A file that it names is read here, so that a wrong name shows at once. */
export function parseFault(text: string): Fault {
  const refuse = (what: string): never => {
    throw new Error(`fault '${text}': ${what}`);
  };
  const [, target, rest] = /^(.*?\S):\s+(\S.*)$/s.exec(text.trim()) ?? [];
  if (target === undefined || rest === undefined) return refuse("expected 'METHOD PATH: EFFECT [xN]'");
  const [method, path, ...more] = target.split(/\s+/);
  if (method === undefined || path === undefined || more.length > 0) return refuse(`'${target}' is not a method and a path`);
  if (!/^(\*|[A-Za-z]+)$/.test(method)) return refuse(`'${method}' is not a method or *`);
  if (!/^[/*]/.test(path)) return refuse(`the path '${path}' starts neither with / nor with *`);
  if (path.includes('?')) return refuse('the path is compared without the query, leave it out');
  const [, what = rest, count] = /^(.*\S)\s+x(\d+)$/s.exec(rest) ?? [];
  const times = count === undefined ? null : Number(count);
  if (times === 0) return refuse('x0 would never strike');
  return { text, method: method.toUpperCase(), path: pattern(path), times, ...parseEffect(what, refuse) };
}

function parseEffect(text: string, refuse: (what: string) => never): Effect {
  const words = text.replace(/\s+/g, ' ');
  if (words === 'drop before commit') return { delay: 0, commit: false, answer: 'none' };
  if (words === 'drop after commit') return { delay: 0, commit: true, answer: 'none' };
  if (words === 'half body') return { delay: 0, commit: true, answer: 'half' };
  const [, amount, unit] = /^delay (\d+(?:\.\d+)?)(ms|s)$/.exec(words) ?? [];
  if (amount !== undefined) return { delay: Math.round(Number(amount) * (unit === 's' ? 1000 : 1)), commit: true, answer: 'own' };
  const [, digits, after] = /^(\d+)( after commit)?$/.exec(words) ?? [];
  if (digits !== undefined) {
    const status = Number(digits);
    if (status < 200 || status > 599) return refuse(`${digits} is not a status from 200 to 599`);
    return { delay: 0, commit: after !== undefined, answer: statusReply(status) };
  }
  const [, file] = /^body\s+(.+)$/s.exec(text) ?? [];
  if (file !== undefined) return { delay: 0, commit: false, answer: fileReply(file, refuse) };
  return refuse(`'${text}' is not an effect: ${EFFECTS}`);
}

function statusReply(status: number): Reply {
  const retry = status === 429 || status === 413 || status === 503 ? { 'Retry-After': '1' } : {};
  const message = `${STATUS_CODES[status] ?? 'Status'} (a sandbox fault)`;
  // These two have no body on the wire, whatever is written.
  if (status === 204 || status === 304) return { status, headers: retry, body: Buffer.alloc(0) };
  return { status, headers: { 'Content-Type': 'application/json', ...retry }, body: Buffer.from(JSON.stringify({ message })) };
}

function fileReply(file: string, refuse: (what: string) => never): Reply {
  try {
    return { status: 200, headers: { 'Content-Type': 'application/json' }, body: readFileSync(file) };
  } catch (error) {
    return refuse(`cannot read '${file}' (${error instanceof Error ? error.message : String(error)})`);
  }
}

function pattern(path: string): RegExp {
  const parts = path.split(/\*+/).map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's');
}

export interface Armed {
  /** The first fault that fits and is not used up, counted as used; undefined when none does. */
  take(method: string, path: string): Fault | undefined;
}

/** The faults of one server's life, with their counts. */
export function arm(faults: readonly Fault[]): Armed {
  const left = faults.map((fault) => ({ fault, times: fault.times ?? Number.POSITIVE_INFINITY }));
  return {
    take: (method, path) => {
      const hit = left.find(({ fault, times }) => times > 0 && (fault.method === '*' || fault.method === method) && fault.path.test(path));
      if (hit === undefined) return undefined;
      hit.times -= 1;
      return hit.fault;
    },
  };
}
