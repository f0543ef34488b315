/**
 * Nova's own floating addresses, the calls that Neutron superseded.
 * https://docs.openstack.org/api-ref/compute/#floating-ips-os-floating-ips-deprecated
 */
import ipaddr from 'ipaddr.js';
import { isDottedQuad, isUuid, nextId, tick } from '../../cloud.js';
import type { Answer } from '../../dialect.js';
import type { Refusal, ServiceAsk } from './ask.js';
import { asObject, jsonObject, novaFault } from './ask.js';
import { chooseTarget, isReason, nextPoolAddress, overQuota, setTarget } from './association.js';
import type { FloatingIp, Server } from './cloud.js';
import { newFloatingIp, touch } from './cloud.js';

/** Newest minor versions that know the calls. */
const lastWithAddresses = 35;
const lastWithActions = 43;
/** The pool a client gets that names none: Nova's configured default, which this cloud's operator never changed. */
const defaultPool = 'nova';

/** Undefined when the path has no such method. */
export function answerFloatingIps(ask: ServiceAsk, id: string | undefined, minor: number): Answer | undefined {
  ceiling(ask, minor, lastWithAddresses);
  const { method } = ask.call;
  if (id === undefined) {
    if (method === 'GET') return { status: 200, json: { floating_ips: own(ask).map((one) => view(ask, one)) } };
    return method === 'POST' ? create(ask) : undefined;
  }
  if (method !== 'GET' && method !== 'DELETE') return undefined;
  const item = findById(ask, id);
  if (method === 'GET') return { status: 200, json: { floating_ip: view(ask, item) } };
  if (item.forwardings.length > 0) throw novaFault(409, `Floating IP ${id} is in use by port forwardings`);
  ask.cloud.floatingIps = ask.cloud.floatingIps.filter((one) => one !== item);
  tick(ask.cloud);
  return { status: 202 };
}

export function answerPools(ask: ServiceAsk, minor: number): Answer {
  ceiling(ask, minor, lastWithAddresses);
  return { status: 200, json: { floating_ip_pools: ask.cloud.networks.filter((one) => one.external).map(({ name }) => ({ name })) } };
}

/** A server's `action` document: one action, one object. */
export function actOnServer(ask: ServiceAsk, server: Server, minor: number): Answer {
  const body = jsonBody(ask);
  const [name, ...others] = Object.keys(body);
  const allowed = { addFloatingIp: ['address', 'fixed_address'], removeFloatingIp: ['address'] }[name ?? ''];
  if (!allowed || name === undefined || others.length > 0) throw careless(ask, `There is no such action: ${Object.keys(body).join(', ')}`);
  ceiling(ask, minor, lastWithActions);
  const given = asObject(body[name]);
  const unknown = Object.keys(given ?? {}).find((field) => !allowed.includes(field));
  if (!given || unknown !== undefined) throw careless(ask, `Additional properties are not allowed ('${unknown}' was unexpected)`);
  const { address, fixed_address: fixedAddress } = given;
  if (typeof address !== 'string' || !isDottedQuad(address))
    throw careless(ask, `Invalid input for field/attribute address. Value: ${String(address)}.`);
  if (fixedAddress !== undefined && (typeof fixedAddress !== 'string' || !isDottedQuad(fixedAddress))) {
    throw careless(ask, `Invalid input for field/attribute fixed_address. Value: ${String(fixedAddress)}.`);
  }
  return name === 'addFloatingIp' ? add(ask, server, address, fixedAddress) : remove(ask, server, address);
}

function add(ask: ServiceAsk, server: Server, address: string, fixedAddress: string | undefined): Answer {
  const { cloud } = ask;
  if (!['ACTIVE', 'SHUTOFF'].includes(server.status)) {
    throw novaFault(409, `Cannot 'addFloatingIp' instance ${server.id} while it is in status ${server.status}`);
  }
  const candidates = cloud.ports
    .filter((one) => one.device === server.id)
    .flatMap((port) => port.fixedIps.map((fixedIp) => ({ port: port.id, address: fixedIp.address })))
    .filter((one) => ipaddr.IPv4.isValid(one.address));
  if (candidates.length === 0) throw novaFault(400, `No fixed IPs associated to instance ${server.id}`);
  if (candidates.length > 1 && fixedAddress === undefined)
    ask.note('several fixed addresses and none was named: the first is taken in silence');
  const chosen = candidates.find((one) => fixedAddress === undefined || one.address === fixedAddress);
  if (!chosen) throw novaFault(400, 'Specified fixed address not assigned to instance');
  const item = findByAddress(ask, address);
  const elsewhere = item.port !== null && item.port !== chosen.port;
  if (item.port !== null && ask.knobs.integerIds) throw novaFault(400, 'Floating IP address is already associated');
  const target = chooseTarget(cloud, { port: chosen.port, fixedAddress: chosen.address, network: item.network, floatingIp: item });
  if (isReason(target)) throw novaFault(400, `Unable to associate floating IP ${address} to fixed IP ${chosen.address}: ${target.message}`);
  if (elsewhere) ask.note('a bound address is moved in silence');
  if (setTarget(item, target, ask.knobs.wiring)) touch(cloud, item);
  return { status: 202 };
}

