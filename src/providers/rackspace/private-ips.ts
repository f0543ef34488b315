/** Private IPs: addresses of ports on isolated networks. A port without a server is how an address is kept for oneself. */
import { parseAddress } from '../../domain/address.js';
import type { Context, Operations, PrivateIpSpec } from '../../domain/driver.js';
import { IpctlError } from '../../domain/errors.js';
import type { Send } from '../../domain/exchange.js';
import type { OptionSet } from '../../domain/option.js';
import type { PrivateIp } from '../../domain/records.js';
import { fields } from '../../http/fields.js';
import { collect } from '../../http/pages.js';
import type { Api } from './api.js';
import { isIsolated, nameFor, privateIpsOf, type Where } from './records.js';
import { refuse } from './refusals.js';
import type { Names } from './sharing.js';
import { type RackspacePort, type RackspaceSubnet, readOnePort, readPortFields } from './wire.js';

export interface PrivateIpParts {
  readonly ready: () => Promise<{ readonly api: Api; readonly where: Where }>;
  readonly names: () => Promise<Names>;
  readonly send: Send;
  readonly mutate: Context<OptionSet>['mutate'];
  readonly settle: Context<OptionSet>['settle'];
}

type PrivateIpVerbs = Pick<Operations, 'listPrivateIps' | 'getPrivateIp' | 'createPrivateIps' | 'deletePrivateIp'>;

const NO_NAMES: Names = new Map();

