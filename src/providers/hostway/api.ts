/** One function a call, and one place that reads their refusals. Calls that change something are data: the driver has them recorded and sent. */

import { IpctlError } from '../../domain/errors.js';
import type { Fault, Reply, Request, Send } from '../../domain/exchange.js';
import type { Values } from '../../domain/option.js';
import { plainText, refusal } from '../../http/fault.js';
import { type Page, pages } from '../../http/pages.js';
import { parameterOf, url } from '../../http/url.js';
import type { hostway } from './manifest.js';
import {
  type FlexibleIp,
  type HostwayAccount,
  type HostwayServer,
  nextLink,
  readAccounts,
  readFlexibleIps,
  readOneFlexibleIp,
  readServer,
  readServerIds,
  readServers,
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
  ): AsyncIterable<T> =>
    pages<T>(async (cursor): Promise<Page<T>> => {
      const [page, pageSize] = cursor?.split('/') ?? [query.page, query.pageSize];
      const reply = await send(at('GET', segments, { ...query, page, pageSize }));
      const link = nextLink(reply);
      return { items: read(reply), next: link === undefined ? undefined : cursorOf(link) };
    });

  return {
    /** http://docs.hostway.com/index.php?title=List_Flexible_IPs */
    listFlexibleIps: (): AsyncIterable<FlexibleIp> => paged([...prefix, 'os-floating-ips'], readFlexibleIps),

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

    /** http://docs.hostway.com/index.php?title=ServerListDetails; where it is missing, the plain list and a look at each. */
    async *listServers(): AsyncGenerator<HostwayServer, void, undefined> {
      const detailed = paged([...prefix, 'servers', 'detail'], readServers)[Symbol.asyncIterator]();
      const first = await orAbsent(detailed.next());
      if (first === undefined) {
        for await (const id of paged([...prefix, 'servers'], readServerIds))
          yield readServer(await send(at('GET', [...prefix, 'servers', id])));
        return;
      }
      for (let item = first; item.done !== true; item = await detailed.next()) yield item.value;
    },

    /** http://docs.hostway.com/index.php/Server; `not-found` when there is none. */
    showServer: (id: string): Promise<HostwayServer> => send(at('GET', [...prefix, 'servers', id])).then(readServer),

    /** http://docs.hostway.com/index.php/Accounts:GET */
    accounts: (): AsyncIterable<HostwayAccount> => paged(['accounts'], readAccounts, { filterStatus: 'open', page: '1', pageSize: '100' }),
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

interface Explained {
  readonly message: string;
  readonly code: string | undefined;
  readonly id: string | undefined;
}

/**
 * http://docs.hostway.com/index.php/Server_Response_Codes: one key that names the fault, `message` in it, and an id for
 * support under `guid` or `errorid`. Surprise: a 401 is text or HTML, whatever was asked for, and some bodies are empty.
 */
function explain({ json, text, status }: Reply): Explained {
  const wordless = `Hostway answered ${status} without a word`;
  if (typeof json === 'object' && json !== null) {
    const [entry, ...more] = Object.entries(json as Record<string, unknown>);
    const fault = more.length === 0 ? entry?.[1] : undefined;
    if (entry !== undefined && typeof fault === 'object' && fault !== null && 'message' in fault) {
      const { message, details, guid, errorid } = fault as Record<string, unknown>;
      const parts = [message, details].filter((part): part is string => typeof part === 'string' && part !== '');
      const id = [guid, errorid].find((part): part is string => typeof part === 'string' && part !== '');
      return { message: parts.length === 0 ? wordless : parts.join(': '), code: entry[0], id };
    }
    return { message: plainText(JSON.stringify(json)), code: undefined, id: undefined };
  }
  const words = plainText(text);
  return { message: words === '' ? wordless : words, code: undefined, id: undefined };
}

export const fault: Fault = (reply, request) => {
  const { message, code, id } = explain(reply);
  const base = { provider: 'hostway', reply, message, code, requestId: id };
  const action = request.url.endsWith('/action');
  const allocation = request.method === 'POST' && !action;
  switch (reply.status) {
    case 401:
      return refusal({
        ...base,
        message: 'Hostway does not accept the user name or the password',
        hint: 'check username and password of the profile',
      });
    case 400:
      // Surprise: an unknown server is a bad request here, at times told without a word.
      if (action) return refusal({ ...base, kind: reply.text.trim() === '' || /not found/i.test(message) ? 'not-found' : 'usage' });
      return refusal({ ...base, hint: allocation ? 'name a zone of the account with --hostway-zone; some clouds want one' : undefined });
    case 403:
      // Surprise: also an address that is taken, and a quota that is used up.
      if (action) return refusal({ ...base, kind: /assigned/i.test(message) ? 'conflict' : 'auth' });
      return refusal({ ...base, kind: /quota|limit/i.test(message) ? 'limit' : 'auth' });
    case 409:
      return refusal({ ...base, kind: 'conflict', hint: action ? 'a server must be provisioned before it takes an address' : undefined });
    case 503:
      // The service itself speaks here, not a gateway before it: nothing was allocated, and waiting gives no address.
      if (allocation && code !== undefined && /\b(pool|ip|address(es)?)\b/i.test(message))
        return refusal({ ...base, kind: 'limit', fate: 'not-applied' });
      return refusal(base);
    default:
      return refusal(base);
  }
};
