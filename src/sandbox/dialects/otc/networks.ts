/** VPCs and subnets, for clients that know only names; quotas and how full a subnet is. */

import { toNumber } from '../../cloud.js';
import type { Answer } from '../../dialect.js';
import { isOfSystem, subnetOf } from './addresses.js';
import type { Subnet, Vpc } from './cloud.js';
import { eipQuota, ownEips } from './eips.js';
import { idMark, pageOf, type Refusal, type Request, textKnob, vpcRefusal } from './request.js';
import { SHARED_QUOTA } from './shared-bandwidths.js';

/** `GET vpcs`. There is no filter by name. */
export function listVpcs(request: Request): Answer {
  const id = request.call.query.get('id');
  const wrong = id === null ? undefined : idMark(id, 'VPC');
  if (wrong !== undefined) throw invalidVpc(request, wrong);
  const rows = request.cloud.vpcs.filter((vpc) => vpc.projectId === request.project && (id === null || vpc.id === id));
  return {
    status: 200,
    json: { vpcs: pageOf(request, rows, (_text, mark) => invalidVpc(request, mark)).map((vpc) => toVpcRow(request, vpc)) },
  };
}

/** `GET vpcs/{id}`. */
export function showVpc(request: Request): Answer {
  const wrong = idMark(request.id, 'VPC');
  if (wrong !== undefined) throw invalidVpc(request, wrong);
  const vpc = request.cloud.vpcs.find((other) => other.id === request.id && other.projectId === request.project);
  if (vpc === undefined) throw vpcRefusal(request.tools, 404, 'VPC.0105', 'The VPC could not be found.');
  return { status: 200, json: { vpc: toVpcRow(request, vpc) } };
}

/** `GET subnets`. No filter by name here either, and names repeat. */
export function listSubnets(request: Request): Answer {
  const vpcId = request.call.query.get('vpc_id');
  const wrong = vpcId === null ? undefined : idMark(vpcId, 'vpc_id');
  if (wrong !== undefined) throw invalidSubnet(request, wrong);
  const rows = request.cloud.subnets.filter((subnet) => subnet.projectId === request.project && (vpcId === null || subnet.vpcId === vpcId));
  return {
    status: 200,
    json: { subnets: pageOf(request, rows, (_text, mark) => invalidSubnet(request, mark)).map((subnet) => toSubnetRow(request, subnet)) },
  };
}

/** `GET subnets/{id}`: the network's id. */
export function showSubnet(request: Request): Answer {
  const wrong = idMark(request.id, 'subnet');
  if (wrong !== undefined) throw invalidSubnet(request, wrong);
  const subnet = subnetOf(request, request.id);
  if (subnet !== undefined) return { status: 200, json: { subnet: toSubnetRow(request, subnet) } };
  const swapped = request.cloud.subnets.some((other) => other.neutronSubnetId === request.id);
  const mark = swapped ? 'the Neutron subnet id in place of the network id' : undefined;
  throw vpcRefusal(request.tools, 404, 'VPC.0202', 'The subnet could not be found.', { mark });
}

/** `GET quotas`. Private IPs have none. */
export function showQuotas(request: Request): Answer {
  const type = request.call.query.get('type');
  const all = quotas(request);
  if (type === null) return { status: 200, json: { quotas: { resources: all } } };
  if (!all.some((row) => row.type === type)) {
    throw vpcRefusal(request.tools, 400, 'VPC.1207', 'resource type is invalid.', { mark: `quota type ${type}` });
  }
  // Some answers hold more rows than were asked for: clients have to look at the type.
  const rows = request.tools.knobs.allQuotas === true ? all : all.filter((row) => row.type === type);
  return { status: 200, json: { quotas: { resources: rows } } };
}

