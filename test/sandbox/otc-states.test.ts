/** States of the sandbox of Open Telekom Cloud: what is pending, for how long, and what it refuses meanwhile. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { uuid } from '../../src/sandbox/cloud.js';
import { APP, allocate, check, eip, type Json, NIC1, NIC2, NOBODY, ready, SHARED, type World, world } from './otc-caller.js';

test('elastic IPs: busy while pending; a release right after the assignment goes through', async (t) => {
  const cloud = await world(t);
  const { id } = await allocate(cloud);
  await check(cloud, [
    ['PUT', eip(id), { publicip: { port_id: NIC1 } }, 409, 'VPC.0512', 'clean'],
    ['PUT', eip(id), { publicip: { port_id: NIC1 } }, 200, undefined, 'clean'],
  ]);
  const fresh = await allocate(cloud);
  assert.equal((await cloud.ask('DELETE', eip(fresh.id))).status, 204);
  const slow = await world(t, { slowStates: 1 });
  const late = await allocate(slow);
  await check(slow, [
    ['DELETE', eip(late.id), undefined, 409, 'VPC.0512', 'clean'],
    ['PUT', eip(late.id), { publicip: { port_id: NIC1 } }, 200, undefined, 'clean'],
  ]);
  const states = async () => (await slow.ask('GET', eip(late.id))).json.publicip?.status;
  assert.equal(await states(), 'ACTIVE', 'the answer to the binding showed BINDING');
  await slow.ask('PUT', eip(late.id), { publicip: { port_id: '' } });
  assert.equal((await slow.ask('DELETE', eip(late.id))).status, 204);
  assert.deepEqual([await states(), await states()], ['PENDING_DELETE', undefined]);
});

/** What so many reads in a row show; the code where there is nothing left to show. */
async function reads(cloud: World, id: string, count: number): Promise<readonly unknown[]> {
  const seen: unknown[] = [];
  for (let read = 0; read < count; read += 1) {
    const { json } = await cloud.ask('GET', eip(id));
    seen.push(json.publicip?.status ?? json.code);
  }
  return seen;
}

const to = (portId: string) => ({ publicip: { port_id: portId } });

test('slowStates: each pending state shows for that many reads, in lists as well', async (t) => {
  const cloud = await world(t, { slowStates: 2 });
  const { id, status } = await allocate(cloud);
  assert.equal(status, 'PENDING_CREATE');
  assert.deepEqual(await reads(cloud, id, 3), ['PENDING_CREATE', 'PENDING_CREATE', 'DOWN']);
  const bound = await cloud.ask('PUT', eip(id), to(NIC1));
  assert.deepEqual([bound.status, bound.json.publicip.status, bound.json.publicip.port_id], [200, 'BINDING', NIC1]);
  await check(cloud, [['PUT', eip(id), { publicip: { alias: 'web' } }, 409, 'VPC.0512', 'clean']]);
  assert.deepEqual(await reads(cloud, id, 1), ['ACTIVE']);
  assert.equal((await cloud.ask('PUT', eip(id), to(''))).json.publicip.status, 'DOWN');
  assert.equal((await cloud.ask('DELETE', eip(id))).status, 204);
  const listed = await cloud.ask('GET', '/vpc/v1/{P}/publicips');
  assert.equal(listed.json.publicips[0].status, 'PENDING_DELETE');
  await check(cloud, [['PUT', eip(id), to(NIC1), 409, 'VPC.0512', 'clean']]);
  assert.deepEqual(await reads(cloud, id, 1), ['VPC.0504']);
});

test('slowStates 0: nothing is pending', async (t) => {
  const cloud = await world(t, { slowStates: 0 });
  const { id } = await allocate(cloud);
  assert.deepEqual(await reads(cloud, id, 1), ['DOWN']);
});

