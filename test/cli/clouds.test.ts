/** Clouds of clouds.yaml on the real binary, against a sandbox: how they are chosen, copied, and told what is wrong with them. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { applicationCredential } from '../../src/sandbox/dialects/openstack/openstack.js';
import { dialects } from '../../src/sandbox/dialects.js';
import { type Sandbox, start } from '../../src/sandbox/server.js';
import { type Home, withHome } from '../support/ipctl.js';

interface Scene extends Home {
  readonly sandbox: Sandbox;
  /** Below the home's directory. */
  write(path: string, text: string): string;
  /** Runs it, and holds it to code, empty stdout and the words of stderr. */
  fails(words: readonly string[], code: number, stderr: RegExp, env?: Readonly<Record<string, string>>): Promise<void>;
}

const FILE = 'config/openstack/clouds.yaml';
const SECURE = 'config/openstack/secure.yaml';

async function inScene(knobs: Record<string, unknown>, work: (scene: Scene) => Promise<void>): Promise<void> {
  const sandbox = await start(await dialects.openstack(), { knobs });
  try {
    await withHome((home) =>
      work({
        ...home,
        sandbox,
        write(path, text) {
          const full = join(home.directory, path);
          mkdirSync(dirname(full), { recursive: true });
          writeFileSync(full, text);
          return full;
        },
        async fails(words, code, stderr, env = {}) {
          const ran = await home.ipctl(words, { env });
          assert.deepEqual([ran.code, ran.stdout], [code, ''], `${words.join(' ')}: ${ran.stderr}`);
          assert.match(ran.stderr, stderr, words.join(' '));
        },
      }),
    );
  } finally {
    await sandbox.close();
  }
}

const urlOf = ({ options }: Sandbox): string => options['auth-url'] ?? '';

/** Variables of an openrc file for the sandbox. */
const openrc = (sandbox: Sandbox, over: Readonly<Record<string, string>> = {}): Record<string, string> => ({
  OS_AUTH_URL: urlOf(sandbox),
  OS_USERNAME: 'demo',
  OS_PASSWORD: 'sandbox-secret',
  OS_PROJECT_NAME: 'demo',
  OS_USER_DOMAIN_NAME: 'Default',
  OS_PROJECT_DOMAIN_NAME: 'Default',
  OS_REGION_NAME: 'RegionOne',
  ...over,
});

const entry = (sandbox: Sandbox, more = ''): string => `
    region_name: RegionOne
    auth:
      auth_url: ${urlOf(sandbox)}
      username: demo
      project_name: demo
      domain_name: Default${more}`;

