/** Bandwidths: the capacity that every elastic IP has, of its own (`PER`) or with others (`WHOLE`). */
import { nextId, tick } from '../../cloud.js';
import type { Answer } from '../../dialect.js';
import { type Bandwidth, type OtcCloud, stamp } from './cloud.js';
import { idMark, isRecord, noteUnknownFields, pageOf, type Refusal, type Request, textKnob, vpcRefusal } from './request.js';

const NAME = /^[A-Za-z0-9_.-]{1,64}$/;

/** How many elastic IPs a shared bandwidth carries. */
const MEMBERS = 20;

/** How many more it takes. */
export function roomIn(cloud: OtcCloud, bandwidth: Bandwidth): number {
  return MEMBERS - cloud.eips.filter((eip) => eip.bandwidthId === bandwidth.id).length;
}

/** `GET bandwidths`. */
export function listBandwidths(request: Request): Answer {
  const kind = request.call.query.get('share_type');
  if (kind !== null && kind !== 'PER' && kind !== 'WHOLE') throw invalidBandwidth(request, `share_type is neither PER nor WHOLE: ${kind}`);
  const rows = request.cloud.bandwidths.filter(
    (bandwidth) => bandwidth.projectId === request.project && (kind === null || bandwidth.shareType === kind),
  );
  const page = pageOf(request, rows, (_text, mark) => invalidBandwidth(request, mark));
  return { status: 200, json: { bandwidths: page.map((bandwidth) => bandwidthRow(request, bandwidth)) } };
}

/** `GET bandwidths/{id}`. */
export function showBandwidth(request: Request): Answer {
  return { status: 200, json: { bandwidth: bandwidthRow(request, find(request)) } };
}

/** `PUT bandwidths/{id}`: name, size or both. */
export function updateBandwidth(request: Request): Answer {
  const given = request.body.bandwidth;
  if (!isRecord(given)) throw invalidBandwidth(request, 'bandwidth is no object');
  noteUnknownFields(request, given, ['name', 'size'], 'bandwidth');
  if (given.name === undefined && given.size === undefined) throw invalidBandwidth(request, 'a bandwidth update without name and size');
  if (given.name !== undefined && !isName(given.name)) throw invalidBandwidth(request);
  const size = given.size === undefined ? undefined : coerce(request, given.size);
  const bandwidth = find(request);
  if (size !== undefined && !(isSize(size) && (bandwidth.shareType === 'PER' || size >= 5))) throw invalidBandwidth(request);
  if (typeof given.name === 'string') bandwidth.name = given.name;
  if (size !== undefined) bandwidth.size = size;
  bandwidth.updated = stamp(tick(request.cloud));
  return { status: 200, json: { bandwidth: bandwidthRow(request, bandwidth) } };
}

/** A shared bandwidth of the caller. */
export function sharedBandwidth(request: Request, id: string): Bandwidth {
  const bandwidth = request.cloud.bandwidths.find((other) => other.id === id && other.projectId === request.project);
  if (bandwidth?.shareType === 'WHOLE') return bandwidth;
  throw unknown(request, id);
}

/** A bandwidth of one elastic IP's own. */
export function addDedicated(request: Request, name: string, size: number, created: string): Bandwidth {
  return addBandwidth(request, { shareType: 'PER', name, size, created });
}

export function addBandwidth(request: Request, plan: Pick<Bandwidth, 'shareType' | 'name' | 'size' | 'created'>): Bandwidth {
  const id = nextId(request.cloud, 'bandwidth');
  const bandwidth: Bandwidth = { id, projectId: request.project, ...plan, updated: plan.created };
  request.cloud.bandwidths.push(bandwidth);
  return bandwidth;
}

/** Of bandwidths, and for aliases of elastic IPs. */
export function isName(value: unknown): value is string {
  return typeof value === 'string' && NAME.test(value);
}

/** Mbit/s in steps: of 1 up to 300, of 50 up to 1000. */
export function isSize(size: number): boolean {
  return Number.isInteger(size) && size >= 1 && size <= 1000 && (size <= 300 || size % 50 === 0);
}

/** The update call takes `"10"` and `10.2` for 10; that is no licence to send them. */
function coerce(request: Request, size: unknown): number {
  if (typeof size === 'number' && Number.isInteger(size)) return size;
  if (typeof size !== 'number' && !(typeof size === 'string' && /^\d+(\.\d+)?$/.test(size)))
    throw invalidBandwidth(request, 'size is no number');
  request.marks.push('bandwidth.size is no integer');
  return Math.trunc(Number(size));
}

function find(request: Request): Bandwidth {
  const bandwidth = request.cloud.bandwidths.find((other) => other.id === request.id && other.projectId === request.project);
  if (bandwidth === undefined) throw unknown(request, request.id);
  return bandwidth;
}

export function bandwidthRow(request: Request, bandwidth: Bandwidth) {
  const members = request.cloud.eips.filter((eip) => eip.bandwidthId === bandwidth.id);
  return {
    id: bandwidth.id,
    name: bandwidth.name,
    size: bandwidth.size,
    share_type: bandwidth.shareType,
    publicip_info: members.map((eip) => ({
      publicip_id: eip.id,
      publicip_address: eip.address,
      ip_version: 4,
      publicip_type: eip.type,
    })),
    tenant_id: bandwidth.projectId,
    bandwidth_type: bandwidth.shareType === 'PER' ? 'bgp' : 'share',
    charge_mode: 'traffic',
    billing_info: '',
    enterprise_project_id: '0',
    status: textKnob(request.tools, 'bandwidthStatus') ?? 'NORMAL',
    created_at: bandwidth.created,
    updated_at: bandwidth.updated,
    public_border_group: 'center',
  };
}

function unknown(request: Request, id: string): Refusal {
  return vpcRefusal(request.tools, 404, 'VPC.0306', 'The bandwidth could not be found.', { mark: idMark(id, 'bandwidth') });
}

export function invalidBandwidth(request: Request, mark?: string): Refusal {
  return vpcRefusal(request.tools, 400, 'VPC.0301', 'Bandwidth name or share_type is invalid.', { mark });
}
