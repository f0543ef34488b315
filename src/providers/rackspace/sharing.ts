/**
 * Who shares an address and who is associated with it. No single call tells: the address names the ports that may carry
 * it, the ports name their servers, and whether a link is associated shows only in which filtered list the address is.
 */
import type { Association, FloatingIp } from '../../domain/records.js';
import { collect } from '../../http/pages.js';
import type { Api, IpFilter } from './api.js';
import { associationOf, floatingIpOf, type Where } from './records.js';
import type { RackspaceIp, RackspacePort } from './wire.js';

export type Names = ReadonlyMap<string, string | null>;

interface Link {
  readonly server: string | null;
  readonly port: string;
}

/** One link a server: a second port of the same server is no second holder. */
function linksOf(ip: RackspaceIp, devices: ReadonlyMap<string, string | null>): Link[] {
  const links = ip.ports.map((port) => ({ server: devices.get(port) ?? null, port }));
  return links.filter(({ server }, index) => server === null || links.findIndex((other) => other.server === server) === index);
}

const devicesOf = (ports: readonly RackspacePort[]): ReadonlyMap<string, string | null> =>
  new Map(ports.map(({ id, device }) => [id, device]));

const named = (names: Names, { server, port }: Link, certain = true): Association =>
  associationOf(server === null ? null : { id: server, name: names.get(server) ?? null }, port, certain);

/** A server may ignore a filter. */
const passes = (ip: RackspaceIp, { id, address, version }: IpFilter): boolean =>
  ip.type !== null &&
  (id === undefined || ip.id === id) &&
  (address === undefined || ip.address === address) &&
  (version === undefined || ip.version === version);

/**
 * Shared addresses: one list of those with an associated link and one of those with a link that is not. An address in one
 * of them only is thereby settled; one in both (some servers yes, some no; or a service that ignores the filter) is looked
 * for in its servers' own lists. Those may overstate: when all servers list it, one may do so for another's sake.
 */
export async function readShared(api: Api, where: Where, filter: IpFilter, names: () => Promise<Names>): Promise<FloatingIp[]> {
  const [open, shut, ports, known] = await Promise.all([
    api.listIps({ ...filter, type: 'shared', service: 'compute' }),
    api.listIps({ ...filter, type: 'shared', service: 'none' }),
    collect(api.listPorts({})),
    names(),
  ]);
  const devices = devicesOf(ports);
  const opened = new Set(open.map(({ id }) => id));
  const closed = new Set(shut.map(({ id }) => id));
  const all = [...new Map([...open, ...shut].map((ip) => [ip.id, ip])).values()]
    .filter((ip) => ip.type === 'shared' && passes(ip, filter))
    .map((ip) => ({ ip, links: linksOf(ip, devices) }))
    .filter(({ links }) => filter.device_id === undefined || links.some(({ server }) => server === filter.device_id));

  const mixed = all.filter(({ ip }) => opened.has(ip.id) && closed.has(ip.id));
  const asked = new Set(mixed.flatMap(({ links }) => links.flatMap(({ server }) => server ?? [])));
  const lists = new Map(await Promise.all([...asked].map(async (server) => [server, await api.listAssociations(server)] as const)));

  return all.map(({ ip, links }) => {
    if (!opened.has(ip.id)) return floatingIpOf(where, ip, []);
    if (!closed.has(ip.id)) {
      return floatingIpOf(
        where,
        ip,
        links.map((link) => named(known, link)),
      );
    }
    const listing = links.filter(({ server }) => server !== null && lists.get(server)?.includes(ip.id) === true);
    const certain = listing.length < links.filter(({ server }) => server !== null).length || links.length === 1;
    return floatingIpOf(
      where,
      ip,
      listing.map((link) => named(known, link, certain)),
    );
  });
}

/** Addresses of any type as they come; those that are part of a server are its own for certain. */
export async function readOthers(api: Api, where: Where, filter: IpFilter, names: () => Promise<Names>): Promise<FloatingIp[]> {
  const ips = (await api.listIps(filter)).filter((ip) => passes(ip, filter) && (filter.type === undefined || ip.type === filter.type));
  if (ips.length === 0) return [];
  const [ports, known] = await Promise.all([collect(api.listPorts({})), names()]);
  const devices = devicesOf(ports);
  return ips.map((ip) => {
    const links = linksOf(ip, devices).filter(({ server }) => server !== null);
    return floatingIpOf(where, ip, ip.type === 'shared' ? [] : links.map((link) => named(known, link)));
  });
}
