/** Tags of elastic IPs in the sandbox of Open Telekom Cloud. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { check, type Json, NOBODY, ready, refusals, world } from './otc-caller.js';

test('tags: the whole family', async (t) => {
  const cloud = await world(t);
  const id = await ready(cloud, { alias: 'web-01' });
  const tags = `/vpc/v2.0/{P}/publicips/${id}/tags`;
  const many = (count: number) => Array.from({ length: count }, (_, index) => ({ key: `k${index}`, value: '' }));
  await check(cloud, [
    ['POST', tags, { tag: { key: 'env', value: 'prod' } }, 204, undefined, 'clean'],
    [
      'POST',
      `${tags}/action`,
      {
        action: 'create',
        tags: [
          { key: 'env', value: 'test' },
          { key: 'tier', value: '' },
        ],
      },
      204,
      undefined,
      'clean',
    ],
    ['POST', `${tags}/action`, { action: 'delete', tags: [{ key: 'tier' }, { key: 'gone' }] }, 204, undefined, 'clean'],
    ['POST', `${tags}/action`, { action: 'create', tags: many(10) }, 400, 'VPC.1801', 'clean'],
    ['POST', `${tags}/action`, { action: 'create', tags: [...many(1), ...many(1)] }, 400, 'VPC.1801', 'marked'],
    ['POST', `${tags}/action`, { action: 'turn', tags: many(1) }, 400, 'VPC.1801', 'marked'],
    ['POST', tags, { tag: { key: 'a b', value: '' } }, 400, 'VPC.1801', 'clean'],
    ['POST', tags, { tag: { key: 'a'.repeat(37), value: '' } }, 400, 'VPC.1801', 'clean'],
    ['POST', tags, { tag: { key: 'a', value: 'b'.repeat(44) } }, 400, 'VPC.1801', 'clean'],
    ['POST', tags, { tag: { key: 'a' } }, 400, 'VPC.1801', 'marked'],
    ['DELETE', `${tags}/gone`, undefined, 404, 'VPC.2204', 'clean'],
    ['GET', `/vpc/v2.0/{P}/publicips/${NOBODY}/tags`, undefined, 404, 'VPC.2204', 'clean'],
    ['GET', '/vpc/v2.0/{P}/publicips/203.0.113.210/tags', undefined, 404, 'VPC.2204', 'marked'],
  ]);
  assert.deepEqual((await cloud.ask('GET', tags)).json, { tags: [{ key: 'env', value: 'test' }] });
  assert.deepEqual((await cloud.ask('GET', '/vpc/v1/{P}/publicips')).json.publicips[0].tags, ['env=test']);
  assert.deepEqual((await cloud.ask('GET', '/vpc/v2.0/{P}/publicips/tags')).json, { tags: [{ key: 'env', values: ['test'] }] });
  const find = async (body: Json) => (await cloud.ask('POST', '/vpc/v2.0/{P}/publicips/resource_instances/action', body)).json;
  const hit = await find({
    action: 'filter',
    limit: 10,
    offset: 0,
    tags: [{ key: 'env', values: ['x', 'test'] }],
    matches: [{ key: 'resource_name', value: 'web' }],
  });
  assert.deepEqual([hit.total_count, hit.resources[0].resource_id, hit.resources[0].resource_name], [1, id, 'web-01']);
  assert.deepEqual(await find({ action: 'count', tags: [{ key: 'env', values: ['prod'] }] }), { total_count: 0 });
  assert.equal((await find({ action: 'filter', limit: 1001 })).code, 'VPC.1801');
  assert.equal((await cloud.ask('DELETE', `${tags}/env`)).status, 204);
  assert.deepEqual((await cloud.ask('GET', tags)).json, { tags: [] });
});

test('tags: the texts of refusals, and the limits of the search', async (t) => {
  const cloud = await world(t);
  const id = await ready(cloud);
  const tags = `/vpc/v2.0/{P}/publicips/${id}/tags`;
  const search = '/vpc/v2.0/{P}/publicips/resource_instances/action';
  const many = (count: number) => Array.from({ length: count }, (_, index) => ({ key: `k${index}`, value: 'v' }));
  const length = 'Tag length is invalid. The key length must be in range [1,36] and value in range [0,43]';
  const filter = (count: number, values: number) => ({
    action: 'filter',
    tags: Array.from({ length: count }, (_, key) => ({ key: `k${key}`, values: Array<string>(values).fill('v') })),
  });
  await refusals(cloud, [
    ['POST', `${tags}/action`, { action: 'create', tags: [...many(1), ...many(1)] }, 400, 'VPC.1801', 'Tag key is repeated.'],
    ['POST', `${tags}/action`, { action: 'create', tags: many(11) }, 400, 'VPC.1801', 'number of tags exceeds max num of 10.'],
    ['POST', `${tags}/action`, { action: 'turn', tags: many(1) }, 400, 'VPC.1801', 'action is invalid.'],
    ['POST', tags, { tag: { key: '', value: 'v' } }, 400, 'VPC.1801', length],
    ['POST', tags, { tag: { key: 'k', value: 'v'.repeat(44) } }, 400, 'VPC.1801', length],
    ['DELETE', `${tags}/gone`, undefined, 404, 'VPC.2204', 'Resource query by ID failed.'],
  ]);
  await check(cloud, [
    ['POST', `${tags}/action`, { action: 'create', tags: many(10) }, 204, undefined, 'clean'],
    ['POST', tags, { tag: { key: 'k0', value: 'w' } }, 204, undefined, 'clean'],
    ['POST', tags, { tag: { key: 'more', value: '' } }, 400, 'VPC.1801', 'clean'],
    ['POST', search, filter(20, 10), 200, undefined, 'clean'],
    ['POST', search, filter(21, 1), 400, 'VPC.1801', 'marked'],
    ['POST', search, filter(1, 11), 400, 'VPC.1801', 'marked'],
    ['POST', search, { action: 'filter', limit: 0 }, 400, 'VPC.1801', 'marked'],
    ['POST', search, { action: 'find' }, 400, 'VPC.1801', 'marked'],
    ['POST', search, { action: 'count', limit: 5 }, 200, undefined, 'marked'],
  ]);
});
