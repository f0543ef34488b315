/** Servers of a test's own: one that answers as it is told, over TLS too, and a proxy in front of it. Both remember what they heard. */
import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, type Server } from 'node:net';
import { fileURLToPath } from 'node:url';

export interface Heard {
  readonly method: string;
  /** As it stood on the wire. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

export interface Listener {
  readonly origin: string;
  readonly port: number;
  readonly heard: readonly Heard[];
  close(): Promise<void>;
}

export type Answering = (response: ServerResponse, heard: Heard) => void;

/**
 * Certificates of a hundred years, made for these tests and trusted nowhere. `here` is for 127.0.0.1 and localhost,
 * `elsewhere` for another host; `authority` signed both, `stranger` neither. Made with:
 * openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout authority.key -out authority.pem -days 36500 -subj /CN=authority
 * openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout here.key -out here.csr -subj /CN=here
 * openssl x509 -req -in here.csr -CA authority.pem -CAkey authority.key -CAcreateserial -days 36500 -extfile here.ext -out here.pem
 * where here.ext is the line `subjectAltName=IP:127.0.0.1,DNS:localhost`.
 */
export const certificate = (name: 'authority' | 'stranger' | 'here' | 'elsewhere'): string =>
  fileURLToPath(new URL(`tls/${name}.pem`, import.meta.url));

const pairOf = (name: 'here' | 'elsewhere') => ({
  cert: readFileSync(certificate(name)),
  key: readFileSync(fileURLToPath(new URL(`tls/${name}.key`, import.meta.url))),
});

async function opened(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** `secure` names the certificate that it shows. */
export async function listen(answer: Answering, secure?: 'here' | 'elsewhere'): Promise<Listener> {
  const heard: Heard[] = [];
  const listener: RequestListener = (request, response) => {
    response.on('error', () => undefined);
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url: path = '', headers, rawHeaders } = request;
      const one = { method, path, headers, rawHeaders, body: Buffer.concat(chunks).toString() };
      heard.push(one);
      answer(response, one);
    });
  };
  const server = secure === undefined ? createServer(listener) : createTlsServer(pairOf(secure), listener);
  // A client that does not like the certificate hangs up.
  server.on('tlsClientError', () => undefined);
  const port = await opened(server);
  return {
    origin: `${secure === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    port,
    heard,
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

export interface Proxied {
  readonly method: string;
  /** Where to: `host:port` of a tunnel, the absolute URL of a plain request. */
  readonly target: string;
  readonly authorization: string | undefined;
}

export interface ProxyServer extends Omit<Listener, 'heard'> {
  readonly asked: readonly Proxied[];
}

/** Leads everything, whatever its name, to one port of this machine; with `credentials` (`user:password`) only for who shows them. */
export async function proxyTo(port: number, credentials?: string): Promise<ProxyServer> {
  const asked: Proxied[] = [];
  const admitted = (method: string, target: string, headers: IncomingHttpHeaders): boolean => {
    const authorization = headers['proxy-authorization'];
    asked.push({ method, target, authorization });
    return credentials === undefined || authorization === `Basic ${Buffer.from(credentials).toString('base64')}`;
  };
  const server = createServer((request, response) => {
    const { method = '', url: target = '', headers, rawHeaders } = request;
    if (!admitted(method, target, headers)) return void response.writeHead(407, { 'content-length': 0 }).end();
    const onward = connect(port, '127.0.0.1', () => {
      const { pathname, search } = new URL(target);
      const lines = rawHeaders.flatMap((name, index) =>
        index % 2 === 0 && name.toLowerCase() !== 'proxy-authorization' ? [`${name}: ${rawHeaders[index + 1]}`] : [],
      );
      onward.write(`${method} ${pathname}${search} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
      request.pipe(onward, { end: false });
      onward.pipe(request.socket);
    });
    onward.on('error', () => request.socket.destroy());
    request.socket.on('close', () => onward.destroy());
  });
  server.on('connect', (request, socket, head) => {
    socket.on('error', () => undefined);
    if (!admitted('CONNECT', request.url ?? '', request.headers)) {
      return void socket.end('HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n');
    }
    const onward = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.write(head);
      socket.pipe(onward).pipe(socket);
    });
    onward.on('error', () => socket.destroy());
    socket.on('close', () => onward.destroy());
  });
  const own = await opened(server);
  const at = `http://${credentials === undefined ? '' : `${credentials}@`}127.0.0.1:${own}`;
  return {
    origin: at,
    port: own,
    asked,
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** Answers with JSON. */
export function json(response: ServerResponse, body: unknown, status = 200): void {
  const text = JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  response.end(text);
}
