/**
 * `--key` and `--if-not-exists`: what is there already for an allocation that is repeated. A key is known by the mark that
 * the provider keeps, where it keeps one, else by this machine's record.
 */
import { parseAddress } from '../domain/address.js';
import type { AnyDriver } from '../domain/driver.js';
import { IpctlError, isIpctlError, toIpctlError } from '../domain/errors.js';
import type { Keyed, Made, Replay } from '../domain/journal.js';
import type { Manifest } from '../domain/manifest.js';
import type { FloatingIp, PrivateIp, Server } from '../domain/records.js';
import { until } from '../domain/until.js';
import { verb } from './capable.js';
import { type ChangeSettings, partial } from './change.js';
import { nameOf } from './holders.js';
import { orAbsent } from './resolve.js';
import { lockedIfPossible, type Run } from './run.js';
import type { Target } from './target.js';
import { settledTwins, survivor } from './twins.js';
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

async function floatingIpsMarked(driver: AnyDriver, mark: string): Promise<readonly FloatingIp[]> {
  const found: FloatingIp[] = [];
  for await (const ip of verb(driver, 'listFloatingIps')({ serverNames: true })) if (ip.mark === mark) found.push(ip);
  return found;
}

async function privateIpsMarked(driver: AnyDriver, subnet: string, mark: string): Promise<readonly PrivateIp[]> {
  const found: PrivateIp[] = [];
  for await (const ip of verb(driver, 'listPrivateIps')({ subnet })) if (ip.mark === mark) found.push(ip);
  return found;
}

/** A recorded thing as it is now; undefined when it is gone. */
export const floatingIpMade = (driver: AnyDriver, made: Made): Promise<FloatingIp | undefined> =>
  orAbsent(verb(driver, 'getFloatingIp')(reference(made)));

/** The address of a key, or undefined. `conflict` where two have it or the operation is at work, `unknown` where nobody can tell. */
export async function floatingIpOfKey(
  { manifest }: Target,
  settings: ChangeSettings,
  driver: AnyDriver,
  { key, address, servers }: { readonly key: string; readonly address: string | undefined; readonly servers: readonly Server[] },
): Promise<FloatingIp | undefined> {
  const marks = manifest.marks?.allocateFloatingIp;
  const seek = async (): Promise<FloatingIp | undefined> => {
    if (marks === 'text') {
      const [found, ...more] = await settledTwins(() => floatingIpsMarked(driver, key), settings);
      if (found !== undefined && more.length > 0) throw twins(key, [found, ...more].map(nameOf));
      if (found !== undefined) return found;
    }
    const known = (await settings.keys?.find('allocate', key)) ?? NOTHING;
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

const isDone = (replay: Replay | undefined, step: RegExp): boolean =>
  [...(replay?.steps ?? [])].some(([key, { state }]) => step.test(key) && state === 'applied');

/** What a failed giving back leaves: two under one key, of which ours is named. */
function leftBeside(run: Run, key: string, own: FloatingIp | PrivateIp, failed: unknown, back: string): IpctlError {
  const what = `another machine used the key ${key} at once, and ${own.address ?? own.id} (id ${own.id}) stands beside what it made`;
  // Nobody is told to give back what may be the other machine's.
  const hint = run.isProven() ? `${back} gives it back` : (toIpctlError(failed).details.hint ?? '');
  return partial(what, own, failed, hint);
}

/**
 * Allocates under a key that nothing was found for, and makes sure that it stays the only one: `isNew` is false where
 * another machine was first. Where no mark is kept nobody can tell, and this machine's record has to do.
 */
export async function allocateKeyed(
  target: Target,
  settings: ChangeSettings,
  run: Run,
  { key, servers }: { readonly key: string | undefined; readonly servers: readonly Server[] },
  allocate: () => Promise<FloatingIp>,
): Promise<{ readonly ip: FloatingIp; readonly isNew: boolean }> {
  const { driver } = run;
  const { manifest, place } = target;
  const marks = manifest.marks?.allocateFloatingIp;
  if (key === undefined || settings.dryRun || marks === undefined) return { ip: await allocate(), isNew: true };
  if (marks === 'server') {
    try {
      return { ip: await allocate(), isNew: true };
    } catch (thrown) {
      // A server has one address at most: refused is what another machine made for it since we looked.
      if (!isIpctlError(thrown) || thrown.kind !== 'conflict' || thrown.details.fate !== 'not-applied') throw thrown;
      const { clock, signal } = settings;
      let found: FloatingIp | undefined;
      const shown = await until({
        clock,
        signal,
        deadline: settings.wait ? clock.now() + settings.timeout : clock.now(),
        async check() {
          found = await floatingIpOfKey(target, settings, driver, { key, address: undefined, servers });
          return found?.state === 'pending' ? undefined : (found ?? null);
        },
      });
      const ip = shown ?? found;
      if (ip === undefined) throw thrown;
      run.undone();
      return { ip, isNew: false };
    }
  }
  const marked = (): Promise<readonly FloatingIp[]> => floatingIpsMarked(driver, key);
  if (isDone(run.replay, /^release\b/)) {
    const [ip, ...more] = await settledTwins(marked, settings);
    if (ip === undefined) throw new IpctlError('not-found', `nothing carries the key ${key} any more`, { fate: 'not-sent' });
    if (more.length > 0) throw twins(key, [ip, ...more].map(nameOf));
    run.undone();
    return { ip, isNew: false };
  }
  const own = await allocate();
  const ip = await survivor({
    ...settings,
    own,
    isProven: run.isProven(),
    marked,
    several: (all) => twins(key, all.map(nameOf)),
    async giveBack(twin) {
      await verb(driver, 'releaseFloatingIp')(twin);
      run.undone();
    },
    beside: (twin, failed) => leftBeside(run, key, twin, failed, `ipctl -p ${place.profile} ip release ${twin.id}`),
  });
  return { ip, isNew: ip.id === own.id };
}

/** The same of private IPs, each with the mark that it was made with. */
export async function settlePrivateIps(
  { manifest, place }: Target,
  settings: ChangeSettings,
  run: Run,
  subnet: string,
  made: readonly { readonly own: PrivateIp; readonly mark: string }[],
): Promise<readonly { readonly ip: PrivateIp; readonly isNew: boolean }[]> {
  const { driver } = run;
  if (settings.dryRun || manifest.marks?.createPrivateIps !== 'text') return made.map(({ own }) => ({ ip: own, isNew: true }));
  const settled: { readonly ip: PrivateIp; readonly isNew: boolean }[] = [];
  // One after another: each that is given back is a request of its own, recorded in its turn.
  for (const { own, mark } of made) {
    const ip = await survivor({
      ...settings,
      own,
      isProven: run.isProven(),
      marked: () => privateIpsMarked(driver, subnet, mark),
      several: (all) =>
        twins(
          mark,
          all.map(({ address }) => address),
        ),
      giveBack: (twin) => verb(driver, 'deletePrivateIp')(twin),
      beside: (twin, failed) => leftBeside(run, mark, twin, failed, `ipctl -p ${place.profile} privateip delete ${twin.id}`),
    });
    settled.push({ ip, isNew: ip.id === own.id });
  }
  if (settled.every(({ isNew }) => !isNew)) run.undone();
  return settled;
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
