/** Keystone v3 tokens (https://docs.openstack.org/api-ref/identity/v3/#authentication-and-token-management). */
import { createHash } from 'node:crypto';
import type { Clock } from '../domain/clock.js';
import type { Tokens } from '../domain/driver.js';
import { IpctlError } from '../domain/errors.js';
import type { Reply, Send } from '../domain/exchange.js';
import { type Fields, fields } from '../http/fields.js';
import { type Grant, recognizeGrant, type Session, session } from './token.js';

export interface Endpoint {
  readonly interface: string;
  readonly region: string;
  readonly url: string;
}
export interface Service {
  readonly type: string;
  readonly name: string;
  readonly endpoints: readonly Endpoint[];
}
export interface Named {
  readonly id: string;
  readonly name: string;
}
export interface KeystoneGrant extends Grant {
  readonly catalog: readonly Service[];
  readonly project: Named | null;
  readonly user: Named;
}

/** By id, or by name within a domain. Ids win where both are given. */
export interface Reference {
  readonly id?: string | undefined;
  readonly name?: string | undefined;
  readonly domainId?: string | undefined;
  readonly domainName?: string | undefined;
}
export type Credentials =
  | { readonly method: 'password'; readonly user: Reference; readonly password: string; readonly passcode?: string | undefined }
  | { readonly method: 'token'; readonly token: string }
  | {
      readonly method: 'application_credential';
      readonly credential: Reference;
      readonly user?: Reference | undefined;
      readonly secret: string;
    };

export interface KeystoneSettings {
  /** With or without `/v3`. */
  readonly authUrl: string;
  readonly credentials: Credentials;
  /** The project asked for; never sent with an application credential, which carries its own. */
  readonly project?: Reference | undefined;
  /** A refused login costs a second one, without a scope, to tell wrong credentials from a wrong project: not where a few failures lock a user out. */
  readonly explained?: boolean;
  readonly send: Send;
  readonly tokens: Tokens;
  readonly clock: Clock;
  conceal(secret: string): void;
}

const named = ({ id, name, domainId, domainName }: Reference): Record<string, unknown> => {
  if (id !== undefined) return { id };
  const domain = domainId === undefined ? (domainName === undefined ? {} : { domain: { name: domainName } }) : { domain: { id: domainId } };
  return { ...(name === undefined ? {} : { name }), ...domain };
};

/** Said in so many words: without it a user's default project would be the scope. */
const UNSCOPED = 'unscoped';

/** The body of `POST /v3/auth/tokens`. */
export function tokenRequest(credentials: Credentials, project: Reference | typeof UNSCOPED | undefined): unknown {
  const scope = project === undefined ? {} : { scope: project === UNSCOPED ? UNSCOPED : { project: named(project) } };
  switch (credentials.method) {
    case 'token':
      return { auth: { identity: { methods: ['token'], token: { id: credentials.token } }, ...scope } };
    case 'application_credential': {
      const { credential, user, secret } = credentials;
      const owner = credential.id === undefined && user !== undefined ? { user: named(user) } : {};
      return {
        auth: { identity: { methods: ['application_credential'], application_credential: { ...named(credential), secret, ...owner } } },
      };
    }
    case 'password': {
      const { user, password, passcode } = credentials;
      const second = passcode === undefined ? {} : { totp: { user: { ...named(user), passcode } } };
      const methods = passcode === undefined ? ['password'] : ['password', 'totp'];
      return { auth: { identity: { methods, password: { user: { ...named(user), password } }, ...second }, ...scope } };
    }
  }
}

const readNamed = (value: Fields): Named => ({ id: value.text('id'), name: value.textOrNull('name') ?? value.text('id') });

function readGrant(token: string, body: unknown): KeystoneGrant {
  const grant = fields(body, '').object('token');
  const project = grant.objectOrNull('project');
  return {
    token,
    expiresAt: grant.text('expires_at'),
    user: readNamed(grant.object('user')),
    project: project === null ? null : readNamed(project),
    catalog: (grant.raw.catalog === undefined ? [] : grant.list('catalog')).map((service) => ({
      type: service.text('type'),
      name: service.textOrNull('name') ?? '',
      endpoints: service.list('endpoints').map((endpoint) => ({
        interface: (endpoint.textOrNull('interface') ?? '').replace(/URL$/, ''),
        region: endpoint.textOrNull('region_id') ?? endpoint.textOrNull('region') ?? '',
        url: endpoint.textOrNull('url') ?? '',
      })),
    })),
  };
}

/**
 * Errors: whatever `send` makes of a refusal, with our own reading of a 401 before it; `defect` for a 201 without a token.
 * Versioned and unversioned URLs are alike: the answer of a version list would tell nothing that the suffix does not.
 */
