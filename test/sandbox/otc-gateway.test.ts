/** The gateway and IAM of the sandbox of Open Telekom Cloud: logins, tokens, the order of checks, and the forms of errors. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hexId } from '../../src/sandbox/dialects/otc/cloud.js';
import { readOnlyUser, secondFactorUser } from '../../src/sandbox/dialects/otc/otc.js';
import { check, demo, eip, type Json, NOBODY, NOW, PROJECT, reserveBody, world } from './otc-caller.js';

test('logins: what is in the answer, which scopes work, and what is refused', async (t) => {
  const cloud = await world(t, { now: NOW });
  const good = await cloud.login(demo());
  assert.equal(good.status, 201);
  assert.equal(good.json.token.project.id, PROJECT);
  assert.equal(good.json.token.issued_at, '2026-01-02T03:04:05.000000Z');
  assert.equal(good.json.token.expires_at, '2026-01-03T03:04:05.000000Z');
  const vpc = good.json.token.catalog.find((entry: Json) => entry.type === 'vpc');
  assert.equal(vpc.endpoints[0].url, `${cloud.origin}/vpc/v1/${PROJECT}`);
  assert.equal((await cloud.login({ id: hexId('user/demo'), password: 'sandbox-secret' }, { project: { id: PROJECT } })).status, 201);
  const domain = await cloud.login(demo(), { domain: { name: 'OTC-SANDBOX' } });
  assert.equal(domain.json.token.domain.name, 'OTC-SANDBOX');
  assert.equal(domain.json.token.project, undefined);
  const both = await cloud.login(demo(), { domain: { name: 'OTC-SANDBOX' }, project: { name: 'eu-de' } });
  assert.equal(both.json.token.project.name, 'eu-de');
  assert.deepEqual(cloud.marks(), []);
  const refused: readonly (readonly [Json, Json | undefined, number, 'marked' | 'clean'])[] = [
    [demo({ password: 'wrong' }), undefined, 401, 'clean'],
    [demo({ name: 'nobody' }), undefined, 401, 'clean'],
    [demo({ domain: { name: 'other' } }), undefined, 401, 'clean'],
    [demo(), { project: { name: 'eu-nl' } }, 401, 'clean'],
    [demo(), { project: { name: 'eu-de_other' } }, 401, 'clean'],
    [demo(), { domain: { name: 'other' } }, 401, 'clean'],
    [{ name: 'demo', password: 'sandbox-secret' }, undefined, 400, 'marked'],
    [demo(), { project: {} }, 400, 'marked'],
    [demo({ colour: 'red' }), undefined, 201, 'marked'],
  ];
  for (const [user, scope, status, verdict] of refused) {
    const reply = await cloud.login(user, scope);
    assert.equal(reply.status, status, JSON.stringify(user));
    if (status !== 201) assert.equal(reply.json.error.code, status);
    assert.equal(reply.mark === null ? 'clean' : 'marked', verdict, JSON.stringify(user));
  }
  const tokens = '/iam/v3/auth/tokens';
  const identity = { methods: ['password'], password: { user: demo() } };
  await check(
    cloud,
    [
      ['POST', tokens, { auth: { identity } }, 201, undefined, 'marked'],
      ['POST', tokens, { auth: { identity: { ...identity, methods: ['token'] } } }, 400, '400', 'marked'],
      ['POST', tokens, [], 400, '400', 'marked'],
      ['PUT', tokens, {}, 405, 'APIGW.0101', 'marked'],
    ],
    { token: null },
  );
  const lean = await cloud.ask(
    'POST',
    `${tokens}?nocatalog=1`,
    { auth: { identity, scope: { project: { name: 'eu-de' } } } },
    { token: null },
  );
  assert.equal(lean.json.token.catalog, undefined);
});

test('a second factor is asked for, checked and recorded', async (t) => {
  const cloud = await world(t);
  const { name, password, passcode } = secondFactorUser;
  const user = { name, password, domain: { name: 'OTC-SANDBOX' } };
  const login = (shown: string) => {
    const identity = { methods: ['password', 'totp'], password: { user }, totp: { user: { id: hexId(`user/${name}`), passcode: shown } } };
    return cloud.ask('POST', '/iam/v3/auth/tokens', { auth: { identity, scope: { project: { name: 'eu-de' } } } }, { token: null });
  };
  assert.equal((await cloud.login(user)).status, 401);
  const wrong = await login('000000');
  assert.deepEqual([wrong.status, wrong.code], [400, 'IAM.1061']);
  const right = await login(passcode);
  assert.equal(right.status, 201);
  assert.deepEqual(right.json.token.methods, ['password', 'totp']);
  assert.equal(typeof right.json.token.mfa_authn_at, 'string');
});

test('tokens can be examined and revoked; projects are listed by name and by page', async (t) => {
  const cloud = await world(t);
  const subject = (await cloud.login(demo())).headers.get('x-subject-token') ?? '';
  const tokens = '/iam/v3/auth/tokens';
  const how = { headers: { 'x-subject-token': subject } };
  assert.equal((await cloud.ask('GET', tokens, undefined, how)).json.token.user.name, 'demo');
  assert.equal((await cloud.ask('HEAD', tokens, undefined, how)).status, 200);
  assert.equal((await cloud.ask('DELETE', tokens, undefined, how)).status, 204);
  assert.equal((await cloud.ask('GET', tokens, undefined, how)).status, 404);
  const page = await cloud.ask('GET', '/iam/v3/projects?per_page=1&page=1');
  assert.equal(page.json.projects.length, 1);
  assert.match(page.json.links.next, /page=2/);
  const own = await cloud.ask('GET', '/iam/v3/auth/projects');
  assert.deepEqual(
    own.json.projects.map((row: Json) => row.name),
    ['eu-de'],
  );
  await check(cloud, [
    ['GET', '/iam/v3/projects?per_page=0', undefined, 400, '400', 'marked'],
    ['GET', '/iam/v3/projects?colour=red', undefined, 200, undefined, 'marked'],
  ]);
  await check(cloud, [['GET', '/iam/v3/projects', undefined, 401, '401', 'marked']], { token: null });
  await check(cloud, [['GET', '/iam/v3/projects', undefined, 401, '401', 'clean']], { token: 'garbage' });
});

test('the gateway checks route, method, credentials, project and permission, in this order', async (t) => {
  const cloud = await world(t);
  const other = '0'.repeat(32);
  await check(
    cloud,
    [
      ['GET', '/vpc/v1/{P}/nothing', undefined, 404, 'APIGW.0101', 'marked'],
      ['GET', '/nothing', undefined, 404, 'APIGW.0101', 'marked'],
      ['GET', '/vpc/v1//publicips', undefined, 404, 'message', 'marked'],
      ['DELETE', '/vpc/v1/{P}/publicips', undefined, 405, 'APIGW.0101', 'marked'],
      ['GET', `/vpc/v1/${other}/publicips`, undefined, 401, 'APIGW.0301', 'marked'],
    ],
    { token: null },
  );
  await check(cloud, [
    ['GET', `/vpc/v1/${other}/publicips`, undefined, 400, 'VPC.0007', 'clean'],
    ['GET', '/vpc/v1/eu-de/publicips', undefined, 400, 'VPC.0007', 'marked'],
    ['GET', `/ecs/v2.1/${other}/servers`, undefined, 400, 'Ecs.0005', 'clean'],
    ['GET', '/vpc/v1/{P}/publicips?colour=red', undefined, 200, undefined, 'marked'],
    ['GET', '/vpc/v1/{P}/publicips?limit=1&limit=2', undefined, 200, undefined, 'marked'],
    ['DELETE', eip(NOBODY), {}, 404, 'VPC.0504', 'marked'],
  ]);
  const garbage = await cloud.ask('GET', '/vpc/v1/{P}/publicips', undefined, { token: 'garbage' });
  assert.match(garbage.text, /decrypt token fail/);
  assert.match(garbage.json.request_id, /^[0-9a-f]{32}$/);
  assert.equal(garbage.headers.get('x-request-id'), garbage.json.request_id);
  const both = await cloud.ask('GET', '/vpc/v1/{P}/publicips', undefined, { headers: { authorization: 'x' } });
  assert.deepEqual([both.status, both.code, both.mark !== null], [401, 'APIGW.0301', true]);
  const wide = (await cloud.login(demo(), { domain: { name: 'OTC-SANDBOX' } })).headers.get('x-subject-token');
  await check(cloud, [['GET', '/vpc/v2.0/ports', undefined, 400, 'VPC.0007', 'marked']], { token: wide });
  const reader = (await cloud.login(demo(readOnlyUser))).headers.get('x-subject-token');
  const denied = await cloud.ask('POST', '/vpc/v1/{P}/privateips', undefined, { token: reader, text: 'no JSON' });
  assert.equal(denied.text, `{"code":"VPC.2201","message":"Policy doesn't allow vpc:privateIps:create to be performed"}`);
  assert.equal((await cloud.ask('GET', '/vpc/v1/{P}/publicips', undefined, { token: reader })).status, 200);
  const plain = await cloud.ask('POST', '/vpc/v1/{P}/privateips', reserveBody('192.168.1.17'), {
    headers: { 'content-type': 'text/plain' },
  });
  assert.equal(plain.status, 200);
  assert.notEqual(plain.mark, null);
});

test('switches: throttling, tokens that wear out, refusal behind the gateway', async (t) => {
  const slow = await world(t, { throttleEvery: 2 });
  assert.equal((await slow.ask('GET', '/vpc/v1/{P}/publicips')).status, 200);
  const busy = await slow.ask('GET', '/vpc/v1/{P}/publicips');
  assert.deepEqual([busy.status, busy.code, busy.mark], [429, 'APIGW.0308', null]);
  const worn = await world(t, { expireTokenAfter: 1 });
  assert.equal((await worn.ask('GET', '/vpc/v1/{P}/publicips')).status, 200);
  assert.match((await worn.ask('GET', '/vpc/v1/{P}/publicips')).text, /token expires, expires_at: \d{4}-/);
  const behind = await world(t, { tokenRefusal: 'service' });
  await check(behind, [['GET', '/vpc/v1/{P}/publicips', undefined, 401, 'VPC.0008', 'clean']], { token: 'garbage' });
});

test('logins that fail in the newer form of IAM, as often as the switch says', async (t) => {
  const knobs: Json = {};
  const cloud = await world(t, knobs);
  const rows = [
    ['IAM.0001', 401],
    ['IAM.0002', 403],
    ['IAM.0003', 403],
    ['IAM.0004', 404],
    ['IAM.0012', 429],
    ['IAM.0061', 401],
    ['IAM.0062', 401],
    ['IAM.0066', 401],
    ['IAM.0067', 401],
  ] as const;
  for (const [code, status] of rows) {
    knobs.troubles = { 'iam:tokens:create': code };
    const reply = await cloud.login(demo());
    assert.deepEqual([reply.status, reply.json.error_code, typeof reply.json.error_msg, reply.mark], [status, code, 'string', null]);
    assert.equal(reply.headers.get('x-subject-token'), null);
  }
  knobs.troubles = { 'iam:tokens:create': `IAM.0012 x${rows.length + 1}` };
  assert.equal((await cloud.login(demo())).status, 429);
  assert.equal((await cloud.login(demo())).status, 201);
});
