/** `ip allocate`: an address of one's own, and at wish its first associations. */
import { parseAddress } from '../domain/address.js';
import type { Change } from '../domain/change.js';
import type { AnyDriver, AssociateSpec, FloatingIpSpec } from '../domain/driver.js';
import { IpctlError } from '../domain/errors.js';
import type { Flag } from '../domain/manifest.js';
import type { Association, FloatingIp, IpVersion, Labels, Server } from '../domain/records.js';
import { requireCapability, verb } from './capable.js';
import { type ChangeSettings, change, partial } from './change.js';
import { holders, nameOf } from './holders.js';
import { allocateKeyed, checkKey, floatingIpOfKey, underKey } from './keyed.js';
import { findServers, orAbsent } from './resolve.js';
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
  /** The caller's own: it becomes the mark, and the same key means the same address. */
  readonly key?: string | undefined;
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
  if (input.ifNotExists && input.name === undefined && input.address === undefined && input.key === undefined) {
    throw new IpctlError('usage', '--if-not-exists needs --name, --address or --key: by what else would it be known?', {
      fate: 'not-sent',
    });
  }
  requireCapability(manifest, 'allocateFloatingIp', flagsOf(input));
  const wanted = new Set(input.servers).size + new Set(input.ports).size;
  if (wanted > 0) requireCapability(manifest, 'associateFloatingIp');
  if (wanted > 1 && manifest.holders === 'one') {
    throw new IpctlError('unsupported', `${manifest.title}: an address serves one server at a time`, {
      fate: 'not-sent',
      hint: 'allocate one for each server',
    });
  }
}

export async function allocate(target: Target, settings: ChangeSettings, input: AllocateInput): Promise<Change<FloatingIp>> {
  checkAllocate(target, input);
  const { key } = input;
  if (key !== undefined) checkKey(target.manifest, settings, 'allocateFloatingIp', key);
  return underKey(settings, 'allocate', key, async () => {
    let isSure = true;
    const result = await change<FloatingIp>(target, settings, 'allocate', input, async (run) => {
      const { driver } = run;
      const wanted = findServers(target, driver, input.servers);
      const [servers, existing] = await Promise.all([
        wanted,
        run.replay === undefined ? findExisting(target, settings, driver, input, wanted) : undefined,
      ]);
      const make = async (): Promise<FloatingIp> => {
        const made = await verb(driver, 'allocateFloatingIp')(specOf(input, servers, run.id, settings));
        isSure = run.isProven() || key === undefined || target.manifest.marks?.allocateFloatingIp === undefined;
        return made;
      };
      const { ip, changed } =
        existing === undefined ? await allocateKeyed(target, settings, run, { key, servers }, make) : { ip: existing, changed: false };
      isSure = changed !== null;
      if (servers.length === 0 && input.ports.length === 0) return { ip, changed };
      // What the answer to an allocation shows is so; anything older, and anything that another may have made, may have been moved on.
      const isFresh = changed === true && run.replay === undefined;
      const now = isFresh || changed === false ? ip : await verb(driver, 'getFloatingIp')({ id: ip.id });
      const rest = isFresh ? { servers, ports: input.ports } : restOf(target, now, servers, input.ports, isSure);
      if (rest === undefined) return { ip: now, changed };
      try {
        return { ip: await verb(driver, 'associateFloatingIp')(now, rest), changed: true };
      } catch (thrown) {
        if (changed === false) throw thrown;
        const { profile } = target.place;
        const whom = [...input.servers.map((server) => `--server ${server}`), ...input.ports.map((port) => `--port ${port}`)].join(' ');
        const on = `go on: ipctl -p ${profile} ip associate ${nameOf(ip)} ${whom}`;
        // Nobody is told to give back what may be another machine's.
        const hint = isSure ? `${on}; back: ipctl -p ${profile} ip release ${nameOf(ip)} --disassociate` : on;
        throw partial(`${nameOf(ip)} is ${isSure ? 'allocated' : 'there'} (id ${ip.id})`, ip, thrown, hint);
      }
    });
    return isSure || result.error === null ? result : { ...result, changed: null };
  });
}

/** Whom the address does not serve yet, or undefined. `conflict` while another has it that it would be taken from. */
function restOf(
  target: Target,
  ip: FloatingIp,
  servers: readonly Server[],
  ports: readonly string[],
  isSure: boolean,
): AssociateSpec | undefined {
  const serves = ({ server, port }: Association, wanted: Server | string): boolean =>
    typeof wanted === 'string' ? port === wanted : server?.id === wanted.id;
  const stranger = ip.associations.filter((association) => ![...servers, ...ports].some((wanted) => serves(association, wanted)));
  if (stranger.length > 0 && target.manifest.holders === 'one') {
    throw new IpctlError('conflict', `${nameOf(ip)} is associated with ${holders(stranger)}`, {
      provider: target.place.provider,
      fate: 'not-sent',
      hint: isSure
        ? `ipctl -p ${target.place.profile} ip associate ${nameOf(ip)} --move takes it from there`
        : 'the answer was lost: another machine may have made it under this key, and uses it',
      exists: [ip],
    });
  }
  const isMissing = (wanted: Server | string): boolean =>
    !ip.associations.some((association) => association.certain && serves(association, wanted));
  const missing = { servers: servers.filter(isMissing), ports: ports.filter(isMissing) };
  return missing.servers.length + missing.ports.length === 0 ? undefined : missing;
}

export function specOf(
  input: AllocateInput,
  servers: readonly Server[],
  id: string,
  { journal }: Pick<ChangeSettings, 'journal'>,
): FloatingIpSpec {
  const { version, address, pool, network, subnet, name, description, labels, ports, key } = input;
  return {
    version,
    labels,
    servers,
    ports,
    mark: key ?? id,
    ...(key !== undefined && journal === null ? { markOnly: true as const } : {}),
    ...(address === undefined ? {} : { address: parseAddress(address)?.text ?? address }),
    ...(pool === undefined ? {} : { pool }),
    ...(network === undefined ? {} : { network }),
    ...(subnet === undefined ? {} : { subnet }),
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
  };
}

async function findExisting(
  target: Target,
  settings: ChangeSettings,
  driver: AnyDriver,
  input: AllocateInput,
  wanted: Promise<readonly Server[]>,
): Promise<FloatingIp | undefined> {
  const address = input.address === undefined ? undefined : parseAddress(input.address)?.text;
  if (input.key !== undefined) return floatingIpOfKey(target, settings, driver, { key: input.key, address, servers: await wanted });
  if (!input.ifNotExists) return undefined;
  if (address !== undefined) return orAbsent(verb(driver, 'getFloatingIp')({ address }));
  const named: FloatingIp[] = [];
  for await (const ip of verb(driver, 'listFloatingIps')({ serverNames: true })) if (ip.name === input.name) named.push(ip);
  if (named.length > 1) {
    throw new IpctlError('usage', `${named.length} floating IPs are named '${input.name}'`, { hint: named.map(nameOf).join(', ') });
  }
  return named[0];
}
