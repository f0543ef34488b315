/** An elastic IP as the v3 API shows it: other names than in v1, nested, and with the time zone. */
import type { Eip, Port } from './cloud.js';
import { readState } from './eips.js';
import type { Request } from './request.js';

/** Members that come only when `fields` asks for them. */
export const ON_REQUEST: readonly string[] = ['profile', 'tags', 'cascade_delete_by_instance'];

export type EipV3Row = ReturnType<typeof fullRow>;

/** Counts as a read. Without the members of `ON_REQUEST`. */
export function eipV3Row(request: Request, eip: Eip): object {
  return Object.fromEntries(Object.entries(fullRow(request, eip)).filter(([name]) => !ON_REQUEST.includes(name)));
}

/** Counts as a read. */
export function fullRow(request: Request, eip: Eip) {
  const { cloud } = request;
  const port = cloud.ports.find(({ id }) => id === eip.portId);
  const bandwidth = cloud.bandwidths.find(({ id }) => id === eip.bandwidthId);
  const isShared = port?.deviceOwner.startsWith('neutron:LOADBALANCER') === true;
  const instance = port === undefined ? eip.instance : { type: isShared ? 'ELBV1' : 'PORT', id: port.id };
  const status = readState(eip);
  return {
    id: eip.id,
    project_id: eip.projectId,
    ip_version: 4,
    public_ip_address: eip.address,
    public_ipv6_address: null,
    status,
    description: eip.description,
    alias: eip.alias ?? '',
    public_border_group: 'center',
    created_at: `${eip.created}Z`,
    updated_at: `${eip.updated}Z`,
    type: eip.type === '5_dualStack' ? 'DUALSTACK' : 'EIP',
    publicip_pool_id: `pool-${eip.type}`,
    publicip_pool_name: eip.type,
    vnic: port === undefined ? null : vnicOf(request, port),
    bandwidth: {
      id: eip.bandwidthId,
      size: bandwidth?.size,
      share_type: bandwidth?.shareType,
      charge_mode: 'traffic',
      name: bandwidth?.name,
      billing_info: '',
    },
    enterprise_project_id: '0',
    billing_info: '',
    lock_status: status === 'FREEZED' ? 'locked' : null,
    associate_instance_type: instance?.type ?? null,
    associate_instance_id: instance?.id ?? null,
    allow_share_bandwidth_types: ['bgp', 'share'],
    profile: {},
    tags: eip.tags.map(({ key, value }) => `${key}=${value}`),
    cascade_delete_by_instance: false,
  };
}

function vnicOf(request: Request, port: Port) {
  const isNic = port.deviceOwner.startsWith('compute:');
  return {
    private_ip_address: port.address,
    device_id: port.deviceId,
    device_owner: port.deviceOwner,
    vpc_id: request.cloud.subnets.find(({ id }) => id === port.networkId)?.vpcId ?? '',
    port_id: port.id,
    port_profile: '',
    mac: port.mac,
    vtep: '',
    vni: '',
    instance_id: isNic ? port.deviceId : '',
    instance_type: isNic ? 'ECS' : '',
  };
}
