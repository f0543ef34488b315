import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applicationCredential, openstack } from '../../src/sandbox/dialects/openstack/openstack.js';
import {
  appSubnet,
  assertNova,
  assertRefused,
  assertUnmarked,
  inJson,
  nobody,
  play,
  port,
  publicNetwork,
  server,
} from './openstack-caller.js';

test('options lead an ordinary profile here, and name their secret', async () => {
  assert.deepEqual(openstack.options('http://127.0.0.1:1'), {
    'auth-url': 'http://127.0.0.1:1/identity/v3',
    username: 'demo',
    password: 'sandbox-secret',
    'user-domain-name': 'Default',
    'project-name': 'demo',
    'project-domain-name': 'Default',
    region: 'RegionOne',
  });
  assert.deepEqual(openstack.credentials, ['password']);
});

test('the seed is plain JSON, the same each time, and has 64 free addresses on app', () => {
  const cloud = openstack.seed();
  assert.deepEqual(JSON.parse(JSON.stringify(cloud)), cloud);
  assert.deepEqual(openstack.seed(), cloud);
  assert.deepEqual(cloud.floatingIps, []);
  const app = cloud.subnets.find((one) => one.id === appSubnet);
  assert.deepEqual([app?.cidr, app?.pool], ['192.168.1.0/24', { first: '192.168.1.10', last: '192.168.1.75' }]);
  const held = cloud.ports.flatMap((one) => one.fixedIps.map((fixedIp) => fixedIp.address));
  const pool = Array.from({ length: 66 }, (_, at) => `192.168.1.${10 + at}`);
  assert.deepEqual(
    pool.filter((address) => held.includes(address)),
    ['192.168.1.11', '192.168.1.12'],
  );
});

test('the walkthrough, by an application credential, from token to quota, without a mark', async () => {
  await play({ knobs: { floatingQuota: 1 } }, async (caller) => {
    const granted = await caller.call(
      'POST',
      '/identity/v3/auth/tokens',
      inJson({ auth: { identity: { methods: ['application_credential'], application_credential: applicationCredential } } }),
    );
    assert.equal(granted.status, 201);
    const headers = { 'x-auth-token': String(granted.headers['x-subject-token']), accept: 'application/json' };
    const net = (method: string, path: string, body?: unknown, more = {}) =>
      caller.call(method, `/network/v2.0${path}`, { body, headers: { ...headers, ...more } });

    const pools = await net('GET', '/networks?router:external=True&name=public');
    assert.deepEqual([pools.status, pools.at('networks.0.name'), pools.at('networks.0.router:external')], [200, 'public', true]);
    assert.deepEqual([pools.at('networks.0.status'), pools.at('networks.1')], ['ACTIVE', undefined]);

    const allocated = await net('POST', '/floatingips', {
      floatingip: { floating_network_id: pools.id('networks.0.id'), description: 'web' },
    });
    assert.equal(allocated.status, 201);
    const id = allocated.id('floatingip.id');
    assert.deepEqual(allocated.json, {
      floatingip: {
        id,
        floating_network_id: publicNetwork,
        floating_ip_address: '203.0.113.10',
        port_id: null,
        fixed_ip_address: null,
        router_id: null,
        status: 'DOWN',
        project_id: granted.at('token.project.id'),
        tenant_id: granted.at('token.project.id'),
        description: 'web',
        port_details: null,
        port_forwardings: [],
        qos_policy_id: null,
        qos_network_policy_id: null,
        dns_name: '',
        dns_domain: '',
        tags: [],
        revision_number: 0,
        created_at: '2026-01-15T10:00:01Z',
        updated_at: '2026-01-15T10:00:01Z',
      },
    });

    const ports = await net('GET', `/ports?device_id=${server('web-1')}`);
    assert.deepEqual(ports.at('ports.0.fixed_ips'), [{ ip_address: '192.168.1.11', subnet_id: appSubnet }]);
    assert.equal(ports.at('ports.0.device_owner'), 'compute:nova');

    const target = { port_id: ports.id('ports.0.id'), fixed_ip_address: '192.168.1.11' };
    const bound = await net('PUT', `/floatingips/${id}`, { floatingip: target }, { 'if-match': 'revision_number=0' });
    assert.equal(bound.status, 200);
    assert.deepEqual([bound.at('floatingip.port_id'), bound.at('floatingip.fixed_ip_address')], [port('web-1'), '192.168.1.11']);
    assert.deepEqual([bound.at('floatingip.revision_number'), bound.at('floatingip.status')], [1, 'DOWN']);
    assert.equal(typeof bound.at('floatingip.router_id'), 'string');
    assert.deepEqual(
      [bound.at('floatingip.created_at'), bound.at('floatingip.updated_at')],
      ['2026-01-15T10:00:01Z', '2026-01-15T10:00:02Z'],
    );

    const freed = await net('PUT', `/floatingips/${id}`, { floatingip: { port_id: null } });
    assert.deepEqual([freed.status, freed.at('floatingip.port_id'), freed.at('floatingip.router_id')], [200, null, null]);

    const over = await net('POST', '/floatingips', { floatingip: { floating_network_id: publicNetwork } });
    assert.equal(over.status, 409);
    assert.deepEqual(over.json, {
      NeutronError: { type: 'OverQuota', message: "Quota exceeded for resources: ['floatingip'].", detail: '' },
    });

    const released = await net('DELETE', `/floatingips/${id}`);
    assert.deepEqual([released.status, released.text], [204, '']);
    assertRefused(await net('GET', `/floatingips/${id}`), 404, 'FloatingIPNotFound', false);
    assertUnmarked(caller);
  });
});

