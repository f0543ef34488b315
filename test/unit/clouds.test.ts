/** clouds.yaml: where it is found, what an entry means, and what is refused rather than misread. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { IpctlError } from '../../src/domain/errors.js';
import { refuseEnvironment } from '../../src/profiles/cloud-entry.js';
import { type Places, searched } from '../../src/profiles/cloud-files.js';
import { type Clouds, openClouds, requireClouds } from '../../src/profiles/clouds.js';

interface Scene {
  readonly places: Places;
  /** Relative to the scene: `home/…` and `work/…`. */
  write(path: string, text: string): string;
}

async function inScene(work: (scene: Scene) => Promise<void>, env: Readonly<Record<string, string>> = {}): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'ipctl-clouds-'));
  const write = (path: string, text: string): string => {
    const full = join(root, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, text);
    return full;
  };
  const values = Object.entries(env).map(([name, value]) => [name, value.replace('ROOT', root)]);
  const places = {
    env: Object.fromEntries(values) as Record<string, string>,
    home: join(root, 'home'),
    workingDirectory: join(root, 'work'),
    platform: 'linux',
  };
  try {
    await work({ places, write });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** The options of `entry`, written as YAML below `clouds: x:`. */
async function options(entry: string, region?: string): Promise<Readonly<Record<string, string>>> {
  let found: Readonly<Record<string, string>> = {};
  await inScene(async ({ places, write }) => {
    write('work/clouds.yaml', `clouds:\n  x:\n${entry.replace(/^/gm, '    ')}\n`);
    found = (await requireClouds(places)).options('x', region);
  });
  return found;
}

const refuses = (work: () => unknown, message: RegExp, hint = /./): Promise<void> =>
  assert.rejects(
    async () => work(),
    (thrown) => {
      assert.ok(thrown instanceof IpctlError, String(thrown));
      assert.deepEqual([thrown.kind, thrown.details.fate], ['config', 'not-sent']);
      assert.match(thrown.message, message);
      assert.match(thrown.details.hint ?? 'none', hint);
      return true;
    },
  );

const one = (name: string): string => `clouds: {${name}: {auth: {auth_url: https://${name}.example}}}\n`;
const nameOf = async (places: Places): Promise<string | undefined> => (await openClouds(places))?.names.join();

test('the first file of the documented order is the only one', async () => {
  await inScene(
    async ({ places, write }) => {
      assert.equal(await openClouds(places), undefined);
      await refuses(() => requireClouds(places), /there is no clouds\.yaml/, /\/etc\/openstack/);
      // From the last place to the first: each found hides those before it.
      const files = [
        'home/.config/openstack/clouds.json',
        'home/.config/openstack/clouds.yml',
        'home/.config/openstack/clouds.yaml',
        'xdg/openstack/clouds.json',
        'work/clouds.yml',
        'work/clouds.yaml',
      ];
      for (const [index, path] of files.entries()) {
        write(path, path.endsWith('json') ? `{"clouds": {"n${index}": {}}}` : one(`n${index}`));
        assert.equal(await nameOf(places), `n${index}`, path);
        assert.equal((await openClouds(places))?.here, path.startsWith('work/'), path);
      }
    },
    { XDG_CONFIG_HOME: 'ROOT/xdg' },
  );
});

test('the order has the directories of the system, and those of a Macintosh', () => {
  const places = { env: { XDG_CONFIG_HOME: 'relative' }, home: '/home/a', workingDirectory: '/w', platform: 'linux' };
  assert.deepEqual(searched(places), ['/w', '/home/a/.config/openstack', '/etc/xdg/openstack', '/etc/openstack']);
  assert.deepEqual(searched({ ...places, platform: 'darwin' }), [
    '/w',
    '/home/a/Library/Application Support/openstack',
    '/home/a/.config/openstack',
    '/Library/Application Support/openstack',
    '/etc/openstack',
  ]);
});

test('OS_CLIENT_CONFIG_FILE goes before all, and a missing one is no reason to take another', async () => {
  await inScene(
    async ({ places, write }) => {
      write('work/clouds.yaml', one('here'));
      await refuses(() => openClouds(places), /OS_CLIENT_CONFIG_FILE names .*mine\.yaml, and there is no such file/, /none/);
      write('work/mine.yaml', one('mine'));
      assert.equal(await nameOf(places), 'mine');
      assert.equal((await openClouds(places))?.here, false, 'the user named it');
    },
    { OS_CLIENT_CONFIG_FILE: 'ROOT/work/mine.yaml' },
  );
});

const passwordOf = (clouds: Clouds | undefined, name = 'x'): string | undefined => clouds?.options(name).password;

test('secure.yaml is laid over the entry from beside the file, and from nowhere else', async () => {
  await inScene(async ({ places, write }) => {
    write('work/clouds.yaml', 'clouds: {x: {auth: {username: u, password: open}}, y: {auth: {username: v}}}');
    write('home/.config/openstack/secure.yaml', 'clouds: {x: {auth: {password: elsewhere}}}');
    assert.equal(passwordOf(await openClouds(places)), 'open');
    write('work/secure.yml', 'clouds: {x: {auth: {password: beside}}, z: {auth: {password: lost}}}');
    const clouds = await openClouds(places);
    assert.deepEqual([passwordOf(clouds), clouds?.options('x').username, passwordOf(clouds, 'y')], ['beside', 'u', undefined]);
    assert.deepEqual(clouds?.names, ['x', 'y'], 'secrets alone make no cloud');
    const named = { ...places, env: { OS_CLIENT_SECURE_FILE: join(places.home, '.config/openstack/secure.yaml') } };
    assert.equal(passwordOf(await openClouds(named)), 'elsewhere');
    await refuses(() => openClouds({ ...places, env: { OS_CLIENT_SECURE_FILE: '/no/such/file' } }), /OS_CLIENT_SECURE_FILE names/, /none/);
  });
});

test('a vendor is read from beside the file too, below the entry; an absent one is named', async () => {
  await inScene(async ({ places, write }) => {
    write('work/clouds.yaml', 'clouds: {x: {profile: acme, auth: {username: u, project_id: mine}}}');
    write('home/.config/openstack/clouds-public.yaml', 'public-clouds: {acme: {auth: {auth_url: https://elsewhere.example}}}');
    const clouds = await requireClouds(places);
    await refuses(() => clouds.options('x'), /cloud 'x' of .*clouds\.yaml refers to vendor 'acme'/, /auth_url/);
    write('work/clouds-public.yaml', 'public-clouds: {acme: {region_name: R, auth: {auth_url: https://acme.example, project_id: theirs}}}');
    assert.deepEqual((await requireClouds(places)).options('x'), {
      'auth-url': 'https://acme.example',
      username: 'u',
      'project-id': 'mine',
      region: 'R',
    });
  });
});

test('a broken file is named by file and line, and nothing of it is repeated', async () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['clouds:\n  x:\n    auth: {password: hunter2\n  y: [', /cannot use .*clouds\.yaml: line \d is not valid YAML/],
    ['clouds: *hunter2', /cannot use .*clouds\.yaml: (line 1 is not valid YAML|its aliases cannot be resolved)/],
    ['- hunter2', /it is not a map/],
    ['hunter2', /it is not a map/],
    ['other: hunter2', /it has no map of clouds/],
    ['clouds: [hunter2]', /it has no map of clouds/],
  ];
  for (const [text, message] of cases) {
    await inScene(async ({ places, write }) => {
      write('work/clouds.yaml', text);
      await refuses(() => openClouds(places), message, /none/);
      await assert.rejects(openClouds(places), (thrown) => !`${(thrown as Error).message}${(thrown as Error).stack}`.includes('hunter2'));
    });
  }
  await inScene(async ({ places, write }) => {
    write('work/clouds.yaml', 'clouds: {x: hunter2, y: {auth: hunter2}, z: {auth: {password: [hunter2]}}}');
    const clouds = await requireClouds(places);
    for (const [name, message] of [
      ['x', /cloud 'x' of .* is not a map$/],
      ['y', /cloud 'y' of .*: auth is not a map$/],
      ['z', /cloud 'z' of .*: password is not a text$/],
    ] as const) {
      await refuses(() => clouds.options(name), message, /none/);
    }
    await refuses(() => clouds.options('toString'), /there is no cloud 'toString' in .*clouds\.yaml$/, /^clouds: x, y, z$/);
  });
});

