/**
 * `--key` and `--if-not-exists`: what is there already for an allocation that is repeated. A key is known by the mark that
 * the provider keeps, where it keeps one, else by this machine's record.
 */
import { parseAddress } from '../domain/address.js';
import type { AnyDriver } from '../domain/driver.js';
import { IpctlError, isIpctlError, toIpctlError } from '../domain/errors.js';
import type { Keyed, Made } from '../domain/journal.js';
import type { Manifest } from '../domain/manifest.js';
import type { FloatingIp, PrivateIp, Server } from '../domain/records.js';
import { until } from '../domain/until.js';
import { verb } from './capable.js';
import { type ChangeSettings, inOrder, partial } from './change.js';
import { nameOf } from './holders.js';
import { orAbsent } from './resolve.js';
import { lockedIfPossible, type Run } from './run.js';
import { ClosedAsNotApplied } from './sending.js';
import type { Target } from './target.js';
import { heir, settledTwins, survivor } from './twins.js';
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

const several = (key: string, names: readonly string[]): IpctlError =>
  new IpctlError('conflict', `${names.length} addresses carry the key ${key}`, {
    fate: 'not-sent',
    hint: `two machines made them at once, or a hand did; see which is used, and release the others: ${names.join(', ')}`,
  });

const reference = ({ address, id }: Made): { readonly id: string } | { readonly address: string } =>
  id !== null ? { id } : parseAddress(address) === undefined ? { id: address } : { address };

async function floatingIpsMarked(driver: AnyDriver, mark: string): Promise<readonly FloatingIp[]> {
  const found: FloatingIp[] = [];
  for await (const ip of verb(driver, 'listFloatingIps')({ serverNames: true })) if (ip.mark === mark) found.push(ip);
  return found;
}

