/** From servers and ports, as people name them, to what may share an address: one port a server, all on one network. */
import type { FloatingIp, Server, ServerRef } from '../../domain/records.js';
import { collect } from '../../http/pages.js';
import type { Api } from './api.js';
import { ALIASES, PUBLIC_NET, SERVICE_NET } from './records.js';
import { listed, refuse } from './refusals.js';
import type { RackspacePort } from './wire.js';

/** The ports of a server on a network; the driver remembers them for as long as one operation runs. */
export type PortsOf = (server: string, network: string) => Promise<readonly RackspacePort[]>;

export interface LinkTarget {
  readonly server: ServerRef;
  readonly port: string;
}

export const nameOfServer = ({ id, name }: ServerRef): string => name ?? id;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** An id by alias, id or exact name. `not-found`, `usage` when several networks have the name. */
export async function networkId(api: () => Promise<Api>, text: string): Promise<string> {
  const known = ALIASES[text.toLowerCase()] ?? (UUID.test(text) ? text.toLowerCase() : undefined);
  if (known === SERVICE_NET) {
    throw refuse('unsupported', 'ServiceNet addresses cannot be shared', 'PublicNet or an isolated network has addresses that can');
  }
  if (known !== undefined) return known;
  const found = (await collect((await api()).listNetworks())).filter(({ name }) => name === text);
  const [only, ...others] = found;
  if (only === undefined) throw refuse('not-found', `no network '${text}'`, 'ipctl network list shows them');
  if (others.length > 0) {
    throw refuse('usage', `${found.length} networks are named '${text}'`, `use an id: ${found.map(({ id }) => id).join(', ')}`);
  }
  return only.id;
}

export function requireBuilt(servers: readonly Server[]): void {
  const building = servers.filter(({ state }) => state === 'building').map(nameOfServer);
  if (building.length === 0) return;
  throw refuse(
    'conflict',
    `${listed(building)} ${building.length === 1 ? 'is' : 'are'} still being built`,
    'try again when ipctl server list says active',
  );
}

/** Addresses of PublicNet do not cross from one public IP zone to another. A zone not told (yet) is left to the provider. */
export function requireOneZone(network: string, servers: readonly Server[]): void {
  if (network !== PUBLIC_NET) return;
  const zoned = servers.filter(({ zone }) => zone !== null);
  if (new Set(zoned.map(({ zone }) => zone)).size < 2) return;
  throw refuse(
    'usage',
    `servers of different public IP zones cannot share an address: ${listed(zoned.map((server) => `${nameOfServer(server)} is in ${server.zone}`))}`,
    'a server built with the scheduler hint public_ip_zone:near is in the zone of another',
  );
}

/** A server's port on the network. One that is linked already is meant before any other. All that have none are named at once. */
async function portsOfServers(
  servers: readonly Server[],
  network: string,
  linked: readonly string[],
  portsOf: PortsOf,
): Promise<LinkTarget[]> {
  const found = await Promise.all(servers.map(async (server) => ({ server, ports: await portsOf(server.id, network) })));
  const without = found.filter(({ ports }) => ports.length === 0).map(({ server }) => nameOfServer(server));
  if (without.length > 0) {
    const which = network === PUBLIC_NET ? 'PublicNet' : `network ${network}`;
    throw refuse(
      'usage',
      `${listed(without)} ${without.length === 1 ? 'has' : 'have'} no port on ${which}`,
      'name another --network, or give the server a port there',
    );
  }
  return found.map(({ server: { id, name }, ports }) => {
    const sharing = ports.find((port) => linked.includes(port.id));
    const [first, ...others] = ports;
    const port = sharing ?? (others.length === 0 ? first : undefined);
    if (port === undefined) {
      throw refuse(
        'usage',
        `${name ?? id} has ${ports.length} ports on that network`,
        `name one with --port: ${ports.map((each) => each.id).join(', ')}`,
      );
    }
    return { server: { id, name }, port: port.id };
  });
}

export interface Wanted {
  readonly servers: readonly Server[];
  readonly ports: readonly string[];
}

/** Ids of the ports that are to share a new address, each once. Ports given as such are checked by the provider. */
export async function sharingPorts({ servers, ports }: Wanted, network: string, portsOf: PortsOf): Promise<string[]> {
  const targets = await portsOfServers(servers, network, [], portsOf);
  return [...new Set([...targets.map(({ port }) => port), ...ports])];
}

/** Whom to associate: each server once, by its port or by itself. */
export async function linkTargets(api: Api, ip: FloatingIp, { servers, ports }: Wanted, portsOf: PortsOf): Promise<LinkTarget[]> {
  const network = ip.network ?? PUBLIC_NET;
  const [byServer, byPort] = await Promise.all([
    portsOfServers(servers, network, ip.ports, portsOf),
    Promise.all(ports.map((id) => targetOfPort(api, id, network, servers))),
  ]);
  const all = [...byServer, ...byPort];
  return all.filter(({ server }, index) => all.findIndex((other) => other.server.id === server.id) === index);
}

async function targetOfPort(api: Api, id: string, network: string, known: readonly Server[]): Promise<LinkTarget> {
  const port = await api.showPort(id);
  if (port === undefined) throw refuse('not-found', `no port '${id}'`);
  if (port.network !== network) throw refuse('usage', `port ${id} is on network ${port.network}, the address is of ${network}`);
  const { device } = port;
  if (device === null) throw refuse('conflict', `port ${id} belongs to no server`, 'addresses are associated with servers');
  const name = known.find((server) => server.id === device)?.name ?? (await api.serverName(device));
  return { server: { id: device, name }, port: id };
}
