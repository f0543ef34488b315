/** The providers that the sandbox can play, each loaded when it is asked for: a command pays for one. */
import type { Dialect } from './dialect.js';

export const dialects = {
  openstack: () => import('./dialects/openstack/openstack.js').then((module) => module.openstack),
  hostway: () => import('./dialects/hostway/hostway.js').then((module) => module.hostway),
  rackspace: () => import('./dialects/rackspace/rackspace.js').then((module) => module.rackspace),
  otc: () => import('./dialects/otc/otc.js').then((module) => module.otc),
  rackconnect: () => import('./dialects/rackspace/rackconnect/rackconnect.js').then((module) => module.rackconnect),
  nova: () => import('./dialects/openstack/nova.js').then((module) => module.nova),
} as const satisfies Record<string, () => Promise<Dialect>>;

export type DialectId = keyof typeof dialects;

/** In the order in which `sandbox serve` gives out ports. */
export const dialectIds: readonly DialectId[] = ['openstack', 'hostway', 'rackspace', 'otc', 'rackconnect', 'nova'];
