/**
 * The contract between ipctl and a provider. A driver is a factory that returns an object with one function a supported
 * capability: a declared verb that is missing does not compile. It speaks our nouns, sends nothing that changes anything
 * except through `mutate`, and never prints.
 *
 * Kinds of errors every verb may throw: `auth`, `temporary`, `limit`, `defect` (the reply breaks the provider's own
 * protocol), `timeout` (accepted, not shown by the deadline), `unknown` (a mutation's outcome is not known).
 */
import type { Clock } from './clock.js';
import type { Http, Reply, Request, Send } from './exchange.js';
import type { Manifest, No, Supports, Yes } from './manifest.js';
import type { OptionSet, Values } from './option.js';
import type {
  Account,
  Association,
  FloatingIp,
  IpVersion,
  Labels,
  Network,
  Place,
  PrivateIp,
  Server,
  ServerRef,
  Subnet,
} from './records.js';

/** Hints a driver may hand to the provider; operations filter again, since a server may ignore or widen a filter. */
export interface FloatingIpQuery {
  readonly address?: string;
  readonly server?: ServerRef;
  readonly version?: IpVersion;
  /** Default: what `ip allocate` makes. `fixed` and others where the provider's list has them. */
  readonly kind?: string;
  readonly labels?: Labels;
  /** Nobody will take more than so many: a page need not be longer. */
  readonly limit?: number;
  /** False when nobody will look at server names: saves a request where names are a list of their own. */
  readonly serverNames: boolean;
}

export type FloatingIpRef = { readonly id: string } | { readonly address: string };

export interface FloatingIpSpec {
  readonly version: IpVersion;
  readonly address?: string;
  readonly pool?: string;
  readonly network?: string;
  readonly subnet?: string;
  readonly name?: string;
  readonly description?: string;
  readonly labels: Labels;
  /** Whom it is for. Rackspace links the address to their ports; others ignore them here, since `associate` follows. */
  readonly servers: readonly Server[];
  readonly ports: readonly string[];
  /** Our trace, stored by the provider where it has a place for one; see `Step.before` for those that have none. */
  readonly mark: string;
  /** Nothing else will know what was made: `usage` where the mark would not be stored, before anything is sent. */
  readonly markOnly?: true;
}

export interface AssociateSpec {
  readonly servers: readonly Server[];
  readonly ports: readonly string[];
  readonly privateAddress?: string;
}

export interface FloatingIpChange {
  readonly name?: string;
  readonly description?: string;
  /** The whole set after the change. */
  readonly labels?: Labels;
}

export interface PrivateIpQuery {
  readonly subnet?: string;
  readonly address?: string;
  /** False when nobody will look at servers, which are a list of their own. */
  readonly serverNames?: boolean;
}

export interface PrivateIpSpec {
  readonly subnet: string;
  readonly address?: string;
  readonly name?: string;
  readonly mark: string;
  /** As of `FloatingIpSpec`. */
  readonly markOnly?: true;
}

export interface ServerQuery {
  /** An exact name. The driver may ask the provider for it, knowing that most match substrings. */
  readonly name?: string;
}

export interface Operations {
  /** Who we are, by the provider's own word: the guard against the wrong account. */
  account(): Promise<Account>;

  /** In the provider's order, page by page: breaking out of the loop ends the requests. */
  listFloatingIps(query: FloatingIpQuery): AsyncIterable<FloatingIp>;
  /** `not-found` when it is not there, or is another project's. `conflict` never: ambiguity is for `operations/resolve.ts`. */
  getFloatingIp(ref: FloatingIpRef): Promise<FloatingIp>;
  /** Resolves once the provider shows the address. Never repeated: see `Step`. `limit` for quota or an empty pool. */
  allocateFloatingIp(spec: FloatingIpSpec): Promise<FloatingIp>;
  /**
   * Resolves once the provider shows each association. The caller has read `ip` and made sure that nobody else holds it;
   * where the provider can check that again in the same request, the driver does (`conflict`).
   */
  associateFloatingIp(ip: FloatingIp, spec: AssociateSpec): Promise<FloatingIp>;
  /** From each of the given holders; resolves once the provider shows them gone. */
  disassociateFloatingIp(ip: FloatingIp, from: readonly Association[]): Promise<FloatingIp>;
  /** From whoever holds `ip` by the record, to `spec`, guarded as the manifest's `move` says. `conflict` when the holder changed meanwhile. */
  moveFloatingIp(ip: FloatingIp, spec: AssociateSpec): Promise<FloatingIp>;
  /** What options of the provider's own that are for `ip update` ask for is part of the change; nothing is sent for what is so already. */
  updateFloatingIp(ip: FloatingIp, change: FloatingIpChange): Promise<FloatingIp>;
  /** The caller has made sure that nobody holds it. Resolves once it is gone. */
  releaseFloatingIp(ip: FloatingIp): Promise<void>;

  listPrivateIps(query: PrivateIpQuery): AsyncIterable<PrivateIp>;
  getPrivateIp(ref: { readonly id: string } | { readonly address: string; readonly subnet?: string }): Promise<PrivateIp>;
  /** As few requests as the API allows. In the order asked for. */
  createPrivateIps(specs: readonly PrivateIpSpec[]): Promise<readonly PrivateIp[]>;
  /** `conflict` when something uses it: a server, or those that a virtual IP is bound to. */
  deletePrivateIp(ip: PrivateIp): Promise<void>;

  listServers(query: ServerQuery): AsyncIterable<Server>;
  /** `not-found` when no server has exactly this id. */
  getServer(id: string): Promise<Server>;
  listNetworks(): AsyncIterable<Network>;
  listSubnets(): AsyncIterable<Subnet>;
}

export type Capability = keyof Operations;

