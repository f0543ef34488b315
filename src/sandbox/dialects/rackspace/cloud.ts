/** The cloud of the Rackspace dialect: its records, the playground it starts with, and who in it belongs to whom. */
import { uuid } from '../../cloud.js';
import type { CloudBase } from '../../dialect.js';

export const PUBLIC_NET = '00000000-0000-0000-0000-000000000000';
export const SERVICE_NET = '11111111-1111-1111-1111-111111111111';

/** API keys of the seeded users. `creator` and `observer` are lesser users of demo's tenant. */
export const API_KEYS = {
  demo: '0123456789abcdef0123456789abcdef',
  other: 'fedcba9876543210fedcba9876543210',
  creator: 'c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0',
  observer: '0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b',
  mfa: 'facefacefacefacefacefacefaceface',
} as const;

/** What the authenticator of the user `mfa` shows. */
export const PASSCODE = '246810';

export type Region = 'DFW' | 'ORD';
export const REGIONS: readonly Region[] = ['DFW', 'ORD'];

export interface User {
  readonly id: string;
  readonly name: string;
  readonly password: string;
  readonly apiKey: string | null;
  readonly tenant: string;
  readonly roles: readonly string[];
  readonly defaultRegion: string;
  /** `challenge`: a password alone is not enough; `enrol`: a second factor is demanded but not set up yet. */
  readonly factor: 'none' | 'challenge' | 'enrol';
  readonly enabled: boolean;
}

export interface Token {
  readonly id: string;
  readonly user: string;
  /** Milliseconds since 1970, by the server's real clock. */
  readonly expires: number;
  readonly authenticatedBy: readonly string[];
  /** True when it is good for setting up the second factor and nothing else. */
  readonly enrolment: boolean;
}

export interface Server {
  readonly id: string;
  readonly name: string;
  readonly tenant: string;
  readonly region: Region;
  readonly status: 'ACTIVE' | 'BUILD';
  /** The public IP zone; not told while the server is being built. */
  readonly zone: string;
  readonly created: string;
  readonly updated: string;
}

export interface Network {
  readonly id: string;
  readonly name: string;
  /** `rackspace` for the two networks that every tenant sees in every region. */
  readonly tenant: string;
  readonly region: Region;
  readonly kind: 'public' | 'service' | 'isolated';
}

export interface Subnet {
  readonly id: string;
  readonly name: string;
  readonly tenant: string;
  readonly network: string;
  readonly version: 4 | 6;
  readonly cidr: string;
  /** What is handed out unasked, first and last. The IPv6 subnet counts up from `first` and has no end worth naming. */
  readonly first: string;
  readonly last: string;
}

export interface Port {
  readonly id: string;
  readonly tenant: string;
  readonly network: string;
  readonly region: Region;
  readonly mac: string;
  name: string;
  /** A server's id; empty when the port is free. */
  device: string;
}

export interface Link {
  readonly port: string;
  /** `compute`: the port's server may send and receive for the address. */
  service: 'none' | 'compute';
}

export interface Address {
  readonly id: string;
  readonly address: string;
  readonly version: 4 | 6;
  readonly network: string;
  readonly subnet: string;
  /** Empty while the address rests. */
  tenant: string;
  /** Null while the address rests after its release: the row, id included, waits for its next owner. */
  type: 'fixed' | 'shared' | null;
  /** Logical seconds at which the rest began; null for an address in use. */
  freedAt: number | null;
  links: Link[];
}

export interface RackspaceCloud extends CloudBase {
  users: User[];
  tokens: Token[];
  /** Password logins that wait for their passcode. */
  challenges: { id: string; user: string }[];
  servers: Server[];
  networks: Network[];
  subnets: Subnet[];
  ports: Port[];
  addresses: Address[];
  /** Requests counted by the rate limiter: one window for each rule and user. */
  windows: Record<string, { start: number; count: number }>;
}

