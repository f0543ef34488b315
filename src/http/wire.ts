/** The bottom of the chain: one exchange, bounded in time, and its body read as JSON. */
import type { Clock } from '../domain/clock.js';
import { IpctlError, isIpctlError } from '../domain/errors.js';
import { type Layer, payload, type Send } from '../domain/exchange.js';
import { type Connections, isLoopback } from './connections.js';

const LONGEST_REQUEST = 30_000;

export interface Bounds {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  deadline(): number;
}

/** No exchange takes longer than 30 s or than the deadline leaves; the user's own signal ends it at once. */
export const bounded =
  ({ clock, signal, deadline }: Bounds) =>
  (exchange: (signal: AbortSignal) => Send): Send =>
  async (request) => {
    signal.throwIfAborted();
    const left = Math.min(LONGEST_REQUEST, deadline() - clock.now());
    const host = new URL(request.url).host;
    if (left <= 0) {
      throw new IpctlError('temporary', `no time left for ${request.method} to ${host}`, { fate: 'not-sent', hint: 'raise --timeout' });
    }
    const alarm = clock.alarm(left);
    try {
      return await exchange(AbortSignal.any([signal, alarm.signal]))(request);
    } catch (thrown) {
      signal.throwIfAborted();
      if (!alarm.signal.aborted) throw thrown;
      const fate = isIpctlError(thrown) && thrown.details.fate === 'not-sent' ? 'not-sent' : 'unknown';
      const what = fate === 'not-sent' ? 'could not be reached' : 'did not answer';
      throw new IpctlError('temporary', `${host} ${what} within ${Math.round(left / 1000)} s`, { fate, cause: thrown });
    } finally {
      alarm.cancel();
    }
  };

export const wire =
  (connections: Connections) =>
  (signal: AbortSignal): Send =>
  async (request) => {
    const { method, headers = {} } = request;
    const reply = await connections.exchange({ method, url: new URL(request.url), headers, body: payload(request) }, signal);
    return { ...reply, json: parse(reply.text) };
  };

/** By content, not by header: some providers send JSON as text, and errors as HTML under a JSON type. */
function parse(text: string): unknown {
  if (!/^\s*[[{"]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Credentials travel on every request: plain http goes to this machine only, unless the user said otherwise. */
export const encrypted =
  (insecureHttp: boolean): Layer =>
  (next) =>
  (request) => {
    const url = new URL(request.url);
    if (url.protocol === 'https:' || isLoopback(url) || insecureHttp) return next(request);
    throw new IpctlError('config', `plain http to ${url.host} would show the credentials to the network`, {
      fate: 'not-sent',
      hint: 'use https, or set the insecure-http option of the profile',
    });
  };
