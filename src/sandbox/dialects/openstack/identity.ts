/** Keystone v3 as far as a client of floating addresses meets it. https://docs.openstack.org/api-ref/identity/v3/ */
import { createHash } from 'node:crypto';
import type { Answer } from '../../dialect.js';
import type { Ask } from './ask.js';
import { asObject, authorize, jsonObject, keystoneFault, type Refusal } from './ask.js';
import { catalog } from './catalog.js';
import type { ApplicationCredential, Token, User } from './cloud.js';
import { plainId } from './cloud.js';

type Fields = Readonly<Record<string, unknown>>;

/** Methods this Keystone takes, with the fields of their sections. */
const sections: Readonly<Record<string, readonly string[]>> = {
  password: ['user'],
  token: ['id'],
  application_credential: ['id', 'name', 'secret', 'user'],
};
const supported = Object.keys(sections);
const domain = { id: 'default', name: 'Default' };

export function answerIdentity(ask: Ask): Answer {
  const { method } = ask.call;
  const route = ask.path.join('/');
  const allowed: Readonly<Record<string, Readonly<Record<string, () => Answer>>>> = {
    '': { GET: () => root(ask) },
    v3: { GET: () => ({ status: 200, json: { version: version(ask) } }) },
    'v3/auth/tokens': { POST: () => issue(ask), DELETE: () => revoke(ask) },
    'v3/auth/catalog': { GET: () => ownCatalog(ask) },
    'v3/auth/projects': { GET: () => ownProjects(ask) },
  };
  const methods = allowed[route];
  if (!methods) {
    ask.note('unknown identity path');
    throw keystoneFault(ask, 404, 'The resource could not be found.');
  }
  const run = methods[method];
  if (!run) {
    ask.note(`${method} is no method of this identity path`);
    throw keystoneFault(ask, 405, 'The method is not allowed for the requested URL.');
  }
  for (const name of ask.call.query.keys()) {
    if (name !== 'nocatalog' || method !== 'POST') ask.note(`unknown query parameter ${name}`);
  }
  return run();
}

function version(ask: Ask): unknown {
  return {
    id: 'v3.14',
    status: 'stable',
    updated: '2020-04-07T00:00:00Z',
    links: [{ rel: 'self', href: `${ask.tools.origin}${ask.base}/v3/` }],
    'media-types': [{ base: 'application/json', type: 'application/vnd.openstack.identity-v3+json' }],
  };
}

/** The root is answered with 300: a list of versions to choose from, not a redirect to follow. */
function root(ask: Ask): Answer {
  return {
    status: 300,
    headers: { Location: `${ask.tools.origin}${ask.base}/v3/` },
    json: { versions: { values: [version(ask)] } },
  };
}

function issue(ask: Ask): Answer {
  if (ask.call.headers['x-auth-token'] !== undefined) ask.note('a token request carries no X-Auth-Token');
  const type = ask.call.headers['content-type'];
  if (type !== undefined && !type.toLowerCase().startsWith('application/json'))
    throw malformed(ask, 'the content type must be application/json');
  const body = jsonObject(ask.call.body);
  if (!body) throw malformed(ask, 'the body is not a JSON object');
  known(ask, body, ['auth']);
  const auth = section(ask, body, 'auth', ['identity', 'scope']);
  const identity = section(ask, auth, 'identity', ['methods', ...supported]);
  const methods = identity.methods;
  if (!Array.isArray(methods) || methods.length === 0 || methods.some((one) => typeof one !== 'string')) {
    throw malformed(ask, 'auth.identity.methods must be a list of method names');
  }
  if (methods.some((one) => !supported.includes(one))) {
    throw keystoneFault(ask, 401, 'Attempted to authenticate with an unsupported method.', { identity: { methods: supported } });
  }
  const proofs = methods.map((one: string) => prove(ask, one, section(ask, identity, one, sections[one] ?? [])));
  const first = proofs[0];
  if (!first || proofs.some((proof) => proof.user.id !== first.user.id)) throw unauthorized(ask);
  const credential = proofs.find((proof) => proof.credential)?.credential;
  const project = credential ? credentialProject(ask, auth, credential) : scope(ask, auth, first.user);
  const source = proofs.find((proof) => proof.token)?.token;
  return grant(ask, first.user, project, credential?.id ?? null, [...new Set([...methods, ...(source?.methods ?? [])])], source?.expires);
}

interface Proof {
  readonly user: User;
  readonly credential?: ApplicationCredential;
  readonly token?: Token;
}

