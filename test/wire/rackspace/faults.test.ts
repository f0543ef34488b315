/** Every family of error bodies, and every row of the reference's tables that means more than its status. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Fate, Kind } from '../../../src/domain/errors.js';
import type { Request } from '../../../src/domain/exchange.js';
import { fault } from '../../../src/providers/rackspace/fault.js';
import { IP, WEB_A } from './scene.js';

const networks = 'https://dfw.networks.api.rackspacecloud.com/v2.0';
const servers = 'https://dfw.servers.api.rackspacecloud.com/v2/123456';
const tokens: Request = { method: 'POST', url: 'https://identity.api.rackspacecloud.com/v2.0/tokens', reads: true };
const provision: Request = { method: 'POST', url: `${networks}/ip_addresses` };
const update: Request = { method: 'PUT', url: `${networks}/ip_addresses/${IP}` };
const release: Request = { method: 'DELETE', url: `${networks}/ip_addresses/${IP}` };
const listIps: Request = { method: 'GET', url: `${networks}/ip_addresses?type=shared` };
const associate: Request = { method: 'PUT', url: `${servers}/servers/${WEB_A}/ip_associations/${IP}` };
const createPort: Request = { method: 'POST', url: `${networks}/ports` };
const showServer: Request = { method: 'GET', url: `${servers}/servers/${WEB_A}` };

const TITLES: Readonly<Record<number, readonly [string, string]>> = {
  400: ['Bad Request', 'The server could not comply with the request since it is either malformed or otherwise incorrect.'],
  404: ['Not Found', 'The resource could not be found.'],
  409: ['Conflict', 'There was a conflict when trying to complete your request.'],
  500: ['Internal Server Error', 'The server has either erred or is incapable of performing the requested operation.'],
};
const webob = (status: number, detail: string) => {
  const [title, explanation] = TITLES[status] ?? ['', ''];
  return { message: `${explanation}<br /><br />\n${detail}\n\n`, code: `${status} ${title}`, title };
};
const e1 = (name: string, code: number, message: string, more: object = {}) => ({ [name]: { code, message, ...more } });
const e2 = (type: string, message: string, detail = '') => ({ NeutronError: { type, message, detail } });

interface Row {
  readonly name: string;
  readonly request: Request;
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly kind: Kind;
  readonly code?: string;
  readonly fate?: Fate;
  readonly message: string;
  readonly retryAfter?: number;
  readonly hint?: RegExp;
}

const rows: readonly Row[] = [
  // Families.
  {
    name: 'E1',
    request: showServer,
    status: 404,
    body: e1('itemNotFound', 404, 'Instance could not be found'),
    kind: 'not-found',
    code: 'itemNotFound',
    message: 'Instance could not be found (rackspace 404 itemNotFound)',
  },
  {
    name: 'E2',
    request: createPort,
    status: 404,
    body: e2('SubnetNotFound', 'Subnet s1 could not be found.', 'why'),
    kind: 'not-found',
    code: 'SubnetNotFound',
    message: 'Subnet s1 could not be found: why',
  },
  {
    name: 'E2, very old',
    request: createPort,
    status: 400,
    body: { NeutronError: 'Bad port' },
    kind: 'usage',
    message: 'Bad port (rackspace 400)',
  },
  {
    name: 'E3',
    request: release,
    status: 404,
    body: webob(404, `IP Address ${IP} not found.`),
    kind: 'not-found',
    code: 'Not Found',
    message: `IP Address ${IP} not found (rackspace 404 Not Found)`,
  },
  {
    name: 'E4, plain',
    request: release,
    status: 404,
    body: `404 Not Found\n\nThe resource could not be found.\n\n IP Address ${IP} not found.  `,
    kind: 'not-found',
    message: `IP Address ${IP} not found (rackspace 404)`,
  },
  {
    name: 'E4, HTML',
    request: release,
    status: 404,
    body: `<html><head><title>404 Not Found</title></head><body><h1>404 Not Found</h1>The resource could not be found.<br /><br />\nIP Address ${IP} not found.\n</body></html>`,
    kind: 'not-found',
    message: `IP Address ${IP} not found (rackspace 404)`,
  },
  {
    name: 'E5, a bare string',
    request: showServer,
    status: 400,
    body: '"The input was not in the correct format."',
    kind: 'usage',
    message: 'The input was not in the correct format (rackspace 400)',
  },
  { name: 'E5, a list', request: showServer, status: 409, body: { errors: ['one', 'two'] }, kind: 'conflict', message: 'one; two' },
  {
    name: 'E5, an object',
    request: showServer,
    status: 409,
    body: { error: { type: 'x', code: 409, message: 'busy', details: '' } },
    kind: 'conflict',
    message: 'busy',
  },
  {
    name: 'nothing at all',
    request: showServer,
    status: 503,
    body: '',
    kind: 'temporary',
    fate: 'unknown',
    message: 'Rackspace answered 503 without a word',
  },
  {
    name: 'a request id',
    request: showServer,
    status: 500,
    body: e1('computeFault', 500, 'oops'),
    headers: { 'x-compute-request-id': 'req-7' },
    kind: 'temporary',
    fate: 'unknown',
    message: 'request req-7',
  },

  // Identity.
  {
    name: 'bad body',
    request: tokens,
    status: 400,
    body: e1('badRequest', 400, 'Invalid request body'),
    kind: 'usage',
    message: 'Invalid request body',
  },
  {
    name: 'wrong key',
    request: tokens,
    status: 401,
    body: e1('unauthorized', 401, 'Username or api key is invalid.'),
    kind: 'auth',
    message: 'Username or api key is invalid (',
    hint: /api-key/,
  },
  {
    name: 'multi-factor',
    request: tokens,
    status: 401,
    body: e1('unauthorized', 401, 'Additional authentication credentials required.'),
    headers: { 'www-authenticate': "OS-MF sessionId='abc', factor='PASSCODE'" },
    kind: 'auth',
    message: 'Additional authentication',
    hint: /passcode/,
  },
  {
    name: 'multi-factor to be set up',
    request: tokens,
    status: 403,
    body: e1('forbidden', 403, 'User must setup multi-factor'),
    kind: 'auth',
    message: 'User must setup multi-factor',
    hint: /control panel/,
  },
  {
    name: 'disabled user',
    request: tokens,
    status: 403,
    body: e1('userDisabled', 403, 'User demo is disabled'),
    kind: 'auth',
    code: 'userDisabled',
    message: 'disabled',
  },
  {
    name: 'unknown tenant',
    request: tokens,
    status: 404,
    body: e1('itemNotFound', 404, 'No such tenant'),
    kind: 'not-found',
    message: 'No such tenant',
  },
  { name: 'wrong verb', request: tokens, status: 405, body: e1('badMethod', 405, 'no'), kind: 'unsupported', message: 'no' },
  {
    name: 'identity down',
    request: tokens,
    status: 503,
    body: e1('serviceUnavailable', 503, 'down'),
    kind: 'temporary',
    fate: 'unknown',
    message: 'down',
  },

  // Provision.
  {
    name: 'row 1',
    request: provision,
    status: 500,
    body: webob(500, 'Could not deserialize data'),
    kind: 'defect',
    fate: 'not-applied',
    message: 'deserialize',
  },
  {
    name: 'row 2',
    request: provision,
    status: 400,
    body: webob(400, 'Bad ip_address request: Body malformed.'),
    kind: 'usage',
    message: 'Body malformed (',
  },
  {
    name: 'row 3',
    request: provision,
    status: 400,
    body: webob(400, 'Bad ip_addresses request: Only shared IPs may be made with this resource..'),
    kind: 'usage',
    message: 'Only shared IPs may be made with this resource (',
    hint: /two servers/,
  },
  {
    name: 'row 6',
    request: provision,
    status: 404,
    body: webob(404, 'Network n could not be found.'),
    kind: 'not-found',
    message: 'Network n',
  },
  {
    name: 'row 8',
    request: provision,
    status: 404,
    body: webob(404, "Port [u'5d1e'] could not be found on network n."),
    kind: 'not-found',
    message: "Port [u'5d1e']",
  },
  {
    name: 'row 9',
    request: provision,
    status: 404,
    body: webob(404, 'Not all ports or devices from request could be found'),
    kind: 'not-found',
    message: 'Not all ports',
  },
  {
    name: 'row 10',
    request: provision,
    status: 400,
    body: webob(400, 'Bad ip_addresses request: Must have ports connected to the requested network.'),
    kind: 'usage',
    message: 'Must have ports',
  },
  {
    name: 'row 11',
    request: provision,
    status: 400,
    body: webob(400, "Bad ip_addresses request: Segment id's do not match.."),
    kind: 'usage',
    message: "Segment id's",
    hint: /zone/,
  },
  {
    name: 'row 12',
    request: provision,
    status: 409,
    body: webob(409, 'Cannot create more shared IPs on selected network'),
    kind: 'limit',
    message: 'Cannot create more',
  },
  {
    name: 'row 13',
    request: provision,
    status: 409,
    body: webob(409, 'Cannot add more IPs to port'),
    kind: 'limit',
    message: 'Cannot add more',
  },
  {
    name: 'row 15, isolated',
    request: provision,
    status: 409,
    body: webob(409, 'No more IP addresses available on network n.'),
    kind: 'limit',
    message: 'No more IP',
  },
  {
    name: 'row 15, PublicNet',
    request: provision,
    status: 500,
    body: webob(500, 'Network n appears to be out of IP Addresses.You may want to try again in a few seconds'),
    kind: 'limit',
    fate: 'not-applied',
    message: 'out of IP',
  },
  {
    name: 'row 16',
    request: provision,
    status: 500,
    body: webob(500, 'Unable to complete operation for network n. The IP address 192.168.77.9 is in use.'),
    kind: 'conflict',
    fate: 'not-applied',
    message: '192.168.77.9 is in use',
    hint: /rests/,
  },
  {
    name: 'any other 500',
    request: provision,
    status: 500,
    body: webob(500, "object of type 'NoneType' has no len()"),
    kind: 'temporary',
    fate: 'unknown',
    message: 'NoneType',
  },
  {
    name: 'role',
    request: provision,
    status: 403,
    body: e1('forbidden', 403, 'no'),
    kind: 'auth',
    message: 'no',
    hint: /role admin.*RackConnect/,
  },
  { name: 'not enabled', request: listIps, status: 404, body: '', kind: 'unsupported', message: 'without a word', hint: /RackConnect/ },

  // Change of ports, release.
  {
    name: 'fixed',
    request: update,
    status: 400,
    body: webob(400, 'Bad ip_addresses request: Fixed ips cannot be updated using this interface..'),
    kind: 'unsupported',
    message: 'Fixed ips',
  },
  {
    name: 'enabled elsewhere',
    request: update,
    status: 400,
    body: webob(400, 'Bad ip_addresses request: This IP address is in use on another port and cannot be shared.'),
    kind: 'conflict',
    message: 'cannot be shared',
  },
  {
    name: 'still associated',
    request: release,
    status: 400,
    body: webob(400, 'Port requires disassociation before IP can be deleted'),
    kind: 'conflict',
    message: 'Port requires disassociation',
    hint: /disassociate/,
  },
  {
    name: 'still associated, in the other form',
    request: release,
    status: 400,
    body: e2('BadRequest', 'Port requires disassociation before IP can be deleted'),
    kind: 'conflict',
    message: 'Port requires',
  },

  // Associations.
  {
    name: 'associated already',
    request: associate,
    status: 400,
    body: e1('badRequest', 400, 'IP is already associated'),
    kind: 'conflict',
    message: 'already',
  },
  {
    name: 'several ports',
    request: associate,
    status: 400,
    body: e1('badRequest', 400, 'Address does not exist on exactly one port'),
    kind: 'usage',
    message: 'exactly one',
  },
  {
    name: 'no such method',
    request: associate,
    status: 501,
    body: e1('notImplemented', 501, 'no'),
    kind: 'unsupported',
    fate: 'not-applied',
    message: 'no',
  },
  { name: 'being built', request: associate, status: 409, body: e1('buildInProgress', 409, 'busy'), kind: 'conflict', message: 'busy' },
  {
    name: 'networks unreachable',
    request: associate,
    status: 500,
    body: e1('computeFault', 500, 'oops'),
    kind: 'temporary',
    fate: 'unknown',
    message: 'oops',
  },

  // Ports.
  {
    name: 'port in use',
    request: createPort,
    status: 409,
    body: e2('PortInUse', 'Port is in use'),
    kind: 'conflict',
    code: 'PortInUse',
    message: 'in use',
  },
  { name: 'quota', request: createPort, status: 409, body: e2('OverQuota', 'Quota exceeded'), kind: 'limit', message: 'Quota' },
  {
    name: 'subnet full',
    request: createPort,
    status: 409,
    body: e2('IpAddressGenerationFailure', 'No more IP'),
    kind: 'limit',
    message: 'No more',
  },
  { name: 'address taken', request: createPort, status: 409, body: e2('IpAddressInUse', 'taken'), kind: 'conflict', message: 'taken' },

  // Rate, and what looks like it.
  {
    name: 'rate by header',
    request: provision,
    status: 413,
    body: e1('overLimit', 413, 'OverLimit Retry...'),
    headers: { 'retry-after': '30' },
    kind: 'temporary',
    message: 'OverLimit',
    retryAfter: 30_000,
  },
  {
    name: 'rate by retryAfter',
    request: provision,
    status: 413,
    body: e1('overLimit', 413, 'OverLimit', { retryAfter: 7 }),
    kind: 'temporary',
    message: 'OverLimit',
    retryAfter: 7000,
  },
  {
    name: 'rate by retryAt',
    request: provision,
    status: 413,
    body: e1('overLimit', 413, 'OverLimit', { retryAt: '2030-01-01T10:00:30Z' }),
    headers: { date: 'Tue, 01 Jan 2030 10:00:00 GMT' },
    kind: 'temporary',
    message: 'OverLimit',
    retryAfter: 30_000,
  },
  {
    name: 'rate by retryAt, undated',
    request: provision,
    status: 413,
    body: e1('overLimit', 413, 'OverLimit', { retryAt: '2030-01-01T10:00:30Z' }),
    kind: 'temporary',
    message: 'OverLimit',
  },
  { name: 'too many', request: provision, status: 413, body: e1('overLimit', 413, 'Too many'), kind: 'limit', message: 'Too many' },
  { name: 'rate by 429', request: provision, status: 429, body: e1('overLimit', 429, 'slow'), kind: 'temporary', message: 'slow' },
  { name: 'token', request: listIps, status: 401, body: 'Unauthorized', kind: 'auth', message: 'Unauthorized', hint: /tenant/ },
];

describe('rackspace: refusals', () => {
  for (const { name, request, status, body, headers = {}, kind, code, fate = 'not-applied', message, retryAfter, hint } of rows) {
    test(`${request.method} ${new URL(request.url).pathname.split('/').at(-1)?.slice(0, 12)}: ${name}`, () => {
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      const json: unknown = /^\s*[[{"]/.test(text) ? JSON.parse(text) : undefined;
      const error = fault({ status, headers, text, json }, request);
      assert.deepEqual([error.kind, error.details.status, error.details.fate, error.details.retryAfter], [kind, status, fate, retryAfter]);
      assert.ok(error.message.includes(message), error.message);
      if (code !== undefined) assert.equal(error.details.code, code);
      if (hint !== undefined) assert.match(error.details.hint ?? '', hint);
    });
  }
});