/** How a network's or subnet's id follows from its name, so that tests and transcripts can name it. */
export const networkId = (name: 'backend' | 'data'): string => uuid(`network/${name}`);
export const subnetId = (name: 'app' | 'db'): string => uuid(`subnet/${name}`);
export const serverId = (name: string): string => uuid(`server/${name}`);
export const portId = (server: string, network: 'public' | 'private' | 'backend'): string => uuid(`port/${server}/${network}`);

export const network = (cloud: RackspaceCloud, id: string, region: Region, tenant: string): Network | undefined =>
  cloud.networks.find((one) => one.id === id && (one.tenant === 'rackspace' || (one.region === region && one.tenant === tenant)));

export const portsOf = (cloud: RackspaceCloud, server: Server): Port[] =>
  cloud.ports.filter((port) => port.device === server.id && port.tenant === server.tenant);

export const addressesOf = (cloud: RackspaceCloud, port: Port): Address[] =>
  cloud.addresses.filter((address) => address.links.some((link) => link.port === port.id));

/** The public IP zone that a port takes from its server. */
export const zoneOf = (cloud: RackspaceCloud, port: Port): string | null =>
  cloud.servers.find((server) => server.id === port.device)?.zone ?? null;

const ZONES = {
  near: '3fd21c90b7a64e58d1c07b3e94a5f6182ce0d97ab43f5061728394a5',
  far: '9a07e6c4415bd2f3806c1e7d5b92a84f30c6d81e27f4b95a0c3e6d7f',
};

interface Rack {
  readonly name: string;
  readonly tenant: string;
  readonly last: number;
  readonly status?: 'BUILD';
  readonly zone?: 'far';
  readonly backend?: true;
}

const RACKS: readonly Rack[] = [
  { name: 'web-1', tenant: '123456', last: 11, backend: true },
  { name: 'web-2', tenant: '123456', last: 12, backend: true },
  { name: 'worker-1', tenant: '123456', last: 13, status: 'BUILD' },
  { name: 'worker-2', tenant: '123456', last: 14, zone: 'far' },
  { name: 'other-1', tenant: '654321', last: 15 },
];

const SUBNETS: readonly Subnet[] = [
  {
    id: uuid('subnet/public-v4'),
    name: 'public-v4',
    tenant: 'rackspace',
    network: PUBLIC_NET,
    version: 4,
    cidr: '192.0.2.0/24',
    first: '192.0.2.60',
    last: '192.0.2.99',
  },
  {
    id: uuid('subnet/public-v6'),
    name: 'public-v6',
    tenant: 'rackspace',
    network: PUBLIC_NET,
    version: 6,
    cidr: '2001:db8:10::/64',
    first: '2001:db8:10::60',
    last: '2001:db8:10::ffff',
  },
  {
    id: uuid('subnet/private-v4'),
    name: 'private-v4',
    tenant: 'rackspace',
    network: SERVICE_NET,
    version: 4,
    cidr: '10.180.0.0/24',
    first: '10.180.0.60',
    last: '10.180.0.99',
  },
  {
    id: subnetId('app'),
    name: 'app',
    tenant: '123456',
    network: networkId('backend'),
    version: 4,
    cidr: '192.168.1.0/24',
    first: '192.168.1.10',
    last: '192.168.1.75',
  },
  {
    id: subnetId('db'),
    name: 'db',
    tenant: '123456',
    network: networkId('data'),
    version: 4,
    cidr: '10.20.0.0/24',
    first: '10.20.0.10',
    last: '10.20.0.250',
  },
];

