/** Neutron: which path leads to which rule. https://docs.openstack.org/api-ref/network/v2/ */
import type { Answer } from '../../dialect.js';
import type { Ask, ServiceAsk } from './ask.js';
import { authorize, forbidden, neutronFault } from './ask.js';
import type { Network, Subnet } from './cloud.js';
import { answerExtensions } from './extensions.js';
import { createFloatingIp, deleteFloatingIp, floatingIps, updateFloatingIp } from './floatingips.js';
import { answerForwardings } from './forwardings.js';
import type { Collection } from './listing.js';
import { find, list, show } from './listing.js';
import { createPort, deletePort, ports, updatePort } from './ports.js';
import { qosPolicies } from './qos.js';
import { answerTags } from './tags.js';

export const networks: Collection<Network> = {
  name: 'networks',
  root: 'network',
  missing: 'NetworkNotFound',
  filters: {
    id: 'id',
    name: 'text',
    status: 'text',
    admin_state_up: 'boolean',
    shared: 'boolean',
    'router:external': 'boolean',
    is_default: 'boolean',
    project_id: 'text',
    tenant_id: 'text',
    description: 'text',
    revision_number: 'integer',
  },
  sorts: ['id', 'name', 'status', 'admin_state_up', 'project_id', 'tenant_id'],
  items: ({ cloud, who }) => cloud.networks.filter((one) => who.admin || one.project === who.project || one.shared || one.external),
  id: (item) => item.id,
  view: ({ cloud }, item) => ({
    id: item.id,
    name: item.name,
    status: 'ACTIVE',
    admin_state_up: true,
    shared: item.shared,
    'router:external': item.external,
    is_default: item.isDefault,
    subnets: cloud.subnets.filter((one) => one.network === item.id).map((one) => one.id),
    availability_zones: ['nova'],
    mtu: 1500,
    project_id: item.project,
    tenant_id: item.project,
    description: item.description,
    tags: item.tags,
    created_at: item.created,
    updated_at: item.updated,
    revision_number: item.revision,
  }),
};

export const subnets: Collection<Subnet> = {
  name: 'subnets',
  root: 'subnet',
  missing: 'SubnetNotFound',
  filters: {
    id: 'id',
    name: 'text',
    network_id: 'id',
    cidr: 'text',
    ip_version: 'integer',
    gateway_ip: 'address',
    enable_dhcp: 'boolean',
    project_id: 'text',
    tenant_id: 'text',
    description: 'text',
    revision_number: 'integer',
  },
  sorts: ['id', 'name', 'network_id', 'cidr', 'ip_version', 'enable_dhcp', 'project_id', 'tenant_id'],
  items: (ask) => {
    const visible = networks.items(ask).map((one) => one.id);
    return ask.cloud.subnets.filter((one) => visible.includes(one.network));
  },
  id: (item) => item.id,
  view: (_ask, item) => ({
    id: item.id,
    name: item.name,
    network_id: item.network,
    cidr: item.cidr,
    ip_version: item.version,
    gateway_ip: item.gateway,
    allocation_pools: item.pool ? [{ start: item.pool.first, end: item.pool.last }] : [],
    enable_dhcp: true,
    dns_nameservers: [],
    host_routes: [],
    ipv6_address_mode: item.addressMode,
    ipv6_ra_mode: item.addressMode,
    project_id: item.project,
    tenant_id: item.project,
    description: item.description,
    tags: item.tags,
    created_at: item.created,
    updated_at: item.updated,
    revision_number: item.revision,
  }),
};

export function answerNetwork(ask: Ask): Answer {
  const caller = authorize(ask);
  if (caller.project === null) {
    ask.note('an unscoped token at a service');
    throw neutronFault(ask, 403, 'PolicyNotAuthorized', 'The token has no project.');
  }
  const service: ServiceAsk = { ...ask, who: { ...caller, project: caller.project } };
  const { method } = ask.call;
  if (method === 'DELETE' && ask.call.body !== '') {
    ask.note('a DELETE with a body');
    throw neutronFault(ask, 400, 'HTTPBadRequest', 'Body is not supported for DELETE requests');
  }
  if (method !== 'GET') for (const name of ask.call.query.keys()) ask.note(`${method} with query parameter ${name}`);
  const [version, resource, id, sub, ...rest] = ask.path.map((part, at) =>
    at === ask.path.length - 1 ? part.replace(/\.json$/, '') : part,
  );
  const known = version === 'v2.0' && resource !== undefined ? route(service, resource, id, sub, rest) : undefined;
  if (known === undefined) {
    ask.note('unknown network path');
    throw neutronFault(ask, 404, 'HTTPNotFound', 'The resource could not be found.');
  }
  const answer = known();
  if (answer === undefined) {
    ask.note(`${method} is no method of this network path`);
    throw neutronFault(ask, 405, 'HTTPMethodNotAllowed', 'The method is not allowed for this resource.');
  }
  return answer;
}