test('longStates: the short-lived states show as well', async (t) => {
  const cloud = await world(t, { longStates: true });
  const { id } = await allocate(cloud);
  assert.deepEqual(await reads(cloud, id, 3), ['PENDING_CREATE', 'NOTIFYING', 'DOWN']);
  const renamed = await cloud.ask('PUT', eip(id), { publicip: { alias: 'web' } });
  assert.deepEqual([renamed.json.publicip.status, renamed.json.publicip.alias], ['PENDING_UPDATE', 'web']);
  assert.deepEqual(await reads(cloud, id, 1), ['DOWN']);
  assert.equal((await cloud.ask('PUT', eip(id), to(NIC1))).json.publicip.status, 'BINDING');
  assert.deepEqual(await reads(cloud, id, 1), ['ACTIVE']);
  await cloud.ask('PUT', eip(id), to(''));
  assert.equal((await cloud.ask('DELETE', eip(id))).status, 204);
  assert.deepEqual(await reads(cloud, id, 3), ['PENDING_DELETE', 'NOTIFY_DELETE', 'VPC.0504']);
});

test('NOTIFYING, PENDING_UPDATE and NOTIFY_DELETE are busy like the others', async (t) => {
  const knobs: Json = { slowStates: 3, longStates: true };
  const cloud = await world(t, knobs);
  const { id } = await allocate(cloud);
  await reads(cloud, id, 3);
  await check(cloud, [
    ['PUT', eip(id), to(NIC1), 409, 'VPC.0512', 'clean'],
    ['DELETE', eip(id), undefined, 409, 'VPC.0512', 'clean'],
  ]);
  assert.deepEqual(await reads(cloud, id, 2), ['NOTIFYING', 'DOWN']);
  await cloud.ask('PUT', eip(id), { publicip: { alias: 'web' } });
  await check(cloud, [['PUT', eip(id), to(NIC1), 409, 'VPC.0512', 'clean']]);
  assert.deepEqual(await reads(cloud, id, 2), ['PENDING_UPDATE', 'DOWN']);
  await cloud.ask('DELETE', eip(id));
  await reads(cloud, id, 3);
  await check(cloud, [['DELETE', eip(id), undefined, 409, 'VPC.0512', 'clean']]);
  assert.deepEqual(await reads(cloud, id, 3), ['NOTIFY_DELETE', 'NOTIFY_DELETE', 'VPC.0504']);
});

test('bindsAs: a binding that fails shows its port, and is undone by unbinding', async (t) => {
  const cloud = await world(t, { bindsAs: 'BIND_ERROR', slowStates: 1 });
  const { id } = await allocate(cloud);
  await reads(cloud, id, 1);
  assert.equal((await cloud.ask('PUT', eip(id), to(NIC1))).json.publicip.status, 'BINDING');
  const failed = (await cloud.ask('GET', eip(id))).json.publicip;
  assert.deepEqual([failed.status, failed.port_id], ['BIND_ERROR', NIC1]);
  await check(cloud, [
    ['DELETE', eip(id), undefined, 409, 'VPC.0517', 'clean'],
    ['PUT', eip(id), to(NIC2), 409, 'VPC.0510', 'clean'],
    ['PUT', eip(id), to(''), 200, undefined, 'clean'],
  ]);
  assert.deepEqual(await reads(cloud, id, 1), ['DOWN']);
});

test('settlesAs ERROR: an assignment that failed can be released', async (t) => {
  const cloud = await world(t, { settlesAs: 'ERROR' });
  const { id } = await allocate(cloud);
  assert.deepEqual(await reads(cloud, id, 2), ['PENDING_CREATE', 'ERROR']);
  assert.equal((await cloud.ask('DELETE', eip(id))).status, 204);
});

test('settlesAs FREEZED: blocked for debt or abuse, neither bound nor released', async (t) => {
  const cloud = await world(t, { settlesAs: 'FREEZED' });
  const id = await ready(cloud);
  await check(cloud, [
    ['PUT', eip(id), to(NIC1), 403, 'VPC.2701', 'clean'],
    ['DELETE', eip(id), undefined, 403, 'VPC.2701', 'clean'],
  ]);
  assert.deepEqual(await reads(cloud, id, 1), ['FREEZED']);
  const newer = (await cloud.ask('GET', `/vpc/v3/{P}/eip/publicips/${id}`)).json.publicip;
  assert.deepEqual([newer.status, newer.lock_status], ['FREEZED', 'locked']);
});

