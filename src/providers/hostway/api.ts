/** One function a call. Calls that change something are data: the driver has them recorded and sent. */

import type { Service } from '../../domain/driver.js';
import { IpctlError } from '../../domain/errors.js';
import type { Reply, Request, Send } from '../../domain/exchange.js';
import type { Values } from '../../domain/option.js';
import { type Page, pages } from '../../http/pages.js';
import { parameterOf, url } from '../../http/url.js';
import type { hostway } from './manifest.js';
import {
  type FlexibleIp,
  type HostwayAccount,
  type HostwayServer,
  nextLink,
  readAccount,
  readAccounts,
  readFlexibleIps,
  readOneFlexibleIp,
  readServer,
  readServerIds,
  readServers,
  readZones,
} from './wire.js';

export type Options = Values<(typeof hostway)['options']>;

/** Surprise: wanted on every request, also on those without a body; the accounts list answers 415 without it. */
const headers = { 'content-type': 'application/json; charset=UTF-8' };

export type Api = ReturnType<typeof hostwayApi>;

export function hostwayApi(options: Options, send: Send) {
  const { endpoint, account } = options;
  const hasAccountUris = (options['api-revision'] ?? '2013-10') === '2013-10';
  const long = options['uri-style'] === 'account' || (options['uri-style'] === 'auto' && hasAccountUris);
  const prefix = long && account !== undefined ? ['accounts', account, 'flexcloud'] : [];
  const at = (
    method: Request['method'],
    segments: readonly string[],
    query: Record<string, string | undefined> = {},
    body?: unknown,
  ): Request => {
    const request = { method, url: url(endpoint, segments, query), headers };
    return body === undefined ? request : { ...request, body };
  };

  /** Paging (http://docs.hostway.com/index.php?title=Pagination): asked for by a 303 above 100 items, told by links. */
  const paged = <T>(
    segments: readonly string[],
    read: (reply: Reply) => readonly T[],
    query: Readonly<Record<string, string>> = {},
  ): AsyncIterable<T> => pages<T>((cursor) => pageOf(segments, read, query, cursor));
  const pageOf = async <T>(
    segments: readonly string[],
    read: (reply: Reply) => readonly T[],
    query: Readonly<Record<string, string>> = {},
    cursor?: string,
  ): Promise<Page<T>> => {
    const [page, pageSize] = cursor?.split('/') ?? [query.page, query.pageSize];
    const reply = await send(at('GET', segments, { ...query, page, pageSize }));
    const link = nextLink(reply);
    return { items: read(reply), next: link === undefined ? undefined : cursorOf(link) };
  };

  return {
    /** What the calls below stand under, those of accounts excepted. */
    base: url(endpoint, prefix),

    /** The API at `base`, for requests of the user's own. */
    service: (base: string): Service => ({
      base,
      send: (request) => send({ ...request, headers: { ...headers, ...request.headers } }),
      project: account ?? null,
      tokenExpiresAt: null,
    }),

    /** http://docs.hostway.com/index.php?title=List_Flexible_IPs */
    listFlexibleIps: (): AsyncIterable<FlexibleIp> => paged([...prefix, 'os-floating-ips'], readFlexibleIps),

    /** The same: one request, and whether that was all. */
    firstFlexibleIps: (): Promise<Page<FlexibleIp>> => pageOf([...prefix, 'os-floating-ips'], readFlexibleIps),

    /** http://docs.hostway.com/index.php/View_Allocated_Flexible_IP; undefined when the account does not hold it. */
    showFlexibleIp: (address: string): Promise<FlexibleIp | undefined> =>
      orAbsent(send(at('GET', [...prefix, 'os-floating-ips', address])).then(readOneFlexibleIp)),

    /** http://docs.hostway.com/index.php/Allocate_Flexible_IP: no body at all unless a zone is named. */
    allocate: (zone: string | undefined): Request =>
      at('POST', [...prefix, 'os-floating-ips'], {}, zone === undefined ? undefined : { zone }),

    /** http://docs.hostway.com/index.php/Delete_Allocated_Flexible_IP */
    release: (address: string): Request => at('DELETE', [...prefix, 'os-floating-ips', address]),

    /** http://docs.hostway.com/index.php/ServerActionAddFlexibleIP */
    associate: (server: string, address: string): Request =>
      at('POST', [...prefix, 'servers', server, 'action'], {}, { addFloatingIp: { address } }),

    /** http://docs.hostway.com/index.php/ServerActionRemoveFlexibleIP */
    disassociate: (server: string, address: string): Request =>
      at('POST', [...prefix, 'servers', server, 'action'], {}, { removeFloatingIp: { address } }),

    /**
     * http://docs.hostway.com/index.php?title=ServerListDetails; where it is missing, the plain list and a look at each.
     * Surprise: without a `status` those that run, are stopped or are busy come, and no others.
     */
    async *listServers(status?: string): AsyncGenerator<HostwayServer, void, undefined> {
      const query = status === undefined ? {} : { status };
      const detailed = paged([...prefix, 'servers', 'detail'], readServers, query)[Symbol.asyncIterator]();
      const first = await orAbsent(detailed.next());
      if (first === undefined) {
        for await (const id of paged([...prefix, 'servers'], readServerIds, query))
          yield readServer(await send(at('GET', [...prefix, 'servers', id])));
        return;
      }
      for (let item = first; item.done !== true; item = await detailed.next()) yield item.value;
    },

    /** http://docs.hostway.com/index.php/Server; `not-found` when there is none. */
    showServer: (id: string): Promise<HostwayServer> => send(at('GET', [...prefix, 'servers', id])).then(readServer),

    /** http://docs.hostway.com/index.php/Accounts:GET */
    accounts: (): AsyncIterable<HostwayAccount> => paged(['accounts'], readAccounts, { filterStatus: 'open', page: '1', pageSize: '100' }),

    /** http://docs.hostway.com/index.php/Account; `not-found` where there is none, `auth` where it is closed or somebody else's. */
    showAccount: (id: string): Promise<HostwayAccount> => send(at('GET', ['accounts', id])).then(readAccount),

    /** http://docs.hostway.com/index.php/Zone: one word and one account under account URIs, another and all accounts before. */
    zones: (): Promise<string[]> => send(at('GET', prefix.length === 0 ? ['zones'] : [...prefix, 'zone'])).then(readZones),
  };
}

/** Only the numbers of a link count. A list cut short in silence would make an old address look new, hence the throw. */
function cursorOf(link: string): string {
  const page = parameterOf(link, 'page');
  if (page === undefined) throw new IpctlError('defect', `the provider's reply is broken: the link to the next page names no page`);
  return `${page}/${parameterOf(link, 'pageSize') ?? '100'}`;
}

async function orAbsent<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found;
  } catch (thrown) {
    if (thrown instanceof IpctlError && thrown.kind === 'not-found') return undefined;
    throw thrown;
  }
}
