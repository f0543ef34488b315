/** `privateip create` and `privateip delete`. */
import { parseAddress } from '../domain/address.js';
import type { Change } from '../domain/change.js';
import type { PrivateIpSpec } from '../domain/driver.js';
import { IpctlError, toIpctlError } from '../domain/errors.js';
import type { PrivateIp } from '../domain/records.js';
import { type Agreed, agreeOn, requireAgreed } from './agreement.js';
import { requireCapability, verb } from './capable.js';
import { type ChangeSettings, change, several, unchanged } from './change.js';
import { absent, changedBefore, isGoneMeanwhile } from './disassociate.js';
import { type Claim, claiming } from './in-turn.js';
import { checkKey, existingPrivateIps, keyOf, settlePrivateIps, underKey } from './keyed.js';
import { looksFor, UNDER_WAY } from './looks.js';
import { readOnce } from './reader.js';
import { checkReference, findPrivateIp } from './resolve.js';
import { operate, provenBy, type Run, requireWritable } from './run.js';
import { ClosedAsNotApplied } from './sending.js';
import { accounted } from './shortfall.js';
import type { Target } from './target.js';

export interface CreateInput {
  readonly subnet: string;
  readonly addresses: readonly string[];
  /** The total; chosen addresses count towards it. */
  readonly count: number;
  readonly name?: string | undefined;
  readonly key?: string | undefined;
  readonly ifNotExists?: boolean | undefined;
  /** Of a recorded operation under a key: the marks of those that were not there yet. */
  readonly marks?: readonly string[] | undefined;
}

const action = 'create';
const done = (ip: PrivateIp, operation: string | null, changed: boolean): Change<PrivateIp> => ({
  action,
  changed,
  operation,
  ip,
  error: null,
  planned: null,
});

/** What can be said without a request; the addresses in canonical text. */
function checkCreate(target: Target, settings: ChangeSettings, input: CreateInput): readonly string[] {
  const usage = (message: string): IpctlError => new IpctlError('usage', message, { fate: 'not-sent' });
  const addresses = input.addresses.map((text) => {
    const address = parseAddress(text)?.text;
    if (address === undefined) throw usage(`--address: '${text}' is no IP address`);
    return address;
  });
  if (new Set(addresses).size < addresses.length) throw usage('--address names the same address twice');
  if (input.subnet.trim() === '') throw usage('--subnet is empty');
  if (input.count < addresses.length) throw usage(`--count ${input.count} is less than the ${addresses.length} addresses chosen`);
  if (input.ifNotExists === true && input.key === undefined) {
    if (input.name === undefined && addresses.length === 0) {
      throw usage('--if-not-exists needs --name, --address or --key: by what else would it be known?');
    }
    if (input.count > Math.max(1, addresses.length)) {
      throw usage('--if-not-exists finds one private IP by --name, and each that is chosen by --address, but no others: give a --key');
    }
  }
  requireCapability(target.manifest, 'createPrivateIps', [
    ...(addresses.length > 0 ? (['address'] as const) : []),
    ...(input.name === undefined ? [] : (['name'] as const)),
  ]);
  if (input.key !== undefined) checkKey(target.manifest, settings, 'createPrivateIps', input.key);
  return addresses;
}

/** One operation for all that are not there: as few requests as the provider's API allows. A shortfall is told with what exists. */
export async function createPrivateIps(target: Target, settings: ChangeSettings, input: CreateInput): Promise<Change<PrivateIp>[]> {
  const addresses = checkCreate(target, settings, input);
  const { key, count } = input;
  if (settings.replay === undefined) requireWritable(target, settings);
  if (settings.replay !== undefined || (key === undefined && input.ifNotExists !== true)) {
    return create(target, settings, { ...input, addresses });
  }
  return underKey(settings, 'create', key, async () => {
    const slots = Array.from({ length: count }, (_, index) => ({
      address: addresses[index],
      mark: key === undefined ? undefined : keyOf(key, count, index),
    }));
    const there = await readOnce(target, settings, (driver) => existingPrivateIps(target, settings, driver, input, slots));
    const missing = slots.filter((_, index) => there[index] === undefined);
    const found = (ip: PrivateIp): Change<PrivateIp> =>
      settings.dryRun ? { action, changed: null, operation: null, ip, error: null, planned: [] } : done(ip, null, false);
    if (missing.length === 0) return there.flatMap((ip) => (ip === undefined ? [] : [found(ip)]));
    const made = await create(target, settings, {
      ...input,
      addresses: missing.flatMap(({ address }) => address ?? []),
      count: missing.length,
      marks: key === undefined ? undefined : missing.flatMap(({ mark }) => mark ?? []),
    });
    if (settings.dryRun) return made;
    // In the order asked for, and whatever more there is to tell after it.
    const rest = [...made];
    const inOrder = there.flatMap((ip) => (ip === undefined ? rest.splice(0, 1) : [found(ip)]));
    return [...inOrder, ...rest];
  });
}

