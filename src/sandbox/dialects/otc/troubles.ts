/**
 * Documented failures that nothing in the playground leads to: faults behind the service and conditions of the account.
 * The switch `troubles` makes a call end in one: `{ "vpc:privateIps:delete": "VPC.0706" }`, or `"VPC.0706 x2"` for the
 * first two such calls only. https://docs.otc.t-systems.com/virtual-private-cloud/api-ref/appendix/error_codes.html
 */
import type { Tools } from '../../dialect.js';
import type { OtcCloud } from './cloud.js';
import { isRecord, Refusal, type Request, vpcRefusal } from './request.js';

interface Trouble {
  readonly code: string;
  readonly status: number;
  readonly text: string;
  readonly old?: string;
}

const row = (code: string, status: number, text: string, old?: string): Trouble => ({
  code,
  status,
  text,
  ...(old === undefined ? {} : { old }),
});

const NEUTRON = row('VPC.0514', 500, 'Neutron error.');

/** By permission; a code may mean something else in another call. */
const OF_CALLS: Readonly<Record<string, readonly Trouble[]>> = {
  'vpc:privateIps:delete': [row('VPC.0706', 500, 'Deleting port failed.', 'Delete port fail.')],
  'vpc:publicIps:create': [
    row('VPC.0502', 403, 'You are not allowed to assign the EIP.', 'Tenant status is op_restricted.'),
    row('VPC.0503', 500, 'Failed to assign the EIP.', 'Creating publicIp failed.'),
    row('VPC.0504', 500, 'FloatIp is null.'),
    row('VPC.0508', 500, 'Port is invalid.'),
    row('VPC.0510', 409, 'EIP has already been bound to a port.', 'Floatingip has already associated with port.'),
    row('VPC.0511', 409, 'The port has already been bound with an EIP.', 'Port has already associated with floatingip.'),
  ],
  'vpc:publicIps:get': [NEUTRON],
  'vpc:publicIps:update': [
    row('VPC.0509', 500, 'The port has already been bound with an EIP.', 'Floating ip double status is invalid.'),
    row('VPC.0512', 409, 'Resource status is busy, try it again later.'),
    NEUTRON,
  ],
  'vpc:publicIps:delete': [
    row('VPC.0512', 409, 'Resource status is busy, try it again later.'),
    row('VPC.0513', 500, 'Network resources not found.', 'getElementByKey error.'),
    row('VPC.0518', 500, 'EIP has firewall rules.', 'Public IP has firewall rules.'),
  ],
  'vpc:bandwidths:get': [row('VPC.0302', 500, 'The bandwidth could not be queried.')],
  'vpc:bandwidths:list': [row('VPC.0302', 500, 'The bandwidth could not be queried.')],
  'vpc:bandwidths:update': [
    row('VPC.0302', 500, 'The bandwidth could not be queried.'),
    row('VPC.0305', 500, 'Updating bandwidth failed.'),
  ],
  'vpc:vpcs:get': [row('VPC.0105', 500, 'The VPC could not be found.')],
  'vpc:subnets:get': [row('VPC.0202', 500, 'The subnet could not be found.')],
};

/** Of every call. */
const PUBLIC: readonly Trouble[] = [
  row('VPC.0002', 400, 'AZ name is null.'),
  row('VPC.0003', 404, 'VPC does not exist.'),
  row('VPC.0004', 400, 'VPC is not active. Try again later.'),
  row('VPC.0005', 401, 'Lack of user authority.'),
  row('VPC.0008', 401, 'Invalid token in the header.'),
  row('VPC.0009', 401, 'Real-name authentication failed.'),
  row('VPC.0010', 403, 'Insufficient permissions to call the underlying system.', 'Rules on xx by ** disallowed by policy'),
  row('VPC.2204', 404, 'Resource query by ID failed.', 'Query resource by id fail.'),
  row('VPC.2701', 403, 'Token is not allowed to do this action.'),
];

/** Of the login, `iam:tokens:create`: the newer paths of IAM have a form of their own. */
const OF_LOGIN: readonly Trouble[] = [
  row('IAM.0001', 401, 'The request is not authenticated.'),
  row('IAM.0002', 403, 'You do not have the permission for this operation.'),
  row('IAM.0003', 403, 'You do not have the permission for this operation.'),
  row('IAM.0004', 404, 'The object could not be found.'),
  row('IAM.0012', 429, 'Too many requests: more than 5 in 60 seconds.'),
  row('IAM.0061', 401, 'The account is locked.'),
  row('IAM.0062', 401, 'The password is wrong.'),
  row('IAM.0066', 401, 'The token has expired.'),
  row('IAM.0067', 401, 'The token is invalid.'),
];

/** As `trouble`, for the call that comes before there is a caller; whatever its body says. */
export function loginTrouble(cloud: OtcCloud, tools: Tools): void {
  const found = next(cloud, tools, 'iam:tokens:create', OF_LOGIN);
  if (found === undefined) return;
  strike(cloud, 'iam:tokens:create');
  throw new Refusal({ status: found.status, json: { error_code: found.code, error_msg: found.text } });
}

/**
 * Refuses when the switch has a trouble left for this call. `rehearse` runs the call on a copy of the cloud: what it
 * refuses on its own comes first, as a fault of the backend can only hit what the service has let through.
 */
export function trouble(request: Request, action: string, rehearse: (cloud: OtcCloud) => void): void {
  const { cloud, tools } = request;
  const found = next(cloud, tools, action, [...(OF_CALLS[action] ?? []), ...PUBLIC]);
  if (found === undefined) return;
  rehearse(structuredClone(cloud));
  strike(cloud, action);
  const { status, code, text, old } = found;
  throw vpcRefusal(tools, status, code, text, old === undefined ? {} : { old });
}

function next(cloud: OtcCloud, tools: Tools, action: string, table: readonly Trouble[]): Trouble | undefined {
  const { troubles } = tools.knobs;
  const wanted = isRecord(troubles) ? troubles[action] : undefined;
  if (typeof wanted !== 'string') return undefined;
  const [, code, times] = /^(\S+)(?: x(\d+))?$/.exec(wanted) ?? [];
  const found = table.find((candidate) => candidate.code === code);
  if (found === undefined) throw new Error(`no such trouble of ${action}: ${wanted}`);
  return times !== undefined && (cloud.troubled[action] ?? 0) >= Number(times) ? undefined : found;
}

function strike(cloud: OtcCloud, action: string): void {
  cloud.troubled[action] = (cloud.troubled[action] ?? 0) + 1;
}
