/** Which port an EIP serves: bind, unbind, move. The API names ports only, and no call takes an EIP from one to another. */
import type { AssociateSpec, Context } from '../../domain/driver.js';
import { IpctlError } from '../../domain/errors.js';
import type { Association, FloatingIp, ServerRef } from '../../domain/records.js';
import { collect } from '../../http/pages.js';
import type { Access } from './access.js';
import type { Api } from './api.js';
import type { otc } from './manifest.js';
import { holderOf, type Records, refused } from './records.js';
import { type Eip, type Port, readEip } from './wire.js';

export interface Cloud {
  readonly context: Context<(typeof otc)['options']>;
  readonly access: Access;
  /** The calls, once the project is known. */
  open(): Promise<Api>;
  readonly records: Records;
}

interface Target {
  readonly port: string;
  readonly server: ServerRef | null;
  readonly name: string;
}

const addressOf = (ip: FloatingIp): string => ip.address ?? ip.id;
const portOf = (ip: FloatingIp): string | null => ip.associations[0]?.port ?? null;
const holderName = ({ server, port }: Pick<Association, 'server' | 'port'>): string =>
  server?.name ?? server?.id ?? (port === null ? 'something that is no server' : `port ${port}`);

export type Associating = ReturnType<typeof associating>;

export function associating({ context: { mutate, settle, progress }, access, open, records }: Cloud) {
  /** With the name of the server behind the port, where the answer itself could not tell. */
  const named = async (ip: FloatingIp): Promise<FloatingIp> => {
    const [held] = ip.associations;
    if (held === undefined || held.port === null || held.server !== null || held.privateAddress === null) return ip;
    const server = holderOf(held.port, await collect((await open()).listServers({ ip: held.privateAddress })));
    return { ...ip, associations: [{ ...held, server }] };
  };

  const primaryOf = (server: string, ports: readonly Port[], privateAddress: string | undefined): Port => {
    const fitting = privateAddress === undefined ? ports : ports.filter(({ addresses }) => addresses.includes(privateAddress));
    const addresses = ports.flatMap((port) => port.addresses).join(', ');
    if (ports.length === 0) throw refused('conflict', `${server} has no network interface that could carry an address`);
    if (fitting.length === 0) throw refused('not-found', `${server} has no private address ${privateAddress}`, `it has ${addresses}`);
    const [only, ...others] = fitting;
    const port = fitting.find(({ primary }) => primary) ?? (others.length === 0 ? only : undefined);
    if (port !== undefined) return port;
    throw refused(
      'usage',
      `${server} has ${fitting.length} interfaces, none of them primary`,
      `name one: --private-address, of ${addresses}`,
    );
  };

  const targetOf = async ({ servers: [server], ports: [port], privateAddress }: AssociateSpec): Promise<Target> => {
    const api = await open();
    if (server !== undefined) {
      const name = server.name ?? server.id;
      const found = primaryOf(name, await api.listPorts({ device_id: server.id }), privateAddress);
      return { port: found.id, server: { id: server.id, name: server.name }, name };
    }
    if (port === undefined) throw refused('usage', 'name whom to associate it with: --server or --port');
    const name = `port ${port}`;
    if (privateAddress !== undefined) primaryOf(name, await api.listPorts({ id: port }), privateAddress);
    return { port, server: null, name };
  };

  /** One bind, until the EIP shows the port. */
  const put = async (ip: FloatingIp, target: Target): Promise<FloatingIp> => {
    const api = await open();
    const recordOf = (eip: Eip): FloatingIp => records.floatingIp(eip, { server: target.server, labels: ip.labels });
    const shown = (found: FloatingIp): FloatingIp | undefined => {
      if (found.providerState === 'BIND_ERROR') {
        throw new IpctlError('conflict', `binding ${addressOf(ip)} to ${target.name} failed (status BIND_ERROR)`, {
          provider: 'otc',
          hint: `ipctl ip disassociate ${addressOf(ip)}, then try again`,
        });
      }
      return portOf(found) === target.port && found.state !== 'pending' ? found : undefined;
    };
    const accepted = await mutate<FloatingIp>({
      key: `associate ${target.name}`,
      request: api.bindEip(ip.id, target.port),
      via: access.vpc,
      read: (reply) => recordOf(readEip(reply)),
      standIn: {
        ...ip,
        state: 'associated',
        associations: [{ id: null, server: target.server, port: target.port, privateAddress: null, certain: true }],
      },
      async look() {
        const found = recordOf(await api.showEip(ip.id));
        return portOf(found) === target.port ? { is: 'applied', result: found } : { is: 'not-applied' };
      },
    });
    const bound =
      shown(accepted) ??
      (await settle({
        accepted,
        check: async () => shown(recordOf(await api.showEip(ip.id))),
        what: `${target.name} to hold ${addressOf(ip)}`,
      }));
    return named(bound);
  };

  /** One unbind, until the EIP shows another port or none. */
  const take = async (ip: FloatingIp, held: Association): Promise<FloatingIp> => {
    const api = await open();
    const recordOf = (eip: Eip): FloatingIp => records.floatingIp(eip, { labels: ip.labels });
    const gone = (found: FloatingIp): boolean => portOf(found) !== held.port;
    const accepted = await mutate<FloatingIp>({
      key: `disassociate ${holderName(held)}`,
      request: api.unbindEip(ip.id),
      via: access.vpc,
      read: (reply) => recordOf(readEip(reply)),
      standIn: { ...ip, state: 'free', associations: [] },
      async look() {
        const found = recordOf(await api.showEip(ip.id));
        return gone(found) ? { is: 'applied', result: found } : { is: 'not-applied' };
      },
    });
    const shown = (found: FloatingIp): FloatingIp | undefined => (gone(found) && found.state !== 'pending' ? found : undefined);
    const free =
      shown(accepted) ??
      (await settle({
        accepted,
        check: async () => shown(recordOf(await api.showEip(ip.id))),
        what: `${addressOf(ip)} to leave ${holderName(held)}`,
      }));
    return named(free);
  };

  const heldBy = (ip: FloatingIp, [holder]: readonly Association[], fate?: 'not-sent'): IpctlError =>
    new IpctlError('conflict', `${addressOf(ip)} is associated with ${holder === undefined ? 'nobody' : holderName(holder)} meanwhile`, {
      provider: 'otc',
      fate,
      hint: `look again: ipctl ip show ${addressOf(ip)}`,
    });

  /** The bind of a move failed: whoever took the EIP meanwhile keeps it, else it goes back to where it was. */
  const undo = async (free: FloatingIp, source: Target, failed: IpctlError): Promise<IpctlError> => {
    const now = await named(records.floatingIp(await (await open()).showEip(free.id), { labels: free.labels }));
    if (now.associations.length > 0) return heldBy(free, now.associations);
    progress(`putting ${addressOf(free)} back on ${source.name}`);
    try {
      const back = await put(free, source);
      return new IpctlError(failed.kind, `${failed.message}; it is back on ${source.name}`, { ...failed.details, exists: [back] });
    } catch (thrown) {
      if (!(thrown instanceof IpctlError) || thrown.kind === 'signal') throw thrown;
      const message = `${failed.message}; it could not be put back on ${source.name} (${thrown.message})`;
      return new IpctlError(failed.kind, message, { ...failed.details, exists: [free] });
    }
  };

  return {
    named,

    associate: async (ip: FloatingIp, spec: AssociateSpec): Promise<FloatingIp> => put(ip, await targetOf(spec)),

    async disassociate(ip: FloatingIp, from: readonly Association[]): Promise<FloatingIp> {
      let current = ip;
      for (const held of from) current = await take(current, held);
      return current;
    },

    /**
     * Unbind, bind, verify. The holder is read once more beside the target's port, since the unbind names nobody; and once
     * more at the end, since another machine may have done the same meanwhile.
     */
    async move(ip: FloatingIp, spec: AssociateSpec): Promise<FloatingIp> {
      const api = await open();
      const [held] = ip.associations;
      if (held === undefined || held.port === null)
        throw refused('conflict', `nobody that an address can be taken from holds ${addressOf(ip)}`);
      const [target, found] = await Promise.all([targetOf(spec), api.showEip(ip.id)]);
      const recordOf = (eip: Eip): FloatingIp => records.floatingIp(eip, { labels: ip.labels });
      const before = recordOf(found);
      if (portOf(before) === target.port) return named(before);
      if (portOf(before) !== held.port) throw heldBy(ip, (await named(before)).associations, 'not-sent');
      const free = await take(ip, held);
      if (free.associations.length > 0) throw heldBy(ip, free.associations);
      const source: Target = { port: held.port, server: held.server, name: holderName(held) };
      const moved = await put(free, target).catch(async (thrown: unknown) => {
        // Its outcome unknown, the address may be on its way to the target: putting it back would race with that.
        if (!(thrown instanceof IpctlError) || ['unknown', 'timeout', 'signal'].includes(thrown.kind)) throw thrown;
        throw await undo(free, source, thrown);
      });
      return settle({
        accepted: moved,
        async check() {
          const now = recordOf(await api.showEip(ip.id));
          if (portOf(now) === target.port) return { ...moved, state: now.state, providerState: now.providerState };
          if (now.associations.length > 0) throw heldBy(ip, (await named(now)).associations);
          return undefined;
        },
        what: `${target.name} to hold ${addressOf(ip)}`,
      });
    },
  };
}
