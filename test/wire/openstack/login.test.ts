/** Ways to authenticate, and what of the settings is refused before any request. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IpctlError } from '../../../src/domain/errors.js';
import { verb } from '../../../src/operations/capable.js';
import { connect } from '../../../src/providers/openstack/driver.js';
import { openstack } from '../../../src/providers/openstack/manifest.js';
import { bench } from '../../support/bench.js';
import { play } from '../../support/script.js';
import { allocate, failing, POOL, PROJECT, scripted, tokenBody } from './scene.js';

const user = { name: 'alice', domain: { name: 'Default' }, password: 'pass-word-1' };
const scope = { project: { name: 'web', domain: { name: 'Default' } } };
const domains = { 'user-domain-name': 'Default', 'project-domain-name': 'Default' };
const alice = { username: 'alice', password: 'pass-word-1', 'project-name': 'web', ...domains };

for (const [what, options, auth] of [
  ['password, names in their domains', alice, { identity: { methods: ['password'], password: { user } }, scope }],
  [
    'password, ids',
    { 'user-id': 'u1', password: 'pass-word-1', 'project-id': 'p1' },
    { identity: { methods: ['password'], password: { user: { id: 'u1', password: 'pass-word-1' } } }, scope: { project: { id: 'p1' } } },
  ],
  [
    'password and passcode',
    { ...alice, passcode: '123456' },
    {
      identity: {
        methods: ['password', 'totp'],
        password: { user },
        totp: { user: { name: 'alice', domain: { name: 'Default' }, passcode: '123456' } },
      },
      scope,
    },
  ],
  [
    'a token',
    { token: 'tok-0001', 'project-name': 'web', 'project-domain-name': 'Default' },
    { identity: { methods: ['token'], token: { id: 'tok-0001' } }, scope },
  ],
  [
    'an application credential by name, whatever else is there',
    { ...alice, 'application-credential-name': 'bot', 'application-credential-secret': 's3cr3t' },
    {
      identity: {
        methods: ['application_credential'],
        application_credential: { name: 'bot', secret: 's3cr3t', user: { name: 'alice', domain: { name: 'Default' } } },
      },
    },
  ],
] as const) {
  test(`logs in with ${what}, and knows the account`, async () => {
    const script = await play((origin) => [
      {
        source: 'reference, variants of the request',
        request: { line: 'POST /identity/v3/auth/tokens', headers: { 'x-auth-token': null }, body: { auth } },
        reply: { status: 201, headers: { 'x-subject-token': 'gAAAA-1' }, body: tokenBody(origin, origin) },
      },
    ]);
    const made = bench(openstack, connect, { options: { 'auth-url': `${script.origin}/identity/`, ...options } });
    try {
      const account = await made.run((driver) => verb(driver, 'account')());
      assert.deepEqual(account, { id: PROJECT, name: 'web', user: 'alice', project: 'web', region: 'RegionOne' });
    } finally {
      await made.close();
      await script.end();
    }
  });
}

const nowhere = 'http://127.0.0.1:9';

for (const [what, options, message] of [
  ['an Identity v2.0 URL', { ...alice, 'auth-url': 'https://cloud.example.com:5000/v2.0/' }, /v2\.0, which is gone/],
  ['no project', { 'auth-url': nowhere, username: 'alice', password: 'pass-word-1' }, /no project/],
  ['no credentials', { 'auth-url': nowhere, username: 'alice', 'project-name': 'web' }, /no way to authenticate/],
] as const) {
  test(`refused before any request: ${what}`, async () => {
    const made = bench(openstack, connect, {
      options: { 'auth-url': 'http://127.0.0.1:9', ...(options as Readonly<Record<string, string>>) },
    });
    try {
      await assert.rejects(
        async () => made.run((driver) => verb(driver, 'account')()),
        (thrown) => thrown instanceof IpctlError && thrown.kind === 'config' && message.test(thrown.message),
      );
    } finally {
      await made.close();
    }
  });
}

test('a region or an interface that the catalog lacks is a matter of settings, and told with what there is', async () => {
  const list = (driver: Parameters<typeof allocate>[0]) => allocate(driver, { pool: POOL });
  for (const options of [{ region: 'regionone' }, { interface: 'admin' }]) {
    await scripted(
      [],
      async ({ run }) => {
        const error = await failing('config', run(list));
        assert.match(error.details.hint ?? '', /RegionOne public/);
      },
      { options },
    );
  }
});