async function create(target: Target, settings: ChangeSettings, input: CreateInput): Promise<Change<PrivateIp>[]> {
  const { subnet, addresses, count, marks } = input;
  let changes: readonly Change<PrivateIp>[] = [];
  try {
    return await operate(target, settings, 'create', input, async (run) => {
      const common = {
        subnet,
        ...(input.name === undefined ? {} : { name: input.name }),
        ...(input.key !== undefined && settings.journal === null ? { markOnly: true as const } : {}),
      };
      const specs = Array.from({ length: count }, (_, index): PrivateIpSpec => {
        const address = addresses[index];
        const mark = marks?.[index] ?? (count === 1 ? run.id : `${run.id}-${index + 1}`);
        return { ...common, mark, ...(address === undefined ? {} : { address }) };
      });
      const ips = await verb(run.driver, 'createPrivateIps')(specs);
      if (settings.dryRun) return [{ action, changed: null, operation: null, ip: ips[0] ?? null, error: null, planned: run.planned }];
      const made = ips.flatMap((own, index) => {
        const mark = marks?.[index];
        return mark === undefined ? [] : [{ own, mark }];
      });
      const operation = settings.journal === null ? null : run.id;
      if (made.length < ips.length) return ips.map((ip) => done(ip, operation, true));
      const settled = await settlePrivateIps(target, settings, run, subnet, made);
      changes = settled.map((each) => ({ action, operation, planned: null, ...each }));
      const failed = settled.flatMap(({ error }) => error ?? []);
      const [first] = failed;
      // The record tells that it is not done; what became of each is told one by one.
      if (first !== undefined)
        throw new IpctlError(first.kind, first.message, { ...first.details, operation: { id: run.id, state: 'partial' } });
      return [...changes];
    });
  } catch (thrown) {
    if (thrown instanceof ClosedAsNotApplied) return [unchanged(action, settings)];
    const error = toIpctlError(thrown);
    if (changes.length > 0) {
      const { profile, provider, operation } = error.details;
      return changes.map((each) =>
        each.error === null
          ? each
          : { ...each, error: each.error.with({ profile, provider, operation, ...(each.ip === null ? {} : { target: each.ip.address }) }) },
      );
    }
    const leaves = ['partial', 'timeout', 'unknown'].includes(error.kind) || (error.kind === 'signal' && count > 1);
    if (!leaves) throw error;
    const names = Array.from({ length: count }, (_, index) => addresses[index] ?? `private IP ${index + 1}`);
    return accounted(action, error, names);
  }
}

export interface DeleteInput {
  readonly ref: string;
  readonly subnet?: string | undefined;
  readonly ifExists: boolean;
}

export interface DeleteAllInput extends Omit<DeleteInput, 'ref'> {
  readonly refs: readonly string[];
  /** Requests in flight at once. */
  readonly parallel: number;
}

/** What a target has of the command that it is one of. */
interface Among {
  /** As the user was asked about it: null when it was not there then, undefined when nobody was asked. */
  readonly agreed: PrivateIp | null | undefined;
  /** Where there are others. */
  readonly claim?: Claim;
}

function checkDelete(target: Target, { ref, subnet }: DeleteInput): void {
  checkReference(ref);
  requireCapability(target.manifest, 'deletePrivateIp');
  if (subnet !== undefined) requireCapability(target.manifest, 'listPrivateIps', ['subnet']);
}

/** The address as it is now and may be deleted; null when it is not there and need not be. */
async function deletable(target: Target, { driver, replay }: Run, { ref, subnet, ifExists }: DeleteInput): Promise<PrivateIp | null> {
  const was = replay?.subject;
  const found = was == null ? findPrivateIp(target, driver, ref, subnet) : verb(driver, 'getPrivateIp')({ id: was.id });
  const ip = await found.catch((thrown: unknown) => absent(thrown, ifExists || replay !== undefined));
  // A virtual IP is a reservation of its own: whether servers answer for it, the driver knows.
  if (ip === null || ip.usedBy === null || ip.usedBy === 'virtual') return ip;
  const whom = ip.server === null ? ip.usedBy : `server ${ip.server.name ?? ip.server.id}`;
  throw new IpctlError('conflict', `${ip.address} is used by ${whom}`, { provider: target.manifest.id, fate: 'not-sent' });
}

