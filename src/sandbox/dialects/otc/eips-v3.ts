/**
 * Elastic IPs through the v3 API, which not every region has. Of its error codes one is published (`EIP.7902`); what v1
 * refuses as well keeps v1's code here, in v3's form. https://docs.otc.t-systems.com/elastic-ip/api-ref/
 */
import { isUuid, uuid } from '../../cloud.js';
import type { Answer } from '../../dialect.js';
import { isName, roomIn, sharedBandwidth } from './bandwidths.js';
import type { Eip } from './cloud.js';
import { bindInstance, isBound, isBusy, ownEips, unbind, update } from './eips.js';
import { listed } from './eips-v3-list.js';
import { eipV3Row } from './eips-v3-row.js';
import { requestId } from './gateway.js';
import { bindToPort } from './publicips.js';
import { idMark, isBlank, isRecord, type Json, noteUnknownFields, Refusal, type Request, vpcRefusal } from './request.js';
import { EIP_POOL } from './seed.js';
import { share } from './shared-bandwidths.js';

const INSTANCES: readonly unknown[] = ['PORT', 'NATGW', 'VPN', 'ELB'];

/** `GET eip/publicips`. */
export function listPublicIpsV3(request: Request): Answer {
  return { status: 200, json: { request_id: requestId(request.cloud), ...listed(request) } };
}

/** `GET eip/publicips/{id}`. */
export function showPublicIpV3(request: Request): Answer {
  return shown(request, find(request));
}

/** `PUT eip/publicips/{id}`: alias and description; both association fields given and blank unbind. */
export function updatePublicIpV3(request: Request): Answer {
  const given = publicipOf(request, ['alias', 'description', 'associate_instance_type', 'associate_instance_id']);
  const { alias, description, associate_instance_type: type, associate_instance_id: id } = given;
  if (!isBlank(alias) && !isName(alias)) throw parameter(request, typeof alias === 'string' ? undefined : 'alias is no text');
  if (!isBlank(description) && !isDescription(description)) throw parameter(request);
  if (isBlank(type) !== isBlank(id)) throw parameter(request, 'one of the two association fields');
  const eip = find(request);
  if (isBusy(eip)) throw busy(request);
  if (!isBlank(type)) associate(request, eip, type, id);
  else if (type !== undefined && isBound(eip)) unbind(request.cloud, eip);
  if (alias !== undefined || description !== undefined) rename(request, eip, alias, description);
  return shown(request, eip);
}

/** `POST eip/publicips/{id}/associate-instance`. */
export function associateInstance(request: Request): Answer {
  const given = publicipOf(request, ['associate_instance_type', 'associate_instance_id']);
  const eip = find(request);
  if (isBusy(eip)) throw busy(request);
  associate(request, eip, given.associate_instance_type, given.associate_instance_id);
  return shown(request, eip);
}

/** `POST eip/publicips/{id}/disassociate-instance`: no body. The one way off a dedicated load balancer. */
export function disassociateInstance(request: Request): Answer {
  const eip = find(request);
  if (isBusy(eip)) throw busy(request);
  if (!isBound(eip)) throw refusal(request, 409, 'EIP.7902', 'The EIP is not bound to an instance.');
  unbind(request.cloud, eip);
  return shown(request, eip);
}

