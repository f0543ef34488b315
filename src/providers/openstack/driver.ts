/** OpenStack: floating IPs of Neutron, bound to ports. An answer shows what is so; the status only tells whether the data plane followed. */
import { parseAddress } from '../../domain/address.js';
import type { AssociateSpec, Connect } from '../../domain/driver.js';
import type { FloatingIp, Labels, ServerRef } from '../../domain/records.js';
import { direct } from '../../http/direct.js';
import { collect } from '../../http/pages.js';
import {
  computeOf,
  createFloatingIp,
  getFloatingIp,
  getPort,
  getServer,
  listFloatingIps,
  listNetworks,
  listPorts,
  listSubnets,
  readFloatingIp,
} from './api.js';
import { findPool, findQosPolicy, findSubnet, isId } from './choice.js';
import { type Cloud, openCloud } from './cloud.js';
import { fault, refused, unlessGone, withoutExtension } from './fault.js';
import { floatingIpWrites, leaving, nameOf } from './floating-ips.js';
import type { openstack } from './manifest.js';
import { privateIpVerbs } from './private-ips.js';
import { floatingIpOf, marked, networkOf, requireRoom, serverIn, subnetOf, tagsOf } from './records.js';
import { type Seating, seatsOn } from './seats.js';
import { serverNames as namesOf, serverVerbs, serviceOf } from './servers.js';
import { together } from './together.js';
import { type Holder, hasDnsName, qosPolicyOf, type WireFloatingIp } from './wire.js';

/** Items a page: a list of any length needs memory for so many, and a usual project is one request. */
const LONGEST_PAGE = 500;

/** Tags are separated by commas there: one that holds a comma is not asked for, but sorted out by the caller. */
const tagFilter = (labels: Labels): string | undefined =>
  tagsOf(labels)
    .filter((tag) => !tag.includes(','))
    .join(',') || undefined;