test('ELB and VPN: bound to something that is no port', async (t) => {
  const cloud = await world(t);
  const attach = (id: string, type: string) =>
    cloud.ask('POST', `/vpc/v3/{P}/eip/publicips/${id}/associate-instance`, {
      publicip: { associate_instance_type: type, associate_instance_id: NOBODY },
    });
  const [balanced, tunnelled, natted] = [await ready(cloud), await ready(cloud), await ready(cloud)];
  assert.equal((await attach(balanced, 'ELB')).status, 200);
  assert.equal((await attach(tunnelled, 'VPN')).status, 200);
  assert.equal((await attach(natted, 'NATGW')).status, 200);
  const shown = async (id: string) => (await cloud.ask('GET', eip(id))).json.publicip;
  for (const [id, status] of [
    [balanced, 'ELB'],
    [tunnelled, 'VPN'],
    [natted, 'ACTIVE'],
  ] as const) {
    const row = await shown(id);
    assert.deepEqual([row.status, row.port_id, row.private_ip_address], [status, undefined, undefined]);
  }
  await check(cloud, [
    ['PUT', eip(balanced), to(''), 500, 'VPC.0516', 'clean'],
    ['DELETE', eip(balanced), undefined, 500, 'VPC.0516', 'clean'],
    ['PUT', eip(tunnelled), to(NIC1), 409, 'VPC.0510', 'clean'],
    ['DELETE', eip(tunnelled), undefined, 409, 'VPC.0517', 'clean'],
    ['POST', `/vpc/v3/{P}/eip/publicips/${balanced}/disassociate-instance`, undefined, 200, undefined, 'clean'],
    ['DELETE', eip(balanced), undefined, 204, undefined, 'clean'],
  ]);
});

test('a private IP is DOWN from the start; a port may be built first', async (t) => {
  const cloud = await world(t, { slowPorts: 2 });
  const made = await cloud.ask('POST', '/vpc/v2.0/ports', { port: { network_id: APP } });
  const { id, status } = made.json.port;
  const shown = async () => (await cloud.ask('GET', `/vpc/v2.0/ports/${id}`)).json.port.status;
  assert.deepEqual([status, await shown(), await shown()], ['BUILD', 'BUILD', 'DOWN']);
  const reserved = await cloud.ask('POST', '/vpc/v1/{P}/privateips', { privateips: [{ subnet_id: APP }] });
  assert.equal(reserved.json.privateips[0].status, 'DOWN');
  const nic = (await cloud.ask('GET', `/vpc/v1/{P}/privateips/${NIC1}`)).json.privateip;
  assert.deepEqual([nic.status, nic.device_owner], ['ACTIVE', 'compute:eu-de-01']);
});

test('states of VPCs, subnets and bandwidths', async (t) => {
  const knobs: Json = {};
  const cloud = await world(t, knobs);
  const seen = async () => [
    (await cloud.ask('GET', `/vpc/v1/{P}/vpcs/${uuid('vpc/main')}`)).json.vpc.status,
    (await cloud.ask('GET', `/vpc/v1/{P}/subnets/${APP}`)).json.subnet.status,
    (await cloud.ask('GET', `/vpc/v1/{P}/bandwidths/${SHARED}`)).json.bandwidth.status,
  ];
  assert.deepEqual(await seen(), ['OK', 'ACTIVE', 'NORMAL']);
  Object.assign(knobs, { vpcStatus: 'CREATING', subnetStatus: 'UNKNOWN', bandwidthStatus: 'FREEZED' });
  assert.deepEqual(await seen(), ['CREATING', 'UNKNOWN', 'FREEZED']);
});