/** The one call of all OpenStack that minds which server an address is taken from. */
function remove(ask: ServiceAsk, server: Server, address: string): Answer {
  const item = findByAddress(ask, address);
  const port = ask.cloud.ports.find((one) => one.id === item.port);
  if (port?.device !== server.id) throw novaFault(409, `Floating IP ${address} is not associated with instance ${server.id}.`);
  setTarget(item, null, ask.knobs.wiring);
  touch(ask.cloud, item);
  return { status: 202 };
}

function create(ask: ServiceAsk): Answer {
  const { cloud, who } = ask;
  const body = ask.call.body === '' ? {} : jsonBody(ask);
  const unknown = Object.keys(body).find((field) => field !== 'pool');
  if (unknown !== undefined) throw careless(ask, `Additional properties are not allowed ('${unknown}' was unexpected)`);
  if (body.pool !== undefined && body.pool !== null && typeof body.pool !== 'string')
    throw careless(ask, 'Invalid input for field/attribute pool.');
  if (typeof body.pool !== 'string') ask.note(`no pool was named, and the default is literally ${defaultPool}`);
  const pool = typeof body.pool === 'string' ? body.pool : defaultPool;
  const network = cloud.networks.find((one) => one.external && (one.name === pool || one.id === pool));
  if (!network) throw novaFault(404, `Floating IP pool ${pool} not found.`);
  if (overQuota(cloud, ask.knobs, who.project)) throw novaFault(403, 'Floating IP quota exceeded');
  const address = nextPoolAddress(cloud, network);
  if (address === undefined) throw novaFault(404, `No more floating IPs in pool ${pool}.`);
  const made = newFloatingIp(cloud, nextId(cloud, 'floatingip'), network.id, address, who.project);
  cloud.floatingIps.push(made);
  return { status: 200, json: { floating_ip: view(ask, made) } };
}

/** The calls ended with a microversion; a client that sends a newer one let it leak in from elsewhere. */
function ceiling(ask: ServiceAsk, minor: number, last: number): void {
  for (const name of ask.call.query.keys()) ask.note(`unknown query parameter ${name}`);
  if (minor <= last) return;
  ask.note(`microversion 2.${minor} is too new for this call`);
  throw novaFault(404, `API version 2.${minor} is not supported on this method.`);
}

function own(ask: ServiceAsk): readonly FloatingIp[] {
  return ask.cloud.floatingIps.filter((one) => one.project === ask.who.project);
}

function findById(ask: ServiceAsk, id: string): FloatingIp {
  const { integerIds } = ask.knobs;
  if (integerIds ? !/^\d+$/.test(id) : !isUuid(id)) throw careless(ask, `Invalid id ${id} for floating IP`);
  const item = own(ask).find((one) => (integerIds ? String(one.number) : one.id) === id);
  if (!item) throw novaFault(404, `Floating IP not found for ID ${id}`);
  return item;
}

function findByAddress(ask: ServiceAsk, address: string): FloatingIp {
  const item = own(ask).find((one) => one.address === address);
  if (!item) throw novaFault(404, `Floating IP not found for address ${address}.`);
  return item;
}

function view(ask: ServiceAsk, item: FloatingIp): unknown {
  const port = ask.cloud.ports.find((one) => one.id === item.port);
  const network = ask.cloud.networks.find((one) => one.id === item.network);
  return {
    id: ask.knobs.integerIds ? item.number : item.id,
    ip: item.address,
    fixed_ip: item.fixedAddress,
    instance_id: port && port.device !== '' ? port.device : null,
    pool: network?.name ?? item.network,
  };
}

function jsonBody(ask: ServiceAsk): Record<string, unknown> {
  const type = ask.call.headers['content-type'];
  if (type !== undefined && !type.toLowerCase().startsWith('application/json')) {
    ask.note(`content type ${type}`);
    throw novaFault(415, 'Unsupported Content-Type');
  }
  const body = jsonObject(ask.call.body);
  if (!body) throw careless(ask, 'Malformed request body');
  return body;
}

/** The refusal of a request that no faithful client sends. */
function careless(ask: ServiceAsk, message: string): Refusal {
  ask.note(`invalid request: ${message}`);
  return novaFault(400, message);
}
