/**
 * Which port and fixed address a floating address may serve, whichever service was asked: Neutron's rules, reported
 * as plain reasons that each service words in its own way.
 * https://docs.openstack.org/api-ref/network/v2/#floating-ips-floatingips
 */
import ipaddr from 'ipaddr.js';
import { late, lowestFree } from '../../cloud.js';
import type { Switches } from './ask.js';
import type { FloatingIp, Network, OpenStackCloud, Port } from './cloud.js';

/** Where an association leads: port, IPv4 address on it, router in between. */
export interface Target {
  readonly port: string;
  readonly fixedAddress: string;
  readonly router: string;
}

/** Why not; `careless` when a client that had read the port first would not have asked. */
export interface Reason {
  readonly status: number;
  readonly type: string;
  readonly message: string;
  readonly careless?: true;
}

export interface Wish {
  readonly port: string;
  readonly fixedAddress?: string | undefined;
  /** The external network the floating address is from. */
  readonly network: string;
  /** The floating address itself, when it exists already. */
  readonly floatingIp?: FloatingIp;
  /** Ordinary users may only name ports of this project; undefined: any. */
  readonly project?: string | undefined;
}

export function isReason(value: object): value is Reason {
  return 'status' in value && 'type' in value;
}

export function chooseTarget(cloud: OpenStackCloud, wish: Wish): Target | Reason {
  const port = cloud.ports.find((one) => one.id === wish.port);
  if (!port) return { status: 404, type: 'PortNotFound', message: `Port ${wish.port} could not be found.` };
  if (wish.project !== undefined && port.project !== wish.project) {
    return bad(`Port ${port.id} belongs to another project`);
  }
  if (port.owner === 'network:dhcp') return { ...bad(`Port ${port.id} is a DHCP port and takes no floating IP`), careless: true };
  if (wish.fixedAddress !== undefined && !ipaddr.IPv4.isValid(wish.fixedAddress)) {
    return { ...bad(`Floating IPs serve IPv4 addresses only, not ${wish.fixedAddress}`), careless: true };
  }
  const fixedIp = chooseFixedIp(port, wish.fixedAddress);
  if (isReason(fixedIp)) return fixedIp;
  if (wish.floatingIp?.port === port.id && wish.floatingIp.fixedAddress === fixedIp.address && wish.floatingIp.router !== null) {
    return { port: port.id, fixedAddress: fixedIp.address, router: wish.floatingIp.router };
  }
  return reach(cloud, wish, port, fixedIp);
}

function chooseFixedIp(port: Port, wanted: string | undefined): { readonly subnet: string; readonly address: string } | Reason {
  const candidates = port.fixedIps.filter((one) => ipaddr.IPv4.isValid(one.address));
  const [first] = candidates;
  if (!first) return bad(`Port ${port.id} has no IPv4 address`);
  if (wanted === undefined) {
    return candidates.length === 1 ? first : { ...bad(`Port ${port.id} has multiple IPv4 addresses; name one of them`), careless: true };
  }
  return candidates.find((one) => one.address === wanted) ?? bad(`Port ${port.id} does not have fixed ip ${wanted}`);
}

function reach(
  cloud: OpenStackCloud,
  wish: Wish,
  port: Port,
  fixedIp: { readonly subnet: string; readonly address: string },
): Target | Reason {
  if (wish.floatingIp && wish.floatingIp.forwardings.length > 0) {
    return { status: 409, type: 'FipInUseByPortForwarding', message: `Floating IP ${wish.floatingIp.id} is in use by port forwardings` };
  }
  if (cloud.floatingIps.some((one) => one.forwardings.some((forwarding) => forwarding.port === port.id))) {
    return { status: 400, type: 'PortHasPortForwarding', message: `Port ${port.id} is the target of a port forwarding` };
  }
  const router = routerTo(cloud, fixedIp.subnet, wish.network);
  if (router === undefined) {
    return {
      status: 404,
      type: 'ExternalGatewayForFloatingIPNotFound',
      message: `External network ${wish.network} is not reachable from subnet ${fixedIp.subnet}`,
    };
  }
  const rival = cloud.floatingIps.find(
    (one) => one.network === wish.network && one.port === port.id && one.fixedAddress === fixedIp.address,
  );
  if (rival) {
    return {
      status: 409,
      type: 'FloatingIPPortAlreadyAssociated',
      message: `Fixed IP ${fixedIp.address} of port ${port.id} already has floating IP ${rival.address}`,
    };
  }
  return { port: port.id, fixedAddress: fixedIp.address, router };
}

/** Id of the router that joins `subnet` to the external `network`. */
export function routerTo(cloud: OpenStackCloud, subnet: string, network: string): string | undefined {
  return cloud.routers.find((one) => one.gatewayNetwork === network && one.subnets.includes(subnet))?.id;
}

/** Associates with `target`, or with nothing. Says whether that changed anything; the caller records the change. */
export function setTarget(floatingIp: FloatingIp, target: Target | null, wiring: Switches['wiring']): boolean {
  if (floatingIp.port === (target?.port ?? null) && floatingIp.fixedAddress === (target?.fixedAddress ?? null)) return false;
  floatingIp.port = target?.port ?? null;
  floatingIp.fixedAddress = target?.fixedAddress ?? null;
  floatingIp.router = target?.router ?? null;
  const settled = { late: 'ACTIVE', never: 'DOWN', error: 'ERROR' }[wiring];
  floatingIp.status = target ? late('DOWN', settled, 1) : late('DOWN', 'DOWN', 0);
  floatingIp.onServer = target ? late(false, true, 1) : late(false, false, 0);
  return true;
}

/** Whether some floating address, router gateway or port holds `address` on `network`. */
export function isTaken(cloud: OpenStackCloud, network: string, address: string): boolean {
  return (
    cloud.floatingIps.some((one) => one.network === network && one.address === address) ||
    cloud.routers.some((one) => one.gatewayNetwork === network && one.gatewayAddress === address) ||
    cloud.ports.some((one) => one.network === network && one.fixedIps.some((fixedIp) => fixedIp.address === address))
  );
}

/** The next address of an external network; undefined when its pool is empty. */
export function nextPoolAddress(cloud: OpenStackCloud, network: Network, subnet?: string): string | undefined {
  for (const one of cloud.subnets) {
    if (one.network !== network.id || one.pool === null || (subnet !== undefined && one.id !== subnet)) continue;
    const address = lowestFree(one.pool.first, one.pool.last, (candidate) => isTaken(cloud, network.id, candidate));
    if (address !== undefined) return address;
  }
  return undefined;
}

/** Floating addresses a project holds, against its quota. */
export function overQuota(cloud: OpenStackCloud, knobs: Switches, project: string): boolean {
  return knobs.floatingQuota >= 0 && cloud.floatingIps.filter((one) => one.project === project).length >= knobs.floatingQuota;
}

function bad(message: string): Reason {
  return { status: 400, type: 'BadRequest', message };
}