async function privateIpsOf(driver: AnyDriver, subnet: string): Promise<readonly PrivateIp[]> {
  const all: PrivateIp[] = [];
  for await (const ip of verb(driver, 'listPrivateIps')({ subnet })) all.push(ip);
  return all;
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
      if (found !== undefined && more.length > 0) throw several(key, [found, ...more].map(nameOf));
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

/** What is there for a key in the end. */
export interface Kept<T> {
  readonly ip: T;
  /** Whether this operation made it; null where its answer was lost, and what has told is what another machine's carries too. */
  readonly changed: boolean | null;
}

/** What differs between floating and private IPs under a key. */
interface Kind<T> {
  readonly mark: string;
  marked(): Promise<readonly T[]>;
  get(id: string): Promise<T>;
  giveBack(own: T): Promise<unknown>;
  /** The command that gives one back. */
  readonly command: string;
}

const titleOf = ({ address, id }: FloatingIp | PrivateIp): string => (address === null ? id : `${address} (id ${id})`);

/** Ours was given back: nothing is left of the operation, whatever fails after it. */
const withoutOwn = (run: Run, failed: unknown): IpctlError =>
  toIpctlError(failed).with({
    fate: 'not-applied',
    hint: 'what this command had made is given back; the same command again tells what is there',
    operation: { id: run.id, state: 'not-applied' },
  });

/**
 * Makes sure that what was made stays the only one of its key. Undefined: a resumed operation of which nothing is left, nor
 * of any other machine. Where something exists that should not, or might, the error is `partial` and tells of it.
 */
async function settle<T extends FloatingIp | PrivateIp>(
  settings: ChangeSettings,
  run: Run,
  own: T,
  isProven: boolean,
  { mark, marked, get, giveBack, command }: Kind<T>,
): Promise<Kept<T> | undefined> {
  const { signal, clock } = settings;
  const isResumed = run.replay !== undefined;
  const isFound = !isProven && (own.mark === mark || own.state === 'pending');
  const stands = `${titleOf(own)} is there under the key ${mark}`;
  const left = (done: string, failed: unknown, hint: string): IpctlError =>
    signal.aborted
      ? new IpctlError('signal', `interrupted; ${done}`, { hint, operation: { id: run.id, state: 'partial' } })
      : partial(done, own, failed, hint);
  // What is left once ours is gone, by our hand or, since it was recorded, by another.
  const without = (since: number): Promise<T | undefined> =>
    heir(own, marked, settings, since).catch((thrown: unknown) => {
      signal.throwIfAborted();
      throw withoutOwn(run, thrown);
    });
  const since = clock.now();
  const isGone = isResumed && (await orAbsent(get(own.id))) === undefined;
  const stays = isGone
    ? undefined
    : await survivor<T>({
        ...settings,
        own,
        isProven,
        isFound,
        marked,
        unseen: (failed) => left(stands, failed, 'whether another machine made one too could not be seen: the same command again tells'),
        several(all) {
          const others = all.filter(({ id }) => id !== own.id);
          const hint = isProven
            ? others.map((ip) => `another machine made ${titleOf(ip)}: where it is not used, ${command} ${ip.id} gives it back`).join('; ')
            : `it is not known which of them this command made, see which one is used: ${all.map(titleOf).join(', ')}`;
          return left(stands, several(mark, all.map(titleOf)).with({ hint: undefined }), hint);
        },
      });
  if (stays !== undefined) return { ip: stays, changed: isFound ? null : true };
  if (!isGone) {
    try {
      await giveBack(own);
      // The record of several tells their deletions not apart.
      if (isResumed && (await orAbsent(get(own.id))) !== undefined) throw new IpctlError('conflict', `${titleOf(own)} is still there`);
    } catch (thrown) {
      throw left(`${stands}, beside what another machine made at once`, thrown, `${command} ${own.id} gives it back`);
    }
  }
  const other = await without(since);
  if (other !== undefined) return { ip: other, changed: isFound ? null : false };
  if (isResumed) return undefined;
  throw withoutOwn(run, new IpctlError('conflict', `nothing carries the key ${mark} any more: what another machine had made is gone too`));
}

/**
 * Allocates under a key that nothing was found for, and makes sure that it stays the only one. Where no mark is kept nobody
 * can tell, and this machine's record has to do.
 */
export async function allocateKeyed(
  target: Target,
  settings: ChangeSettings,
  run: Run,
  { key, servers }: { readonly key: string | undefined; readonly servers: readonly Server[] },
  allocate: () => Promise<FloatingIp>,
): Promise<Kept<FloatingIp>> {
  const { driver } = run;
  const { manifest, place } = target;
  const marks = manifest.marks?.allocateFloatingIp;
  if (key === undefined || settings.dryRun || marks === undefined) return { ip: await allocate(), changed: true };
  if (marks === 'server') {
    try {
      const ip = await allocate();
      return { ip, changed: run.isProven() ? true : null };
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
      return { ip, changed: false };
    }
  }
  const own = await allocate();
  const kept = await settle<FloatingIp>(settings, run, own, run.isProven(), {
    mark: key,
    marked: () => floatingIpsMarked(driver, key),
    get: (id) => verb(driver, 'getFloatingIp')({ id }),
    giveBack: (ip) => verb(driver, 'releaseFloatingIp')(ip),
    command: `ipctl -p ${place.profile} ip release`,
  });
  if (kept === undefined) throw new ClosedAsNotApplied();
  if (kept.changed === false) run.undone();
  return kept;
}

/** One of several that were made: what is there for its mark, or why that is not as it should be. */
export interface Settled {
  readonly ip: PrivateIp | null;
  readonly changed: boolean | null;
  readonly error: IpctlError | null;
}

/** How many are looked after at once: each may wait for another machine. */
const AT_ONCE = 8;

/** The same of private IPs, each with the mark that it was made with. Whatever becomes of one, each of the others is settled too. */
export async function settlePrivateIps(
  { manifest, place }: Target,
  settings: ChangeSettings,
  run: Run,
  subnet: string,
  made: readonly { readonly own: PrivateIp; readonly mark: string }[],
): Promise<readonly Settled[]> {
  const { driver } = run;
  if (manifest.marks?.createPrivateIps !== 'text') return made.map(({ own }) => ({ ip: own, changed: true, error: null }));
  const isProven = run.isProven();
  // All were made before the first look, which one list serves.
  let together: Promise<readonly PrivateIp[]> | undefined;
  const firstLook = async (mark: string): Promise<readonly PrivateIp[]> => {
    together ??= privateIpsOf(driver, subnet);
    return (await together).filter((ip) => ip.mark === mark);
  };
  const settled = await inOrder(made, AT_ONCE, async ({ own, mark }): Promise<Settled> => {
    let isFirst = true;
    try {
      const kept = await settle<PrivateIp>(settings, run, own, isProven, {
        mark,
        async marked() {
          const look = isFirst ? firstLook : async () => (await privateIpsOf(driver, subnet)).filter((ip) => ip.mark === mark);
          isFirst = false;
          return look(mark);
        },
        get: (id) => verb(driver, 'getPrivateIp')({ id }),
        giveBack: (ip) => verb(driver, 'deletePrivateIp')(ip),
        command: `ipctl -p ${place.profile} privateip delete`,
      });
      return { ip: kept?.ip ?? null, changed: kept?.changed ?? false, error: null };
    } catch (thrown) {
      const error = toIpctlError(thrown);
      const isBack = error.details.operation?.state === 'not-applied';
      return { ip: isBack ? null : own, changed: isBack ? false : isProven ? true : null, error };
    }
  });
  if (settled.every(({ changed, error }) => changed === false && error === null)) run.undone();
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
  settings: ChangeSettings,
  driver: AnyDriver,
  { subnet, name, key }: Asked,
  slots: readonly Slot[],
): Promise<readonly (PrivateIp | undefined)[]> {
  const get = verb(driver, 'getPrivateIp');
  const list = (): Promise<readonly PrivateIp[]> => privateIpsOf(driver, subnet);
  if (key === undefined) {
    const found =
      slots[0]?.address === undefined
        ? [named(name ?? '', await list())]
        : await Promise.all(slots.map(({ address = '' }) => orAbsent(get({ address, subnet }))));
    const taken = found.find((ip) => ip?.usedBy != null && ip.usedBy !== 'server' && ip.usedBy !== 'virtual');
    if (taken !== undefined) throw new IpctlError('conflict', `${taken.address} is used by ${taken.usedBy}`, { fate: 'not-sent' });
    return found;
  }
  const isEachAlone = (all: readonly PrivateIp[]): boolean => slots.every(({ mark }) => all.filter((ip) => ip.mark === mark).length <= 1);
  const marked = manifest.marks?.createPrivateIps === 'text' ? await settledTwins(list, settings, isEachAlone) : [];
  const byMark = slots.map(({ mark, address }) => {
    const found = marked.filter((ip) => ip.mark === mark);
    const [only] = found;
    if (found.length > 1)
      throw several(
        mark ?? key,
        found.map(({ address: text }) => text),
      );
    if (only !== undefined && address !== undefined && only.address !== address) throw mismatch(mark ?? key, only.address, address);
    return only;
  });
  if (byMark.every((ip) => ip !== undefined)) return byMark;
  const known = (await settings.keys?.find('create', key)) ?? NOTHING;
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
