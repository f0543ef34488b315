/** Elastic IPs of the sandbox of Open Telekom Cloud through v3: its own object, its own errors, and a status per item. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { uuid } from '../../src/sandbox/cloud.js';
import {
  allocate,
  check,
  eip,
  type Json,
  NIC1,
  NIC2,
  NOBODY,
  PROJECT,
  ready,
  SHARED,
  WEB1,
  type Wire,
  type World,
  world,
} from './otc-caller.js';

const LIST = '/vpc/v3/{P}/eip/publicips';
const one = (id: string, action = '') => `${LIST}/${id}${action}`;
const instance = (type: unknown, id: unknown) => ({ publicip: { associate_instance_type: type, associate_instance_id: id } });
const port = (id: string) => instance('PORT', id);

test('v3: the object, free and bound', async (t) => {
  const cloud = await world(t);
  const id = await ready(cloud, { alias: 'web-01' });
  const free = await cloud.ask('GET', one(id));
  assert.equal(free.json.request_id, free.headers.get('x-request-id'));
  const { publicip } = free.json;
  assert.deepEqual(
    [publicip.project_id, publicip.type, publicip.publicip_pool_name, publicip.status, publicip.alias, publicip.public_ip_address],
    [PROJECT, 'EIP', '5_bgp', 'DOWN', 'web-01', '203.0.113.210'],
  );
  assert.deepEqual([publicip.vnic, publicip.associate_instance_type, publicip.lock_status, publicip.tags], [null, null, null, undefined]);
  assert.match(publicip.created_at, /^2026-01-15T10:00:\d\dZ$/);
  assert.deepEqual([publicip.bandwidth.name, publicip.bandwidth.size, publicip.bandwidth.share_type], ['bw', 10, 'PER']);
  const bound = await cloud.ask('POST', one(id, '/associate-instance'), port(NIC1));
  const { vnic, status, associate_instance_type, associate_instance_id } = bound.json.publicip;
  assert.deepEqual([bound.status, status, associate_instance_type, associate_instance_id], [200, 'ACTIVE', 'PORT', NIC1]);
  assert.deepEqual(
    [vnic.private_ip_address, vnic.port_id, vnic.device_id, vnic.instance_type, vnic.vpc_id],
    ['192.168.1.11', NIC1, WEB1, 'ECS', uuid('vpc/main')],
  );
  assert.equal((await cloud.ask('GET', eip(id))).json.publicip.port_id, NIC1, 'one object through two APIs');
  const apart = await cloud.ask('POST', one(id, '/disassociate-instance'));
  assert.deepEqual([apart.json.publicip.status, apart.json.publicip.vnic], ['DOWN', null]);
  const { id: double } = await allocate(cloud, { type: '5_dualStack' });
  assert.equal((await cloud.ask('GET', one(double))).json.publicip.type, 'DUALSTACK');
  const balanced = await ready(cloud);
  await cloud.ask('PUT', eip(balanced), { publicip: { port_id: uuid('port/balancer-1') } });
  assert.equal((await cloud.ask('GET', one(balanced))).json.publicip.associate_instance_type, 'ELBV1');
  assert.deepEqual(cloud.marks(), []);
});

test('v3: what is refused, in its own form', async (t) => {
  const cloud = await world(t);
  const [id, other] = [await ready(cloud), await ready(cloud)];
  const lone = await cloud.ask('POST', one(id, '/disassociate-instance'));
  const { request_id } = lone.json;
  assert.deepEqual(
    [lone.status, lone.json, lone.mark],
    [409, { error_code: 'EIP.7902', error_msg: 'The EIP is not bound to an instance.', request_id }, null],
  );
  const associate = '/associate-instance';
  await check(cloud, [
    ['GET', one(NOBODY), undefined, 404, 'VPC.0504', 'clean'],
    ['GET', one('203.0.113.210'), undefined, 400, 'VPC.0501', 'marked'],
    ['POST', one(NOBODY, associate), port(NIC1), 404, 'VPC.0504', 'clean'],
    ['POST', one(NOBODY, '/disassociate-instance'), undefined, 404, 'VPC.0504', 'clean'],
    ['POST', one(id, associate), {}, 400, 'VPC.0501', 'marked'],
    ['POST', one(id, associate), { publicip: [] }, 400, 'VPC.0501', 'marked'],
    ['POST', one(id, associate), instance('ECS', NIC1), 400, 'VPC.0501', 'marked'],
    ['POST', one(id, associate), instance('PORT', '192.168.1.11'), 400, 'VPC.0501', 'marked'],
    ['POST', one(id, associate), instance('PORT', undefined), 400, 'VPC.0501', 'marked'],
    ['POST', one(id, associate), port(NOBODY), 404, 'VPC.0514', 'clean'],
    ['POST', one(id, associate), port(NIC1), 200, undefined, 'clean'],
    ['POST', one(id, associate), port(NIC1), 200, undefined, 'clean'],
    ['POST', one(id, associate), port(NIC2), 409, 'VPC.0510', 'clean'],
    ['POST', one(id, associate), instance('ELB', NOBODY), 409, 'VPC.0510', 'clean'],
    ['POST', one(other, associate), port(NIC1), 409, 'VPC.0511', 'clean'],
    ['PUT', one(id), { publicip: { alias: 'a'.repeat(65) } }, 400, 'VPC.0501', 'clean'],
    ['PUT', one(id), { publicip: { description: 'a'.repeat(256) } }, 400, 'VPC.0501', 'clean'],
    ['PUT', one(id), { publicip: { description: '<b>' } }, 400, 'VPC.0501', 'clean'],
    ['PUT', one(id), { publicip: { associate_instance_type: 'PORT' } }, 400, 'VPC.0501', 'marked'],
    ['PUT', one(id), { publicip: { colour: 'red' } }, 200, undefined, 'marked'],
    ['DELETE', one(id), undefined, 405, 'APIGW.0101', 'marked'],
  ]);
  const { id: fresh } = await allocate(cloud);
  await check(cloud, [['POST', one(fresh, associate), port(NIC2), 409, 'VPC.0512', 'clean']]);
});

test('v3: an update names, describes, binds and unbinds', async (t) => {
  const cloud = await world(t);
  const id = await ready(cloud);
  const put = async (publicip: Json) => (await cloud.ask('PUT', one(id), { publicip })).json.publicip;
  const named = await put({ alias: 'web', description: 'the shop' });
  assert.deepEqual([named.alias, named.description, named.status], ['web', 'the shop', 'DOWN']);
  const bound = await put(port(NIC1).publicip);
  assert.deepEqual([bound.status, bound.alias], ['ACTIVE', 'web']);
  assert.equal((await put({ alias: '' })).status, 'ACTIVE', 'no association field, no change of it');
  assert.equal((await put({ associate_instance_type: null, associate_instance_id: null })).status, 'DOWN');
  await put(port(NIC1).publicip);
  assert.equal((await put({ associate_instance_type: '', associate_instance_id: '' })).status, 'DOWN');
  assert.deepEqual(cloud.marks(), []);
});

async function three(cloud: World): Promise<readonly string[]> {
  const ids = [await ready(cloud, { alias: 'web-01' }), await ready(cloud, { alias: 'web-02' }), await ready(cloud, { alias: 'mail' })];
  for (const id of ids) await cloud.ask('GET', eip(id));
  await cloud.ask('PUT', eip(ids[0] ?? ''), { publicip: { port_id: NIC1 } });
  return ids;
}

test('v3 list: filters, parts, order, members', async (t) => {
  const cloud = await world(t);
  await three(cloud);
  const list = async (query: string) => (await cloud.ask('GET', `${LIST}?${query}`)).json;
  const aliases = async (query: string) => (await list(query)).publicips.map((row: Json) => row.alias).sort();
  assert.deepEqual(await aliases('alias=mail'), ['mail']);
  assert.deepEqual(await aliases('alias=mail&alias=web-01'), ['mail', 'web-01']);
  assert.deepEqual(await aliases('public_ip_address=203.0.113.211'), ['web-02']);
  assert.deepEqual(await aliases('vnic.private_ip_address=192.168.1.11'), ['web-01']);
  assert.deepEqual(await aliases('status=DOWN'), ['mail', 'web-02']);
  assert.deepEqual(await aliases('alias_like=web'), ['web-01', 'web-02']);
  assert.deepEqual(await aliases('vnic.private_ip_address_like=1.11'), ['web-01']);
  assert.deepEqual(await aliases('bandwidth.name_like=b&associate_instance_type=PORT'), ['web-01']);
  const sorted = await list('sort_key=public_ip_address&sort_dir=desc');
  assert.deepEqual(
    sorted.publicips.map((row: Json) => row.alias),
    ['mail', 'web-02', 'web-01'],
  );
  const [row] = (await list('alias=mail&fields=id&fields=tags')).publicips;
  assert.deepEqual(Object.keys(row), ['id', 'tags']);
  assert.deepEqual(cloud.marks(), []);
  await check(cloud, [
    ['GET', `${LIST}?sort_key=colour`, undefined, 400, 'VPC.0501', 'marked'],
    ['GET', `${LIST}?sort_dir=up`, undefined, 400, 'VPC.0501', 'marked'],
    ['GET', `${LIST}?status=BINDING`, undefined, 400, 'VPC.0501', 'marked'],
    ['GET', `${LIST}?limit=2001`, undefined, 400, 'VPC.0501', 'marked'],
    ['GET', `${LIST}?offset=100000`, undefined, 400, 'VPC.0501', 'marked'],
    ['GET', `${LIST}?marker=${NOBODY}`, undefined, 400, 'VPC.0501', 'clean'],
    ['GET', `${LIST}?colour=red`, undefined, 200, undefined, 'marked'],
  ]);
});

test('v3 list: pages by marker and by offset, with counts', async (t) => {
  const cloud = await world(t);
  const ids = [...(await three(cloud))].sort();
  const page = async (query: string) => (await cloud.ask('GET', `${LIST}?${query}`)).json;
  const first = await page('limit=2');
  assert.deepEqual([first.page_info, first.total_count], [{ next_marker: ids[1], current_count: 2 }, 3]);
  const second = await page(`limit=2&marker=${first.page_info.next_marker}`);
  assert.deepEqual([second.page_info, second.total_count], [{ previous_marker: ids[2], current_count: 1 }, 3]);
  const shifted = await page('limit=2&offset=1');
  assert.deepEqual(
    shifted.publicips.map((row: Json) => row.id),
    ids.slice(1),
  );
});

test('v3: several into one shared bandwidth, each with its own status', async (t) => {
  const cloud = await world(t, { eipQuota: 40 });
  const [id, second] = [await ready(cloud), await ready(cloud)];
  const { bandwidth_id } = (await cloud.ask('GET', eip(id))).json.publicip;
  const path = `${LIST}/attach-share-bandwidth`;
  const items = (...ids: readonly string[]) => ({ publicips: ids.map((publicip_id) => ({ publicip_id, bandwidth_id: SHARED })) });
  const mixed = await cloud.ask('POST', path, items(id, NOBODY));
  assert.deepEqual(
    mixed.json.publicips.map((item: Wire) => [item.statusCode, item.publicip.id]),
    [
      [200, id],
      [404, NOBODY],
    ],
  );
  assert.deepEqual([mixed.status, mixed.json.publicips[0].publicip.bandwidth.id], [200, SHARED]);
  assert.equal((await cloud.ask('GET', `/vpc/v1/{P}/bandwidths/${bandwidth_id}`)).status, 404, 'its own is gone');
  for (let count = 0; count < 19; count += 1) await allocate(cloud, {}, { share_type: 'WHOLE', id: SHARED });
  assert.equal((await cloud.ask('POST', path, items(second))).json.publicips[0].statusCode, 409);
  await check(cloud, [
    ['POST', path, { publicips: [] }, 400, 'VPC.0501', 'marked'],
    ['POST', path, items(...Array<string>(51).fill(NOBODY)), 400, 'VPC.0501', 'marked'],
    ['POST', path, { publicips: [{ publicip_id: id }] }, 400, 'VPC.0501', 'marked'],
    ['POST', path, { publicips: [...items(id).publicips, { publicip_id: id, bandwidth_id }] }, 400, 'VPC.0501', 'marked'],
    ['POST', path, { publicips: [{ publicip_id: id, bandwidth_id: NOBODY }] }, 404, 'VPC.0306', 'clean'],
  ]);
});

test('v3: the pools; and where the region has no v3', async (t) => {
  const knobs: Json = {};
  const cloud = await world(t, knobs);
  const pools = await cloud.ask('GET', '/vpc/v3/{P}/eip/publicip-pools/common-pools');
  assert.deepEqual([pools.json.common_pools[0].name, pools.json.common_pools[0].used, pools.mark], ['5_bgp', 0, null]);
  knobs.v3Enabled = false;
  await check(cloud, [
    ['GET', LIST, undefined, 404, 'APIGW.0101', 'marked'],
    ['POST', one(NOBODY, '/disassociate-instance'), undefined, 404, 'APIGW.0101', 'marked'],
    ['GET', '/vpc/v1/{P}/publicips', undefined, 200, undefined, 'clean'],
  ]);
});
