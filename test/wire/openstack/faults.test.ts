/** Every error family of the reference, and the kind that each documented refusal is. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Fate, Kind } from '../../../src/domain/errors.js';
import type { Request } from '../../../src/domain/exchange.js';
import { fault } from '../../../src/providers/openstack/fault.js';

const neutron = (type: string, message = 'no such luck'): object => ({ NeutronError: { type, message, detail: '' } });
const nova = (key: string, message = 'no such luck', more: object = {}): object => ({ [key]: { code: 0, message, ...more } });

const answer = (status: number, body: unknown, request: Partial<Request> = {}, headers: Record<string, string> = {}) => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return fault(
    { status, headers: { 'x-openstack-request-id': 'req-7f3a', ...headers }, text, json: typeof body === 'string' ? undefined : body },
    { method: 'GET', url: 'https://network.example.com:9696/v2.0/floatingips', ...request },
  );
};

type Row = readonly [status: number, body: unknown, kind: Kind, code: string | undefined, fate: Fate, message: string];

const rows: readonly Row[] = [
  // Neutron: the name of the exception goes before the status.
  [
    409,
    neutron('OverQuota', "Quota exceeded for resources: ['floatingip']."),
    'limit',
    'OverQuota',
    'not-applied',
    "resources: ['floatingip'] (",
  ],
  [409, neutron('IpAddressGenerationFailure'), 'limit', 'IpAddressGenerationFailure', 'not-applied', 'no such luck'],
  [409, neutron('IpAddressGenerationFailureForSubnet'), 'limit', 'IpAddressGenerationFailureForSubnet', 'not-applied', 'no such luck'],
  [400, neutron('ExternalIpAddressExhausted'), 'limit', 'ExternalIpAddressExhausted', 'not-applied', 'no such luck'],
  [409, neutron('FloatingIPPortAlreadyAssociated'), 'conflict', 'FloatingIPPortAlreadyAssociated', 'not-applied', 'no such luck'],
  [409, neutron('IpAddressAlreadyAllocated'), 'conflict', 'IpAddressAlreadyAllocated', 'not-applied', 'no such luck'],
  [409, neutron('IpAddressInUse'), 'conflict', 'IpAddressInUse', 'not-applied', 'no such luck'],
  [409, neutron('FipInUseByPortForwarding'), 'conflict', 'FipInUseByPortForwarding', 'not-applied', 'no such luck'],
  [400, neutron('PortHasPortForwarding'), 'conflict', 'PortHasPortForwarding', 'not-applied', 'no such luck'],
  [409, neutron('ServicePortInUse'), 'conflict', 'ServicePortInUse', 'not-applied', 'no such luck'],
  [412, neutron('RevisionNumberConstraintFailed'), 'conflict', 'RevisionNumberConstraintFailed', 'not-applied', 'no such luck'],
  [404, neutron('ExternalGatewayForFloatingIPNotFound'), 'conflict', 'ExternalGatewayForFloatingIPNotFound', 'not-applied', 'no such luck'],
  [404, neutron('FloatingIPNotFound'), 'not-found', 'FloatingIPNotFound', 'not-applied', 'no such luck'],
  [404, neutron('NetworkNotFound'), 'not-found', 'NetworkNotFound', 'not-applied', 'no such luck'],
  [404, neutron('SubnetNotFound'), 'not-found', 'SubnetNotFound', 'not-applied', 'no such luck'],
  [404, neutron('PortNotFound'), 'not-found', 'PortNotFound', 'not-applied', 'no such luck'],
  [400, neutron('BadRequest'), 'usage', 'BadRequest', 'not-applied', 'no such luck'],
  [400, neutron('InvalidIpForNetwork'), 'usage', 'InvalidIpForNetwork', 'not-applied', 'no such luck'],
  [400, neutron('InvalidIpForSubnet'), 'usage', 'InvalidIpForSubnet', 'not-applied', 'no such luck'],
  [400, neutron('HTTPBadRequest'), 'usage', 'HTTPBadRequest', 'not-applied', 'no such luck'],
  [400, neutron('AllocationOnAutoAddressSubnet'), 'usage', 'AllocationOnAutoAddressSubnet', 'not-applied', 'no such luck'],
  [403, neutron('PolicyNotAuthorized'), 'auth', 'PolicyNotAuthorized', 'not-applied', 'no such luck'],
  [500, neutron('HTTPInternalServerError'), 'temporary', 'HTTPInternalServerError', 'unknown', 'no such luck'],
  [503, neutron('ServiceUnavailable'), 'temporary', 'ServiceUnavailable', 'unknown', 'no such luck'],
  // Without the wrapper; as a text; not implemented.
  [
    404,
    { type: 'HTTPNotFound', message: 'The resource could not be found.', detail: '' },
    'not-found',
    'HTTPNotFound',
    'not-applied',
    'could not be found (',
  ],
  [409, { NeutronError: 'Unable to complete operation' }, 'conflict', 'NeutronError', 'not-applied', 'Unable to complete operation'],
  [
    501,
    { NotImplementedError: { type: 'NotImplementedError', message: 'not here' } },
    'unsupported',
    'NotImplementedError',
    'not-applied',
    'not here',
  ],
  // The token middleware before Neutron and Nova, and Keystone.
  [
    401,
    { error: { code: 401, title: 'Unauthorized', message: 'The request you have made requires authentication.' } },
    'auth',
    undefined,
    'not-applied',
    'requires authentication (',
  ],
  [
    401,
    { error: { message: 'wrong method', identity: { methods: ['password', 'totp'] } } },
    'auth',
    undefined,
    'not-applied',
    'wrong method; allowed: password, totp',
  ],
  [403, { error: { code: 403, title: 'Forbidden', message: 'not allowed' } }, 'auth', undefined, 'not-applied', 'not allowed'],
  // Nova.
  [400, nova('badRequest'), 'usage', 'badRequest', 'not-applied', 'no such luck'],
  [401, nova('unauthorized'), 'auth', 'unauthorized', 'not-applied', 'no such luck'],
  [403, nova('forbidden'), 'auth', 'forbidden', 'not-applied', 'no such luck'],
  [404, nova('itemNotFound'), 'not-found', 'itemNotFound', 'not-applied', 'no such luck'],
  [405, nova('badMethod'), 'unsupported', 'badMethod', 'not-applied', 'no such luck'],
  [409, nova('conflictingRequest'), 'conflict', 'conflictingRequest', 'not-applied', 'no such luck'],
  [413, nova('overLimit'), 'temporary', 'overLimit', 'not-applied', 'no such luck'],
  [429, nova('overLimit'), 'temporary', 'overLimit', 'not-applied', 'no such luck'],
  [415, nova('badMediaType'), 'defect', 'badMediaType', 'not-applied', 'no such luck'],
  [406, nova('computeFault', 'Version 2.999 is not supported'), 'defect', 'computeFault', 'not-applied', '2.999'],
  [501, nova('notImplemented'), 'unsupported', 'notImplemented', 'not-applied', 'no such luck'],
  [503, nova('serviceUnavailable'), 'temporary', 'serviceUnavailable', 'unknown', 'no such luck'],
  [500, nova('computeFault'), 'temporary', 'computeFault', 'unknown', 'no such luck'],
  // The guideline form, proxies, and silence.
  [
    409,
    { errors: [{ status: 409, code: 'x.y', title: 'Busy', detail: 'come back' }] },
    'conflict',
    'x.y',
    'not-applied',
    'Busy: come back',
  ],
  [502, '<html><head><title>502</title></head><body><h1>Bad Gateway</h1></body></html>', 'temporary', undefined, 'unknown', 'Bad Gateway'],
  [501, '<h1>Not Implemented</h1>', 'unsupported', undefined, 'unknown', 'Not Implemented'],
  [504, '', 'temporary', undefined, 'unknown', 'the service answered 504'],
];

for (const [status, body, kind, code, fate, message] of rows) {
  test(`${status} ${code ?? (typeof body === 'string' ? `'${body.slice(0, 20)}'` : JSON.stringify(body).slice(0, 40))} is ${kind}`, () => {
    const error = answer(status, body);
    assert.deepEqual(
      [error.kind, error.details.status, error.details.code, error.details.fate, error.details.requestId],
      [kind, status, code, fate, 'req-7f3a'],
    );
    assert.ok(error.message.includes(message), error.message);
    assert.match(error.message, /\(openstack \d{3}.*request req-7f3a\)$/);
  });
}

test('Nova tells in the body when to come back; a header goes before it', () => {
  assert.equal(answer(413, nova('overLimit', 'slow down', { retryAfter: 7 })).details.retryAfter, 7000);
  assert.equal(answer(413, nova('overLimit', 'slow down', { retryAfter: 7 }), {}, { 'retry-after': '3' }).details.retryAfter, 3000);
  assert.equal(answer(413, nova('overLimit')).details.retryAfter, undefined);
});

test('another factor is hinted at; a wrong auth-url is a matter of settings', () => {
  const more = answer(401, { error: { message: 'more' } }, {}, { 'openstack-auth-receipt': 'r-secret' });
  assert.match(more.details.hint ?? '', /passcode/);
  assert.equal(answer(401, { error: { message: 'no' } }).details.hint, undefined);
  const wrong = answer(404, '<h1>Not Found</h1>', { method: 'POST', url: 'https://cloud.example.com/v3/auth/tokens' });
  assert.deepEqual([wrong.kind, /auth-url/.test(wrong.details.hint ?? '')], ['config', true]);
});

test('whoever may not choose an address is told which flag to leave out', () => {
  const refused = neutron('PolicyNotAuthorized');
  const hint = (body: unknown) => answer(403, refused, { method: 'POST', body }).details.hint ?? '';
  assert.match(hint({ floatingip: { floating_network_id: 'n', floating_ip_address: '203.0.113.9' } }), /--address/);
  assert.match(hint({ port: { network_id: 'n', fixed_ips: [{ ip_address: '10.0.0.9' }] } }), /owner of the network/);
  assert.equal(hint({ floatingip: { floating_network_id: 'n' } }), '');
});
