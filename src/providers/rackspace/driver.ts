/**
 * Rackspace shared addresses: made for the ports of two servers or more, then opened server by server. Calls are final
 * when answered, and none carries a mark: a lost answer is judged by what was there before and by whose ports are linked.
 */
import { parseAddress } from '../../domain/address.js';
import type { Connect, Service } from '../../domain/driver.js';
import { IpctlError } from '../../domain/errors.js';
import type { FloatingIp } from '../../domain/records.js';
import { direct } from '../../http/direct.js';
import { type Api, rackspaceApi } from './api.js';
import { addressOf, associating, isKind } from './associating.js';
import { servicesOf } from './catalog.js';
import { fault } from './fault.js';
import { type LinkTarget, linkTargets, nameOfServer, networkId, requireBuilt, requireOneZone, sharingPorts } from './links.js';
import { lookups } from './lookups.js';
import type { rackspace } from './manifest.js';
import { parsePortChange, portsAfter } from './port-change.js';
import { privateIpVerbs } from './private-ips.js';
import { associated, associationOf, floatingIpOf, isIsolated, networkOf, serverOf, subnetOf, type Where } from './records.js';
import { listed, refuse } from './refusals.js';
import { enter } from './session.js';
import { type Names, readOthers, readShared } from './sharing.js';
import { type RackspaceIp, readOneIp } from './wire.js';