/** Checks one authentication method's section; unknown and wrong are told apart by nobody but us: both are 401. */
function prove(ask: Ask, method: string, fields: Fields): Proof {
  if (method === 'token') {
    if (typeof fields.id !== 'string') throw malformed(ask, 'token.id is required');
    const token = ask.cloud.tokens.find((one) => one.id === fields.id && one.expires > ask.tools.now);
    const user = token && ask.cloud.users.find((one) => one.id === token.user);
    if (!token || !user) throw unauthorized(ask);
    // An application credential stays what it was made for: its tokens cannot be turned into others.
    if (token.credential !== null) throw keystoneFault(ask, 403, 'A token of an application credential cannot be exchanged.');
    return { user, token };
  }
  if (method === 'password') {
    const given = section(ask, fields, 'user', ['id', 'name', 'domain', 'password']);
    if (typeof given.password !== 'string') throw malformed(ask, 'user.password is required');
    const user = findUser(ask, given);
    if (!user || user.password !== given.password) throw unauthorized(ask);
    return { user };
  }
  if (typeof fields.secret !== 'string') throw malformed(ask, 'application_credential.secret is required');
  const credential = findCredential(ask, fields);
  const user = credential && ask.cloud.users.find((one) => one.id === credential.user);
  if (!credential || !user || credential.secret !== fields.secret) throw unauthorized(ask);
  return { user, credential };
}

function findCredential(ask: Ask, fields: Fields): ApplicationCredential | undefined {
  if (fields.id !== undefined) {
    if (fields.user !== undefined || fields.name !== undefined) ask.note('an application credential named by id needs no user or name');
    return ask.cloud.credentials.find((one) => one.id === fields.id);
  }
  if (typeof fields.name !== 'string') throw malformed(ask, 'application_credential needs an id or a name');
  const user = findUser(ask, section(ask, fields, 'user', ['id', 'name', 'domain']));
  return ask.cloud.credentials.find((one) => one.name === fields.name && one.user === user?.id);
}

function findUser(ask: Ask, given: Fields): User | undefined {
  if (given.id !== undefined) {
    if (given.domain !== undefined || given.name !== undefined) ask.note('a user named by id needs no domain or name');
    return ask.cloud.users.find((one) => one.id === given.id);
  }
  if (typeof given.name !== 'string') throw malformed(ask, 'user needs an id or a name');
  const here = domainIsOurs(ask, given, 'user');
  return here ? ask.cloud.users.find((one) => one.name === given.name) : undefined;
}

function domainIsOurs(ask: Ask, holder: Fields, what: string): boolean {
  if (holder.domain === undefined) throw malformed(ask, `a ${what} given by name needs its domain`);
  const given = section(ask, holder, 'domain', ['id', 'name']);
  if (given.id === undefined && given.name === undefined) throw malformed(ask, 'domain needs an id or a name');
  return given.id !== undefined ? given.id === domain.id : given.name === domain.name;
}

/** The project asked for; null for an unscoped token. Domain, system and trust scopes are nobody's here. */
function scope(ask: Ask, auth: Fields, user: User): string | null {
  if (auth.scope === undefined || auth.scope === 'unscoped') return null;
  const asked = section(ask, auth, 'scope', ['project', 'domain', 'system', 'OS-TRUST:trust']);
  const kinds = Object.keys(asked);
  if (kinds.length !== 1) throw malformed(ask, 'one scope, and no more, may be asked for');
  if (kinds[0] !== 'project') throw unauthorized(ask);
  const project = findProject(ask, section(ask, asked, 'project', ['id', 'name', 'domain']));
  if (!project || user.roles[project] === undefined) throw unauthorized(ask);
  return project;
}

function findProject(ask: Ask, given: Fields): string | undefined {
  if (given.id !== undefined) {
    if (given.domain !== undefined || given.name !== undefined) ask.note('a project named by id needs no domain or name');
    return ask.cloud.projects.find((one) => one.id === given.id)?.id;
  }
  if (typeof given.name !== 'string') throw malformed(ask, 'project needs an id or a name');
  return domainIsOurs(ask, given, 'project') ? ask.cloud.projects.find((one) => one.name === given.name)?.id : undefined;
}

function credentialProject(ask: Ask, auth: Fields, credential: ApplicationCredential): string {
  if (auth.scope !== undefined) {
    ask.note('an application credential has its scope already');
    throw keystoneFault(ask, 401, 'Application credentials cannot request a scope.');
  }
  return credential.project;
}