test('an entry of clouds.yaml is a profile, with its secret from beside the file', async () => {
  await inScene({}, async ({ sandbox, write, ipctl }) => {
    write(
      FILE,
      `clouds:\n  demo:${entry(sandbox)}\n  bot:
    regions: [RegionTwo, RegionOne]
    auth: {auth_url: ${urlOf(sandbox)}, application-credential-id: ${applicationCredential.id}, project_name: other}`,
    );
    write(
      SECURE,
      `clouds: {demo: {auth: {password: sandbox-secret}}, bot: {auth: {application_credential_secret: ${applicationCredential.secret}}}}`,
    );
    const strays = { OS_REGION_NAME: 'RegionTwo', OS_PASSWORD: 'stray', OS_AUTH_URL: 'http://127.0.0.1:9', OS_CACERT: '/no/such/file' };
    const tested = await ipctl(['profile', 'test', 'cloud:demo', '-o', 'json'], { env: strays });
    assert.equal(tested.code, 0, tested.stderr);
    const { profile, provider, user, project, region, pinned } = JSON.parse(tested.stdout) as Record<string, unknown>;
    assert.deepEqual([profile, provider, user, project, region, pinned], ['cloud:demo', 'openstack', 'demo', 'demo', 'RegionOne', false]);
    assert.equal(tested.stderr, '', 'a file that no stranger can have put there needs no word');

    // An application credential without a scope: the sandbox notes one that is sent.
    const bot = await ipctl(['-p', 'cloud:bot', '--region', 'RegionOne', 'ip', 'allocate', '-o', 'json']);
    assert.deepEqual([bot.code, bot.stderr], [0, '']);
    assert.deepEqual(
      sandbox.journal().filter(({ mark }) => mark !== null),
      [],
    );
    assert.equal((JSON.parse(bot.stdout) as { ip: { region: string } }).ip.region, 'RegionOne');
    const wrong = await ipctl(['-p', 'cloud:bot', '--region', 'regionone', 'ip', 'list']);
    assert.equal(wrong.code, 14);
    assert.match(wrong.stderr, /^ipctl: cloud 'bot' of .*clouds\.yaml has no region 'regionone'\n {2}regions: RegionTwo, RegionOne\n$/);

    // OS_INTERFACE says not as whom, nor in which cloud: it may override; the entry's own word for one service goes before it.
    const addresses = ['ip', 'list', '-o', 'value', '-c', 'address'];
    const pathOf = async (name: string): Promise<string | undefined> => {
      assert.equal((await ipctl(['-p', name, ...addresses], { env: { OS_INTERFACE: 'internal' } })).code, 0);
      return sandbox.journal().at(-1)?.path.split('/v2.0')[0];
    };
    assert.equal(await pathOf('cloud:demo'), '/internal/network');
    const own = '\n    network_region_name: RegionTwo\n    network_interface: adminURL';
    write(FILE, `clouds:\n  demo:${entry(sandbox)}\n  odd:${entry(sandbox, '\n      password: sandbox-secret')}${own}`);
    assert.equal(await pathOf('cloud:odd'), '/two/admin/network');

    assert.equal((await ipctl(['profile', 'use', 'cloud:demo'])).code, 0);
    const shown = await ipctl(['profile', 'show', 'cloud:demo', '-o', 'json']);
    const detail = JSON.parse(shown.stdout) as { source: string; current: boolean; options: Record<string, unknown> };
    assert.deepEqual([detail.source, detail.current, detail.options.password], ['clouds.yaml', true, '****']);
    assert.ok(!shown.stdout.includes('sandbox-secret'));
    assert.equal((await ipctl(['ip', 'list', '-o', 'value', '-c', 'profile'])).stdout, 'cloud:demo\n');
  });
});

test('a clouds.yaml of the working directory is named before anything is sent, one of the user’s is not', async () => {
  await inScene({}, async ({ directory, sandbox, write, ipctl, fails }) => {
    const path = write(
      'clouds.yaml',
      `clouds: {evil: {auth: {auth_url: http://127.0.0.1:9, user_id: u, password: pass-word, project_id: p}}}`,
    );
    await fails(
      ['-p', 'cloud:evil', 'ip', 'list'],
      5,
      /^cloud:evil is read from .*\/clouds\.yaml, in the working directory\nipctl: cannot reach 127\.0\.0\.1:9 \(ECONNREFUSED\)\n$/,
    );
    await fails(['-p', 'cloud:evil', 'ip', 'list'], 5, /^ipctl: cannot reach/, { OS_CLIENT_CONFIG_FILE: path });
    // What lies in the directory of the user is no part of a stranger's file.
    write(SECURE, 'clouds: {evil: {auth: {password: mine-alone}}}');
    write('clouds.yaml', `clouds: {evil: {auth: {auth_url: ${urlOf(sandbox)}, user_id: u, project_id: p}}}`);
    await fails(
      ['-p', 'cloud:evil', 'ip', 'list'],
      14,
      /profile cloud:evil lacks .*password.*\n {2}complete the entry, or secure\.yaml beside its file/,
    );
    assert.deepEqual([sandbox.journal(), path], [[], join(directory, 'clouds.yaml')]);
    assert.match((await ipctl(['profile', 'list'])).stdout, /^cloud:evil +openstack +clouds\.yaml/m);
  });
});

