/** The verbs that only look. */
import { contains } from '../domain/address.js';
import { isIpctlError } from '../domain/errors.js';
import type { Flag } from '../domain/manifest.js';
import type { FloatingIp, FloatingIpState, IpVersion, Labels, Network, PrivateIp, Server, Subnet } from '../domain/records.js';
import { requireCapability, verb } from './capable.js';
import { at, placed, type ReadSettings, reader } from './reader.js';
import { checkReference, findFloatingIp, findPrivateIp, findServer } from './resolve.js';
import type { Target } from './target.js';

export interface ListInput {
  readonly state?: Extract<FloatingIpState, 'free' | 'associated'> | undefined;
  readonly server?: string | undefined;
  readonly cidr?: string | undefined;
  readonly labels: Labels;
  readonly version?: IpVersion | undefined;
  readonly kind?: string | undefined;
  readonly limit?: number | undefined;
  /** False when no column shows a server's name. */
  readonly serverNames: boolean;
}

/** Filters here as well as there: a server may ignore or widen a filter. Ends the requests once `limit` is reached. */
export function listFloatingIps(target: Target, settings: ReadSettings, input: ListInput): AsyncIterable<FloatingIp> {
  const flags: Flag[] = [
    ...(input.kind === undefined ? [] : (['kind'] as const)),
    ...(Object.keys(input.labels).length === 0 ? [] : (['label'] as const)),
  ];
  requireCapability(target.manifest, 'listFloatingIps', flags);
  if (input.server !== undefined) requireCapability(target.manifest, 'listServers');
  const driver = reader(target, settings);
  const matching = async function* (): AsyncGenerator<FloatingIp, void, undefined> {
    const server = input.server === undefined ? undefined : await findServer(target, driver, input.server);
    const query = {
      serverNames: input.serverNames,
      ...(server === undefined ? {} : { server }),
      ...(input.version === undefined ? {} : { version: input.version }),
      ...(input.kind === undefined ? {} : { kind: input.kind }),
      ...(Object.keys(input.labels).length === 0 ? {} : { labels: input.labels }),
      // What is left out here is not known there: a page of the length that is wanted could hold less.
      ...(input.limit === undefined || filters(input) ? {} : { limit: input.limit }),
    };
    if (input.limit === 0) return;
    let count = 0;
    for await (const ip of verb(driver, 'listFloatingIps')(query)) {
      if (input.state !== undefined && ip.state !== input.state) continue;
      if (server !== undefined && !ip.associations.some((association) => association.server?.id === server.id)) continue;
      if (input.cidr !== undefined && (ip.address === null || !contains(input.cidr, ip.address))) continue;
      if (input.version !== undefined && ip.version !== input.version) continue;
      if (input.kind !== undefined && ip.kind !== input.kind) continue;
      if (!Object.entries(input.labels).every(([key, value]) => Object.hasOwn(ip.labels, key) && ip.labels[key] === value)) continue;
      yield ip;
      count += 1;
      if (count === input.limit) return;
    }
  };
  return placed(target, settings.signal, matching());
}

const filters = ({ state, server, cidr, version, kind }: ListInput): boolean =>
  [state, server, cidr, version, kind].some((filter) => filter !== undefined);

export function showFloatingIp(target: Target, settings: ReadSettings, ref: string): Promise<FloatingIp> {
  checkReference(ref);
  requireCapability(target.manifest, 'getFloatingIp');
  return at(target, settings.signal, findFloatingIp(target, reader(target, settings), ref));
}

/** The address if this profile has it, else nothing: for whoever looks in several. */
export async function* whereFloatingIp(target: Target, settings: ReadSettings, ref: string): AsyncGenerator<FloatingIp, void, undefined> {
  try {
    yield await showFloatingIp(target, settings, ref);
  } catch (thrown) {
    if (!isIpctlError(thrown) || thrown.kind !== 'not-found') throw thrown;
  }
}

/** `serverNames`: whether anybody will look at who uses them. */
export function listPrivateIps(
  target: Target,
  settings: ReadSettings,
  subnet: string | undefined,
  serverNames = true,
): AsyncIterable<PrivateIp> {
  requireCapability(target.manifest, 'listPrivateIps', subnet === undefined ? [] : ['subnet']);
  const query = { ...(subnet === undefined ? {} : { subnet }), ...(serverNames ? {} : { serverNames }) };
  return placed(target, settings.signal, verb(reader(target, settings), 'listPrivateIps')(query));
}

export function showPrivateIp(target: Target, settings: ReadSettings, ref: string, subnet: string | undefined): Promise<PrivateIp> {
  checkReference(ref);
  requireCapability(target.manifest, 'getPrivateIp');
  if (subnet !== undefined) requireCapability(target.manifest, 'listPrivateIps', ['subnet']);
  return at(target, settings.signal, findPrivateIp(target, reader(target, settings), ref, subnet));
}

export function listServers(target: Target, settings: ReadSettings): AsyncIterable<Server> {
  requireCapability(target.manifest, 'listServers');
  return placed(target, settings.signal, verb(reader(target, settings), 'listServers')({}));
}

export function showServer(target: Target, settings: ReadSettings, ref: string): Promise<Server> {
  requireCapability(target.manifest, 'getServer');
  return at(target, settings.signal, findServer(target, reader(target, settings), ref));
}

export function listNetworks(target: Target, settings: ReadSettings): AsyncIterable<Network> {
  requireCapability(target.manifest, 'listNetworks');
  return placed(target, settings.signal, verb(reader(target, settings), 'listNetworks')());
}

export function listSubnets(target: Target, settings: ReadSettings): AsyncIterable<Subnet> {
  requireCapability(target.manifest, 'listSubnets');
  return placed(target, settings.signal, verb(reader(target, settings), 'listSubnets')());
}
