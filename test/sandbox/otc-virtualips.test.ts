/** Virtual IPs of the sandbox of Open Telekom Cloud: addresses that float between servers. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  APP,
  APP_NEUTRON,
  check,
  eip,
  type Json,
  NIC1,
  PROJECT,
  privateIp,
  ready,
  reserveBody,
  type Wire,
  type World,
  world,
} from './otc-caller.js';

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

const PORTS = '/vpc/v2.0/ports';

async function virtual(cloud: World, fields: Json = {}): Promise<Wire> {
  const made = await cloud.ask('POST', PORTS, { port: { network_id: APP, device_owner: 'neutron:VIP_PORT', ...fields } });
  assert.equal(made.status, 201, made.text);
  return made.json.port;
}

const pairing = (...pairs: readonly Json[]) => ({ port: { allowed_address_pairs: pairs } });

test('virtual IPs: a port of nobody, and a row of the private IP list', async (t) => {
  const cloud = await world(t);
  const { id, fixed_ips, device_id, device_owner, status, allowed_address_pairs } = await virtual(cloud, { name: 'vip-web' });
  assert.deepEqual([device_id, device_owner, status, allowed_address_pairs], ['', 'neutron:VIP_PORT', 'DOWN', []]);
  const [{ ip_address }] = fixed_ips;
  const list = (await cloud.ask('GET', `/vpc/v1/{P}/subnets/${APP}/privateips`)).json.privateips;
  assert.deepEqual(
    list.find((row: Json) => row.id === id),
    { status: 'DOWN', id, subnet_id: APP, tenant_id: PROJECT, device_owner: 'neutron:VIP_PORT', ip_address },
  );
  const found = await cloud.ask('GET', `${PORTS}?device_owner=neutron:VIP_PORT`);
  assert.deepEqual(
    found.json.ports.map((row: Json) => row.name),
    ['vip-web'],
  );
  await check(cloud, [['POST', '/vpc/v1/{P}/privateips', reserveBody(ip_address), 500, 'VPC.0701', 'clean']]);
});

test("virtual IPs: pairs are replaced as a whole; the hardware address is the port's own unless said", async (t) => {
  const cloud = await world(t);
  const vip = await virtual(cloud);
  const put = async (...pairs: readonly Json[]) => (await cloud.ask('PUT', `${PORTS}/${vip.id}`, pairing(...pairs))).json.port;
  const one = { ip_address: '192.168.1.11', mac_address: vip.mac_address };
  const other = { ip_address: '192.168.1.12', mac_address: 'fa:16:3e:00:00:01' };
  assert.deepEqual((await put({ ip_address: '192.168.1.11' })).allowed_address_pairs, [one]);
  assert.deepEqual((await put(one, other)).allowed_address_pairs, [one, other]);
  assert.deepEqual((await put(other)).allowed_address_pairs, [other]);
  const bound = await put(other);
  assert.equal(bound.status, 'DOWN', 'bound or not');
  assert.deepEqual((await put()).allowed_address_pairs, []);
  const nic = await cloud.ask('PUT', `${PORTS}/${NIC1}`, pairing({ ip_address: '1.1.1.1/0' }));
  assert.deepEqual(nic.json.port.allowed_address_pairs, [{ ip_address: '1.1.1.1/0', mac_address: nic.json.port.mac_address }]);
  const renamed = await cloud.ask('PUT', `${PORTS}/${NIC1}`, { port: { name: 'nic' } });
  assert.deepEqual(renamed.json.port.allowed_address_pairs, nic.json.port.allowed_address_pairs, 'no list, no change');
  assert.deepEqual(cloud.marks(), []);
});

test('virtual IPs: pairs that are refused change nothing', async (t) => {
  const cloud = await world(t);
  const vip = await virtual(cloud, { allowed_address_pairs: [{ ip_address: '192.168.1.11' }] });
  const rows: readonly unknown[] = [
    [{ ip_address: '0.0.0.0/0' }],
    [{ ip_address: '192.168.1.11' }, { ip_address: '0.0.0.0/0' }],
    [{ ip_address: '192.168.1.11/33' }],
    [{ ip_address: 'web-1' }],
    [{}],
    ['192.168.1.11'],
    { ip_address: '192.168.1.11' },
  ];
  for (const allowed_address_pairs of rows) {
    await check(cloud, [['PUT', `${PORTS}/${vip.id}`, { port: { allowed_address_pairs } }, 400, 'InvalidInput', 'marked']]);
  }
  assert.deepEqual((await cloud.ask('GET', `${PORTS}/${vip.id}`)).json.port.allowed_address_pairs, vip.allowed_address_pairs);
});

test('virtual IPs: one elastic IP each, and each elastic IP in front of one', async (t) => {
  const cloud = await world(t);
  const [vip, other] = [await virtual(cloud), await virtual(cloud)];
  const [first, second] = [await ready(cloud), await ready(cloud)];
  const to = (port: string) => ({ publicip: { port_id: port } });
  const bound = await cloud.ask('PUT', eip(first), to(vip.id));
  assert.deepEqual([bound.json.publicip.status, bound.json.publicip.private_ip_address], ['ACTIVE', vip.fixed_ips[0].ip_address]);
  await check(cloud, [
    ['PUT', eip(second), to(vip.id), 409, 'VPC.0511', 'clean'],
    ['PUT', eip(first), to(other.id), 409, 'VPC.0510', 'clean'],
    ['PUT', eip(first), to(vip.id), 200, undefined, 'clean'],
    ['PUT', eip(second), to(other.id), 200, undefined, 'clean'],
  ]);
});

for (const [family, code, path] of [
  ['ports', 'PortInUse', (id: string) => `${PORTS}/${id}`],
  ['private IPs', 'VPC.0707', privateIp],
] as const) {
  test(`virtual IPs: deleted through ${family}, once neither servers nor an elastic IP need them`, async (t) => {
    const cloud = await world(t);
    const { id } = await virtual(cloud, { allowed_address_pairs: [{ ip_address: '192.168.1.11' }] });
    const address = await ready(cloud);
    await check(cloud, [
      ['DELETE', path(id), undefined, 409, code, 'clean'],
      ['PUT', `${PORTS}/${id}`, pairing(), 200, undefined, 'clean'],
      ['PUT', eip(address), { publicip: { port_id: id } }, 200, undefined, 'clean'],
      ['DELETE', path(id), undefined, 409, code, 'clean'],
      ['PUT', eip(address), { publicip: { port_id: '' } }, 200, undefined, 'clean'],
      ['DELETE', path(id), undefined, 204, undefined, 'clean'],
      ['GET', `${PORTS}/${id}`, undefined, 404, 'PortNotFound', 'clean'],
      ['GET', privateIp(id), undefined, 404, 'VPC.0704', 'clean'],
    ]);
  });
}
