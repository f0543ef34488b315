/** Hostway FlexCloud: no ids, no marks, and a 202 that tells nothing. What counts is what the address shows when it is read again. */
import { basic } from '../../auth/basic.js';
import { parseAddress } from '../../domain/address.js';
import type { Connect } from '../../domain/driver.js';
import { type ErrorDetails, IpctlError, type Kind } from '../../domain/errors.js';
import type { Association, FloatingIp, PrivateIp, Server, ServerRef, ServerState } from '../../domain/records.js';
import { collect } from '../../http/pages.js';
import { fault, hostwayApi } from './api.js';
import type { hostway } from './manifest.js';
import { type FlexibleIp, type HostwayServer, readOneFlexibleIp } from './wire.js';

const STATES: Readonly<Record<string, ServerState>> = {
  ACTIVE: 'active',
  BUILD: 'building',
  PROCESSING: 'building',
  STOPPED: 'stopped',
  SUSPENDED: 'stopped',
};

/** Failures after which the request may still take effect. */
const UNSETTLED: ReadonlySet<Kind> = new Set(['unknown', 'timeout', 'signal']);

export const connect: Connect<typeof hostway> = ({ place, options, http, progress, conceal, mutate, settle }) => {
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

  const associationWith = (server: ServerRef, { fixedIp }: Pick<FlexibleIp, 'fixedIp'>): Association => ({
    id: null,
    server,
    port: null,
    privateAddress: fixedIp === null ? null : (parseAddress(fixedIp)?.text ?? null),
    certain: true,
  });
  const recordOf = (found: FlexibleIp, server: ServerRef | null): FloatingIp => ({
    ...place,
    project: account ?? null,
    region: null,
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
    associations: server === null ? [] : [associationWith(server, found)],
    network: null,
    subnet: null,
    pool: found.pool,
    createdAt: null,
    updatedAt: null,
    revision: null,
    mark: null,
    raw: found.raw,
  });
  const resolved = async (found: FlexibleIp): Promise<FloatingIp> =>
    recordOf(found, found.instanceId === null ? null : await named(found.instanceId));
  const serverOf = (server: HostwayServer): Server => ({
    ...place,
    id: server.id,
    name: server.name,
    state: STATES[server.status] ?? 'unknown',
    providerState: server.status,
    addresses: [...server.public, ...server.private],
    zone: server.zone,
    raw: server.raw,
  });
  const privateIpsOf = (server: HostwayServer): PrivateIp[] =>
    server.private.map((address) => ({
      ...place,
      project: account ?? null,
      region: null,
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
    }));

  const addressOf = (ip: FloatingIp): string => ip.address ?? ip.id;
  const absent = (address: string, details: ErrorDetails = { provider: place.provider }): IpctlError =>
    new IpctlError('not-found', `no floating IP '${address}' in profile ${place.profile}`, details);
  const holderText = async (id: string): Promise<string> => (await named(id)).name ?? id;

  /** One `addFloatingIp`, until the address shows the server. */
  const put = async (ip: FloatingIp, server: ServerRef): Promise<FloatingIp> => {
    const address = addressOf(ip);
    const accepted: FloatingIp = { ...ip, state: 'pending' };
    const standIn: FloatingIp = { ...ip, state: 'associated', associations: [associationWith(server, { fixedIp: null })] };
    const shown = (found: FlexibleIp | undefined): FloatingIp | undefined =>
      found?.instanceId === server.id ? recordOf(found, server) : undefined;
    const from = await mutate<FloatingIp>({
      key: `associate ${server.name ?? server.id}`,
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
      if (!(thrown instanceof IpctlError) || ![400, 403, 404].includes(thrown.details.status ?? 0)) throw thrown;
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
      what: `${server.name ?? server.id} to hold ${address}`,
    });
  };

  /** One `removeFloatingIp`, until the address shows nobody. */
  const take = async (ip: FloatingIp, server: ServerRef): Promise<FloatingIp> => {
    const address = addressOf(ip);
    const standIn: FloatingIp = { ...ip, state: 'free', associations: [] };
    const shown = (found: FlexibleIp | undefined): FloatingIp | undefined =>
      found !== undefined && found.instanceId !== server.id
        ? recordOf(found, found.instanceId === null ? null : { id: found.instanceId, name: null })
        : undefined;
    const from = await mutate<FloatingIp>({
      key: `disassociate ${server.name ?? server.id}`,
      request: api.disassociate(server.id, address),
      via: send,
      read: () => ({ ...ip, state: 'pending' }),
      standIn,
      async look() {
        const done = shown(await api.showFlexibleIp(address));
        return done === undefined ? { is: 'not-applied' } : { is: 'applied', result: done };
      },
    }).catch(async (thrown: unknown) => {
      // 409 says "not this server's address" as well as "server is being built".
      if (!(thrown instanceof IpctlError) || thrown.details.status !== 409) throw thrown;
      const found = await api.showFlexibleIp(address);
      if (found === undefined) throw absent(address, { ...thrown.details, hint: undefined });
      const gone = shown(found);
      if (gone === undefined) throw thrown;
      return gone;
    });
    return settle({
      accepted: from,
      check: async () => shown(await api.showFlexibleIp(address)),
      what: `${address} to leave ${server.name ?? server.id}`,
    });
  };

  return {
    async account() {
      const found = await collect(api.accounts());
      const mine = account === undefined ? found : found.filter(({ accountNumber }) => accountNumber === account);
      if (mine.length === 0) {
        throw new IpctlError(
          'auth',
          account === undefined ? 'these credentials open no account' : `these credentials do not open account ${account}`,
          { provider: place.provider },
        );
      }
      const id = mine.map(({ accountNumber }) => accountNumber).join(',');
      return { id, name: id, user: username, project: id, region: null };
    },

    async *listFloatingIps({ serverNames }) {
      // The names are on their way while the addresses come in.
      if (serverNames) servers().catch(() => undefined);
      for await (const found of api.listFlexibleIps()) {
        yield serverNames
          ? await resolved(found)
          : recordOf(found, found.instanceId === null ? null : { id: found.instanceId, name: null });
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
      const unknownYet = recordOf({ ip: '{ip.address}', instanceId: null, fixedIp: null, pool: 'default', raw: null }, null);
      const allocated = await mutate<FloatingIp>({
        key: 'allocate',
        creates: true,
        request: api.allocate(options.zone),
        via: send,
        read(reply) {
          const made = readOneFlexibleIp(reply);
          if (made === undefined)
            throw new IpctlError('defect', 'the provider answered an allocation without an address', { fate: 'unknown' });
          return { ...recordOf(made, null), state: 'pending' };
        },
        standIn: unknownYet,
        before: known,
        async look(before) {
          const fresh = (await collect(api.listFlexibleIps())).filter(({ ip }) => !before.includes(ip));
          if (fresh.length === 0) return { is: 'not-applied' };
          return { is: 'unknown', candidates: fresh.map((found) => ({ name: found.ip, result: recordOf(found, null) })) };
        },
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
      if (server === undefined)
        throw new IpctlError('unsupported', 'Hostway associates with servers, not with ports', {
          provider: place.provider,
          fate: 'not-sent',
        });
      // Only BUILD is known to be turned away: a server in PROCESSING exists, and is busy with something else.
      if (server.providerState === 'BUILD') {
        throw new IpctlError('conflict', `${server.name ?? server.id} is still being built`, {
          provider: place.provider,
          fate: 'not-sent',
          hint: 'try again when server list shows it active',
        });
      }
      return put(ip, { id: server.id, name: server.name });
    },

    async disassociateFloatingIp(ip, from) {
      let current = ip;
      for (const { server } of from) if (server !== null) current = await take(current, server);
      return current;
    },

    async moveFloatingIp(ip, { servers: [target] }) {
      const holder = ip.associations[0]?.server ?? null;
      if (target === undefined || holder === null)
        throw new IpctlError('unsupported', 'Hostway moves an address from a server to a server', {
          provider: place.provider,
          fate: 'not-sent',
        });
      const free = await take(ip, holder);
      const now = free.associations[0]?.server ?? null;
      // Accepted and not waited for, it still names the old holder.
      if (now !== null && now.id !== holder.id) {
        throw new IpctlError('conflict', `${addressOf(ip)} went to ${await holderText(now.id)} meanwhile`, { provider: place.provider });
      }
      try {
        return await put(free, { id: target.id, name: target.name });
      } catch (thrown) {
        // Its outcome unknown, the address may be on its way to the target: putting it back would race with that.
        if (!(thrown instanceof IpctlError) || UNSETTLED.has(thrown.kind)) throw thrown;
        progress(`putting ${addressOf(ip)} back on ${holder.name ?? holder.id}`);
        const back = await put(free, holder).catch((failed: unknown) => (failed instanceof IpctlError ? failed : Promise.reject(failed)));
        const where = !(back instanceof IpctlError)
          ? `it is back on ${holder.name ?? holder.id}`
          : UNSETTLED.has(back.kind)
            ? `whether it is back on ${holder.name ?? holder.id} is not known`
            : 'it could not be put back and serves nobody now';
        throw new IpctlError(thrown.kind, `${thrown.message}; ${where}`, {
          ...thrown.details,
          exists: [back instanceof IpctlError ? free : back],
        });
      }
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
      });
    },

    async *listPrivateIps({ address }) {
      for (const server of await servers())
        for (const ip of privateIpsOf(server)) if (address === undefined || ip.address === address) yield ip;
    },

    async getPrivateIp(ref) {
      const text = 'id' in ref ? ref.id : ref.address;
      const address = parseAddress(text)?.text;
      const found = (await servers()).flatMap(privateIpsOf).find((ip) => ip.address === address);
      if (found === undefined)
        throw new IpctlError('not-found', `no private IP '${text}' in profile ${place.profile}`, { provider: place.provider });
      return found;
    },

    async *listServers() {
      for (const server of await servers()) yield serverOf(server);
    },

    getServer: async (id) => serverOf(await api.showServer(id)),
  };
};
