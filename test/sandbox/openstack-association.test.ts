import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  allocate,
  assertRefused,
  assertUnmarked,
  nobody,
  play,
  port,
  publicNetwork,
  put,
  setFixedIps,
  show,
  web1,
  web2,
} from './openstack-caller.js';

test('status: DOWN when made, ACTIVE a read after the association, DOWN when freed', async () => {
  await play({}, async (caller) => {
    const id = await allocate(caller);
    const status = async () => (await show(caller, id)).at('floatingip.status');
    assert.deepEqual([await status(), await status()], ['DOWN', 'DOWN']);
    assert.equal((await put(caller, id, web1)).at('floatingip.status'), 'DOWN');
    assert.deepEqual([await status(), await status()], ['DOWN', 'ACTIVE']);
    assert.equal((await caller.net('GET', '/floatingips?status=ACTIVE')).at('floatingips.0.id'), id);
    assert.equal((await put(caller, id, { port_id: null })).at('floatingip.status'), 'DOWN');
    assert.deepEqual([await status(), await status()], ['DOWN', 'DOWN']);
  });
  for (const [wiring, settled] of [
    ['never', 'DOWN'],
    ['error', 'ERROR'],
  ]) {
    await play({ knobs: { wiring } }, async (caller) => {
      const id = await allocate(caller);
      await put(caller, id, web1);
      await show(caller, id);
      const later = await show(caller, id);
      assert.deepEqual([later.at('floatingip.status'), later.at('floatingip.port_id')], [settled, web1.port_id]);
    });
  }
});

test('update: what each body does to the association', async () => {
  await play({}, async (caller) => {
    const id = await allocate(caller);
    const state = async (attributes: unknown) => {
      const heard = await put(caller, id, attributes);
      assert.equal(heard.status, 200, heard.text);
      return [heard.at('floatingip.port_id'), heard.at('floatingip.fixed_ip_address'), heard.at('floatingip.revision_number')];
    };
    const bound = [web1.port_id, web1.fixed_ip_address];
    assert.deepEqual(await state({ port_id: null }), [null, null, 0], 'already free');
    assert.deepEqual(await state({ description: 'free' }), [null, null, 1], 'no port, none kept');
    assert.deepEqual(await state({ port_id: web1.port_id }), [...bound, 2], 'the only address of a port');
    assert.deepEqual(await state(web1), [...bound, 2], 'the same again');
    assert.deepEqual(await state({ description: 'kept' }), [...bound, 3], 'association kept');
    assert.deepEqual(await state({ description: 'kept' }), [...bound, 3], 'the same again');
    assert.deepEqual(await state({ ...web1, description: 'both' }), [...bound, 4], 'association and description');
    assert.deepEqual(await state({ port_id: null }), [null, null, 5], 'disassociated');
    assertUnmarked(caller);
    await put(caller, id, web1);
    const heard = await put(caller, id, {});
    assert.deepEqual(
      [heard.status, heard.at('floatingip.port_id'), heard.mark !== null],
      [200, null, true],
      'an empty object disassociates',
    );
  });
});

test('update: an address with several candidates on its port needs them named, even to change the description', async () => {
  await play({ seed: (cloud) => setFixedIps(cloud, 'web-2', ['192.168.1.12', '192.168.1.13']) }, async (caller) => {
    const id = await allocate(caller);
    assertRefused(await put(caller, id, { port_id: port('web-2') }), 400, 'BadRequest', true);
    const second = { port_id: port('web-2'), fixed_ip_address: '192.168.1.13' };
    assert.equal((await put(caller, id, second)).status, 200);
    assertRefused(await put(caller, id, { description: 'x' }), 400, 'BadRequest', true);
    const heard = await put(caller, id, { ...second, description: 'x' });
    assert.deepEqual([heard.status, heard.at('floatingip.description'), heard.mark], [200, 'x', null]);
    const other = await allocate(caller);
    assert.equal((await put(caller, other, { ...second, fixed_ip_address: '192.168.1.12' })).status, 200, 'one each fixed address');
  });
});

const refusedPuts: readonly (readonly [string, unknown, number, string, boolean])[] = [
  ['an unknown port', { port_id: nobody }, 404, 'PortNotFound', false],
  ['a port of another project', { port_id: port('other-1') }, 400, 'BadRequest', false],
  ['a DHCP port', { port_id: port('dhcp') }, 400, 'BadRequest', true],
  ['an address that is not on the port', { ...web1, fixed_ip_address: '192.168.1.12' }, 400, 'BadRequest', false],
  ['an IPv6 address', { ...web1, fixed_ip_address: '2001:db8::11' }, 400, 'BadRequest', true],
  ['a subnet no router reaches', { port_id: port('worker-2') }, 404, 'ExternalGatewayForFloatingIPNotFound', false],
  ['a fixed address alone', { fixed_ip_address: '192.168.1.11' }, 400, 'BadRequest', true],
  ['a fixed address and null', { port_id: null, fixed_ip_address: '192.168.1.11' }, 400, 'BadRequest', true],
  ['the address itself', { floating_ip_address: '203.0.113.99' }, 400, 'HTTPBadRequest', true],
  ['the network', { floating_network_id: publicNetwork }, 400, 'HTTPBadRequest', true],
  ['the status', { status: 'ACTIVE' }, 400, 'HTTPBadRequest', true],
  ['the project', { project_id: nobody }, 400, 'HTTPBadRequest', true],
  ['tags', { tags: ['a'] }, 400, 'HTTPBadRequest', true],
  ['an unknown attribute', { color: 'red' }, 400, 'HTTPBadRequest', true],
  ['an empty port id', { port_id: '' }, 400, 'HTTPBadRequest', true],
  ['null for the description', { description: null }, 400, 'HTTPBadRequest', true],
  ['a missing extension', { distributed: false }, 400, 'HTTPBadRequest', false],
];
for (const [name, attributes, status, type, marked] of refusedPuts) {
  test(`update refuses ${name}: ${status} ${type}`, async () => {
    await play({}, async (caller) => {
      const id = await allocate(caller);
      assertRefused(await put(caller, id, attributes), status, type, marked);
      const kept = await show(caller, id);
      assert.deepEqual([kept.at('floatingip.port_id'), kept.at('floatingip.revision_number')], [null, 0]);
    });
  });
}

