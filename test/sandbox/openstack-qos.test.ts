import assert from 'node:assert/strict';
import { test } from 'node:test';
import { uuid } from '../../src/sandbox/cloud.js';
import type { OpenStackCloud } from '../../src/sandbox/dialects/openstack/cloud.js';
import {
  allocate,
  assertRefused,
  assertUnmarked,
  type Caller,
  type Heard,
  links,
  names,
  nobody,
  play,
  post,
  publicNetwork,
  put,
  setFixedIps,
  show,
  web1,
} from './openstack-caller.js';

const policy = (name: string): string => uuid(`qos-policy/${name}`);
const allocation = (attributes: object): object => ({ floating_network_id: publicNetwork, ...attributes });
const dns = { dns_name: 'web', dns_domain: 'example.org.' };

const aliases = async (caller: Caller): Promise<readonly unknown[]> => names(await caller.net('GET', '/extensions'), 'extensions', 'alias');
const has = (heard: Heard, name: string): boolean => Object.hasOwn(heard.at('floatingip') as object, name);
const share = (cloud: OpenStackCloud): void => {
  cloud.qosPolicies = cloud.qosPolicies.map((one) => ({ ...one, shared: one.id === policy('other-gold') }));
};

test("a project's policies are listed and shown", async () => {
  await play({}, async (caller) => {
    const list = await caller.net('GET', '/qos/policies');
    assert.deepEqual([list.status, names(list, 'policies', 'id')], [200, [policy('gold'), policy('silver')]]);
    const one = await caller.net('GET', `/qos/policies/${policy('gold')}`);
    const project = await caller.project();
    assert.equal(one.status, 200);
    assert.deepEqual(one.json, {
      policy: {
        id: policy('gold'),
        name: 'gold',
        shared: false,
        rules: [],
        project_id: project,
        tenant_id: project,
        description: '',
        tags: [],
        created_at: '2026-01-15T10:00:00Z',
        updated_at: '2026-01-15T10:00:00Z',
        revision_number: 1,
      },
    });
    assert.deepEqual(list.at('policies.0'), one.at('policy'));
    assertUnmarked(caller);
  });
});

const queries: readonly (readonly [string, readonly string[]])[] = [
  ['name=gold', ['gold']],
  ['name=gold&name=silver', ['gold', 'silver']],
  ['name=gol', []],
  ['name=other-gold', []],
  [`id=${policy('silver')}`, ['silver']],
  [`id=${policy('silver')}&name=gold`, []],
  ['shared=false', ['gold', 'silver']],
  ['shared=true', []],
  ['sort_key=name&sort_dir=desc', ['silver', 'gold']],
];
for (const [query, expected] of queries) {
  test(`policies with ${query}`, async () => {
    await play({}, async (caller) => {
      const heard = await caller.net('GET', `/qos/policies?${query}`);
      assert.deepEqual([heard.status, names(heard, 'policies')], [200, expected], heard.text);
      assertUnmarked(caller);
    });
  });
}

test('policies obey fields, and unknown filters are refused', async () => {
  await play({}, async (caller) => {
    const list = await caller.net('GET', '/qos/policies?name=gold&fields=id');
    assert.deepEqual(list.json, { policies: [{ id: policy('gold') }] });
    const one = await caller.net('GET', `/qos/policies/${policy('gold')}?fields=name`);
    assert.deepEqual(one.json, { policy: { name: 'gold' } });
    assertUnmarked(caller);
    assertRefused(await caller.net('GET', '/qos/policies?color=red'), 400, 'HTTPBadRequest', true);
  });
});

test('pages of policies are linked below qos', async () => {
  await play({ knobs: { pageMax: 1 } }, async (caller) => {
    const base = `${caller.sandbox.origin}/network/v2.0/qos/policies`;
    const first = await caller.net('GET', '/qos/policies');
    assert.deepEqual(names(first, 'policies'), ['gold']);
    assert.deepEqual(links(first, 'policies'), {
      next: `${base}?marker=${policy('gold')}`,
      previous: `${base}?marker=${policy('gold')}&page_reverse=True`,
    });
    const second = await caller.net('GET', `/qos/policies?marker=${policy('gold')}`);
    assert.deepEqual(names(second, 'policies'), ['silver']);
    const last = await caller.net('GET', `/qos/policies?marker=${policy('silver')}`);
    assert.deepEqual(last.json, { policies: [], policies_links: [] });
    assertUnmarked(caller);
  });
});