/** One operation. Who is to be asked has been, but for one that is gone on with: that asks by itself where it must. */
export async function deletePrivateIp(
  target: Target,
  settings: ChangeSettings,
  input: DeleteInput,
  { agreed, claim }: Among = { agreed: undefined },
): Promise<Change<PrivateIp>> {
  const { manifest, place } = target;
  checkDelete(target, input);
  return change(target, settings, 'delete', input, async (run) => {
    const nothing = { ip: null, changed: false };
    // No question named it: whatever has come to be there since then stays.
    if (agreed === null) return nothing;
    const found = await deletable(target, run, input).catch((thrown: unknown) => {
      if (claim?.was(input.ref) === true) return absent(thrown, true);
      throw thrown;
    });
    if (found === null) return nothing;
    requireAgreed(target, agreed, found);
    run.about(found);
    if (claim?.first(found) === false) return { ip: found, changed: false };
    let ip: PrivateIp | null = found;
    if (run.replay !== undefined && !provenBy(run, found)) {
      await run.untimed(settings.confirm(`Delete private IP ${found.address}, of profile ${place.profile} (${manifest.title})?`));
      ip = await deletable(target, run, input);
      if (ip === null) return nothing;
      run.about(ip);
    }
    try {
      await verb(run.driver, 'deletePrivateIp')(ip);
    } catch (thrown) {
      const isFine = input.ifExists || run.replay !== undefined;
      if (!isFine || !(await isGoneMeanwhile(verb(run.driver, 'getPrivateIp'), ip, thrown))) throw thrown;
      return { ip: null, changed: changedBefore(run) };
    }
    return { ip, changed: true };
  });
}

const askToDelete = (
  target: Target,
  settings: ChangeSettings,
  { refs, parallel, ...how }: DeleteAllInput,
): Promise<Agreed<PrivateIp> | undefined> =>
  agreeOn<PrivateIp>(target, settings, {
    action: 'delete',
    refs,
    most: parallel * UNDER_WAY,
    async look(ref, run) {
      checkDelete(target, { ref, ...how });
      return deletable(target, run, { ref, ...how });
    },
    describe: ({ address }) => address,
    title: (count) => (count === 1 ? 'Delete private IP' : `Delete ${count} private IPs`),
  });

/** What the user agreed to is known by a reading of its own, and the one that is acted upon comes after the answer. */
export async function deleteOne(target: Target, settings: ChangeSettings, input: DeleteInput): Promise<Change<PrivateIp>> {
  checkDelete(target, input);
  const { ref, ...how } = input;
  const agreed = (await askToDelete(target, settings, { refs: [ref], parallel: 1, ...how }))?.get(ref);
  if (agreed instanceof IpctlError) throw agreed;
  return deletePrivateIp(target, settings, input, { agreed });
}

/** Each is an operation of its own, in the record and in the result; they are asked about and seen to be gone together. */
export async function deleteAll(
  target: Target,
  settings: ChangeSettings,
  input: DeleteAllInput,
  counted: (each: (ref: string) => Promise<Change<PrivateIp>>) => (ref: string, index: number) => Promise<Change<PrivateIp>>,
): Promise<Change<PrivateIp>[]> {
  const looks = looksFor<PrivateIp>(target, settings, {
    // No filter of a list of ports takes several addresses: each is looked up by itself.
    find: async () => new Map(),
    left: async (driver, ids) => driver.privateIpsLeft?.(ids),
  });
  const { refs, parallel, ...how } = input;
  const agreed = await askToDelete(target, settings, input);
  const claimed = claiming<PrivateIp>(settings.dryRun);
  const each = async (ref: string): Promise<Change<PrivateIp>> => {
    const before = agreed?.get(ref);
    if (before instanceof IpctlError) throw before;
    return looks.among(() =>
      claimed((claim) => deletePrivateIp(target, { ...settings, looks }, { ref, ...how }, { agreed: before, claim })),
    );
  };
  return several('delete', refs, parallel * UNDER_WAY, counted(each));
}
