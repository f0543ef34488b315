import assert from 'node:assert/strict';
import { test } from 'node:test';
import { uuid } from '../../src/sandbox/cloud.js';
import {
  appSubnet,
  assertRefused,
  assertUnmarked,
  type Caller,
  links,
  names,
  nobody,
  play,
  port,
  privateNetwork,
  publicNetwork,
  server,
} from './openstack-caller.js';

async function allocate(caller: Caller, count: number): Promise<readonly string[]> {
  const ids: string[] = [];
  while (ids.length < count) {
    const made = await caller.net('POST', '/floatingips', { floatingip: { floating_network_id: publicNetwork } });
    ids.push(made.id('floatingip.id'));
  }
  return ids;
}

const filters: readonly (readonly [string, string, readonly string[]])[] = [
  ['/networks?router:external=True', 'networks', ['public']],
  ['/networks?router%3Aexternal=true&name=public', 'networks', ['public']],
  ['/networks?router:external=false', 'networks', ['private', 'island']],
  ['/networks?name=public&name=private', 'networks', ['public', 'private']],
  ['/networks?name=pub', 'networks', []],
  [`/networks?id=${privateNetwork}`, 'networks', ['private']],
  [`/subnets?network_id=${privateNetwork}`, 'subnets', ['app']],
  ['/subnets?ip_version=4&cidr=10.20.0.0/24', 'subnets', ['db']],
  [`/ports?device_id=${server('web-1')}`, 'ports', ['web-1']],
  ['/ports?device_owner=network:dhcp', 'ports', ['dhcp']],
  ['/ports?fixed_ips=ip_address%3D192.168.1.12', 'ports', ['web-2']],
  ['/ports?fixed_ips=ip_address_substr%3D192.168.1.1', 'ports', ['web-1', 'web-2', 'router']],
  [`/ports?fixed_ips=subnet_id%3D${appSubnet}`, 'ports', ['web-1', 'web-2', 'dhcp', 'router']],
  [`/ports?fixed_ips=subnet_id%3D${appSubnet}&fixed_ips=ip_address%3D192.168.1.11`, 'ports', ['web-1']],
  ['/ports?fixed_ips=ip_address%3D192.168.1.11&fixed_ips=ip_address%3D192.168.1.12', 'ports', []],
  ['/ports?name=web-1&name=worker-2&status=ACTIVE&admin_state_up=true', 'ports', ['web-1', 'worker-2']],
  ['/ports?device_id=', 'ports', []],
  ['/ports.json?name=web-1', 'ports', ['web-1']],
];
for (const [path, collection, expected] of filters) {
  test(`filter ${path}`, async () => {
    await play({}, async (caller) => {
      const heard = await caller.net('GET', path);
      assert.equal(heard.status, 200, heard.text);
      assert.deepEqual(names(heard, collection), expected);
      assertUnmarked(caller);
    });
  });
}

test('floating addresses are filtered by their attributes and by tags', async () => {
  await play({}, async (caller) => {
    const [first, second, third] = await allocate(caller, 3);
    await caller.net('PUT', `/floatingips/${first}`, {
      floatingip: { port_id: port('web-1'), fixed_ip_address: '192.168.1.11', description: 'web' },
    });
    await caller.net('PUT', `/floatingips/${first}/tags`, { tags: ['a', 'b'] });
    await caller.net('PUT', `/floatingips/${second}/tags`, { tags: ['b', 'c'] });
    const project = await caller.project();
    for (const [query, expected] of [
      ['', [first, second, third]],
      [`floating_network_id=${publicNetwork}&floating_network_id=${nobody}`, [first, second, third]],
      ['floating_ip_address=203.0.113.11', [second]],
      ['floating_ip_address=203.0.113.99', []],
      [`port_id=${port('web-1')}`, [first]],
      ['fixed_ip_address=192.168.1.11', [first]],
      [`router_id=${uuid('router/demo')}`, [first]],
      ['description=web', [first]],
      ['revision_number=0', [third]],
      [`project_id=${project}`, [first, second, third]],
      [`tenant_id=${uuid('x')}`, []],
      ['status=ACTIVE&status=ERROR', [first]],
      ['tags=b', [first, second]],
      ['tags=a,b', [first]],
      ['tags-any=a,c', [first, second]],
      ['not-tags=a,b', [second, third]],
      ['not-tags-any=a,c', [third]],
    ] as const) {
      const heard = await caller.net('GET', `/floatingips?${query}`);
      assert.equal(heard.status, 200, heard.text);
      assert.deepEqual(names(heard, 'floatingips', 'id'), expected, query);
    }
    assertUnmarked(caller);
  });
});

