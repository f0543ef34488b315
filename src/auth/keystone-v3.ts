/** Keystone v3 tokens (https://docs.openstack.org/api-ref/identity/v3/#authentication-and-token-management). */
import { createHash } from 'node:crypto';
import type { Clock } from '../domain/clock.js';
import type { Tokens } from '../domain/driver.js';
import { IpctlError } from '../domain/errors.js';
import type { Send } from '../domain/exchange.js';
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

/** The body of `POST /v3/auth/tokens`. */
export function tokenRequest(credentials: Credentials, project: Reference | undefined): unknown {
  const scope = project === undefined ? {} : { scope: { project: named(project) } };
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

/** Errors: whatever `send` makes of a refusal; `defect` for a 201 without a token. */
export function keystoneV3({ authUrl, credentials, project, send, tokens, clock, conceal }: KeystoneSettings): Session<KeystoneGrant> {
  const root = authUrl.replace(/\/+$/, '');
  const base = root.endsWith('/v3') ? root : `${root}/v3`;
  const identity =
    credentials.method === 'password'
      ? named(credentials.user)
      : credentials.method === 'token'
        ? { token: fingerprint(credentials.token) }
        : named(credentials.credential);
  return session<KeystoneGrant>({
    key: JSON.stringify([base, credentials.method, identity, project === undefined ? null : named(project)]),
    header: 'x-auth-token',
    renewable: credentials.method !== 'token',
    tokens,
    clock,
    conceal,
    async login() {
      const reply = await send({
        method: 'POST',
        url: `${base}/auth/tokens`,
        body: tokenRequest(credentials, project),
        reads: true,
        confidential: true,
      });
      const token = reply.headers['x-subject-token'];
      if (token === undefined || token === '') throw new IpctlError('defect', 'the identity service answered without a token');
      return readGrant(token, reply.json);
    },
    recognize: recognizeGrant<KeystoneGrant>('user', 'project'),
  });
}

/** Tells two tokens apart in a cache key without being one. */
const fingerprint = (token: string): string => createHash('sha256').update(token).digest('hex').slice(0, 16);
