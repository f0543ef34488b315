/** Signatures of the sandbox of Open Telekom Cloud: known answers, what is accepted, and that no byte may change. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Call } from '../../src/sandbox/dialect.js';
import { hexId } from '../../src/sandbox/dialects/otc/cloud.js';
import { accessKey, temporaryKey } from '../../src/sandbox/dialects/otc/otc.js';
import { canonicalRequest, derivedKey, expectedSignature, parseAuthorization, sha256 } from '../../src/sandbox/dialects/otc/signature.js';
import { allocate, eip, type Json, type Method, NIC1, NOW, PROJECT, privateIp, reserveBody, type World, world } from './otc-caller.js';
import { alter, type Signing, sign } from './otc-signing.js';

const VECTOR = {
  key: 'IPCTLEXAMPLEAK000001',
  secret: 'ipctl-example-secret-key-0000000000000001',
  project: '3f9c2ab4d17e4c0b8a65e01c7d2f4b90',
  headers: { 'content-type': 'application/json', host: 'vpc.eu-de.otc.t-systems.com', 'x-sdk-date': '20260102T030405Z' },
  batch:
    '{"privateips":[{"subnet_id":"a1e0c9d4-6b52-4f0d-8c33-2d9f7e5b1004"},{"subnet_id":"a1e0c9d4-6b52-4f0d-8c33-2d9f7e5b1004","ip_address":"10.40.8.77"}]}',
};

function call(method: string, target: string, headers: Readonly<Record<string, string>>, body = ''): Call {
  const url = new URL(`http://host${target}`);
  return { method, rawPath: url.pathname, path: [], query: url.searchParams, headers, body };
}

test('signatures agree with the known answers of both forms', () => {
  const project = { 'x-project-id': VECTOR.project };
  const base = `/v1/${VECTOR.project}`;
  const list = `${base}/subnets/a1e0c9d4-6b52-4f0d-8c33-2d9f7e5b1004/privateips`;
  const query = '?marker=e3a7b915-0c4d-4e62-9f18-5b2c7d60a831&limit=10';
  const put = `${base}/publicips/f48b2c07-5e91-4d3a-8b76-a0d1c3e59f62`;
  const putBody = '{"publicip":{"port_id":"58d0f3c6-2e7b-4914-8afc-d3b6e90127c5"}}';
  const all = 'content-type;host;x-project-id;x-sdk-date';
  const rows = [
    [
      'V1',
      call('GET', list + query, { ...VECTOR.headers, ...project }),
      'Access=K',
      all,
      'f37b57ee',
      '09741980de8cd0554a64597925956725d96ddc051ec4c457076906f0b1b1a671',
    ],
    [
      'V1/',
      call('GET', `${list}/${query}`, { ...VECTOR.headers, ...project }),
      'Access=K',
      all,
      'f37b57ee',
      '09741980de8cd0554a64597925956725d96ddc051ec4c457076906f0b1b1a671',
    ],
    [
      'V2',
      call('POST', `${base}/privateips`, { ...VECTOR.headers, ...project }, VECTOR.batch),
      'Access=K',
      all,
      'ffcec916',
      'b35689442ac00acdfbfcfb06a360d4b290268d7630d04ac20997a06ee44cb5a7',
    ],
    [
      'V3',
      call('PUT', put, { ...VECTOR.headers, ...project, 'x-security-token': 'EXAMPLE-TEMPORARY-TOKEN' }, putBody),
      'Access=K',
      `${all};x-security-token`,
      '823a44d5',
      'd592a2e23ff592bf54fccbf875448fff4de9e07945454d07d7c2e33a17b367f0',
    ],
    [
      'B1',
      call('GET', list + query, { ...VECTOR.headers, ...project }),
      'Credential=K/20260102/eu-de/vpc/sdk_request',
      all,
      'f37b57ee',
      '7e83c51b82f947ee1ce029feb29946b0aa401e76fe8d993a3e8d4029d1315cb9',
    ],
    [
      'B2',
      call('POST', `${base}/privateips`, VECTOR.headers, VECTOR.batch),
      'Credential=K/20260102///sdk_request',
      'content-type;host;x-sdk-date',
      '49007af6',
      '557d69c59e27ae6608bd722d4c74113d96f3502614ea3ea96f77c1a57de12556',
    ],
  ] as const;
  for (const [name, request, credential, signed, hash, signature] of rows) {
    const header = `SDK-HMAC-SHA256 ${credential.replace('K', VECTOR.key)}, SignedHeaders=${signed}, Signature=${signature}`;
    const authorization = parseAuthorization(header);
    assert.ok(authorization, name);
    assert.equal(authorization.access, VECTOR.key, name);
    const canonical = canonicalRequest(request, authorization.signedHeaders);
    assert.equal(sha256(canonical).slice(0, 8), hash, name);
    assert.equal(expectedSignature(authorization, VECTOR.secret, '20260102T030405Z', canonical), signature, name);
  }
  const scope = { date: '20260102', region: 'eu-de', service: 'vpc' };
  assert.equal(derivedKey(VECTOR.secret, scope).toString('hex'), '769844ea2eb5b13daac46899a4f0c0dc8a6b759dbe5dd86324dc6d4090d9527d');
  const empty = { date: '20260102', region: '', service: '' };
  assert.equal(derivedKey(VECTOR.secret, empty).toString('hex'), '6e5ac0a8e18bbcd73ddfab453f41e9dbbdebbfaabc6bef43014c467329ab6dd9');
});

test("the canonical form agrees with the signing guide's check and encodes by the unreserved set", () => {
  const target = '/v1/77b6a44cba5143ab91d13ab9a8ff44fd/vpcs/?limit=2&marker=13551d6b-755d-4757-b956-536f674975c0';
  const headers = { 'content-type': 'application/json', host: 'service.region.example.com', 'x-sdk-date': '20191115T033655Z' };
  const canonical = canonicalRequest(call('GET', target, headers), Object.keys(headers));
  assert.equal(sha256(canonical), 'b25362e603ee30f4f25e7858e8a7160fd36e803bb2dfe206278659d71a9bcd7a');
  const odd = canonicalRequest(call('GET', '/a%2fb/c?z=a%20b*&Z=~%2F&z=1&k', headers), ['host']);
  assert.deepEqual(odd.split('\n').slice(0, 3), ['GET', '/a%2Fb/c/', 'Z=~%2F&k=&z=1&z=a%20b%2A']);
});

test('signed requests: both forms, temporary keys, and what the gateway refuses', async (t) => {
  const cloud = await world(t, { now: NOW });
  const list = '/vpc/v1/{P}/publicips?limit=2';
  const { access, secret, securityToken } = temporaryKey;
  const temporary = { access, secret };
  const rows: readonly (readonly [string, Signing, number, RegExp, 'marked' | 'clean'])[] = [
    ['plain', {}, 200, /publicips/, 'clean'],
    ['derived', { scope: '20260102/eu-de/vpc' }, 200, /publicips/, 'clean'],
    ['derived, empty scope', { scope: '20260102//' }, 200, /publicips/, 'clean'],
    ['project unsigned', { signed: ['host', 'x-sdk-date'] }, 200, /publicips/, 'clean'],
    ['15 minutes late', { date: '20260102T024905Z' }, 200, /publicips/, 'clean'],
    ['temporary, signed token', { pair: temporary, extra: { 'x-security-token': securityToken } }, 200, /publicips/, 'clean'],
    ['temporary, unsigned token', { pair: temporary, unsigned: { 'x-security-token': securityToken } }, 200, /publicips/, 'clean'],
    ['temporary without token', { pair: temporary }, 401, /APIGW.0301/, 'marked'],
    ['temporary with a wrong token', { pair: temporary, extra: { 'x-security-token': 'x' } }, 401, /APIGW.0301/, 'clean'],
    ['altered', { spoil: alter }, 401, /verify aksk signature fail/, 'clean'],
    ['unknown key', { pair: { access: 'NOSUCHKEY', secret: 'x' } }, 401, /ak NOSUCHKEY not exist/, 'clean'],
    ['16 minutes late', { date: '20260102T024804Z' }, 401, /20260102T024804Z, server time: 2026-01-02T03:04:05/, 'clean'],
    ['host unsigned', { signed: ['x-sdk-date'] }, 401, /APIGW.0301/, 'marked'],
    ['date unsigned', { signed: ['host'] }, 401, /APIGW.0301/, 'marked'],
    ['unsorted names', { signed: ['x-sdk-date', 'host'] }, 401, /APIGW.0301/, 'marked'],
    ['signed header not sent', { signed: ['host', 'x-absent', 'x-sdk-date'] }, 401, /APIGW.0301/, 'marked'],
    ['date of another form', { date: '2026-01-02T03:04:05Z' }, 401, /APIGW.0301/, 'marked'],
    ['scope of another day', { scope: '20260101/eu-de/vpc' }, 401, /APIGW.0301/, 'marked'],
    ['other scheme', { spoil: () => 'Bearer x' }, 401, /APIGW.0301/, 'marked'],
    ['payload hash of something else', { extra: { 'x-sdk-content-sha256': 'UNSIGNED-PAYLOAD' } }, 200, /publicips/, 'marked'],
    ['project header of a name', { extra: { 'x-project-id': 'eu-de' } }, 400, /VPC.0007/, 'marked'],
    ["another's project", { extra: { 'x-project-id': hexId('project/eu-de_other') } }, 400, /VPC.0007/, 'clean'],
  ];
  for (const [name, how, status, pattern, verdict] of rows) {
    const reply = await cloud.ask('GET', list, undefined, sign(cloud.origin, 'GET', list, '', how));
    assert.equal(reply.status, status, `${name}: ${reply.text}`);
    assert.match(reply.text, pattern, name);
    assert.equal(reply.mark === null ? 'clean' : 'marked', verdict, `${name}: ${reply.mark}`);
  }
  const body = JSON.stringify(reserveBody('192.168.1.17'));
  const made = await cloud.ask('POST', '/vpc/v1/{P}/privateips', undefined, {
    ...sign(cloud.origin, 'POST', '/vpc/v1/{P}/privateips', body),
    text: body,
  });
  assert.equal(made.status, 200, made.text);
  const changed = await cloud.ask('POST', '/vpc/v1/{P}/privateips', undefined, {
    ...sign(cloud.origin, 'POST', '/vpc/v1/{P}/privateips', body),
    text: `${body} `,
  });
  assert.equal(changed.status, 401, 'the signature covers the body');
  const slash = '/vpc/v1/{P}/publicips/';
  assert.equal((await cloud.ask('GET', slash, undefined, sign(cloud.origin, 'GET', '/vpc/v1/{P}/publicips', ''))).status, 200);
  const { 'x-project-id': _project, ...rest } = sign(cloud.origin, 'GET', list, '', { signed: ['host', 'x-sdk-date'] }).headers ?? {};
  const unnamed = await cloud.ask('GET', list, undefined, { token: null, headers: rest });
  assert.deepEqual([unnamed.status, unnamed.code, unnamed.mark !== null], [400, 'VPC.0007', true]);
  const foreign = hexId('project/eu-de_other');
  const foreignList = `/vpc/v1/${foreign}/publicips`;
  const intruding = await cloud.ask(
    'GET',
    foreignList,
    undefined,
    sign(cloud.origin, 'GET', foreignList, '', { extra: { 'x-project-id': foreign } }),
  );
  assert.deepEqual([intruding.status, intruding.code], [400, 'VPC.0007'], "the header opens no one else's project");
  const projects = '/iam/v3/projects?name=eu-de';
  const found = await cloud.ask('GET', projects, undefined, sign(cloud.origin, 'GET', projects, ''));
  assert.deepEqual(
    found.json.projects.map((row: Json) => row.id),
    [PROJECT],
  );
});

test('the signer of these tests agrees with the known answers', () => {
  const target = `/v1/${VECTOR.project}/subnets/a1e0c9d4-6b52-4f0d-8c33-2d9f7e5b1004/privateips?marker=e3a7b915-0c4d-4e62-9f18-5b2c7d60a831&limit=10`;
  const pair = { access: VECTOR.key, secret: VECTOR.secret };
  const extra = { 'x-project-id': VECTOR.project };
  const made = (how: Signing) =>
    sign('https://vpc.eu-de.otc.t-systems.com', 'GET', target, '', { pair, extra, ...how }).headers?.authorization;
  assert.match(made({}) ?? '', /Signature=09741980de8cd0554a64597925956725d96ddc051ec4c457076906f0b1b1a671$/);
  assert.match(made({ scope: '20260102/eu-de/vpc' }) ?? '', /Signature=7e83c51b82f947ee1ce029feb29946b0aa401e76fe8d993a3e8d4029d1315cb9$/);
});

// ---- no byte of a signed request may change

const FORMS: readonly Signing[] = [{}, { scope: '20260102/eu-de/vpc' }, { scope: '20260102//' }];

interface Tampering {
  readonly method: Method;
  readonly path: string;
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Signs `signed`, sends `sent` with that signature, which is refused, and then what was signed, which is not. */
async function tamper(cloud: World, signed: Tampering, sent: Partial<Tampering>, good = 200): Promise<void> {
  for (const form of FORMS) {
    const how = sign(cloud.origin, signed.method, signed.path, signed.text ?? '', form);
    const send = ({ method, path, text, headers }: Tampering) =>
      cloud.ask(method, path, undefined, { ...how, headers: { ...how.headers, ...headers }, ...(text === undefined ? {} : { text }) });
    const forged = await send({ ...signed, ...sent });
    assert.deepEqual([forged.status, forged.json.error_code, forged.json.error_msg, forged.mark], [401, 'APIGW.0301', BAD, null]);
    const honest = await send(signed);
    assert.equal(honest.status, good, honest.text);
  }
}

