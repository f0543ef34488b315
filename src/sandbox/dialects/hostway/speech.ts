/**
 * How the Hostway sandbox reads requests and words its answers: credentials, headers, bodies, faults, links.
 * Pages: http://docs.hostway.com/index.php/Server_Response_Codes, http://docs.hostway.com/index.php/Zone (the header's form).
 */
import { nextId } from '../../cloud.js';
import type { Answer, Call, Tools } from '../../dialect.js';
import type { HostwayCloud, User } from './cloud.js';
import type { Policy } from './policy.js';

/** One authenticated request on its way to a handler. */
export interface Visit {
  readonly call: Call;
  readonly cloud: HostwayCloud;
  readonly tools: Tools;
  readonly policy: Policy;
  readonly user: User;
  /** The account the request acts on. */
  readonly account: string;
  /** What stands before FlexCloud paths in this request's style: '' or `/accounts/{id}/flexcloud`. */
  readonly prefix: string;
}

const JSON_TYPE = { 'content-type': 'application/json; charset=UTF-8' } as const;

export function ok(json: unknown): Answer {
  return { status: 200, headers: JSON_TYPE, json };
}

/** 202 without a body: the answer to actions and releases. */
export function accepted(): Answer {
  return { status: 202, text: '' };
}

/** A fault in the API's JSON wrapper. Only the names for 403 and 404 are published; the others are the OpenStack family's. */
export function fault(cloud: HostwayCloud, status: number, message: string, details = ''): Answer {
  const names: Readonly<Record<number, string>> = {
    400: 'badRequest',
    403: 'forbidden',
    404: 'itemNotFound',
    409: 'conflictingRequest',
    503: 'serviceUnavailable',
  };
  // The published samples call the correlation id `errorid` under 403 and `guid` under 404.
  const reference = { [status === 403 ? 'errorid' : 'guid']: nextId(cloud, 'error') };
  return { status, headers: JSON_TYPE, json: { [names[status] ?? 'computeFault']: { message, code: status, details, ...reference } } };
}

export function notFound(cloud: HostwayCloud): Answer {
  return fault(cloud, 404, 'Resource not found');
}

/** `answer` with one more reason why no faithful client would have asked for it; undefined adds nothing. */
export function marked(answer: Answer, why: string | undefined): Answer {
  if (why === undefined) return answer;
  return { ...answer, mark: answer.mark === undefined ? why : `${answer.mark}; ${why}` };
}

const PARAGRAPH = [
  'This server could not verify that you are authorized to use the',
  'address you asked for. Either the user name or the password is wrong,',
  'or your browser does not know how to send them.',
];

/** The only fault that is never JSON; its form follows `Accept`, as in the WebOb of the time. */
export function unauthorized(call: Call): Answer {
  const accept = call.headers.accept ?? '';
  const challenge = { 'www-authenticate': 'Basic realm="FlexCloud API"' };
  const paragraph = PARAGRAPH.join('\r\n');
  if (accept.includes('html') || accept.includes('*/*')) {
    const title = '401 Unauthorized';
    const text = `<html>\n <head>\n  <title>${title}</title>\n </head>\n <body>\n  <h1>${title}</h1>\n  ${paragraph}\n </body>\n</html>`;
    return { status: 401, headers: { 'content-type': 'text/html; charset=UTF-8', ...challenge }, text };
  }
  return { status: 401, headers: { 'content-type': 'text/plain; charset=UTF-8', ...challenge }, text: `401 Unauthorized\n\n${paragraph}` };
}

const BASIC = /^basic +((?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?) *$/i;

/** The user a request's credentials belong to, or the 401; a wrong name or password is no client's fault, a malformed header is. */
export function authenticate(call: Call, users: readonly User[]): User | Answer {
  const header = call.headers.authorization;
  if (header === undefined) return marked(unauthorized(call), 'no Authorization header');
  const encoded = BASIC.exec(header)?.[1];
  if (encoded === undefined) return marked(unauthorized(call), 'Authorization is not Basic with standard Base64');
  const pair = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  if (colon < 0) return marked(unauthorized(call), 'the Basic credentials hold no colon');
  const user = users.find((one) => one.name === pair.slice(0, colon) && one.password === pair.slice(colon + 1));
  return user ?? unauthorized(call);
}

export function isJsonType(call: Call): boolean {
  return (call.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() === 'application/json';
}

/** Documented habits that the server does not insist on: each breach is answered all the same, and marked. */
export function habits(call: Call, parameters: readonly string[]): readonly string[] {
  const type = call.headers['content-type'];
  const accept = call.headers.accept;
  const names = [...new Set(call.query.keys())];
  return [
    ...(type === undefined ? ['no Content-Type header'] : []),
    ...(type !== undefined && !isJsonType(call) ? [`Content-Type ${type} is not application/json`] : []),
    ...(type !== undefined && isJsonType(call) && !/; *charset="?utf-8"? *(;|$)/i.test(type)
      ? ['Content-Type names no UTF-8 charset']
      : []),
    ...(accept !== undefined && !/application\/(json|\*)|\*\/\*/i.test(accept) ? [`Accept ${accept} refuses JSON`] : []),
    ...(call.body !== '' && call.method !== 'POST' ? [`a body on ${call.method}`] : []),
    ...names.filter((name) => !parameters.includes(name)).map((name) => `unknown parameter ${name}`),
    ...names.filter((name) => call.query.getAll(name).length > 1).map((name) => `repeated parameter ${name}`),
  ];
}

/** The fields of a JSON object in `text`, or undefined when it is none. */
export function jsonObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export interface Link {
  readonly href: string;
  readonly rel: string;
}

/** A FlexCloud `self` link: in the style of the request, always plain `http`. `path` starts with a slash. */
export function selfLink(visit: Visit, path: string): readonly Link[] {
  return [{ href: `${visit.tools.origin.replace(/^https:/, 'http:')}${visit.prefix}${path}`, rel: 'self' }];
}
