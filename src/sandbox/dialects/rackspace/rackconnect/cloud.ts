/** The cloud of a RackConnect account: Rackspace's, with servers behind the customer's firewall and public IPs on it. */
import { uuid } from '../../../cloud.js';
import {
  type Address,
  addressesOf,
  type Network,
  portsOf,
  type RackspaceCloud,
  type Region,
  type Server,
  type Subnet,
  seed as seedRackspace,
  serverId,
} from '../cloud.js';

export type Status = 'ADDING' | 'ACTIVE' | 'UPDATING' | 'REMOVING' | Failed | 'REMOVED';
export type Failed = 'ADD_FAILED' | 'UPDATE_FAILED' | 'REMOVE_FAILED';

/** Work on the firewall that is under way. */
export interface Change {
  /** Reads that still show the work as under way. */
  polls: number;
  readonly to: 'ACTIVE' | 'REMOVED' | Failed;
  /** Why it will fail; null for a success. */
  readonly reason: string | null;
  /** The server that a failed move leaves the public IP with. */
  readonly from: string | null;
}

export interface PublicIp {
  readonly id: string;
  readonly tenant: string;
  readonly region: Region;
  /** RFC 3339, UTC, like `updated`. */
  readonly created: string;
  updated: string | null;
  /** Set aside from the first moment, and told once it works. Null when there was none left. */
  address: string | null;
  status: Status;
  detail: string | null;
  retain: boolean;
  /** A server's id. */
  server: string | null;
  change: Change | null;
}

export interface RackConnectCloud extends RackspaceCloud {
  publicIps: PublicIp[];
  /** What each region's firewall hands out, lowest first. */
  pools: Record<Region, { first: string; last: string }>;
  /** Servers that were denied once although they exist, by the knob `rackconnectRace`. */
  denied: string[];
}

/** A server's place on a RackConnect network. */
export interface Seat {
  readonly server: Server;
  readonly network: Network;
  readonly subnet: Subnet;
  readonly address: Address;
}

const LABEL = 'RC-CLOUD';

/** The seat of a server; undefined for one that has none, or does not exist. */
export function seatOf(cloud: RackConnectCloud, id: string): Seat | undefined {
  const server = cloud.servers.find((one) => one.id === id);
  if (server === undefined) return undefined;
  const network = cloud.networks.find((one) => one.name === LABEL && one.tenant === server.tenant && one.region === server.region);
  const port = portsOf(cloud, server).find((one) => one.network === network?.id);
  const address = port && addressesOf(cloud, port).find(({ version }) => version === 4);
  const subnet = cloud.subnets.find((one) => one.id === address?.subnet);
  return network && address && subnet ? { server, network, subnet, address } : undefined;
}

/** Of the network of a tenant, on which servers get their public IPs. */
export const cloudNetworkId = (tenant: string): string => uuid(`network/${LABEL}/${tenant}`);
export const cloudPortId = (server: string): string => uuid(`port/${server}/${LABEL}`);

const NETWORKS = [
  { tenant: '123456', prefix: '192.168.100' },
  { tenant: '654321', prefix: '192.168.101' },
];
const SEATS = [
  { server: 'web-1', tenant: '123456', last: 5 },
  { server: 'web-2', tenant: '123456', last: 6 },
  { server: 'worker-1', tenant: '123456', last: 7 },
  { server: 'other-1', tenant: '654321', last: 5 },
];

/**
 * The servers and users of the Rackspace playground, with other networks: each server is on its account's RackConnect
 * network and on no other, but for `worker-2`, which has the two networks of Rackspace instead. No public IP yet.
 */
export function seed(): RackConnectCloud {
  const base = seedRackspace();
  const seated = SEATS.map(({ server }) => serverId(server));
  const ports = base.ports.filter(({ device }) => !seated.includes(device));
  const cloud: RackConnectCloud = {
    ...base,
    networks: base.networks.filter(({ tenant }) => tenant === 'rackspace'),
    subnets: base.subnets.filter(({ tenant }) => tenant === 'rackspace'),
    ports,
    addresses: base.addresses.filter(({ links }) => links.some(({ port }) => ports.some(({ id }) => id === port))),
    publicIps: [],
    pools: { DFW: { first: '203.0.113.10', last: '203.0.113.99' }, ORD: { first: '198.51.100.10', last: '198.51.100.99' } },
    denied: [],
  };
  for (const { tenant, prefix } of NETWORKS) addNetwork(cloud, tenant, prefix);
  return cloud;
}

function addNetwork(cloud: RackConnectCloud, tenant: string, prefix: string): void {
  const network: Network = { id: cloudNetworkId(tenant), name: LABEL, tenant, region: 'DFW', kind: 'isolated' };
  const subnet: Subnet = {
    id: uuid(`subnet/${LABEL}/${tenant}`),
    name: LABEL,
    tenant,
    network: network.id,
    version: 4,
    cidr: `${prefix}.0/24`,
    first: `${prefix}.60`,
    last: `${prefix}.99`,
  };
  cloud.networks.push(network);
  cloud.subnets.push(subnet);
  for (const [at, seat] of SEATS.filter((one) => one.tenant === tenant).entries()) {
    const id = cloudPortId(seat.server);
    const mac = `BC:76:4E:00:0D:${10 + at}`;
    const text = `${prefix}.${seat.last}`;
    cloud.ports.push({ id, tenant, network: network.id, region: 'DFW', mac, name: '', device: serverId(seat.server) });
    cloud.addresses.push({
      id: uuid(`address/${text}`),
      address: text,
      version: 4,
      network: network.id,
      subnet: subnet.id,
      tenant,
      type: 'fixed',
      freedAt: null,
      links: [{ port: id, service: 'none' }],
    });
  }
}
