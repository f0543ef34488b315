/**
 * The nouns: what drivers return, operations reason about and views show. Ids are opaque strings. Times are `Date`
 * (UTC). `null` means that the provider does not say. `raw` is the provider's own object, shown by `--raw` only.
 */

export type IpVersion = 4 | 6;

/** Whose record it is: the named credentials it was read with, and the kind of cloud. */
export interface Place {
  readonly profile: string;
  readonly provider: string;
}

/** Who pays. `id` tells two accounts of one provider apart: the pin of a profile is compared with it. */
export interface Account {
  readonly id: string;
  readonly name: string | null;
  readonly user: string | null;
  readonly project: string | null;
  readonly region: string | null;
}

export interface ServerRef {
  readonly id: string;
  readonly name: string | null;
}

/** The fact that an address serves a server. A holder that is no server (NAT, load balancer) has `server: null`. */
export interface Association {
  /** The provider's id of the association itself, where it has one. */
  readonly id: string | null;
  readonly server: ServerRef | null;
  readonly port: string | null;
  readonly privateAddress: string | null;
  /** True for a holder that is known to be no server (router, load balancer): not ours to touch. Not shown. */
  readonly foreign?: true;
  /** False where the provider tells only that some server holds the address, not that this one does. */
  readonly certain: boolean;
}

/** floating: moves, one holder. shared: several holders. fixed and primary: part of a server, shown but not ours to move. */
export type FloatingIpKind = 'floating' | 'shared' | 'fixed' | 'primary';
export type FloatingIpState = 'free' | 'associated' | 'pending' | 'error' | 'unknown';

/** `k=v` tags; a bare tag has the value null and is kept on writing. */
export type Labels = Readonly<Record<string, string | null>>;

export interface FloatingIp extends Place {
  readonly project: string | null;
  readonly region: string | null;
  /** The address itself where the provider has no id. */
  readonly id: string;
  /** Canonical text (RFC 5952); null only while pending. */
  readonly address: string | null;
  readonly version: IpVersion;
  readonly prefixLength: number | null;
  readonly kind: FloatingIpKind;
  readonly name: string | null;
  readonly description: string | null;
  readonly labels: Labels;
  readonly reverseDns: string | null;
  readonly protected: boolean | null;
  readonly state: FloatingIpState;
  readonly providerState: string | null;
  /** Ports that may carry the address, associated or not (Rackspace: the sharing set). */
  readonly ports: readonly string[];
  readonly associations: readonly Association[];
  readonly network: string | null;
  readonly subnet: string | null;
  readonly pool: string | null;
  readonly createdAt: Date | null;
  readonly updatedAt: Date | null;
  /** Changes with each write, where the provider has such a thing: the guard of a move. Not shown. */
  readonly revision: string | null;
  /** Our mark found on it, or null. Not shown. */
  readonly mark: string | null;
  readonly raw: unknown;
}

export type PrivateIpUse = 'server' | 'dhcp' | 'router' | 'virtual' | 'loadbalancer' | 'other';
export type PrivateIpState = 'free' | 'used' | 'pending' | 'error' | 'unknown';

export interface PrivateIp extends Place {
  readonly project: string | null;
  readonly region: string | null;
  readonly id: string;
  readonly address: string;
  readonly version: IpVersion;
  readonly name: string | null;
  readonly network: string | null;
  readonly subnet: string | null;
  readonly state: PrivateIpState;
  readonly providerState: string | null;
  readonly usedBy: PrivateIpUse | null;
  readonly server: ServerRef | null;
  readonly port: string | null;
  readonly createdAt: Date | null;
  readonly mark: string | null;
  readonly raw: unknown;
}

export type ServerState = 'active' | 'building' | 'stopped' | 'error' | 'unknown';

export interface Server extends Place {
  readonly id: string;
  readonly name: string | null;
  readonly state: ServerState;
  readonly providerState: string | null;
  readonly addresses: readonly string[];
  readonly zone: string | null;
  readonly raw: unknown;
}

export interface Network extends Place {
  readonly id: string;
  readonly name: string | null;
  readonly external: boolean;
  readonly shared: boolean;
  readonly raw: unknown;
}

export interface Subnet extends Place {
  readonly id: string;
  readonly name: string | null;
  readonly network: string | null;
  readonly cidr: string;
  readonly version: IpVersion;
  readonly raw: unknown;
}
