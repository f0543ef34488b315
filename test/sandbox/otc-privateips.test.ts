/** Private IPs of the sandbox of Open Telekom Cloud: each rule, and what earns a mark. */
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
  type Row,
  ready,
  refusals,
  reserveBody,
  world,
} from './otc-caller.js';

test('private IPs: assignment rules', async (t) => {
  const cloud = await world(t);
  const path = '/vpc/v1/{P}/privateips';
  const one = (item: unknown) => ({ privateips: [item] });
  const at = (address: unknown) => one({ subnet_id: APP, ip_address: address });
  await check(cloud, [
    ['POST', path, {}, 400, 'VPC.0702', 'marked'],
    ['POST', path, [], 400, 'VPC.0702', 'marked'],
    ['POST', path, { privateips: {} }, 400, 'VPC.0702', 'marked'],
    ['POST', path, { privateips: [] }, 400, 'VPC.0702', 'marked'],
    ['POST', path, one('x'), 400, 'VPC.0702', 'marked'],
    ['POST', path, reserveBody(...Array<undefined>(21)), 400, 'VPC.0702', 'marked'],
    ['POST', path, one({ ip_address: '192.168.1.17' }), 400, 'VPC.0702', 'marked'],
    ['POST', path, one({ subnet_id: 'app' }), 400, 'VPC.0702', 'marked'],
    ['POST', path, one({ subnet_id: NOBODY }), 404, 'VPC.2204', 'clean'],
    ['POST', path, one({ subnet_id: uuid('subnet/other-app') }), 404, 'VPC.2204', 'clean'],
    ['POST', path, one({ subnet_id: APP_NEUTRON }), 404, 'VPC.2204', 'marked'],
    ['POST', path, at('192.168.1.017'), 400, 'VPC.0705', 'marked'],
    ['POST', path, at(7), 400, 'VPC.0705', 'marked'],
    ['POST', path, at('10.41.0.5'), 400, 'VPC.0705', 'clean'],
    ...['0', '1', '253', '254', '255'].map((last): Row => ['POST', path, at(`192.168.1.${last}`), 400, 'VPC.0705', 'clean']),
    ['POST', path, at('192.168.1.11'), 500, 'VPC.0701', 'clean'],
    ['POST', path, reserveBody('192.168.1.17', '192.168.1.17'), 500, 'VPC.0701', 'clean'],
    ['POST', path, reserveBody(undefined, '192.168.1.11'), 500, 'VPC.0701', 'clean'],
  ]);
  const listed = await cloud.ask('GET', `/vpc/v1/{P}/subnets/${APP}/privateips`);
  assert.deepEqual(
    listed.json.privateips.map((row: Json) => row.ip_address).sort(),
    ['192.168.1.11', '192.168.1.12'],
    'nothing was committed',
  );
  const made = await cloud.ask('POST', path, reserveBody('192.168.1.252', undefined, ''));
  assert.equal(made.status, 200);
  assert.deepEqual(
    made.json.privateips.map((row: Json) => row.ip_address),
    ['192.168.1.252', '192.168.1.10', '192.168.1.13'],
  );
  const [row] = made.json.privateips;
  assert.deepEqual(Object.keys(row), ['status', 'id', 'subnet_id', 'tenant_id', 'device_owner', 'ip_address']);
  assert.deepEqual([row.status, row.subnet_id, row.tenant_id, row.device_owner], ['DOWN', APP, PROJECT, '']);
  await check(cloud, [['POST', path, one({ subnet_id: APP, device_owner: 'neutron:VIP_PORT' }), 200, undefined, 'marked']]);
});

test('private IPs: 64 are free, then the subnet is exhausted', async (t) => {
  const cloud = await world(t);
  for (const count of [20, 20, 20, 4]) {
    assert.equal((await cloud.ask('POST', '/vpc/v1/{P}/privateips', reserveBody(...Array<undefined>(count)))).status, 200);
  }
  const full = await cloud.ask('POST', '/vpc/v1/{P}/privateips', reserveBody(undefined));
  assert.deepEqual([full.status, full.code, full.mark], [409, 'VPC.0703', null]);
  assert.equal(full.json.message, `No more IP addresses available on network ${APP}.`);
  const counts = await cloud.ask('GET', `/vpc/v2.0/network-ip-availabilities/${APP}`);
  assert.deepEqual([counts.json.network_ip_availability.total_ips, counts.json.network_ip_availability.used_ips], [66, 66]);
  const port = await cloud.ask('POST', '/vpc/v2.0/ports', { port: { network_id: APP } });
  assert.deepEqual([port.status, port.code], [409, 'IpAddressGenerationFailure']);
});

