/**
 * Request signatures with an access key, `SDK-HMAC-SHA256` (https://docs.otc.t-systems.com/api-usage/). Two dialects share
 * the name and the canonical request. a: the secret key signs. b: a key derived from it for a day, region and service does.
 */
import { createHash, createHmac } from 'node:crypto';
import type { Clock } from '../domain/clock.js';
import { type Layer, payload } from '../domain/exchange.js';

const ALGORITHM = 'SDK-HMAC-SHA256';

export interface AccessKey {
  readonly id: string;
  readonly secret: string;
  /** Of a temporary key: accompanies every request. */
  readonly securityToken?: string | undefined;
}

/** Dialect b binds the key to a region and a service; both may be empty. */
export type Dialect = { readonly kind: 'a' } | { readonly kind: 'b'; readonly region: string; readonly service: string };

export interface Signable {
  readonly method: string;
  /** Absolute. */
  readonly url: string;
  /** Names in lower case; those of `signed` must be there. */
  readonly headers: Readonly<Record<string, string>>;
  /** The exact text that is sent; '' for none. */
  readonly body: string;
}

const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text, 'utf8').digest();

/** RFC 3986's unreserved characters stay, everything else becomes `%XX`. */
const strict = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);

/** By code unit, not by locale: upper case stands before lower case. */
const order = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

/** `YYYYMMDDTHHMMSSZ`, UTC. */
export const signingDate = (milliseconds: number): string =>
  new Date(milliseconds)
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replace(/[-:]/g, '');

/** Six items, a line each. The path ends in `/` here, whatever is sent; of the headers only those of `signed` (lower case) count. */
export function canonicalRequest({ method, url, headers, body }: Signable, signed: readonly string[]): string {
  const { pathname, searchParams } = new URL(url);
  const path = decodeURIComponent(pathname).split('/').map(strict).join('/');
  const query = [...searchParams]
    .map(([key, value]): [string, string] => [strict(key), strict(value)])
    .sort(([key, value], [otherKey, otherValue]) => order(key, otherKey) || order(value, otherValue))
    .map(([key, value]) => `${key}=${value}`)
    .join('&');
  const names = [...signed].sort(order);
  const lines = names.map((name) => `${name}:${(headers[name] ?? '').trim()}\n`).join('');
  return [method.toUpperCase(), path.endsWith('/') ? path : `${path}/`, query, lines, names.join(';'), sha256(body)].join('\n');
}

const scopeOf = (date: string, region: string, service: string): string => `${date.slice(0, 8)}/${region}/${service}/sdk_request`;

export function stringToSign(dialect: Dialect, date: string, canonical: string): string {
  const scope = dialect.kind === 'a' ? [] : [scopeOf(date, dialect.region, dialect.service)];
  return [ALGORITHM, date, ...scope, sha256(canonical)].join('\n');
}

export function signingKey(dialect: Dialect, date: string, secret: string): Buffer {
  if (dialect.kind === 'a') return Buffer.from(secret, 'utf8');
  return [date.slice(0, 8), dialect.region, dialect.service, 'sdk_request'].reduce(hmac, Buffer.from(`SDK${secret}`, 'utf8'));
}

export const signature = (key: Buffer, text: string): string => hmac(key, text).toString('hex');

/** The `Authorization` header of a request dated `date`. */
export function authorization(key: AccessKey, dialect: Dialect, date: string, request: Signable, signed: readonly string[]): string {
  const text = stringToSign(dialect, date, canonicalRequest(request, signed));
  const whose = dialect.kind === 'a' ? `Access=${key.id}` : `Credential=${key.id}/${scopeOf(date, dialect.region, dialect.service)}`;
  const names = [...signed].sort(order).join(';');
  return `${ALGORITHM} ${whose}, SignedHeaders=${names}, Signature=${signature(signingKey(dialect, date, key.secret), text)}`;
}

export interface SigningSettings {
  readonly key: AccessKey;
  readonly dialect: Dialect;
  readonly clock: Clock;
  /** Further headers of every request, signed as well: the project or domain it is for. Names in lower case. */
  headers(): Promise<Readonly<Record<string, string>>>;
}

/**
 * Signs each attempt anew: a signature is good for 15 minutes. A refused one is never repeated, since a few bad ones in a
 * row lock the key.
 */
export const sdkHmac =
  ({ key, dialect, clock, headers }: SigningSettings): Layer =>
  (next) =>
  async (request) => {
    const date = signingDate(clock.now());
    // A content type is signed on requests without a body too, as the vendors' own clients do.
    const signed: Record<string, string> = {
      'content-type': request.headers?.['content-type'] ?? 'application/json',
      host: new URL(request.url).host,
      'x-sdk-date': date,
      ...(key.securityToken === undefined ? {} : { 'x-security-token': key.securityToken }),
      ...(await headers()),
    };
    const signable = { method: request.method, url: request.url, headers: signed, body: payload(request) };
    return next({
      ...request,
      headers: { ...request.headers, ...signed, authorization: authorization(key, dialect, date, signable, Object.keys(signed)) },
    });
  };
