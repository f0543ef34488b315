/** HTTP around a dialect: one request is one transaction on the cloud, on loopback only. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, Call, Dialect } from './dialect.js';
import { arm, type Fault, type Reply } from './faults.js';
import { fileJournal, type JournalEntry, memoryJournal, redactBody, redactHeaders, redactPath } from './journal.js';
import { fileState, type Held, memoryState } from './state.js';

export interface Sandbox {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  /** Values for the provider's ordinary profile options. */
  readonly options: Readonly<Record<string, string>>;
  /** What the cloud was asked, oldest first; with a directory, by all processes. */
  journal(): readonly JournalEntry[];
  /** Cuts every connection, lets requests that had arrived whole take their effect, and frees the port. */
  close(): Promise<void>;
}

export interface SandboxSettings {
  /** Where the cloud is kept; absent: in memory, for this server alone. */
  readonly directory?: string;
  /** 0, the default, is any free one. */
  readonly port?: number;
  readonly faults?: readonly Fault[];
  /** The dialect's switches. */
  readonly knobs?: Record<string, unknown>;
}

/** Bytes of a request body; more is answered with 413. */
const BODY_LIMIT = 2 ** 20;
/** Milliseconds that an idle connection is kept: longer than any client pools one, so that none is cut under a request. */
const KEEP_ALIVE = 60_000;

/** What becomes of a request; `reply` null is a cut connection. */
interface Outcome {
  readonly reply: Reply | null;
  readonly mark: string | null;
}

/** Starts playing `dialect`. Rejects when the port is taken, or when the state file holds something else. */
export async function start(dialect: Dialect, settings: SandboxSettings): Promise<Sandbox> {
  const { directory, port = 0, knobs = {} } = settings;
  const state = directory === undefined ? memoryState(dialect) : fileState(dialect, directory);
  const journal = directory === undefined ? memoryJournal() : fileJournal(directory, dialect.id);
  const faults = arm(settings.faults ?? []);
  const closing = new AbortController();
  const underWay = new Set<Promise<void>>();

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    const { call, query } = callOf(request, body ?? '');
    const fault = body === undefined ? undefined : faults.take(call.method, call.rawPath);
    // Closing cuts the delay short, not the request: a provider would not forget it either.
    if (fault !== undefined && fault.delay > 0) await sleep(fault.delay, undefined, { signal: closing.signal }).catch(() => undefined);
    const { reply } = await state.alone((held) => {
      const now = Date.now();
      const outcome = body === undefined ? tooLarge : outcomeOf(call, fault, held, now);
      journal.append({
        at: new Date(now).toISOString(),
        dialect: dialect.id,
        method: call.method,
        path: redactPath(call.rawPath + query),
        headers: redactHeaders(call.headers),
        body: redactBody(call.body),
        status: outcome.reply?.status ?? null,
        mark: outcome.mark,
        fault: fault?.text ?? null,
      });
      return outcome;
    });
    deliver(request, response, reply, fault?.answer === 'half');
  }

  function outcomeOf(call: Call, fault: Fault | undefined, held: Held, now: number): Outcome {
    const own = fault === undefined || fault.commit ? answerOf(call, held, now) : { reply: null, mark: null };
    const answer = fault?.answer ?? 'own';
    if (answer === 'own' || answer === 'half') return own;
    return { reply: answer === 'none' ? null : answer, mark: own.mark };
  }

  function answerOf(call: Call, held: Held, now: number): Outcome {
    try {
      const cloud = held.read();
      const heard = call.method === 'HEAD' ? { ...call, method: 'GET' } : call;
      const answer = dialect.answer(heard, cloud, {
        now,
        origin: call.headers.host === undefined ? origin : `http://${call.headers.host}`,
        knobs,
      });
      const reply = replyOf(answer);
      held.write(cloud);
      return { reply, mark: answer.mark ?? null };
    } catch (error) {
      return { reply: brokenReply(error), mark: messageOf(error) };
    }
  }

  const server = createServer((request, response) => {
    // A client that went away is no event of ours; the request it left behind still counts.
    response.on('error', () => undefined);
    const work = handle(request, response)
      .catch((error: unknown) => deliver(request, response, brokenReply(error), false))
      .finally(() => underWay.delete(work));
    underWay.add(work);
  });
  server.keepAliveTimeout = KEEP_ALIVE;

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address();
  const origin = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : port}`;

  async function end(): Promise<void> {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    closing.abort();
    await Promise.all(underWay);
    await closed;
  }

  let ended: Promise<void> | undefined;
  return {
    origin,
    options: dialect.options(origin),
    journal: () => journal.entries(),
    close: () => {
      ended ??= end();
      return ended;
    },
  };
}

/** The text of the body; undefined when it is over the limit, which is then read to its end, but not kept. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size <= BODY_LIMIT) chunks.push(chunk);
  }
  return size <= BODY_LIMIT ? Buffer.concat(chunks).toString('utf8') : undefined;
}

function callOf(request: IncomingMessage, body: string): { readonly call: Call; readonly query: string } {
  // Some clients send the whole URL, as to a proxy.
  const target = (request.url ?? '/').replace(/^https?:\/\/[^/?]*/i, '');
  const [, rawPath = '/', query = ''] = /^([^?]*)(.*)$/s.exec(target) ?? [];
  const headers = Object.entries(request.headersDistinct).map(([name, values]): [string, string] => [name, (values ?? []).join(', ')]);
  const call = {
    method: request.method ?? 'GET',
    rawPath: rawPath === '' ? '/' : rawPath,
    path: rawPath
      .split('/')
      .filter((segment) => segment !== '')
      .map(decoded),
    query: new URLSearchParams(query),
    headers: Object.fromEntries(headers),
    body,
  };
  return { call, query };
}

/** A segment that is no proper encoding stands for itself. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function replyOf(answer: Answer): Reply {
  const [type, text] =
    answer.json === undefined ? ['text/plain; charset=UTF-8', answer.text ?? ''] : ['application/json', JSON.stringify(answer.json)];
  const isTyped = text === '' || Object.keys(answer.headers ?? {}).some((name) => name.toLowerCase() === 'content-type');
  return { status: answer.status, headers: { ...(isTyped ? {} : { 'Content-Type': type }), ...answer.headers }, body: Buffer.from(text) };
}

const textReply = (status: number, text: string): Reply => ({
  status,
  headers: { 'Content-Type': 'text/plain; charset=UTF-8' },
  body: Buffer.from(text),
});

const brokenReply = (error: unknown): Reply => textReply(500, `The sandbox failed: ${messageOf(error)}\n`);

const tooLarge: Outcome = {
  reply: textReply(413, `The sandbox reads no more than ${BODY_LIMIT} bytes.\n`),
  mark: `a body of over ${BODY_LIMIT} bytes`,
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function deliver(request: IncomingMessage, response: ServerResponse, reply: Reply | null, half: boolean): void {
  const { socket } = request;
  if (socket.destroyed || response.headersSent) return;
  if (reply === null) {
    socket.destroy();
    return;
  }
  const { status, headers, body } = reply;
  // `Date` is the dialect's: real servers differ in it.
  response.sendDate = false;
  // Half of nothing has to be missed too, hence the one byte announced at least.
  response.writeHead(status, { ...headers, 'Content-Length': String(half ? Math.max(body.length, 1) : body.length) });
  if (!half) {
    response.end(body);
    return;
  }
  response.flushHeaders();
  response.write(body.subarray(0, Math.floor(body.length / 2)));
  socket.destroySoon();
}
