/**
 * Why a request was refused, where their words do not say: found out by looking once more, after the refusal. What cannot be
 * found out leaves the refusal as it was.
 */
import { IpctlError } from '../../domain/errors.js';
import type { FloatingIp, PrivateIp } from '../../domain/records.js';
import { collect } from '../../http/pages.js';
import type { AddressOrder } from './api.js';
import type { Cloud } from './association.js';
import { neverIn, type Subnets } from './subnets.js';
import type { Usage } from './wire.js';

/** Undefined: nothing is known besides. */
type Finding = { readonly why: string; readonly hint?: string | undefined } | undefined;

/** The refusal with what was found, or as it was. An interrupt is no finding. */
async function explained(thrown: unknown, find: (refusal: IpctlError) => Promise<Finding>): Promise<unknown> {
  if (!(thrown instanceof IpctlError) || thrown.kind === 'signal') return thrown;
  const finding = await find(thrown).catch(() => undefined);
  if (finding === undefined) return thrown;
  const { why, hint = thrown.details.hint } = finding;
  return new IpctlError(thrown.kind, `${thrown.message}: ${why}`, { ...thrown.details, hint, cause: thrown });
}

const used = (what: string, { used: taken, total }: Usage): string =>
  total < 0 ? `${what}: ${taken} used, without a limit` : `${what}: ${taken} of ${total} used`;

/** Whom a private IP serves, in words. */
export const userOf = ({ usedBy, server }: PrivateIp): string =>
  server !== null ? `server ${server.name ?? server.id}` : usedBy === null ? 'a reservation that nobody uses' : `kind ${usedBy}`;

export interface Looks {
  readonly subnets: Subnets;
  /** Private IPs of a subnet that have these addresses, with their servers. */
  holders(subnet: string, addresses: readonly string[]): Promise<readonly PrivateIp[]>;
}

export const explaining = ({ open }: Pick<Cloud, 'open'>) => ({
  /** An allocation that hit a limit: the quota of EIPs, full or not. */
  allocation: (thrown: unknown): Promise<unknown> =>
    explained(thrown, async ({ kind }) => {
      if (kind !== 'limit') return undefined;
      const quota = await (await open()).quota('publicIp');
      return quota === undefined ? undefined : { why: used('quota publicIp', quota) };
    }),

  /** A private IP that was not given. */
  creation: (thrown: unknown, orders: readonly AddressOrder[], { subnets, holders }: Looks): Promise<unknown> =>
    explained(thrown, async ({ kind, details: { code } }) => {
      const ids = [...new Set(orders.map(({ subnet }) => subnet))];
      const chosen = orders.flatMap(({ subnet, address }) => (address === undefined ? [] : [{ subnet, address }]));
      if (kind === 'limit') {
        const api = await open();
        const usages = await Promise.all(ids.map(async (id) => ({ id, usage: await api.availability(id) })));
        return { why: usages.map(({ id, usage }) => used(`addresses of subnet ${usage.type} (${id})`, usage)).join('; ') };
      }
      if (code === 'VPC.0701' || code === 'IpAddressInUse') {
        const addresses = chosen.map(({ address }) => address);
        const held = (await Promise.all(ids.map((id) => holders(id, addresses)))).flat();
        if (held.length === 0) return undefined;
        return { why: held.map((ip) => `${ip.address} is held by ${userOf(ip)} (id ${ip.id})`).join('; ') };
      }
      if (code === 'VPC.0705' || code === 'InvalidIpForSubnet') {
        const known = await subnets.all();
        const reasons = chosen.flatMap(({ subnet, address }) => {
          const found = known.find(({ id }) => id === subnet);
          return found === undefined ? [] : (neverIn(found, address) ?? []);
        });
        return reasons.length === 0 ? undefined : { why: reasons.join('; ') };
      }
      if (kind !== 'not-found') return undefined;
      for (const id of ids) {
        const wrong = await subnets.requireKnown(id, id).then(
          () => undefined,
          (refusal: unknown) => refusal,
        );
        if (wrong instanceof IpctlError && wrong.details.fate === 'not-sent') return { why: wrong.message, hint: wrong.details.hint };
      }
      return undefined;
    }),

  /** A private IP that could not be deleted: an EIP may be bound to it, which its own record does not show. */
  deletion: (thrown: unknown, ip: PrivateIp, recordOf: (port: string) => Promise<FloatingIp | undefined>): Promise<unknown> =>
    explained(thrown, async ({ kind }) => {
      if (kind !== 'conflict') return undefined;
      const bound = await recordOf(ip.id);
      return bound === undefined
        ? undefined
        : { why: `${bound.address ?? bound.id} is bound to it`, hint: `ipctl ip disassociate ${bound.address ?? bound.id}` };
    }),
});

/** The EIP that is bound to a port, or undefined. */
export const eipAt =
  ({ open, records }: Pick<Cloud, 'open' | 'records'>) =>
  async (port: string): Promise<FloatingIp | undefined> => {
    const found = (await collect((await open()).listEips())).find((eip) => eip.port === port);
    return found === undefined ? undefined : records.floatingIp(found);
  };
