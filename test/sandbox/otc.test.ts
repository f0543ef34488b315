/** The sandbox of Open Telekom Cloud over raw HTTP: each rule of the protocol, and what earns a mark. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { uuid } from '../../src/sandbox/cloud.js';
import type { Call } from '../../src/sandbox/dialect.js';
import { hexId } from '../../src/sandbox/dialects/otc/cloud.js';
import { accessKey, otc, readOnlyUser, secondFactorUser, temporaryKey } from '../../src/sandbox/dialects/otc/otc.js';
import { canonicalRequest, derivedKey, expectedSignature, parseAuthorization, sha256 } from '../../src/sandbox/dialects/otc/signature.js';
import { start } from '../../src/sandbox/server.js';

type Json = Record<string, unknown>;
// biome-ignore lint/suspicious/noExplicitAny: what came over the wire is taken apart by assertions, not by types.
type Wire = any;
type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';

const PROJECT = hexId('project/eu-de');
const APP = uuid('subnet/app');
const DB = uuid('subnet/db');
const APP_NEUTRON = uuid('neutron-subnet/app');
const WEB1 = uuid('server/web-1');
const NIC1 = uuid('port/web-1');
const NIC2 = uuid('port/web-2');
const SHARED = uuid('bandwidth/shared-1');
const NOBODY = uuid('nothing/of/that/id');
const PER = { name: 'bw', size: 10, share_type: 'PER', charge_mode: 'traffic' };
const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);

interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: Wire;
  /** The error's code or type, whatever shape it came in. */
  readonly code: string | undefined;
  readonly mark: string | null;
}

interface Ask {
  /** null sends none. */
  readonly token?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly text?: string;
}

interface World {
  readonly origin: string;
  ask(method: Method, path: string, body?: unknown, how?: Ask): Promise<Reply>;
  login(user: Json, scope?: Json): Promise<Reply>;
  marks(): readonly string[];
}

async function world(t: TestContext, knobs: Json = {}): Promise<World> {
  const sandbox = await start(otc, { knobs });
  t.after(() => sandbox.close());
  const ask = async (method: Method, path: string, body?: unknown, how: Ask = {}): Promise<Reply> => {
    const text = how.text ?? (body === undefined ? undefined : JSON.stringify(body));
    const headers: Record<string, string> = { ...(text === undefined ? {} : { 'content-type': 'application/json' }) };
    if (how.token !== null) headers['x-auth-token'] = how.token ?? token;
    const url = `${sandbox.origin}${path.replaceAll('{P}', PROJECT)}`;
    const answer = await fetch(url, { method, headers: { ...headers, ...how.headers }, ...(text === undefined ? {} : { body: text }) });
    const received = await answer.text();
    const json = received === '' ? undefined : JSON.parse(received);
    const mark = sandbox.journal().at(-1)?.mark ?? null;
    return { status: answer.status, headers: answer.headers, text: received, json, code: codeOf(json), mark };
  };
  const login = (user: Json, scope: Json = { project: { name: 'eu-de' } }) =>
    ask('POST', '/iam/v3/auth/tokens', { auth: { identity: { methods: ['password'], password: { user } }, scope } }, { token: null });
  let token = '';
  token = (await login(demo())).headers.get('x-subject-token') ?? '';
  assert.notEqual(token, '');
  return { origin: sandbox.origin, ask, login, marks: () => sandbox.journal().flatMap((entry) => entry.mark ?? []) };
}

function demo(changes: Json = {}): Json {
  return { name: 'demo', password: 'sandbox-secret', domain: { name: 'OTC-SANDBOX' }, ...changes };
}

function codeOf(json: Json | undefined): string | undefined {
  const found =
    json?.code ?? json?.error_code ?? (json?.NeutronError as Json)?.type ?? (json?.error as Json)?.code ?? Object.keys(json ?? {})[0];
  return found === undefined ? undefined : String(found);
}

/** What is asked, which status and code it gets, and whether the journal has a mark for it. */
type Row = readonly [Method, string, unknown, number, string | undefined, 'marked' | 'clean'];

async function check(cloud: World, rows: readonly Row[], how: Ask = {}): Promise<void> {
  for (const [method, path, body, status, code, verdict] of rows) {
    const reply = await cloud.ask(method, path, body, how);
    const label = `${method} ${path} ${JSON.stringify(body)} -> ${reply.text} (mark: ${reply.mark})`;
    assert.equal(reply.status, status, label);
    if (code !== undefined) assert.equal(reply.code, code, label);
    assert.equal(reply.mark === null ? 'clean' : 'marked', verdict, label);
  }
}

async function allocate(cloud: World, publicip: Json = {}, bandwidth: Json = PER): Promise<Wire> {
  const reply = await cloud.ask('POST', '/vpc/v1/{P}/publicips', { publicip: { type: '5_bgp', ...publicip }, bandwidth });
  assert.equal(reply.status, 200, reply.text);
  return reply.json.publicip;
}

/** Allocates and reads until the address is there. */
async function ready(cloud: World, publicip: Json = {}): Promise<string> {
  const { id } = await allocate(cloud, publicip);
  await cloud.ask('GET', eip(id));
  return id;
}

const eip = (id: string) => `/vpc/v1/{P}/publicips/${id}`;
const privateIp = (id: string) => `/vpc/v1/{P}/privateips/${id}`;
const reserveBody = (...addresses: (string | undefined)[]) => ({
  privateips: addresses.map((address) => ({ subnet_id: APP, ...(address === undefined ? {} : { ip_address: address }) })),
});

// ---- signatures: known answers

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

interface Signing {
  readonly pair?: { readonly access: string; readonly secret: string };
  readonly scope?: string;
  readonly date?: string;
  readonly signed?: readonly string[];
  readonly extra?: Readonly<Record<string, string>>;
  readonly unsigned?: Readonly<Record<string, string>>;
  /** Changes the header once it is made. */
  readonly spoil?: (authorization: string) => string;
}

/** The headers of a signed request to `origin`. */
function sign(origin: string, method: Method, path: string, body: string, how: Signing = {}): Ask {
  const { access, secret } = how.pair ?? accessKey;
  const date = how.date ?? '20260102T030405Z';
  const headers: Record<string, string> = { 'x-sdk-date': date, 'content-type': 'application/json', 'x-project-id': PROJECT, ...how.extra };
  const names = how.signed ?? [...Object.keys(headers), 'host'].sort();
  const request = call(method, path.replaceAll('{P}', PROJECT), { ...headers, host: new URL(origin).host }, body);
  const credential = how.scope === undefined ? `Access=${access}` : `Credential=${access}/${how.scope}/sdk_request`;
  const blank = `SDK-HMAC-SHA256 ${credential}, SignedHeaders=${names.join(';')}, Signature=`;
  const authorization = parseAuthorization(blank + '0'.repeat(64));
  assert.ok(authorization);
  const signature = expectedSignature(authorization, secret, date, canonicalRequest(request, names));
  const spoil = how.spoil ?? ((text: string) => text);
  return { token: null, headers: { ...headers, ...how.unsigned, authorization: spoil(blank + signature) } };
}

const alter = (authorization: string) => authorization.replace(/.$/, (last) => (last === '0' ? '1' : '0'));

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

