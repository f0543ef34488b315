/** Where requests go, and as whom: tokens, access keys of both dialects, regions. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { authorization, type Dialect, signingDate } from '../../../src/auth/sdk-hmac.js';
import { collect } from '../../../src/http/pages.js';
import { verb } from '../../../src/operations/capable.js';
import { endpointsOf, type Options } from '../../../src/providers/otc/access.js';
import { connect } from '../../../src/providers/otc/driver.js';
import { otc } from '../../../src/providers/otc/manifest.js';
import { bench } from '../../support/bench.js';
import { START } from '../../support/clock.js';
import { type Exchange, play } from '../../support/script.js';
import { failing, PROJECT, request, TOKEN } from './cloud.js';

const key = { id: 'IPCTLEXAMPLEAK000001', secret: 'ipctl-example-secret-key-0000000000000001' };
const date = signingDate(START);
const LIST = `GET /v1/${PROJECT}/publicips?limit=2000`;
const empty = { status: 200, body: { publicips: [] } };
const user = { id: '5c1f', name: 'ops-bot', domain: { id: '9ab0', name: 'OTC00000000001000099999' } };
const scope = { id: PROJECT, name: 'eu-de' };
const grant = (token: string, more: object = {}) => ({
  status: 201,
  headers: { 'X-Subject-Token': token },
  body: {
    token: {
      methods: ['password'],
      issued_at: '2026-01-15T12:00:00.120000Z',
      expires_at: '2026-01-16T12:00:00.120000Z',
      user,
      project: scope,
      ...more,
    },
  },
});
const login = (body: unknown, token = 'MIIa-fresh-token-0001'): Exchange => ({
  source: 'IAM: obtaining a user token',
  request: request('POST /v3/auth/tokens', body),
  reply: grant(token),
});
const passwordBody = {
  auth: {
    identity: {
      methods: ['password'],
      password: { user: { name: 'ops-bot', password: 'correct horse', domain: { name: 'OTC00000000001000099999' } } },
    },
    scope: { project: { name: 'eu-de' } },
  },
};
const PASSWORD = { username: 'ops-bot', password: 'correct horse', 'domain-name': 'OTC00000000001000099999' };

/** One server for identity and network alike, and only the options given. */
async function as(
  options: Record<string, string>,
  exchanges: readonly Exchange[],
  work: (made: ReturnType<typeof bench>) => Promise<void>,
): Promise<void> {
  const script = await play(() => exchanges);
  const endpoints = { 'iam-endpoint': script.origin, 'vpc-endpoint': script.origin, 'ecs-endpoint': script.origin };
  const made = bench(otc, connect, { options: { ...endpoints, ...options } });
  try {
    await work(made);
  } finally {
    await made.close();
    await script.end();
  }
}
const listing = ({ run }: ReturnType<typeof bench>) => run((driver) => collect(verb(driver, 'listFloatingIps')({ serverNames: false })));

test('user and password open the project that is named like the region, with one login', async () => {
  const token = 'MIIa-fresh-token-0001';
  const list: Exchange = { source: 'list', request: { line: LIST, headers: { 'x-auth-token': token, authorization: null } }, reply: empty };
  await as(PASSWORD, [login(passwordBody), list, list], async (made) => {
    await listing(made);
    // A new driver, as the next command has one: the token is remembered.
    await listing(made);
    const account = await made.run((driver) => verb(driver, 'account')());
    assert.deepEqual(account, { id: PROJECT, name: 'eu-de', user: 'ops-bot', project: 'eu-de', region: 'eu-de' });
    assert.ok(!made.traced.join('\n').includes('correct horse'));
    assert.ok(!made.traced.join('\n').includes(token));
  });
});

test('a token that dies in mid-life is renewed once', async () => {
  const [old, fresh] = ['MIIa-old-token-0001', 'MIIa-new-token-0002'];
  const dead = { status: 401, body: { error_msg: 'token expires', error_code: 'APIGW.0301', request_id: 'x' } };
  await as(
    PASSWORD,
    [
      login(passwordBody, old),
      { source: 'a dead token', request: { line: LIST, headers: { 'x-auth-token': old } }, reply: dead },
      login(passwordBody, fresh),
      { source: 'a fresh one', request: { line: LIST, headers: { 'x-auth-token': fresh } }, reply: dead },
    ],
    async (made) => {
      await failing('auth', listing(made));
    },
  );
});

test('a user id, a project id and a second factor stand where the guide wants them', async () => {
  const body = {
    auth: {
      identity: {
        methods: ['password', 'totp'],
        password: { user: { id: '5c1f0d', password: 'correct horse' } },
        totp: { user: { id: '5c1f0d', passcode: '492816' } },
      },
      scope: { project: { id: PROJECT } },
    },
  };
  await as(
    { 'user-id': '5c1f0d', password: 'correct horse', passcode: '492816', 'project-id': PROJECT },
    [login(body), { source: 'list', request: request(LIST), reply: empty }],
    async (made) => {
      await listing(made);
    },
  );
});

test('wrong credentials are refused after one login', async () => {
  const refusal: Exchange = {
    source: 'IAM: failure',
    request: request('POST /v3/auth/tokens', passwordBody),
    reply: { status: 401, body: { error: { code: 401, message: 'The username or password is wrong.', title: 'Unauthorized' } } },
  };
  await as(PASSWORD, [refusal], async (made) => {
    const error = await failing('auth', listing(made));
    assert.match(error.message, /password is wrong/);
  });
});

