/** The life of an elastic IP, which every API that shows one moves along. https://docs.otc.t-systems.com/elastic-ip/api-ref/ */
import { lowestFree, nextId, tick, toNumber } from '../../cloud.js';
import type { Tools } from '../../dialect.js';
import { type Eip, type OtcCloud, type Port, stamp } from './cloud.js';
import { numberKnob, type Request, textKnob } from './request.js';
import { EIP_POOL, WIDE_POOL } from './seed.js';

const GONE = 'GONE';
const PENDING: readonly string[] = ['PENDING_CREATE', 'NOTIFYING', 'BINDING', 'PENDING_UPDATE', 'PENDING_DELETE', 'NOTIFY_DELETE'];
const DAY = 24 * 60 * 60;
const QUOTA = 10;

/** How many elastic IPs the project may have; `eipQuota` changes it, -1 is no limit. */
export function eipQuota(request: Request): number {
  return numberKnob(request.tools, 'eipQuota') ?? QUOTA;
}

export function isQuotaUsedUp(request: Request): boolean {
  const quota = eipQuota(request);
  return quota >= 0 && ownEips(request).length >= quota;
}

/** Takes away those whose release has come to its end. */
export function sweep(cloud: OtcCloud): void {
  for (const eip of cloud.eips.filter((candidate) => stateOf(candidate) === GONE)) remove(cloud, eip);
}

/** The caller's elastic IPs. */
export function ownEips(request: Request): readonly Eip[] {
  return request.cloud.eips.filter((eip) => eip.projectId === request.project);
}

export interface EipPlan {
  readonly address: string;
  readonly type: string;
  readonly bandwidthId: string;
  readonly alias: string | null;
  readonly created: string;
}

/**
 * Adds one that shows PENDING_CREATE once, or as often as `slowStates` says, and then settles: as DOWN, or as whatever
 * `settlesAs` says.
 */
export function create(request: Request, plan: EipPlan): Eip {
  const eip: Eip = {
    id: nextId(request.cloud, 'publicip'),
    projectId: request.project,
    ...plan,
    description: '',
    states: course(request.tools, ['PENDING_CREATE', 'NOTIFYING'], textKnob(request.tools, 'settlesAs') ?? 'DOWN', 1),
    portId: null,
    instance: null,
    tags: [],
    updated: plan.created,
  };
  request.cloud.eips.push(eip);
  return eip;
}

/** The state now, without counting as a read. */
export function stateOf(eip: Eip): string {
  return eip.states[0] ?? GONE;
}

/** What a read shows. Counting reads in place of time keeps every run alike. */
export function readState(eip: Eip): string {
  const shown = stateOf(eip);
  if (eip.states.length > 1) eip.states.shift();
  return shown;
}

/** Whether a change must wait. Asking counts as a read: who only repeats the change gets on as well. */
export function isBusy(eip: Eip): boolean {
  return PENDING.includes(readState(eip));
}

/** A release right after the assignment goes through, unless `slowStates` has made waiting the point. */
export function isBusyForRelease(tools: Tools, eip: Eip): boolean {
  if (stateOf(eip) === 'PENDING_CREATE' && slowness(tools) === undefined) return false;
  return isBusy(eip);
}

/** `bindsAs` makes the binding end in another state than ACTIVE, say BIND_ERROR. */
export function bind(request: Request, eip: Eip, port: Port): void {
  const end = port.deviceOwner.startsWith('neutron:LOADBALANCER') ? 'ELB' : (textKnob(request.tools, 'bindsAs') ?? 'ACTIVE');
  eip.portId = port.id;
  eip.states = course(request.tools, ['BINDING'], end, 0);
  touch(request.cloud, eip);
}

/** Binds to a gateway or a dedicated load balancer, which have no port that a user would see. */
export function bindInstance(request: Request, eip: Eip, type: string, id: string): void {
  eip.instance = { type, id };
  eip.states = course(request.tools, ['BINDING'], type === 'ELB' || type === 'VPN' ? type : 'ACTIVE', 0);
  touch(request.cloud, eip);
}

export function isBound(eip: Eip): boolean {
  return eip.portId !== null || eip.instance !== null;
}

export function unbind(cloud: OtcCloud, eip: Eip): void {
  eip.portId = null;
  eip.instance = null;
  eip.states = ['DOWN'];
  touch(cloud, eip);
}

/** With `longStates` a new name or text takes a while too; `change` makes it. */
export function update(request: Request, eip: Eip, change: () => void): void {
  change();
  if (request.tools.knobs.longStates === true) eip.states = course(request.tools, ['PENDING_UPDATE'], stateOf(eip), 0);
  touch(request.cloud, eip);
}

/** Gone at once, or visible as PENDING_DELETE for as many reads as `slowStates` says. */
export function release(request: Request, eip: Eip): void {
  tick(request.cloud);
  eip.states = course(request.tools, ['PENDING_DELETE', 'NOTIFY_DELETE'], GONE, 0);
  if (stateOf(eip) === GONE) remove(request.cloud, eip);
}

/** What the project gave back within a day comes first, then the lowest free address. */
export function nextAddress(request: Request): string | undefined {
  const { cloud, project, tools } = request;
  const known = cloud.released.find((old) => old.projectId === project && cloud.moment - old.moment < DAY && isFree(cloud, old.address));
  if (known !== undefined) return known.address;
  for (const [first, last] of tools.knobs.widePool === true ? [EIP_POOL, WIDE_POOL] : [EIP_POOL]) {
    const address = lowestFree(first, last, (text) => !isFree(cloud, text));
    if (address !== undefined) return address;
  }
  return undefined;
}

/** Whether a wanted address (a dotted quad) is of the pool and nobody's. */
export function isObtainable(cloud: OtcCloud, address: string): boolean {
  const number = toNumber(address);
  return number >= toNumber(EIP_POOL[0]) && number <= toNumber(EIP_POOL[1]) && isFree(cloud, address);
}

export function eipOfPort(cloud: OtcCloud, portId: string): Eip | undefined {
  return cloud.eips.find((eip) => eip.portId === portId);
}

/**
 * The pending states on the way to `end`, each for as many reads as `slowStates` says, else `reads`. Those after the first
 * are short on the live service and show with `longStates` only.
 */
function course(tools: Tools, pending: readonly string[], end: string, reads: number): string[] {
  const shown = tools.knobs.longStates === true ? pending : pending.slice(0, 1);
  const times = slowness(tools) ?? (tools.knobs.longStates === true ? 1 : reads);
  return [...shown.flatMap((state) => Array<string>(times).fill(state)), end];
}

function touch(cloud: OtcCloud, eip: Eip): void {
  eip.updated = stamp(tick(cloud));
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
