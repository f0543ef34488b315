/** What carries an exchange: a kind of connection for each way out of this machine, and what they have in common. */
import { IpctlError } from '../domain/errors.js';

/** A reply larger than this is refused: the largest page of any provider we know is a tenth of it. */
export const LARGEST_BODY = 32 * 1024 * 1024;

export interface ConnectionSettings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** PEM text that replaces the system's certificate authorities. */
  readonly ca?: string;
  /** Milliseconds until there is a connection, TLS included. */
  readonly connectTimeout?: number;
}

export const CONNECT_TIMEOUT = 10_000;

export interface Outgoing {
  readonly method: string;
  /** User and password in it do not count. */
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Empty: none, which is told as a length of zero where the method expects one. */
  readonly body: string;
}

export interface Incoming {
  readonly status: number;
  /** Names in lower case; what came several times is joined by a comma. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** Shared by all requests of a run. Close it, or an idle keep-alive socket holds the process for seconds. */
export interface Connections {
  /** Sent once, whatever happens. Rejects with an IpctlError whose fate says whether any of it can have left. */
  exchange(request: Outgoing, signal: AbortSignal): Promise<Incoming>;
  /** What is under way is broken off. */
  close(): Promise<void>;
}

/** By variable, the lower-case name before the other. A value may hold a password: an error names the variable alone. */
export function proxiesOf(env: ConnectionSettings['env']): Readonly<Record<string, string>> {
  const proxies: Record<string, string> = {};
  for (const variable of ['http_proxy', 'https_proxy']) {
    const value = env[variable] || env[variable.toUpperCase()] || '';
    if (value === '') continue;
    if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol)) {
      throw new IpctlError('config', `${variable} is no URL of a proxy`, {
        fate: 'not-sent',
        hint: 'such as http://proxy.example.com:3128',
      });
    }
    proxies[variable] = value;
  }
  return proxies;
}

/** Whether a URL's host is this machine, by a name or number that nobody else can be given. */
export const isLoopback = ({ hostname }: URL): boolean => /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname);

/**
 * Node's own client where requests go straight out, which is what costs least; undici where a proxy may stand between. None
 * does on the way to this machine: its loopback is another one there, and what goes in plain text here would be read there.
 */
export function connections(settings: ConnectionSettings): Connections {
  const straight = opening(async () => (await import('./native.js')).native(settings));
  const isProxied = Object.keys(proxiesOf(settings.env)).length > 0;
  const outward = isProxied ? opening(async () => (await import('./undici.js')).undici(settings)) : straight;
  return {
    exchange: (request, signal) => (isLoopback(request.url) ? straight : outward).exchange(request, signal),
    async close() {
      await Promise.all([straight.close(), outward.close()]);
    },
  };
}

/** Opened by the first request. */
export function opening(open: () => Promise<Connections>): Connections {
  let opened: Promise<Connections> | undefined;
  return {
    async exchange(request, signal) {
      opened ??= open();
      return (await opened).exchange(request, signal);
    },
    async close() {
      // What could not be opened was told to whoever asked.
      await (await opened?.catch(() => undefined))?.close();
    },
  };
}

/** Said outright: a variable of Node's would turn the check off. */
export const verifiedBy = (ca: string | undefined): { readonly rejectUnauthorized: true; readonly ca?: string } => ({
  rejectUnauthorized: true,
  ...(ca === undefined ? {} : { ca }),
});

/** Takes the chunks of a body; throws a `defect` once they are too many. */
export function gathering(host: string): { add(chunk: Uint8Array): void; text(): string } {
  const chunks: Uint8Array[] = [];
  let size = 0;
  return {
    add(chunk) {
      size += chunk.length;
      if (size > LARGEST_BODY)
        throw new IpctlError('defect', `${host} sent more than ${LARGEST_BODY / 1024 / 1024} MiB in one reply`, { fate: 'unknown' });
      chunks.push(chunk);
    },
    text: () => Buffer.concat(chunks).toString('utf8'),
  };
}

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
/** What Node and undici call a header that would change the request around it. */
const UNSENDABLE: ReadonlySet<string> = new Set(['ERR_INVALID_CHAR', 'ERR_INVALID_HTTP_TOKEN', 'UND_ERR_INVALID_ARG']);

/** `connected`: whether a connection may have taken some of the request. What is no Error, or ours already, passes. */
export function broken(thrown: unknown, host: string, connected: boolean): unknown {
  if (thrown instanceof IpctlError || !(thrown instanceof Error)) return thrown;
  const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const whose = 'cert' in thrown ? (thrown.cert as { readonly subjectaltname?: string } | undefined)?.subjectaltname : undefined;
    const shown = whose === undefined ? 'another host' : `another host, ${whose}`;
    return new IpctlError('auth', `the certificate of ${host} is not trusted: it is of ${shown} (${code})`, {
      fate: 'not-sent',
      hint: 'check the host in the endpoint, and whether something stands in between that answers in its place',
      cause: thrown,
    });
  }
  if (CERTIFICATE.test(code)) {
    return new IpctlError('auth', `the certificate of ${host} is not trusted (${code})`, {
      fate: 'not-sent',
      hint: 'give the authority that signed it with --ca-file',
      cause: thrown,
    });
  }
  if (UNSENDABLE.has(code)) {
    return new IpctlError('config', `a request to ${host} cannot be sent: ${thrown.message}`, {
      fate: 'not-sent',
      hint: 'look for line breaks and control characters in the options and secrets of the profile',
      cause: thrown,
    });
  }
  const before = !connected || BEFORE_SENDING.has(code);
  const why = before ? `cannot reach ${host}` : `the connection to ${host} broke`;
  return new IpctlError('temporary', `${why} (${code === '' ? thrown.message : code})`, {
    fate: before ? 'not-sent' : 'unknown',
    cause: thrown,
  });
}