test('the default quota is 50', async () => {
  await play({}, async (caller) => {
    for (let count = 0; count < 50; count += 1) {
      assert.equal((await caller.net('POST', '/floatingips', { floatingip: { floating_network_id: publicNetwork } })).status, 201);
    }
    assertRefused(
      await caller.net('POST', '/floatingips', { floatingip: { floating_network_id: publicNetwork } }),
      409,
      'OverQuota',
      false,
    );
  });
});

test('every answer has a request id of its own', async () => {
  await play({}, async (caller) => {
    const headers = { 'x-auth-token': await caller.token() };
    const paths = [
      '/identity',
      '/identity/nonsense',
      '/network/v2.0/ports',
      `/network/v2.0/ports/${nobody}`,
      '/compute/v2.1',
      '/compute/v3',
      '/x',
    ];
    const ids: unknown[] = [];
    for (const path of paths) ids.push((await caller.call('GET', path, { headers })).headers['x-openstack-request-id']);
    for (const id of ids) assert.match(String(id), /^req-[0-9a-f-]{36}$/);
    assert.equal(new Set(ids).size, paths.length);
  });
});

test('one project sees and touches nothing of another, and is told that it does not exist', async () => {
  await play({}, async (caller) => {
    const made = await caller.net('POST', '/floatingips', { floatingip: { floating_network_id: publicNetwork } });
    const id = made.id('floatingip.id');
    const other = caller.as('other');
    assert.deepEqual((await other.net('GET', '/floatingips')).json, { floatingips: [] });
    for (const [method, body] of [
      ['GET', undefined],
      ['PUT', { floatingip: { description: 'mine' } }],
      ['DELETE', undefined],
    ] as const) {
      assertRefused(await other.net(method, `/floatingips/${id}`, body), 404, 'FloatingIPNotFound', false);
    }
    assertRefused(await other.net('GET', `/floatingips/${id}/tags`), 404, 'FloatingIPNotFound', false);
    assertRefused(await other.net('GET', `/ports/${port('web-1')}`), 404, 'PortNotFound', false);
    assertRefused(await other.net('DELETE', `/ports/${port('web-1')}`), 404, 'PortNotFound', false);
    const networks = await other.net('GET', '/networks');
    assert.deepEqual(
      [networks.at('networks.0.name'), networks.at('networks.1.name'), networks.at('networks.2')],
      ['public', 'other-private', undefined],
    );
    assert.deepEqual((await other.net('GET', '/subnets?name=app')).at('subnets'), []);
    assert.deepEqual((await other.net('GET', `/ports?device_id=${server('web-1')}`)).at('ports'), []);
    const servers = await other.cmp('GET', '/servers');
    assert.deepEqual([servers.at('servers.0.name'), servers.at('servers.1')], ['other-1', undefined]);
    assertNova(await other.cmp('GET', `/servers/${server('web-1')}`), 404, 'itemNotFound', false);
    assertNova(await other.cmp('GET', `/os-floating-ips/${id}`), 404, 'itemNotFound', false);
    assert.deepEqual((await other.cmp('GET', '/os-floating-ips')).at('floating_ips'), []);
    assertUnmarked(caller);
    const own = await other.call('GET', `/compute/v2.1/${await caller.project()}/servers`, {
      headers: { 'x-auth-token': await other.token() },
    });
    assertNova(own, 400, 'badRequest', true);
  });
});

