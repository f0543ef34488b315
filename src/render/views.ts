/** What is shown of each record: columns as functions, and the JSON shape that scripts rely on. Both read the record, never each other. */
import { sortKey } from '../domain/address.js';
import type {
  Association,
  FloatingIp,
  FloatingIpKind,
  FloatingIpState,
  Labels,
  Network,
  PrivateIp,
  PrivateIpState,
  PrivateIpUse,
  Server,
  ServerRef,
  ServerState,
  Subnet,
} from '../domain/records.js';
import { every, integer, keysOf, listOf, mapOf, oneOf, orNull, shape, structure, text, time, truth, version } from './shape.js';

export type Cell = string | number | boolean | null;
export type Column<T> = (record: T) => Cell;

export interface View<T> {
  readonly columns: Readonly<Record<string, Column<T>>>;
  readonly defaults: readonly string[];
  /** Columns that a table shows to a person in another way than a script reads them. */
  readonly forPeople?: Readonly<Record<string, Column<T>>>;
  /** Columns that a table does without before it cuts an id, unless they were asked for: the least needed first. */
  readonly spare?: readonly string[];
  /** Stable keys, null for what is not known; `raw` adds the provider's own object. */
  json(record: T, raw: boolean): unknown;
  /** Where the record stands unless the user sorts: text compared by code unit. */
  order(record: T): string;
  /** What several are called, where a person is to be told that there are none. */
  readonly plural?: string;
  /** The names under which `ipctl schema` describes the JSON. */
  readonly schema?: readonly string[];
  /** False: there is no object of the provider behind it, so `--raw` means nothing. */
  readonly hasRaw?: boolean;
}

const timeText = (date: Date | null): string | null => (date === null ? null : date.toISOString().replace(/\.000Z$/, 'Z'));
const joined = (values: readonly string[]): string | null => (values.length === 0 ? null : values.join(', '));
const labelText = (labels: Labels): string | null =>
  joined(Object.entries(labels).map(([key, value]) => (value === null ? key : `${key}=${value}`)));
const serverText = ({ server, certain }: Association): string | null =>
  server === null ? null : `${server.name ?? server.id}${certain ? '' : '?'}`;
const known = (values: readonly (string | null)[]): string[] => values.filter((value) => value !== null);

const serverRef = structure<ServerRef>({ id: text, name: orNull(text) });
const ipKey = keysOf<FloatingIp>();
const privateKey = keysOf<PrivateIp>();
const serverKey = keysOf<Server>();
const networkKey = keysOf<Network>();
const subnetKey = keysOf<Subnet>();

export const floatingIpShape = shape<FloatingIp>(
  'A floating IP: an address that is drawn from a pool and serves servers.',
  {
    profile: ipKey(text, (ip) => ip.profile),
    provider: ipKey(text, (ip) => ip.provider),
    project: ipKey(orNull(text), (ip) => ip.project),
    region: ipKey(orNull(text), (ip) => ip.region),
    id: ipKey(text, (ip) => ip.id),
    address: ipKey(orNull(text), (ip) => ip.address),
    version: ipKey(version, (ip) => ip.version),
    prefixLength: ipKey(orNull(integer), (ip) => ip.prefixLength),
    kind: ipKey(oneOf(every<FloatingIpKind>({ floating: true, shared: true, fixed: true, primary: true })), (ip) => ip.kind),
    name: ipKey(orNull(text), (ip) => ip.name),
    description: ipKey(orNull(text), (ip) => ip.description),
    labels: ipKey(mapOf(orNull(text)), (ip) => ip.labels),
    reverseDns: ipKey(orNull(text), (ip) => ip.reverseDns),
    protected: ipKey(orNull(truth), (ip) => ip.protected),
    state: ipKey(
      oneOf(every<FloatingIpState>({ free: true, associated: true, pending: true, error: true, unknown: true })),
      (ip) => ip.state,
    ),
    providerState: ipKey(orNull(text), (ip) => ip.providerState),
    ports: ipKey(listOf(text), (ip) => ip.ports),
    associations: ipKey(
      listOf(
        structure<Omit<Association, 'foreign'>>({
          id: orNull(text),
          server: orNull(serverRef),
          port: orNull(text),
          privateAddress: orNull(text),
          certain: truth,
        }),
      ),
      (ip) => ip.associations.map(({ id, server, port, privateAddress, certain }) => ({ id, server, port, privateAddress, certain })),
    ),
    network: ipKey(orNull(text), (ip) => ip.network),
    subnet: ipKey(orNull(text), (ip) => ip.subnet),
    pool: ipKey(orNull(text), (ip) => ip.pool),
    createdAt: ipKey(orNull(time), (ip) => timeText(ip.createdAt)),
    updatedAt: ipKey(orNull(time), (ip) => timeText(ip.updatedAt)),
  },
  (ip) => ip.raw,
);

