/** What one operation has read it does not read again: all servers, and the ports that several steps ask about. */
import { collect } from '../../http/pages.js';
import type { Api } from './api.js';
import type { Names } from './sharing.js';
import type { RackspacePort, RackspaceServer } from './wire.js';

export interface Lookups {
  readonly servers: () => Promise<readonly RackspaceServer[]>;
  /** Names of all servers, by id. */
  readonly names: () => Promise<Names>;
  /** The ports of a server on a network. */
  readonly portsOf: (server: string, network: string) => Promise<readonly RackspacePort[]>;
  /** Those of these ids that exist, in the order asked for and by one request. */
  readonly ports: (ids: readonly string[]) => Promise<readonly RackspacePort[]>;
}

export function lookups(api: () => Promise<Api>): Lookups {
  let listing: Promise<readonly RackspaceServer[]> | undefined;
  const ofServers = new Map<string, Promise<readonly RackspacePort[]>>();
  const byId = new Map<string, RackspacePort>();

  const servers = (): Promise<readonly RackspaceServer[]> => {
    listing ??= api().then((ready) => collect(ready.listServers()));
    return listing;
  };
  return {
    servers,
    names: async () => new Map((await servers()).map(({ id, name }) => [id, name])),
    portsOf(server, network) {
      const key = `${server} ${network}`;
      const found = ofServers.get(key) ?? api().then((ready) => collect(ready.listPorts({ device_id: server, network_id: network })));
      ofServers.set(key, found);
      return found;
    },
    async ports(ids) {
      const fresh = [...new Set(ids)].filter((id) => !byId.has(id));
      if (fresh.length > 0) for (const port of await collect((await api()).listPorts({ id: fresh }))) byId.set(port.id, port);
      return ids.flatMap((id) => byId.get(id) ?? []);
    },
  };
}
