import assert from 'node:assert/strict';
import { test } from 'node:test';
import { uuid } from '../../src/sandbox/cloud.js';
import type { OpenStackCloud } from '../../src/sandbox/dialects/openstack/cloud.js';
import {
  allocate,
  appSubnet,
  assertRefused,
  assertUnmarked,
  nobody,
  play,
  port,
  post,
  privateNetwork,
  publicNetwork,
  setFixedIps,
  show,
  web1,
  web2,
} from './openstack-caller.js';

const poolSubnet = uuid('subnet/public-subnet');

/** An external network of its own: no subnet, an IPv6 one only, or a pool of one address. */
function addExternal(cloud: OpenStackCloud, name: string, subnet?: 4 | 6): void {
  const [network] = cloud.networks;
  const [pool] = cloud.subnets;
  assert.ok(network && pool);
  cloud.networks.push({ ...network, id: uuid(`network/${name}`), name, isDefault: false });
  if (subnet === undefined) return;
  const shared = { ...pool, id: uuid(`subnet/${name}`), network: uuid(`network/${name}`), version: subnet };
  cloud.subnets.push(
    subnet === 6
      ? { ...shared, cidr: '2001:db8::/64', gateway: '2001:db8::1', pool: null }
      : { ...shared, cidr: '198.51.100.0/24', gateway: '198.51.100.1', pool: { first: '198.51.100.10', last: '198.51.100.10' } },
  );
}

const scenery = (cloud: OpenStackCloud): void => {
  addExternal(cloud, 'v6', 6);
  addExternal(cloud, 'small', 4);
  setFixedIps(cloud, 'web-2', ['192.168.1.12', '192.168.1.13']);
};

test('addresses come lowest first, and come back when released', async () => {
  await play({}, async (caller) => {
    const first = await allocate(caller);
    const second = await post(caller, { floating_network_id: publicNetwork, subnet_id: poolSubnet });
    assert.equal(second.at('floatingip.floating_ip_address'), '203.0.113.11');
    await caller.net('DELETE', `/floatingips/${first}`);
    const third = await post(caller, { floating_network_id: publicNetwork });
    assert.equal(third.at('floatingip.floating_ip_address'), '203.0.113.10');
    assert.notEqual(third.at('floatingip.id'), first);
    assertUnmarked(caller);
  });
});

test('one call allocates and associates, or does neither', async () => {
  await play({}, async (caller) => {
    const made = await post(caller, { floating_network_id: publicNetwork, ...web1 });
    assert.deepEqual(
      [made.status, made.at('floatingip.port_id'), made.at('floatingip.fixed_ip_address'), made.at('floatingip.status')],
      [201, web1.port_id, web1.fixed_ip_address, 'DOWN'],
    );
    const taken = await post(caller, { floating_network_id: publicNetwork, ...web1 });
    assertRefused(taken, 409, 'FloatingIPPortAlreadyAssociated', false);
    assert.equal(((await caller.net('GET', '/floatingips')).at('floatingips') as unknown[]).length, 1);
    const next = await post(caller, { floating_network_id: publicNetwork, port_id: web2.port_id });
    assert.deepEqual([next.at('floatingip.floating_ip_address'), next.at('floatingip.fixed_ip_address')], ['203.0.113.11', '192.168.1.12']);
    assertUnmarked(caller);
  });
});

