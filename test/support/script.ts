/**
 * A server that plays published exchanges: each request must be the next one of the script, to the letter, and each must
 * come. An unexpected or an unused exchange fails the test with both sides shown.
 */
import assert from 'node:assert/strict';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Exchange {
  /** Where it was published, for the reader. */
  readonly source: string;
  readonly request: {
    /** `GET /v2.0/floatingips?limit=2`: the path as it must stand on the wire. */
    readonly line: string;
    /** Headers that must be there with these values; null: must not be there. */
    readonly headers?: Readonly<Record<string, string | null>>;
    /** JSON the body must equal; absent: a body of length zero. */
    readonly body?: unknown;
  };
  readonly reply: {
    readonly status: number;
    readonly headers?: Readonly<Record<string, string>>;
    /** Sent as JSON; a string is sent as it is. */
    readonly body?: unknown;
  };
}

export interface Script {
  readonly origin: string;
  /** Fails unless every exchange was played. Closes the server. */
  end(): Promise<void>;
}

/** `exchanges` may depend on the server's own origin: catalogs name it. */
export async function play(exchanges: (origin: string) => readonly Exchange[]): Promise<Script> {
  const problems: unknown[] = [];
  let script: readonly Exchange[] = [];
  let position = 0;
  const check = (method: string, path: string, headers: IncomingHttpHeaders, body: string): Exchange['reply'] => {
    const exchange = script[position];
    assert.ok(exchange !== undefined, `unexpected request after the script's end: ${method} ${path} ${body}`);
    position += 1;
    assert.equal(`${method} ${path}`, exchange.request.line, exchange.source);
    if (exchange.request.body === undefined) assert.equal(body, '', `${exchange.source}: no body`);
    else assert.deepEqual(JSON.parse(body), exchange.request.body, exchange.source);
    for (const [name, value] of Object.entries(exchange.request.headers ?? {})) {
      assert.equal(headers[name.toLowerCase()] ?? null, value, `${exchange.source}: header ${name}`);
    }
    return exchange.reply;
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      try {
        const reply = check(request.method ?? '', request.url ?? '', request.headers, Buffer.concat(chunks).toString());
        const text = reply.body === undefined ? '' : typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body);
        const type = text === '' ? {} : { 'content-type': typeof reply.body === 'string' ? 'text/plain' : 'application/json' };
        response.writeHead(reply.status, { ...type, 'content-length': Buffer.byteLength(text), ...reply.headers });
        response.end(text);
      } catch (problem) {
        problems.push(problem);
        response.writeHead(418, { 'content-length': 0 });
        response.end();
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  script = exchanges(origin);
  return {
    origin,
    async end() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      if (problems[0] !== undefined) throw problems[0];
      assert.equal(position, script.length, `not asked for: ${script[position]?.request.line}`);
    },
  };
}
