/** Neutron's and Nova's JSON as typed objects. What an extension brings may be absent; what is there is well formed, or a `defect`. */
import { parseAddress } from '../../domain/address.js';
import { IpctlError } from '../../domain/errors.js';
import type { Reply } from '../../domain/exchange.js';
import type { IpVersion } from '../../domain/records.js';
import { type Fields, fields } from '../../http/fields.js';
import type { Page } from '../../http/pages.js';
import { parameterOf } from '../../http/url.js';

/** What a port serves: `device` is a server's id only where `owner` starts with `compute:`. */
export interface Holder {
  readonly device: string | null;
  readonly owner: string;
}

export interface WireFloatingIp {
  readonly id: string;
  readonly address: string;
  readonly version: IpVersion;
  readonly network: string;
  readonly port: string | null;
  readonly fixedAddress: string | null;
  /** Undefined where the cloud does not tell (extension `fip-port-details`): the port itself does. */
  readonly holder: Holder | null | undefined;
  /** Held by port forwardings, which leave `port` null. */
  readonly forwarded: boolean;
  readonly status: string | null;
  readonly project: string | null;
  readonly description: string | null;
  readonly tags: readonly string[];
  readonly revision: string | null;
  readonly createdAt: Date | null;
  readonly updatedAt: Date | null;
  readonly raw: unknown;
}

export interface FixedIp {
  readonly address: string;
  readonly version: IpVersion;
  readonly subnet: string | null;
}

export interface WirePort extends Holder {
  readonly id: string;
  readonly name: string | null;
  readonly network: string | null;
  readonly status: string | null;
  readonly project: string | null;
  readonly description: string | null;
  readonly fixedIps: readonly FixedIp[];
  readonly revision: string | null;
  readonly createdAt: Date | null;
  readonly raw: unknown;
}

export interface WireNetwork {
  readonly id: string;
  readonly name: string | null;
  readonly external: boolean;
  readonly shared: boolean;
  readonly standard: boolean;
  readonly project: string | null;
  readonly raw: unknown;
}

export interface WireSubnet {
  readonly id: string;
  readonly name: string | null;
  readonly network: string;
  readonly cidr: string;
  readonly version: IpVersion;
  readonly raw: unknown;
}

export interface ServerName {
  readonly id: string;
  readonly name: string | null;
}

export interface WireServer extends ServerName {
  readonly status: string | null;
  readonly addresses: readonly string[];
  readonly zone: string | null;
  readonly raw: unknown;
}

const broken = (name: string, expected: string): never => {
  throw new IpctlError('defect', `the provider's reply is broken: ${name} is not ${expected}`, { fate: 'unknown' });
};

const address = (found: Fields, name: string) => parseAddress(found.text(name)) ?? broken(name, 'an IP address');

const project = (found: Fields): string | null => found.textOrNull('project_id') ?? found.textOrNull('tenant_id');

/** Zero is a revision: only an absent one is none. */
const revision = (found: Fields): string | null => found.integerOrNull('revision_number')?.toString() ?? null;

const holder = (found: Fields): Holder => ({ device: found.textOrNull('device_id'), owner: found.textOrNull('device_owner') ?? '' });

function details(found: Fields): Holder | null | undefined {
  if (found.raw.port_details === undefined) return undefined;
  const known = found.objectOrNull('port_details');
  return known === null ? null : holder(known);
}

export function floatingIp(found: Fields): WireFloatingIp {
  const { text, version } = address(found, 'floating_ip_address');
  const port = found.textOrNull('port_id');
  // Surprise: an address with port forwardings looks free. A router without a port gives it away where the cloud does not list them.
  const listed = found.raw.port_forwardings !== undefined && found.raw.port_forwardings !== null;
  const forwarded = listed ? found.list('port_forwardings').length > 0 : port === null && found.textOrNull('router_id') !== null;
  return {
    id: found.text('id'),
    address: text,
    version,
    network: found.text('floating_network_id'),
    port,
    fixedAddress: found.textOrNull('fixed_ip_address') === null ? null : address(found, 'fixed_ip_address').text,
    holder: details(found),
    forwarded,
    status: found.textOrNull('status'),
    project: project(found),
    description: found.textOrNull('description'),
    tags: found.texts('tags'),
    revision: revision(found),
    createdAt: found.timeOrNull('created_at'),
    updatedAt: found.timeOrNull('updated_at'),
    raw: found.raw,
  };
}

