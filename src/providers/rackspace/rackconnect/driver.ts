/**
 * RackConnect v3: a public address is a translation on the customer's own firewall, made for one server or kept without one.
 * Each change goes on after its answer, until the status says that it is done or has failed.
 */
import { parseAddress } from '../../../domain/address.js';
import type { Connect, Service } from '../../../domain/driver.js';
import { IpctlError } from '../../../domain/errors.js';
import type { FloatingIp } from '../../../domain/records.js';
import { direct } from '../../../http/direct.js';
import { type Places, placesOf } from '../catalog.js';
import { orAbsent } from '../reads.js';
import { serverOf } from '../records.js';
import { serversApi } from '../servers.js';
import { enter } from '../session.js';
import { rackconnectApi } from './api.js';
import { assigning, present, type Ready, settled } from './assigning.js';
import { fault } from './fault.js';
import type { rackconnect } from './manifest.js';
import { addressOf, failure, floatingIpOf, hasFailed, nameOf, refuse } from './records.js';
import { type PublicIp, readPublicIp } from './wire.js';

/** An allocation as it is recorded: it has no address yet, so the record, a candidate and `--take` name it by its id. */
interface Made {
  readonly address: string;
  readonly ip: PublicIp;
}
const made = (ip: PublicIp): Made => ({ address: ip.id, ip });

export const connect: Connect<typeof rackconnect> = (context) => {
  const { place, options, mutate, settle } = context;
  const { session, send } = enter(context, fault);
  const places = async () => placesOf(await session.current(), options.region);
  const ready = async (): Promise<Ready> => {
    const { region, tenant, at } = await places();
    return { api: rackconnectApi(at('rackconnect', 'rax:rackconnect'), send), where: { place, region, project: tenant } };
  };
  const serviceAt = (baseOf: (found: Places) => string) => async (): Promise<Service> => {
    const found = await places();
    return { base: baseOf(found), send, project: found.tenant, tokenExpiresAt: new Date((await session.current()).expiresAt) };
  };
  const servers = async () => serversApi((await places()).servers, send);
  const { associate, assign, disassociate } = assigning({ ready, send, context });

  return {
    ...direct(context, {
      rackconnect: serviceAt(({ at }) => at('rackconnect', 'rax:rackconnect')),
      compute: serviceAt(({ servers: base }) => base),
    }),

    async account() {
      const [{ tenant, user }, { region, tenant: id }] = await Promise.all([session.current(), places()]);
      return { id, name: tenant?.name ?? null, user: user.name, project: id, region };
    },

    async *listFloatingIps({ address, server, version, kind = 'floating' }) {
      if (kind !== 'floating' || version === 6) return;
      const { api, where } = await ready();
      for (const ip of await api.listPublicIps(server?.id)) {
        if (address === undefined || ip.address === address) yield floatingIpOf(where, ip);
      }
    },

    async getFloatingIp(ref) {
      const { api, where } = await ready();
      const text = 'id' in ref ? ref.id : (parseAddress(ref.address)?.text ?? ref.address);
      const found = 'id' in ref ? await api.showPublicIp(text) : (await api.listPublicIps()).find(({ address }) => address === text);
      if (found !== undefined) return floatingIpOf(where, found);
      throw new IpctlError('not-found', `no floating IP '${text}' in profile ${place.profile}`, { provider: place.provider });
    },

    async allocateFloatingIp({ servers: [server], ports, markOnly }) {
      if (ports.length > 0) {
        throw refuse('unsupported', 'RackConnect gives addresses to servers, not to ports', 'name the server with --server');
      }
      if (server === undefined && options.retain === false) {
        throw refuse('usage', 'an address without a server is always kept', 'name a --server, or leave --rackconnect-retain out');
      }
      if (server === undefined && markOnly === true) {
        throw refuse('usage', '--key: without a server nothing at the provider tells which address it is of', 'leave --no-journal out');
      }
      const { api, where } = await ready();
      const retain = options.retain ?? server === undefined;
      const { ip: accepted } = await mutate<Made>({
        key: 'allocate',
        creates: true,
        request: api.addPublicIp(server?.id, retain),
        via: send,
        read: (reply) => made(readPublicIp(reply)),
        standIn: made({
          id: '{ip.id}',
          address: '{ip.address}',
          status: 'ACTIVE',
          detail: null,
          retain,
          server: server === undefined ? null : { id: server.id, name: server.name, privateAddress: null },
          createdAt: null,
          updatedAt: null,
          raw: null,
        }),
        // A server has one address at most: one that it had not before the send is the mark of ours.
        before: async () => (await api.listPublicIps(server?.id)).map(({ id }) => id),
        async look(before) {
          const fresh = (await api.listPublicIps(server?.id)).filter(({ id }) => !before.includes(id)).map(made);
          const [first] = fresh;
          if (first === undefined) return { is: 'not-applied' };
          if (server !== undefined) return { is: 'applied', result: first };
          return { is: 'unknown', candidates: fresh.map((result) => ({ name: result.address, result })) };
        },
      });
      const whom = server === undefined ? '' : ` for ${nameOf(server)}`;
      const shown = (found: PublicIp): FloatingIp | undefined => {
        if (hasFailed(found)) {
          // What could not be set up is there all the same, and counts.
          const failed = failure(found);
          throw new IpctlError('partial', `an address${whom} was accepted, but then: ${failed.message}`, {
            provider: place.provider,
            fate: 'not-applied',
            hint: `back: ipctl -p ${place.profile} ip release ${found.id}`,
            exists: [floatingIpOf(where, found)],
            errors: [failed],
            cause: failed,
          });
        }
        return settled(found) === undefined || found.address === null ? undefined : floatingIpOf(where, found);
      };
      return (
        shown(accepted) ??
        settle({
          accepted: floatingIpOf(where, accepted),
          check: async () => shown(await present(api, accepted)),
          what: `public address ${accepted.id}${whom}`,
        })
      );
    },

    associateFloatingIp: associate,

    moveFloatingIp: assign,

    async disassociateFloatingIp(ip, from) {
      let left = ip;
      for (const held of from) left = await disassociate(left, held);
      return left;
    },

    async releaseFloatingIp(ip) {
      const { api } = await ready();
      const gone = async (): Promise<FloatingIp | undefined> => {
        const found = await api.showPublicIp(ip.id);
        if (found === undefined) return ip;
        settled(found);
        return undefined;
      };
      const accepted = await orAbsent(
        mutate<FloatingIp>({
          key: 'release',
          request: api.removePublicIp(ip.id),
          via: send,
          read: () => ip,
          standIn: ip,
          async look() {
            const found = await api.showPublicIp(ip.id);
            return found === undefined || found.status === 'REMOVING' ? { is: 'applied', result: ip } : { is: 'not-applied' };
          },
        }),
      );
      await settle({ accepted: accepted ?? ip, check: gone, what: `${addressOf(ip)} to be gone` });
    },

    async *listServers({ name }) {
      for await (const server of (await servers()).listServers(name)) yield serverOf(place, server);
    },

    getServer: async (id) => serverOf(place, await (await servers()).showServer(id)),
  };
};
