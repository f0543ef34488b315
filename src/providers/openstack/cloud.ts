/** Who we are and where the services stand: credentials from options, endpoints from the token's catalog. */
import { type Credentials, type Endpoint, keystoneV3, type Named, type Reference, type Service } from '../../auth/keystone-v3.js';
import type { Context } from '../../domain/driver.js';
import type { Fault, Send } from '../../domain/exchange.js';
import type { OptionSet, Values } from '../../domain/option.js';
import type { access, computeEndpoint, insecureHttp } from './access.js';
import { refused } from './fault.js';

type Accepted = typeof access & { readonly 'compute-endpoint': typeof computeEndpoint; readonly 'insecure-http': typeof insecureHttp };
type ServiceType = 'network' | 'compute';
type Options = Values<Accepted> & { readonly 'network-endpoint'?: string | undefined };

export interface Means extends Pick<Context<OptionSet>, 'http' | 'tokens' | 'clock' | 'conceal'> {
  readonly options: Options;
}

export interface Cloud {
  /** The authorized client. */
  readonly send: Send;
  readonly project: Named;
  readonly user: Named;
  readonly region: string | null;
  readonly tokenExpiresAt: Date;
  /** Base of the network API, `/v2.0` included. `config` where the catalog has none. */
  network(): string;
  /** Base of the compute API, as the catalog writes it; undefined where there is none. */
  compute(): string | undefined;
}

type Method = Credentials['method'];

const METHODS: Readonly<Record<NonNullable<Options['auth-type']>, Method>> = {
  password: 'password',
  v3password: 'password',
  v3totp: 'password',
  v3multifactor: 'password',
  token: 'token',
  v3token: 'token',
  v3applicationcredential: 'application_credential',
};

const userOf = (options: Options): Reference => ({
  id: options['user-id'],
  name: options.username,
  domainId: options['user-domain-id'],
  domainName: options['user-domain-name'],
});

const lacksDomain = ({ id, name, domainId, domainName }: Reference): boolean =>
  id === undefined && name !== undefined && (domainId ?? domainName) === undefined;

/** `config` for names without their domains: by itself a name stands for nobody, and a guess might stand for somebody else. */
function requireDomains(references: Readonly<Partial<Record<'user' | 'project', Reference | undefined>>>): void {
  const lacking = Object.entries(references).filter(([, reference]) => reference !== undefined && lacksDomain(reference));
  if (lacking.length === 0) return;
  const all = (words: readonly string[]): string => words.join(' and ');
  const are = lacking.length === 1 ? 'is named without the domain it belongs to' : 'are named without the domain they belong to';
  throw refused(
    'config',
    `${all(lacking.map(([what, reference]) => `the ${what} ${reference?.name}`))} ${are}`,
    `set the option ${all(lacking.map(([what]) => `${what}-domain-name`))}, which is Default on most clouds, or ${all(lacking.map(([what]) => `${what}-id`))} instead of the name`,
  );
}

/** As `auth-type` says, else as follows from what is there; an application credential is the most particular. */
function credentialsOf(options: Options): Credentials {
  const { password, passcode, token, 'application-credential-secret': secret } = options;
  const credential = { id: options['application-credential-id'], name: options['application-credential-name'] };
  const type = options['auth-type'];
  const wanted = type === undefined ? undefined : METHODS[type];
  const may = (method: Method): boolean => wanted === undefined || wanted === method;
  if (may('application_credential') && secret !== undefined && (credential.id !== undefined || credential.name !== undefined)) {
    return { method: 'application_credential', credential, user: credential.id === undefined ? userOf(options) : undefined, secret };
  }
  if (may('password') && password !== undefined) return { method: 'password', user: userOf(options), password, passcode };
  if (may('token') && token !== undefined) return { method: 'token', token };
  if (type !== undefined) throw refused('config', `auth-type is ${type}, and what it needs is not set`, 'ipctl provider show openstack');
  throw refused('config', 'no way to authenticate: neither password, application credential nor token is set');
}

function projectOf(options: Options): Reference {
  const reference = {
    id: options['project-id'],
    name: options['project-name'],
    domainId: options['project-domain-id'],
    domainName: options['project-domain-name'],
  };
  if (reference.id === undefined && reference.name === undefined) {
    throw refused('config', 'no project is chosen', 'set the option project-name or project-id');
  }
  return reference;
}