export function port(found: Fields): WirePort {
  return {
    ...holder(found),
    id: found.text('id'),
    name: found.textOrNull('name'),
    network: found.textOrNull('network_id'),
    status: found.textOrNull('status'),
    project: project(found),
    description: found.textOrNull('description'),
    fixedIps: found.list('fixed_ips').map((fixed) => {
      const { text, version } = address(fixed, 'ip_address');
      return { address: text, version, subnet: fixed.textOrNull('subnet_id') };
    }),
    revision: revision(found),
    createdAt: found.timeOrNull('created_at'),
    raw: found.raw,
  };
}

export interface WireQosPolicy {
  readonly id: string;
  readonly name: string | null;
}

export const qosPolicy = (found: Fields): WireQosPolicy => ({ id: found.text('id'), name: found.textOrNull('name') });

/** Null without a policy, and where the cloud has none. */
export const qosPolicyOf = (raw: unknown): string | null => fields(raw, 'floatingip').textOrNull('qos_policy_id');

/** Clouds keep names in small letters. */
export const hasDnsName = (raw: unknown, name: string): boolean =>
  fields(raw, 'floatingip').textOrNull('dns_name')?.toLowerCase() === name.toLowerCase();

export const network = (found: Fields): WireNetwork => ({
  id: found.text('id'),
  name: found.textOrNull('name'),
  external: found.flag('router:external'),
  shared: found.flag('shared'),
  standard: found.flag('is_default'),
  project: project(found),
  raw: found.raw,
});

export const subnet = (found: Fields): WireSubnet => ({
  id: found.text('id'),
  name: found.textOrNull('name'),
  network: found.text('network_id'),
  cidr: found.text('cidr'),
  version: found.integerOrNull('ip_version') === 6 ? 6 : 4,
  raw: found.raw,
});

export const serverName = (found: Fields): ServerName => ({ id: found.id('id'), name: found.textOrNull('name') });

export function server(found: Fields): WireServer {
  const labels = found.objectOrNull('addresses');
  const addresses = labels === null ? [] : Object.keys(labels.raw).flatMap((label) => labels.list(label));
  return {
    ...serverName(found),
    status: found.textOrNull('status'),
    addresses: addresses.map((item) => address(item, 'addr').text),
    zone: found.textOrNull('OS-EXT-AZ:availability_zone'),
    raw: found.raw,
  };
}

/** The object of a reply under its root key. */
export const one = <T>(reply: Reply, key: string, read: (found: Fields) => T): T => read(fields(reply.json, '').object(key));

/**
 * A page of a list. A deployment may page without being asked, so every list looks for links. Of `next` only where to go on
 * is taken: its host may be an internal one, and the token must not follow it.
 */
export function page<T>(reply: Reply, key: string, read: (found: Fields) => T): Page<T> {
  const body = fields(reply.json, '');
  const links = body.raw[`${key}_links`] === undefined ? [] : body.list(`${key}_links`);
  const next = links.find((link) => link.textOrNull('rel') === 'next')?.text('href');
  return { items: body.list(key).map(read), next: next === undefined ? undefined : cursor(next, key) };
}

function cursor(link: string, key: string): string {
  const marker = parameterOf(link, 'marker') ?? broken(`${key}_links`, 'a list of links that lead on');
  const limit = parameterOf(link, 'limit');
  return new URLSearchParams({ ...(limit === undefined ? {} : { limit }), marker }).toString();
}

/** The query that asks for the page after a cursor. */
export const after = (next: string | undefined): { readonly limit?: string; readonly marker?: string } =>
  next === undefined ? {} : Object.fromEntries(new URLSearchParams(next));