test('five bad signatures in a row lock the key; a good one in between starts over', async (t) => {
  const cloud = await world(t, { now: NOW });
  const list = '/vpc/v1/{P}/vpcs';
  const send = async (how: Signing) => cloud.ask('GET', list, undefined, sign(cloud.origin, 'GET', list, '', how));
  for (let count = 0; count < 4; count += 1) assert.equal((await send({ spoil: alter })).status, 401);
  assert.equal((await send({})).status, 200);
  for (let count = 0; count < 5; count += 1) assert.match((await send({ spoil: alter })).text, /verify aksk signature fail/);
  const locked = await send({});
  assert.equal(locked.status, 401);
  assert.match(locked.text, /is locked/);
});

// ---- tokens and the gateway

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

// ---- private IPs

test('private IPs: assignment rules', async (t) => {
  const cloud = await world(t);
  const path = '/vpc/v1/{P}/privateips';
  const one = (item: unknown) => ({ privateips: [item] });
  const at = (address: unknown) => one({ subnet_id: APP, ip_address: address });
  await check(cloud, [
    ['POST', path, {}, 400, 'VPC.0702', 'marked'],
    ['POST', path, [], 400, 'VPC.0702', 'marked'],
    ['POST', path, { privateips: {} }, 400, 'VPC.0702', 'marked'],
    ['POST', path, { privateips: [] }, 400, 'VPC.0702', 'marked'],
    ['POST', path, one('x'), 400, 'VPC.0702', 'marked'],
    ['POST', path, reserveBody(...Array<undefined>(21)), 400, 'VPC.0702', 'marked'],
    ['POST', path, one({ ip_address: '192.168.1.17' }), 400, 'VPC.0702', 'marked'],
    ['POST', path, one({ subnet_id: 'app' }), 400, 'VPC.0702', 'marked'],
    ['POST', path, one({ subnet_id: NOBODY }), 404, 'VPC.2204', 'clean'],
    ['POST', path, one({ subnet_id: uuid('subnet/other-app') }), 404, 'VPC.2204', 'clean'],
    ['POST', path, one({ subnet_id: APP_NEUTRON }), 404, 'VPC.2204', 'marked'],
    ['POST', path, at('192.168.1.017'), 400, 'VPC.0705', 'marked'],
    ['POST', path, at(7), 400, 'VPC.0705', 'marked'],
    ['POST', path, at('10.41.0.5'), 400, 'VPC.0705', 'clean'],
    ...['0', '1', '253', '254', '255'].map((last): Row => ['POST', path, at(`192.168.1.${last}`), 400, 'VPC.0705', 'clean']),
    ['POST', path, at('192.168.1.11'), 500, 'VPC.0701', 'clean'],
    ['POST', path, reserveBody('192.168.1.17', '192.168.1.17'), 500, 'VPC.0701', 'clean'],
    ['POST', path, reserveBody(undefined, '192.168.1.11'), 500, 'VPC.0701', 'clean'],
  ]);
  const listed = await cloud.ask('GET', `/vpc/v1/{P}/subnets/${APP}/privateips`);
  assert.deepEqual(
    listed.json.privateips.map((row: Json) => row.ip_address).sort(),
    ['192.168.1.11', '192.168.1.12'],
    'nothing was committed',
  );
  const made = await cloud.ask('POST', path, reserveBody('192.168.1.252', undefined, ''));
  assert.equal(made.status, 200);
  assert.deepEqual(
    made.json.privateips.map((row: Json) => row.ip_address),
    ['192.168.1.252', '192.168.1.10', '192.168.1.13'],
  );
  const [row] = made.json.privateips;
  assert.deepEqual(Object.keys(row), ['status', 'id', 'subnet_id', 'tenant_id', 'device_owner', 'ip_address']);
  assert.deepEqual([row.status, row.subnet_id, row.tenant_id, row.device_owner], ['DOWN', APP, PROJECT, '']);
  await check(cloud, [['POST', path, one({ subnet_id: APP, device_owner: 'neutron:VIP_PORT' }), 200, undefined, 'marked']]);
});

test('private IPs: 64 are free, then the subnet is exhausted', async (t) => {
  const cloud = await world(t);
  for (const count of [20, 20, 20, 4]) {
    assert.equal((await cloud.ask('POST', '/vpc/v1/{P}/privateips', reserveBody(...Array<undefined>(count)))).status, 200);
  }
  const full = await cloud.ask('POST', '/vpc/v1/{P}/privateips', reserveBody(undefined));
  assert.deepEqual([full.status, full.code, full.mark], [409, 'VPC.0703', null]);
  assert.equal(full.json.message, `No more IP addresses available on network ${APP}.`);
  const counts = await cloud.ask('GET', `/vpc/v2.0/network-ip-availabilities/${APP}`);
  assert.deepEqual([counts.json.network_ip_availability.total_ips, counts.json.network_ip_availability.used_ips], [66, 66]);
  const port = await cloud.ask('POST', '/vpc/v2.0/ports', { port: { network_id: APP } });
  assert.deepEqual([port.status, port.code], [409, 'IpAddressGenerationFailure']);
});

test('private IPs: show, list, pages, delete', async (t) => {
  const cloud = await world(t);
  const list = `/vpc/v1/{P}/subnets/${APP}/privateips`;
  const made = await cloud.ask('POST', '/vpc/v1/{P}/privateips', reserveBody('192.168.1.17', undefined));
  const [first] = made.json.privateips;
  assert.deepEqual((await cloud.ask('GET', privateIp(first.id))).json, { privateip: first });
  const all = (await cloud.ask('GET', list)).json.privateips.map((row: Json) => row.id);
  assert.deepEqual(all, [...all].sort());
  assert.equal(all.length, 4);
  const page = async (marker: string) => (await cloud.ask('GET', `${list}?limit=3${marker}`)).json.privateips.map((row: Json) => row.id);
  assert.deepEqual([await page(''), await page(`&marker=${all[2]}`), await page(`&marker=${all[3]}`)], [all.slice(0, 3), all.slice(3), []]);
  const id = await ready(cloud);
  assert.equal((await cloud.ask('PUT', eip(id), { publicip: { port_id: first.id } })).status, 200);
  const gateway = uuid(`gateway/${APP}`);
  await check(cloud, [
    ['GET', `${list}?limit=x`, undefined, 400, 'VPC.0702', 'marked'],
    ['GET', `${list}?limit=-1`, undefined, 400, 'VPC.0702', 'marked'],
    ['GET', `${list}?limit=2001`, undefined, 400, 'VPC.0702', 'marked'],
    ['GET', `${list}?limit=0`, undefined, 200, undefined, 'marked'],
    ['GET', `${list}?marker=${NOBODY}`, undefined, 400, 'VPC.0702', 'clean'],
    ['GET', `${list}?ip_address=192.168.1.17`, undefined, 200, undefined, 'marked'],
    ['GET', '/vpc/v1/{P}/subnets/app/privateips', undefined, 400, 'VPC.0702', 'marked'],
    ['GET', `/vpc/v1/{P}/subnets/${NOBODY}/privateips`, undefined, 200, 'privateips', 'clean'],
    ['GET', `/vpc/v1/{P}/subnets/${APP_NEUTRON}/privateips`, undefined, 200, 'privateips', 'marked'],
    ['GET', privateIp(NOBODY), undefined, 404, 'VPC.0704', 'clean'],
    ['GET', privateIp('192.168.1.17'), undefined, 404, 'VPC.0704', 'marked'],
    ['DELETE', privateIp(NOBODY), undefined, 404, 'VPC.0704', 'clean'],
    ['DELETE', privateIp(NIC1), undefined, 409, 'VPC.0707', 'clean'],
    ['DELETE', privateIp(gateway), undefined, 409, 'VPC.0707', 'clean'],
    ['DELETE', privateIp(first.id), undefined, 409, 'VPC.0707', 'clean'],
    ['PUT', eip(id), { publicip: { port_id: '' } }, 200, undefined, 'clean'],
    ['DELETE', privateIp(first.id), undefined, 204, undefined, 'clean'],
    ['GET', privateIp(first.id), undefined, 404, 'VPC.0704', 'clean'],
    ['POST', '/vpc/v1/{P}/privateips', reserveBody('192.168.1.17'), 200, undefined, 'clean'],
  ]);
});

