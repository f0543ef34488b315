/**
 * OpenStack as a client of floating and private addresses meets it: Keystone v3, Neutron v2.0 and Nova v2.1 under the
 * prefixes `/identity`, `/network` and `/compute` of one origin. The second region is `/two` in front of them and has
 * nothing in it; the internal and admin interfaces are `/internal` and `/admin`. Knobs: `Switches`.
 * https://docs.openstack.org/api-quick-start/
 */
import { uuid } from '../../cloud.js';
import type { Answer, Call, Dialect, Tools } from '../../dialect.js';
import type { Ask } from './ask.js';
import { settle, switches } from './ask.js';
import { locate } from './catalog.js';
import type { OpenStackCloud } from './cloud.js';
import { seed } from './cloud.js';
import { answerCompute } from './compute.js';
import { answerIdentity } from './identity.js';
import { answerNetwork } from './network.js';

export { applicationCredential } from './cloud.js';

export const openstack: Dialect<OpenStackCloud> = {
  id: 'openstack',
  title: 'OpenStack',
  seed,
  answer,
  options: (origin) => ({
    'auth-url': `${origin}/identity/v3`,
    username: 'demo',
    password: 'sandbox-secret',
    'user-domain-name': 'Default',
    'project-name': 'demo',
    'project-domain-name': 'Default',
    region: 'RegionOne',
  }),
  credentials: ['password'],
};

function answer(call: Call, cloud: OpenStackCloud, tools: Tools): Answer {
  cloud.requestCount += 1;
  const marks: string[] = [];
  const { base, region, service, rest } = locate(call.path);
  const ask: Ask = {
    call,
    cloud: region === 'two' && service !== 'identity' ? emptied(cloud) : cloud,
    tools,
    knobs: switches(tools.knobs),
    base,
    path: rest,
    note: (mark) => void marks.push(mark),
  };
  noteManners(ask);
  const reply = settle(() => dispatch(ask, service));
  return {
    ...reply,
    headers: { ...reply.headers, 'X-Openstack-Request-Id': `req-${uuid(`request/${cloud.requestCount}`)}` },
    ...(marks.length > 0 ? { mark: [...new Set(marks)].join('; ') } : {}),
  };
}

function dispatch(ask: Ask, service: string | undefined): Answer {
  // A version's or a service's own address may end in a slash; a record's may not.
  const { rawPath } = ask.call;
  const misspelt = rawPath.includes('//') || (rawPath.endsWith('/') && ask.path.length > 1);
  if (!misspelt) {
    if (service === 'identity') return answerIdentity(ask);
    if (service === 'network') return answerNetwork(ask);
    if (service === 'compute') return answerCompute(ask);
  }
  ask.note(misspelt ? 'doubled or trailing slash' : 'no service has this path');
  return { status: 404, headers: { 'Content-Type': 'text/html' }, text: '<html><body><h1>404 Not Found</h1></body></html>' };
}

/** The second region: the same rules over nothing. */
function emptied(cloud: OpenStackCloud): OpenStackCloud {
  return { ...cloud, networks: [], subnets: [], routers: [], ports: [], floatingIps: [], servers: [], qosPolicies: [] };
}

/** What every service overlooks and no careful client does. */
function noteManners({ call, note }: Ask): void {
  const { accept, 'content-type': type } = call.headers;
  if (accept !== undefined && !/application\/(json|\*)|\*\/\*/.test(accept)) note(`Accept: ${accept} excludes JSON`);
  if (call.body === '' && type !== undefined) note('Content-Type without a body');
  if (call.body !== '' && !type?.toLowerCase().startsWith('application/json')) note('a body without Content-Type: application/json');
  if (call.body !== '' && call.method === 'GET') note('GET with a body');
}
