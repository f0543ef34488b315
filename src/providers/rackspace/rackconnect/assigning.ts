/**
 * Which server an address serves. One request takes it anywhere, and names nobody but the new server: who has it is read
 * just before and, since another machine can act in between, once more when the provider says that it is done.
 */
import type { AssociateSpec, Context, Outcome } from '../../../domain/driver.js';
import { IpctlError, type Kind } from '../../../domain/errors.js';
import type { Send } from '../../../domain/exchange.js';
import type { OptionSet } from '../../../domain/option.js';
import type { Association, FloatingIp, ServerRef } from '../../../domain/records.js';
import type { Api } from './api.js';
import { addressOf, failure, floatingIpOf, hasFailed, heldBy, isAtWork, isWreck, nameOf, refuse, type Where } from './records.js';
import { type PublicIp, readPublicIp } from './wire.js';

export interface Ready {
  readonly api: Api;
  readonly where: Where;
}

export interface AssigningParts {
  readonly ready: () => Promise<Ready>;
  readonly send: Send;
  readonly context: Pick<Context<OptionSet>, 'mutate' | 'settle' | 'progress'>;
}

/** Kinds that say themselves what is left behind. */
const TOLD: ReadonlySet<Kind> = new Set(['unknown', 'timeout', 'partial', 'signal']);

/** Undefined while the firewall is being changed. Errors: `conflict` when that failed. */
export function settled(ip: PublicIp): PublicIp | undefined {
  if (hasFailed(ip)) throw failure(ip);
  return isAtWork(ip) ? undefined : ip;
}

/** The address as it is now. Errors: `not-found`. */
export async function present(api: Api, ip: Pick<FloatingIp, 'id' | 'address'>): Promise<PublicIp> {
  const found = await api.showPublicIp(ip.id);
  if (found !== undefined) return found;
  throw new IpctlError('not-found', `${addressOf(ip)} is gone`, { provider: 'rackconnect' });
}

const holderOf = ({ server }: PublicIp): string | null => server?.id ?? null;

/** What a lost answer came to. A third holder may have come after ours: nobody knows. Errors: `temporary` while it may still come. */
function outcomeOf(found: PublicIp, done: boolean, source: string | null): Outcome<PublicIp> {
  if (done) return { is: 'applied', result: found };
  if (isAtWork(found)) throw new IpctlError('temporary', `${addressOf(found)} is ${found.status}`, { provider: 'rackconnect' });
  return holderOf(found) === source ? { is: 'not-applied' } : { is: 'unknown', candidates: [] };
}

