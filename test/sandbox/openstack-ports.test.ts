import assert from 'node:assert/strict';
import { test } from 'node:test';
import { uuid } from '../../src/sandbox/cloud.js';
import type { OpenStackCloud } from '../../src/sandbox/dialects/openstack/cloud.js';
import {
  appSubnet,
  assertRefused,
  assertUnmarked,
  type Caller,
  nobody,
  play,
  port,
  privateNetwork,
  publicNetwork,
  server,
} from './openstack-caller.js';

const post = (caller: Caller, attributes: unknown) => caller.net('POST', '/ports', { port: attributes });
const put = (caller: Caller, id: string, attributes: unknown, revision?: number) =>
  caller.net('PUT', `/ports/${id}`, { port: attributes }, revision === undefined ? {} : { 'if-match': `revision_number=${revision}` });
const at = (address: string) => ({ subnet_id: appSubnet, ip_address: address });
const wide = uuid('network/wide');
const wideSubnet = uuid('subnet/wide');

/** A network of the administrator that everybody may use, and an IPv6 subnet whose hosts form their own addresses. */
function shareNetwork(cloud: OpenStackCloud): void {
  const [network] = cloud.networks;
  const app = cloud.subnets.find((one) => one.id === appSubnet);
  assert.ok(network && app);
  cloud.networks.push({ ...network, id: wide, name: 'wide', external: false, shared: true });
  const pool = { first: '10.40.0.10', last: '10.40.0.11' };
  cloud.subnets.push({
    ...app,
    id: wideSubnet,
    name: 'wide',
    network: wide,
    project: network.project,
    cidr: '10.40.0.0/24',
    gateway: '10.40.0.1',
    pool,
  });
  cloud.subnets.push({
    ...app,
    id: uuid('subnet/v6'),
    name: 'v6',
    version: 6,
    cidr: '2001:db8::/64',
    gateway: null,
    pool: null,
    addressMode: 'slaac',
  });
}

test("the owner of the network sees its servers' ports and those of its services, whole", async () => {
  await play({}, async (caller) => {
    const heard = await caller.net('GET', `/ports?network_id=${privateNetwork}`);
    const owners = (heard.at('ports') as Readonly<Record<string, string>>[]).map((one) => [one.name, one.device_owner]);
    assert.deepEqual(owners, [
      ['web-1', 'compute:nova'],
      ['web-2', 'compute:nova'],
      ['dhcp', 'network:dhcp'],
      ['router', 'network:router_interface'],
    ]);
    const project = await caller.project();
    const shown = await caller.net('GET', `/ports/${port('web-1')}`);
    assert.deepEqual(shown.json, {
      port: {
        id: port('web-1'),
        name: 'web-1',
        network_id: privateNetwork,
        status: 'ACTIVE',
        admin_state_up: true,
        mac_address: shown.at('port.mac_address'),
        device_id: server('web-1'),
        device_owner: 'compute:nova',
        fixed_ips: [{ subnet_id: appSubnet, ip_address: '192.168.1.11' }],
        allowed_address_pairs: [],
        security_groups: shown.at('port.security_groups'),
        project_id: project,
        tenant_id: project,
        description: '',
        tags: [],
        created_at: '2026-01-15T10:00:00Z',
        updated_at: '2026-01-15T10:00:00Z',
        revision_number: 1,
      },
    });
    assert.match(shown.id('port.mac_address'), /^fa:16:3e(:[0-9a-f]{2}){3}$/);
    assertUnmarked(caller);
  });
});

test('a port reserves an address: the next one, a chosen one, several, or none', async () => {
  await play({}, async (caller) => {
    const addresses = async (attributes: object) => {
      const made = await post(caller, { network_id: privateNetwork, ...attributes });
      assert.equal(made.status, 201, made.text);
      assert.deepEqual([made.at('port.device_id'), made.at('port.device_owner'), made.at('port.status')], ['', '', 'DOWN']);
      return (made.at('port.fixed_ips') as Readonly<Record<string, string>>[]).map((one) => one.ip_address);
    };
    assert.deepEqual(await addresses({}), ['192.168.1.10']);
    assert.deepEqual(await addresses({ fixed_ips: [{ subnet_id: appSubnet }] }), ['192.168.1.13']);
    assert.deepEqual(await addresses({ name: 'reserved', description: 'mine', fixed_ips: [at('192.168.1.17')] }), ['192.168.1.17']);
    assert.deepEqual(await addresses({ fixed_ips: [{ ip_address: '192.168.1.200' }] }), ['192.168.1.200']);
    assert.deepEqual(await addresses({ fixed_ips: [{ subnet_id: appSubnet }, { subnet_id: appSubnet }] }), [
      '192.168.1.14',
      '192.168.1.15',
    ]);
    assert.deepEqual(await addresses({ fixed_ips: [] }), []);
    const named = await caller.net('GET', '/ports?name=reserved');
    assert.equal(named.at('ports.0.description'), 'mine');
    assertUnmarked(caller);
  });
});

