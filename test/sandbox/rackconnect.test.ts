/** The sandbox of RackConnect over raw HTTP: who and what is let in, what is found, and the switches. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cloudNetworkId } from '../../src/sandbox/dialects/rackspace/rackconnect/cloud.js';
import { rackconnect } from '../../src/sandbox/dialects/rackspace/rackconnect/rackconnect.js';
import {
  AT_ONCE,
  active,
  allocate,
  assertConflict,
  bench,
  demo,
  FIRST,
  FORMAT,
  forServer,
  IPS,
  NEUTRON,
  NOBODY,
  NOVA,
  OTHER_1,
  RESERVE,
  type Sent,
  show,
  statuses,
  TOKENS,
  WEB_1,
  WEB_2,
} from './rackconnect-caller.js';

test('the way in: the options of Rackspace, and RackConnect in the catalog for both regions', () =>
  bench(async ({ send, origin }) => {
    const options = rackconnect.options(origin);
    const { username, 'api-key': apiKey, 'identity-endpoint': endpoint, region } = options;
    assert.deepEqual([endpoint, region, Object.keys(options).length], [`${origin}/identity/v2.0/`, 'DFW', 4]);
    assert.deepEqual(rackconnect.credentials, ['api-key']);
    const { access } = (await send('POST', TOKENS, { body: { auth: { 'RAX-KSKEY:apiKeyCredentials': { username, apiKey } } } })).json;
    const { name, endpoints } = access.serviceCatalog.find(({ type }: { type: string }) => type === 'rax:rackconnect');
    assert.equal(name, 'rackconnect');
    assert.deepEqual(
      endpoints.map((one: { region: string; publicURL: string }) => [one.region, one.publicURL]),
      [
        ['DFW', `${origin}/rackconnect/v3/123456`],
        ['ORD', `${origin}/ord/rackconnect/v3/123456`],
      ],
    );
  }));

test('the playground: servers on the RackConnect network, one being built, one elsewhere, no public IP', () =>
  demo(async (send, { marks }) => {
    const { servers } = (await send('GET', `${NOVA}/servers/detail`)).json;
    assert.deepEqual(
      servers.map((one: { name: string; status: string; addresses: object }) => [one.name, one.status, Object.keys(one.addresses)]),
      [
        ['web-1', 'ACTIVE', ['RC-CLOUD']],
        ['web-2', 'ACTIVE', ['RC-CLOUD']],
        ['worker-1', 'BUILD', ['RC-CLOUD']],
        ['worker-2', 'ACTIVE', ['public', 'private']],
      ],
    );
    const networks = (await send('GET', `${NEUTRON}/networks`)).json.networks;
    assert.deepEqual(networks.map((one: { id: string; name: string }) => [one.name, one.id]).at(-1), [
      'RC-CLOUD',
      cloudNetworkId('123456'),
    ]);
    for (const root of [IPS, `/ord${IPS}`]) assert.deepEqual((await send('GET', root)).json, []);
    assert.deepEqual(marks(), []);
  }));

test('shared addresses are not for such an account, whatever is asked', () =>
  demo(async (send) => {
    const association = `${NOVA}/servers/${WEB_1}/ip_associations`;
    const asked: readonly [method: string, path: string][] = [
      ['GET', `${NEUTRON}/ip_addresses`],
      ['GET', `${NEUTRON}/ip_addresses/${NOBODY}`],
      ['POST', `${NEUTRON}/ip_addresses`],
      ['GET', association],
      ['PUT', `${association}/${NOBODY}`],
    ];
    for (const [method, path] of asked) {
      const reply = await send(method, path);
      assert.deepEqual([reply.status, reply.json.forbidden?.code, reply.mark], [403, 403, null], `${method} ${path}`);
    }
    assert.equal((await send('GET', `${NEUTRON}/ports`)).status, 200, 'and the rest is');
  }));

test('bodies that do not fit: 400 with a JSON string, and a mark', async (t) => {
  await demo(async (send) => {
    const id = await active(send, forServer(WEB_1));
    const rows: readonly [name: string, sent: Sent][] = [
      ['no JSON', { raw: '{' }],
      ['nothing', {}],
      ['a list', { body: [] }],
      ['another type', { ...forServer(WEB_2), headers: { 'content-type': 'text/plain' } }],
      ['a server as text', { body: { cloud_server: WEB_2 } }],
      ['a server without id', { body: { cloud_server: { name: 'web-2' } } }],
      ['a number for an id', forServer(7)],
      ['retain as text', forServer(WEB_2, { retain: 'true' })],
      ['retain null', forServer(WEB_2, { retain: null })],
    ];
    for (const [name, sent] of rows) {
      await t.test(name, async () => {
        for (const [method, path] of [
          ['POST', IPS],
          ['PATCH', `${IPS}/${id}`],
        ] as const) {
          const reply = await send(method, path, sent);
          assert.equal(reply.status, 400, method);
          assert.ok(typeof reply.json === 'string' && reply.json.startsWith(FORMAT), reply.text);
          assert.ok(reply.mark);
        }
      });
    }
    const nothing = await send('PATCH', `${IPS}/${id}`, { body: {} });
    assert.deepEqual([nothing.status, nothing.json], [400, `${FORMAT}Neither cloud_server nor retain is given.`]);
    assert.ok(nothing.mark);
    for (const more of [{ name: 'x' }, { cloud_server: { id: WEB_2, name: 'web-2' } }]) {
      const reply = await send('POST', IPS, { body: { ...(RESERVE.body as object), ...more } });
      assert.equal(reply.status, 201);
      assert.match(reply.mark ?? '', /^unknown member name in /);
    }
  }, AT_ONCE);
});

test('lists: by server, by retain in any case, by both; what else is asked is marked', () =>
  demo(async (send, { marks }) => {
    const one = await active(send, forServer(WEB_1));
    const two = await active(send, forServer(WEB_2, { retain: true }));
    const free = await active(send, RESERVE);
    const ids = async (query: string) => (await send('GET', `${IPS}${query}`)).json.map(({ id }: { id: string }) => id);
    assert.deepEqual(await ids(''), [one, two, free]);
    assert.deepEqual(await ids(`?cloud_server_id=${WEB_2}`), [two]);
    assert.deepEqual(await ids(`?cloud_server_id=${NOBODY}`), []);
    assert.deepEqual(await ids('?retain=true'), [two, free]);
    assert.deepEqual(await ids('?retain=True'), [two, free]);
    assert.deepEqual(await ids('?retain=FALSE'), [one]);
    assert.deepEqual(await ids(`?retain=true&cloud_server_id=${WEB_1}`), []);
    assert.deepEqual(marks(), []);
    const odd = await send('GET', `${IPS}?retain=yes`);
    assert.deepEqual([odd.status, odd.json], [400, `${FORMAT}retain is no boolean.`]);
    assert.ok(odd.mark);
    for (const query of ['?limit=1', '?cloud_server_id=web-1', `?retain=true&retain=true`]) {
      const reply = await send('GET', IPS + query);
      assert.equal(reply.status, 200);
      assert.ok(reply.mark, query);
    }
  }, AT_ONCE));

test('a list counts as a read of what it shows only', () =>
  demo(
    async (send) => {
      const id = await allocate(send, forServer(WEB_1));
      await send('GET', `${IPS}?cloud_server_id=${WEB_2}`);
      await send('GET', `${IPS}?retain=true`);
      assert.deepEqual(await statuses(send, id, 2), ['ADDING', 'ACTIVE']);
    },
    { rackconnectDelay: 1 },
  ));

test('showing: unknown ids, and ids of servers', () =>
  demo(async (send) => {
    const gone = await send('GET', `${IPS}/${NOBODY}`);
    const details = { type: 'NotFound', code: 404, message: `Public IP ${NOBODY} does not exist`, details: '' };
    assert.deepEqual([gone.status, gone.json, gone.mark], [404, { error: details }, null]);
    await active(send, forServer(WEB_1));
    for (const id of [WEB_1, FIRST]) {
      const reply = await send('GET', `${IPS}/${id}`);
      assert.equal(reply.status, 404);
      assert.ok(reply.mark, id);
    }
    for (const method of ['PATCH', 'DELETE']) {
      const reply = await send(method, `${IPS}/${NOBODY}`, method === 'PATCH' ? RESERVE : {});
      assert.deepEqual([reply.status, reply.json.error.code, reply.mark], [404, 404, null], method);
    }
  }, AT_ONCE));

test('switches', async (t) => {
  await t.test('a server just built is unknown once', () =>
    demo(
      async (send, { marks }) => {
        for (const server of [WEB_1, WEB_2]) {
          const early = await send('POST', IPS, forServer(server));
          assert.deepEqual([early.status, early.text], [409, `Cloud Server ${server} does not exist`]);
          await allocate(send, forServer(server));
        }
        for (const _ of [1, 2]) assert.equal((await send('POST', IPS, forServer(NOBODY))).status, 409);
        assert.deepEqual(marks(), []);
      },
      { rackconnectRace: true },
    ),
  );
  await t.test('200 for the allocation', () =>
    demo(async (send) => assert.equal((await send('POST', IPS, RESERVE)).status, 200), { rackconnectCreateStatus: 200 }),
  );
  await t.test('another number of retained ones', () =>
    demo(
      async (send, { as }) => {
        const id = await active(send, RESERVE);
        assertConflict(await send('POST', IPS, RESERVE), /No more than 1 /);
        assert.equal((await (await as('other'))('POST', '/rackconnect/v3/654321/public_ips', RESERVE)).status, 201, "another's count");
        await send('DELETE', `${IPS}/${id}`);
        assert.equal((await show(send, id)).status, 'REMOVED');
        await allocate(send, RESERVE);
      },
      { ...AT_ONCE, rackconnectRetained: 1, rackconnectRemoved: 'shown' },
    ),
  );
  await t.test('REMOVED instead of 404', () =>
    demo(
      async (send) => {
        const id = await active(send, forServer(WEB_1));
        await send('DELETE', `${IPS}/${id}`);
        assert.deepEqual(await statuses(send, id, 2), ['REMOVED', 'REMOVED']);
        assert.deepEqual((await send('GET', IPS)).json, []);
        assert.equal((await send('DELETE', `${IPS}/${id}`)).status, 404);
        assert.equal((await show(send, await active(send, forServer(WEB_1)))).public_ip_v4, FIRST);
        await send('DELETE', `${NOVA}/servers/${WEB_1}`);
        assert.equal((await show(send, id)).status, 'REMOVED', 'remembered longer than its server');
      },
      { ...AT_ONCE, rackconnectRemoved: 'shown' },
    ),
  );
  await t.test('records as they were before retaining', () =>
    demo(async (send) => assert.equal('retain' in (await send('POST', IPS, RESERVE)).json, false), { rackconnectRetainMember: false }),
  );
  await t.test('dates without a zone', () =>
    demo(
      async (send) => {
        const record = await show(send, await active(send, forServer(WEB_1)));
        assert.deepEqual(
          [record.created, record.updated, record.cloud_server.created, record.cloud_server.cloud_network.updated],
          ['2026-01-15T10:00:01.000000', '2026-01-15T10:00:01.000000', '2026-01-15T09:00:00.000000', '2026-01-15T08:00:30.000000'],
        );
      },
      { ...AT_ONCE, rackconnectDates: 'bare' },
    ),
  );
});

test('the rate: 30 a minute for each server, then 403', async (t) => {
  await t.test('every way to name a server counts, and each server for itself', () =>
    demo(
      async (send, { marks }) => {
        const id = await allocate(send, forServer(WEB_1));
        await send('GET', `${IPS}?cloud_server_id=${WEB_1}`);
        await send('GET', `${IPS}/${id}`);
        const limited = await send('GET', `${IPS}/${id}`);
        assert.deepEqual([limited.status, limited.json.overLimit.code], [403, 403]);
        const wait = Number(limited.headers.get('retry-after'));
        assert.ok(wait > 0 && wait <= 60);
        assert.equal((await send('DELETE', `${IPS}/${id}`)).status, 403);
        assert.equal((await send('POST', IPS, forServer(WEB_2))).status, 201);
        assert.equal((await send('GET', IPS)).status, 200);
        assert.deepEqual(marks(), []);
      },
      { rackconnectRate: 3 },
    ),
  );
  await t.test('the published one', () =>
    demo(
      async (send) => {
        const seen = new Set<number>();
        const list = async () => (await send('GET', `${IPS}?cloud_server_id=${WEB_1}`)).status;
        for (let count = 0; count < 30; count += 1) seen.add(await list());
        assert.deepEqual([[...seen], await list()], [[200], 403]);
      },
      { rackconnectRate: true },
    ),
  );
  await t.test('before the token', () =>
    demo(
      async (send) => {
        const ask = () => send('GET', `${IPS}?cloud_server_id=${WEB_1}`, { headers: { 'x-auth-token': 'f00' } });
        assert.deepEqual([(await ask()).status, (await ask()).status], [401, 403]);
      },
      { rackconnectRate: 1 },
    ),
  );
});

test('who may: token, tenant, role', () =>
  bench(async ({ send, as, marks }) => {
    const owner = await as('demo');
    const id = await active(owner, forServer(WEB_1));
    const expired = await owner('GET', IPS, { headers: { 'x-auth-token': 'f00' } });
    assert.deepEqual([expired.status, expired.json.unauthorized.code, expired.mark], [401, 401, null]);
    const observer = await as('observer');
    assert.equal((await observer('GET', `${IPS}/${id}`)).status, 200);
    for (const [method, path] of [
      ['POST', IPS],
      ['PATCH', `${IPS}/${id}`],
      ['DELETE', `${IPS}/${id}`],
    ] as const) {
      const reply = await observer(method, path, method === 'DELETE' ? {} : RESERVE);
      assert.deepEqual([reply.status, reply.json.forbidden?.code], [403, 403], method);
    }
    assert.equal((await (await as('creator'))('GET', IPS)).status, 403, 'roles in other products count for nothing');
    const other = await as('other');
    const theirs = '/rackconnect/v3/654321/public_ips';
    assert.deepEqual((await other('GET', theirs)).json, []);
    for (const method of ['GET', 'PATCH', 'DELETE']) {
      assert.equal((await other(method, `${theirs}/${id}`, method === 'PATCH' ? RESERVE : {})).status, 404, method);
    }
    const { cloud_server: server } = (await other('POST', theirs, forServer(OTHER_1))).json;
    assert.deepEqual([server.cloud_network.id, server.cloud_network.cidr], [cloudNetworkId('654321'), '192.168.101.0/24']);
    assert.equal((await owner('GET', IPS)).json.length, 1);
    assert.deepEqual(marks(), []);
    const foreign = await other('GET', IPS);
    assert.equal(foreign.status, 403);
    assert.ok(foreign.mark);
    const stranger = await send('GET', IPS);
    assert.equal(stranger.status, 401);
    assert.ok(stranger.mark);
  }, AT_ONCE));

test('paths and verbs that are not served, and headers left out', () =>
  demo(async (send) => {
    const id = await active(send, forServer(WEB_1));
    for (const path of [
      '/rackconnect/v3/public_ips',
      '/rackconnect/v3/123456',
      `${IPS}/${id}/x`,
      `${IPS}/`,
      '/rackconnect/v2/123456/public_ips',
    ]) {
      const reply = await send('GET', path);
      assert.deepEqual([reply.status, reply.json], [404, undefined], path);
      assert.ok(reply.mark, path);
    }
    for (const [method, path] of [
      ['PUT', `${IPS}/${id}`],
      ['DELETE', IPS],
    ] as const) {
      const reply = await send(method, path);
      assert.deepEqual([reply.status, reply.json.error.code], [405, 405]);
      assert.ok(reply.mark);
    }
    const odd: readonly [method: string, path: string, sent: Sent, status: number][] = [
      ['GET', IPS, { headers: { accept: '*/*' } }, 200],
      ['GET', `${IPS}/${id}?fields=id`, {}, 200],
      ['POST', `${IPS}?retain=true`, RESERVE, 201],
      ['PATCH', `${IPS}/${id}?retain=true`, RESERVE, 200],
      ['DELETE', `${IPS}/${id}`, { body: {} }, 204],
    ];
    for (const [method, path, sent, status] of odd) {
      const reply = await send(method, path, sent);
      assert.equal(reply.status, status, path);
      assert.ok(reply.mark, path);
    }
  }, AT_ONCE));

test('the same requests give the same cloud, to the letter', async () => {
  const told: string[] = [];
  for (let turn = 0; turn < 2; turn += 1) {
    await demo(async (send) => {
      await active(send, forServer(WEB_1));
      await active(send, RESERVE);
      told.push((await send('GET', IPS)).text);
    }, AT_ONCE);
  }
  assert.equal(told[0], told[1]);
});
