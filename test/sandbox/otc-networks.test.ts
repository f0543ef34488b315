/** VPCs, subnets, servers and quotas of the sandbox of Open Telekom Cloud. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { uuid } from '../../src/sandbox/cloud.js';
import {
  APP,
  APP_NEUTRON,
  check,
  DB,
  eip,
  type Json,
  NIC1,
  NOBODY,
  PROJECT,
  privateIp,
  type Reply,
  ready,
  refusals,
  reserveBody,
  WEB1,
  world,
} from './otc-caller.js';

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

test('quotas: one row by type, all without, and more than asked for', async (t) => {
  const knobs: Json = {};
  const cloud = await world(t, knobs);
  const types = async (query = '') =>
    (await cloud.ask('GET', `/vpc/v1/{P}/quotas${query}`)).json.quotas.resources.map((row: Json) => row.type).sort();
  const all = [
    'address_group',
    'firewall',
    'flow_log',
    'listener',
    'loadbalancer',
    'physicalConnect',
    'publicIp',
    'routetableContainRoutes',
    'securityGroup',
    'securityGroupRule',
    'shareBandwidth',
    'shareBandwidthIP',
    'subnet',
    'virtualInterface',
    'vpc',
    'vpcContainRoutetable',
    'vpcPeer',
    'vpn',
  ];
  assert.deepEqual(await types(), all);
  for (const type of all) assert.deepEqual(await types(`?type=${type}`), [type]);
  knobs.allQuotas = true;
  assert.deepEqual(await types('?type=publicIp'), all);
  await refusals(cloud, [['GET', '/vpc/v1/{P}/quotas?type=privateIp', undefined, 400, 'VPC.1207', 'resource type is invalid.']]);
});

test('quotas and availabilities follow what is there', async (t) => {
  const cloud = await world(t);
  const used = async () => [
    (await cloud.ask('GET', '/vpc/v1/{P}/quotas?type=publicIp')).json.quotas.resources[0].used,
    (await cloud.ask('GET', `/vpc/v2.0/network-ip-availabilities/${APP}`)).json.network_ip_availability.used_ips,
  ];
  assert.deepEqual(await used(), [0, 2]);
  const id = await ready(cloud);
  const made = await cloud.ask('POST', '/vpc/v1/{P}/privateips', reserveBody(undefined));
  await cloud.ask('POST', '/vpc/v2.0/ports', { port: { network_id: APP, device_owner: 'neutron:VIP_PORT' } });
  assert.deepEqual(await used(), [1, 4]);
  await cloud.ask('GET', eip(id));
  await cloud.ask('DELETE', eip(id));
  await cloud.ask('DELETE', privateIp(made.json.privateips[0].id));
  assert.deepEqual(await used(), [0, 3]);
  const room = (await cloud.ask('GET', `/vpc/v2.0/network-ip-availabilities/${APP}`)).json.network_ip_availability;
  const counts = { total_ips: 66, used_ips: 3 };
  assert.deepEqual(room, {
    network_id: APP,
    network_name: 'app',
    tenant_id: PROJECT,
    ...counts,
    subnet_ip_availability: [{ subnet_id: APP_NEUTRON, subnet_name: 'app', ip_version: 4, cidr: '192.168.1.0/24', ...counts }],
  });
});

test('VPCs, subnets and availabilities: the texts of refusals', async (t) => {
  const cloud = await world(t);
  const rooms = '/vpc/v2.0/network-ip-availabilities';
  await refusals(cloud, [
    ['GET', '/vpc/v1/{P}/vpcs/main', undefined, 400, 'VPC.0101', 'Invalid param.'],
    ['GET', `/vpc/v1/{P}/vpcs/${NOBODY}`, undefined, 404, 'VPC.0105', 'The VPC could not be found.'],
    ['GET', '/vpc/v1/{P}/subnets/app', undefined, 400, 'VPC.0201', 'Invalid param.'],
    ['GET', `/vpc/v1/{P}/subnets/${NOBODY}`, undefined, 404, 'VPC.0202', 'The subnet could not be found.'],
    ['GET', `${rooms}/app`, undefined, 400, 'VPC.2301', 'Invalid parameter network_id.'],
    ['GET', `${rooms}/${NOBODY}`, undefined, 400, 'VPC.2302', `Network ${NOBODY} could not be found.`],
  ]);
});

test('a deleted server takes its NIC along and sets the elastic IP free', async (t) => {
  const cloud = await world(t);
  const id = await ready(cloud);
  await cloud.ask('PUT', eip(id), { publicip: { port_id: NIC1 } });
  await check(cloud, [
    ['DELETE', `/ecs/v2.1/{P}/servers/${NOBODY}`, undefined, 404, 'itemNotFound', 'clean'],
    ['DELETE', `/ecs/v2.1/{P}/servers/${WEB1}`, undefined, 204, undefined, 'clean'],
    ['GET', `/ecs/v2.1/{P}/servers/${WEB1}`, undefined, 404, 'itemNotFound', 'clean'],
    ['GET', `/vpc/v2.0/ports/${NIC1}`, undefined, 404, 'PortNotFound', 'clean'],
    ['POST', '/vpc/v1/{P}/privateips', reserveBody('192.168.1.11'), 200, undefined, 'clean'],
  ]);
  const left = (await cloud.ask('GET', eip(id))).json.publicip;
  assert.deepEqual([left.status, left.port_id], ['DOWN', undefined]);
});

test('servers: the errors of both APIs, to the letter', async (t) => {
  const cloud = await world(t);
  const rows = [
    [`/ecs/v2.1/{P}/servers/${NOBODY}`, 404, { itemNotFound: { message: 'Instance could not be found.', code: 404 } }],
    [`/ecs/v2.1/{P}/servers/${NOBODY}/os-interface`, 404, { itemNotFound: { message: 'Instance could not be found.', code: 404 } }],
    ['/ecs/v2.1/{P}/servers?limit=1001', 400, { badRequest: { message: 'Invalid input received.', code: 400 } }],
    ['/ecs/v1/{P}/cloudservers/detail?offset=x', 400, { error: { code: 'Ecs.0005', message: 'The request parameter is invalid.' } }],
    [`/ecs/v1/{P}/cloudservers/${NOBODY}/os-interface`, 404, { error: { code: 'Ecs.0114', message: 'The server does not exist.' } }],
  ] as const;
  for (const [path, status, json] of rows) {
    const reply = await cloud.ask('GET', path);
    assert.deepEqual([reply.status, reply.json], [status, json]);
  }
});