test('values are the characters in the file: a password of digits stays what it is', async () => {
  const found = await options('auth: {password: 0123, username: yes, project_id: 1e3, user_id: 0x1F}\nregion_name: "1.10"');
  assert.deepEqual(found, { password: '0123', username: 'yes', 'project-id': '1e3', 'user-id': '0x1F', region: '1.10' });
});

test('old names, hyphens and values outside auth mean what they mean to the reference client', async () => {
  const cases: readonly (readonly [string, string, Readonly<Record<string, string>>])[] = [
    ['hyphens', 'auth: {auth-url: https://a.example, project-id: p}', { 'auth-url': 'https://a.example', 'project-id': 'p' }],
    ['tenants', 'auth: {tenant_id: t, tenant-name: n}', { 'project-id': 't', 'project-name': 'n' }],
    ['a project before a tenant', 'auth: {project_id: p, tenant_id: t}', { 'project-id': 'p' }],
    ['in any order', 'auth: {tenant_id: t, project_id: p}', { 'project-id': 'p' }],
    ['outside wins', 'username: out\nauth: {username: in, password: pw}', { username: 'out', password: 'pw' }],
    ['empty is unset', 'username: ""\nauth: {username: in, password:}', { username: 'in' }],
    [
      'one domain for both',
      'auth: {project_name: p, domain_name: D, user_domain_name: U}',
      { 'project-name': 'p', 'user-domain-name': 'U', 'project-domain-name': 'D' },
    ],
    [
      'a default domain comes last, and only where there is no other',
      'auth: {project_name: p, default_domain_id: d, user_domain_name: U}',
      { 'project-name': 'p', 'user-domain-name': 'U', 'project-domain-id': 'd' },
    ],
    ['an old interface', 'endpoint_type: internalURL', { interface: 'internal' }],
    ['the new one before it', 'endpoint_type: internalURL\ninterface: public', { interface: 'public' }],
    [
      'what differs for one service',
      'network_endpoint_override: https://n.example\ncompute-endpoint-override: https://c.example\nnetwork_interface: adminURL\ncompute_region_name: R2',
      {
        'network-endpoint': 'https://n.example',
        'compute-endpoint': 'https://c.example',
        'network-interface': 'admin',
        'compute-region': 'R2',
      },
    ],
    ['checks left on', 'verify: yes\ninsecure: "no"\nidentity_api_version: 3', {}],
    ['what is of no use to us', 'floating_ip_source: neutron\nimage_api_version: 2\nnetworks: [{name: n}]', {}],
  ];
  for (const [what, entry, expected] of cases) assert.deepEqual(await options(entry), expected, what);
});

