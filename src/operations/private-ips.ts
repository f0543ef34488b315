/** `privateip create` and `privateip delete`. */
import { parseAddress } from '../domain/address.js';
import type { Change } from '../domain/change.js';
import type { PrivateIpSpec } from '../domain/driver.js';
import { IpctlError, toIpctlError } from '../domain/errors.js';
import type { PrivateIp } from '../domain/records.js';
import { requireCapability, verb } from './capable.js';
import { type ChangeSettings, change, unchanged } from './change.js';
import { absent } from './disassociate.js';
import { checkReference, findPrivateIp } from './resolve.js';
import { operate } from './run.js';
import { ClosedAsNotApplied } from './sending.js';
import type { Target } from './target.js';

export interface CreateInput {
  readonly subnet: string;
  readonly addresses: readonly string[];
  /** The total; chosen addresses count towards it. */
  readonly count: number;
  readonly name?: string | undefined;
}

/** One operation for all: as few requests as the provider's API allows. A shortfall is told with what exists. */
export async function createPrivateIps(target: Target, settings: ChangeSettings, input: CreateInput): Promise<Change<PrivateIp>[]> {
  const { subnet, count } = input;
  const addresses = input.addresses.map((text) => {
    const address = parseAddress(text)?.text;
    if (address === undefined) throw new IpctlError('usage', `--address: '${text}' is no IP address`, { fate: 'not-sent' });
    return address;
  });
  if (new Set(addresses).size < addresses.length)
    throw new IpctlError('usage', '--address names the same address twice', { fate: 'not-sent' });
  if (subnet.trim() === '') throw new IpctlError('usage', '--subnet is empty', { fate: 'not-sent' });
  if (count < addresses.length) {
    throw new IpctlError('usage', `--count ${count} is less than the ${addresses.length} addresses chosen`, { fate: 'not-sent' });
  }
  requireCapability(target.manifest, 'createPrivateIps', [
    ...(addresses.length > 0 ? (['address'] as const) : []),
    ...(input.name === undefined ? [] : (['name'] as const)),
  ]);
  const action = 'create';
  const done = (ip: PrivateIp, operation: string | null): Change<PrivateIp> => ({
    action,
    changed: true,
    operation,
    ip,
    error: null,
    planned: null,
  });
  try {
    return await operate(target, settings, 'create', input, async (run) => {
      const common = { subnet, ...(input.name === undefined ? {} : { name: input.name }) };
      const specs = Array.from({ length: count }, (_, index): PrivateIpSpec => {
        const address = addresses[index];
        const mark = count === 1 ? run.id : `${run.id}-${index + 1}`;
        return { ...common, mark, ...(address === undefined ? {} : { address }) };
      });
      const ips = await verb(run.driver, 'createPrivateIps')(specs);
      if (settings.dryRun) return [{ action, changed: null, operation: null, ip: ips[0] ?? null, error: null, planned: run.planned }];
      return ips.map((ip) => done(ip, settings.journal === null ? null : run.id));
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
    return [...exists.map((ip) => done(ip, operation)), failed];
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
    const ip = await findPrivateIp(target, driver, input.ref, input.subnet).catch((thrown: unknown) =>
      absent(thrown, input.ifExists || run.resumed),
    );
    if (ip === null) return { ip: null, changed: false };
    // A virtual IP is a reservation of its own: whether servers answer for it, the driver knows.
    if (ip.usedBy !== null && ip.usedBy !== 'virtual') {
      const whom = ip.server === null ? ip.usedBy : `server ${ip.server.name ?? ip.server.id}`;
      throw new IpctlError('conflict', `${ip.address} is used by ${whom}`, { provider: manifest.id, fate: 'not-sent' });
    }
    if (!settings.dryRun) await settings.confirm(`Delete private IP ${ip.address} of profile ${place.profile} (${manifest.title})?`);
    run.about(ip);
    await verb(driver, 'deletePrivateIp')(ip);
    return { ip, changed: true };
  });
}
