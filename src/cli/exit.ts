/** Kind -> exit code, and an error as a person or a script reads it. */
import { IpctlError, isIpctlError, type Kind } from '../domain/errors.js';
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

/** Which signal it was stands in what the work was aborted with, the cause of the error: it is what the process ends with. */
export const exitCodeOf = ({ kind, details: { cause } }: IpctlError): number =>
  kind === 'signal' && cause instanceof Error && 'exitCode' in cause && typeof cause.exitCode === 'number' ? cause.exitCode : codes[kind];

/** What a command came to that a signal ended: the process ends by it, whatever had become of the parts by then. */
export const stoppedBy = (reason: unknown, { message, details }: IpctlError): IpctlError => {
  const parts = details.errors?.map((part) => (part.kind === 'signal' ? part.with({ cause: reason }) : part));
  return new IpctlError('signal', message, { ...details, errors: parts, cause: reason });
};

/** Safe to repeat as it is: nothing was changed, and it may go better. */
export const isRetryable = (error: IpctlError): boolean =>
  error.kind === 'temporary' && ['not-sent', 'not-applied'].includes(error.details.operation?.state ?? 'not-sent');

export const errorObject = (error: IpctlError): object => errorJson(error, exitCodeOf, isRetryable);

const RED = '\u001b[31m';
const DIM = '\u001b[2m';
const PLAIN_COLOR = '\u001b[39m';
const PLAIN_WEIGHT = '\u001b[22m';

export interface ErrorForm {
  /** json: one line of JSON, never coloured. */
  readonly form: 'json' | 'text';
  /** A defect shows its stack. */
  readonly debug: boolean;
  readonly color: boolean;
}

/** A sentence, then each failed part, then what to do. Names of parts that failed alike stand together. */
export function errorText(error: IpctlError, { form, debug, color }: ErrorForm): string {
  if (form === 'json') return `${json({ error: errorObject(error) })}\n`;
  const dim = (text: string): string => (color ? `${DIM}${text}${PLAIN_WEIGHT}` : text);
  const lines = [`${color ? `${RED}ipctl:${PLAIN_COLOR}` : 'ipctl:'} ${plain(error.message)}`];
  for (const { names, part } of alike(error.details.errors ?? [])) {
    lines.push(`  ${names.map(plain).join(', ')}: ${plain(part.message)}`);
    if (part.details.hint !== undefined) lines.push(dim(`    ${plain(part.details.hint)}`));
  }
  if (error.kind === 'defect' && !debug) lines.push(dim('  this is a defect, of ipctl or of the provider; --debug shows more'));
  if (error.details.hint !== undefined) lines.push(dim(`  ${plain(error.details.hint)}`));
  if (error.details.operation?.id != null) lines.push(`  operation ${error.details.operation.id}: ${error.details.operation.state}`);
  if (debug && error.kind === 'defect') lines.push(stackOf(error));
  return `${lines.join('\n')}\n`;
}

/** Failed parts that have a name, those that fail with the same words one after another as one. */
function alike(parts: readonly IpctlError[]): readonly { readonly names: readonly string[]; readonly part: IpctlError }[] {
  const groups: { readonly names: string[]; readonly part: IpctlError }[] = [];
  for (const part of parts) {
    const { target, hint } = part.details;
    if (target === undefined) continue;
    const last = groups.at(-1);
    if (last !== undefined && last.part.message === part.message && last.part.details.hint === hint) last.names.push(target);
    else groups.push({ names: [target], part });
  }
  return groups;
}

const stackOf = (error: Error): string => {
  const own = (error.stack ?? '').split('\n').map(plain).join('\n');
  return error.cause instanceof Error && !isIpctlError(error.cause) ? `${own}\ncaused by ${stackOf(error.cause)}` : own;
};