test('a token at hand is used as it is, and asked which project it opens', async () => {
  const who: Exchange = {
    source: 'IAM: verifying a token',
    request: { line: 'GET /v3/auth/tokens', headers: { 'x-auth-token': TOKEN, 'x-subject-token': TOKEN } },
    reply: { status: 200, body: { token: { user, project: scope } } },
  };
  await as({ token: TOKEN }, [who, { source: 'list', request: request(LIST), reply: empty }], async (made) => {
    await listing(made);
    assert.ok(!made.traced.join('\n').includes(TOKEN));
  });
  const elsewhere: Exchange = { ...who, reply: { status: 200, body: { token: { user, domain: { id: '9ab0', name: 'x' } } } } };
  await as({ token: TOKEN }, [elsewhere], async (made) => {
    const error = await failing('config', listing(made));
    assert.match(error.message, /not scoped to a project/);
  });
});

test('an access key finds its project once, and signs each request for it', async () => {
  const script = await play((origin) => {
    const host = new URL(origin).host;
    const find: Exchange = {
      source: 'IAM: querying projects',
      request: { line: 'GET /v3/projects?name=eu-de', headers: { host, 'x-sdk-date': date, 'x-project-id': null, 'x-domain-id': '9ab0' } },
      reply: { status: 200, body: { projects: [{ id: 'other', name: 'eu-de_dev' }, scope], links: {} } },
    };
    const list: Exchange = {
      source: 'list',
      request: { line: LIST, headers: { host, 'x-project-id': PROJECT, 'content-type': 'application/json', 'x-auth-token': null } },
      reply: empty,
    };
    return [find, list, list];
  });
  const endpoints = { 'iam-endpoint': `${script.origin}/v3`, 'vpc-endpoint': script.origin, 'ecs-endpoint': script.origin };
  const options = { ...endpoints, 'access-key': key.id, 'secret-key': key.secret, 'domain-id': '9ab0' };
  const made = bench(otc, connect, { options });
  try {
    await listing(made);
    await listing(made);
    assert.ok(!made.traced.join('\n').includes(key.secret));
  } finally {
    await made.close();
    await script.end();
  }
});

test('the dialect follows the cloud, or the option; region and service are part of the derived key', async () => {
  const cases: readonly [Record<string, string>, Dialect][] = [
    [{}, { kind: 'b', region: 'eu-de', service: 'vpc' }],
    [{ cloud: 'huawei' }, { kind: 'a' }],
    [
      { cloud: 'huawei', signature: 'b' },
      { kind: 'b', region: 'eu-de', service: 'vpc' },
    ],
    [{ signature: 'a' }, { kind: 'a' }],
  ];
  for (const [options, dialect] of cases) {
    const script = await play((origin) => {
      const [url, host] = [`${origin}${LIST.slice(4)}`, new URL(origin).host];
      const headers = { 'content-type': 'application/json', host, 'x-project-id': PROJECT, 'x-sdk-date': date };
      const expected = authorization(key, dialect, date, { method: 'GET', url, headers, body: '' }, Object.keys(headers));
      return [{ source: 'list', request: { line: LIST, headers: { ...headers, authorization: expected } }, reply: empty }];
    });
    const given = { 'access-key': key.id, 'secret-key': key.secret, 'project-id': PROJECT, 'vpc-endpoint': script.origin, ...options };
    const made = bench(otc, connect, { options: given });
    try {
      await listing(made);
    } finally {
      await made.close();
      await script.end();
    }
  }
});

test('an access key to a project that is named by id is proved by asking that project', async () => {
  const options = { 'access-key': 'AK', 'secret-key': 'secret-key-0001', 'project-id': PROJECT };
  const probe: Exchange = { source: 'list', request: request(`GET /v1/${PROJECT}/publicips?limit=1`), reply: empty };
  await as(options, [probe], async (made) => {
    assert.equal((await made.run((driver) => verb(driver, 'account')())).id, PROJECT);
  });
  const wrong = { status: 400, body: { code: 'VPC.0007', message: 'Inconsistent tenant IDs.' } };
  await as(options, [{ ...probe, reply: wrong }], async (made) => {
    await failing(
      'config',
      made.run((driver) => verb(driver, 'account')()),
    );
  });
});

test('hosts follow from region and cloud; a region that is no name goes nowhere', () => {
  const of = (options: Partial<Options>) => endpointsOf({ cloud: 'otc', region: 'eu-de', ...options } as Options);
  assert.deepEqual(of({}), {
    iam: 'https://iam.eu-de.otc.t-systems.com',
    vpc: 'https://vpc.eu-de.otc.t-systems.com',
    ecs: 'https://ecs.eu-de.otc.t-systems.com',
  });
  assert.deepEqual(of({ region: 'eu-ch2' }), {
    iam: 'https://iam-pub.eu-ch2.sc.otc.t-systems.com',
    vpc: 'https://vpc.eu-ch2.sc.otc.t-systems.com',
    ecs: 'https://ecs.eu-ch2.sc.otc.t-systems.com',
  });
  assert.deepEqual(of({ region: 'cn-north-4', cloud: 'huawei' }), {
    iam: 'https://iam.cn-north-4.myhuaweicloud.com',
    vpc: 'https://vpc.cn-north-4.myhuaweicloud.com',
    ecs: 'https://ecs.cn-north-4.myhuaweicloud.com',
  });
  assert.equal(of({ 'vpc-endpoint': 'https://vpc.example' }).vpc, 'https://vpc.example');
  for (const region of ['evil.example/', 'eu-de.evil', 'a@b', '', 'eu de', '-eu']) assert.throws(() => of({ region }), /is no region/);
});