const BAD = 'Incorrect IAM authentication information: verify aksk signature fail';

test('a changed method is refused', async (t) => {
  const cloud = await world(t, { now: NOW });
  const { id } = await allocate(cloud);
  await tamper(cloud, { method: 'GET', path: eip(id) }, { method: 'DELETE' });
});

test('a changed byte of the path is refused', async (t) => {
  const cloud = await world(t, { now: NOW });
  await tamper(cloud, { method: 'GET', path: privateIp(NIC1) }, { path: privateIp(alter(NIC1)) });
});

test('a changed byte of the query is refused, in a value and in a name', async (t) => {
  const cloud = await world(t, { now: NOW });
  const path = '/vpc/v1/{P}/publicips?limit=2';
  await tamper(cloud, { method: 'GET', path }, { path: '/vpc/v1/{P}/publicips?limit=3' });
  await tamper(cloud, { method: 'GET', path }, { path: '/vpc/v1/{P}/publicips?limiu=2' });
  await tamper(cloud, { method: 'GET', path }, { path: '/vpc/v1/{P}/publicips' });
});

test('a changed byte of a signed header is refused', async (t) => {
  const cloud = await world(t, { now: NOW });
  const signed = { method: 'GET', path: '/vpc/v1/{P}/publicips' } as const;
  await tamper(cloud, signed, { headers: { 'x-project-id': alter(PROJECT) } });
  await tamper(cloud, signed, { headers: { 'content-type': 'application/jsoo' } });
  await tamper(cloud, signed, { headers: { 'x-sdk-date': '20260102T030406Z' } });
});

