/** Elastic IPs through the v1 API. https://docs.otc.t-systems.com/elastic-ip/api-ref/ */
import { isDottedQuad, isUuid, tick } from '../../cloud.js';
import type { Answer } from '../../dialect.js';
import { portOf } from './addresses.js';
import { addDedicated, isName, isSize, roomIn, sharedBandwidth } from './bandwidths.js';
import { type Bandwidth, type Eip, stamp } from './cloud.js';
import {
  bind,
  create,
  eipOfPort,
  isBound,
  isBusy,
  isBusyForRelease,
  isObtainable,
  isQuotaUsedUp,
  nextAddress,
  ownEips,
  readState,
  release,
  stateOf,
  unbind,
  update,
} from './eips.js';
import { idMark, isBlank, isRecord, type Json, noteUnknownFields, pageOf, type Refusal, type Request, vpcRefusal } from './request.js';

/** `POST publicips`. */
export function assignPublicIp(request: Request): Answer {
  const { publicip, bandwidth } = request.body;
  if (!isRecord(publicip) || !isRecord(bandwidth)) throw parameter(request, 'publicip or bandwidth is no object');
  checkPublicIp(request, publicip);
  const capacity = capacityOf(request, bandwidth);
  if (request.body.enterprise_project_id !== undefined) request.marks.push('enterprise projects are not supported here');
  const address = addressFor(request, publicip, capacity);
  const created = stamp(tick(request.cloud));
  const joined = 'id' in capacity ? capacity : addDedicated(request, capacity.name, capacity.size, created);
  const alias = isBlank(publicip.alias) ? null : String(publicip.alias);
  const eip = create(request, { address, type: String(publicip.type), bandwidthId: joined.id, alias, created });
  return { status: 200, json: { publicip: toFreshRow(eip) } };
}

/** `GET publicips/{id}`. */
export function showPublicIp(request: Request): Answer {
  return { status: 200, json: { publicip: toRow(request, find(request, 'Invalid floatingip_id.')) } };
}

/** `GET publicips`. */
export function listPublicIps(request: Request): Answer {
  const page = pageOf(request, ownEips(request), (text, mark) => parameter(request, mark, text));
  const tagsOf = (eip: Eip) => (eip.tags.length === 0 ? {} : { tags: eip.tags.map(({ key, value }) => `${key}=${value}`) });
  return { status: 200, json: { publicips: page.map((eip) => ({ ...toRow(request, eip), ...tagsOf(eip) })) } };
}

/**
 * `PUT publicips/{id}`: renames when there is an alias, and then does nothing else; binds when there is a port; unbinds
 * when there is neither, be it only for want of fields.
 */
export function updatePublicIp(request: Request): Answer {
  const given = request.body.publicip;
  if (!isRecord(given)) throw parameter(request, 'publicip is no object');
  noteUnknownFields(request, given, ['alias', 'port_id', 'ip_version'], 'publicip');
  if (given.ip_version !== undefined) throw parameter(request, 'the IP version cannot be switched here');
  checkAlias(request, given.alias);
  const { port_id: portId } = given;
  if (!isBlank(portId) && (typeof portId !== 'string' || !isUuid(portId))) {
    throw parameter(request, `port_id is no id: ${portId}`, 'Port id is invalid.');
  }
  const eip = find(request, 'Invalid param.');
  if (isBusy(eip)) throw busy(request);
  noteLosses(request, given);
  if (!isBlank(given.alias)) {
    update(request, eip, () => {
      eip.alias = String(given.alias);
    });
  } else if (isBlank(portId)) {
    // A dedicated load balancer has no port that this API could take away.
    if (eip.instance?.type === 'ELB') throw usedByBalancer(request);
    if (isBound(eip)) unbind(request.cloud, eip);
  } else {
    bindToPort(request, eip, portId);
  }
  return { status: 200, json: { publicip: toRow(request, eip) } };
}

/** `DELETE publicips/{id}`: only unbound ones. A dedicated bandwidth goes along. */
export function releasePublicIp(request: Request): Answer {
  const eip = find(request, 'Invalid param.');
  if (isBusyForRelease(request.tools, eip)) throw busy(request);
  if (stateOf(eip) === 'ELB') throw usedByBalancer(request);
  if (stateOf(eip) === 'FREEZED') throw frozen(request);
  if (isBound(eip)) {
    const old = 'Floatingip has associated with port, please disassociate it firstly.';
    throw vpcRefusal(request.tools, 409, 'VPC.0517', 'EIP is bound to a port. Unbind it first.', { old });
  }
  release(request, eip);
  return { status: 204 };
}

