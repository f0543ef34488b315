/**
 * The calls on public IPs. Checks that the documents do not order go from the request to the server to the account.
 * Source: rackerlabs/docs-cloud-rackconnect on GitHub, api-docs/api-operations.
 */
import { lowestFree, nextId, tick } from '../../../cloud.js';
import type { Answer } from '../../../dialect.js';
import { expectId, expectQuery } from '../speech.js';
import { poll, timestamp, work } from './changes.js';
import { type PublicIp, seatOf } from './cloud.js';
import { type Customer, conflict, failure, noServer, shown, unfaithful, unfit, type Wish, wishOf } from './speech.js';

/** The account's public IPs in the region, without those that are only remembered. */
const own = (customer: Customer): readonly PublicIp[] =>
  customer.cloud.publicIps.filter((one) => isOwn(customer, one) && one.status !== 'REMOVED');

const isOwn = ({ tenant, region }: Customer, one: PublicIp): boolean => one.tenant === tenant && one.region === region;

const unknown = (id: string): Answer => failure(404, 'NotFound', `Public IP ${id} does not exist`);

export function list(customer: Customer): Answer {
  const { query } = customer.call;
  expectQuery(customer, ['cloud_server_id', 'retain']);
  const server = query.get('cloud_server_id');
  if (server !== null) expectId(customer, server, 'cloud_server_id');
  const retain = query.get('retain')?.toLowerCase();
  if (retain !== undefined && retain !== 'true' && retain !== 'false') return unfaithful(customer, 'retain is no boolean');
  const hits = own(customer).filter(
    (one) => (server === null || one.server === server) && (retain === undefined || String(one.retain) === retain),
  );
  for (const one of hits) poll(customer, one);
  const left = own(customer);
  return { status: 200, json: hits.filter((one) => left.includes(one)).map((one) => shown(customer, one)) };
}

export function show(customer: Customer, id: string): Answer {
  expectQuery(customer, []);
  const { cloud } = customer;
  if (cloud.servers.some((one) => one.id === id)) customer.marks.push("a server's id where that of a public IP belongs");
  const one = cloud.publicIps.find((other) => other.id === id && isOwn(customer, other));
  if (one !== undefined) poll(customer, one);
  return one && cloud.publicIps.includes(one) ? { status: 200, json: shown(customer, one) } : unknown(id);
}

export function allocate(customer: Customer): Answer {
  expectQuery(customer, []);
  const wish = wishOf(customer);
  if ('status' in wish) return wish;
  const { server = null, retain = false } = wish;
  if (server === null && !retain) return unfaithful(customer, 'A public IP without a cloud_server has to be retained');
  const refusal = unavailable(customer, server) ?? overRetained(customer, retain);
  return refusal ?? add(customer, server, retain);
}

function add(customer: Customer, server: string | null, retain: boolean): Answer {
  const { cloud, tenant, region, knobs } = customer;
  const { first, last } = cloud.pools[region];
  const address = lowestFree(first, last, (text) => cloud.publicIps.some((one) => one.address === text && one.status !== 'REMOVED'));
  const change = work(customer, 'ADDING', server);
  const one: PublicIp = {
    id: nextId(cloud, 'public-ip'),
    tenant,
    region,
    created: timestamp(tick(cloud)),
    updated: null,
    address: address ?? null,
    status: 'ADDING',
    detail: null,
    retain,
    server,
    change: address === undefined ? { ...change, to: 'ADD_FAILED', reason: 'No public IPv4 address is available' } : change,
  };
  cloud.publicIps.push(one);
  return { status: knobs.rackconnectCreateStatus, json: shown(customer, one) };
}

/** Why a server cannot get a public IP. */
function unavailable(customer: Customer, id: string | null): Answer | undefined {
  if (id === null) return undefined;
  const { cloud, knobs, tenant, region } = customer;
  expectId(customer, id, 'the id of cloud_server');
  const server = cloud.servers.find((one) => one.id === id && one.tenant === tenant && one.region === region);
  // RackConnect hears of a server when it has been built, and not in the same moment.
  if (server?.status !== 'ACTIVE') return noServer(id);
  if (seatOf(cloud, id) === undefined) return conflict(`Cloud Server ${id} is not on a RackConnect network`);
  if (knobs.rackconnectRace && !cloud.denied.includes(id)) {
    cloud.denied.push(id);
    return noServer(id);
  }
  const isTaken = own(customer).some((one) => one.server === id || one.change?.from === id);
  return isTaken ? conflict(`Cloud Server ${id} already has a public IP`) : undefined;
}

/** Why the account cannot retain one more; regions count together. */
function overRetained({ cloud, tenant, knobs }: Customer, retain: boolean): Answer | undefined {
  const limit = knobs.rackconnectRetained;
  const count = cloud.publicIps.filter((one) => one.tenant === tenant && one.retain && one.status !== 'REMOVED').length;
  return retain && count >= limit ? conflict(`No more than ${limit} public IPs can be retained`) : undefined;
}

/** Retains a public IP or lets it go with its server, moves it, takes it off its server. */
export function change(customer: Customer, id: string): Answer {
  expectQuery(customer, []);
  const wish = wishOf(customer);
  if ('status' in wish) return wish;
  if (wish.server === undefined && wish.retain === undefined) return unfaithful(customer, 'Neither cloud_server nor retain is given');
  const one = own(customer).find((other) => other.id === id);
  return one ? apply(customer, one, wish) : unknown(id);
}

function apply(customer: Customer, one: PublicIp, { server = one.server, retain = one.retain }: Wish): Answer {
  if (['ADDING', 'UPDATING', 'REMOVING', 'ADD_FAILED'].includes(one.status)) {
    return conflict(`Public IP ${one.id} cannot be changed while its status is ${one.status}`);
  }
  if (server === null && !retain) return unfit('A public IP without a cloud_server has to be retained');
  const isMove = server !== one.server;
  const isToggle = retain !== one.retain;
  const refusal = (isMove ? unavailable(customer, server) : undefined) ?? (isToggle ? overRetained(customer, retain) : undefined);
  if (refusal) return refusal;
  if (isMove || isToggle) {
    one.updated = timestamp(tick(customer.cloud));
    one.retain = retain;
  }
  if (isMove) {
    one.change = work(customer, 'UPDATING', server ?? one.server, one.server);
    one.status = 'UPDATING';
    one.detail = null;
    one.server = server;
  }
  return { status: 200, json: shown(customer, one) };
}

/** The answer comes before the work: the record is there until the firewall has let go of it. */
export function release(customer: Customer, id: string): Answer {
  expectQuery(customer, []);
  const one = own(customer).find((other) => other.id === id);
  if (one === undefined) return unknown(id);
  if (one.status !== 'REMOVING') {
    tick(customer.cloud);
    if (one.status === 'ADDING') one.address = null;
    one.change = work(customer, 'REMOVING', one.server);
    one.status = 'REMOVING';
    one.detail = null;
  }
  return { status: 204 };
}
