/** Their JSON. Absent, null and '' occur for one field in different revisions of the API: the three are read alike. */
import { isCidr, parseAddress } from '../../domain/address.js';
import { IpctlError } from '../../domain/errors.js';
import type { Reply } from '../../domain/exchange.js';
import type { Labels } from '../../domain/records.js';
import { type Fields, fields } from '../../http/fields.js';

export interface Eip {
  readonly id: string;
  readonly status: string;
  readonly address: string | null;
  /** Only while bound, and not for dedicated load balancers. */
  readonly port: string | null;
  readonly privateAddress: string | null;
  readonly alias: string | null;
  readonly type: string | null;
  readonly bandwidthName: string | null;
  readonly project: string | null;
  readonly createdAt: Date | null;
  /** Null outside lists: no other answer carries them. */
  readonly labels: Labels | null;
  readonly raw: unknown;
}

/** A reserved address; its id is that of a port. */
export interface Reserved {
  readonly id: string;
  readonly status: string;
  /** The id of the network: never that of the Neutron subnet. */
  readonly subnet: string;
  readonly project: string | null;
  /** '' when nobody uses it. */
  readonly owner: string;
  readonly address: string;
  readonly raw: unknown;
}

export interface WireSubnet {
  /** The id of the network, which all calls here want. */
  readonly id: string;
  readonly neutronSubnet: string | null;
  readonly name: string | null;
  readonly vpc: string | null;
  readonly cidr: string;
  readonly gateway: string | null;
  readonly raw: unknown;
}

export interface WireVpc {
  readonly id: string;
  readonly name: string | null;
  readonly raw: unknown;
}

/** An entry of a port's allowed address pairs: an address or a CIDR, and a MAC address, the port's own where it is null. */
export interface Pair {
  readonly address: string;
  readonly mac: string | null;
}

export interface Port {
  readonly id: string;
  readonly status: string;
  readonly network: string | null;
  readonly project: string | null;
  readonly owner: string;
  readonly addresses: readonly string[];
  readonly primary: boolean;
  readonly pairs: readonly Pair[];
  readonly raw: unknown;
}

/** How much of something there is, and how much is taken. -1: no limit. */
export interface Usage {
  readonly type: string;
  readonly used: number;
  readonly total: number;
}

export interface WireServer {
  readonly id: string;
  readonly name: string | null;
  readonly status: string;
  readonly zone: string | null;
  readonly addresses: readonly string[];
  readonly ports: readonly string[];
  readonly raw: unknown;
}

export interface Project {
  readonly id: string;
  readonly name: string;
}

const body = ({ json }: Reply): Fields => fields(json, '');

const broken = (what: string): IpctlError => new IpctlError('defect', `the provider's reply is broken: ${what}`, { fate: 'unknown' });

function addressOrNull(value: Fields, name: string, where: string): string | null {
  const text = value.textOrNull(name);
  if (text === null) return null;
  const address = parseAddress(text);
  if (address === undefined) throw broken(`${where}.${name} is no address`);
  return address.text;
}

function address(value: Fields, name: string, where: string): string {
  const found = addressOrNull(value, name, where);
  if (found === null) throw broken(`${where}.${name} is missing`);
  return found;
}

/** `key=value` each; a value may be empty, and may hold further equals signs. */
const labelsOf = (tags: readonly string[]): Labels =>
  Object.fromEntries(
    tags.map((tag) => {
      const at = tag.indexOf('=');
      return at < 0 ? [tag, null] : [tag.slice(0, at), tag.slice(at + 1)];
    }),
  );

function readEipFields(value: Fields, listed: boolean): Eip {
  return {
    id: value.text('id'),
    status: value.textOrNull('status') ?? 'UNKNOWN',
    address: addressOrNull(value, 'public_ip_address', 'publicip'),
    port: value.textOrNull('port_id'),
    privateAddress: addressOrNull(value, 'private_ip_address', 'publicip'),
    alias: value.textOrNull('alias'),
    type: value.textOrNull('type'),
    bandwidthName: value.textOrNull('bandwidth_name'),
    project: value.textOrNull('tenant_id'),
    // `2026-01-02 03:04:07`: no zone is named, UTC is meant.
    createdAt: value.timeOrNull('create_time'),
    labels: listed ? labelsOf(value.texts('tags')) : null,
    raw: value.raw,
  };
}

export const readEip = (reply: Reply): Eip => readEipFields(body(reply).object('publicip'), false);

export const readEips = (reply: Reply): Eip[] =>
  body(reply)
    .list('publicips')
    .map((value) => readEipFields(value, true));

export const readTags = (reply: Reply): Labels =>
  Object.fromEntries(
    body(reply)
      .list('tags')
      .map((tag) => [tag.text('key'), tag.textOrNull('value') ?? '']),
  );

