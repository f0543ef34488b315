/** Which addresses of a subnet can be had, by choice or by turn; and how a port comes to hold one. */
import { fromNumber, inCidr, lowestFree, nextId, tick, toNumber } from '../../cloud.js';
import { type AddressPair, macOf, type OtcCloud, type Port, type Subnet, stamp } from './cloud.js';
import type { Request } from './request.js';

export const VIRTUAL_IP = 'neutron:VIP_PORT';

/** Reserved and used by nobody, or a virtual IP: what may be deleted, as opposed to a device's port. */
export function isDetached(port: Port): boolean {
  return port.deviceId === '' && (port.deviceOwner === '' || port.deviceOwner === VIRTUAL_IP);
}

/** The gateway and the DHCP service. */
export function isOfSystem(port: Port): boolean {
  return port.deviceOwner.startsWith('network:');
}

export function subnetOf(request: Request, id: string): Subnet | undefined {
  return request.cloud.subnets.find((subnet) => subnet.id === id && subnet.projectId === request.project);
}

/** The caller's port of that id. */
export function portOf(request: Request, id: string): Port | undefined {
  return request.cloud.ports.find((port) => port.id === id && port.projectId === request.project);
}

/** Why a chosen address cannot be had. `others` are addresses promised to earlier items of the same request. */
export function judge(request: Request, subnet: Subnet, address: string, others: readonly string[]): 'invalid' | 'taken' | undefined {
  if (!inCidr(address, subnet.cidr) || refused(request, subnet).includes(address)) return 'invalid';
  return isTaken(request.cloud, subnet, address, others) ? 'taken' : undefined;
}

/** The lowest free address of the pool. */
export function pick(request: Request, subnet: Subnet, others: readonly string[]): string | undefined {
  const [first, last] = subnet.pool;
  return lowestFree(first, last, (address) => address === subnet.gateway || isTaken(request.cloud, subnet, address, others));
}

export interface PortPlan {
  readonly subnet: Subnet;
  readonly address: string;
  readonly kind: string;
  readonly deviceOwner?: string;
  /** Reads of the port that show BUILD. */
  readonly building?: number;
  readonly name?: string;
  readonly adminStateUp?: boolean;
  readonly securityGroups?: readonly string[];
  readonly pairs?: (mac: string) => readonly AddressPair[];
}

/** Adds a port without a device; the caller has judged the address. */
export function reserve(request: Request, plan: PortPlan): Port {
  const created = stamp(tick(request.cloud));
  const id = nextId(request.cloud, plan.kind);
  const mac = macOf(id);
  const port: Port = {
    id,
    projectId: request.project,
    networkId: plan.subnet.id,
    address: plan.address,
    mac,
    deviceId: '',
    deviceOwner: plan.deviceOwner ?? '',
    status: 'DOWN',
    building: plan.building ?? 0,
    primary: false,
    created,
    name: plan.name ?? '',
    adminStateUp: plan.adminStateUp ?? true,
    securityGroups: plan.securityGroups ?? [],
    pairs: plan.pairs?.(mac) ?? [],
    updated: created,
  };
  request.cloud.ports.push(port);
  return port;
}

export function removePort(cloud: OtcCloud, port: Port): void {
  cloud.ports = cloud.ports.filter((other) => other !== port);
  tick(cloud);
}

function isTaken(cloud: OtcCloud, subnet: Subnet, address: string, others: readonly string[]): boolean {
  return others.includes(address) || cloud.ports.some((port) => port.networkId === subnet.id && port.address === address);
}

/**
 * Network, gateway, system interface, DHCP and broadcast. Published answers differ on whether the middle three can be
 * named; `allowReserved` takes the lenient view.
 */
function refused(request: Request, subnet: Subnet): readonly string[] {
  const [base = '', prefix = '32'] = subnet.cidr.split('/');
  const network = toNumber(base);
  const broadcast = network + 2 ** (32 - Number(prefix)) - 1;
  const ends = [fromNumber(network), fromNumber(broadcast)];
  if (request.tools.knobs.allowReserved === true) return ends;
  return [...ends, subnet.gateway, fromNumber(broadcast - 2), fromNumber(broadcast - 1)];
}
