/** Private IPs: the fixed addresses of ports. One of our own is a port without a device. */
import { parseAddress } from '../../domain/address.js';
import type { Context, Operations } from '../../domain/driver.js';
import { IpctlError } from '../../domain/errors.js';
import type { PrivateIp, ServerRef } from '../../domain/records.js';
import { fields } from '../../http/fields.js';
import { collect } from '../../http/pages.js';
import { createPort, deletePort, getPort, listFloatingIps, listPorts, type NewPort, readPort, updatePort } from './api.js';
import { findSubnet, isId } from './choice.js';
import type { Cloud } from './cloud.js';
import { changedMeanwhile, refused, unlessGone } from './fault.js';
import { leaving } from './floating-ips.js';
import type { openstack } from './manifest.js';
import { marked, portAndAddress, privateIpsOf, serverIn, unmarked, usedBy } from './records.js';
import { guarded } from './revision.js';
import { serverNames } from './servers.js';
import { port as portFrom, type WirePort, type WireSubnet } from './wire.js';

/** Where nobody asks for them. */
const NO_NAMES: ReadonlyMap<string, string | null> = new Map();

type Verbs = Pick<Operations, 'listPrivateIps' | 'getPrivateIp' | 'createPrivateIps' | 'deletePrivateIp'>;
type ServerNamed = (cloud: Cloud, id: string) => Promise<ServerRef>;

/** Conditions on `fixed_ips` are parameters of their own, all of which must hold. */
const having = (address: string | undefined, subnet: string | undefined): readonly string[] => [
  ...(address === undefined ? [] : [`ip_address=${address}`]),
  ...(subnet === undefined ? [] : [`subnet_id=${subnet}`]),
];

