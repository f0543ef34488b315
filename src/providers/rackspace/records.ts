/** Their objects as our records: the dictionary of this provider. */
import { parseAddress } from '../../domain/address.js';
import type {
  Association,
  FloatingIp,
  Network,
  Place,
  PrivateIp,
  PrivateIpUse,
  Server,
  ServerRef,
  ServerState,
  Subnet,
} from '../../domain/records.js';
import type { RackspaceIp, RackspaceNetwork, RackspacePort, RackspaceServer, RackspaceSubnet } from './wire.js';

/** The two networks that every region has, by ids that never change, and what people call them. */
export const PUBLIC_NET = '00000000-0000-0000-0000-000000000000';
export const SERVICE_NET = '11111111-1111-1111-1111-111111111111';
export const ALIASES: Readonly<Record<string, string>> = {
  public: PUBLIC_NET,
  publicnet: PUBLIC_NET,
  private: SERVICE_NET,
  servicenet: SERVICE_NET,
};

/** Networks of the customer's own, as against the two that all customers are on. */
export const isIsolated = (network: string): boolean => network !== PUBLIC_NET && network !== SERVICE_NET;

const STATES: Readonly<Record<string, ServerState>> = {
  ACTIVE: 'active',
  REBOOT: 'active',
  HARD_REBOOT: 'active',
  PASSWORD: 'active',
  MIGRATING: 'active',
  RESCUE: 'active',
  RESIZE: 'active',
  REVERT_RESIZE: 'active',
  VERIFY_RESIZE: 'active',
  BUILD: 'building',
  REBUILD: 'building',
  SHUTOFF: 'stopped',
  SUSPENDED: 'stopped',
  ERROR: 'error',
};

/** Where records are: the profile's place, and the region that its services are in. */
export interface Where {
  readonly place: Place;
  readonly region: string;
}

/** Only `shared` is ours to move; the other types belong to a server, or to a product of its own. */
export function floatingIpOf({ place, region }: Where, ip: RackspaceIp, associations: readonly Association[]): FloatingIp {
  return {
    project: ip.tenant,
    region,
    id: ip.id,
    address: ip.address,
    version: ip.version,
    prefixLength: null,
    kind: ip.type === 'shared' ? 'shared' : 'fixed',
    name: null,
    description: null,
    labels: {},
    reverseDns: null,
    protected: null,
    state: associations.length > 0 ? 'associated' : 'free',
    providerState: null,
    ports: ip.ports,
    associations,
    network: ip.network,
    subnet: ip.subnet,
    pool: null,
    createdAt: null,
    updatedAt: null,
    revision: null,
    mark: null,
    raw: ip.raw,
    ...place,
  };
}

export const associated = (ip: FloatingIp, associations: readonly Association[]): FloatingIp => ({
  ...ip,
  state: associations.length > 0 ? 'associated' : 'free',
  associations,
});

export const associationOf = (server: ServerRef | null, port: string | null, certain = true): Association => ({
  id: null,
  server,
  port,
  privateAddress: null,
  certain,
});

const MARK = /^ipctl-(.+)$/;
/** The name of a port that the user did not name: our trace on it. */
export const nameFor = (mark: string): string => `ipctl-${mark}`;

const useOf = ({ device, owner }: RackspacePort): PrivateIpUse | null => {
  if (owner?.startsWith('network:dhcp') === true) return 'dhcp';
  if (owner?.startsWith('network:router') === true) return 'router';
  if (owner?.startsWith('neutron:LOADBALANCER') === true) return 'loadbalancer';
  if (device === null) return null;
  return owner === null || owner.startsWith('compute:') ? 'server' : 'other';
};

/** The addresses of a port. `names` are those of servers, where they were asked for. */
export function privateIpsOf({ place, region }: Where, port: RackspacePort, names: ReadonlyMap<string, string | null>): PrivateIp[] {
  const usedBy = useOf(port);
  const mark = MARK.exec(port.name ?? '')?.[1] ?? null;
  return port.fixedIps.map(({ subnet, address }) => ({
    project: port.tenant,
    region,
    id: port.id,
    address,
    version: parseAddress(address)?.version ?? 4,
    name: mark === null ? port.name : null,
    network: port.network,
    subnet,
    state: usedBy === null ? 'free' : 'used',
    providerState: port.status,
    usedBy,
    server: usedBy === 'server' && port.device !== null ? { id: port.device, name: names.get(port.device) ?? null } : null,
    port: port.id,
    createdAt: null,
    mark,
    raw: port.raw,
    ...place,
  }));
}

export const serverOf = (place: Place, { id, name, status, addresses, zone, raw }: RackspaceServer): Server => ({
  id,
  name,
  state: STATES[status ?? ''] ?? 'unknown',
  providerState: status,
  addresses,
  zone,
  raw,
  ...place,
});

export const networkOf = (place: Place, { id, name, shared, raw }: RackspaceNetwork): Network => ({
  id,
  name,
  external: id === PUBLIC_NET,
  shared,
  raw,
  ...place,
});

export const subnetOf = (place: Place, { id, name, network, cidr, version, raw }: RackspaceSubnet): Subnet => ({
  id,
  name,
  network,
  cidr,
  version,
  raw,
  ...place,
});
