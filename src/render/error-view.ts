/** The error object of the contract: one shape on stderr and inside results. */
import { type IpctlError, kinds } from '../domain/errors.js';
import {
  fates,
  integer,
  type Key,
  keysOf,
  listOf,
  oneOf,
  orNull,
  recordNamed,
  type Shape,
  shape,
  structure,
  text,
  truth,
} from './shape.js';

interface Told {
  readonly error: IpctlError;
  exitCode(error: IpctlError): number;
  retryable(error: IpctlError): boolean;
}
const key = keysOf<Told>();
const target: Key<Told> = { kind: text, read: ({ error }) => error.details.target, optional: true };

export const errorShape: Shape<Told> = shape<Told>(
  'Why something failed. operation.state says what became of the change that was asked for.',
  {
    target,
    kind: key(oneOf(kinds), ({ error }) => error.kind),
    exitCode: key(integer, ({ error, exitCode }) => exitCode(error)),
    retryable: key(truth, ({ error, retryable }) => retryable(error)),
    message: key(text, ({ error }) => error.message),
    hint: key(orNull(text), ({ error }) => error.details.hint ?? null),
    profile: key(orNull(text), ({ error }) => error.details.profile ?? null),
    provider: key(orNull(text), ({ error }) => error.details.provider ?? null),
    status: key(orNull(integer), ({ error }) => error.details.status ?? null),
    code: key(orNull(text), ({ error }) => error.details.code ?? null),
    requestId: key(orNull(text), ({ error }) => error.details.requestId ?? null),
    operation: key(orNull(structure({ id: orNull(text), state: oneOf(fates) })), ({ error }) => error.details.operation ?? null),
    errors: key(listOf(recordNamed('error')), ({ error, ...how }) =>
      (error.details.errors ?? []).map((part) => errorShape.json({ error: part, ...how }, false)),
    ),
  },
);

export const errorJson = (error: IpctlError, exitCode: Told['exitCode'], retryable: Told['retryable']): object =>
  errorShape.json({ error, exitCode, retryable }, false);