test('a file or an entry that is not there, and a file that is broken', async () => {
  await inScene({}, async ({ write, ipctl, fails }) => {
    await fails(['-p', 'cloud:x', 'ip', 'list'], 14, /^ipctl: there is no clouds\.yaml\n.*config\/openstack, /);
    write(FILE, 'clouds: {b: {auth: {password: hunter2}}, a: {}}');
    await fails(['-p', 'cloud:x', 'ip', 'list'], 14, /^ipctl: there is no cloud 'x' in .*\/clouds\.yaml\n {2}clouds: a, b\n$/);
    write(FILE, 'clouds: {b: {auth: {password: hunter2}}\n  a: [');
    const words = ['-p', 'cloud:b', 'ip', 'list', '-o', 'json'];
    const broken = await ipctl(words);
    const { error } = JSON.parse(broken.stderr) as { error: Record<string, unknown> };
    assert.deepEqual([broken.code, error.kind], [14, 'config']);
    assert.match(String(error.message), /^cannot use .*\/clouds\.yaml: line \d is not valid YAML$/);
    assert.ok(!broken.stderr.includes('hunter2'));
    const listed = await ipctl(['profile', 'list', '-o', 'value', '-c', 'name']);
    assert.equal(listed.code, 0);
    assert.match(listed.stderr, /^warning: cannot use .*clouds\.yaml/);
    assert.match(listed.stdout, /^sandbox$/m);
  });
});

test('profile add --import copies an entry, and its secret only when asked', async () => {
  await inScene({}, async ({ directory, sandbox, write, ipctl, fails }) => {
    write(FILE, `clouds:\n  demo:${entry(sandbox, '\n      password: sandbox-secret')}`);
    const stored = (): string => readFileSync(join(directory, 'config/ipctl/config.json'), 'utf8');

    const bare = await ipctl(['profile', 'add', 'bare', '--import', 'cloud:demo']);
    assert.equal(bare.code, 0, bare.stderr);
    assert.match(bare.stderr, /^profile bare is saved without password.*: ipctl profile set bare --secret password=-\n/);
    assert.ok(!stored().includes('sandbox-secret'));
    await fails(['-p', 'bare', 'ip', 'list'], 14, /profile bare lacks/);
    assert.equal((await ipctl(['profile', 'set', 'bare', '--secret', 'password=-'], { stdin: 'sandbox-secret\n' })).code, 0);
    assert.equal((await ipctl(['-p', 'bare', 'ip', 'list', '-o', 'json'])).stdout, '[]\n');
    assert.equal((await ipctl(['profile', 'remove', 'bare', '--yes'])).code, 0);
    assert.ok(!stored().includes('sandbox-secret'));

    const words = [
      'profile',
      'add',
      'with',
      '--import',
      'cloud:demo',
      '--secret',
      'password=env:THEIRS',
      '--set',
      'region=RegionTwo',
      '--test',
    ];
    const pointed = await ipctl(words, { env: { THEIRS: 'sandbox-secret' } });
    assert.deepEqual([pointed.code, pointed.stderr.match(/^(?!the credentials are accepted|to use it without -p).+$/gm)], [0, null]);
    const { profiles } = JSON.parse(stored()) as { profiles: Record<string, { options: Record<string, unknown>; account: string | null }> };
    assert.deepEqual(profiles.with?.options, {
      'auth-url': urlOf(sandbox),
      username: 'demo',
      'user-domain-name': 'Default',
      'project-name': 'demo',
      'project-domain-name': 'Default',
      region: 'RegionTwo',
      password: { env: 'THEIRS' },
    });
    assert.notEqual(profiles.with?.account, null);

    const whole = await ipctl([
      'profile',
      'add',
      'whole',
      '--provider',
      'openstack',
      '--import',
      'cloud:demo',
      '--import-secrets',
      '--test',
    ]);
    assert.deepEqual([whole.code, whole.stderr.match(/^(?!the credentials are accepted|to use it without -p).+$/gm)], [0, null]);
    assert.ok(stored().includes('sandbox-secret'));

    await fails(['profile', 'add', 'untested', '--import', 'cloud:demo', '--test'], 14, /profile untested lacks/);
    await fails(['profile', 'add', 'x', '--import', 'cloud:nope'], 14, /no cloud 'nope'.*\n {2}clouds: demo\n/);
    await fails(['profile', 'add', 'x', '--import', 'demo'], 2, /--import takes cloud:NAME/);
    await fails(
      ['profile', 'add', 'x', '--import', 'cloud:demo', '--provider', 'hostway'],
      2,
      /makes a profile of openstack or nova, not of hostway/,
    );
    await fails(['profile', 'add', 'x'], 2, /--provider P is needed/);
    await fails(['profile', 'set', 'cloud:demo', 'region=R'], 2, /is an entry of clouds\.yaml.*\n.*--import cloud:demo/);
    assert.ok(!/untested|"x"/.test(stored()));
  });
});