const refusedPosts: readonly (readonly [string, unknown, number, string, boolean])[] = [
  ['a network that is not external', { floating_network_id: privateNetwork }, 400, 'BadRequest', false],
  ['a network without IPv4', { floating_network_id: uuid('network/v6') }, 400, 'BadRequest', false],
  ['an unknown network', { floating_network_id: nobody }, 404, 'NetworkNotFound', false],
  ['an unknown subnet', { floating_network_id: publicNetwork, subnet_id: nobody }, 404, 'SubnetNotFound', false],
  ['a subnet of another network', { floating_network_id: publicNetwork, subnet_id: appSubnet }, 400, 'BadRequest', false],
  ['an unknown port', { floating_network_id: publicNetwork, port_id: nobody }, 404, 'PortNotFound', false],
  ['a port of another project', { floating_network_id: publicNetwork, port_id: port('other-1') }, 400, 'BadRequest', false],
  ['a DHCP port', { floating_network_id: publicNetwork, port_id: port('dhcp') }, 400, 'BadRequest', true],
  [
    'an address that is not on the port',
    { floating_network_id: publicNetwork, ...web1, fixed_ip_address: '192.168.1.99' },
    400,
    'BadRequest',
    false,
  ],
  ['a fixed address without port', { floating_network_id: publicNetwork, fixed_ip_address: '192.168.1.11' }, 400, 'BadRequest', true],
  ['an IPv6 fixed address', { floating_network_id: publicNetwork, ...web1, fixed_ip_address: '2001:db8::11' }, 400, 'BadRequest', true],
  ['a port with two addresses and none named', { floating_network_id: publicNetwork, port_id: port('web-2') }, 400, 'BadRequest', true],
  [
    'a subnet no router reaches',
    { floating_network_id: publicNetwork, port_id: port('worker-2') },
    404,
    'ExternalGatewayForFloatingIPNotFound',
    false,
  ],
  ['a pool no router reaches', { floating_network_id: uuid('network/small'), ...web1 }, 404, 'ExternalGatewayForFloatingIPNotFound', false],
  ['a chosen address', { floating_network_id: publicNetwork, floating_ip_address: '203.0.113.50' }, 403, 'PolicyNotAuthorized', false],
  ['another project', { floating_network_id: publicNetwork, project_id: nobody }, 403, 'PolicyNotAuthorized', false],
  ['two projects', { floating_network_id: publicNetwork, project_id: nobody, tenant_id: 'x' }, 400, 'HTTPBadRequest', true],
  ['no network', { description: 'x' }, 400, 'HTTPBadRequest', true],
  ['null for the network', { floating_network_id: null }, 400, 'HTTPBadRequest', true],
  ['a name for the network', { floating_network_id: 'public' }, 400, 'HTTPBadRequest', true],
  ['a malformed port id', { floating_network_id: publicNetwork, port_id: 'web-1' }, 400, 'HTTPBadRequest', true],
  [
    'a malformed address',
    { floating_network_id: publicNetwork, port_id: port('web-1'), fixed_ip_address: '10.1' },
    400,
    'HTTPBadRequest',
    true,
  ],
  ['an unknown attribute', { floating_network_id: publicNetwork, color: 'red' }, 400, 'HTTPBadRequest', true],
  ['tags in the body', { floating_network_id: publicNetwork, tags: ['a'] }, 400, 'HTTPBadRequest', true],
  ['a read-only attribute', { floating_network_id: publicNetwork, status: 'ACTIVE' }, 400, 'HTTPBadRequest', true],
  [
    'an attribute of an extension that is not here',
    { floating_network_id: publicNetwork, distributed: false },
    400,
    'HTTPBadRequest',
    false,
  ],
  ['a description that is too long', { floating_network_id: publicNetwork, description: 'x'.repeat(256) }, 400, 'HTTPBadRequest', true],
];
for (const [name, attributes, status, type, marked] of refusedPosts) {
  test(`allocate refuses ${name}: ${status} ${type}`, async () => {
    await play({ seed: scenery }, async (caller) => {
      assertRefused(await post(caller, attributes), status, type, marked);
      assert.deepEqual((await caller.net('GET', '/floatingips')).at('floatingips'), []);
    });
  });
}

test('allocate refuses a body that is missing, broken or rooted elsewhere', async () => {
  await play({}, async (caller) => {
    for (const body of [
      undefined,
      '{"floatingip":',
      '[]',
      { port: {} },
      { floatingip: [] },
      { floatingip: { floating_network_id: publicNetwork }, extra: 1 },
    ]) {
      assertRefused(await caller.net('POST', '/floatingips', body), 400, 'HTTPBadRequest', true);
    }
  });
});

test('a null that could have been left out is accepted on allocation, and marked', async () => {
  await play({}, async (caller) => {
    const made = await post(caller, { floating_network_id: publicNetwork, port_id: null });
    assert.deepEqual([made.status, made.mark !== null], [201, true]);
  });
});

test('a port without IPv4 is refused', async () => {
  const seed = (cloud: OpenStackCloud) => setFixedIps(cloud, 'web-1', ['2001:db8::11']);
  await play({ seed }, async (caller) => {
    assertRefused(await post(caller, { floating_network_id: publicNetwork, port_id: port('web-1') }), 400, 'BadRequest', false);
  });
});

test('an empty pool is 409, or 400 on clouds that allocate nothing in silence', async () => {
  const small = { floating_network_id: uuid('network/small') };
  for (const [knobs, status, type] of [
    [{}, 409, 'IpAddressGenerationFailure'],
    [{ externalIpAddressExhausted: true }, 400, 'ExternalIpAddressExhausted'],
  ] as const) {
    await play({ knobs, seed: scenery }, async (caller) => {
      assert.equal((await post(caller, small)).at('floatingip.floating_ip_address'), '198.51.100.10');
      assertRefused(await post(caller, small), status, type, false);
      assertUnmarked(caller);
    });
  }
});

test('the quota is looked at before the network; -1 is no quota', async () => {
  await play({ knobs: { floatingQuota: 0 } }, async (caller) => {
    assertRefused(await post(caller, { floating_network_id: nobody }), 409, 'OverQuota', false);
  });
  await play({ knobs: { floatingQuota: -1 } }, async (caller) => void (await allocate(caller)));
});

test('administrators choose the address and the project', async () => {
  await play({ seed: scenery }, async (caller) => {
    const admin = caller.as('admin');
    const wish = (address: string, more: object = {}) =>
      post(admin, { floating_network_id: publicNetwork, floating_ip_address: address, ...more });
    const made = await wish('203.0.113.250', { project_id: await caller.project() });
    assert.deepEqual([made.status, made.at('floatingip.floating_ip_address')], [201, '203.0.113.250']);
    assert.equal((await show(caller, made.id('floatingip.id'))).status, 200);
    assertRefused(await wish('203.0.113.250'), 409, 'IpAddressAlreadyAllocated', false);
    assertRefused(await wish('203.0.113.2'), 409, 'IpAddressAlreadyAllocated', false);
    assertRefused(await wish('192.0.2.1'), 400, 'InvalidIpForNetwork', false);
    assertRefused(await wish('192.0.2.1', { subnet_id: poolSubnet }), 400, 'InvalidIpForSubnet', false);
    assertRefused(await wish('2001:db8::1'), 400, 'BadRequest', false);
    assertUnmarked(caller);
  });
});
