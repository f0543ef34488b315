/**
 * Virtual IPs (https://docs.otc.t-systems.com/virtual-private-cloud/umn/virtual_ip_address/): ports that no device owns, made
 * by the ports API, since the private IP API makes none on this cloud. Bound to a server by two lists: the virtual IP's names
 * the address of the server's interface, the interface's own switches off the check of source and destination.
 */
import { IpctlError } from '../../domain/errors.js';
import type { PrivateIp } from '../../domain/records.js';
import { collect } from '../../http/pages.js';
import { orAbsent, VIRTUAL, type VirtualOrder } from './api.js';
import type { Cloud } from './association.js';
import { eipAt } from './explain.js';
import { asPartial } from './partial.js';
import { holderOf, refused } from './records.js';
import { UUID } from './subnets.js';
import { type Port, type Reserved, readPort } from './wire.js';

/** What the interface of a bound server lists: any address may pass. `0.0.0.0/0`, which says the same, is refused. */
const ANY = '1.1.1.1/0';
/** What a dry run calls the port that it has not made. */
const UNMADE = '{ip.id}';

/** An interface that the virtual IP is to be bound to. */
interface Nic {
  readonly port: Port;
  readonly address: string;
  /** As the user called it. */
  readonly name: string;
}

type Explain = (thrown: unknown, order: VirtualOrder) => Promise<unknown>;

const lists = ({ pairs }: Port, address: string): boolean => pairs.some((pair) => pair.address === address);
const letsAll = ({ pairs }: Port): boolean => pairs.some(({ address }) => address.endsWith('/0'));