test('private IPs: switches', async (t) => {
  const partial = await world(t, { partialBatch: true, listSystemPorts: true, unknownSubnetRefused: true, pageSizeMax: 4 });
  const list = `/vpc/v1/{P}/subnets/${APP}/privateips`;
  await check(partial, [
    ['POST', '/vpc/v1/{P}/privateips', reserveBody('192.168.1.17', '192.168.1.11', '192.168.1.18'), 500, 'VPC.0701', 'clean'],
    ['POST', '/vpc/v1/{P}/privateips', reserveBody('192.168.1.17'), 500, 'VPC.0701', 'clean'],
    ['POST', '/vpc/v1/{P}/privateips', reserveBody('192.168.1.18'), 200, undefined, 'clean'],
    ['GET', `/vpc/v1/{P}/subnets/${NOBODY}/privateips`, undefined, 404, 'VPC.2204', 'clean'],
    ['GET', `${list}?limit=5`, undefined, 400, 'VPC.0702', 'clean'],
  ]);
  const first = (await partial.ask('GET', list)).json.privateips;
  const rest = (await partial.ask('GET', `${list}?marker=${first[3].id}`)).json.privateips;
  const owners = [...first, ...rest].map((row: Json) => row.device_owner).sort();
  assert.deepEqual(owners, ['', '', 'compute:eu-de-01', 'compute:eu-de-01', 'network:dhcp', 'network:router_interface_distributed']);
  const lenient = await world(t, { allowReserved: true, messageRevision: 'old' });
  assert.equal((await lenient.ask('POST', '/vpc/v1/{P}/privateips', reserveBody('192.168.1.253'))).status, 200);
  const old = await lenient.ask('GET', privateIp(NOBODY));
  assert.deepEqual(old.json, { code: 'VPC.0704', message: 'Query resource by id fail.' });
  const nested = await (await world(t, { nestedMessages: true })).ask('GET', privateIp(NOBODY));
  assert.equal(JSON.parse(nested.json.message).NeutronError.message, 'Resource query by ID failed.');
});

// ---- elastic IPs

test('elastic IPs: assignment rules', async (t) => {
  const cloud = await world(t);
  const path = '/vpc/v1/{P}/publicips';
  const body = (publicip: Json, bandwidth: Json = {}) => ({
    publicip: { type: '5_bgp', ...publicip },
    bandwidth: { ...PER, ...bandwidth },
  });
  await allocate(cloud, { ip_address: '203.0.113.215' });
  await check(cloud, [
    ['POST', path, { publicip: { type: '5_bgp' } }, 400, 'VPC.0501', 'marked'],
    ['POST', path, { bandwidth: PER }, 400, 'VPC.0501', 'marked'],
    ['POST', path, body({ type: '5_gray' }), 400, 'VPC.0501', 'marked'],
    ['POST', path, body({ type: '5_mailbgp' }), 403, 'VPC.0502', 'clean'],
    ['POST', path, body({ ip_version: 6 }), 400, 'VPC.0501', 'marked'],
    ['POST', path, body({ alias: 'a'.repeat(65) }), 400, 'VPC.0501', 'clean'],
    ['POST', path, body({ alias: 'a b' }), 400, 'VPC.0501', 'clean'],
    ['POST', path, body({ ip_address: 'x' }), 400, 'VPC.0501', 'marked'],
    ['POST', path, body({}, { share_type: 'HALF' }), 400, 'VPC.0301', 'marked'],
    ['POST', path, { publicip: { type: '5_bgp' }, bandwidth: { size: 10, share_type: 'PER' } }, 400, 'VPC.0301', 'marked'],
    ['POST', path, body({}, { name: 'a b' }), 400, 'VPC.0301', 'clean'],
    ['POST', path, body({}, { size: '10' }), 400, 'VPC.0301', 'marked'],
    ...[0, 301, 1001, 2.5].map((size): Row => ['POST', path, body({}, { size }), 400, 'VPC.0301', 'clean']),
    ['POST', path, body({}, { charge_mode: 'bandwidth' }), 400, 'VPC.0501', 'marked'],
    ['POST', path, { publicip: { type: '5_bgp' }, bandwidth: { share_type: 'WHOLE', id: NOBODY } }, 404, 'VPC.0306', 'clean'],
    ['POST', path, body({ ip_address: '203.0.113.215' }), 409, 'VPC.0522', 'clean'],
    ['POST', path, body({ ip_address: '203.0.113.209' }), 409, 'VPC.0522', 'clean'],
    ['POST', path, body({ ip_version: '4', port_id: NIC1 }, { size: 350 }), 200, undefined, 'marked'],
    ['POST', path, { ...body({}), enterprise_project_id: '0' }, 200, undefined, 'marked'],
    ['POST', path, body({ colour: 'red' }), 200, undefined, 'marked'],
  ]);
  const whole = await cloud.ask('POST', path, { publicip: { type: '5_bgp' }, bandwidth: { share_type: 'WHOLE' } });
  assert.equal(whole.status, 400);
  assert.deepEqual(JSON.parse(whole.json.message), {
    NeutronError: { message: 'Bandwidth share_type is invalid.', type: 'InvalidInput', detail: '' },
  });
  assert.notEqual(whole.mark, null);
});

