import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertNova, assertUnmarked, links, names, nobody, play, server } from './openstack-caller.js';

test('servers: lists in order, the name filter is an expression, pages, show', async () => {
  await play({}, async (caller) => {
    const all = await caller.cmp('GET', '/servers');
    assert.deepEqual(names(all, 'servers'), ['web-1', 'web-2', 'worker-1', 'worker-2']);
    assert.deepEqual(Object.keys(all.at('servers.0') as object), ['id', 'name', 'links']);
    for (const [query, expected] of [
      ['name=web', ['web-1', 'web-2']],
      ['name=eb-1', ['web-1']],
      ['name=%5E(web%7Cworker)-1%24', ['web-1', 'worker-1']],
      ['name=WEB-2', ['web-2']],
      ['status=BUILD', ['worker-1']],
      ['limit=2', ['web-1', 'web-2']],
      [`limit=2&marker=${server('web-2')}`, ['worker-1', 'worker-2']],
      [`limit=2&marker=${server('worker-2')}`, []],
    ] as const) {
      const heard = await caller.cmp('GET', `/servers/detail?${query}`);
      assert.deepEqual(names(heard, 'servers'), expected, query);
      const { next } = links(heard, 'servers');
      assert.equal(next !== undefined, query.startsWith('limit') && expected.length === 2);
      if (next !== undefined) assert.ok(next.startsWith(`${caller.sandbox.origin}/compute/v2.1/${await caller.project()}/servers/detail?`));
    }
    const shown = await caller.cmp('GET', `/servers/${server('web-1')}`);
    assert.deepEqual([shown.at('server.status'), shown.at('server.OS-EXT-AZ:availability_zone')], ['ACTIVE', 'nova']);
    const [address] = shown.at('server.addresses.private') as Readonly<Record<string, unknown>>[];
    assert.deepEqual([address?.addr, address?.version, address?.['OS-EXT-IPS:type']], ['192.168.1.11', 4, 'fixed']);
    const far = await caller.cmp('GET', `/servers/${server('worker-2')}`);
    assert.deepEqual([far.at('server.OS-EXT-AZ:availability_zone'), far.at('server.status')], ['far', 'ACTIVE']);
    const built = await caller.cmp('GET', `/servers/${server('worker-1')}`);
    assert.deepEqual([built.at('server.status'), built.at('server.addresses')], ['BUILD', {}]);
    const ips = await caller.cmp('GET', `/servers/${server('web-1')}/ips`);
    assert.deepEqual(ips.json, { addresses: { private: [{ addr: '192.168.1.11', version: 4 }] } });
    assertNova(await caller.cmp('GET', `/servers/${nobody}`), 404, 'itemNotFound', false);
    assertNova(await caller.cmp('GET', `/servers?marker=${nobody}`), 400, 'badRequest', false);
    assertNova(await caller.cmp('GET', '/servers?all_tenants=1'), 403, 'forbidden', false);
    assertUnmarked(caller);
    assert.equal(names(await caller.as('admin').cmp('GET', '/servers?all_tenants=1'), 'servers').length, 5);
  });
});

const carelessServers: readonly (readonly [string, string, number, string])[] = [
  ['GET', '/servers/web-1', 404, 'itemNotFound'],
  ['GET', '/servers?name=(', 400, 'badRequest'],
  ['GET', '/servers?limit=x', 400, 'badRequest'],
  ['GET', '/servers?marker=web-1', 400, 'badRequest'],
  ['GET', '/flavors', 404, 'itemNotFound'],
  ['GET', `/servers/${nobody}/nonsense`, 404, 'itemNotFound'],
  ['GET', `/servers/${nobody}/ips/private`, 404, 'itemNotFound'],
  ['GET', '/servers/detail/all', 404, 'itemNotFound'],
  ['DELETE', '/servers', 405, 'badMethod'],
  ['DELETE', `/servers/${nobody}`, 405, 'badMethod'],
  ['GET', `/servers/${nobody}/action`, 405, 'badMethod'],
];
for (const [method, path, status, name] of carelessServers) {
  test(`marked, ${status}: ${method} ${path}`, async () => {
    await play({}, async (caller) => assertNova(await caller.cmp(method, path), status, name, true));
  });
}

test('an unknown parameter of a server list is ignored, and marked', async () => {
  await play({}, async (caller) => {
    const heard = await caller.cmp('GET', '/servers?device=x');
    assert.deepEqual([heard.status, heard.mark !== null], [200, true]);
    const shown = await caller.cmp('GET', `/servers/${server('web-1')}?fields=id`);
    assert.deepEqual([shown.status, shown.mark !== null], [200, true]);
  });
});
