/**
 * Cloud Servers, as far as every product needs them. The pages named below stand in
 * https://github.com/rackerlabs/docs-cloud-servers/tree/HEAD/api-docs/api-reference/methods
 */
import type { Send } from '../../domain/exchange.js';
import { getting, orAbsent, paging } from './reads.js';
import { type RackspaceServer, readOneServer, readServers } from './wire.js';

/** `servers` is the service's address, which ends in the tenant. */
export function serversApi(servers: string, send: Send) {
  const get = getting(send);
  const paged = paging(get);

  return {
    /** get-list-servers-with-details-servers-detail.rst. Surprise: `name` is a regular expression, found anywhere. */
    listServers: (name?: string): AsyncIterable<RackspaceServer> =>
      paged(servers, ['servers', 'detail'], 'servers', { name: name?.replace(/[.*+?^${}()|[\]\\]/g, '\\$&') }, readServers),

    /** get-retrieve-server-details-servers-server-id.rst; `not-found` when there is none. */
    showServer: async (id: string): Promise<RackspaceServer> => readOneServer(await get(servers, ['servers', id])),

    /** The same for the name alone; null also for a server that is gone: its port may outlive it. */
    serverName: async (id: string): Promise<string | null> =>
      (await orAbsent(get(servers, ['servers', id]).then(readOneServer)))?.name ?? null,
  };
}
