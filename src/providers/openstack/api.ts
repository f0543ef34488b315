/** One function for each call. Those that change something return the request, for a step. */

import { IpctlError } from '../../domain/errors.js';
import type { Reply, Request } from '../../domain/exchange.js';
import { type Page, pages } from '../../http/pages.js';
import { url } from '../../http/url.js';
import type { Cloud } from './cloud.js';
import { refused } from './fault.js';
import {
  after,
  floatingIp,
  network,
  one,
  page,
  port,
  qosPolicy,
  type ServerName,
  server,
  serverName,
  subnet,
  type WireFloatingIp,
  type WireNetwork,
  type WirePort,
  type WireQosPolicy,
  type WireServer,
  type WireSubnet,
} from './wire.js';

export type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Neutron allows a revision as a precondition of any write; 412 when the object changed since. */
const onlyAt = (revision: string | null): Pick<Request, 'headers'> =>
  revision === null ? {} : { headers: { 'if-match': `revision_number=${revision}` } };

/** In a plan, an id not known yet stands as it is written. */
const at = (base: string, segments: readonly string[], query: Query = {}): string =>
  url(base, segments, query).replaceAll('%7Bip.id%7D', '{ip.id}');

const get = (cloud: Cloud, where: string): Promise<Reply> => cloud.send({ method: 'GET', url: where });

// https://docs.openstack.org/api-ref/network/v2/#list-floating-ips
export const listFloatingIps = (cloud: Cloud, query: Query): AsyncGenerator<WireFloatingIp, void, undefined> =>
  pages(async (next) => {
    try {
      return page(await get(cloud, at(cloud.network(), ['floatingips'], { ...query, ...after(next) })), 'floatingips', floatingIp);
    } catch (thrown) {
      // Surprise: a cloud without routers has no such collection at all, which is to say no floating IPs.
      if (next === undefined && thrown instanceof IpctlError && thrown.kind === 'not-found') return { items: [], next: undefined };
      throw thrown;
    }
  });

/** One request, and whether that was all. */
export const firstFloatingIps = async (cloud: Cloud, query: Query): Promise<Page<WireFloatingIp>> =>
  page(await get(cloud, at(cloud.network(), ['floatingips'], query)), 'floatingips', floatingIp);

// https://docs.openstack.org/api-ref/network/v2/#show-floating-ip-details
export const getFloatingIp = async (cloud: Cloud, id: string): Promise<WireFloatingIp> =>
  readFloatingIp(await get(cloud, at(cloud.network(), ['floatingips', id])));

export const readFloatingIp = (reply: Reply): WireFloatingIp => one(reply, 'floatingip', floatingIp);

export interface NewFloatingIp {
  readonly network: string;
  readonly description: string;
  readonly address: string | undefined;
  readonly subnet: string | undefined;
  readonly extras: Extras;
}

/** What extensions of Neutron add: `qos-fip` and `dns-integration`. */
export interface Extras {
  readonly qos_policy_id?: string;
  readonly dns_name?: string;
  readonly dns_domain?: string;
}

// https://docs.openstack.org/api-ref/network/v2/#create-floating-ip
export const createFloatingIp = (cloud: Cloud, { network, description, address, subnet, extras }: NewFloatingIp): Request => ({
  method: 'POST',
  url: at(cloud.network(), ['floatingips']),
  body: {
    floatingip: {
      floating_network_id: network,
      description,
      ...(address === undefined ? {} : { floating_ip_address: address }),
      ...(subnet === undefined ? {} : { subnet_id: subnet }),
      ...extras,
    },
  },
});

export type FloatingIpBody =
  | {
      readonly port_id: string | null;
      readonly fixed_ip_address?: string;
      readonly description?: string;
      readonly qos_policy_id?: string | null;
    }
  | { readonly description: string }
  | { readonly qos_policy_id: string | null };

// https://docs.openstack.org/api-ref/network/v2/#update-floating-ip
// Surprise: the page says that leaving port_id out disassociates. It keeps the association; an empty object disassociates.
export const updateFloatingIp = (cloud: Cloud, id: string, body: FloatingIpBody, revision: string | null): Request => ({
  method: 'PUT',
  url: at(cloud.network(), ['floatingips', id]),
  body: { floatingip: body },
  ...onlyAt(revision),
});

// https://docs.openstack.org/api-ref/network/v2/#delete-floating-ip
// Surprise: an address in use is deleted without complaint; and a body, be it {}, is a 400.
export const deleteFloatingIp = (cloud: Cloud, id: string, revision: string | null): Request => ({
  method: 'DELETE',
  url: at(cloud.network(), ['floatingips', id]),
  ...onlyAt(revision),
});