export function privateIpVerbs(
  { place, mutate, settle }: Context<typeof openstack.options>,
  open: () => Promise<Cloud>,
  serverNamed: ServerNamed,
): Verbs {
  const where = (cloud: Cloud) => ({ ...place, region: cloud.region });
  const absent = (text: string) => refused('not-found', `no private IP '${text}' in profile ${place.profile}`);
  const subnetId = async (cloud: Cloud, text: string | undefined): Promise<string | undefined> =>
    text === undefined || isId(text) ? text : (await findSubnet(cloud, text)).id;
  const ask = (cloud: Cloud, address: string | undefined, subnet: string | undefined) =>
    listPorts(cloud, { fixed_ips: having(address, subnet), project_id: cloud.project.id });
  const isWanted = (ip: PrivateIp, address: string | undefined, subnet: string | undefined): boolean =>
    (address === undefined || ip.address === address) && (subnet === undefined || ip.subnet === subnet);

  const named = async (cloud: Cloud, port: WirePort): Promise<PrivateIp[]> => {
    const id = serverIn(port);
    return privateIpsOf(where(cloud), port, id === null ? null : await serverNamed(cloud, id));
  };
  const theOne = (text: string, found: readonly PrivateIp[]): PrivateIp => {
    const [only, ...others] = found;
    if (only === undefined) throw absent(text);
    if (others.length > 0) {
      const candidates = found.map(({ id, address, subnet }) => `${id} (${address} of subnet ${subnet})`).join(', ');
      throw refused('usage', `${found.length} private IPs are meant by '${text}'`, `use an id: ${candidates}`);
    }
    return only;
  };

  const create = (
    cloud: Cloud,
    { id: subnet, network }: WireSubnet,
    spec: Parameters<Verbs['createPrivateIps']>[0][number],
    key: string,
  ) => {
    const { address, name, mark } = spec;
    const body: NewPort = {
      network_id: network,
      ...(name === undefined ? {} : { name }),
      description: marked(null, mark),
      fixed_ips: [{ subnet_id: subnet, ...(address === undefined ? {} : { ip_address: address }) }],
    };
    const made = (port: WirePort): PrivateIp => {
      const found = privateIpsOf(where(cloud), port, null).find((ip) => isWanted(ip, address, subnet));
      if (found === undefined) {
        throw new IpctlError('defect', `the provider's reply is broken: port.fixed_ips has no address of subnet ${subnet}`, {
          fate: 'unknown',
        });
      }
      return found;
    };
    return mutate<PrivateIp>({
      key,
      creates: true,
      request: createPort(cloud, body),
      via: cloud.send,
      read: (reply) => made(readPort(reply)),
      standIn: {
        project: cloud.project.id,
        id: '{ip.id}',
        address: address ?? '{ip.address}',
        version: 4,
        name: name ?? null,
        network,
        subnet,
        state: 'free',
        providerState: null,
        usedBy: null,
        server: null,
        port: '{ip.id}',
        createdAt: null,
        mark,
        raw: null,
        ...where(cloud),
      },
      async look() {
        // The filter is exact, but a cloud may ignore it.
        const listed = await collect(listPorts(cloud, { description: body.description, project_id: cloud.project.id }));
        const ours = listed.find((port) => unmarked(port.description).mark === mark);
        return ours === undefined ? { is: 'not-applied' } : { is: 'applied', result: made(ours) };
      },
    });
  };

  return {
    async *listPrivateIps({ address, subnet, serverNames: wanted = true }) {
      const cloud = await open();
      const names = wanted ? serverNames(cloud) : NO_NAMES;
      const within = await subnetId(cloud, subnet);
      for await (const port of ask(cloud, address, within)) {
        const id = serverIn(port);
        const server = id === null ? null : { id, name: (await names).get(id) ?? null };
        for (const ip of privateIpsOf(where(cloud), port, server)) if (isWanted(ip, address, within)) yield ip;
      }
    },

    async getPrivateIp(ref) {
      const cloud = await open();
      if ('id' in ref) {
        const { port, address } = portAndAddress(ref.id);
        const found = await getPort(cloud, port);
        if (found.project !== null && found.project !== cloud.project.id) throw absent(ref.id);
        return theOne(
          ref.id,
          (await named(cloud, found)).filter((ip) => isWanted(ip, address, undefined)),
        );
      }
      const address = parseAddress(ref.address)?.text ?? ref.address;
      const within = await subnetId(cloud, ref.subnet);
      const ports = await collect(ask(cloud, address, within));
      const meant = ports.flatMap((port) => privateIpsOf(where(cloud), port, null)).filter((ip) => isWanted(ip, address, within));
      const { id, port } = theOne(address, meant);
      const [found] = ports.filter((candidate) => candidate.id === port);
      return theOne(address, found === undefined ? [] : (await named(cloud, found)).filter((ip) => ip.id === id));
    },

    async createPrivateIps(specs) {
      const cloud = await open();
      // Named once, looked up once.
      const lookups = new Map<string, Promise<WireSubnet>>();
      const lookUp = (text: string): Promise<WireSubnet> => {
        const found = lookups.get(text) ?? findSubnet(cloud, text);
        lookups.set(text, found);
        return found;
      };
      const wanted = await Promise.all(specs.map(async (spec) => ({ spec, subnet: await lookUp(spec.subnet) })));
      const made: PrivateIp[] = [];
      // One after another: what exists when one fails is then known, and told.
      for (const [index, { spec, subnet }] of wanted.entries()) {
        try {
          made.push(await create(cloud, subnet, spec, wanted.length === 1 ? 'create' : `create ${index + 1}`));
        } catch (thrown) {
          if (made.length === 0) throw thrown;
          throw leaving(`${made.map(({ address }) => address).join(', ')}: ${made.length} of ${wanted.length} are created`, made, thrown);
        }
      }
      return made;
    },

    async deletePrivateIp(ip) {
      if (ip.usedBy !== null) throw refused('conflict', `${ip.address} is used by ${ip.server?.name ?? ip.server?.id ?? ip.usedBy}`);
      const cloud = await open();
      const port = portFrom(fields(ip.raw, 'port'));
      // Surprise: deleting a port takes its floating IPs off without complaint.
      const bound = await collect(listFloatingIps(cloud, { port_id: port.id }));
      const holder = bound.find((found) => found.port === port.id && found.fixedAddress === ip.address);
      if (holder !== undefined) {
        throw refused('conflict', `${ip.address} serves floating IP ${holder.address}`, `ipctl ip disassociate ${holder.address}`);
      }
      const others = port.fixedIps.filter(({ address }) => address !== ip.address);
      const rest = others.map(({ address, subnet }) => ({ ...(subnet === null ? {} : { subnet_id: subnet }), ip_address: address }));
      const gone = async (): Promise<boolean> => {
        const now = await unlessGone(getPort(cloud, port.id));
        return now === undefined || !now.fixedIps.some(({ address }) => address === ip.address);
      };
      await guarded<PrivateIp>({
        revision: port.revision,
        async recheck() {
          const now = await getPort(cloud, port.id);
          if (usedBy(now) === null) return now.revision;
          throw changedMeanwhile(ip.address, 'in use');
        },
        write: (revision, again) =>
          mutate<PrivateIp>({
            key: again ? 'delete, again' : 'delete',
            request: rest.length === 0 ? deletePort(cloud, port.id, revision) : updatePort(cloud, port.id, rest, revision),
            via: cloud.send,
            read: () => ip,
            standIn: ip,
            look: async () => ((await gone()) ? { is: 'applied', result: ip } : { is: 'not-applied' }),
          }),
      });
      await settle({ accepted: ip, what: `${ip.address} to be gone`, gone: true, check: async () => ((await gone()) ? ip : undefined) });
    },
  };
}