function checkPublicIp(request: Request, publicip: Json): void {
  noteUnknownFields(request, publicip, ['type', 'ip_version', 'alias', 'ip_address', 'port_id'], 'publicip');
  if (publicip.type === '5_mailbgp') throw notAllowed(request);
  if (publicip.type !== '5_bgp' && publicip.type !== '5_dualStack') throw parameter(request, `no such type: ${publicip.type}`);
  if (!isBlank(publicip.ip_version) && publicip.ip_version !== 4 && publicip.ip_version !== '4') {
    throw parameter(request, `ip_version is not 4: ${publicip.ip_version}`);
  }
  checkAlias(request, publicip.alias);
  if (!isBlank(publicip.ip_address) && (typeof publicip.ip_address !== 'string' || !isDottedQuad(publicip.ip_address))) {
    throw parameter(request, `ip_address is no dotted quad: ${publicip.ip_address}`);
  }
  // Only the sister cloud binds at creation; here the field is passed over, and the address stays unbound.
  if (!isBlank(publicip.port_id)) request.marks.push('port_id has no effect at creation');
}

function checkAlias(request: Request, alias: unknown): void {
  if (isBlank(alias) || isName(alias)) return;
  throw parameter(request, typeof alias === 'string' ? undefined : 'alias is no text');
}

/** The shared bandwidth to join, or the name and size of a new one. */
type Capacity = Bandwidth | { readonly name: string; readonly size: number };

function capacityOf(request: Request, bandwidth: Json): Capacity {
  noteUnknownFields(request, bandwidth, ['share_type', 'name', 'size', 'id', 'charge_mode'], 'bandwidth');
  if (!isBlank(bandwidth.charge_mode) && bandwidth.charge_mode !== 'traffic') throw parameter(request, 'charge_mode is not traffic');
  if (bandwidth.share_type === 'PER') {
    if (!isName(bandwidth.name)) throw bandwidthRefusal(request, typeof bandwidth.name === 'string' ? undefined : 'PER without a name');
    if (typeof bandwidth.size !== 'number') throw bandwidthRefusal(request, 'PER without a size that is a number');
    if (!isSize(bandwidth.size)) throw bandwidthRefusal(request);
    return { name: bandwidth.name, size: bandwidth.size };
  }
  if (bandwidth.share_type !== 'WHOLE') throw bandwidthRefusal(request, 'share_type is neither PER nor WHOLE');
  if (typeof bandwidth.id === 'string' && bandwidth.id !== '') return sharedBandwidth(request, bandwidth.id);
  const mark = 'WHOLE without the id of a bandwidth';
  throw vpcRefusal(request.tools, 400, 'VPC.0501', 'Bandwidth share_type is invalid.', { nested: true, mark });
}

/** The address to give out. Conflicts come before the quota, and the quota before an empty pool. */
function addressFor(request: Request, publicip: Json, capacity: Capacity): string {
  const { tools, cloud } = request;
  const wanted = isBlank(publicip.ip_address) ? undefined : String(publicip.ip_address);
  if (wanted !== undefined && !isObtainable(cloud, wanted)) throw vpcRefusal(tools, 409, 'VPC.0522', 'The IP address is in use.');
  if ('id' in capacity && roomIn(cloud, capacity) < 1) {
    throw vpcRefusal(tools, 409, 'VPC.0521', "Quota exceeded for resources: ['shareBandwidthIP'].");
  }
  if (isQuotaUsedUp(request)) throw vpcRefusal(tools, 409, 'VPC.0521', "Quota exceeded for resources: ['floatingip'].");
  const address = wanted ?? nextAddress(request);
  if (address === undefined) throw vpcRefusal(tools, 409, 'VPC.0532', 'No more IP addresses available on network.');
  return address;
}

/** What an update takes away without a word: a port beside an alias, or the binding, when no field asks for it. */
function noteLosses(request: Request, given: Json): void {
  if (!isBlank(given.alias) && !isBlank(given.port_id)) request.marks.push('alias and port_id in one update: the port is dropped');
  if (isBlank(given.alias) && given.port_id === undefined) request.marks.push('an update that sets nothing unbinds');
}

