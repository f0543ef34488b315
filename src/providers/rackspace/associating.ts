/** The calls that change who shares an address and who is associated with it, each with the way to see its effect. */
import type { Context, Outcome } from '../../domain/driver.js';
import { IpctlError, type Kind } from '../../domain/errors.js';
import type { Send } from '../../domain/exchange.js';
import type { OptionSet, Values } from '../../domain/option.js';
import type { Association, FloatingIp, ServerRef } from '../../domain/records.js';
import type { Api } from './api.js';
import { type LinkTarget, nameOfServer, requireZoneOf } from './links.js';
import type { Lookups } from './lookups.js';
import type { rackspace } from './manifest.js';
import { PUBLIC_NET, type Where } from './records.js';
import { listed } from './refusals.js';
import { readShared } from './sharing.js';
import { checkAssociation, readOneIp } from './wire.js';

export interface AssociatingParts {
  readonly ready: () => Promise<{ readonly api: Api; readonly where: Where }>;
  readonly options: Values<(typeof rackspace)['options']>;
  readonly lookups: Lookups;
  readonly send: Send;
  readonly mutate: Context<OptionSet>['mutate'];
}

export const isKind = (thrown: unknown, kind: Kind): thrown is IpctlError => thrown instanceof IpctlError && thrown.kind === kind;

export const addressOf = (ip: FloatingIp): string => ip.address ?? ip.id;

export function associating({ ready, options, lookups, send, mutate }: AssociatingParts) {
  const { 'association-method': method, 'association-body': body } = options;
  // Learnt from a service that serves the old way only; holds for the rest of the run.
  let byPost = method === 'post';

  /** The address as it is now, without asking for names; undefined when it is gone. */
  const current = async (ip: FloatingIp): Promise<FloatingIp | undefined> => {
    const { api, where } = await ready();
    return (await readShared(api, where, { id: ip.id }, async () => new Map()))[0];
  };
  const holding = (ip: FloatingIp | undefined, server: ServerRef): Association | undefined =>
    ip?.associations.find((association) => association.server?.id === server.id);
  const unsure = (ip: FloatingIp): Outcome<true> => ({ is: 'unknown', candidates: [{ name: addressOf(ip), result: true }] });

  /** Replaces the list of ports that may carry the address; those kept keep their state. Never an empty list. */
  const setPorts = async (api: Api, ip: FloatingIp, key: string, wanted: readonly string[]): Promise<FloatingIp> => {
    const dropped = ip.ports.filter((port) => !wanted.includes(port));
    const now = await mutate<readonly string[]>({
      key,
      request: api.changePorts(ip.id, wanted),
      via: send,
      read: (reply) => readOneIp(reply).ports,
      standIn: wanted,
      async look() {
        const found = await api.showIp(ip.id);
        const done = wanted.every((port) => found?.ports.includes(port)) && !dropped.some((port) => found?.ports.includes(port));
        return found !== undefined && done ? { is: 'applied', result: found.ports } : { is: 'not-applied' };
      },
    });
    return { ...ip, ports: now };
  };

  /** Adds ports to those that may carry the address, keeping the order of the others. */
  const shareWith = async (api: Api, ip: FloatingIp, targets: readonly LinkTarget[]): Promise<FloatingIp> => {
    const fresh = targets.filter(({ port }) => !ip.ports.includes(port));
    if (fresh.length === 0) return ip;
    const servers = fresh.map(({ server }) => server);
    await requireZoneOf(ip.ports.slice(0, 1), servers, ip.network ?? PUBLIC_NET, lookups);
    return setPorts(api, ip, `share with ${listed(servers.map(nameOfServer))}`, [...ip.ports, ...fresh.map(({ port }) => port)]);
  };

  const open = async (api: Api, ip: FloatingIp, { server, port }: LinkTarget): Promise<void> => {
    const call = (post: boolean, key: string): Promise<true> =>
      mutate<true>({
        key,
        request: post
          ? api.associateByPost(server.id, ip.id, { network: ip.network ?? '', version: ip.version, port })
          : api.associate(server.id, ip.id, body === 'wrapper'),
        via: send,
        read(reply) {
          checkAssociation(reply, ip.id);
          return true;
        },
        standIn: true,
        async look() {
          const found = holding(await current(ip), server);
          if (found === undefined) return { is: 'not-applied' };
          return found.certain ? { is: 'applied', result: true } : unsure(ip);
        },
      });
    const key = `associate ${nameOfServer(server)}`;
    try {
      await call(byPost, key).catch((thrown: unknown) => {
        const notServed = thrown instanceof IpctlError && (thrown.details.status === 405 || thrown.details.status === 501);
        if (method !== 'auto' || byPost || !notServed) throw thrown;
        byPost = true;
        return call(true, `${key} by POST`);
      });
    } catch (thrown) {
      // Said to be idempotent, and said to refuse what is associated: either way the server's own list has the last word.
      if (!isKind(thrown, 'conflict') || !(await api.listAssociations(server.id)).includes(ip.id)) throw thrown;
    }
  };

  const shut = async (api: Api, ip: FloatingIp, server: ServerRef): Promise<void> => {
    await mutate<true>({
      key: `disassociate ${nameOfServer(server)}`,
      request: api.disassociate(server.id, ip.id),
      via: send,
      read: () => true,
      standIn: true,
      async look() {
        const found = holding(await current(ip), server);
        if (found === undefined) return { is: 'applied', result: true };
        return found.certain ? { is: 'not-applied' } : unsure(ip);
      },
    }).catch((thrown: unknown) => {
      if (!isKind(thrown, 'not-found')) throw thrown;
    });
  };

  return { current, holding, setPorts, shareWith, open, shut };
}
