/**
 * One function a call. Calls that change something are data: the driver has them recorded and sent. The pages named below
 * stand in https://github.com/rackerlabs/docs-cloud-networks/tree/HEAD/api-docs/api-reference/methods (networks) and
 * https://github.com/rackerlabs/docs-cloud-servers/tree/HEAD/api-docs/api-reference/methods (servers).
 */
import type { Request, Send } from '../../domain/exchange.js';
import type { IpVersion } from '../../domain/records.js';
import { url } from '../../http/url.js';
import type { Services } from './catalog.js';
import { getting, orAbsent, paging } from './reads.js';
import { serversApi } from './servers.js';
import {
  type RackspaceIp,
  type RackspaceNetwork,
  type RackspacePort,
  type RackspaceSubnet,
  readAssociations,
  readIps,
  readNetworks,
  readOneIp,
  readOnePort,
  readPorts,
  readSubnets,
} from './wire.js';

/** All that the list of addresses filters by and we ask for. Surprise: anything else is ignored, paging included. */
export interface IpFilter {
  readonly type?: 'shared' | 'fixed' | undefined;
  readonly id?: string | undefined;
  readonly address?: string | undefined;
  readonly version?: IpVersion | undefined;
  /** Linked to any port of this server. */
  readonly device_id?: string | undefined;
  /** Addresses with any link of that service; `compute` means associated. */
  readonly service?: 'compute' | 'none' | undefined;
}

export interface PortFilter {
  readonly id?: readonly string[];
  readonly device_id?: string;
  readonly network_id?: string;
}

export interface Provision {
  readonly network: string;
  readonly version: IpVersion;
  readonly ports: readonly string[];
  readonly address?: string | undefined;
}

export interface PortSpec {
  readonly network: string;
  readonly subnet: string;
  readonly name: string;
  readonly address?: string | undefined;
}

/** What the old way to associate wants to be told again, although the provider knows it. */
export interface Draft {
  readonly network: string;
  readonly version: IpVersion;
  readonly port: string;
}

export type Api = ReturnType<typeof rackspaceApi>;

export function rackspaceApi({ servers, networks }: Services, send: Send) {
  const get = getting(send);
  const paged = paging(get);
  const association = (server: string, id: string): string => url(servers, ['servers', server, 'ip_associations', id]);

  return {
    /** networks: get-retrieve-list-of-ip-addresses-v2.0-ip-addresses.rst */
    listIps: async (filter: IpFilter): Promise<RackspaceIp[]> => readIps(await get(networks, ['ip_addresses'], { ...filter })),

    /** networks: get-show-ip-address-details-v2.0-ip-addresses-ipaddressid.rst; undefined when there is none. */
    showIp: (id: string): Promise<RackspaceIp | undefined> => orAbsent(get(networks, ['ip_addresses', id]).then(readOneIp)),

    /**
     * networks: post-provision-ip-address-v2.0-ip-addresses.rst. Surprise: the page spells a chosen address `ip-address`,
     * which is ignored. Servers could be named instead of ports, but one with two ports would get either.
     */
    provision: ({ network, version, ports, address }: Provision): Request => ({
      method: 'POST',
      url: url(networks, ['ip_addresses']),
      body: {
        ip_address: { network_id: network, version, port_ids: ports, ...(address === undefined ? {} : { ip_address: address }) },
      },
    }),

    /**
     * networks: the sharing guide under getting-started/configuring-network-variations. Replaces the whole list. Surprise:
     * a body without `port_ids` gives the address back; an empty list did so until 2015 and is refused since.
     */
    changePorts: (id: string, ports: readonly string[]): Request => ({
      method: 'PUT',
      url: url(networks, ['ip_addresses', id]),
      body: { ip_address: { port_ids: ports } },
    }),

    /** networks: delete-de-allocate-ip-address-v2.0-ip-addresses-ipaddressid.rst */
    release: (id: string): Request => ({ method: 'DELETE', url: url(networks, ['ip_addresses', id]) }),

    /**
     * servers: get-retrieve-list-of-ip-addresses-associated-with-a-server-servers-serverid-ip-associations.rst; ids.
     * Surprise: may name an address that is linked to this server and associated with another one only.
     */
    listAssociations: async (server: string): Promise<readonly string[]> =>
      (await orAbsent(get(servers, ['servers', server, 'ip_associations']).then(readAssociations))) ?? [],

    /** networks: the sharing guide. Surprise: 201 by the page, 200 by the service, and the page of a POST that is no more. */
    associate: (server: string, id: string, wrapped: boolean): Request => {
      const request = { method: 'PUT', url: association(server, id) } as const;
      return wrapped ? { ...request, body: { ip_association: {} } } : request;
    },

    /** servers: post-create-associated-ip-address-servers-server-id-ip-associations-ipaddressid.rst. Surprise: the version is a text. */
    associateByPost: (server: string, id: string, { network, version, port }: Draft): Request => ({
      method: 'POST',
      url: association(server, id),
      body: { ip_address: { network_id: network, version: String(version), port_ids: [port], device_ids: [server] } },
    }),

    /** servers: delete-delete-associated-ip-address-servers-serverid-ip-associations-ipaddressid.rst */
    disassociate: (server: string, id: string): Request => ({ method: 'DELETE', url: association(server, id) }),

    ...serversApi(servers, send),

    /** networks: get-retrieve-list-of-ports-v2.0-ports.rst. Several ids: any of them. */
    listPorts: (filter: PortFilter): AsyncIterable<RackspacePort> => paged(networks, ['ports'], 'ports', { ...filter }, readPorts),

    /** networks: get-retrieve-list-of-ports-v2.0-ports.rst, of one; undefined when there is none. */
    showPort: (id: string): Promise<RackspacePort | undefined> => orAbsent(get(networks, ['ports', id]).then(readOnePort)),

    /** networks: post-create-port-v2.0-ports.rst */
    createPort: ({ network, subnet, name, address }: PortSpec): Request => ({
      method: 'POST',
      url: url(networks, ['ports']),
      body: {
        port: {
          network_id: network,
          name,
          fixed_ips: [{ subnet_id: subnet, ...(address === undefined ? {} : { ip_address: address }) }],
        },
      },
    }),

    /** networks: delete-delete-port-v2.0-ports-port-id.rst */
    deletePort: (id: string): Request => ({ method: 'DELETE', url: url(networks, ['ports', id]) }),

    /** networks: get-retrieve-list-of-networks-v2.0-networks.rst */
    listNetworks: (): AsyncIterable<RackspaceNetwork> => paged(networks, ['networks'], 'networks', {}, readNetworks),

    /** networks: get-retrieve-list-of-subnets-v2.0-subnets.rst */
    listSubnets: (): AsyncIterable<RackspaceSubnet> => paged(networks, ['subnets'], 'subnets', {}, readSubnets),
  };
}
