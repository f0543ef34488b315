/** Floating IPs of Nova's own API: bound to servers, without marks or revisions. */
import { parseAddress } from '../../../domain/address.js';
import type { Connect } from '../../../domain/driver.js';
import { IpctlError, type Kind } from '../../../domain/errors.js';
import type { FloatingIp } from '../../../domain/records.js';
import { direct } from '../../../http/direct.js';
import { computeOf } from '../api.js';
import { type Cloud, openCloud } from '../cloud.js';
import { unlessGone } from '../fault.js';
import { serverNames as namesOf, serverVerbs, serviceOf } from '../servers.js';
import { allocateFloatingIp, fault, getFloatingIp, listFloatingIps, listPools, releaseFloatingIp } from './api.js';
import { holding } from './holding.js';
import type { nova } from './manifest.js';
import { addressOf, NOBODY_KNOWN, records } from './records.js';
import { type LegacyIp, readFloatingIp } from './wire.js';

export const connect: Connect<typeof nova> = (context) => {
  const { place, options, mutate, settle } = context;
  const open = openCloud(context, { fault, service: 'compute' });
  const to = records(place);
  const { absent, associate, disassociate, move, now, unlessTaken } = holding(context, to);
  const refused = (kind: Kind, message: string, hint?: string): IpctlError =>
    new IpctlError(kind, message, { provider: place.provider, fate: 'not-sent', hint });
  const portless = (): IpctlError => refused('unsupported', 'Nova puts addresses on servers, not on ports');

  /** Nova's own default is a name that need not be there: the only pool is taken, of several one must be chosen. */
  const onlyPool = async (cloud: Cloud): Promise<string> => {
    const [only, ...others] = await listPools(cloud);
    if (only === undefined) throw refused('limit', 'there is no pool to draw an address from');
    if (others.length > 0) throw refused('usage', 'there are several pools: choose one with --pool', [only, ...others].join(', '));
    return only;
  };

  return {
    ...direct(context, { compute: serviceOf(open, computeOf) }),
    ...serverVerbs(place, open),

    async *listFloatingIps({ address, server, version, serverNames }) {
      const cloud = await open();
      const all = serverNames && server === undefined;
      const names = all ? namesOf(cloud) : new Map(server === undefined ? [] : [[server.id, server.name]]);
      for (const found of await listFloatingIps(cloud)) {
        if (address !== undefined && found.address !== address) continue;
        if (version !== undefined && found.version !== version) continue;
        yield to.floatingIp(cloud, found, found.device === null ? NOBODY_KNOWN : { names: await names, all });
      }
    },

    async getFloatingIp(ref) {
      const cloud = await open();
      if ('id' in ref) {
        const found = await unlessGone(getFloatingIp(cloud, ref.id));
        if (found === undefined) throw absent(ref.id);
        return to.resolved(cloud, found);
      }
      const address = parseAddress(ref.address)?.text ?? ref.address;
      const [found, ...others] = (await listFloatingIps(cloud)).filter((ip) => ip.address === address);
      if (found === undefined) throw absent(address);
      if (others.length > 0) {
        const ids = [found, ...others].map(({ id }) => id).join(', ');
        throw refused('usage', `${others.length + 1} floating IPs have the address ${address}, of pools that overlap`, `use an id: ${ids}`);
      }
      return to.resolved(cloud, found);
    },

    async allocateFloatingIp({ pool, ports }) {
      if (ports.length > 0) throw portless();
      const cloud = await open();
      const from = pool ?? options.pool ?? (await onlyPool(cloud));
      const fresh = (found: LegacyIp): FloatingIp => to.floatingIp(cloud, found, NOBODY_KNOWN);
      return mutate<FloatingIp>({
        key: 'allocate',
        creates: true,
        request: allocateFloatingIp(cloud, from),
        via: cloud.send,
        read: (reply) => fresh(readFloatingIp(reply)),
        standIn: fresh({
          id: '{ip.id}',
          address: '{ip.address}',
          version: 4,
          device: null,
          fixedAddress: null,
          pool: from,
          raw: null,
        }),
        before: async () => (await listFloatingIps(cloud)).map(({ id }) => id),
        async look(before) {
          const since = (await listFloatingIps(cloud)).filter(({ id }) => !before.includes(id));
          if (since.length === 0) return { is: 'not-applied' };
          return { is: 'unknown', candidates: since.map((found) => ({ name: found.address, result: fresh(found) })) };
        },
      });
    },

    async associateFloatingIp(ip, { servers: [server], privateAddress }) {
      if (server === undefined) throw portless();
      return associate(await open(), ip, { server: { id: server.id, name: server.name }, privateAddress });
    },

    async disassociateFloatingIp(ip, from) {
      const server = from[0]?.server ?? null;
      return server === null ? ip : disassociate(await open(), ip, server);
    },

    async moveFloatingIp(ip, { servers: [server], privateAddress }) {
      const [held] = ip.associations;
      const holder = held?.server ?? null;
      if (server === undefined || holder === null) throw portless();
      const was = { server: holder, privateAddress: held?.privateAddress ?? undefined };
      return move(await open(), ip, was, { server: { id: server.id, name: server.name }, privateAddress });
    },

    async releaseFloatingIp(ip) {
      const cloud = await open();
      const gone = async (): Promise<boolean> => (await now(cloud, ip)) === undefined;
      await mutate<FloatingIp>({
        key: 'release',
        request: releaseFloatingIp(cloud, ip.id),
        via: unlessTaken(cloud, ip),
        read: () => ip,
        standIn: ip,
        look: async () => ((await gone()) ? { is: 'applied', result: ip } : { is: 'not-applied' }),
      });
      await settle({ accepted: ip, what: `${addressOf(ip)} to be gone`, gone: true, check: async () => ((await gone()) ? ip : undefined) });
    },

    // This list knows no pages: what it lacks is gone.
    async floatingIpsLeft(ids) {
      const there = new Set((await listFloatingIps(await open())).map(({ id }) => id));
      return new Set(ids.filter((id) => there.has(id)));
    },
  };
};
