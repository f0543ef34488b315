/** Neutron's floating addresses. https://docs.openstack.org/api-ref/network/v2/#floating-ips-floatingips */
import { inCidr, isDottedQuad, nextId, readLate, tick } from '../../cloud.js';
import type { Answer } from '../../dialect.js';
import type { ServiceAsk } from './ask.js';
import { forbidden, neutronFault } from './ask.js';
import { chooseTarget, isReason, isTaken, nextPoolAddress, overQuota, setTarget } from './association.js';
import type { Attributes, BodyRules } from './body.js';
import { invalid, readBody, text } from './body.js';
import type { FloatingIp, Network, Subnet } from './cloud.js';
import { newFloatingIp, touch } from './cloud.js';
import type { Collection, Row } from './listing.js';
import { find, notFound } from './listing.js';
import { wantedPolicy } from './qos.js';
import { guard } from './revision.js';

const attributes: BodyRules['attributes'] = {
  floating_network_id: { shape: 'uuid', in: ['POST'] },
  floating_ip_address: { shape: 'address', in: ['POST'], nullable: true },
  subnet_id: { shape: 'uuid', in: ['POST'], nullable: true },
  port_id: { shape: 'uuid', in: ['POST', 'PUT'], nullable: true },
  fixed_ip_address: { shape: 'address', in: ['POST', 'PUT'], nullable: true },
  description: { shape: 'text', in: ['POST', 'PUT'] },
  project_id: { shape: 'text', in: ['POST'] },
  tenant_id: { shape: 'text', in: ['POST'] },
  id: { shape: 'uuid', in: [] },
  router_id: { shape: 'uuid', in: [] },
  status: { shape: 'text', in: [] },
  port_details: { shape: 'text', in: [] },
  port_forwardings: { shape: 'list', in: [] },
  tags: { shape: 'list', in: [] },
  revision_number: { shape: 'text', in: [] },
  created_at: { shape: 'text', in: [] },
  updated_at: { shape: 'text', in: [] },
};
const qosAttributes: BodyRules['attributes'] = {
  qos_policy_id: { shape: 'uuid', in: ['POST', 'PUT'], nullable: true },
  qos_network_policy_id: { shape: 'uuid', in: [] },
};
const dnsAttributes: BodyRules['attributes'] = {
  dns_name: { shape: 'dns_name', in: ['POST'] },
  dns_domain: { shape: 'dns_domain', in: ['POST'] },
};

const rules = ({ knobs }: ServiceAsk): BodyRules => ({
  root: 'floatingip',
  attributes: { ...attributes, ...(knobs.qos ? qosAttributes : {}), ...(knobs.dnsIntegration ? dnsAttributes : {}) },
  elsewhere: ['qos_policy_id', 'dns_name', 'dns_domain', 'distributed'],
});

export const floatingIps: Collection<FloatingIp> = {
  name: 'floatingips',
  root: 'floatingip',
  missing: 'FloatingIPNotFound',
  filters: {
    id: 'id',
    floating_network_id: 'id',
    floating_ip_address: 'address',
    port_id: 'id',
    fixed_ip_address: 'address',
    router_id: 'id',
    status: 'text',
    project_id: 'text',
    tenant_id: 'text',
    description: 'text',
    revision_number: 'integer',
  },
  sorts: ['id', 'floating_network_id', 'floating_ip_address', 'fixed_ip_address', 'router_id', 'status', 'project_id', 'tenant_id'],
  items: (ask) => ask.cloud.floatingIps.filter((one) => ask.who.admin || one.project === ask.who.project),
  id: (item) => item.id,
  view,
  seen: (ask, item) => {
    readLate(item.status);
    if (item.lingers === null) return;
    item.lingers -= 1;
    if (item.lingers === 0) remove(ask, item);
  },
};

