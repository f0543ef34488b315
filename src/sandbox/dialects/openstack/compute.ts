/** Nova: versions, servers, and the way to its legacy addresses. https://docs.openstack.org/api-ref/compute/ */
import { isUuid, readLate } from '../../cloud.js';
import type { Answer } from '../../dialect.js';
import type { Ask, ServiceAsk } from './ask.js';
import { authorize, novaFault, settle } from './ask.js';
import type { FloatingIp, Server } from './cloud.js';
import { plainId } from './cloud.js';
import { actOnServer, answerFloatingIps, answerPools } from './legacy.js';

const minimum = 1;
/** The newest minor version here, and what `latest` means. */
const maximum = 96;

export function answerCompute(ask: Ask): Answer {
  if (ask.path[0] === 'v2.1' && ask.path.length === 1) return settle(() => describeVersion(ask));
  const minor = { value: minimum };
  const answer = settle(() => {
    const caller = authorize(ask);
    minor.value = microversion(ask);
    const [version, project, ...path] = ask.path;
    if (version !== 'v2.1') throw unknownPath(ask);
    if (caller.project === null || caller.project !== project) {
      ask.note('the compute URL names another project than the token');
      throw novaFault(400, `Malformed request URL: URL's project_id '${project}' doesn't match Context's project_id '${caller.project}'`);
    }
    return route({ ...ask, who: { ...caller, project: caller.project } }, path, minor.value);
  });
  return {
    ...answer,
    headers: {
      ...answer.headers,
      'OpenStack-API-Version': `compute 2.${minor.value}`,
      'X-OpenStack-Nova-API-Version': `2.${minor.value}`,
      Vary: 'OpenStack-API-Version, X-OpenStack-Nova-API-Version',
    },
  };
}

function describeVersion(ask: Ask): Answer {
  if (ask.call.method !== 'GET') throw wrongMethod(ask);
  const version = {
    id: 'v2.1',
    status: 'CURRENT',
    version: `2.${maximum}`,
    min_version: `2.${minimum}`,
    updated: '2013-07-23T11:33:21Z',
    links: [{ rel: 'self', href: `${ask.tools.origin}${ask.base}/v2.1/` }],
  };
  return { status: 200, json: { version } };
}

/** The minor part of the version asked for; without a header the oldest. */
function microversion(ask: Ask): number {
  const modern = ask.call.headers['openstack-api-version']?.split(',').map((one) => /^\s*compute\s+(\S+)\s*$/.exec(one)?.[1]);
  const text = modern?.find((one) => one !== undefined) ?? ask.call.headers['x-openstack-nova-api-version'];
  if (text === undefined) return minimum;
  if (text === 'latest') return maximum;
  const [, major, minor] = /^(\d+)\.(\d+)$/.exec(text) ?? [];
  if (major === undefined || minor === undefined) {
    ask.note(`version ${text} is malformed`);
    throw novaFault(400, `API Version String ${text} is of invalid format. Must be of format MajorNum.MinorNum.`);
  }
  if (major !== '2' || Number(minor) < minimum || Number(minor) > maximum) {
    throw novaFault(406, `Version ${text} is not supported by the API. Minimum is 2.${minimum} and maximum is 2.${maximum}.`);
  }
  return Number(minor);
}

function route(ask: ServiceAsk, path: readonly string[], minor: number): Answer {
  const { method } = ask.call;
  const [resource, id, sub, ...rest] = path;
  if (rest.length > 0) throw unknownPath(ask);
  switch (resource) {
    case 'servers':
      return routeServers(ask, id, sub, minor);
    case 'os-floating-ips':
      if (sub !== undefined) throw unknownPath(ask);
      return answerFloatingIps(ask, id, minor) ?? refuseMethod(ask);
    case 'os-floating-ip-pools':
      if (id !== undefined) throw unknownPath(ask);
      return method === 'GET' ? answerPools(ask, minor) : refuseMethod(ask);
    default:
      throw unknownPath(ask);
  }
}

function routeServers(ask: ServiceAsk, id: string | undefined, sub: string | undefined, minor: number): Answer {
  const { method } = ask.call;
  if (id === undefined || id === 'detail') {
    if (sub !== undefined) throw unknownPath(ask);
    return method === 'GET' ? listServers(ask, id === 'detail') : refuseMethod(ask);
  }
  if (sub !== undefined && sub !== 'action' && sub !== 'ips') throw unknownPath(ask);
  if (method !== (sub === 'action' ? 'POST' : 'GET')) throw wrongMethod(ask);
  for (const name of ask.call.query.keys()) ask.note(`unknown query parameter ${name}`);
  const server = findServer(ask, id);
  if (sub === 'action') return actOnServer(ask, server, minor);
  const detail = details(ask, server);
  return { status: 200, json: sub === 'ips' ? { addresses: plainAddresses(detail.addresses) } : { server: detail } };
}

function findServer(ask: ServiceAsk, id: string): Server {
  if (!isUuid(id)) ask.note(`server: ${id} stands where an id belongs`);
  const server = ask.cloud.servers.find((one) => one.id === id && (ask.who.admin || one.project === ask.who.project));
  if (!server) throw novaFault(404, `Instance ${id} could not be found.`);
  return server;
}

const parameters = ['name', 'status', 'limit', 'marker', 'all_tenants'];

