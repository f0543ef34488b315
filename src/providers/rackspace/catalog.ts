/** Where the two services are, out of what the token's catalog says. */
import type { KeystoneV2Grant } from '../../auth/keystone-v2.js';
import { IpctlError } from '../../domain/errors.js';

export interface Services {
  readonly region: string;
  /** Cloud Servers; ends in the tenant. */
  readonly servers: string;
  /** Cloud Networks; has no tenant in it. */
  readonly networks: string;
  readonly tenant: string;
}

/**
 * By name: old accounts also list first-generation servers under the same type. The region is the one asked for, else
 * the user's own, else the only one there is. Errors: `config`.
 */
export function servicesOf(grant: KeystoneV2Grant, wanted: string | undefined): Services {
  const refused = (message: string, hint?: string): IpctlError =>
    new IpctlError('config', message, { provider: 'rackspace', fate: 'not-sent', hint });
  const endpoints = (name: string, type: string) => {
    const service = grant.catalog.find((each) => each.name === name && each.type === type);
    if (service === undefined) throw refused(`this account has no ${name} in its catalog`, 'check the user and the tenant of the profile');
    return service.endpoints;
  };
  const servers = endpoints('cloudServersOpenStack', 'compute');
  const networks = endpoints('cloudNetworks', 'network');
  const there = servers.map(({ region }) => region);
  const region = wanted ?? grant.defaultRegion ?? (there.length === 1 ? there[0] : undefined);
  if (region === undefined)
    throw refused('the region is not set, and the user has none of its own', `set region to one of ${there.join(', ')}`);
  const within = (name: string, all: typeof servers): string => {
    const found = all.find((endpoint) => endpoint.region.toLowerCase() === region.toLowerCase());
    if (found === undefined)
      throw refused(`${name} is not in region ${region}`, `it is in ${all.map((endpoint) => endpoint.region).join(', ')}`);
    return found.url.replace(/\/+$/, '');
  };
  const at = within('cloudServersOpenStack', servers);
  return {
    region: region.toUpperCase(),
    servers: at,
    networks: within('cloudNetworks', networks),
    // The tenant of the token may be missing; the address of the servers ends in it.
    tenant: grant.tenant?.id ?? decodeURIComponent(at.slice(at.lastIndexOf('/') + 1)),
  };
}
