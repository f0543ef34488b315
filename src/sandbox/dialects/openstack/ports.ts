/** Neutron's ports: private addresses are the `fixed_ips` of these. https://docs.openstack.org/api-ref/network/v2/#ports */
import { nextId, tick } from '../../cloud.js';
import type { Answer } from '../../dialect.js';
import type { ServiceAsk } from './ask.js';
import { forbidden, neutronFault } from './ask.js';
import { setTarget } from './association.js';
import type { Attributes, BodyRules } from './body.js';
import { invalid, readBody, text } from './body.js';
import type { FixedIp, Network, Port } from './cloud.js';
import { macAddress, timestamp, touch } from './cloud.js';
import type { Collection } from './listing.js';
import { find, notFound } from './listing.js';
import { chooseFixedIps } from './private.js';
import { guard } from './revision.js';

const rules: BodyRules = {
  root: 'port',
  attributes: {
    network_id: { shape: 'uuid', in: ['POST'] },
    name: { shape: 'text', in: ['POST', 'PUT'] },
    description: { shape: 'text', in: ['POST', 'PUT'] },
    admin_state_up: { shape: 'boolean', in: ['POST', 'PUT'] },
    fixed_ips: { shape: 'fixed_ips', in: ['POST', 'PUT'] },
    device_id: { shape: 'text', in: ['POST', 'PUT'] },
    device_owner: { shape: 'text', in: ['POST', 'PUT'] },
    mac_address: { shape: 'mac', in: ['POST', 'PUT'] },
    security_groups: { shape: 'list', in: ['POST', 'PUT'] },
    allowed_address_pairs: { shape: 'list', in: ['POST', 'PUT'] },
    project_id: { shape: 'text', in: ['POST'] },
    tenant_id: { shape: 'text', in: ['POST'] },
    id: { shape: 'uuid', in: [] },
    status: { shape: 'text', in: [] },
    tags: { shape: 'list', in: [] },
    revision_number: { shape: 'text', in: [] },
    created_at: { shape: 'text', in: [] },
    updated_at: { shape: 'text', in: [] },
  },
  elsewhere: [
    'binding:host_id',
    'binding:profile',
    'binding:vnic_type',
    'dns_name',
    'extra_dhcp_opts',
    'port_security_enabled',
    'qos_policy_id',
  ],
};

export const ports: Collection<Port> = {
  name: 'ports',
  root: 'port',
  missing: 'PortNotFound',
  filters: {
    id: 'id',
    name: 'text',
    network_id: 'id',
    device_id: 'text',
    device_owner: 'text',
    mac_address: 'text',
    status: 'text',
    admin_state_up: 'boolean',
    project_id: 'text',
    tenant_id: 'text',
    description: 'text',
    security_groups: 'id',
    fixed_ips: 'fixed_ips',
    revision_number: 'integer',
  },
  sorts: ['id', 'name', 'network_id', 'mac_address', 'status', 'admin_state_up', 'device_id', 'device_owner', 'project_id', 'tenant_id'],
  // The owner of a network sees every port on it, also those of its router and its DHCP server.
  items: ({ cloud, who }) =>
    cloud.ports.filter(
      (one) =>
        who.admin ||
        one.project === who.project ||
        cloud.networks.some((network) => network.id === one.network && network.project === who.project),
    ),
  id: (item) => item.id,
  view: (_ask, item) => ({
    id: item.id,
    name: item.name,
    network_id: item.network,
    status: item.status,
    admin_state_up: item.up,
    mac_address: item.mac,
    device_id: item.device,
    device_owner: item.owner,
    fixed_ips: item.fixedIps.map((one) => ({ subnet_id: one.subnet, ip_address: one.address })),
    allowed_address_pairs: item.addressPairs,
    security_groups: item.securityGroups,
    project_id: item.project,
    tenant_id: item.project,
    description: item.description,
    tags: item.tags,
    created_at: item.created,
    updated_at: item.updated,
    revision_number: item.revision,
  }),
};

export function createPort(ask: ServiceAsk): Answer {
  const { cloud, who } = ask;
  const given = readBody(ask, rules);
  const networkId = text(given.network_id);
  if (networkId === undefined) throw invalid(ask, "Failed to parse request. Required attribute 'network_id' not specified");
  const project = text(given.project_id) ?? text(given.tenant_id) ?? who.project;
  const network = cloud.networks.find((one) => one.id === networkId);
  const own = network && (who.admin || network.project === who.project);
  if (!network || !(own || network.shared || network.external)) throw notFound(ask, 'NetworkNotFound', networkId);
  if (!who.admin && (project !== who.project || !(own || network.shared))) throw forbidden(ask, 'create_port');
  if (ask.knobs.portQuota >= 0 && cloud.ports.filter((one) => one.project === project).length >= ask.knobs.portQuota) {
    throw neutronFault(ask, 409, 'OverQuota', "Quota exceeded for resources: ['port'].");
  }
  const fixedIps = chooseFixedIps(ask, network, entries(given) ?? firstSubnet(ask, network), []);
  const id = nextId(cloud, 'port');
  const born = timestamp(tick(cloud));
  const made: Port = {
    id,
    project,
    description: '',
    tags: [],
    revision: 1,
    created: born,
    updated: born,
    name: '',
    network: network.id,
    mac: macAddress(id),
    up: true,
    status: 'DOWN',
    device: '',
    owner: '',
    fixedIps: [...fixedIps],
    securityGroups: [],
    addressPairs: [],
  };
  apply(made, given);
  cloud.ports.push(made);
  return { status: 201, json: { port: ports.view(ask, made) } };
}

