/** What the OpenStack sandbox holds, and the playground it starts with. */
import { createHash } from 'node:crypto';
import type { Late } from '../../cloud.js';
import { late, tick, today, uuid } from '../../cloud.js';
import type { CloudBase } from '../../dialect.js';

/** One address of a port. */
export interface FixedIp {
  readonly subnet: string;
  readonly address: string;
}

/** What every Neutron record carries beside its own attributes; times are `YYYY-MM-DDThh:mm:ssZ`. */
export interface Standard {
  readonly id: string;
  readonly project: string;
  description: string;
  tags: string[];
  revision: number;
  readonly created: string;
  updated: string;
}

export interface Network extends Standard {
  readonly name: string;
  readonly external: boolean;
  readonly shared: boolean;
  readonly isDefault: boolean;
}

export interface Subnet extends Standard {
  readonly name: string;
  readonly network: string;
  readonly cidr: string;
  readonly version: 4 | 6;
  readonly gateway: string | null;
  /** First and last address handed out; null for IPv6, which this cloud never hands out itself. */
  readonly pool: { readonly first: string; readonly last: string } | null;
  /** Set when hosts of an IPv6 subnet form their own addresses: `slaac`, `dhcpv6-stateless`. */
  readonly addressMode: string | null;
}

export interface Router {
  readonly id: string;
  readonly project: string;
  /** The external network of its gateway. */
  readonly gatewayNetwork: string;
  readonly gatewayAddress: string;
  /** Subnets it has an interface on. */
  readonly subnets: readonly string[];
}

export interface Port extends Standard {
  name: string;
  readonly network: string;
  mac: string;
  up: boolean;
  status: string;
  /** Id of the server, router, ... it belongs to; '' when unattached. */
  device: string;
  /** `compute:<zone>`, `network:<service>`, or ''. */
  owner: string;
  fixedIps: FixedIp[];
  securityGroups: string[];
  addressPairs: unknown[];
}

export interface Forwarding {
  readonly id: string;
  readonly protocol: string;
  readonly externalPort: number;
  readonly internalPort: number;
  readonly internalAddress: string;
  readonly port: string;
  readonly router: string;
  readonly description: string;
}

export interface QosPolicy extends Standard {
  readonly name: string;
  /** Whether every project may see and use it. */
  readonly shared: boolean;
}

export interface FloatingIp extends Standard {
  /** The id that a cloud with nova-network would give it. */
  readonly number: number;
  readonly address: string;
  readonly network: string;
  port: string | null;
  fixedAddress: string | null;
  router: string | null;
  status: Late<string>;
  /** Whether Nova's cached server addresses show it yet. */
  onServer: Late<boolean>;
  forwardings: Forwarding[];
  /** Id of the policy that limits it. */
  qosPolicy: string | null;
  /** '' for none. */
  dnsName: string;
  dnsDomain: string;
  /** How many more reads it survives a delete; null while alive. */
  lingers: number | null;
}

export interface Server {
  readonly id: string;
  readonly name: string;
  readonly project: string;
  readonly user: string;
  readonly status: string;
  readonly zone: string;
  readonly created: string;
}

export interface User {
  readonly id: string;
  readonly name: string;
  readonly password: string;
  /** Role by project id. */
  readonly roles: Readonly<Record<string, 'member' | 'admin'>>;
}

export interface ApplicationCredential {
  readonly id: string;
  readonly name: string;
  readonly secret: string;
  readonly user: string;
  readonly project: string;
}

export interface Token {
  readonly id: string;
  readonly user: string;
  readonly project: string | null;
  readonly methods: readonly string[];
  /** Milliseconds since 1970. */
  readonly issued: number;
  readonly expires: number;
  readonly credential: string | null;
}

export interface OpenStackCloud extends CloudBase {
  /** Requests answered, tokens and floating addresses given out: their ids follow from these, not from `serial`,
   * so that a record's id does not depend on how often somebody logged in or looked. */
  requestCount: number;
  tokenCount: number;
  floatingCount: number;
  readonly projects: readonly { readonly id: string; readonly name: string }[];
  readonly users: readonly User[];
  readonly credentials: readonly ApplicationCredential[];
  tokens: Token[];
  networks: Network[];
  subnets: Subnet[];
  routers: Router[];
  ports: Port[];
  floatingIps: FloatingIp[];
  servers: Server[];
  qosPolicies: QosPolicy[];
}

/** Seeded for tests; it belongs to user `demo` in project `demo`. */
export const applicationCredential: { readonly id: string; readonly secret: string } = {
  id: plainId('credential/demo-bot'),
  secret: 'sandbox-bot-secret',
};

/** Keystone's ids are UUIDs without dashes. */
export function plainId(name: string): string {
  return uuid(name).replaceAll('-', '');
}

/** A time as Neutron and Nova write it. */
export function timestamp(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}

/** A MAC address with OpenStack's usual prefix, the same each time for the same `name`. */
export function macAddress(name: string): string {
  const hex = createHash('sha256').update(`mac/${name}`).digest('hex');
  return `fa:16:3e:${hex.slice(0, 2)}:${hex.slice(2, 4)}:${hex.slice(4, 6)}`;
}

/** Records a change: the revision grows, the time moves. */
export function touch(cloud: OpenStackCloud, record: Standard): void {
  record.revision += 1;
  record.updated = timestamp(tick(cloud));
}

