/** Private IPs: reserved addresses of subnets, which are ports without a device. No name, no mark, no list across subnets. */
import { contains } from '../../domain/address.js';
import type { Outcome, PrivateIpQuery, PrivateIpSpec } from '../../domain/driver.js';
import { IpctlError } from '../../domain/errors.js';
import type { PrivateIp } from '../../domain/records.js';
import { collect } from '../../http/pages.js';
import { once } from './access.js';
import { type AddressOrder, orAbsent } from './api.js';
import type { Cloud } from './association.js';
import { holderOf, refused, servesServer } from './records.js';
import { type Reserved, readReservedList, type WireSubnet } from './wire.js';

/** The provider's own limit for one request. */
const CHUNK = 20;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

const described = ({ id, name, vpc, cidr }: WireSubnet): string => `${id} (${name ?? 'unnamed'}, VPC ${vpc ?? 'none'}, ${cidr})`;

/** Looked for by somebody else as well: a failure must not go unheard because nobody awaits it yet. */
function started<T>(work: Promise<T>): Promise<T> {
  work.catch(() => undefined);
  return work;
}

export function privateIps({ context: { place, mutate, settle }, access, open, records }: Cloud) {
  const subnets = once(async (): Promise<WireSubnet[]> => collect((await open()).listSubnets()));

  const noSubnet = (ref: string): IpctlError => refused('not-found', `no subnet '${ref}' in profile ${place.profile}`, 'ipctl subnet list');

  /** A name is looked up; an id costs no request, since a wrong one shows in the reply. */
  const subnetId = async (ref: string): Promise<string> => {
    if (UUID.test(ref)) return ref;
    const named = (await subnets()).filter(({ name }) => name === ref);
    const [only, ...others] = named;
    if (only === undefined) throw noSubnet(ref);
    if (others.length > 0)
      throw refused('usage', `${named.length} subnets are named '${ref}'`, `use an id: ${named.map(described).join(', ')}`);
    return only.id;
  };

  /** The list of an unknown subnet is empty, and so is that of a Neutron subnet's id, the other id of the same thing. */
  const requireKnown = async (ref: string, id: string): Promise<void> => {
    const all = await subnets();
    if (all.some((subnet) => subnet.id === id)) return;
    const meant = all.find(({ neutronSubnet }) => neutronSubnet === id);
    throw meant === undefined
      ? noSubnet(ref)
      : refused('usage', `'${ref}' is the Neutron subnet id`, `use the network id: ${described(meant)}`);
  };

  const reservedIn = async (id: string): Promise<Reserved[]> => collect((await open()).listReserved(id));

  /** All of a subnet, as records; the names of servers come beside it. */
  async function* list({ subnet, address }: PrivateIpQuery): AsyncGenerator<PrivateIp, void, undefined> {
    const api = await open();
    const servers = started(collect(api.listServers()));
    const record = async (reserved: Reserved): Promise<PrivateIp> =>
      records.privateIp(reserved, servesServer(reserved) ? holderOf(reserved.id, await servers) : null);
    if (subnet !== undefined) {
      const id = await subnetId(subnet);
      let empty = true;
      for await (const reserved of api.listReserved(id)) {
        empty = false;
        if (address === undefined || reserved.address === address) yield await record(reserved);
      }
      if (empty) await requireKnown(subnet, id);
      return;
    }
    const fitting = (await subnets()).filter(({ cidr }) => address === undefined || contains(cidr, address));
    for (const reserved of fitting.map(({ id }) => started(reservedIn(id)))) {
      for (const each of await reserved) if (address === undefined || each.address === address) yield await record(each);
    }
  }

  /** One by its address: the server is asked for only when there is one. */
  const find = async (address: string, subnet: string | undefined): Promise<Reserved[]> => {
    const ids =
      subnet === undefined ? (await subnets()).filter(({ cidr }) => contains(cidr, address)).map(({ id }) => id) : [await subnetId(subnet)];
    const found = await Promise.all(ids.map(reservedIn));
    return found.flat().filter((reserved) => reserved.address === address);
  };

  const withServer = async (reserved: Reserved): Promise<PrivateIp> => {
    if (!servesServer(reserved)) return records.privateIp(reserved, null);
    const servers = await collect((await open()).listServers({ ip: reserved.address }));
    return records.privateIp(reserved, holderOf(reserved.id, servers));
  };

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
    const before = async (): Promise<readonly string[]> => (await Promise.all(asked.map(reservedIn))).flat().map(({ id }) => id);
    const made = await mutate<readonly Reserved[]>({
      key,
      creates: true,
      request: api.assignAddresses(orders),
      via: access.vpc,
      read: readReservedList,
      standIn,
      // A chosen address is its own proof.
      ...(orders.every(({ address }) => address !== undefined) ? {} : { before }),
      look: (known) => lookFor(orders, known),
    });
    const chosen = new Set(orders.flatMap(({ address }) => address ?? []));
    const automatic = made.filter(({ address }) => !chosen.has(address));
    const sorted = orders.flatMap(({ address }) => {
      const got = address === undefined ? automatic.shift() : made.find((reserved) => reserved.address === address);
      return got === undefined ? [] : [records.privateIp(got, null)];
    });
    if (sorted.length === orders.length) return sorted;
    const missing = [...chosen].filter((address) => !sorted.some((ip) => ip.address === address));
    const what = missing.length === 0 ? '' : `, without ${missing.join(', ')}`;
    throw new IpctlError('partial', `the provider gave ${sorted.length} of ${orders.length} private IPs${what}`, {
      provider: 'otc',
      exists: sorted,
      hint: 'those that were made are listed; ask for the rest again',
    });
  };

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
      const orders = await Promise.all(
        specs.map(async ({ subnet, address }): Promise<AddressOrder> => ({ subnet: await subnetId(subnet), address })),
      );
      const made: PrivateIp[] = [];
      for (let start = 0; start < orders.length; start += CHUNK) {
        const key = orders.length <= CHUNK ? 'create' : `create ${start / CHUNK + 1}`;
        try {
          made.push(...(await assign(key, orders.slice(start, start + CHUNK))));
        } catch (thrown) {
          if (made.length === 0 || !(thrown instanceof IpctlError) || thrown.kind === 'signal') throw thrown;
          const exists = [...made, ...(thrown.details.exists ?? [])];
          throw new IpctlError('partial', `${exists.length} of ${orders.length} private IPs were made, but then: ${thrown.message}`, {
            ...thrown.details,
            exists,
            errors: [thrown],
            cause: thrown,
          });
        }
      }
      return made;
    },

    async delete(ip: PrivateIp): Promise<void> {
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
        }),
      );
      await settle({ accepted: ip, check: async () => ((await gone()) ? ip : undefined), what: `${ip.address} to be gone` });
    },
  };
}
