/**
 * Elastic IPs through the native API, as floating IPs, and the networks they come from. What is made here has a bandwidth
 * with defaults. https://docs.otc.t-systems.com/elastic-ip/api-ref/native_openstack_neutron_apis_v2.0/
 */
import { isUuid, tick } from '../../cloud.js';
import type { Answer } from '../../dialect.js';
import { portOf } from './addresses.js';
import { addDedicated } from './bandwidths.js';
import { type Eip, type Port, stamp } from './cloud.js';
import { bind, create, eipOfPort, isBusy, isQuotaUsedUp, nextAddress, ownEips, readState, release, unbind } from './eips.js';
import { neutronPage } from './neutron-pages.js';
import { byId, idMark, isBlank, isRecord, type Json, neutronRefusal, noteUnknownFields, type Refusal, type Request } from './request.js';
import { EXTERNAL_NETWORK } from './seed.js';

export const FLOATING_FILTERS = ['id', 'floating_ip_address', 'router_id', 'port_id', 'fixed_ip_address', 'tenant_id'] as const;
export const NETWORK_FILTERS = ['id', 'name', 'router:external'] as const;

/** Mbit/s of a bandwidth that nobody asked for. */
const DEFAULT_SIZE = 5;

/** `GET /v2.0/floatingips`. */
export function listFloatingIps(request: Request): Answer {
  const rows = byId(ownEips(request)).map((eip) => toRow(request, eip));
  return { status: 200, json: neutronPage(request, 'floatingips', rows.filter(fits(request, FLOATING_FILTERS))) };
}

/** `GET /v2.0/floatingips/{id}`. */
export function showFloatingIp(request: Request): Answer {
  return { status: 200, json: { floatingip: toRow(request, find(request)) } };
}

/** `POST /v2.0/floatingips`. */
export function createFloatingIp(request: Request): Answer {
  const given = floatingOf(request, ['floating_network_id', 'port_id']);
  const { floating_network_id: networkId } = given;
  if (typeof networkId !== 'string' || !isUuid(networkId)) throw invalid('floating_network_id', `no network id: ${networkId}`);
  if (networkId !== EXTERNAL_NETWORK.id) throw neutronRefusal(404, 'NetworkNotFound', `Network ${networkId} could not be found.`);
  const port = isBlank(given.port_id) ? undefined : freePort(request, given.port_id);
  if (isQuotaUsedUp(request)) throw neutronRefusal(409, 'OverQuota', "Quota exceeded for resources: ['floatingip'].");
  const address = nextAddress(request);
  if (address === undefined) {
    throw neutronRefusal(409, 'IpAddressGenerationFailure', `No more IP addresses available on network ${networkId}.`);
  }
  const created = stamp(tick(request.cloud));
  const bandwidth = addDedicated(request, `bandwidth-${address.replaceAll('.', '-')}`, DEFAULT_SIZE, created);
  const eip = create(request, { address, type: '5_bgp', bandwidthId: bandwidth.id, alias: null, created });
  if (port !== undefined) bind(request, eip, port);
  return { status: 201, json: { floatingip: { ...toRow(request, eip), status: 'DOWN' } } };
}

/** `PUT /v2.0/floatingips/{id}`: binds or unbinds. The answer to a binding still says DOWN. */
export function updateFloatingIp(request: Request): Answer {
  const given = floatingOf(request, ['port_id']);
  const { port_id: portId } = given;
  if (portId === undefined) throw invalid('port_id', 'a floating IP update without port_id');
  const eip = find(request);
  if (isBusy(eip)) throw neutronRefusal(409, 'Conflict', 'Resource status is busy, try it again later.');
  if (isBlank(portId)) {
    if (eip.portId !== null) unbind(request.cloud, eip);
  } else if (portId !== eip.portId) {
    const port = freePort(request, portId);
    if (eip.portId !== null) throw alreadyAssociated(eip, port);
    bind(request, eip, port);
  }
  return { status: 200, json: { floatingip: { ...toRow(request, eip), status: 'DOWN' } } };
}