test('a changed byte of the body is refused, and nothing is done', async (t) => {
  const cloud = await world(t, { now: NOW });
  const path = '/vpc/v1/{P}/publicips';
  const { id } = await allocate(cloud);
  await cloud.ask('GET', eip(id));
  const text = '{"publicip":{"alias":"web-1"}}';
  await tamper(cloud, { method: 'PUT', path: eip(id), text }, { text: '{"publicip":{"alias":"web-2"}}' });
  await tamper(cloud, { method: 'PUT', path: eip(id), text }, { text: `${text} ` });
  const { publicips } = (await cloud.ask('GET', path)).json;
  assert.deepEqual(
    publicips.map((row: Json) => row.alias),
    ['web-1'],
  );
});

test('a signature for another host or of another key is refused', async (t) => {
  const path = '/vpc/v1/{P}/publicips';
  for (const form of FORMS) {
    const cloud = await world(t, { now: NOW });
    const elsewhere = sign('http://127.0.0.2:1', 'GET', path, '', form);
    const borrowed = sign(cloud.origin, 'GET', path, '', { ...form, pair: { access: accessKey.access, secret: temporaryKey.secret } });
    for (const how of [elsewhere, borrowed]) assert.equal((await cloud.ask('GET', path, undefined, how)).json.error_msg, BAD);
  }
});

