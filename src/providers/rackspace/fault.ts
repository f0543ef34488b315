/** Refusals of Cloud Networks and Cloud Servers as our kinds. */
import type { Kind } from '../../domain/errors.js';
import type { Fault, Reply, Request } from '../../domain/exchange.js';
import { type Refusal, refusal } from '../../http/fault.js';
import { type Explained, explain, isPaced, refusedEntry } from './explain.js';

interface Meaning extends Pick<Refusal, 'fate' | 'hint'> {
  readonly when: RegExp;
  readonly kind: Kind;
  /** Stands before their sentence, where that leaves out what is the matter. */
  readonly because?: string;
}

const TOO_FEW = 'an address is shared by two servers or more';

/** What the sentence says, where the status does not. The 500s come from a wrapper that knows three statuses: nothing was done. */
const MEANINGS: readonly Meaning[] = [
  { when: /requires disassociation/i, kind: 'conflict', hint: 'ipctl ip disassociate takes it off its servers' },
  { when: /fixed ips cannot be/i, kind: 'unsupported', hint: 'the address is part of its server' },
  { when: /only shared ips may be made/i, kind: 'usage', hint: TOO_FEW },
  {
    when: /segment id's do not match/i,
    kind: 'usage',
    hint: 'servers in one public IP zone can share an address; public_ip_zone:near builds a server close to another',
  },
  { when: /cannot create more shared ips|cannot add more ips to port/i, kind: 'limit', hint: 'release one, or ask Rackspace for more' },
  { when: /out of ip addresses|no more ip addresses available/i, kind: 'limit', hint: 'try again later', fate: 'not-applied' },
  { when: /the ip address \S+ is in use/i, kind: 'conflict', hint: 'a freed address rests for up to two hours', fate: 'not-applied' },
  { when: /is in use on another port and cannot be shared/i, kind: 'conflict' },
  { when: /could not deserialize data/i, kind: 'defect', fate: 'not-applied' },
];

const NEUTRON_TYPES: Readonly<Record<string, Kind>> = {
  OverQuota: 'limit',
  IpAddressGenerationFailure: 'limit',
  NoMoreFreeIps: 'limit',
  IpAddressInUse: 'conflict',
  PortInUse: 'conflict',
};

// A hint is lost where an address that was allocated just before has a hint of its own.
const ROLE = "this user's role may not associate addresses (creator may allocate them, only admin may associate and release them)";
const LIMITED = 'shared addresses are not for RackConnect accounts, nor OnMetal servers, and may have to be enabled by support';

function meaningOf(reply: Reply, request: Request, explained: Explained): Partial<Meaning> {
  const { status } = reply;
  const { method, url } = request;
  const { message, code } = explained;
  const { pathname } = new URL(url);
  const known = MEANINGS.find(({ when }) => when.test(message));
  if (known !== undefined) return known;
  const typed = code === undefined ? undefined : NEUTRON_TYPES[code];
  if (typed !== undefined) return { kind: typed };
  const entry = refusedEntry(reply, request);
  if (entry !== undefined) return entry;
  if (status === 403) {
    const role = 'changes need the role admin of Cloud Networks and of Cloud Servers';
    if (method !== 'GET' && pathname.includes('/ip_associations/')) return { kind: 'auth', hint: role, because: ROLE };
    return { kind: 'auth', hint: pathname.includes('/ip_addresses') ? `${role}; ${LIMITED}` : role };
  }
  // The list itself missing is no missing address: 'not-found' would be read as one.
  if (status === 404 && method === 'GET' && pathname.endsWith('/ip_addresses')) return { kind: 'unsupported', hint: LIMITED };
  if (status === 413) return { kind: isPaced(reply, explained) ? 'temporary' : 'limit' };
  if (status === 400 && pathname.includes('/ip_associations/') && /already|exists\b/i.test(message)) return { kind: 'conflict' };
  return status === 501 ? { fate: 'not-applied' } : {};
}

export const fault: Fault = (reply, request) => {
  const explained = explain(reply);
  const { message, code, wait } = explained;
  const { kind, hint, fate, because } = meaningOf(reply, request, explained);
  const theirs = message.trim() === '' ? `Rackspace answered ${reply.status} without a word` : message;
  const said = because === undefined ? theirs : `${because}: ${theirs}`;
  const error = refusal({ provider: 'rackspace', reply, message: said, code, kind, hint, fate });
  return error.details.retryAfter === undefined && wait !== undefined ? error.with({ retryAfter: wait }) : error;
};
