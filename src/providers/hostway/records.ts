/** Their JSON as our records. */
import { parseAddress } from '../../domain/address.js';
import type { Association, FloatingIp, Place, PrivateIp, Server, ServerRef, ServerState } from '../../domain/records.js';
import type { FlexibleIp, HostwayServer } from './wire.js';

const STATES: Readonly<Record<string, ServerState>> = {
  ACTIVE: 'active',
  BUILD: 'building',
  PROCESSING: 'building',
  STOPPED: 'stopped',
  SUSPENDED: 'stopped',
};

/** Only this one is known to be turned away: a server in PROCESSING exists, and is busy with something else. */
export const NOT_PROVISIONED = 'BUILD';

export const addressOf = (ip: FloatingIp): string => ip.address ?? ip.id;

/** As a person calls it. */
export const nameOfServer = ({ id, name }: ServerRef): string => name ?? id;

export const associationWith = (server: ServerRef, fixedIp: string | null): Association => ({
  id: null,
  server,
  port: null,
  privateAddress: fixedIp === null ? null : (parseAddress(fixedIp)?.text ?? null),
  certain: true,
});

export type Records = ReturnType<typeof records>;

/** `account`: the one that the profile names, if any. */
export function records(place: Place, account: string | undefined) {
  const where = { ...place, project: account ?? null, region: null };

  const floatingIp = (found: FlexibleIp, server: ServerRef | null): FloatingIp => ({
    id: found.ip,
    address: found.ip,
    version: 4,
    prefixLength: null,
    kind: 'floating',
    name: null,
    description: null,
    labels: {},
    reverseDns: null,
    protected: null,
    state: server === null ? 'free' : 'associated',
    providerState: null,
    ports: [],
    associations: server === null ? [] : [associationWith(server, found.fixedIp)],
    network: null,
    subnet: null,
    pool: found.pool,
    createdAt: null,
    updatedAt: null,
    revision: null,
    mark: null,
    raw: found.raw,
    ...where,
  });

  return {
    floatingIp,

    /** The holder by its id only. */
    unnamed: (found: FlexibleIp): FloatingIp => floatingIp(found, found.instanceId === null ? null : { id: found.instanceId, name: null }),

    server: (server: HostwayServer): Server => ({
      id: server.id,
      name: server.name,
      state: STATES[server.status] ?? 'unknown',
      providerState: server.status,
      addresses: [...server.public, ...server.private],
      zone: server.zone,
      raw: server.raw,
      ...place,
    }),

    privateIps: (server: HostwayServer): PrivateIp[] =>
      server.private.map((address) => ({
        id: address,
        address,
        version: 4,
        name: null,
        network: null,
        subnet: null,
        state: 'used',
        providerState: null,
        usedBy: 'server',
        server: { id: server.id, name: server.name },
        port: null,
        createdAt: null,
        mark: null,
        raw: { id: server.id, address },
        ...where,
      })),
  };
}
