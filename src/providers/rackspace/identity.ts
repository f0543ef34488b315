/** The options by which a Rackspace account is entered: the same for each of its products. */
import type { OptionSet } from '../../domain/option.js';

export const identityOptions = {
  'identity-endpoint': {
    kind: 'url',
    help: 'identity service; UK accounts: https://lon.identity.api.rackspacecloud.com/v2.0/',
    default: 'https://identity.api.rackspacecloud.com/v2.0/',
    identity: true,
    env: ['RS_AUTH_URL'],
  },
  username: { kind: 'string', help: 'user name of the control panel', required: true, identity: true, env: ['RS_USERNAME'] },
  'api-key': { kind: 'secret', help: 'API key of that user; never asks for a passcode', identity: true, env: ['RS_API_KEY'] },
  password: { kind: 'secret', help: 'password of that user, where there is no API key', identity: true },
  passcode: {
    kind: 'secret',
    help: 'one-time passcode, for a password under multi-factor authentication',
    identity: true,
    advanced: true,
  },
  tenant: { kind: 'string', help: 'account number, where the user may act for several', identity: true },
  region: { kind: 'string', help: 'region, e.g. DFW; default: that of the user', identity: true, env: ['RS_REGION_NAME'] },
} as const satisfies OptionSet;

/** Apart, since it stands last among the options that are shown. */
export const plainHttp = {
  'insecure-http': { kind: 'boolean', help: 'allow plain http, credentials and all', default: false, advanced: true },
} as const satisfies OptionSet;
