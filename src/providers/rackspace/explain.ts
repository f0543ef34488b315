/** What their refusals say: five families of bodies, read by what they look like, since gateways and older services mix them. */
import { challengeOf } from '../../auth/keystone-v2.js';
import type { Kind } from '../../domain/errors.js';
import type { Reply, Request } from '../../domain/exchange.js';
import { plainText } from '../../http/fault.js';

export interface Explained {
  readonly message: string;
  readonly code?: string | undefined;
  /** Milliseconds, where the body rather than a header says when to come back. */
  readonly wait?: number | undefined;
}

type Members = Readonly<Record<string, unknown>>;
const isMembers = (value: unknown): value is Members => typeof value === 'object' && value !== null && !Array.isArray(value);
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The extension's own errors put a general sentence first; what is the matter stands behind the break. */
const behindTheBreak = (text: string): string => plainText(text.includes('<br />') ? text.slice(text.indexOf('<br />')) : text);

/** Seconds as a number, or a time held against the reply's own date: this machine's clock may be wrong. */
function waitOf({ retryAfter, retryAt }: Members, { headers }: Reply): number | undefined {
  const seconds = Number(retryAfter ?? Number.NaN);
  if (seconds >= 0) return seconds * 1000;
  const wait = Date.parse(textOf(retryAt)) - Date.parse(headers.date ?? '');
  return Number.isNaN(wait) ? undefined : Math.max(0, wait);
}

export function explain(reply: Reply): Explained {
  const { json, text } = reply;
  if (typeof json === 'string') return { message: plainText(json) };
  if (!isMembers(json)) {
    // Without `accept: application/json`, or from a gateway: plain text in paragraphs, the last one is the point.
    const paragraphs = text.trim().split(/\n\s*\n/);
    return { message: text.includes('<') ? behindTheBreak(text) : plainText(paragraphs.at(-1) ?? '') };
  }
  if (typeof json.message === 'string') {
    return { message: behindTheBreak(json.message), code: textOf(json.title) || textOf(json.code) || undefined };
  }
  const { NeutronError: neutron } = json;
  if (typeof neutron === 'string') return { message: plainText(neutron) };
  if (isMembers(neutron)) {
    const sentences = [neutron.message, neutron.detail].map((part) => textOf(part).replace(/\.$/, '')).filter((part) => part !== '');
    return { message: sentences.join(': '), code: textOf(neutron.type) || undefined };
  }
  if (Array.isArray(json.errors)) return { message: plainText(json.errors.map(textOf).join('; ')) };
  const [entry] = Object.entries(json);
  if (entry !== undefined && isMembers(entry[1])) {
    const [code, body] = entry;
    return { message: textOf(body.message), code, wait: waitOf(body, reply) };
  }
  return { message: plainText(text) };
}

/** The refusals that every product has in common: those of the identity service, and of a token. */
export function refusedEntry(reply: Reply, { url }: Request): { readonly kind: Kind; readonly hint: string } | undefined {
  const { status } = reply;
  const login = new URL(url).pathname.endsWith('/tokens');
  if (status === 401 && challengeOf(reply) !== undefined) {
    return { kind: 'auth', hint: 'use an API key, which needs no second factor, or give the option passcode' };
  }
  if (status === 401 && login) return { kind: 'auth', hint: 'check username, api-key (or password) and tenant of the profile' };
  if (status === 401) return { kind: 'auth', hint: 'check the tenant of the profile' };
  if (status === 403 && login) return { kind: 'auth', hint: 'the control panel shows what is wrong with this user' };
  return undefined;
}

/** 413 is also the answer to "too many": only one that says when to come back is about rate. */
export const isPaced = (reply: Reply, { wait }: Explained): boolean =>
  wait !== undefined || reply.headers['retry-after'] !== undefined || /"retryA(t|fter)"/.test(reply.text);
