/**
 * A real cloud behind a server of ours: every request is passed on and noted, every address of the cloud's own in what
 * comes back is replaced by the relay's, and faults strike as in the sandbox. So a suite that was written for the sandbox
 * plays against the real thing unchanged.
 */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { arm, type Fault, type Reply } from '../../src/sandbox/faults.js';
import type { JournalEntry } from '../../src/sandbox/journal.js';

export interface Relay {
  /** The relay's address for a URL of the cloud. */
  through(url: string): string;
  journal(): readonly JournalEntry[];
  close(): Promise<void>;
}

/** Headers that belong to one connection, or that would make the reply something else than its text. */
const NOT_PASSED_ON = new Set([
  'host',
  'connection',
  'keep-alive',
  'transfer-encoding',
  'content-length',
  'accept-encoding',
  'content-encoding',
]);

/** Origins become known as they turn up in a reply, the first by `through`: `/host:port/path` is what stands behind each. */
export async function relay(faults: readonly Fault[]): Promise<Relay> {
  const armed = arm(faults);
  const entries: JournalEntry[] = [];
  const origins = new Set<string>();
  const known = (url: string): string => {
    const { origin } = new URL(url);
    origins.add(origin);
    return origin;
  };
  const server = createServer((request, response) => {
    answer(request).then(
      ({ reply, half }) => {
        if (reply === null) return void request.socket.destroy();
        response.writeHead(reply.status, { ...reply.headers, 'content-length': String(reply.body.length) });
        if (!half) return void response.end(reply.body);
        response.write(reply.body.subarray(0, Math.floor(reply.body.length / 2)));
        request.socket.destroySoon();
      },
      () => request.socket.destroy(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const own = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const here = (origin: string): string => `${own}/${origin.replace('://', '/')}`;

  async function answer(request: IncomingMessage): Promise<{ readonly reply: Reply | null; readonly half: boolean }> {
    const [, scheme = '', host = '', path = ''] = /^\/(https?)\/([^/?]+)(.*)$/s.exec(request.url ?? '') ?? [];
    const body = await bodyOf(request);
    const method = request.method ?? 'GET';
    const fault = armed.take(method, (request.url ?? '').split('?')[0] ?? '');
    const own = fault === undefined || fault.commit ? await pass(`${scheme}://${host}${path}`, method, request, body) : null;
    const reply =
      fault === undefined || fault.answer === 'own' || fault.answer === 'half' ? own : fault.answer === 'none' ? null : fault.answer;
    entries.push({
      at: new Date().toISOString(),
      dialect: 'live',
      method,
      path: request.url ?? '',
      headers: {},
      body: '',
      status: reply?.status ?? null,
      mark: null,
      fault: fault?.text ?? null,
    });
    return { reply, half: fault?.answer === 'half' };
  }

  async function pass(url: string, method: string, request: IncomingMessage, body: Buffer): Promise<Reply> {
    const headers = Object.entries(request.headersDistinct).flatMap(([name, values]) =>
      NOT_PASSED_ON.has(name) ? [] : (values ?? []).map((value): [string, string] => [name, value]),
    );
    const got = await fetch(url, { method, headers, redirect: 'manual', ...(body.length === 0 ? {} : { body: new Uint8Array(body) }) });
    let text = await got.text();
    // A catalog tells where the other services stand.
    for (const [, found = ''] of text.matchAll(/"url": ?"(https?:\/\/[^"]+)"/g)) known(found);
    for (const origin of origins) text = text.replaceAll(origin, here(origin));
    const passed = [...got.headers].filter(([name]) => !NOT_PASSED_ON.has(name));
    return { status: got.status, headers: Object.fromEntries(passed), body: Buffer.from(text) };
  }

  return {
    through: (url) => here(known(url)) + url.slice(new URL(url).origin.length),
    journal: () => entries,
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks);
}
