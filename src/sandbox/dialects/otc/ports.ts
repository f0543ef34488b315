/** Native Neutron ports: server NICs, virtual IPs and what else holds an address. No project in the path, 201 on creation. */
import { isDottedQuad, isUuid, tick } from '../../cloud.js';
import type { Answer } from '../../dialect.js';
import { isDetached, judge, pick, portOf, removePort, reserve, subnetOf, VIRTUAL_IP } from './addresses.js';
import { type AddressPair, type Port, type Subnet, stamp } from './cloud.js';
import { eipOfPort } from './eips.js';
import { neutronPage } from './neutron-pages.js';
import {
  byId,
  idMark,
  isBlank,
  isRecord,
  type Json,
  neutronRefusal,
  noteUnknownFields,
  numberKnob,
  type Refusal,
  type Request,
} from './request.js';

/** Switches the source check of a NIC off; `0.0.0.0/0`, which would be the obvious way to say so, is refused. */
const ANY_SOURCE = '1.1.1.1/0';

const READ_ONLY = ['fixed_ips', 'device_owner', 'device_id', 'mac_address', 'network_id', 'id', 'tenant_id', 'project_id', 'status'];

/** Filters that compare one field; `fixed_ips` is apart. */
export const PORT_FILTERS = [
  'id',
  'name',
  'admin_state_up',
  'network_id',
  'mac_address',
  'device_id',
  'device_owner',
  'status',
  'security_groups',
  'tenant_id',
] as const;

/** `GET /v2.0/ports`. */
export function listPorts(request: Request): Answer {
  const rows = byId(request.cloud.ports.filter((port) => port.projectId === request.project)).map((port) => toRow(request, port));
  const hits = rows.filter((row) => PORT_FILTERS.every((name) => matches(request, row, name)) && matchesAddress(request, row));
  return { status: 200, json: neutronPage(request, 'ports', hits) };
}

/** `GET /v2.0/ports/{id}`. */
export function showPort(request: Request): Answer {
  return { status: 200, json: { port: toRow(request, find(request)) } };
}

/** `POST /v2.0/ports`. */
export function createPort(request: Request): Answer {
  const given = request.body.port;
  if (!isRecord(given)) throw invalid('port is no object', 'port is no object');
  const known = ['network_id', 'name', 'fixed_ips', 'device_owner', 'security_groups', 'allowed_address_pairs', 'admin_state_up'];
  noteUnknownFields(request, given, known, 'port');
  const owner = given.device_owner ?? '';
  if (owner !== '' && owner !== VIRTUAL_IP) throw invalid('Invalid input for device_owner.', `device_owner ${owner}`);
  checkUpdatable(given);
  const [fixed = {}, ...more] = fixedAddresses(given);
  // One address per port, unlike Neutron elsewhere.
  if (more.length > 0) throw invalid('One port can only set one ipaddress', 'two fixed_ips on one port');
  const subnet = subnetFor(request, given, fixed);
  const quota = numberKnob(request.tools, 'portQuota') ?? -1;
  const own = request.cloud.ports.filter((port) => port.projectId === request.project);
  const address = addressFor(request, subnet, fixed, quota >= 0 && own.length >= quota);
  const port = reserve(request, {
    subnet,
    address,
    kind: 'port',
    building: numberKnob(request.tools, 'slowPorts') ?? 0,
    deviceOwner: owner,
    ...(typeof given.name === 'string' ? { name: given.name } : {}),
    ...(typeof given.admin_state_up === 'boolean' ? { adminStateUp: given.admin_state_up } : {}),
    ...(Array.isArray(given.security_groups) ? { securityGroups: given.security_groups.map(String) } : {}),
    ...(given.allowed_address_pairs === undefined ? {} : { pairs: (mac) => pairsOf(given, mac) }),
  });
  return { status: 201, json: { port: toRow(request, port) } };
}

/** `PUT /v2.0/ports/{id}`. Lists are replaced as a whole. */
export function updatePort(request: Request): Answer {
  const given = request.body.port;
  if (!isRecord(given)) throw invalid('port is no object', 'port is no object');
  const fixed = READ_ONLY.find((name) => given[name] !== undefined);
  if (fixed !== undefined) throw invalid(`Cannot update read-only attribute ${fixed}`, `${fixed} cannot be changed`);
  noteUnknownFields(request, given, ['name', 'security_groups', 'allowed_address_pairs', 'admin_state_up'], 'port');
  checkUpdatable(given);
  const port = find(request);
  if (given.allowed_address_pairs !== undefined) {
    const pairs = pairsOf(given, port.mac);
    notePairs(request, port, pairs);
    port.pairs = pairs;
  }
  if (typeof given.name === 'string') port.name = given.name;
  if (typeof given.admin_state_up === 'boolean') port.adminStateUp = given.admin_state_up;
  if (Array.isArray(given.security_groups)) port.securityGroups = given.security_groups.map(String);
  port.updated = stamp(tick(request.cloud));
  return { status: 200, json: { port: toRow(request, port) } };
}

