/** Profiles, tried one beside the other: who they are, how far the provider is, and what is about to go wrong. */
import { IpctlError, isIpctlError, toIpctlError } from '../../../domain/errors.js';
import { probe } from '../../../operations/probe.js';
import type { Intent } from '../../intent.js';
import type { Session } from '../../session.js';
import { type Chosen, lookUp, openKnown } from '../../target.js';
import { type Found, found, problem } from './finding.js';

/** Of one profile, whatever keeps it: a provider, a command that yields a secret. Side by side, so of all of them too. */
const PATIENCE = 10_000;
/** Signed requests are refused from some minutes on, and tokens end earlier or later than they seem to. */
const SKEWED = 30_000;
const ENDS_SOON = 600_000;

export interface Tried {
  readonly findings: readonly Found[];
  readonly tried: number;
}

/** Each that is stored and the one in use, or only the one that a flag names. Without any there is no problem: it is how everybody starts. */
export async function profiles(intent: Intent<'doctor'>, session: Session): Promise<Tried> {
  const { global, variables } = intent;
  const named = global.profile;
  try {
    if (named !== undefined && !variables.includes('profile')) return { findings: await tryOne(named, intent, session), tried: 1 };
    const store = await session.store();
    const inUse = named ?? store.current();
    const names = [...new Set([...store.names(), ...(inUse === null ? [] : [inUse])])];
    if (names.length > 0) {
      const each = async (name: string): Promise<readonly Found[]> => {
        const found = await tryOne(name, intent, session);
        return name === inUse ? found.map((told) => (told.name === name ? markedInUse(told) : told)) : found;
      };
      return { findings: (await Promise.all(names.map(each))).flat(), tried: names.length };
    }
  } catch (thrown) {
    if (!isIpctlError(thrown)) throw thrown;
    return { findings: [problem(thrown, { area: 'profile', name: 'profiles' })], tried: 1 };
  }
  const none = found('info', {
    area: 'profile',
    name: 'profiles',
    detail: 'none is stored, and none is in use',
    hint: 'ipctl profile add NAME --provider P, ipctl profile use NAME; or try things on the sandbox: -p sandbox',
  });
  return { findings: [none], tried: 0 };
}

const markedInUse = (told: Found): Found => ({ ...told, detail: `${told.detail}; in use`, facts: { ...told.facts, current: true } });

async function tryOne(name: string, intent: Intent<'doctor'>, session: Session): Promise<readonly Found[]> {
  const { world } = session;
  const alarm = world.clock.alarm(PATIENCE);
  const signal = AbortSignal.any([world.signal, alarm.signal]);
  // Of several nobody could tell which one asks for a passcode. What a world looks up when it is asked is not looked up here.
  const bounded: Session = { ...session, interactive: false, world: Object.create(world, { signal: { value: signal, enumerable: true } }) };
  try {
    return await look(name, intent, bounded);
  } catch (thrown) {
    if (world.signal.aborted) throw thrown;
    const error = alarm.signal.aborted ? tooLate(name) : toIpctlError(thrown);
    const { status = null, requestId = null } = error.details;
    return [problem(error, { area: 'profile', name, facts: { status, requestId } })];
  } finally {
    alarm.cancel();
  }
}

const tooLate = (name: string): IpctlError =>
  new IpctlError('temporary', `profile ${name}: no answer within ${PATIENCE / 1000} s`, {
    profile: name,
    fate: 'not-sent',
    hint: `ipctl profile test ${name} waits longer`,
  });

async function look(name: string, intent: Intent<'doctor'>, session: Session): Promise<readonly Found[]> {
  const chosen: Chosen = { name, by: 'argument' };
  const area = 'profile';
  const known = await lookUp(name, session);
  const target = await openKnown(chosen, known, intent, session);
  const { title } = target.manifest;
  const told = await probe(target, { ...session.reads(target), signal: session.world.signal, timeout: PATIENCE });
  const { account, latency, tokenExpiresAt, skew } = told;
  const { pinned } = target;
  if (pinned !== null && pinned !== account.id) {
    const error = new IpctlError('auth', `profile ${name} is pinned to account ${pinned}, but its credentials open ${account.id}`, {
      ...target.place,
      fate: 'not-sent',
      hint: `if that is meant: ipctl profile test ${name} --repin`,
    });
    return [problem(error, { area, name, facts: { provider: known.id, account: account.id, pinned } })];
  }
  const { project, region, user } = account;
  const who = [`account ${account.id}`, user === null ? '' : `user ${user}`, region === null ? '' : `region ${region}`];
  return [
    found('ok', {
      area,
      name,
      detail: `${title}, ${who.filter((part) => part !== '').join(', ')}; answered in ${latency} ms`,
      facts: { provider: known.id, account: account.id, user, project, region, latency, pinned: pinned !== null },
    }),
    ...tokenOf(name, tokenExpiresAt, session.world.clock.now()),
    ...clockOf(name, skew),
  ];
}

function tokenOf(name: string, expiresAt: Date | null, now: number): readonly Found[] {
  if (expiresAt === null || Number.isNaN(expiresAt.getTime())) return [];
  const left = expiresAt.getTime() - now;
  const detail = `ends ${expiresAt.toISOString()}, in ${Math.round(left / 60_000)} min`;
  const facts = { expiresAt: expiresAt.toISOString(), left };
  const told = { area: 'profile', name: `${name} token`, detail, facts } as const;
  return [
    left > ENDS_SOON ? found('ok', told) : found('info', { ...told, hint: 'the next command gets another, unless it is one you gave' }),
  ];
}

function clockOf(name: string, skew: number | null): readonly Found[] {
  if (skew === null) return [];
  const seconds = Math.round(skew / 1000);
  const facts = { skew: Math.round(skew) };
  const told = { area: 'profile', name: `${name} clock`, facts } as const;
  if (Math.abs(skew) < SKEWED) return [found('ok', { ...told, detail: `within ${Math.max(1, Math.abs(seconds))} s of the provider’s` })];
  const detail = `this machine is ${Math.abs(seconds)} s ${seconds > 0 ? 'behind' : 'ahead of'} the provider`;
  return [found('warning', { ...told, detail, hint: 'set its clock: signatures and tokens depend on it' })];
}
