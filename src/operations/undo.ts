/**
 * `operation resume --undo`: back to where it was. Only two verbs have a way back that takes nothing from anybody: an
 * allocation whose association was not reached is released, a move that stopped with nobody is put back.
 */
import type { Change } from '../domain/change.js';
import type { AssociateSpec } from '../domain/driver.js';
import { IpctlError } from '../domain/errors.js';
import type { FloatingIp } from '../domain/records.js';
import { until } from '../domain/until.js';
import { type AllocateInput, specOf } from './allocate.js';
import type { AssociateInput, MoveInput } from './associate.js';
import { verb } from './capable.js';
import { type ChangeSettings, change } from './change.js';
import { holders, nameOf, requireOurs } from './holders.js';
import { floatingIpMade } from './keyed.js';
import { findFloatingIp, findServers, orAbsent } from './resolve.js';
import type { Run } from './run.js';
import type { Target } from './target.js';

/** A request that is still under way is given so long to show before anything is taken back, in milliseconds. */
const GRACE = 5_000;

const conflict = (target: Target, message: string, hint?: string): IpctlError =>
  new IpctlError('conflict', message, { provider: target.place.provider, fate: 'not-sent', hint });

/** Why a recorded operation has no way back, with what does instead; undefined for one that has. */
export function noWayBack(verbName: string, intent: unknown): { readonly why: string; readonly instead: string } | undefined {
  switch (verbName) {
    case 'allocate': {
      const { servers, ports } = intent as AllocateInput;
      if (servers.length + ports.length > 0) return undefined;
      return { why: 'an allocation is one request', instead: 'ipctl ip release ADDRESS gives back what it made' };
    }
    case 'move':
      return undefined;
    case 'associate':
      if ((intent as AssociateInput).move) return undefined;
      return { why: 'an association is one change of its own', instead: 'ipctl ip disassociate takes it off again' };
    case 'disassociate':
      return { why: 'a disassociation is one change of its own', instead: 'ipctl ip associate puts it back' };
    case 'update':
      return { why: 'the record does not hold what was there before', instead: 'ipctl ip update sets anything else' };
    case 'create':
      return { why: 'private IPs are made and nothing more', instead: 'ipctl privateip delete gives them back' };
    case 'release':
    case 'delete':
      return { why: 'what is given back cannot be had back', instead: 'without --undo the operation is gone on with' };
    default:
      return { why: 'it has no way back', instead: 'without --undo the operation is gone on with' };
  }
}

/**
 * What a key alone has told to be ours may be another machine's that used it: that is not given back. `ip` is what was
 * found; undefined before anything is looked for, since a way back that is begun can only be gone on with.
 */
function requireProven(target: Target, run: Run, { key, servers }: AllocateInput, ip: FloatingIp | undefined): void {
  const marks = target.manifest.marks?.allocateFloatingIp;
  const isMarked = marks === 'server' ? servers.length > 0 : marks === 'text' && (ip === undefined || ip.mark === key);
  if (key === undefined || !isMarked) return;
  // Proof is that the provider's own answer names it.
  const isNamed = [...(run.replay?.steps.values() ?? [])].some(
    ({ made = [], reply }) =>
      made.some(({ id }) => id === ip?.id) && reply !== null && reply.status < 300 && reply.text.includes(ip?.id ?? ''),
  );
  if (ip !== undefined && isNamed) return;
  throw conflict(
    target,
    `the answer was lost, and ${ip === undefined ? 'what is there' : nameOf(ip)} under the key ${key} may be another machine’s`,
    `ipctl operation resume ${run.id} goes on with it`,
  );
}

/** The address that the operation made, as it is now; undefined when it made none, or when that is gone. */
async function madeBy(target: Target, settings: ChangeSettings, run: Run, input: AllocateInput): Promise<FloatingIp | undefined> {
  const steps = [...(run.replay?.steps.values() ?? [])];
  // Begun and never sent: nothing may be sent now.
  if (steps.length === 0) return undefined;
  const [made] = steps.flatMap((step) => step.made ?? []);
  if (made !== undefined) return floatingIpMade(run.driver, made);
  requireProven(target, run, input, undefined);
  const servers = await findServers(target, run.driver, input.servers);
  // Looked for by the verb itself; labels would be a request of their own.
  return verb(run.driver, 'allocateFloatingIp')(specOf({ ...input, labels: {} }, servers, run.id, settings));
}

