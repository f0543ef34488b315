/** Writes to a floating IP: each under its revision, each seen to have happened. */
import type { Context } from '../../domain/driver.js';
import { IpctlError, toIpctlError } from '../../domain/errors.js';
import type { Association, FloatingIp, Labels, ServerRef } from '../../domain/records.js';
import { deleteFloatingIp, type FloatingIpBody, getFloatingIp, readFloatingIp, replaceTags, updateFloatingIp } from './api.js';
import type { Cloud } from './cloud.js';
import { changedMeanwhile, NO_ROUTE, unlessGone, withoutExtension } from './fault.js';
import type { openstack } from './manifest.js';
import { floatingIpOf, labelsOf, serverIn, tagsOf } from './records.js';
import { guarded } from './revision.js';
import type { Seat, Seating } from './seats.js';
import { qosPolicyOf, type WireFloatingIp } from './wire.js';

/** Who is known to stand behind a port: replies do not name servers. */
export interface Known {
  readonly port: string | null;
  readonly server: ServerRef | null;
}

export interface Writes {
  associate(cloud: Cloud, ip: FloatingIp, seating: Seating): Promise<FloatingIp>;
  disassociate(cloud: Cloud, ip: FloatingIp, from: Association): Promise<FloatingIp>;
  describe(cloud: Cloud, ip: FloatingIp, text: string, description: string): Promise<FloatingIp>;
  /** Null takes the policy off. */
  limit(cloud: Cloud, ip: FloatingIp, policy: string | null): Promise<FloatingIp>;
  label(cloud: Cloud, ip: FloatingIp, labels: Labels): Promise<FloatingIp>;
  release(cloud: Cloud, ip: FloatingIp): Promise<void>;
}

export const nameOf = ({ address, id }: FloatingIp): string => address ?? id;

const holderText = ({ server, port }: Association): string =>
  server?.name ?? server?.id ?? (port === null ? 'a port forwarding' : `port ${port}`);

type Means = Pick<Context<typeof openstack.options>, 'place' | 'mutate' | 'settle'>;

/** Surprise: on a port with several addresses a change of anything else is a 400, since the kept association is judged anew. */
const kept = ({ associations: [held] }: FloatingIp) =>
  held?.port == null ? {} : { port_id: held.port, ...(held.privateAddress === null ? {} : { fixed_ip_address: held.privateAddress }) };