/** `DELETE /v2.0/ports/{id}`: ports without a device, unbound. */
export function deletePort(request: Request): Answer {
  const port = find(request);
  if (!isDetached(port) || port.pairs.length > 0 || eipOfPort(request.cloud, port.id) !== undefined) {
    throw neutronRefusal(
      409,
      'PortInUse',
      `Unable to complete operation on port ${port.id} for network ${port.networkId}. The port is in use.`,
    );
  }
  removePort(request.cloud, port);
  return { status: 204 };
}

function checkUpdatable(given: Json): void {
  const { name, admin_state_up: up, security_groups: groups } = given;
  if (name !== undefined && (typeof name !== 'string' || name.length > 255)) throw invalid('Invalid input for name.', 'name');
  if (up !== undefined && typeof up !== 'boolean') throw invalid('Invalid input for admin_state_up.', 'admin_state_up is no boolean');
  if (groups !== undefined && !(Array.isArray(groups) && groups.every((id) => typeof id === 'string' && isUuid(id)))) {
    throw invalid('Invalid input for security_groups.', 'security_groups is no list of ids');
  }
  if (given.allowed_address_pairs !== undefined) pairsOf(given, '');
}

function fixedAddresses(given: Json): readonly Json[] {
  const list = given.fixed_ips ?? [];
  if (!Array.isArray(list) || !list.every(isRecord)) throw invalid('Invalid input for fixed_ips.', 'fixed_ips is no list of objects');
  return list;
}

/** The network has one subnet; naming another one's, or the network's own id in its place, finds nothing. */
function subnetFor(request: Request, given: Json, fixed: Json): Subnet {
  noteUnknownFields(request, fixed, ['subnet_id', 'ip_address'], 'fixed_ips[]');
  const { network_id: networkId } = given;
  if (typeof networkId !== 'string' || !isUuid(networkId))
    throw invalid('Invalid input for network_id.', `network_id is no id: ${networkId}`);
  const subnet = subnetOf(request, networkId);
  const swapped = request.cloud.subnets.some((other) => other.neutronSubnetId === networkId || other.id === fixed.subnet_id);
  const mark = swapped ? "one of a subnet's two ids in place of the other" : undefined;
  if (subnet === undefined) throw neutronRefusal(404, 'NetworkNotFound', `Network ${networkId} could not be found.`, mark);
  const { subnet_id: subnetId } = fixed;
  if (isBlank(subnetId) || subnetId === subnet.neutronSubnetId) return subnet;
  if (typeof subnetId !== 'string' || !isUuid(subnetId)) throw invalid('Invalid input for fixed_ips.', `subnet_id is no id: ${subnetId}`);
  throw neutronRefusal(404, 'SubnetNotFound', `Subnet ${subnetId} could not be found.`, mark);
}

/** The address to give out. Conflicts come before the quota, and the quota before an empty pool. */
function addressFor(request: Request, subnet: Subnet, fixed: Json, quotaUsedUp: boolean): string {
  const { ip_address: address } = fixed;
  const overQuota = neutronRefusal(409, 'OverQuota', "Quota exceeded for resources: ['port'].");
  if (isBlank(address)) {
    if (quotaUsedUp) throw overQuota;
    const picked = pick(request, subnet, []);
    if (picked !== undefined) return picked;
    throw neutronRefusal(409, 'IpAddressGenerationFailure', `No more IP addresses available on network ${subnet.id}.`);
  }
  if (typeof address !== 'string' || !isDottedQuad(address)) throw invalid('Invalid input for fixed_ips.', `no dotted quad: ${address}`);
  const verdict = judge(request, subnet, address, []);
  if (verdict === 'invalid') {
    throw neutronRefusal(400, 'InvalidIpForSubnet', `IP address ${address} is not a valid IP for the specified subnet.`);
  }
  if (verdict === 'taken') {
    const text = `Unable to complete operation for network ${subnet.id}. The IP address ${address} is in use.`;
    throw neutronRefusal(409, 'IpAddressInUse', text);
  }
  if (quotaUsedUp) throw overQuota;
  return address;
}

