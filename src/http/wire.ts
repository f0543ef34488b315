/** The bottom of the chain: one exchange on undici's connections, bounded in time and size. The only importer of undici. */
import { setFlagsFromString } from 'node:v8';
import { Agent, type Dispatcher, EnvHttpProxyAgent, request as undiciRequest } from 'undici';
import type { Clock } from '../domain/clock.js';
import { IpctlError } from '../domain/errors.js';
import { type Layer, payload, type Reply, type Send } from '../domain/exchange.js';

const LONGEST_REQUEST = 30_000;
/** A reply larger than this is refused: the largest page of any provider we know is a tenth of it. */
const LARGEST_BODY = 32 * 1024 * 1024;

export interface ConnectionSettings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** PEM text that replaces the system's certificate authorities. */
  readonly ca?: string;
}

/** Shared by all requests of a run. Close it, or an idle keep-alive socket holds the process for seconds. */
export function connections({ env, ca }: ConnectionSettings): Dispatcher {
  // undici's parser is WebAssembly. V8 would compile the little that runs of it a second time, better, and the process would
  // not end before that is done: more than all else that a short command costs.
  setFlagsFromString('--liftoff-only');
  const connect = { timeout: 10_000, ...(ca === undefined ? {} : { ca }) };
  const proxied = ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY'].some((name) => (env[name] ?? '') !== '');
  if (!proxied) return new Agent({ connect });
  return new EnvHttpProxyAgent({
    connect,
    ...(ca === undefined ? {} : { requestTls: { ca } }),
    ...first('httpProxy', env.http_proxy, env.HTTP_PROXY),
    ...first('httpsProxy', env.https_proxy, env.HTTPS_PROXY),
    ...first('noProxy', env.no_proxy, env.NO_PROXY),
  });
}

const first = (name: string, ...values: readonly (string | undefined)[]): Record<string, string> => {
  const value = values.find((candidate) => candidate !== undefined && candidate !== '');
  return value === undefined ? {} : { [name]: value };
};

/** Codes of errors that end an exchange before a byte of it left. */
const BEFORE_SENDING: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
]);
const CERTIFICATE = /^(CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_|HOSTNAME_MISMATCH)/;

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
      throw new IpctlError('temporary', `${host} did not answer within ${Math.round(left / 1000)} s`, { fate: 'unknown', cause: thrown });
    } finally {
      alarm.cancel();
    }
  };

export const wire =
  (dispatcher: Dispatcher) =>
  (signal: AbortSignal): Send =>
  async (request) => {
    const host = new URL(request.url).host;
    const body = payload(request);
    try {
      const response = await undiciRequest(request.url, {
        dispatcher,
        method: request.method,
        headers: { ...request.headers },
        body: body === '' ? null : body,
        signal,
        headersTimeout: 0,
        bodyTimeout: 0,
      });
      const text = await readBounded(response.body, host);
      const headers: Record<string, string> = {};
      for (const [name, value] of Object.entries(response.headers)) {
        if (value !== undefined) headers[name] = typeof value === 'string' ? value : value.join(', ');
      }
      return { status: response.statusCode, headers, text, json: parse(text) } satisfies Reply;
    } catch (thrown) {
      throw transportError(thrown, host);
    }
  };

async function readBounded(body: AsyncIterable<Uint8Array>, host: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > LARGEST_BODY)
      throw new IpctlError('defect', `${host} sent more than ${LARGEST_BODY / 1024 / 1024} MiB in one reply`, { fate: 'unknown' });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** By content, not by header: some providers send JSON as text, and errors as HTML under a JSON type. */
function parse(text: string): unknown {
  if (!/^\s*[[{"]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function transportError(thrown: unknown, host: string): unknown {
  if (thrown instanceof IpctlError || !(thrown instanceof Error)) return thrown;
  const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';
  if (CERTIFICATE.test(code)) {
    return new IpctlError('auth', `the certificate of ${host} is not trusted (${code})`, {
      fate: 'not-sent',
      hint: 'give the authority that signed it with --ca-file',
      cause: thrown,
    });
  }
  const before = BEFORE_SENDING.has(code);
  const why = before ? `cannot reach ${host}` : `the connection to ${host} broke`;
  return new IpctlError('temporary', `${why} (${code === '' ? thrown.message : code})`, {
    fate: before ? 'not-sent' : 'unknown',
    cause: thrown,
  });
}

/** Credentials travel on every request: plain http goes to this machine only, unless the user said otherwise. */
export const encrypted =
  (insecureHttp: boolean): Layer =>
  (next) =>
  (request) => {
    const { protocol, hostname, host } = new URL(request.url);
    const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname);
    if (protocol === 'https:' || loopback || insecureHttp) return next(request);
    throw new IpctlError('config', `plain http to ${host} would show the credentials to the network`, {
      fate: 'not-sent',
      hint: 'use https, or set the insecure-http option of the profile',
    });
  };
