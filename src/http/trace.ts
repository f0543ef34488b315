/** `--debug`: a line a request with status, time and request id; `--debug=body` adds headers and bodies. Secrets masked. */
import type { Clock } from '../domain/clock.js';
import { type Layer, payload } from '../domain/exchange.js';
import type { Redactor } from './redact.js';

export interface Trace {
  readonly bodies: boolean;
  line(text: string): void;
}

/** The id a provider's support asks for, wherever it stands. */
export const requestIdOf = (headers: Readonly<Record<string, string>>): string | undefined =>
  headers['x-openstack-request-id'] ?? headers['x-compute-request-id'] ?? headers['x-request-id'] ?? headers['x-correlation-id'];

export const trace =
  (sink: Trace | undefined, redactor: Redactor, clock: Clock): Layer =>
  (next) => {
    if (sink === undefined) return next;
    const write = (mark: string, headers: Readonly<Record<string, string>>, body: string, confidential: boolean): void => {
      if (!sink.bodies) return;
      for (const [name, value] of Object.entries(redactor.headers(headers))) sink.line(`${mark} ${name}: ${value}`);
      if (body !== '') sink.line(`${mark} ${confidential ? '(not shown: a login)' : redactor.text(body)}`);
    };
    return async (request) => {
      const started = clock.now();
      const what = `${request.method} ${redactor.text(request.url)}`;
      try {
        const reply = await next(request);
        const id = requestIdOf(reply.headers);
        sink.line(`${what} -> ${reply.status} (${clock.now() - started} ms${id === undefined ? '' : `, ${id}`})`);
        write('>', request.headers ?? {}, payload(request), request.confidential === true);
        write('<', reply.headers, reply.text, request.confidential === true);
        return reply;
      } catch (thrown) {
        sink.line(`${what} -> ${thrown instanceof Error ? redactor.text(thrown.message) : 'failed'} (${clock.now() - started} ms)`);
        throw thrown;
      }
    };
  };
