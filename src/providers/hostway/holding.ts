/** Who holds an address: the two server actions, and a move made of them. What counts is what the address shows when it is read again. */
import type { Context } from '../../domain/driver.js';
import { type ErrorDetails, IpctlError, type Kind } from '../../domain/errors.js';
import type { Send } from '../../domain/exchange.js';
import type { OptionSet } from '../../domain/option.js';
import type { FloatingIp, Server, ServerRef } from '../../domain/records.js';
import type { Api } from './api.js';
import { isNotItsAddress } from './fault.js';
import { addressOf, associationWith, NOT_PROVISIONED, nameOfServer, type Records } from './records.js';
import type { FlexibleIp } from './wire.js';

export interface HoldingParts {
  readonly context: Pick<Context<OptionSet>, 'place' | 'progress' | 'mutate' | 'settle'>;
  readonly api: Api;
  readonly send: Send;
  readonly to: Records;
  readonly named: (id: string) => Promise<ServerRef>;
}

/** Failures after which the request may still take effect. */
const UNSETTLED: ReadonlySet<Kind> = new Set(['unknown', 'timeout', 'signal']);

const isIpctl = (thrown: unknown, ...kinds: readonly Kind[]): thrown is IpctlError =>
  thrown instanceof IpctlError && (kinds.length === 0 || kinds.includes(thrown.kind));

export type Holding = ReturnType<typeof holding>;

