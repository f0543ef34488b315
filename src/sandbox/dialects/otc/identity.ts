/** IAM: tokens in exchange for a password, and which projects there are. */
import type { Answer, Call, Tools } from '../../dialect.js';
import { hexId, type OtcCloud, type Project, type Token, type User } from './cloud.js';
import { liveToken, tokenTime } from './gateway.js';
import { errorRefusal, isBlank, isRecord, type Json, noteUnknownFields, Refusal, type Request } from './request.js';
import { REGION } from './seed.js';

const LIFE = 24 * 60 * 60 * 1000;

/** `POST /v3/auth/tokens`. The one call that needs no credentials but those of its body. */
export function issueToken(call: Call, cloud: OtcCloud, tools: Tools, marks: string[]): Answer {
  const notes = { marks };
  const auth = authOf(call, notes);
  const identity = member(auth, 'identity', 'auth.identity');
  noteUnknownFields(notes, identity, ['methods', 'password', 'totp'], 'identity');
  const methods = identity.methods;
  if (!Array.isArray(methods) || !methods.includes('password') || methods.some((name) => name !== 'password' && name !== 'totp')) {
    throw malformed('methods must be ["password"] or ["password","totp"]');
  }
  const user = userOfPassword(cloud, identity, notes);
  checkPasscode(user, methods.includes('totp'), identity);
  const projectId = scopeOf(cloud, user, auth.scope, notes);
  cloud.logins += 1;
  cloud.tokens = cloud.tokens.filter((old) => old.expires > tools.now);
  const token: Token = {
    text: tokenText(cloud.logins),
    userId: user.id,
    methods: methods.map(String),
    projectId,
    issued: tools.now,
    expires: tools.now + LIFE,
    uses: 0,
  };
  cloud.tokens.push(token);
  const catalog = isBlank(call.query.get('nocatalog'));
  return { status: 201, headers: { 'X-Subject-Token': token.text }, json: { token: tokenBody(cloud, tools, token, user, catalog) } };
}

/** `GET` and `HEAD /v3/auth/tokens`: what the token in `X-Subject-Token` is good for. */
export function showToken(request: Request): Answer {
  const { cloud, tools, call } = request;
  const token = subjectOf(request);
  const user = cloud.users.find((candidate) => candidate.id === token.userId);
  if (user === undefined) throw unknownToken();
  const headers = { 'X-Subject-Token': token.text };
  if (call.method === 'HEAD') return { status: 200, headers };
  return { status: 200, headers, json: { token: tokenBody(cloud, tools, token, user, isBlank(call.query.get('nocatalog'))) } };
}

/** `DELETE /v3/auth/tokens`. */
export function revokeToken(request: Request): Answer {
  const token = subjectOf(request);
  request.cloud.tokens = request.cloud.tokens.filter((other) => other !== token);
  return { status: 204 };
}

/** `GET /v3/projects`: those of the domain. */
export function listProjects(request: Request): Answer {
  const { call, cloud, tools } = request;
  const query = call.query;
  const rows = cloud.projects
    .map((project) => projectRow(cloud, tools, project))
    .filter((row) =>
      ['domain_id', 'name', 'parent_id'].every((name) => isBlank(query.get(name)) || query.get(name) === Reflect.get(row, name)),
    )
    .filter((row) => ['enabled', 'is_domain'].every((name) => !query.has(name) || query.get(name) === String(Reflect.get(row, name))));
  const size = pageNumber(query, 'per_page', 5000);
  const page = pageNumber(query, 'page', Number.MAX_SAFE_INTEGER) ?? 1;
  const shown = size === undefined ? rows : rows.slice((page - 1) * size, page * size);
  const link = (number: number) => `${tools.origin}/iam/v3/projects?page=${number}&per_page=${size}`;
  const more = size !== undefined && page * size < rows.length;
  const links = { self: `${tools.origin}/iam/v3/projects`, previous: page > 1 ? link(page - 1) : null, next: more ? link(page + 1) : null };
  return { status: 200, json: { projects: shown, links } };
}

/** `GET /v3/auth/projects`: those that the caller may use. */
export function listOwnProjects(request: Request): Answer {
  const { cloud, tools, caller } = request;
  const own = cloud.projects.filter((project) => caller.user.projectIds.includes(project.id));
  const links = { self: `${tools.origin}/iam/v3/auth/projects`, previous: null, next: null };
  return { status: 200, json: { projects: own.map((project) => projectRow(cloud, tools, project)), links } };
}

function authOf(call: Call, notes: { readonly marks: string[] }): Json {
  let body: unknown;
  try {
    body = JSON.parse(call.body);
  } catch {
    throw malformed('the body is no JSON');
  }
  if (!isRecord(body)) throw malformed('the body is no object');
  noteUnknownFields(notes, body, ['auth'], 'body');
  const auth = member(body, 'auth', 'auth');
  noteUnknownFields(notes, auth, ['identity', 'scope'], 'auth');
  return auth;
}

/** A name is looked up in a domain, an id stands for itself; wrong name, domain and password are one and the same answer. */
function userOfPassword(cloud: OtcCloud, identity: Json, notes: { readonly marks: string[] }): User {
  const password = member(identity, 'password', 'identity.password');
  const given = member(password, 'user', 'identity.password.user');
  noteUnknownFields(notes, given, ['id', 'name', 'password', 'domain'], 'user');
  if (typeof given.password !== 'string') throw malformed('user.password is missing');
  const user = typeof given.id === 'string' ? cloud.users.find(({ id }) => id === given.id) : userOfName(cloud, given);
  if (user === undefined || user.password !== given.password) throw unauthorized('The username or password is wrong.');
  return user;
}

