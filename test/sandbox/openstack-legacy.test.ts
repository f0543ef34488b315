import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OpenStackCloud } from '../../src/sandbox/dialects/openstack/cloud.js';
import { assertNova, assertUnmarked, type Caller, nobody, play, port, publicNetwork, server, setFixedIps } from './openstack-caller.js';

const allocate = (caller: Caller, body: unknown = { pool: 'public' }) => caller.cmp('POST', '/os-floating-ips', body);
const act = (caller: Caller, name: string, body: unknown) => caller.cmp('POST', `/servers/${server(name)}/action`, body);
const add = (address: string, fixed?: string) => ({ addFloatingIp: { address, ...(fixed === undefined ? {} : { fixed_address: fixed }) } });
const remove = (address: string) => ({ removeFloatingIp: { address } });
const first = '203.0.113.10';

test('the legacy story: pools, allocate, add, show, remove, delete, without a mark', async () => {
  await play({}, async (caller) => {
    assert.deepEqual((await caller.cmp('GET', '/os-floating-ip-pools')).json, { floating_ip_pools: [{ name: 'public' }] });
    const made = await allocate(caller);
    assert.equal(made.status, 200);
    const id = made.id('floating_ip.id');
    assert.deepEqual(made.at('floating_ip'), { id, ip: first, fixed_ip: null, instance_id: null, pool: 'public' });
    const added = await act(caller, 'web-1', add(first, '192.168.1.11'));
    assert.deepEqual([added.status, added.text], [202, '']);
    const shown = await caller.cmp('GET', `/os-floating-ips/${id}`);
    const bound = { id, ip: first, fixed_ip: '192.168.1.11', instance_id: server('web-1'), pool: 'public' };
    assert.deepEqual([shown.status, shown.json], [200, { floating_ip: bound }]);
    assert.deepEqual((await caller.cmp('GET', '/os-floating-ips')).json, { floating_ips: [bound] });
    assert.equal((await caller.net('GET', `/floatingips/${id}`)).at('floatingip.port_id'), port('web-1'));
    assert.equal((await act(caller, 'web-1', remove(first))).status, 202);
    assert.equal((await caller.cmp('GET', `/os-floating-ips/${id}`)).at('floating_ip.instance_id'), null);
    const gone = await caller.cmp('DELETE', `/os-floating-ips/${id}`);
    assert.deepEqual([gone.status, gone.text], [202, '']);
    assertNova(await caller.cmp('GET', `/os-floating-ips/${id}`), 404, 'itemNotFound', false);
    assertUnmarked(caller);
  });
});

test('the server shows a floating address a read later than it was added', async () => {
  await play({}, async (caller) => {
    await allocate(caller);
    await act(caller, 'web-1', add(first));
    const ips = async () => (await caller.cmp('GET', `/servers/${server('web-1')}/ips`)).at('addresses.private') as unknown[];
    assert.deepEqual([(await ips()).length, (await ips()).length], [1, 2]);
    const shown = (await caller.cmp('GET', `/servers/${server('web-1')}`)).at('server.addresses.private.1') as Readonly<
      Record<string, unknown>
    >;
    assert.deepEqual([shown.addr, shown['OS-EXT-IPS:type']], [first, 'floating']);
    await act(caller, 'web-1', remove(first));
    assert.equal((await ips()).length, 1);
    assertUnmarked(caller);
  });
});

test('allocation: quota 403, unknown and empty pools 404, the default pool is nova', async () => {
  await play({ knobs: { floatingQuota: 1 } }, async (caller) => {
    assertNova(await allocate(caller, { pool: 'nonsense' }), 404, 'itemNotFound', false);
    assert.equal((await allocate(caller, { pool: publicNetwork })).status, 200);
    assertNova(await allocate(caller), 403, 'forbidden', false);
    for (const body of [{}, { pool: null }, undefined])
      assertNova(await caller.cmp('POST', '/os-floating-ips', body), 404, 'itemNotFound', true);
    for (const body of [{ pool: 1 }, { pool: 'public', count: 2 }, '{']) assertNova(await allocate(caller, body), 400, 'badRequest', true);
    const typed = await caller.cmp('POST', '/os-floating-ips', '<pool/>', { 'content-type': 'application/xml' });
    assertNova(typed, 415, 'badMediaType', true);
  });
  const full = (cloud: OpenStackCloud) => {
    cloud.subnets = cloud.subnets.map((one) =>
      one.name === 'public-subnet' ? { ...one, pool: { first: '203.0.113.2', last: '203.0.113.3' } } : one,
    );
  };
  await play({ seed: full }, async (caller) => assertNova(await allocate(caller), 404, 'itemNotFound', false));
});

test('a pool that is called nova is the default, and still worth naming', async () => {
  const renamed = (cloud: OpenStackCloud) => {
    cloud.networks = cloud.networks.map((one) => (one.external ? { ...one, name: 'nova' } : one));
  };
  await play({ seed: renamed }, async (caller) => {
    const made = await allocate(caller, {});
    assert.deepEqual([made.status, made.at('floating_ip.pool'), made.mark !== null], [200, 'nova', true]);
  });
});