/**
 * Reads for many targets at once, where the API has a request that serves several. A driver without them is asked one by
 * one, so that none of them is a capability: nothing can be done with them that cannot be done without.
 */
export interface Together {
  /**
   * Those of the references that this finds, in any order. What is missing here may be there all the same (a page that
   * moved on while it was read): only a look of its own tells.
   */
  getFloatingIps(refs: readonly FloatingIpRef[]): Promise<readonly FloatingIp[]>;
  /** The ids that are there still. One that is missing here is gone for certain, as of the moment this was called. */
  floatingIpsLeft(ids: readonly string[]): Promise<ReadonlySet<string>>;
  privateIpsLeft(ids: readonly string[]): Promise<ReadonlySet<string>>;
}

/** A service of the provider, entered with the credentials of the profile: what `ipctl api` and `ipctl doctor` speak to. */
export interface Service {
  /** Absolute; paths are appended to it. */
  readonly base: string;
  /** The provider's authorized client. */
  readonly send: Send;
  /** What `{project}` in a path stands for: the project, tenant or account of these credentials. Null where none is known. */
  readonly project: string | null;
  /** Null where nothing expires, or nobody tells. */
  readonly tokenExpiresAt: Date | null;
}

/** The way past our nouns. `http/direct.ts` makes it of a provider's services. */
export interface Direct {
  /** By a name that the manifest gives. Sends nothing but logins. `config` where these credentials have no such service. */
  service(name: string): Promise<Service>;
  /** A request of the user's own, to a URL below `base`. One that changes something goes through `mutate` like any other. */
  request(service: Service, request: Request): Promise<Reply>;
}

/** What looking found after a mutation whose answer was lost. `unknown` names what may be it. */
export type Outcome<R> =
  | { readonly is: 'applied'; readonly result: R }
  | { readonly is: 'not-applied' }
  | { readonly is: 'unknown'; readonly candidates: readonly Candidate<R>[] };

export interface Candidate<R> {
  /** How a person would call it: the address. */
  readonly name: string;
  readonly result: R;
}

/**
 * One mutating request, as data, and how to see its effect. The runner (`operations/run.ts`) records it, sends it at most
 * once, closes it, and looks when the answer is lost; `--dry-run` prints `request` and goes on with `standIn`.
 */
export interface Step<R> {
  /** Stable within the verb: 'allocate', 'associate web-1'. */
  readonly key: string;
  readonly request: Request;
  /** The provider's authorized client. */
  readonly via: Send;
  /** Reads the success reply. Must not do I/O: a recorded reply is read again by `operation resume`. */
  read(reply: Reply): R;
  /** What a dry run goes on with; ids not known yet are written `{ip.id}`. */
  readonly standIn: R;
  /** Makes something new each time it is sent: a resumed operation looks for it, and never sends it again. */
  readonly creates?: true;
  /**
   * Only for a request that creates something without a mark: ids of all there is, taken under the account's lock just
   * before the send, and recorded. What is new afterwards is a candidate, never proof.
   */
  before?(): Promise<readonly string[]>;
  /** Reads the provider's state once, to tell whether the request took effect. Called again until the deadline while it says not-applied. */
  look(before: readonly string[]): Promise<Outcome<R>>;
}

/** What can be waited for: a release waits with the record that is to go. */
export type Shown = FloatingIp | PrivateIp | readonly PrivateIp[];

export interface Waiting<R extends Shown> {
  /** What is known so far: returned at once under `--no-wait` and in a dry run, shown by the error when time is up. */
  readonly accepted: R;
  /** The finished record, or undefined while the provider does not show it yet. */
  check(): Promise<R | undefined>;
  /** What is waited for: 'web-1 to hold 203.0.113.7'. */
  readonly what: string;
  /** It is waited for that `accepted` is there no more: whoever waits for several may look for all of them at once instead. */
  readonly gone?: true;
  /** The middle of a verb, which cannot go on without it: waited for under `--no-wait` too. */
  readonly always?: boolean;
}

/** Tokens that outlive a process. Keyed by endpoint, user and scope; a driver's auth layer is the only caller. */
export interface Tokens {
  get(key: string): Promise<unknown>;
  put(key: string, value: unknown, expiresAt: Date): Promise<void>;
  drop(key: string): Promise<void>;
  /** Runs alone among all who keep things under this key, other processes too where what is kept outlives one. */
  alone?<T>(key: string, work: () => Promise<T>): Promise<T>;
}

export interface Context<O extends OptionSet> {
  readonly place: Place;
  readonly options: Values<O>;
  readonly http: Http;
  readonly tokens: Tokens;
  readonly clock: Clock;
  progress(note: string): void;
  /** Tells of a secret learnt on the way (a token), so that no trace, error or journal shows it. */
  conceal(secret: string): void;
  /** Asks the user for what only he has at hand (a one-time passcode), without an echo. Absent where nobody can be asked. */
  ask?(question: string): Promise<string>;
  /** The only way to change anything. */
  mutate<R>(step: Step<R>): Promise<R>;
  /** The only way to wait: one polling loop for all. A `timeout` error carries what was accepted. */
  settle<R extends Shown>(waiting: Waiting<R>): Promise<R>;
}

type Supported<S extends Supports> = { [K in Capability]: S[K] extends No ? never : S[K] extends Yes ? K : never }[Capability];
export type Driver<S extends Supports> = Pick<Operations & Direct & Partial<Together>, Supported<S> | keyof Direct | keyof Together>;
/** A driver whose manifest is not known at compile time: the gate (`operations/capable.ts`) stands before each verb. */
export type AnyDriver = Partial<Operations & Direct & Together>;
export type Connect<M> = M extends Manifest<infer O, infer S> ? (context: Context<O>) => Driver<S> : never;
