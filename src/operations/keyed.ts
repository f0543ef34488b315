/**
 * `--key` and `--if-not-exists`: what is there already for an allocation that is repeated. A key is known by the mark that
 * the provider keeps, where it keeps one, else by this machine's record.
 */
import { parseAddress } from '../domain/address.js';
import type { AnyDriver } from '../domain/driver.js';
import { IpctlError } from '../domain/errors.js';
import type { Keyed, Made } from '../domain/journal.js';
import type { Manifest } from '../domain/manifest.js';
import type { FloatingIp, PrivateIp, Server } from '../domain/records.js';
import { verb } from './capable.js';
import type { ChangeSettings } from './change.js';
import { nameOf } from './holders.js';
import { orAbsent } from './resolve.js';
import { lockedIfPossible } from './run.js';
import type { Target } from './target.js';
import type { RunSettings } from './underway.js';

/** Letters and length that the narrowest mark has room for: the name of an OTC bandwidth, 64 of them, with our prefix and a number. */
const KEY = /^[A-Za-z0-9][A-Za-z0-9._-]{0,47}$/;

type Making = 'allocateFloatingIp' | 'createPrivateIps';

/** `usage` for text that no mark can hold, and for a key that nothing would remember. */
export function checkKey(manifest: Manifest, { journal }: Pick<RunSettings, 'journal'>, making: Making, key: string): void {
  const usage = (message: string, hint?: string): IpctlError => new IpctlError('usage', message, { fate: 'not-sent', hint });
  if (!KEY.test(key)) {
    throw usage(`--key: '${key}' is no key`, 'up to 48 letters, digits, dots, underscores and hyphens, a letter or digit first');
  }
  if (journal === null && manifest.marks?.[making] === undefined) {
    throw usage(`--key: ${manifest.title} keeps no mark, so only the record of this machine can know it`, 'leave --no-journal out');
  }
}

/** The key of each of several: `backup-1`, `backup-2`. */
export const keyOf = (key: string, count: number, index: number): string => (count === 1 ? key : `${key}-${index + 1}`);

/** Of two processes of this machine with one key the second finds what the first made. */
export const underKey = <T>(settings: ChangeSettings, verbName: string, key: string | undefined, work: () => Promise<T>): Promise<T> => {
  const { keys } = settings;
  if (key === undefined || keys === undefined || settings.dryRun || settings.replay !== undefined) return work();
  return lockedIfPossible(settings, (act) => keys.alone(verbName, key, act, settings.timeout), work);
};

const NOTHING: Keyed = { made: [], open: null };

/** An operation that may have made something under the key: nothing is made beside it. */
function requireClosed({ open }: Keyed, key: string): void {
  if (open === null) return;
  const { operation: id, running } = open;
  if (running)
    throw new IpctlError('conflict', `operation ${id} under key ${key} is still at work`, { fate: 'not-sent', hint: 'let it finish' });
  throw new IpctlError('unknown', `it is not known what operation ${id} made under key ${key}`, {
    fate: 'not-sent',
    hint: `ipctl operation resume ${id}`,
    operation: { id, state: 'unknown' },
  });
}

const mismatch = (key: string, is: string, asked: string): IpctlError =>
  new IpctlError('conflict', `key ${key} is ${is}’s already, not ${asked}’s`, {
    fate: 'not-sent',
    hint: 'another address wants another key',
  });

const twins = (key: string, names: readonly string[]): IpctlError =>
  new IpctlError('conflict', `${names.length} addresses carry the key ${key}`, {
    fate: 'not-sent',
    hint: `two machines made them at once, or a hand did; release all but one: ${names.join(', ')}`,
  });

const reference = ({ address, id }: Made): { readonly id: string } | { readonly address: string } =>
  id !== null ? { id } : parseAddress(address) === undefined ? { id: address } : { address };

/** A recorded thing as it is now; undefined when it is gone. */
export const floatingIpMade = (driver: AnyDriver, made: Made): Promise<FloatingIp | undefined> =>
  orAbsent(verb(driver, 'getFloatingIp')(reference(made)));

