/** Options that lead into a cloud: where its identity service stands, as whom, into which project. Alike for each of its APIs. */
import type { OptionSet, OptionSpec } from '../../domain/option.js';

/** Names of the identity service's methods, as clients of OpenStack spell them. */
const authTypes = ['password', 'v3password', 'token', 'v3token', 'v3applicationcredential', 'v3totp', 'v3multifactor'] as const;

/** Some files and variables write the name that the catalog of identity v2 used. */
const interfaces = ['public', 'internal', 'admin', 'publicURL', 'internalURL', 'adminURL'] as const;

export const access = {
  'auth-url': {
    kind: 'url',
    help: 'identity service (Keystone v3), with or without /v3',
    required: true,
    identity: true,
    env: ['OS_AUTH_URL'],
  },
  'auth-type': {
    kind: 'enum',
    choices: authTypes,
    help: 'how to log in; default: as the credentials say that are there',
    identity: true,
    advanced: true,
    env: ['OS_AUTH_TYPE', 'OS_AUTH_PLUGIN'],
  },
  username: { kind: 'string', help: 'user name', identity: true, env: ['OS_USERNAME'] },
  'user-id': {
    kind: 'string',
    help: 'user id, instead of name and domain',
    identity: true,
    advanced: true,
    env: ['OS_USER_ID', 'OS_USERID'],
  },
  password: { kind: 'secret', help: 'password of that user', identity: true, env: ['OS_PASSWORD'] },
  'user-domain-name': {
    kind: 'string',
    help: 'domain of the user name, which says nothing without it',
    identity: true,
    env: ['OS_USER_DOMAIN_NAME', 'OS_DOMAIN_NAME', 'OS_DEFAULT_DOMAIN_NAME'],
  },
  'user-domain-id': {
    kind: 'string',
    help: 'domain of the user name, by id',
    identity: true,
    advanced: true,
    env: ['OS_USER_DOMAIN_ID', 'OS_DOMAIN_ID', 'OS_DEFAULT_DOMAIN_ID'],
  },
  'project-name': { kind: 'string', help: 'project name', identity: true, env: ['OS_PROJECT_NAME', 'OS_TENANT_NAME'] },
  'project-id': {
    kind: 'string',
    help: 'project id, instead of name and domain',
    identity: true,
    env: ['OS_PROJECT_ID', 'OS_TENANT_ID'],
  },
  'project-domain-name': {
    kind: 'string',
    help: 'domain of the project name, which says nothing without it',
    identity: true,
    env: ['OS_PROJECT_DOMAIN_NAME', 'OS_DOMAIN_NAME', 'OS_DEFAULT_DOMAIN_NAME'],
  },
  'project-domain-id': {
    kind: 'string',
    help: 'domain of the project name, by id',
    identity: true,
    advanced: true,
    env: ['OS_PROJECT_DOMAIN_ID', 'OS_DOMAIN_ID', 'OS_DEFAULT_DOMAIN_ID'],
  },
  'application-credential-id': {
    kind: 'string',
    help: 'application credential, which carries its own project',
    identity: true,
    env: ['OS_APPLICATION_CREDENTIAL_ID'],
  },
  'application-credential-name': {
    kind: 'string',
    help: 'application credential by name, with its user',
    identity: true,
    advanced: true,
    env: ['OS_APPLICATION_CREDENTIAL_NAME'],
  },
  'application-credential-secret': {
    kind: 'secret',
    help: 'secret of the application credential',
    identity: true,
    env: ['OS_APPLICATION_CREDENTIAL_SECRET'],
  },
  token: {
    kind: 'secret',
    help: 'a token to exchange for one of the project; cannot be renewed',
    identity: true,
    advanced: true,
    env: ['OS_TOKEN', 'OS_AUTH_TOKEN'],
  },
  passcode: { kind: 'secret', help: 'one-time passcode, with the password', identity: true, advanced: true, env: ['OS_PASSCODE'] },
  region: { kind: 'string', help: 'region; default: the first of the catalog', identity: true, env: ['OS_REGION_NAME'] },
  interface: {
    kind: 'enum',
    choices: interfaces,
    help: 'which endpoints of the catalog to use',
    default: 'public',
    advanced: true,
    env: ['OS_INTERFACE', 'OS_ENDPOINT_TYPE'],
  },
  'network-region': { kind: 'string', help: 'region of the network service, where it is another', identity: true, advanced: true },
  'compute-region': { kind: 'string', help: 'region of the compute service, where it is another', identity: true, advanced: true },
  'network-interface': { kind: 'enum', choices: interfaces, help: 'interface of the network service, where it is another', advanced: true },
  'compute-interface': { kind: 'enum', choices: interfaces, help: 'interface of the compute service, where it is another', advanced: true },
  cacert: {
    kind: 'string',
    help: 'file of the certificate authorities to trust (PEM), instead of the system’s',
    identity: true,
    advanced: true,
    env: ['OS_CACERT'],
  },
} as const satisfies OptionSet;

export const computeEndpoint = {
  kind: 'url',
  help: 'compute service, instead of the one in the catalog',
  identity: true,
  advanced: true,
  env: ['OS_COMPUTE_ENDPOINT_OVERRIDE'],
} as const satisfies OptionSpec;

export const insecureHttp = {
  kind: 'boolean',
  help: 'allow plain http, credentials and all',
  default: false,
  advanced: true,
} as const satisfies OptionSpec;

/** Which of them are complete together. */
export const waysIn = [
  ['username', 'user-domain-name', 'password', 'project-name', 'project-domain-name'],
  ['username', 'password', 'project-name'],
  ['username', 'password', 'project-id'],
  ['user-id', 'password', 'project-name'],
  ['user-id', 'password', 'project-id'],
  ['application-credential-id', 'application-credential-secret'],
  ['application-credential-name', 'application-credential-secret', 'username'],
  ['application-credential-name', 'application-credential-secret', 'user-id'],
  ['token', 'project-name'],
  ['token', 'project-id'],
] as const satisfies readonly (readonly (keyof typeof access)[])[];
