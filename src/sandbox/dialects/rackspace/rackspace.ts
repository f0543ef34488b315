/**
 * Rackspace Public Cloud: Identity, Cloud Servers and Cloud Networks on one origin, as far as shared addresses need
 * them. DFW's services stand at the root, ORD's below `/ord`. RackConnect is named in the catalog and not served: its
 * accounts have no shared addresses, and a dialect of their own.
 */
import type { Dialect } from '../../dialect.js';
import { API_KEYS, type RackspaceCloud, seed } from './cloud.js';
import { answerCloud, receive } from './gateway.js';
import { dispatch } from './routes.js';

/** Where `demo`'s client finds us and how it signs in. */
export const optionsAt = (origin: string): Readonly<Record<string, string>> => ({
  'identity-endpoint': `${origin}/identity/v2.0/`,
  username: 'demo',
  'api-key': API_KEYS.demo,
  region: 'DFW',
});

export const rackspace: Dialect<RackspaceCloud> = {
  id: 'rackspace',
  title: 'Rackspace Public Cloud',
  seed,
  answer: (call, cloud, tools) => receive(call, cloud, tools, (visit, root) => answerCloud(visit, root, dispatch)),
  options: optionsAt,
  credentials: ['api-key'],
};
