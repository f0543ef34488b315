/** One authenticated request on its way through the service, what is noted about it, and the ways to refuse it. */
import { isUuid } from '../../cloud.js';
import type { Answer, Call, Tools } from '../../dialect.js';
import type { OtcCloud, User } from './cloud.js';

export type Json = Readonly<Record<string, unknown>>;

export interface Caller {
  readonly user: User;
  /** The token's project or the one that a signed request names; undefined when there is none. */
  readonly projectId: string | undefined;
}

export interface Request {
  readonly call: Call;
  readonly cloud: OtcCloud;
  readonly tools: Tools;
  readonly caller: Caller;
  /** The caller's project; '' in calls about the whole domain. */
  readonly project: string;
  /** The path's resource id, '' when it has none; and what follows it, for paths with two variable parts. */
  readonly id: string;
  readonly key: string;
  readonly body: Json;
  /** Why no faithful client would have sent this; a request may earn several. */
  readonly marks: string[];
}

/** Ends a request with an answer; thrown only before anything was changed, or after a prefix that is meant to stay. */
export class Refusal extends Error {
  readonly answer: Answer;

  constructor(answer: Answer) {
    super(`refused with ${answer.status}`);
    this.answer = answer;
  }
}

export interface RefusalDetails {
  readonly mark?: string | undefined;
  /** The wording of the API reference before its revision, where it differs. */
  readonly old?: string;
  /** Whether the backend's words come as JSON inside the message, whatever the switch says. */
  readonly nested?: boolean;
}

/** VPC and EIP v1 and `/v2.0/{project}`: `{"code","message"}`. */
export function vpcRefusal(tools: Tools, status: number, code: string, text: string, details: RefusalDetails = {}): Refusal {
  const words = tools.knobs.messageRevision === 'old' ? (details.old ?? text) : text;
  const nested = details.nested === true || tools.knobs.nestedMessages === true;
  const message = nested ? JSON.stringify({ NeutronError: { message: words, type: neutronType(status), detail: '' } }) : words;
  return new Refusal({ status, json: { code, message }, ...marked(details.mark) });
}

/** Native Neutron, `/v2.0` without a project. */
export function neutronRefusal(status: number, type: string, message: string, mark?: string): Refusal {
  return new Refusal({ status, json: { NeutronError: { type, message, detail: '' } }, ...marked(mark) });
}

/** IAM's and the first ECS API's form; `code` is a number in IAM and a text in ECS. */
export function errorRefusal(status: number, error: { code: number | string; message: string; title?: string }, mark?: string): Refusal {
  return new Refusal({ status, json: { error }, ...marked(mark) });
}

/** Nova's form: one key that names the kind. */
export function novaRefusal(status: number, kind: string, message: string, mark?: string): Refusal {
  return new Refusal({ status, json: { [kind]: { message, code: status } }, ...marked(mark) });
}

export function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Absent, null and '' mean the same on this API. */
export function isBlank(value: unknown): value is undefined | null | '' {
  return value === undefined || value === null || value === '';
}

/** The service passes over fields that it does not know; a client that means something by them is mistaken. */
export function noteUnknownFields(request: { readonly marks: string[] }, value: Json, known: readonly string[], where: string): void {
  for (const name of Object.keys(value)) {
    if (!known.includes(name)) request.marks.push(`unknown field ${where}.${name}`);
  }
}

/** A mark for something that stands where an id belongs; none for an id that merely does not exist. */
export function idMark(id: string, what: string): string | undefined {
  return isUuid(id) ? undefined : `${what} is no id: ${id}`;
}

/**
 * A page of a v1 list: rows in ascending order of their ids, after `marker`, at most `limit`. The answer itself never says
 * whether there is more.
 */
export function pageOf<T extends { readonly id: string }>(
  request: Request,
  rows: readonly T[],
  refuse: (text: string, mark?: string) => Refusal,
): readonly T[] {
  const limit = limitOf(request, refuse);
  const sorted = byId(rows);
  const marker = request.call.query.get('marker');
  if (marker === null) return sorted.slice(0, limit);
  const start = sorted.findIndex((row) => row.id === marker);
  if (start < 0) throw refuse('Invalid marker.', idMark(marker, 'marker'));
  return sorted.slice(start + 1, start + 1 + limit);
}

/** The page size asked for, 2000 when none is; `pageSizeMax` lowers both. */
export function limitOf(request: Request, refuse: (text: string, mark?: string) => Refusal): number {
  const most = numberKnob(request.tools, 'pageSizeMax') ?? 2000;
  const text = request.call.query.get('limit');
  if (text === null) return most;
  if (!/^\d+$/.test(text)) throw refuse('Invalid limit.', `limit is no number: ${text}`);
  const limit = Number(text);
  if (limit > most) throw refuse('Invalid limit.', limit > 2000 ? 'limit above 2000' : undefined);
  if (limit === 0) request.marks.push('limit=0 always yields an empty page');
  return limit;
}

export function byId<T extends { readonly id: string }>(rows: readonly T[]): T[] {
  return [...rows].sort((one, other) => (one.id < other.id ? -1 : 1));
}

export function numberKnob(tools: Tools, name: string): number | undefined {
  const value = tools.knobs[name];
  return typeof value === 'number' ? value : undefined;
}

export function textKnob(tools: Tools, name: string): string | undefined {
  const value = tools.knobs[name];
  return typeof value === 'string' ? value : undefined;
}

export function marked(mark: string | undefined): { mark?: string } {
  return mark === undefined ? {} : { mark };
}

function neutronType(status: number): string {
  return { 400: 'InvalidInput', 404: 'NotFound', 409: 'Conflict' }[status] ?? 'NeutronException';
}
