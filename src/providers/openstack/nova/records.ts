/** Their objects as our records. What stands behind an address is a device: a server of ours, or something that is none. */
import type { Association, FloatingIp, Place, ServerRef } from '../../../domain/records.js';
import { getServer } from '../api.js';
import type { Cloud } from '../cloud.js';
import { unlessGone } from '../fault.js';
import type { LegacyIp } from './wire.js';

export const addressOf = ({ address, id }: FloatingIp): string => address ?? id;
export const called = ({ id, name }: ServerRef): string => name ?? id;

/** `certain`: false where it is not known whether the device is a server. */
export const associationWith = (server: ServerRef | null, privateAddress: string | null, certain = true): Association => ({
  id: null,
  server,
  port: null,
  privateAddress,
  ...(server === null ? { foreign: true } : {}),
  certain,
});

/** Servers by id. `all`: whatever is not among them is no server. */
export interface Known {
  readonly names: ReadonlyMap<string, string | null>;
  readonly all: boolean;
}
export const NOBODY_KNOWN: Known = { names: new Map(), all: false };

function heldBy({ device, fixedAddress }: LegacyIp, { names, all }: Known): Association | null {
  // A port that nothing owns can hold it too.
  if (device === null) return fixedAddress === null ? null : associationWith(null, fixedAddress);
  const name = names.get(device);
  if (name === undefined && all) return associationWith(null, fixedAddress);
  return associationWith({ id: device, name: name ?? null }, fixedAddress, name !== undefined);
}

export type Records = ReturnType<typeof records>;

export function records(place: Place) {
  const floatingIp = (cloud: Cloud, found: LegacyIp, known: Known): FloatingIp => {
    const held = heldBy(found, known);
    return {
      project: cloud.project.id,
      region: cloud.region,
      id: found.id,
      address: found.address,
      version: found.version,
      prefixLength: null,
      kind: 'floating',
      name: null,
      description: null,
      labels: {},
      reverseDns: null,
      protected: null,
      state: held === null ? 'free' : 'associated',
      providerState: null,
      ports: [],
      associations: held === null ? [] : [held],
      network: null,
      subnet: null,
      pool: found.pool,
      createdAt: null,
      updatedAt: null,
      revision: null,
      mark: null,
      raw: found.raw,
      ...place,
    };
  };
  return {
    floatingIp,

    /** Asks for the server behind it. A device that is none of our servers is a router's, a load balancer's or a stranger's. */
    async resolved(cloud: Cloud, found: LegacyIp): Promise<FloatingIp> {
      const server = found.device === null ? undefined : await unlessGone(getServer(cloud, found.device));
      return floatingIp(cloud, found, { names: new Map(server === undefined ? [] : [[server.id, server.name]]), all: true });
    },
  };
}