test("another project's policy does not exist for those who look or name it; administrators see every one", async () => {
  await play({}, async (caller) => {
    for (const id of [policy('other-gold'), nobody]) {
      assertRefused(await caller.net('GET', `/qos/policies/${id}`), 404, 'QosPolicyNotFound', false);
      assertRefused(await post(caller, allocation({ qos_policy_id: id })), 404, 'QosPolicyNotFound', false);
    }
    assert.deepEqual((await caller.net('GET', '/floatingips')).at('floatingips'), []);
    const admin = caller.as('admin');
    assert.deepEqual(names(await admin.net('GET', '/qos/policies'), 'policies'), ['gold', 'silver', 'other-gold']);
    assert.equal((await admin.net('GET', `/qos/policies/${policy('other-gold')}`)).at('policy.name'), 'other-gold');
    assert.deepEqual(names(await caller.as('other').net('GET', '/qos/policies'), 'policies'), ['other-gold']);
    const elsewhere = await caller.call('GET', '/two/network/v2.0/qos/policies', { headers: { 'x-auth-token': await caller.token() } });
    assert.deepEqual(elsewhere.json, { policies: [] });
    assertUnmarked(caller);
  });
});

test('a shared policy is there for every project', async () => {
  await play({ seed: share }, async (caller) => {
    const shared = await caller.net('GET', '/qos/policies?shared=True');
    assert.deepEqual([names(shared, 'policies'), shared.at('policies.0.shared')], [['other-gold'], true]);
    assert.equal((await caller.net('GET', `/qos/policies/${policy('other-gold')}`)).status, 200);
    const made = await post(caller, allocation({ qos_policy_id: policy('other-gold') }));
    assert.deepEqual([made.status, made.at('floatingip.qos_policy_id')], [201, policy('other-gold')]);
    assertUnmarked(caller);
  });
});

test('a missing policy: the bare 404 of older clouds, a name for an id, other paths and methods', async () => {
  await play({ knobs: { unwrapped404: true } }, async (caller) => {
    const bare = await caller.net('GET', `/qos/policies/${nobody}`);
    assert.deepEqual([bare.status, bare.at('type'), bare.mark], [404, 'HTTPNotFound', null]);
    // The refusal of a change is wrapped on those clouds too.
    assertRefused(await post(caller, allocation({ qos_policy_id: nobody })), 404, 'QosPolicyNotFound', false);
  });
  await play({}, async (caller) => {
    assertRefused(await caller.net('GET', '/qos/policies/gold'), 404, 'QosPolicyNotFound', true);
    for (const path of ['/qos', '/qos/rules', `/qos/policies/${policy('gold')}/rules`]) {
      assertRefused(await caller.net('GET', path), 404, 'HTTPNotFound', true);
    }
    assertRefused(await caller.net('POST', '/qos/policies', { policy: { name: 'bronze' } }), 405, 'HTTPMethodNotAllowed', true);
    assertRefused(await caller.net('DELETE', `/qos/policies/${policy('gold')}`), 405, 'HTTPMethodNotAllowed', true);
  });
});

