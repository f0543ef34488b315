/** Values that only the provider knows: one read a kind, through the same path as any command that looks. */
import type { Server, ServerRef } from '../../domain/records.js';
import { listFloatingIps, listNetworks, listPrivateIps, listServers, listSubnets } from '../../operations/read.js';
import type { ReadSettings } from '../../operations/reader.js';
import type { Target } from '../../operations/target.js';
import { isUnsafe, plain } from '../../render/text.js';
import type { Value } from './kept.js';
import type { FetchedKind } from './kinds.js';

/** Nobody reads more, and a list without end must have one. */
const MOST = 500;

interface Named {
  readonly id: string;
  readonly name: string | null;
}

type Read = (target: Target, settings: ReadSettings) => AsyncIterable<Value>;

const named = ({ id, name }: Named, ...about: readonly (string | null)[]): Value => ({
  word: name ?? id,
  help: told([...about, name === null ? null : id]),
  also: name === null ? [] : [id],
});

const told = (parts: readonly (string | null)[]): string => parts.filter((part) => part !== null && part !== '').join(' · ');
const serverName = (server: ServerRef | null): string | null => (server === null ? null : (server.name ?? server.id));

async function* each<T>(items: AsyncIterable<T>, make: (item: T) => Value | undefined): AsyncGenerator<Value, void, undefined> {
  for await (const item of items) {
    const value = make(item);
    if (value !== undefined) yield value;
  }
}

const reads: Readonly<Record<FetchedKind, Read>> = {
  servers: (target, settings) => each(listServers(target, settings), (server: Server) => named(server, server.state)),
  ips: (target, settings) =>
    each(listFloatingIps(target, settings, { labels: {}, serverNames: true }), (ip) => {
      const holders = ip.associations.map(({ server }) => serverName(server)).filter((name) => name !== null);
      const help = told([ip.state, holders.join(', '), ip.name]);
      return ip.address === null
        ? { word: ip.id, help, also: [] }
        : { word: ip.address, help, also: [ip.id, ...(ip.name === null ? [] : [ip.name])] };
    }),
  privateips: (target, settings) =>
    each(listPrivateIps(target, settings, undefined), ({ address, state, server, usedBy, name, id }) => ({
      word: address,
      help: told([state, serverName(server) ?? usedBy, name]),
      also: [id, ...(name === null ? [] : [name])],
    })),
  networks: (target, settings) => each(listNetworks(target, settings), (network) => named(network)),
  pools: (target, settings) => each(listNetworks(target, settings), (network) => (network.external ? named(network) : undefined)),
  subnets: (target, settings) => each(listSubnets(target, settings), (subnet) => named(subnet, subnet.cidr)),
};

/** What the provider said, fit for a shell: a name that several have is given by its ids, and one that is a trick is left out. */
export async function fetchValues(kind: FetchedKind, target: Target, settings: ReadSettings): Promise<readonly Value[]> {
  const values: Value[] = [];
  for await (const value of reads[kind](target, settings)) {
    values.push(value);
    if (values.length === MOST) break;
  }
  const count = new Map<string, number>();
  for (const { word } of values) count.set(word, (count.get(word) ?? 0) + 1);
  return values
    .map((value): Value => {
      const [id] = value.also;
      return (count.get(value.word) ?? 0) > 1 && id !== undefined ? { word: id, help: told([value.word, value.help]), also: [] } : value;
    })
    .filter(({ word }) => isWord(word))
    .map(({ word, help, also }) => ({ word, help: plain(help), also: also.filter(isWord) }));
}

/** No shell would take for a flag, or for a command, what is typed for it. */
const isWord = (text: string): boolean => text !== '' && !text.startsWith('-') && !isUnsafe(text);