export function seed(): OpenStackCloud {
  const base = { serial: 0, moment: 0 };
  const born = timestamp(today(base));
  const [demo, other, admin] = ['demo', 'other', 'admin'].map((name) => ({ id: plainId(`project/${name}`), name })) as [
    { id: string; name: string },
    { id: string; name: string },
    { id: string; name: string },
  ];
  const standard = (id: string, project: { id: string }): Standard => ({
    id,
    project: project.id,
    description: '',
    tags: [],
    revision: 1,
    created: born,
    updated: born,
  });
  const network = (name: string, project: { id: string }, external = false): Network => ({
    ...standard(uuid(`network/${name}`), project),
    name,
    external,
    shared: false,
    isDefault: external,
  });
  const subnet = (name: string, on: Network, prefix: string, first: number, last: number): Subnet => ({
    ...standard(uuid(`subnet/${name}`), { id: on.project }),
    name,
    network: on.id,
    cidr: `${prefix}.0/24`,
    version: 4,
    gateway: `${prefix}.1`,
    pool: { first: `${prefix}.${first}`, last: `${prefix}.${last}` },
    addressMode: null,
  });
  const server = (name: string, project: { id: string; name: string }, status: string, zone: string): Server => ({
    id: uuid(`server/${name}`),
    name,
    project: project.id,
    user: plainId(`user/${project.name}`),
    status,
    zone,
    created: born,
  });
  const port = (name: string, on: Subnet, address: string, device: string, owner: string): Port => ({
    ...standard(uuid(`port/${name}`), { id: on.project }),
    name,
    network: on.network,
    mac: macAddress(name),
    up: true,
    status: 'ACTIVE',
    device,
    owner,
    fixedIps: [{ subnet: on.id, address }],
    securityGroups: owner.startsWith('network:') ? [] : [uuid(`security-group/${on.project}`)],
    addressPairs: [],
  });
  const policy = (name: string, project: { id: string }): QosPolicy => ({
    ...standard(uuid(`qos-policy/${name}`), project),
    name,
    shared: false,
  });

  const pool = network('public', admin, true);
  const shared = { private: network('private', demo), island: network('island', demo), others: network('other-private', other) };
  const poolSubnet = subnet('public-subnet', pool, '203.0.113', 10, 200);
  const app = subnet('app', shared.private, '192.168.1', 10, 75);
  const db = subnet('db', shared.island, '10.20.0', 10, 200);
  const otherApp = subnet('other-app', shared.others, '10.30.0', 10, 200);
  const router: Router = {
    id: uuid('router/demo'),
    project: demo.id,
    gatewayNetwork: pool.id,
    gatewayAddress: '203.0.113.2',
    subnets: [app.id],
  };
  const otherRouter: Router = {
    ...router,
    id: uuid('router/other'),
    project: other.id,
    gatewayAddress: '203.0.113.3',
    subnets: [otherApp.id],
  };
  const servers = [
    server('web-1', demo, 'ACTIVE', 'nova'),
    server('web-2', demo, 'ACTIVE', 'nova'),
    server('worker-1', demo, 'BUILD', 'nova'),
    server('worker-2', demo, 'ACTIVE', 'far'),
    server('other-1', other, 'ACTIVE', 'nova'),
  ];
  return {
    ...base,
    requestCount: 0,
    tokenCount: 0,
    floatingCount: 0,
    projects: [demo, other, admin],
    users: [
      { id: plainId('user/demo'), name: 'demo', password: 'sandbox-secret', roles: { [demo.id]: 'member' } },
      { id: plainId('user/other'), name: 'other', password: 'other-secret', roles: { [other.id]: 'member' } },
      { id: plainId('user/admin'), name: 'admin', password: 'admin-secret', roles: { [admin.id]: 'admin' } },
    ],
    credentials: [{ ...applicationCredential, name: 'demo-bot', user: plainId('user/demo'), project: demo.id }],
    tokens: [],
    networks: [pool, shared.private, shared.island, shared.others],
    subnets: [poolSubnet, app, db, otherApp],
    routers: [router, otherRouter],
    ports: [
      port('web-1', app, '192.168.1.11', uuid('server/web-1'), 'compute:nova'),
      port('web-2', app, '192.168.1.12', uuid('server/web-2'), 'compute:nova'),
      port('dhcp', app, '192.168.1.2', `dhcp-${app.network}`, 'network:dhcp'),
      port('router', app, '192.168.1.1', router.id, 'network:router_interface'),
      port('worker-2', db, '10.20.0.11', uuid('server/worker-2'), 'compute:far'),
      port('other-1', otherApp, '10.30.0.11', uuid('server/other-1'), 'compute:nova'),
      port('other-router', otherApp, '10.30.0.1', otherRouter.id, 'network:router_interface'),
    ],
    floatingIps: [],
    servers,
    qosPolicies: [policy('gold', demo), policy('silver', demo), policy('other-gold', other)],
  };
}

/** A floating address as it is right after allocation: free and down. */
export function newFloatingIp(cloud: OpenStackCloud, id: string, network: string, address: string, project: string): FloatingIp {
  cloud.floatingCount += 1;
  const born = timestamp(tick(cloud));
  return {
    id,
    project,
    description: '',
    tags: [],
    revision: 0,
    created: born,
    updated: born,
    number: cloud.floatingCount,
    address,
    network,
    port: null,
    fixedAddress: null,
    router: null,
    status: late('DOWN', 'DOWN', 0),
    onServer: late(false, false, 0),
    forwardings: [],
    qosPolicy: null,
    dnsName: '',
    dnsDomain: '',
    lingers: null,
  };
}