test('an address without wishes has no policy and no name; with them it has them everywhere it is shown', async () => {
  await play({}, async (caller) => {
    const plain = await post(caller, allocation({}));
    const fields = ['qos_policy_id', 'qos_network_policy_id', 'dns_name', 'dns_domain'];
    const shown = (heard: Heard, root: string) => fields.map((field) => heard.at(`${root}.${field}`));
    assert.deepEqual(shown(plain, 'floatingip'), [null, null, '', '']);
    const made = await post(caller, allocation({ qos_policy_id: policy('gold'), ...dns, ...web1 }));
    assert.equal(made.status, 201, made.text);
    const expected = [policy('gold'), null, 'web', 'example.org.'];
    assert.deepEqual(shown(made, 'floatingip'), expected);
    assert.deepEqual(shown(await show(caller, made.id('floatingip.id')), 'floatingip'), expected);
    assert.deepEqual(shown(await caller.net('GET', '/floatingips?floating_ip_address=203.0.113.11'), 'floatingips.0'), expected);
    const picked = await caller.net('GET', `/floatingips/${made.id('floatingip.id')}?fields=qos_policy_id&fields=dns_name`);
    assert.deepEqual(picked.json, { floatingip: { qos_policy_id: policy('gold'), dns_name: 'web' } });
    assertUnmarked(caller);
  });
});

test('addresses that come by way of Nova have neither policy nor name', async () => {
  await play({}, async (caller) => {
    const made = await caller.cmp('POST', '/os-floating-ips', { pool: 'public' });
    const heard = await show(caller, made.id('floating_ip.id'));
    assert.deepEqual(
      [heard.at('floatingip.qos_policy_id'), heard.at('floatingip.dns_name'), heard.at('floatingip.dns_domain')],
      [null, '', ''],
    );
  });
});

test('an update sets, changes and removes the policy; the revision grows when that changes something', async () => {
  await play({}, async (caller) => {
    const id = await allocate(caller, web1);
    const steps: readonly (readonly [object, string | null, number])[] = [
      [{ qos_policy_id: policy('gold') }, policy('gold'), 1],
      [{ qos_policy_id: policy('gold') }, policy('gold'), 1],
      [{ qos_policy_id: policy('silver') }, policy('silver'), 2],
      [{ description: 'web' }, policy('silver'), 3],
      [{ qos_policy_id: null }, null, 4],
      [{ qos_policy_id: null }, null, 4],
      [{ qos_policy_id: policy('gold'), description: 'web-1' }, policy('gold'), 5],
    ];
    const times: unknown[] = [];
    for (const [attributes, held, revision] of steps) {
      const heard = await put(caller, id, attributes);
      assert.equal(heard.status, 200, heard.text);
      assert.deepEqual(
        [heard.at('floatingip.qos_policy_id'), heard.at('floatingip.revision_number'), heard.at('floatingip.port_id')],
        [held, revision, web1.port_id],
      );
      times.push(heard.at('floatingip.updated_at'));
    }
    assert.deepEqual([times[1] === times[0], times[2] === times[1], times[5] === times[4]], [true, false, true]);
    assertRefused(await put(caller, id, { qos_policy_id: policy('silver') }, 4), 412, 'RevisionNumberConstraintFailed', false);
    assert.equal((await put(caller, id, { qos_policy_id: policy('silver') }, 5)).at('floatingip.revision_number'), 6);
    assert.equal((await put(caller, id, { port_id: null })).at('floatingip.qos_policy_id'), policy('silver'));
    assertUnmarked(caller);
  });
});

test('an update that names a policy one cannot see changes nothing else either', async () => {
  await play({}, async (caller) => {
    const id = await allocate(caller, { qos_policy_id: policy('gold') });
    const before = (await show(caller, id)).json;
    for (const unseen of [nobody, policy('other-gold')]) {
      assertRefused(await put(caller, id, { ...web1, description: 'x', qos_policy_id: unseen }), 404, 'QosPolicyNotFound', false);
    }
    assert.deepEqual((await show(caller, id)).json, before);
    assertRefused(await put(caller, id, { qos_policy_id: 'silver' }), 400, 'HTTPBadRequest', true);
    assertRefused(await put(caller, id, { qos_network_policy_id: null }), 400, 'HTTPBadRequest', true);
  });
});

test('a policy that an administrator gave stays when its owner sends it back unseen', async () => {
  await play({}, async (caller) => {
    const id = await allocate(caller);
    await put(caller.as('admin'), id, { qos_policy_id: policy('other-gold') });
    const kept = await put(caller, id, { description: 'web', qos_policy_id: policy('other-gold') });
    assert.deepEqual([kept.status, kept.at('floatingip.qos_policy_id')], [200, policy('other-gold')]);
    assertUnmarked(caller);
  });
});