export function assigning({ ready, send, context: { mutate, settle, progress } }: AssigningParts) {
  /** From nobody or from whoever holds `ip` by the record, to the one server of `spec`. */
  const assign = async (ip: FloatingIp, { servers: [server], ports }: AssociateSpec): Promise<FloatingIp> => {
    if (server === undefined || ports.length > 0) {
      throw refuse('unsupported', 'RackConnect gives addresses to servers, not to ports', 'name the server with --server');
    }
    const { api, where } = await ready();
    const shown = (found: PublicIp): FloatingIp | undefined => {
      const now = settled(found);
      if (now === undefined || now.server === null) return undefined;
      if (now.server.id !== server.id) throw heldBy(now, now.server);
      return floatingIpOf(where, now);
    };
    const what = `${nameOf(server)} to hold ${addressOf(ip)}`;
    const check = async (): Promise<FloatingIp | undefined> => shown(await present(api, ip));
    const [held] = ip.associations;
    // What was made for this server needs no second request.
    if (held?.server?.id === server.id && held.certain) return ip.state === 'associated' ? ip : settle({ accepted: ip, check, what });
    const source = held?.server?.id ?? null;
    const before = await present(api, ip);
    if (isWreck(before)) throw failure(before).with({ fate: 'not-sent' });
    if (holderOf(before) !== source) throw heldBy(before, before.server, 'not-sent');
    const accepted = await mutate<PublicIp>({
      key: `associate ${nameOf(server)}`,
      request: api.assignPublicIp(ip.id, server.id),
      via: send,
      read: readPublicIp,
      standIn: { ...before, status: 'ACTIVE', server: { id: server.id, name: server.name, privateAddress: null } },
      async look() {
        const found = await present(api, ip);
        return outcomeOf(found, holderOf(found) === server.id, source);
      },
    });
    // The answer may name the old holder still; what is read later may not.
    const done = settled(accepted) !== undefined && holderOf(accepted) === server.id;
    return done ? floatingIpOf(where, accepted) : settle({ accepted: floatingIpOf(where, accepted), check, what });
  };

  /** For what should serve nobody yet, or this server already: an allocation may be resumed after the address was moved on. */
  const associate = async (ip: FloatingIp, spec: AssociateSpec): Promise<FloatingIp> => {
    const [held] = ip.associations;
    if (held !== undefined && held.server?.id !== spec.servers[0]?.id) throw heldBy(ip, held.server, 'not-sent');
    return assign(ip, spec);
  };

  /** Only a kept address can be without a server. Resolves with what it is then. */
  const keep = async (api: Api, where: Where, ip: PublicIp): Promise<PublicIp> => {
    progress(`${addressOf(ip)} will stay when its server goes: only such an address can be without one`);
    const kept = await mutate<PublicIp>({
      key: 'retain',
      request: api.keepPublicIp(ip.id),
      via: send,
      read: readPublicIp,
      standIn: { ...ip, retain: true },
      async look() {
        const found = await present(api, ip);
        return found.retain ? { is: 'applied', result: found } : { is: 'not-applied' };
      },
    });
    if (isAtWork(kept)) {
      const check = async (): Promise<FloatingIp | undefined> => {
        const now = settled(await present(api, ip));
        return now === undefined ? undefined : floatingIpOf(where, now);
      };
      await settle({ accepted: floatingIpOf(where, kept), check, what: `${addressOf(ip)} to be kept` });
    }
    return kept;
  };

  /** Waits until the provider shows `server` gone from what it answered. */
  const leaving = async ({ api, where }: Ready, ip: PublicIp, server: ServerRef): Promise<FloatingIp> => {
    const shown = (found: PublicIp): FloatingIp | undefined => {
      const now = settled(found);
      return now === undefined || holderOf(now) === server.id ? undefined : floatingIpOf(where, now);
    };
    const check = async (): Promise<FloatingIp | undefined> => shown(await present(api, ip));
    return shown(ip) ?? settle({ accepted: floatingIpOf(where, ip), check, what: `${addressOf(ip)} to leave ${nameOf(server)}` });
  };

  const unassign = async (at: Ready, ip: PublicIp, server: ServerRef): Promise<FloatingIp> =>
    leaving(
      at,
      await mutate<PublicIp>({
        key: `disassociate ${nameOf(server)}`,
        request: at.api.assignPublicIp(ip.id, null),
        via: send,
        read: readPublicIp,
        standIn: { ...ip, status: 'ACTIVE', server: null },
        async look() {
          const found = await present(at.api, ip);
          return outcomeOf(found, found.server === null, server.id);
        },
      }),
      server,
    );

  const disassociate = async (ip: FloatingIp, { server }: Association): Promise<FloatingIp> => {
    if (server === null) throw refuse('conflict', `${addressOf(ip)} is held by something that is no server`);
    const { api, where } = await ready();
    const now = await present(api, ip);
    if (now.server === null) return leaving({ api, where }, now, server);
    if (now.server.id !== server.id) throw heldBy(now, now.server, 'not-sent');
    if (now.retain) return unassign({ api, where }, now, server);
    const kept = await keep(api, where, now);
    try {
      return await unassign({ api, where }, kept, server);
    } catch (thrown) {
      if (!(thrown instanceof IpctlError) || TOLD.has(thrown.kind)) throw thrown;
      throw new IpctlError('partial', `${addressOf(ip)} is kept now when its server goes, but then: ${thrown.message}`, {
        ...thrown.details,
        fate: 'not-applied',
        hint: 'the same command again goes on',
        exists: [floatingIpOf(where, kept)],
        errors: [thrown],
        cause: thrown,
      });
    }
  };

  return { associate, assign, disassociate };
}
