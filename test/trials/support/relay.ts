/**
 * A server between the binary and the sandbox: each request is a boundary at which a trial may stop it, before it reaches
 * the cloud or after the cloud has acted on it. Hosts travel through unchanged, so what a catalog names is the relay again.
 */
import {
  Agent,
  createServer,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export interface Asked {
  readonly method: string;
  /** As sent, with the query. */
  readonly path: string;
  readonly body: string;
}

export interface Told {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** What becomes of an answer on its way back: the whole, half of its body, a cut connection, or silence for ever. */
export type Delivery = Told | 'cut' | 'silence' | { readonly half: Told };

/** `pass` asks the cloud; a turn that does not call it keeps the request from the cloud. */
export type Turn = (asked: Asked, pass: () => Promise<Told>) => Promise<Delivery>;

export interface Relay {
  /** Options that lead to the sandbox, leading here. */
  through(options: Readonly<Record<string, string>>): Readonly<Record<string, string>>;
  /** From now on each request is treated so. */
  treat(turn: Turn): void;
  /**
   * For when the client is dead: resolves when everything that it had sent was treated, what still lay in a socket too, and
   * the cloud has answered all that was passed on to it.
   */
  idle(): Promise<void>;
  close(): Promise<void>;
}

export const passing: Turn = (_asked, pass) => pass();

/** A relay to the one origin that `options` of a sandbox name. */
export async function relay(): Promise<Relay> {
  let turn = passing;
  let behind = '';
  const agent = new Agent({ keepAlive: true });
  const open = new Set<Socket>();
  let treated = 0;
  let waiters: (() => void)[] = [];
  const look = (): void => {
    if (open.size > 0 || treated > 0) return;
    for (const resolve of waiters) resolve();
    waiters = [];
  };
  const server = createServer((request, response) => {
    response.on('error', () => undefined);
    treated += 1;
    handle(request, response)
      .catch(() => request.socket.destroy())
      .finally(() => {
        treated -= 1;
        look();
      });
  });
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    const left = (): void => {
      open.delete(socket);
      look();
    };
    // The end comes after all that was sent before it.
    socket.once('end', left);
    socket.once('close', left);
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const own = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    const asked = { method: request.method ?? '', path: request.url ?? '', body: body.toString() };
    const delivery = await turn(asked, () => pass(request, body));
    if (delivery === 'silence') return;
    if (delivery === 'cut') return void request.socket.destroy();
    const half = 'half' in delivery;
    const { status, headers, body: text } = half ? delivery.half : delivery;
    // Half of nothing has to be missed too, where a body may be.
    const length = half && status !== 204 ? Math.max(text.length, 2) : text.length;
    response.sendDate = false;
    response.writeHead(status, { ...headers, ...(status === 204 ? {} : { 'content-length': String(length) }) });
    if (!half || status === 204) return void response.end(text);
    response.flushHeaders();
    response.write(text.subarray(0, Math.floor(text.length / 2)));
    request.socket.destroySoon();
  }

  const pass = (request: IncomingMessage, body: Buffer): Promise<Told> =>
    new Promise((resolve, reject) => {
      const onward = httpRequest(behind + (request.url ?? ''), { method: request.method, headers: request.headers, agent }, (reply) => {
        const { connection, 'keep-alive': keepAlive, 'transfer-encoding': encoding, ...headers } = reply.headers;
        bodyOf(reply).then((text) => resolve({ status: reply.statusCode ?? 0, headers, body: text }), reject);
      });
      onward.on('error', reject);
      onward.end(body);
    });

  return {
    through(options) {
      const entries = Object.entries(options).map(([name, value]) => {
        const [origin = ''] = /^https?:\/\/[^/]+/.exec(value) ?? [];
        if (origin !== '') behind = origin;
        return [name, origin === '' ? value : own + value.slice(origin.length)] as const;
      });
      return Object.fromEntries(entries);
    },
    treat(next) {
      turn = next;
    },
    idle: () =>
      new Promise((resolve) => {
        waiters.push(resolve);
        look();
      }),
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      agent.destroy();
    },
  };
}

async function bodyOf(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks);
}
