/** Their JSON as typed objects. The id is a number where Nova keeps the addresses itself, a UUID where Neutron does: a text to us. */
import { parseAddress } from '../../../domain/address.js';
import { IpctlError } from '../../../domain/errors.js';
import type { Reply } from '../../../domain/exchange.js';
import type { IpVersion } from '../../../domain/records.js';
import { type Fields, fields } from '../../../http/fields.js';

export interface LegacyIp {
  readonly id: string;
  readonly address: string;
  readonly version: IpVersion;
  /** What the private address belongs to: a server, or under Neutron any device that has a port. */
  readonly device: string | null;
  /** Not null without a device: a port that nothing owns, which only Neutron has. */
  readonly fixedAddress: string | null;
  /** The name of the pool; the id of one without a name. */
  readonly pool: string | null;
  readonly raw: unknown;
}

const address = (found: Fields, name: string) => {
  const parsed = parseAddress(found.text(name));
  if (parsed === undefined) {
    throw new IpctlError('defect', `the provider's reply is broken: floating_ip.${name} is not an IP address`, { fate: 'unknown' });
  }
  return parsed;
};

function legacyIp(found: Fields): LegacyIp {
  const { text, version } = address(found, 'ip');
  return {
    id: found.id('id'),
    address: text,
    version,
    device: found.textOrNull('instance_id'),
    fixedAddress: found.textOrNull('fixed_ip') === null ? null : address(found, 'fixed_ip').text,
    pool: found.textOrNull('pool'),
    raw: found.raw,
  };
}

export const readFloatingIps = ({ json }: Reply): LegacyIp[] => fields(json, '').list('floating_ips').map(legacyIp);

export const readFloatingIp = ({ json }: Reply): LegacyIp => legacyIp(fields(json, '').object('floating_ip'));

export const readPools = ({ json }: Reply): string[] =>
  fields(json, '')
    .list('floating_ip_pools')
    .map((pool) => pool.text('name'));
