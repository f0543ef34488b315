/** `ip_addresses` of Cloud Networks: the list of all addresses, and the life of the shared ones. Checks stand in the server's order. */
import { tick } from '../../cloud.js';
import type { Answer } from '../../dialect.js';
import { type Address, addressesOf, type Network, network, type Port, type RackspaceCloud, zoneOf } from './cloud.js';
import { quota } from './knobs.js';
import { canonical, draw, free, isFull, link, ownPort, unlink } from './pool.js';
import {
  expectId,
  expectMembers,
  expectQuery,
  extensionFault,
  forbidden,
  type Guest,
  isJsonType,
  isRecord,
  type Json,
  parsed,
  printed,
} from './speech.js';

const FILTERS = ['id', 'network_id', 'subnet_id', 'version', 'type', 'tenant_id', 'address', 'port_id', 'device_id', 'service'];
const BOUND = 'Port requires disassociation before IP can be deleted';

/** What the server meant to say with a 400 or 409 and says with a 500. */
function accident(guest: Guest, meant: 400 | 409, type: string, detail: string): Answer {
  return extensionFault(guest, guest.knobs.accidental500 ? 500 : meant, type, detail);
}

const bad = (guest: Guest, detail: string): Answer => extensionFault(guest, 400, 'BadRequest', `Bad ip_addresses request: ${detail}.`);

/** An address of the caller's tenant in the region of the request; a resting one belongs to nobody. */
export function ownAddress(guest: Guest, id: string | undefined): Address | undefined {
  return guest.cloud.addresses.find((one) => one.id === id && isOwn(guest, one));
}

const isOwn = (guest: Guest, one: Address): boolean =>
  one.type !== null && one.tenant === guest.tenant && one.links.some(({ port }) => ownPort(guest.cloud, port, guest.tenant, guest.region));

function shown(guest: Guest, one: Address): Json {
  return {
    id: one.id,
    network_id: one.network,
    address: one.address,
    ip_address: one.address,
    // The order means nothing, and must not look as if it were the order of the request.
    port_ids: one.links.map(({ port }) => port).sort(),
    subnet_id: one.subnet,
    tenant_id: one.tenant,
    version: guest.knobs.versionType === 'string' ? String(one.version) : one.version,
    type: one.type,
  };
}

export function listAddresses(guest: Guest): Answer {
  const { query } = guest.call;
  expectQuery(guest, FILTERS);
  for (const name of ['id', 'network_id', 'subnet_id', 'port_id', 'device_id']) {
    const value = query.get(name);
    if (value !== null) expectId(guest, value, name);
  }
  const address = query.get('address');
  if (address !== null && canonical(address) === undefined) {
    guest.marks.push('the address filter is no address');
    return accident(guest, 400, 'BadRequest', `failed to detect a valid IP address from u'${address}'`);
  }
  const hits = guest.cloud.addresses.filter(
    (one) => isOwn(guest, one) && FILTERS.every((name) => passes(guest.cloud, one, name, query.get(name))),
  );
  return { status: 200, json: { ip_addresses: hits.map((one) => shown(guest, one)) } };
}

/** Each filter is tested by itself: `device_id` and `service` may be met by two different links. */
function passes(cloud: RackspaceCloud, one: Address, filter: string, value: string | null): boolean {
  if (value === null) return true;
  if (filter === 'address') return one.address === canonical(value);
  if (filter === 'port_id') return one.links.some(({ port }) => port === value);
  if (filter === 'service') return one.links.some(({ service }) => service === value);
  if (filter === 'device_id') return one.links.some(({ port }) => cloud.ports.some(({ id, device }) => id === port && device === value));
  const field = { id: one.id, network_id: one.network, subnet_id: one.subnet, version: one.version, type: one.type, tenant_id: one.tenant };
  return String(field[filter as keyof typeof field]) === value;
}

export function showAddress(guest: Guest, id: string): Answer {
  expectQuery(guest, []);
  const one = ownAddress(guest, id);
  return one ? { status: 200, json: { ip_address: shown(guest, one) } } : unknown(guest, id);
}