export const connect: Connect<typeof openstack> = (context) => {
  const { place, options, mutate } = context;
  const open = openCloud(context, { fault, service: 'network' });
  const writes = floatingIpWrites(context);
  const where = (cloud: Cloud) => ({ ...place, region: cloud.region });
  const mine = (cloud: Cloud) => ({ project_id: cloud.project.id });
  const absent = (text: string) => refused('not-found', `no floating IP '${text}' in profile ${place.profile}`);

  /** With its name; without one where there is no compute service, or no such server any more. */
  const serverNamed = async (cloud: Cloud, id: string): Promise<ServerRef> => {
    const found = cloud.compute() === undefined ? undefined : await unlessGone(getServer(cloud, id));
    return { id, name: found?.name ?? null };
  };
  const serverBehind = async (cloud: Cloud, holder: Holder | null | undefined): Promise<ServerRef | null> => {
    const id = holder === null || holder === undefined ? null : serverIn(holder);
    return id === null ? null : serverNamed(cloud, id);
  };
  const resolved = async (cloud: Cloud, found: WireFloatingIp): Promise<FloatingIp> => {
    const holder = found.port === null || found.holder !== undefined ? found.holder : await unlessGone(getPort(cloud, found.port));
    return floatingIpOf(where(cloud), { ...found, holder }, found.port === null ? null : await serverBehind(cloud, holder));
  };

  const seating = async (cloud: Cloud, { servers, ports, privateAddress }: AssociateSpec): Promise<Seating> => {
    const [server] = servers;
    if (server !== undefined) {
      const found = await collect(listPorts(cloud, { device_id: server.id }));
      return seatsOn(found, server.name ?? server.id, { id: server.id, name: server.name }, privateAddress);
    }
    const found = await getPort(cloud, ports[0] ?? '');
    return seatsOn([found], `port ${found.id}`, await serverBehind(cloud, found), privateAddress);
  };
  const associate = async (ip: FloatingIp, spec: AssociateSpec): Promise<FloatingIp> => {
    const cloud = await open();
    return writes.associate(cloud, ip, await seating(cloud, spec));
  };

  return {
    ...direct(context, { network: serviceOf(open, (cloud) => cloud.network()), compute: serviceOf(open, computeOf) }),
    ...serverVerbs(place, open),
    ...together(place, open),

    async *listFloatingIps({ address, server, version, labels = {}, limit = LONGEST_PAGE, serverNames }) {
      // Neutron draws floating IPs from IPv4 subnets only.
      if (version === 6) return;
      const cloud = await open();
      const names =
        serverNames && server === undefined
          ? namesOf(cloud)
          : Promise.resolve(new Map(server === undefined ? [] : [[server.id, server.name]]));
      let owners: Promise<ReadonlyMap<string, Holder>> | undefined;
      const ownerOf = async (port: string): Promise<Holder | undefined> => {
        owners ??= collect(listPorts(cloud, mine(cloud))).then((all) => new Map(all.map((found) => [found.id, found])));
        return (await owners).get(port);
      };
      const query = {
        floating_ip_address: address,
        tags: tagFilter(labels),
        ...mine(cloud),
        limit: String(Math.min(limit, LONGEST_PAGE)),
      };
      for await (const found of listFloatingIps(cloud, query)) {
        const holder = found.port === null || found.holder !== undefined ? found.holder : await ownerOf(found.port);
        const id = found.port === null || holder === null || holder === undefined ? null : serverIn(holder);
        yield floatingIpOf(where(cloud), found, id === null ? null : { id, name: (await names).get(id) ?? null });
      }
    },

    async getFloatingIp(ref) {
      const cloud = await open();
      if ('id' in ref) {
        const found = await getFloatingIp(cloud, ref.id);
        // An administrator sees those of others too.
        if (found.project !== null && found.project !== cloud.project.id) throw absent(ref.id);
        return resolved(cloud, found);
      }
      const address = parseAddress(ref.address)?.text ?? ref.address;
      const listed = await collect(listFloatingIps(cloud, { floating_ip_address: address, ...mine(cloud) }));
      const [found, ...others] = listed.filter((ip) => ip.address === address);
      if (found === undefined) throw absent(address);
      if (others.length > 0) {
        const ids = [found, ...others].map(({ id }) => id).join(', ');
        throw refused(
          'usage',
          `${others.length + 1} floating IPs have the address ${address}, on networks that overlap`,
          `use an id: ${ids}`,
        );
      }
      return resolved(cloud, found);
    },

    async allocateFloatingIp({ address, pool, subnet, description, labels, mark }) {
      requireRoom(description ?? '', mark);
      const cloud = await open();
      const pooled = findPool(cloud, pool ?? options.pool);
      const [network, within, policy] = await Promise.all([
        pooled,
        subnet === undefined || isId(subnet) ? subnet : findSubnet(cloud, subnet, pooled).then(({ id }) => id),
        options['qos-policy'] === undefined ? null : findQosPolicy(cloud, options['qos-policy']),
      ]);
      const { 'dns-name': name, 'dns-domain': domain } = options;
      const extras = {
        ...(policy === null ? {} : { qos_policy_id: policy }),
        ...(name === undefined ? {} : { dns_name: name }),
        ...(domain === undefined ? {} : { dns_domain: domain }),
      };
      const text = marked(description ?? null, mark);
      const unknownYet: WireFloatingIp = {
        id: '{ip.id}',
        address: address ?? '{ip.address}',
        version: 4,
        network,
        port: null,
        fixedAddress: null,
        holder: null,
        forwarded: false,
        status: null,
        project: cloud.project.id,
        description: text,
        tags: [],
        revision: '{ip.revision}',
        createdAt: null,
        updatedAt: null,
        raw: null,
      };
      const made = await mutate<FloatingIp>({
        key: 'allocate',
        creates: true,
        request: createFloatingIp(cloud, { network, description: text, address, subnet: within, extras }),
        via: cloud.send,
        read: (reply) => floatingIpOf(where(cloud), readFloatingIp(reply), null),
        standIn: floatingIpOf(where(cloud), unknownYet, null),
        async look() {
          // The filter is exact, but a cloud may ignore it.
          const listed = await collect(listFloatingIps(cloud, { description: text, ...mine(cloud) }));
          const ours = listed.map((found) => floatingIpOf(where(cloud), found, null)).find((ip) => ip.mark === mark);
          return ours === undefined ? { is: 'not-applied' } : { is: 'applied', result: ours };
        },
      }).catch((thrown: unknown) => {
        throw withoutExtension(thrown);
      });
      // Surprise: with the extension but no DNS service behind it, the name is accepted and dropped.
      if (name !== undefined && made.raw !== null && !hasDnsName(made.raw, name)) {
        const why = refused('unsupported', `its DNS name ${name} was not taken`, 'the cloud has no DNS service behind its extension');
        throw leaving(`${nameOf(made)} is allocated (id ${made.id})`, [made], why.with({ fate: 'not-applied' }));
      }
      if (Object.keys(labels).length === 0) return made;
      try {
        return await writes.label(cloud, made, labels);
      } catch (thrown) {
        throw leaving(`${nameOf(made)} is allocated (id ${made.id})`, [made], thrown);
      }
    },

    associateFloatingIp: associate,

    async disassociateFloatingIp(ip, from) {
      const [first] = from;
      return first === undefined ? ip : writes.disassociate(await open(), ip, first);
    },

    moveFloatingIp: associate,

    async updateFloatingIp(ip, { description, labels }) {
      requireRoom(description ?? '', ip.mark);
      const cloud = await open();
      const policy = options['qos-policy'] === undefined ? undefined : await findQosPolicy(cloud, options['qos-policy']);
      const limited = policy === undefined || policy === qosPolicyOf(ip.raw) ? ip : await writes.limit(cloud, ip, policy);
      const described =
        description === undefined ? limited : await writes.describe(cloud, limited, description, marked(description, ip.mark));
      return labels === undefined ? described : writes.label(cloud, described, labels);
    },

    releaseFloatingIp: async (ip) => writes.release(await open(), ip),

    ...privateIpVerbs(context, open, serverNamed),

    async *listNetworks() {
      const cloud = await open();
      for await (const found of listNetworks(cloud, {})) {
        // An administrator sees those of others too; what is shared or leads outside is everybody's.
        const ours = found.project === null || found.project === cloud.project.id;
        if (ours || found.shared || found.external) yield networkOf(place, found);
      }
    },

    async *listSubnets() {
      for await (const found of listSubnets(await open(), {})) yield subnetOf(place, found);
    },
  };
};
