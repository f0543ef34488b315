/**
 * Open Telekom Cloud, and Huawei Cloud, which speaks the same API: EIPs v1 as floating IPs, the private IP API, VPCs and
 * subnets, servers by way of their ports. The verbs in contract order; what is hard about them stands in the files beside.
 */
import type { Connect, Service } from '../../domain/driver.js';
import { IpctlError } from '../../domain/errors.js';
import type { FloatingIp } from '../../domain/records.js';
import { direct } from '../../http/direct.js';
import { collect } from '../../http/pages.js';
import { accessOf, endpointsOf, once } from './access.js';
import { otcApi } from './api.js';
import { associating, type Cloud } from './association.js';
import { eips } from './eips.js';
import type { otc } from './manifest.js';
import { privateIps } from './private-ips.js';
import { holderOf, recordsOf, refused } from './records.js';
import type { WireServer } from './wire.js';

export const connect: Connect<typeof otc> = (context) => {
  const { place, options } = context;
  const { region } = options;
  const endpoints = endpointsOf(options);
  const access = accessOf(context, endpoints);
  const open = once(async () => otcApi(endpoints, await access.project(), access));
  const records = recordsOf(place, region);
  const cloud: Cloud = { context, access, open, records };
  const { named, associate, disassociate, move } = associating(cloud);
  const { allocate, update, release, left } = eips(cloud);
  const addresses = privateIps(cloud);
  const serviceAt = (name: 'vpc' | 'ecs') => async (): Promise<Service> => ({
    base: endpoints[name],
    send: access[name],
    project: await access.project(),
    tokenExpiresAt: await access.tokenExpiresAt(),
  });

  return {
    ...direct(context, { vpc: serviceAt('vpc'), ecs: serviceAt('ecs') }),

    async account() {
      const identity = await access.identity();
      if (identity !== undefined) {
        const { user, project } = identity;
        return { id: project.id, name: project.name, user, project: project.name, region };
      }
      // No call tells which project an access key opens; one to another project than the key's is refused.
      const id = await access.project();
      await (await open()).probe();
      return { id, name: null, user: null, project: id, region };
    },

    async *listFloatingIps({ serverNames, server }) {
      const api = await open();
      const servers: Promise<readonly WireServer[]> =
        serverNames || server !== undefined ? collect(api.listServers()) : Promise.resolve([]);
      // They are asked for side by side; a failure here is heard when the first name is wanted.
      servers.catch(() => undefined);
      for await (const eip of api.listEips()) yield records.floatingIp(eip, { server: holderOf(eip.port, await servers) });
    },

    async getFloatingIp(ref): Promise<FloatingIp> {
      const api = await open();
      if ('id' in ref) {
        const [eip, labels] = await Promise.all([api.showEip(ref.id), api.listTags(ref.id)]);
        return named(records.floatingIp(eip, { labels }));
      }
      for await (const eip of api.listEips()) if (eip.address === ref.address) return named(records.floatingIp(eip));
      throw refused('not-found', `no floating IP '${ref.address}' in profile ${place.profile}`);
    },

    allocateFloatingIp: allocate,
    associateFloatingIp: associate,
    disassociateFloatingIp: disassociate,
    moveFloatingIp: move,
    updateFloatingIp: update,
    releaseFloatingIp: release,
    floatingIpsLeft: left,

    listPrivateIps: addresses.list,
    getPrivateIp: addresses.get,
    createPrivateIps: addresses.create,
    deletePrivateIp: addresses.delete,

    async *listServers(query) {
      for await (const server of (await open()).listServers(query)) yield records.server(server);
    },

    async getServer(id) {
      const server = await (await open()).showServer(id);
      if (server.id !== id) throw new IpctlError('defect', `asked for server ${id}, got ${server.id}`, { provider: place.provider });
      return records.server(server);
    },

    async *listNetworks() {
      for await (const vpc of (await open()).listVpcs()) yield records.network(vpc);
    },

    async *listSubnets() {
      for await (const subnet of (await open()).listSubnets()) yield records.subnet(subnet);
    },
  };
};
