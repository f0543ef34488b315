/** The gateway before every service: what it notes of any request, and its checks in their order: rate, token, tenant. */
import type { Answer, Call, Tools } from '../../dialect.js';
import type { RackspaceCloud, Region, User } from './cloud.js';
import { answerIdentity, tokenOf } from './identity.js';
import { knobsFrom, throttle } from './knobs.js';
import type { Service } from './routes.js';
import { fault, forbidden, type Guest, lost, requestId, type Visit } from './speech.js';

/** Answers a request by `route`, which gets the service's root without the region, such as `servers/v2`. */
export function receive(call: Call, cloud: RackspaceCloud, tools: Tools, route: (visit: Visit, root: string) => Answer): Answer {
  const [first, ...others] = call.path;
  const region: Region = first === 'ord' ? 'ORD' : 'DFW';
  const [service, version, ...rest] = region === 'ORD' ? others : call.path;
  const visit: Visit = {
    call,
    cloud,
    knobs: knobsFrom(tools.knobs),
    origin: tools.origin,
    now: tools.now,
    region,
    rest,
    marks: [],
  };
  if (!(call.headers.accept ?? '').includes('application/json')) visit.marks.push('Accept does not ask for application/json');
  if (call.body !== '' && ['GET', 'DELETE'].includes(call.method)) visit.marks.push(`a body with ${call.method}`);
  const isTorn = call.rawPath.includes('//') || call.rawPath.endsWith('/');
  const given = isTorn ? lost(visit, 'a path with an empty segment') : route(visit, `${service}/${version}`);
  return visit.marks.length > 0 ? { ...given, mark: visit.marks.join('; ') } : given;
}

/** Identity, Cloud Servers and Cloud Networks; `enter` answers the requests that the gateway lets into the latter two. */
export function answerCloud(visit: Visit, root: string, enter: (guest: Guest, service: Service) => Answer): Answer {
  if (root === 'identity/v2.0' && visit.region === 'DFW') return answerIdentity(visit);
  if (root === 'servers/v2') return serve(visit, 'servers', 'x-compute-request-id', enter);
  if (root === 'networks/v2.0') return serve(visit, 'networks', 'x-openstack-request-id', enter);
  return lost(visit, 'unknown path');
}

function serve(visit: Visit, service: Service, requestIdHeader: string, enter: (guest: Guest, service: Service) => Answer): Answer {
  const { call, cloud, knobs, now } = visit;
  const segments = withoutSuffix(visit.rest);
  const isTenantless = service === 'networks' || segments[0] === 'servers';
  const rest = isTenantless ? segments : segments.slice(1);
  const given = admit(visit, {
    ...(isTenantless ? {} : { tenant: segments[0] ?? '' }),
    limited: (who) => throttle({ cloud, knobs, now, service, method: call.method, path: `/${rest.join('/')}`, who }),
    enter: (guest) => {
      if (service === 'servers' && isTenantless) guest.marks.push('no tenant in the path');
      return enter({ ...guest, rest }, service);
    },
  });
  return { ...given, headers: { ...given.headers, [requestIdHeader]: requestId(call, cloud) } };
}

/** The stock network client ends every path in `.json`. */
const withoutSuffix = (rest: readonly string[]): readonly string[] =>
  rest.map((segment, at) => (at === rest.length - 1 ? segment.replace(/\.json$/, '') : segment));

/** A service as the gateway sees it. */
export interface Gate {
  /** The tenant that the path names; absent: the token alone tells. */
  readonly tenant?: string;
  /** The refusal of one request too many of `who`, a user's name, or '' for a stranger. */
  limited(who: string): Answer | undefined;
  enter(guest: Guest): Answer;
}

export function admit(visit: Visit, gate: Gate): Answer {
  const given = checked(visit, gate);
  return { ...given, headers: { ...given.headers, via: '1.1 Repose (Repose/7.3.0)' } };
}

function checked(visit: Visit, gate: Gate): Answer {
  const token = tokenOf(visit);
  const limited = gate.limited(token?.user ?? '');
  if (limited) return limited;
  if (visit.call.headers['x-auth-token'] === undefined) visit.marks.push('X-Auth-Token is missing');
  const user: User | undefined = token && visit.cloud.users.find((one) => one.name === token.user);
  if (token === undefined || user === undefined)
    return fault(401, 'No valid token provided. Please use the X-Auth-Token header with a valid token.');
  if (token.enrolment) {
    visit.marks.push('a token for setting up the second factor, used for something else');
    return fault(401, 'The token is good for setting up multi-factor authentication only.');
  }
  if (gate.tenant !== undefined && gate.tenant !== user.tenant) {
    visit.marks.push("the path's tenant is not the token's");
    return forbidden();
  }
  return gate.enter({ ...visit, user, tenant: user.tenant });
}
