/**
 * Their refusals, in eight shapes, read into kinds. The code decides wherever there is one: statuses drift between revisions,
 * and several plain conflicts are documented as 500 (https://docs.otc.t-systems.com/elastic-ip/api-ref/appendix/error_codes.html).
 */
import type { Fate, Kind } from '../../domain/errors.js';
import type { Fault, Reply } from '../../domain/exchange.js';
import { kindOf, plainText, refusal } from '../../http/fault.js';

interface Explained {
  readonly message: string;
  readonly code?: string | undefined;
  readonly requestId?: string | undefined;
}

type Json = Readonly<Record<string, unknown>>;

const objectOf = (value: unknown): Json | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
const codeOf = (value: unknown): string | undefined => (typeof value === 'number' ? String(value) : textOf(value));

const CODE = /^[A-Za-z]+\.\d{4,}$/;

/** Surprise: a message may be the backend's own JSON in a text; the innermost message is the one meant. */
function unwrapped(message: string): string {
  if (!/^\s*\{/.test(message)) return message;
  try {
    const inner = objectOf(JSON.parse(message));
    const nested = textOf(inner?.message) ?? Object.values(inner ?? {}).map((value) => textOf(objectOf(value)?.message))[0];
    return nested === undefined ? message : unwrapped(nested);
  } catch {
    return message;
  }
}

function explain({ json, text, status }: Reply): Explained {
  const outer = objectOf(json);
  if (outer !== undefined) {
    const requestId = textOf(outer.request_id);
    // The VPC and EIP services; the gateway and the v3 services; the gateway's routing, which has no code.
    for (const [code, message] of [
      [outer.code, outer.message],
      [outer.error_code, outer.error_msg],
      [outer.errorCode, outer.errorMsg],
    ] as const) {
      const words = textOf(message);
      if (words !== undefined) return { message: unwrapped(words), code: codeOf(code), requestId };
    }
    // Identity and servers (`error`), native Neutron (`NeutronError`), Nova (any one key).
    const [name, inner] = Object.entries(outer).map(([key, value]) => [key, objectOf(value)] as const)[0] ?? [];
    const message = textOf(inner?.message);
    if (inner !== undefined && message !== undefined) {
      const code = codeOf(inner.code);
      // Surprise: one published sample of the server service has code and message swapped.
      if (code !== undefined && CODE.test(message) && !CODE.test(code)) return { message: code, code: message, requestId };
      return { message: unwrapped(message), code: name === 'error' ? code : (textOf(inner.type) ?? name), requestId };
    }
  }
  const words = plainText(text);
  return { message: words === '' ? `it answered ${status} without a word` : words };
}

interface Meaning {
  readonly kind: Kind;
  /** Where the status suggests less than the code proves. */
  readonly fate?: Fate;
  readonly hint?: string;
}

const refusedAs = (kind: Kind, hint?: string): Meaning => ({ kind, fate: 'not-applied', ...(hint === undefined ? {} : { hint }) });

const UNKNOWN_TO_GATEWAY = refusedAs('auth', 'check the credentials of the profile');
const WRONG_ENDPOINT = refusedAs('config', 'the endpoint does not have this call: check region and the endpoint options of the profile');

const NOT_IN_SUBNET =
  'it lies outside the subnet, or is one of the five that the provider keeps: the network’s own, the gateway, the last three';

/** Codes whose meaning is not that of their status. */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  'APIGW.0101': WRONG_ENDPOINT,
  'APIG.0101': WRONG_ENDPOINT,
  'APIGW.0301': UNKNOWN_TO_GATEWAY,
  'APIG.0301': UNKNOWN_TO_GATEWAY,
  'IAM.0061': refusedAs('auth', 'the account is locked for a while after wrong passwords: each further try may prolong that'),
  'IAM.0062': refusedAs('auth', 'several wrong passwords in a row lock the account: correct it before the next try'),
  'IAM.0066': refusedAs('auth', 'the token has expired: get another one'),
  'IAM.0067': refusedAs('auth', 'the token is none, or is revoked: get another one'),
  'IAM.1061': refusedAs('auth', 'the one-time passcode is wrong or too old'),
  'IAM.1105': refusedAs('auth', 'the access key has expired'),
  'IAM.1106': refusedAs('auth', 'the user of the access key is gone'),
  'IAM.1107': refusedAs('auth', 'the access key is inactive'),
  'IAM.1108': refusedAs('auth', 'the temporary security token has expired'),
  'VPC.0003': refusedAs('not-found'),
  'VPC.0004': refusedAs('temporary'),
  'VPC.0007': refusedAs('config', 'the credentials open another project: check project-id, project-name and region'),
  'VPC.0105': refusedAs('not-found'),
  'VPC.0202': refusedAs('not-found'),
  'VPC.0508': refusedAs('usage'),
  'VPC.0509': refusedAs('conflict'),
  'VPC.0510': refusedAs('conflict', 'look who holds it: ipctl ip show'),
  'VPC.0511': refusedAs('conflict', 'one port carries one EIP: disassociate that first, or name another --private-address'),
  'VPC.0512': refusedAs('temporary'),
  'VPC.0516': refusedAs('conflict'),
  'VPC.0517': refusedAs('conflict'),
  'VPC.0518': refusedAs('conflict', 'remove its firewall rules first'),
  'VPC.0521': refusedAs('limit'),
  'VPC.0522': refusedAs('conflict'),
  'VPC.0532': refusedAs('limit'),
  'VPC.0701': refusedAs('conflict'),
  'VPC.0703': refusedAs('limit'),
  'VPC.0704': refusedAs('not-found'),
  'VPC.0705': refusedAs('usage', NOT_IN_SUBNET),
  'VPC.0706': refusedAs('temporary'),
  'VPC.0707': refusedAs('conflict'),
  'VPC.2204': refusedAs('not-found', 'a subnet is named by its network id, not by its Neutron subnet id'),
  InvalidIpForSubnet: refusedAs('usage', NOT_IN_SUBNET),
  IpAddressGenerationFailure: refusedAs('limit'),
  OverQuota: refusedAs('limit'),
};

/** Why the service refused: by code, else by status. A 404 without any code is no service's word that something is not there. */
export const fault: Fault = (reply, request) => {
  const { message, code, requestId } = explain(reply);
  const { status } = reply;
  const known = meaningOf(code, status, request.method);
  const meaning: Meaning = known ?? (status === 404 && code === undefined ? WRONG_ENDPOINT : { kind: kindOf(status) });
  // An integer that only repeats the status says nothing new.
  return refusal({ provider: 'otc', reply, message, code: code === String(status) ? undefined : code, requestId, ...meaning });
};

function meaningOf(code: string | undefined, status: number, method: string): Meaning | undefined {
  // The one code with two meanings: an assignment that failed inside (500), an EIP that is not there.
  if (code === 'VPC.0504') return method === 'POST' && status >= 500 ? { kind: 'temporary' } : refusedAs('not-found');
  return code === undefined || !Object.hasOwn(MEANINGS, code) ? undefined : MEANINGS[code];
}
