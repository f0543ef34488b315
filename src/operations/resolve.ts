/** "web-1", an id or an address -> the record meant. An exact id beats an exact name; ambiguity lists the candidates; never a guess. */
import { parseAddress } from '../domain/address.js';
import type { AnyDriver, FloatingIpRef } from '../domain/driver.js';
import { IpctlError, isIpctlError, toIpctlError } from '../domain/errors.js';
import type { FloatingIp, PrivateIp, Server } from '../domain/records.js';
import { verb } from './capable.js';
import type { Target } from './target.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

interface Found {
  readonly id: string;
  readonly name: string | null;
}

/** One of several by exact id, else by exact name; undefined when neither is there. */
function pick<T extends Found>(what: string, ref: string, all: readonly T[], describe: (item: T) => string): T | undefined {
  const byId = all.find((item) => item.id === ref);
  if (byId !== undefined) return byId;
  const byName = all.filter((item) => item.name === ref);
  if (byName.length > 1) {
    throw new IpctlError('usage', `${byName.length} ${what}s are named '${ref}'`, {
      hint: `use an id: ${byName.map(describe).join(', ')}`,
    });
  }
  return byName[0];
}

const notFound = (target: Target, what: string, ref: string, hint?: string): IpctlError =>
  new IpctlError('not-found', `no ${what} '${ref}' in profile ${target.place.profile}`, {
    provider: target.place.provider,
    fate: 'not-sent',
    hint,
  });

/** Undefined when the provider says that it is not there; every other error goes on. */
export async function orAbsent<T>(get: Promise<T>): Promise<T | undefined> {
  try {
    return await get;
  } catch (thrown) {
    if (isIpctlError(thrown) && thrown.kind === 'not-found') return undefined;
    throw thrown;
  }
}

/** What is meant for an address but is none (`999.1.1.1`) is told so, rather than sought as a name. */
export function checkReference(ref: string): void {
  const likeAddress = /^[\d.]*\.[\d.]*$/.test(ref) || /^[0-9a-f:.]*:[0-9a-f:.]*$/i.test(ref);
  if (likeAddress && parseAddress(ref) === undefined) throw new IpctlError('usage', `'${ref}' is no IP address`, { fate: 'not-sent' });
  if (ref.trim() === '') throw new IpctlError('usage', 'an empty text names nothing', { fate: 'not-sent' });
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

export async function findFloatingIp(target: Target, driver: AnyDriver, ref: string): Promise<FloatingIp> {
  checkReference(ref);
  const get = verb(driver, 'getFloatingIp');
  const address = parseAddress(ref);
  if (address !== undefined) {
    const ip = await orAbsent(get({ address: address.text }));
    if (ip === undefined) throw notFound(target, 'floating IP', ref);
    return ip;
  }
  const byId = UUID.test(ref) ? await orAbsent(get({ id: ref })) : undefined;
  if (byId !== undefined) return byId;
  const found = pickFloatingIp(ref, await collect(verb(driver, 'listFloatingIps')({ serverNames: true })));
  if (found === undefined) throw notFound(target, 'floating IP', ref);
  return found;
}

/**
 * Several at once, by reads that they share. What is missing in the answer has to be looked up by itself; of a name it is
 * known that nothing, or too much, has it.
 */
export async function findFloatingIps(
  target: Target,
  driver: AnyDriver,
  refs: readonly string[],
): Promise<ReadonlyMap<string, FloatingIp | IpctlError>> {
  const asked = refs.flatMap((ref): { readonly ref: string; readonly key: FloatingIpRef }[] => {
    const address = parseAddress(ref);
    if (address !== undefined) return [{ ref, key: { address: address.text } }];
    return UUID.test(ref) ? [{ ref, key: { id: ref } }] : [];
  });
  const addressed = new Set(asked.map(({ ref }) => ref));
  const names = refs.filter((ref) => !addressed.has(ref));
  const together = asked.length === 0 ? undefined : driver.getFloatingIps?.(asked.map(({ key }) => key));
  const direct = together === undefined ? undefined : await orAbsent(together);
  // Where no request finds some of them, one list finds all.
  const sought =
    direct === undefined && asked.length > 1 ? [...asked.map(({ key }) => ('id' in key ? key.id : key.address)), ...names] : names;
  const listed = sought.length === 0 ? [] : await listedFloatingIps(driver, new Set(sought));
  const known = direct ?? listed;
  const found = new Map<string, FloatingIp | IpctlError>();
  for (const { ref, key } of asked) {
    const [only, ...others] = known.filter((ip) => ('id' in key ? ip.id === key.id : ip.address === key.address));
    if (only !== undefined && others.length === 0) found.set(ref, only);
  }
  for (const ref of names) {
    try {
      found.set(ref, pickFloatingIp(ref, listed) ?? notFound(target, 'floating IP', ref));
    } catch (thrown) {
      found.set(ref, toIpctlError(thrown));
    }
  }
  return found;
}

/** Of a list of any length, no more is kept than what is meant. */
async function listedFloatingIps(driver: AnyDriver, sought: ReadonlySet<string>): Promise<FloatingIp[]> {
  const all: FloatingIp[] = [];
  for await (const ip of verb(driver, 'listFloatingIps')({ serverNames: true }))
    if ([ip.id, ip.address, ip.name].some((text) => text !== null && sought.has(text))) all.push(ip);
  return all;
}

const pickFloatingIp = (ref: string, all: readonly FloatingIp[]): FloatingIp | undefined =>
  pick('floating IP', ref, all, (ip) => `${ip.id} (${ip.address ?? 'pending'})`);

export async function findPrivateIp(target: Target, driver: AnyDriver, ref: string, subnet: string | undefined): Promise<PrivateIp> {
  checkReference(ref);
  const get = verb(driver, 'getPrivateIp');
  const address = parseAddress(ref);
  if (address !== undefined) {
    const ip = await orAbsent(get(subnet === undefined ? { address: address.text } : { address: address.text, subnet }));
    if (ip === undefined) throw notFound(target, 'private IP', ref);
    return ip;
  }
  const byId = UUID.test(ref) ? await orAbsent(get({ id: ref })) : undefined;
  if (byId !== undefined) return byId;
  const all = await collect(verb(driver, 'listPrivateIps')(subnet === undefined ? {} : { subnet }));
  const found = pick('private IP', ref, all, (ip) => `${ip.id} (${ip.address})`);
  if (found === undefined) throw notFound(target, 'private IP', ref);
  return found;
}

export async function findServer(target: Target, driver: AnyDriver, ref: string): Promise<Server> {
  const hint = `ipctl -p ${target.place.profile} server list`;
  if (ref.trim() === '') throw new IpctlError('usage', 'an empty text names no server', { fate: 'not-sent' });
  if ((target.manifest.serverIds ?? UUID).test(ref)) {
    const byId = await orAbsent(verb(driver, 'getServer')(ref));
    if (byId !== undefined) return byId;
  }
  const found = pick('server', ref, await collect(verb(driver, 'listServers')({ name: ref })), (server) => server.id);
  if (found === undefined) throw notFound(target, 'server', ref, hint);
  return found;
}

/** Side by side, each once, in the order given. */
export async function findServers(target: Target, driver: AnyDriver, refs: readonly string[]): Promise<Server[]> {
  const found = await Promise.all([...new Set(refs)].map((ref) => findServer(target, driver, ref)));
  return found.filter((server, index) => found.findIndex((other) => other.id === server.id) === index);
}
