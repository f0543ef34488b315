/**
 * Flexible IPs: list, show, allocate, release, and the two server actions that bind and unbind them.
 * Pages: http://docs.hostway.com/index.php/Allocate_Flexible_IP, …/List_Flexible_IPs, …/View_Allocated_Flexible_IP,
 * …/Delete_Allocated_Flexible_IP, …/ServerActionAddFlexibleIP, …/ServerActionRemoveFlexibleIP
 */
import { isDottedQuad, late, lowestFree, tick } from '../../cloud.js';
import type { Answer } from '../../dialect.js';
import { dropAddress, type FlexibleIp, heldAddress, POOL, readAddress, type Server } from './cloud.js';
import { paged } from './pages.js';
import type { Operation } from './policy.js';
import { findServer, isBuilding, oddServerId } from './servers.js';
import { accepted, fault, isObject, jsonObject, marked, notFound, ok, selfLink, type Visit } from './speech.js';

export function listAddresses(visit: Visit): Answer {
  const { cloud, account } = visit;
  const mine = cloud.addresses.filter((address) => address.account === account);
  const page = paged(
    visit,
    mine.filter((address) => address.presence.now),
  );
  if ('status' in page) return page;
  // An allocation that is not shown yet is read all the same: somebody who waits by listing must get there too.
  for (const address of mine.filter((one) => !one.presence.now)) readAddress(cloud, address);
  const floating_ips = page.items.flatMap((address) => {
    const shown = readAddress(cloud, address);
    return shown === undefined ? [] : [addressObject(visit, address.ip, shown.holder)];
  });
  return ok(page.links === undefined ? { floating_ips } : { floating_ips, links: page.links });
}

export function showAddress(visit: Visit, ip: string): Answer {
  const { cloud, account, policy } = visit;
  const address = cloud.addresses.find((one) => one.ip === ip && one.account === account);
  const shown = address && readAddress(cloud, address);
  if (shown === undefined) return marked(notFound(cloud), oddAddress(ip));
  const object = addressObject(visit, ip, shown.holder);
  return ok({ floating_ip: policy.showAsObject ? object : [object] });
}

export function allocateAddress(visit: Visit): Answer {
  return marked(allocate(visit), oddAllocation(visit));
}

function allocate(visit: Visit): Answer {
  const { cloud, account, policy } = visit;
  const refusal = policy.revision === '2013-04' ? undefined : zoneFault(visit);
  if (refusal !== undefined) return refusal;
  if (cloud.addresses.filter((one) => one.account === account && one.presence.next).length >= policy.quota) {
    return fault(cloud, 403, 'forbidden', `The quota of ${policy.quota} flexible IPs is used up`);
  }
  const ip = lowestFree(POOL.first, POOL.last, (address) => cloud.addresses.some((one) => one.ip === address));
  if (ip === undefined) return fault(cloud, 503, 'No flexible IP is available');
  tick(cloud);
  if (!failsSilently(visit, 'allocate')) {
    cloud.addresses.push({ ip, account, presence: late(false, true, policy.delay.allocate), binding: late<string | null>(null, null, 0) });
  }
  return { ...ok({ floating_ip: addressObject(visit, ip, null) }), status: 202 };
}

function zoneFault({ cloud, account, policy, call }: Visit): Answer | undefined {
  const zone = jsonObject(call.body)?.zone;
  if (zone === undefined) return policy.requireZone ? fault(cloud, 400, 'A zone is required') : undefined;
  if (typeof zone !== 'string') return fault(cloud, 400, 'The zone must be a text key');
  const known = cloud.accounts.some((one) => one.id === account && one.zones.includes(zone));
  return known ? undefined : fault(cloud, 400, `Unknown zone ${zone}`);
}

/** Without a zone the body is documented as empty, not as `{}`; before `2013-06` whatever it asks for is lost. */
function oddAllocation({ policy, call }: Visit): string | undefined {
  if (call.body === '') return undefined;
  if (policy.revision === '2013-04') return 'a body on allocate, which this revision ignores';
  const { zone, ...others } = jsonObject(call.body) ?? {};
  if (Object.keys(others).length > 0) return `unknown field ${Object.keys(others).join(', ')} on allocate`;
  if (zone === undefined) return 'a body without zone on allocate';
  return typeof zone === 'string' ? undefined : 'zone is no string';
}

