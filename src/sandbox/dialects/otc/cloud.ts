/** What the sandbox of Open Telekom Cloud remembers: plain JSON, one store behind all API families. */
import { uuid } from '../../cloud.js';
import type { CloudBase } from '../../dialect.js';

export interface User {
  readonly id: string;
  readonly name: string;
  readonly password: string;
  /** The passcode that a second factor shows; null for a user without one. Fixed, because a sandbox has no clock of its own. */
  readonly passcode: string | null;
  readonly projectIds: readonly string[];
  readonly readOnly: boolean;
}

export interface Project {
  readonly id: string;
  readonly name: string;
}

export interface AccessKey {
  readonly access: string;
  readonly secret: string;
  /** Present on temporary keys only. */
  readonly securityToken: string | null;
  readonly userId: string;
  /** Bad signatures in a row. */
  failures: number;
  /** Milliseconds since 1970; 0 when the key is not locked. */
  lockedUntil: number;
}

export interface Token {
  readonly text: string;
  readonly userId: string;
  readonly methods: readonly string[];
  /** null for a token of the whole domain. */
  readonly projectId: string | null;
  /** Milliseconds since 1970. */
  readonly issued: number;
  readonly expires: number;
  /** Requests that showed it. */
  uses: number;
}

export interface Vpc {
  readonly id: string;
  readonly projectId: string;
  readonly name: string;
  readonly cidr: string;
  readonly created: string;
}

export interface Subnet {
  /** The Neutron network's id: what the v1 API calls the subnet's id. */
  readonly id: string;
  readonly neutronSubnetId: string;
  readonly vpcId: string;
  readonly projectId: string;
  readonly name: string;
  readonly cidr: string;
  readonly gateway: string;
  readonly zone: string;
  /** First and last address that the system hands out by itself. */
  readonly pool: readonly [string, string];
  readonly created: string;
}

export interface AddressPair {
  readonly ip_address: string;
  readonly mac_address: string;
}

/** A server's NIC, a virtual IP, a reserved private IP or a port of the system: all are ports, told apart by their owner. */
export interface Port {
  readonly id: string;
  readonly projectId: string;
  /** `Subnet.id`. */
  readonly networkId: string;
  readonly address: string;
  readonly mac: string;
  readonly deviceId: string;
  readonly deviceOwner: string;
  readonly status: 'ACTIVE' | 'DOWN';
  /** How many more reads of the port show BUILD in place of the status. */
  building: number;
  readonly primary: boolean;
  readonly created: string;
  name: string;
  adminStateUp: boolean;
  securityGroups: readonly string[];
  pairs: readonly AddressPair[];
  updated: string;
}

export interface Tag {
  readonly key: string;
  readonly value: string;
}

export interface Eip {
  readonly id: string;
  readonly projectId: string;
  readonly address: string;
  readonly type: string;
  readonly created: string;
  bandwidthId: string;
  alias: string | null;
  description: string;
  /** The states that reads show one after the other; the last one stays. */
  states: string[];
  portId: string | null;
  /** What else than a port it is bound to: the v1 API neither binds to these nor shows which. */
  instance: { readonly type: string; readonly id: string } | null;
  updated: string;
  tags: readonly Tag[];
}

export interface Bandwidth {
  readonly id: string;
  readonly projectId: string;
  readonly shareType: 'PER' | 'WHOLE';
  readonly created: string;
  name: string;
  /** Mbit/s. */
  size: number;
  updated: string;
}

export interface Server {
  readonly id: string;
  readonly projectId: string;
  readonly vpcId: string;
  readonly name: string;
  readonly status: 'ACTIVE' | 'BUILD';
  readonly zone: string;
  readonly created: string;
}

export interface OtcCloud extends CloudBase {
  /** Requests seen; request ids follow from it. Apart from `serial`, so that reading does not move the ids of what is made later. */
  requests: number;
  /** Tokens given out; apart from `serial` for the same reason. */
  logins: number;
  /** Requests that `throttleEvery` counted. */
  throttled: number;
  /** How often each entry of the switch `troubles` has struck. */
  troubled: Record<string, number>;
  readonly domain: { readonly id: string; readonly name: string };
  readonly users: readonly User[];
  readonly projects: readonly Project[];
  keys: AccessKey[];
  tokens: Token[];
  readonly vpcs: readonly Vpc[];
  readonly subnets: readonly Subnet[];
  servers: readonly Server[];
  ports: Port[];
  eips: Eip[];
  bandwidths: Bandwidth[];
  /** Public addresses given back, newest first, with the moment of their release. */
  released: { readonly projectId: string; readonly address: string; readonly moment: number }[];
}

/** An id of 32 hex digits, as IAM gives to domains, projects and users. */
export function hexId(name: string): string {
  return uuid(name).replaceAll('-', '');
}

/** The hardware address that follows from a port's id. */
export function macOf(portId: string): string {
  return `fa:16:3e:${portId.slice(0, 2)}:${portId.slice(2, 4)}:${portId.slice(4, 6)}`;
}

/** `2026-01-15T10:00:00`: VPC, subnet and port times carry no zone. */
export function stamp(date: Date): string {
  return date.toISOString().slice(0, 19);
}
