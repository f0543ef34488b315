/**
 * The sandbox of Open Telekom Cloud: IAM, VPC with elastic IPs, and ECS behind one gateway, each under a prefix of its
 * own (`/iam`, `/vpc`, `/ecs`). https://docs.otc.t-systems.com/
 *
 * Knobs:
 * - `pageSizeMax`: default and greatest `limit` of VPC lists (2000).
 * - `slowStates`: reads before a change of an elastic IP settles; also refuses releases that come before that.
 * - `longStates`: the short-lived states show as well: NOTIFYING, PENDING_UPDATE, NOTIFY_DELETE; each once without `slowStates`.
 * - `settlesAs`: the state that a new elastic IP ends in (DOWN), say ERROR or FREEZED.
 * - `bindsAs`: the state that a binding to a port ends in (ACTIVE), say BIND_ERROR.
 * - `slowPorts`: answers that show a new port as BUILD, its creation's included.
 * - `vpcStatus`, `subnetStatus`, `bandwidthStatus`: what these show in place of OK, ACTIVE and NORMAL.
 * - `partialBatch`: of a batch of private IPs, those before the first bad item stay.
 * - `allowReserved`: gateway, DHCP and system interface addresses may be named.
 * - `listSystemPorts`: private IP lists show gateway and DHCP.
 * - `unknownSubnetRefused`: the private IP list of an unknown subnet is 404 in place of empty.
 * - `messageRevision`: `old` for the texts before the API reference was reworded.
 * - `nestedMessages`: errors carry the backend's words as JSON within the message.
 * - `errorShape`: `gateway`, `camel`, `html` or `empty`: the form of errors, see `shapes.ts`.
 * - `gatewaySpelling`: `APIG` for the other prefix of the gateway's codes.
 * - `swappedEcsErrors`: code and message of the first ECS API's errors in each other's place.
 * - `troubles`: documented failures that nothing here leads to, by permission; see `troubles.ts`.
 * - `throttleEvery`: of so many requests the last is refused with 429.
 * - `expireTokenAfter`: requests that a token is good for.
 * - `tokenRefusal`: `service` when a bad token shall pass the gateway and be refused behind it.
 * - `eipQuota`: elastic IPs per project (10); -1 is no limit.
 * - `portQuota`: ports per project that the native API allows (no limit).
 * - `allQuotas`: the list of quotas passes over its filter, though not over a type that it does not know.
 * - `v3Enabled`: false where the region has no elastic IP API v3.
 * - `now`: a fixed clock, milliseconds since 1970 or an ISO date.
 */

import { uuid } from '../../cloud.js';
import type { Answer, Call, Dialect, Tools } from '../../dialect.js';
import type { OtcCloud } from './cloud.js';
import { sweep } from './eips.js';
import { authenticate, gatewayRefusal, projectOf, requestId, type Service, throttle } from './gateway.js';
import { issueToken } from './identity.js';
import { isRecord, type Json, noteUnknownFields, Refusal, type Request, vpcRefusal } from './request.js';
import type { BodyRule, Operation, Route } from './route.js';
import { ROUTES } from './routes.js';
import { DOMAIN, REGION, seed } from './seed.js';
import { shaped } from './shapes.js';
import { loginTrouble, trouble } from './troubles.js';

export { accessKey, readOnlyUser, secondFactorUser, temporaryKey } from './seed.js';

/** Collections of the native API, below `/v2.0`. */
const NATIVE: readonly (string | undefined)[] = ['ports', 'floatingips', 'networks'];

export const otc: Dialect<OtcCloud> = {
  id: 'otc',
  title: 'Open Telekom Cloud',
  seed,
  answer(call, cloud, tools) {
    cloud.requests += 1;
    const marks: string[] = [];
    sweep(cloud);
    const answer = shaped(
      attempt(() => serve(call, cloud, { ...tools, now: clockOf(tools) }, marks)),
      call,
      cloud,
      tools,
    );
    const headers = { 'X-Request-Id': requestId(cloud), ...neutronHeaders(call, cloud), ...answer.headers };
    const all = [...marks, ...(answer.mark === undefined ? [] : [answer.mark])];
    return { ...answer, headers, ...(all.length > 0 ? { mark: all.join('; ') } : {}) };
  },
  options: (origin) => ({
    'iam-endpoint': `${origin}/iam`,
    'vpc-endpoint': `${origin}/vpc`,
    'ecs-endpoint': `${origin}/ecs`,
    region: REGION,
    username: 'demo',
    password: 'sandbox-secret',
    'domain-name': DOMAIN.name,
    'project-name': REGION,
  }),
  credentials: ['password'],
};

interface Match {
  readonly service: Service;
  readonly methods: Route['methods'];
  /** null on paths without a project. */
  readonly project: string | null;
  readonly id: string;
  readonly key: string;
}

function attempt(run: () => Answer): Answer {
  try {
    return run();
  } catch (error) {
    if (error instanceof Refusal) return error.answer;
    throw error;
  }
}

