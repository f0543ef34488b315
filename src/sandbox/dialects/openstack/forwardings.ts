/** Port forwardings of a floating address. https://docs.openstack.org/api-ref/network/v2/#floating-ips-port-forwarding */
import { isUuid, nextId } from '../../cloud.js';
import type { Answer } from '../../dialect.js';
import type { ServiceAsk } from './ask.js';
import { asObject, jsonObject, neutronFault } from './ask.js';
import { routerTo } from './association.js';
import { invalid } from './body.js';
import type { FloatingIp, Forwarding } from './cloud.js';
import { touch } from './cloud.js';
import { notFound } from './listing.js';

const fields = ['protocol', 'external_port', 'internal_port', 'internal_ip_address', 'internal_port_id', 'description'];

/** `rest` is the path below `port_forwardings`; undefined when there is no such path or method. */
export function answerForwardings(ask: ServiceAsk, item: FloatingIp, rest: readonly string[]): Answer | undefined {
  const { method } = ask.call;
  const [id] = rest;
  if (rest.length > 1) return undefined;
  if (id === undefined) {
    if (method === 'GET') return { status: 200, json: { port_forwardings: item.forwardings.map(view) } };
    return method === 'POST' ? create(ask, item) : undefined;
  }
  if (method !== 'GET' && method !== 'DELETE') return undefined;
  if (!isUuid(id)) ask.note(`port_forwarding: ${id} stands where an id belongs`);
  const found = item.forwardings.find((one) => one.id === id);
  if (!found) throw neutronFault(ask, 404, 'PortForwardingNotFound', `Port Forwarding ${id} could not be found.`);
  if (method === 'GET') return { status: 200, json: { port_forwarding: view(found) } };
  item.forwardings = item.forwardings.filter((one) => one !== found);
  touch(ask.cloud, item);
  return { status: 204 };
}

function create(ask: ServiceAsk, item: FloatingIp): Answer {
  const given = asObject(jsonObject(ask.call.body)?.port_forwarding);
  if (!given) throw invalid(ask, "Unable to find 'port_forwarding' in request body");
  const unknown = Object.keys(given).find((name) => !fields.includes(name));
  if (unknown !== undefined) throw invalid(ask, `Unrecognized attribute(s) '${unknown}'`);
  const {
    protocol,
    external_port: externalPort,
    internal_port: internalPort,
    internal_ip_address: address,
    internal_port_id: portId,
  } = given;
  if (
    typeof protocol !== 'string' ||
    !isPort(externalPort) ||
    !isPort(internalPort) ||
    typeof address !== 'string' ||
    typeof portId !== 'string'
  ) {
    throw invalid(ask, 'protocol, external_port, internal_port, internal_ip_address and internal_port_id are required');
  }
  const port = ask.cloud.ports.find((one) => one.id === portId && (ask.who.admin || one.project === ask.who.project));
  if (!port) throw notFound(ask, 'PortNotFound', portId);
  const fixedIp = port.fixedIps.find((one) => one.address === address);
  if (!fixedIp) throw neutronFault(ask, 400, 'BadRequest', `Port ${portId} does not have fixed ip ${address}`);
  const router = routerTo(ask.cloud, fixedIp.subnet, item.network);
  if (router === undefined || item.port !== null) {
    throw neutronFault(ask, 400, 'BadRequest', `Floating IP ${item.id} cannot forward to port ${portId}`);
  }
  if (item.forwardings.some((one) => one.protocol === protocol && one.externalPort === externalPort)) {
    throw neutronFault(ask, 400, 'BadRequest', `External port ${externalPort} is forwarded already`);
  }
  const made: Forwarding = {
    id: nextId(ask.cloud, 'port-forwarding'),
    protocol,
    externalPort,
    internalPort,
    internalAddress: address,
    port: portId,
    router,
    description: typeof given.description === 'string' ? given.description : '',
  };
  item.forwardings.push(made);
  touch(ask.cloud, item);
  return { status: 201, json: { port_forwarding: view(made) } };
}

function isPort(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) > 0 && Number(value) < 65536;
}

function view(one: Forwarding): unknown {
  return {
    id: one.id,
    protocol: one.protocol,
    external_port: one.externalPort,
    internal_port: one.internalPort,
    internal_ip_address: one.internalAddress,
    internal_port_id: one.port,
    description: one.description,
  };
}
