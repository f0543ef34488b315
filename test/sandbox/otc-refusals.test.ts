/** Every refusal that the gateway and the services of the sandbox of Open Telekom Cloud share: statuses, codes, texts, forms. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readOnlyUser } from '../../src/sandbox/dialects/otc/otc.js';
import { type Ask, check, demo, eip, type Json, NOBODY, NOW, reserveBody, world } from './otc-caller.js';
import { alter, sign } from './otc-signing.js';

const EIPS = '/vpc/v1/{P}/publicips';
const AUTH = 'Incorrect IAM authentication information: ';

test('what the gateway answers, to the letter', async (t) => {
  const knobs: Json = { now: NOW };
  const cloud = await world(t, knobs);
  const own = (await cloud.login(demo())).headers.get('x-subject-token');
  const signed = (spoil: (text: string) => string): Ask => sign(cloud.origin, 'GET', EIPS, '', { spoil });
  const nobody = sign(cloud.origin, 'GET', EIPS, '', { pair: { access: 'NOSUCHKEY', secret: 'x' } });
  const rows: readonly (readonly [string, Ask, number, string, string])[] = [
    [EIPS, signed(alter), 401, 'APIGW.0301', `${AUTH}verify aksk signature fail`],
    [EIPS, nobody, 401, 'APIGW.0301', `${AUTH}ak NOSUCHKEY not exist`],
    [EIPS, { token: null }, 401, 'APIGW.0301', `${AUTH}x-auth-token not found`],
    [EIPS, { token: 'garbage' }, 401, 'APIGW.0301', `${AUTH}decrypt token fail`],
    ['/vpc/v1/{P}/nothing', {}, 404, 'APIGW.0101', 'The API does not exist or has not been published in the environment'],
  ];
  for (const [path, how, status, code, text] of rows) {
    const reply = await cloud.ask('GET', path, undefined, how);
    const { request_id, ...rest } = reply.json;
    assert.deepEqual([reply.status, rest], [status, { error_msg: text, error_code: code }]);
    assert.match(request_id, /^[0-9a-f]{32}$/);
    assert.equal(reply.headers.get('x-request-id'), request_id);
  }
  const empty = await cloud.ask('GET', '/vpc/v1//publicips');
  assert.deepEqual([empty.status, Object.keys(empty.json), empty.json.message], [404, ['message', 'request_id'], 'API not found']);
  const day = 24 * 60 * 60 * 1000;
  knobs.now = NOW + day - 1;
  assert.equal((await cloud.ask('GET', EIPS, undefined, { token: own })).status, 200);
  knobs.now = NOW + day;
  const expired = await cloud.ask('GET', EIPS, undefined, { token: own });
  assert.equal(expired.json.error_msg, `${AUTH}token expires, expires_at: 2026-01-03T03:04:05.000000Z`);
  assert.equal(expired.status, 401);
});

test('throttling comes after credentials, project and permission, and before the body', async (t) => {
  const cloud = await world(t, { throttleEvery: 1 });
  const reader = (await cloud.login(demo(readOnlyUser))).headers.get('x-subject-token');
  await check(cloud, [['GET', '/vpc/v1/{P}/nothing', undefined, 404, 'APIGW.0101', 'marked']]);
  await check(cloud, [['GET', EIPS, undefined, 401, 'APIGW.0301', 'clean']], { token: 'garbage' });
  await check(cloud, [['GET', `/vpc/v1/${'0'.repeat(32)}/publicips`, undefined, 400, 'VPC.0007', 'clean']]);
  await check(cloud, [['POST', EIPS, {}, 403, 'VPC.2201', 'clean']], { token: reader });
  const throttled = await cloud.ask('POST', EIPS, {});
  assert.deepEqual([throttled.status, throttled.code, throttled.mark], [429, 'APIGW.0308', null]);
  assert.equal(throttled.json.error_msg, 'The throttling threshold has been reached: policy user over ratelimit,limit:1,time:1 minute');
});

test("the gateway's codes in their other spelling", async (t) => {
  const cloud = await world(t, { gatewaySpelling: 'APIG', throttleEvery: 1 });
  await check(cloud, [['GET', EIPS, undefined, 401, 'APIG.0301', 'clean']], { token: 'garbage' });
  await check(cloud, [['GET', EIPS, undefined, 429, 'APIG.0308', 'clean']]);
});

test('the codes of every service, in their wording before and after', async (t) => {
  const rows: readonly (readonly [string, number, string, string?])[] = [
    ['VPC.0002', 400, 'AZ name is null.'],
    ['VPC.0003', 404, 'VPC does not exist.'],
    ['VPC.0004', 400, 'VPC is not active. Try again later.'],
    ['VPC.0005', 401, 'Lack of user authority.'],
    ['VPC.0008', 401, 'Invalid token in the header.'],
    ['VPC.0009', 401, 'Real-name authentication failed.'],
    ['VPC.0010', 403, 'Insufficient permissions to call the underlying system.', 'Rules on xx by ** disallowed by policy'],
    ['VPC.2204', 404, 'Resource query by ID failed.', 'Query resource by id fail.'],
    ['VPC.2701', 403, 'Token is not allowed to do this action.'],
  ];
  const knobs: Json = {};
  const cloud = await world(t, knobs);
  for (const [code, status, text, old = text] of rows) {
    knobs.troubles = { 'vpc:publicIps:list': code };
    for (const [revision, message] of [
      ['new', text],
      ['old', old],
    ]) {
      knobs.messageRevision = revision;
      const reply = await cloud.ask('GET', EIPS);
      assert.deepEqual([reply.status, reply.json, reply.mark], [status, { code, message }, null]);
    }
  }
});

test('the wrong project and the missing permission, in words', async (t) => {
  const knobs: Json = {};
  const cloud = await world(t, knobs);
  const wrong = () => cloud.ask('GET', `/vpc/v1/${'0'.repeat(32)}/publicips`);
  assert.deepEqual((await wrong()).json, { code: 'VPC.0007', message: 'Inconsistent tenant IDs.' });
  knobs.messageRevision = 'old';
  assert.deepEqual((await wrong()).json, { code: 'VPC.0007', message: 'urlTenantId is not equal tokenTenantId' });
  const reader = (await cloud.login(demo(readOnlyUser))).headers.get('x-subject-token');
  for (const [method, path, action] of [
    ['POST', '/vpc/v1/{P}/privateips', 'vpc:privateIps:create'],
    ['DELETE', `/vpc/v1/{P}/privateips/${NOBODY}`, 'vpc:privateIps:delete'],
    ['POST', EIPS, 'vpc:publicIps:create'],
    ['PUT', eip(NOBODY), 'vpc:publicIps:update'],
    ['DELETE', eip(NOBODY), 'vpc:publicIps:delete'],
    ['PUT', `/vpc/v1/{P}/bandwidths/${NOBODY}`, 'vpc:bandwidths:update'],
    ['POST', '/vpc/v2.0/ports', 'vpc:ports:create'],
    ['PUT', `/vpc/v2.0/ports/${NOBODY}`, 'vpc:ports:update'],
    ['DELETE', `/vpc/v2.0/ports/${NOBODY}`, 'vpc:ports:delete'],
    ['PUT', `/vpc/v3/{P}/eip/publicips/${NOBODY}`, 'eip:publicIps:update'],
  ] as const) {
    const denied = await cloud.ask(method, path, undefined, { token: reader });
    const message = `Policy doesn't allow ${action} to be performed`;
    assert.equal(denied.status, 403, path);
    assert.equal(denied.json.code === undefined ? denied.json.error_msg : denied.json.message, message);
  }
});

test('one failure in each form that errors come in', async (t) => {
  const knobs: Json = {};
  const cloud = await world(t, knobs);
  const lost = () => cloud.ask('GET', eip(NOBODY));
  const text = 'Floating IP could not be found.';
  assert.deepEqual((await lost()).json, { code: 'VPC.0504', message: text });
  knobs.nestedMessages = true;
  assert.deepEqual(JSON.parse((await lost()).json.message), { NeutronError: { message: text, type: 'NotFound', detail: '' } });
  knobs.nestedMessages = false;
  knobs.errorShape = 'gateway';
  const flat = await lost();
  assert.deepEqual(flat.json, { error_code: 'VPC.0504', error_msg: text, request_id: flat.headers.get('x-request-id') });
  knobs.errorShape = 'camel';
  assert.deepEqual((await lost()).json, { errorCode: 'VPC.0504', errorMsg: text });
  knobs.errorShape = 'html';
  const page = await lost();
  assert.deepEqual([page.status, page.headers.get('content-type'), page.text.startsWith('<html>')], [404, 'text/html', true]);
  knobs.errorShape = 'empty';
  const nothing = await lost();
  assert.deepEqual([nothing.status, nothing.text, nothing.headers.get('content-type')], [404, '', null]);
  assert.equal((await cloud.ask('GET', EIPS)).json.publicips.length, 0, 'answers that are no errors stay as they are');
});

test('the forms of IAM, native Neutron, Nova and the first ECS API', async (t) => {
  const knobs: Json = {};
  const cloud = await world(t, knobs);
  const iam = await cloud.login(demo({ password: 'wrong' }));
  assert.deepEqual(iam.json, { error: { code: 401, message: 'The username or password is wrong.', title: 'Unauthorized' } });
  const native = (await cloud.ask('GET', `/vpc/v2.0/ports/${NOBODY}`)).json;
  assert.deepEqual(native, { NeutronError: { type: 'PortNotFound', message: `Port ${NOBODY} could not be found.`, detail: '' } });
  const nova = (await cloud.ask('GET', `/ecs/v2.1/{P}/servers/${NOBODY}`)).json;
  assert.deepEqual(nova, { itemNotFound: { message: 'Instance could not be found.', code: 404 } });
  const first = () => cloud.ask('GET', `/ecs/v1/{P}/cloudservers/${NOBODY}/os-interface`);
  assert.deepEqual((await first()).json, { error: { code: 'Ecs.0114', message: 'The server does not exist.' } });
  knobs.swappedEcsErrors = true;
  assert.deepEqual((await first()).json, { error: { code: 'The server does not exist.', message: 'Ecs.0114' } });
  const still = await cloud.login(demo({ password: 'wrong' }));
  assert.equal(still.json.error.code, 401, 'a number is no text to swap');
});

test('a trouble strikes what the service lets through, as often as it says, and changes nothing', async (t) => {
  const cloud = await world(t, { troubles: { 'vpc:privateIps:create': 'VPC.0010 x2' } });
  const path = '/vpc/v1/{P}/privateips';
  await check(cloud, [
    ['POST', path, { privateips: [] }, 400, 'VPC.0702', 'marked'],
    ['POST', path, reserveBody('192.168.1.11'), 500, 'VPC.0701', 'clean'],
    ['POST', path, reserveBody('192.168.1.17'), 403, 'VPC.0010', 'clean'],
    ['POST', path, reserveBody('192.168.1.17'), 403, 'VPC.0010', 'clean'],
    ['POST', path, reserveBody('192.168.1.17'), 200, undefined, 'clean'],
  ]);
});