test('elastic IPs: the answer to an assignment, the one pending read, what a free and a bound one show', async (t) => {
  const cloud = await world(t);
  const fresh = await allocate(cloud, { alias: 'web-01' });
  assert.equal(fresh.status, 'PENDING_CREATE');
  assert.equal(fresh.bandwidth_size, 0);
  assert.equal('bandwidth_id' in fresh, false);
  assert.equal(fresh.public_ip_address, '203.0.113.210');
  assert.match(fresh.create_time, /^2026-01-15 10:00:\d\d$/);
  const read = async () => (await cloud.ask('GET', eip(fresh.id))).json.publicip;
  assert.equal((await read()).status, 'PENDING_CREATE');
  const settled = await read();
  assert.deepEqual(
    [settled.status, settled.bandwidth_name, settled.bandwidth_size, settled.bandwidth_share_type, settled.alias, settled.profile],
    ['DOWN', 'bw', 10, 'PER', 'web-01', {}],
  );
  assert.equal('port_id' in settled || 'private_ip_address' in settled || 'tags' in settled, false);
  const bound = (await cloud.ask('PUT', eip(fresh.id), { publicip: { port_id: NIC1 } })).json.publicip;
  assert.deepEqual([bound.status, bound.port_id, bound.private_ip_address], ['ACTIVE', NIC1, '192.168.1.11']);
  const bandwidth = await cloud.ask('GET', `/vpc/v1/{P}/bandwidths/${bound.bandwidth_id}`);
  assert.equal(bandwidth.json.bandwidth.publicip_info[0].publicip_id, fresh.id);
  const server = await cloud.ask('GET', `/ecs/v2.1/{P}/servers/${WEB1}`);
  const [addresses] = Object.values<Json[]>(server.json.server.addresses);
  assert.deepEqual(
    addresses?.map((entry) => [entry.addr, entry['OS-EXT-IPS:type']]),
    [
      ['192.168.1.11', 'fixed'],
      ['203.0.113.210', 'floating'],
    ],
  );
  assert.deepEqual(cloud.marks(), []);
});

test('elastic IPs: binding, unbinding, renaming, release', async (t) => {
  const cloud = await world(t);
  const id = await ready(cloud);
  const second = await ready(cloud);
  const to = (portId: unknown) => ({ publicip: { port_id: portId } });
  await check(cloud, [
    ['PUT', eip(NOBODY), to(NIC1), 404, 'VPC.0504', 'clean'],
    ['PUT', eip('203.0.113.210'), to(NIC1), 400, 'VPC.0501', 'marked'],
    ['GET', eip('203.0.113.210'), undefined, 400, 'VPC.0501', 'marked'],
    ['DELETE', eip('web-1'), undefined, 400, 'VPC.0501', 'marked'],
    ['GET', eip(NOBODY), undefined, 404, 'VPC.0504', 'clean'],
    ['DELETE', eip(NOBODY), undefined, 404, 'VPC.0504', 'clean'],
    ['PUT', eip(id), { publicip: [] }, 400, 'VPC.0501', 'marked'],
    ['PUT', eip(id), {}, 400, 'VPC.0501', 'marked'],
    ['PUT', eip(id), to('192.168.1.11'), 400, 'VPC.0501', 'marked'],
    ['PUT', eip(id), to(NOBODY), 404, 'VPC.0514', 'clean'],
    ['PUT', eip(id), to(uuid('port/other-1')), 404, 'VPC.0514', 'clean'],
    ['PUT', eip(id), to(uuid(`dhcp/${APP}`)), 400, 'VPC.0501', 'marked'],
    ['PUT', eip(id), { publicip: { ip_version: 6 } }, 400, 'VPC.0501', 'marked'],
    ['PUT', eip(id), to(NIC1), 200, undefined, 'clean'],
    ['PUT', eip(id), to(NIC1), 200, undefined, 'clean'],
    ['PUT', eip(id), to(NIC2), 409, 'VPC.0510', 'clean'],
    ['PUT', eip(second), to(NIC1), 409, 'VPC.0511', 'clean'],
    ['DELETE', eip(id), undefined, 409, 'VPC.0517', 'clean'],
    ['PUT', eip(id), { publicip: { alias: 'bad alias' } }, 400, 'VPC.0501', 'clean'],
  ]);
  const renamed = await cloud.ask('PUT', eip(id), { publicip: { alias: 'web-02' } });
  assert.deepEqual([renamed.json.publicip.alias, renamed.json.publicip.port_id, renamed.mark], ['web-02', NIC1, null]);
  const unbinding: readonly (readonly [Json, 'marked' | 'clean'])[] = [
    [{ port_id: '' }, 'clean'],
    [{ port_id: null }, 'clean'],
    [{}, 'marked'],
    [{ alias: '' }, 'marked'],
    [{ colour: 'red' }, 'marked'],
  ];
  for (const [publicip, verdict] of unbinding) {
    await cloud.ask('PUT', eip(id), to(NIC1));
    const reply = await cloud.ask('PUT', eip(id), { publicip });
    assert.deepEqual([reply.status, reply.json.publicip.status, reply.json.publicip.port_id], [200, 'DOWN', undefined]);
    assert.equal(reply.mark === null ? 'clean' : 'marked', verdict, JSON.stringify(publicip));
  }
  assert.equal((await cloud.ask('PUT', eip(id), to(''))).status, 200, 'unbinding the unbound');
  const dropped = await cloud.ask('PUT', eip(id), { publicip: { alias: 'web-03', port_id: NIC1 } });
  assert.deepEqual([dropped.json.publicip.alias, dropped.json.publicip.port_id, dropped.mark !== null], ['web-03', undefined, true]);
  await check(cloud, [
    ['PUT', eip(id), to(uuid('port/balancer-1')), 200, undefined, 'clean'],
    ['DELETE', eip(id), undefined, 500, 'VPC.0516', 'clean'],
    ['PUT', eip(id), to(''), 200, undefined, 'clean'],
    ['DELETE', eip(id), undefined, 204, undefined, 'clean'],
    ['GET', eip(id), undefined, 404, 'VPC.0504', 'clean'],
  ]);
});

test('elastic IPs: busy while pending; a release right after the assignment goes through', async (t) => {
  const cloud = await world(t);
  const { id } = await allocate(cloud);
  await check(cloud, [
    ['PUT', eip(id), { publicip: { port_id: NIC1 } }, 409, 'VPC.0512', 'clean'],
    ['PUT', eip(id), { publicip: { port_id: NIC1 } }, 200, undefined, 'clean'],
  ]);
  const fresh = await allocate(cloud);
  assert.equal((await cloud.ask('DELETE', eip(fresh.id))).status, 204);
  const slow = await world(t, { slowStates: 1 });
  const late = await allocate(slow);
  await check(slow, [
    ['DELETE', eip(late.id), undefined, 409, 'VPC.0512', 'clean'],
    ['PUT', eip(late.id), { publicip: { port_id: NIC1 } }, 200, undefined, 'clean'],
  ]);
  const states = async () => (await slow.ask('GET', eip(late.id))).json.publicip?.status;
  assert.equal(await states(), 'ACTIVE', 'the answer to the binding showed BINDING');
  await slow.ask('PUT', eip(late.id), { publicip: { port_id: '' } });
  assert.equal((await slow.ask('DELETE', eip(late.id))).status, 204);
  assert.deepEqual([await states(), await states()], ['PENDING_DELETE', undefined]);
});

