/** What a look came to: something to show, and the error it amounts to where it is a problem. */
import type { IpctlError } from '../../../domain/errors.js';
import type { Finding } from '../../../render/doctor-view.js';

export interface Found extends Finding {
  /** Only of a `problem`. */
  readonly error?: IpctlError;
}

type Told = Pick<Finding, 'area' | 'name' | 'detail'> & Partial<Pick<Finding, 'hint' | 'facts'>>;

export const found = (status: 'ok' | 'info' | 'warning', { hint = null, facts = {}, ...told }: Told): Found => ({
  ...told,
  status,
  hint,
  facts,
});

export const problem = (error: IpctlError, { facts = {}, ...told }: Omit<Told, 'detail' | 'hint'>): Found => ({
  ...told,
  status: 'problem',
  detail: unnamed(error.message, `${told.area} ${told.name}`),
  hint: error.details.hint ?? null,
  facts: { ...facts, kind: error.kind },
  error,
});

/** What stands beside the name of a thing does not begin with it once more, however often a message has been handed on. */
function unnamed(message: string, name: string): string {
  const start = `${name}: `;
  return message.startsWith(start) ? unnamed(message.slice(start.length), name) : message;
}
