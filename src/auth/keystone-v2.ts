/** Keystone v2 tokens, with Rackspace's kinds of credentials (https://github.com/rackerlabs/docs-cloud-identity/tree/HEAD/api-docs/api-reference/methods/token). */
import type { Clock } from '../domain/clock.js';
import type { Tokens } from '../domain/driver.js';
import { IpctlError } from '../domain/errors.js';
import type { Layer, Reply, Send } from '../domain/exchange.js';
import { fields } from '../http/fields.js';
import { url } from '../http/url.js';
import type { Named, Service } from './keystone-v3.js';
import { type Grant, recognizeGrant, type Session, session } from './token.js';

export interface KeystoneV2Grant extends Grant {
  /** Public endpoints only; global services have the region ''. */
  readonly catalog: readonly Service[];
  /** Absent from some replies: the tenant then stands in the endpoints alone. */
  readonly tenant: Named | null;
  readonly user: Named;
  readonly defaultRegion: string | null;
}

export type KeystoneV2Credentials =
  | { readonly method: 'api-key'; readonly username: string; readonly apiKey: string }
  | { readonly method: 'password'; readonly username: string; readonly password: string };

export interface KeystoneV2Settings {
  /** With or without `/v2.0`. */
  readonly authUrl: string;
  readonly credentials: KeystoneV2Credentials;
  readonly tenantId?: string | undefined;
  readonly send: Send;
  readonly tokens: Tokens;
  readonly clock: Clock;
  conceal(secret: string): void;
}

/** The body of `POST /v2.0/tokens`: the tenant stands beside the credentials, not in them. */
export function tokenRequestV2(credentials: KeystoneV2Credentials, tenantId: string | undefined): unknown {
  const { username } = credentials;
  const tenant = tenantId === undefined ? {} : { tenantId };
  return credentials.method === 'api-key'
    ? { auth: { 'RAX-KSKEY:apiKeyCredentials': { username, apiKey: credentials.apiKey }, ...tenant } }
    : { auth: { passwordCredentials: { username, password: credentials.password }, ...tenant } };
}

const CHALLENGE = /OS-MF\b.*?\bsessionId='([^']+)'/i;

/** The session of a multi-factor challenge, or undefined when the reply is none. */
export const challengeOf = (reply: Reply): string | undefined =>
  reply.status === 401 ? CHALLENGE.exec(reply.headers['www-authenticate'] ?? '')?.[1] : undefined;

/** Answers a multi-factor challenge, once: a passcode that was refused is not good a second time. Without one the challenge stands. */
export const passcodeLayer =
  (passcode: () => Promise<string | undefined>, conceal: (secret: string) => void): Layer =>
  (next) =>
  async (request) => {
    const reply = await next(request);
    const challenge = challengeOf(reply);
    if (challenge === undefined) return reply;
    conceal(challenge);
    const code = await passcode();
    if (code === undefined) return reply;
    conceal(code);
    return next({
      ...request,
      headers: { ...request.headers, 'x-sessionid': challenge },
      body: { auth: { 'RAX-AUTH:passcodeCredentials': { passcode: code } } },
    });
  };

function readGrant(body: unknown): KeystoneV2Grant {
  const access = fields(body, '').object('access');
  const token = access.object('token');
  const user = access.object('user');
  const tenant = token.objectOrNull('tenant');
  const expires = token.timeOrNull('expires');
  if (expires === null) throw new IpctlError('defect', "the provider's reply is broken: access.token.expires is not a time");
  return {
    token: token.text('id'),
    expiresAt: expires.toISOString(),
    tenant: tenant === null ? null : { id: tenant.id('id'), name: tenant.textOrNull('name') ?? tenant.id('id') },
    user: { id: user.id('id'), name: user.textOrNull('name') ?? user.id('id') },
    defaultRegion: user.textOrNull('RAX-AUTH:defaultRegion'),
    catalog: access.list('serviceCatalog').map((service) => ({
      type: service.text('type'),
      name: service.textOrNull('name') ?? '',
      endpoints: service.list('endpoints').flatMap((endpoint) => {
        const publicUrl = endpoint.textOrNull('publicURL');
        return publicUrl === null ? [] : [{ interface: 'public', region: endpoint.textOrNull('region') ?? '', url: publicUrl }];
      }),
    })),
  };
}

/** Errors: whatever `send` makes of a refusal; `defect` for a 200 without a token, its end or a catalog. */
export function keystoneV2({ authUrl, credentials, tenantId, send, tokens, clock, conceal }: KeystoneV2Settings): Session<KeystoneV2Grant> {
  const root = authUrl.replace(/\/+$/, '');
  const base = root.endsWith('/v2.0') ? root : `${root}/v2.0`;
  return session<KeystoneV2Grant>({
    key: JSON.stringify([base, credentials.method, credentials.username, tenantId ?? null]),
    header: 'x-auth-token',
    renewable: true,
    tokens,
    clock,
    conceal,
    async login() {
      const reply = await send({
        method: 'POST',
        url: url(base, ['tokens']),
        body: tokenRequestV2(credentials, tenantId),
        reads: true,
        confidential: true,
      });
      return readGrant(reply.json);
    },
    recognize: recognizeGrant<KeystoneV2Grant>('tenant', 'user', 'defaultRegion'),
  });
}
