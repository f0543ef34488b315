/** The playground: two projects of one domain, their networks and servers, keys of both kinds; no elastic IP yet. */
import { fromNumber, today, toNumber, uuid } from '../../cloud.js';
import { type AccessKey, hexId, macOf, type OtcCloud, type Port, type Server, type Subnet, stamp, type User, type Vpc } from './cloud.js';

export const REGION = 'eu-de';

export const DOMAIN = { id: hexId('domain/OTC-SANDBOX'), name: 'OTC-SANDBOX' } as const;

/** A permanent key of the user `demo`. */
export const accessKey = { access: 'OTCSANDBOXACCESSKEY1', secret: 'otc-sandbox-secret-key-0000000000000001' } as const;

/** A temporary key of the user `demo`: requests signed with it must carry the security token. */
export const temporaryKey = {
  access: 'OTCSANDBOXTEMPORARY1',
  secret: 'otc-sandbox-secret-key-0000000000000002',
  securityToken: 'OTC-SANDBOX-SECURITY-TOKEN',
} as const;

/** A user of demo's project who may read only. */
export const readOnlyUser = { name: 'reader', password: 'reader-secret' } as const;

/** A user of demo's project who must show a passcode as well. */
export const secondFactorUser = { name: 'careful', password: 'careful-secret', passcode: '492816' } as const;

/** The network that elastic IPs come from, for the native API. */
export const EXTERNAL_NETWORK = { id: uuid('network/admin_external_net'), name: 'admin_external_net' } as const;

/** The first and the last address that elastic IPs are taken from. */
export const EIP_POOL = ['203.0.113.210', '203.0.113.240'] as const;

/** What follows when those are taken, with the knob `widePool`. */
export const WIDE_POOL = ['192.0.2.10', '192.0.2.109'] as const;

const DEMO = hexId('project/eu-de');
const OTHER = hexId('project/eu-de_other');

interface SubnetPlan {
  readonly vpc: string;
  readonly key: string;
  readonly name: string;
  readonly cidr: string;
  readonly projectId: string;
  readonly pool?: readonly [string, string];
}

const SUBNETS: readonly SubnetPlan[] = [
  { vpc: 'main', key: 'app', name: 'app', cidr: '192.168.1.0/24', projectId: DEMO, pool: ['192.168.1.10', '192.168.1.75'] },
  { vpc: 'main', key: 'db', name: 'db', cidr: '10.20.0.0/24', projectId: DEMO },
  { vpc: 'lab', key: 'lab-db', name: 'db', cidr: '10.30.0.0/24', projectId: DEMO },
  { vpc: 'other', key: 'other-app', name: 'app', cidr: '10.50.0.0/24', projectId: OTHER },
];

interface ServerPlan {
  readonly name: string;
  readonly projectId: string;
  readonly vpc: string;
  readonly zone: string;
  /** The NIC's subnet and address; a server being built has none yet. */
  readonly nic?: readonly [string, string];
}

const SERVERS: readonly ServerPlan[] = [
  { name: 'web-1', projectId: DEMO, vpc: 'main', zone: 'eu-de-01', nic: ['app', '192.168.1.11'] },
  { name: 'web-2', projectId: DEMO, vpc: 'main', zone: 'eu-de-01', nic: ['app', '192.168.1.12'] },
  { name: 'worker-1', projectId: DEMO, vpc: 'main', zone: 'eu-de-01' },
  { name: 'worker-2', projectId: DEMO, vpc: 'main', zone: 'eu-de-02', nic: ['db', '10.20.0.11'] },
  { name: 'other-1', projectId: OTHER, vpc: 'other', zone: 'eu-de-01', nic: ['other-app', '10.50.0.11'] },
];

