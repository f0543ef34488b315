/** Where the services are, out of what the token's catalog says. */
import type { KeystoneV2Grant } from '../../auth/keystone-v2.js';
import { IpctlError } from '../../domain/errors.js';

/** One region of an account. */
export interface Places {
  readonly region: string;
  /** Cloud Servers; ends in the tenant. */
  readonly servers: string;
  readonly tenant: string;
  /** Another service in the same region, by the name and type of its entry. Errors: `config`. */
  at(name: string, type: string): string;
}

/**
 * By name: old accounts also list first-generation servers under the same type. The region is the one asked for, else
 * the user's own, else the only one there is. Errors: `config`.
 */
export function placesOf(grant: KeystoneV2Grant, wanted: string | undefined): Places {
  const refused = (message: string, hint?: string): IpctlError => new IpctlError('config', message, { fate: 'not-sent', hint });
  const endpoints = (name: string, type: string) => {
    const service = grant.catalog.find((each) => each.name === name && each.type === type);
    if (service === undefined) throw refused(`this account has no ${name} in its catalog`, 'check the user and the tenant of the profile');
    return service.endpoints;
  };
  const there = endpoints('cloudServersOpenStack', 'compute').map(({ region }) => region);
  const region = wanted ?? grant.defaultRegion ?? (there.length === 1 ? there[0] : undefined);
  if (region === undefined)
    throw refused('the region is not set, and the user has none of its own', `set region to one of ${there.join(', ')}`);
  const at = (name: string, type: string): string => {
    const all = endpoints(name, type);
    const found = all.find((endpoint) => endpoint.region.toLowerCase() === region.toLowerCase());
    if (found === undefined)
      throw refused(`${name} is not in region ${region}`, `it is in ${all.map((endpoint) => endpoint.region).join(', ')}`);
    return found.url.replace(/\/+$/, '');
  };
  const servers = at('cloudServersOpenStack', 'compute');
  return {
    region: region.toUpperCase(),
    servers,
    // The tenant of the token may be missing; the address of the servers ends in it.
    tenant: grant.tenant?.id ?? decodeURIComponent(servers.slice(servers.lastIndexOf('/') + 1)),
    at,
  };
}

export interface Services extends Pick<Places, 'region' | 'servers' | 'tenant'> {
  /** Cloud Networks; has no tenant in it. */
  readonly networks: string;
}

/** What shared addresses need. Errors: `config`. */
export function servicesOf(grant: KeystoneV2Grant, wanted: string | undefined): Services {
  const { region, servers, tenant, at } = placesOf(grant, wanted);
  return { region, servers, networks: at('cloudNetworks', 'network'), tenant };
}