/** What answers a path; undefined for an unknown one. The answer itself is undefined for a wrong method. */
type Route = () => Answer | undefined;

function route(
  ask: ServiceAsk,
  resource: string,
  id: string | undefined,
  sub: string | undefined,
  rest: readonly string[],
): Route | undefined {
  switch (resource) {
    case 'floatingips':
      if (id !== undefined && sub === 'tags' && rest.length <= 1) return () => answerTags(ask, find(ask, floatingIps, id), rest);
      if (id !== undefined && sub === 'port_forwardings' && rest.length <= 1 && ask.knobs.portForwardings) {
        return () => answerForwardings(ask, find(ask, floatingIps, id), rest);
      }
      return plain(ask, floatingIps, id, sub, { create: createFloatingIp, update: updateFloatingIp, remove: deleteFloatingIp });
    case 'ports':
      if (id !== undefined && sub === 'tags' && rest.length <= 1) return () => answerTags(ask, find(ask, ports, id), rest);
      return plain(ask, ports, id, sub, { create: createPort, update: updatePort, remove: deletePort });
    case 'networks':
      return plain(ask, networks, id, sub, {});
    case 'subnets':
      return plain(ask, subnets, id, sub, {});
    case 'qos':
      return id === 'policies' && rest.length === 0 ? policyRoute(ask, sub) : undefined;
    case 'extensions':
      return sub === undefined ? () => (ask.call.method === 'GET' ? answerExtensions(ask, id) : undefined) : undefined;
    case 'quotas':
      return id !== undefined && rest.length === 0 ? quotaRoute(ask, id, sub) : undefined;
    default:
      return undefined;
  }
}

/** `id` is the policy's. Where the extension is missing one may try all the same, hence no mark. */
function policyRoute(ask: ServiceAsk, id: string | undefined): Route | undefined {
  if (ask.knobs.qos) return plain(ask, qosPolicies, id, undefined, {});
  return () => {
    throw neutronFault(ask, 404, 'HTTPNotFound', 'The resource could not be found.');
  };
}

interface Changes {
  readonly create?: (ask: ServiceAsk) => Answer;
  readonly update?: (ask: ServiceAsk, id: string) => Answer;
  readonly remove?: (ask: ServiceAsk, id: string) => Answer;
}

function plain<T>(
  ask: ServiceAsk,
  collection: Collection<T>,
  id: string | undefined,
  sub: string | undefined,
  changes: Changes,
): Route | undefined {
  if (sub !== undefined) return undefined;
  return () => {
    switch (ask.call.method) {
      case 'GET':
        return id === undefined ? list(ask, collection) : show(ask, collection, id);
      case 'POST':
        return id === undefined ? changes.create?.(ask) : undefined;
      case 'PUT':
        return id === undefined ? undefined : changes.update?.(ask, id);
      case 'DELETE':
        return id === undefined ? undefined : changes.remove?.(ask, id);
      default:
        return undefined;
    }
  };
}

function quotaRoute(ask: ServiceAsk, project: string, sub: string | undefined): Route | undefined {
  if (sub !== undefined && sub !== 'details' && sub !== 'default') return undefined;
  return () => {
    if (ask.call.method !== 'GET') return undefined;
    for (const name of ask.call.query.keys()) ask.note(`unknown query parameter ${name}`);
    if (!ask.who.admin && project !== ask.who.project) throw forbidden(ask, 'get_quota');
    const { cloud, knobs } = ask;
    const limits = { floatingip: knobs.floatingQuota, port: knobs.portQuota, network: 100, subnet: 100, router: 10 };
    if (sub !== 'details') return { status: 200, json: { quota: limits } };
    const owned = {
      floatingip: cloud.floatingIps,
      port: cloud.ports,
      network: cloud.networks,
      subnet: cloud.subnets,
      router: cloud.routers,
    };
    const used = (kind: keyof typeof owned) => owned[kind].filter((one) => one.project === project).length;
    const details = Object.entries(limits).map(([kind, limit]) => [kind, { limit, used: used(kind as keyof typeof owned), reserved: 0 }]);
    return { status: 200, json: { quota: Object.fromEntries(details) } };
  };
}
