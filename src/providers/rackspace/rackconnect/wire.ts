/** Their JSON: one object for an address, whether it serves a server or not, and lists without a wrapper. */
import { parseAddress } from '../../../domain/address.js';
import { IpctlError } from '../../../domain/errors.js';
import type { Reply } from '../../../domain/exchange.js';
import { type Fields, fields } from '../../../http/fields.js';

export interface PublicIp {
  readonly id: string;
  /** Null until the firewall has it. */
  readonly address: string | null;
  /** `ADDING`, `ACTIVE`, `REMOVE_FAILED`, ... */
  readonly status: string | null;
  /** Why it failed. */
  readonly detail: string | null;
  /** Whether it stays when its server goes. Surprise: older replies lack it. */
  readonly retain: boolean;
  readonly server: PublicIpServer | null;
  readonly createdAt: Date | null;
  readonly updatedAt: Date | null;
  readonly raw: unknown;
}

export interface PublicIpServer {
  readonly id: string;
  readonly name: string | null;
  readonly privateAddress: string | null;
}

function addressIn(value: Fields, name: string, where: string): string | null {
  const text = value.textOrNull(name);
  if (text === null) return null;
  const address = parseAddress(text)?.text;
  if (address !== undefined) return address;
  throw new IpctlError('defect', `the provider's reply is broken: ${where}${name} is not an IP address`, { fate: 'unknown' });
}

const readServer = (server: Fields): PublicIpServer => {
  const network = server.objectOrNull('cloud_network');
  return {
    id: server.text('id'),
    name: server.textOrNull('name'),
    privateAddress: network === null ? null : addressIn(network, 'private_ip_v4', 'cloud_server.cloud_network.'),
  };
};

function readFields(value: Fields): PublicIp {
  const server = value.objectOrNull('cloud_server');
  return {
    id: value.text('id'),
    address: addressIn(value, 'public_ip_v4', ''),
    status: value.textOrNull('status'),
    detail: value.textOrNull('status_detail'),
    retain: value.flag('retain'),
    server: server === null ? null : readServer(server),
    createdAt: value.timeOrNull('created'),
    updatedAt: value.timeOrNull('updated'),
    raw: value.raw,
  };
}

export const readPublicIp = ({ json }: Reply): PublicIp => readFields(fields(json, ''));
export const readPublicIps = ({ json }: Reply): PublicIp[] => fields({ public_ips: json }, '').list('public_ips').map(readFields);
