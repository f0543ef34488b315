/** Cloud Servers: listing, showing and deleting servers, their addresses, and the networks and limits as Nova tells them. */
import { tick } from '../../cloud.js';
import type { Answer } from '../../dialect.js';
import { portsOf, type Server } from './cloud.js';
import { regionPrefix } from './identity.js';
import { addressesByLabel, removePort } from './pool.js';
import { expectId, expectQuery, fault, type Guest, type Json } from './speech.js';

const PAGE = 1000;
const STATUSES =
  'ACTIVE BUILD DELETED ERROR HARD_REBOOT MIGRATING PASSWORD REBOOT REBUILD RESCUE RESIZE REVERT_RESIZE SHUTOFF SUSPENDED UNKNOWN VERIFY_RESIZE';

export const ownServer = (guest: Guest, id: string): Server | undefined =>
  guest.cloud.servers.find((one) => one.id === id && one.tenant === guest.tenant && one.region === guest.region);

export const noServer = (): Answer => fault(404, 'Instance could not be found');

/** A page of servers; with `detail` each in full. The link to the next page stands on full pages only, even on the last. */
export function listServers(guest: Guest, detail: boolean): Answer {
  const { query } = guest.call;
  expectQuery(guest, ['name', 'status', 'image', 'flavor', 'changes-since', 'host', 'limit', 'marker']);
  const size = query.get('limit');
  if (size !== null && !/^-?\d+$/.test(size)) return unfit(guest, 'limit param must be an integer');
  if (size !== null && Number(size) < 0) return unfit(guest, 'limit param must be positive');
  const matching = filtered(guest);
  if ('status' in matching) return matching;
  const marker = query.get('marker');
  if (marker !== null) expectId(guest, marker, 'marker');
  const before = marker === null ? -1 : matching.findIndex((one) => one.id === marker);
  if (marker !== null && before < 0) return fault(400, `marker [${marker}] not found`);
  const limit = Math.min(size === null ? PAGE : Number(size), PAGE);
  const servers = matching.slice(before + 1, before + 1 + limit);
  const last = servers.at(-1);
  const next = last !== undefined && servers.length === limit ? { servers_links: [nextLink(guest, last, limit)] } : {};
  return { status: 200, json: { servers: servers.map((one) => (detail ? full(guest, one) : summary(guest, one))), ...next } };
}

function unfit(guest: Guest, message: string): Answer {
  guest.marks.push(message);
  return fault(400, message);
}

function filtered(guest: Guest): readonly Server[] | Answer {
  const { query } = guest.call;
  const status = query.get('status')?.toUpperCase();
  if (status !== undefined && !STATUSES.split(' ').includes(status)) guest.marks.push(`no such status: ${status}`);
  const since = query.get('changes-since');
  if (since !== null && Number.isNaN(Date.parse(since))) return unfit(guest, 'Invalid changes-since value');
  const name = expression(query.get('name') ?? '');
  if (name === undefined) return unfit(guest, 'Invalid regular expression in name');
  return guest.cloud.servers.filter(
    (one) =>
      one.tenant === guest.tenant &&
      one.region === guest.region &&
      // Unanchored: `web` finds `oldweb` too.
      name.test(one.name) &&
      (status === undefined || one.status === status) &&
      (since === null || Date.parse(one.updated) >= Date.parse(since)) &&
      (query.get('image') ?? IMAGE) === IMAGE &&
      (query.get('flavor') ?? FLAVOR) === FLAVOR,
  );
}

function expression(text: string): RegExp | undefined {
  try {
    return new RegExp(text);
  } catch {
    return undefined;
  }
}

const IMAGE = '9b0c1d2e-3f40-4a51-8b62-c7d8e9f0a1b2';
const FLAVOR = 'general1-2';

const root = (guest: Guest, version: string): string => `${guest.origin}${regionPrefix(guest.region)}/servers${version}/${guest.tenant}`;