const actions: readonly (readonly [string, string, unknown, number, string, boolean])[] = [
  ['a server being built', 'worker-1', add(first), 409, 'conflictingRequest', false],
  ['an unknown address', 'web-1', add('203.0.113.99'), 404, 'itemNotFound', false],
  ["a fixed address that is not the server's", 'web-1', add(first, '192.168.1.12'), 400, 'badRequest', false],
  ['a network no router reaches', 'worker-2', add(first), 400, 'badRequest', false],
  ['removing from a server that has it not', 'web-2', remove(first), 409, 'conflictingRequest', false],
  ['removing an unknown address', 'web-1', remove('203.0.113.99'), 404, 'itemNotFound', false],
  ['a server that is not there', 'ghost', add(first), 404, 'itemNotFound', false],
  ['no address', 'web-1', { addFloatingIp: {} }, 400, 'badRequest', true],
  ['an id for the address', 'web-1', add(nobody), 400, 'badRequest', true],
  ['a malformed fixed address', 'web-1', add(first, 'eth0'), 400, 'badRequest', true],
  ['a further field', 'web-1', { addFloatingIp: { address: first, pool: 'public' } }, 400, 'badRequest', true],
  ['fixed_address on removal', 'web-1', { removeFloatingIp: { address: first, fixed_address: '192.168.1.11' } }, 400, 'badRequest', true],
  ['no object', 'web-1', { addFloatingIp: first }, 400, 'badRequest', true],
  ['two actions', 'web-1', { ...add(first), ...remove(first) }, 400, 'badRequest', true],
  ['an unknown action', 'web-1', { reboot: { type: 'HARD' } }, 400, 'badRequest', true],
  ['no body', 'web-1', undefined, 400, 'badRequest', true],
];
for (const [name, target, body, status, code, marked] of actions) {
  test(`action refuses ${name}: ${status}`, async () => {
    await play({}, async (caller) => {
      await allocate(caller);
      assertNova(await act(caller, target, body), status, code, marked);
    });
  });
}

test('a server without ports, or without IPv4, takes no floating address', async () => {
  const bare = (cloud: OpenStackCloud) => {
    setFixedIps(cloud, 'web-1', ['2001:db8::11']);
    cloud.ports = cloud.ports.filter((one) => one.id !== port('web-2'));
  };
  await play({ seed: bare }, async (caller) => {
    await allocate(caller);
    for (const name of ['web-1', 'web-2']) assertNova(await act(caller, name, add(first)), 400, 'badRequest', false);
  });
});

test('adding a bound address moves it in silence under Neutron, which is marked, and is a 400 under nova-network', async () => {
  await play({}, async (caller) => {
    await allocate(caller);
    await act(caller, 'web-1', add(first));
    assert.equal((await act(caller, 'web-1', add(first))).status, 202, 'the same again');
    assertUnmarked(caller);
    assertNova(await act(caller, 'web-2', remove(first)), 409, 'conflictingRequest', false);
    const moved = await act(caller, 'web-2', add(first));
    assert.deepEqual([moved.status, moved.mark !== null], [202, true]);
    assert.equal((await caller.cmp('GET', '/os-floating-ips')).at('floating_ips.0.instance_id'), server('web-2'));
    await allocate(caller);
    assertNova(await act(caller, 'web-2', add('203.0.113.11')), 400, 'badRequest', false);
  });
  await play({ knobs: { integerIds: true } }, async (caller) => {
    await allocate(caller);
    await act(caller, 'web-1', add(first));
    assertNova(await act(caller, 'web-2', add(first)), 400, 'badRequest', false);
  });
});

test('several fixed addresses and none named: the first is taken, and marked', async () => {
  const seed = (cloud: OpenStackCloud) => setFixedIps(cloud, 'web-1', ['192.168.1.11', '192.168.1.13']);
  await play({ seed }, async (caller) => {
    await allocate(caller);
    await allocate(caller);
    const silent = await act(caller, 'web-1', add(first));
    assert.deepEqual([silent.status, silent.mark !== null], [202, true]);
    assert.equal((await caller.cmp('GET', '/os-floating-ips')).at('floating_ips.0.fixed_ip'), '192.168.1.11');
    const named = await act(caller, 'web-1', add('203.0.113.11', '192.168.1.13'));
    assert.deepEqual([named.status, named.mark], [202, null]);
  });
});