test('moving a bound address is silent: marked unless If-Match shows that the client looked', async () => {
  await play({}, async (caller) => {
    const id = await allocate(caller, web1);
    const guarded = await put(caller, id, web2, 0);
    assert.deepEqual([guarded.status, guarded.at('floatingip.port_id'), guarded.mark], [200, web2.port_id, null]);
    const blind = await put(caller, id, web1);
    assert.deepEqual([blind.status, blind.at('floatingip.port_id'), blind.mark !== null], [200, web1.port_id, true]);
  });
  await play({ knobs: { revisionIfMatch: false } }, async (caller) => {
    const id = await allocate(caller, web1);
    assertRefused(await put(caller, id, web2, 0), 400, 'HTTPBadRequest', false);
    assertRefused(await caller.net('GET', '/extensions/revision-if-match'), 404, 'ExtensionNotFound', false);
    assert.equal((await put(caller, id, web2)).status, 200);
    assertUnmarked(caller);
  });
});

test('the target that another address serves already is a conflict, not a swap', async () => {
  await play({}, async (caller) => {
    await allocate(caller, web1);
    const id = await allocate(caller);
    assertRefused(await put(caller, id, web1, 0), 409, 'FloatingIPPortAlreadyAssociated', false);
  });
});

test("a router's port may be named, but no faithful client does", async () => {
  await play({}, async (caller) => {
    const heard = await put(caller, await allocate(caller), { port_id: port('router') });
    assert.deepEqual([heard.status, heard.mark !== null], [200, true]);
  });
});

test('If-Match holds updates and deletes to the revision that was read', async () => {
  await play({}, async (caller) => {
    const id = await allocate(caller);
    await put(caller, id, web1);
    assertRefused(await put(caller, id, { port_id: null }, 0), 412, 'RevisionNumberConstraintFailed', false);
    const stale = await caller.net('DELETE', `/floatingips/${id}`, undefined, { 'if-match': 'revision_number=0' });
    assertRefused(stale, 412, 'RevisionNumberConstraintFailed', false);
    assert.equal((await put(caller, id, { port_id: null }, 1)).at('floatingip.revision_number'), 2);
    assertUnmarked(caller);
    const strange = await caller.net('DELETE', `/floatingips/${id}`, undefined, { 'if-match': '"etag"' });
    assertRefused(strange, 400, 'HTTPBadRequest', true);
    assert.equal((await caller.net('DELETE', `/floatingips/${id}`, undefined, { 'if-match': 'revision_number=2' })).status, 204);
  });
});

test('delete: bound addresses go in silence, marked unless If-Match was sent; a body is a 400; gone is a 404', async () => {
  await play({}, async (caller) => {
    const [free, guarded, blind] = [await allocate(caller), await allocate(caller, web1), await allocate(caller, web2)];
    assert.equal((await caller.net('DELETE', `/floatingips/${free}`)).status, 204);
    assertRefused(await caller.net('DELETE', `/floatingips/${free}`), 404, 'FloatingIPNotFound', false);
    assert.equal((await caller.net('DELETE', `/floatingips/${guarded}`, undefined, { 'if-match': 'revision_number=0' })).status, 204);
    assertUnmarked(caller);
    assertRefused(await caller.net('DELETE', `/floatingips/${blind}`, {}), 400, 'HTTPBadRequest', true);
    const heard = await caller.net('DELETE', `/floatingips/${blind}`);
    assert.deepEqual([heard.status, heard.text, heard.mark !== null], [204, '', true]);
    assertRefused(await caller.net('DELETE', '/floatingips/203.0.113.10'), 404, 'FloatingIPNotFound', true);
  });
});

test('some clouds say gone and show it a while longer', async () => {
  await play({ knobs: { lingeringDelete: 1 } }, async (caller) => {
    const id = await allocate(caller, web1);
    await caller.net('DELETE', `/floatingips/${id}`, undefined, { 'if-match': 'revision_number=0' });
    const once = await show(caller, id);
    assert.deepEqual([once.status, once.at('floatingip.status'), once.at('floatingip.port_id')], [200, 'DOWN', null]);
    assertRefused(await show(caller, id), 404, 'FloatingIPNotFound', false);
  });
  await play({ knobs: { lingeringDelete: 5 } }, async (caller) => {
    const id = await allocate(caller);
    for (const status of [204, 204, 404]) assert.equal((await caller.net('DELETE', `/floatingips/${id}`)).status, status);
  });
});
