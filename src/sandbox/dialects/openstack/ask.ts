/** One request on its way through the OpenStack sandbox, and how each of the three services words a refusal. */
import type { Answer, Call, Tools } from '../../dialect.js';
import type { OpenStackCloud } from './cloud.js';

/** The dialect's switches with their defaults filled in. */
export interface Switches {
  /** Largest page the cloud gives out, whatever was asked; 0: no forced maximum. Neutron and Nova lists. */
  readonly pageMax: number;
  /** Life of a token in seconds. */
  readonly tokenSeconds: number;
  /** Whether an unknown filter is a 400 (extension `filter-validation`) or ignored. */
  readonly filterValidation: boolean;
  /** Page links name a host that only the cloud's inside knows. */
  readonly foreignNext: boolean;
  /** A missing item answers without the `NeutronError` wrapper on GET. */
  readonly unwrapped404: boolean;
  /** `NeutronError` is a plain string, as in very old releases. */
  readonly stringErrors: boolean;
  /** Floating addresses a project may hold; -1: unlimited. */
  readonly floatingQuota: number;
  readonly portQuota: number;
  /** Extension `fip-port-details` and its attribute. */
  readonly portDetails: boolean;
  /** The port forwarding extensions, their sub-resource and their attribute. */
  readonly portForwardings: boolean;
  /** Extension `revision-if-match`; without it the header is a 400. */
  readonly revisionIfMatch: boolean;
  /** Extension `tag-creation` (POST on tags). */
  readonly tagCreation: boolean;
  /** The extensions `qos`, `qos-fip` and `qos-fip-network-policy`, their policies and the attributes that name one. */
  readonly qos: boolean;
  /** Extension `dns-integration` and its attributes. */
  readonly dnsIntegration: boolean;
  /** What becomes of the status of an associated floating address: ACTIVE a read later, DOWN for ever, or ERROR. */
  readonly wiring: 'late' | 'never' | 'error';
  /** Reads that a deleted floating address still answers. */
  readonly lingeringDelete: number;
  /** An empty pool answers 400 `ExternalIpAddressExhausted` instead of 409 `IpAddressGenerationFailure`. */
  readonly externalIpAddressExhausted: boolean;
  /** Whether the catalog has a network service. */
  readonly networkInCatalog: boolean;
  /** Legacy Nova ids are integers and a bound address cannot be moved, as under nova-network. */
  readonly integerIds: boolean;
}

const defaults: Switches = {
  pageMax: 0,
  tokenSeconds: 3600,
  filterValidation: true,
  foreignNext: false,
  unwrapped404: false,
  stringErrors: false,
  floatingQuota: 50,
  portQuota: 500,
  portDetails: true,
  portForwardings: true,
  revisionIfMatch: true,
  tagCreation: true,
  qos: true,
  dnsIntegration: true,
  wiring: 'late',
  lingeringDelete: 0,
  externalIpAddressExhausted: false,
  networkInCatalog: true,
  integerIds: false,
};

/** Knobs of other names are some other dialect's; one of ours with a value of another type is a mistake of the test. */
export function switches(knobs: Readonly<Record<string, unknown>>): Switches {
  const known: Readonly<Record<string, unknown>> = { ...defaults };
  const ours = Object.entries(knobs).filter(([name]) => name in known);
  const wrong = ours.find(([name, value]) => typeof value !== typeof known[name]);
  if (wrong) throw new Error(`openstack sandbox: knob ${wrong[0]} cannot be ${String(wrong[1])}`);
  return { ...defaults, ...Object.fromEntries(ours) };
}

/** A request before anybody looked at its token. */
export interface Ask {
  readonly call: Call;
  readonly cloud: OpenStackCloud;
  readonly tools: Tools;
  readonly knobs: Switches;
  /** What the client put before the service's own path, e.g. `/network`, `/two/compute`. */
  readonly base: string;
  /** The segments below `base`. */
  readonly path: readonly string[];
  /** Adds a reason why no faithful client would have sent this. */
  note(mark: string): void;
}

export interface Caller {
  readonly user: string;
  readonly project: string;
  readonly admin: boolean;
}

/** A request whose token was good and had a project. */
export interface ServiceAsk extends Ask {
  readonly who: Caller;
}

/** Thrown by a rule that refuses; nothing was changed before. */
export class Refusal extends Error {
  constructor(readonly answer: Answer) {
    super(`refused with ${answer.status}`);
  }
}

/** What `run` answers, or the refusal it threw. */
export function settle(run: () => Answer): Answer {
  try {
    return run();
  } catch (error) {
    if (error instanceof Refusal) return error.answer;
    throw error;
  }
}

/** https://docs.openstack.org/api-ref/network/v2/ */
export function neutronFault(ask: Ask, status: number, type: string, message: string): Refusal {
  return new Refusal({ status, json: { NeutronError: ask.knobs.stringErrors ? message : { type, message, detail: '' } } });
}

/** Neutron's policy said no: the thing may be seen or made, but not so. */
export function forbidden(ask: Ask, rule: string): Refusal {
  return neutronFault(ask, 403, 'PolicyNotAuthorized', `rule:${rule} is disallowed by policy`);
}

const novaNames: Readonly<Record<number, string>> = {
  400: 'badRequest',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'itemNotFound',
  405: 'badMethod',
  409: 'conflictingRequest',
  415: 'badMediaType',
};

/** https://docs.openstack.org/api-ref/compute/ ; statuses without a name of their own are `computeFault`. */
export function novaFault(status: number, message: string): Refusal {
  return new Refusal({ status, json: { [novaNames[status] ?? 'computeFault']: { code: status, message } } });
}

const titles: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
};

/** https://docs.openstack.org/api-ref/identity/v3/ ; also what the token check before Neutron and Nova answers. */
export function keystoneFault(ask: Ask, status: number, message: string, extra: Readonly<Record<string, unknown>> = {}): Refusal {
  const headers: Record<string, string> = status === 401 ? { 'WWW-Authenticate': `Keystone uri="${ask.tools.origin}/identity"` } : {};
  return new Refusal({ status, headers, json: { error: { code: status, title: titles[status] ?? 'Error', message, ...extra } } });
}

/** Who asks; a missing, unknown or expired token is refused with Keystone's body, whichever service was called. */
export function authorize(ask: Ask): { user: string; project: string | null; admin: boolean } {
  const id = ask.call.headers['x-auth-token'];
  if (id === undefined) ask.note('no X-Auth-Token header');
  const token = ask.cloud.tokens.find((one) => one.id === id && one.expires > ask.tools.now);
  const user = token && ask.cloud.users.find((one) => one.id === token.user);
  if (!token || !user) throw keystoneFault(ask, 401, 'The request you have made requires authentication.');
  return { user: user.id, project: token.project, admin: token.project !== null && user.roles[token.project] === 'admin' };
}

/** The body as a JSON object; undefined when it is none (or there is no body at all). */
export function jsonObject(body: string): Record<string, unknown> | undefined {
  try {
    return asObject(JSON.parse(body));
  } catch {
    return undefined;
  }
}

export function asObject(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
}