test('an unknown filter is a 400 with filter-validation, ignored without, and marked both times', async () => {
  await play({}, async (caller) => {
    assertRefused(await caller.net('GET', '/floatingips?color=red'), 400, 'HTTPBadRequest', true);
    assertRefused(await caller.net('GET', '/floatingips?subnet_id=x'), 400, 'HTTPBadRequest', true);
    assert.equal((await caller.net('GET', '/extensions/filter-validation')).status, 200);
  });
  await play({ knobs: { filterValidation: false } }, async (caller) => {
    const heard = await caller.net('GET', '/networks?color=red');
    assert.deepEqual([heard.status, names(heard, 'networks').length, heard.mark !== null], [200, 3, true]);
    assertRefused(await caller.net('GET', '/extensions/filter-validation'), 404, 'ExtensionNotFound', false);
  });
});

const carelessFilters: readonly (readonly [string, number])[] = [
  ['/floatingips?port_id=', 200],
  ['/floatingips?id=203.0.113.10', 200],
  ['/floatingips?floating_ip_address=web', 200],
  ['/ports?network_id=private', 200],
  ['/ports?fixed_ips=subnet_id%3Dapp', 200],
  ['/ports?fixed_ips=ip_address%3Dweb-1', 200],
  ['/ports?fixed_ips=192.168.1.11', 400],
  ['/networks?shared=perhaps', 400],
  ['/ports?revision_number=new', 400],
  ['/networks?sort_key=name', 400],
  ['/networks?sort_dir=asc', 400],
  ['/networks?sort_key=name&sort_key=id&sort_dir=asc', 400],
  ['/networks?sort_key=color&sort_dir=asc', 400],
  ['/floatingips?sort_key=description&sort_dir=asc', 400],
  ['/networks?sort_key=name&sort_dir=up', 400],
  ['/networks?limit=-1', 400],
  ['/networks?limit=many', 400],
  ['/networks?limit=1&page_reverse=perhaps', 400],
  ['/networks?limit=1&marker=private', 200],
  ['/networks?fields=colour', 200],
];
for (const [path, status] of carelessFilters) {
  test(`marked, ${status}: ${path}`, async () => {
    await play({}, async (caller) => {
      const heard = await caller.net('GET', path);
      if (status === 400) assertRefused(heard, 400, 'HTTPBadRequest', true);
      else assert.deepEqual([heard.status, heard.mark !== null], [200, true]);
    });
  });
}

test('fields limits what a list and a show give', async () => {
  await play({}, async (caller) => {
    const list = await caller.net('GET', '/networks?fields=id&fields=name&name=public');
    assert.deepEqual(list.json, { networks: [{ id: publicNetwork, name: 'public' }] });
    const show = await caller.net('GET', `/networks/${publicNetwork}?fields=name`);
    assert.deepEqual(show.json, { network: { name: 'public' } });
    assertUnmarked(caller);
    assert.notEqual((await caller.net('GET', `/networks/${publicNetwork}?name=public`)).mark, null);
  });
});

test('sorting goes by several keys, both ways', async () => {
  await play({}, async (caller) => {
    const up = await caller.net('GET', '/networks?sort_key=name&sort_dir=asc');
    assert.deepEqual(names(up, 'networks'), ['island', 'private', 'public']);
    const down = await caller.net('GET', '/networks?sort_key=status&sort_dir=asc&sort_key=name&sort_dir=desc');
    assert.deepEqual(names(down, 'networks'), ['public', 'private', 'island']);
    assertUnmarked(caller);
  });
});