export function seed(): OtcCloud {
  const created = stamp(today({ serial: 0, moment: 0 }));
  const vpc = (name: string, cidr: string, projectId: string): Vpc => ({ id: uuid(`vpc/${name}`), projectId, name, cidr, created });
  const subnets = SUBNETS.map((plan) => toSubnet(plan, created));
  return {
    serial: 0,
    moment: 0,
    requests: 0,
    logins: 0,
    throttled: 0,
    troubled: {},
    domain: DOMAIN,
    users: [
      user('demo', 'sandbox-secret', DEMO),
      user('other', 'other-secret', OTHER),
      { ...user(readOnlyUser.name, readOnlyUser.password, DEMO), readOnly: true },
      { ...user(secondFactorUser.name, secondFactorUser.password, DEMO), passcode: secondFactorUser.passcode },
    ],
    projects: [
      { id: DEMO, name: REGION },
      { id: OTHER, name: `${REGION}_other` },
    ],
    keys: [key(accessKey, null), key(temporaryKey, temporaryKey.securityToken)],
    tokens: [],
    vpcs: [vpc('main', '192.168.0.0/16', DEMO), vpc('lab', '10.30.0.0/16', DEMO), vpc('other', '10.50.0.0/16', OTHER)],
    subnets,
    servers: SERVERS.map((plan) => toServer(plan, created)),
    ports: [...subnets.flatMap((subnet) => systemPorts(subnet)), ...SERVERS.flatMap((plan) => nicOf(plan, created)), balancer(created)],
    eips: [],
    bandwidths: [
      { id: uuid('bandwidth/shared-1'), projectId: DEMO, shareType: 'WHOLE', name: 'shared-1', size: 20, created, updated: created },
    ],
    released: [],
  };
}

function user(name: string, password: string, projectId: string): User {
  return { id: hexId(`user/${name}`), name, password, passcode: null, projectIds: [projectId], readOnly: false };
}

function key(pair: { readonly access: string; readonly secret: string }, securityToken: string | null): AccessKey {
  return { access: pair.access, secret: pair.secret, securityToken, userId: hexId('user/demo'), failures: 0, lockedUntil: 0 };
}

function toSubnet(plan: SubnetPlan, created: string): Subnet {
  const network = toNumber(plan.cidr.slice(0, plan.cidr.indexOf('/')));
  return {
    id: uuid(`subnet/${plan.key}`),
    neutronSubnetId: uuid(`neutron-subnet/${plan.key}`),
    vpcId: uuid(`vpc/${plan.vpc}`),
    projectId: plan.projectId,
    name: plan.name,
    cidr: plan.cidr,
    gateway: fromNumber(network + 1),
    zone: 'eu-de-01',
    // Every subnet of the playground is a /24: the system starts at .2 and stops four short of the broadcast address.
    pool: plan.pool ?? [fromNumber(network + 2), fromNumber(network + 251)],
    created,
  };
}

function toServer(plan: ServerPlan, created: string): Server {
  return {
    id: uuid(`server/${plan.name}`),
    projectId: plan.projectId,
    vpcId: uuid(`vpc/${plan.vpc}`),
    name: plan.name,
    status: plan.nic === undefined ? 'BUILD' : 'ACTIVE',
    zone: plan.zone,
    created,
  };
}

function nicOf(plan: ServerPlan, created: string): readonly Port[] {
  if (plan.nic === undefined) return [];
  const port = blankPort(`port/${plan.name}`, uuid(`subnet/${plan.nic[0]}`), plan.projectId, plan.nic[1], created);
  return [{ ...port, deviceId: uuid(`server/${plan.name}`), deviceOwner: `compute:${plan.zone}`, status: 'ACTIVE', primary: true }];
}

/** The gateway and the DHCP service of a subnet. */
function systemPorts(subnet: Subnet): readonly Port[] {
  const port = (kind: string, address: string) => blankPort(`${kind}/${subnet.id}`, subnet.id, subnet.projectId, address, subnet.created);
  const dhcp = fromNumber(toNumber(subnet.gateway) + 253);
  return [
    { ...port('gateway', subnet.gateway), deviceId: subnet.vpcId, deviceOwner: 'network:router_interface_distributed', status: 'ACTIVE' },
    { ...port('dhcp', dhcp), deviceId: `dhcp-${subnet.id}`, deviceOwner: 'network:dhcp', status: 'ACTIVE' },
  ];
}

/** A shared load balancer's address: an elastic IP bound to it cannot be released like others. */
function balancer(created: string): Port {
  const port = blankPort('port/balancer-1', uuid('subnet/lab-db'), DEMO, '10.30.0.20', created);
  return { ...port, name: 'balancer-1', deviceId: uuid('balancer/balancer-1'), deviceOwner: 'neutron:LOADBALANCERV2', status: 'ACTIVE' };
}

function blankPort(name: string, networkId: string, projectId: string, address: string, created: string): Port {
  const id = uuid(name);
  return {
    id,
    projectId,
    networkId,
    address,
    mac: macOf(id),
    deviceId: '',
    deviceOwner: '',
    status: 'DOWN',
    building: 0,
    primary: false,
    created,
    name: '',
    adminStateUp: true,
    securityGroups: [uuid(`security-group/${projectId}`)],
    pairs: [],
    updated: created,
  };
}
