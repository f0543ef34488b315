/**
 * One function a call. Calls that change something are data: the driver has them recorded and sent. Their pages stand in
 * https://github.com/rackerlabs/docs-cloud-rackconnect/tree/HEAD/api-docs/api-operations/methods; PATCH and `retain` came
 * later than these, and are known from clients. Surprise: the pages leave the tenant out of the path.
 */
import type { Request, Send } from '../../../domain/exchange.js';
import { url } from '../../../http/url.js';
import { getting, orAbsent } from '../reads.js';
import { type PublicIp, readPublicIp, readPublicIps } from './wire.js';

export type Api = ReturnType<typeof rackconnectApi>;

/** A reply may name what is gone already. */
const isThere = (ip: PublicIp | undefined): ip is PublicIp => ip !== undefined && ip.status !== 'REMOVED';

/** `base` is the service's address, which ends in the tenant. */
export function rackconnectApi(base: string, send: Send) {
  const get = getting(send);
  const one = (id: string): string => url(base, ['public_ips', id]);

  return {
    /** get-list-public-ips; of one server, or all. Surprise: no pages. */
    listPublicIps: async (server?: string): Promise<PublicIp[]> =>
      readPublicIps(await get(base, ['public_ips'], { cloud_server_id: server }))
        .filter(isThere)
        .filter((ip) => server === undefined || ip.server?.id === server),

    /** get-list-one-public-ip; undefined when there is none. */
    showPublicIp: async (id: string): Promise<PublicIp | undefined> => {
      const found = await orAbsent(get(base, ['public_ips', id]).then(readPublicIp));
      return isThere(found) ? found : undefined;
    },

    /** post-add-one-public-ip-v3-public-ips.rst. Surprise: a server may be left out of a retained one only. */
    addPublicIp: (server: string | undefined, retain: boolean): Request => ({
      method: 'POST',
      url: url(base, ['public_ips']),
      body: { ...(server === undefined ? {} : { cloud_server: { id: server } }), retain },
    }),

    keepPublicIp: (id: string): Request => ({ method: 'PATCH', url: one(id), body: { retain: true } }),

    /** Names the new server only: whoever has the address loses it. Null takes it off, of a retained one only. */
    assignPublicIp: (id: string, server: string | null): Request => ({
      method: 'PATCH',
      url: one(id),
      body: { cloud_server: server === null ? null : { id: server } },
    }),

    /** delete-remove-public-ip; goes on after the answer, until the address is not found. */
    removePublicIp: (id: string): Request => ({ method: 'DELETE', url: one(id) }),
  };
}
