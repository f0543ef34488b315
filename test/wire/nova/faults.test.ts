/** What each documented refusal of these calls is, and that others of the same cloud keep their meaning. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Kind } from '../../../src/domain/errors.js';
import type { Request } from '../../../src/domain/exchange.js';
import { fault } from '../../../src/providers/openstack/nova/api.js';

const base = 'https://compute.example.com/v2.1/4969c491';
const list: Request = { method: 'GET', url: `${base}/os-floating-ips` };
const pools: Request = { method: 'GET', url: `${base}/os-floating-ip-pools` };
const one: Request = { method: 'GET', url: `${base}/os-floating-ips/17` };
const allocation: Request = { method: 'POST', url: `${base}/os-floating-ips`, body: { pool: 'public' } };
const release: Request = { method: 'DELETE', url: `${base}/os-floating-ips/17` };
const action: Request = { method: 'POST', url: `${base}/servers/s1/action`, body: {} };
const servers: Request = { method: 'GET', url: `${base}/servers/detail` };

type Row = readonly [request: Request, status: number, name: string, message: string, kind: Kind, hint?: RegExp];

const rows: readonly Row[] = [
  [list, 404, 'itemNotFound', 'The resource could not be found.', 'unsupported', /provider openstack/],
  [pools, 404, 'itemNotFound', 'The resource could not be found.', 'unsupported', /provider openstack/],
  [one, 404, 'itemNotFound', 'API version 2.36 is not supported on this method.', 'unsupported', /provider openstack/],
  [action, 404, 'itemNotFound', 'API version 2.44 is not supported on this method.', 'unsupported', /provider openstack/],
  [list, 406, 'computeFault', 'Version 2.999 is not supported by the API.', 'unsupported', /compute-endpoint/],
  [one, 404, 'itemNotFound', 'Floating IP not found for ID 17', 'not-found'],
  [one, 400, 'badRequest', 'The input received: 17 is an invalid id', 'not-found'],
  [release, 404, 'itemNotFound', 'Floating IP not found for ID 17', 'not-found'],
  [release, 403, 'forbidden', 'no', 'auth'],
  [release, 409, 'conflictingRequest', 'Multiple floating IPs are found', 'conflict'],
  [allocation, 403, 'forbidden', 'IP allocation over quota in pool public.', 'limit', /quota/],
  [allocation, 413, 'overLimit', 'Quota exceeded', 'limit', /quota/],
  [allocation, 413, 'overLimit', 'This request was rate-limited.', 'temporary'],
  [allocation, 403, 'forbidden', "Policy doesn't allow os-floating-ips:create to be performed.", 'auth'],
  [allocation, 404, 'itemNotFound', 'No more floating IPs in pool public.', 'limit'],
  [allocation, 404, 'itemNotFound', 'No more floating ips available.', 'limit'],
  [allocation, 404, 'itemNotFound', 'Floating IP pool not found.', 'not-found', /--pool/],
  [allocation, 404, 'itemNotFound', 'The resource could not be found.', 'unsupported', /provider openstack/],
  [allocation, 400, 'badRequest', 'Bad floatingip request: no IPv4 subnet', 'usage'],
  [action, 400, 'badRequest', 'Instance network is not ready yet', 'conflict'],
  [action, 400, 'badRequest', 'Specified fixed address not assigned to instance', 'usage', /--private-address/],
  [action, 400, 'badRequest', 'Floating IP is not associated', 'conflict'],
  [action, 400, 'badRequest', 'l3driver call to add floating IP failed', 'conflict'],
  [action, 400, 'badRequest', 'Invalid input for field/attribute address.', 'usage'],
  [action, 404, 'itemNotFound', 'Instance s1 could not be found.', 'not-found'],
  [action, 409, 'conflictingRequest', 'Floating IP is not associated with instance s1.', 'conflict'],
  [list, 401, 'unauthorized', 'This server could not verify that you are authorized', 'auth'],
  [list, 503, 'serviceUnavailable', 'busy', 'temporary'],
  // Nothing of ours: as everywhere in this cloud.
  [servers, 404, 'itemNotFound', 'The resource could not be found.', 'not-found'],
  [servers, 406, 'computeFault', 'Version 2.999 is not supported by the API.', 'defect'],
];

for (const [request, status, name, message, kind, hint] of rows) {
  test(`${request.method} ${request.url.slice(base.length)} ${status} '${message.slice(0, 40)}' is ${kind}`, () => {
    const body = { [name]: { code: status, message } };
    const error = fault({ status, headers: { 'x-openstack-request-id': 'req-7f3a' }, text: JSON.stringify(body), json: body }, request);
    assert.deepEqual([error.kind, error.details.code, error.details.provider], [kind, name, 'nova']);
    assert.equal(error.details.fate, status === 503 ? 'unknown' : 'not-applied');
    assert.ok(error.message.includes(message.replace(/\.$/, '')), error.message);
    assert.ok(error.message.endsWith(`(nova ${status} ${name}, request req-7f3a)`), error.message);
    if (hint === undefined) assert.equal(error.details.hint, undefined);
    else assert.match(error.details.hint ?? '', hint);
  });
}

test('a malformed id told by a proxy proves nothing; a wrong auth-url is a matter of settings here too', () => {
  assert.equal(fault({ status: 400, headers: {}, text: '<h1>Bad Request</h1>', json: undefined }, one).kind, 'usage');
  const wrong = fault(
    { status: 404, headers: {}, text: '', json: undefined },
    { method: 'POST', url: 'https://cloud.example.com/v3/auth/tokens' },
  );
  assert.deepEqual([wrong.kind, wrong.details.provider], ['config', 'nova']);
});
