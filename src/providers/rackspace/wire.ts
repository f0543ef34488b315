/** Their JSON, as documented and as it really comes: numbers as texts, two names for one field, a list where an object is due. */
import { parseAddress } from '../../domain/address.js';
import { IpctlError } from '../../domain/errors.js';
import type { Reply } from '../../domain/exchange.js';
import type { IpVersion } from '../../domain/records.js';
import { type Fields, fields } from '../../http/fields.js';
import type { Page } from '../../http/pages.js';
import { parameterOf } from '../../http/url.js';

export interface RackspaceIp {
  readonly id: string;
  readonly address: string;
  readonly version: IpVersion;
  /** `shared`, `fixed`, seldom others; null once it is given back. */
  readonly type: string | null;
  readonly network: string;
  readonly subnet: string | null;
  readonly tenant: string | null;
  readonly ports: readonly string[];
  readonly raw: unknown;
}

export interface RackspacePort {
  readonly id: string;
  readonly name: string | null;
  readonly network: string;
  readonly tenant: string | null;
  readonly device: string | null;
  readonly owner: string | null;
  readonly status: string | null;
  /** Shared addresses of the port are left out where the provider tells them apart. */
  readonly fixedIps: readonly { readonly subnet: string | null; readonly address: string }[];
  readonly raw: unknown;
}

export interface RackspaceServer {
  readonly id: string;
  readonly name: string | null;
  readonly status: string | null;
  readonly zone: string | null;
  readonly addresses: readonly string[];
  readonly raw: unknown;
}

export interface RackspaceNetwork {
  readonly id: string;
  readonly name: string | null;
  readonly shared: boolean;
  readonly raw: unknown;
}

export interface RackspaceSubnet {
  readonly id: string;
  readonly name: string | null;
  readonly network: string;
  readonly cidr: string;
  readonly version: IpVersion;
  readonly raw: unknown;
}

const broken = (what: string): never => {
  throw new IpctlError('defect', `the provider's reply is broken: ${what}`, { fate: 'unknown' });
};

const canonical = (text: string, where: string): string => parseAddress(text)?.text ?? broken(`${where} is not an IP address`);

/** Surprise: the number 4 from the service, the text "4" in its documentation. */
const versionOf = (value: Fields, name: string): IpVersion => {
  const version = value.integerOrNull(name);
  return version === 4 || version === 6 ? version : broken(`${name} is neither 4 nor 6`);
};

const readIp = (value: Fields): RackspaceIp => ({
  id: value.text('id'),
  address: canonical(value.textOrNull('address') ?? value.text('ip_address'), 'address'),
  version: versionOf(value, 'version'),
  type: value.raw._deallocated === true ? null : value.textOrNull('type'),
  network: value.text('network_id'),
  subnet: value.textOrNull('subnet_id'),
  tenant: value.textOrNull('tenant_id'),
  ports: value.texts('port_ids'),
  raw: value.raw,
});

export const readIps = ({ json }: Reply): RackspaceIp[] => fields(json, '').list('ip_addresses').map(readIp);
export const readOneIp = ({ json }: Reply): RackspaceIp => readIp(fields(json, '').object('ip_address'));

/** Ids of the addresses that a server's own list names. */
export const readAssociations = ({ json }: Reply): string[] =>
  fields(json, '')
    .list('ip_associations')
    .map((association) => association.text('id'));

/** The answer to an association: an object; a list in one example of the guide, where the ids are no ids. */
export function checkAssociation({ json }: Reply, id: string): void {
  const body = fields(json, '');
  if (body.raw.ip_associations !== undefined) {
    if (body.list('ip_associations').length === 0) broken('ip_associations is empty');
    return;
  }
  const answered = body.object('ip_association').text('id');
  if (answered !== id) broken(`ip_association.id is '${answered}', not the address asked for`);
}

export const readPortFields = (value: Fields): RackspacePort => ({
  id: value.text('id'),
  name: value.textOrNull('name'),
  network: value.text('network_id'),
  tenant: value.textOrNull('tenant_id'),
  device: value.textOrNull('device_id'),
  owner: value.textOrNull('device_owner'),
  status: value.textOrNull('status'),
  fixedIps: value
    .list('fixed_ips')
    .filter(({ raw }) => raw.enabled !== false)
    .map((fixed) => ({ subnet: fixed.textOrNull('subnet_id'), address: canonical(fixed.text('ip_address'), 'fixed_ips.ip_address') })),
  raw: value.raw,
});

export const readPorts = ({ json }: Reply): RackspacePort[] => fields(json, '').list('ports').map(readPortFields);
export const readOnePort = ({ json }: Reply): RackspacePort => readPortFields(fields(json, '').object('port'));

const ZONE = 'RAX-PUBLIC-IP-ZONE-ID:publicIPZoneId';

function readServerFields(value: Fields): RackspaceServer {
  const addresses = value.objectOrNull('addresses');
  return {
    id: value.text('id'),
    name: value.textOrNull('name'),
    status: value.textOrNull('status'),
    zone: value.textOrNull(ZONE),
    addresses:
      addresses === null
        ? []
        : Object.keys(addresses.raw).flatMap((label) =>
            addresses.list(label).map((entry) => canonical(entry.text('addr'), `addresses.${label}.addr`)),
          ),
    raw: value.raw,
  };
}

export const readServers = ({ json }: Reply): RackspaceServer[] => fields(json, '').list('servers').map(readServerFields);
export const readOneServer = ({ json }: Reply): RackspaceServer => readServerFields(fields(json, '').object('server'));

export const readNetworks = ({ json }: Reply): RackspaceNetwork[] =>
  fields(json, '')
    .list('networks')
    .map((network) => ({ id: network.text('id'), name: network.textOrNull('name'), shared: network.flag('shared'), raw: network.raw }));

export const readSubnets = ({ json }: Reply): RackspaceSubnet[] =>
  fields(json, '')
    .list('subnets')
    .map((subnet) => ({
      id: subnet.text('id'),
      name: subnet.textOrNull('name'),
      network: subnet.text('network_id'),
      cidr: subnet.text('cidr'),
      version: versionOf(subnet, 'ip_version'),
      raw: subnet.raw,
    }));

/**
 * One page of a list. Surprise: a first and only page has a `previous` link, links name internal hosts, and may be
 * written with `&amp;`: only the marker of `next` is of use.
 */
export function pageOf<T>(reply: Reply, root: string, items: readonly T[]): Page<T> {
  const body = fields(reply.json, '');
  const links = body.raw[`${root}_links`] === undefined ? [] : body.list(`${root}_links`);
  const next = links.find((link) => link.textOrNull('rel') === 'next')?.text('href');
  return { items, next: next === undefined ? undefined : parameterOf(next, 'marker') };
}
