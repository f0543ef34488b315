/** Many floating IPs by one request: a filter of Neutron that is repeated is an OR. */
import type { FloatingIpRef, Together } from '../../domain/driver.js';
import type { FloatingIp, Place } from '../../domain/records.js';
import { type Page, stillThere } from '../../http/pages.js';
import { firstFloatingIps, firstPorts, getFloatingIp, getPort, type Query } from './api.js';
import type { Cloud } from './cloud.js';
import { unlessGone } from './fault.js';
import { floatingIpOf, portAndAddress, serverIn } from './records.js';
import { serverNames } from './servers.js';
import type { WireFloatingIp, WirePort } from './wire.js';

/** Values of one filter: the longest address of a request that results, some 3 kB, is taken by every proxy. */
const VALUES = 64;

const chunks = (values: readonly string[]): (readonly string[])[] =>
  Array.from({ length: Math.ceil(values.length / VALUES) }, (_, index) => values.slice(index * VALUES, (index + 1) * VALUES));

const idsOf = <T extends { readonly id: string }>({ items, next }: Page<T>) => ({ ids: items.map(({ id }) => id), next });
const united = (sets: readonly ReadonlySet<string>[]): ReadonlySet<string> => new Set(sets.flatMap((set) => [...set]));

export function together(place: Place, open: () => Promise<Cloud>): Together {
  const mine = (cloud: Cloud): Query => ({ project_id: cloud.project.id });
  const byFilter = async (cloud: Cloud, name: string, values: readonly string[]): Promise<WireFloatingIp[]> => {
    const pages = await Promise.all(chunks(values).map((some) => firstFloatingIps(cloud, { [name]: some, ...mine(cloud) })));
    // Part of a list does not tell whether an address is there twice.
    return pages.flatMap(({ items, next }) => (next === undefined ? items : []));
  };

  return {
    async getFloatingIps(refs: readonly FloatingIpRef[]): Promise<readonly FloatingIp[]> {
      const cloud = await open();
      const ids = refs.flatMap((ref) => ('id' in ref ? ref.id : []));
      const addresses = refs.flatMap((ref) => ('address' in ref ? ref.address : []));
      const [byId, byAddress] = await Promise.all([byFilter(cloud, 'id', ids), byFilter(cloud, 'floating_ip_address', addresses)]);
      const all = [...new Map([...byId, ...byAddress].map((found) => [found.id, found])).values()];
      // Who stands behind a port, an older cloud tells only of the port itself.
      const told = all.filter(({ port, holder }) => port === null || holder !== undefined);
      const servers = told.map(({ holder }) => (holder === null || holder === undefined ? null : serverIn(holder)));
      const names = servers.every((id) => id === null) ? new Map<string, string | null>() : await serverNames(cloud);
      return told.map((found, index) => {
        const id = servers[index] ?? null;
        return floatingIpOf({ ...place, region: cloud.region }, found, id === null ? null : { id, name: names.get(id) ?? null });
      });
    },

    async floatingIpsLeft(ids) {
      const cloud = await open();
      const left = chunks(ids).map((some) =>
        stillThere(
          some,
          async () => idsOf(await firstFloatingIps(cloud, { id: some })),
          async (id) => (await unlessGone(getFloatingIp(cloud, id))) !== undefined,
        ),
      );
      return united(await Promise.all(left));
    },

    async privateIpsLeft(ids) {
      const cloud = await open();
      const wanted = ids.map((id) => ({ id, ...portAndAddress(id) }));
      const ports = new Map<string, WirePort>();
      const keep = (found: readonly WirePort[]): void => {
        for (const port of found) ports.set(port.id, port);
      };
      const left = chunks([...new Set(wanted.map(({ port }) => port))]).map((some) =>
        stillThere(
          some,
          async () => {
            const page = await firstPorts(cloud, { id: some });
            keep(page.items);
            return idsOf(page);
          },
          async (id) => {
            const found = await unlessGone(getPort(cloud, id));
            if (found !== undefined) keep([found]);
            return found !== undefined;
          },
        ),
      );
      const there = united(await Promise.all(left));
      // A port stays where it has other addresses; its last one goes with it, and is named by the port alone.
      const isLeft = ({ port, address }: (typeof wanted)[number]): boolean =>
        there.has(port) && (address === undefined || ports.get(port)?.fixedIps.some((fixed) => fixed.address === address) === true);
      return new Set(wanted.filter(isLeft).map(({ id }) => id));
    },
  };
}
