/** The one error class of ipctl and its closed list of kinds. The kind decides exit code, retry and hint (`cli/exit.ts`). */

import type { Reply } from './exchange.js';
import type { FloatingIp, PrivateIp } from './records.js';

export const kinds = [
  'defect',
  'usage',
  'not-found',
  'auth',
  'temporary',
  'conflict',
  'limit',
  'unsupported',
  'partial',
  'timeout',
  'unknown',
  'refused',
  'config',
  'signal',
] as const;
export type Kind = (typeof kinds)[number];

/**
 * What became of a mutating request or of a whole operation. `not-sent`: nothing left this machine. `not-applied`: the
 * provider refused, or looking proved it. `applied`; `partial`: some steps of several. `unknown`: sent, outcome not known.
 */
export type Fate = 'not-sent' | 'not-applied' | 'applied' | 'partial' | 'unknown';

export interface OperationFate {
  /** Null when nothing was recorded, since no mutation was begun (or under `--no-journal`). */
  readonly id: string | null;
  readonly state: Fate;
}

export interface ErrorDetails {
  /** What to do about it: one sentence, often a command. */
  readonly hint?: string | undefined;
  readonly profile?: string | undefined;
  readonly provider?: string | undefined;
  /** HTTP status and the provider's own code, as they came. */
  readonly status?: number | undefined;
  readonly code?: string | undefined;
  readonly requestId?: string | undefined;
  /** Of a request whose outcome is not known: how many it asked for. */
  readonly asked?: number | undefined;
  /** For one request: whether it may have taken effect. Absent means that the provider refused it. */
  readonly fate?: Fate | undefined;
  /** Milliseconds after which the provider allows another try. */
  readonly retryAfter?: number | undefined;
  /** What the error is about, when it is one of several targets. */
  readonly target?: string | undefined;
  readonly operation?: OperationFate | undefined;
  /** One error for each failed target, profile or step, when the kind is `partial`. */
  readonly errors?: readonly IpctlError[] | undefined;
  /** What there is all the same, when a later step failed or was not shown in time: it costs money, so it is shown. */
  readonly exists?: readonly (FloatingIp | PrivateIp)[] | undefined;
  /** The refusal as it came, for `ipctl api --include`. Never part of an error's JSON. */
  readonly reply?: Reply | undefined;
  readonly cause?: unknown;
}

export class IpctlError extends Error {
  override readonly name = 'IpctlError' as const;
  readonly kind: Kind;
  readonly details: ErrorDetails;

  constructor(kind: Kind, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.kind = kind;
    this.details = details;
  }

  /** The same error, knowing more. */
  with(details: ErrorDetails): IpctlError {
    const copy = new IpctlError(this.kind, this.message, { ...this.details, ...details });
    if (this.stack !== undefined) copy.stack = this.stack;
    return copy;
  }
}

export const isIpctlError = (value: unknown): value is IpctlError => value instanceof IpctlError;

/** Anything thrown, as an IpctlError: what is not one already is a defect of ours. */
export function toIpctlError(thrown: unknown): IpctlError {
  if (isIpctlError(thrown)) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new IpctlError('defect', `unexpected: ${message}`, { cause: thrown });
}
