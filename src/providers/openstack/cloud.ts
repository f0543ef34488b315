/** Who we are and where the services stand: credentials from options, endpoints from the token's catalog. */
import { type Credentials, type Endpoint, keystoneV3, type Named, type Reference, type Service } from '../../auth/keystone-v3.js';
import type { Context } from '../../domain/driver.js';
import type { Send } from '../../domain/exchange.js';
import type { Values } from '../../domain/option.js';
import { fault, refused } from './fault.js';
import type { openstack } from './manifest.js';

type Options = typeof openstack.options;

export interface Cloud {
  /** The authorized client. */
  readonly send: Send;
  readonly project: Named;
  readonly user: Named;
  readonly region: string | null;
  /** Base of the network API, `/v2.0` included. `config` where the catalog has none. */
  network(): string;
  /** Base of the compute API, as the catalog writes it; undefined where there is none. */
  compute(): string | undefined;
}

const userOf = (options: Values<Options>): Reference => ({
  id: options['user-id'],
  name: options.username,
  domainId: options['user-domain-id'],
  domainName: options['user-domain-name'],
});

/** The type of authentication follows from what is there; an application credential is the most particular. */
function credentialsOf(options: Values<Options>): Credentials {
  const secret = options['application-credential-secret'];
  const credential = { id: options['application-credential-id'], name: options['application-credential-name'] };
  if (secret !== undefined && (credential.id !== undefined || credential.name !== undefined)) {
    return { method: 'application_credential', credential, user: userOf(options), secret };
  }
  const { password, passcode, token } = options;
  if (password !== undefined) return { method: 'password', user: userOf(options), password, passcode };
  if (token !== undefined) return { method: 'token', token };
  throw refused('config', 'no way to authenticate: neither password, application credential nor token is set');
}

function projectOf(options: Values<Options>): Reference {
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

/** The exact type only: catalogs carry look-alikes such as `compute_legacy`. */
function endpointOf(catalog: readonly Service[], type: string, options: Values<Options>): Endpoint | undefined {
  return catalog
    .filter((service) => service.type === type)
    .flatMap(({ endpoints }) => endpoints)
    .find(
      ({ interface: side, region, url }) =>
        url !== '' && side === options.interface && (options.region === undefined || region === options.region),
    );
}

function noEndpoint(catalog: readonly Service[], options: Values<Options>): Error {
  const known = catalog.filter(({ type }) => type === 'network').flatMap(({ endpoints }) => endpoints);
  const where = `${options.region === undefined ? '' : ` in region ${options.region}`} (interface ${options.interface})`;
  const there = [...new Set(known.map(({ region, interface: side }) => `${region} ${side}`))].join(', ');
  return refused(
    'config',
    `the catalog has no network service${where}`,
    there === '' ? 'this cloud has no Neutron, or shows it to others only' : `there is: ${there}`,
  );
}

const networkBase = (url: string): string => {
  const root = url.replace(/\/+$/, '');
  return root.endsWith('/v2.0') ? root : `${root}/v2.0`;
};

/** Logs in when first asked, or takes the kept token. `config` for settings that cannot work, before any request. */
export function openCloud({ options, http, tokens, clock, conceal }: Context<Options>): () => Promise<Cloud> {
  const authUrl = options['auth-url'];
  if (/\/v2\.0\/*$/.test(authUrl)) {
    throw refused('config', `auth-url ${authUrl} is of Identity v2.0, which is gone`, 'end it with /v3, or with no version at all');
  }
  const credentials = credentialsOf(options);
  const insecureHttp = options['insecure-http'];
  const session = keystoneV3({
    authUrl,
    credentials,
    // An application credential carries its project: one beside it is refused with a 401.
    project: credentials.method === 'application_credential' ? undefined : projectOf(options),
    send: http({ fault, insecureHttp }),
    tokens,
    clock,
    conceal,
  });
  const send = http({ fault, authorize: session.authorize, insecureHttp });
  return async () => {
    const { catalog, project, user } = await session.current();
    if (project === null) throw refused('config', 'these credentials open no project', 'set the option project-name or project-id');
    const network = endpointOf(catalog, 'network', options);
    return {
      send,
      project,
      user,
      region: options.region ?? (network === undefined || network.region === '' ? null : network.region),
      network() {
        const base = options['network-endpoint'] ?? network?.url;
        if (base === undefined) throw noEndpoint(catalog, options);
        return networkBase(base);
      },
      compute: () => options['compute-endpoint'] ?? endpointOf(catalog, 'compute', options)?.url,
    };
  };
}