// https://docs.openstack.org/api-ref/network/v2/#replace-all-tags
// Surprise: tags cannot be part of the object that is created; and setting them changes its revision.
export const replaceTags = (cloud: Cloud, id: string, tags: readonly string[]): Request => ({
  method: 'PUT',
  url: at(cloud.network(), ['floatingips', id, 'tags']),
  body: { tags },
});

// https://docs.openstack.org/api-ref/network/v2/#list-qos-policies
export const listQosPolicies = (cloud: Cloud, query: Query): AsyncGenerator<WireQosPolicy, void, undefined> =>
  pages(async (next) =>
    page(await get(cloud, at(cloud.network(), ['qos', 'policies'], { ...query, ...after(next) })), 'policies', qosPolicy),
  );

// https://docs.openstack.org/api-ref/network/v2/#list-ports
export const listPorts = (cloud: Cloud, query: Query): AsyncGenerator<WirePort, void, undefined> =>
  pages(async (next) => page(await get(cloud, at(cloud.network(), ['ports'], { ...query, ...after(next) })), 'ports', port));

/** One request, and whether that was all. */
export const firstPorts = async (cloud: Cloud, query: Query): Promise<Page<WirePort>> =>
  page(await get(cloud, at(cloud.network(), ['ports'], query)), 'ports', port);

// https://docs.openstack.org/api-ref/network/v2/#show-port-details
export const getPort = async (cloud: Cloud, id: string): Promise<WirePort> =>
  readPort(await get(cloud, at(cloud.network(), ['ports', id])));

export const readPort = (reply: Reply): WirePort => one(reply, 'port', port);

export interface FixedIpWish {
  readonly subnet_id?: string;
  readonly ip_address?: string;
}

export interface NewPort {
  readonly network_id: string;
  readonly name?: string;
  readonly description: string;
  readonly fixed_ips: readonly FixedIpWish[];
}

// https://docs.openstack.org/api-ref/network/v2/#create-port
export const createPort = (cloud: Cloud, body: NewPort): Request => ({
  method: 'POST',
  url: at(cloud.network(), ['ports']),
  body: { port: body },
});

// https://docs.openstack.org/api-ref/network/v2/#update-port
// Surprise: fixed_ips is the whole list afterwards, not what is added.
export const updatePort = (cloud: Cloud, id: string, fixedIps: readonly FixedIpWish[], revision: string | null): Request => ({
  method: 'PUT',
  url: at(cloud.network(), ['ports', id]),
  body: { port: { fixed_ips: fixedIps } },
  ...onlyAt(revision),
});

// https://docs.openstack.org/api-ref/network/v2/#delete-port
// Surprise: a port in use by a server goes too, and frees its floating IPs.
export const deletePort = (cloud: Cloud, id: string, revision: string | null): Request => ({
  method: 'DELETE',
  url: at(cloud.network(), ['ports', id]),
  ...onlyAt(revision),
});

// https://docs.openstack.org/api-ref/network/v2/#list-networks
export const listNetworks = (cloud: Cloud, query: Query): AsyncGenerator<WireNetwork, void, undefined> =>
  pages(async (next) => page(await get(cloud, at(cloud.network(), ['networks'], { ...query, ...after(next) })), 'networks', network));

// https://docs.openstack.org/api-ref/network/v2/#list-subnets
export const listSubnets = (cloud: Cloud, query: Query): AsyncGenerator<WireSubnet, void, undefined> =>
  pages(async (next) => page(await get(cloud, at(cloud.network(), ['subnets'], { ...query, ...after(next) })), 'subnets', subnet));

// https://docs.openstack.org/api-ref/compute/#list-servers
/** Ids and names only; nothing where there is no compute service. */
export async function* listServerNames(cloud: Cloud): AsyncGenerator<ServerName, void, undefined> {
  const base = cloud.compute();
  if (base === undefined) return;
  yield* pages(async (next) => page(await get(cloud, at(base, ['servers'], after(next))), 'servers', serverName));
}

// https://docs.openstack.org/api-ref/compute/#list-servers-detailed
export const listServers = (cloud: Cloud, query: Query): AsyncGenerator<WireServer, void, undefined> =>
  pages(async (next) =>
    page(await get(cloud, at(computeOf(cloud), ['servers', 'detail'], { ...query, ...after(next) })), 'servers', server),
  );

// https://docs.openstack.org/api-ref/compute/#show-server-details
export const getServer = async (cloud: Cloud, id: string): Promise<WireServer> =>
  one(await get(cloud, at(computeOf(cloud), ['servers', id])), 'server', server);

/** Base of the compute API; `config` where there is none. */
export function computeOf(cloud: Cloud): string {
  const base = cloud.compute();
  if (base === undefined) throw refused('config', 'the catalog has no compute service', 'name it with the option compute-endpoint');
  return base;
}