/** `POST eip/publicips/attach-share-bandwidth`: 1 to 50 items for one bandwidth, each with a status of its own. */
export function attachToBandwidth(request: Request): Answer {
  const list = request.body.publicips;
  if (!Array.isArray(list) || list.length < 1 || list.length > 50) throw parameter(request, 'publicips is no list of 1 to 50');
  const items = list.map((item: unknown) => {
    if (isRecord(item) && typeof item.publicip_id === 'string' && typeof item.bandwidth_id === 'string') {
      noteUnknownFields(request, item, ['publicip_id', 'bandwidth_id'], 'publicips[]');
      return { eipId: item.publicip_id, bandwidthId: item.bandwidth_id };
    }
    throw parameter(request, 'an item without publicip_id or bandwidth_id');
  });
  const [first] = items;
  if (first === undefined || items.some((item) => item.bandwidthId !== first.bandwidthId)) throw parameter(request, 'two bandwidths');
  const bandwidth = sharedBandwidth(request, first.bandwidthId);
  const publicips = items.map(({ eipId }) => {
    const eip = ownEips(request).find(({ id }) => id === eipId);
    if (eip === undefined) return { statusCode: 404, publicip: { id: eipId } };
    if (eip.bandwidthId !== bandwidth.id && roomIn(request.cloud, bandwidth) < 1) return { statusCode: 409, publicip: { id: eipId } };
    update(request, eip, () => share(request.cloud, eip, bandwidth));
    return { statusCode: 200, publicip: eipV3Row(request, eip) };
  });
  return { status: 200, json: { publicips, request_id: requestId(request.cloud) } };
}

/** `GET eip/publicip-pools/common-pools`. */
export function listCommonPools(request: Request): Answer {
  const used = request.cloud.eips.length;
  const pool = { name: '5_bgp', status: 'available', type: 'bgp', used, public_border_group: 'center' };
  const pools = [{ ...pool, id: uuid(`pool/${EIP_POOL[0]}`), allow_share_bandwidth_types: ['bgp', 'share'] }];
  return { status: 200, json: { common_pools: pools, request_id: requestId(request.cloud) } };
}

/** Blank takes away, absent leaves. */
function rename(request: Request, eip: Eip, alias: unknown, description: unknown): void {
  update(request, eip, () => {
    if (alias !== undefined) eip.alias = isBlank(alias) ? null : String(alias);
    if (description !== undefined) eip.description = isBlank(description) ? '' : String(description);
  });
}

function associate(request: Request, eip: Eip, type: unknown, id: unknown): void {
  if (!INSTANCES.includes(type)) throw parameter(request, `associate_instance_type ${type}`);
  if (typeof id !== 'string' || !isUuid(id)) throw parameter(request, `associate_instance_id is no id: ${id}`);
  if (type === 'PORT') {
    bindToPort(request, eip, id);
    return;
  }
  if (eip.instance?.type === type && eip.instance?.id === id) return;
  if (isBound(eip)) throw vpcRefusal(request.tools, 409, 'VPC.0510', 'EIP has already been bound to a port.');
  bindInstance(request, eip, String(type), id);
}

function isDescription(value: unknown): boolean {
  return typeof value === 'string' && value.length <= 255 && !/[<>]/.test(value);
}

function publicipOf(request: Request, known: readonly string[]): Json {
  const given = request.body.publicip;
  if (!isRecord(given)) throw parameter(request, 'publicip is no object');
  noteUnknownFields(request, given, known, 'publicip');
  return given;
}

function find(request: Request): Eip {
  const wrong = idMark(request.id, 'EIP');
  if (wrong !== undefined) throw parameter(request, wrong);
  const eip = ownEips(request).find((other) => other.id === request.id);
  if (eip === undefined) throw vpcRefusal(request.tools, 404, 'VPC.0504', 'Floating IP could not be found.');
  return eip;
}

function shown(request: Request, eip: Eip): Answer {
  return { status: 200, json: { request_id: requestId(request.cloud), publicip: eipV3Row(request, eip) } };
}

function parameter(request: Request, mark?: string): Refusal {
  return vpcRefusal(request.tools, 400, 'VPC.0501', 'Invalid param.', { mark });
}

function busy(request: Request): Refusal {
  return vpcRefusal(request.tools, 409, 'VPC.0512', 'Resource status is busy, try it again later.');
}

function refusal(request: Request, status: number, code: string, text: string): Refusal {
  return new Refusal({ status, json: { error_code: code, error_msg: text, request_id: requestId(request.cloud) } });
}