export function virtualIps(
  { context: { place, options, mutate, settle }, access, open, records }: Cloud,
  reservedIn: (subnet: string) => Promise<readonly Reserved[]>,
) {
  const recordOf = (port: Port, subnet: string): PrivateIp => {
    const [address] = port.addresses;
    if (address === undefined) throw new IpctlError('defect', `port ${port.id} has no address`, { provider: 'otc', fate: 'unknown' });
    const { id, status, project, raw } = port;
    return records.privateIp({ id, status, subnet: port.network ?? subnet, project, owner: VIRTUAL, address, raw }, null);
  };

  const portsOf = async (ref: string): Promise<readonly Port[]> => {
    const api = await open();
    if (UUID.test(ref)) {
      const ofServer = await api.listPorts({ device_id: ref });
      const ports = ofServer.length > 0 ? ofServer : await api.listPorts({ id: ref });
      if (ports.length === 0) throw refused('not-found', `no server or port '${ref}' in profile ${place.profile}`);
      return ports;
    }
    // Their filter matches parts.
    const named = (await collect(api.listServers({ name: ref }))).filter(({ name }) => name === ref);
    const [only, ...others] = named;
    if (only === undefined) throw refused('not-found', `no server '${ref}' in profile ${place.profile}`, 'ipctl server list');
    if (others.length > 0)
      throw refused('usage', `${named.length} servers are named '${ref}'`, `use an id: ${named.map(({ id }) => id).join(', ')}`);
    return api.listPorts({ device_id: only.id });
  };

  /** The interface of `ref` in the subnet: addresses of another one do not reach it. */
  const nicOf = async (ref: string, subnet: string): Promise<Nic> => {
    const ports = (await portsOf(ref)).filter(({ network }) => network === subnet);
    const [only, ...others] = ports;
    const port = ports.find(({ primary }) => primary) ?? (others.length === 0 ? only : undefined);
    if (only === undefined) throw refused('conflict', `${ref} has no interface in subnet ${subnet}`);
    if (port === undefined) {
      const candidates = ports.map(({ id, addresses }) => `${id} (${addresses.join(', ')})`).join(', ');
      throw refused('usage', `${ref} has ${ports.length} interfaces in subnet ${subnet}`, `name one by its port: ${candidates}`);
    }
    const [address] = port.addresses;
    if (address === undefined) throw refused('conflict', `port ${port.id} of ${ref} has no address`);
    return { port, address, name: ref };
  };

  /** Once each, by their ports. */
  const nicsOf = async (subnet: string): Promise<readonly Nic[]> => {
    const refs = options.bind === undefined ? [] : options.bind.split(',').map((ref) => ref.trim());
    if (refs.includes('')) throw refused('usage', `--otc-bind names nothing between its commas: '${options.bind}'`);
    const nics = new Map<string, Nic>();
    for (const ref of refs) {
      const nic = await nicOf(ref, subnet);
      if (!nics.has(nic.port.id)) nics.set(nic.port.id, nic);
    }
    return [...nics.values()];
  };

  const make = async (key: string, order: VirtualOrder): Promise<Port> => {
    const api = await open();
    return mutate<Port>({
      key,
      creates: true,
      request: api.createVirtual(order),
      via: access.vpc,
      read: readPort,
      standIn: {
        id: UNMADE,
        status: 'DOWN',
        network: order.subnet,
        project: null,
        owner: VIRTUAL,
        addresses: [order.address ?? '{ip.address}'],
        primary: false,
        pairs: [],
        raw: null,
      },
      async look() {
        // The name is our mark; a list may hold more than was asked for.
        const [found] = (await api.listPorts({ name: order.name })).filter(({ raw }) => (raw as { name?: unknown }).name === order.name);
        return found === undefined ? { is: 'not-applied' } : { is: 'applied', result: found };
      },
    });
  };

  /** Read, changed, written: the list is replaced as a whole, and somebody else may have bound a server meanwhile. */
  const bind = async (vip: Port, record: PrivateIp, { name, address }: Nic, key: string): Promise<void> => {
    const api = await open();
    const now = vip.id === UNMADE ? vip : await api.showPort(vip.id);
    const pairs = [...now.pairs.filter((pair) => pair.address !== address), { address, mac: null }];
    const bound = await mutate<Port>({
      key,
      request: api.setPairs(vip.id, pairs),
      via: access.vpc,
      read: readPort,
      standIn: { ...now, pairs },
      async look() {
        const found = await api.showPort(vip.id);
        return lists(found, address) ? { is: 'applied', result: found } : { is: 'not-applied' };
      },
    });
    if (lists(bound, address)) return;
    await settle({
      accepted: record,
      check: async () => (lists(await api.showPort(vip.id), address) ? record : undefined),
      what: `${record.address} to be bound to ${name}`,
    });
  };

  const letPass = async ({ port, name }: Nic): Promise<void> => {
    const api = await open();
    const pairs = [...port.pairs, { address: ANY, mac: null }];
    await mutate<Port>({
      key: `let ${name} pass it`,
      request: api.setPairs(port.id, pairs),
      via: access.vpc,
      read: readPort,
      standIn: { ...port, pairs },
      async look() {
        const found = await api.showPort(port.id);
        return letsAll(found) ? { is: 'applied', result: found } : { is: 'not-applied' };
      },
    });
  };

  /** Servers behind the addresses that a virtual IP lists, by name where they have one. */
  const boundTo = async ({ subnet }: PrivateIp, { pairs }: Port): Promise<string> => {
    const api = await open();
    const [reserved, servers] = await Promise.all([subnet === null ? [] : reservedIn(subnet), collect(api.listServers())]);
    const nameOf = (address: string): string => {
      const server = holderOf(reserved.find((each) => each.address === address)?.id ?? null, servers);
      return server === null ? address : (server.name ?? server.id);
    };
    return pairs.map(({ address }) => nameOf(address)).join(' and ');
  };

  return {
    /** One request each, and two for each server; in a row, so that a failure leaves as little as can be. */
    async create(orders: readonly VirtualOrder[], explain: Explain): Promise<readonly PrivateIp[]> {
      const [first] = orders;
      const nics = first === undefined ? [] : await nicsOf(first.subnet);
      const passing = new Set(nics.filter(({ port }) => letsAll(port)).map(({ port }) => port.id));
      const made: PrivateIp[] = [];
      let complete = 0;
      const one = async (order: VirtualOrder, nth: string): Promise<void> => {
        const vip = await make(`create${nth}`, order).catch(async (thrown: unknown) => {
          throw await explain(thrown, order);
        });
        const record = recordOf(vip, order.subnet);
        made.push(record);
        if (order.address !== undefined && record.address !== order.address) {
          throw new IpctlError('partial', `asked for ${order.address}, the provider gave ${record.address}`, { provider: 'otc' });
        }
        for (const nic of nics) {
          await bind(vip, record, nic, `bind${nth} to ${nic.name}`);
          if (passing.has(nic.port.id)) continue;
          await letPass(nic);
          passing.add(nic.port.id);
        }
        complete += 1;
      };
      for (const [index, order] of orders.entries()) {
        try {
          await one(order, orders.length === 1 ? '' : ` ${index + 1}`);
        } catch (thrown) {
          const [last] = made.slice(-1);
          if (last === undefined) throw thrown;
          const whom = nics.map(({ name }) => name).join(' and ');
          const done = `${made.length} of ${orders.length} virtual IPs ${made.length === 1 ? 'is' : 'are'} made${whom === '' || complete === made.length ? '' : `, not all bound to ${whom}`}`;
          // What was refused to be made is not asked for again; what was refused to be bound is.
          const on = complete < made.length ? 'ipctl operation resume goes on with it' : 'ask for the rest again';
          const hint = `${on}; the way back: ipctl privateip delete ${last.address} --otc-unbind true`;
          throw asPartial(done, made, thrown, hint);
        }
      }
      return made;
    },

    /** `conflict` while it carries an EIP, or servers are bound to it and nobody said that they may lose it. */
    async unbind(ip: PrivateIp): Promise<void> {
      const api = await open();
      const port = await orAbsent(api.showPort(ip.id));
      const eip = await eipAt({ open, records })(ip.id);
      if (eip !== undefined) {
        const floating = eip.address ?? eip.id;
        throw refused('conflict', `${ip.address} carries ${floating}`, `ipctl ip disassociate ${floating}`);
      }
      if (port === undefined || port.pairs.length === 0) return;
      if (!options.unbind) {
        throw refused('conflict', `${ip.address} is bound to ${await boundTo(ip, port)}`, '--otc-unbind true takes it from them first');
      }
      // The interfaces stay as they are: other virtual IPs may need what they let pass.
      await mutate<Port>({
        key: 'unbind',
        request: api.setPairs(port.id, []),
        via: access.vpc,
        read: readPort,
        standIn: { ...port, pairs: [] },
        async look() {
          const found = await orAbsent(api.showPort(port.id));
          return found === undefined || found.pairs.length === 0 ? { is: 'applied', result: found ?? port } : { is: 'not-applied' };
        },
      });
    },
  };
}