test('ids are UUIDs over Neutron and integers over nova-network; malformed ones are a 400 and marked', async () => {
  await play({}, async (caller) => {
    await allocate(caller);
    assertNova(await caller.cmp('GET', `/os-floating-ips/${nobody}`), 404, 'itemNotFound', false);
    assertNova(await caller.cmp('DELETE', `/os-floating-ips/${nobody}`), 404, 'itemNotFound', false);
    for (const id of ['1', first]) assertNova(await caller.cmp('GET', `/os-floating-ips/${id}`), 400, 'badRequest', true);
  });
  await play({ knobs: { integerIds: true } }, async (caller) => {
    assert.equal((await allocate(caller)).at('floating_ip.id'), 1);
    assert.equal((await allocate(caller)).at('floating_ip.id'), 2);
    assert.equal((await caller.cmp('GET', '/os-floating-ips/2')).at('floating_ip.ip'), '203.0.113.11');
    assert.equal((await caller.cmp('DELETE', '/os-floating-ips/2')).status, 202);
    assertNova(await caller.cmp('GET', '/os-floating-ips/2'), 404, 'itemNotFound', false);
    assertUnmarked(caller);
    assertNova(await caller.cmp('GET', `/os-floating-ips/${nobody}`), 400, 'badRequest', true);
  });
});

test('delete disassociates first, and stops at port forwardings', async () => {
  await play({}, async (caller) => {
    const bound = (await allocate(caller)).id('floating_ip.id');
    await act(caller, 'web-1', add(first));
    assert.equal((await caller.cmp('DELETE', `/os-floating-ips/${bound}`)).status, 202);
    const id = (await allocate(caller)).id('floating_ip.id');
    const target = { internal_ip_address: '192.168.1.11', internal_port_id: port('web-1') };
    await caller.net('POST', `/floatingips/${id}/port_forwardings`, {
      port_forwarding: { protocol: 'tcp', external_port: 80, internal_port: 80, ...target },
    });
    assertNova(await caller.cmp('DELETE', `/os-floating-ips/${id}`), 409, 'conflictingRequest', false);
    assertUnmarked(caller);
  });
});

test('microversions: the ceilings of the legacy calls, and what lies outside the range', async () => {
  const modern = (version: string) => ({ 'openstack-api-version': `compute ${version}` });
  await play({}, async (caller) => {
    await allocate(caller);
    const floating = (headers: Readonly<Record<string, string>>) => caller.cmp('GET', '/os-floating-ips', undefined, headers);
    const action = (headers: Readonly<Record<string, string>>) =>
      caller.cmp('POST', `/servers/${server('web-1')}/action`, add(first), headers);
    for (const headers of [
      {},
      modern('2.1'),
      modern('2.35'),
      { 'openstack-api-version': 'network 2.0, compute 2.35' },
      { 'x-openstack-nova-api-version': '2.35' },
    ]) {
      assert.equal((await floating(headers)).status, 200);
      assert.equal((await caller.cmp('GET', '/os-floating-ip-pools', undefined, headers)).status, 200);
    }
    assert.equal((await action(modern('2.43'))).status, 202);
    const servers = await caller.cmp('GET', '/servers', undefined, modern('latest'));
    assert.deepEqual([servers.status, servers.headers['openstack-api-version']], [200, 'compute 2.96']);
    assert.equal((await floating({})).headers['x-openstack-nova-api-version'], '2.1');
    for (const version of ['1.0', '2.0', '2.97', '3.1']) {
      const outside = await floating(modern(version));
      assertNova(outside, 406, 'computeFault', false);
      assert.match(outside.id('computeFault.message'), /2\.1 .*2\.96/);
    }
    assertUnmarked(caller);
    for (const headers of [modern('2.36'), modern('latest'), { 'x-openstack-nova-api-version': '2.36' }]) {
      assertNova(await floating(headers), 404, 'itemNotFound', true);
      assertNova(await caller.cmp('GET', '/os-floating-ip-pools', undefined, headers), 404, 'itemNotFound', true);
    }
    assertNova(await action(modern('2.44')), 404, 'itemNotFound', true);
    assertNova(await floating(modern('new')), 400, 'badRequest', true);
  });
});

test('the range is told without a token', async () => {
  await play({}, async (caller) => {
    for (const path of ['/compute/v2.1', '/compute/v2.1/']) {
      const heard = await caller.call('GET', path);
      assert.deepEqual([heard.status, heard.at('version.min_version'), heard.at('version.version')], [200, '2.1', '2.96']);
    }
    assertUnmarked(caller);
    assertNova(await caller.call('POST', '/compute/v2.1'), 405, 'badMethod', true);
  });
});

test('legacy paths, methods and parameters that do not exist', async () => {
  await play({}, async (caller) => {
    assertNova(await caller.cmp('PUT', '/os-floating-ips'), 405, 'badMethod', true);
    assertNova(await caller.cmp('PUT', `/os-floating-ips/${nobody}`), 405, 'badMethod', true);
    assertNova(await caller.cmp('POST', '/os-floating-ip-pools'), 405, 'badMethod', true);
    assertNova(await caller.cmp('GET', `/os-floating-ips/${nobody}/more`), 404, 'itemNotFound', true);
    assertNova(await caller.cmp('GET', '/os-floating-ip-pools/public'), 404, 'itemNotFound', true);
    for (const path of ['/os-floating-ips?limit=1', '/os-floating-ip-pools?name=public']) {
      const heard = await caller.cmp('GET', path);
      assert.deepEqual([heard.status, heard.mark !== null], [200, true]);
    }
  });
});