const readReservedFields = (value: Fields): Reserved => ({
  id: value.text('id'),
  status: value.textOrNull('status') ?? 'UNKNOWN',
  subnet: value.text('subnet_id'),
  project: value.textOrNull('tenant_id'),
  owner: value.textOrNull('device_owner') ?? '',
  address: address(value, 'ip_address', 'privateip'),
  raw: value.raw,
});

export const readReserved = (reply: Reply): Reserved => readReservedFields(body(reply).object('privateip'));

export const readReservedList = (reply: Reply): Reserved[] => body(reply).list('privateips').map(readReservedFields);

export const readSubnets = (reply: Reply): WireSubnet[] =>
  body(reply)
    .list('subnets')
    .map((value) => {
      const cidr = value.text('cidr');
      if (!isCidr(cidr)) throw broken('subnet.cidr is no CIDR');
      return {
        id: value.text('id'),
        neutronSubnet: value.textOrNull('neutron_subnet_id'),
        name: value.textOrNull('name'),
        vpc: value.textOrNull('vpc_id'),
        cidr,
        gateway: value.textOrNull('gateway_ip'),
        raw: value.raw,
      };
    });

export const readVpcs = (reply: Reply): WireVpc[] =>
  body(reply)
    .list('vpcs')
    .map((value) => ({ id: value.text('id'), name: value.textOrNull('name'), raw: value.raw }));

const listOrNone = (value: Fields, name: string): readonly Fields[] => (value.raw[name] == null ? [] : value.list(name));

const readPortFields = (value: Fields): Port => ({
  id: value.text('id'),
  status: value.textOrNull('status') ?? 'UNKNOWN',
  network: value.textOrNull('network_id'),
  project: value.textOrNull('tenant_id'),
  owner: value.textOrNull('device_owner') ?? '',
  addresses: listOrNone(value, 'fixed_ips').map((fixed) => address(fixed, 'ip_address', 'fixed_ips')),
  primary: value.objectOrNull('binding:vif_details')?.flag('primary_interface') ?? false,
  pairs: listOrNone(value, 'allowed_address_pairs').map((pair) => ({
    address: pair.text('ip_address'),
    mac: pair.textOrNull('mac_address'),
  })),
  raw: value.raw,
});

export const readPort = (reply: Reply): Port => readPortFields(body(reply).object('port'));

export const readPorts = (reply: Reply): Port[] => body(reply).list('ports').map(readPortFields);

const count = (value: Fields, name: string): number => {
  const found = value.integerOrNull(name);
  if (found === null) throw broken(`${name} is missing`);
  return found;
};

export const readQuotas = (reply: Reply): Usage[] =>
  body(reply)
    .object('quotas')
    .list('resources')
    .map((value) => ({ type: value.text('type'), used: count(value, 'used'), total: count(value, 'quota') }));

/** Of the addresses of one network; those that the provider keeps are in neither number. */
export function readAvailability(reply: Reply): Usage {
  const value = body(reply).object('network_ip_availability');
  return {
    type: value.textOrNull('network_name') ?? value.text('network_id'),
    used: count(value, 'used_ips'),
    total: count(value, 'total_ips'),
  };
}

function readServerFields(value: Fields): WireServer {
  const networks = value.objectOrNull('addresses');
  const entries = networks === null ? [] : Object.keys(networks.raw).flatMap((network) => networks.list(network));
  const ports = entries.flatMap((entry) => entry.textOrNull('OS-EXT-IPS:port_id') ?? []);
  return {
    id: value.text('id'),
    name: value.textOrNull('name'),
    status: value.textOrNull('status') ?? 'UNKNOWN',
    zone: value.textOrNull('OS-EXT-AZ:availability_zone'),
    addresses: entries.map((entry) => address(entry, 'addr', 'addresses')),
    ports: [...new Set(ports)],
    raw: value.raw,
  };
}

export const readServer = (reply: Reply): WireServer => readServerFields(body(reply).object('server'));

export const readServers = (reply: Reply): WireServer[] => body(reply).list('servers').map(readServerFields);

const readProject = (value: Fields): Project => ({ id: value.text('id'), name: value.textOrNull('name') ?? value.text('id') });

export const readProjects = (reply: Reply): Project[] => body(reply).list('projects').map(readProject);

/** What a token says of itself; `project` is null for one of another scope. */
export function readToken(reply: Reply): { readonly user: string | null; readonly project: Project | null } {
  const token = body(reply).object('token');
  const project = token.objectOrNull('project');
  return { user: token.objectOrNull('user')?.textOrNull('name') ?? null, project: project === null ? null : readProject(project) };
}
