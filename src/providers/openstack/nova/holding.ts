/** Who holds an address: the two server actions, and a move made of them. What counts is what the address shows when it is read again. */
import type { Context } from '../../../domain/driver.js';
import { type ErrorDetails, IpctlError, type Kind, toIpctlError } from '../../../domain/errors.js';
import type { Send } from '../../../domain/exchange.js';
import type { OptionSet } from '../../../domain/option.js';
import type { FloatingIp, ServerRef } from '../../../domain/records.js';
import type { Cloud } from '../cloud.js';
import { unlessGone } from '../fault.js';
import { addFloatingIp, getFloatingIp, removeFloatingIp } from './api.js';
import { addressOf, associationWith, called, NOBODY_KNOWN, type Records } from './records.js';
import type { LegacyIp } from './wire.js';

/** A place for an address: a server, and which of its private addresses, where that matters. */
export interface Seat {
  readonly server: ServerRef;
  readonly privateAddress: string | undefined;
}

/** Failures after which the request may still take effect. */
const UNSETTLED: ReadonlySet<Kind> = new Set(['unknown', 'timeout', 'signal']);
/** May be about the server or the address, and do not tell who has it: only the address itself does. */
const UNCLEAR: ReadonlySet<number | undefined> = new Set([400, 404, 409]);

type Means = Pick<Context<OptionSet>, 'place' | 'progress' | 'mutate' | 'settle'>;

