/** Hostway FlexCloud: no ids, no marks, and a 202 that tells nothing. What counts is what the address shows when it is read again. */
import { basic } from '../../auth/basic.js';
import { parseAddress } from '../../domain/address.js';
import type { Connect } from '../../domain/driver.js';
import { IpctlError } from '../../domain/errors.js';
import type { FloatingIp, ServerRef } from '../../domain/records.js';
import { direct } from '../../http/direct.js';
import { collect, stillThere } from '../../http/pages.js';
import { hostwayApi } from './api.js';
import { fault } from './fault.js';
import { holding } from './holding.js';
import type { hostway } from './manifest.js';
import { addressOf, NOT_PROVISIONED, records } from './records.js';
import { type FlexibleIp, type HostwayServer, readOneFlexibleIp } from './wire.js';

/** So many addresses are looked at one by one: the list, of any length, is for more. */
const FEW = 3;
/** How long a user is taken to be of the account that was seen, in milliseconds: accounts of users change by hand, if ever. */
const ACCOUNT_LIFE = 24 * 3_600_000;

export const connect: Connect<typeof hostway> = (context) => {
  const { place, options, http, tokens, clock, conceal, mutate, settle } = context;
  const { username, password, account } = options;
  const refused = (message: string): IpctlError =>
    new IpctlError('config', message, { provider: place.provider, profile: place.profile, fate: 'not-sent' });
  if (username.includes(':')) throw refused('a Hostway user name cannot hold a colon: HTTP Basic has no way to say it');
  if (options['uri-style'] === 'account' && account === undefined) throw refused('uri-style account needs the option account');
  if (options['uri-style'] === 'account' && ['2013-04', '2013-06'].includes(options['api-revision'] ?? '')) {
    throw refused(`api-revision ${options['api-revision']} has no account URIs`);
  }
  if (options.zone !== undefined && options['api-revision'] === '2013-04') throw refused('api-revision 2013-04 has no zones');

  const send = http({ fault, authorize: basic(username, password, conceal), insecureHttp: options['insecure-http'] });
  const api = hostwayApi(options, send);

  // Names stand in the detailed list only; one look serves every name of an operation.
  let listed: Promise<HostwayServer[]> | undefined;
  const servers = (): Promise<HostwayServer[]> => {
    listed ??= collect(api.listServers());
    return listed;
  };
  const named = async (id: string): Promise<ServerRef> => ({
    id,
    name: (await servers()).find((server) => server.id === id)?.name ?? null,
  });

  const to = records(place, account);
  const resolved = async (found: FlexibleIp): Promise<FloatingIp> =>
    to.floatingIp(found, found.instanceId === null ? null : await named(found.instanceId));
  const { absent, associate, disassociate, move } = holding({ context, api, send, to, named });

  const unsupported = (message: string): IpctlError =>
    new IpctlError('unsupported', message, { provider: place.provider, fate: 'not-sent' });

  /** Why the account of the profile is not among those that the credentials open. */
  const closedTo = async (id: string): Promise<IpctlError> => {
    const why = await api.showAccount(id).then(
      () => 'it is not open',
      (thrown: unknown) => {
        if (!(thrown instanceof IpctlError) || !['auth', 'not-found'].includes(thrown.kind)) throw thrown;
        return thrown.message;
      },
    );
    return new IpctlError('auth', `these credentials do not open account ${id}: ${why}`, { provider: place.provider });
  };

  return {
    ...direct(context, {
      flexcloud: async () => api.service(api.base),
      root: async () => api.service(options.endpoint),
    }),

    async account() {
      // No token names the account: the answer to the one question that does is kept.
      const key = JSON.stringify(['hostway account', options.endpoint, username, account ?? null]);
      const kept = (await tokens.get(key)) as { readonly account?: unknown } | null | undefined;
      if (typeof kept?.account === 'string')
        return { id: kept.account, name: kept.account, user: username, project: kept.account, region: null };
      const found = await collect(api.accounts());
      const mine = account === undefined ? found : found.filter(({ accountNumber }) => accountNumber === account);
      if (mine.length === 0) {
        throw account === undefined
          ? new IpctlError('auth', 'these credentials open no account', { provider: place.provider })
          : await closedTo(account);
      }
      const id = mine.map(({ accountNumber }) => accountNumber).join(',');
      await tokens.put(key, { account: id }, new Date(clock.now() + ACCOUNT_LIFE));
      return { id, name: id, user: username, project: id, region: null };
    },

    async *listFloatingIps({ serverNames }) {
      // The names are on their way while the addresses come in.
      if (serverNames) servers().catch(() => undefined);
      for await (const found of api.listFlexibleIps()) {
        yield serverNames ? await resolved(found) : to.unnamed(found);
      }
    },

    async getFloatingIp(ref) {
      const text = 'id' in ref ? ref.id : ref.address;
      const address = parseAddress(text);
      if (address?.version !== 4) throw absent(text);
      const found = await api.showFlexibleIp(address.text);
      if (found === undefined) throw absent(text);
      return resolved(found);
    },

    async allocateFloatingIp() {
      const known = async (): Promise<readonly string[]> => (await collect(api.listFlexibleIps())).map(({ ip }) => ip);
      const unknownYet = to.floatingIp({ ip: '{ip.address}', instanceId: null, fixedIp: null, pool: 'default', raw: null }, null);
      const allocated = await mutate<FloatingIp>({
        key: 'allocate',
        creates: true,
        request: api.allocate(options.zone),
        via: send,
        read(reply) {
          const made = readOneFlexibleIp(reply);
          if (made === undefined)
            throw new IpctlError('defect', 'the provider answered an allocation without an address', { fate: 'unknown' });
          return { ...to.floatingIp(made, null), state: 'pending' };
        },
        standIn: unknownYet,
        before: known,
        async look(before) {
          const fresh = (await collect(api.listFlexibleIps())).filter(({ ip }) => !before.includes(ip));
          if (fresh.length === 0) return { is: 'not-applied' };
          return { is: 'unknown', candidates: fresh.map((found) => ({ name: found.ip, result: to.floatingIp(found, null) })) };
        },
      }).catch(async (thrown: unknown) => {
        if (!(thrown instanceof IpctlError) || thrown.details.status !== 400) throw thrown;
        const zones = await api.zones().catch(() => []);
        throw zones.length === 0 ? thrown : thrown.with({ hint: `name a zone with --hostway-zone: ${zones.join(', ')}` });
      });
      const address = addressOf(allocated);
      return settle({
        accepted: allocated,
        async check() {
          const found = await api.showFlexibleIp(address);
          return found === undefined ? undefined : resolved(found);
        },
        what: `${address} to be there`,
      });
    },

    async associateFloatingIp(ip, { servers: [server] }) {
      if (server === undefined) throw unsupported('Hostway associates with servers, not with ports');
      return associate(ip, server);
    },

    async disassociateFloatingIp(ip, from) {
      let current = ip;
      for (const { server } of from) if (server !== null) current = await disassociate(current, server);
      return current;
    },

    async moveFloatingIp(ip, { servers: [target] }) {
      const holder = ip.associations[0]?.server ?? null;
      if (target === undefined || holder === null) throw unsupported('Hostway moves an address from a server to a server');
      return move(ip, holder, target);
    },

    async releaseFloatingIp(ip) {
      const address = addressOf(ip);
      await mutate<FloatingIp>({
        key: 'release',
        request: api.release(address),
        via: send,
        read: () => ip,
        standIn: ip,
        look: async () => ((await api.showFlexibleIp(address)) === undefined ? { is: 'applied', result: ip } : { is: 'not-applied' }),
      });
      await settle({
        accepted: ip,
        check: async () => ((await api.showFlexibleIp(address)) === undefined ? ip : undefined),
        what: `${address} to be gone`,
        gone: true,
      });
    },

    async getFloatingIps(refs) {
      const addresses = new Set(refs.map((ref) => ('id' in ref ? ref.id : ref.address)));
      const few = addresses.size <= FEW;
      const found = few ? await Promise.all([...addresses].map(api.showFlexibleIp)) : await collect(api.listFlexibleIps());
      return Promise.all(found.flatMap((ip) => (ip !== undefined && addresses.has(ip.ip) ? [resolved(ip)] : [])));
    },

    floatingIpsLeft: (ids) =>
      stillThere(
        ids,
        async () => {
          const { items, next } = await api.firstFlexibleIps();
          return { ids: items.map(({ ip }) => ip), next };
        },
        async (id) => (await api.showFlexibleIp(id)) !== undefined,
      ),

    async *listPrivateIps({ address }) {
      for (const server of await servers())
        for (const ip of to.privateIps(server)) if (address === undefined || ip.address === address) yield ip;
    },

    async getPrivateIp(ref) {
      const text = 'id' in ref ? ref.id : ref.address;
      const address = parseAddress(text)?.text;
      const found = (await servers()).flatMap(to.privateIps).find((ip) => ip.address === address);
      if (found === undefined)
        throw new IpctlError('not-found', `no private IP '${text}' in profile ${place.profile}`, { provider: place.provider });
      return found;
    },

    async *listServers({ name }) {
      const unfinished = (): Promise<HostwayServer[]> => collect(api.listServers(NOT_PROVISIONED));
      if (name === undefined) {
        const [all, building] = await Promise.all([servers(), unfinished()]);
        yield* [...all, ...building].map(to.server);
        return;
      }
      const all = await servers();
      const known = all.some((server) => server.name === name || server.id === name);
      yield* [...all, ...(known ? [] : await unfinished())].map(to.server);
    },

    getServer: async (id) => to.server(await api.showServer(id)),
  };
};
