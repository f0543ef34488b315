/** Their objects as our records. */
import type {
  FloatingIp,
  FloatingIpState,
  Labels,
  Network,
  Place,
  PrivateIp,
  PrivateIpState,
  PrivateIpUse,
  Server,
  ServerRef,
  ServerState,
  Subnet,
} from '../../domain/records.js';
import { refused } from './fault.js';
import type { FixedIp, Holder, WireFloatingIp, WireNetwork, WirePort, WireServer, WireSubnet } from './wire.js';

/** Where records are read: the same for all of one run. */
export interface Where extends Place {
  readonly region: string | null;
}

const SERVER_STATES: Readonly<Record<string, ServerState>> = {
  ACTIVE: 'active',
  REBOOT: 'active',
  HARD_REBOOT: 'active',
  PASSWORD: 'active',
  MIGRATING: 'active',
  VERIFY_RESIZE: 'active',
  BUILD: 'building',
  REBUILD: 'building',
  SHUTOFF: 'stopped',
  STOPPED: 'stopped',
  SUSPENDED: 'stopped',
  PAUSED: 'stopped',
  SHELVED: 'stopped',
  SHELVED_OFFLOADED: 'stopped',
  ERROR: 'error',
};

/** An open set: every service of a cloud may own ports. */
const OWNERS: readonly (readonly [RegExp, PrivateIpUse])[] = [
  [/^compute:/, 'server'],
  [/^network:dhcp$/, 'dhcp'],
  [/^network:(router|ha_router)/, 'router'],
  [/^(neutron:LOADBALANCER|Octavia)/, 'loadbalancer'],
  [/^neutron:VIP/, 'virtual'],
];

/** Ours stands at the end of the description, where people look last. */
const MARKED = /^(?:([\s\S]*) )?\[ipctl ([^[\]]+)\]$/;

export interface Described {
  readonly text: string | null;
  readonly mark: string | null;
}

export function unmarked(description: string | null): Described {
  const [, text, mark] = MARKED.exec(description ?? '') ?? [];
  return mark === undefined ? { text: description, mark: null } : { text: text === undefined || text === '' ? null : text, mark };
}

export const marked = (text: string | null, mark: string | null): string =>
  [text ?? '', mark === null ? '' : `[ipctl ${mark}]`].filter((part) => part !== '').join(' ');

/** Characters of a description (https://docs.openstack.org/api-ref/network/v2/#create-floating-ip), the mark among them. */
const LONGEST = 255;

/** `usage` for a text that leaves no room for the mark. */
export function requireRoom(text: string, mark: string | null): void {
  const left = LONGEST - [...marked('', mark)].length - (mark === null ? 0 : 1);
  const length = [...text].length;
  if (length <= left) return;
  const why = mark === null ? '' : `, since ${LONGEST - left} of the ${LONGEST} are taken by the mark of ipctl`;
  throw refused('usage', `the description has ${length} characters, and may have ${left}${why}`);
}

/**
 * `k=v` tags as labels, a bare tag as a key without a value. A tag whose key is taken stands whole as a key: tags are a set
 * of texts, so two may share a key, and none must be lost on writing.
 */
export function labelsOf(tags: readonly string[]): Labels {
  const labels = new Map<string, string | null>();
  // Bare tags first: they have no other way to be written.
  const bare = tags.filter((tag) => tag.indexOf('=') < 1);
  for (const tag of bare) labels.set(tag, null);
  for (const tag of tags.filter((other) => other.indexOf('=') >= 1)) {
    const end = tag.indexOf('=');
    const key = tag.slice(0, end);
    if (labels.has(key)) labels.set(tag, null);
    else labels.set(key, tag.slice(end + 1));
  }
  return Object.fromEntries(labels);
}

export const tagsOf = (labels: Labels): readonly string[] =>
  Object.entries(labels).map(([key, value]) => (value === null ? key : `${key}=${value}`));

/** Null for what is no server: a router, a load balancer, nothing at all. */
export const serverIn = ({ owner, device }: Holder): string | null => (owner.startsWith('compute:') ? device : null);