export const privateIpShape = shape<PrivateIp>(
  'A private IP: an address of a subnet.',
  {
    profile: privateKey(text, (ip) => ip.profile),
    provider: privateKey(text, (ip) => ip.provider),
    project: privateKey(orNull(text), (ip) => ip.project),
    region: privateKey(orNull(text), (ip) => ip.region),
    id: privateKey(text, (ip) => ip.id),
    address: privateKey(text, (ip) => ip.address),
    version: privateKey(version, (ip) => ip.version),
    name: privateKey(orNull(text), (ip) => ip.name),
    network: privateKey(orNull(text), (ip) => ip.network),
    subnet: privateKey(orNull(text), (ip) => ip.subnet),
    state: privateKey(
      oneOf(every<PrivateIpState>({ free: true, used: true, pending: true, error: true, unknown: true })),
      (ip) => ip.state,
    ),
    providerState: privateKey(orNull(text), (ip) => ip.providerState),
    usedBy: privateKey(
      orNull(oneOf(every<PrivateIpUse>({ server: true, dhcp: true, router: true, virtual: true, loadbalancer: true, other: true }))),
      (ip) => ip.usedBy,
    ),
    server: privateKey(orNull(serverRef), (ip) => ip.server),
    port: privateKey(orNull(text), (ip) => ip.port),
    createdAt: privateKey(orNull(time), (ip) => timeText(ip.createdAt)),
  },
  (ip) => ip.raw,
);

export const serverShape = shape<Server>(
  'A server: what an address can be put on.',
  {
    profile: serverKey(text, (server) => server.profile),
    provider: serverKey(text, (server) => server.provider),
    id: serverKey(text, (server) => server.id),
    name: serverKey(orNull(text), (server) => server.name),
    state: serverKey(
      oneOf(every<ServerState>({ active: true, building: true, stopped: true, error: true, unknown: true })),
      (server) => server.state,
    ),
    providerState: serverKey(orNull(text), (server) => server.providerState),
    addresses: serverKey(listOf(text), (server) => server.addresses),
    zone: serverKey(orNull(text), (server) => server.zone),
  },
  (server) => server.raw,
);

export const networkShape = shape<Network>(
  'A network; an external one is a pool of floating IPs.',
  {
    profile: networkKey(text, (network) => network.profile),
    provider: networkKey(text, (network) => network.provider),
    id: networkKey(text, (network) => network.id),
    name: networkKey(orNull(text), (network) => network.name),
    external: networkKey(truth, (network) => network.external),
    shared: networkKey(truth, (network) => network.shared),
  },
  (network) => network.raw,
);

export const subnetShape = shape<Subnet>(
  'A subnet: what private IPs are taken from.',
  {
    profile: subnetKey(text, (subnet) => subnet.profile),
    provider: subnetKey(text, (subnet) => subnet.provider),
    id: subnetKey(text, (subnet) => subnet.id),
    name: subnetKey(orNull(text), (subnet) => subnet.name),
    network: subnetKey(orNull(text), (subnet) => subnet.network),
    cidr: subnetKey(text, (subnet) => subnet.cidr),
    version: subnetKey(version, (subnet) => subnet.version),
  },
  (subnet) => subnet.raw,
);

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
    created: (ip) => timeText(ip.createdAt),
    updated: (ip) => timeText(ip.updatedAt),
  },
  defaults: ['address', 'state', 'server', 'name', 'id'],
  order: (ip) => `${ip.profile}\0${sortKey(ip.address)}\0${ip.id}`,
  json: floatingIpShape.json,
  plural: 'floating IPs',
  schema: ['ip'],
  hasRaw: true,
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
    created: (ip) => timeText(ip.createdAt),
  },
  defaults: ['address', 'state', 'used-by', 'server', 'id'],
  spare: ['used-by'],
  order: (ip) => `${ip.profile}\0${sortKey(ip.address)}\0${ip.id}`,
  json: privateIpShape.json,
  plural: 'private IPs',
  schema: ['privateip'],
  hasRaw: true,
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
  json: serverShape.json,
  plural: 'servers',
  schema: ['server'],
  hasRaw: true,
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
  json: networkShape.json,
  plural: 'networks',
  schema: ['network'],
  hasRaw: true,
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
  json: subnetShape.json,
  plural: 'subnets',
  schema: ['subnet'],
  hasRaw: true,
};
