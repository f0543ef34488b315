/** Every published refusal, and the forms its body takes, as what it means. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Fate, Kind } from '../../../src/domain/errors.js';
import type { Request } from '../../../src/domain/exchange.js';
import { fault } from '../../../src/providers/hostway/fault.js';
import { SERVER_13 } from './scene.js';

const api = 'https://api.hostway.com';
const list: Request = { method: 'GET', url: `${api}/os-floating-ips` };
const one: Request = { method: 'GET', url: `${api}/os-floating-ips/203.0.113.10` };
const allocation: Request = { method: 'POST', url: `${api}/os-floating-ips` };
const release: Request = { method: 'DELETE', url: `${api}/os-floating-ips/203.0.113.10` };
const action: Request = { method: 'POST', url: `${api}/servers/${SERVER_13}/action`, body: {} };
const accounts: Request = { method: 'GET', url: `${api}/accounts?filterStatus=open&page=1&pageSize=100` };

const named = (name: string, code: number, message: string, more: object = {}) => ({ [name]: { message, code, details: '', ...more } });

interface Row {
  readonly name: string;
  readonly request: Request;
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly kind: Kind;
  readonly code?: string;
  readonly fate?: Fate;
  readonly requestId?: string;
  readonly message: string;
  readonly hint?: RegExp;
  readonly retryAfter?: number;
}

const rows: readonly Row[] = [
  // Forms of the body.
  {
    name: 'one key, a guid',
    request: one,
    status: 404,
    body: named('itemNotFound', 404, 'Resource not found', { guid: '23684df5' }),
    kind: 'not-found',
    code: 'itemNotFound',
    requestId: '23684df5',
    message: 'Resource not found (hostway 404 itemNotFound, request 23684df5)',
  },
  {
    name: 'one key, an errorid beside an empty guid, details',
    request: list,
    status: 403,
    body: named('forbidden', 403, 'forbidden', { details: 'closed account', guid: '', errorid: '59e0b3dd' }),
    kind: 'auth',
    code: 'forbidden',
    requestId: '59e0b3dd',
    message: 'forbidden: closed account (hostway 403 forbidden, request 59e0b3dd)',
  },
  {
    name: 'one key, no ids, a request id in a header',
    request: one,
    status: 404,
    body: named('itemNotFound', 404, 'gone'),
    headers: { 'x-request-id': 'r-1' },
    kind: 'not-found',
    code: 'itemNotFound',
    message: 'gone (hostway 404 itemNotFound, request r-1)',
    requestId: 'r-1',
  },
  {
    name: 'one key, an empty message',
    request: list,
    status: 500,
    body: named('computeFault', 500, ''),
    kind: 'temporary',
    code: 'computeFault',
    fate: 'unknown',
    message: 'Hostway answered 500 without a word (hostway 500 computeFault)',
  },
  {
    name: 'other JSON without a sentence',
    request: list,
    status: 404,
    body: { a: 1, b: { c: 'x' } },
    kind: 'not-found',
    message: 'Hostway answered 404 in a form that says nothing to a reader (hostway 404)',
  },
  {
    name: 'a list',
    request: list,
    status: 404,
    body: ['x'],
    kind: 'not-found',
    message: 'Hostway answered 404 in a form that says nothing to a reader (hostway 404)',
  },
  {
    name: 'a sentence at the top',
    request: list,
    status: 404,
    body: { message: 'No <b>route</b>.' },
    kind: 'not-found',
    message: 'No route (hostway 404)',
  },
  {
    name: 'a sentence one level down, beside other keys',
    request: list,
    status: 404,
    body: { id: 7, error: { code: 404, description: 'gone away' } },
    kind: 'not-found',
    message: 'gone away (hostway 404)',
  },
  {
    name: 'HTML',
    request: list,
    status: 404,
    body: '<h1>No\n  such</h1><p>page</p>',
    kind: 'not-found',
    message: 'No such page (hostway 404)',
  },
  { name: 'long text', request: list, status: 404, body: 'x'.repeat(300), kind: 'not-found', message: `${'x'.repeat(200)}… (hostway 404)` },
  {
    name: 'nothing',
    request: release,
    status: 404,
    body: '',
    kind: 'not-found',
    message: 'Hostway answered 404 without a word (hostway 404)',
  },

  // Statuses by call.
  {
    name: 'credentials',
    request: list,
    status: 401,
    body: '401 Unauthorized',
    kind: 'auth',
    message: 'user name or the password',
    hint: /password/,
  },
  {
    name: 'closed account',
    request: accounts,
    status: 403,
    body: named('forbidden', 403, 'forbidden'),
    kind: 'auth',
    message: 'forbidden',
  },
  { name: 'content type', request: accounts, status: 415, body: '', kind: 'defect', message: '415' },
  { name: 'parameters', request: accounts, status: 400, body: '', kind: 'usage', message: '400' },
  {
    name: 'quota in the details',
    request: allocation,
    status: 403,
    body: named('forbidden', 403, 'forbidden', { details: 'Quota exceeded' }),
    kind: 'limit',
    code: 'forbidden',
    message: 'Quota exceeded',
  },
  {
    name: 'a limit',
    request: allocation,
    status: 403,
    body: named('forbidden', 403, 'limit reached'),
    kind: 'limit',
    message: 'limit reached',
  },
  { name: 'no right', request: allocation, status: 403, body: named('forbidden', 403, 'forbidden'), kind: 'auth', message: 'forbidden' },
  {
    name: 'zone',
    request: allocation,
    status: 400,
    body: named('badRequest', 400, 'no zone'),
    kind: 'usage',
    message: 'no zone',
    hint: /--hostway-zone/,
  },
  {
    name: 'empty pool',
    request: allocation,
    status: 503,
    body: named('serviceUnavailable', 503, 'No more addresses'),
    kind: 'limit',
    code: 'serviceUnavailable',
    fate: 'not-applied',
    message: 'No more addresses',
  },
  {
    name: 'a service that is down',
    request: allocation,
    status: 503,
    body: named('serviceUnavailable', 503, 'Try later'),
    headers: { 'retry-after': '7' },
    kind: 'temporary',
    code: 'serviceUnavailable',
    fate: 'unknown',
    message: 'Try later',
    retryAfter: 7000,
  },
  {
    name: 'a gateway',
    request: allocation,
    status: 503,
    body: 'No server has an address',
    kind: 'temporary',
    fate: 'unknown',
    message: 'No server',
  },
  {
    name: 'a pace that is too fast',
    request: allocation,
    status: 413,
    body: named('overLimit', 413, 'Too many requests'),
    headers: { 'retry-after': '3' },
    kind: 'temporary',
    code: 'overLimit',
    message: 'Too many requests',
    retryAfter: 3000,
  },
  {
    name: 'a quota under the family’s name',
    request: allocation,
    status: 413,
    body: named('overLimit', 413, 'Quota exceeded'),
    kind: 'limit',
    code: 'overLimit',
    message: 'Quota exceeded',
  },
  { name: 'not there', request: release, status: 404, body: '', kind: 'not-found', message: '404' },
  { name: 'bound', request: release, status: 409, body: named('conflictingRequest', 409, 'in use'), kind: 'conflict', message: 'in use' },
  {
    name: 'unknown server',
    request: action,
    status: 400,
    body: named('badRequest', 400, 'Server Not Found'),
    kind: 'not-found',
    message: 'Server Not Found',
  },
  { name: 'unknown server, without a word', request: action, status: 400, body: '', kind: 'not-found', message: '400' },
  {
    name: 'a body they do not take',
    request: action,
    status: 400,
    body: named('badRequest', 400, 'No address in it'),
    kind: 'usage',
    message: 'No address',
  },
  {
    name: 'taken',
    request: action,
    status: 403,
    body: named('forbidden', 403, 'The IP address is already assigned'),
    kind: 'conflict',
    message: 'already assigned',
  },
  { name: 'no right', request: action, status: 403, body: named('forbidden', 403, 'forbidden'), kind: 'auth', message: 'forbidden' },
  {
    name: 'nothing there',
    request: action,
    status: 404,
    body: named('itemNotFound', 404, 'Resource not found'),
    kind: 'not-found',
    message: 'Resource',
  },
  { name: 'unknown action', request: action, status: 405, body: '', kind: 'unsupported', message: '405' },
  {
    name: 'being built',
    request: action,
    status: 409,
    body: named('conflictingRequest', 409, 'busy'),
    kind: 'conflict',
    message: 'busy',
    hint: /provisioned/,
  },
  {
    name: 'an address of another server, or of none',
    request: action,
    status: 409,
    body: named('conflictingRequest', 409, 'Invalid IP address'),
    kind: 'conflict',
    message: 'Invalid IP address',
  },
  { name: 'back end', request: action, status: 502, body: '', kind: 'temporary', fate: 'unknown', message: '502' },
  { name: 'a redirect of a change', request: action, status: 303, body: '', kind: 'defect', message: '303' },
];

describe('hostway: refusals', () => {
  for (const {
    name,
    request,
    status,
    body,
    headers = {},
    kind,
    code,
    fate = 'not-applied',
    requestId,
    message,
    hint,
    retryAfter,
  } of rows) {
    test(`${request.method} ${request.url.split('/').at(-1)?.split('?')[0]} ${status}: ${name}`, () => {
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      const error = fault({ status, headers, text, json: typeof body === 'string' ? undefined : body }, request);
      assert.deepEqual(
        [error.kind, error.details.provider, error.details.status, error.details.fate, error.details.retryAfter],
        [kind, 'hostway', status, fate, retryAfter],
      );
      assert.ok(error.message.includes(message), error.message);
      assert.equal(error.details.requestId, requestId);
      if (code !== undefined) assert.equal(error.details.code, code);
      if (hint === undefined) assert.equal(error.details.hint, undefined);
      else assert.match(error.details.hint ?? '', hint);
    });
  }
});
