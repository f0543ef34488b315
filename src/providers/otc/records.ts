/** Their objects as our records. */
import { IpctlError } from '../../domain/errors.js';
import type {
  Association,
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
import type { Eip, Reserved, WireServer, WireSubnet, WireVpc } from './wire.js';

/** https://docs.otc.t-systems.com/elastic-ip/api-ref/apis/eip/querying_an_eip.html; some occur that the page of the list omits. */
const EIP_STATES: Readonly<Record<string, FloatingIpState>> = {
  PENDING_CREATE: 'pending',
  NOTIFYING: 'pending',
  BINDING: 'pending',
  PENDING_UPDATE: 'pending',
  PENDING_DELETE: 'pending',
  NOTIFY_DELETE: 'pending',
  DOWN: 'free',
  ACTIVE: 'associated',
  ELB: 'associated',
  VPN: 'associated',
  BIND_ERROR: 'error',
  ERROR: 'error',
  FREEZED: 'error',
};
/** Holders that are no servers, and not ours to unbind, whatever port they name. */
const FOREIGN: ReadonlySet<string> = new Set(['ELB', 'VPN']);

const SERVER_STATES: Readonly<Record<string, ServerState>> = {
  ACTIVE: 'active',
  REBOOT: 'active',
  HARD_REBOOT: 'active',
  BUILD: 'building',
  REBUILD: 'building',
  SHUTOFF: 'stopped',
  SUSPENDED: 'stopped',
  PAUSED: 'stopped',
  ERROR: 'error',
};

const PORT_STATES: Readonly<Record<string, PrivateIpState>> = { DOWN: 'free', BUILD: 'pending', ERROR: 'error' };

/** An open set: more kinds of owners come with each revision. */
const OWNERS: readonly (readonly [RegExp, PrivateIpUse])[] = [
  [/^compute:/, 'server'],
  [/^network:dhcp/, 'dhcp'],
  [/^network:router_interface/, 'router'],
  [/^neutron:VIP_PORT$/, 'virtual'],
  [/^neutron:LOADBALANCER/, 'loadbalancer'],
];

export const servesServer = ({ owner }: Reserved): boolean => owner.startsWith('compute:');

const useOf = (owner: string): PrivateIpUse | null =>
  owner === '' ? null : (OWNERS.find(([pattern]) => pattern.test(owner))?.[1] ?? 'other');

const MARK = 'ipctl-';
/** The name of a bandwidth that carries our mark. */
export const markedName = (mark: string): string => `${MARK}${mark}`;

/** The server whose NIC `port` is, or null. */
export function holderOf(port: string | null, servers: readonly WireServer[]): ServerRef | null {
  const holder = port === null ? undefined : servers.find(({ ports }) => ports.includes(port));
  return holder === undefined ? null : { id: holder.id, name: holder.name };
}

function associationsOf({ status, port, privateAddress }: Eip, server: ServerRef | null): Association[] {
  // A dedicated load balancer shows as ACTIVE without a port.
  if (FOREIGN.has(status) || (status === 'ACTIVE' && port === null)) {
    return [{ id: null, server: null, port: null, privateAddress, certain: true }];
  }
  return port === null ? [] : [{ id: null, server, port, privateAddress, certain: true }];
}

export type Records = ReturnType<typeof recordsOf>;

export function recordsOf(place: Place, region: string) {
  return {
    /** `known` is what the answer itself does not say: the server behind the port, and the labels outside lists. */
    floatingIp(eip: Eip, known: { readonly server?: ServerRef | null; readonly labels?: Labels } = {}): FloatingIp {
      const associations = associationsOf(eip, known.server ?? null);
      const state = EIP_STATES[eip.status] ?? 'unknown';
      return {
        project: eip.project,
        region,
        id: eip.id,
        address: eip.address,
        version: 4,
        prefixLength: null,
        kind: 'floating',
        name: eip.alias,
        description: null,
        labels: eip.labels ?? known.labels ?? {},
        reverseDns: null,
        protected: null,
        state: state === 'free' && associations.length > 0 ? 'associated' : state,
        providerState: eip.status,
        ports: [],
        associations,
        network: null,
        subnet: null,
        pool: eip.type,
        createdAt: eip.createdAt,
        updatedAt: null,
        revision: null,
        mark: eip.bandwidthName?.startsWith(MARK) === true ? eip.bandwidthName.slice(MARK.length) : null,
        raw: eip.raw,
        ...place,
      };
    },

    privateIp(reserved: Reserved, server: ServerRef | null): PrivateIp {
      const usedBy = useOf(reserved.owner);
      return {
        project: reserved.project,
        region,
        id: reserved.id,
        address: reserved.address,
        version: 4,
        name: null,
        network: null,
        subnet: reserved.subnet,
        // The status tells whether a device runs, not whether the address is taken: the owner does.
        state: usedBy === null ? (PORT_STATES[reserved.status] ?? 'unknown') : 'used',
        providerState: reserved.status,
        usedBy,
        server,
        port: reserved.id,
        createdAt: null,
        mark: null,
        raw: reserved.raw,
        ...place,
      };
    },

    server: ({ id, name, status, zone, addresses, raw }: WireServer): Server => ({
      id,
      name,
      state: SERVER_STATES[status] ?? 'unknown',
      providerState: status,
      addresses,
      zone,
      raw,
      ...place,
    }),

    network: ({ id, name, raw }: WireVpc): Network => ({ ...place, id, name, external: false, shared: false, raw }),

    subnet: ({ id, name, vpc, cidr, raw }: WireSubnet): Subnet => ({ ...place, id, name, network: vpc, cidr, version: 4, raw }),
  };
}

/** `provider` and `not-sent` filled in: a refusal of our own, before anything left. */
export const refused = (kind: 'usage' | 'not-found' | 'conflict', message: string, hint?: string): IpctlError =>
  new IpctlError(kind, message, { provider: 'otc', fate: 'not-sent', hint });