test('env:openstack takes an openrc file, old names and all', async () => {
  await inScene({}, async ({ sandbox, ipctl, fails }) => {
    const list = ['-p', 'env:openstack', 'ip', 'list', '-o', 'json'];
    const base = { OS_AUTH_URL: urlOf(sandbox), OS_PASSWORD: 'sandbox-secret' };
    for (const env of [
      openrc(sandbox, { OS_INTERFACE: '', OS_PROJECT_ID: '' }),
      {
        ...base,
        OS_USERNAME: 'demo',
        OS_TENANT_NAME: 'demo',
        OS_DOMAIN_NAME: 'Default',
        OS_ENDPOINT_TYPE: 'publicURL',
        OS_AUTH_PLUGIN: 'v3password',
      },
      { ...base, OS_USERNAME: 'demo', OS_PROJECT_NAME: 'demo', OS_DEFAULT_DOMAIN_ID: 'default', OS_REGION_NAME: 'RegionOne' },
    ]) {
      const ran = await ipctl(list, { env });
      assert.deepEqual([ran.code, ran.stdout, ran.stderr], [0, '[]\n', '']);
    }
    const start = sandbox.journal().length;
    const network = `${new URL(urlOf(sandbox)).origin}/two/internal/network`;
    const override = { OS_NETWORK_ENDPOINT_OVERRIDE: network, OS_COMPUTE_ENDPOINT_OVERRIDE: 'http://127.0.0.1:9' };
    assert.equal((await ipctl(list, { env: openrc(sandbox, override) })).code, 0);
    const asked = sandbox
      .journal()
      .slice(start)
      .map(({ path }) => path);
    assert.ok(asked.length > 0 && asked.every((path) => path.startsWith('/two/internal/network/v2.0/')), asked.join());
    await fails(list, 14, /OS_INSECURE/, openrc(sandbox, { OS_INSECURE: '1' }));
    await fails(
      list,
      14,
      /OS_AUTH_TYPE is one of|wants OS_AUTH_TYPE v3kerberos|OS_AUTH_TYPE/,
      openrc(sandbox, { OS_AUTH_TYPE: 'v3kerberos' }),
    );
  });
});