/** What a port gets when its creator is silent about addresses: one of the network's first IPv4 subnet, if any. */
function firstSubnet(ask: ServiceAsk, network: Network): readonly Readonly<Record<string, string>>[] {
  const subnet = ask.cloud.subnets.find((one) => one.network === network.id && one.version === 4);
  return subnet ? [{ subnet_id: subnet.id }] : [];
}

export function updatePort(ask: ServiceAsk, id: string): Answer {
  const { cloud, who } = ask;
  const item = find(ask, ports, id);
  const guarded = guard(ask, item.revision);
  const given = readBody(ask, rules);
  const wanted = entries(given);
  const network = cloud.networks.find((one) => one.id === item.network);
  const own = who.admin || network?.project === who.project;
  if (given.mac_address !== undefined && !who.admin) throw forbidden(ask, 'update_port:mac_address');
  const before = JSON.stringify(ports.view(ask, item));
  if (network && wanted) {
    if (!own) throw forbidden(ask, 'update_port:fixed_ips');
    const fixedIps = chooseFixedIps(ask, network, wanted, item.fixedIps);
    const dropped = item.fixedIps.filter((one) => !fixedIps.some((kept) => kept.address === one.address));
    refuseHeld(ask, item, dropped);
    if (dropped.length > 0 && !guarded) ask.note('fixed_ips replaces the whole list, and addresses were dropped without If-Match');
    if (item.owner.startsWith('network:')) ask.note(`the addresses of ${item.owner} are not the client's to change`);
    item.fixedIps = [...fixedIps];
  }
  apply(item, given);
  if (JSON.stringify(ports.view(ask, item)) !== before) touch(cloud, item);
  return { status: 200, json: { port: ports.view(ask, item) } };
}

/** An address that a floating address leads to stays on its port. */
function refuseHeld(ask: ServiceAsk, item: Port, dropped: readonly FixedIp[]): void {
  const held = dropped.find(({ address }) =>
    ask.cloud.floatingIps.some(
      (one) =>
        (one.port === item.id && one.fixedAddress === address) ||
        one.forwardings.some((forwarding) => forwarding.port === item.id && forwarding.internalAddress === address),
    ),
  );
  if (held) throw neutronFault(ask, 400, 'BadRequest', `Cannot remove ${held.address} from port ${item.id}: a floating IP uses it`);
}

/** The plain attributes of a body; addresses and projects have rules of their own. */
function apply(item: Port, given: Attributes): void {
  item.name = text(given.name) ?? item.name;
  item.description = text(given.description) ?? item.description;
  item.up = typeof given.admin_state_up === 'boolean' ? given.admin_state_up : item.up;
  item.device = text(given.device_id) ?? item.device;
  item.owner = text(given.device_owner) ?? item.owner;
  item.mac = text(given.mac_address) ?? item.mac;
  item.securityGroups = Array.isArray(given.security_groups) ? given.security_groups.map(String) : item.securityGroups;
  item.addressPairs = Array.isArray(given.allowed_address_pairs) ? given.allowed_address_pairs : item.addressPairs;
  item.status = item.device === '' ? 'DOWN' : 'ACTIVE';
}

function entries(given: Attributes): readonly Readonly<Record<string, string>>[] | undefined {
  return given.fixed_ips as readonly Readonly<Record<string, string>>[] | undefined;
}

/** Deletes; a server loses the interface and floating addresses their port, all in silence. */
export function deletePort(ask: ServiceAsk, id: string): Answer {
  const { cloud } = ask;
  const item = find(ask, ports, id);
  const guarded = guard(ask, item.revision);
  if (item.owner.startsWith('network:')) {
    throw neutronFault(
      ask,
      409,
      'ServicePortInUse',
      `Port ${id} cannot be deleted directly via the port API: has device owner ${item.owner}.`,
    );
  }
  const bound = cloud.floatingIps.filter((one) => one.port === id);
  if ((item.device !== '' || bound.length > 0) && !guarded) ask.note('a port in use is deleted without If-Match');
  cloud.ports = cloud.ports.filter((one) => one !== item);
  tick(cloud);
  for (const one of bound) {
    setTarget(one, null, ask.knobs.wiring);
    touch(cloud, one);
  }
  for (const one of cloud.floatingIps) one.forwardings = one.forwardings.filter((forwarding) => forwarding.port !== id);
  return { status: 204 };
}