const unknown = (guest: Guest, id: string): Answer => extensionFault(guest, 404, 'IPAddressNotFound', `IP Address ${id} not found.`);

/** The sub-resource that Cloud Servers uses to carry out associations; tenants are kept out. */
export function refuseLinks(guest: Guest): Answer {
  guest.marks.push('a service-to-service path');
  return forbidden();
}

export function provision(guest: Guest): Answer {
  expectQuery(guest, []);
  const body = decoded(guest);
  if ('status' in body) return body;
  const request = isRecord(body.value) ? body.value.ip_address : undefined;
  if (request === undefined || request === null || (isRecord(request) && Object.keys(request).length === 0)) {
    guest.marks.push('no ip_address in the body');
    return extensionFault(guest, 400, 'BadRequest', 'Bad ip_address request: Body malformed.');
  }
  if (!isRecord(request)) return oddType(guest, request);
  expectMembers(guest, body.value as Json, ['ip_address'], 'the body');
  expectMembers(guest, request, ['network_id', 'version', 'port_ids', 'device_ids', 'tenant_id', 'ip_address'], 'ip_address');
  const { port_ids = [], device_ids = [] } = request;
  for (const list of [port_ids, device_ids]) if (!isSized(list)) return oddType(guest, list);
  if (members(port_ids).length < 2 && members(device_ids).length < 2) {
    return bad(guest, 'Only shared IPs may be made with this resource.');
  }
  const missing = ['version', 'network_id'].find((name) => (name === 'version' ? !request.version : (request.network_id ?? null) === null));
  if (missing !== undefined) {
    guest.marks.push(`${missing} is missing`);
    return bad(guest, `${missing} is required.`);
  }
  expectId(guest, request.network_id, 'network_id');
  const net = network(guest.cloud, String(request.network_id), guest.region, guest.tenant);
  if (net === undefined) {
    return extensionFault(guest, 404, 'NetworkNotFound', `Network ${printed(request.network_id)} could not be found.`);
  }
  const ports = requestedPorts(guest, request, net);
  if ('status' in ports) return ports;
  return misplaced(guest, ports, net) ?? overQuota(guest, ports, net) ?? place(guest, request, ports, net);
}

/** The ports to link: by the servers when any are named, else by their ids. */
function requestedPorts(guest: Guest, request: Json, net: Network): readonly Port[] | Answer {
  const { cloud, region } = guest;
  const devices = members(request.device_ids ?? []);
  const ids = members(request.port_ids ?? []);
  const tenant = request.tenant_id === undefined ? guest.tenant : String(request.tenant_id);
  if (tenant !== guest.tenant) guest.marks.push("another tenant's number in tenant_id");
  for (const id of [...ids, ...devices]) expectId(guest, id, 'a member of port_ids or device_ids');
  if (devices.length > 0 && ids.length > 0) guest.marks.push('device_ids silently win over port_ids');
  const own = (port: Port | undefined): port is Port => port !== undefined && tenant === guest.tenant;
  const onNetwork = (device: unknown) =>
    cloud.ports.filter(
      (port) => port.device === device && port.network === net.id && port.tenant === guest.tenant && port.region === region,
    );
  if (devices.some((device) => onNetwork(device).length > 1))
    guest.marks.push('a server with several ports, one of which is silently taken');
  const wanted = devices.length > 0 ? devices : ids;
  const found = wanted.map((id) => (devices.length > 0 ? onNetwork(id)[0] : ownPort(cloud, id, tenant, region))).filter(own);
  if (found.length === 0) {
    const list = devices.length > 0 ? '[]' : printed(request.port_ids);
    return extensionFault(guest, 404, 'PortNotFound', `Port ${list} could not be found on network ${net.id}.`);
  }
  if (found.length < wanted.length) {
    return extensionFault(guest, 404, 'PortNotFound', 'Not all ports or devices from request could be found');
  }
  return found;
}

