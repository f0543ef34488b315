/** `ip allocate`: an address of one's own, and at wish its first associations. */
import { parseAddress } from '../domain/address.js';
import type { Change } from '../domain/change.js';
import type { AnyDriver, FloatingIpSpec } from '../domain/driver.js';
import { IpctlError, isIpctlError } from '../domain/errors.js';
import type { Flag } from '../domain/manifest.js';
import type { FloatingIp, IpVersion, Labels, Server } from '../domain/records.js';
import { requireCapability, verb } from './capable.js';
import { type ChangeSettings, change, partial } from './change.js';
import { nameOf } from './holders.js';
import { findServers } from './resolve.js';
import type { Target } from './target.js';

export interface AllocateInput {
  readonly version: IpVersion;
  readonly address?: string | undefined;
  readonly pool?: string | undefined;
  readonly network?: string | undefined;
  readonly subnet?: string | undefined;
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly labels: Labels;
  readonly servers: readonly string[];
  readonly ports: readonly string[];
  readonly ifNotExists: boolean;
}

const flagsOf = (input: AllocateInput): Flag[] => {
  const given: Partial<Record<Flag, boolean>> = {
    'ip-version-6': input.version === 6,
    address: input.address !== undefined,
    pool: input.pool !== undefined,
    network: input.network !== undefined,
    subnet: input.subnet !== undefined,
    name: input.name !== undefined,
    description: input.description !== undefined,
    label: Object.keys(input.labels).length > 0,
  };
  return (Object.keys(given) as Flag[]).filter((flag) => given[flag] === true);
};

/** What can be said without a request: usage first, then what the provider cannot do. */
export function checkAllocate(target: Target, input: AllocateInput): void {
  const { manifest } = target;
  if (input.address !== undefined && parseAddress(input.address) === undefined) {
    throw new IpctlError('usage', `--address: '${input.address}' is no IP address`, { fate: 'not-sent' });
  }
  if (input.ifNotExists && input.name === undefined && input.address === undefined) {
    throw new IpctlError('usage', '--if-not-exists needs --name or --address: by what else would it be known?', { fate: 'not-sent' });
  }
  requireCapability(manifest, 'allocateFloatingIp', flagsOf(input));
  const holders = new Set(input.servers).size + new Set(input.ports).size;
  if (holders > 0) requireCapability(manifest, 'associateFloatingIp');
  if (holders > 1 && manifest.holders === 'one') {
    throw new IpctlError('unsupported', `${manifest.title}: an address serves one server at a time`, {
      fate: 'not-sent',
      hint: 'allocate one for each server',
    });
  }
}

export async function allocate(target: Target, settings: ChangeSettings, input: AllocateInput): Promise<Change<FloatingIp>> {
  checkAllocate(target, input);
  return change(target, settings, 'allocate', input, async (run) => {
    const { driver } = run;
    const [servers, existing] = await Promise.all([
      findServers(target, driver, input.servers),
      input.ifNotExists ? findExisting(driver, input) : undefined,
    ]);
    if (existing !== undefined) return { ip: existing, changed: false };
    const ip = await verb(driver, 'allocateFloatingIp')(specOf(input, servers, run.id));
    if (servers.length === 0 && input.ports.length === 0) return { ip, changed: true };
    try {
      return { ip: await verb(driver, 'associateFloatingIp')(ip, { servers, ports: input.ports }), changed: true };
    } catch (thrown) {
      const { profile } = target.place;
      const whom = [...input.servers.map((server) => `--server ${server}`), ...input.ports.map((port) => `--port ${port}`)].join(' ');
      const hint = `go on: ipctl -p ${profile} ip associate ${nameOf(ip)} ${whom}; back: ipctl -p ${profile} ip release ${nameOf(ip)} --disassociate`;
      throw partial(`${nameOf(ip)} is allocated (id ${ip.id})`, ip, thrown, hint);
    }
  });
}

function specOf(input: AllocateInput, servers: readonly Server[], mark: string): FloatingIpSpec {
  const { version, address, pool, network, subnet, name, description, labels, ports } = input;
  return {
    version,
    labels,
    servers,
    ports,
    mark,
    ...(address === undefined ? {} : { address: parseAddress(address)?.text ?? address }),
    ...(pool === undefined ? {} : { pool }),
    ...(network === undefined ? {} : { network }),
    ...(subnet === undefined ? {} : { subnet }),
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
  };
}

async function findExisting(driver: AnyDriver, input: AllocateInput): Promise<FloatingIp | undefined> {
  const address = input.address === undefined ? undefined : parseAddress(input.address)?.text;
  if (address !== undefined) {
    try {
      return await verb(driver, 'getFloatingIp')({ address });
    } catch (thrown) {
      if (isIpctlError(thrown) && thrown.kind === 'not-found') return undefined;
      throw thrown;
    }
  }
  const named: FloatingIp[] = [];
  for await (const ip of verb(driver, 'listFloatingIps')({ serverNames: true })) if (ip.name === input.name) named.push(ip);
  if (named.length > 1) {
    throw new IpctlError('usage', `${named.length} floating IPs are named '${input.name}'`, { hint: named.map(nameOf).join(', ') });
  }
  return named[0];
}