export function privateIpVerbs({ ready, names, send, mutate, settle }: PrivateIpParts): PrivateIpVerbs {
  /** By id or exact name, each asked for once however many addresses are wanted of it. */
  const subnetNamed = (subnets: readonly RackspaceSubnet[], ref: string): RackspaceSubnet => {
    const byId = subnets.find(({ id }) => id === ref);
    const byName = subnets.filter(({ name }) => name === ref);
    const found = byId ?? byName[0];
    if (found === undefined) throw refuse('not-found', `no subnet '${ref}'`, 'ipctl subnet list shows them');
    if (byId === undefined && byName.length > 1) {
      throw refuse('usage', `${byName.length} subnets are named '${ref}'`, `use an id: ${byName.map(({ id }) => id).join(', ')}`);
    }
    return found;
  };

  const find = async (subnet: string | undefined, address: string | undefined, serverNames = true): Promise<PrivateIp[]> => {
    const { api, where } = await ready();
    const [ports, known, subnets] = await Promise.all([
      collect(api.listPorts({})),
      serverNames ? names() : NO_NAMES,
      subnet === undefined ? undefined : collect(api.listSubnets()),
    ]);
    const within = subnet === undefined || subnets === undefined ? undefined : subnetNamed(subnets, subnet).id;
    return ports
      .filter(({ network }) => isIsolated(network))
      .flatMap((port) => privateIpsOf(where, port, known))
      .filter((ip) => (within === undefined || ip.subnet === within) && (address === undefined || ip.address === address));
  };

  const absent = (text: string): IpctlError =>
    new IpctlError('not-found', `no private IP '${text}' on an isolated network`, { provider: 'rackspace' });

  const create = async (
    api: Api,
    where: Where,
    { id: subnet, network, version }: RackspaceSubnet,
    spec: PrivateIpSpec,
  ): Promise<PrivateIp> => {
    const name = spec.name ?? nameFor(spec.mark);
    const made = (port: RackspacePort): PrivateIp => {
      const [first] = privateIpsOf(where, port, NO_NAMES);
      if (first === undefined)
        throw new IpctlError('defect', "the provider's reply is broken: port.fixed_ips is empty", { fate: 'unknown' });
      return first;
    };
    const onNetwork = (): Promise<RackspacePort[]> => collect(api.listPorts({ network_id: network }));
    const proof = (port: RackspacePort): boolean =>
      spec.name === undefined || (spec.address !== undefined && port.fixedIps.some(({ address }) => address === spec.address));
    return mutate<PrivateIp>({
      key: `create ${spec.address ?? spec.mark}`,
      creates: true,
      request: api.createPort({ network, subnet, name, address: spec.address }),
      via: send,
      read: (reply) => made(readOnePort(reply)),
      standIn: {
        project: null,
        region: where.region,
        id: '{ip.id}',
        address: spec.address ?? '{ip.address}',
        version,
        name: spec.name ?? null,
        network,
        subnet,
        state: 'free',
        providerState: null,
        usedBy: null,
        server: null,
        port: '{ip.id}',
        createdAt: null,
        mark: spec.name === undefined ? spec.mark : null,
        raw: null,
        ...where.place,
      },
      // A port has no place for a mark but its name, which the user may have taken; a chosen address is proof as well.
      ...(spec.name === undefined ? {} : { before: async () => (await onNetwork()).map(({ id }) => id) }),
      async look(before) {
        const fresh = (await onNetwork()).filter((port) => port.name === name && port.device === null && !before.includes(port.id));
        const [ours] = fresh.filter(proof);
        if (ours !== undefined) return { is: 'applied', result: made(ours) };
        if (fresh.length === 0 || spec.address !== undefined) return { is: 'not-applied' };
        return { is: 'unknown', candidates: fresh.map(made).map((result) => ({ name: result.address, result })) };
      },
    });
  };

  return {
    async *listPrivateIps({ subnet, address, serverNames }) {
      yield* await find(subnet, address === undefined ? undefined : (parseAddress(address)?.text ?? address), serverNames);
    },

    async getPrivateIp(ref) {
      if ('id' in ref) {
        const { api, where } = await ready();
        const port = await api.showPort(ref.id);
        if (port === undefined || !isIsolated(port.network)) throw absent(ref.id);
        const { device } = port;
        const [found] = privateIpsOf(where, port, device === null ? NO_NAMES : new Map([[device, await api.serverName(device)]]));
        if (found === undefined) throw absent(ref.id);
        return found;
      }
      const found = await find(ref.subnet, parseAddress(ref.address)?.text ?? ref.address);
      const [only, ...others] = found;
      if (only === undefined) throw absent(ref.address);
      if (others.length > 0) {
        throw refuse(
          'usage',
          `${found.length} ports hold ${ref.address}`,
          `give --subnet, or one of their ids: ${found.map(({ id }) => id).join(', ')}`,
        );
      }
      return only;
    },

    async createPrivateIps(specs) {
      if (specs.some(({ name, markOnly }) => name !== undefined && markOnly === true)) {
        throw refuse('usage', '--key: a port has no place for it but its name', 'leave --name or --no-journal out');
      }
      const { api, where } = await ready();
      const subnets = await collect(api.listSubnets());
      const wanted = specs.map((spec) => {
        const subnet = subnetNamed(subnets, spec.subnet);
        if (!isIsolated(subnet.network)) {
          throw refuse(
            'unsupported',
            `subnet '${spec.subnet}' is not of an isolated network`,
            'PublicNet and ServiceNet give their addresses with the server',
          );
        }
        return { spec, subnet };
      });
      const created: PrivateIp[] = [];
      for (const { spec, subnet } of wanted) {
        try {
          created.push(await create(api, where, subnet, spec));
        } catch (thrown) {
          if (!(thrown instanceof IpctlError) || created.length === 0) throw thrown;
          if (thrown.kind === 'unknown' || thrown.kind === 'signal') throw thrown.with({ exists: created });
          throw new IpctlError('partial', `${created.length} of ${specs.length} are created; then ${thrown.message}`, {
            ...thrown.details,
            errors: [thrown],
            exists: created,
          });
        }
      }
      return created;
    },

    async deletePrivateIp(ip) {
      const { api } = await ready();
      const others = readPortFields(fields(ip.raw, 'port')).fixedIps.filter(({ address }) => address !== ip.address);
      if (others.length > 0) {
        throw refuse('conflict', `port ${ip.id} holds ${others.map(({ address }) => address).join(', ')} too, and would take it along`);
      }
      const gone = async (): Promise<PrivateIp | undefined> => ((await api.showPort(ip.id)) === undefined ? ip : undefined);
      const accepted = await mutate<PrivateIp>({
        key: 'delete',
        request: api.deletePort(ip.id),
        via: send,
        read: () => ip,
        standIn: ip,
        look: async () => ((await gone()) === undefined ? { is: 'not-applied' } : { is: 'applied', result: ip }),
      }).catch((thrown: unknown) => {
        if (thrown instanceof IpctlError && thrown.kind === 'not-found') return ip;
        throw thrown;
      });
      await settle({ accepted, check: gone, what: `${ip.address} to be gone` });
    },
  };
}
