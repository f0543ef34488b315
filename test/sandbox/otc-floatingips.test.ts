/** Elastic IPs of the sandbox of Open Telekom Cloud as native floating IPs: the same objects in other words. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { uuid } from '../../src/sandbox/cloud.js';
import { APP, allocate, check, eip, type Json, NIC1, NIC2, NOBODY, PROJECT, ready, world } from './otc-caller.js';

const LIST = '/vpc/v2.0/floatingips';
const EXTERNAL = uuid('network/admin_external_net');
const one = (id: string) => `${LIST}/${id}`;
const to = (portId: unknown) => ({ floatingip: { port_id: portId } });

test('floating IPs: made from the external network, seen as elastic IPs', async (t) => {
  const cloud = await world(t);
  const networks = await cloud.ask('GET', '/vpc/v2.0/networks?router:external=True');
  assert.deepEqual(
    networks.json.networks.map((row: Json) => [row.id, row.name, row['router:external']]),
    [[EXTERNAL, 'admin_external_net', true]],
  );
  const own = (await cloud.ask('GET', '/vpc/v2.0/networks?name=app')).json.networks;
  assert.deepEqual([own.length, own[0].id, own[0].subnets], [1, APP, [uuid('neutron-subnet/app')]]);
  const made = await cloud.ask('POST', LIST, { floatingip: { floating_network_id: EXTERNAL } });
  const { id, floating_ip_address, port_id, fixed_ip_address, status, tenant_id, project_id } = made.json.floatingip;
  assert.deepEqual(
    [made.status, floating_ip_address, port_id, fixed_ip_address, status, tenant_id, project_id],
    [201, '203.0.113.210', null, null, 'DOWN', PROJECT, PROJECT],
  );
  assert.match(made.headers.get('x-openstack-request-id') ?? '', /^req-/);
  const settled = (await cloud.ask('GET', eip(id))).json.publicip;
  assert.deepEqual([settled.public_ip_address, settled.bandwidth_size, settled.bandwidth_share_type], ['203.0.113.210', 5, 'PER']);
  assert.deepEqual(cloud.marks(), []);
});

test('floating IPs: the answer to a binding still says DOWN; the next read does not', async (t) => {
  const cloud = await world(t);
  const id = await ready(cloud);
  const bound = await cloud.ask('PUT', one(id), to(NIC1));
  assert.deepEqual([bound.status, bound.json.floatingip.status, bound.json.floatingip.port_id], [200, 'DOWN', NIC1]);
  const read = (await cloud.ask('GET', one(id))).json.floatingip;
  assert.deepEqual([read.status, read.fixed_ip_address, read.router_id], ['ACTIVE', '192.168.1.11', uuid('vpc/main')]);
  assert.equal((await cloud.ask('GET', eip(id))).json.publicip.status, 'ACTIVE');
  await cloud.ask('PUT', one(id), to(null));
  assert.equal((await cloud.ask('GET', eip(id))).json.publicip.status, 'DOWN');
  const direct = await cloud.ask('POST', LIST, { floatingip: { floating_network_id: EXTERNAL, port_id: NIC2 } });
  assert.equal((await cloud.ask('GET', one(direct.json.floatingip.id))).json.floatingip.status, 'ACTIVE');
  assert.deepEqual(cloud.marks(), []);
});

test('floating IPs: three states only', async (t) => {
  for (const [settlesAs, status] of [
    ['FREEZED', 'ERROR'],
    ['ERROR', 'ERROR'],
    ['DOWN', 'DOWN'],
  ] as const) {
    const cloud = await world(t, { settlesAs });
    assert.equal((await cloud.ask('GET', one(await ready(cloud)))).json.floatingip.status, status);
  }
});

test('floating IPs: filters, pages, deletion', async (t) => {
  const cloud = await world(t);
  const ids = [await ready(cloud), await ready(cloud), await ready(cloud)].sort();
  await cloud.ask('PUT', one(ids[0] ?? ''), to(NIC1));
  const list = async (query: string) => (await cloud.ask('GET', `${LIST}?${query}`)).json;
  const found = async (query: string) => (await list(query)).floatingips.map((row: Json) => row.id);
  assert.deepEqual(await found(''), ids);
  assert.deepEqual(await found(`port_id=${NIC1}`), [ids[0]]);
  assert.deepEqual(await found('fixed_ip_address=192.168.1.11'), [ids[0]]);
  assert.deepEqual(await found('floating_ip_address=203.0.113.250'), []);
  const page = await list('limit=2');
  assert.deepEqual([page.floatingips.length, page.floatingips_links.map((link: Json) => link.rel)], [2, ['next', 'previous']]);
  assert.deepEqual(await found(`limit=2&marker=${ids[1]}`), [ids[2]]);
  await check(cloud, [
    ['DELETE', one(ids[0] ?? ''), undefined, 204, undefined, 'clean'],
    ['GET', one(ids[0] ?? ''), undefined, 404, 'FloatingIPNotFound', 'clean'],
    ['GET', eip(ids[0] ?? ''), undefined, 404, 'VPC.0504', 'clean'],
    ['GET', `${LIST}?marker=${NOBODY}`, undefined, 400, 'InvalidInput', 'clean'],
  ]);
});

test('floating IPs: what is refused', async (t) => {
  const cloud = await world(t);
  const [id, other] = [await ready(cloud), await ready(cloud)];
  const missing = await cloud.ask('GET', one(NOBODY));
  assert.equal(missing.json.NeutronError.message, `Floating IP ${NOBODY} could not be found.`);
  const make = (fields: Json) => ({ floatingip: fields });
  await check(cloud, [
    ['POST', LIST, {}, 400, 'InvalidInput', 'marked'],
    ['POST', LIST, make({}), 400, 'InvalidInput', 'marked'],
    ['POST', LIST, make({ floating_network_id: 'admin_external_net' }), 400, 'InvalidInput', 'marked'],
    ['POST', LIST, make({ floating_network_id: NOBODY }), 404, 'NetworkNotFound', 'clean'],
    ['POST', LIST, make({ floating_network_id: EXTERNAL, port_id: NOBODY }), 404, 'PortNotFound', 'clean'],
    ['PUT', one(NOBODY), to(NIC1), 404, 'FloatingIPNotFound', 'clean'],
    ['PUT', one('203.0.113.210'), to(NIC1), 404, 'FloatingIPNotFound', 'marked'],
    ['PUT', one(id), make({}), 400, 'InvalidInput', 'marked'],
    ['PUT', one(id), to('192.168.1.11'), 400, 'InvalidInput', 'marked'],
    ['PUT', one(id), to(NOBODY), 404, 'PortNotFound', 'clean'],
    ['PUT', one(id), to(NIC1), 200, undefined, 'clean'],
    ['PUT', one(id), to(NIC1), 200, undefined, 'clean'],
    ['PUT', one(id), to(NIC2), 409, 'FloatingIPPortAlreadyAssociated', 'clean'],
    ['PUT', one(other), to(NIC1), 409, 'FloatingIPPortAlreadyAssociated', 'clean'],
    ['DELETE', one(NOBODY), undefined, 404, 'FloatingIPNotFound', 'clean'],
  ]);
});

test('floating IPs: the quota, and the empty pool', async (t) => {
  const knobs: Json = { eipQuota: 1 };
  const cloud = await world(t, knobs);
  await allocate(cloud);
  const made = () => cloud.ask('POST', LIST, { floatingip: { floating_network_id: EXTERNAL } });
  const over = await made();
  assert.deepEqual(
    [over.status, over.json.NeutronError.type, over.json.NeutronError.message],
    [409, 'OverQuota', "Quota exceeded for resources: ['floatingip']."],
  );
  knobs.eipQuota = -1;
  for (let count = 1; count < 31; count += 1) await allocate(cloud);
  const empty = await made();
  assert.deepEqual([empty.status, empty.json.NeutronError.message], [409, `No more IP addresses available on network ${EXTERNAL}.`]);
});