/** The rest of an allocation is not done, and what it made is given back. */
export async function undoAllocate(target: Target, settings: ChangeSettings, input: AllocateInput): Promise<Change<FloatingIp>> {
  const { manifest, place } = target;
  return change(target, settings, 'release', input, async (run) => {
    const { driver } = run;
    const ip = await madeBy(target, settings, run, input);
    if (ip === undefined) {
      run.undone();
      return { ip: null, changed: false };
    }
    requireProven(target, run, input, ip);
    requireOurs(target, ip);
    const held = ip.associations.length > 0;
    if (held) {
      const servers = await findServers(target, driver, input.servers);
      const strangers = ip.associations.filter(
        ({ server, port }) => !servers.some(({ id }) => id === server?.id) && (port === null || !input.ports.includes(port)),
      );
      if (strangers.length > 0)
        throw conflict(target, `${nameOf(ip)} is associated with ${holders(strangers)}, which is none of this operation’s`);
    }
    const whom = held ? `, now serving ${holders(ip.associations)}` : '';
    await settings.confirm(`Release ${nameOf(ip)}${whom}, of profile ${place.profile} (${manifest.title})?`);
    const free = held && manifest.releasesHeld !== true ? await verb(driver, 'disassociateFloatingIp')(ip, ip.associations) : ip;
    await verb(driver, 'releaseFloatingIp')(free);
    run.undone();
    return { ip: { ...free, state: 'free', associations: [] }, changed: true };
  });
}

/** The recorded holder as something to associate with: a server, or a port that belongs to none. */
async function sourceOf({ driver }: Run, id: string): Promise<AssociateSpec> {
  const server = await orAbsent(verb(driver, 'getServer')(id));
  return server === undefined ? { servers: [], ports: [id] } : { servers: [server], ports: [] };
}

/** An address that nobody holds is put back on the server that it was taken from. */
export async function undoMove(
  target: Target,
  settings: ChangeSettings,
  input: Pick<MoveInput | AssociateInput, 'ref'>,
): Promise<Change<FloatingIp>> {
  return change(target, settings, 'associate', input, async (run) => {
    const { driver, replay } = run;
    const was = replay?.subject;
    const [source] = was?.holders ?? [];
    if (replay === undefined || was == null || source === undefined) {
      throw new IpctlError('usage', '--undo: the address served nobody before this operation', {
        fate: 'not-sent',
        hint: `ipctl -p ${target.place.profile} ip disassociate ${input.ref} takes it off its server`,
      });
    }
    const read = (): Promise<FloatingIp> => findFloatingIp(target, driver, input.ref);
    const underWay = [...replay.steps.values()].some(({ state }) => state === 'unknown');
    const { clock, signal } = settings;
    const landed = underWay
      ? await until<FloatingIp>({
          clock,
          signal,
          // The way back wants time of its own.
          deadline: clock.now() + Math.min(GRACE, settings.timeout / 2),
          async check() {
            const now = await read();
            return now.associations.length === 0 || isHeldBy(now, source) ? undefined : now;
          },
        })
      : undefined;
    const ip = landed ?? (await read());
    requireOurs(target, ip);
    run.about(ip, 'identity');
    if (isHeldBy(ip, source)) {
      run.undone();
      return { ip, changed: false };
    }
    if (ip.associations.length > 0) {
      throw conflict(
        target,
        `${nameOf(ip)} is associated with ${holders(ip.associations)}: there is nothing to put back`,
        `ipctl -p ${target.place.profile} ip move ${nameOf(ip)} --to ${source} moves it, as an operation of its own`,
      );
    }
    const back = await verb(driver, 'associateFloatingIp')(ip, await sourceOf(run, source));
    run.undone();
    return { ip: back, changed: true };
  });
}

const isHeldBy = (ip: FloatingIp, id: string): boolean => ip.associations.some(({ server, port }) => (server?.id ?? port) === id);
