/** The layers, put together. The order is the point: each sees what the ones inside it made of the exchange. */
import type { Clock, Random } from '../domain/clock.js';
import type { Http, Layer, Refusals } from '../domain/exchange.js';
import type { Progress } from '../domain/progress.js';
import type { Connections } from './connections.js';
import { logins } from './logins.js';
import type { Redactor } from './redact.js';
import { redirect } from './redirect.js';
import { retry } from './retry.js';
import { type Trace, trace } from './trace.js';
import { taking, turns } from './turns.js';
import { bounded, encrypted, wire } from './wire.js';

export interface ClientSettings {
  readonly connections: Connections;
  readonly clock: Clock;
  readonly random: Random;
  readonly redactor: Redactor;
  readonly trace?: Trace | undefined;
  readonly userAgent: string;
  /** Requests in flight at once, of all operations together; absent: as many as are asked for. */
  readonly inFlight?: number | undefined;
}

/** What bounds the requests of one operation on one target. */
export interface Limits {
  readonly signal: AbortSignal;
  /** Milliseconds since 1970. */
  deadline(): number;
  readonly progress: Progress;
}

/** retry( fault( logins( redirect( defaults( authorize( encrypted( taking( leaving( trace( bounded( wire ))))))))))): headers stand before they are signed. */
export const client = (settings: ClientSettings): ((limits: Limits) => Http) => {
  // A login that a request turns out to need takes a turn of its own, before the request takes one.
  const turn = settings.inFlight === undefined ? undefined : turns(settings.inFlight);
  const sharing = logins();
  const refusals: Refusals = new Map();
  return (limits) =>
    ({ fault, authorize = (next) => next, insecureHttp = false, leaving = () => (next) => next }) => {
      const { clock, random } = settings;
      const faults: Layer = (next) => async (request) => {
        const reply = await next(request);
        if (reply.status >= 200 && reply.status <= 299) return reply;
        throw fault(reply, request).with({ reply });
      };
      const defaults: Layer = (next) => (request) =>
        next({
          ...request,
          headers: {
            accept: 'application/json',
            'user-agent': settings.userAgent,
            ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
            ...request.headers,
          },
        });
      const layers: readonly Layer[] = [
        retry({ clock, random, ...limits }),
        faults,
        sharing,
        redirect,
        defaults,
        authorize,
        encrypted(insecureHttp),
        taking(turn, limits.signal),
        leaving(refusals),
        trace(settings.trace, settings.redactor, clock),
      ];
      return layers.reduceRight((next, layer) => layer(next), bounded({ clock, ...limits })(wire(settings.connections)));
    };
};
