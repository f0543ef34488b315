/** One question for all targets of a command: each is found and checked before it, and what it was about is known after it. */
import type { AnyIp } from '../domain/change.js';
import { IpctlError, toIpctlError } from '../domain/errors.js';
import type { Association } from '../domain/records.js';
import { type ChangeSettings, inOrder } from './change.js';
import { operate, type Run } from './run.js';
import type { Target } from './target.js';

/** Targets that the question lists by name. */
const LISTED = 20;

export interface Asked<T> {
  readonly action: string;
  readonly refs: readonly string[];
  /** How many are looked at at once. */
  readonly most: number;
  /** Finds and checks one; null for what is not there and need not be. */
  look(ref: string, run: Run): Promise<T | null>;
  /** One target: its address, and who holds it. */
  describe(ip: T): string;
  /** What is to be done to so many: 'Release 3 floating IPs'. */
  title(count: number): string;
}

/** What was found of each reference: what the user agreed to, null for what was not there, or why it is left out. */
export type Agreed<T> = ReadonlyMap<string, T | IpctlError | null>;

/**
 * Undefined when nothing has to be asked: nothing is read then either. `refused` when the user does not agree, for all of
 * them. A target that is not there or must not be touched is no part of the question, and no reason not to ask it.
 */
export async function agreeOn<T extends AnyIp>(
  target: Target,
  settings: ChangeSettings,
  { action, refs, most, look, describe, title }: Asked<T>,
): Promise<Agreed<T> | undefined> {
  if (settings.dryRun || settings.agreed === true) return undefined;
  const { place, manifest } = target;
  // Nothing is changed by these: an operation that only reads tells its failures with profile and state as any other.
  const looked = await inOrder(refs, most, (ref) =>
    operate(target, settings, action, { ref }, (run) => look(ref, run)).catch((thrown: unknown) => toIpctlError(thrown)),
  );
  const stopped = looked.find((each) => each instanceof IpctlError && each.kind === 'signal');
  if (stopped !== undefined) throw stopped;
  const found = looked.flatMap((each) => (each === null || each instanceof IpctlError ? [] : [each]));
  // By whatever names it was given: one object is asked about once.
  const subjects = [...new Map(found.map((ip) => [`${ip.id} ${ip.address}`, ip])).values()];
  const [first, ...others] = subjects;
  if (first !== undefined) {
    await operate(target, settings, action, { refs }, async () => {
      if (target.refused !== null) throw target.refused;
      const of = `of profile ${place.profile} (${manifest.title})?`;
      if (others.length === 0) return settings.confirm(`${title(1)} ${describe(first)}, ${of}`);
      const more = subjects.length - LISTED;
      const lines = subjects.slice(0, LISTED).map((ip) => `  ${describe(ip)}`);
      return settings.confirm(`${title(subjects.length)} ${of}`, more > 0 ? [...lines, `  and ${more} more`] : lines);
    });
  }
  return new Map(refs.map((ref, index) => [ref, looked[index] ?? null]));
}

const holderOf = ({ server, port }: Association): string => server?.id ?? port ?? '';

/** `conflict` when it is not any more what the user was asked about: another object, or held by somebody else. */
export function requireAgreed(target: Target, agreed: AnyIp | null | undefined, now: AnyIp): void {
  if (agreed == null) return;
  const known = 'associations' in agreed ? agreed.associations.map(holderOf) : [];
  const strangers = 'associations' in now ? now.associations.map(holderOf).filter((holder) => !known.includes(holder)) : [];
  if (now.id === agreed.id && strangers.length === 0) return;
  throw new IpctlError('conflict', `${now.address ?? now.id} is not any more what the question was about`, {
    provider: target.place.provider,
    fate: 'not-sent',
    hint: 'it changed meanwhile: look at it, and ask again',
  });
}
