/** One function a call. Calls that change something are data: the driver has them recorded and sent. */
import { IpctlError } from '../../domain/errors.js';
import type { Reply, Request, Send } from '../../domain/exchange.js';
import type { Labels } from '../../domain/records.js';
import { type Page, pages } from '../../http/pages.js';
import { url } from '../../http/url.js';
import type { Endpoints } from './access.js';
import {
  type Eip,
  type Pair,
  type Port,
  type Reserved,
  readAvailability,
  readEip,
  readEips,
  readPort,
  readPorts,
  readQuotas,
  readReserved,
  readReservedList,
  readServer,
  readServers,
  readSubnets,
  readTags,
  readVpcs,
  type Usage,
  type WireServer,
  type WireSubnet,
  type WireVpc,
} from './wire.js';

/** The largest page of the VPC and EIP services; 0 would be an empty one. */
const PAGE = 2000;
const SERVER_PAGE = 1000;
/** The owner of a port that is a virtual IP. */
export const VIRTUAL = 'neutron:VIP_PORT';

export interface EipOrder {
  readonly type: string;
  readonly alias?: string | undefined;
  readonly address?: string | undefined;
  readonly bandwidth: Readonly<Record<string, string | number>>;
}

export interface AddressOrder {
  readonly subnet: string;
  readonly address?: string | undefined;
}

export interface VirtualOrder extends AddressOrder {
  readonly name: string;
  /** The other id of the subnet, where it is known: the one that ports are given addresses by. */
  readonly neutronSubnet?: string | undefined;
}

export interface ServerFilter {
  readonly name?: string;
  /** A private address. */
  readonly ip?: string;
}

export type Api = ReturnType<typeof otcApi>;

