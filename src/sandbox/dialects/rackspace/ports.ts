/** Ports of Cloud Networks. Their addresses are the fixed ones they were made with and the shared ones linked to them. */
import { inCidr, nextId, tick } from '../../cloud.js';
import type { Answer } from '../../dialect.js';
import { type Address, addressesOf, type Network, network, type Port, type Subnet } from './cloud.js';
import { quota } from './knobs.js';
import { answerList, answerRecord } from './listing.js';
import { noNetwork, noSubnet, ownSubnets } from './networks.js';
import { canonical, draw, link, ownPort, removePort, unlink } from './pool.js';
import { expectId, expectMembers, expectQuery, type Guest, isJsonType, isRecord, type Json, neutronFault, parsed } from './speech.js';

const PORT = [
  'id',
  'name',
  'network_id',
  'tenant_id',
  'mac_address',
  'admin_state_up',
  'status',
  'security_groups',
  'device_id',
  'device_owner',
  'fixed_ips',
];
const PORTS_PER_NETWORK = 250;

export function listPorts(guest: Guest): Answer {
  const own = guest.cloud.ports.filter((port) => ownPort(guest.cloud, port.id, guest.tenant, guest.region));
  return answerList(
    guest,
    'ports',
    PORT,
    own.map((port) => shown(guest, port)),
  );
}

export function showPort(guest: Guest, id: string): Answer {
  const port = ownPort(guest.cloud, id, guest.tenant, guest.region);
  return port ? answerRecord(guest, 'port', shown(guest, port)) : noPort(id);
}

const noPort = (id: string): Answer => neutronFault(404, 'PortNotFound', `Port ${id} could not be found.`);

function shown(guest: Guest, port: Port): Json {
  return {
    id: port.id,
    name: port.name,
    network_id: port.network,
    tenant_id: port.tenant,
    mac_address: port.mac,
    admin_state_up: true,
    status: 'ACTIVE',
    security_groups: [],
    device_id: port.device,
    device_owner: port.device === '' ? null : 'compute:None',
    fixed_ips: addressesOf(guest.cloud, port).map((one) => ({
      subnet_id: one.subnet,
      ip_address: one.address,
      // Whether the guest's interface carries it: shared addresses are the cluster software's business.
      enabled: one.type === 'fixed',
    })),
  };
}

export function createPort(guest: Guest): Answer {
  const body = decoded(guest, ['network_id', 'name', 'device_id', 'fixed_ips']);
  if ('status' in body) return body;
  const { asked } = body;
  const { network_id: networkId, name = '', device_id: device = '' } = asked;
  if (typeof networkId !== 'string') return unfit(guest, "Failed to parse request. Required attribute 'network_id' not specified");
  if (typeof name !== 'string' || typeof device !== 'string') return unfit(guest, 'Invalid input for a text attribute.');
  expectId(guest, networkId, 'network_id');
  if (device !== '') expectId(guest, device, 'device_id');
  const net = network(guest.cloud, networkId, guest.region, guest.tenant);
  if (net === undefined) return noNetwork(networkId);
  // Ports of the provider networks come with their servers.
  if (net.kind !== 'isolated') return neutronFault(403, 'NotAuthorized', 'Not authorized.');
  if (guest.cloud.ports.filter((port) => port.network === net.id).length >= PORTS_PER_NETWORK) {
    return neutronFault(409, 'OverQuota', "Quota exceeded for resources: ['ports_per_network'].");
  }
  const wishes = asked.fixed_ips === undefined ? [{}] : understood(guest, net, asked.fixed_ips);
  if ('status' in wishes) return wishes;
  const crowded = tooMany(guest, net, wishes.length);
  if (crowded) return crowded;
  const given = drawAll(guest, net, wishes);
  if ('status' in given) return given;
  tick(guest.cloud);
  const id = nextId(guest.cloud, 'port');
  const mac = `BC:76:4E:${[0, 2, 4].map((at) => id.slice(at, at + 2).toUpperCase()).join(':')}`;
  const port: Port = { id, tenant: guest.tenant, network: net.id, region: guest.region, mac, name, device };
  guest.cloud.ports.push(port);
  for (const one of given) link(one, id);
  return { status: 201, json: { port: shown(guest, port) } };
}

export function changePort(guest: Guest, id: string): Answer {
  const body = decoded(guest, ['name', 'device_id', 'fixed_ips']);
  if ('status' in body) return body;
  const { asked } = body;
  const port = ownPort(guest.cloud, id, guest.tenant, guest.region);
  if (port === undefined) return noPort(id);
  const { name = port.name, device_id: device = port.device } = asked;
  if (typeof name !== 'string' || typeof device !== 'string') return unfit(guest, 'Invalid input for a text attribute.');
  const refusal = asked.fixed_ips === undefined ? undefined : replaceAddresses(guest, port, asked.fixed_ips);
  if (refusal) return refusal;
  tick(guest.cloud);
  port.name = name;
  port.device = device;
  return { status: 200, json: { port: shown(guest, port) } };
}