test('each way to be turned away has its own sentence and code', async () => {
  await inScene({}, async ({ sandbox, fails, ipctl }) => {
    const list = ['-p', 'env:openstack', 'ip', 'list'];
    const refused = (code: number, stderr: RegExp, over: Readonly<Record<string, string>>): Promise<void> =>
      fails(list, code, stderr, openrc(sandbox, over));
    await refused(4, /^ipctl: the user or the password is wrong: .*\(openstack 401.*\)\n {2}check the user/, { OS_PASSWORD: 'not-it' });
    assert.equal(sandbox.journal().length, 2, 'one look behind it, no more');
    await refused(4, /^ipctl: the user or the password is wrong/, { OS_USERNAME: 'nobody' });
    for (const project of ['other', 'nowhere']) {
      await refused(
        4,
        new RegExp(
          `^ipctl: the credentials are right, but project ${project} is not open to them or does not exist: .*\\n {2}open to them: demo\\n$`,
        ),
        { OS_PROJECT_NAME: project },
      );
    }
    await refused(4, /^ipctl: the application credential is unknown or has expired, or its secret is wrong/, {
      OS_APPLICATION_CREDENTIAL_ID: applicationCredential.id,
      OS_APPLICATION_CREDENTIAL_SECRET: 'not-it',
    });
    await refused(4, /unsupported method\.?; allowed: password.*\n {2}choose one of these with the option auth-type/, {
      OS_PASSCODE: '123456',
    });
    await refused(14, /^ipctl: the catalog has no network service in region RegionThree, but in RegionOne, RegionTwo\n/, {
      OS_REGION_NAME: 'RegionThree',
    });
    await refused(5, /^ipctl: cannot reach 127\.0\.0\.1:9 \(ECONNREFUSED\)\n/, { OS_NETWORK_ENDPOINT_OVERRIDE: 'http://127.0.0.1:9' });
    await refused(5, /^ipctl: cannot reach 127\.0\.0\.1:9 \(ECONNREFUSED\)\n/, { OS_AUTH_URL: 'http://127.0.0.1:9' });
    await refused(14, /^ipctl: there is no identity service \(Keystone v3\) at the auth-url/, {
      OS_AUTH_URL: `${new URL(urlOf(sandbox)).origin}/wrong`,
    });

    const before = sandbox.journal().length;
    await refused(14, /^ipctl: the project demo is named without the domain it belongs to\n {2}set the option project-domain-name/, {
      OS_PROJECT_DOMAIN_NAME: '',
    });
    await refused(14, /^ipctl: the user demo is named without the domain it belongs to\n/, { OS_USER_DOMAIN_NAME: '' });
    await refused(14, /v2\.0, which is gone/, { OS_AUTH_URL: urlOf(sandbox).replace('/v3', '/v2.0') });
    await refused(14, /^ipctl: auth-type is token, and what it needs is not set/, { OS_AUTH_TYPE: 'token' });
    assert.equal(sandbox.journal().length, before, 'refused before any request');

    assert.equal(
      (await ipctl(list, { env: openrc(sandbox, { OS_AUTH_URL: urlOf(sandbox).replace('/v3', '/') }) })).code,
      0,
      'without a version',
    );
  });
});

test('a token that has expired, and one that is good for another project', async () => {
  const tokenOf = async (sandbox: Sandbox): Promise<string> => {
    const user = { name: 'demo', domain: { id: 'default' }, password: 'sandbox-secret' };
    const reply = await fetch(`${urlOf(sandbox)}/auth/tokens`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ auth: { identity: { methods: ['password'], password: { user } }, scope: 'unscoped' } }),
    });
    return reply.headers.get('x-subject-token') ?? '';
  };
  const list = ['-p', 'env:openstack', 'ip', 'list'];
  const only = { OS_PASSWORD: '', OS_USERNAME: '', OS_USER_DOMAIN_NAME: '' };
  await inScene({ tokenSeconds: 0 }, async ({ sandbox, fails }) => {
    const env = openrc(sandbox, { ...only, OS_TOKEN: await tokenOf(sandbox) });
    await fails(list, 4, /^ipctl: the token has expired or was revoked: .*\n {2}get a new one/, env);
  });
  await inScene({}, async ({ sandbox, fails, ipctl }) => {
    const env = openrc(sandbox, { ...only, OS_AUTH_TOKEN: await tokenOf(sandbox) });
    assert.equal((await ipctl(list, { env })).code, 0);
    await fails(list, 4, /^ipctl: the credentials are right, but project other is not open/, { ...env, OS_PROJECT_NAME: 'other' });
  });
});