function view(ask: ServiceAsk, item: FloatingIp): Row {
  const port = ask.cloud.ports.find((one) => one.id === item.port);
  const [forwarding] = item.forwardings;
  return {
    id: item.id,
    floating_network_id: item.network,
    floating_ip_address: item.address,
    port_id: item.port,
    fixed_ip_address: item.fixedAddress,
    // Forwardings need a router though no port is associated.
    router_id: item.router ?? forwarding?.router ?? null,
    status: forwarding ? 'ACTIVE' : item.status.now,
    project_id: item.project,
    tenant_id: item.project,
    description: item.description,
    ...(ask.knobs.portDetails
      ? {
          port_details: port
            ? {
                name: port.name,
                network_id: port.network,
                mac_address: port.mac,
                admin_state_up: port.up,
                status: port.status,
                device_id: port.device,
                device_owner: port.owner,
              }
            : null,
        }
      : {}),
    ...(ask.knobs.portForwardings
      ? {
          port_forwardings: item.forwardings.map((one) => ({
            protocol: one.protocol,
            external_port: one.externalPort,
            internal_ip_address: one.internalAddress,
            internal_port: one.internalPort,
          })),
        }
      : {}),
    // No network of this cloud has a policy to inherit.
    ...(ask.knobs.qos ? { qos_policy_id: item.qosPolicy, qos_network_policy_id: null } : {}),
    ...(ask.knobs.dnsIntegration ? { dns_name: item.dnsName, dns_domain: item.dnsDomain } : {}),
    tags: item.tags,
    revision_number: item.revision,
    created_at: item.created,
    updated_at: item.updated,
  };
}

/** Allocates, and associates when a port is named: both or neither. */
export function createFloatingIp(ask: ServiceAsk): Answer {
  const { cloud } = ask;
  const given = readBody(ask, rules(ask));
  const networkId = text(given.floating_network_id);
  if (networkId === undefined) throw invalid(ask, "Failed to parse request. Required attribute 'floating_network_id' not specified");
  const project = text(given.project_id) ?? text(given.tenant_id) ?? ask.who.project;
  if (!ask.who.admin && (project !== ask.who.project || typeof given.floating_ip_address === 'string'))
    throw forbidden(ask, 'create_floatingip');
  if (overQuota(cloud, ask.knobs, project)) throw neutronFault(ask, 409, 'OverQuota', "Quota exceeded for resources: ['floatingip'].");
  const network = externalNetwork(ask, networkId);
  const address = chooseAddress(ask, network, given);
  const target = wanted(ask, given, network.id, undefined);
  const { dnsName, dnsDomain } = publishedName(ask, given);
  const policy = wantedPolicy(ask, given, null);
  const made = newFloatingIp(cloud, nextId(cloud, 'floatingip'), network.id, address, project);
  made.description = text(given.description) ?? '';
  made.qosPolicy = policy;
  made.dnsName = dnsName;
  made.dnsDomain = dnsDomain;
  setTarget(made, target ?? null, ask.knobs.wiring);
  cloud.floatingIps.push(made);
  return { status: 201, json: { floatingip: view(ask, made) } };
}

function externalNetwork(ask: ServiceAsk, id: string): Network {
  const network = ask.cloud.networks.find((one) => one.id === id);
  const visible = network && (network.external || network.shared || ask.who.admin || network.project === ask.who.project);
  if (!visible) throw notFound(ask, 'NetworkNotFound', id);
  if (!network.external) throw neutronFault(ask, 400, 'BadRequest', `Network ${id} is not a valid external network`);
  if (!ask.cloud.subnets.some((one) => one.network === id && one.version === 4)) {
    throw neutronFault(ask, 400, 'BadRequest', `Network ${id} does not contain any IPv4 subnet`);
  }
  return network;
}

/** The address asked for, or the pool's next one. */
function chooseAddress(ask: ServiceAsk, network: Network, given: Attributes): string {
  const { cloud } = ask;
  const subnetId = text(given.subnet_id);
  const subnet = cloud.subnets.find((one) => one.id === subnetId);
  if (subnetId !== undefined && !subnet) throw notFound(ask, 'SubnetNotFound', subnetId);
  if (subnet && (subnet.network !== network.id || subnet.version !== 4)) {
    throw neutronFault(ask, 400, 'BadRequest', `Subnet ${subnet.id} is no IPv4 subnet of network ${network.id}`);
  }
  const wish = text(given.floating_ip_address);
  if (wish !== undefined) return requestedAddress(ask, network, subnet, wish);
  const address = nextPoolAddress(cloud, network, subnet?.id);
  if (address !== undefined) return address;
  throw ask.knobs.externalIpAddressExhausted
    ? neutronFault(ask, 400, 'ExternalIpAddressExhausted', `Unable to find any IP address on external network ${network.id}.`)
    : neutronFault(ask, 409, 'IpAddressGenerationFailure', `No more IP addresses available on network ${network.id}.`);
}