test('exactly 64 addresses of app are free', async () => {
  await play({}, async (caller) => {
    for (let count = 0; count < 64; count += 1) assert.equal((await post(caller, { network_id: privateNetwork })).status, 201);
    assertRefused(await post(caller, { network_id: privateNetwork }), 409, 'IpAddressGenerationFailure', false);
  });
});

const refusedPosts: readonly (readonly [string, unknown, number, string, boolean])[] = [
  ['an unknown network', { network_id: nobody }, 404, 'NetworkNotFound', false],
  ['a network of another project', { network_id: uuid('network/other-private') }, 404, 'NetworkNotFound', false],
  ['the external network', { network_id: publicNetwork }, 403, 'PolicyNotAuthorized', false],
  ['another project', { network_id: privateNetwork, project_id: nobody }, 403, 'PolicyNotAuthorized', false],
  ['an unknown subnet', { network_id: privateNetwork, fixed_ips: [{ subnet_id: nobody }] }, 404, 'SubnetNotFound', false],
  ['a subnet of another network', { network_id: privateNetwork, fixed_ips: [{ subnet_id: uuid('subnet/db') }] }, 400, 'BadRequest', false],
  [
    'an address outside the network',
    { network_id: privateNetwork, fixed_ips: [{ ip_address: '10.20.0.50' }] },
    400,
    'InvalidIpForNetwork',
    false,
  ],
  ['an address outside the subnet', { network_id: privateNetwork, fixed_ips: [at('10.20.0.50')] }, 400, 'InvalidIpForSubnet', false],
  ['the address of the subnet itself', { network_id: privateNetwork, fixed_ips: [at('192.168.1.0')] }, 400, 'InvalidIpForSubnet', false],
  ['the broadcast address', { network_id: privateNetwork, fixed_ips: [at('192.168.1.255')] }, 400, 'InvalidIpForSubnet', false],
  ['an address that is taken', { network_id: privateNetwork, fixed_ips: [at('192.168.1.11')] }, 409, 'IpAddressAlreadyAllocated', false],
  [
    'an address twice',
    { network_id: privateNetwork, fixed_ips: [at('192.168.1.20'), at('192.168.1.20')] },
    409,
    'IpAddressAlreadyAllocated',
    false,
  ],
  ['the address of the router', { network_id: privateNetwork, fixed_ips: [at('192.168.1.1')] }, 409, 'IpAddressAlreadyAllocated', false],
  [
    'a chosen address where hosts form their own',
    { network_id: privateNetwork, fixed_ips: [{ ip_address: '2001:db8::5' }] },
    400,
    'AllocationOnAutoAddressSubnet',
    false,
  ],
  [
    'a chosen address on a shared network',
    { network_id: wide, fixed_ips: [{ ip_address: '10.40.0.10' }] },
    403,
    'PolicyNotAuthorized',
    false,
  ],
  ['no network', { name: 'x' }, 400, 'HTTPBadRequest', true],
  ['a name for the network', { network_id: 'private' }, 400, 'HTTPBadRequest', true],
  ['a name for the subnet', { network_id: privateNetwork, fixed_ips: [{ subnet_id: 'app' }] }, 400, 'HTTPBadRequest', true],
  ['a malformed address', { network_id: privateNetwork, fixed_ips: [{ ip_address: '192.168.1' }] }, 400, 'HTTPBadRequest', true],
  ['an unknown part of a fixed address', { network_id: privateNetwork, fixed_ips: [{ subnet: appSubnet }] }, 400, 'HTTPBadRequest', true],
  ['an empty fixed address', { network_id: privateNetwork, fixed_ips: [{}] }, 400, 'HTTPBadRequest', true],
  ['fixed addresses of a wrong type', { network_id: privateNetwork, fixed_ips: '192.168.1.20' }, 400, 'HTTPBadRequest', true],
  ['a read-only attribute', { network_id: privateNetwork, status: 'ACTIVE' }, 400, 'HTTPBadRequest', true],
  ['tags in the body', { network_id: privateNetwork, tags: ['a'] }, 400, 'HTTPBadRequest', true],
  ['an unknown attribute', { network_id: privateNetwork, color: 'red' }, 400, 'HTTPBadRequest', true],
  ['a malformed MAC address', { network_id: privateNetwork, mac_address: 'x' }, 400, 'HTTPBadRequest', true],
  ['a switch of a wrong type', { network_id: privateNetwork, admin_state_up: 'yes' }, 400, 'HTTPBadRequest', true],
  [
    'an attribute of an extension that is not here',
    { network_id: privateNetwork, port_security_enabled: false },
    400,
    'HTTPBadRequest',
    false,
  ],
];
for (const [name, attributes, status, type, marked] of refusedPosts) {
  test(`create refuses ${name}: ${status} ${type}`, async () => {
    await play({ seed: shareNetwork }, async (caller) => assertRefused(await post(caller, attributes), status, type, marked));
  });
}

