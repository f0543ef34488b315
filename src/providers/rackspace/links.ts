/** From servers and ports, as people name them, to what may share an address: one port a server, all on one network. */
import type { FloatingIp, Server, ServerRef } from '../../domain/records.js';
import { collect } from '../../http/pages.js';
import type { Api } from './api.js';
import type { Lookups } from './lookups.js';
import { ALIASES, PUBLIC_NET, SERVICE_NET } from './records.js';
import { listed, refuse } from './refusals.js';
import type { RackspacePort } from './wire.js';

export interface LinkTarget {
  readonly server: ServerRef;
  readonly port: string;
}

export const nameOfServer = ({ id, name }: ServerRef): string => name ?? id;

export const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

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

type Zoned = ServerRef & Pick<Server, 'zone'>;

/** Addresses of PublicNet do not cross from one public IP zone to another. A zone not told (yet) is left to the provider. */
export function requireOneZone(network: string, servers: readonly Zoned[]): void {
  if (network !== PUBLIC_NET) return;
  const zoned = servers.filter(({ zone }, index) => zone !== null && servers.findIndex(({ id }) => id === servers[index]?.id) === index);
  if (new Set(zoned.map(({ zone }) => zone)).size < 2) return;
  throw refuse(
    'usage',
    `servers of different public IP zones cannot share an address: ${listed(zoned.map((server) => `${nameOfServer(server)} is in ${server.zone}`))}`,
    'a server built with the scheduler hint public_ip_zone:near is in the zone of another',
  );
}

/** A server's port on the network. One that is linked already is meant before any other. All that have none are named at once. */
export async function portsOfServers(
  servers: readonly ServerRef[],
  network: string,
  linked: readonly string[],
  { portsOf }: Lookups,
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
        `name one by its id: ${ports.map((each) => each.id).join(', ')}`,
      );
    }
    return { server: { id, name }, port: port.id };
  });
}

/** A port by its id, and the server that it belongs to, if any. */
export interface OwnedPort {
  readonly port: RackspacePort;
  readonly server: ServerRef | null;
}

/** All of these ports, by one request and one for their servers. `not-found` for one that is not there, `usage` for one elsewhere or no id. */
export async function ownedPorts(ids: readonly string[], network: string, lookups: Lookups): Promise<OwnedPort[]> {
  if (ids.length === 0) return [];
  const odd = ids.find((id) => !UUID.test(id));
  if (odd !== undefined) throw refuse('usage', `'${odd}' is no id of a port`, 'ports are named by id; servers by id or name');
  const found = await lookups.ports(ids);
  const missing = ids.filter((id) => !found.some((port) => port.id === id));
  if (missing.length > 0) throw refuse('not-found', `no port ${missing.map((id) => `'${id}'`).join(', ')}`);
  const stray = found.find((port) => port.network !== network);
  if (stray !== undefined) throw refuse('usage', `port ${stray.id} is on network ${stray.network}, the address is of ${network}`);
  const names = found.some(({ device }) => device !== null) ? await lookups.names() : new Map<string, string | null>();
  return found.map((port) => ({ port, server: port.device === null ? null : { id: port.device, name: names.get(port.device) ?? null } }));
}

/** Explains why servers of several zones cannot share, before the provider says that segments do not match. */
export async function requireZoneOf(
  ports: readonly string[],
  servers: readonly ServerRef[],
  network: string,
  lookups: Lookups,
): Promise<void> {
  if (network !== PUBLIC_NET) return;
  const devices = [...servers.map(({ id }) => id), ...(await lookups.ports(ports)).map(({ device }) => device)];
  requireOneZone(
    network,
    (await lookups.servers()).filter(({ id }) => devices.includes(id)),
  );
}

export interface Wanted {
  readonly servers: readonly Server[];
  readonly ports: readonly string[];
}

/** Ids of the ports that are to share a new address, each once: none is being built, and all are of one zone. */
export async function sharingPorts({ servers, ports }: Wanted, network: string, lookups: Lookups): Promise<string[]> {
  const targets = await portsOfServers(servers, network, [], lookups);
  await ownedPorts(ports, network, lookups);
  if (ports.length > 0) await requireZoneOf(ports, servers, network, lookups);
  return [...new Set([...targets.map(({ port }) => port), ...ports])];
}

/** Whom to associate: each server once, by its port or by itself. */
export async function linkTargets(ip: FloatingIp, { servers, ports }: Wanted, lookups: Lookups): Promise<LinkTarget[]> {
  const network = ip.network ?? PUBLIC_NET;
  const [byServer, byPort] = await Promise.all([portsOfServers(servers, network, ip.ports, lookups), ownedPorts(ports, network, lookups)]);
  const all = [
    ...byServer,
    ...byPort.map(({ port, server }) => {
      if (server === null) throw refuse('conflict', `port ${port.id} belongs to no server`, 'addresses are associated with servers');
      return { server, port: port.id };
    }),
  ];
  return all.filter(({ server }, index) => all.findIndex((other) => other.server.id === server.id) === index);
}
