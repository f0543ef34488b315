/** One HTTP exchange as data, and the shape of everything that handles one. The layers stand in `http/`. */
import type { IpctlError } from './errors.js';

export interface Request {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Absolute, query included. Built with `http/url.ts`, so that no id can leave its path segment. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. Absent means a body of length zero, never `{}` or `null`. */
  readonly body?: unknown;
  /** A POST that changes nothing (a login, a search): may be repeated like a read. */
  readonly reads?: true;
  /** A login: its bodies, there and back, are never traced, since the token in the answer is not known as a secret yet. */
  readonly confidential?: true;
}

export interface Reply {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** As received, bounded in size. */
  readonly text: string;
  /** The parsed body when it is JSON; undefined for an empty body or anything else. */
  readonly json: unknown;
}

/** The finished chain resolves with a reply of status 2xx and throws an IpctlError for every other outcome; inside it replies of any status pass. */
export type Send = (request: Request) => Promise<Reply>;
export type Layer = (next: Send) => Send;

/** Reads a provider's refusal into a kind: status first, then the documented body. One for each provider. */
export type Fault = (reply: Reply, request: Request) => IpctlError;

export interface ClientParts {
  readonly fault: Fault;
  readonly authorize?: Layer;
  /** The user's own word that plain http may leave this machine; loopback needs none. */
  readonly insecureHttp?: boolean;
  /** Stands where a request leaves, its turn having come: what waits no more sees all that was refused meanwhile. */
  readonly leaving?: (refusals: Refusals) => Layer;
}

/** What was refused for good, by whose it was: a memory of all the operations of one command, and of nothing else. */
export type Refusals = Map<string, IpctlError>;

/** A client of one provider: the layers over the shared connections, with its own faults and credentials. */
export type Http = (parts: ClientParts) => Send;

export const isRead = (request: Request): boolean => request.method === 'GET' || request.reads === true;

/** The exact bytes of the body, for the wire and for signatures alike. */
export const payload = (request: Request): string => (request.body === undefined ? '' : JSON.stringify(request.body));