test('an administrator sees every project', async () => {
  await play({}, async (caller) => {
    const made = await caller.net('POST', '/floatingips', { floatingip: { floating_network_id: publicNetwork } });
    const admin = caller.as('admin');
    assert.equal((await admin.net('GET', '/floatingips')).at('floatingips.0.id'), made.id('floatingip.id'));
    assert.deepEqual((await admin.net('GET', `/floatingips?project_id=${await admin.project()}`)).at('floatingips'), []);
    assert.equal((await admin.net('GET', `/ports/${port('other-1')}`)).status, 200);
    assertUnmarked(caller);
  });
});

test('the second region is the same cloud with nothing in it; interfaces share what there is', async () => {
  await play({}, async (caller) => {
    const headers = { 'x-auth-token': await caller.token() };
    for (const collection of ['floatingips', 'networks', 'subnets', 'ports']) {
      const heard = await caller.call('GET', `/two/network/v2.0/${collection}`, { headers });
      assert.deepEqual([heard.status, heard.at(collection)], [200, []]);
    }
    const servers = await caller.call('GET', `/two/admin/compute/v2.1/${await caller.project()}/servers`, { headers });
    assert.deepEqual(servers.json, { servers: [] });
    const post = await caller.call('POST', '/two/network/v2.0/floatingips', {
      headers,
      body: { floatingip: { floating_network_id: publicNetwork } },
    });
    assertRefused(post, 404, 'NetworkNotFound', false);
    for (const face of ['/internal', '/admin']) {
      const heard = await caller.call('GET', `${face}/network/v2.0/networks?limit=1`, { headers });
      assert.equal(heard.at('networks.0.name'), 'public');
      assert.ok(heard.id('networks_links.0.href').startsWith(`${caller.sandbox.origin}${face}/network/v2.0/networks?`));
    }
    const granted = await caller.call(
      'POST',
      '/two/identity/v3/auth/tokens',
      inJson({ auth: { identity: { methods: ['application_credential'], application_credential: applicationCredential } } }),
    );
    const used = await caller.call('GET', '/network/v2.0/ports', {
      headers: { 'x-auth-token': String(granted.headers['x-subject-token']) },
    });
    assert.equal(used.status, 200);
    assertUnmarked(caller);
  });
});

test('paths of no service, doubled slashes and slashes at the end of a record are 404 and marked', async () => {
  await play({}, async (caller) => {
    const headers = { 'x-auth-token': await caller.token() };
    for (const path of [
      '/',
      '/v2.0/floatingips',
      '/network//v2.0/floatingips',
      '/network/v2.0/floatingips/',
      '/three/network/v2.0/ports',
    ]) {
      const heard = await caller.call('GET', path, { headers });
      assert.deepEqual([heard.status, heard.mark !== null, heard.headers['content-type']], [404, true, 'text/html'], path);
    }
  });
});

test('ids and times do not depend on how often somebody logged in or looked', async () => {
  const allocated = async (looks: number) => {
    const found: unknown[] = [];
    await play({}, async (caller) => {
      for (let look = 0; look < looks; look += 1) {
        await caller.net('GET', '/floatingips');
        await caller.as('other').token();
      }
      found.push((await caller.net('POST', '/floatingips', { floatingip: { floating_network_id: publicNetwork } })).json);
    });
    return found;
  };
  assert.deepEqual(await allocated(3), await allocated(0));
});

test('a knob of a wrong type is a mistake of the test, one of another dialect is not ours', async () => {
  await play({ knobs: { pageMax: 'two' } }, async (caller) => {
    assert.equal((await caller.call('GET', '/identity')).status, 500);
  });
  await play({ knobs: { somebodyElses: 1 } }, async (caller) => {
    assert.equal((await caller.call('GET', '/identity')).status, 300);
  });
});