function nextLink(guest: Guest, last: Server, limit: number): Json {
  const query = new URLSearchParams(guest.call.query);
  query.set('limit', String(limit));
  query.set('marker', last.id);
  return { rel: 'next', href: `${root(guest, '/v2')}/${guest.rest.join('/')}?${query}` };
}

function summary(guest: Guest, one: Server): Json {
  return {
    id: one.id,
    name: one.name,
    links: [
      { rel: 'self', href: `${root(guest, '/v2')}/servers/${one.id}` },
      { rel: 'bookmark', href: `${root(guest, '')}/servers/${one.id}` },
    ],
  };
}

function full(guest: Guest, one: Server): Json {
  const addresses = addressesByLabel(guest.cloud, one);
  const own = addresses.public ?? [];
  const active = one.status === 'ACTIVE';
  return {
    ...summary(guest, one),
    status: one.status,
    tenant_id: one.tenant,
    user_id: guest.user.id,
    created: one.created,
    updated: one.updated,
    accessIPv4: own.find(({ version }) => version === 4)?.addr ?? '',
    accessIPv6: own.find(({ version }) => version === 6)?.addr ?? '',
    addresses,
    image: { id: IMAGE },
    flavor: { id: FLAVOR },
    metadata: {},
    'OS-EXT-STS:power_state': active ? 1 : 0,
    'OS-EXT-STS:task_state': active ? null : 'spawning',
    'OS-EXT-STS:vm_state': active ? 'active' : 'building',
    ...(active ? { 'RAX-PUBLIC-IP-ZONE-ID:publicIPZoneId': one.zone } : {}),
  };
}

export function showServer(guest: Guest, id: string): Answer {
  expectQuery(guest, []);
  const one = ownServer(guest, id);
  return one ? { status: 200, json: { server: full(guest, one) } } : noServer();
}

/** Takes the server's ports along, and with them its links; an address that loses its last link is released. */
export function deleteServer(guest: Guest, id: string): Answer {
  expectQuery(guest, []);
  const one = ownServer(guest, id);
  if (one === undefined) return noServer();
  tick(guest.cloud);
  for (const port of portsOf(guest.cloud, one)) removePort(guest.cloud, port);
  guest.cloud.servers = guest.cloud.servers.filter((server) => server !== one);
  return { status: 204 };
}

export function listServerAddresses(guest: Guest, id: string, label?: string): Answer {
  expectQuery(guest, []);
  const one = ownServer(guest, id);
  if (one === undefined) return fault(404, 'Instance does not exist');
  const addresses = addressesByLabel(guest.cloud, one);
  if (label === undefined) return { status: 200, json: { addresses } };
  const list = addresses[label];
  return list ? { status: 200, json: { [label]: list } } : fault(404, 'Network does not exist');
}

/** The networks of Cloud Networks once more, in Nova's words. */
export function listNovaNetworks(guest: Guest): Answer {
  expectQuery(guest, []);
  const { cloud, tenant, region } = guest;
  const visible = cloud.networks.filter((one) => one.tenant === 'rackspace' || (one.tenant === tenant && one.region === region));
  const cidr = (id: string) => cloud.subnets.find((one) => one.network === id && one.tenant === tenant)?.cidr;
  const networks = visible.map(({ id, name, kind }) => ({ id, label: name, ...(kind === 'isolated' ? { cidr: cidr(id) } : {}) }));
  return { status: 200, json: { networks } };
}

export function showLimits(guest: Guest): Answer {
  expectQuery(guest, []);
  const used = guest.cloud.servers.filter((one) => one.tenant === guest.tenant && one.region === guest.region).length;
  const absolute = {
    maxTotalInstances: 100,
    maxTotalRAMSize: 131_072,
    maxTotalPrivateNetworks: 10,
    totalInstancesUsed: used,
    totalRAMUsed: used * 2048,
  };
  return { status: 200, json: { limits: { absolute, rate: [] } } };
}
