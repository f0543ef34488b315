import assert from 'node:assert/strict';
import { test } from 'node:test';
import { uuid } from '../../src/sandbox/cloud.js';
import {
  allocate,
  assertRefused,
  assertUnmarked,
  nobody,
  play,
  port,
  post,
  privateNetwork,
  publicNetwork,
  put,
  show,
  web1,
  web2,
} from './openstack-caller.js';

test('port_details follow the port, and the extension', async () => {
  await play({}, async (caller) => {
    const id = await allocate(caller, web1);
    assert.deepEqual((await show(caller, id)).at('floatingip.port_details'), {
      name: 'web-1',
      network_id: privateNetwork,
      mac_address: (await caller.net('GET', `/ports/${web1.port_id}`)).at('port.mac_address'),
      admin_state_up: true,
      status: 'ACTIVE',
      device_id: uuid('server/web-1'),
      device_owner: 'compute:nova',
    });
  });
  await play({ knobs: { portDetails: false } }, async (caller) => {
    const heard = await show(caller, await allocate(caller, web1));
    assert.ok(!Object.hasOwn(heard.at('floatingip') as object, 'port_details'));
    assertRefused(await caller.net('GET', '/extensions/fip-port-details'), 404, 'ExtensionNotFound', false);
  });
});

test('an address with port forwardings looks free, and is refused everything', async () => {
  await play({}, async (caller) => {
    const id = await allocate(caller);
    const forwarding = {
      protocol: 'tcp',
      external_port: 2222,
      internal_port: 22,
      internal_ip_address: '192.168.1.11',
      internal_port_id: port('web-1'),
    };
    const path = `/floatingips/${id}/port_forwardings`;
    const made = await caller.net('POST', path, { port_forwarding: forwarding });
    assert.equal(made.status, 201, made.text);
    const one = `${path}/${made.id('port_forwarding.id')}`;
    assert.deepEqual((await caller.net('GET', path)).at('port_forwardings.0'), {
      ...forwarding,
      id: made.at('port_forwarding.id'),
      description: '',
    });
    assert.equal((await caller.net('GET', one)).at('port_forwarding.external_port'), 2222);
    const heard = await show(caller, id);
    assert.deepEqual(
      [heard.at('floatingip.port_id'), heard.at('floatingip.router_id'), heard.at('floatingip.status')],
      [null, uuid('router/demo'), 'ACTIVE'],
    );
    assert.equal((heard.at('floatingip.port_forwardings') as unknown[]).length, 1);
    assertRefused(await put(caller, id, web2), 409, 'FipInUseByPortForwarding', false);
    assertRefused(await caller.net('DELETE', `/floatingips/${id}`), 409, 'FipInUseByPortForwarding', false);
    assertRefused(await post(caller, { floating_network_id: publicNetwork, ...web1 }), 400, 'PortHasPortForwarding', false);
    assertRefused(await put(caller, await allocate(caller), web1), 400, 'PortHasPortForwarding', false);
    assertRefused(await caller.net('POST', path, { port_forwarding: forwarding }), 400, 'BadRequest', false);
    assertRefused(
      await caller.net('POST', path, { port_forwarding: { ...forwarding, internal_ip_address: '192.168.1.99' } }),
      400,
      'BadRequest',
      false,
    );
    assertRefused(
      await caller.net('POST', path, { port_forwarding: { ...forwarding, internal_port_id: nobody } }),
      404,
      'PortNotFound',
      false,
    );
    assertRefused(await caller.net('GET', `${path}/${nobody}`), 404, 'PortForwardingNotFound', false);
    assert.equal((await caller.net('DELETE', one)).status, 204);
    assert.equal((await caller.net('DELETE', `/floatingips/${id}`)).status, 204);
    assertUnmarked(caller);
  });
  await play({ knobs: { portForwardings: false } }, async (caller) => {
    const id = await allocate(caller);
    assert.ok(!Object.hasOwn((await show(caller, id)).at('floatingip') as object, 'port_forwardings'));
    assertRefused(await caller.net('GET', `/floatingips/${id}/port_forwardings`), 404, 'HTTPNotFound', true);
  });
});

