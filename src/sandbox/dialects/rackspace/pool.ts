/** How addresses are given out, linked to ports, and put to rest. */
import ipaddr from 'ipaddr.js';
import { inCidr, isDottedQuad, lowestFree, nextId, toNumber } from '../../cloud.js';
import { type Address, addressesOf, type Port, type RackspaceCloud, type Region, type Server, type Subnet } from './cloud.js';
import { type Knobs, quota } from './knobs.js';

interface Wanted {
  readonly network: string;
  readonly version: number;
  readonly tenant: string;
  readonly type: 'fixed' | 'shared';
  /** Canonical text; absent: the server chooses. */
  readonly chosen?: string;
  /** Absent: any subnet of that version. */
  readonly subnet?: string;
}

/**
 * An address without links yet. `none`: no subnet of that version, none free, or the chosen one lies outside every
 * subnet; `used`: the chosen one is taken, or was released too recently.
 */
export function draw(cloud: RackspaceCloud, knobs: Knobs, wanted: Wanted): Address | 'none' | 'used' {
  const subnet = cloud.subnets.find(
    (one) =>
      one.network === wanted.network &&
      one.version === wanted.version &&
      (wanted.subnet === undefined || one.id === wanted.subnet) &&
      (wanted.chosen === undefined || inCidr(wanted.chosen, one.cidr)),
  );
  if (subnet === undefined) return 'none';
  if (wanted.chosen !== undefined) {
    const row = cloud.addresses.find((one) => one.network === wanted.network && one.address === wanted.chosen);
    if (row === undefined) return fresh(cloud, subnet, wanted, wanted.chosen);
    return rested(cloud, knobs, row) ? wake(row, wanted) : 'used';
  }
  const row = cloud.addresses
    .filter((one) => one.subnet === subnet.id && rested(cloud, knobs, one) && inPool(one, subnet))
    .sort((a, b) => (a.freedAt ?? 0) - (b.freedAt ?? 0))[0];
  if (row !== undefined) return wake(row, wanted);
  const text = unused(cloud, subnet);
  return text === undefined ? 'none' : fresh(cloud, subnet, wanted, text);
}

/** Links an address to a port that has not got it; no traffic yet. */
export function link(address: Address, port: string): void {
  if (!address.links.some((one) => one.port === port)) address.links.push({ port, service: 'none' });
}

/** Takes the address off one port; the last port's leaving releases it. */
export function unlink(cloud: RackspaceCloud, address: Address, port: string): void {
  address.links = address.links.filter((one) => one.port !== port);
  if (address.links.length === 0) free(cloud, address);
}

/** Releases an address. An IPv4 row stays and rests, with its id; an IPv6 row is gone at once. */
export function free(cloud: RackspaceCloud, address: Address): void {
  address.links = [];
  address.tenant = '';
  address.type = null;
  address.freedAt = cloud.moment;
  if (address.version === 6) cloud.addresses = cloud.addresses.filter((one) => one !== address);
}

/** Deletes a port; its addresses lose a link. An association does not stand in the way. */
export function removePort(cloud: RackspaceCloud, port: Port): void {
  for (const address of addressesOf(cloud, port)) unlink(cloud, address, port.id);
  cloud.ports = cloud.ports.filter((one) => one !== port);
}

/** Whether one more address would exceed what a port may hold. */
export function isFull(cloud: RackspaceCloud, knobs: Knobs, port: Port): boolean {
  const kind = cloud.networks.find((one) => one.id === port.network)?.kind ?? 'isolated';
  return addressesOf(cloud, port).length >= quota(knobs.portQuota, kind);
}

/** The canonical text of an address that the server's parser takes, else undefined. */
export function canonical(text: unknown): string | undefined {
  if (typeof text !== 'string') return undefined;
  if (isDottedQuad(text)) return text;
  return ipaddr.IPv6.isValid(text) ? ipaddr.IPv6.parse(text).toString() : undefined;
}

/** The addresses of a server by network name, as Cloud Servers shows them: shared ones from the moment they are linked. */
export function addressesByLabel(cloud: RackspaceCloud, server: Server): Record<string, { addr: string; version: number }[]> {
  const labels: Record<string, { addr: string; version: number }[]> = {};
  for (const port of cloud.ports.filter((one) => one.device === server.id && one.tenant === server.tenant)) {
    const name = cloud.networks.find((one) => one.id === port.network)?.name ?? port.network;
    const shown = addressesOf(cloud, port).map((one) => ({ addr: one.address, version: one.version }));
    labels[name] = [...(labels[name] ?? []), ...shown];
  }
  return labels;
}

/** The ports of a tenant in a region, found by id. */
export const ownPort = (cloud: RackspaceCloud, id: unknown, tenant: string, region: Region): Port | undefined =>
  cloud.ports.find((port) => port.id === id && port.tenant === tenant && port.region === region);

const rested = (cloud: RackspaceCloud, knobs: Knobs, row: Address): boolean =>
  row.freedAt !== null && cloud.moment - row.freedAt >= knobs.reuseAfter;

const inPool = (row: Address, subnet: Subnet): boolean =>
  subnet.version === 4 && toNumber(row.address) >= toNumber(subnet.first) && toNumber(row.address) <= toNumber(subnet.last);

function wake(row: Address, wanted: Wanted): Address {
  row.tenant = wanted.tenant;
  row.type = wanted.type;
  row.freedAt = null;
  return row;
}

function fresh(cloud: RackspaceCloud, subnet: Subnet, wanted: Wanted, text: string): Address {
  const made: Address = {
    id: nextId(cloud, 'address'),
    address: text,
    version: subnet.version,
    network: subnet.network,
    subnet: subnet.id,
    tenant: wanted.tenant,
    type: wanted.type,
    freedAt: null,
    links: [],
  };
  cloud.addresses.push(made);
  return made;
}

/** The lowest address of the pool that no row stands for. The real server draws IPv6 at random; counting keeps runs alike. */
function unused(cloud: RackspaceCloud, subnet: Subnet): string | undefined {
  const taken = new Set(cloud.addresses.filter((one) => one.subnet === subnet.id).map((one) => one.address));
  if (subnet.version === 4) return lowestFree(subnet.first, subnet.last, (text) => taken.has(text));
  const cut = subnet.first.lastIndexOf(':') + 1;
  for (let tail = Number.parseInt(subnet.first.slice(cut), 16); tail <= Number.parseInt(subnet.last.slice(cut), 16); tail += 1) {
    const text = `${subnet.first.slice(0, cut)}${tail.toString(16)}`;
    if (!taken.has(text)) return text;
  }
  return undefined;
}
