/** The gateway before every service: it knows tokens and signatures, and refuses in words of its own. */
import type { Call, Tools } from '../../dialect.js';
import { type AccessKey, hexId, type OtcCloud, type Token, type User } from './cloud.js';
import { type Caller, errorRefusal, idMark, marked, numberKnob, Refusal, vpcRefusal } from './request.js';
import { type Authorization, canonicalRequest, expectedSignature, parseAuthorization, sameSignature, sha256 } from './signature.js';

const SKEW = 15 * 60 * 1000;
const LOCK = 5 * 60 * 1000;
const FAILURES = 5;

export type Service = 'iam' | 'vpc' | 'ecs';

/** 32 hex digits that follow from how many requests came before. */
export function requestId(cloud: OtcCloud): string {
  return hexId(`request/${cloud.requests}`);
}

export function gatewayRefusal(cloud: OtcCloud, status: number, code: string, text: string, mark?: string): Refusal {
  return new Refusal({ status, json: { error_msg: text, error_code: code, request_id: requestId(cloud) }, ...marked(mark) });
}

/** Who asks. Refuses with 401 whatever is neither a live token nor a good signature. */
export function authenticate(call: Call, cloud: OtcCloud, tools: Tools, service: Service, marks: string[]): Caller {
  const token = call.headers['x-auth-token'];
  const authorization = call.headers.authorization;
  if (token !== undefined && authorization !== undefined) {
    throw unauthenticated(cloud, 'both x-auth-token and authorization found', 'a token and a signature in one request');
  }
  if (authorization !== undefined) return callerOfSignature(call, cloud, tools, authorization, marks);
  if (token !== undefined) return callerOfToken(cloud, tools, service, token);
  if (service === 'iam') throw errorRefusal(401, { code: 401, message: 'Unauthorized.', title: 'Unauthorized' }, 'no credentials');
  throw unauthenticated(cloud, 'x-auth-token not found', 'no credentials');
}

/** Counts a request against `throttleEvery`: of so many requests the last one is refused. */
export function throttle(cloud: OtcCloud, tools: Tools): void {
  const every = numberKnob(tools, 'throttleEvery');
  if (every === undefined) return;
  cloud.throttled += 1;
  if (cloud.throttled % every !== 0) return;
  const text = `The throttling threshold has been reached: policy user over ratelimit,limit:${every},time:1 minute`;
  throw gatewayRefusal(cloud, 429, 'APIGW.0308', text);
}

/** The token with this text, if it may still be used; `expireTokenAfter` is the number of requests it is good for. */
export function liveToken(cloud: OtcCloud, tools: Tools, text: string): Token | undefined {
  const token = cloud.tokens.find((candidate) => candidate.text === text);
  return token !== undefined && isLive(token, tools) ? token : undefined;
}

export function tokenTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('Z', '000Z');
}

function isLive(token: Token, tools: Tools): boolean {
  return token.expires > tools.now && token.uses < (numberKnob(tools, 'expireTokenAfter') ?? Number.POSITIVE_INFINITY);
}

function callerOfToken(cloud: OtcCloud, tools: Tools, service: Service, text: string): Caller {
  const token = cloud.tokens.find((candidate) => candidate.text === text);
  if (token === undefined) throw badToken(cloud, tools, service, 'decrypt token fail');
  if (!isLive(token, tools)) throw badToken(cloud, tools, service, `token expires, expires_at: ${tokenTime(token.expires)}`);
  token.uses += 1;
  return { user: userOf(cloud, token.userId), projectId: token.projectId ?? undefined };
}

/** IAM answers for itself; before the others stands the gateway, which may let a bad token pass to the service. */
function badToken(cloud: OtcCloud, tools: Tools, service: Service, detail: string): Refusal {
  if (service === 'iam') return errorRefusal(401, { code: 401, message: 'The X-Auth-Token is invalid!', title: 'Unauthorized' });
  if (tools.knobs.tokenRefusal === 'service') return vpcRefusal(tools, 401, 'VPC.0008', 'Invalid token in the header.');
  return unauthenticated(cloud, detail);
}

function callerOfSignature(call: Call, cloud: OtcCloud, tools: Tools, header: string, marks: string[]): Caller {
  const authorization = parseAuthorization(header);
  if (authorization === undefined) throw badSignature(cloud, 'malformed Authorization header');
  const date = call.headers['x-sdk-date'] ?? '';
  const form = formOf(call, authorization, date);
  if (form !== undefined) throw badSignature(cloud, form);
  const key = cloud.keys.find((candidate) => candidate.access === authorization.access);
  if (key === undefined) throw unauthenticated(cloud, `ak ${authorization.access} not exist`);
  if (key.lockedUntil > tools.now) throw unauthenticated(cloud, `ak ${key.access} is locked, try again later`);
  checkSkew(cloud, tools, date);
  checkSignature(call, cloud, tools, key, authorization, date);
  checkSecurityToken(call, cloud, key);
  notePayload(call, marks);
  return { user: userOf(cloud, key.userId), projectId: signedProject(call, marks) };
}