function stateOf({ status, port, forwarded }: WireFloatingIp): FloatingIpState {
  if (status === 'ERROR') return 'error';
  // Whether it serves somebody is the port's matter: the status only tells whether the data plane followed.
  if (status === 'ACTIVE' || status === 'DOWN' || status === null) return port !== null || forwarded ? 'associated' : 'free';
  return 'unknown';
}

/** `server`: who stands behind the port, where that is a server. */
export function floatingIpOf(where: Where, found: WireFloatingIp, server: ServerRef | null): FloatingIp {
  const { text, mark } = unmarked(found.description);
  const held = found.port !== null || found.forwarded;
  const owner = found.holder?.owner ?? '';
  // A port that nothing owns is somebody's own; one owned by a router or a load balancer is that one's.
  const foreign = owner !== '' && !owner.startsWith('compute:') ? { foreign: true as const } : {};
  return {
    project: found.project,
    id: found.id,
    address: found.address,
    version: found.version,
    prefixLength: null,
    kind: 'floating',
    name: null,
    description: text,
    labels: labelsOf(found.tags),
    reverseDns: null,
    protected: null,
    state: stateOf(found),
    providerState: found.status,
    ports: [],
    associations: held ? [{ id: null, server, port: found.port, privateAddress: found.fixedAddress, certain: true, ...foreign }] : [],
    network: found.network,
    subnet: null,
    pool: found.network,
    createdAt: found.createdAt,
    updatedAt: found.updatedAt,
    revision: found.revision,
    mark,
    raw: found.raw,
    ...where,
  };
}

export function usedBy({ owner, device }: Holder): PrivateIpUse | null {
  if (owner === '' && device === null) return null;
  return OWNERS.find(([pattern]) => pattern.test(owner))?.[1] ?? 'other';
}

function portState({ status }: WirePort, use: PrivateIpUse | null): PrivateIpState {
  if (status === 'ERROR') return 'error';
  if (status === 'BUILD') return 'pending';
  if (status === 'ACTIVE' || status === 'DOWN' || status === 'N/A' || status === null) return use === null ? 'free' : 'used';
  return 'unknown';
}

/** A port with one address is known by its id; of several, each needs its own. */
const privateIpId = (port: WirePort, { address }: FixedIp): string => (port.fixedIps.length === 1 ? port.id : `${port.id}/${address}`);

/** The two parts of an id; the address is undefined where the id is the port's. */
export function portAndAddress(id: string): { readonly port: string; readonly address: string | undefined } {
  const [port = '', address] = id.split('/');
  return { port, address };
}

/** One record for each address of the port. */
export function privateIpsOf(where: Where, port: WirePort, server: ServerRef | null): PrivateIp[] {
  const use = usedBy(port);
  return port.fixedIps.map((fixed) => ({
    project: port.project,
    id: privateIpId(port, fixed),
    address: fixed.address,
    version: fixed.version,
    name: port.name,
    network: port.network,
    subnet: fixed.subnet,
    state: portState(port, use),
    providerState: port.status,
    usedBy: use,
    server,
    port: port.id,
    createdAt: port.createdAt,
    mark: unmarked(port.description).mark,
    raw: port.raw,
    ...where,
  }));
}

export const serverOf = ({ profile, provider }: Place, found: WireServer): Server => ({
  profile,
  provider,
  id: found.id,
  name: found.name,
  state: SERVER_STATES[found.status ?? ''] ?? 'unknown',
  providerState: found.status,
  addresses: found.addresses,
  zone: found.zone,
  raw: found.raw,
});

export const networkOf = ({ profile, provider }: Place, found: WireNetwork): Network => ({
  profile,
  provider,
  id: found.id,
  name: found.name,
  external: found.external,
  shared: found.shared,
  raw: found.raw,
});

export const subnetOf = ({ profile, provider }: Place, found: WireSubnet): Subnet => ({
  profile,
  provider,
  id: found.id,
  name: found.name,
  network: found.network,
  cidr: found.cidr,
  version: found.version,
  raw: found.raw,
});
