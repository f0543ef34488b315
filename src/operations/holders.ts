/** Who holds an address: the questions that every verb asks of a record before it touches it. */
import { IpctlError } from '../domain/errors.js';
import type { Association, FloatingIp } from '../domain/records.js';
import type { Target } from './target.js';

export const nameOf = (ip: FloatingIp): string => ip.address ?? ip.id;

export const holderName = ({ server, port }: Association): string => {
  if (server !== null) return server.name ?? server.id;
  return port === null ? 'something that is no server' : `port ${port}`;
};

/** `web-1 and web-2` */
export const holders = (associations: readonly Association[]): string => associations.map(holderName).join(' and ');

/** An address that is part of a server, or held by what is no server (NAT, load balancer, forwarding), is not ours to touch. */
export function requireOurs(target: Target, ip: FloatingIp): void {
  const facts = { provider: target.place.provider, fate: 'not-sent' as const };
  if (ip.kind === 'fixed' || ip.kind === 'primary') {
    throw new IpctlError('unsupported', `${nameOf(ip)} is a ${ip.kind} address of its server, not a floating IP`, facts);
  }
  const foreign = ip.associations.find(({ server, port, foreign }) => foreign === true || (server === null && port === null));
  if (foreign !== undefined) {
    throw new IpctlError('conflict', `${nameOf(ip)} is in use by something that is no server (a port forwarding, NAT or load balancer)`, {
      ...facts,
      hint: 'remove that use first, with the provider’s own tools',
    });
  }
}