export function floatingIpWrites({ place, mutate, settle }: Means): Writes {
  const recordOf = (cloud: Cloud, found: WireFloatingIp, known: Known): FloatingIp => {
    const device = found.holder === undefined || found.holder === null ? null : serverIn(found.holder);
    const behind = found.port !== null && found.port === known.port ? known.server : device === null ? null : { id: device, name: null };
    return floatingIpOf({ ...place, region: cloud.region }, found, behind);
  };
  const knownOf = ({ associations: [first] }: FloatingIp): Known => ({ port: first?.port ?? null, server: first?.server ?? null });

  /** The revision now, as long as the holder is the recorded one. */
  const recheck = async (cloud: Cloud, ip: FloatingIp): Promise<string | null> => {
    const [was] = ip.associations;
    const now = await getFloatingIp(cloud, ip.id);
    if (now.port === (was?.port ?? null) && now.forwarded === (was !== undefined && was.port === null)) return now.revision;
    const [holder] = recordOf(cloud, now, knownOf(ip)).associations;
    const state = holder === undefined ? 'associated with nobody' : `associated with ${holderText(holder)}`;
    throw changedMeanwhile(nameOf(ip), state);
  };

  interface Put {
    readonly key: string;
    readonly what: string;
    readonly body: FloatingIpBody;
    readonly known: Known;
    readonly standIn: FloatingIp;
    shows(ip: FloatingIp): boolean;
  }
  const put = async (cloud: Cloud, ip: FloatingIp, { key, what, body, known, standIn, shows }: Put): Promise<FloatingIp> => {
    const read = async (): Promise<FloatingIp> => recordOf(cloud, await getFloatingIp(cloud, ip.id), known);
    const accepted = await guarded<FloatingIp>({
      revision: ip.revision,
      recheck: () => recheck(cloud, ip),
      write: (revision, again) =>
        mutate<FloatingIp>({
          key: again ? `${key}, again` : key,
          request: updateFloatingIp(cloud, ip.id, body, revision),
          via: cloud.send,
          read: (reply) => recordOf(cloud, readFloatingIp(reply), known),
          // Each write makes a new revision, which nobody knows before.
          standIn: { ...standIn, revision: ip.revision === null ? null : '{ip.revision}' },
          async look() {
            const now = await read();
            return shows(now) ? { is: 'applied', result: now } : { is: 'not-applied' };
          },
        }),
    });
    let answered: FloatingIp | undefined = accepted;
    return settle({
      accepted,
      what,
      // The answer to the write shows the object as it is since: only where it does not show it yet is there more to read.
      async check() {
        const now = answered ?? (await read());
        answered = undefined;
        return shows(now) ? now : undefined;
      },
    });
  };

  const sit = (cloud: Cloud, ip: FloatingIp, seat: Seat, key: string): Promise<FloatingIp> => {
    const association = { id: null, server: seat.server, port: seat.port, privateAddress: seat.address, certain: true };
    return put(cloud, ip, {
      key,
      what: `${holderText(association)} to hold ${nameOf(ip)}`,
      body: { port_id: seat.port, fixed_ip_address: seat.address },
      known: seat,
      standIn: { ...ip, state: 'associated', associations: [association] },
      shows: ({ associations: [now] }) => now?.port === seat.port && now.privateAddress === seat.address,
    });
  };

  return {
    async associate(cloud, ip, { seats, otherwise }) {
      let unreachable: unknown;
      for (const seat of seats) {
        const holder = seat.server?.name ?? seat.server?.id ?? seat.port;
        try {
          return await sit(cloud, ip, seat, seats.length === 1 ? `associate ${holder}` : `associate ${holder} at ${seat.address}`);
        } catch (thrown) {
          // Which of several networks has a way out to the pool, only the cloud knows.
          if (!(thrown instanceof IpctlError) || thrown.details.code !== NO_ROUTE) throw thrown;
          unreachable = thrown;
        }
      }
      throw otherwise === null ? unreachable : otherwise.with({ fate: 'not-applied' });
    },

    disassociate: (cloud, ip, from) =>
      put(cloud, ip, {
        key: `disassociate ${holderText(from)}`,
        what: `${nameOf(ip)} to leave ${holderText(from)}`,
        body: { port_id: null },
        known: { port: null, server: null },
        standIn: { ...ip, state: 'free', associations: [] },
        shows: ({ associations: [now] }) => now?.port !== from.port,
      }),

    limit: (cloud, ip, policy) =>
      put(cloud, ip, {
        key: 'limit',
        what: `${nameOf(ip)} to show its QoS policy`,
        body: { ...kept(ip), qos_policy_id: policy },
        known: knownOf(ip),
        standIn: ip,
        shows: (now) => qosPolicyOf(now.raw) === policy,
      }).catch((thrown: unknown) => {
        throw withoutExtension(thrown);
      }),

    describe(cloud, ip, text, description) {
      return put(cloud, ip, {
        key: 'describe',
        what: `${nameOf(ip)} to show its description`,
        body: { ...kept(ip), description },
        known: knownOf(ip),
        standIn: { ...ip, description: text === '' ? null : text },
        shows: (now) => (now.description ?? '') === text,
      });
    },

    async label(cloud, ip, labels) {
      const wanted = tagsOf(labels);
      const read = async (): Promise<FloatingIp | undefined> => {
        const now = await getFloatingIp(cloud, ip.id);
        const same = now.tags.length === new Set(wanted).size && wanted.every((tag) => now.tags.includes(tag));
        return same ? recordOf(cloud, now, knownOf(ip)) : undefined;
      };
      const labelled: FloatingIp = { ...ip, labels: labelsOf(wanted) };
      const accepted = await mutate<FloatingIp>({
        key: 'label',
        request: replaceTags(cloud, ip.id, wanted),
        via: cloud.send,
        // The tags count as a change of the address: its revision is no longer the one we know.
        read: () => ({ ...labelled, revision: null }),
        standIn: { ...labelled, revision: ip.revision === null ? null : '{ip.revision}' },
        async look() {
          const done = await read();
          return done === undefined ? { is: 'not-applied' } : { is: 'applied', result: done };
        },
      });
      return settle({ accepted, what: `${nameOf(ip)} to show its labels`, check: read });
    },

    async release(cloud, ip) {
      const gone = async (): Promise<boolean> => (await unlessGone(getFloatingIp(cloud, ip.id))) === undefined;
      await guarded({
        revision: ip.revision,
        recheck: () => recheck(cloud, ip),
        write: (revision, again) =>
          mutate<FloatingIp>({
            key: again ? 'release, again' : 'release',
            request: deleteFloatingIp(cloud, ip.id, revision),
            via: cloud.send,
            read: () => ip,
            standIn: ip,
            look: async () => ((await gone()) ? { is: 'applied', result: ip } : { is: 'not-applied' }),
          }),
      });
      await settle({ accepted: ip, what: `${nameOf(ip)} to be gone`, gone: true, check: async () => ((await gone()) ? ip : undefined) });
    },
  };
}

/** A later step failed: what was made costs money and is told, whatever else is said. */
export function leaving(
  made: string,
  exists: readonly NonNullable<IpctlError['details']['exists']>[number][],
  thrown: unknown,
): IpctlError {
  const error = toIpctlError(thrown);
  if (error.kind === 'signal') return error;
  if (error.kind === 'unknown' || error.kind === 'timeout') {
    return error.with({ exists: [...exists, ...(error.details.exists ?? [])] });
  }
  return new IpctlError('partial', `${made}, but then: ${error.message}`, { ...error.details, exists, errors: [error], cause: error });
}
