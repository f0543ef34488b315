/** Which private addresses a port gets. https://docs.openstack.org/api-ref/network/v2/#ports */
import ipaddr from 'ipaddr.js';
import { inCidr, lowestFree } from '../../cloud.js';
import type { ServiceAsk } from './ask.js';
import { forbidden, neutronFault } from './ask.js';
import { isTaken } from './association.js';
import type { FixedIp, Network, Subnet } from './cloud.js';
import { notFound } from './listing.js';

/**
 * The full new list: an entry with an address the port holds keeps it, one with another address takes that, one with
 * a subnet alone gets the subnet's lowest free address. `held` is what the port has now.
 */
export function chooseFixedIps(
  ask: ServiceAsk,
  network: Network,
  entries: readonly Readonly<Record<string, string>>[],
  held: readonly FixedIp[],
): readonly FixedIp[] {
  const chosen: FixedIp[] = [];
  const taken = (address: string) => chosen.some((one) => one.address === address) || isTaken(ask.cloud, network.id, address);
  for (const { subnet_id: subnetId, ip_address: address } of entries) {
    const kept = held.find((one) => one.address === address && (subnetId === undefined || one.subnet === subnetId));
    const again = kept && chosen.includes(kept);
    if (kept && !again) {
      chosen.push(kept);
      continue;
    }
    const subnet = subnetId === undefined ? undefined : namedSubnet(ask, network, subnetId);
    if (address === undefined) chosen.push(fromPool(ask, network, subnet, taken));
    else chosen.push(asAsked(ask, network, subnet, address, taken));
  }
  return chosen;
}

function namedSubnet(ask: ServiceAsk, network: Network, id: string): Subnet {
  const subnet = ask.cloud.subnets.find((one) => one.id === id);
  if (!subnet) throw notFound(ask, 'SubnetNotFound', id);
  if (subnet.network !== network.id) throw neutronFault(ask, 400, 'BadRequest', `Subnet ${id} is not on network ${network.id}`);
  return subnet;
}

function fromPool(ask: ServiceAsk, network: Network, subnet: Subnet | undefined, taken: (address: string) => boolean): FixedIp {
  const pool = subnet?.pool;
  const address = pool ? lowestFree(pool.first, pool.last, taken) : undefined;
  if (!subnet || address === undefined) {
    throw neutronFault(ask, 409, 'IpAddressGenerationFailure', `No more IP addresses available on network ${network.id}.`);
  }
  return { subnet: subnet.id, address };
}

function asAsked(
  ask: ServiceAsk,
  network: Network,
  named: Subnet | undefined,
  address: string,
  taken: (address: string) => boolean,
): FixedIp {
  if (!ask.who.admin && network.project !== ask.who.project) throw forbidden(ask, 'fixed_ips:ip_address');
  const subnet = named ?? ask.cloud.subnets.find((one) => one.network === network.id && inCidr(address, one.cidr));
  if (!subnet) {
    throw neutronFault(
      ask,
      400,
      'InvalidIpForNetwork',
      `IP address ${address} is not a valid IP for any of the subnets on the specified network.`,
    );
  }
  if (!inCidr(address, subnet.cidr) || isEdge(address, subnet)) {
    throw neutronFault(ask, 400, 'InvalidIpForSubnet', `IP address ${address} is not a valid IP for the specified subnet.`);
  }
  if (subnet.addressMode !== null) {
    throw neutronFault(
      ask,
      400,
      'AllocationOnAutoAddressSubnet',
      `IPv6 address ${address} cannot be chosen on subnet ${subnet.id}: its hosts form their own.`,
    );
  }
  if (taken(address))
    throw neutronFault(ask, 409, 'IpAddressAlreadyAllocated', `IP address ${address} already allocated in subnet ${subnet.id}.`);
  return { subnet: subnet.id, address };
}

/** An IPv4 subnet's first and last address belong to nobody. */
function isEdge(address: string, subnet: Subnet): boolean {
  if (subnet.version !== 4) return false;
  const edges = [ipaddr.IPv4.networkAddressFromCIDR(subnet.cidr), ipaddr.IPv4.broadcastAddressFromCIDR(subnet.cidr)];
  return edges.some((edge) => edge.toString() === address);
}
