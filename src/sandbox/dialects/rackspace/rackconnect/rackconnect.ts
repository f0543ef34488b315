/**
 * Rackspace for accounts with RackConnect v3: the Identity, Cloud Servers and Cloud Networks of the Rackspace dialect,
 * without shared addresses, and in their place public IPs, which a dedicated firewall translates for one server each.
 */
import type { Answer, Call, Dialect, Tools } from '../../../dialect.js';
import { admit, answerCloud, receive } from '../gateway.js';
import { countIn, overLimit } from '../knobs.js';
import { optionsAt } from '../rackspace.js';
import { dispatch, mayAct, type Role, type Service } from '../routes.js';
import { expectId, forbidden, type Guest, isRecord, lost, parsed, type Visit } from '../speech.js';
import { followServers } from './changes.js';
import { type RackConnectCloud, seed } from './cloud.js';
import { type RackConnectKnobs, rackConnectKnobsFrom, rateOf } from './knobs.js';
import { allocate, change, list, release, show } from './publicips.js';
import { type Customer, failure } from './speech.js';

export const rackconnect: Dialect<RackConnectCloud> = {
  id: 'rackconnect',
  title: 'Rackspace RackConnect v3',
  seed,
  answer: (call, cloud, tools) => receive(call, cloud, tools, (visit, root) => route(visit, root, cloud, tools)),
  options: optionsAt,
  credentials: ['api-key'],
};

function route(visit: Visit, root: string, cloud: RackConnectCloud, tools: Tools): Answer {
  if (root === 'rackconnect/v3') return serve(visit, cloud, rackConnectKnobsFrom(tools.knobs));
  const given = answerCloud(visit, root, withoutSharing);
  // A server or port may have gone.
  followServers(cloud);
  return given;
}

/** The account has no part in shared addresses, whatever the user's role. */
function withoutSharing(guest: Guest, service: Service): Answer {
  const collection = service === 'networks' ? guest.rest[0] : guest.rest[2];
  return collection === 'ip_addresses' || collection === 'ip_associations' ? forbidden() : dispatch(guest, service);
}

function serve(visit: Visit, cloud: RackConnectCloud, knobs: RackConnectKnobs): Answer {
  const [tenant = '', ...rest] = visit.rest;
  // The documents print the paths so, and the service does not have them.
  const isTenantless = tenant === 'public_ips';
  return admit(visit, {
    ...(isTenantless ? {} : { tenant }),
    limited: (who) => throttle(visit.call, cloud, knobs, rest[1], who, visit.now),
    enter: (guest) => (isTenantless ? lost(guest, 'no tenant in the path') : dispatchHere({ ...guest, cloud, knobs, rest })),
  });
}

const MINUTE = 60_000;

/** Counts a request for each server that its body, its query, or the public IP in its path leads to. */
function throttle(
  call: Call,
  cloud: RackConnectCloud,
  knobs: RackConnectKnobs,
  id: string | undefined,
  who: string,
  now: number,
): Answer | undefined {
  const limit = rateOf(knobs);
  if (limit === undefined) return undefined;
  const body = parsed(call)?.value;
  const named = isRecord(body) && isRecord(body.cloud_server) ? body.cloud_server.id : undefined;
  const holder = cloud.publicIps.find((one) => one.id === id)?.server;
  const servers = new Set([named, call.query.get('cloud_server_id'), holder].filter((one) => typeof one === 'string'));
  const ends = [...servers].map((server) => countIn(cloud, `rackconnect/${who}/${server}`, { limit, length: MINUTE }, now));
  const over = ends.filter((end) => end !== undefined);
  return over.length > 0 ? overLimit(403, Math.max(...over), now) : undefined;
}

/** `id` is the path's argument, '' for the collection. */
type Verbs = Readonly<Record<string, readonly [role: Role, handler: (customer: Customer, id: string) => Answer]>>;

const COLLECTION: Verbs = { GET: ['observer', list], POST: ['admin', allocate] };
const MEMBER: Verbs = { GET: ['observer', show], PATCH: ['admin', change], DELETE: ['admin', release] };

/** Role, path, verb, like the neighbours. */
function dispatchHere(customer: Customer): Answer {
  const { rest, call, user } = customer;
  const [collection, id = ''] = rest;
  const isKnown = collection === 'public_ips' && rest.length <= 2;
  const [role, handler] = (isKnown ? (id === '' ? COLLECTION : MEMBER)[call.method] : undefined) ?? ['observer' as const, undefined];
  if (!mayAct(user.roles, 'rackconnect', role)) return forbidden();
  if (!isKnown) return lost(customer, 'unknown path');
  if (handler === undefined) {
    customer.marks.push(`${call.method} is not served here`);
    return failure(405, 'MethodNotAllowed', 'Method Not Allowed');
  }
  if (id !== '') expectId(customer, id, 'a path argument');
  return handler(customer, id);
}