export function keystoneV3(settings: KeystoneSettings): Session<KeystoneGrant> {
  const { credentials, project, explained = false, send, tokens, clock, conceal } = settings;
  const root = settings.authUrl.replace(/\/+$/, '');
  const base = root.endsWith('/v3') ? root : `${root}/v3`;
  const key = JSON.stringify([base, credentials.method, identityOf(credentials), project === undefined ? null : named(project)]);
  const ask = async (scope: Reference | typeof UNSCOPED | undefined): Promise<{ readonly token: string; readonly reply: Reply }> => {
    const reply = await send({
      method: 'POST',
      url: `${base}/auth/tokens`,
      body: tokenRequest(credentials, scope),
      reads: true,
      confidential: true,
    });
    const token = reply.headers['x-subject-token'];
    if (token === undefined || token === '') throw new IpctlError('defect', 'the identity service answered without a token');
    return { token, reply };
  };
  const made = session<KeystoneGrant>({
    key,
    header: 'x-auth-token',
    renewable: credentials.method !== 'token',
    tokens,
    clock,
    conceal,
    async login() {
      try {
        const { token, reply } = await ask(project);
        return readGrant(token, reply.json);
      } catch (thrown) {
        if (!explained || !(thrown instanceof IpctlError) || thrown.details.status !== 401 || thrown.details.hint !== undefined)
          throw thrown;
        const reason = await reasonOf401();
        throw reason === undefined ? thrown : told(thrown, reason);
      }
    },
    recognize: recognizeGrant<KeystoneGrant>('user', 'project'),
  });

  /** The service gives one answer to all that is wrong: only credentials that open nothing tell them from a project that is not theirs. */
  async function reasonOf401(): Promise<Reason | undefined> {
    // A passcode is good for one request, and the credential of an application has no other scope to try.
    if (project === undefined || (credentials.method === 'password' && credentials.passcode !== undefined))
      return REFUSED[credentials.method];
    try {
      const { token } = await ask(UNSCOPED);
      conceal(token);
      const wanted = project.name ?? project.id;
      return {
        sentence: `the credentials are right, but project ${wanted} is not open to them or does not exist`,
        hint: await openProjects(token),
      };
    } catch (thrown) {
      if (!(thrown instanceof IpctlError)) throw thrown;
      // A look that failed for a reason of its own says nothing: the first answer stands as it came.
      return thrown.details.status === 401 ? REFUSED[credentials.method] : undefined;
    }
  }

  async function openProjects(token: string): Promise<string> {
    const reply = await send({ method: 'GET', url: `${base}/auth/projects`, headers: { 'x-auth-token': token }, reads: true });
    const names = fields(reply.json, '')
      .list('projects')
      .map((open) => readNamed(open).name);
    return names.length === 0 ? 'no project at all is open to them' : `open to them: ${names.slice(0, MOST_NAMES).join(', ')}`;
  }

  return {
    ...made,
    // A token that cannot be renewed is kept no longer than the service takes it.
    authorize: (next) => {
      const authorized = made.authorize(next);
      return async (request) => {
        const reply = await authorized(request);
        if (reply.status === 401 && credentials.method === 'token') await tokens.drop(key);
        return reply;
      };
    },
  };
}

const MOST_NAMES = 10;

interface Reason {
  readonly sentence: string;
  readonly hint: string;
}

/** What a 401 means when no other scope would have helped. */
const REFUSED: Readonly<Record<Credentials['method'], Reason>> = {
  password: { sentence: 'the user or the password is wrong', hint: 'check the user, the domain of the user, and the password' },
  token: { sentence: 'the token has expired or was revoked', hint: 'get a new one: a token cannot be renewed, a password can' },
  application_credential: {
    sentence: 'the application credential is unknown or has expired, or its secret is wrong',
    hint: 'make a new one, or check its id and secret',
  },
};

const told = (error: IpctlError, { sentence, hint }: Reason): IpctlError =>
  new IpctlError(error.kind, `${sentence}: ${error.message}`, { ...error.details, hint, cause: error });

/** Whose token it is; the name of an application credential is one of its user's. */
function identityOf(credentials: Credentials): unknown {
  switch (credentials.method) {
    case 'password':
      return named(credentials.user);
    case 'token':
      return { token: fingerprint(credentials.token) };
    case 'application_credential':
      return { ...named(credentials.credential), ...(credentials.user === undefined ? {} : { user: named(credentials.user) }) };
  }
}

/** Tells two tokens apart in a cache key without being one. */
const fingerprint = (token: string): string => createHash('sha256').update(token).digest('hex').slice(0, 16);
