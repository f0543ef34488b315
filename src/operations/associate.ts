/** `ip associate` and `ip move`: who serves the address from now on. Never takes it from another holder unasked. */
import { parseAddress } from '../domain/address.js';
import type { Change } from '../domain/change.js';
import type { AssociateSpec } from '../domain/driver.js';
import { IpctlError, toIpctlError } from '../domain/errors.js';
import type { Association, FloatingIp, Server } from '../domain/records.js';
import { requireCapability, verb } from './capable.js';
import { type ChangeSettings, change, partial } from './change.js';
import { holders, nameOf, requireOurs } from './holders.js';
import { checkReference, findFloatingIp, findServer, findServers } from './resolve.js';
import type { Run } from './run.js';
import type { Target } from './target.js';

export interface AssociateInput {
  readonly ref: string;
  readonly servers: readonly string[];
  readonly ports: readonly string[];
  readonly privateAddress?: string | undefined;
  readonly move: boolean;
}

const holds = ({ server }: Association, wanted: Server): boolean => server !== null && server.id === wanted.id;

/** What can be said without a profile: whom, and readable words. */
export function checkAssociate(input: AssociateInput): void {
  const usage = (message: string): IpctlError => new IpctlError('usage', message, { fate: 'not-sent' });
  if (input.servers.length + input.ports.length === 0) throw usage('name whom to associate it with: --server or --port');
  if (input.servers.length > 0 && input.ports.length > 0) throw usage('--server or --port, not both');
  if (input.privateAddress !== undefined && parseAddress(input.privateAddress) === undefined) {
    throw usage(`--private-address: '${input.privateAddress}' is no IP address`);
  }
  checkReference(input.ref);
}

export async function associate(target: Target, settings: ChangeSettings, input: AssociateInput): Promise<Change<FloatingIp>> {
  const { manifest } = target;
  checkAssociate(input);
  const wanted = new Set(input.servers).size + new Set(input.ports).size;
  const privateAddress = input.privateAddress === undefined ? undefined : parseAddress(input.privateAddress)?.text;
  requireCapability(manifest, 'associateFloatingIp', [
    ...(input.ports.length > 0 ? (['port'] as const) : []),
    ...(privateAddress === undefined ? [] : (['private-address'] as const)),
  ]);
  if (input.move) requireCapability(manifest, 'moveFloatingIp');
  if (wanted > 1 && manifest.holders === 'one') {
    throw new IpctlError('unsupported', `${manifest.title}: an address serves one server at a time`, {
      fate: 'not-sent',
      hint: 'allocate one for each server',
    });
  }
  return change(target, settings, 'associate', input, async (run) => {
    const { driver } = run;
    const [ip, servers] = await Promise.all([findFloatingIp(target, driver, input.ref), findServers(target, driver, input.servers)]);
    requireOurs(target, ip);
    const spec: AssociateSpec = { servers, ports: input.ports, ...(privateAddress === undefined ? {} : { privateAddress }) };
    const serves = (association: Association): boolean =>
      (servers.some((server) => holds(association, server)) || (association.port !== null && input.ports.includes(association.port))) &&
      (privateAddress === undefined || association.privateAddress === privateAddress);
    const done = ip.associations.filter(serves);
    const others = manifest.holders === 'one' ? ip.associations.filter((association) => !serves(association)) : [];
    if (others.length > 0) {
      if (!input.move) {
        throw new IpctlError('conflict', `${nameOf(ip)} is associated with ${holders(others)}`, {
          provider: manifest.id,
          fate: 'not-sent',
          hint: manifest.supports.moveFloatingIp.can ? '--move takes it from there' : 'disassociate it first',
        });
      }
      run.about(ip);
      return { ip: await verb(driver, 'moveFloatingIp')(ip, spec), changed: true };
    }
    const sure = done.filter(({ certain }) => certain);
    if (sure.length >= servers.length + new Set(input.ports).size) return { ip, changed: false };
    run.about(ip);
    const missing = servers.filter((server) => !sure.some((association) => holds(association, server)));
    const ports = input.ports.filter((port) => !sure.some((association) => association.port === port));
    const shown = await verb(driver, 'associateFloatingIp')(ip, { ...spec, servers: missing, ports }).catch((thrown: unknown) =>
      halfway(run, target, ip, thrown),
    );
    // Where the provider could not tell whether it was associated before, neither can we.
    return { ip: shown, changed: done.length > sure.length ? null : true };
  });
}

/** Some of several holders done, and then a failure: not safe to repeat unseen, so it is told as it stands. */
export async function halfway(run: Run, target: Target, ip: FloatingIp, failed: unknown): Promise<never> {
  const kind = toIpctlError(failed).kind;
  if (run.applied() === 0 || ['partial', 'timeout', 'unknown', 'signal'].includes(kind) || target.manifest.holders === 'one') throw failed;
  const now = await verb(run.driver, 'getFloatingIp')({ id: ip.id }).catch(() => ip);
  const state = now.associations.length === 0 ? 'nobody' : holders(now.associations);
  throw partial(`${nameOf(ip)} serves ${state} now`, now, failed, 'the same command again goes on with the rest');
}

export interface MoveInput {
  readonly ref: string;
  readonly to: string;
  /** A server's id or name, or `none`: the move happens only while that is true. */
  readonly ifHolder?: string | undefined;
}

export function checkMove({ ref, to }: MoveInput): void {
  checkReference(ref);
  if (to.trim() === '') throw new IpctlError('usage', '--to is empty', { fate: 'not-sent' });
}

export async function move(target: Target, settings: ChangeSettings, input: MoveInput): Promise<Change<FloatingIp>> {
  const { manifest } = target;
  checkMove(input);
  requireCapability(manifest, 'moveFloatingIp');
  return change(target, settings, 'move', input, async (run) => {
    const { driver } = run;
    const expected = input.ifHolder === undefined || input.ifHolder === 'none' ? undefined : input.ifHolder;
    const [ip, to, holder] = await Promise.all([
      findFloatingIp(target, driver, input.ref),
      findServer(target, driver, input.to),
      expected === undefined ? undefined : findServer(target, driver, expected),
    ]);
    requireOurs(target, ip);
    const spec: AssociateSpec = { servers: [to], ports: [] };
    if (ip.associations.some((association) => holds(association, to) && association.certain)) return { ip, changed: false };
    const current = ip.associations.length === 0 ? 'nobody' : holders(ip.associations);
    const asExpected =
      input.ifHolder === undefined ||
      // A stepwise move that stopped in the middle left it with nobody.
      (run.replay !== undefined && ip.associations.length === 0) ||
      (holder === undefined ? ip.associations.length === 0 : ip.associations.some((association) => holds(association, holder)));
    if (!asExpected) {
      throw new IpctlError(
        'conflict',
        `${nameOf(ip)} is held by ${current}, not by ${input.ifHolder === 'none' ? 'nobody' : input.ifHolder}`,
        {
          provider: manifest.id,
          fate: 'not-sent',
        },
      );
    }
    run.about(ip);
    const act = ip.associations.length === 0 ? 'associateFloatingIp' : 'moveFloatingIp';
    return { ip: await verb(driver, act)(ip, spec), changed: true };
  });
}