/** A new list of addresses: those it names stay, the others leave the port, shared ones too. */
function replaceAddresses(guest: Guest, port: Port, value: unknown): Answer | undefined {
  const net = network(guest.cloud, port.network, guest.region, guest.tenant);
  if (net === undefined) return noNetwork(port.network);
  if (Array.isArray(value) && value.length === 0) return neutronFault(403, 'HTTPForbidden', 'fixed_ips cannot be empty');
  const held = addressesOf(guest.cloud, port);
  const wishes = understood(guest, net, value, held);
  if ('status' in wishes) return wishes;
  const crowded = tooMany(guest, net, wishes.length);
  if (crowded) return crowded;
  const isHeld = (wish: Wish) => held.some((one) => one.address === wish.address);
  const given = drawAll(
    guest,
    net,
    wishes.filter((wish) => !isHeld(wish)),
  );
  if ('status' in given) return given;
  for (const one of held.filter(({ address }) => !wishes.some((wish) => wish.address === address))) {
    if (one.type === 'shared') guest.marks.push('a fixed_ips list that drops a shared address');
    unlink(guest.cloud, one, port.id);
  }
  for (const one of given) link(one, port.id);
  return undefined;
}

export function deletePort(guest: Guest, id: string): Answer {
  expectQuery(guest, []);
  const port = ownPort(guest.cloud, id, guest.tenant, guest.region);
  if (port === undefined) return noPort(id);
  if (guest.cloud.servers.some((server) => server.id === port.device)) {
    const why = `Unable to complete operation on port ${id} for network ${port.network}. Port already has an attached device ${port.device}.`;
    return neutronFault(409, 'PortInUse', why);
  }
  tick(guest.cloud);
  removePort(guest.cloud, port);
  return { status: 204 };
}

interface Wish {
  readonly subnet?: string;
  readonly address?: string;
}

/** Reads a `fixed_ips` list; addresses in `held` may stay whatever their subnet. */
function understood(guest: Guest, net: Network, value: unknown, held: readonly Address[] = []): readonly Wish[] | Answer {
  if (!Array.isArray(value) || !value.every(isRecord))
    return unfit(guest, `Invalid input for fixed_ips. Reason: '${String(value)}' is not a list.`);
  const wishes: Wish[] = [];
  for (const entry of value) {
    expectMembers(guest, entry, ['subnet_id', 'ip_address', 'enabled'], 'fixed_ips');
    const address = entry.ip_address === undefined ? undefined : canonical(entry.ip_address);
    if (entry.ip_address !== undefined && address === undefined)
      return unfit(guest, `Invalid input for fixed_ips. Reason: '${String(entry.ip_address)}' is not a valid IP address.`);
    if (held.some((one) => one.address === address)) {
      wishes.push({ ...(address ? { address } : {}) });
      continue;
    }
    const subnet = entry.subnet_id === undefined ? undefined : ownSubnets(guest).find(({ id }) => id === entry.subnet_id);
    if (entry.subnet_id !== undefined) expectId(guest, entry.subnet_id, 'subnet_id');
    if (entry.subnet_id !== undefined && subnet === undefined) return noSubnet(String(entry.subnet_id));
    if (subnet !== undefined && subnet.network !== net.id)
      return unfit(guest, `Failed to create port on network ${net.id}, because subnet ${subnet.id} is not on it.`);
    if (address !== undefined && !fits(guest, net, subnet, address)) {
      return neutronFault(
        400,
        'InvalidIpForNetwork',
        `IP address ${address} is not a valid IP for any of the subnets on the specified network.`,
      );
    }
    wishes.push({ ...(subnet ? { subnet: subnet.id } : {}), ...(address ? { address } : {}) });
  }
  return wishes;
}

const fits = (guest: Guest, net: Network, subnet: Subnet | undefined, address: string): boolean =>
  ownSubnets(guest).some((one) => one.network === net.id && (subnet ?? one) === one && inCidr(address, one.cidr));

function tooMany(guest: Guest, net: Network, count: number): Answer | undefined {
  return count > quota(guest.knobs.portQuota, net.kind) ? neutronFault(409, 'OverQuota', 'Cannot add more IPs to port') : undefined;
}

/** Draws an address for each wish; when one fails those drawn before it go back as if never asked for. */
function drawAll(guest: Guest, net: Network, wishes: readonly Wish[]): readonly Address[] | Answer {
  const { cloud, knobs, tenant } = guest;
  const before = structuredClone({ addresses: cloud.addresses, serial: cloud.serial });
  const given: Address[] = [];
  for (const { subnet, address } of wishes) {
    const version = address?.includes(':') ? 6 : 4;
    const options = { ...(subnet ? { subnet } : {}), ...(address ? { chosen: address } : {}) };
    const drawn = draw(cloud, knobs, { network: net.id, version, tenant, type: 'fixed', ...options });
    if (typeof drawn === 'string') {
      cloud.addresses = before.addresses;
      cloud.serial = before.serial;
      if (drawn === 'none') return neutronFault(409, 'IpAddressGenerationFailure', `No more IP addresses available on network ${net.id}.`);
      return neutronFault(
        409,
        'IpAddressInUse',
        `Unable to complete operation for network ${net.id}. The IP address ${address} is in use.`,
      );
    }
    given.push(drawn);
  }
  return given;
}

/** The member `port` of the body, holding nothing but what may be set. */
function decoded(guest: Guest, settable: readonly string[]): { readonly asked: Json } | Answer {
  expectQuery(guest, []);
  const body = isJsonType(guest.call.headers['content-type']) ? parsed(guest.call)?.value : undefined;
  const asked = isRecord(body) ? body.port : undefined;
  if (!isRecord(body) || !isRecord(asked)) return unfit(guest, "Unable to find 'port' in request body");
  expectMembers(guest, body, ['port'], 'the body');
  const alien = Object.keys(asked).filter((name) => !settable.includes(name));
  return alien.length > 0 ? unfit(guest, `Unrecognized attribute(s) '${alien.join(', ')}'`) : { asked };
}

function unfit(guest: Guest, message: string): Answer {
  guest.marks.push(message);
  return neutronFault(400, 'HTTPBadRequest', message);
}
