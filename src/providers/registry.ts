/** One line for each provider: the manifest at hand, the driver when it is needed. */
import { type Provider, provider } from '../domain/manifest.js';
import { hostway } from './hostway/manifest.js';
import { openstack } from './openstack/manifest.js';
import { nova } from './openstack/nova/manifest.js';
import { otc } from './otc/manifest.js';
import { rackspace } from './rackspace/manifest.js';
import { rackconnect } from './rackspace/rackconnect/manifest.js';

export const providers = {
  openstack: provider(openstack, () => import('./openstack/driver.js')),
  hostway: provider(hostway, () => import('./hostway/driver.js')),
  rackspace: provider(rackspace, () => import('./rackspace/driver.js')),
  otc: provider(otc, () => import('./otc/driver.js')),
  rackconnect: provider(rackconnect, () => import('./rackspace/rackconnect/driver.js')),
  nova: provider(nova, () => import('./openstack/nova/driver.js')),
} as const;

export type ProviderId = keyof typeof providers;

export const providerIds = Object.keys(providers) as readonly ProviderId[];

export const isProviderId = (text: string): text is ProviderId => Object.hasOwn(providers, text);

/** The provider as code sees it that works with any: options and driver of types known at run time only. */
export const providerOf = (id: ProviderId): Provider => providers[id] as unknown as Provider;

/** What the profile `sandbox` plays: the dialect in which every verb has a meaning. */
export const defaultSandbox: ProviderId = 'openstack';

/** Whose options an entry of clouds.yaml and the variables of openrc hold; `cloud:<name>` is of the first. */
export const cloudsProviders: readonly [ProviderId, ...ProviderId[]] = ['openstack', 'nova'];