test('a policy alone has a kept association looked at again, which may be ambiguous', async () => {
  const seed = (cloud: OpenStackCloud) => setFixedIps(cloud, 'web-1', ['192.168.1.11', '192.168.1.13']);
  await play({ seed }, async (caller) => {
    const id = await allocate(caller, web1);
    assertRefused(await put(caller, id, { qos_policy_id: policy('gold') }), 400, 'BadRequest', true);
    const again = await put(caller, id, { qos_policy_id: policy('gold'), ...web1 });
    assert.deepEqual([again.status, again.at('floatingip.qos_policy_id')], [200, policy('gold')]);
  });
});

const label = 'x'.repeat(63);
/** Of exactly `length` characters, in labels of 63 at most. */
const long = (length: number): string => `${label}.`.repeat(4).slice(0, length);
const goodNames: readonly (readonly [string, string])[] = [
  ['web', 'example.org.'],
  ['web.eu-1', 'org.'],
  ['1', '10.example.org.'],
  [label, 'example.org.'],
  [long(252), 'example.org.'],
  ['web', `${long(252)}.`],
];
for (const [name, domain] of goodNames) {
  test(`dns: ${name.slice(0, 20)} below ${domain.slice(0, 20)} is kept`, async () => {
    await play({}, async (caller) => {
      const made = await post(caller, allocation({ dns_name: name, dns_domain: domain }));
      assert.deepEqual([made.status, made.at('floatingip.dns_name'), made.at('floatingip.dns_domain')], [201, name, domain], made.text);
      assertUnmarked(caller);
    });
  });
}

const badWishes: readonly (readonly [string, object])[] = [
  ['a domain without its dot', { ...dns, dns_domain: 'example.org' }],
  ['a domain with an empty part', { ...dns, dns_domain: 'example..org.' }],
  ['a dot for a domain', { ...dns, dns_domain: '.' }],
  ['a domain that ends in digits', { ...dns, dns_domain: 'example.10.' }],
  ['a domain with a space', { ...dns, dns_domain: 'exa mple.org.' }],
  ['a domain without room for a name', { ...dns, dns_domain: `${long(253)}.` }],
  ['a name with a dot at its end', { ...dns, dns_name: 'web.' }],
  ['a name with an underscore', { ...dns, dns_name: 'web_1' }],
  ['a name that begins with a hyphen', { ...dns, dns_name: '-web' }],
  ['a name that ends with a hyphen', { ...dns, dns_name: 'web-' }],
  ['a part of a name that ends with a hyphen', { ...dns, dns_name: 'web-.eu' }],
  ['a name with a line end', { ...dns, dns_name: 'web\n' }],
  ['a label too long', { ...dns, dns_name: `${label}x` }],
  ['a name without room for a domain', { ...dns, dns_name: long(253) }],
  ['a name that looks like an address', { ...dns, dns_name: '10.1' }],
  ['null for a name', { ...dns, dns_name: null }],
  ['a number for a domain', { ...dns, dns_domain: 1 }],
  ['a policy by its name', { qos_policy_id: 'gold' }],
  ['a policy of the network', { qos_network_policy_id: policy('gold') }],
];
for (const [what, attributes] of badWishes) {
  test(`allocate refuses ${what}`, async () => {
    await play({}, async (caller) => {
      assertRefused(await post(caller, allocation(attributes)), 400, 'HTTPBadRequest', true);
      assert.deepEqual((await caller.net('GET', '/floatingips')).at('floatingips'), []);
    });
  });
}