/** A shared address serves ports of its own network, on a provider network in one public IP zone only. */
function misplaced(guest: Guest, ports: readonly Port[], net: Pick<Network, 'id' | 'kind'>): Answer | undefined {
  const holdsOther = ports.some((port) => addressesOf(guest.cloud, port).some((one) => one.network !== net.id));
  if (holdsOther) return bad(guest, 'Must have ports connected to the requested network');
  if (ports.some((port) => port.network !== net.id)) guest.marks.push('a port of another network, let through because it has no address');
  const zones = new Set(ports.map((port) => zoneOf(guest.cloud, port)));
  return net.kind !== 'isolated' && zones.size > 1 ? bad(guest, "Segment id's do not match.") : undefined;
}

function overQuota(guest: Guest, ports: readonly Port[], net: Network): Answer | undefined {
  const shared = guest.cloud.addresses.filter((one) => one.type === 'shared' && one.network === net.id && isOwn(guest, one));
  if (shared.length >= quota(guest.knobs.sharedQuota, net.kind)) {
    return extensionFault(guest, 409, 'OverQuota', 'Cannot create more shared IPs on selected network');
  }
  return portsFull(guest, ports);
}

function portsFull(guest: Guest, ports: readonly Port[]): Answer | undefined {
  const full = ports.some((port) => isFull(guest.cloud, guest.knobs, port));
  return full ? extensionFault(guest, 409, 'OverQuota', 'Cannot add more IPs to port') : undefined;
}

function place(guest: Guest, request: Json, ports: readonly Port[], net: Network): Answer {
  const { cloud, knobs } = guest;
  if (new Set(ports).size < ports.length) {
    guest.marks.push('a port given twice');
    return accident(guest, 400, 'BadRequest', "Duplicate entry for key 'PRIMARY'");
  }
  const version = Number(request.version);
  if (version !== 4 && version !== 6) guest.marks.push('version is neither 4 nor 6');
  const asked = request.ip_address || undefined;
  const chosen = canonical(asked);
  if (asked !== undefined && chosen === undefined) {
    guest.marks.push('the chosen address is no address');
    return accident(guest, 400, 'BadRequest', `failed to detect a valid IP address from ${printed([asked]).slice(1, -1)}`);
  }
  if (chosen !== undefined && net.kind !== 'isolated') guest.marks.push('an address chosen outside isolated networks');
  const drawn = draw(cloud, knobs, { network: net.id, version, tenant: guest.tenant, type: 'shared', ...(chosen ? { chosen } : {}) });
  if (drawn === 'none') {
    const isolated = `No more IP addresses available on network ${net.id}.`;
    if (net.kind === 'isolated') return extensionFault(guest, 409, 'IpAddressGenerationFailure', isolated);
    const provider = `Network ${net.id} appears to be out of IP Addresses.You may want to try again in a few seconds`;
    return accident(guest, 409, 'IpAddressGenerationFailure', provider);
  }
  if (drawn === 'used') {
    const detail = `Unable to complete operation for network ${net.id}. The IP address ${chosen} is in use.`;
    return accident(guest, 409, 'IpAddressInUse', detail);
  }
  tick(cloud);
  for (const port of ports) link(drawn, port.id);
  return { status: knobs.provisionStatus, json: { ip_address: shown(guest, drawn) } };
}

