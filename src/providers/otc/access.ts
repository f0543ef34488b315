/** Where the services are, as whom we speak to them, and which project that opens. */
import { keystoneV3 } from '../../auth/keystone-v3.js';
import { sdkHmac } from '../../auth/sdk-hmac.js';
import type { Context } from '../../domain/driver.js';
import { IpctlError } from '../../domain/errors.js';
import type { Layer, Send } from '../../domain/exchange.js';
import type { Values } from '../../domain/option.js';
import { url } from '../../http/url.js';
import { fault } from './fault.js';
import { type KeyGuard, keyGuard } from './key-guard.js';
import type { otc } from './manifest.js';
import { type Project, readProjects, readToken } from './wire.js';

export type Options = Values<(typeof otc)['options']>;

export interface Endpoints {
  readonly iam: string;
  /** EIPs live here as well: their service has no host of its own. */
  readonly vpc: string;
  readonly ecs: string;
}

/** https://docs.otc.t-systems.com/regions-and-endpoints/; `config` for a region that is no name. */
export function endpointsOf(options: Options): Endpoints {
  const { region, cloud } = options;
  // A region becomes part of a host name, and credentials go there.
  if (!/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(region)) {
    throw new IpctlError('config', `'${region}' is no region`, {
      provider: 'otc',
      fate: 'not-sent',
      hint: 'a region is called like eu-de',
    });
  }
  // Surprise: the Swiss cloud has a domain of its own, and an irregular name for its identity service.
  const swiss = cloud === 'otc' && region === 'eu-ch2';
  const domain = cloud === 'huawei' ? 'myhuaweicloud.com' : swiss ? 'sc.otc.t-systems.com' : 'otc.t-systems.com';
  const host = (service: string): string => `https://${service}.${region}.${domain}`;
  return {
    iam: (options['iam-endpoint'] ?? host(swiss ? 'iam-pub' : 'iam')).replace(/\/+$/, '').replace(/\/v3$/, ''),
    vpc: options['vpc-endpoint'] ?? host('vpc'),
    ecs: options['ecs-endpoint'] ?? host('ecs'),
  };
}

export interface Identity {
  readonly user: string | null;
  readonly project: Project;
}

export interface Access {
  readonly vpc: Send;
  readonly ecs: Send;
  /** The project's id, as every path names it. Without a request where the profile gives it. */
  project(): Promise<string>;
  /** By the provider's own word. Undefined where only a request to the project itself can prove that the credentials open it. */
  identity(): Promise<Identity | undefined>;
  /** Null where no token of ours is in use, or nobody tells. */
  tokenExpiresAt(): Promise<Date | null>;
}

type AccessContext = Pick<Context<(typeof otc)['options']>, 'options' | 'http' | 'tokens' | 'clock' | 'conceal'>;

/** A project's id never changes; a cached one that is gone shows as a refusal that names the project. */
const PROJECT_LIFE = 24 * 60 * 60 * 1000;

const refused = (kind: 'config' | 'auth', message: string, hint?: string): IpctlError =>
  new IpctlError(kind, message, { provider: 'otc', fate: 'not-sent', hint });

export function accessOf(context: AccessContext, endpoints: Endpoints): Access {
  const { options, http } = context;
  const client: Client = (authorize, guard) =>
    http({ fault, insecureHttp: options['insecure-http'], ...(authorize === undefined ? {} : { authorize }), ...guard });
  const { 'access-key': key, 'secret-key': secret, token, password } = options;
  if (key !== undefined && secret !== undefined) return byAccessKey(context, endpoints, client, key, secret);
  if (token !== undefined) return byToken(context, endpoints, client, token);
  if (password !== undefined) return byPassword(context, endpoints, client, password);
  throw refused('config', 'neither a password, an access key nor a token is given');
}

type Client = (authorize?: Layer, guard?: KeyGuard) => Send;

const projectName = (options: Options): string => options['project-name'] ?? options.region;

/** One question, asked once; a failed one may be asked again. */
export function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  return () => {
    const asked = answer ?? ask();
    answer = asked;
    asked.catch(() => {
      if (answer === asked) answer = undefined;
    });
    return asked;
  };
}

const scoped = (project: Project | null): Project => {
  if (project !== null) return project;
  throw refused('config', 'the token is not scoped to a project', 'give project-name or project-id');
};

