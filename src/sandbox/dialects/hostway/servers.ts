/**
 * Servers, read only: the two lists, one server, its addresses.
 * Pages: http://docs.hostway.com/index.php/Server, …/ServerList, …/ServerListDetails, …/ListServerIPs
 */
import { isDottedQuad } from '../../cloud.js';
import type { Answer } from '../../dialect.js';
import { type HostwayCloud, readAddress, type Server } from './cloud.js';
import { PAGING, paged } from './pages.js';
import type { Policy } from './policy.js';
import { fault, marked, notFound, ok, selfLink, type Visit } from './speech.js';

export const SERVER_FILTERS = ['name', 'status', 'image', 'zone', 'region', ...PAGING] as const;

const STATUSES: readonly string[] = ['BUILD', 'ACTIVE', 'PROCESSING', 'STOPPED', 'SUSPENDED', 'DELETED', 'UNKNOWN'];
/** What a list without `status` shows; a server that is being built is not among them. */
const SHOWN: readonly string[] = ['ACTIVE', 'PROCESSING', 'STOPPED'];
const IMAGE = { id: 'img-12', name: 'Ubuntu 12.04 x64' } as const;
const FLAVOR = { id: 3, name: '1024MB Server3' } as const;
const SECURITY_GROUP = 'sg-1';

export function listServers(visit: Visit): Answer {
  return serverList(visit, (server) => ({
    id: server.id,
    ...(visit.policy.serverPage === '2014' ? { zone: server.zone } : {}),
    links: serverLink(visit, server),
  }));
}

export function listServersDetailed(visit: Visit): Answer {
  // The older detailed list prints fields it does not use as empty strings, the page of one server prints null.
  return serverList(visit, (server) => serverObject(visit, server, visit.policy.serverPage === '2014' ? null : ''));
}

export function showServer(visit: Visit, id: string): Answer {
  const server = findServer(visit.cloud, visit.account, id);
  if (server === undefined) return marked(notFound(visit.cloud), oddServerId(visit, id));
  const shown = ok({ server: serverObject(visit, server, null) });
  if (isBuilding(visit.policy, server)) server.looks += 1;
  return shown;
}

/**
 * Documented as a way to see a binding, hence a read of the addresses that are, or are about to be, this server's; the
 * server object is not, so that listing servers beside addresses does not change what the addresses show.
 */
export function showServerAddresses(visit: Visit, id: string): Answer {
  const { cloud, account } = visit;
  const server = findServer(cloud, account, id);
  if (server === undefined) return marked(notFound(cloud), oddServerId(visit, id));
  const addresses = addressesOf(cloud, server);
  const concerned = cloud.addresses.filter(({ presence, binding }) => presence.now && (binding.now === id || binding.next === id));
  for (const address of concerned) readAddress(cloud, address);
  return ok({ addresses, links: selfLink(visit, `/servers/${encodeURIComponent(id)}/ips`) });
}

export function findServer(cloud: HostwayCloud, account: string, id: string): Server | undefined {
  return cloud.servers.find((server) => server.id === id && server.account === account);
}

export function isBuilding(policy: Policy, server: Server): boolean {
  const started = server.status === 'BUILD' || policy.building.includes(server.name);
  return started && server.refusals < policy.provisionedAfter && server.looks < policy.provisionedAfterLooks;
}

/** Why `id` cannot have come from the API. Documented ids end in a dash or underscore and four digits; nothing more is promised. */
export function oddServerId({ cloud }: Visit, id: string): string | undefined {
  if (isDottedQuad(id)) return `address ${id} stands where a server id belongs`;
  if (cloud.servers.some((server) => server.name === id)) return `server name ${id} stands where a server id belongs`;
  return /^[A-Za-z0-9][A-Za-z0-9_-]*[_-]\d{4}$/.test(id) ? undefined : `${id} is not shaped like a server id`;
}

function serverList(visit: Visit, view: (server: Server) => object): Answer {
  const { cloud, account } = visit;
  const { query } = visit.call;
  const status = query.get('status');
  if (status !== null && !STATUSES.includes(status))
    return marked(fault(cloud, 400, `Unknown status ${status}`), `unknown status ${status}`);
  const name = query.get('name');
  const zone = query.get('zone');
  const region = query.get('region');
  const image = query.get('image');
  const found = cloud.servers
    .filter((server) => server.account === account)
    .filter((server) => (status === null ? SHOWN.includes(statusOf(visit, server)) : statusOf(visit, server) === status))
    // Whether the name must match whole is not documented; a part is the reading that catches a client which trusts it.
    .filter((server) => name === null || server.name.includes(name))
    .filter((server) => zone === null || server.zone === zone)
    .filter((server) => region === null || cloud.zones.some((one) => one.key === server.zone && one.region === region))
    .filter(() => image === null || image.replace(/\/$/, '').endsWith(`/images/${IMAGE.id}`));
  const page = paged(visit, found);
  if ('status' in page) return page;
  const servers = page.items.map(view);
  return ok(page.links === undefined ? { servers } : { servers, links: page.links });
}

function statusOf({ policy }: Visit, server: Server): string {
  if (isBuilding(policy, server)) return 'BUILD';
  return server.status === 'BUILD' ? 'ACTIVE' : server.status;
}

function serverObject(visit: Visit, server: Server, unused: null | ''): object {
  const building = isBuilding(visit.policy, server);
  const late2014 = {
    securityGroup: { id: SECURITY_GROUP, links: selfLink(visit, `/os-security-groups/${SECURITY_GROUP}/`) },
    zone: server.zone,
    adminPass: null,
  };
  return {
    status: statusOf(visit, server),
    updated: unused,
    hostId: building ? '' : server.host,
    addresses: addressesOf(visit.cloud, server),
    links: serverLink(visit, server),
    image: { ...IMAGE, links: selfLink(visit, `/images/${IMAGE.id}/`) },
    userId: server.account,
    flavor: { ...FLAVOR, links: selfLink(visit, `/flavors/${FLAVOR.id}/`) },
    id: server.id,
    name: server.name,
    created: building ? '' : server.created,
    tenantId: unused,
    accessIPv4: server.publicAddress,
    accessIPv6: unused,
    progress: building ? 50 : 100,
    metadata: {},
    ...(visit.policy.serverPage === '2014' ? late2014 : {}),
  };
}

function addressesOf(cloud: HostwayCloud, server: Server): object {
  const bound = cloud.addresses.filter(({ presence, binding }) => presence.now && binding.now === server.id).map(({ ip }) => ip);
  const entry = (addr: string): object => ({ version: 4, addr });
  return { public: [server.publicAddress, ...bound].map(entry), private: [entry(server.privateAddress)] };
}

function serverLink(visit: Visit, server: Server): object {
  return selfLink(visit, `/servers/${encodeURIComponent(server.id)}/`);
}