test('port forwardings refuse bodies without sense, addresses in use, and other methods', async () => {
  await play({}, async (caller) => {
    const path = `/floatingips/${await allocate(caller, web1)}/port_forwardings`;
    const whole = {
      protocol: 'tcp',
      external_port: 1,
      internal_port: 1,
      internal_ip_address: '192.168.1.12',
      internal_port_id: port('web-2'),
    };
    for (const body of [
      {},
      { port_forwarding: { protocol: 'tcp' } },
      { port_forwarding: { ...whole, color: 'red' } },
      { port_forwarding: { ...whole, external_port: 0 } },
    ]) {
      assertRefused(await caller.net('POST', path, body), 400, 'HTTPBadRequest', true);
    }
    assertRefused(await caller.net('POST', path, { port_forwarding: whole }), 400, 'BadRequest', false);
    assertRefused(await caller.net('PUT', path, {}), 405, 'HTTPMethodNotAllowed', true);
    assertRefused(await caller.net('PUT', `${path}/${nobody}`, {}), 405, 'HTTPMethodNotAllowed', true);
    assertRefused(await caller.net('GET', `${path}/ssh`), 404, 'PortForwardingNotFound', true);
  });
});

test('tags are replaced, added and removed one by one or all at once, and count as changes', async () => {
  await play({}, async (caller) => {
    for (const path of [`/floatingips/${await allocate(caller)}`, `/ports/${port('web-1')}`]) {
      const tags = async () => (await caller.net('GET', `${path}/tags`)).at('tags');
      const revision = async () =>
        Number((await caller.net('GET', path)).at(`${path.startsWith('/ports') ? 'port' : 'floatingip'}.revision_number`));
      const before = await revision();
      const replaced = await caller.net('PUT', `${path}/tags`, { tags: ['a', 'env=prod', 'a'] });
      assert.deepEqual([replaced.status, replaced.json], [200, { tags: ['a', 'env=prod'] }]);
      const added = await caller.net('POST', `${path}/tags`, { tags: ['b', 'a'] });
      assert.deepEqual([added.status, added.json], [200, { tags: ['a', 'env=prod', 'b'] }]);
      const one = await caller.net('PUT', `${path}/tags/x%2Fy%20z`);
      assert.deepEqual([one.status, one.text], [201, '']);
      assert.deepEqual(await tags(), ['a', 'env=prod', 'b', 'x/y z']);
      const has = await caller.net('GET', `${path}/tags/env%3Dprod`);
      assert.deepEqual([has.status, has.text], [204, '']);
      assert.equal((await caller.net('DELETE', `${path}/tags/a`)).status, 204);
      assertRefused(await caller.net('GET', `${path}/tags/a`), 404, 'TagNotFound', false);
      assertRefused(await caller.net('DELETE', `${path}/tags/a`), 404, 'TagNotFound', false);
      assert.equal((await revision()) - before, 4);
      assert.equal((await caller.net('PUT', `${path}/tags/b`)).status, 201);
      assert.equal((await revision()) - before, 4, 'a tag that is there already changes nothing');
      assert.equal((await caller.net('DELETE', `${path}/tags`)).status, 204);
      assert.deepEqual(await tags(), []);
    }
    assertUnmarked(caller);
  });
});

test('tags: bodies and paths no faithful client sends; clouds before tag-creation', async () => {
  await play({ knobs: { tagCreation: false } }, async (caller) => {
    const path = `/floatingips/${await allocate(caller)}/tags`;
    const long = 'x'.repeat(256);
    for (const body of [undefined, {}, { tags: 'a' }, { tags: [1] }, { tags: [''] }, { tags: [long] }, { tags: [], more: 1 }]) {
      assertRefused(await caller.net('PUT', path, body), 400, 'HTTPBadRequest', true);
    }
    assertRefused(await caller.net('PUT', `${path}/${long}`), 400, 'HTTPBadRequest', true);
    const full = await caller.net('PUT', `${path}/a`, {});
    assert.deepEqual([full.status, full.mark !== null], [201, true]);
    assertRefused(await caller.net('POST', path, { tags: ['a'] }), 405, 'HTTPMethodNotAllowed', true);
    assertRefused(await caller.net('POST', `${path}/a`), 405, 'HTTPMethodNotAllowed', true);
    assertRefused(await caller.net('PATCH', path), 405, 'HTTPMethodNotAllowed', true);
    assertRefused(await caller.net('DELETE', path, {}), 400, 'HTTPBadRequest', true);
    assertRefused(await caller.net('GET', '/extensions/tag-creation'), 404, 'ExtensionNotFound', false);
  });
});