test('merge keys and anchors are resolved', async () => {
  await inScene(async ({ places, write }) => {
    write('work/clouds.yaml', 'base: &b {auth: {auth_url: https://a.example}}\nclouds:\n  x:\n    <<: *b\n    region_name: R\n');
    assert.deepEqual((await requireClouds(places)).options('x'), { 'auth-url': 'https://a.example', region: 'R' });
  });
});

test('regions: the first one, the chosen one with what differs there, and none that is not in a list', async () => {
  const listed =
    'network_endpoint_override: https://all.example\nregions: [A, {name: B, values: {network-endpoint-override: https://b.example}}]';
  assert.deepEqual(await options(listed), { region: 'A', 'network-endpoint': 'https://all.example' });
  assert.deepEqual(await options(listed, 'B'), { region: 'B', 'network-endpoint': 'https://b.example' });
  await refuses(() => options(listed, 'b'), /cloud 'x' of .* has no region 'b'/, /^regions: A, B$/);
  assert.equal((await options('region_name: A, B')).region, 'A');
  assert.equal((await options('region_name: A, B', 'B')).region, 'B');
  await refuses(() => options('region_name: A,B', 'C'), /no region 'C'/, /^regions: A, B$/);
  await refuses(() => options('regions: [A]', 'C'), /no region 'C'/, /^regions: A$/);
  assert.equal((await options('region_name: A', 'C')).region, 'C', 'one name is where the entry starts from');
  assert.equal((await options('verify: true', 'C')).region, 'C');
  await refuses(() => options('regions: A'), /regions is not a list/, /none/);
  await refuses(() => options('regions: [{values: {}}]'), /regions holds something/, /none/);
});

test('cacert is a file of the home or of the working directory', async () => {
  await inScene(async ({ places, write }) => {
    write('work/clouds.yaml', 'clouds: {x: {cacert: ~/ca.pem}, y: {cacert: tls/ca.pem}, z: {cacert: /etc/ca.pem}}');
    const clouds = await requireClouds(places);
    assert.deepEqual(
      ['x', 'y', 'z'].map((name) => clouds.options(name).cacert),
      [join(places.home, 'ca.pem'), join(places.workingDirectory, 'tls/ca.pem'), '/etc/ca.pem'],
    );
  });
});

test('what cannot be honoured is refused, in a file and in the environment alike', async () => {
  const cases: readonly (readonly [string, string, RegExp, RegExp])[] = [
    ['verify', 'no', /turns the check of certificates off/, /--ca-file/],
    ['insecure', 'true', /turns the check of certificates off/, /--ca-file/],
    ['cert', '/c.pem', /wants a client certificate/, /none/],
    ['trust_id', 't', /asks for the scope of a trust/, /none/],
    ['system_scope', 'all', /asks for the scope of the system/, /none/],
    ['identity_api_version', '2.0', /only version 3/, /none/],
    ...['v3oidcpassword', 'v3kerberos', 'v2password', 'http_basic', 'none'].map((type): readonly [string, string, RegExp, RegExp] => [
      'auth_type',
      type,
      new RegExp(`${type}, and ipctl logs in with`),
      /v3applicationcredential/,
    ]),
  ];
  for (const [key, value, message, hint] of cases) {
    await refuses(() => options(`${key}: ${value}`), new RegExp(`^cloud 'x' of .*${message.source}`), hint);
    const variable = `OS_${key.toUpperCase()}`;
    await refuses(() => refuseEnvironment({ [variable]: value }), new RegExp(`^the environment .*${message.source}`), hint);
    refuseEnvironment({ [variable]: '' });
  }
  await refuses(() => options('auth: {domain_name: D, username: u}'), /asks for the scope of a domain/, /project_name/);
  assert.equal((await options('auth: {domain_name: D, application_credential_id: c}'))['application-credential-id'], 'c');
  refuseEnvironment({
    OS_INSECURE: 'false',
    OS_AUTH_PLUGIN: 'v3password',
    OS_IDENTITY_API_VERSION: '3',
    OS_TEST_X: 'y',
    OS_DOMAIN_NAME: 'D',
  });
});
