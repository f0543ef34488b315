/** `ip_associations` of Cloud Servers: one server's permission to send and receive for a shared address. */
import { tick } from '../../cloud.js';
import type { Answer } from '../../dialect.js';
import { ownAddress } from './addresses.js';
import { type Address, type Link, portsOf, type Server } from './cloud.js';
import { noServer, ownServer } from './servers.js';
import { expectId, expectMembers, expectQuery, fault, type Guest, isJsonType, isRecord, type Json, parsed } from './speech.js';

const shown = (one: Address): Json => ({ id: one.id, address: one.address });

const linksTo = (guest: Guest, one: Address, server: Server): Link[] => {
  const ports = portsOf(guest.cloud, server).map(({ id }) => id);
  return one.links.filter(({ port }) => ports.includes(port));
};

const isAssociated = (links: readonly Link[]): boolean => links.some(({ service }) => service === 'compute');

const noAddress = (id: string, server: Server): Answer => fault(404, `IP Address ${id} could not be found for server ${server.id}`);

/** What the list calls associated: by the documents this server's own link, by the plugin any link of an address it has. */
function associated(guest: Guest, server: Server): readonly Address[] {
  return guest.cloud.addresses.filter((one) => {
    const links = linksTo(guest, one, server);
    return links.length > 0 && isAssociated(guest.knobs.associationVisibility === 'plugin' ? one.links : links);
  });
}

export function listAssociations(guest: Guest, serverId: string): Answer {
  expectQuery(guest, []);
  const server = ownServer(guest, serverId);
  if (server === undefined) return noServer();
  return { status: 200, json: { ip_associations: associated(guest, server).map(shown) } };
}

export function showAssociation(guest: Guest, serverId: string, id: string): Answer {
  expectQuery(guest, []);
  const server = ownServer(guest, serverId);
  if (server === undefined) return noServer();
  const one = ownAddress(guest, id);
  const visible = one && (guest.knobs.associationVisibility === 'plugin' || isAssociated(linksTo(guest, one, server)));
  return visible ? { status: 200, json: { ip_association: shown(one) } } : noAddress(id, server);
}

/** PUT: no body, `{}` or the empty wrapper. */
export function associate(guest: Guest, serverId: string, id: string): Answer {
  expectQuery(guest, []);
  if (guest.knobs.associationMethods === 'post') return fault(405, 'Method Not Allowed');
  const body = decoded(guest);
  if ('status' in body) return body;
  if (guest.call.body !== '' && !isHarmless(body.value)) guest.marks.push('a body that is neither empty nor the empty wrapper');
  const found = target(guest, serverId, id);
  if ('status' in found) return found;
  if (isAssociated([found.link]) && guest.knobs.associateRepeat === 'bad_request') {
    return fault(400, `IP Address ${id} is already associated with server ${serverId}`);
  }
  return open(guest, found);
}

/** POST on the member: the draft's form, with the address described once more in the body. */
export function associateByPost(guest: Guest, serverId: string, id: string): Answer {
  expectQuery(guest, []);
  if (guest.knobs.associationMethods === 'put') return fault(405, 'Method Not Allowed');
  const body = decoded(guest);
  if ('status' in body) return body;
  const found = target(guest, serverId, id);
  if ('status' in found) return found;
  const why = mismatch(guest, body.value, found);
  if (why !== undefined) {
    guest.marks.push(why);
    return fault(400, why);
  }
  if (isAssociated([found.link])) return fault(409, `IP Address ${id} is already associated with server ${serverId}`);
  return open(guest, found);
}

export function disassociate(guest: Guest, serverId: string, id: string): Answer {
  expectQuery(guest, []);
  const server = ownServer(guest, serverId);
  if (server === undefined) return noServer();
  const one = ownAddress(guest, id);
  const links = one ? linksTo(guest, one, server) : [];
  if (links.length === 0) return noAddress(id, server);
  tick(guest.cloud);
  for (const link of links) link.service = 'none';
  return { status: 204 };
}

/** POST on the collection exists in the router and nowhere else. */
export function refuseCollectionPost(guest: Guest): Answer {
  guest.marks.push('POST on the collection of associations');
  return fault(501, 'Not Implemented');
}

interface Target {
  readonly server: Server;
  readonly one: Address;
  readonly link: Link;
}

function target(guest: Guest, serverId: string, id: string): Target | Answer {
  const server = ownServer(guest, serverId);
  if (server === undefined) return noServer();
  const one = ownAddress(guest, id);
  const links = one ? linksTo(guest, one, server) : [];
  const [link] = links;
  if (one === undefined || link === undefined) return noAddress(id, server);
  if (links.length > 1) return fault(400, `Server ${server.id} has several ports with IP Address ${id}`);
  if (one.type === 'fixed') {
    guest.marks.push('an association of a fixed address');
    return fault(400, 'Only shared IP addresses can be associated');
  }
  if (server.status !== 'ACTIVE') return fault(409, `Cannot associate an IP address while instance is in status ${server.status}`);
  return { server, one, link };
}

function open(guest: Guest, { server, one, link }: Target): Answer {
  tick(guest.cloud);
  link.service = 'compute';
  const { associateStatus: status, associateResponse } = guest.knobs;
  if (associateResponse === 'list') return { status, json: { ip_associations: associated(guest, server).map(shown) } };
  return { status, json: { ip_association: shown(one) } };
}

function isHarmless(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const names = Object.keys(value);
  const wrapped = value.ip_association;
  return names.length === 0 || (names.length === 1 && isRecord(wrapped) && Object.keys(wrapped).length === 0);
}

/** Why a POST's body does not describe what its path names; undefined when it does. */
function mismatch(guest: Guest, body: unknown, { server, one, link }: Target): string | undefined {
  const asked = isRecord(body) ? body.ip_address : undefined;
  if (!isRecord(body) || !isRecord(asked)) return 'ip_address is missing from the body';
  expectMembers(guest, body, ['ip_address'], 'the body');
  expectMembers(guest, asked, ['network_id', 'version', 'port_ids', 'device_ids'], 'ip_address');
  expectId(guest, asked.network_id, 'network_id');
  if (asked.network_id !== one.network) return 'network_id is not the network of the address';
  if (String(asked.version) !== String(one.version)) return 'version is not the version of the address';
  if (!isListOf(asked.port_ids, link.port)) return 'port_ids names a port that is not linked';
  if (!isListOf(asked.device_ids, server.id)) return 'device_ids names another server';
  return undefined;
}

const isListOf = (value: unknown, member: string): boolean =>
  value === undefined || (Array.isArray(value) && value.every((one) => one === member));

/** A body as Nova reads it; none is as good as an empty one. */
function decoded(guest: Guest): { readonly value: unknown } | Answer {
  if (guest.call.body === '') return { value: undefined };
  if (!isJsonType(guest.call.headers['content-type'])) {
    guest.marks.push('Content-Type is not application/json');
    return fault(415, 'Unsupported Content-Type');
  }
  const body = parsed(guest.call);
  if (body !== undefined) return body;
  guest.marks.push('a body that is no JSON');
  return fault(400, 'Malformed request body');
}
