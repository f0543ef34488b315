/** What happens to a public IP after the answer: work that ends late, well or badly, and servers that go away. */
import { today } from '../../../cloud.js';
import { type Change, type Failed, type PublicIp, type RackConnectCloud, seatOf } from './cloud.js';
import type { Customer } from './speech.js';

export const timestamp = (date: Date): string => `${date.toISOString().slice(0, 19)}Z`;

type Work = 'ADDING' | 'UPDATING' | 'REMOVING';

const ENDS: Readonly<Record<Work, readonly [success: 'ACTIVE' | 'REMOVED', failure: Failed]>> = {
  ADDING: ['ACTIVE', 'ADD_FAILED'],
  UPDATING: ['ACTIVE', 'UPDATE_FAILED'],
  REMOVING: ['REMOVED', 'REMOVE_FAILED'],
};

/** The end of work that concerns `server`: a failure where one was asked for. `from` as in `Change`. */
export function work(customer: Customer, kind: Work, server: string | null, from: string | null = null): Change {
  const { rackconnectDelay: polls, rackconnectFailures: failures } = customer.knobs;
  const [success, failed] = ENDS[kind];
  const name = customer.cloud.servers.find(({ id }) => id === server)?.name;
  const reason = failures[server ?? '']?.[failed] ?? failures[name ?? '']?.[failed] ?? null;
  return { polls, to: reason === null ? success : failed, reason, from };
}

/** Lets a read see one public IP: it comes closer to the end of its work, or meets it. */
export function poll(customer: Customer, one: PublicIp): void {
  const { cloud, knobs } = customer;
  const { change } = one;
  if (change === null) return;
  if (change.polls > 0) {
    change.polls -= 1;
    return;
  }
  one.change = null;
  one.status = change.to;
  one.detail = change.reason;
  one.updated = timestamp(today(cloud));
  if (change.to === 'ADD_FAILED') one.address = null;
  if (change.to === 'UPDATE_FAILED') one.server = change.from;
  if (change.to === 'REMOVED' && knobs.rackconnectRemoved === 'gone') cloud.publicIps = cloud.publicIps.filter((other) => other !== one);
  followServers(cloud);
}

/** A server that is gone, or has left its network, takes its public IP along, unless that is retained. */
export function followServers(cloud: RackConnectCloud): void {
  for (const one of cloud.publicIps) if (one.server !== null && seatOf(cloud, one.server) === undefined) one.server = null;
  cloud.publicIps = cloud.publicIps.filter(
    (one) => one.server !== null || one.retain || one.status === 'REMOVING' || one.status === 'REMOVED',
  );
}
