/** Names given by a person -> the network or subnet meant. An exact id beats an exact name; ambiguity lists the candidates. */
import { IpctlError } from '../../domain/errors.js';
import { collect } from '../../http/pages.js';
import { listNetworks, listQosPolicies, listSubnets } from './api.js';
import type { Cloud } from './cloud.js';
import { refused, unlessGone } from './fault.js';
import type { WireNetwork, WireSubnet } from './wire.js';

const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;
export const isId = (text: string): boolean => UUID.test(text);

interface Named {
  readonly id: string;
  readonly name: string | null;
}

const list = (all: readonly Named[]): string => all.map(({ id, name }) => (name === null ? id : `${name} (${id})`)).join(', ');

/** Filters of a server may be ignored: what came is compared here. */
function exact<T extends Named>(what: string, text: string, all: readonly T[]): T {
  const byId = all.find(({ id }) => id === text);
  if (byId !== undefined) return byId;
  const [found, ...others] = all.filter(({ name }) => name === text);
  if (found === undefined) throw refused('not-found', `no ${what} '${text}'`);
  if (others.length > 0)
    throw refused('usage', `${others.length + 1} ${what}s are named '${text}'`, `use an id: ${list([found, ...others])}`);
  return found;
}

const external = { 'router:external': 'True' };

/** The id of the external network to draw from: the one named, else the only one, else the cloud's default. */
export async function findPool(cloud: Cloud, text: string | undefined): Promise<string> {
  if (text !== undefined && isId(text)) return text;
  const found: WireNetwork[] = await collect(listNetworks(cloud, text === undefined ? external : { ...external, name: text }));
  const all = found.filter((network) => network.external);
  if (text !== undefined) return exact('external network', text, all).id;
  const [only, ...others] = all;
  if (only === undefined) throw refused('limit', 'there is no external network to draw an address from');
  if (others.length === 0) return only.id;
  const standard = all.filter((network) => network.standard);
  if (standard[0] !== undefined && standard.length === 1) return standard[0].id;
  throw refused('usage', 'there are several external networks: choose one with --pool', list(all));
}

/** `within`: the network it must be of, where that is settled already. */
export async function findSubnet(cloud: Cloud, text: string, within?: Promise<string>): Promise<WireSubnet> {
  const [found, network] = await Promise.all([collect(listSubnets(cloud, isId(text) ? { id: text } : { name: text })), within]);
  return exact(
    'subnet',
    text,
    found.filter((subnet) => network === undefined || subnet.network === network),
  );
}

/** The id of a QoS policy, null for `none`. `unsupported` where the cloud has no such things. */
export async function findQosPolicy(cloud: Cloud, text: string): Promise<string | null> {
  if (text === 'none') return null;
  if (isId(text)) return text;
  const found = await unlessGone(collect(listQosPolicies(cloud, { name: text }))).catch((thrown: unknown) => {
    // Without the extension there is no such path at all, and no error of the service's own.
    if (thrown instanceof IpctlError && thrown.details.status === 404) return undefined;
    throw thrown;
  });
  if (found === undefined)
    throw refused('unsupported', 'this cloud has no QoS policies (extension qos)', 'leave --openstack-qos-policy out');
  return exact('QoS policy', text, found).id;
}
