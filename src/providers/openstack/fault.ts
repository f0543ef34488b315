/** The error families of an OpenStack cloud, read into kinds: Neutron, Nova, Keystone, the token middleware, and the proxies before them. */
import { IpctlError, type Kind } from '../../domain/errors.js';
import type { Fault, Reply, Request } from '../../domain/exchange.js';
import { plainText, type Refusal, refusal } from '../../http/fault.js';

export interface Told {
  readonly message: string | undefined;
  readonly code: string | undefined;
  /** Seconds, where Nova says so in the body. */
  readonly retryAfter?: number | undefined;
  /** Ways to authenticate that the cloud allows, where it refuses one. */
  readonly methods?: readonly string[] | undefined;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

function told(json: unknown): Told {
  if (!isObject(json)) return { message: undefined, code: undefined };
  for (const [key, value] of Object.entries(json)) {
    // Surprise: very old releases of Neutron send a text where an object is documented.
    if (key === 'NeutronError' && text(value) !== undefined) return { message: text(value), code: key };
    if (!isObject(value) || text(value.message) === undefined) continue;
    const identity = isObject(value.identity) && Array.isArray(value.identity.methods) ? value.identity.methods : undefined;
    return {
      message: text(value.message),
      code: text(value.type) ?? (key === 'error' ? undefined : key),
      retryAfter: typeof value.retryAfter === 'number' ? value.retryAfter : undefined,
      methods: identity?.filter((method) => typeof method === 'string'),
    };
  }
  const [first]: readonly unknown[] = Array.isArray(json.errors) ? json.errors : [];
  if (isObject(first)) {
    const sentence = [text(first.title), text(first.detail)].filter((part) => part !== undefined).join(': ');
    return { message: text(sentence), code: text(first.code) };
  }
  // Surprise: a single object that policy hides is refused without the wrapper.
  return { message: text(json.message), code: text(json.type) };
}

/** Names of Neutron's exception classes: stable, and surer than the status they come with. */
const CODES: readonly (readonly [RegExp, Kind])[] = [
  [/^OverQuota$/, 'limit'],
  [/GenerationFailure/, 'limit'],
  [/^ExternalIpAddressExhausted$/, 'limit'],
  [/^FloatingIPPortAlreadyAssociated$/, 'conflict'],
  [/^IpAddress(AlreadyAllocated|InUse)/, 'conflict'],
  [/^FipInUseByPortForwarding$/, 'conflict'],
  [/^PortHasPortForwarding$/, 'conflict'],
  [/^ServicePortInUse$/, 'conflict'],
  [/^RevisionNumberConstraintFailed$/, 'conflict'],
  [/^ExternalGatewayForFloatingIPNotFound$/, 'conflict'],
];

export const NO_ROUTE = 'ExternalGatewayForFloatingIPNotFound';

const HINTS: Readonly<Record<string, string>> = {
  OverQuota: 'release what is not needed, or ask for a higher quota',
  [NO_ROUTE]: 'a router must join the subnet of the port to the external network',
  FloatingIPPortAlreadyAssociated:
    'that private address has another floating IP already: choose one with --private-address, or take it off first',
  FipInUseByPortForwarding: 'delete its port forwardings first',
  RevisionNumberConstraintFailed: 'somebody changed it meanwhile: look at it again',
};

const bodyOf = (request: Request, key: string): Readonly<Record<string, unknown>> => {
  const inner = isObject(request.body) ? request.body[key] : undefined;
  return isObject(inner) ? inner : {};
};

function hintFor(code: string | undefined, reply: Reply, request: Request): string | undefined {
  if (reply.status === 401) {
    return reply.headers['openstack-auth-receipt'] === undefined ? undefined : 'another factor is asked for: give the option passcode';
  }
  if (code === 'PolicyNotAuthorized' && bodyOf(request, 'floatingip').floating_ip_address !== undefined) {
    return 'choosing the address is for administrators here: leave --address out';
  }
  if (code === 'PolicyNotAuthorized' && bodyOf(request, 'port').fixed_ips !== undefined) {
    return 'choosing an address is for the owner of the network: leave --address out';
  }
  return code === undefined ? undefined : HINTS[code];
}

/** What one API means by a refusal, where that is more than the status and the code say. */
export type Meaning = (told: Told, reply: Reply, request: Request) => Partial<Pick<Refusal, 'kind' | 'message' | 'hint'>>;

/** `provider`: how the errors name it. */
export const faultOf =
  (provider: string, meaning: Meaning = () => ({})): Fault =>
  (reply, request) => {
    const said = told(reply.json);
    const { message, code, retryAfter, methods } = said;
    if (reply.status === 404 && new URL(request.url).pathname.endsWith('/auth/tokens')) {
      return refusal({
        provider,
        reply,
        kind: 'config',
        message: 'there is no identity service (Keystone v3) at the auth-url',
        hint: 'check the option auth-url, a missing path before /v3 above all',
      });
    }
    const allowed = methods === undefined || methods.length === 0 ? '' : `; allowed: ${methods.join(', ')}`;
    const error = refusal({
      provider,
      reply,
      message: `${message ?? (text(plainText(reply.json === undefined ? reply.text : '')) || `the service answered ${reply.status}`)}${allowed}`,
      code,
      kind: code === undefined ? undefined : CODES.find(([pattern]) => pattern.test(code))?.[1],
      hint: hintFor(code, reply, request),
      // A call the service says it does not have did nothing; a bare 501 may be a gateway's.
      fate: reply.status === 501 && code !== undefined ? 'not-applied' : undefined,
      ...meaning(said, reply, request),
    });
    return error.details.retryAfter === undefined && retryAfter !== undefined ? error.with({ retryAfter: retryAfter * 1000 }) : error;
  };

export const fault = faultOf('openstack');

/**
 * Undefined where the service itself says that it is not there; every other error goes on. A 404 without a code is the page of
 * a proxy and proves nothing: it is `temporary`, so that whoever waits or looks does so again.
 */
export async function unlessGone<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found;
  } catch (thrown) {
    if (!(thrown instanceof IpctlError) || thrown.kind !== 'not-found') throw thrown;
    if (thrown.details.code !== undefined) return undefined;
    throw new IpctlError('temporary', thrown.message, { ...thrown.details, cause: thrown });
  }
}

/** A field that Neutron does not know belongs to an extension that this cloud has not loaded. */
export function withoutExtension(thrown: unknown): unknown {
  if (!(thrown instanceof IpctlError) || thrown.details.status !== 400) return thrown;
  const [, names] = /Unrecognized attribute\(s\) '([^']*)'/.exec(thrown.message) ?? [];
  if (names === undefined) return thrown;
  const extension = names.includes('qos')
    ? 'QoS policies on floating IPs (extension qos-fip)'
    : 'DNS names of floating IPs (extension dns-integration)';
  return new IpctlError('unsupported', `this cloud has no ${extension}: ${thrown.message}`, { ...thrown.details, cause: thrown });
}

export const refused = (kind: Kind, message: string, hint?: string): IpctlError =>
  new IpctlError(kind, message, { provider: 'openstack', fate: 'not-sent', hint });

/** What a look finds after a guarded write was turned away. */
export const changedMeanwhile = (name: string, state: string): IpctlError =>
  refused('conflict', `${name} changed meanwhile: it is ${state} now`, 'look at it again: nothing was done').with({ fate: 'not-applied' });