test('a full page has next, even the last one; a short page has not; previous is there from the first', async () => {
  await play({}, async (caller) => {
    const [first, second, third, fourth] = await allocate(caller, 4);
    const base = `${caller.sandbox.origin}/network/v2.0/floatingips`;
    const one = await caller.net('GET', '/floatingips?limit=2');
    assert.deepEqual(names(one, 'floatingips', 'id'), [first, second]);
    assert.deepEqual(links(one), {
      next: `${base}?limit=2&marker=${second}`,
      previous: `${base}?limit=2&marker=${first}&page_reverse=True`,
    });
    const two = await caller.net('GET', `/floatingips?limit=2&marker=${second}`);
    assert.deepEqual(names(two, 'floatingips', 'id'), [third, fourth]);
    assert.deepEqual(Object.keys(links(two)), ['next', 'previous']);
    const empty = await caller.net('GET', `/floatingips?limit=2&marker=${fourth}`);
    assert.deepEqual(empty.json, { floatingips: [], floatingips_links: [] });
    const short = await caller.net('GET', `/floatingips?limit=3&marker=${second}`);
    assert.deepEqual(Object.keys(links(short)), ['previous']);
    const back = await caller.net('GET', `/floatingips?limit=2&marker=${second}&page_reverse=True`);
    assert.deepEqual(names(back, 'floatingips', 'id'), [first]);
    assert.deepEqual(links(back), { next: `${base}?limit=2&marker=${first}` });
    const gone = await caller.net('GET', `/floatingips?limit=2&marker=${nobody}`);
    assert.deepEqual(gone.at('floatingips'), []);
    for (const path of ['/floatingips', '/floatingips?limit=0']) {
      const whole = await caller.net('GET', path);
      assert.deepEqual([names(whole, 'floatingips', 'id').length, whole.at('floatingips_links')], [4, undefined]);
    }
    assertUnmarked(caller);
  });
});

test('the last page in reverse order is the first one asked for without marker', async () => {
  await play({}, async (caller) => {
    const heard = await caller.net('GET', '/networks?limit=2&page_reverse=true');
    assert.deepEqual(names(heard, 'networks'), ['private', 'island']);
    assert.deepEqual(Object.keys(links(heard, 'networks')), ['next', 'previous']);
  });
});

test('a forced maximum pages those that did not ask, and cuts those that ask for more', async () => {
  await play({ knobs: { pageMax: 2 } }, async (caller) => {
    const ids = await allocate(caller, 3);
    const seen: unknown[] = [];
    let path = '/network/v2.0/floatingips?status=DOWN';
    for (let pages = 0; path !== ''; pages += 1) {
      assert.ok(pages < 3);
      const heard = await caller.call('GET', path, { headers: { 'x-auth-token': await caller.token() } });
      seen.push(...names(heard, 'floatingips', 'id'));
      const { next } = links(heard);
      assert.ok(next === undefined || next.includes('status=DOWN'));
      path = next?.replace(caller.sandbox.origin, '') ?? '';
    }
    assert.deepEqual(seen, ids);
    const cut = await caller.net('GET', '/networks?limit=10');
    assert.equal(names(cut, 'networks').length, 2);
    const servers = await caller.cmp('GET', '/servers');
    assert.deepEqual([names(servers, 'servers').length, typeof links(servers, 'servers').next], [2, 'string']);
    assertUnmarked(caller);
  });
});

test("page links may name a host of the cloud's inside", async () => {
  await play({ knobs: { foreignNext: true } }, async (caller) => {
    const networks = links(await caller.net('GET', '/networks?limit=1'), 'networks');
    assert.ok(networks.next && !networks.next.startsWith(caller.sandbox.origin) && networks.next.includes('marker='));
    const servers = links(await caller.cmp('GET', '/servers?limit=1'), 'servers');
    assert.ok(servers.next && !servers.next.startsWith(caller.sandbox.origin));
  });
});

test('extensions are listed and shown', async () => {
  await play({}, async (caller) => {
    const heard = await caller.net('GET', '/extensions');
    const aliases = names(heard, 'extensions', 'alias');
    for (const alias of [
      'router',
      'external-net',
      'pagination',
      'revision-if-match',
      'standard-attr-tag',
      'fip-port-details',
      'quota_details',
    ]) {
      assert.ok(aliases.includes(alias), alias);
      const one = await caller.net('GET', `/extensions/${alias}.json`);
      assert.deepEqual([one.status, one.at('extension.alias')], [200, alias]);
    }
    assert.ok(!aliases.includes('floating-ip-distributed'));
    assertRefused(await caller.net('GET', '/extensions/floating-ip-distributed'), 404, 'ExtensionNotFound', false);
    assertUnmarked(caller);
    assertRefused(await caller.net('POST', '/extensions', {}), 405, 'HTTPMethodNotAllowed', true);
    assert.notEqual((await caller.net('GET', '/extensions?limit=1')).mark, null);
  });
});