test('a shared network: a subnet may be named, the address not, and no update of addresses', async () => {
  await play({ seed: shareNetwork }, async (caller) => {
    const made = await post(caller, { network_id: wide, fixed_ips: [{ subnet_id: wideSubnet }] });
    assert.deepEqual([made.status, made.at('port.fixed_ips.0.ip_address')], [201, '10.40.0.10']);
    const id = made.id('port.id');
    assertRefused(await put(caller, id, { fixed_ips: [{ subnet_id: wideSubnet }] }, 1), 403, 'PolicyNotAuthorized', false);
    assert.equal((await put(caller, id, { name: 'renamed' })).at('port.name'), 'renamed');
    assertRefused(await put(caller, id, { mac_address: 'fa:16:3e:00:00:01' }), 403, 'PolicyNotAuthorized', false);
    assertUnmarked(caller);
  });
});

test('the port quota', async () => {
  await play({ knobs: { portQuota: 6 } }, async (caller) => {
    assert.equal((await post(caller, { network_id: privateNetwork })).status, 201);
    assertRefused(await post(caller, { network_id: privateNetwork }), 409, 'OverQuota', false);
  });
});

test('fixed_ips replaces the whole list: dropping addresses without If-Match is marked', async () => {
  await play({}, async (caller) => {
    const id = port('web-1');
    const list = async (fixedIps: unknown, revision?: number) => {
      const heard = await put(caller, id, { fixed_ips: fixedIps }, revision);
      assert.equal(heard.status, 200, heard.text);
      const addresses = (heard.at('port.fixed_ips') as Readonly<Record<string, string>>[]).map((one) => one.ip_address);
      return [addresses, heard.at('port.revision_number'), heard.mark !== null];
    };
    assert.deepEqual(await list([at('192.168.1.11'), { subnet_id: appSubnet }], 1), [['192.168.1.11', '192.168.1.10'], 2, false]);
    assert.deepEqual(await list([at('192.168.1.11'), at('192.168.1.10'), { ip_address: '192.168.1.17' }]), [
      ['192.168.1.11', '192.168.1.10', '192.168.1.17'],
      3,
      false,
    ]);
    assert.deepEqual(await list([at('192.168.1.11'), { ip_address: '192.168.1.17' }], 3), [['192.168.1.11', '192.168.1.17'], 4, false]);
    assert.deepEqual(await list([at('192.168.1.11'), at('192.168.1.17')]), [['192.168.1.11', '192.168.1.17'], 4, false]);
    assert.deepEqual(await list([at('192.168.1.11')]), [['192.168.1.11'], 5, true]);
    assertRefused(await put(caller, id, { fixed_ips: [] }, 1), 412, 'RevisionNumberConstraintFailed', false);
    assertRefused(
      await put(caller, id, { fixed_ips: [at('192.168.1.11'), at('192.168.1.12')] }, 5),
      409,
      'IpAddressAlreadyAllocated',
      false,
    );
    assertRefused(
      await put(caller, id, { fixed_ips: [at('192.168.1.11'), at('192.168.1.11')] }, 5),
      409,
      'IpAddressAlreadyAllocated',
      false,
    );
    assertRefused(await put(caller, id, { network_id: privateNetwork }), 400, 'HTTPBadRequest', true);
    assertRefused(await put(caller, nobody, { name: 'x' }), 404, 'PortNotFound', false);
    const routed = await put(caller, port('router'), { fixed_ips: [at('192.168.1.1'), { subnet_id: appSubnet }] });
    assert.deepEqual([routed.status, routed.mark !== null], [200, true]);
  });
});

