/** Their refusals, read by status and documented words: http://docs.hostway.com/index.php/Server_Response_Codes */
import type { Fault, Reply } from '../../domain/exchange.js';
import { plainText, refusal } from '../../http/fault.js';

interface Explained {
  readonly message: string;
  readonly code: string | undefined;
  readonly id: string | undefined;
}

type Body = Readonly<Record<string, unknown>>;

const isBody = (value: unknown): value is Body => typeof value === 'object' && value !== null && !Array.isArray(value);
const wordsOf = (body: Body, ...names: readonly string[]): string[] =>
  names.map((name) => body[name]).filter((word): word is string => typeof word === 'string' && word.trim() !== '');

/** What gateways and frameworks call their sentence. */
const SENTENCES = ['message', 'error_description', 'detail', 'details', 'description', 'error', 'title', 'reason'] as const;

/**
 * One key that names the fault, `message` in it, and an id for support under `guid` or `errorid`. Surprise: a 401 is text
 * or HTML, whatever was asked for, and some bodies are empty. JSON of another form comes from something in between.
 */
function explain({ json, text, status }: Reply): Explained {
  const said = (message: string | undefined): Explained => ({
    message: message === undefined || message === '' ? `Hostway answered ${status} without a word` : message,
    code: undefined,
    id: undefined,
  });
  if (typeof json !== 'object' || json === null) return said(plainText(text));
  const entries = isBody(json) ? Object.entries(json) : [];
  const [name, inner] = entries.length === 1 ? (entries[0] ?? []) : [];
  if (isBody(inner) && 'message' in inner) {
    const [id] = wordsOf(inner, 'guid', 'errorid');
    return { ...said(wordsOf(inner, 'message', 'details').map(plainText).join(': ')), code: name, id };
  }
  const [sentence] = [json, ...entries.map(([, value]) => value)].filter(isBody).flatMap((body) => wordsOf(body, ...SENTENCES));
  return said(sentence === undefined ? `Hostway answered ${status} in a form that says nothing to a reader` : plainText(sentence));
}

export const fault: Fault = (reply, request) => {
  const { message, code, id } = explain(reply);
  const base = { provider: 'hostway', reply, message, code, requestId: id };
  const action = request.url.endsWith('/action');
  const allocation = request.method === 'POST' && !action;
  switch (reply.status) {
    case 401:
      return refusal({
        ...base,
        message: 'Hostway does not accept the user name or the password',
        hint: 'check username and password of the profile',
      });
    case 400:
      // http://docs.hostway.com/index.php/ServerActionAddFlexibleIP. Surprise: an unknown server is a bad request here, at times told without a word.
      if (action) return refusal({ ...base, kind: reply.text.trim() === '' || /not found/i.test(message) ? 'not-found' : 'usage' });
      return refusal({ ...base, hint: allocation ? 'name a zone of the account with --hostway-zone; some clouds want one' : undefined });
    case 403:
      // The same page: also an address that is taken. The general page: also a quota that is used up.
      if (action) return refusal({ ...base, kind: /assigned/i.test(message) ? 'conflict' : 'auth' });
      return refusal({ ...base, kind: /quota|limit/i.test(message) ? 'limit' : 'auth' });
    case 409:
      return refusal({
        ...base,
        kind: 'conflict',
        hint: action && !isNotItsAddress(message) ? 'a server must be provisioned before it takes or gives up an address' : undefined,
      });
    case 413:
      // A quota under the name that the family has for it; any other 413 is a pace, which passes.
      return refusal(allocation && /quota/i.test(message) ? { ...base, kind: 'limit' } : base);
    case 503:
      // The service itself speaks here, not a gateway before it: nothing was allocated, and waiting gives no address.
      if (allocation && code !== undefined && /\b(pool|ip|address(es)?)\b/i.test(message))
        return refusal({ ...base, kind: 'limit', fate: 'not-applied' });
      return refusal(base);
    default:
      return refusal(base);
  }
};

/** http://docs.hostway.com/index.php/ServerActionRemoveFlexibleIP: its 409 is this, or a server that is not provisioned. */
export const isNotItsAddress = (message: string): boolean => /invalid ip/i.test(message);