test('private IPs: show, list, pages, delete', async (t) => {
  const cloud = await world(t);
  const list = `/vpc/v1/{P}/subnets/${APP}/privateips`;
  const made = await cloud.ask('POST', '/vpc/v1/{P}/privateips', reserveBody('192.168.1.17', undefined));
  const [first] = made.json.privateips;
  assert.deepEqual((await cloud.ask('GET', privateIp(first.id))).json, { privateip: first });
  const all = (await cloud.ask('GET', list)).json.privateips.map((row: Json) => row.id);
  assert.deepEqual(all, [...all].sort());
  assert.equal(all.length, 4);
  const page = async (marker: string) => (await cloud.ask('GET', `${list}?limit=3${marker}`)).json.privateips.map((row: Json) => row.id);
  assert.deepEqual([await page(''), await page(`&marker=${all[2]}`), await page(`&marker=${all[3]}`)], [all.slice(0, 3), all.slice(3), []]);
  const id = await ready(cloud);
  assert.equal((await cloud.ask('PUT', eip(id), { publicip: { port_id: first.id } })).status, 200);
  const gateway = uuid(`gateway/${APP}`);
  await check(cloud, [
    ['GET', `${list}?limit=x`, undefined, 400, 'VPC.0702', 'marked'],
    ['GET', `${list}?limit=-1`, undefined, 400, 'VPC.0702', 'marked'],
    ['GET', `${list}?limit=2001`, undefined, 400, 'VPC.0702', 'marked'],
    ['GET', `${list}?limit=0`, undefined, 200, undefined, 'marked'],
    ['GET', `${list}?marker=${NOBODY}`, undefined, 400, 'VPC.0702', 'clean'],
    ['GET', `${list}?ip_address=192.168.1.17`, undefined, 200, undefined, 'marked'],
    ['GET', '/vpc/v1/{P}/subnets/app/privateips', undefined, 400, 'VPC.0702', 'marked'],
    ['GET', `/vpc/v1/{P}/subnets/${NOBODY}/privateips`, undefined, 200, 'privateips', 'clean'],
    ['GET', `/vpc/v1/{P}/subnets/${APP_NEUTRON}/privateips`, undefined, 200, 'privateips', 'marked'],
    ['GET', privateIp(NOBODY), undefined, 404, 'VPC.0704', 'clean'],
    ['GET', privateIp('192.168.1.17'), undefined, 404, 'VPC.0704', 'marked'],
    ['DELETE', privateIp(NOBODY), undefined, 404, 'VPC.0704', 'clean'],
    ['DELETE', privateIp(NIC1), undefined, 409, 'VPC.0707', 'clean'],
    ['DELETE', privateIp(gateway), undefined, 409, 'VPC.0707', 'clean'],
    ['DELETE', privateIp(first.id), undefined, 409, 'VPC.0707', 'clean'],
    ['PUT', eip(id), { publicip: { port_id: '' } }, 200, undefined, 'clean'],
    ['DELETE', privateIp(first.id), undefined, 204, undefined, 'clean'],
    ['GET', privateIp(first.id), undefined, 404, 'VPC.0704', 'clean'],
    ['POST', '/vpc/v1/{P}/privateips', reserveBody('192.168.1.17'), 200, undefined, 'clean'],
  ]);
});