test('the day, region and service of the scope are signed', async (t) => {
  const cloud = await world(t, { now: NOW });
  const path = '/vpc/v1/{P}/publicips';
  for (const other of ['20260102/eu-nl/vpc', '20260102/eu-de/ecs', '20260102//']) {
    const spoil = (authorization: string) => authorization.replace('20260102/eu-de/vpc', other);
    const reply = await cloud.ask('GET', path, undefined, sign(cloud.origin, 'GET', path, '', { scope: '20260102/eu-de/vpc', spoil }));
    assert.equal(reply.json.error_msg, BAD, other);
  }
});

// ---- clock and lock

test('a signature is good for fifteen minutes before and after', async (t) => {
  const cloud = await world(t, { now: NOW });
  const path = '/vpc/v1/{P}/vpcs';
  const send = (date: string) => cloud.ask('GET', path, undefined, sign(cloud.origin, 'GET', path, '', { date }));
  for (const date of ['20260102T024905Z', '20260102T031905Z']) assert.equal((await send(date)).status, 200, date);
  for (const date of ['20260102T024904Z', '20260102T031906Z', '20250102T030405Z']) {
    const reply = await send(date);
    const text = `Incorrect IAM authentication information: signature expired, X-Sdk-Date: ${date}, server time: 2026-01-02T03:04:05.000Z`;
    assert.deepEqual([reply.status, reply.code, reply.json.error_msg, reply.mark], [401, 'APIGW.0301', text, null]);
  }
  for (let count = 0; count < 6; count += 1) await send('20260102T020405Z');
  assert.equal((await send('20260102T030405Z')).status, 200, 'a wrong clock locks no key');
});