function pairsOf(given: Json, mac: string): readonly AddressPair[] {
  const list = given.allowed_address_pairs;
  if (!Array.isArray(list)) throw invalid('Invalid input for allowed_address_pairs.', 'allowed_address_pairs is no list');
  return list.map((pair: unknown) => {
    if (!isRecord(pair) || typeof pair.ip_address !== 'string')
      throw invalid('Invalid input for allowed_address_pairs.', 'a pair without address');
    const [address = '', prefix] = pair.ip_address.split('/');
    if (!isDottedQuad(address) || (prefix !== undefined && !(/^\d\d?$/.test(prefix) && Number(prefix) <= 32))) {
      throw invalid('Invalid input for allowed_address_pairs.', `no address in a pair: ${pair.ip_address}`);
    }
    if (pair.ip_address === '0.0.0.0/0') throw invalid('Invalid input for allowed_address_pairs.', `0.0.0.0/0 in place of ${ANY_SOURCE}`);
    return { ip_address: pair.ip_address, mac_address: typeof pair.mac_address === 'string' ? pair.mac_address : mac };
  });
}

/** Changes of pairs that the service makes without a word, and that no careful client asks for. */
function notePairs(request: Request, port: Port, pairs: readonly AddressPair[]): void {
  const before = port.pairs.map((pair) => pair.ip_address);
  const after = pairs.map((pair) => pair.ip_address);
  const added = after.filter((address) => !before.includes(address));
  const lost = before.filter((address) => !after.includes(address));
  if (added.length > 0 && lost.length > 0) request.marks.push(`the new list of pairs drops ${lost.join(', ')}`);
  const neighbours = request.cloud.ports.filter((other) => other.networkId === port.networkId);
  const isNic = (address: string) => neighbours.some((other) => other.address === address && other.deviceOwner.startsWith('compute:'));
  const isVirtual = (address: string) => neighbours.some((other) => other.address === address && other.deviceOwner === VIRTUAL_IP);
  if (port.deviceOwner === VIRTUAL_IP && !added.every(isNic)) request.marks.push('a pair of a virtual IP that is no NIC of its subnet');
  if (port.deviceOwner.startsWith('compute:') && added.some(isVirtual)) {
    request.marks.push('the virtual IP in a pair of the NIC: the NIC belongs in a pair of the virtual IP');
  }
}

function matches(request: Request, row: Json, name: string): boolean {
  const wanted = request.call.query.getAll(name);
  if (wanted.length === 0) return true;
  const value = row[name];
  if (name === 'device_id' || name === 'network_id' || name === 'id') noteIds(request, wanted, name);
  const values = Array.isArray(value) ? value.map(String) : [String(value)];
  return wanted.some((text) => values.includes(name === 'admin_state_up' ? text.toLowerCase() : text));
}

function noteIds(request: Request, wanted: readonly string[], name: string): void {
  const wrong = wanted.find((text) => isDottedQuad(text));
  const mark = `${name} is no id: ${wrong}`;
  if (wrong !== undefined && !request.marks.includes(mark)) request.marks.push(mark);
}

/** `fixed_ips=ip_address=…` and `fixed_ips=subnet_id=…`; given both, both must fit. */
function matchesAddress(request: Request, row: { readonly fixed_ips: readonly Json[] }): boolean {
  const [fixed = {}] = row.fixed_ips;
  return request.call.query.getAll('fixed_ips').every((filter) => {
    const [, name, value] = /^(ip_address|subnet_id)=(.+)$/.exec(filter) ?? [];
    if (name === undefined) throw invalid('Invalid input for fixed_ips.', `fixed_ips=${filter}`);
    return fixed[name] === value;
  });
}

function toRow(request: Request, port: Port) {
  const subnet = request.cloud.subnets.find((other) => other.id === port.networkId);
  return {
    id: port.id,
    name: port.name,
    status: readStatus(port),
    admin_state_up: port.adminStateUp,
    fixed_ips: [{ subnet_id: subnet?.neutronSubnetId, ip_address: port.address }],
    mac_address: port.mac,
    network_id: port.networkId,
    tenant_id: port.projectId,
    project_id: port.projectId,
    device_id: port.deviceId,
    device_owner: port.deviceOwner,
    security_groups: port.securityGroups,
    extra_dhcp_opts: [],
    allowed_address_pairs: port.pairs,
    'binding:vnic_type': 'normal',
    'binding:vif_details': port.primary ? { primary_interface: true } : {},
    'binding:profile': {},
    port_security_enabled: true,
    dns_name: `ip-${port.address.replaceAll('.', '-')}`,
    dns_assignment: [],
    created_at: port.created,
    updated_at: port.updated,
  };
}

/** Counts as a read of a port that is still being built. */
function readStatus(port: Port): string {
  if (port.building === 0) return port.status;
  port.building -= 1;
  return 'BUILD';
}

function find(request: Request): Port {
  const port = portOf(request, request.id);
  if (port !== undefined) return port;
  throw neutronRefusal(404, 'PortNotFound', `Port ${request.id} could not be found.`, idMark(request.id, 'port'));
}

function invalid(text: string, mark?: string): Refusal {
  return neutronRefusal(400, 'InvalidInput', text, mark);
}