test('a catalog without a network service', async () => {
  await inScene({ networkInCatalog: false }, async ({ sandbox, fails }) => {
    await fails(
      ['-p', 'env:openstack', 'ip', 'list'],
      14,
      /^ipctl: the catalog has no network service: this cloud has no Neutron/,
      openrc(sandbox),
    );
  });
});

/** Self-signed, for 127.0.0.1: nothing but these tests trusts it. */
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgvYfoc+TLDZZZ7Qu8
lBxIwE0KoRa70m/zGoAjLaUnDKqhRANCAAR1neE2DEIlueQyinRw/yiaJPSaeJer
FoaekrHyzHfpX/LbH4Lc9afk7C1lhVoIqypHI9atgBSHjAKf3yp5yF0A
-----END PRIVATE KEY-----`;
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBaTCCAQ+gAwIBAgIBATAKBggqhkjOPQQDAjAVMRMwEQYDVQQDDAppcGN0bCB0
ZXN0MCAXDTIwMDEwMTAwMDAwMFoYDzIxMjAwMTAxMDAwMDAwWjAVMRMwEQYDVQQD
DAppcGN0bCB0ZXN0MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEdZ3hNgxCJbnk
Mop0cP8omiT0mniXqxaGnpKx8sx36V/y2x+C3PWn5OwtZYVaCKsqRyPWrYAUh4wC
n98qechdAKNOMEwwDwYDVR0TAQH/BAUwAwEB/zAaBgNVHREEEzARhwR/AAABggls
b2NhbGhvc3QwHQYDVR0OBBYEFJdHNZpaUhvbmJRyYCs07e76/ETbMAoGCCqGSM49
BAMCA0gAMEUCIC/6tr7vUIcnnjuGXPoz4AXuXwlA6xATGaQ1p3LHn/WdAiEA0Y5y
me2b5L9jMV797gMw6uoH0EymfuwZ3IW6lu6OGro=
-----END CERTIFICATE-----`;

test('cacert says whom to trust, --ca-file before it', async () => {
  await inScene({}, async ({ sandbox, write, ipctl, fails }) => {
    // The identity service behind TLS: its catalog leads to the sandbox itself.
    const { origin } = new URL(urlOf(sandbox));
    const server = createServer({ key: KEY, cert: CERTIFICATE }, (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', async () => {
        const body = Buffer.concat(chunks).toString();
        const reply = await fetch(`${origin}${request.url}`, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
        response.writeHead(reply.status, { 'x-subject-token': reply.headers.get('x-subject-token') ?? '' });
        response.end(await reply.text());
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}${new URL(urlOf(sandbox)).pathname}`;
      const trusted = write('ca.pem', CERTIFICATE);
      const file = (more: string): string =>
        `clouds:\n  demo:${entry(sandbox, '\n      password: sandbox-secret').replace(urlOf(sandbox), url)}${more}`;
      const test = ['profile', 'test', 'cloud:demo'];
      write(FILE, file(''));
      await fails(test, 4, /^ipctl: the certificate of 127\.0\.0\.1:\d+ is not trusted/);
      write(FILE, file('\n    verify: false'));
      await fails(test, 14, /turns the check of certificates off \(verify\), and ipctl never does that\n {2}name the authority/);
      write(FILE, file('\n    cacert: ~/nope.pem'));
      await fails(test, 14, /^ipctl: cacert \(profile cloud:demo\): cannot read .*\/nope\.pem/);
      assert.equal((await ipctl([...test, '--ca-file', trusted])).code, 0, '--ca-file is what counts');
      write(FILE, file('\n    cacert: ~/ca.pem'));
      const ran = await ipctl(test);
      assert.deepEqual([ran.code, ran.stderr], [0, '']);
      const env = openrc(sandbox, { OS_AUTH_URL: url, OS_CACERT: '~/ca.pem' });
      assert.equal((await ipctl(['-p', 'env:openstack', 'ip', 'list'], { env })).code, 0);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});