test('private IPs: switches', async (t) => {
  const partial = await world(t, { partialBatch: true, listSystemPorts: true, unknownSubnetRefused: true, pageSizeMax: 4 });
  const list = `/vpc/v1/{P}/subnets/${APP}/privateips`;
  await check(partial, [
    ['POST', '/vpc/v1/{P}/privateips', reserveBody('192.168.1.17', '192.168.1.11', '192.168.1.18'), 500, 'VPC.0701', 'clean'],
    ['POST', '/vpc/v1/{P}/privateips', reserveBody('192.168.1.17'), 500, 'VPC.0701', 'clean'],
    ['POST', '/vpc/v1/{P}/privateips', reserveBody('192.168.1.18'), 200, undefined, 'clean'],
    ['GET', `/vpc/v1/{P}/subnets/${NOBODY}/privateips`, undefined, 404, 'VPC.2204', 'clean'],
    ['GET', `${list}?limit=5`, undefined, 400, 'VPC.0702', 'clean'],
  ]);
  const first = (await partial.ask('GET', list)).json.privateips;
  const rest = (await partial.ask('GET', `${list}?marker=${first[3].id}`)).json.privateips;
  const owners = [...first, ...rest].map((row: Json) => row.device_owner).sort();
  assert.deepEqual(owners, ['', '', 'compute:eu-de-01', 'compute:eu-de-01', 'network:dhcp', 'network:router_interface_distributed']);
  const lenient = await world(t, { allowReserved: true, messageRevision: 'old' });
  assert.equal((await lenient.ask('POST', '/vpc/v1/{P}/privateips', reserveBody('192.168.1.253'))).status, 200);
  const old = await lenient.ask('GET', privateIp(NOBODY));
  assert.deepEqual(old.json, { code: 'VPC.0704', message: 'Query resource by id fail.' });
  const nested = await (await world(t, { nestedMessages: true })).ask('GET', privateIp(NOBODY));
  assert.equal(JSON.parse(nested.json.message).NeutronError.message, 'Resource query by ID failed.');
});

test('private IPs: every documented refusal, in its wording before and after', async (t) => {
  const knobs: Json = {};
  const cloud = await world(t, knobs);
  const path = '/vpc/v1/{P}/privateips';
  const list = `/vpc/v1/{P}/subnets/${APP}/privateips`;
  const gone = ['Resource query by ID failed.', 'Query resource by id fail.'] as const;
  const rows = [
    ['POST', path, reserveBody('192.168.1.11'), 500, 'VPC.0701', 'The IP address is in use.', 'The IP has been used.'],
    [
      'POST',
      path,
      reserveBody('10.41.0.5'),
      400,
      'VPC.0705',
      'Invalid IP address for the specified subnet.',
      'IP address is not a valid IP for the specified subnet.',
    ],
    ['POST', path, { privateips: [{ subnet_id: NOBODY }] }, 404, 'VPC.2204', ...gone],
    ['GET', privateIp(NOBODY), undefined, 404, 'VPC.0704', ...gone],
    ['GET', `${list}?limit=x`, undefined, 400, 'VPC.0702', 'Private IP address query error.', 'query privateIps error.'],
    ['DELETE', privateIp(NOBODY), undefined, 404, 'VPC.0704', ...gone],
    ['DELETE', privateIp(NIC1), undefined, 409, 'VPC.0707', 'Private IP address is in use.', 'privateIp is in use.'],
  ] as const;
  await refusals(
    cloud,
    rows.map(([method, target, body, status, code, text]) => [method, target, body, status, code, text]),
  );
  knobs.messageRevision = 'old';
  await refusals(
    cloud,
    rows.map(([method, target, body, status, code, , old]) => [method, target, body, status, code, old]),
  );
});

test('private IPs: 20 items are the most; a free one may carry an elastic IP', async (t) => {
  const cloud = await world(t);
  const path = '/vpc/v1/{P}/privateips';
  const made = await cloud.ask('POST', path, reserveBody(...Array<undefined>(20)));
  assert.deepEqual([made.status, made.json.privateips.length, made.mark], [200, 20, null]);
  const over = await cloud.ask('POST', path, reserveBody(...Array<undefined>(21)));
  assert.deepEqual([over.status, over.code], [400, 'VPC.0702']);
  const [{ id, ip_address }] = made.json.privateips;
  const port = (await cloud.ask('GET', `/vpc/v2.0/ports/${id}`)).json.port;
  assert.deepEqual([port.device_owner, port.device_id, port.fixed_ips[0].ip_address], ['', '', ip_address]);
});

test('private IPs: a subnet of its own size hands out from its second address on', async (t) => {
  const cloud = await world(t);
  const made = await cloud.ask('POST', '/vpc/v1/{P}/privateips', {
    privateips: [{ subnet_id: DB }, { subnet_id: DB, ip_address: '10.20.0.252' }],
  });
  assert.deepEqual(
    made.json.privateips.map((row: Json) => row.ip_address),
    ['10.20.0.2', '10.20.0.252'],
  );
  const room = (await cloud.ask('GET', `/vpc/v2.0/network-ip-availabilities/${DB}`)).json.network_ip_availability;
  assert.equal(room.total_ips, 250);
});