/** `until` caps the life of a token made from another one: a chain of tokens must not live for ever. */
function grant(
  ask: Ask,
  user: User,
  project: string | null,
  credential: string | null,
  methods: readonly string[],
  until?: number,
): Answer {
  const { cloud, tools } = ask;
  cloud.tokenCount += 1;
  const token: Token = {
    id: tokenId(cloud.tokenCount, user.id),
    user: user.id,
    project,
    methods,
    issued: tools.now,
    expires: until ?? tools.now + ask.knobs.tokenSeconds * 1000,
    credential,
  };
  cloud.tokens = [...cloud.tokens.filter((one) => one.expires > tools.now), token];
  const withCatalog = !ask.call.query.has('nocatalog');
  if (!withCatalog) ask.note('a client that needs the catalog must not send nocatalog');
  return {
    status: 201,
    headers: { 'X-Subject-Token': token.id, Vary: 'X-Auth-Token' },
    json: { token: tokenView(ask, token, user, withCatalog) },
  };
}

function tokenView(ask: Ask, token: Token, user: User, withCatalog: boolean): unknown {
  const project = ask.cloud.projects.find((one) => one.id === token.project);
  const credential = ask.cloud.credentials.find((one) => one.id === token.credential);
  const role = project && user.roles[project.id];
  return {
    methods: token.methods,
    user: { id: user.id, name: user.name, domain, password_expires_at: null },
    audit_ids: [plainId(`audit/${token.id}`).slice(0, 22)],
    issued_at: microseconds(token.issued),
    expires_at: microseconds(token.expires),
    ...(project ? { is_domain: false, project: { ...project, domain }, roles: [{ id: plainId(`role/${role}`), name: role }] } : {}),
    ...(project && withCatalog ? { catalog: catalog(ask, project.id) } : {}),
    ...(credential ? { application_credential: { id: credential.id, name: credential.name, restricted: true } } : {}),
  };
}

function revoke(ask: Ask): Answer {
  const caller = authorize(ask);
  const subject = ask.call.headers['x-subject-token'];
  if (subject === undefined) {
    ask.note('no X-Subject-Token header');
    throw keystoneFault(ask, 400, 'The token to revoke is missing.');
  }
  const found = ask.cloud.tokens.find((one) => one.id === subject && one.user === caller.user);
  if (!found) throw keystoneFault(ask, 404, 'Could not find the token.');
  ask.cloud.tokens = ask.cloud.tokens.filter((one) => one !== found);
  return { status: 204 };
}

function ownCatalog(ask: Ask): Answer {
  const { project } = authorize(ask);
  if (project === null) throw keystoneFault(ask, 403, 'An unscoped token has no catalog.');
  return { status: 200, json: { catalog: catalog(ask, project) } };
}

function ownProjects(ask: Ask): Answer {
  const caller = authorize(ask);
  const roles = ask.cloud.users.find((one) => one.id === caller.user)?.roles ?? {};
  const projects = ask.cloud.projects.filter((one) => roles[one.id] !== undefined);
  return {
    status: 200,
    json: {
      projects: projects.map((one) => ({ ...one, domain_id: domain.id, enabled: true, is_domain: false })),
      links: { self: `${ask.tools.origin}${ask.base}/v3/auth/projects`, previous: null, next: null },
    },
  };
}

/** Longer than 200 characters, as real ones may be: a client must not expect them to be short. */
function tokenId(count: number, user: string): string {
  const parts = [0, 1, 2, 3].map((part) => createHash('sha256').update(`token/${user}/${count}/${part}`).digest('hex'));
  return `gAAAAA${parts.join('')}`;
}

/** Keystone writes six fractional digits. */
function microseconds(moment: number): string {
  return new Date(moment).toISOString().replace('Z', '000Z');
}

/** The object `holder[name]`, whose fields should be among `allowed`. */
function section(ask: Ask, holder: Fields, name: string, allowed: readonly string[]): Fields {
  const found = asObject(holder[name]);
  if (!found) throw malformed(ask, `${name} is required and must be an object`);
  known(ask, found, allowed);
  return found;
}

/** The server overlooks fields it does not know; a client that sends one does not know what it sends. */
function known(ask: Ask, fields: Fields, allowed: readonly string[]): void {
  for (const name of Object.keys(fields)) if (!allowed.includes(name)) ask.note(`unknown field ${name}`);
}

function malformed(ask: Ask, reason: string): Refusal {
  ask.note(`malformed token request: ${reason}`);
  return keystoneFault(ask, 400, `Invalid request: ${reason}.`);
}

function unauthorized(ask: Ask): Refusal {
  return keystoneFault(ask, 401, 'The request you have made requires authentication.');
}
