/** Private IPs: ports without a device, seen through the v1 API. https://docs.otc.t-systems.com/virtual-private-cloud/api-ref/ */
import { isDottedQuad, isUuid } from '../../cloud.js';
import type { Answer } from '../../dialect.js';
import { isDetached, isOfSystem, judge, pick, portOf, removePort, reserve, subnetOf } from './addresses.js';
import type { Port, Subnet } from './cloud.js';
import { idMark, isBlank, isRecord, noteUnknownFields, pageOf, type Refusal, type Request, vpcRefusal } from './request.js';

const BATCH = 20;

interface Assignment {
  readonly subnet: Subnet;
  readonly address: string;
}

/** `POST privateips`. Either every item is assigned or none; `partialBatch` keeps the items before the first bad one. */
export function assignPrivateIps(request: Request): Answer {
  const items = request.body.privateips;
  if (!Array.isArray(items) || items.length === 0) throw malformed(request, 'privateips is no list or empty');
  if (items.length > BATCH) throw malformed(request, `more than ${BATCH} items`);
  const planned: Assignment[] = [];
  for (const item of items) {
    const next = plan(request, item, planned);
    if ('answer' in next) {
      if (request.tools.knobs.partialBatch === true) commit(request, planned);
      throw next;
    }
    planned.push(next);
  }
  return { status: 200, json: { privateips: commit(request, planned).map(toRow) } };
}

/** `GET privateips/{id}`. */
export function showPrivateIp(request: Request): Answer {
  return { status: 200, json: { privateip: toRow(find(request)) } };
}

/** `GET subnets/{id}/privateips`. */
export function listPrivateIps(request: Request): Answer {
  const refuse = (_text: string, mark?: string) => malformed(request, mark);
  const wrong = idMark(request.id, 'subnet');
  if (wrong !== undefined) throw malformed(request, wrong);
  if (subnetOf(request, request.id) === undefined) {
    noteWrongSubnetId(request, request.id);
    if (request.tools.knobs.unknownSubnetRefused === true) throw unknownSubnet(request);
    return { status: 200, json: { privateips: [] } };
  }
  const system = request.tools.knobs.listSystemPorts === true;
  const rows = request.cloud.ports.filter((port) => port.networkId === request.id && (system || !isOfSystem(port)));
  return { status: 200, json: { privateips: pageOf(request, rows, refuse).map(toRow) } };
}

/** `DELETE privateips/{id}`. The address is free again at once. */
export function deletePrivateIp(request: Request): Answer {
  const port = find(request);
  const bound = request.cloud.eips.some((eip) => eip.portId === port.id);
  // A virtual IP still paired with servers is in use as well, though no device owns it.
  if (!isDetached(port) || bound || port.pairs.length > 0) {
    throw vpcRefusal(request.tools, 409, 'VPC.0707', 'Private IP address is in use.', { old: 'privateIp is in use.' });
  }
  removePort(request.cloud, port);
  return { status: 204 };
}

function plan(request: Request, item: unknown, planned: readonly Assignment[]): Assignment | Refusal {
  if (!isRecord(item)) return malformed(request, 'an item is no object');
  noteUnknownFields(request, item, ['subnet_id', 'ip_address'], 'privateips[]');
  const { subnet_id: subnetId, ip_address: address } = item;
  if (typeof subnetId !== 'string' || !isUuid(subnetId)) return malformed(request, `subnet_id is no id: ${subnetId}`);
  const subnet = subnetOf(request, subnetId);
  if (subnet === undefined) {
    noteWrongSubnetId(request, subnetId);
    return unknownSubnet(request);
  }
  const others = planned.filter((other) => other.subnet === subnet).map((other) => other.address);
  if (isBlank(address)) {
    const picked = pick(request, subnet, others);
    if (picked !== undefined) return { subnet, address: picked };
    return vpcRefusal(request.tools, 409, 'VPC.0703', `No more IP addresses available on network ${subnet.id}.`);
  }
  if (typeof address !== 'string' || !isDottedQuad(address)) return invalidAddress(request, `ip_address is no dotted quad: ${address}`);
  const verdict = judge(request, subnet, address, others);
  if (verdict === 'invalid') return invalidAddress(request);
  if (verdict === 'taken') {
    // A plain conflict, yet the service documents it as 500: clients that repeat every 5xx get caught here.
    return vpcRefusal(request.tools, 500, 'VPC.0701', 'The IP address is in use.', { old: 'The IP has been used.' });
  }
  return { subnet, address };
}

function commit(request: Request, planned: readonly Assignment[]): readonly Port[] {
  return planned.map((assignment) => reserve(request, { ...assignment, kind: 'privateip' }));
}

function toRow(port: Port) {
  return {
    status: port.status,
    id: port.id,
    subnet_id: port.networkId,
    tenant_id: port.projectId,
    device_owner: port.deviceOwner,
    ip_address: port.address,
  };
}

function find(request: Request): Port {
  const port = portOf(request, request.id);
  if (port !== undefined) return port;
  const mark = idMark(request.id, 'private IP');
  throw vpcRefusal(request.tools, 404, 'VPC.0704', 'Resource query by ID failed.', { old: 'Query resource by id fail.', mark });
}

/** A subnet has two ids; this API wants the network's. */
function noteWrongSubnetId(request: Request, id: string): void {
  if (request.cloud.subnets.some((subnet) => subnet.neutronSubnetId === id)) {
    request.marks.push('the Neutron subnet id in place of the network id');
  }
}

function unknownSubnet(request: Request): Refusal {
  return vpcRefusal(request.tools, 404, 'VPC.2204', 'Resource query by ID failed.', { old: 'Query resource by id fail.' });
}

function invalidAddress(request: Request, mark?: string): Refusal {
  const old = 'IP address is not a valid IP for the specified subnet.';
  return vpcRefusal(request.tools, 400, 'VPC.0705', 'Invalid IP address for the specified subnet.', { old, mark });
}

/** One code for every parameter error of this family; the text is the list's, for want of others. */
function malformed(request: Request, mark?: string): Refusal {
  return vpcRefusal(request.tools, 400, 'VPC.0702', 'Private IP address query error.', { old: 'query privateIps error.', mark });
}
