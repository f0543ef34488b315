/** The error object of the contract: one shape on stderr and inside results. */
import type { IpctlError } from '../domain/errors.js';

export function errorJson(error: IpctlError, exitCode: (error: IpctlError) => number, retryable: (error: IpctlError) => boolean): object {
  const { hint, profile, provider, status, code, requestId, operation, target, errors } = error.details;
  return {
    ...(target === undefined ? {} : { target }),
    kind: error.kind,
    exitCode: exitCode(error),
    retryable: retryable(error),
    message: error.message,
    hint: hint ?? null,
    profile: profile ?? null,
    provider: provider ?? null,
    status: status ?? null,
    code: code ?? null,
    requestId: requestId ?? null,
    operation: operation ?? null,
    errors: (errors ?? []).map((part) => errorJson(part, exitCode, retryable)),
  };
}
