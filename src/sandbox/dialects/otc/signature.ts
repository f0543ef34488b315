/**
 * Access key signatures, written as the verifying side: both forms of SDK-HMAC-SHA256, plain key (`Access=`) and derived
 * key (`Credential=`). https://docs.otc.t-systems.com/developer/api.html
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Call } from '../../dialect.js';

export const ALGORITHM = 'SDK-HMAC-SHA256';

export interface Authorization {
  readonly access: string;
  /** null in the plain form; both `region` and `service` may be empty in the derived one. */
  readonly scope: { readonly date: string; readonly region: string; readonly service: string } | null;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

/** Reads an `Authorization` header; undefined when it has neither form. */
export function parseAuthorization(header: string): Authorization | undefined {
  const parts = /^SDK-HMAC-SHA256 (Access|Credential)=([^,\s]+), SignedHeaders=([^,\s]+), Signature=([0-9a-f]{64})$/.exec(header);
  const [, form, credential, list, signature] = parts ?? [];
  if (form === undefined || credential === undefined || list === undefined || signature === undefined) return undefined;
  const signedHeaders = list.split(';');
  if (form === 'Access') return { access: credential, scope: null, signedHeaders, signature };
  const [access, date, region, service, end, ...rest] = credential.split('/');
  if (access === undefined || date === undefined || region === undefined || service === undefined) return undefined;
  if (end !== 'sdk_request' || rest.length > 0) return undefined;
  return { access, scope: { date, region, service }, signedHeaders, signature };
}

/** The six items that both forms hash. Headers that are named but absent count as empty: look for them first. */
export function canonicalRequest(call: Call, signedHeaders: readonly string[]): string {
  const names = [...signedHeaders].sort();
  const headers = names.map((name) => `${name}:${(call.headers[name] ?? '').trim()}\n`).join('');
  return [
    call.method.toUpperCase(),
    canonicalUri(call.rawPath),
    canonicalQuery(call.query),
    headers,
    names.join(';'),
    payloadHash(call),
  ].join('\n');
}

/** What the signature must be, in lower-case hex. `date` is the text of `X-Sdk-Date`. */
export function expectedSignature(authorization: Authorization, secret: string, date: string, canonical: string): string {
  const { scope } = authorization;
  const hash = sha256(canonical);
  if (scope === null) return hmac(secret, [ALGORITHM, date, hash].join('\n')).toString('hex');
  const path = `${scope.date}/${scope.region}/${scope.service}/sdk_request`;
  return hmac(derivedKey(secret, scope), [ALGORITHM, date, path, hash].join('\n')).toString('hex');
}

/** The key of the derived form: each step keys the next one with its raw bytes; empty region and service are steps too. */
export function derivedKey(secret: string, scope: { readonly date: string; readonly region: string; readonly service: string }): Buffer {
  return hmac(hmac(hmac(hmac(`SDK${secret}`, scope.date), scope.region), scope.service), 'sdk_request');
}

export function sameSignature(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function canonicalUri(rawPath: string): string {
  const path = rawPath.split('/').map(decode).map(encode).join('/');
  return path.endsWith('/') ? path : `${path}/`;
}

function canonicalQuery(query: URLSearchParams): string {
  return [...query]
    .map(([key, value]) => [encode(key), encode(value)] as const)
    .sort((one, other) => compare(one[0], other[0]) || compare(one[1], other[1]))
    .map(([key, value]) => `${key}=${value}`)
    .join('&');
}

function payloadHash(call: Call): string {
  return call.headers['x-sdk-content-sha256'] ?? sha256(call.body);
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** `encodeURIComponent` leaves five characters alone that are not in the unreserved set. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