test('an address that a floating address leads to cannot leave its port', async () => {
  await play({}, async (caller) => {
    const id = port('web-1');
    await put(caller, id, { fixed_ips: [at('192.168.1.11'), at('192.168.1.17')] });
    await caller.net('POST', '/floatingips', {
      floatingip: { floating_network_id: publicNetwork, port_id: id, fixed_ip_address: '192.168.1.17' },
    });
    assertRefused(await put(caller, id, { fixed_ips: [at('192.168.1.11')] }, 2), 400, 'BadRequest', false);
    assert.equal((await put(caller, id, { fixed_ips: [at('192.168.1.17')] }, 2)).status, 200);
    assertUnmarked(caller);
  });
});

test('deleting an unattached port frees its address; one in use is marked unless If-Match was sent', async () => {
  await play({}, async (caller) => {
    const made = await post(caller, { network_id: privateNetwork, fixed_ips: [at('192.168.1.17')] });
    const gone = await caller.net('DELETE', `/ports/${made.id('port.id')}`);
    assert.deepEqual([gone.status, gone.text, gone.mark], [204, '', null]);
    assertRefused(await caller.net('DELETE', `/ports/${made.id('port.id')}`), 404, 'PortNotFound', false);
    assert.equal((await post(caller, { network_id: privateNetwork, fixed_ips: [at('192.168.1.17')] })).status, 201);
    const stale = await caller.net('DELETE', `/ports/${port('web-2')}`, undefined, { 'if-match': 'revision_number=9' });
    assertRefused(stale, 412, 'RevisionNumberConstraintFailed', false);
    assert.equal((await caller.net('DELETE', `/ports/${port('web-2')}`, undefined, { 'if-match': 'revision_number=1' })).status, 204);
    assertUnmarked(caller);
    const blind = await caller.net('DELETE', `/ports/${port('web-1')}`);
    assert.deepEqual([blind.status, blind.mark !== null], [204, true]);
    assert.deepEqual((await caller.cmp('GET', `/servers/${server('web-1')}`)).at('server.addresses'), {});
    assertRefused(await caller.net('DELETE', `/ports/${port('worker-2')}`, {}), 400, 'HTTPBadRequest', true);
  });
});

test('deleting a port keeps its floating addresses, unbound, and ends its forwardings', async () => {
  await play({}, async (caller) => {
    const bound = await caller.net('POST', '/floatingips', { floatingip: { floating_network_id: publicNetwork, port_id: port('web-1') } });
    const forwarding = await caller.net('POST', '/floatingips', { floatingip: { floating_network_id: publicNetwork } });
    const target = { internal_ip_address: '192.168.1.12', internal_port_id: port('web-2') };
    await caller.net('POST', `/floatingips/${forwarding.id('floatingip.id')}/port_forwardings`, {
      port_forwarding: { protocol: 'tcp', external_port: 80, internal_port: 80, ...target },
    });
    for (const name of ['web-1', 'web-2'])
      await caller.net('DELETE', `/ports/${port(name)}`, undefined, { 'if-match': 'revision_number=1' });
    const freed = await caller.net('GET', `/floatingips/${bound.id('floatingip.id')}`);
    assert.deepEqual(
      ['port_id', 'fixed_ip_address', 'router_id', 'status', 'port_details', 'revision_number'].map((name) =>
        freed.at(`floatingip.${name}`),
      ),
      [null, null, null, 'DOWN', null, 1],
    );
    const ended = await caller.net('GET', `/floatingips/${forwarding.id('floatingip.id')}`);
    assert.deepEqual([ended.at('floatingip.port_forwardings'), ended.at('floatingip.router_id')], [[], null]);
    assertUnmarked(caller);
  });
});

test('the ports of the router and the DHCP server cannot be deleted', async () => {
  await play({}, async (caller) => {
    for (const name of ['dhcp', 'router'])
      assertRefused(await caller.net('DELETE', `/ports/${port(name)}`), 409, 'ServicePortInUse', false);
  });
});
