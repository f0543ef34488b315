/** Elastic IPs of the sandbox of Open Telekom Cloud through v1: each rule, and what earns a mark. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { uuid } from '../../src/sandbox/cloud.js';
import {
  APP,
  allocate,
  check,
  eip,
  type Json,
  type Method,
  NIC1,
  NIC2,
  NOBODY,
  PER,
  type Row,
  ready,
  refusals,
  SHARED,
  WEB1,
  type Wire,
  world,
} from './otc-caller.js';

test('elastic IPs: assignment rules', async (t) => {
  const cloud = await world(t);
  const path = '/vpc/v1/{P}/publicips';
  const body = (publicip: Json, bandwidth: Json = {}) => ({
    publicip: { type: '5_bgp', ...publicip },
    bandwidth: { ...PER, ...bandwidth },
  });
  await allocate(cloud, { ip_address: '203.0.113.215' });
  await check(cloud, [
    ['POST', path, { publicip: { type: '5_bgp' } }, 400, 'VPC.0501', 'marked'],
    ['POST', path, { bandwidth: PER }, 400, 'VPC.0501', 'marked'],
    ['POST', path, body({ type: '5_gray' }), 400, 'VPC.0501', 'marked'],
    ['POST', path, body({ type: '5_mailbgp' }), 403, 'VPC.0502', 'clean'],
    ['POST', path, body({ ip_version: 6 }), 400, 'VPC.0501', 'marked'],
    ['POST', path, body({ alias: 'a'.repeat(65) }), 400, 'VPC.0501', 'clean'],
    ['POST', path, body({ alias: 'a b' }), 400, 'VPC.0501', 'clean'],
    ['POST', path, body({ ip_address: 'x' }), 400, 'VPC.0501', 'marked'],
    ['POST', path, body({}, { share_type: 'HALF' }), 400, 'VPC.0301', 'marked'],
    ['POST', path, { publicip: { type: '5_bgp' }, bandwidth: { size: 10, share_type: 'PER' } }, 400, 'VPC.0301', 'marked'],
    ['POST', path, body({}, { name: 'a b' }), 400, 'VPC.0301', 'clean'],
    ['POST', path, body({}, { size: '10' }), 400, 'VPC.0301', 'marked'],
    ...[0, 301, 1001, 2.5].map((size): Row => ['POST', path, body({}, { size }), 400, 'VPC.0301', 'clean']),
    ['POST', path, body({}, { charge_mode: 'bandwidth' }), 400, 'VPC.0501', 'marked'],
    ['POST', path, { publicip: { type: '5_bgp' }, bandwidth: { share_type: 'WHOLE', id: NOBODY } }, 404, 'VPC.0306', 'clean'],
    ['POST', path, body({ ip_address: '203.0.113.215' }), 409, 'VPC.0522', 'clean'],
    ['POST', path, body({ ip_address: '203.0.113.209' }), 409, 'VPC.0522', 'clean'],
    ['POST', path, body({ ip_version: '4', port_id: NIC1 }, { size: 350 }), 200, undefined, 'marked'],
    ['POST', path, { ...body({}), enterprise_project_id: '0' }, 200, undefined, 'marked'],
    ['POST', path, body({ colour: 'red' }), 200, undefined, 'marked'],
  ]);
  const whole = await cloud.ask('POST', path, { publicip: { type: '5_bgp' }, bandwidth: { share_type: 'WHOLE' } });
  assert.equal(whole.status, 400);
  assert.deepEqual(JSON.parse(whole.json.message), {
    NeutronError: { message: 'Bandwidth share_type is invalid.', type: 'InvalidInput', detail: '' },
  });
  assert.notEqual(whole.mark, null);
});

test('elastic IPs: the answer to an assignment, the one pending read, what a free and a bound one show', async (t) => {
  const cloud = await world(t);
  const fresh = await allocate(cloud, { alias: 'web-01' });
  assert.equal(fresh.status, 'PENDING_CREATE');
  assert.equal(fresh.bandwidth_size, 0);
  assert.equal('bandwidth_id' in fresh, false);
  assert.equal(fresh.public_ip_address, '203.0.113.210');
  assert.match(fresh.create_time, /^2026-01-15 10:00:\d\d$/);
  const read = async () => (await cloud.ask('GET', eip(fresh.id))).json.publicip;
  assert.equal((await read()).status, 'PENDING_CREATE');
  const settled = await read();
  assert.deepEqual(
    [settled.status, settled.bandwidth_name, settled.bandwidth_size, settled.bandwidth_share_type, settled.alias, settled.profile],
    ['DOWN', 'bw', 10, 'PER', 'web-01', {}],
  );
  assert.equal('port_id' in settled || 'private_ip_address' in settled || 'tags' in settled, false);
  const bound = (await cloud.ask('PUT', eip(fresh.id), { publicip: { port_id: NIC1 } })).json.publicip;
  assert.deepEqual([bound.status, bound.port_id, bound.private_ip_address], ['ACTIVE', NIC1, '192.168.1.11']);
  const bandwidth = await cloud.ask('GET', `/vpc/v1/{P}/bandwidths/${bound.bandwidth_id}`);
  assert.equal(bandwidth.json.bandwidth.publicip_info[0].publicip_id, fresh.id);
  const server = await cloud.ask('GET', `/ecs/v2.1/{P}/servers/${WEB1}`);
  const [addresses] = Object.values<Json[]>(server.json.server.addresses);
  assert.deepEqual(
    addresses?.map((entry) => [entry.addr, entry['OS-EXT-IPS:type']]),
    [
      ['192.168.1.11', 'fixed'],
      ['203.0.113.210', 'floating'],
    ],
  );
  assert.deepEqual(cloud.marks(), []);
});

test('elastic IPs: binding, unbinding, renaming, release', async (t) => {
  const cloud = await world(t);
  const id = await ready(cloud);
  const second = await ready(cloud);
  const to = (portId: unknown) => ({ publicip: { port_id: portId } });
  await check(cloud, [
    ['PUT', eip(NOBODY), to(NIC1), 404, 'VPC.0504', 'clean'],
    ['PUT', eip('203.0.113.210'), to(NIC1), 400, 'VPC.0501', 'marked'],
    ['GET', eip('203.0.113.210'), undefined, 400, 'VPC.0501', 'marked'],
    ['DELETE', eip('web-1'), undefined, 400, 'VPC.0501', 'marked'],
    ['GET', eip(NOBODY), undefined, 404, 'VPC.0504', 'clean'],
    ['DELETE', eip(NOBODY), undefined, 404, 'VPC.0504', 'clean'],
    ['PUT', eip(id), { publicip: [] }, 400, 'VPC.0501', 'marked'],
    ['PUT', eip(id), {}, 400, 'VPC.0501', 'marked'],
    ['PUT', eip(id), to('192.168.1.11'), 400, 'VPC.0501', 'marked'],
    ['PUT', eip(id), to(NOBODY), 404, 'VPC.0514', 'clean'],
    ['PUT', eip(id), to(uuid('port/other-1')), 404, 'VPC.0514', 'clean'],
    ['PUT', eip(id), to(uuid(`dhcp/${APP}`)), 400, 'VPC.0501', 'marked'],
    ['PUT', eip(id), { publicip: { ip_version: 6 } }, 400, 'VPC.0501', 'marked'],
    ['PUT', eip(id), to(NIC1), 200, undefined, 'clean'],
    ['PUT', eip(id), to(NIC1), 200, undefined, 'clean'],
    ['PUT', eip(id), to(NIC2), 409, 'VPC.0510', 'clean'],
    ['PUT', eip(second), to(NIC1), 409, 'VPC.0511', 'clean'],
    ['DELETE', eip(id), undefined, 409, 'VPC.0517', 'clean'],
    ['PUT', eip(id), { publicip: { alias: 'bad alias' } }, 400, 'VPC.0501', 'clean'],
  ]);
  const renamed = await cloud.ask('PUT', eip(id), { publicip: { alias: 'web-02' } });
  assert.deepEqual([renamed.json.publicip.alias, renamed.json.publicip.port_id, renamed.mark], ['web-02', NIC1, null]);
  const unbinding: readonly (readonly [Json, 'marked' | 'clean'])[] = [
    [{ port_id: '' }, 'clean'],
    [{ port_id: null }, 'clean'],
    [{}, 'marked'],
    [{ alias: '' }, 'marked'],
    [{ colour: 'red' }, 'marked'],
  ];
  for (const [publicip, verdict] of unbinding) {
    await cloud.ask('PUT', eip(id), to(NIC1));
    const reply = await cloud.ask('PUT', eip(id), { publicip });
    assert.deepEqual([reply.status, reply.json.publicip.status, reply.json.publicip.port_id], [200, 'DOWN', undefined]);
    assert.equal(reply.mark === null ? 'clean' : 'marked', verdict, JSON.stringify(publicip));
  }
  assert.equal((await cloud.ask('PUT', eip(id), to(''))).status, 200, 'unbinding the unbound');
  const dropped = await cloud.ask('PUT', eip(id), { publicip: { alias: 'web-03', port_id: NIC1 } });
  assert.deepEqual([dropped.json.publicip.alias, dropped.json.publicip.port_id, dropped.mark !== null], ['web-03', undefined, true]);
  await check(cloud, [
    ['PUT', eip(id), to(uuid('port/balancer-1')), 200, undefined, 'clean'],
    ['DELETE', eip(id), undefined, 500, 'VPC.0516', 'clean'],
    ['PUT', eip(id), to(''), 200, undefined, 'clean'],
    ['DELETE', eip(id), undefined, 204, undefined, 'clean'],
    ['GET', eip(id), undefined, 404, 'VPC.0504', 'clean'],
  ]);
});

test('elastic IPs: quota, pool, what was released comes back first, bandwidths live with their addresses', async (t) => {
  const cloud = await world(t);
  const made: Wire[] = [];
  for (let count = 0; count < 10; count += 1) made.push(await allocate(cloud));
  const request = { publicip: { type: '5_bgp' }, bandwidth: PER };
  await check(cloud, [['POST', '/vpc/v1/{P}/publicips', request, 409, 'VPC.0521', 'clean']]);
  const quota = await cloud.ask('GET', '/vpc/v1/{P}/quotas?type=publicIp');
  assert.deepEqual(quota.json.quotas.resources, [{ type: 'publicIp', used: 10, quota: 10, min: 0 }]);
  const { bandwidth_id } = (await cloud.ask('GET', eip(made[7].id))).json.publicip;
  await cloud.ask('DELETE', eip(made[3].id));
  await cloud.ask('DELETE', eip(made[7].id));
  assert.equal((await cloud.ask('GET', `/vpc/v1/{P}/bandwidths/${bandwidth_id}`)).code, 'VPC.0306');
  assert.equal((await allocate(cloud)).public_ip_address, made[7].public_ip_address);
  const wide = await world(t, { eipQuota: 40 });
  for (let count = 0; count < 20; count += 1) await allocate(wide, {}, { share_type: 'WHOLE', id: SHARED });
  const shared = { publicip: { type: '5_bgp' }, bandwidth: { share_type: 'WHOLE', id: SHARED } };
  await check(wide, [['POST', '/vpc/v1/{P}/publicips', shared, 409, 'VPC.0521', 'clean']]);
  for (let count = 0; count < 11; count += 1) await allocate(wide);
  await check(wide, [['POST', '/vpc/v1/{P}/publicips', request, 409, 'VPC.0532', 'clean']]);
  const rows = (await wide.ask('GET', '/vpc/v1/{P}/publicips')).json.publicips;
  assert.equal(new Set(rows.map((row: Json) => row.public_ip_address)).size, 31);
  const page = (await wide.ask('GET', `/vpc/v1/{P}/publicips?limit=2&marker=${rows[1].id}`)).json.publicips;
  assert.deepEqual(
    page.map((row: Json) => row.id),
    [rows[2].id, rows[3].id],
  );
  await check(wide, [['GET', '/vpc/v1/{P}/publicips?limit=2001', undefined, 400, 'VPC.0501', 'marked']]);
});

test('elastic IPs: every documented refusal, in its wording before and after', async (t) => {
  const knobs: Json = {};
  const cloud = await world(t, knobs);
  const [bound, free, balanced] = [await ready(cloud), await ready(cloud), await ready(cloud)];
  const to = (portId: string) => ({ publicip: { port_id: portId } });
  await cloud.ask('PUT', eip(bound), to(NIC1));
  await cloud.ask('PUT', eip(balanced), to(uuid('port/balancer-1')));
  await cloud.ask('GET', eip(free));
  const path = '/vpc/v1/{P}/publicips';
  const assign = (publicip: Json) => ({ publicip: { type: '5_bgp', ...publicip }, bandwidth: PER });
  const invalid = 'Invalid param.';
  const lost = 'Floating IP could not be found.';
  const rows: readonly (readonly [Method, string, unknown, number, string, string, string?])[] = [
    [
      'POST',
      path,
      assign({ type: '5_mailbgp' }),
      403,
      'VPC.0502',
      'You are not allowed to assign the EIP.',
      'Tenant status is op_restricted.',
    ],
    ['POST', path, assign({ ip_address: '203.0.113.210' }), 409, 'VPC.0522', 'The IP address is in use.'],
    ['GET', eip('web'), undefined, 400, 'VPC.0501', 'Invalid floatingip_id.'],
    ['GET', eip(NOBODY), undefined, 404, 'VPC.0504', lost],
    ['GET', `${path}?limit=x`, undefined, 400, 'VPC.0501', 'Invalid limit.'],
    ['DELETE', eip('web'), undefined, 400, 'VPC.0501', invalid],
    ['DELETE', eip(NOBODY), undefined, 404, 'VPC.0504', lost],
    ['DELETE', eip(balanced), undefined, 500, 'VPC.0516', 'EIP is being used by ELB.', 'Publicip is in used by ELB.'],
    [
      'DELETE',
      eip(bound),
      undefined,
      409,
      'VPC.0517',
      'EIP is bound to a port. Unbind it first.',
      'Floatingip has associated with port, please disassociate it firstly.',
    ],
    ['PUT', eip(free), to('192.168.1.11'), 400, 'VPC.0501', 'Port id is invalid.'],
    ['PUT', eip(NOBODY), to(NIC1), 404, 'VPC.0504', lost],
    ['PUT', eip(free), to(NOBODY), 404, 'VPC.0514', 'Neutron error.'],
    ['PUT', eip(bound), to(NIC2), 409, 'VPC.0510', 'EIP has already been bound to a port.', 'Floatingip has already associated with port.'],
    [
      'PUT',
      eip(free),
      to(NIC1),
      409,
      'VPC.0511',
      'The port has already been bound with an EIP.',
      'Port has already associated with floatingip.',
    ],
  ];
  await refusals(
    cloud,
    rows.map(([method, target, body, status, code, text]) => [method, target, body, status, code, text]),
  );
  knobs.messageRevision = 'old';
  await refusals(
    cloud,
    rows.map(([method, target, body, status, code, text, old = text]) => [method, target, body, status, code, old]),
  );
});

test('elastic IPs: busy, over quota, and the pool at its end, in words', async (t) => {
  const knobs: Json = { eipQuota: 1 };
  const cloud = await world(t, knobs);
  const { id } = await allocate(cloud);
  const path = '/vpc/v1/{P}/publicips';
  const assign = { publicip: { type: '5_bgp' }, bandwidth: PER };
  await refusals(cloud, [
    ['PUT', eip(id), { publicip: { alias: 'web' } }, 409, 'VPC.0512', 'Resource status is busy, try it again later.'],
    ['POST', path, assign, 409, 'VPC.0521', "Quota exceeded for resources: ['floatingip']."],
  ]);
  knobs.eipQuota = -1;
  for (let count = 1; count < 31; count += 1) await allocate(cloud);
  await refusals(cloud, [['POST', path, assign, 409, 'VPC.0532', 'No more IP addresses available on network.']]);
  const quota = await cloud.ask('GET', '/vpc/v1/{P}/quotas?type=publicIp');
  assert.deepEqual(quota.json.quotas.resources, [{ type: 'publicIp', used: 31, quota: -1, min: 0 }]);
});