/** The order of checks: route, method, credentials, project, permission, throttle, body; then whatever the call says. */
function serve(call: Call, cloud: OtcCloud, tools: Tools, marks: string[]): Answer {
  const match = matchOf(call, cloud, tools);
  const operation = Object.hasOwn(match.methods, call.method) ? match.methods[call.method] : undefined;
  if (operation === undefined) {
    throw gatewayRefusal(
      cloud,
      405,
      'APIGW.0101',
      'The method is not allowed on this API',
      `${call.method} ${call.rawPath} does not exist`,
    );
  }
  if (operation === 'issue') {
    noteQuery(call, ['nocatalog'], [], marks);
    noteContentType(call, marks);
    loginTrouble(cloud, tools);
    return issueToken(call, cloud, tools, marks);
  }
  const caller = authenticate(call, cloud, tools, match.service, marks);
  const project = match.service === 'iam' ? '' : projectOf(tools, match.service, caller, match.project);
  const changes = call.method !== 'GET' && call.method !== 'HEAD' && operation.reads !== true;
  if (changes && caller.user.readOnly) {
    throw vpcRefusal(tools, 403, 'VPC.2201', `Policy doesn't allow ${operation.action} to be performed`);
  }
  throttle(cloud, tools);
  const body = bodyOf(call, tools, operation, marks);
  noteQuery(call, operation.query ?? [], operation.repeats ?? [], marks);
  const request: Request = { call, cloud, tools, caller, project, id: match.id, key: match.key, body, marks };
  trouble(request, operation.action, (copy) => void operation.run({ ...request, cloud: copy }));
  return operation.run(request);
}

function matchOf(call: Call, cloud: OtcCloud, tools: Tools): Match {
  // A project left empty is a routing failure of another kind than a path that nobody knows.
  if (call.rawPath.includes('//')) {
    const json = { message: 'API not found', request_id: requestId(cloud) };
    throw new Refusal({ status: 404, json, mark: `empty segment in ${call.rawPath}` });
  }
  const [service, ...rest] = call.path;
  for (const route of ROUTES) {
    if (route.service !== service || (isNewer(route) && tools.knobs.v3Enabled === false)) continue;
    const found = variablesOf(route.path.split('/'), rest);
    if (found === undefined) continue;
    const { P: project = null, id = '', key = '' } = found;
    return { service: route.service, methods: route.methods, project, id, key };
  }
  const text = 'The API does not exist or has not been published in the environment';
  throw gatewayRefusal(cloud, 404, 'APIGW.0101', text, `unknown path ${call.rawPath}`);
}

/** Elastic IPs v3, which not every region has. */
function isNewer(route: Route): boolean {
  return route.service === 'vpc' && route.path.startsWith('v3/');
}

/** What stands in the variable places of a path; undefined when the path is another one. */
function variablesOf(pattern: readonly string[], path: readonly string[]): Readonly<Record<string, string>> | undefined {
  if (pattern.length !== path.length) return undefined;
  const found: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const segment = path[index] ?? '';
    if (part.startsWith('{')) found[part.slice(1, -1)] = segment;
    else if (part !== segment) return undefined;
  }
  return found;
}

function bodyOf(call: Call, tools: Tools, operation: Operation, marks: string[]): Json {
  const rule = operation.body;
  if (rule === undefined) {
    if (call.body !== '') marks.push(`a body on ${call.method} ${call.rawPath}`);
    return {};
  }
  noteContentType(call, marks);
  const body = parse(call.body, tools, rule);
  const missing = rule.roots.find((name) => !Object.hasOwn(body, name));
  if (missing !== undefined) throw rule.refuse(tools, `${missing} is missing in the body`);
  noteUnknownFields({ marks }, body, [...rule.roots, ...(rule.optional ?? [])], 'body');
  return body;
}

function parse(text: string, tools: Tools, rule: BodyRule): Json {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw rule.refuse(tools, 'the body is no JSON');
  }
  if (!isRecord(value)) throw rule.refuse(tools, 'the body is no object');
  return value;
}

function noteContentType(call: Call, marks: string[]): void {
  const type = call.headers['content-type'] ?? '';
  if (!/^application\/json\s*(;|$)/i.test(type)) marks.push(`a body without Content-Type: application/json: '${type}'`);
}

/** Parameters that a call does not know are passed over: a filter that filters nothing. */
function noteQuery(call: Call, known: readonly string[], repeats: readonly string[], marks: string[]): void {
  for (const name of new Set(call.query.keys())) {
    if (!known.includes(name)) marks.push(`unknown parameter ${name}`);
    else if (!repeats.includes(name) && call.query.getAll(name).length > 1) marks.push(`parameter ${name} twice`);
  }
}

/** Native Neutron names requests in its own way besides the gateway's. */
function neutronHeaders(call: Call, cloud: OtcCloud): Readonly<Record<string, string>> {
  const [service, version, kind] = call.path;
  if (service !== 'vpc' || version !== 'v2.0' || !NATIVE.includes(kind)) return {};
  return { 'X-Openstack-Request-Id': `req-${uuid(`request/${cloud.requests}`)}` };
}

function clockOf(tools: Tools): number {
  const { now } = tools.knobs;
  if (typeof now === 'number') return now;
  return typeof now === 'string' ? Date.parse(now) : tools.now;
}
