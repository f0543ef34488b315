/** The account of a profile, entered: its token, and the client that carries it. */
import { type KeystoneV2Credentials, type KeystoneV2Grant, keystoneV2, passcodeLayer } from '../../auth/keystone-v2.js';
import type { Session } from '../../auth/token.js';
import type { Context } from '../../domain/driver.js';
import { IpctlError } from '../../domain/errors.js';
import type { Fault, Send } from '../../domain/exchange.js';
import type { identityOptions, plainHttp } from './identity.js';

type Entered = Pick<Context<typeof identityOptions & typeof plainHttp>, 'options' | 'http' | 'tokens' | 'clock' | 'conceal' | 'ask'>;

/** Sends nothing yet. Errors: `config`, without credentials. */
export function enter(
  { options, http, tokens, clock, conceal, ask }: Entered,
  fault: Fault,
): { readonly session: Session<KeystoneV2Grant>; readonly send: Send } {
  const { username, password, passcode, tenant: tenantId, 'api-key': apiKey } = options;
  const credentials: KeystoneV2Credentials | undefined =
    apiKey !== undefined
      ? { method: 'api-key', username, apiKey }
      : password !== undefined
        ? { method: 'password', username, password }
        : undefined;
  if (credentials === undefined) throw new IpctlError('config', 'neither api-key nor password is set', { fate: 'not-sent' });
  const insecureHttp = options['insecure-http'];
  const code = async (): Promise<string | undefined> => passcode ?? (await ask?.(`Passcode of ${username}: `));
  const identity = http({ fault, insecureHttp, authorize: passcodeLayer(code, conceal) });
  const authUrl = options['identity-endpoint'];
  const session = keystoneV2({ authUrl, credentials, tenantId, send: identity, tokens, clock, conceal });
  return { session, send: http({ fault, insecureHttp, authorize: session.authorize }) };
}