function userOfName(cloud: OtcCloud, given: Json): User | undefined {
  if (typeof given.name !== 'string') throw malformed('user.name is missing');
  const domain = member(given, 'domain', 'user.domain');
  if (!isDomain(cloud, domain)) return undefined;
  return cloud.users.find(({ name }) => name === given.name);
}

function checkPasscode(user: User, shown: boolean, identity: Json): void {
  if (!shown) {
    if (user.passcode !== null) throw unauthorized('The second factor is missing.');
    return;
  }
  const totp = member(identity, 'totp', 'identity.totp');
  const given = member(totp, 'user', 'identity.totp.user');
  const same = given.id === user.id || given.name === user.name;
  if (same && user.passcode !== null && given.passcode === user.passcode) return;
  throw new Refusal({ status: 400, json: { error_code: 'IAM.1061', error_msg: 'The one-time passcode is wrong.' } });
}

/** The project that the token is for, null for the whole domain. A project wins over a domain beside it. */
function scopeOf(cloud: OtcCloud, user: User, scope: unknown, notes: { readonly marks: string[] }): string | null {
  if (scope === undefined) {
    notes.marks.push('a token request without scope');
    return null;
  }
  if (!isRecord(scope)) throw malformed('scope is no object');
  noteUnknownFields(notes, scope, ['project', 'domain'], 'scope');
  if (scope.project === undefined) {
    if (isDomain(cloud, member(scope, 'domain', 'scope.domain'))) return null;
    throw unauthorized('The domain of the scope is wrong.');
  }
  const wanted = member(scope, 'project', 'scope.project');
  noteUnknownFields(notes, wanted, ['id', 'name', 'domain'], 'scope.project');
  if (typeof wanted.id !== 'string' && typeof wanted.name !== 'string') throw malformed('scope.project needs an id or a name');
  const project = cloud.projects.find(({ id, name }) => (typeof wanted.id === 'string' ? id === wanted.id : name === wanted.name));
  if (project === undefined || !user.projectIds.includes(project.id)) throw unauthorized('The project of the scope is wrong.');
  return project.id;
}

function isDomain(cloud: OtcCloud, domain: Json): boolean {
  if (typeof domain.id !== 'string' && typeof domain.name !== 'string') throw malformed('domain needs an id or a name');
  return typeof domain.id === 'string' ? domain.id === cloud.domain.id : domain.name === cloud.domain.name;
}

function tokenBody(cloud: OtcCloud, tools: Tools, token: Token, user: User, withCatalog: boolean): Json {
  const domain = { id: cloud.domain.id, name: cloud.domain.name };
  const project = cloud.projects.find(({ id }) => id === token.projectId);
  return {
    methods: token.methods,
    issued_at: tokenTime(token.issued),
    expires_at: tokenTime(token.expires),
    ...(token.methods.includes('totp') ? { mfa_authn_at: tokenTime(token.issued) } : {}),
    user: { id: user.id, name: user.name, domain, password_expires_at: '' },
    ...(project === undefined ? { domain } : { project: { id: project.id, name: project.name, domain } }),
    roles: [{ id: '0', name: user.readOnly ? 'readonly' : 'te_admin' }],
    ...(withCatalog ? { catalog: catalogOf(tools, project) } : {}),
  };
}

/** Some addresses end in version and project, some in neither: clients have to cope with both. */
function catalogOf(tools: Tools, project: Project | undefined): readonly Json[] {
  const entry = (type: string, path: string) => ({
    type,
    id: hexId(`service/${type}`),
    name: type,
    endpoints: [{ id: hexId(`endpoint/${type}`), interface: 'public', region: REGION, region_id: REGION, url: `${tools.origin}${path}` }],
  });
  const identity = entry('identity', '/iam/v3');
  if (project === undefined) return [identity];
  return [
    identity,
    entry('vpc', `/vpc/v1/${project.id}`),
    entry('network', '/vpc'),
    entry('compute', `/ecs/v2.1/${project.id}`),
    entry('ecs', `/ecs/v1/${project.id}`),
  ];
}

function projectRow(cloud: OtcCloud, tools: Tools, project: Project) {
  return {
    id: project.id,
    name: project.name,
    domain_id: cloud.domain.id,
    parent_id: cloud.domain.id,
    is_domain: false,
    enabled: true,
    description: '',
    links: { self: `${tools.origin}/iam/v3/projects/${project.id}` },
  };
}

function pageNumber(query: URLSearchParams, name: string, most: number): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < 1 || number > most) throw malformed(`${name} is out of range`);
  return number;
}

function subjectOf(request: Request): Token {
  const text = request.call.headers['x-subject-token'];
  if (text === undefined) throw malformed('X-Subject-Token is missing');
  const token = liveToken(request.cloud, request.tools, text);
  if (token === undefined) throw unknownToken();
  return token;
}

/** Real tokens are long: a client that cuts them or keeps them in a short column shall notice. */
function tokenText(login: number): string {
  return `MIIa${Array.from({ length: 20 }, (_, part) => hexId(`token/${login}/${part}`)).join('')}==`;
}

function member(value: Json, name: string, where: string): Json {
  const inner = value[name];
  if (!isRecord(inner)) throw malformed(`${where} is missing`);
  return inner;
}

function malformed(mark: string): Refusal {
  return errorRefusal(400, { code: 400, message: 'The request body is invalid.', title: 'Bad Request' }, mark);
}

function unauthorized(message: string): Refusal {
  return errorRefusal(401, { code: 401, message, title: 'Unauthorized' });
}

function unknownToken(): Refusal {
  return errorRefusal(404, { code: 404, message: 'The token could not be found.', title: 'Not Found' });
}
