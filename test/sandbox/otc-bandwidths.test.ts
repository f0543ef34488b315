/** Bandwidths of the sandbox of Open Telekom Cloud, of one elastic IP and shared. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allocate, check, eip, type Json, NOBODY, ready, refusals, SHARED, world } from './otc-caller.js';

test('bandwidths: list, change, refuse', async (t) => {
  const cloud = await world(t);
  const id = await ready(cloud);
  const { bandwidth_id } = (await cloud.ask('GET', eip(id))).json.publicip;
  const path = `/vpc/v1/{P}/bandwidths/${bandwidth_id}`;
  const listed = await cloud.ask('GET', '/vpc/v1/{P}/bandwidths?share_type=WHOLE');
  assert.deepEqual(
    listed.json.bandwidths.map((row: Json) => row.id),
    [SHARED],
  );
  const changed = await cloud.ask('PUT', path, { bandwidth: { name: 'wide', size: 350 } });
  assert.deepEqual([changed.json.bandwidth.name, changed.json.bandwidth.size, changed.mark], ['wide', 350, null]);
  const coerced = await cloud.ask('PUT', path, { bandwidth: { size: '10' } });
  assert.deepEqual([coerced.json.bandwidth.size, coerced.mark !== null], [10, true]);
  await check(cloud, [
    ['PUT', path, { bandwidth: {} }, 400, 'VPC.0301', 'marked'],
    ['PUT', path, {}, 400, 'VPC.0301', 'marked'],
    ['PUT', path, { bandwidth: { size: 1001 } }, 400, 'VPC.0301', 'clean'],
    ['PUT', path, { bandwidth: { name: 'a b' } }, 400, 'VPC.0301', 'clean'],
    ['PUT', `/vpc/v1/{P}/bandwidths/${SHARED}`, { bandwidth: { size: 4 } }, 400, 'VPC.0301', 'clean'],
    ['GET', `/vpc/v1/{P}/bandwidths/${NOBODY}`, undefined, 404, 'VPC.0306', 'clean'],
    ['GET', '/vpc/v1/{P}/bandwidths/wide', undefined, 404, 'VPC.0306', 'marked'],
    ['GET', '/vpc/v1/{P}/bandwidths?share_type=x', undefined, 400, 'VPC.0301', 'marked'],
  ]);
});

const SHARES = '/vpc/v2.0/{P}/bandwidths';

test('bandwidths: the texts of refusals', async (t) => {
  const cloud = await world(t);
  const invalid = 'Bandwidth name or share_type is invalid.';
  await refusals(cloud, [
    ['GET', `/vpc/v1/{P}/bandwidths/${NOBODY}`, undefined, 404, 'VPC.0306', 'The bandwidth could not be found.'],
    ['PUT', `/vpc/v1/{P}/bandwidths/${NOBODY}`, { bandwidth: { size: 10 } }, 404, 'VPC.0306', 'The bandwidth could not be found.'],
    ['GET', '/vpc/v1/{P}/bandwidths?limit=x', undefined, 400, 'VPC.0301', invalid],
    ['POST', '/vpc/v1/{P}/publicips', { publicip: { type: '5_bgp' }, bandwidth: { share_type: 'HALF' } }, 400, 'VPC.0301', invalid],
  ]);
});

test('shared bandwidths: made, filled, emptied, deleted', async (t) => {
  const cloud = await world(t);
  const made = await cloud.ask('POST', SHARES, { bandwidth: { name: 'all', size: 5 } });
  const { id, share_type, bandwidth_type, publicip_info } = made.json.bandwidth;
  assert.deepEqual([made.status, share_type, bandwidth_type, publicip_info], [200, 'WHOLE', 'share', []]);
  const [first, second] = [await ready(cloud), await ready(cloud)];
  for (const own of [first, second]) await cloud.ask('GET', eip(own));
  const { bandwidth_id } = (await cloud.ask('GET', eip(first))).json.publicip;
  const members = (...ids: readonly string[]) => ids.map((publicip_id) => ({ publicip_id }));
  const filled = await cloud.ask('POST', `${SHARES}/${id}/insert`, { bandwidth: { publicip_info: members(first, second) } });
  assert.deepEqual(
    filled.json.bandwidth.publicip_info.map((row: Json) => row.publicip_id),
    [first, second],
  );
  assert.equal((await cloud.ask('GET', `/vpc/v1/{P}/bandwidths/${bandwidth_id}`)).status, 404);
  assert.equal((await cloud.ask('GET', eip(first))).json.publicip.bandwidth_share_type, 'WHOLE');
  const leaving = { bandwidth: { publicip_info: members(first), charge_mode: 'traffic', size: 10 } };
  const left = await cloud.ask('POST', `${SHARES}/${id}/remove`, leaving);
  assert.deepEqual([left.status, left.text], [204, '']);
  const alone = (await cloud.ask('GET', eip(first))).json.publicip;
  assert.deepEqual([alone.bandwidth_share_type, alone.bandwidth_size], ['PER', 10]);
  await check(cloud, [
    ['DELETE', `${SHARES}/${id}`, undefined, 500, 'VPC.0302', 'clean'],
    ['DELETE', eip(second), undefined, 204, undefined, 'clean'],
    ['GET', `/vpc/v1/{P}/bandwidths/${id}`, undefined, 200, undefined, 'clean'],
    ['DELETE', `${SHARES}/${id}`, undefined, 204, undefined, 'clean'],
    ['GET', `/vpc/v1/{P}/bandwidths/${id}`, undefined, 404, 'VPC.0306', 'clean'],
  ]);
  assert.deepEqual(cloud.marks(), []);
});

test('shared bandwidths: what is refused', async (t) => {
  const cloud = await world(t, { eipQuota: 40 });
  const id = await ready(cloud);
  await cloud.ask('GET', eip(id));
  const { bandwidth_id } = (await cloud.ask('GET', eip(id))).json.publicip;
  const make = (name: unknown, size: unknown) => ({ bandwidth: { name, size } });
  const insert = `${SHARES}/${SHARED}/insert`;
  const remove = `${SHARES}/${SHARED}/remove`;
  const info = (...ids: readonly unknown[]) => ({ publicip_info: ids.map((publicip_id) => ({ publicip_id })) });
  await check(cloud, [
    ['POST', SHARES, {}, 400, 'VPC.0301', 'marked'],
    ['POST', SHARES, { bandwidth: 5 }, 400, 'VPC.0301', 'marked'],
    ['POST', SHARES, make(undefined, 5), 400, 'VPC.0301', 'marked'],
    ['POST', SHARES, make('a b', 5), 400, 'VPC.0301', 'clean'],
    ['POST', SHARES, make('all', 4), 400, 'VPC.0301', 'clean'],
    ['POST', SHARES, make('all', 1001), 400, 'VPC.0301', 'clean'],
    ['POST', SHARES, make('all', '5'), 400, 'VPC.0301', 'marked'],
    ['DELETE', `${SHARES}/${NOBODY}`, undefined, 404, 'VPC.0306', 'clean'],
    ['DELETE', `${SHARES}/${bandwidth_id}`, undefined, 404, 'VPC.0306', 'clean'],
    ['POST', `${SHARES}/${bandwidth_id}/insert`, { bandwidth: info(id) }, 404, 'VPC.0306', 'clean'],
    ['POST', insert, { bandwidth: info() }, 400, 'VPC.0301', 'marked'],
    ['POST', insert, { bandwidth: info('203.0.113.210') }, 400, 'VPC.0301', 'marked'],
    ['POST', insert, { bandwidth: info(id, NOBODY) }, 404, 'VPC.0504', 'clean'],
    ['POST', remove, { bandwidth: { ...info(id), charge_mode: 'traffic', size: 10 } }, 400, 'VPC.0301', 'clean'],
    ['POST', remove, { bandwidth: { ...info(id), charge_mode: 'bandwidth', size: 10 } }, 400, 'VPC.0301', 'marked'],
    ['POST', remove, { bandwidth: { ...info(id), charge_mode: 'traffic' } }, 400, 'VPC.0301', 'marked'],
    ['POST', remove, { bandwidth: { ...info(id), charge_mode: 'traffic', size: 0 } }, 400, 'VPC.0301', 'clean'],
  ]);
  assert.equal((await cloud.ask('GET', eip(id))).json.publicip.bandwidth_id, bandwidth_id, 'all or none');
  for (let count = 0; count < 19; count += 1) await allocate(cloud, {}, { share_type: 'WHOLE', id: SHARED });
  const other = await ready(cloud);
  await check(cloud, [['POST', insert, { bandwidth: info(id, other) }, 409, 'VPC.0521', 'clean']]);
  assert.equal((await cloud.ask('GET', eip(id))).json.publicip.bandwidth_id, bandwidth_id, 'all or none');
  await allocate(cloud, {}, { share_type: 'WHOLE', id: SHARED });
  await check(cloud, [['POST', insert, { bandwidth: info(id) }, 409, 'VPC.0521', 'clean']]);
  for (let count = 0; count < 4; count += 1) await cloud.ask('POST', SHARES, make(`share-${count}`, 5));
  await check(cloud, [['POST', SHARES, make('all', 5), 409, 'VPC.0521', 'clean']]);
  const quota = await cloud.ask('GET', '/vpc/v1/{P}/quotas?type=shareBandwidth');
  assert.deepEqual(quota.json.quotas.resources, [{ type: 'shareBandwidth', used: 5, quota: 5, min: 0 }]);
});
