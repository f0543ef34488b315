/** `--rackspace-ports +P,-Q`: which ports are to share an address, out of those that do and what the user adds and takes out. */
import { IpctlError } from '../../domain/errors.js';
import type { FloatingIp, ServerRef } from '../../domain/records.js';
import { nameOfServer, ownedPorts, portsOfServers, requireZoneOf, UUID } from './links.js';
import type { Lookups } from './lookups.js';
import { PUBLIC_NET } from './records.js';
import { listed, refuse } from './refusals.js';

/** Each one a port's id, or the id or name of its server. */
export interface PortChange {
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

/** `usage` for an entry without its sign. */
export function parsePortChange(text: string): PortChange {
  const usage = (message: string): IpctlError =>
    new IpctlError('usage', `--rackspace-ports: ${message}`, {
      provider: 'rackspace',
      fate: 'not-sent',
      hint: '+P lets port P share the address too, -Q takes port Q out: --rackspace-ports +P,-Q',
    });
  const entries = text.split(',').map((entry) => entry.trim());
  const plain = (ref: string): string => (UUID.test(ref) ? ref.toLowerCase() : ref);
  const signed = (sign: string): string[] => [
    ...new Set(entries.filter((entry) => entry.startsWith(sign)).map((entry) => plain(entry.slice(1).trim()))),
  ];
  const wrong = entries.find((entry) => !/^[+-]\s*\S/.test(entry));
  if (wrong !== undefined) throw usage(`'${wrong}' is no port with + or - before it`);
  const [add, remove] = [signed('+'), signed('-')];
  const both = add.find((port) => remove.includes(port));
  if (both !== undefined) throw usage(`'${both}' cannot be both added and taken out`);
  return { add, remove };
}

/**
 * The whole list after the change, the ports of now first. `conflict` when a port to be taken out belongs to an associated
 * server, or when none would be left: the provider takes neither, and only a release drops the last one.
 */
export async function portsAfter(ip: FloatingIp, { add, remove }: PortChange, lookups: Lookups): Promise<readonly string[]> {
  const network = ip.network ?? PUBLIC_NET;
  const targets = await targetsOf([...add, ...remove], ip, network, lookups);
  const meant = (refs: readonly string[]): Target[] => refs.flatMap((ref) => targets.get(ref) ?? []);
  const [added, removed] = [meant(add), meant(remove)];
  const both = added.find(({ port }) => removed.some((other) => other.port === port));
  if (both !== undefined) throw refuse('usage', `port ${both.port} cannot be both added and taken out`);

  const dropped = removed.filter(({ port }) => ip.ports.includes(port));
  const serving = dropped.flatMap(({ server }) =>
    ip.associations.flatMap((association) =>
      association.certain && association.server?.id === server?.id ? (association.server ?? []) : [],
    ),
  );
  if (serving.length > 0) {
    const names = listed(serving.map(nameOfServer));
    throw refuse('conflict', `${ip.address ?? ip.id} is associated with ${names}`, 'ipctl ip disassociate takes it off first');
  }
  const fresh = added.filter(({ port }) => !ip.ports.includes(port));
  const kept = ip.ports.filter((port) => !dropped.some((other) => other.port === port));
  const after = [...new Set([...kept, ...fresh.map(({ port }) => port)])];
  if (after.length === 0) {
    throw refuse('conflict', `no port would be left to share ${ip.address ?? ip.id}`, 'ipctl ip release gives the address back');
  }
  const servers = fresh.flatMap(({ server }) => server ?? []);
  if (servers.length > 0) await requireZoneOf(kept.slice(0, 1), servers, network, lookups);
  return after;
}

interface Target {
  readonly port: string;
  readonly server: ServerRef | null;
}

/** A port's id beats a server's id, and that a server's name. A server stands for its port on the network of the address. */
async function targetsOf(refs: readonly string[], ip: FloatingIp, network: string, lookups: Lookups): Promise<ReadonlyMap<string, Target>> {
  const ids = (await lookups.ports(refs.filter((ref) => UUID.test(ref)))).map(({ id }) => id);
  const targets = new Map<string, Target>();
  for (const { port, server } of await ownedPorts(ids, network, lookups)) targets.set(port.id, { port: port.id, server });
  const others = refs.filter((ref) => !ids.includes(ref));
  if (others.length === 0) return targets;
  const all = await lookups.servers();
  const servers = others.map((ref): ServerRef => {
    const byId = all.find(({ id }) => id === ref);
    const [byName, ...more] = all.filter(({ name }) => name === ref);
    if (byId === undefined && more.length > 0) {
      const candidates = all.filter(({ name }) => name === ref).map(({ id }) => id);
      throw refuse('usage', `${candidates.length} servers are named '${ref}'`, `use an id: ${candidates.join(', ')}`);
    }
    const found = byId ?? byName;
    if (found === undefined) throw refuse('not-found', `no port or server '${ref}'`, 'ipctl server list shows the servers');
    return { id: found.id, name: found.name };
  });
  const found = await portsOfServers(servers, network, ip.ports, lookups);
  for (const [index, ref] of others.entries()) {
    const target = found[index];
    if (target !== undefined) targets.set(ref, target);
  }
  return targets;
}
