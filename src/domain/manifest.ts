/**
 * What a provider is, as data: cheap to load, read by help, completion, validation, `provider show`, the README's matrix
 * and the gate in front of every verb. A manifest never imports its driver, so that all this costs no HTTP client.
 */
import type { Capability, Connect } from './driver.js';
import type { OptionSet } from './option.js';

/** Flags of our verbs that only some providers can honour. One that means nothing to the provider is refused, never dropped. */
export type Flag =
  | 'ip-version-6'
  | 'address'
  | 'pool'
  | 'network'
  | 'subnet'
  | 'name'
  | 'description'
  | 'label'
  | 'server'
  | 'port'
  | 'private-address'
  | 'kind';

export interface Yes {
  readonly can: true;
  readonly takes: readonly Flag[];
  readonly note: string | null;
}
export interface No {
  readonly can: false;
  /** Why, in a sentence, and what to do instead. */
  readonly reason: string;
  readonly instead: string | null;
  /** The page that shows that the API lacks it. */
  readonly link: string;
}

export const yes = (facts: { readonly takes?: readonly Flag[]; readonly note?: string } = {}): Yes => ({
  can: true,
  takes: facts.takes ?? [],
  note: facts.note ?? null,
});
export const no = (reason: string, link: string, instead?: string): No => ({ can: false, reason, instead: instead ?? null, link });

/** Total: a new verb makes every provider answer. */
export type Supports = Readonly<Record<Capability, Yes | No>>;

/**
 * How `move` is guarded. atomic: the provider refuses when the address changed meanwhile. stepwise: each call names the
 * holder, the address is free in between. checked: two machines can both act, each verifies and reports the true holder.
 */
export type MoveGuard = 'atomic' | 'stepwise' | 'checked' | 'none';

export interface Manifest<O extends OptionSet = OptionSet, S extends Supports = Supports> {
  readonly id: string;
  readonly title: string;
  readonly docs: string;
  readonly options: O;
  /** Sets of options of which one must be complete: the ways to authenticate. */
  readonly oneOf: readonly (readonly (keyof O & string)[])[];
  readonly supports: S;
  readonly move: MoveGuard;
  /**
   * Where the provider itself keeps the trace of an allocation, so that its `--key` is known on every machine: in a text of
   * its own, or in that a server has one address at most. Absent: only this machine's record knows.
   */
  readonly marks?: Readonly<Partial<Record<'allocateFloatingIp' | 'createPrivateIps', 'text' | 'server'>>>;
  /** Releasing takes an address off its holder in the same request, and guards it no worse: no disassociation comes first. */
  readonly releasesHeld?: true;
  /** How many servers one address serves at once. */
  readonly holders: 'one' | 'several';
  /** What ids of servers look like, where they are no UUIDs: a reference of that form is asked for by itself first. */
  readonly serverIds?: RegExp;
  /** The default of `--timeout`, in seconds. */
  readonly timeout: number;
  readonly api: {
    /** What `ipctl api` calls its services, the default first. */
    readonly services: readonly [string, ...string[]];
    /** A path of the default service that is read quickly and answers little: `ipctl doctor` asks for it. */
    readonly probe: string;
  };
  /** States of its data plane that say that it followed: what `ip wait` waits for. Absent where the API shows no such state. */
  readonly followed?: { readonly free: readonly string[]; readonly associated: readonly string[] };
}

export const defineManifest = <const O extends OptionSet, const S extends Supports>(manifest: Manifest<O, S>): Manifest<O, S> => manifest;

/** A line of the registry: the manifest at hand, the driver on demand. */
export interface Provider<O extends OptionSet = OptionSet, S extends Supports = Supports> {
  readonly manifest: Manifest<O, S>;
  load(): Promise<{ readonly connect: Connect<Manifest<O, S>> }>;
}

export const provider = <O extends OptionSet, S extends Supports>(
  manifest: Manifest<O, S>,
  load: () => Promise<{ readonly connect: Connect<Manifest<O, S>> }>,
): Provider<O, S> => ({ manifest, load });