export function holding({ context, api, send, to, named }: HoldingParts) {
  const { place, progress, mutate, settle } = context;

  const absent = (address: string, details: ErrorDetails = { provider: place.provider }): IpctlError =>
    new IpctlError('not-found', `no floating IP '${address}' in profile ${place.profile}`, details);
  const holderText = async (id: string): Promise<string> => nameOfServer(await named(id).catch(() => ({ id, name: null })));

  /**
   * Until a server is provisioned, within the deadline; after it, and where nobody waits (`--no-wait`, a dry run), `refused`
   * stands. Only reads: whether to ask again is the caller's.
   */
  const provisioned = async (ip: FloatingIp, server: ServerRef, refused: IpctlError): Promise<void> => {
    let looked = false;
    await settle({
      accepted: ip,
      async check() {
        looked = true;
        return (await api.showServer(server.id)).status === NOT_PROVISIONED ? undefined : ip;
      },
      what: `${nameOfServer(server)} to be built`,
    }).catch((thrown: unknown) => {
      throw isIpctl(thrown, 'timeout') ? refused : thrown;
    });
    if (!looked) throw refused;
  };
  /** For a server that was read as being built: nothing is asked of it before it is ready. */
  const ready = async (ip: FloatingIp, server: Server): Promise<void> => {
    if (server.providerState !== NOT_PROVISIONED) return;
    const refused = new IpctlError('conflict', `${nameOfServer(server)} is still being built`, {
      provider: place.provider,
      fate: 'not-sent',
      hint: 'try again when server list shows it active',
    });
    await provisioned(ip, server, refused);
  };
  /** Turned away with a 409 nothing has happened: once the server is built, `act` is asked once more. */
  const onceBuilt = async (ip: FloatingIp, server: ServerRef, act: () => Promise<FloatingIp>): Promise<FloatingIp> => {
    try {
      return await act();
    } catch (thrown) {
      if (!isIpctl(thrown, 'conflict') || thrown.details.status !== 409 || isNotItsAddress(thrown.message)) throw thrown;
      await provisioned(ip, server, thrown);
      return act();
    }
  };

  /** One `addFloatingIp`, until the address shows the server. */
  const put = async (ip: FloatingIp, server: ServerRef, always = false): Promise<FloatingIp> => {
    const address = addressOf(ip);
    const accepted: FloatingIp = { ...ip, state: 'pending' };
    const standIn: FloatingIp = { ...ip, state: 'associated', associations: [associationWith(server, null)] };
    const shown = (found: FlexibleIp | undefined): FloatingIp | undefined =>
      found?.instanceId === server.id ? to.floatingIp(found, server) : undefined;
    const from = await mutate<FloatingIp>({
      // Names may be shared, and change.
      key: `associate ${server.id}`,
      request: api.associate(server.id, address),
      via: send,
      read: () => accepted,
      standIn,
      async look() {
        const done = shown(await api.showFlexibleIp(address));
        return done === undefined ? { is: 'not-applied' } : { is: 'applied', result: done };
      },
    }).catch(async (thrown: unknown) => {
      // A 403 has three meanings, a 400 or 404 may be about server or address: only the address itself tells.
      if (!isIpctl(thrown) || ![400, 403, 404].includes(thrown.details.status ?? 0)) throw thrown;
      const found = await api.showFlexibleIp(address);
      if (found === undefined) throw absent(address, thrown.details);
      const already = shown(found);
      if (already !== undefined) return already;
      if (thrown.details.status !== 403) throw thrown;
      if (found.instanceId === null) throw new IpctlError('auth', thrown.message, thrown.details);
      throw new IpctlError(
        'conflict',
        `${address} is associated with ${await holderText(found.instanceId)}: ${thrown.message}`,
        thrown.details,
      );
    });
    return settle({
      accepted: from,
      async check() {
        const found = await api.showFlexibleIp(address);
        // Released by somebody meanwhile: no server will ever hold it.
        if (found === undefined) throw absent(address);
        return shown(found);
      },
      what: `${nameOfServer(server)} to hold ${address}`,
      always,
    });
  };

  /** The address as it shows once `server` holds it no longer; undefined while it does. */
  const without = async (address: string, server: ServerRef, details?: ErrorDetails): Promise<FloatingIp | undefined> => {
    const found = await api.showFlexibleIp(address);
    if (found === undefined) throw absent(address, details);
    return found.instanceId === server.id ? undefined : to.unnamed(found);
  };

  /** One `removeFloatingIp`, until the address shows nobody, or somebody else. */
  const take = async (ip: FloatingIp, server: ServerRef, always = false): Promise<FloatingIp> => {
    const address = addressOf(ip);
    const accepted: FloatingIp = { ...ip, state: 'pending' };
    let contradicted: IpctlError | undefined;
    const from = await mutate<FloatingIp>({
      key: `disassociate ${server.id}`,
      request: api.disassociate(server.id, address),
      via: send,
      read: () => accepted,
      standIn: { ...ip, state: 'free', associations: [] },
      async look() {
        const found = await api.showFlexibleIp(address);
        return found === undefined || found.instanceId === server.id ? { is: 'not-applied' } : { is: 'applied', result: to.unnamed(found) };
      },
    }).catch(async (thrown: unknown) => {
      // 409 says "not this server's address" as well as "server is being built".
      if (!isIpctl(thrown) || thrown.details.status !== 409) throw thrown;
      const done = await without(address, server, { ...thrown.details, hint: undefined });
      if (done !== undefined) return done;
      if (!isNotItsAddress(thrown.message)) throw thrown;
      // Decided already, by somebody else's removal that does not show yet.
      contradicted = thrown;
      return accepted;
    });
    return settle({
      accepted: from,
      check: () => without(address, server),
      what: `${address} to leave ${nameOfServer(server)}`,
      always,
    }).catch((thrown: unknown) => {
      throw isIpctl(thrown, 'timeout') && contradicted !== undefined ? contradicted : thrown;
    });
  };

  /** Where the address is, for a sentence, and its record where it could be read. */
  const whereabouts = async (
    ip: FloatingIp,
  ): Promise<{ readonly holder?: string | null; readonly text: string; readonly now: FloatingIp }> => {
    const found = await api.showFlexibleIp(addressOf(ip)).catch(() => null);
    if (found === null) return { text: 'where it is now could not be seen', now: ip };
    if (found === undefined) return { text: 'it is not in this account any more', now: ip };
    const now = to.unnamed(found);
    if (found.instanceId === null) return { holder: null, text: 'it serves nobody now', now };
    return { holder: found.instanceId, text: `it is on ${await holderText(found.instanceId)} now`, now };
  };

  /** After a `refused` by the target: back on the holder, and the error that tells how that went. */
  const putBack = async (free: FloatingIp, holder: ServerRef, target: ServerRef, refused: IpctlError): Promise<IpctlError> => {
    const address = addressOf(free);
    const source = nameOfServer(holder);
    const before = await whereabouts(free);
    // Nothing to put back: somebody else has it, or has released it.
    if (before.holder === undefined || (before.holder !== null && before.holder !== holder.id)) {
      return new IpctlError(refused.kind, `${refused.message}; ${before.text}`, refused.details);
    }
    progress(`putting ${address} back on ${source}`);
    try {
      await put(free, holder, true);
      // As it was before: over, not something to be resumed.
      const operation = { id: null, state: 'not-applied' } as const;
      return new IpctlError(refused.kind, `${refused.message}; it is back on ${source}`, { ...refused.details, operation });
    } catch (failed) {
      if (!isIpctl(failed)) throw failed;
      if (UNSETTLED.has(failed.kind)) {
        return new IpctlError(
          failed.kind,
          `${refused.message}; whether it is back on ${source} is not known: ${failed.message}`,
          failed.details,
        );
      }
      const { text, now } = await whereabouts(free);
      const again = (server: ServerRef): string => `ipctl -p ${place.profile} ip associate ${address} --server ${server.id}`;
      return new IpctlError(
        'partial',
        `${address} was taken off ${source}, but then: ${refused.message}; it could not be put back: ${failed.message}; ${text}`,
        {
          ...refused.details,
          fate: 'not-applied',
          hint: `go on: ${again(target)}; back: ${again(holder)}`,
          exists: [now],
          errors: [refused, failed],
          cause: refused,
        },
      );
    }
  };

  return {
    absent,

    async associate(ip: FloatingIp, server: Server): Promise<FloatingIp> {
      await ready(ip, server);
      const { id, name } = server;
      return onceBuilt(ip, { id, name }, () => put(ip, { id, name }));
    },

    disassociate: (ip: FloatingIp, server: ServerRef): Promise<FloatingIp> => onceBuilt(ip, server, () => take(ip, server)),

    /** Off `holder`, then onto `target`; back on `holder` when that is refused. A target that is being built is waited for first. */
    async move(ip: FloatingIp, holder: ServerRef, target: Server): Promise<FloatingIp> {
      await ready(ip, target);
      const address = addressOf(ip);
      // An address that still shows its old holder is refused to the next: `--no-wait` spares the end, not the middle.
      const free = await onceBuilt(ip, holder, () => take(ip, holder, true));
      const now = free.associations[0]?.server ?? null;
      const server = { id: target.id, name: target.name };
      if (now !== null && now.id === target.id) return { ...free, associations: [associationWith(server, null)] };
      if (now !== null) {
        throw new IpctlError('conflict', `${address} went to ${await holderText(now.id)} meanwhile`, { provider: place.provider });
      }
      try {
        return await put(free, server);
      } catch (thrown) {
        // Its outcome unknown, the address may be on its way to the target: putting it back would race with that.
        if (!isIpctl(thrown) || UNSETTLED.has(thrown.kind)) throw thrown;
        throw await putBack(free, holder, server, thrown);
      }
    },
  };
}
