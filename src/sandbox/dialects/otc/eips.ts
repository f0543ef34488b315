/** The life of an elastic IP, which the calls in `otc-publicips.ts` move along. */
import { late, lowestFree, readLate, tick, toNumber } from '../../cloud.js';
import type { Tools } from '../../dialect.js';
import type { Eip, OtcCloud, Port } from './cloud.js';
import { numberKnob, type Request } from './request.js';
import { EIP_POOL } from './seed.js';

const GONE = 'GONE';
const PENDING: readonly string[] = ['PENDING_CREATE', 'BINDING', 'PENDING_DELETE'];
const DAY = 24 * 60 * 60;

/** The caller's elastic IPs; those whose release has come to its end are taken away first. */
export function ownEips(request: Request): readonly Eip[] {
  for (const eip of request.cloud.eips.filter((candidate) => candidate.status.now === GONE)) remove(request.cloud, eip);
  return request.cloud.eips.filter((eip) => eip.projectId === request.project);
}

/** A new one shows PENDING_CREATE once, or as often as `slowStates` says. */
export function beingCreated(tools: Tools): Eip['status'] {
  return late('PENDING_CREATE', 'DOWN', slowness(tools) ?? 1);
}

/** Whether a change must wait. Asking counts as a read: who only repeats the change gets on as well. */
export function isBusy(eip: Eip): boolean {
  return PENDING.includes(readLate(eip.status));
}

/** A release right after the assignment goes through, unless `slowStates` has made waiting the point. */
export function isBusyForRelease(tools: Tools, eip: Eip): boolean {
  if (eip.status.now === 'PENDING_CREATE' && slowness(tools) === undefined) return false;
  return isBusy(eip);
}

export function bind(request: Request, eip: Eip, port: Port): void {
  eip.portId = port.id;
  eip.status = late('BINDING', port.deviceOwner.startsWith('neutron:LOADBALANCER') ? 'ELB' : 'ACTIVE', slowness(request.tools) ?? 0);
  tick(request.cloud);
}

export function unbind(cloud: OtcCloud, eip: Eip): void {
  eip.portId = null;
  eip.status = late('DOWN', 'DOWN', 0);
  tick(cloud);
}

/** Gone at once, or visible as PENDING_DELETE for as many reads as `slowStates` says. */
export function release(request: Request, eip: Eip): void {
  tick(request.cloud);
  eip.status = late('PENDING_DELETE', GONE, slowness(request.tools) ?? 0);
  if (eip.status.now === GONE) remove(request.cloud, eip);
}

/** What the project gave back within a day comes first, then the lowest free address. */
export function nextAddress(request: Request): string | undefined {
  const { cloud, project } = request;
  const known = cloud.released.find((old) => old.projectId === project && cloud.moment - old.moment < DAY && isFree(cloud, old.address));
  return known?.address ?? lowestFree(EIP_POOL[0], EIP_POOL[1], (address) => !isFree(cloud, address));
}

/** Whether a wanted address (a dotted quad) is of the pool and nobody's. */
export function isObtainable(cloud: OtcCloud, address: string): boolean {
  const number = toNumber(address);
  return number >= toNumber(EIP_POOL[0]) && number <= toNumber(EIP_POOL[1]) && isFree(cloud, address);
}

export function eipOfPort(cloud: OtcCloud, portId: string): Eip | undefined {
  return cloud.eips.find((eip) => eip.portId === portId);
}

function isFree(cloud: OtcCloud, address: string): boolean {
  return !cloud.eips.some((eip) => eip.address === address);
}

function remove(cloud: OtcCloud, eip: Eip): void {
  cloud.eips = cloud.eips.filter((other) => other !== eip);
  cloud.bandwidths = cloud.bandwidths.filter((bandwidth) => bandwidth.id !== eip.bandwidthId || bandwidth.shareType === 'WHOLE');
  cloud.released = cloud.released.filter((old) => old.address !== eip.address);
  cloud.released.unshift({ projectId: eip.projectId, address: eip.address, moment: cloud.moment });
}

function slowness(tools: Tools): number | undefined {
  return numberKnob(tools, 'slowStates');
}