export function holding({ place, progress, mutate, settle }: Means, to: Records) {
  const absent = (text: string, details: ErrorDetails = {}): IpctlError =>
    new IpctlError('not-found', `no floating IP '${text}' in profile ${place.profile}`, { provider: place.provider, ...details });
  const now = (cloud: Cloud, { id }: FloatingIp): Promise<LegacyIp | undefined> => unlessGone(getFloatingIp(cloud, id));
  /** `not-found` when somebody released it meanwhile: no server will ever hold it. */
  const still = async (cloud: Cloud, ip: FloatingIp, details: ErrorDetails = {}): Promise<LegacyIp> => {
    const found = await now(cloud, ip);
    if (found === undefined) throw absent(addressOf(ip), { ...details, hint: undefined });
    return found;
  };
  const holderText = async (cloud: Cloud, found: LegacyIp): Promise<string> => {
    const [held] = (await to.resolved(cloud, found)).associations;
    return held?.server == null ? 'something that is no server' : called(held.server);
  };

  /** One `addFloatingIp`, until the address shows the server. */
  const put = async (cloud: Cloud, ip: FloatingIp, { server, privateAddress }: Seat, key: string, always = false): Promise<FloatingIp> => {
    const address = addressOf(ip);
    const shown = (found: LegacyIp | undefined): FloatingIp | undefined =>
      found?.device === server.id && (privateAddress === undefined || found.fixedAddress === privateAddress)
        ? to.floatingIp(cloud, found, { names: new Map([[server.id, server.name]]), all: false })
        : undefined;
    const accepted = await mutate<FloatingIp>({
      key,
      request: addFloatingIp(cloud, server.id, address, privateAddress),
      via: cloud.send,
      read: () => ({ ...ip, state: 'pending' }),
      standIn: { ...ip, state: 'associated', associations: [associationWith(server, privateAddress ?? null)] },
      async look() {
        const done = shown(await now(cloud, ip));
        return done === undefined ? { is: 'not-applied' } : { is: 'applied', result: done };
      },
    }).catch(async (thrown: unknown) => {
      if (!(thrown instanceof IpctlError) || !UNCLEAR.has(thrown.details.status)) throw thrown;
      const found = await still(cloud, ip, thrown.details);
      const already = shown(found);
      if (already !== undefined) return already;
      if (found.device === null || found.device === server.id) throw thrown;
      throw new IpctlError(
        'conflict',
        `${address} is associated with ${await holderText(cloud, found)}: ${thrown.message}`,
        thrown.details,
      );
    });
    return settle({
      accepted,
      always,
      what: `${called(server)} to hold ${address}`,
      check: async () => shown(await still(cloud, ip)),
    });
  };

  /** One `removeFloatingIp`, until the address shows nobody, or somebody else. */
  const take = async (cloud: Cloud, ip: FloatingIp, server: ServerRef, always = false): Promise<FloatingIp> => {
    const shown = (found: LegacyIp): FloatingIp | undefined =>
      found.device === server.id ? undefined : to.floatingIp(cloud, found, NOBODY_KNOWN);
    const accepted = await mutate<FloatingIp>({
      key: `disassociate ${server.id}`,
      request: removeFloatingIp(cloud, server.id, addressOf(ip)),
      via: cloud.send,
      read: () => ({ ...ip, state: 'pending' }),
      standIn: { ...ip, state: 'free', associations: [] },
      async look() {
        const found = await now(cloud, ip);
        const done = found === undefined ? undefined : shown(found);
        return done === undefined ? { is: 'not-applied' } : { is: 'applied', result: done };
      },
    }).catch(async (thrown: unknown) => {
      // A 409 says that the address is not on that server, which is what was wanted.
      if (!(thrown instanceof IpctlError) || !UNCLEAR.has(thrown.details.status)) throw thrown;
      const gone = shown(await still(cloud, ip, thrown.details));
      if (gone === undefined) throw thrown;
      return gone;
    });
    return settle({
      accepted,
      always,
      what: `${addressOf(ip)} to leave ${called(server)}`,
      check: async () => shown(await still(cloud, ip)),
    });
  };

  /** After a refusal by the target: back where it was, and the error that tells how that went. */
  const putBack = async (cloud: Cloud, free: FloatingIp, was: Seat, target: Seat, refused: IpctlError): Promise<IpctlError> => {
    const source = called(was.server);
    try {
      const found = await still(cloud, free);
      // Never from under a third server, which a cloud with Neutron would allow.
      if (found.device !== null && found.device !== was.server.id) {
        return new IpctlError(refused.kind, `${refused.message}; it is on ${await holderText(cloud, found)} now`, refused.details);
      }
      progress(`putting ${addressOf(free)} back on ${source}`);
      await put(cloud, free, was, `put back on ${was.server.id}`, true);
      // As it was before: over, not something to be resumed.
      const operation = { id: null, state: 'not-applied' } as const;
      return new IpctlError(refused.kind, `${refused.message}; it is back on ${source}`, { ...refused.details, operation });
    } catch (failed) {
      if (!(failed instanceof IpctlError)) throw failed;
      if (UNSETTLED.has(failed.kind)) {
        const message = `${refused.message}; whether it is back on ${source} is not known: ${failed.message}`;
        return new IpctlError(failed.kind, message, failed.details);
      }
      const again = ({ server, privateAddress }: Seat): string =>
        `ipctl -p ${place.profile} ip associate ${addressOf(free)} --server ${server.id}${privateAddress === undefined ? '' : ` --private-address ${privateAddress}`}`;
      return new IpctlError(
        'partial',
        `${addressOf(free)} was taken off ${source}, but then: ${refused.message}; it could not be put back: ${failed.message}`,
        {
          ...refused.details,
          fate: 'not-applied',
          hint: `go on: ${again(target)}; back: ${again(was)}`,
          exists: [free],
          errors: [refused, failed],
          cause: refused,
        },
      );
    }
  };

  return {
    absent,

    associate: (cloud: Cloud, ip: FloatingIp, seat: Seat): Promise<FloatingIp> => put(cloud, ip, seat, `associate ${seat.server.id}`),

    disassociate: (cloud: Cloud, ip: FloatingIp, server: ServerRef): Promise<FloatingIp> => take(cloud, ip, server),

    /** Off `was`, then onto `target`; back on `was` when that is refused. */
    async move(cloud: Cloud, ip: FloatingIp, was: Seat, target: Seat): Promise<FloatingIp> {
      // An address that still shows its old holder is refused to the next: `--no-wait` spares the end, not the middle.
      const free = await take(cloud, ip, was.server, true);
      const next = free.associations[0]?.server ?? null;
      if (next !== null && next.id !== target.server.id) {
        throw new IpctlError('conflict', `${addressOf(ip)} went to ${next.id} meanwhile`, { provider: place.provider });
      }
      try {
        return await put(cloud, free, target, `associate ${target.server.id}`);
      } catch (thrown) {
        // Its outcome unknown, the address may be on its way to the target: putting it back would race with that.
        if (!(thrown instanceof IpctlError) || UNSETTLED.has(thrown.kind)) throw thrown;
        throw await putBack(cloud, free, was, target, thrown);
      }
    },

    /** Undefined once it is gone, by the service's own word. */
    now,

    /** Looks once more before a request that nothing would stop from pulling the address from under a new holder. */
    unlessTaken:
      (cloud: Cloud, ip: FloatingIp): Send =>
      async (request) => {
        const found = await getFloatingIp(cloud, ip.id).catch((thrown: unknown) => {
          throw toIpctlError(thrown).with({ fate: 'not-sent' });
        });
        const held = found.device !== null || found.fixedAddress !== null;
        const [known] = ip.associations;
        if (held && (known === undefined || found.device !== known.server?.id)) {
          throw new IpctlError('conflict', `${addressOf(ip)} went to ${await holderText(cloud, found)} meanwhile`, {
            provider: place.provider,
            fate: 'not-sent',
            hint: 'look at it again: nothing was done',
          });
        }
        return cloud.send(request);
      },
  };
}
