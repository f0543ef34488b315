/**
 * One function for each call, and what their refusals mean. Those that change something return the request, for a step. None
 * carries a microversion: without one Nova takes its first, and these calls are gone from 2.36 on, the two actions from 2.44.
 */
import type { Request } from '../../../domain/exchange.js';
import { url } from '../../../http/url.js';
import { computeOf } from '../api.js';
import type { Cloud } from '../cloud.js';
import { faultOf, type Meaning } from '../fault.js';
import { type LegacyIp, readFloatingIp, readFloatingIps, readPools } from './wire.js';

const get = (cloud: Cloud, segments: readonly string[]) => cloud.send({ method: 'GET', url: url(computeOf(cloud), segments) });

// https://docs.openstack.org/api-ref/compute/#list-floating-ip-addresses
/** All in one answer: there are neither filters nor pages. */
export const listFloatingIps = async (cloud: Cloud): Promise<LegacyIp[]> => readFloatingIps(await get(cloud, ['os-floating-ips']));

// https://docs.openstack.org/api-ref/compute/#show-floating-ip-address-details
export const getFloatingIp = async (cloud: Cloud, id: string): Promise<LegacyIp> =>
  readFloatingIp(await get(cloud, ['os-floating-ips', id]));

// https://docs.openstack.org/api-ref/compute/#create-allocate-floating-ip-address
// Surprise: without a pool Nova draws from one it has configured, by default called 'nova', whether there is one of that name or not.
export const allocateFloatingIp = (cloud: Cloud, pool: string): Request => ({
  method: 'POST',
  url: url(computeOf(cloud), ['os-floating-ips']),
  body: { pool },
});

// https://docs.openstack.org/api-ref/compute/#delete-deallocate-floating-ip-address
// Surprise: an address in use is taken off its server without complaint.
export const releaseFloatingIp = (cloud: Cloud, id: string): Request => ({
  method: 'DELETE',
  url: url(computeOf(cloud), ['os-floating-ips', id]),
});

const action = (cloud: Cloud, server: string, body: unknown): Request => ({
  method: 'POST',
  url: url(computeOf(cloud), ['servers', server, 'action']),
  body,
});

// https://docs.openstack.org/api-ref/compute/#add-associate-floating-ip-addfloatingip-action-deprecated
// Surprise: an address that another server has is refused by Nova's own networks, and moved without a word by Neutron's.
export const addFloatingIp = (cloud: Cloud, server: string, address: string, fixedAddress: string | undefined): Request =>
  action(cloud, server, { addFloatingIp: { address, ...(fixedAddress === undefined ? {} : { fixed_address: fixedAddress }) } });

// https://docs.openstack.org/api-ref/compute/#remove-disassociate-floating-ip-removefloatingip-action-deprecated
export const removeFloatingIp = (cloud: Cloud, server: string, address: string): Request =>
  action(cloud, server, { removeFloatingIp: { address } });

// https://docs.openstack.org/api-ref/compute/#list-floating-ip-pools
export const listPools = async (cloud: Cloud): Promise<string[]> => readPools(await get(cloud, ['os-floating-ip-pools']));

const removed = (message: string | undefined): ReturnType<Meaning> => ({
  kind: 'unsupported',
  message: `this compute service has no floating IPs any more${message === undefined ? '' : `: ${message}`}`,
  hint: 'make a profile of the provider openstack: its network service has them; or check the option compute-endpoint',
});

/** Of a server that is there but cannot take the address, or of an address that is somewhere else: the state, not the words, is at fault. */
const STATE = /not ready|no fixed ip|already associated|unable to associate|not associated|l3driver/i;

const meaning: Meaning = ({ message, code }, { status }, { method, url: where }) => {
  const path = new URL(where).pathname;
  const acts = /\/servers\/[^/]+\/action$/.test(path);
  const all = /\/os-floating-ip(s|-pools)$/.test(path);
  const one = /\/os-floating-ips\/[^/]+$/.test(path);
  if (!acts && !all && !one) return {};
  const allocates = all && method === 'POST';
  const says = message ?? '';
  if (status === 406 || status === 410 || (status === 404 && /api version/i.test(says))) return removed(message);
  // Surprise: a quota is a 403, as a missing right is; on old clouds a 413, as a rate is.
  if (allocates && (status === 403 || status === 413) && /quota|exceeded/i.test(says)) {
    return { kind: 'limit', hint: 'release what is not needed, or ask for a higher quota' };
  }
  if (allocates && status === 404 && /no more/i.test(says)) return { kind: 'limit' };
  if (allocates && status === 404 && /pool/i.test(says)) return { hint: 'leave out --pool: the only one is taken, or all are named' };
  if (all && status === 404) return removed(message);
  // An id of the other form (a number for a UUID) names nothing here; the code tells the service from a proxy before it.
  if (one && status === 400 && code !== undefined) return { kind: 'not-found' };
  if (acts && status === 400 && /fixed address/i.test(says)) return { hint: '--private-address names an address of the server' };
  if (acts && status === 400 && STATE.test(says)) return { kind: 'conflict' };
  return {};
};

export const fault = faultOf('nova', meaning);