function requestedAddress(ask: ServiceAsk, network: Network, subnet: Subnet | undefined, wish: string): string {
  if (!isDottedQuad(wish)) throw neutronFault(ask, 400, 'BadRequest', `Floating IPs are IPv4 only, not ${wish}`);
  if (subnet && !inCidr(wish, subnet.cidr)) {
    throw neutronFault(ask, 400, 'InvalidIpForSubnet', `IP address ${wish} is not a valid IP for the specified subnet.`);
  }
  if (!ask.cloud.subnets.some((one) => one.network === network.id && inCidr(wish, one.cidr))) {
    throw neutronFault(
      ask,
      400,
      'InvalidIpForNetwork',
      `IP address ${wish} is not a valid IP for any of the subnets on the specified network.`,
    );
  }
  if (isTaken(ask.cloud, network.id, wish)) {
    throw neutronFault(ask, 409, 'IpAddressAlreadyAllocated', `IP address ${wish} already allocated in network ${network.id}.`);
  }
  return wish;
}

/** A name and its domain, in lower case, or neither: one without the other is no entry of the DNS. */
function publishedName(ask: ServiceAsk, given: Attributes): { readonly dnsName: string; readonly dnsDomain: string } {
  const dnsName = (text(given.dns_name) ?? '').toLowerCase();
  const dnsDomain = (text(given.dns_domain) ?? '').toLowerCase();
  if ((dnsName === '') === (dnsDomain === '')) return { dnsName, dnsDomain };
  const [lone, missing] = dnsName === '' ? ['dns_domain', 'dns_name'] : ['dns_name', 'dns_domain'];
  throw neutronFault(ask, 400, 'BadRequest', `${lone} cannot be specified without a ${missing}`);
}

export function updateFloatingIp(ask: ServiceAsk, id: string): Answer {
  const item = find(ask, floatingIps, id);
  const guarded = guard(ask, item.revision);
  const given = readBody(ask, rules(ask));
  const target = Object.keys(given).length === 0 ? null : wanted(ask, given, item.network, item);
  if (Object.keys(given).length === 0 && item.port !== null) ask.note('an empty update disassociates in silence');
  if (item.port !== null && target && target.port !== item.port && !guarded) ask.note('a bound address is moved without If-Match');
  const policy = wantedPolicy(ask, given, item.qosPolicy);
  const moved = target !== undefined && setTarget(item, target, ask.knobs.wiring);
  const description = text(given.description) ?? item.description;
  if (moved || description !== item.description || policy !== item.qosPolicy) touch(ask.cloud, item);
  item.description = description;
  item.qosPolicy = policy;
  return { status: 200, json: { floatingip: view(ask, item) } };
}

/** The association that a body asks for: a target, none (null), or what there was (undefined). */
function wanted(ask: ServiceAsk, given: Attributes, network: string, item: FloatingIp | undefined) {
  const fixedAddress = text(given.fixed_ip_address);
  const named = text(given.port_id);
  if (fixedAddress !== undefined && named === undefined) {
    ask.note('fixed_ip_address without port_id');
    throw neutronFault(ask, 400, 'BadRequest', 'fixed_ip_address cannot be specified without a port_id');
  }
  if (given.port_id === null) return null;
  // An update that keeps silent about the port keeps the association, but has it looked at again.
  const port = named ?? item?.port;
  if (port === undefined || port === null) return undefined;
  const target = chooseTarget(ask.cloud, {
    port,
    fixedAddress,
    network,
    ...(item ? { floatingIp: item } : {}),
    project: ask.who.admin ? undefined : ask.who.project,
  });
  if (!isReason(target)) {
    if (ask.cloud.ports.some((one) => one.id === port && one.owner.startsWith('network:'))) ask.note(`port ${port} is no server's`);
    return target;
  }
  if (target.careless) ask.note(target.message);
  throw neutronFault(ask, target.status, target.type, target.message);
}

/** Releases; a bound address goes without complaint, which is why it costs a mark when nobody looked first. */
export function deleteFloatingIp(ask: ServiceAsk, id: string): Answer {
  const item = find(ask, floatingIps, id);
  const guarded = guard(ask, item.revision);
  if (item.forwardings.length > 0) {
    throw neutronFault(ask, 409, 'FipInUseByPortForwarding', `Floating IP ${id} is in use by port forwardings`);
  }
  if (item.port !== null && !guarded) ask.note('a bound address is deleted without If-Match');
  if (item.lingers === null && ask.knobs.lingeringDelete > 0) {
    setTarget(item, null, ask.knobs.wiring);
    item.lingers = ask.knobs.lingeringDelete;
  } else {
    remove(ask, item);
  }
  return { status: 204 };
}

function remove(ask: ServiceAsk, item: FloatingIp): void {
  ask.cloud.floatingIps = ask.cloud.floatingIps.filter((one) => one !== item);
  tick(ask.cloud);
}
