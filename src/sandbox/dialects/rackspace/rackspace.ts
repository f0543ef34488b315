/**
 * Rackspace Public Cloud: Identity, Cloud Servers and Cloud Networks on one origin, as far as shared addresses need
 * them. DFW's services stand at the root, ORD's below `/ord`. RackConnect is named in the catalog and not served.
 */
import type { Answer, Call, Dialect, Tools } from '../../dialect.js';
import { API_KEYS, type RackspaceCloud, type Region, seed, type User } from './cloud.js';
import { answerIdentity, tokenOf } from './identity.js';
import { knobsFrom, throttle } from './knobs.js';
import { dispatch, type Service } from './routes.js';
import { fault, lost, requestId, type Visit } from './speech.js';

export const rackspace: Dialect<RackspaceCloud> = {
  id: 'rackspace',
  title: 'Rackspace Public Cloud',
  seed,
  answer,
  options: (origin) => ({
    'identity-endpoint': `${origin}/identity/v2.0/`,
    username: 'demo',
    'api-key': API_KEYS.demo,
    region: 'DFW',
  }),
  credentials: ['api-key'],
};

function answer(call: Call, cloud: RackspaceCloud, tools: Tools): Answer {
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
  const given = route(visit, `${service}/${version}`);
  return visit.marks.length > 0 ? { ...given, mark: visit.marks.join('; ') } : given;
}

function route(visit: Visit, root: string): Answer {
  const { rawPath } = visit.call;
  if (rawPath.includes('//') || rawPath.endsWith('/')) return lost(visit, 'a path with an empty segment');
  if (root === 'identity/v2.0' && visit.region === 'DFW') return answerIdentity(visit);
  if (root === 'servers/v2') return serve({ ...visit, rest: withoutSuffix(visit.rest) }, 'servers', 'x-compute-request-id');
  if (root === 'networks/v2.0') return serve({ ...visit, rest: withoutSuffix(visit.rest) }, 'networks', 'x-openstack-request-id');
  return lost(visit, 'unknown path');
}

/** The stock network client ends every path in `.json`. */
const withoutSuffix = (rest: readonly string[]): readonly string[] =>
  rest.map((segment, at) => (at === rest.length - 1 ? segment.replace(/\.json$/, '') : segment));

function serve(visit: Visit, service: Service, requestIdHeader: string): Answer {
  const given = admitted(visit, service);
  return {
    ...given,
    headers: { ...given.headers, [requestIdHeader]: requestId(visit.call, visit.cloud), via: '1.1 Repose (Repose/7.3.0)' },
  };
}

/** The gateway's checks, in its order: rate, token, tenant; then the service's own. */
function admitted(visit: Visit, service: Service): Answer {
  const { cloud, call, knobs, now } = visit;
  const token = tokenOf(visit);
  const tenantless = service === 'networks' || visit.rest[0] === 'servers';
  const rest = tenantless ? visit.rest : visit.rest.slice(1);
  const limited = throttle({ cloud, knobs, now, service, method: call.method, path: `/${rest.join('/')}`, who: token?.user ?? '' });
  if (limited) return limited;
  if (call.headers['x-auth-token'] === undefined) visit.marks.push('X-Auth-Token is missing');
  const user = token && cloud.users.find((one) => one.name === token.user);
  if (token === undefined || user === undefined)
    return fault(401, 'No valid token provided. Please use the X-Auth-Token header with a valid token.');
  if (token.enrolment) {
    visit.marks.push('a token for setting up the second factor, used for something else');
    return fault(401, 'The token is good for setting up multi-factor authentication only.');
  }
  if (service === 'servers' && tenantless) visit.marks.push('no tenant in the path');
  return tenantless || visit.rest[0] === user.tenant ? inside(visit, user, rest, service) : foreign(visit);
}

const inside = (visit: Visit, user: User, rest: readonly string[], service: Service): Answer =>
  dispatch({ ...visit, user, tenant: user.tenant, rest }, service);

function foreign(visit: Visit): Answer {
  visit.marks.push("the path's tenant is not the token's");
  return fault(403, 'Policy does not allow this request to be performed.');
}
