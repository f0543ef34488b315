/** What a Hostway sandbox holds: users, accounts, zones, servers and flexible IPs, and how their late changes are read. */
import { type Late, readLate } from '../../cloud.js';
import type { CloudBase } from '../../dialect.js';

export interface User {
  readonly name: string;
  readonly password: string;
  /** The accounts this user may use; short URIs act on the first. */
  readonly accounts: readonly string[];
}

export interface Account {
  readonly id: string;
  readonly status: 'pending' | 'open' | 'suspended' | 'closed';
  /** `YYYY-MM-DD`. */
  readonly createdDate: string;
  readonly zones: readonly string[];
}

export interface Zone {
  readonly key: string;
  readonly location: string;
  readonly region: string;
}

export interface Server {
  readonly id: string;
  readonly account: string;
  readonly name: string;
  readonly zone: string;
  readonly status: 'BUILD' | 'ACTIVE' | 'STOPPED' | 'PROCESSING' | 'SUSPENDED' | 'DELETED' | 'UNKNOWN';
  /** `YYYY-MM-DDTHH:MM:SS`, as the API prints it once the server is provisioned. */
  readonly created: string;
  readonly host: string;
  /** Its included public address, which is no flexible IP. */
  readonly publicAddress: string;
  readonly privateAddress: string;
  /** How many actions were turned away because it was being built. */
  refusals: number;
  /** How often it was shown while it was being built. */
  looks: number;
}

/**
 * A flexible IP. `next` of both facts is what the service has decided, and mutations are judged by it; `now` is what
 * reads still show. A record whose release was seen is dropped.
 */
export interface FlexibleIp {
  readonly ip: string;
  readonly account: string;
  presence: Late<boolean>;
  /** Id of the server it is bound to, or null. */
  binding: Late<string | null>;
}

export interface HostwayCloud extends CloudBase {
  readonly users: User[];
  readonly accounts: Account[];
  readonly zones: Zone[];
  readonly servers: Server[];
  addresses: FlexibleIp[];
  /** How often each operation was made to fail after its 202, by operation. */
  readonly failed: Record<string, number>;
}

/** The public pool, lowest address first; the servers' included addresses lie outside it. */
export const POOL = { first: '198.51.100.10', last: '198.51.100.60' } as const;

export function seedCloud(): HostwayCloud {
  return {
    serial: 0,
    moment: 0,
    users: [
      { name: 'demo', password: 'sandbox-secret', accounts: ['acct1001'] },
      { name: 'other', password: 'other-secret', accounts: ['acct2002'] },
    ],
    accounts: [
      { id: 'acct1001', status: 'open', createdDate: '2013-01-31', zones: ['AUS001', 'TAM002'] },
      { id: 'acct2002', status: 'open', createdDate: '2013-02-28', zones: ['AUS001'] },
    ],
    zones: [
      { key: 'AUS001', location: 'austin.1', region: 'austin' },
      { key: 'TAM002', location: 'tampa.2', region: 'tampa' },
    ],
    servers: [
      server('acct1001-AUS001-0001', 'web-1', '198.51.100.201', '192.168.1.11'),
      server('acct1001-AUS001-0002', 'web-2', '198.51.100.202', '192.168.1.12'),
      { ...server('acct1001-AUS001-0003', 'worker-1', '198.51.100.203', '10.20.0.13'), status: 'BUILD' },
      server('acct1001-TAM002-0004', 'worker-2', '198.51.100.204', '10.20.0.14'),
      server('acct2002-AUS001-0001', 'other-1', '198.51.100.211', '10.20.0.21'),
    ],
    addresses: [],
    failed: {},
  };
}

function server(id: string, name: string, publicAddress: string, privateAddress: string): Server {
  const [account = '', zone = '', number = ''] = id.split('-');
  const created = `2026-01-15T09:${number.slice(-2)}:00`;
  return {
    id,
    account,
    name,
    zone,
    status: 'ACTIVE',
    created,
    host: `host${number}`,
    publicAddress,
    privateAddress,
    refusals: 0,
    looks: 0,
  };
}

/** The address as the service has decided it: allocated to `account` and not given back. */
export function heldAddress(cloud: HostwayCloud, account: string, ip: string): FlexibleIp | undefined {
  return cloud.addresses.find((address) => address.ip === ip && address.account === account && address.presence.next);
}

/** What one read of an address shows, and counts: its holder, or undefined while (or because) it is not there. */
export function readAddress(cloud: HostwayCloud, address: FlexibleIp): { readonly holder: string | null } | undefined {
  const present = readLate(address.presence);
  const shown = present ? { holder: readLate(address.binding) } : undefined;
  if (!address.presence.now && !address.presence.next) dropAddress(cloud, address);
  return shown;
}

export function dropAddress(cloud: HostwayCloud, address: FlexibleIp): void {
  cloud.addresses = cloud.addresses.filter((other) => other !== address);
}