/** The address of a key, or undefined. `conflict` where two have it or the operation is at work, `unknown` where nobody can tell. */
export async function floatingIpOfKey(
  { manifest }: Target,
  { keys }: ChangeSettings,
  driver: AnyDriver,
  { key, address, servers }: { readonly key: string; readonly address: string | undefined; readonly servers: readonly Server[] },
): Promise<FloatingIp | undefined> {
  const marks = manifest.marks?.allocateFloatingIp;
  const seek = async (): Promise<FloatingIp | undefined> => {
    if (marks === 'text') {
      const found: FloatingIp[] = [];
      for await (const ip of verb(driver, 'listFloatingIps')({ serverNames: true })) if (ip.mark === key) found.push(ip);
      if (found.length > 1) throw twins(key, found.map(nameOf));
      if (found[0] !== undefined) return found[0];
    }
    const known = (await keys?.find('allocate', key)) ?? NOTHING;
    for (const made of [...known.made].reverse()) {
      const ip = await floatingIpMade(driver, made);
      if (ip !== undefined) return ip;
    }
    const [server] = servers;
    if (marks === 'server' && server !== undefined) {
      for await (const ip of verb(driver, 'listFloatingIps')({ server, serverNames: true })) {
        if (ip.associations.some((association) => association.server?.id === server.id)) return ip;
      }
    }
    requireClosed(known, key);
    return undefined;
  };
  const found = await seek();
  if (found !== undefined && address !== undefined && found.address !== address) throw mismatch(key, nameOf(found), address);
  return found;
}

/** A private IP that is asked for: by its address, by the mark of its key, or by nothing. */
export interface Slot {
  readonly address: string | undefined;
  readonly mark: string | undefined;
}

export interface Asked {
  readonly subnet: string;
  readonly name?: string | undefined;
  readonly key?: string | undefined;
}

/** For each slot what is there for it, or undefined. Errors as of `floatingIpOfKey`, and `conflict` for what serves the network itself. */
export async function existingPrivateIps(
  { manifest }: Target,
  { keys }: ChangeSettings,
  driver: AnyDriver,
  { subnet, name, key }: Asked,
  slots: readonly Slot[],
): Promise<readonly (PrivateIp | undefined)[]> {
  const get = verb(driver, 'getPrivateIp');
  const list = async (): Promise<PrivateIp[]> => {
    const all: PrivateIp[] = [];
    for await (const ip of verb(driver, 'listPrivateIps')({ subnet })) all.push(ip);
    return all;
  };
  if (key === undefined) {
    const found =
      slots[0]?.address === undefined
        ? [named(name ?? '', await list())]
        : await Promise.all(slots.map(({ address = '' }) => orAbsent(get({ address, subnet }))));
    const taken = found.find((ip) => ip?.usedBy != null && ip.usedBy !== 'server' && ip.usedBy !== 'virtual');
    if (taken !== undefined) throw new IpctlError('conflict', `${taken.address} is used by ${taken.usedBy}`, { fate: 'not-sent' });
    return found;
  }
  const marked = manifest.marks?.createPrivateIps === 'text' ? await list() : [];
  const byMark = slots.map(({ mark, address }) => {
    const found = marked.filter((ip) => ip.mark === mark);
    const [only] = found;
    if (found.length > 1)
      throw twins(
        mark ?? key,
        found.map(({ address: text }) => text),
      );
    if (only !== undefined && address !== undefined && only.address !== address) throw mismatch(mark ?? key, only.address, address);
    return only;
  });
  if (byMark.every((ip) => ip !== undefined)) return byMark;
  const known = (await keys?.find('create', key)) ?? NOTHING;
  const alive = (await Promise.all(known.made.map((made) => orAbsent(get(reference(made)))))).flatMap((ip) => ip ?? []);
  const left = alive.filter(({ id }) => !byMark.some((ip) => ip?.id === id));
  const take = (fits: (ip: PrivateIp) => boolean): PrivateIp | undefined => {
    const at = left.findIndex(fits);
    return at < 0 ? undefined : left.splice(at, 1)[0];
  };
  const chosen = slots.map(
    ({ address }, index) => byMark[index] ?? (address === undefined ? undefined : take((ip) => ip.address === address)),
  );
  const there = slots.map(({ address }, index) => chosen[index] ?? (address === undefined ? take(() => true) : undefined));
  if (there.some((ip) => ip === undefined)) requireClosed(known, key);
  return there;
}

function named(name: string, all: readonly PrivateIp[]): PrivateIp | undefined {
  const found = all.filter((ip) => ip.name === name);
  if (found.length > 1) {
    throw new IpctlError('usage', `${found.length} private IPs are named '${name}'`, {
      fate: 'not-sent',
      hint: found.map(({ address, id }) => `${id} (${address})`).join(', '),
    });
  }
  return found[0];
}