/** `project` is that of the credentials: another in the path is refused. */
export function otcApi({ vpc, ecs }: Pick<Endpoints, 'vpc' | 'ecs'>, project: string, send: { readonly vpc: Send; readonly ecs: Send }) {
  const at = (
    method: Request['method'],
    segments: readonly string[],
    { base = vpc, query = {}, body }: { base?: string; query?: Parameters<typeof url>[2]; body?: unknown } = {},
  ): Request => {
    // Their gateways and signers disagree on encoded characters in a path; no id of theirs has any.
    const strange = segments.find((segment) => /[/?#%\\]|\.\./.test(segment));
    if (strange !== undefined) throw new IpctlError('usage', `'${strange}' is no id`, { provider: 'otc', fate: 'not-sent' });
    const request = { method, url: url(base, segments, query) };
    return body === undefined ? request : { ...request, body };
  };
  const eip = (id: string): string[] => ['v1', project, 'publicips', id];

  /**
   * https://docs.otc.t-systems.com/virtual-private-cloud/api-ref/native_openstack_neutron_apis_v2.0/api_version_information/pagination.html
   * Surprise: the v1 lists say nothing of a next page. A full page may be followed by another, after its last id.
   */
  const paged = <T extends { readonly id: string }>(segments: readonly string[], read: (reply: Reply) => readonly T[]): AsyncIterable<T> =>
    pages<T>(async (marker): Promise<Page<T>> => {
      const items = read(await send.vpc(at('GET', segments, { query: { limit: PAGE, marker } })));
      return { items, next: items.length < PAGE ? undefined : items.at(-1)?.id };
    });

  return {
    /** https://docs.otc.t-systems.com/elastic-ip/api-ref/apis/eip/querying_eips.html: no filters. */
    listEips: (): AsyncIterable<Eip> => paged(['v1', project, 'publicips'], readEips),

    /** The same: one request, and whether that was all. */
    firstEips: async (): Promise<Page<Eip>> => {
      const items = readEips(await send.vpc(at('GET', ['v1', project, 'publicips'], { query: { limit: PAGE } })));
      return { items, next: items.length < PAGE ? undefined : items.at(-1)?.id };
    },

    /** https://docs.otc.t-systems.com/elastic-ip/api-ref/apis/eip/querying_eips.html: one, to see whether the project is open to us. */
    probe: async (): Promise<void> => void (await send.vpc(at('GET', ['v1', project, 'publicips'], { query: { limit: 1 } }))),

    /** https://docs.otc.t-systems.com/elastic-ip/api-ref/apis/eip/querying_an_eip.html: without tags. */
    showEip: async (id: string): Promise<Eip> => readEip(await send.vpc(at('GET', eip(id)))),

    /**
     * https://docs.otc.t-systems.com/elastic-ip/api-ref/apis/eip/assigning_an_eip.html
     * Surprise: the wanted address is gone from that page, and still honoured. The answer names no bandwidth yet.
     */
    assignEip: ({ type, alias, address, bandwidth }: EipOrder): Request =>
      at('POST', ['v1', project, 'publicips'], {
        body: {
          publicip: { type, ...(alias === undefined ? {} : { alias }), ...(address === undefined ? {} : { ip_address: address }) },
          bandwidth,
        },
      }),

    /** https://docs.otc.t-systems.com/elastic-ip/api-ref/application_examples/binding_an_eip_to_an_ecs.html */
    bindEip: (id: string, port: string): Request => at('PUT', eip(id), { body: { publicip: { port_id: port } } }),

    /**
     * https://docs.otc.t-systems.com/elastic-ip/api-ref/application_examples/unbinding_an_eip_from_an_ecs.html
     * Surprise: an object without any field unbinds as well, so no other update may ever be sent empty.
     */
    unbindEip: (id: string): Request => at('PUT', eip(id), { body: { publicip: { port_id: '' } } }),

    /**
     * https://docs.otc.t-systems.com/elastic-ip/api-ref/apis/eip/updating_an_eip.html
     * Surprise: together with a port only the alias would take effect, hence a request of its own.
     */
    renameEip: (id: string, alias: string): Request => at('PUT', eip(id), { body: { publicip: { alias } } }),

    /** https://docs.otc.t-systems.com/elastic-ip/api-ref/apis/eip/releasing_an_eip.html */
    releaseEip: (id: string): Request => at('DELETE', eip(id)),

    /** https://docs.otc.t-systems.com/elastic-ip/api-ref/apis/eip_tag_management/querying_eip_tags.html */
    listTags: async (id: string): Promise<Labels> => readTags(await send.vpc(at('GET', ['v2.0', project, 'publicips', id, 'tags']))),

    /** https://docs.otc.t-systems.com/elastic-ip/api-ref/apis/eip_tag_management/batch_creating_or_deleting_eip_tags.html */
    addTags: (id: string, labels: Labels): Request =>
      at('POST', ['v2.0', project, 'publicips', id, 'tags', 'action'], {
        body: { action: 'create', tags: Object.entries(labels).map(([key, value]) => ({ key, value: value ?? '' })) },
      }),
    removeTags: (id: string, keys: readonly string[]): Request =>
      at('POST', ['v2.0', project, 'publicips', id, 'tags', 'action'], {
        body: { action: 'delete', tags: keys.map((key) => ({ key })) },
      }),

    /** https://docs.otc.t-systems.com/virtual-private-cloud/api-ref/vpc_apis_v1_v2/private_ip_address/querying_private_ip_addresses.html */
    listReserved: (subnet: string): AsyncIterable<Reserved> => paged(['v1', project, 'subnets', subnet, 'privateips'], readReservedList),

    /** https://docs.otc.t-systems.com/virtual-private-cloud/api-ref/vpc_apis_v1_v2/private_ip_address/index.html */
    showReserved: async (id: string): Promise<Reserved> => readReserved(await send.vpc(at('GET', ['v1', project, 'privateips', id]))),

    /** https://docs.otc.t-systems.com/virtual-private-cloud/api-ref/vpc_apis_v1_v2/private_ip_address/assigning_a_private_ip_address.html */
    assignAddresses: (orders: readonly AddressOrder[]): Request =>
      at('POST', ['v1', project, 'privateips'], {
        body: {
          privateips: orders.map(({ subnet, address }) => ({
            subnet_id: subnet,
            ...(address === undefined ? {} : { ip_address: address }),
          })),
        },
      }),

    /** https://docs.otc.t-systems.com/virtual-private-cloud/api-ref/vpc_apis_v1_v2/private_ip_address/index.html */
    deleteReserved: (id: string): Request => at('DELETE', ['v1', project, 'privateips', id]),

    /** https://docs.otc.t-systems.com/virtual-private-cloud/api-ref/vpc_apis_v1_v2/subnet/querying_subnets.html: no filter by name. */
    listSubnets: (): AsyncIterable<WireSubnet> => paged(['v1', project, 'subnets'], readSubnets),

    /** https://docs.otc.t-systems.com/virtual-private-cloud/api-ref/vpc_apis_v1_v2/virtual_private_cloud/querying_vpcs.html */
    listVpcs: (): AsyncIterable<WireVpc> => paged(['v1', project, 'vpcs'], readVpcs),

    /** https://docs.otc.t-systems.com/virtual-private-cloud/api-ref/native_openstack_neutron_apis_v2.0/port/index.html */
    listPorts: async (query: { readonly id: string } | { readonly device_id: string } | { readonly name: string }): Promise<Port[]> =>
      readPorts(await send.vpc(at('GET', ['v2.0', 'ports'], { query }))),
    showPort: async (id: string): Promise<Port> => readPort(await send.vpc(at('GET', ['v2.0', 'ports', id]))),

    /**
     * https://docs.otc.t-systems.com/virtual-private-cloud/umn/virtual_ip_address/
     * A virtual IP is a port of this owner without a device.
     */
    createVirtual: ({ subnet, neutronSubnet, address, name }: VirtualOrder): Request => {
      const fixed = {
        ...(neutronSubnet === undefined ? {} : { subnet_id: neutronSubnet }),
        ...(address === undefined ? {} : { ip_address: address }),
      };
      return at('POST', ['v2.0', 'ports'], {
        body: {
          port: { name, network_id: subnet, device_owner: VIRTUAL, ...(Object.keys(fixed).length === 0 ? {} : { fixed_ips: [fixed] }) },
        },
      });
    },
    /** The same page. The list is replaced as a whole: it must hold what is to stay. */
    setPairs: (id: string, pairs: readonly Pair[]): Request =>
      at('PUT', ['v2.0', 'ports', id], {
        body: {
          port: {
            allowed_address_pairs: pairs.map(({ address, mac }) => ({
              ip_address: address,
              ...(mac === null ? {} : { mac_address: mac }),
            })),
          },
        },
      }),

    /** https://docs.otc.t-systems.com/virtual-private-cloud/api-ref/vpc_apis_v1_v2/quota/: the answer may hold more rows than were asked for. */
    quota: async (type: string): Promise<Usage | undefined> =>
      readQuotas(await send.vpc(at('GET', ['v1', project, 'quotas'], { query: { type } }))).find((row) => row.type === type),

    /** https://docs.otc.t-systems.com/virtual-private-cloud/api-ref/vpc_apis_v1_v2/querying_ip_address_usage/ */
    availability: async (network: string): Promise<Usage> =>
      readAvailability(await send.vpc(at('GET', ['v2.0', 'network-ip-availabilities', network]))),

    /**
     * https://docs.otc.t-systems.com/elastic-cloud-server/api-ref/apis_recommended/index.html
     * Surprise: `offset` is the number of a page, and name and address match parts.
     */
    listServers: (filter: ServerFilter = {}): AsyncIterable<WireServer> =>
      pages<WireServer>(async (cursor): Promise<Page<WireServer>> => {
        const offset = Number(cursor ?? '1');
        const query = { ...filter, limit: SERVER_PAGE, offset };
        const items = readServers(await send.ecs(at('GET', ['v1', project, 'cloudservers', 'detail'], { base: ecs, query })));
        return { items, next: items.length < SERVER_PAGE ? undefined : String(offset + 1) };
      }),

    /** https://docs.otc.t-systems.com/elastic-cloud-server/api-ref/native_openstack_nova_apis/lifecycle_management/querying_details_about_an_ecs.html */
    showServer: async (id: string): Promise<WireServer> =>
      readServer(await send.ecs(at('GET', ['v2.1', project, 'servers', id], { base: ecs }))),
  };
}

/** Undefined for what the provider says is not there; every other refusal goes on. */
export async function orAbsent<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found;
  } catch (thrown) {
    if (thrown instanceof IpctlError && thrown.kind === 'not-found') return undefined;
    throw thrown;
  }
}
