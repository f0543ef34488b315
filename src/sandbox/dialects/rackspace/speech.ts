/** What a Rackspace answer looks like: the four error families, the bodies clients send, and the notes on unfaithful requests. */
import { uuid } from '../../cloud.js';
import type { Answer, Call } from '../../dialect.js';
import type { RackspaceCloud, Region, User } from './cloud.js';
import type { Knobs } from './knobs.js';

/** One request on its way through the dialect. */
export interface Visit {
  readonly call: Call;
  readonly cloud: RackspaceCloud;
  readonly knobs: Knobs;
  readonly origin: string;
  /** The server's real clock, in milliseconds. */
  readonly now: number;
  readonly region: Region;
  /** Path segments below the service's root, without the optional `.json`. */
  readonly rest: readonly string[];
  /** Reasons why no faithful client sends this request; the dialect joins them into `Answer.mark`. */
  readonly marks: string[];
}

/** A visit whose token was good. */
export interface Guest extends Visit {
  readonly user: User;
  readonly tenant: string;
}

export type Json = Readonly<Record<string, unknown>>;

export const isRecord = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

const FAULTS: Readonly<Record<number, string>> = {
  400: 'badRequest',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'itemNotFound',
  405: 'badMethod',
  409: 'conflictingRequest',
  413: 'overLimit',
  415: 'badMediaType',
  501: 'notImplemented',
};

/** Errors of Cloud Servers, Identity and the gateway: one member named after the fault. */
export function fault(status: number, message: string, name = FAULTS[status] ?? 'computeFault'): Answer {
  return { status, json: { [name]: { code: status, message } } };
}

/** What a role or an account may not. */
export const forbidden = (): Answer => fault(403, 'Policy does not allow this request to be performed.');

/** Errors of ports, networks and subnets. */
export function neutronFault(status: number, type: string, message: string): Answer {
  return { status, json: { NeutronError: { type, message, detail: '' } } };
}

const WEBOB: Readonly<Record<number, readonly [title: string, explanation: string]>> = {
  400: ['Bad Request', 'The server could not comply with the request since it is either malformed or otherwise incorrect.'],
  404: ['Not Found', 'The resource could not be found.'],
  409: ['Conflict', 'There was a conflict when trying to complete your request.'],
  500: ['Internal Server Error', 'The server has either erred or is incapable of performing the requested operation.'],
};

/** Errors of `ip_addresses`: JSON, plain text or a page, by what the request accepts. `type` shows in the core-Neutron manner only. */
export function extensionFault(visit: Visit, status: 400 | 404 | 409 | 500, type: string, detail: string): Answer {
  if (visit.knobs.extensionErrors === 'neutron') return neutronFault(status, type, detail);
  const [title, explanation] = WEBOB[status] ?? ['', ''];
  const code = `${status} ${title}`;
  const accept = visit.call.headers.accept ?? '';
  const json = accept.indexOf('application/json');
  const html = accept.indexOf('text/html');
  if (html >= 0 && (json < 0 || html < json)) return page(status, code, explanation, detail);
  if (json >= 0) return { status, json: { message: `${explanation}<br /><br />\n${detail}\n\n`, code, title } };
  return { status, text: `${code}\n\n${explanation}\n\n ${detail.replace(/<[^>]*>/g, '')}  ` };
}

function page(status: number, code: string, explanation: string, detail: string): Answer {
  const safe = detail.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const text = `<html>\n <head>\n  <title>${code}</title>\n </head>\n <body>\n  <h1>${code}</h1>\n  ${explanation}<br /><br />\n${safe}\n\n\n </body>\n</html>`;
  return { status, text, headers: { 'content-type': 'text/html; charset=UTF-8' } };
}

/** What a router says that knows no such path: no JSON. */
export function lost(visit: Visit, why: string): Answer {
  visit.marks.push(why);
  return { status: 404, text: '404 Not Found\n\nThe resource could not be found.\n\n   ' };
}

/** The request id of an answer; repeatable, and unlike ids of records it costs no serial number, so reads change nothing. */
export const requestId = (call: Call, cloud: RackspaceCloud): string => `req-${uuid(`${cloud.moment}/${call.method}/${call.rawPath}`)}`;

export const isJsonType = (type: string | undefined): boolean => /^application\/json\s*(;|$)/i.test(type ?? '');

/** The parsed body, or undefined when it is empty or no JSON; the media type is the caller's business. */
export function parsed(call: Call): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(call.body) };
  } catch {
    return undefined;
  }
}

/** A resource id as Rackspace writes it. */
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Notes an argument that can be no id: a dotted quad, a name, capitals. */
export function expectId(visit: Visit, value: unknown, where: string): void {
  if (typeof value !== 'string' || !ID.test(value)) visit.marks.push(`${where} is not an id`);
}

/** Notes parameters that the call does not know, and those given twice although one value counts. */
export function expectQuery(visit: Visit, known: readonly string[], repeatable: readonly string[] = []): void {
  for (const name of new Set(visit.call.query.keys())) {
    if (!known.includes(name)) visit.marks.push(`unknown parameter ${name}`);
    else if (visit.call.query.getAll(name).length > 1 && !repeatable.includes(name)) visit.marks.push(`parameter ${name} given twice`);
  }
}

/** Notes members that the call does not know. */
export function expectMembers(visit: Visit, value: Json, known: readonly string[], where: string): void {
  for (const name of Object.keys(value)) if (!known.includes(name)) visit.marks.push(`unknown member ${name} in ${where}`);
}

/** A list the way the server's Python prints it in messages. */
export function printed(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((one) => (typeof one === 'string' ? `u'${one}'` : printed(one))).join(', ')}]`;
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return typeof value === 'object' ? '{}' : String(value);
}