export function changePorts(guest: Guest, id: string): Answer {
  expectQuery(guest, []);
  const body = decoded(guest);
  if ('status' in body) return body;
  const request = isRecord(body.value) ? body.value.ip_address : undefined;
  if (request === undefined) {
    guest.marks.push('no ip_address in the body');
    return bad(guest, 'Invalid request body.');
  }
  const one = ownAddress(guest, id);
  if (one === undefined) return unknown(guest, id);
  if (one.type === 'fixed') return bad(guest, 'Fixed ips cannot be updated using this interface.');
  if (!isRecord(request)) return oddType(guest, request);
  expectMembers(guest, body.value as Json, ['ip_address'], 'the body');
  expectMembers(guest, request, ['port_ids'], 'ip_address');
  const list = request.port_ids;
  if (list === undefined || list === null) {
    guest.marks.push('a change without port_ids releases the address');
    return released(guest, one);
  }
  if (!isSized(list)) return oddType(guest, list);
  const ids = members(list);
  if (ids.length === 0 && guest.knobs.legacyEmptyPorts) return released(guest, one);
  if (ids.length === 0) {
    guest.marks.push('an empty port list');
    return bad(guest, 'Cannot be updated with empty port_id list');
  }
  for (const port of ids) expectId(guest, port, 'a member of port_ids');
  return relink(guest, one, ids, list);
}

/** Replaces the linked ports. Kept ports keep their association; none may be dropped while it has one. */
function relink(guest: Guest, one: Address, ids: readonly unknown[], list: unknown): Answer {
  const ports = ids.map((port) => ownPort(guest.cloud, port, guest.tenant, guest.region)).filter((port) => port !== undefined);
  const twice = new Set(ids).size < ids.length;
  if (twice) guest.marks.push('a port given twice');
  if (twice || ports.length < ids.length) return extensionFault(guest, 404, 'PortNotFound', `Port ${printed(list)} could not be found.`);
  const kind = guest.cloud.networks.find((net) => net.id === one.network)?.kind ?? 'isolated';
  const refusal = misplaced(guest, ports, { id: one.network, kind }) ?? portsFull(guest, ports);
  if (refusal) return refusal;
  const dropped = one.links.filter(({ port }) => !ids.includes(port));
  if (dropped.some(({ service }) => service === 'compute')) return extensionFault(guest, 400, 'PortRequiresDisassociation', BOUND);
  tick(guest.cloud);
  for (const port of ports) link(one, port.id);
  for (const { port } of dropped) unlink(guest.cloud, one, port);
  return { status: 200, json: { ip_address: shown(guest, one) } };
}

/** A release in the guise of a change: the answer shows the address as it was. */
function released(guest: Guest, one: Address): Answer {
  const before = shown(guest, one);
  const refusal = release(guest, one);
  return refusal ?? { status: 200, json: { ip_address: before } };
}

export function deallocate(guest: Guest, id: string): Answer {
  expectQuery(guest, []);
  const one = ownAddress(guest, id);
  if (one === undefined) return unknown(guest, id);
  if (one.type === 'fixed') return bad(guest, 'Fixed ips cannot be updated using this interface.');
  return release(guest, one) ?? { status: 204 };
}

function release(guest: Guest, one: Address): Answer | undefined {
  if (one.links.some(({ service }) => service === 'compute')) return extensionFault(guest, 400, 'PortRequiresDisassociation', BOUND);
  tick(guest.cloud);
  free(guest.cloud, one);
  return undefined;
}

function decoded(guest: Guest): { readonly value: unknown } | Answer {
  const body = isJsonType(guest.call.headers['content-type']) ? parsed(guest.call) : undefined;
  if (body !== undefined) return body;
  guest.marks.push('a body that is no JSON, or is not declared as JSON');
  return accident(guest, 400, 'BadRequest', 'Could not deserialize data');
}

/** Python's own complaint about a value of the wrong type, which nothing catches. */
function oddType(guest: Guest, value: unknown): Answer {
  guest.marks.push('a value of the wrong type');
  const type = value === null ? 'NoneType' : typeof value === 'boolean' ? 'bool' : typeof value === 'number' ? 'int' : 'unicode';
  return accident(guest, 400, 'BadRequest', `object of type '${type}' has no len()`);
}

const isSized = (value: unknown): boolean => (typeof value === 'object' ? value !== null : typeof value === 'string');

/** What Python iterates over: a list's members, a text's letters, an object's keys. */
function members(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (typeof value === 'string') return [...value];
  return isRecord(value) ? Object.keys(value) : [];
}