const regionOf = (service: ServiceType, options: Options): string | undefined => options[`${service}-region`] ?? options.region;
const interfaceOf = (service: ServiceType, options: Options): string =>
  (options[`${service}-interface`] ?? options.interface).replace(/URL$/, '');

const endpointsOf = (catalog: readonly Service[], type: string): readonly Endpoint[] =>
  // The exact type only: catalogs carry look-alikes such as `compute_legacy`.
  catalog
    .filter((service) => service.type === type)
    .flatMap(({ endpoints }) => endpoints)
    .filter(({ url }) => url !== '');

function endpointOf(catalog: readonly Service[], type: ServiceType, options: Options): Endpoint | undefined {
  const wanted = regionOf(type, options);
  return endpointsOf(catalog, type).find(
    ({ interface: side, region }) => side === interfaceOf(type, options) && (wanted === undefined || region === wanted),
  );
}

/** Why the catalog has no network service for us: the service, the region or the interface, in this order. */
function noEndpoint(catalog: readonly Service[], options: Options): Error {
  const known = endpointsOf(catalog, 'network');
  if (known.length === 0) {
    return refused(
      'config',
      'the catalog has no network service: this cloud has no Neutron, or shows it to others only',
      'the option network-endpoint names one that the catalog does not',
    );
  }
  const there = `there is: ${[...new Set(known.map(({ region, interface: side }) => `${region} ${side}`))].join(', ')}`;
  const region = regionOf('network', options);
  const regions = [...new Set(known.map((endpoint) => endpoint.region))].sort();
  if (region !== undefined && !regions.includes(region)) {
    return refused('config', `the catalog has no network service in region ${region}, but in ${regions.join(', ')}`, there);
  }
  const where = region === undefined ? '' : ` in region ${region}`;
  return refused('config', `the catalog has no network service${where} with interface ${interfaceOf('network', options)}`, there);
}

const networkBase = (url: string): string => {
  const root = url.replace(/\/+$/, '');
  return root.endsWith('/v2.0') ? root : `${root}/v2.0`;
};

/** A refusal that lists other methods is about none of what was sent: it says what to do by itself. */
const ofLogin =
  (fault: Fault): Fault =>
  (reply, request) => {
    const error = fault(reply, request);
    const methods = (reply.json as { readonly error?: { readonly identity?: { readonly methods?: unknown } } } | null | undefined)?.error
      ?.identity?.methods;
    return Array.isArray(methods) && error.details.hint === undefined
      ? error.with({ hint: 'choose one of these with the option auth-type, and set what it needs' })
      : error;
  };

/**
 * Logs in when first asked, or takes the kept token. `config` for settings that cannot work, before any request. `service`:
 * whose region is ours, where none is chosen.
 */
export function openCloud(
  { options, http, tokens, clock, conceal }: Means,
  { fault, service }: { readonly fault: Fault; readonly service: ServiceType },
): () => Promise<Cloud> {
  const authUrl = options['auth-url'];
  if (/\/v2\.0\/*$/.test(authUrl)) {
    throw refused('config', `auth-url ${authUrl} is of Identity v2.0, which is gone`, 'end it with /v3, or with no version at all');
  }
  const credentials = credentialsOf(options);
  // An application credential carries its project: one beside it is refused with a 401.
  const project = credentials.method === 'application_credential' ? undefined : projectOf(options);
  requireDomains({ user: credentials.method === 'token' ? undefined : credentials.user, project });
  const insecureHttp = options['insecure-http'];
  const session = keystoneV3({
    authUrl,
    credentials,
    project,
    explained: true,
    send: http({ fault: ofLogin(fault), insecureHttp }),
    tokens,
    clock,
    conceal,
  });
  const send = http({ fault, authorize: session.authorize, insecureHttp });
  return async () => {
    const { catalog, project, user, expiresAt } = await session.current();
    if (project === null) throw refused('config', 'these credentials open no project', 'set the option project-name or project-id');
    const network = endpointOf(catalog, 'network', options);
    const region = (service === 'network' ? network : endpointOf(catalog, service, options))?.region ?? '';
    return {
      send,
      project,
      user,
      tokenExpiresAt: new Date(expiresAt),
      region: regionOf(service, options) ?? (region === '' ? null : region),
      network() {
        const base = options['network-endpoint'] ?? network?.url;
        if (base === undefined) throw noEndpoint(catalog, options);
        return networkBase(base);
      },
      compute: () => options['compute-endpoint'] ?? endpointOf(catalog, 'compute', options)?.url,
    };
  };
}
