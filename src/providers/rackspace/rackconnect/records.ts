/** Their addresses as our records, and what their states mean. */
import { IpctlError } from '../../../domain/errors.js';
import type { FloatingIp, FloatingIpState, Place, ServerRef } from '../../../domain/records.js';
import type { PublicIp } from './wire.js';

export interface Where {
  readonly place: Place;
  readonly region: string;
  /** The tenant. */
  readonly project: string;
}

const AT_WORK: ReadonlySet<string> = new Set(['ADDING', 'PENDING_BUILD', 'UPDATING', 'REMOVING']);

/** The firewall is still being changed: nothing is final. */
export const isAtWork = ({ status }: PublicIp): boolean => AT_WORK.has(status ?? '');

export const hasFailed = ({ status }: PublicIp): boolean => status?.endsWith('_FAILED') === true;

/** It was not set up, or is half gone: it serves nobody to be relied on, and can only be given back. */
export const isWreck = ({ status }: PublicIp): boolean => status === 'ADD_FAILED' || status === 'REMOVE_FAILED';

function stateOf(ip: PublicIp): FloatingIpState {
  if (isAtWork(ip)) return 'pending';
  if (hasFailed(ip)) return 'error';
  if (ip.status !== 'ACTIVE') return 'unknown';
  return ip.server === null ? 'free' : 'associated';
}

export function floatingIpOf({ place, region, project }: Where, ip: PublicIp): FloatingIp {
  const { server } = ip;
  return {
    project,
    region,
    id: ip.id,
    address: ip.address,
    version: 4,
    prefixLength: null,
    kind: 'floating',
    name: null,
    description: null,
    labels: {},
    reverseDns: null,
    protected: null,
    state: stateOf(ip),
    providerState: ip.status,
    ports: [],
    associations:
      server === null || isWreck(ip)
        ? []
        : [
            {
              id: null,
              server: { id: server.id, name: server.name },
              port: null,
              privateAddress: server.privateAddress,
              // After a failed change it is named still, or already: which of the two nobody says.
              certain: !hasFailed(ip),
            },
          ],
    network: null,
    subnet: null,
    pool: null,
    createdAt: ip.createdAt,
    updatedAt: ip.updatedAt,
    revision: null,
    mark: null,
    raw: ip.raw,
    ...place,
  };
}

export const addressOf = ({ address, id }: Pick<FloatingIp, 'address' | 'id'>): string => address ?? id;

export const nameOf = ({ id, name }: ServerRef): string => name ?? id;

/** `conflict`: the provider tried and could not. It says why in a text of its own. */
export const failure = (ip: PublicIp): IpctlError =>
  new IpctlError('conflict', `${addressOf(ip)} is ${ip.status}${ip.detail === null ? '' : `: ${ip.detail}`}`, {
    provider: 'rackconnect',
    hint: isWreck(ip) ? `ipctl ip release ${ip.id} gives it back` : `look again: ipctl ip show ${ip.id}`,
  });

/** `conflict`: another machine changed the holder beside us. */
export const heldBy = (ip: Pick<FloatingIp, 'id' | 'address'>, holder: ServerRef | null, fate?: 'not-sent'): IpctlError =>
  new IpctlError('conflict', `${addressOf(ip)} is associated with ${holder === null ? 'nobody' : nameOf(holder)} meanwhile`, {
    provider: 'rackconnect',
    fate,
    hint: `look again: ipctl ip show ${ip.id}`,
  });

/** What the driver refuses by itself, before anything is sent. */
export const refuse = (kind: 'usage' | 'unsupported' | 'conflict', message: string, hint?: string): IpctlError =>
  new IpctlError(kind, message, { provider: 'rackconnect', fate: 'not-sent', hint });
