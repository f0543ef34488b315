/**
 * Reading the body of a Neutron POST or PUT: one root object, attributes that the method allows, values of the right
 * shape. Everything refused here is something that a faithful client does not send, except attributes of extensions
 * that exist elsewhere: one may try those.
 */
import ipaddr from 'ipaddr.js';
import { isDottedQuad, isUuid } from '../../cloud.js';
import type { Refusal, ServiceAsk } from './ask.js';
import { asObject, jsonObject, neutronFault } from './ask.js';
import { isDnsDomain, isDnsName } from './dns.js';

export type Shape = 'uuid' | 'text' | 'address' | 'boolean' | 'list' | 'fixed_ips' | 'mac' | 'dns_name' | 'dns_domain';

export interface Attribute {
  readonly shape: Shape;
  /** Which methods may carry it; neither: read-only. */
  readonly in: readonly ('POST' | 'PUT')[];
  /** Whether null is a value. */
  readonly nullable?: true;
}

export interface BodyRules {
  readonly root: string;
  readonly attributes: Readonly<Record<string, Attribute>>;
  /** Attributes of extensions that this cloud may lack: they are unknown unless they are among `attributes`. */
  readonly elsewhere: readonly string[];
}

export type Attributes = Readonly<Record<string, unknown>>;

export function readBody(ask: ServiceAsk, rules: BodyRules): Attributes {
  const method = ask.call.method as 'POST' | 'PUT';
  const body = jsonObject(ask.call.body);
  if (!body) throw invalid(ask, ask.call.body === '' ? 'Resource body required' : 'The body is not valid JSON');
  const given = asObject(body[rules.root]);
  if (!given || Object.keys(body).length !== 1) throw invalid(ask, `Unable to find '${rules.root}' in request body`);
  for (const [name, value] of Object.entries(given)) {
    const rule = rules.attributes[name];
    if (!rule) {
      const message = `Unrecognized attribute(s) '${name}'`;
      throw rules.elsewhere.includes(name) ? neutronFault(ask, 400, 'HTTPBadRequest', message) : invalid(ask, message);
    }
    if (!rule.in.includes(method)) {
      throw invalid(ask, method === 'POST' ? `Attribute '${name}' not allowed in POST` : `Cannot update read-only attribute ${name}`);
    }
    const nothing = value === null && rule.nullable === true;
    if (nothing && method === 'POST') ask.note(`${name}: null is sent instead of left out`);
    if (!nothing && !fits(rule.shape, value))
      throw invalid(ask, `Invalid input for ${name}. Reason: '${String(value)}' is not a valid ${rule.shape}.`);
  }
  if (given.tenant_id !== undefined && given.project_id !== undefined && given.tenant_id !== given.project_id) {
    throw invalid(ask, "'project_id' and 'tenant_id' do not match");
  }
  return given;
}

/** A value that the rules let through as text, or nothing. */
export function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Whether `value` is an address as Neutron writes them; no shorthand like `10.1`. */
export function isAddress(value: string): boolean {
  return isDottedQuad(value) || ipaddr.IPv6.isValid(value);
}

/** The refusal of a request that no faithful client sends. */
export function invalid(ask: ServiceAsk, message: string): Refusal {
  ask.note(`invalid body: ${message}`);
  return neutronFault(ask, 400, 'HTTPBadRequest', message);
}

function fits(shape: Shape, value: unknown): boolean {
  switch (shape) {
    case 'uuid':
      return typeof value === 'string' && isUuid(value);
    case 'text':
      return typeof value === 'string' && value.length <= 255;
    case 'address':
      return typeof value === 'string' && isAddress(value);
    case 'mac':
      return typeof value === 'string' && /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(value);
    case 'dns_name':
      return typeof value === 'string' && isDnsName(value);
    case 'dns_domain':
      return typeof value === 'string' && isDnsDomain(value);
    case 'boolean':
      return typeof value === 'boolean';
    case 'list':
      return Array.isArray(value);
    case 'fixed_ips':
      return Array.isArray(value) && value.every(isFixedIp);
  }
}

/** `{subnet_id}`, `{ip_address}` or both. */
function isFixedIp(value: unknown): boolean {
  const entry = asObject(value);
  if (!entry || Object.keys(entry).length === 0) return false;
  return Object.entries(entry).every(
    ([name, part]) => typeof part === 'string' && ((name === 'subnet_id' && isUuid(part)) || (name === 'ip_address' && isAddress(part))),
  );
}