test('elastic IPs: quota, pool, what was released comes back first, bandwidths live with their addresses', async (t) => {
  const cloud = await world(t);
  const made: Wire[] = [];
  for (let count = 0; count < 10; count += 1) made.push(await allocate(cloud));
  const request = { publicip: { type: '5_bgp' }, bandwidth: PER };
  await check(cloud, [['POST', '/vpc/v1/{P}/publicips', request, 409, 'VPC.0521', 'clean']]);
  const quota = await cloud.ask('GET', '/vpc/v1/{P}/quotas?type=publicIp');
  assert.deepEqual(quota.json.quotas.resources, [{ type: 'publicIp', used: 10, quota: 10, min: 0 }]);
  const { bandwidth_id } = (await cloud.ask('GET', eip(made[7].id))).json.publicip;
  await cloud.ask('DELETE', eip(made[3].id));
  await cloud.ask('DELETE', eip(made[7].id));
  assert.equal((await cloud.ask('GET', `/vpc/v1/{P}/bandwidths/${bandwidth_id}`)).code, 'VPC.0306');
  assert.equal((await allocate(cloud)).public_ip_address, made[7].public_ip_address);
  const wide = await world(t, { eipQuota: 40 });
  for (let count = 0; count < 20; count += 1) await allocate(wide, {}, { share_type: 'WHOLE', id: SHARED });
  const shared = { publicip: { type: '5_bgp' }, bandwidth: { share_type: 'WHOLE', id: SHARED } };
  await check(wide, [['POST', '/vpc/v1/{P}/publicips', shared, 409, 'VPC.0521', 'clean']]);
  for (let count = 0; count < 11; count += 1) await allocate(wide);
  await check(wide, [['POST', '/vpc/v1/{P}/publicips', request, 409, 'VPC.0532', 'clean']]);
  const rows = (await wide.ask('GET', '/vpc/v1/{P}/publicips')).json.publicips;
  assert.equal(new Set(rows.map((row: Json) => row.public_ip_address)).size, 31);
  const page = (await wide.ask('GET', `/vpc/v1/{P}/publicips?limit=2&marker=${rows[1].id}`)).json.publicips;
  assert.deepEqual(
    page.map((row: Json) => row.id),
    [rows[2].id, rows[3].id],
  );
  await check(wide, [['GET', '/vpc/v1/{P}/publicips?limit=2001', undefined, 400, 'VPC.0501', 'marked']]);
});

test('bandwidths: list, change, refuse', async (t) => {
  const cloud = await world(t);
  const id = await ready(cloud);
  const { bandwidth_id } = (await cloud.ask('GET', eip(id))).json.publicip;
  const path = `/vpc/v1/{P}/bandwidths/${bandwidth_id}`;
  const listed = await cloud.ask('GET', '/vpc/v1/{P}/bandwidths?share_type=WHOLE');
  assert.deepEqual(
    listed.json.bandwidths.map((row: Json) => row.id),
    [SHARED],
  );
  const changed = await cloud.ask('PUT', path, { bandwidth: { name: 'wide', size: 350 } });
  assert.deepEqual([changed.json.bandwidth.name, changed.json.bandwidth.size, changed.mark], ['wide', 350, null]);
  const coerced = await cloud.ask('PUT', path, { bandwidth: { size: '10' } });
  assert.deepEqual([coerced.json.bandwidth.size, coerced.mark !== null], [10, true]);
  await check(cloud, [
    ['PUT', path, { bandwidth: {} }, 400, 'VPC.0301', 'marked'],
    ['PUT', path, {}, 400, 'VPC.0301', 'marked'],
    ['PUT', path, { bandwidth: { size: 1001 } }, 400, 'VPC.0301', 'clean'],
    ['PUT', path, { bandwidth: { name: 'a b' } }, 400, 'VPC.0301', 'clean'],
    ['PUT', `/vpc/v1/{P}/bandwidths/${SHARED}`, { bandwidth: { size: 4 } }, 400, 'VPC.0301', 'clean'],
    ['GET', `/vpc/v1/{P}/bandwidths/${NOBODY}`, undefined, 404, 'VPC.0306', 'clean'],
    ['GET', '/vpc/v1/{P}/bandwidths/wide', undefined, 404, 'VPC.0306', 'marked'],
    ['GET', '/vpc/v1/{P}/bandwidths?share_type=x', undefined, 400, 'VPC.0301', 'marked'],
  ]);
});

test('tags: the whole family', async (t) => {
  const cloud = await world(t);
  const id = await ready(cloud, { alias: 'web-01' });
  const tags = `/vpc/v2.0/{P}/publicips/${id}/tags`;
  const many = (count: number) => Array.from({ length: count }, (_, index) => ({ key: `k${index}`, value: '' }));
  await check(cloud, [
    ['POST', tags, { tag: { key: 'env', value: 'prod' } }, 204, undefined, 'clean'],
    [
      'POST',
      `${tags}/action`,
      {
        action: 'create',
        tags: [
          { key: 'env', value: 'test' },
          { key: 'tier', value: '' },
        ],
      },
      204,
      undefined,
      'clean',
    ],
    ['POST', `${tags}/action`, { action: 'delete', tags: [{ key: 'tier' }, { key: 'gone' }] }, 204, undefined, 'clean'],
    ['POST', `${tags}/action`, { action: 'create', tags: many(10) }, 400, 'VPC.1801', 'clean'],
    ['POST', `${tags}/action`, { action: 'create', tags: [...many(1), ...many(1)] }, 400, 'VPC.1801', 'marked'],
    ['POST', `${tags}/action`, { action: 'turn', tags: many(1) }, 400, 'VPC.1801', 'marked'],
    ['POST', tags, { tag: { key: 'a b', value: '' } }, 400, 'VPC.1801', 'clean'],
    ['POST', tags, { tag: { key: 'a'.repeat(37), value: '' } }, 400, 'VPC.1801', 'clean'],
    ['POST', tags, { tag: { key: 'a', value: 'b'.repeat(44) } }, 400, 'VPC.1801', 'clean'],
    ['POST', tags, { tag: { key: 'a' } }, 400, 'VPC.1801', 'marked'],
    ['DELETE', `${tags}/gone`, undefined, 404, 'VPC.2204', 'clean'],
    ['GET', `/vpc/v2.0/{P}/publicips/${NOBODY}/tags`, undefined, 404, 'VPC.2204', 'clean'],
    ['GET', '/vpc/v2.0/{P}/publicips/203.0.113.210/tags', undefined, 404, 'VPC.2204', 'marked'],
  ]);
  assert.deepEqual((await cloud.ask('GET', tags)).json, { tags: [{ key: 'env', value: 'test' }] });
  assert.deepEqual((await cloud.ask('GET', '/vpc/v1/{P}/publicips')).json.publicips[0].tags, ['env=test']);
  assert.deepEqual((await cloud.ask('GET', '/vpc/v2.0/{P}/publicips/tags')).json, { tags: [{ key: 'env', values: ['test'] }] });
  const find = async (body: Json) => (await cloud.ask('POST', '/vpc/v2.0/{P}/publicips/resource_instances/action', body)).json;
  const hit = await find({
    action: 'filter',
    limit: 10,
    offset: 0,
    tags: [{ key: 'env', values: ['x', 'test'] }],
    matches: [{ key: 'resource_name', value: 'web' }],
  });
  assert.deepEqual([hit.total_count, hit.resources[0].resource_id, hit.resources[0].resource_name], [1, id, 'web-01']);
  assert.deepEqual(await find({ action: 'count', tags: [{ key: 'env', values: ['prod'] }] }), { total_count: 0 });
  assert.equal((await find({ action: 'filter', limit: 1001 })).code, 'VPC.1801');
  assert.equal((await cloud.ask('DELETE', `${tags}/env`)).status, 204);
  assert.deepEqual((await cloud.ask('GET', tags)).json, { tags: [] });
});

// ---- ports, networks, servers

