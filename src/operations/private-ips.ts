/** `privateip create` and `privateip delete`. */
import { parseAddress } from '../domain/address.js';
import type { Change } from '../domain/change.js';
import type { PrivateIpSpec } from '../domain/driver.js';
import { IpctlError, toIpctlError } from '../domain/errors.js';
import type { PrivateIp } from '../domain/records.js';
import { requireCapability, verb } from './capable.js';
import { type ChangeSettings, change, unchanged } from './change.js';
import { absent } from './disassociate.js';
import { checkKey, existingPrivateIps, keyOf, underKey } from './keyed.js';
import { readOnce } from './reader.js';
import { checkReference, findPrivateIp } from './resolve.js';
import { operate, provenBy } from './run.js';
import { ClosedAsNotApplied } from './sending.js';
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
      return ips.map((ip) => done(ip, settings.journal === null ? null : run.id, true));
    });
  } catch (thrown) {
    if (thrown instanceof ClosedAsNotApplied) return [unchanged(action, settings)];
    const error = toIpctlError(thrown);
    if (!['partial', 'timeout', 'unknown'].includes(error.kind)) throw error;
    const operation = error.details.operation?.id ?? null;
    const exists = (error.details.exists ?? []) as readonly PrivateIp[];
    const failed: Change<PrivateIp> = {
      action,
      changed: error.kind === 'unknown' ? null : true,
      operation,
      ip: null,
      error,
      planned: null,
    };
    // One that was asked for, and exists though a later step failed, is one result with both.
    const [only, ...others] = exists;
    if (count === 1 && only !== undefined && others.length === 0) return [{ ...failed, ip: only }];
    // Each that was asked for is one result; what is there but not as it should be is told by one more.
    const short = Math.max(1, count - exists.length);
    return [...exists.map((ip) => done(ip, operation, true)), ...Array.from({ length: short }, () => failed)];
  }
}

export interface DeleteInput {
  readonly ref: string;
  readonly subnet?: string | undefined;
  readonly ifExists: boolean;
}

export async function deletePrivateIp(target: Target, settings: ChangeSettings, input: DeleteInput): Promise<Change<PrivateIp>> {
  const { manifest, place } = target;
  checkReference(input.ref);
  requireCapability(manifest, 'deletePrivateIp');
  if (input.subnet !== undefined) requireCapability(manifest, 'listPrivateIps', ['subnet']);
  return change(target, settings, 'delete', input, async (run) => {
    const { driver } = run;
    const was = run.replay?.subject;
    const found = was == null ? findPrivateIp(target, driver, input.ref, input.subnet) : verb(driver, 'getPrivateIp')({ id: was.id });
    const ip = await found.catch((thrown: unknown) => absent(thrown, input.ifExists || run.replay !== undefined));
    if (ip === null) return { ip: null, changed: false };
    // A virtual IP is a reservation of its own: whether servers answer for it, the driver knows.
    if (ip.usedBy !== null && ip.usedBy !== 'virtual') {
      const whom = ip.server === null ? ip.usedBy : `server ${ip.server.name ?? ip.server.id}`;
      throw new IpctlError('conflict', `${ip.address} is used by ${whom}`, { provider: manifest.id, fate: 'not-sent' });
    }
    run.about(ip);
    if (!settings.dryRun && !provenBy(run, ip)) {
      await settings.confirm(`Delete private IP ${ip.address} of profile ${place.profile} (${manifest.title})?`);
    }
    await verb(driver, 'deletePrivateIp')(ip);
    return { ip, changed: true };
  });
}
