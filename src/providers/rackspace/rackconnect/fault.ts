/** Refusals of RackConnect, and of the services beside it, as our kinds. */
import type { Fault, Reply, Request } from '../../../domain/exchange.js';
import { type Refusal, refusal } from '../../../http/fault.js';
import { type Explained, explain, isPaced, refusedEntry } from '../explain.js';

type Meaning = Partial<Pick<Refusal, 'kind' | 'hint' | 'fate'>> & { readonly wait?: number };

/** What clients of theirs wait for a server to be known after its build. */
const JUST_BUILT = 1_000;
/** 30 requests a minute for each server: a third of the minute gives back ten. */
const PACE = 20_000;

const ROLE = 'the user needs a role that may change RackConnect';
const RATE = 'more than 30 requests a minute for one server are refused the same way';

function meaningOf(reply: Reply, request: Request, explained: Explained): Meaning {
  const { status } = reply;
  const { message } = explained;
  const { pathname } = new URL(request.url);
  const entry = refusedEntry(reply, request);
  if (entry !== undefined) return entry;
  if (status === 403) {
    // The one status for "you may not" and for "not so often": only words could tell.
    if (/\brate\b|too many|limit|exceed|throttl/i.test(message)) return { kind: 'temporary', hint: RATE, wait: PACE };
    return { kind: 'auth', hint: `${ROLE}; or wait a minute: ${RATE}` };
  }
  if (status === 409 && /cloud server .*does not exist/i.test(message)) {
    return { kind: 'temporary', hint: 'RackConnect learns of a new server a while after its build', wait: JUST_BUILT };
  }
  if (status === 409 && /retain/i.test(message) && /limit|maximum|more than|exceed|quota|five|\b5\b/i.test(message)) {
    return { kind: 'limit', hint: 'an account keeps five: release one' };
  }
  if (status === 409) return { hint: 'a server has one public address: ipctl ip list shows it' };
  // The list itself missing is no missing address: 'not-found' would be read as one.
  if (status === 404 && pathname.endsWith('/public_ips') && request.method === 'GET') {
    return { kind: 'unsupported', hint: 'this account is not connected by RackConnect v3' };
  }
  if (status === 413) return { kind: isPaced(reply, explained) ? 'temporary' : 'limit' };
  return {};
}

export const fault: Fault = (reply, request) => {
  const explained = explain(reply);
  const { message, code } = explained;
  const { kind, hint, fate, wait = explained.wait } = meaningOf(reply, request, explained);
  const said = message.trim() === '' ? `RackConnect answered ${reply.status} without a word` : message;
  const error = refusal({ provider: 'rackconnect', reply, message: said, code, kind, hint, fate });
  return error.details.retryAfter === undefined && wait !== undefined ? error.with({ retryAfter: wait }) : error;
};