test('ports: creation, change and deletion', async (t) => {
  const cloud = await world(t);
  const ports = '/vpc/v2.0/ports';
  const port = (fields: Json) => ({ port: { network_id: APP, ...fields } });
  const fixed = (address: string, subnet: string = APP_NEUTRON) => port({ fixed_ips: [{ subnet_id: subnet, ip_address: address }] });
  await check(cloud, [
    ['POST', ports, { port: {} }, 400, 'InvalidInput', 'marked'],
    ['POST', ports, {}, 400, 'InvalidInput', 'marked'],
    ['POST', ports, { port: { network_id: NOBODY } }, 404, 'NetworkNotFound', 'clean'],
    ['POST', ports, { port: { network_id: APP_NEUTRON } }, 404, 'NetworkNotFound', 'marked'],
    ['POST', ports, fixed('192.168.1.90', NOBODY), 404, 'SubnetNotFound', 'clean'],
    ['POST', ports, fixed('192.168.1.90', APP), 404, 'SubnetNotFound', 'marked'],
    ['POST', ports, port({ fixed_ips: [{}, {}] }), 400, 'InvalidInput', 'marked'],
    ['POST', ports, fixed('192.168.1.11'), 409, 'IpAddressInUse', 'clean'],
    ['POST', ports, fixed('10.9.9.9'), 400, 'InvalidIpForSubnet', 'clean'],
    ['POST', ports, fixed('x'), 400, 'InvalidInput', 'marked'],
    ['POST', ports, port({ device_owner: 'compute:eu-de-01' }), 400, 'InvalidInput', 'marked'],
    ['POST', ports, port({ allowed_address_pairs: [{ ip_address: '0.0.0.0/0' }] }), 400, 'InvalidInput', 'marked'],
    ['POST', ports, port({ colour: 'red' }), 201, undefined, 'marked'],
    ['GET', `${ports}/${NOBODY}`, undefined, 404, 'PortNotFound', 'clean'],
    ['GET', `${ports}/192.168.1.11`, undefined, 404, 'PortNotFound', 'marked'],
    ['DELETE', `${ports}/${NIC1}`, undefined, 409, 'PortInUse', 'clean'],
    ['DELETE', `${ports}/${NOBODY}`, undefined, 404, 'PortNotFound', 'clean'],
    ...['fixed_ips', 'device_owner', 'device_id', 'mac_address'].map(
      (name): Row => ['PUT', `${ports}/${NIC1}`, { port: { [name]: '' } }, 400, 'InvalidInput', 'marked'],
    ),
    ['PUT', `${ports}/${NIC1}`, { port: { name: 'nic' } }, 200, undefined, 'clean'],
  ]);
  const two = await cloud.ask('POST', ports, port({ fixed_ips: [{}, {}] }));
  assert.equal(two.json.NeutronError.message, 'One port can only set one ipaddress');
  assert.match(two.headers.get('x-openstack-request-id') ?? '', /^req-[0-9a-f-]{36}$/);
});

test('virtual IPs: bound by pairs on both sides; careless changes of pairs are marked', async (t) => {
  const cloud = await world(t);
  const ports = '/vpc/v2.0/ports';
  const pairs = (...addresses: string[]) => ({ port: { allowed_address_pairs: addresses.map((ip_address) => ({ ip_address })) } });
  const made = await cloud.ask('POST', ports, {
    port: {
      name: 'vip',
      network_id: APP,
      device_owner: 'neutron:VIP_PORT',
      fixed_ips: [{ subnet_id: APP_NEUTRON, ip_address: '192.168.1.90' }],
    },
  });
  assert.deepEqual([made.status, made.json.port.status], [201, 'DOWN']);
  const vip = made.json.port.id;
  const row = (await cloud.ask('GET', privateIp(vip))).json.privateip;
  assert.deepEqual([row.device_owner, row.ip_address], ['neutron:VIP_PORT', '192.168.1.90']);
  const bound = await cloud.ask('PUT', `${ports}/${vip}`, pairs('192.168.1.11'));
  assert.deepEqual(bound.json.port.allowed_address_pairs, [{ ip_address: '192.168.1.11', mac_address: made.json.port.mac_address }]);
  const id = await ready(cloud);
  await check(cloud, [
    ['PUT', `${ports}/${NIC1}`, pairs('1.1.1.1/0'), 200, undefined, 'clean'],
    ['PUT', `${ports}/${NIC1}`, pairs('0.0.0.0/0'), 400, 'InvalidInput', 'marked'],
    ['DELETE', privateIp(vip), undefined, 409, 'VPC.0707', 'clean'],
    ['DELETE', `${ports}/${vip}`, undefined, 409, 'PortInUse', 'clean'],
    ['PUT', `${ports}/${vip}`, pairs('192.168.1.11', '192.168.1.12'), 200, undefined, 'clean'],
    ['PUT', `${ports}/${vip}`, pairs('192.168.1.12'), 200, undefined, 'clean'],
    ['PUT', `${ports}/${vip}`, pairs('192.168.1.11'), 200, undefined, 'marked'],
    ['PUT', `${ports}/${vip}`, pairs('192.168.1.11', '1.1.1.1/0'), 200, undefined, 'marked'],
    ['PUT', `${ports}/${NIC1}`, pairs('1.1.1.1/0', '192.168.1.90'), 200, undefined, 'marked'],
    ['PUT', `${ports}/${vip}`, pairs(), 200, undefined, 'clean'],
    ['PUT', eip(id), { publicip: { port_id: vip } }, 200, undefined, 'clean'],
    ['DELETE', `${ports}/${vip}`, undefined, 409, 'PortInUse', 'clean'],
    ['PUT', eip(id), { publicip: { port_id: '' } }, 200, undefined, 'clean'],
    ['DELETE', `${ports}/${vip}`, undefined, 204, undefined, 'clean'],
    ['GET', privateIp(vip), undefined, 404, 'VPC.0704', 'clean'],
  ]);
});

test('ports: filters, pages and links', async (t) => {
  const cloud = await world(t);
  const ports = '/vpc/v2.0/ports';
  const list = async (query: string) => (await cloud.ask('GET', `${ports}?${query}`)).json;
  const ids = async (query: string) => (await list(query)).ports.map((row: Json) => row.id);
  assert.deepEqual(await ids(`device_id=${WEB1}`), [NIC1]);
  assert.deepEqual(await ids('fixed_ips=ip_address%3D192.168.1.12'), [NIC2]);
  assert.deepEqual(await ids(`fixed_ips=subnet_id%3D${APP_NEUTRON}&fixed_ips=ip_address%3D192.168.1.11`), [NIC1]);
  assert.deepEqual((await ids(`network_id=${APP}&device_owner=compute:eu-de-01`)).sort(), [NIC1, NIC2].sort());
  const shown = (await cloud.ask('GET', `${ports}/${NIC1}`)).json.port;
  assert.deepEqual(
    [shown['binding:vif_details'], shown.device_owner, shown.fixed_ips],
    [{ primary_interface: true }, 'compute:eu-de-01', [{ subnet_id: APP_NEUTRON, ip_address: '192.168.1.11' }]],
  );
  const all = await ids('');
  assert.deepEqual(all, [...all].sort());
  const rels = (links: Json[]) => links.map((link) => link.rel);
  assert.deepEqual(rels((await list('')).ports_links), ['previous']);
  const first = await list('limit=2');
  assert.deepEqual(rels(first.ports_links), ['next', 'previous']);
  assert.match(first.ports_links[0].href, new RegExp(`limit=2&marker=${all[1]}`));
  assert.deepEqual(await ids(`limit=2&marker=${all[1]}`), all.slice(2, 4));
  assert.deepEqual(await ids(`limit=2&marker=${all[3]}&page_reverse=True`), all.slice(1, 3));
  const last = await list(`limit=2&marker=${all.at(-2)}`);
  assert.deepEqual(rels(last.ports_links), ['previous']);
  assert.deepEqual(cloud.marks(), []);
  await check(cloud, [
    ['GET', `${ports}?marker=${NOBODY}`, undefined, 400, 'InvalidInput', 'clean'],
    ['GET', `${ports}?limit=2001`, undefined, 400, 'InvalidInput', 'marked'],
    ['GET', `${ports}?fixed_ips=192.168.1.11`, undefined, 400, 'InvalidInput', 'marked'],
    ['GET', `${ports}?device_id=192.168.1.11`, undefined, 200, undefined, 'marked'],
    ['GET', `${ports}?colour=red`, undefined, 200, undefined, 'marked'],
  ]);
});