function listServers(ask: ServiceAsk, detailed: boolean): Answer {
  const { query } = ask.call;
  for (const name of query.keys()) if (!parameters.includes(name)) ask.note(`unknown query parameter ${name}`);
  const everybody = query.has('all_tenants');
  if (everybody && !ask.who.admin)
    throw novaFault(403, "Policy doesn't allow os_compute_api:servers:index:get_all_tenants to be performed.");
  const pattern = namePattern(ask);
  const status = query.get('status');
  const fitting = ask.cloud.servers.filter(
    (one) =>
      (everybody || one.project === ask.who.project) &&
      (pattern === undefined || pattern.test(one.name)) &&
      (status === null || one.status === status.toUpperCase()),
  );
  const limit = pageLimit(ask);
  const rest = afterMarker(ask, fitting);
  const page = limit === undefined ? rest : rest.slice(0, limit);
  const last = page.at(-1);
  const servers = page.map((one) => (detailed ? details(ask, one) : summary(ask, one)));
  // A full page has a next link, whether or not anything follows.
  const more = last !== undefined && page.length === limit;
  return { status: 200, json: { servers, ...(more ? { servers_links: [{ rel: 'next', href: nextHref(ask, detailed, last.id) }] } : {}) } };
}

/** The name filter is a regular expression that may match anywhere in the name. */
function namePattern(ask: ServiceAsk): RegExp | undefined {
  const name = ask.call.query.get('name');
  if (name === null) return undefined;
  try {
    return new RegExp(name, 'i');
  } catch {
    ask.note(`name=${name} is no regular expression`);
    throw novaFault(400, `Invalid input for query parameters name. Value: ${name}. Not a valid regular expression.`);
  }
}

function pageLimit(ask: ServiceAsk): number | undefined {
  const { pageMax } = ask.knobs;
  const text = ask.call.query.get('limit');
  if (text === null) return pageMax > 0 ? pageMax : undefined;
  if (!/^\d+$/.test(text)) {
    ask.note(`limit=${text} is no number`);
    throw novaFault(400, `Invalid input for query parameters limit. Value: ${text}. It is not a whole number.`);
  }
  const asked = Number(text);
  return pageMax > 0 ? Math.min(asked, pageMax) : asked;
}

function afterMarker(ask: ServiceAsk, servers: readonly Server[]): readonly Server[] {
  const marker = ask.call.query.get('marker');
  if (marker === null) return servers;
  if (!isUuid(marker)) ask.note(`marker ${marker}: an id belongs there`);
  const at = servers.findIndex((one) => one.id === marker);
  if (at < 0) throw novaFault(400, `marker [${marker}] not found`);
  return servers.slice(at + 1);
}

function nextHref(ask: ServiceAsk, detailed: boolean, marker: string): string {
  const query = new URLSearchParams(ask.call.query);
  query.set('marker', marker);
  const host = ask.knobs.foreignNext ? 'http://controller.internal.example:8774' : `${ask.tools.origin}${ask.base}`;
  return `${host}/v2.1/${ask.who.project}/servers${detailed ? '/detail' : ''}?${query}`;
}

function summary(ask: ServiceAsk, server: Server) {
  const self = `${ask.tools.origin}${ask.base}/v2.1/${ask.who.project}/servers/${server.id}`;
  return { id: server.id, name: server.name, links: [{ rel: 'self', href: self }] };
}

function details(ask: ServiceAsk, server: Server) {
  const building = server.status === 'BUILD';
  return {
    ...summary(ask, server),
    status: server.status,
    tenant_id: server.project,
    user_id: server.user,
    created: server.created,
    updated: server.created,
    hostId: building ? '' : plainId(`host/${server.id}`),
    addresses: addresses(ask, server),
    metadata: {},
    accessIPv4: '',
    accessIPv6: '',
    flavor: { id: '1', links: [] },
    image: '',
    key_name: null,
    'OS-EXT-AZ:availability_zone': building ? '' : server.zone,
    'OS-EXT-STS:vm_state': building ? 'building' : 'active',
    'OS-EXT-STS:task_state': building ? 'spawning' : null,
    'OS-EXT-STS:power_state': building ? 0 : 1,
  };
}

interface ServerAddress {
  readonly addr: string;
  readonly version: 4 | 6;
  readonly 'OS-EXT-IPS:type': 'fixed' | 'floating';
  readonly 'OS-EXT-IPS-MAC:mac_addr': string;
}

/** By network name. A floating address joins its fixed one a read after it was associated: Nova looks into a cache. */
function addresses(ask: ServiceAsk, server: Server): Readonly<Record<string, readonly ServerAddress[]>> {
  const found: Record<string, ServerAddress[]> = {};
  for (const port of ask.cloud.ports.filter((one) => one.device === server.id)) {
    const label = ask.cloud.networks.find((one) => one.id === port.network)?.name ?? port.network;
    const entry = (addr: string, type: 'fixed' | 'floating'): ServerAddress => ({
      addr,
      version: addr.includes(':') ? 6 : 4,
      'OS-EXT-IPS:type': type,
      'OS-EXT-IPS-MAC:mac_addr': port.mac,
    });
    for (const { address } of port.fixedIps) {
      const floating = ask.cloud.floatingIps.filter((one) => serves(one, port.id, address) && readLate(one.onServer));
      found[label] = [...(found[label] ?? []), entry(address, 'fixed'), ...floating.map((one) => entry(one.address, 'floating'))];
    }
  }
  return found;
}

function serves(floatingIp: FloatingIp, port: string, address: string): boolean {
  return floatingIp.port === port && floatingIp.fixedAddress === address;
}

function plainAddresses(all: Readonly<Record<string, readonly ServerAddress[]>>) {
  return Object.fromEntries(Object.entries(all).map(([label, list]) => [label, list.map(({ addr, version }) => ({ addr, version }))]));
}

function unknownPath(ask: Ask) {
  ask.note('unknown compute path');
  return novaFault(404, 'The resource could not be found.');
}

function wrongMethod(ask: Ask) {
  ask.note(`${ask.call.method} is no method of this compute path`);
  return novaFault(405, 'The method is not allowed for this resource.');
}

function refuseMethod(ask: Ask): never {
  throw wrongMethod(ask);
}
