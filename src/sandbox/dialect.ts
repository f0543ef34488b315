/**
 * The seam of the sandbox: `server.ts` carries HTTP, state, faults and journal; a dialect carries one provider's
 * speech and policy, as a pure function over a cloud that is plain JSON. Nothing in `sandbox/` imports anything of
 * ours outside it: what a driver gets wrong must not be wrong here by sharing.
 */

/** One request, as it came over the wire. */
export interface Call {
  readonly method: string;
  /** The path as sent, still percent-encoded, without the query. */
  readonly rawPath: string;
  /** Its segments, percent-decoded; empty segments (doubled or trailing slashes) are kept out, except in `rawPath`. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  /** Names in lower case; repeated headers joined by ', '. */
  readonly headers: Readonly<Record<string, string>>;
  /** Raw text; '' when the request had none. */
  readonly body: string;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON with `application/json` unless `headers` says otherwise. Exclusive with `text`. */
  readonly json?: unknown;
  /** Sent as it is, with `text/plain; charset=UTF-8` unless `headers` says otherwise. */
  readonly text?: string;
  /**
   * Why no faithful client would have sent this (unknown path, parameter or field, missing header, dotted quad where an
   * id belongs, ...). Kept in the journal; every test suite ends by asserting that its driver earned none.
   */
  readonly mark?: string;
}

export interface Tools {
  /** Milliseconds since 1970 by the server's real clock: for token life and signature skew only. Records use `moment`. */
  readonly now: number;
  /** What the client used to reach us, e.g. `http://127.0.0.1:40001`. */
  readonly origin: string;
  /** The dialect's switches, set by tests; an absent one has the reference's default. */
  readonly knobs: Readonly<Record<string, unknown>>;
}

export interface Dialect<C extends CloudBase = CloudBase> {
  readonly id: string;
  readonly title: string;
  /** The playground a new user meets: accounts, servers, networks, subnets, ports; no floating address allocated yet. */
  seed(): C;
  /** Answers one request and changes `cloud` in place. Called inside a transaction: a throw rolls back and answers 500. */
  answer(call: Call, cloud: C, tools: Tools): Answer;
  /** Values of the provider's ordinary profile options (endpoints and credentials) that lead a client here. */
  options(origin: string): Readonly<Record<string, string>>;
  /** Names of options in `options()` whose value is a credential; `sandbox serve` prints them, nothing else does. */
  readonly credentials: readonly string[];
}

/** What every dialect's cloud has; `cloud.ts` works on it. Plain JSON, nothing else. */
export interface CloudBase {
  /** How many ids were given out; the next id follows from it, so that transcripts repeat to the letter. */
  serial: number;
  /** Logical seconds since the seed's start; each mutation adds one, and records take their times from it. */
  moment: number;
}
