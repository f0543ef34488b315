/** Connections by Node's own client: its parser is part of Node, so that nothing has to be compiled before the first request. */
import { Agent, type IncomingMessage, request as plainRequest, type RequestOptions } from 'node:http';
import type { Socket } from 'node:net';
import {
  broken,
  CONNECT_TIMEOUT,
  type ConnectionSettings,
  type Connections,
  gathering,
  type Incoming,
  type Outgoing,
  verifiedBy,
} from './connections.js';

/** Milliseconds that a connection is kept without use, less where the server says less: most of them close it after five seconds. */
const IDLE = 4_000;
/** Methods whose request says its length although it is zero. */
const EXPECTS_BODY: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);

interface Door {
  readonly agent: Agent;
  readonly request: typeof plainRequest;
}

export function native({ ca, connectTimeout = CONNECT_TIMEOUT }: ConnectionSettings): Connections {
  const opening = new Set<Socket>();
  const options = { keepAlive: true, timeout: IDLE };
  let plain: Door | undefined;
  let secure: Promise<Door> | undefined;
  const plainDoor = (): Door => {
    plain ??= { agent: careful(new Agent(options), 'connect', connectTimeout, opening), request: plainRequest };
    return plain;
  };
  const secureDoor = async (): Promise<Door> => {
    const https = await import('node:https');
    const agent = new https.Agent({ ...options, ...verifiedBy(ca) });
    return { agent: careful(agent, 'secureConnect', connectTimeout, opening), request: https.request };
  };
  return {
    async exchange(outgoing, signal) {
      if (outgoing.url.protocol !== 'https:') return exchange(plainDoor(), outgoing, signal);
      secure ??= secureDoor();
      return exchange(await secure, outgoing, signal);
    },
    async close() {
      plain?.agent.destroy();
      (await secure)?.agent.destroy();
      for (const socket of opening) socket.destroy(new Error('closed'));
    },
  };
}

/** Whoever sends bytes that nobody asked for would have them taken for the reply to the next request. */
function unasked(this: Socket): void {
  this.destroy();
}

/** No request gets a connection before it stands, `ready` being the event that says so: whatever fails until then has sent nothing. */
function careful(agent: Agent, ready: 'connect' | 'secureConnect', connectTimeout: number, opening: Set<Socket>): Agent {
  const open = agent.createConnection.bind(agent);
  const keep = agent.keepSocketAlive.bind(agent);
  const reuse = agent.reuseSocket.bind(agent);
  agent.createConnection = (options, done) => {
    const socket = open({ ...options, timeout: connectTimeout }) as Socket;
    const late = (): void => {
      socket.destroy(Object.assign(new Error('no connection in time'), { code: 'ETIMEDOUT' }));
    };
    opening.add(socket);
    socket.once('timeout', late);
    socket.once(ready, () => {
      socket.off('timeout', late);
      if (opening.delete(socket)) done?.(null, socket);
    });
    // Stays: between this and the request's own listener an error would end the process.
    socket.on('error', (failure) => {
      if (opening.delete(socket)) done?.(failure, socket);
    });
    return undefined;
  };
  agent.keepSocketAlive = (socket) => {
    // Declared to answer nothing, it says whether the server lets it be kept.
    const kept: unknown = keep(socket);
    if (kept === false || socket.readableLength > 0) return false;
    socket.on('data', unasked);
    return true;
  };
  agent.reuseSocket = (socket, request) => {
    socket.off('data', unasked);
    reuse(socket, request);
  };
  return agent;
}

async function exchange(door: Door, outgoing: Outgoing, signal: AbortSignal): Promise<Incoming> {
  let connected = false;
  try {
    return await transfer(door, outgoing, signal, () => {
      connected = true;
    });
  } catch (thrown) {
    throw broken(thrown, outgoing.url.host, connected);
  }
}

function transfer({ agent, request }: Door, outgoing: Outgoing, signal: AbortSignal, connected: () => void): Promise<Incoming> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const sending = request(optionsOf(outgoing, agent));
    const stop = (): void => {
      reject(new Error('stopped'));
      sending.destroy();
    };
    signal.addEventListener('abort', stop, { once: true });
    let reply: IncomingMessage | undefined;
    sending.on('socket', connected);
    sending.on('response', (begun) => {
      reply = begun;
      received(begun, outgoing.url.host).then(resolve, reject);
    });
    sending.on('error', (thrown) => {
      // What is wrong with the bytes after a reply that is whole does not undo it.
      if (reply?.complete !== true) reject(thrown);
    });
    sending.on('close', () => {
      signal.removeEventListener('abort', stop);
      if (reply === undefined) reject(new Error('closed without a reply'));
    });
    sending.end(outgoing.body === '' ? undefined : Buffer.from(outgoing.body));
  });
}

/** The whole of a reply; what ended early is an error, however well it reads. */
function received(reply: IncomingMessage, host: string): Promise<Incoming> {
  return new Promise((resolve, reject) => {
    const gathered = gathering(host);
    reply.on('data', (chunk: Buffer) => {
      try {
        gathered.add(chunk);
      } catch (thrown) {
        reject(thrown);
        reply.destroy();
      }
    });
    reply.on('error', reject);
    reply.on('close', () => reject(new Error('closed in the middle of a reply')));
    reply.on('end', () => {
      if (reply.complete) resolve({ status: reply.statusCode ?? 0, headers: joined(reply.rawHeaders), text: gathered.text() });
    });
  });
}

function optionsOf({ method, url, headers, body }: Outgoing, agent: Agent): RequestOptions {
  return {
    agent,
    method,
    // Brackets belong to the URL, not to the address in it.
    hostname: url.hostname.replace(/^\[|\]$/g, ''),
    ...(url.port === '' ? {} : { port: url.port }),
    path: `${url.pathname}${url.search}`,
    headers: body === '' && !EXPECTS_BODY.has(method) ? headers : { ...headers, 'content-length': String(Buffer.byteLength(body)) },
  };
}

/** Node's own record of the headers keeps but the first of some that came twice. */
function joined(raw: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = (raw[index] ?? '').toLowerCase();
    const value = raw[index + 1] ?? '';
    headers[name] = Object.hasOwn(headers, name) ? `${headers[name]}, ${value}` : value;
  }
  return headers;
}