test('VPCs, subnets, availabilities and quotas', async (t) => {
  const cloud = await world(t);
  const vpcs = (await cloud.ask('GET', '/vpc/v1/{P}/vpcs')).json.vpcs;
  assert.deepEqual(vpcs.map((row: Json) => row.name).sort(), ['lab', 'main']);
  const main = uuid('vpc/main');
  assert.equal((await cloud.ask('GET', `/vpc/v1/{P}/vpcs/${main}`)).json.vpc.cidr, '192.168.0.0/16');
  const subnets = (await cloud.ask('GET', '/vpc/v1/{P}/subnets')).json.subnets;
  assert.deepEqual(subnets.map((row: Json) => row.name).sort(), ['app', 'db', 'db']);
  const inMain = (await cloud.ask('GET', `/vpc/v1/{P}/subnets?vpc_id=${main}`)).json.subnets;
  assert.deepEqual(inMain.map((row: Json) => row.id).sort(), [APP, DB].sort());
  const app = (await cloud.ask('GET', `/vpc/v1/{P}/subnets/${APP}`)).json.subnet;
  assert.deepEqual([app.neutron_network_id, app.neutron_subnet_id, app.gateway_ip], [APP, APP_NEUTRON, '192.168.1.1']);
  const room = (await cloud.ask('GET', `/vpc/v2.0/network-ip-availabilities/${APP}`)).json.network_ip_availability;
  assert.equal(room.total_ips - room.used_ips, 64);
  assert.ok((await cloud.ask('GET', '/vpc/v1/{P}/quotas')).json.quotas.resources.length > 10);
  assert.deepEqual(cloud.marks(), []);
  await check(cloud, [
    ['GET', `/vpc/v1/{P}/vpcs/${NOBODY}`, undefined, 404, 'VPC.0105', 'clean'],
    ['GET', '/vpc/v1/{P}/vpcs/main', undefined, 400, 'VPC.0101', 'marked'],
    ['GET', '/vpc/v1/{P}/vpcs?name=main', undefined, 200, undefined, 'marked'],
    ['GET', '/vpc/v1/{P}/vpcs?limit=x', undefined, 400, 'VPC.0101', 'marked'],
    ['GET', `/vpc/v1/{P}/subnets/${NOBODY}`, undefined, 404, 'VPC.0202', 'clean'],
    ['GET', `/vpc/v1/{P}/subnets/${APP_NEUTRON}`, undefined, 404, 'VPC.0202', 'marked'],
    ['GET', '/vpc/v1/{P}/subnets/app', undefined, 400, 'VPC.0201', 'marked'],
    ['GET', '/vpc/v1/{P}/subnets?vpc_id=main', undefined, 400, 'VPC.0201', 'marked'],
    ['GET', '/vpc/v1/{P}/quotas?type=privateIp', undefined, 400, 'VPC.1207', 'marked'],
    ['GET', `/vpc/v2.0/network-ip-availabilities/${NOBODY}`, undefined, 400, 'VPC.2302', 'clean'],
    ['GET', '/vpc/v2.0/network-ip-availabilities/app', undefined, 400, 'VPC.2301', 'marked'],
  ]);
});

test('servers: fuzzy names, pages, addresses, NICs', async (t) => {
  const cloud = await world(t);
  const names = (reply: Reply) => reply.json.servers.map((row: Json) => row.name);
  const nova = '/ecs/v2.1/{P}/servers';
  const own = '/ecs/v1/{P}/cloudservers';
  assert.deepEqual(names(await cloud.ask('GET', nova)), ['web-1', 'web-2', 'worker-1', 'worker-2']);
  assert.deepEqual(names(await cloud.ask('GET', `${nova}?name=b.1x`)), []);
  assert.deepEqual(names(await cloud.ask('GET', `${nova}?name=web.1`)), ['web-1'], 'a dot stands for any character');
  assert.deepEqual(names(await cloud.ask('GET', `${nova}?name=-1`)), ['web-1', 'worker-1']);
  assert.deepEqual(names(await cloud.ask('GET', `${nova}?name=(`)), []);
  const first = await cloud.ask('GET', `${nova}/detail?limit=3`);
  assert.equal(first.json.servers[2].status, 'BUILD');
  assert.deepEqual(
    first.json.servers_links.map((link: Json) => link.rel),
    ['next'],
  );
  const second = await cloud.ask('GET', `${nova}/detail?limit=3&marker=${first.json.servers[2].id}`);
  assert.deepEqual([names(second), second.json.servers_links], [['worker-2'], undefined]);
  const paged = await cloud.ask('GET', `${own}/detail?limit=3&offset=2`);
  assert.deepEqual([names(paged), paged.json.count], [['worker-2'], 4]);
  assert.deepEqual(names(await cloud.ask('GET', `${own}/detail?limit=1&offset=0`)), ['web-1']);
  const found = (await cloud.ask('GET', `${own}/detail?ip=192.168.1.11`)).json.servers[0];
  assert.equal(found.addresses[uuid('vpc/main')][0]['OS-EXT-IPS:port_id'], NIC1);
  for (const path of [`${nova}/${WEB1}/os-interface`, `${own}/${WEB1}/os-interface`]) {
    const [nic] = (await cloud.ask('GET', path)).json.interfaceAttachments;
    assert.deepEqual([nic.port_id, nic.net_id, nic.fixed_ips], [NIC1, APP, [{ subnet_id: APP_NEUTRON, ip_address: '192.168.1.11' }]]);
  }
  assert.deepEqual((await cloud.ask('GET', `${nova}/${uuid('server/worker-1')}/os-interface`)).json, { interfaceAttachments: [] });
  assert.deepEqual(cloud.marks(), []);
  await check(cloud, [
    ['GET', `${nova}/${NOBODY}`, undefined, 404, 'itemNotFound', 'clean'],
    ['GET', `${nova}/web-1`, undefined, 404, 'itemNotFound', 'marked'],
    ['GET', `${own}/${NOBODY}/os-interface`, undefined, 404, 'Ecs.0114', 'clean'],
    ['GET', `${nova}?limit=1001`, undefined, 400, 'badRequest', 'marked'],
    ['GET', `${nova}?marker=${NOBODY}`, undefined, 400, 'badRequest', 'clean'],
    ['GET', `${own}/detail?limit=x`, undefined, 400, 'Ecs.0005', 'marked'],
    ['GET', `${nova}?colour=red`, undefined, 200, undefined, 'marked'],
  ]);
});

