/** Their refusals: five families of bodies, read by what they look like, since gateways and older services mix them. */
import { challengeOf } from '../../auth/keystone-v2.js';
import type { Kind } from '../../domain/errors.js';
import type { Fault, Reply, Request } from '../../domain/exchange.js';
import { plainText, type Refusal, refusal } from '../../http/fault.js';

interface Explained {
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

function explain(reply: Reply): Explained {
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

interface Meaning extends Pick<Refusal, 'fate' | 'hint'> {
  readonly when: RegExp;
  readonly kind: Kind;
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

const LIMITED = 'shared addresses are not for RackConnect accounts, nor OnMetal servers, and may have to be enabled by support';

function meaningOf(reply: Reply, { method, url }: Request, { message, code, wait }: Explained): Partial<Meaning> {
  const { status } = reply;
  const { pathname } = new URL(url);
  const known = MEANINGS.find(({ when }) => when.test(message));
  if (known !== undefined) return known;
  const typed = code === undefined ? undefined : NEUTRON_TYPES[code];
  if (typed !== undefined) return { kind: typed };
  const login = pathname.endsWith('/tokens');
  if (status === 401 && challengeOf(reply) !== undefined) {
    return { kind: 'auth', hint: 'use an API key, which needs no second factor, or give the option passcode' };
  }
  if (status === 401 && login) return { kind: 'auth', hint: 'check username, api-key (or password) and tenant of the profile' };
  if (status === 401) return { kind: 'auth', hint: 'check the tenant of the profile' };
  if (status === 403 && login) return { kind: 'auth', hint: 'the control panel shows what is wrong with this user' };
  if (status === 403) {
    const role = 'changes need the role admin of Cloud Networks and of Cloud Servers';
    return { kind: 'auth', hint: pathname.includes('/ip_addresses') ? `${role}; ${LIMITED}` : role };
  }
  // The list itself missing is no missing address: 'not-found' would be read as one.
  if (status === 404 && method === 'GET' && pathname.endsWith('/ip_addresses')) return { kind: 'unsupported', hint: LIMITED };
  if (status === 413) {
    // Also the answer to "too many": only one that says when to come back is about rate.
    const paced = wait !== undefined || reply.headers['retry-after'] !== undefined || /"retryA(t|fter)"/.test(reply.text);
    return { kind: paced ? 'temporary' : 'limit' };
  }
  if (status === 400 && pathname.includes('/ip_associations/') && /already|exists\b/i.test(message)) return { kind: 'conflict' };
  return status === 501 ? { fate: 'not-applied' } : {};
}

export const fault: Fault = (reply, request) => {
  const explained = explain(reply);
  const { message, code, wait } = explained;
  const { kind, hint, fate } = meaningOf(reply, request, explained);
  const said = message.trim() === '' ? `Rackspace answered ${reply.status} without a word` : message;
  const error = refusal({ provider: 'rackspace', reply, message: said, code, kind, hint, fate });
  return error.details.retryAfter === undefined && wait !== undefined ? error.with({ retryAfter: wait }) : error;
};
