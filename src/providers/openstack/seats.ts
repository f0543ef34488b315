/** Where an address may be put: of a server's ports, those with an IPv4 address. */
import type { IpctlError } from '../../domain/errors.js';
import type { ServerRef } from '../../domain/records.js';
import { refused } from './fault.js';
import type { WirePort } from './wire.js';

export interface Seat {
  readonly port: string;
  /** Always sent: of several addresses on one port, Neutron refuses to choose. */
  readonly address: string;
  readonly server: ServerRef | null;
}

const byAge = (one: WirePort, other: WirePort): number =>
  (other.createdAt?.getTime() ?? 0) - (one.createdAt?.getTime() ?? 0) || (one.id < other.id ? -1 : 1);

const usable = (port: WirePort): readonly string[] =>
  port.owner.startsWith('network:') ? [] : port.fixedIps.filter(({ version }) => version === 4).map(({ address }) => address);

export interface Seating {
  /** In the order to try them: the newest port first. */
  readonly seats: readonly Seat[];
  /** What to say when none of them will do, where there are more that only the user can choose from. */
  readonly otherwise: IpctlError | null;
}

/** `what` names whose ports they are. `usage` where only the user can choose, `conflict` where there is nothing to choose from. */
export function seatsOn(ports: readonly WirePort[], what: string, server: ServerRef | null, wanted: string | undefined): Seating {
  const candidates = [...ports].sort(byAge).map((port) => ({ port: port.id, addresses: usable(port) }));
  const all = candidates.flatMap(({ addresses }) => addresses);
  const choice = all.length === 0 ? undefined : `it has: ${all.join(', ')}`;
  if (wanted !== undefined) {
    const port = candidates.find(({ addresses }) => addresses.includes(wanted))?.port;
    if (port === undefined) throw refused('usage', `${what} has no private IPv4 address ${wanted}`, choice);
    return { seats: [{ port, address: wanted, server }], otherwise: null };
  }
  if (all.length === 0) {
    throw refused('conflict', `${what} has no private IPv4 address to put a floating IP on`, 'attach it to a network first');
  }
  const seats: Seat[] = [];
  for (const { port, addresses } of candidates) {
    const [address, ...others] = addresses;
    if (address === undefined) continue;
    if (others.length > 0) {
      const several = refused('usage', `${what} has several private IPv4 addresses: choose one with --private-address`, choice);
      if (seats.length === 0) throw several;
      return { seats, otherwise: several };
    }
    seats.push({ port, address, server });
  }
  return { seats, otherwise: null };
}