export const connect: Connect<typeof rackspace> = (context) => {
  const { place, options, mutate, settle } = context;
  const { session, send } = enter(context, fault);
  const portChange = options.ports === undefined ? undefined : parsePortChange(options.ports);

  const services = async () => servicesOf(await session.current(), options.region);
  const serviceAt = (name: 'networks' | 'servers') => async (): Promise<Service> => {
    const found = await services();
    return { base: found[name], send, project: found.tenant, tokenExpiresAt: new Date((await session.current()).expiresAt) };
  };
  const ready = async (): Promise<{ readonly api: Api; readonly where: Where }> => {
    const found = await services();
    return { api: rackspaceApi(found, send), where: { place, region: found.region } };
  };

  const known = lookups(async () => (await ready()).api);
  const { names } = known;
  const { current, holding, setPorts, shareWith, open, shut } = associating({ ready, options, lookups: known, send, mutate });

  return {
    ...direct(context, { network: serviceAt('networks'), compute: serviceAt('servers') }),

    async account() {
      const [{ tenant, user }, { region, tenant: id }] = await Promise.all([session.current(), services()]);
      return { id, name: tenant?.name ?? null, user: user.name, project: id, region };
    },

    async *listFloatingIps({ address, server, version, kind = 'shared', serverNames }) {
      const { api, where } = await ready();
      const filter = { address, version, device_id: server?.id };
      const named = serverNames ? names : async (): Promise<Names> => new Map();
      if (kind === 'shared') yield* await readShared(api, where, filter, named);
      if (kind === 'fixed') yield* await readOthers(api, where, { ...filter, type: 'fixed' }, named);
    },

    async getFloatingIp(ref) {
      const { api, where } = await ready();
      const filter = 'id' in ref ? { id: ref.id } : { address: parseAddress(ref.address)?.text ?? ref.address };
      const found = (await readShared(api, where, filter, names))[0] ?? (await readOthers(api, where, filter, names))[0];
      if (found !== undefined) return found;
      const text = 'id' in ref ? ref.id : ref.address;
      throw new IpctlError('not-found', `no floating IP '${text}' in profile ${place.profile}`, { provider: place.provider });
    },

    async allocateFloatingIp(spec) {
      const { servers, address } = spec;
      if (new Set([...servers.map(({ id }) => id), ...spec.ports]).size < 2) {
        throw refuse('usage', 'an address is shared by two servers or more', 'name them: --server A --server B, or --port P --port Q');
      }
      requireBuilt(servers);
      const network = await networkId(async () => (await ready()).api, spec.network ?? options.network);
      if (address !== undefined && !isIsolated(network)) {
        throw refuse('unsupported', 'PublicNet addresses cannot be chosen', 'leave --address out; isolated networks take one');
      }
      requireOneZone(network, servers);
      const { api, where } = await ready();
      const wanted = await sharingPorts(spec, network, known);
      if (wanted.length < 2) throw refuse('usage', `these are all one port, ${wanted.join()}: an address is shared by two or more`);
      const version = (address === undefined ? undefined : parseAddress(address)?.version) ?? spec.version;
      const shared = (): Promise<RackspaceIp[]> => api.listIps({ type: 'shared' });
      const standIn: RackspaceIp = {
        id: '{ip.id}',
        address: address ?? '{ip.address}',
        version,
        type: 'shared',
        network,
        subnet: null,
        tenant: null,
        ports: wanted,
        raw: null,
      };
      return mutate<FloatingIp>({
        key: 'allocate',
        creates: true,
        request: api.provision({ network, version, ports: wanted, address }),
        via: send,
        read: (reply) => floatingIpOf(where, readOneIp(reply), []),
        standIn: floatingIpOf(where, standIn, []),
        before: async () => (await shared()).map(({ id }) => id),
        async look(before) {
          const fresh = (await shared()).filter(
            (ip) => !before.includes(ip.id) && ip.type === 'shared' && wanted.every((port) => ip.ports.includes(port)),
          );
          const chosen = fresh.find((ip) => ip.address === address);
          if (chosen !== undefined) return { is: 'applied', result: floatingIpOf(where, chosen, []) };
          if (fresh.length === 0 || address !== undefined) return { is: 'not-applied' };
          return { is: 'unknown', candidates: fresh.map((ip) => ({ name: ip.address, result: floatingIpOf(where, ip, []) })) };
        },
      });
    },

    async associateFloatingIp(ip, spec) {
      requireBuilt(spec.servers);
      const { api } = await ready();
      const targets = await linkTargets(ip, spec, known);
      const sharing = await shareWith(api, ip, targets);
      const others = ip.associations.filter(({ server }) => !targets.some((target) => target.server.id === server?.id));
      const heldBy = (some: readonly LinkTarget[]): FloatingIp =>
        associated(sharing, [...others, ...some.map(({ server, port }) => associationOf(server, port))]);
      for (const [done, target] of targets.entries()) {
        await open(api, sharing, target).catch((thrown: unknown) => {
          if (!(thrown instanceof IpctlError) || done === 0) throw thrown;
          throw thrown.with({ exists: [heldBy(targets.slice(0, done))] });
        });
      }
      const accepted = heldBy(targets);
      return settle({
        accepted,
        async check() {
          const lists = await Promise.all(targets.map(({ server }) => api.listAssociations(server.id)));
          return lists.every((ids) => ids.includes(ip.id)) ? accepted : undefined;
        },
        what: `${listed(targets.map(({ server }) => nameOfServer(server)))} to hold ${addressOf(ip)}`,
      });
    },

    async disassociateFloatingIp(ip, from) {
      const { api } = await ready();
      const servers = from.map(({ server, port }) => {
        if (server === null) throw refuse('conflict', `${addressOf(ip)} is held by port ${port ?? ''}, which belongs to no server`);
        return server;
      });
      for (const server of servers) await shut(api, ip, server);
      const left = ip.associations.filter((association) => !servers.some(({ id }) => id === association.server?.id));
      const accepted = associated(ip, left);
      return settle({
        accepted,
        async check() {
          const lists = await Promise.all(servers.map(({ id }) => api.listAssociations(id)));
          if (lists.every((ids) => !ids.includes(ip.id))) return accepted;
          // A server's list may name what another one holds; only a holder told for certain contradicts the answer we got.
          const now = await current(ip);
          return servers.some((server) => holding(now, server)?.certain === true) ? undefined : accepted;
        },
        what: `${addressOf(ip)} to leave ${listed(servers.map(nameOfServer))}`,
      });
    },

    async updateFloatingIp(ip) {
      if (ip.kind !== 'shared') throw refuse('unsupported', `${addressOf(ip)} is part of its server: no other port can share it`);
      const planned = portChange === undefined ? ip.ports : await portsAfter(ip, portChange, known);
      if (planned.length === ip.ports.length && planned.every((port) => ip.ports.includes(port))) return ip;
      return setPorts((await ready()).api, ip, 'change ports', planned);
    },

    async releaseFloatingIp(ip) {
      const { api } = await ready();
      const gone = async (): Promise<FloatingIp | undefined> => ((await api.showIp(ip.id)) === undefined ? ip : undefined);
      const accepted = await mutate<FloatingIp>({
        key: 'release',
        request: api.release(ip.id),
        via: send,
        read: () => ip,
        standIn: ip,
        look: async () => ((await gone()) === undefined ? { is: 'not-applied' } : { is: 'applied', result: ip }),
      }).catch((thrown: unknown) => {
        if (!isKind(thrown, 'not-found')) throw thrown;
        return ip;
      });
      await settle({ accepted, check: gone, what: `${addressOf(ip)} to be gone`, gone: true });
    },

    // This list knows no pages: what it lacks is gone.
    async floatingIpsLeft(ids) {
      const there = new Set((await (await ready()).api.listIps({})).map(({ id }) => id));
      return new Set(ids.filter((id) => there.has(id)));
    },

    ...privateIpVerbs({ ready, names, send, mutate, settle }),

    async *listServers({ name }) {
      const { api } = await ready();
      for await (const server of api.listServers(name)) yield serverOf(place, server);
    },

    getServer: async (id) => serverOf(place, await (await ready()).api.showServer(id)),

    async *listNetworks() {
      const { api } = await ready();
      for await (const network of api.listNetworks()) yield networkOf(place, network);
    },

    async *listSubnets() {
      const { api } = await ready();
      for await (const subnet of api.listSubnets()) yield subnetOf(place, subnet);
    },
  };
};
