/** Kind -> exit code, and an error as a person or a script reads it. */
import { type IpctlError, isIpctlError, type Kind } from '../domain/errors.js';
import { errorJson } from '../render/error-view.js';
import { json, plain } from '../render/text.js';

const codes: Readonly<Record<Kind, number>> = {
  defect: 1,
  usage: 2,
  'not-found': 3,
  auth: 4,
  temporary: 5,
  conflict: 6,
  limit: 7,
  unsupported: 8,
  partial: 9,
  timeout: 11,
  unknown: 12,
  refused: 13,
  config: 14,
  signal: 130,
};

export const exitCodeOf = (error: IpctlError): number => codes[error.kind];

/** Safe to repeat as it is: nothing was changed, and it may go better. */
export const isRetryable = (error: IpctlError): boolean =>
  error.kind === 'temporary' && ['not-sent', 'not-applied'].includes(error.details.operation?.state ?? 'not-sent');

export const errorObject = (error: IpctlError): object => errorJson(error, exitCodeOf, isRetryable);

/** `form` json: one line of JSON. Otherwise a sentence, then each failed part, then what to do. A defect shows its stack under `--debug`. */
export function errorText(error: IpctlError, form: 'json' | 'text', debug: boolean): string {
  if (form === 'json') return `${json({ error: errorObject(error) })}\n`;
  const lines = [`ipctl: ${plain(error.message)}`];
  for (const part of error.details.errors ?? []) {
    const target = part.details.target;
    if (target === undefined) continue;
    lines.push(`  ${plain(target)}: ${plain(part.message)}`);
    if (part.details.hint !== undefined) lines.push(`    ${plain(part.details.hint)}`);
  }
  if (error.kind === 'defect' && !debug) lines.push('  this is a defect, of ipctl or of the provider; --debug shows more');
  if (error.details.hint !== undefined) lines.push(`  ${plain(error.details.hint)}`);
  if (error.details.operation?.id != null) lines.push(`  operation ${error.details.operation.id}: ${error.details.operation.state}`);
  if (debug && error.kind === 'defect') lines.push(stackOf(error));
  return `${lines.join('\n')}\n`;
}

const stackOf = (error: Error): string => {
  const own = (error.stack ?? '').split('\n').map(plain).join('\n');
  return error.cause instanceof Error && !isIpctlError(error.cause) ? `${own}\ncaused by ${stackOf(error.cause)}` : own;
};
