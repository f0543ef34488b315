/**
 * The signing side of access key signatures, apart from the dialect's verifier: what one gets wrong must not be wrong in
 * the other by sharing. https://docs.otc.t-systems.com/developer/api.html
 */
import { createHash, createHmac } from 'node:crypto';
import { accessKey } from '../../src/sandbox/dialects/otc/otc.js';
import { type Ask, type Method, PROJECT } from './otc-caller.js';

export interface Signing {
  readonly pair?: { readonly access: string; readonly secret: string };
  /** `DATE/REGION/SERVICE` of the derived form; absent: the plain form. */
  readonly scope?: string;
  readonly date?: string;
  /** Names of the signed headers, as the request lists them. */
  readonly signed?: readonly string[];
  /** Signed with the others when `signed` is absent. */
  readonly extra?: Readonly<Record<string, string>>;
  readonly unsigned?: Readonly<Record<string, string>>;
  /** Changes the header once it is made. */
  readonly spoil?: (authorization: string) => string;
}

/** The headers of a signed request to `origin`. */
export function sign(origin: string, method: Method, path: string, body: string, how: Signing = {}): Ask {
  const { access, secret } = how.pair ?? accessKey;
  const date = how.date ?? '20260102T030405Z';
  const headers: Record<string, string> = { 'x-sdk-date': date, 'content-type': 'application/json', 'x-project-id': PROJECT, ...how.extra };
  const url = new URL(origin + path.replaceAll('{P}', PROJECT));
  const all: Record<string, string> = { ...headers, host: url.host };
  const names = how.signed ?? Object.keys(all).sort();
  const lines = names.map((name) => `${name}:${all[name] ?? ''}\n`).join('');
  const payload = headers['x-sdk-content-sha256'] ?? sha256(body);
  const slashed = url.pathname.endsWith('/') ? url.pathname : `${url.pathname}/`;
  const hash = sha256([method, slashed, queryOf(url), lines, names.join(';'), payload].join('\n'));
  const signature =
    how.scope === undefined
      ? hmac(secret, `SDK-HMAC-SHA256\n${date}\n${hash}`)
      : hmac(chain(secret, how.scope), `SDK-HMAC-SHA256\n${date}\n${how.scope}/sdk_request\n${hash}`);
  const credential = how.scope === undefined ? `Access=${access}` : `Credential=${access}/${how.scope}/sdk_request`;
  const authorization = `SDK-HMAC-SHA256 ${credential}, SignedHeaders=${names.join(';')}, Signature=${signature.toString('hex')}`;
  return { token: null, headers: { ...headers, ...how.unsigned, authorization: how.spoil?.(authorization) ?? authorization } };
}

/** Another last digit. */
export const alter = (text: string): string => text.replace(/.$/, (last) => (last === '0' ? '1' : '0'));

/** Sorted by code unit, as `encodeURIComponent` leaves it: the tests use no character that it spells in another way. */
function queryOf(url: URL): string {
  return [...url.searchParams]
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .sort()
    .join('&');
}

/** Date, region, service and the fixed end, each the key of the next. */
function chain(secret: string, scope: string): Buffer {
  return [...scope.split('/'), 'sdk_request'].reduce<Buffer>((key, part) => hmac(key, part), Buffer.from(`SDK${secret}`));
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