/** `GET /v2.0/network-ip-availabilities/{id}`. Reserved addresses count neither as there nor as used. */
export function showAvailability(request: Request): Answer {
  const wrong = idMark(request.id, 'network');
  if (wrong !== undefined) throw vpcRefusal(request.tools, 400, 'VPC.2301', 'Invalid parameter network_id.', { mark: wrong });
  const subnet = subnetOf(request, request.id);
  if (subnet === undefined) throw vpcRefusal(request.tools, 400, 'VPC.2302', `Network ${request.id} could not be found.`);
  const [first, last] = subnet.pool;
  const counts = {
    total_ips: toNumber(last) - toNumber(first) + 1,
    used_ips: request.cloud.ports.filter((port) => port.networkId === subnet.id && !isOfSystem(port)).length,
  };
  const inner = { subnet_id: subnet.neutronSubnetId, subnet_name: subnet.name, ip_version: 4, cidr: subnet.cidr, ...counts };
  const outer = { network_id: subnet.id, network_name: subnet.name, tenant_id: subnet.projectId, ...counts };
  return { status: 200, json: { network_ip_availability: { ...outer, subnet_ip_availability: [inner] } } };
}

function quotas(request: Request) {
  const { cloud, project } = request;
  const own = (rows: readonly { readonly projectId: string }[]) => rows.filter((row) => row.projectId === project).length;
  const shared = cloud.bandwidths.filter((bandwidth) => bandwidth.shareType === 'WHOLE');
  const row = (type: string, used: number, quota: number) => ({ type, used, quota, min: 0 });
  return [
    row('vpc', own(cloud.vpcs), 5),
    row('subnet', own(cloud.subnets), 100),
    row('securityGroup', 1, 100),
    row('securityGroupRule', 4, 5000),
    row('publicIp', ownEips(request).length, eipQuota(request)),
    row('vpn', 0, 5),
    row('vpcPeer', 0, 50),
    row('loadbalancer', 1, 50),
    row('listener', 0, 500),
    row('physicalConnect', 0, 10),
    row('virtualInterface', 0, 50),
    row('firewall', 0, 200),
    row('shareBandwidth', own(shared), SHARED_QUOTA),
    row('shareBandwidthIP', 0, 20),
    row('address_group', 0, 50),
    row('flow_log', 0, 10),
    row('vpcContainRoutetable', 0, 1),
    row('routetableContainRoutes', 0, 100),
  ];
}

function toVpcRow(request: Request, vpc: Vpc) {
  return {
    id: vpc.id,
    name: vpc.name,
    description: '',
    cidr: vpc.cidr,
    status: textKnob(request.tools, 'vpcStatus') ?? 'OK',
    enterprise_project_id: '0',
    routes: [],
    enable_shared_snat: false,
    tenant_id: vpc.projectId,
    created_at: vpc.created,
    updated_at: vpc.created,
  };
}

function toSubnetRow(request: Request, subnet: Subnet) {
  return {
    id: subnet.id,
    name: subnet.name,
    description: '',
    cidr: subnet.cidr,
    dnsList: ['192.168.0.2', '192.168.0.3'],
    status: textKnob(request.tools, 'subnetStatus') ?? 'ACTIVE',
    vpc_id: subnet.vpcId,
    gateway_ip: subnet.gateway,
    ipv6_enable: false,
    dhcp_enable: true,
    primary_dns: '192.168.0.2',
    secondary_dns: '192.168.0.3',
    availability_zone: subnet.zone,
    neutron_network_id: subnet.id,
    neutron_subnet_id: subnet.neutronSubnetId,
    extra_dhcp_opts: [],
    tenant_id: subnet.projectId,
    created_at: subnet.created,
    updated_at: subnet.created,
  };
}

function invalidVpc(request: Request, mark?: string): Refusal {
  return vpcRefusal(request.tools, 400, 'VPC.0101', 'Invalid param.', { mark });
}

function invalidSubnet(request: Request, mark?: string): Refusal {
  return vpcRefusal(request.tools, 400, 'VPC.0201', 'Invalid param.', { mark });
}
