/** What the faults of all providers share: the general meaning of a status, and one form for the sentence. */
import { type Fate, IpctlError, type Kind } from '../domain/errors.js';
import type { Reply } from '../domain/exchange.js';
import { retryAfter } from './retry.js';
import { requestIdOf } from './trace.js';

/** RFC 9110 as clouds speak it (413 is "over limit" there). A provider's documented codes go before it. */
export function kindOf(status: number): Kind {
  if (status === 400 || status === 422) return 'usage';
  if (status === 401 || status === 403) return 'auth';
  if (status === 404 || status === 410) return 'not-found';
  if (status === 405 || status === 501) return 'unsupported';
  if (status === 409 || status === 412 || status === 423) return 'conflict';
  if (status === 408 || status === 413 || status === 429 || (status >= 500 && status <= 599)) return 'temporary';
  return 'defect';
}

/** Whether a request answered so may have taken effect: a gateway's 5xx says nothing about the server behind it. */
export const fateOf = (status: number): Fate => (status === 408 || status >= 500 ? 'unknown' : 'not-applied');

export interface Refusal {
  readonly provider: string;
  readonly reply: Reply;
  /** The provider's sentence, or ours where it says nothing; without a final dot. */
  readonly message: string;
  readonly kind?: Kind | undefined;
  readonly code?: string | undefined;
  readonly requestId?: string | undefined;
  readonly hint?: string | undefined;
  /** Only where the provider's code proves more than the status does. */
  readonly fate?: Fate | undefined;
}

/** `203.0.113.7 is in use (hostway 403 forbidden, request 7f3a)` */
export function refusal({ provider, reply, message, kind, code, requestId = requestIdOf(reply.headers), hint, fate }: Refusal): IpctlError {
  const facts = [[provider, String(reply.status), code].filter((part) => part !== undefined && part !== '').join(' ')];
  if (requestId !== undefined && requestId !== '') facts.push(`request ${requestId}`);
  const sentence = message.trim().replace(/[.\s]+$/, '');
  return new IpctlError(kind ?? kindOf(reply.status), `${sentence} (${facts.join(', ')})`, {
    provider,
    status: reply.status,
    code,
    requestId,
    hint,
    fate: fate ?? fateOf(reply.status),
    retryAfter: retryAfter(reply.headers),
  });
}

const LONGEST_TEXT = 200;

/** A sentence from a body that is no JSON: HTML without its tags, one line, cut. */
export function plainText(text: string): string {
  const line = text
    .replace(/<(script|style)[\s\S]*?<\/\1>/gi, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return line.length > LONGEST_TEXT ? `${line.slice(0, LONGEST_TEXT)}…` : line;
}
