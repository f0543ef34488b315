/** Cloud Identity 2.0: tokens for API keys, passwords, passcodes and tokens, and the catalog that leads to the services. */
import { nextId } from '../../cloud.js';
import type { Answer } from '../../dialect.js';
import { PASSCODE, REGIONS, type Region, type Token, type User } from './cloud.js';
import { expectMembers, expectQuery, fault, isJsonType, isRecord, type Json, lost, parsed, type Visit } from './speech.js';

const KEY = 'RAX-KSKEY:apiKeyCredentials';
const PASSWORD = 'passwordCredentials';
const CODE = 'RAX-AUTH:passcodeCredentials';
const CREDENTIALS = [KEY, PASSWORD, CODE, 'token'];
const SCOPE = 'RAX-AUTH:scope';

/** Answers below `/identity/v2.0`. */
export function answerIdentity(visit: Visit): Answer {
  const [root, id, tail] = visit.rest;
  if (root !== 'tokens' || visit.rest.length > 3 || (tail !== undefined && tail !== 'endpoints')) return lost(visit, 'unknown path');
  const method = visit.call.method;
  if (id === undefined && method === 'POST') return authenticate(visit);
  if (tail === undefined && method === 'DELETE') return revoke(visit, id);
  if (id !== undefined && tail !== undefined && method === 'GET') return endpoints(visit, id);
  visit.marks.push(`${method} is not served here`);
  return fault(405, 'Method Not Allowed');
}

/** The token of a request, when it lives; checked by every service. */
export function tokenOf(visit: Visit): Token | undefined {
  const id = visit.call.headers['x-auth-token'];
  return visit.cloud.tokens.find((token) => token.id === id && token.expires > visit.now);
}

function authenticate(visit: Visit): Answer {
  expectQuery(visit, ['apply_rcn_roles', 'include_accessible_domains', 'include_endpoints']);
  if (visit.call.headers['x-auth-token'] !== undefined) visit.marks.push('a token sent with the request for one');
  if (!isJsonType(visit.call.headers['content-type'])) {
    visit.marks.push('Content-Type is not application/json');
    return fault(415, 'Unsupported Media Type');
  }
  const body = parsed(visit.call)?.value;
  const auth = isRecord(body) ? body.auth : undefined;
  const kinds = isRecord(auth) ? CREDENTIALS.filter((kind) => auth[kind] !== undefined) : [];
  const kind = kinds[0];
  if (!isRecord(body) || !isRecord(auth) || kind === undefined || kinds.length > 1)
    return malformed(visit, 'not exactly one kind of credentials');
  const credentials = auth[kind];
  if (!isRecord(credentials)) return malformed(visit, 'credentials are no object');
  const before = visit.marks.length;
  expectMembers(visit, body, ['auth'], 'the body');
  expectMembers(visit, auth, [kind, 'tenantId', 'tenantName', SCOPE], 'auth');
  expectMembers(visit, credentials, MEMBERS[kind] ?? [], kind);
  if (visit.marks.length > before) return malformed(visit, 'unknown members');
  if ((MEMBERS[kind] ?? []).some((name) => typeof credentials[name] !== 'string')) return malformed(visit, `${kind} lacks a member`);
  if (auth.tenantId !== undefined && auth.tenantName !== undefined) return malformed(visit, 'tenantId and tenantName together');
  return admit(visit, kind, credentials, auth);
}

const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  [KEY]: ['username', 'apiKey'],
  [PASSWORD]: ['username', 'password'],
  [CODE]: ['passcode'],
  token: ['id'],
};

function malformed(visit: Visit, why: string): Answer {
  visit.marks.push(why);
  return fault(400, 'Invalid request body: unable to parse Auth data. Please review XML or JSON formatting.');
}

function admit(visit: Visit, kind: string, credentials: Json, auth: Json): Answer {
  const checked = prove(visit, kind, credentials);
  if ('status' in checked) return checked;
  const { user, by } = checked;
  if (!user.enabled) return fault(403, `User '${user.name}' is disabled.`, 'userDisabled');
  const enrolment = auth[SCOPE] === 'SETUP-MFA';
  if (by[0] === 'PASSWORD' && by.length === 1 && user.factor === 'challenge') return challenge(visit, user);
  if (by[0] === 'PASSWORD' && user.factor === 'enrol' && !enrolment) return fault(403, 'User must setup multi-factor');
  const tenant = auth.tenantId ?? auth.tenantName;
  if (tenant !== undefined && tenant !== user.tenant) {
    return fault(401, `Tenant with Name/Id: '${String(tenant)}' is not valid for User '${user.name}' (id: '${user.id}')`);
  }
  const token = checked.token ?? issue(visit, user, by, enrolment);
  const catalog = visit.call.query.get('include_endpoints')?.toLowerCase() !== 'false';
  if (!catalog) visit.marks.push('include_endpoints=false leaves the catalog out');
  return { status: 200, json: { access: access(visit.origin, user, token, catalog) } };
}

interface Proven {
  readonly user: User;
  readonly by: readonly string[];
  /** The token that was exchanged; it is given back. */
  readonly token?: Token;
}

