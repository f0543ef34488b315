/** Networks and subnets of Cloud Networks, for reading. */
import type { Answer } from '../../dialect.js';
import { type Network, network, type Subnet } from './cloud.js';
import { answerList, answerRecord } from './listing.js';
import { type Guest, type Json, neutronFault } from './speech.js';

const NETWORK = ['id', 'name', 'tenant_id', 'admin_state_up', 'status', 'shared', 'subnets'];
const SUBNET = [
  'id',
  'name',
  'tenant_id',
  'network_id',
  'ip_version',
  'cidr',
  'gateway_ip',
  'dns_nameservers',
  'host_routes',
  'enable_dhcp',
  'allocation_pools',
];

/** The two provider networks are listed too, though without their subnets. */
export function listNetworks(guest: Guest): Answer {
  const { cloud, region, tenant } = guest;
  const visible = cloud.networks.filter(({ id }) => network(cloud, id, region, tenant));
  return answerList(
    guest,
    'networks',
    NETWORK,
    visible.map((one) => shownNetwork(guest, one)),
  );
}

export function showNetwork(guest: Guest, id: string): Answer {
  const one = network(guest.cloud, id, guest.region, guest.tenant);
  return one ? answerRecord(guest, 'network', shownNetwork(guest, one)) : noNetwork(id);
}

export const noNetwork = (id: string): Answer => neutronFault(404, 'NetworkNotFound', `Network ${id} could not be found.`);

export const noSubnet = (id: string): Answer => neutronFault(404, 'SubnetNotFound', `Subnet ${id} could not be found.`);

function shownNetwork(guest: Guest, one: Network): Json {
  const subnets = ownSubnets(guest).filter((subnet) => subnet.network === one.id);
  return {
    id: one.id,
    name: one.name,
    tenant_id: one.tenant,
    admin_state_up: true,
    status: 'ACTIVE',
    shared: one.kind !== 'isolated',
    subnets: subnets.map(({ id }) => id),
  };
}

/** The tenant's own subnets; those of the provider networks are not shown to tenants. */
export const ownSubnets = (guest: Guest): readonly Subnet[] =>
  guest.cloud.subnets.filter(
    (one) => one.tenant === guest.tenant && network(guest.cloud, one.network, guest.region, guest.tenant) !== undefined,
  );

export function listSubnets(guest: Guest): Answer {
  return answerList(guest, 'subnets', SUBNET, ownSubnets(guest).map(shownSubnet));
}

export function showSubnet(guest: Guest, id: string): Answer {
  const one = ownSubnets(guest).find((subnet) => subnet.id === id);
  return one ? answerRecord(guest, 'subnet', shownSubnet(one)) : noSubnet(id);
}

function shownSubnet(one: Subnet): Json {
  return {
    id: one.id,
    name: one.name,
    tenant_id: one.tenant,
    network_id: one.network,
    ip_version: one.version,
    cidr: one.cidr,
    gateway_ip: null,
    dns_nameservers: [],
    host_routes: [],
    enable_dhcp: false,
    allocation_pools: [{ start: one.first, end: one.last }],
  };
}