test("quotas: limits, use and reservations of one's own project only", async () => {
  await play({ knobs: { floatingQuota: 7 } }, async (caller) => {
    await allocate(caller, 2);
    const project = await caller.project();
    for (const suffix of ['', '.json']) {
      const details = await caller.net('GET', `/quotas/${project}/details${suffix}`);
      assert.deepEqual(details.at('quota.floatingip'), { limit: 7, used: 2, reserved: 0 });
      assert.deepEqual(details.at('quota.port'), { limit: 500, used: 5, reserved: 0 });
    }
    assert.equal((await caller.net('GET', `/quotas/${project}`)).at('quota.floatingip'), 7);
    assert.equal((await caller.net('GET', `/quotas/${project}/default`)).at('quota.port'), 500);
    const other = await caller.as('other').project();
    assertRefused(await caller.net('GET', `/quotas/${other}/details`), 403, 'PolicyNotAuthorized', false);
    assert.equal((await caller.as('admin').net('GET', `/quotas/${project}/details`)).at('quota.floatingip.used'), 2);
    assertUnmarked(caller);
    assertRefused(await caller.net('PUT', `/quotas/${project}`, { quota: { floatingip: 1000 } }), 405, 'HTTPMethodNotAllowed', true);
    assert.notEqual((await caller.net('GET', `/quotas/${project}?fields=floatingip`)).mark, null);
    assertRefused(await caller.net('GET', `/quotas/${project}/usage`), 404, 'HTTPNotFound', true);
  });
});

test("missing items answer by their kind; a name or an address in an id's place is marked too", async () => {
  await play({}, async (caller) => {
    for (const [collection, type] of [
      ['floatingips', 'FloatingIPNotFound'],
      ['ports', 'PortNotFound'],
      ['networks', 'NetworkNotFound'],
      ['subnets', 'SubnetNotFound'],
    ] as const) {
      assertRefused(await caller.net('GET', `/${collection}/${nobody}`), 404, type, false);
      assertRefused(await caller.net('GET', `/${collection}/203.0.113.10`), 404, type, true);
      assertRefused(await caller.net('GET', `/${collection}/public`), 404, type, true);
    }
  });
});

test('older clouds: the bare 404 of a show, and errors that are strings', async () => {
  await play({ knobs: { unwrapped404: true } }, async (caller) => {
    const bare = await caller.net('GET', `/floatingips/${nobody}`);
    assert.deepEqual([bare.status, bare.at('type'), bare.at('detail'), bare.at('NeutronError')], [404, 'HTTPNotFound', '', undefined]);
    assertRefused(await caller.net('DELETE', `/floatingips/${nobody}`), 404, 'FloatingIPNotFound', false);
  });
  await play({ knobs: { stringErrors: true } }, async (caller) => {
    const heard = await caller.net('GET', `/floatingips/${nobody}`);
    assert.deepEqual([heard.status, typeof heard.at('NeutronError')], [404, 'string']);
  });
});

test('unknown paths are 404, wrong methods 405, both marked', async () => {
  await play({}, async (caller) => {
    for (const path of ['/routers', `/floatingips/${nobody}/history`, '/floatingips/a/tags/b/c', `/networks/${publicNetwork}/ports`]) {
      assertRefused(await caller.net('GET', path), 404, 'HTTPNotFound', true);
    }
    const headers = { 'x-auth-token': await caller.token() };
    assertRefused(await caller.call('GET', '/network/floatingips', { headers }), 404, 'HTTPNotFound', true);
    assertRefused(await caller.call('GET', '/network/v2.0', { headers }), 404, 'HTTPNotFound', true);
    for (const [method, path] of [
      ['PUT', '/floatingips'],
      ['DELETE', '/ports'],
      ['POST', `/floatingips/${nobody}`],
      ['PATCH', `/floatingips/${nobody}`],
      ['POST', '/networks'],
      ['DELETE', `/subnets/${nobody}`],
    ] as const) {
      assertRefused(await caller.net(method, path), 405, 'HTTPMethodNotAllowed', true);
    }
  });
});

test('the body and content type that a request should not have are marked', async () => {
  await play({}, async (caller) => {
    const token = await caller.token();
    const typed = await caller.net('GET', '/networks', undefined, { 'content-type': 'application/json' });
    const full = await caller.net('GET', '/networks', {});
    const queried = await caller.net('POST', '/floatingips?verbose=1', { floatingip: { floating_network_id: publicNetwork } });
    const untyped = await caller.call('POST', '/network/v2.0/floatingips', {
      body: JSON.stringify({ floatingip: { floating_network_id: publicNetwork } }),
      headers: { 'x-auth-token': token },
    });
    for (const [heard, status] of [
      [typed, 200],
      [full, 200],
      [queried, 201],
      [untyped, 201],
    ] as const) {
      assert.deepEqual([heard.status, heard.mark !== null], [status, true]);
    }
  });
});