/** https://docs.otc.t-systems.com/identity-access-management/api-ref/apis/token_management/index.html */
function byPassword({ options, tokens, clock, conceal }: AccessContext, { iam }: Endpoints, client: Client, password: string): Access {
  const { username, passcode, 'user-id': userId, 'domain-name': domainName, 'domain-id': domainId, 'project-id': projectId } = options;
  const session = keystoneV3({
    authUrl: iam,
    credentials: { method: 'password', user: { id: userId, name: username, domainName, domainId }, password, passcode },
    // A name is looked up in the user's own domain: no domain is sent with it.
    project: projectId === undefined ? { name: projectName(options) } : { id: projectId },
    send: client(),
    tokens,
    clock,
    conceal,
  });
  const identity = async (): Promise<Identity> => {
    const { user, project } = await session.current();
    return { user: user.name, project: scoped(project) };
  };
  const send = client(session.authorize);
  return {
    vpc: send,
    ecs: send,
    identity,
    project: async () => projectId ?? (await identity()).project.id,
    tokenExpiresAt: async () => new Date((await session.current()).expiresAt),
  };
}

/** A token at hand is used as it is; asking for another with it is not part of their API. */
function byToken({ options, conceal }: AccessContext, { iam }: Endpoints, client: Client, token: string): Access {
  conceal(token);
  const send = client((next) => (request) => next({ ...request, headers: { ...request.headers, 'x-auth-token': token } }));
  const identity = once(async (): Promise<Identity> => {
    const reply = await send({ method: 'GET', url: url(iam, ['v3', 'auth', 'tokens']), headers: { 'x-subject-token': token } });
    const { user, project } = readToken(reply);
    return { user, project: scoped(project) };
  });
  return {
    vpc: send,
    ecs: send,
    identity,
    project: async () => options['project-id'] ?? (await identity()).project.id,
    tokenExpiresAt: async () => null,
  };
}

/** https://docs.otc.t-systems.com/api-usage/ and https://docs.otc.t-systems.com/identity-access-management/api-ref/apis/project_management/index.html */
function byAccessKey(context: AccessContext, { iam }: Endpoints, client: Client, key: string, secret: string): Access {
  const { options, tokens, clock } = context;
  const { cloud, region, signature, 'security-token': securityToken, 'project-id': projectId, 'domain-id': domainId } = options;
  const kind = signature === 'auto' ? (cloud === 'huawei' ? 'a' : 'b') : signature;
  const guard = keyGuard({ clock, tokens, key: [iam, key], secrets: [secret, securityToken ?? ''] });
  const signing = (service: string, headers: () => Promise<Record<string, string>>): Send => {
    const dialect = kind === 'a' ? { kind } : { kind, region, service };
    const sign = sdkHmac({ key: { id: key, secret, securityToken }, dialect, clock, headers });
    // The project, which a header names, may have to be asked for first: that request has its own turn, and its own at the guard.
    return client(sign, guard);
  };
  const name = projectName(options);
  const account = signing('iam', async () => (domainId === undefined ? {} : { 'x-domain-id': domainId }));
  const find = once(async (): Promise<Project> => {
    const found = readProjects(await account({ method: 'GET', url: url(iam, ['v3', 'projects'], { name }) }));
    const project = found.find((candidate) => candidate.name === name);
    if (project === undefined) throw refused('config', `the access key opens no project '${name}'`, 'give project-name or project-id');
    return project;
  });
  const cacheKey = JSON.stringify([iam, 'project', key, name]);
  const known = once(async (): Promise<string> => {
    const cached = await tokens.get(cacheKey);
    if (typeof cached === 'string') return cached;
    const { id } = await find();
    await tokens.put(cacheKey, id, new Date(clock.now() + PROJECT_LIFE));
    return id;
  });
  const project = async (): Promise<string> => projectId ?? known();
  const inProject = async (): Promise<Record<string, string>> => ({ 'x-project-id': await project() });
  return {
    vpc: signing('vpc', inProject),
    ecs: signing('ecs', inProject),
    project,
    identity: async () => (projectId === undefined ? { user: null, project: await find() } : undefined),
    tokenExpiresAt: async () => null,
  };
}
