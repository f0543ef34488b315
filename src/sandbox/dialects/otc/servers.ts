/** Servers and their NICs: Nova's form under `/v2.1`, the provider's own under `/v1`. Names match fuzzily in both. */
import { tick } from '../../cloud.js';
import type { Answer } from '../../dialect.js';
import { removePort } from './addresses.js';
import type { Server } from './cloud.js';
import { eipOfPort, unbind } from './eips.js';
import { errorRefusal, idMark, novaRefusal, type Refusal, type Request } from './request.js';

/** `GET /v2.1/{project}/servers`. */
export function listServers(request: Request): Answer {
  return novaList(request, (server) => toReference(request, server));
}

/** `GET /v2.1/{project}/servers/detail`. */
export function listServerDetails(request: Request): Answer {
  return novaList(request, (server) => toRow(request, server));
}

/** `GET /v2.1/{project}/servers/{id}`. */
export function showServer(request: Request): Answer {
  return { status: 200, json: { server: toRow(request, find(request, novaNotFound)) } };
}

/** `DELETE /v2.1/{project}/servers/{id}`: its NICs go along, and their elastic IPs are free again. */
export function deleteServer(request: Request): Answer {
  const { cloud } = request;
  const server = find(request, novaNotFound);
  for (const port of nicsOf(request, server)) {
    const eip = eipOfPort(cloud, port.id);
    if (eip !== undefined) unbind(cloud, eip);
    removePort(cloud, port);
  }
  cloud.servers = cloud.servers.filter((other) => other !== server);
  tick(cloud);
  return { status: 204 };
}

/** `GET /v2.1/{project}/servers/{id}/os-interface`. */
export function listInterfaces(request: Request): Answer {
  return interfacesOf(request, find(request, novaNotFound));
}

/** `GET /v1/{project}/cloudservers/{id}/os-interface`. */
export function listCloudInterfaces(request: Request): Answer {
  return interfacesOf(request, find(request, cloudNotFound));
}

/** `GET /v1/{project}/cloudservers/detail`: `offset` is the number of a page, and 0 is the first like 1. */
export function listCloudServers(request: Request): Answer {
  const refuse = (mark: string) => errorRefusal(400, { code: 'Ecs.0005', message: 'The request parameter is invalid.' }, mark);
  const limit = numberOf(request, 'limit', 1000, refuse) ?? 25;
  const page = Math.max(1, numberOf(request, 'offset', Number.MAX_SAFE_INTEGER, refuse) ?? 1);
  const hits = search(request);
  const shown = hits.slice((page - 1) * limit, page * limit);
  return { status: 200, json: { count: hits.length, servers: shown.map((server) => toRow(request, server)) } };
}

function novaList(request: Request, row: (server: Server) => unknown): Answer {
  const refuse = (mark: string | undefined) => novaRefusal(400, 'badRequest', 'Invalid input received.', mark);
  const limit = numberOf(request, 'limit', 1000, refuse) ?? 25;
  const hits = search(request);
  const marker = request.call.query.get('marker') ?? '';
  const at = hits.findIndex((server) => server.id === marker);
  if (marker !== '' && at < 0) throw refuse(idMark(marker, 'marker'));
  const page = hits.slice(at + 1, at + 1 + limit);
  const last = page.at(-1);
  if (last === undefined || at + 1 + limit >= hits.length) return { status: 200, json: { servers: page.map(row) } };
  const query = new URLSearchParams(request.call.query);
  query.set('marker', last.id);
  const links = [{ rel: 'next', href: `${request.tools.origin}${request.call.rawPath}?${query}` }];
  return { status: 200, json: { servers: page.map(row), servers_links: links } };
}

/** Both filters find parts; a dot in a name stands for any character. */
function search(request: Request): readonly Server[] {
  const { cloud, project, call } = request;
  const name = new RegExp((call.query.get('name') ?? '').replace(/[\\^$*+?()[\]{}|]/g, '\\$&'));
  const address = call.query.get('ip') ?? '';
  return cloud.servers
    .filter((server) => server.projectId === project && name.test(server.name))
    .filter((server) => address === '' || nicsOf(request, server).some((port) => port.address.includes(address)));
}

function nicsOf(request: Request, server: Server) {
  return request.cloud.ports.filter((port) => port.deviceId === server.id);
}

function interfacesOf(request: Request, server: Server): Answer {
  const attachments = nicsOf(request, server).map((port) => ({
    port_state: port.status,
    fixed_ips: [{ subnet_id: request.cloud.subnets.find(({ id }) => id === port.networkId)?.neutronSubnetId, ip_address: port.address }],
    net_id: port.networkId,
    port_id: port.id,
    mac_addr: port.mac,
  }));
  return { status: 200, json: { interfaceAttachments: attachments } };
}

function toReference(request: Request, server: Server) {
  const path = `/${server.projectId}/servers/${server.id}`;
  const links = [
    { rel: 'self', href: `${request.tools.origin}/ecs/v2.1${path}` },
    { rel: 'bookmark', href: `${request.tools.origin}/ecs${path}` },
  ];
  return { id: server.id, name: server.name, links };
}

function toRow(request: Request, server: Server) {
  const addresses = addressesOf(request, server);
  return {
    ...toReference(request, server),
    status: server.status,
    tenant_id: server.projectId,
    addresses: addresses.length === 0 ? {} : { [server.vpcId]: addresses },
    metadata: { vpc_id: server.vpcId },
    'OS-EXT-AZ:availability_zone': server.zone,
    created: `${server.created}Z`,
    updated: `${server.created}Z`,
  };
}

/** Every NIC's address, followed by the elastic IP that is bound to it. */
function addressesOf(request: Request, server: Server) {
  return nicsOf(request, server).flatMap((port) => {
    const entry = (addr: string, type: string) => ({
      version: '4',
      addr,
      'OS-EXT-IPS:type': type,
      'OS-EXT-IPS:port_id': port.id,
      'OS-EXT-IPS-MAC:mac_addr': port.mac,
    });
    const eips = request.cloud.eips.filter((eip) => eip.portId === port.id);
    return [entry(port.address, 'fixed'), ...eips.map((eip) => entry(eip.address, 'floating'))];
  });
}

function find(request: Request, refuse: (mark: string | undefined) => Refusal): Server {
  const server = request.cloud.servers.find((other) => other.id === request.id && other.projectId === request.project);
  if (server === undefined) throw refuse(idMark(request.id, 'server'));
  return server;
}

function novaNotFound(mark: string | undefined): Refusal {
  return novaRefusal(404, 'itemNotFound', 'Instance could not be found.', mark);
}

function cloudNotFound(mark: string | undefined): Refusal {
  return errorRefusal(404, { code: 'Ecs.0114', message: 'The server does not exist.' }, mark);
}

function numberOf(request: Request, name: string, most: number, refuse: (mark: string) => Refusal): number | undefined {
  const text = request.call.query.get(name);
  if (text === null) return undefined;
  if (!/^\d+$/.test(text) || Number(text) > most) throw refuse(`${name} is out of range: ${text}`);
  return Number(text);
}