/** `DELETE /v2.0/floatingips/{id}`. */
export function deleteFloatingIp(request: Request): Answer {
  const eip = find(request);
  if (eip.portId !== null) unbind(request.cloud, eip);
  release(request, eip);
  return { status: 204 };
}

/** `GET /v2.0/networks`: the subnets' networks, and the external one. */
export function listNetworks(request: Request): Answer {
  const { cloud, project } = request;
  const row = (network: { readonly id: string; readonly name: string }, subnets: readonly string[], external: boolean) => ({
    id: network.id,
    name: network.name,
    status: 'ACTIVE',
    admin_state_up: true,
    shared: external,
    subnets,
    'router:external': external,
  });
  const own = cloud.subnets.filter((subnet) => subnet.projectId === project);
  const rows = byId([...own.map((subnet) => row(subnet, [subnet.neutronSubnetId], false)), row(EXTERNAL_NETWORK, [], true)]);
  return { status: 200, json: neutronPage(request, 'networks', rows.filter(fits(request, NETWORK_FILTERS))) };
}

function fits(request: Request, filters: readonly string[]): (row: Json) => boolean {
  const { query } = request.call;
  // `True` and `true` are one value to this API.
  return (row) =>
    filters.every((name) => {
      const wanted = query.getAll(name).map((text) => text.toLowerCase());
      return wanted.length === 0 || wanted.includes(String(row[name] ?? '').toLowerCase());
    });
}

function floatingOf(request: Request, known: readonly string[]): Json {
  const given = request.body.floatingip;
  if (!isRecord(given)) throw invalid('floatingip', 'floatingip is no object');
  noteUnknownFields(request, given, known, 'floatingip');
  return given;
}

function freePort(request: Request, id: unknown): Port {
  if (typeof id !== 'string' || !isUuid(id)) throw invalid('port_id', `port_id is no id: ${id}`);
  const port = portOf(request, id);
  if (port === undefined) throw neutronRefusal(404, 'PortNotFound', `Port ${id} could not be found.`);
  const holder = eipOfPort(request.cloud, id);
  if (holder !== undefined) throw alreadyAssociated(holder, port);
  return port;
}

function alreadyAssociated(eip: Eip, port: Port): Refusal {
  const text = `Cannot associate floating IP ${eip.address} (${eip.id}) with port ${port.id} using fixed IP ${port.address}.`;
  return neutronRefusal(409, 'FloatingIPPortAlreadyAssociated', text);
}

function toRow(request: Request, eip: Eip) {
  const port = request.cloud.ports.find(({ id }) => id === eip.portId);
  const subnet = request.cloud.subnets.find(({ id }) => id === port?.networkId);
  return {
    id: eip.id,
    floating_ip_address: eip.address,
    fixed_ip_address: port?.address ?? null,
    port_id: port?.id ?? null,
    router_id: subnet?.vpcId ?? null,
    floating_network_id: EXTERNAL_NETWORK.id,
    status: nativeState(readState(eip)),
    tenant_id: eip.projectId,
    project_id: eip.projectId,
    dns_name: `ecs-${eip.address.replaceAll('.', '-')}`,
    dns_domain: '',
    created_at: eip.created,
    updated_at: eip.updated,
  };
}

/** This API knows three states only. */
function nativeState(state: string): string {
  if (state === 'ACTIVE' || state === 'ELB' || state === 'VPN') return 'ACTIVE';
  return state.includes('ERROR') || state === 'FREEZED' ? 'ERROR' : 'DOWN';
}

function find(request: Request): Eip {
  const eip = ownEips(request).find((other) => other.id === request.id);
  if (eip !== undefined) return eip;
  throw neutronRefusal(404, 'FloatingIPNotFound', `Floating IP ${request.id} could not be found.`, idMark(request.id, 'floating IP'));
}

function invalid(field: string, mark: string): Refusal {
  return neutronRefusal(400, 'InvalidInput', `Invalid input for ${field}.`, mark);
}