/** Finds whom the credentials prove; wrong ones are answered alike whether the user exists or not. */
function prove(visit: Visit, kind: string, credentials: Json): Proven | Answer {
  const { cloud } = visit;
  const named = cloud.users.find((user) => user.name === credentials.username);
  if (kind === KEY) {
    const known = named !== undefined && named.apiKey !== null && named.apiKey === credentials.apiKey;
    return known ? { user: named, by: ['APIKEY'] } : fault(401, 'Username or api key is invalid.');
  }
  const refused = fault(401, 'Unable to authenticate user with credentials provided.');
  if (kind === PASSWORD) return named?.password === credentials.password && named ? { user: named, by: ['PASSWORD'] } : refused;
  if (kind === CODE) return answered(visit, credentials.passcode) ?? refused;
  const token = cloud.tokens.find((one) => one.id === credentials.id && one.expires > visit.now);
  const user = cloud.users.find((one) => one.name === token?.user);
  return token && user ? { user, by: token.authenticatedBy, token } : refused;
}

/** A password was right and is not enough: the session named here waits for the passcode. */
function challenge(visit: Visit, user: User): Answer {
  const id = nextId(visit.cloud, 'challenge');
  visit.cloud.challenges.push({ id, user: user.name });
  return {
    ...fault(401, 'Additional authentication credentials required'),
    headers: { 'www-authenticate': `OS-MF sessionId='${id}', factor='PASSCODE'` },
  };
}

/** The second half of a challenge; a session serves one success. */
function answered(visit: Visit, passcode: unknown): Proven | undefined {
  const session = visit.call.headers['x-sessionid'];
  if (session === undefined) visit.marks.push('a passcode without X-SessionId');
  const open = visit.cloud.challenges.find((one) => one.id === session);
  const user = visit.cloud.users.find((one) => one.name === open?.user);
  if (user === undefined || passcode !== PASSCODE) return undefined;
  visit.cloud.challenges = visit.cloud.challenges.filter((one) => one !== open);
  return { user, by: ['PASSWORD', 'PASSCODE'] };
}

/** The user's living token of the same making, else a new one: asking again is no way to many tokens. */
function issue(visit: Visit, user: User, by: readonly string[], enrolment: boolean): Token {
  const { cloud, now } = visit;
  cloud.tokens = cloud.tokens.filter((token) => token.expires > now);
  const cached = cloud.tokens.find(
    (token) => token.user === user.name && token.enrolment === enrolment && token.authenticatedBy.join() === by.join(),
  );
  if (cached !== undefined) return cached;
  const id = nextId(cloud, 'token').replaceAll('-', '');
  const token = { id, user: user.name, expires: now + visit.knobs.tokenTtl * 1000, authenticatedBy: by, enrolment };
  cloud.tokens.push(token);
  return token;
}

function access(origin: string, user: User, token: Token, catalog: boolean): Json {
  const tenant = token.enrolment ? {} : { tenant: { id: user.tenant, name: user.tenant } };
  return {
    token: {
      id: token.id,
      expires: new Date(token.expires).toISOString(),
      ...tenant,
      'RAX-AUTH:authenticatedBy': token.authenticatedBy,
    },
    ...(catalog ? { serviceCatalog: token.enrolment ? [] : services(origin, user.tenant) } : {}),
    user: {
      id: user.id,
      name: user.name,
      'RAX-AUTH:defaultRegion': user.defaultRegion,
      'RAX-AUTH:domainId': user.tenant,
      roles: user.roles.map((name, index) => ({ id: String(index + 1), name, description: name, tenantId: user.tenant })),
    },
  };
}

/** Where a region's services live below the origin. */
export const regionPrefix = (region: Region): string => (region === 'DFW' ? '' : `/${region.toLowerCase()}`);

/** First-generation servers stand first, with the same type, so that a client matching by type alone takes the wrong ones. */
function services(origin: string, tenant: string) {
  const everywhere = (path: string, version: string) =>
    REGIONS.map((region) => {
      const base = `${origin}${regionPrefix(region)}${path}`;
      return { region, tenantId: tenant, publicURL: `${base}/${version}`, versionId: version.split('/')[0], versionList: `${base}/` };
    });
  return [
    { name: 'cloudServers', type: 'compute', endpoints: [{ tenantId: tenant, publicURL: `${origin}/servers/v1.0/${tenant}` }] },
    { name: 'cloudServersOpenStack', type: 'compute', endpoints: everywhere('/servers', `v2/${tenant}`) },
    { name: 'cloudNetworks', type: 'network', endpoints: everywhere('/networks', 'v2.0') },
    { name: 'rackconnect', type: 'rax:rackconnect', endpoints: everywhere('/rackconnect', `v3/${tenant}`) },
  ];
}

/** Revokes the named token of the caller's user, or the very token that the request carries. */
function revoke(visit: Visit, id: string | undefined): Answer {
  const own = signedIn(visit);
  if ('status' in own) return own;
  const target = visit.cloud.tokens.find((token) => token.id === (id ?? own.id) && token.user === own.user);
  if (target === undefined) return fault(404, 'Token not found.');
  visit.cloud.tokens = visit.cloud.tokens.filter((token) => token !== target);
  return { status: 204 };
}

function endpoints(visit: Visit, id: string): Answer {
  const own = signedIn(visit);
  if ('status' in own) return own;
  const user = visit.cloud.users.find((one) => one.name === own.user);
  if (own.id !== id || user === undefined) return fault(404, 'Token not found.');
  const list = services(visit.origin, user.tenant).flatMap(({ name, type, endpoints: places }) =>
    places.map((place) => ({ ...place, name, type })),
  );
  return { status: 200, json: { endpoints: list } };
}

function signedIn(visit: Visit): Token | Answer {
  expectQuery(visit, []);
  if (visit.call.headers['x-auth-token'] === undefined) visit.marks.push('X-Auth-Token is missing');
  return tokenOf(visit) ?? fault(401, 'No valid token provided. Please use the X-Auth-Token header with a valid token.');
}
