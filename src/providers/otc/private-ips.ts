/** Private IPs: reserved addresses of subnets, which are ports without a device. No name, no mark, no list across subnets. */
import { contains } from '../../domain/address.js';
import type { Outcome, PrivateIpQuery, PrivateIpSpec } from '../../domain/driver.js';
import { IpctlError } from '../../domain/errors.js';
import type { PrivateIp } from '../../domain/records.js';
import { collect } from '../../http/pages.js';
import { type AddressOrder, orAbsent, type VirtualOrder } from './api.js';
import type { Cloud } from './association.js';
import { eipAt, explaining, userOf } from './explain.js';
import { asPartial } from './partial.js';
import { holderOf, markedName, refused, servesServer } from './records.js';
import { neverIn, subnetsOf } from './subnets.js';
import { virtualIps } from './virtual-ips.js';
import { type Reserved, readReservedList } from './wire.js';

/** The provider's own limit for one request. */
const CHUNK = 20;
const isAutomatic = ({ address }: AddressOrder): boolean => address === undefined;

/** Looked for by somebody else as well: a failure must not go unheard because nobody awaits it yet. */
function started<T>(work: Promise<T>): Promise<T> {
  work.catch(() => undefined);
  return work;
}

export function privateIps(cloud: Cloud) {
  const { context, access, open, records } = cloud;
  const { place, options, mutate, settle } = context;
  const subnets = subnetsOf({ context, open });
  const explain = explaining({ open });

  const reservedIn = async (id: string): Promise<Reserved[]> => collect((await open()).listReserved(id));

  /** All of a subnet, as records; the names of servers come beside it. */
  async function* list({ subnet, address, serverNames = true }: PrivateIpQuery): AsyncGenerator<PrivateIp, void, undefined> {
    const api = await open();
    const servers = serverNames ? started(collect(api.listServers())) : [];
    const record = async (reserved: Reserved): Promise<PrivateIp> =>
      records.privateIp(reserved, servesServer(reserved) ? holderOf(reserved.id, await servers) : null);
    if (subnet !== undefined) {
      const { id } = await subnets.meant(subnet);
      let empty = true;
      for await (const reserved of api.listReserved(id)) {
        empty = false;
        if (address === undefined || reserved.address === address) yield await record(reserved);
      }
      if (empty) await subnets.requireKnown(subnet, id);
      return;
    }
    const fitting = (await subnets.all()).filter(({ cidr }) => address === undefined || contains(cidr, address));
    for (const reserved of fitting.map(({ id }) => started(reservedIn(id)))) {
      for (const each of await reserved) if (address === undefined || each.address === address) yield await record(each);
    }
  }

  /** One by its address: the server is asked for only when there is one. */
  const find = async (address: string, subnet: string | undefined): Promise<Reserved[]> => {
    const ids =
      subnet === undefined
        ? (await subnets.all()).filter(({ cidr }) => contains(cidr, address)).map(({ id }) => id)
        : [(await subnets.meant(subnet)).id];
    const found = await Promise.all(ids.map(reservedIn));
    return found.flat().filter((reserved) => reserved.address === address);
  };

  const withServer = async (reserved: Reserved): Promise<PrivateIp> => {
    if (!servesServer(reserved)) return records.privateIp(reserved, null);
    const servers = await collect((await open()).listServers({ ip: reserved.address }));
    return records.privateIp(reserved, holderOf(reserved.id, servers));
  };

  /** Private IPs of a subnet that have these addresses. */
  const holders = async (subnet: string, addresses: readonly string[]): Promise<PrivateIp[]> =>
    Promise.all((await reservedIn(subnet)).filter(({ address }) => addresses.includes(address)).map(withServer));

  const bindings = virtualIps(cloud, reservedIn);

  /**
   * A lost answer. A chosen address that is new is ours, and since a request is granted whole, so is the rest of it when just
   * as many are new as were asked for. Automatic addresses alone prove nothing: another machine may have asked as well.
   */
  const lookFor = async (orders: readonly AddressOrder[], before: readonly string[]): Promise<Outcome<readonly Reserved[]>> => {
    const asked = [...new Set(orders.map(({ subnet }) => subnet))];
    const fresh = (await Promise.all(asked.map(reservedIn))).flat().filter(({ id }) => !before.includes(id));
    const chosen = orders.flatMap(({ subnet, address }) => (address === undefined ? [] : [`${subnet} ${address}`]));
    const automatic = orders.length - chosen.length;
    const isChosen = ({ subnet, address }: Reserved): boolean => chosen.includes(`${subnet} ${address}`);
    // What serves something is nobody's fresh reservation.
    const free = fresh.filter(({ owner }) => owner === '');
    const found = free.filter(isChosen);
    const others = free.filter((reserved) => !isChosen(reserved));
    if (found.length < chosen.length || (automatic > 0 && others.length < automatic)) {
      if (found.length === 0 && (chosen.length > 0 || others.length === 0)) return { is: 'not-applied' };
      return { is: 'unknown', candidates: [...found, ...others].map((each) => ({ name: each.address, result: [each] })) };
    }
    if (automatic === 0) return { is: 'applied', result: found };
    if (others.length > automatic) {
      return { is: 'unknown', candidates: others.map((each) => ({ name: each.address, result: [...found, each] })) };
    }
    const all = [...found, ...others];
    if (chosen.length > 0) return { is: 'applied', result: all };
    return { is: 'unknown', candidates: [{ name: all.map(({ address }) => address).join(', '), result: all }] };
  };

  /** One request for up to 20, read in the order asked for: chosen addresses by value, the others as they come. */
  const assign = async (key: string, orders: readonly AddressOrder[]): Promise<PrivateIp[]> => {
    const api = await open();
    const standIn = orders.map(
      ({ subnet, address }): Reserved => ({
        id: '{ip.id}',
        status: 'DOWN',
        subnet,
        project: null,
        owner: '',
        address: address ?? '{ip.address}',
        raw: null,
      }),
    );
    const asked = [...new Set(orders.map(({ subnet }) => subnet))];
    const before = async (): Promise<readonly string[]> => {
      const there = (await Promise.all(asked.map(reservedIn))).flat();
      const taken = there.filter(({ subnet, address }) => orders.some((order) => order.subnet === subnet && order.address === address));
      if (taken.length === 0) return there.map(({ id }) => id);
      const held = await Promise.all(taken.map(withServer));
      throw refused('conflict', held.map((ip) => `${ip.address} is held by ${userOf(ip)} (id ${ip.id})`).join('; '));
    };
    const made = await mutate<readonly Reserved[]>({
      key,
      creates: true,
      // Automatic ones first, as the provider's own example has them.
      request: api.assignAddresses([...orders.filter(isAutomatic), ...orders.filter((order) => !isAutomatic(order))]),
      via: access.vpc,
      read: readReservedList,
      standIn,
      // A chosen address is its own proof.
      ...(orders.every(({ address }) => address !== undefined) ? {} : { before }),
      look: (known) => lookFor(orders, known),
    }).catch(async (thrown: unknown) => {
      throw await explain.creation(thrown, orders, { subnets, holders });
    });
    const chosen = new Set(orders.flatMap(({ address }) => address ?? []));
    const automatic = made.filter(({ address }) => !chosen.has(address));
    const sorted = orders.flatMap(({ address }) => {
      const got = address === undefined ? automatic.shift() : made.find((reserved) => reserved.address === address);
      return got === undefined ? [] : [records.privateIp(got, null)];
    });
    const surplus = made.filter(({ id }) => !sorted.some((ip) => ip.id === id)).map((each) => records.privateIp(each, null));
    if (sorted.length === orders.length && surplus.length === 0) return sorted;
    const missing = [...chosen].filter((address) => !sorted.some((ip) => ip.address === address));
    const what = missing.length === 0 ? '' : `, without ${missing.join(', ')}`;
    throw new IpctlError('partial', `the provider gave ${made.length} of ${orders.length} private IPs${what}`, {
      provider: 'otc',
      exists: [...sorted, ...surplus],
      hint: surplus.length === 0 ? 'those that were made are listed; ask for the rest again' : 'all that were made are listed',
    });
  };

  /** What it would be certain to refuse is refused here, before anything is sent. */
  const ordersOf = async (specs: readonly PrivateIpSpec[]): Promise<VirtualOrder[]> =>
    Promise.all(
      specs.map(async ({ subnet: ref, address, mark }): Promise<VirtualOrder> => {
        if (address?.includes(':') === true) throw refused('usage', `${address}: private IPs are IPv4 here`);
        const { id, known } = await subnets.meant(ref);
        const never = known === undefined || address === undefined ? undefined : neverIn(known, address);
        if (never !== undefined) throw refused('usage', never);
        return { subnet: id, address, name: markedName(mark), neutronSubnet: known?.neutronSubnet ?? undefined };
      }),
    );

  return {
    list,

    async get(ref: { readonly id: string } | { readonly address: string; readonly subnet?: string }): Promise<PrivateIp> {
      if ('id' in ref) return withServer(await (await open()).showReserved(ref.id));
      const [only, ...others] = await find(ref.address, ref.subnet);
      if (only === undefined) throw refused('not-found', `no private IP '${ref.address}' in profile ${place.profile}`);
      if (others.length > 0) {
        const candidates = [only, ...others].map(({ id, subnet }) => `${id} (subnet ${subnet})`).join(', ');
        throw refused(
          'usage',
          `${others.length + 1} subnets hold a private IP ${ref.address}`,
          `name one with --subnet, or use an id: ${candidates}`,
        );
      }
      return withServer(only);
    },

    async create(specs: readonly PrivateIpSpec[]): Promise<readonly PrivateIp[]> {
      if (!options.virtual && options.bind !== undefined) {
        throw refused('usage', '--otc-bind is for virtual IPs', 'make one with --otc-virtual true');
      }
      const orders = await ordersOf(specs);
      if (options.virtual) {
        return bindings.create(orders, (thrown, order) => explain.creation(thrown, [order], { subnets, holders }));
      }
      const made: PrivateIp[] = [];
      for (let start = 0; start < orders.length; start += CHUNK) {
        const key = orders.length <= CHUNK ? 'create' : `create ${start / CHUNK + 1}`;
        try {
          made.push(...(await assign(key, orders.slice(start, start + CHUNK))));
        } catch (thrown) {
          if (made.length === 0) throw thrown;
          const also = thrown instanceof IpctlError ? (thrown.details.exists?.length ?? 0) : 0;
          throw asPartial(`${made.length + also} of ${orders.length} private IPs were made`, made, thrown);
        }
      }
      return made;
    },

    async delete(ip: PrivateIp): Promise<void> {
      if (ip.usedBy === 'virtual') await bindings.unbind(ip);
      const api = await open();
      const gone = async (): Promise<boolean> => (await orAbsent(api.showReserved(ip.id))) === undefined;
      await orAbsent(
        mutate<PrivateIp>({
          key: 'delete',
          request: api.deleteReserved(ip.id),
          via: access.vpc,
          read: () => ip,
          standIn: ip,
          look: async () => ((await gone()) ? { is: 'applied', result: ip } : { is: 'not-applied' }),
        }).catch(async (thrown: unknown) => {
          throw await explain.deletion(thrown, ip, eipAt({ open, records }));
        }),
      );
      await settle({ accepted: ip, check: async () => ((await gone()) ? ip : undefined), what: `${ip.address} to be gone` });
    },
  };
}