export function releaseAddress(visit: Visit, ip: string): Answer {
  const { cloud, account, policy } = visit;
  const address = heldAddress(cloud, account, ip);
  if (address === undefined) return marked(notFound(cloud), oddAddress(ip));
  const holder = address.binding.next;
  if (holder !== null && policy.releaseBound === 'conflict') return fault(cloud, 409, `The IP address is assigned to ${holder}`);
  tick(cloud);
  if (!failsSilently(visit, 'release')) {
    address.presence = late(address.presence.now, false, policy.delay.release);
    if (!address.presence.now) dropAddress(cloud, address);
  }
  // Undocumented, and the server that used the address loses it without a word.
  return marked(accepted(), holder === null ? undefined : `released while bound to ${holder}`);
}

const ACTIONS: Readonly<Record<string, (visit: Visit, server: Server, ip: string) => Answer>> = {
  addFloatingIp: associate,
  removeFloatingIp: disassociate,
};

/** The order of the checks is documented by their codes: body, server known, server provisioned, address held, binding. */
export function actOnServer(visit: Visit, id: string): Answer {
  const { cloud, call } = visit;
  const body = jsonObject(call.body) ?? {};
  const names = Object.keys(body);
  const [name = ''] = names;
  if (names.length !== 1) return marked(fault(cloud, 400, 'Exactly one action is expected'), 'not exactly one action in the body');
  const act = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
  if (act === undefined) return marked(fault(cloud, 405, `Action ${name} is not supported`), `unknown action ${name}`);
  const argument = body[name];
  const { address, ...others } = isObject(argument) ? argument : {};
  if (typeof address !== 'string' || !isDottedQuad(address)) {
    return marked(fault(cloud, 400, 'No valid IP address given'), 'address is missing or no IPv4 address');
  }
  const extra = Object.keys(others).length > 0 ? `unknown field ${Object.keys(others).join(', ')} on ${name}` : undefined;
  return marked(
    perform(visit, id, (server) => act(visit, server, address)),
    extra,
  );
}

function perform(visit: Visit, id: string, act: (server: Server) => Answer): Answer {
  const { cloud, account, policy } = visit;
  const server = findServer(cloud, account, id);
  if (server === undefined) return marked(fault(cloud, 400, 'Server Not Found'), oddServerId(visit, id));
  if (!isBuilding(policy, server)) return act(server);
  server.refusals += 1;
  return fault(cloud, 409, 'The server is not provisioned yet');
}

function associate(visit: Visit, server: Server, ip: string): Answer {
  const { cloud, account, policy } = visit;
  const address = heldAddress(cloud, account, ip);
  // The 404 of this page came in October 2013; before, everything wrong with the request was a 400.
  if (address === undefined) return policy.revision === '2013-10' ? notFound(cloud) : fault(cloud, 400, 'IP address not found');
  const holder = address.binding.next;
  if (holder !== null && (holder !== server.id || policy.repeatAssociate === 'forbidden')) {
    return fault(cloud, 403, 'The IP address is already assigned');
  }
  if (holder === null) bind(visit, 'associate', address, server.id);
  return accepted();
}

function disassociate(visit: Visit, server: Server, ip: string): Answer {
  const { cloud, account } = visit;
  const address = heldAddress(cloud, account, ip);
  if (address === undefined || address.binding.next !== server.id) return fault(cloud, 409, 'Invalid IP address');
  bind(visit, 'disassociate', address, null);
  return accepted();
}

function bind(visit: Visit, operation: Operation, address: FlexibleIp, holder: string | null): void {
  tick(visit.cloud);
  if (failsSilently(visit, operation)) return;
  address.binding = late(address.binding.now, holder, visit.policy.delay[operation]);
}

/** Whether this accepted operation is one that a knob makes fail behind its 202; counts it. */
function failsSilently({ cloud, policy }: Visit, operation: Operation): boolean {
  const failed = cloud.failed[operation] ?? 0;
  if (policy.failNext.filter((name) => name === operation).length <= failed) return false;
  cloud.failed[operation] = failed + 1;
  return true;
}

function addressObject(visit: Visit, ip: string, holder: string | null): object {
  return { instance_id: holder, ip, fixed_ip: null, links: selfLink(visit, `/os-floating-ips/${ip}/`), pool: 'default' };
}

function oddAddress(ip: string): string | undefined {
  return isDottedQuad(ip) ? undefined : `${ip} stands where an IPv4 address belongs`;
}