/** Binds, or refuses with the v1 API's words, which the newer API passes on in its own form. */
export function bindToPort(request: Request, eip: Eip, portId: string): void {
  const { tools, cloud } = request;
  const port = portOf(request, portId);
  if (port === undefined) throw vpcRefusal(tools, 404, 'VPC.0514', 'Neutron error.');
  if (port.deviceOwner.startsWith('network:')) throw parameter(request, 'a port of the system', 'Port id is invalid.');
  if (eip.portId === portId) return;
  if (stateOf(eip) === 'FREEZED') throw frozen(request);
  if (isBound(eip)) {
    const old = 'Floatingip has already associated with port.';
    throw vpcRefusal(tools, 409, 'VPC.0510', 'EIP has already been bound to a port.', { old });
  }
  if (eipOfPort(cloud, portId) !== undefined) {
    const old = 'Port has already associated with floatingip.';
    throw vpcRefusal(tools, 409, 'VPC.0511', 'The port has already been bound with an EIP.', { old });
  }
  bind(request, eip, port);
}

/** The answer to an assignment knows no bandwidth yet. */
function toFreshRow(eip: Eip) {
  return {
    id: eip.id,
    status: 'PENDING_CREATE',
    ...(eip.alias === null ? {} : { alias: eip.alias }),
    type: eip.type,
    public_ip_address: eip.address,
    tenant_id: eip.projectId,
    ip_version: 4,
    create_time: eip.created.replace('T', ' '),
    bandwidth_size: 0,
    public_border_group: 'center',
    enterprise_project_id: '0',
  };
}

function toRow(request: Request, eip: Eip) {
  const { cloud } = request;
  const bandwidth = cloud.bandwidths.find(({ id }) => id === eip.bandwidthId);
  const port = cloud.ports.find(({ id }) => id === eip.portId);
  return {
    id: eip.id,
    status: readState(eip),
    profile: {},
    ...(eip.alias === null ? {} : { alias: eip.alias }),
    type: eip.type,
    public_ip_address: eip.address,
    ...(port === undefined ? {} : { private_ip_address: port.address, port_id: port.id }),
    tenant_id: eip.projectId,
    create_time: eip.created.replace('T', ' '),
    bandwidth_id: eip.bandwidthId,
    bandwidth_name: bandwidth?.name,
    bandwidth_share_type: bandwidth?.shareType,
    bandwidth_size: bandwidth?.size,
    ip_version: 4,
    public_border_group: 'center',
    enterprise_project_id: '0',
    allow_share_bandwidth_types: ['bgp', 'share'],
  };
}

function find(request: Request, malformed: string): Eip {
  const wrong = idMark(request.id, 'EIP');
  if (wrong !== undefined) throw parameter(request, wrong, malformed);
  const eip = ownEips(request).find((other) => other.id === request.id);
  if (eip === undefined) throw vpcRefusal(request.tools, 404, 'VPC.0504', 'Floating IP could not be found.');
  return eip;
}

function parameter(request: Request, mark?: string, text = 'Invalid param.'): Refusal {
  return vpcRefusal(request.tools, 400, 'VPC.0501', text, { mark });
}

function bandwidthRefusal(request: Request, mark?: string): Refusal {
  return vpcRefusal(request.tools, 400, 'VPC.0301', 'Bandwidth name or share_type is invalid.', { mark });
}

function notAllowed(request: Request): Refusal {
  const old = 'Tenant status is op_restricted.';
  return vpcRefusal(request.tools, 403, 'VPC.0502', 'You are not allowed to assign the EIP.', { old });
}

function usedByBalancer(request: Request): Refusal {
  return vpcRefusal(request.tools, 500, 'VPC.0516', 'EIP is being used by ELB.', { old: 'Publicip is in used by ELB.' });
}

/** Blocked for debt or abuse. No call documents what it answers; this is the code for want of balance. */
function frozen(request: Request): Refusal {
  return vpcRefusal(request.tools, 403, 'VPC.2701', 'Token is not allowed to do this action.');
}

function busy(request: Request): Refusal {
  return vpcRefusal(request.tools, 409, 'VPC.0512', 'Resource status is busy, try it again later.');
}