/** The playground: four servers of `demo` and one of `other`, all in DFW; ORD is there and empty. */
export function seed(): RackspaceCloud {
  const ports: Port[] = [];
  const addresses: Address[] = [];
  for (const rack of RACKS) {
    plug(rack, 'public', PUBLIC_NET, [`192.0.2.${rack.last}`, `2001:db8:10::${rack.last}`], ports, addresses);
    plug(rack, 'private', SERVICE_NET, [`10.180.0.${rack.last}`], ports, addresses);
    if (rack.backend) plug(rack, 'backend', networkId('backend'), [`192.168.1.${rack.last}`], ports, addresses);
  }
  return {
    serial: 0,
    moment: 0,
    users: users(),
    tokens: [],
    challenges: [],
    servers: RACKS.map((rack) => ({
      id: serverId(rack.name),
      name: rack.name,
      tenant: rack.tenant,
      region: 'DFW',
      status: rack.status ?? 'ACTIVE',
      zone: ZONES[rack.zone ?? 'near'],
      created: '2026-01-15T09:00:00Z',
      updated: '2026-01-15T09:04:11Z',
    })),
    networks: [
      { id: PUBLIC_NET, name: 'public', tenant: 'rackspace', region: 'DFW', kind: 'public' },
      { id: SERVICE_NET, name: 'private', tenant: 'rackspace', region: 'DFW', kind: 'service' },
      { id: networkId('backend'), name: 'backend', tenant: '123456', region: 'DFW', kind: 'isolated' },
      { id: networkId('data'), name: 'data', tenant: '123456', region: 'DFW', kind: 'isolated' },
    ],
    subnets: [...SUBNETS],
    ports,
    addresses,
    windows: {},
  };
}

function plug(
  rack: Rack,
  label: 'public' | 'private' | 'backend',
  net: string,
  texts: readonly string[],
  ports: Port[],
  addresses: Address[],
): void {
  const port = portId(rack.name, label);
  const mac = `BC:76:4E:00:${label === 'public' ? '0A' : label === 'private' ? '0B' : '0C'}:${rack.last}`;
  ports.push({ id: port, tenant: rack.tenant, network: net, region: 'DFW', mac, name: '', device: serverId(rack.name) });
  for (const text of texts) {
    const version = text.includes(':') ? 6 : 4;
    addresses.push({
      id: uuid(`address/${text}`),
      address: text,
      version,
      network: net,
      subnet: SUBNETS.find((subnet) => subnet.network === net && subnet.version === version)?.id ?? '',
      tenant: rack.tenant,
      type: 'fixed',
      freedAt: null,
      links: [{ port, service: 'none' }],
    });
  }
}

function users(): User[] {
  const plain = { tenant: '123456', defaultRegion: 'DFW', factor: 'none', enabled: true } as const;
  const owner = ['identity:user-admin', 'compute:default'];
  return [
    { ...plain, id: '987654', name: 'demo', password: 'sandbox-secret', apiKey: API_KEYS.demo, roles: owner },
    {
      ...plain,
      id: '987655',
      name: 'other',
      password: 'other-secret',
      apiKey: API_KEYS.other,
      roles: owner,
      tenant: '654321',
      defaultRegion: '',
    },
    {
      ...plain,
      id: '987656',
      name: 'creator',
      password: 'creator-secret',
      apiKey: API_KEYS.creator,
      roles: ['cloudNetworks:observer', 'cloudNetworks:creator', 'nova:creator'],
    },
    { ...plain, id: '987657', name: 'observer', password: 'observer-secret', apiKey: API_KEYS.observer, roles: ['observer'] },
    { ...plain, id: '987658', name: 'mfa', password: 'mfa-secret', apiKey: API_KEYS.mfa, roles: ['admin'], factor: 'challenge' },
    { ...plain, id: '987659', name: 'enrol', password: 'enrol-secret', apiKey: null, roles: ['admin'], factor: 'enrol' },
    { ...plain, id: '987660', name: 'gone', password: 'gone-secret', apiKey: null, roles: ['admin'], enabled: false },
    { ...plain, id: '987661', name: 'bystander', password: 'bystander-secret', apiKey: null, roles: ['compute:default'] },
  ];
}