/** What is wrong with a signature before any key is looked up. */
function formOf(call: Call, authorization: Authorization, date: string): string | undefined {
  const { signedHeaders, scope } = authorization;
  if (!signedHeaders.includes('host') || !signedHeaders.includes('x-sdk-date')) return 'host and x-sdk-date must be signed';
  if (signedHeaders.some((name) => name !== name.toLowerCase())) return 'signed header names must be in lower case';
  if (signedHeaders.join() !== [...new Set(signedHeaders)].sort().join()) return 'signed header names must be sorted, each once';
  const missing = signedHeaders.find((name) => call.headers[name] === undefined);
  if (missing !== undefined) return `signed header ${missing} was not sent`;
  if (Number.isNaN(timeOf(date))) return `X-Sdk-Date is not of the form YYYYMMDDTHHMMSSZ: ${date}`;
  if (scope !== null && scope.date !== date.slice(0, 8)) return 'the scope names another day than X-Sdk-Date';
  return undefined;
}

function checkSkew(cloud: OtcCloud, tools: Tools, date: string): void {
  if (Math.abs(timeOf(date) - tools.now) <= SKEW) return;
  const server = new Date(tools.now).toISOString();
  throw unauthenticated(cloud, `signature expired, X-Sdk-Date: ${date}, server time: ${server}`);
}

/** Bad signatures in a row lock the key, so that nobody can try secrets. */
function checkSignature(call: Call, cloud: OtcCloud, tools: Tools, key: AccessKey, authorization: Authorization, date: string): void {
  const canonical = canonicalRequest(call, authorization.signedHeaders);
  if (sameSignature(authorization.signature, expectedSignature(authorization, key.secret, date, canonical))) {
    key.failures = 0;
    return;
  }
  key.failures += 1;
  if (key.failures >= FAILURES) {
    key.failures = 0;
    key.lockedUntil = tools.now + LOCK;
  }
  throw unauthenticated(cloud, 'verify aksk signature fail');
}

function checkSecurityToken(call: Call, cloud: OtcCloud, key: AccessKey): void {
  const shown = call.headers['x-security-token'] ?? null;
  if (shown === key.securityToken) return;
  const mark = shown === null ? 'temporary key without X-Security-Token' : undefined;
  throw unauthenticated(cloud, 'verify security token fail', mark);
}

/** The service takes the hash that a request states; one that is not the body's leaves the body open to change. */
function notePayload(call: Call, marks: string[]): void {
  const stated = call.headers['x-sdk-content-sha256'];
  if (stated !== undefined && stated !== sha256(call.body)) marks.push('X-Sdk-Content-Sha256 is not the hash of the body');
}

function signedProject(call: Call, marks: string[]): string | undefined {
  const project = call.headers['x-project-id'];
  if (project !== undefined && !isProjectId(project)) marks.push(`X-Project-Id is no project id: ${project}`);
  return project;
}

/** 32 hex digits without hyphens, unlike the ids of everything else. */
export function isProjectId(text: string): boolean {
  return /^[0-9a-f]{32}$/.test(text);
}

/**
 * The project that the path's `named` must be; null for paths without one. A key's owner must be of the project that the
 * request names, or the project header would open every project.
 */
export function projectOf(tools: Tools, service: Service, caller: Caller, named: string | null): string {
  const { projectId } = caller;
  const known = projectId !== undefined && caller.user.projectIds.includes(projectId);
  if (known && (named === null || named === projectId)) return projectId;
  const text = 'Inconsistent tenant IDs.';
  const mark = projectId === undefined ? 'neither the token nor X-Project-Id names a project' : projectMark(named);
  if (service === 'ecs') throw errorRefusal(400, { code: 'Ecs.0005', message: text }, mark);
  throw vpcRefusal(tools, 400, 'VPC.0007', text, { mark, old: 'urlTenantId is not equal tokenTenantId' });
}

function projectMark(named: string | null): string | undefined {
  if (named === null || isProjectId(named)) return undefined;
  return idMark(named, 'project') ?? `project ids have no hyphens: ${named}`;
}

/** Milliseconds since 1970 of `YYYYMMDDTHHMMSSZ`; NaN for anything else. */
function timeOf(date: string): number {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date);
  if (parts === null) return Number.NaN;
  const [, year, month, day, hour, minute, second] = parts;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

function unauthenticated(cloud: OtcCloud, detail: string, mark?: string): Refusal {
  return gatewayRefusal(cloud, 401, 'APIGW.0301', `Incorrect IAM authentication information: ${detail}`, mark);
}

function badSignature(cloud: OtcCloud, mark: string): Refusal {
  return unauthenticated(cloud, 'verify aksk signature fail', mark);
}

function userOf(cloud: OtcCloud, id: string): User {
  const user = cloud.users.find((candidate) => candidate.id === id);
  if (user === undefined) throw new Error(`the cloud has no user ${id}`);
  return user;
}
