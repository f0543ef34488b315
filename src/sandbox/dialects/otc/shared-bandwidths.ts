/**
 * Shared bandwidths through `/v2.0/{project}`: made, filled, emptied and deleted.
 * https://docs.otc.t-systems.com/virtual-private-cloud/api-ref/
 */
import { isUuid, tick } from '../../cloud.js';
import type { Answer } from '../../dialect.js';
import { addBandwidth, addDedicated, bandwidthRow, invalidBandwidth, isName, isSize, roomIn, sharedBandwidth } from './bandwidths.js';
import { type Bandwidth, type Eip, type OtcCloud, stamp } from './cloud.js';
import { ownEips } from './eips.js';
import { idMark, isRecord, type Json, noteUnknownFields, type Request, vpcRefusal } from './request.js';

/** How many shared bandwidths a project may have. */
export const SHARED_QUOTA = 5;

/** `POST bandwidths`. */
export function createSharedBandwidth(request: Request): Answer {
  const given = bandwidthOf(request, ['name', 'size']);
  if (!isName(given.name)) throw invalidBandwidth(request, typeof given.name === 'string' ? undefined : 'a bandwidth without a name');
  if (typeof given.size !== 'number') throw invalidBandwidth(request, 'size is no number');
  if (!isSize(given.size) || given.size < 5) throw invalidBandwidth(request);
  const own = request.cloud.bandwidths.filter((other) => other.projectId === request.project && other.shareType === 'WHOLE');
  if (own.length >= SHARED_QUOTA) {
    throw vpcRefusal(request.tools, 409, 'VPC.0521', "Quota exceeded for resources: ['shareBandwidth'].");
  }
  const created = stamp(tick(request.cloud));
  const bandwidth = addBandwidth(request, { shareType: 'WHOLE', name: given.name, size: given.size, created });
  return { status: 200, json: { bandwidth: bandwidthRow(request, bandwidth) } };
}

/** `DELETE bandwidths/{id}`. What it answers while elastic IPs are in it is published nowhere; that they must leave first is. */
export function deleteSharedBandwidth(request: Request): Answer {
  const bandwidth = sharedBandwidth(request, request.id);
  if (request.cloud.eips.some((eip) => eip.bandwidthId === bandwidth.id)) {
    throw vpcRefusal(request.tools, 500, 'VPC.0302', 'The bandwidth is in use.');
  }
  request.cloud.bandwidths = request.cloud.bandwidths.filter((other) => other !== bandwidth);
  tick(request.cloud);
  return { status: 204 };
}

/** `POST bandwidths/{id}/insert`: all or none. */
export function insertIntoBandwidth(request: Request): Answer {
  const bandwidth = sharedBandwidth(request, request.id);
  const members = membersOf(request, bandwidthOf(request, ['publicip_info']));
  const newcomers = members.filter((eip) => eip.bandwidthId !== bandwidth.id);
  if (newcomers.length > roomIn(request.cloud, bandwidth)) {
    throw vpcRefusal(request.tools, 409, 'VPC.0521', "Quota exceeded for resources: ['shareBandwidthIP'].");
  }
  for (const eip of newcomers) share(request.cloud, eip, bandwidth);
  tick(request.cloud);
  return { status: 200, json: { bandwidth: bandwidthRow(request, bandwidth) } };
}

/** `POST bandwidths/{id}/remove`: each elastic IP gets a dedicated bandwidth of the size given. */
export function removeFromBandwidth(request: Request): Answer {
  const bandwidth = sharedBandwidth(request, request.id);
  const given = bandwidthOf(request, ['publicip_info', 'charge_mode', 'size']);
  if (given.charge_mode !== 'traffic') throw invalidBandwidth(request, `charge_mode ${given.charge_mode}`);
  const { size } = given;
  if (typeof size !== 'number') throw invalidBandwidth(request, 'size is no number');
  if (!isSize(size)) throw invalidBandwidth(request);
  const members = membersOf(request, given);
  const stranger = members.find((eip) => eip.bandwidthId !== bandwidth.id);
  if (stranger !== undefined) throw invalidBandwidth(request);
  const created = stamp(tick(request.cloud));
  for (const eip of members) eip.bandwidthId = addDedicated(request, bandwidth.name, size, created).id;
  return { status: 204 };
}

/** Moves an elastic IP into a shared bandwidth; one of its own goes. */
export function share(cloud: OtcCloud, eip: Eip, bandwidth: Bandwidth): void {
  cloud.bandwidths = cloud.bandwidths.filter((other) => other.id !== eip.bandwidthId || other.shareType === 'WHOLE');
  eip.bandwidthId = bandwidth.id;
}

function bandwidthOf(request: Request, known: readonly string[]): Json {
  const given = request.body.bandwidth;
  if (!isRecord(given)) throw invalidBandwidth(request, 'bandwidth is no object');
  noteUnknownFields(request, given, known, 'bandwidth');
  return given;
}

/** The elastic IPs that a body names, each once. */
function membersOf(request: Request, given: Json): readonly Eip[] {
  const list = given.publicip_info;
  if (!Array.isArray(list) || list.length === 0) throw invalidBandwidth(request, 'publicip_info is no list or empty');
  const members = list.map((item: unknown) => {
    if (!isRecord(item) || typeof item.publicip_id !== 'string' || !isUuid(item.publicip_id)) {
      throw invalidBandwidth(request, 'a member without the id of an elastic IP');
    }
    noteUnknownFields(request, item, ['publicip_id', 'publicip_type'], 'publicip_info[]');
    const eip = ownEips(request).find(({ id }) => id === item.publicip_id);
    if (eip === undefined) {
      const mark = idMark(item.publicip_id, 'EIP');
      throw vpcRefusal(request.tools, 404, 'VPC.0504', 'Floating IP could not be found.', { mark });
    }
    return eip;
  });
  return [...new Set(members)];
}