test('five bad signatures in a row lock the key; a good one in between starts over', async (t) => {
  const knobs: Json = { now: NOW };
  const cloud = await world(t, knobs);
  const list = '/vpc/v1/{P}/vpcs';
  const send = async (how: Signing) => cloud.ask('GET', list, undefined, sign(cloud.origin, 'GET', list, '', how));
  for (let count = 0; count < 4; count += 1) assert.equal((await send({ spoil: alter })).status, 401);
  assert.equal((await send({})).status, 200);
  for (let count = 0; count < 5; count += 1) assert.match((await send({ spoil: alter })).text, /verify aksk signature fail/);
  const locked = await send({});
  assert.deepEqual([locked.status, locked.code], [401, 'APIGW.0301']);
  assert.match(locked.text, /OTCSANDBOXACCESSKEY1 is locked/);
  const { access, secret, securityToken } = temporaryKey;
  const other = { pair: { access, secret }, extra: { 'x-security-token': securityToken } };
  assert.equal((await send(other)).status, 200, 'only the one key is locked');
  knobs.now = NOW + 5 * 60 * 1000 - 1;
  assert.equal((await send({})).status, 401);
  knobs.now = NOW + 5 * 60 * 1000;
  assert.equal((await send({})).status, 200, 'five minutes after the fifth');
});
