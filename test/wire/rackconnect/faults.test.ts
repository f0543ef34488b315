/** Refusals: the bodies of RackConnect, the texts that mean more than their status, and what the services beside it say. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Fate, Kind } from '../../../src/domain/errors.js';
import type { Request } from '../../../src/domain/exchange.js';
import { fault } from '../../../src/providers/rackspace/rackconnect/fault.js';
import { ID, WEB_A } from './scene.js';

const base = 'https://dfw.rackconnect.api.rackspacecloud.com/v3/123456';
const tokens: Request = { method: 'POST', url: 'https://identity.api.rackspacecloud.com/v2.0/tokens', reads: true };
const list: Request = { method: 'GET', url: `${base}/public_ips?cloud_server_id=${WEB_A}` };
const show: Request = { method: 'GET', url: `${base}/public_ips/${ID}` };
const add: Request = { method: 'POST', url: `${base}/public_ips` };
const change: Request = { method: 'PATCH', url: `${base}/public_ips/${ID}` };
const remove: Request = { method: 'DELETE', url: `${base}/public_ips/${ID}` };
const showServer: Request = { method: 'GET', url: `https://dfw.servers.api.rackspacecloud.com/v2/123456/servers/${WEB_A}` };

interface Row {
  readonly name: string;
  readonly request: Request;
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly kind: Kind;
  readonly fate?: Fate;
  readonly message: string;
  readonly retryAfter?: number;
  readonly hint?: RegExp;
}

const rows: readonly Row[] = [
  {
    name: 'a bare string',
    request: add,
    status: 400,
    body: '"The input was not in the correct format. cloud_server: required."',
    kind: 'usage',
    message: 'The input was not in the correct format. cloud_server: required (rackconnect 400)',
  },
  {
    name: 'a list',
    request: change,
    status: 409,
    body: { errors: ['one', 'two'] },
    kind: 'conflict',
    message: 'one; two',
    hint: /one public/,
  },
  {
    name: 'an object',
    request: change,
    status: 409,
    body: { error: { type: 'x', code: 409, message: 'busy', details: '' } },
    kind: 'conflict',
    message: 'busy',
  },
  { name: 'plain text', request: change, status: 409, body: 'Conflict with another request.', kind: 'conflict', message: 'Conflict with' },
  {
    name: 'not known yet, in a list',
    request: add,
    status: 409,
    body: { errors: [`Cloud Server ${WEB_A} does not exist`] },
    kind: 'temporary',
    message: `Cloud Server ${WEB_A} does not exist (`,
    retryAfter: 1000,
    hint: /after its build/,
  },
  {
    name: 'not known yet, as text',
    request: change,
    status: 409,
    body: `Cloud Server ${WEB_A} does not exist`,
    kind: 'temporary',
    message: 'does not exist',
    retryAfter: 1000,
  },
  {
    name: 'too many kept',
    request: change,
    status: 409,
    body: { errors: ['No more than 5 public IPs can be retained.'] },
    kind: 'limit',
    message: 'No more than 5',
    hint: /release one/,
  },
  { name: 'not there', request: remove, status: 404, body: '', kind: 'not-found', message: 'RackConnect answered 404 without a word' },
  { name: 'no such service', request: list, status: 404, body: '', kind: 'unsupported', message: '404', hint: /not connected/ },
  {
    name: 'forbidden, or the rate',
    request: add,
    status: 403,
    body: '',
    kind: 'auth',
    message: '403',
    hint: /role.*wait a minute.*30 requests/,
  },
  {
    name: 'the rate, by its words',
    request: show,
    status: 403,
    body: '"Rate limit exceeded."',
    kind: 'temporary',
    message: 'Rate limit exceeded (',
    retryAfter: 20_000,
  },
  {
    name: 'the rate, with a time',
    request: add,
    status: 403,
    body: '"Too many requests"',
    headers: { 'retry-after': '3' },
    kind: 'temporary',
    message: 'Too many',
    retryAfter: 3000,
  },
  {
    name: 'the rate of the gateway',
    request: add,
    status: 413,
    body: { overLimit: { code: 413, message: 'OverLimit', retryAfter: 7 } },
    kind: 'temporary',
    message: 'OverLimit',
    retryAfter: 7000,
  },
  { name: 'too much', request: add, status: 413, body: { overLimit: { code: 413, message: 'no' } }, kind: 'limit', message: 'no' },
  { name: 'broken', request: add, status: 500, body: '', kind: 'temporary', fate: 'unknown', message: '500' },
  {
    name: 'no such server',
    request: showServer,
    status: 404,
    body: { itemNotFound: { code: 404, message: 'Instance could not be found' } },
    kind: 'not-found',
    message: 'Instance could not be found (rackconnect 404 itemNotFound)',
  },
  {
    name: 'wrong key',
    request: tokens,
    status: 401,
    body: { unauthorized: { code: 401, message: 'Username or api key is invalid.' } },
    kind: 'auth',
    message: 'Username or api key is invalid (rackconnect 401 unauthorized)',
    hint: /api-key/,
  },
  {
    name: 'user disabled',
    request: tokens,
    status: 403,
    body: { userDisabled: { code: 403, message: 'x' } },
    kind: 'auth',
    message: 'x',
    hint: /control panel/,
  },
  { name: 'token', request: list, status: 401, body: 'Unauthorized', kind: 'auth', message: 'Unauthorized', hint: /tenant/ },
];

describe('rackconnect: refusals', () => {
  for (const { name, request, status, body, headers = {}, kind, fate = 'not-applied', message, retryAfter, hint } of rows) {
    test(`${request.method} ${status}: ${name}`, () => {
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      const json: unknown = /^\s*[[{"]/.test(text) ? JSON.parse(text) : undefined;
      const error = fault({ status, headers, text, json }, request);
      assert.deepEqual([error.kind, error.details.status, error.details.fate, error.details.retryAfter], [kind, status, fate, retryAfter]);
      assert.ok(error.message.includes(message), error.message);
      if (hint !== undefined) assert.match(error.details.hint ?? '', hint);
    });
  }
});