test('a name and its domain come together, are lowered, and empty ones are none', async () => {
  await play({}, async (caller) => {
    assertRefused(await post(caller, allocation({ dns_name: 'web' })), 400, 'BadRequest', false);
    assertRefused(await post(caller, allocation({ dns_domain: 'example.org.' })), 400, 'BadRequest', false);
    assertRefused(await post(caller, allocation({ dns_name: 'web', dns_domain: '' })), 400, 'BadRequest', false);
    assert.deepEqual((await caller.net('GET', '/floatingips')).at('floatingips'), []);
    const upper = await post(caller, allocation({ dns_name: 'Web', dns_domain: 'Example.ORG.' }));
    assert.deepEqual([upper.at('floatingip.dns_name'), upper.at('floatingip.dns_domain')], ['web', 'example.org.']);
    const none = await post(caller, allocation({ dns_name: '', dns_domain: '' }));
    assert.deepEqual([none.status, none.at('floatingip.dns_name'), none.at('floatingip.dns_domain')], [201, '', '']);
    assertUnmarked(caller);
  });
});

test('the name is set when an address is allocated, and never again', async () => {
  await play({}, async (caller) => {
    const id = await allocate(caller, dns);
    const before = (await show(caller, id)).json;
    for (const attributes of [{ dns_name: 'www' }, { dns_domain: 'example.com.' }, { ...dns, description: 'x' }, { dns_name: null }]) {
      assertRefused(await put(caller, id, attributes), 400, 'HTTPBadRequest', true);
    }
    assert.deepEqual((await show(caller, id)).json, before);
  });
});

test('null for a policy on allocation is none, and could have been left out', async () => {
  await play({}, async (caller) => {
    const made = await post(caller, allocation({ qos_policy_id: null }));
    assert.deepEqual([made.status, made.at('floatingip.qos_policy_id'), made.mark !== null], [201, null, true]);
  });
});

test('policies and names are no filters of floating addresses', async () => {
  await play({}, async (caller) => {
    for (const query of [`qos_policy_id=${policy('gold')}`, 'dns_name=web', 'dns_domain=example.org.']) {
      assertRefused(await caller.net('GET', `/floatingips?${query}`), 400, 'HTTPBadRequest', true);
    }
  });
});

test('the extensions are announced', async () => {
  await play({}, async (caller) => {
    const announced = await aliases(caller);
    for (const alias of ['qos', 'qos-fip', 'qos-fip-network-policy', 'dns-integration']) {
      assert.ok(announced.includes(alias), alias);
      assert.equal((await caller.net('GET', `/extensions/${alias}`)).at('extension.alias'), alias);
    }
    assertUnmarked(caller);
  });
});

test('a cloud without qos has no policies, no attributes of theirs and says so; one may try', async () => {
  await play({ knobs: { qos: false } }, async (caller) => {
    assert.deepEqual(
      (await aliases(caller)).filter((alias) => String(alias).startsWith('qos')),
      [],
    );
    assertRefused(await caller.net('GET', '/extensions/qos-fip'), 404, 'ExtensionNotFound', false);
    assertRefused(await caller.net('GET', '/qos/policies?name=gold'), 404, 'HTTPNotFound', false);
    assertRefused(await caller.net('GET', `/qos/policies/${policy('gold')}`), 404, 'HTTPNotFound', false);
    assertRefused(await post(caller, allocation({ qos_policy_id: policy('gold') })), 400, 'HTTPBadRequest', false);
    const made = await post(caller, allocation(dns));
    assert.deepEqual([has(made, 'qos_policy_id'), has(made, 'qos_network_policy_id'), has(made, 'dns_name')], [false, false, true]);
    assertRefused(await put(caller, made.id('floatingip.id'), { qos_policy_id: null }), 400, 'HTTPBadRequest', false);
    assertUnmarked(caller);
  });
});

test('a cloud without dns-integration knows no names and says so; one may try', async () => {
  await play({ knobs: { dnsIntegration: false } }, async (caller) => {
    assert.ok(!(await aliases(caller)).includes('dns-integration'));
    assertRefused(await post(caller, allocation(dns)), 400, 'HTTPBadRequest', false);
    const made = await post(caller, allocation({ qos_policy_id: policy('gold') }));
    assert.deepEqual([has(made, 'dns_name'), has(made, 'dns_domain'), has(made, 'qos_policy_id')], [false, false, true]);
    assertUnmarked(caller);
  });
});
