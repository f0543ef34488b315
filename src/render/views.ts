/** What is shown of each record: columns as functions, and the JSON shape that scripts rely on. Both read the record, never each other. */
import { sortKey } from '../domain/address.js';
import type { Association, FloatingIp, Labels, Network, PrivateIp, Server, Subnet } from '../domain/records.js';

export type Cell = string | number | boolean | null;
export type Column<T> = (record: T) => Cell;

export interface View<T> {
  readonly columns: Readonly<Record<string, Column<T>>>;
  readonly defaults: readonly string[];
  /** Stable keys, null for what is not known; `raw` adds the provider's own object. */
  json(record: T, raw: boolean): unknown;
  /** Where the record stands unless the user sorts: text compared by code unit. */
  order(record: T): string;
}

const time = (date: Date | null): string | null => (date === null ? null : date.toISOString().replace(/\.000Z$/, 'Z'));
const joined = (values: readonly string[]): string | null => (values.length === 0 ? null : values.join(', '));
const labelText = (labels: Labels): string | null =>
  joined(Object.entries(labels).map(([key, value]) => (value === null ? key : `${key}=${value}`)));
const serverText = ({ server, certain }: Association): string | null =>
  server === null ? null : `${server.name ?? server.id}${certain ? '' : '?'}`;
const known = (values: readonly (string | null)[]): string[] => values.filter((value) => value !== null);

/** The JSON of a record that is shown as it is: these keys, in this order. */
const keysOf =
  <T extends { readonly raw: unknown }>(...keys: readonly (keyof T)[]) =>
  (record: T, raw: boolean): unknown => ({
    ...Object.fromEntries(keys.map((key) => [key, record[key]])),
    ...(raw ? { raw: record.raw } : {}),
  });

export const floatingIpView: View<FloatingIp> = {
  columns: {
    address: (ip) => ip.address,
    state: (ip) => ip.state,
    server: (ip) => joined(known(ip.associations.map(serverText))),
    name: (ip) => ip.name,
    id: (ip) => ip.id,
    profile: (ip) => ip.profile,
    provider: (ip) => ip.provider,
    project: (ip) => ip.project,
    region: (ip) => ip.region,
    version: (ip) => ip.version,
    'prefix-length': (ip) => ip.prefixLength,
    kind: (ip) => ip.kind,
    description: (ip) => ip.description,
    labels: (ip) => labelText(ip.labels),
    'reverse-dns': (ip) => ip.reverseDns,
    protected: (ip) => ip.protected,
    'provider-state': (ip) => ip.providerState,
    ports: (ip) => joined(ip.ports),
    port: (ip) => joined(known(ip.associations.map(({ port }) => port))),
    'private-address': (ip) => joined(known(ip.associations.map(({ privateAddress }) => privateAddress))),
    network: (ip) => ip.network,
    subnet: (ip) => ip.subnet,
    pool: (ip) => ip.pool,
    created: (ip) => time(ip.createdAt),
    updated: (ip) => time(ip.updatedAt),
  },
  defaults: ['address', 'state', 'server', 'name', 'id'],
  order: (ip) => `${ip.profile}\0${sortKey(ip.address)}\0${ip.id}`,
  json: (ip, raw) => ({
    profile: ip.profile,
    provider: ip.provider,
    project: ip.project,
    region: ip.region,
    id: ip.id,
    address: ip.address,
    version: ip.version,
    prefixLength: ip.prefixLength,
    kind: ip.kind,
    name: ip.name,
    description: ip.description,
    labels: ip.labels,
    reverseDns: ip.reverseDns,
    protected: ip.protected,
    state: ip.state,
    providerState: ip.providerState,
    ports: ip.ports,
    associations: ip.associations.map(({ id, server, port, privateAddress, certain }) => ({ id, server, port, privateAddress, certain })),
    network: ip.network,
    subnet: ip.subnet,
    pool: ip.pool,
    createdAt: time(ip.createdAt),
    updatedAt: time(ip.updatedAt),
    ...(raw ? { raw: ip.raw } : {}),
  }),
};

export const privateIpView: View<PrivateIp> = {
  columns: {
    address: (ip) => ip.address,
    state: (ip) => ip.state,
    'used-by': (ip) => ip.usedBy,
    server: (ip) => ip.server?.name ?? ip.server?.id ?? null,
    id: (ip) => ip.id,
    subnet: (ip) => ip.subnet,
    name: (ip) => ip.name,
    network: (ip) => ip.network,
    port: (ip) => ip.port,
    profile: (ip) => ip.profile,
    provider: (ip) => ip.provider,
    project: (ip) => ip.project,
    region: (ip) => ip.region,
    version: (ip) => ip.version,
    'provider-state': (ip) => ip.providerState,
    created: (ip) => time(ip.createdAt),
  },
  defaults: ['address', 'state', 'used-by', 'server', 'id'],
  order: (ip) => `${ip.profile}\0${sortKey(ip.address)}\0${ip.id}`,
  json: (ip, raw) => ({
    profile: ip.profile,
    provider: ip.provider,
    project: ip.project,
    region: ip.region,
    id: ip.id,
    address: ip.address,
    version: ip.version,
    name: ip.name,
    network: ip.network,
    subnet: ip.subnet,
    state: ip.state,
    providerState: ip.providerState,
    usedBy: ip.usedBy,
    server: ip.server,
    port: ip.port,
    createdAt: time(ip.createdAt),
    ...(raw ? { raw: ip.raw } : {}),
  }),
};

export const serverView: View<Server> = {
  columns: {
    name: (server) => server.name,
    state: (server) => server.state,
    addresses: (server) => joined(server.addresses),
    zone: (server) => server.zone,
    id: (server) => server.id,
    profile: (server) => server.profile,
    provider: (server) => server.provider,
    'provider-state': (server) => server.providerState,
  },
  defaults: ['name', 'state', 'zone', 'id'],
  order: (server) => `${server.profile}\0${server.name ?? ''}\0${server.id}`,
  json: keysOf('profile', 'provider', 'id', 'name', 'state', 'providerState', 'addresses', 'zone'),
};

export const networkView: View<Network> = {
  columns: {
    name: (network) => network.name,
    external: (network) => network.external,
    shared: (network) => network.shared,
    id: (network) => network.id,
    profile: (network) => network.profile,
    provider: (network) => network.provider,
  },
  defaults: ['name', 'external', 'shared', 'id'],
  order: (network) => `${network.profile}\0${network.name ?? ''}\0${network.id}`,
  json: keysOf('profile', 'provider', 'id', 'name', 'external', 'shared'),
};

export const subnetView: View<Subnet> = {
  columns: {
    name: (subnet) => subnet.name,
    cidr: (subnet) => subnet.cidr,
    version: (subnet) => subnet.version,
    id: (subnet) => subnet.id,
    network: (subnet) => subnet.network,
    profile: (subnet) => subnet.profile,
    provider: (subnet) => subnet.provider,
  },
  defaults: ['name', 'cidr', 'id'],
  order: (subnet) => `${subnet.profile}\0${subnet.name ?? ''}\0${subnet.id}`,
  json: keysOf('profile', 'provider', 'id', 'name', 'network', 'cidr', 'version'),
};