// ---- the whole of it

test('one project does not see the other', async (t) => {
  const cloud = await world(t);
  const project = hexId('project/eu-de_other');
  const login = await cloud.login(
    { name: 'other', password: 'other-secret', domain: { name: 'OTC-SANDBOX' } },
    { project: { name: 'eu-de_other' } },
  );
  const how = { token: login.headers.get('x-subject-token') };
  const id = await ready(cloud);
  await cloud.ask('POST', '/vpc/v1/{P}/privateips', reserveBody('192.168.1.17'));
  const see = async (path: string) => (await cloud.ask('GET', path, undefined, how)).json;
  assert.deepEqual(
    (await see(`/ecs/v2.1/${project}/servers`)).servers.map((row: Json) => row.name),
    ['other-1'],
  );
  assert.deepEqual((await see(`/vpc/v1/${project}/publicips`)).publicips, []);
  assert.deepEqual((await see(`/vpc/v1/${project}/bandwidths`)).bandwidths, []);
  assert.deepEqual(
    (await see(`/vpc/v1/${project}/subnets`)).subnets.map((row: Json) => row.cidr),
    ['10.50.0.0/24'],
  );
  assert.equal((await see(`/vpc/v1/${project}/vpcs`)).vpcs.length, 1);
  assert.ok((await see('/vpc/v2.0/ports')).ports.every((row: Json) => row.tenant_id === project));
  assert.deepEqual((await see(`/vpc/v1/${project}/subnets/${APP}/privateips`)).privateips, []);
  await check(
    cloud,
    [
      ['GET', `/vpc/v1/${project}/publicips/${id}`, undefined, 404, 'VPC.0504', 'clean'],
      ['DELETE', `/vpc/v1/${project}/publicips/${id}`, undefined, 404, 'VPC.0504', 'clean'],
      ['GET', `/vpc/v2.0/${project}/publicips/${id}/tags`, undefined, 404, 'VPC.2204', 'clean'],
      ['GET', `/vpc/v2.0/ports/${NIC1}`, undefined, 404, 'PortNotFound', 'clean'],
      ['GET', `/vpc/v1/${project}/privateips/${NIC1}`, undefined, 404, 'VPC.0704', 'clean'],
      ['GET', `/ecs/v2.1/${project}/servers/${WEB1}`, undefined, 404, 'itemNotFound', 'clean'],
      ['GET', '/vpc/v1/{P}/publicips', undefined, 400, 'VPC.0007', 'clean'],
    ],
    how,
  );
});

test('a faithful walk-through earns no mark', async (t) => {
  const cloud = await world(t, { now: NOW });
  const subnets = await cloud.ask('GET', `/vpc/v1/{P}/subnets?vpc_id=${uuid('vpc/main')}&limit=2000`);
  const subnet = subnets.json.subnets.find((row: Json) => row.name === 'app').id;
  const reserved = await cloud.ask('POST', '/vpc/v1/{P}/privateips', {
    privateips: [{ subnet_id: subnet }, { subnet_id: subnet, ip_address: '192.168.1.77' }],
  });
  assert.deepEqual(
    reserved.json.privateips.map((row: Json) => row.ip_address),
    ['192.168.1.10', '192.168.1.77'],
  );
  await check(cloud, [
    ['POST', '/vpc/v1/{P}/privateips', reserveBody('192.168.1.77'), 500, 'VPC.0701', 'clean'],
    ['POST', '/vpc/v1/{P}/privateips', reserveBody('10.41.0.5'), 400, 'VPC.0705', 'clean'],
  ]);
  const seen: string[] = [];
  for (let marker = '', full = true; full; ) {
    const page = (await cloud.ask('GET', `/vpc/v1/{P}/subnets/${subnet}/privateips?limit=2${marker}`)).json.privateips;
    seen.push(...page.map((row: Json) => String(row.ip_address)));
    marker = `&marker=${page.at(-1)?.id}`;
    full = page.length === 2;
  }
  assert.deepEqual(seen.sort(), ['192.168.1.10', '192.168.1.11', '192.168.1.12', '192.168.1.77']);
  const id = await ready(cloud, { alias: 'web-01' });
  const servers = await cloud.ask('GET', '/ecs/v2.1/{P}/servers?name=web-1');
  const server = servers.json.servers.find((row: Json) => row.name === 'web-1').id;
  const ports = (await cloud.ask('GET', `/vpc/v2.0/ports?device_id=${server}`)).json.ports;
  await check(cloud, [
    ['PUT', eip(id), { publicip: { port_id: ports[0].id } }, 200, undefined, 'clean'],
    ['DELETE', eip(id), undefined, 409, 'VPC.0517', 'clean'],
    ['PUT', eip(id), { publicip: { port_id: '' } }, 200, undefined, 'clean'],
    ['DELETE', eip(id), undefined, 204, undefined, 'clean'],
    ['GET', eip(id), undefined, 404, 'VPC.0504', 'clean'],
    ['DELETE', privateIp(reserved.json.privateips[1].id), undefined, 204, undefined, 'clean'],
    ['DELETE', privateIp(ports[0].id), undefined, 409, 'VPC.0707', 'clean'],
    ['GET', privateIp(reserved.json.privateips[1].id), undefined, 404, 'VPC.0704', 'clean'],
    ['GET', `/vpc/v1/${'0'.repeat(32)}/publicips`, undefined, 400, 'VPC.0007', 'clean'],
  ]);
  const list = '/vpc/v1/{P}/publicips';
  const forged = await cloud.ask('GET', list, undefined, sign(cloud.origin, 'GET', list, '', { spoil: alter }));
  assert.deepEqual([forged.status, forged.code], [401, 'APIGW.0301']);
  assert.deepEqual(cloud.marks(), []);
});

test('the profile options name the three services; the playground is plain JSON without an elastic IP', () => {
  const options = otc.options('http://127.0.0.1:1');
  const endpoints = [options['iam-endpoint'], options['vpc-endpoint'], options['ecs-endpoint']];
  assert.deepEqual(
    endpoints.map((url) => url?.slice(-4)),
    ['/iam', '/vpc', '/ecs'],
  );
  assert.deepEqual(otc.credentials, ['password']);
  assert.equal(options.password, 'sandbox-secret');
  assert.deepEqual(JSON.parse(JSON.stringify(otc.seed())), otc.seed());
  assert.deepEqual(otc.seed().eips, []);
});

test('the same calls get the same answers to the letter, however often the client logs in', async (t) => {
  const transcript = async (logins: number) => {
    const cloud = await world(t, { now: NOW });
    for (let count = 0; count < logins; count += 1) await cloud.login(demo());
    const { id } = await allocate(cloud);
    const made = await cloud.ask('POST', '/vpc/v1/{P}/privateips', reserveBody(undefined));
    return [made.text, (await cloud.ask('GET', eip(id))).text];
  };
  assert.deepEqual(await transcript(0), await transcript(3));
});
