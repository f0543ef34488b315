/** The life of a public IP in the sandbox of RackConnect, over raw HTTP: from its allocation to the end, however it ends. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serverId } from '../../src/sandbox/dialects/rackspace/cloud.js';
import { cloudNetworkId, cloudPortId } from '../../src/sandbox/dialects/rackspace/rackconnect/cloud.js';
import {
  AT_ONCE,
  active,
  allocate,
  assertConflict,
  BUILDING,
  demo,
  FIRST,
  FORMAT,
  forServer,
  IPS,
  NEUTRON,
  NOBODY,
  NOVA,
  OFF_NETWORK,
  OTHER_1,
  RESERVE,
  type Reply,
  SECOND,
  type Send,
  show,
  statuses,
  WEB_1,
  WEB_2,
} from './rackconnect-caller.js';

test('allocation: 201, ADDING and no address at first; ACTIVE after two reads, with address and update', () =>
  demo(async (send) => {
    const reply = await send('POST', IPS, forServer(WEB_1, { retain: false }));
    const record = {
      id: reply.json.id,
      created: '2026-01-15T10:00:01Z',
      updated: null,
      public_ip_v4: null,
      status: 'ADDING',
      status_detail: null,
      retain: false,
      cloud_server: {
        id: WEB_1,
        name: 'web-1',
        created: '2026-01-15T09:00:00Z',
        updated: '2026-01-15T09:04:11Z',
        cloud_network: {
          id: cloudNetworkId('123456'),
          name: 'RC-CLOUD',
          cidr: '192.168.100.0/24',
          private_ip_v4: '192.168.100.5',
          created: '2026-01-15T08:00:00Z',
          updated: '2026-01-15T08:00:30Z',
        },
      },
    };
    assert.deepEqual([reply.status, reply.json, reply.mark], [201, record, null]);
    assert.deepEqual(await show(send, record.id), record);
    assert.deepEqual((await send('GET', IPS)).json, [record], 'a list counts as a read');
    const added = { ...record, status: 'ACTIVE', public_ip_v4: FIRST, updated: '2026-01-15T10:00:01Z' };
    assert.deepEqual(await show(send, record.id), added);
    assert.deepEqual((await send('GET', IPS)).json, [added]);
  }));

test('allocation without a server: retained, or refused', () =>
  demo(async (send) => {
    const id = await active(send, RESERVE);
    const record = await show(send, id);
    assert.deepEqual([record.cloud_server, record.retain, record.public_ip_v4], [null, true, FIRST]);
    assert.equal((await send('POST', IPS, { body: { cloud_server: null, retain: true } })).status, 201);
    for (const body of [{}, { retain: false }, { cloud_server: null }]) {
      const reply = await send('POST', IPS, { body });
      assert.equal(reply.status, 400);
      assert.equal(reply.json, `${FORMAT}A public IP without a cloud_server has to be retained.`);
      assert.ok(reply.mark);
    }
  }, AT_ONCE));

test('allocation in the other region has addresses of its own and no servers', () =>
  demo(async (send, { marks }) => {
    const { id } = (await send('POST', `/ord${IPS}`, RESERVE)).json;
    assert.equal((await send('GET', `/ord${IPS}/${id}`)).json.public_ip_v4, '198.51.100.10');
    assert.equal((await send('GET', `${IPS}/${id}`)).status, 404);
    assert.deepEqual((await send('GET', IPS)).json, []);
    assert.equal((await send('POST', `/ord${IPS}`, forServer(WEB_1))).text, `Cloud Server ${WEB_1} does not exist`);
    assert.deepEqual(marks(), []);
  }, AT_ONCE));

test('servers that can have no public IP', async (t) => {
  await demo(async (send) => {
    for (const [name, id] of Object.entries({ unknown: NOBODY, 'being built': BUILDING, "another tenant's": OTHER_1 })) {
      await t.test(name, async () => {
        const reply = await send('POST', IPS, forServer(id));
        assert.deepEqual([reply.status, reply.text, reply.mark], [409, `Cloud Server ${id} does not exist`, null]);
        assert.match(reply.headers.get('content-type') ?? '', /^text\/plain/);
      });
    }
    await t.test('off the network', async () => {
      assertConflict(await send('POST', IPS, forServer(OFF_NETWORK)), /is not on a RackConnect network/);
    });
    await t.test('one that has one', async () => {
      const id = await allocate(send, forServer(WEB_1));
      assertConflict(await send('POST', IPS, forServer(WEB_1)), /already has a public IP/);
      const other = await active(send, forServer(WEB_2));
      assertConflict(await send('PATCH', `${IPS}/${other}`, forServer(WEB_1)), /already has a public IP/);
      await send('DELETE', `${IPS}/${id}`);
      assertConflict(await send('POST', IPS, forServer(WEB_1)), /already has a public IP/);
      assert.equal((await send('GET', `${IPS}/${id}`)).status, 404);
      assert.equal((await send('POST', IPS, forServer(WEB_1))).status, 201, 'once it is gone');
    });
    await t.test('no id at all', async () => {
      const reply = await send('POST', IPS, forServer('web-2'));
      assert.deepEqual([reply.status, reply.text], [409, 'Cloud Server web-2 does not exist']);
      assert.ok(reply.mark);
    });
    assert.equal((await send('GET', IPS)).json.length, 2);
  }, AT_ONCE);
});

test('retaining: at once, counted, and needed by what has no server', () =>
  demo(async (send, { marks }) => {
    const id = await active(send, forServer(WEB_1));
    const retained = await send('PATCH', `${IPS}/${id}`, RESERVE);
    assert.deepEqual([retained.status, retained.json.retain, retained.json.status], [200, true, 'ACTIVE']);
    assert.equal(retained.json.updated, '2026-01-15T10:00:02Z');
    assert.deepEqual((await send('PATCH', `${IPS}/${id}`, RESERVE)).json, retained.json, 'no change the second time');
    for (let count = 1; count < 5; count += 1) await active(send, RESERVE);
    assertConflict(await send('POST', IPS, RESERVE), /No more than 5 /);
    assertConflict(await send('POST', `/ord${IPS}`, RESERVE), /No more than 5 /);
    const other = await active(send, forServer(WEB_2));
    assertConflict(await send('PATCH', `${IPS}/${other}`, RESERVE), /No more than 5 /);
    assert.equal((await show(send, other)).retain, false);
    assert.equal((await send('PATCH', `${IPS}/${id}`, RESERVE)).status, 200, 'counted already');
    const loose = await send('PATCH', `${IPS}/${other}`, { body: { cloud_server: null } });
    assert.deepEqual([loose.status, loose.json], [400, `${FORMAT}A public IP without a cloud_server has to be retained.`]);
    assert.equal((await send('PATCH', `${IPS}/${id}`, { body: { retain: false } })).json.retain, false);
    assert.equal((await send('PATCH', `${IPS}/${other}`, { body: { retain: true, cloud_server: null } })).status, 200, 'both in one');
    const unassigned = await send('PATCH', `${IPS}/${other}`, { body: { retain: false } });
    assert.equal(unassigned.status, 409, 'while it is taken off its server');
    await show(send, other);
    assert.equal((await send('PATCH', `${IPS}/${other}`, { body: { retain: false } })).status, 400);
    assert.deepEqual(marks(), []);
  }, AT_ONCE));

test('moving and unassigning: UPDATING, then ACTIVE with the same address', () =>
  demo(async (send, { marks }) => {
    const id = await allocate(send, forServer(WEB_1));
    assert.deepEqual(await statuses(send, id, 3), ['ADDING', 'ADDING', 'ACTIVE']);
    const moved = await send('PATCH', `${IPS}/${id}`, forServer(WEB_2));
    assert.deepEqual([moved.status, moved.json.status, moved.json.cloud_server.id], [200, 'UPDATING', WEB_2]);
    assert.equal(moved.json.public_ip_v4, FIRST);
    assertConflict(await send('POST', IPS, forServer(WEB_1)), /already has/);
    assertConflict(await send('POST', IPS, forServer(WEB_2)), /already has/);
    assertConflict(await send('PATCH', `${IPS}/${id}`, RESERVE), /cannot be changed while its status is UPDATING/);
    assert.deepEqual(await statuses(send, id, 3), ['UPDATING', 'UPDATING', 'ACTIVE']);
    assert.equal((await send('PATCH', `${IPS}/${id}`, forServer(WEB_2))).json.status, 'ACTIVE', 'where it is already');
    await send('PATCH', `${IPS}/${id}`, RESERVE);
    const freed = await send('PATCH', `${IPS}/${id}`, { body: { cloud_server: null } });
    assert.deepEqual([freed.status, freed.json.status, freed.json.cloud_server], [200, 'UPDATING', null]);
    assert.deepEqual(await statuses(send, id, 3), ['UPDATING', 'UPDATING', 'ACTIVE']);
    assert.equal((await send('PATCH', `${IPS}/${id}`, { body: { cloud_server: null } })).json.status, 'ACTIVE');
    await send('PATCH', `${IPS}/${id}`, forServer(WEB_1));
    await statuses(send, id, 3);
    const record = await show(send, id);
    assert.deepEqual([record.status, record.public_ip_v4, record.cloud_server.id], ['ACTIVE', FIRST, WEB_1]);
    assert.equal((await send('PATCH', `${IPS}/${id}`, forServer(BUILDING))).text, `Cloud Server ${BUILDING} does not exist`);
    assertConflict(await send('PATCH', `${IPS}/${id}`, forServer(OFF_NETWORK)), /is not on a RackConnect network/);
    assert.deepEqual(await show(send, id), record, 'a refusal changes nothing');
    assert.deepEqual(marks(), []);
  }));

test('releasing: 204 and REMOVING until 404; the address is free for the next', () =>
  demo(async (send, { marks }) => {
    const id = await allocate(send, forServer(WEB_1));
    await statuses(send, id, 3);
    const other = await allocate(send, forServer(WEB_2));
    await statuses(send, other, 3);
    const released = await send('DELETE', `${IPS}/${id}`);
    assert.deepEqual([released.status, released.text], [204, '']);
    assert.deepEqual(await statuses(send, id, 1), ['REMOVING']);
    assert.equal((await send('DELETE', `${IPS}/${id}`)).status, 204, 'again');
    assert.deepEqual(await statuses(send, id, 1), ['REMOVING']);
    assert.equal((await send('GET', `${IPS}/${id}`)).status, 404);
    assert.equal((await send('DELETE', `${IPS}/${id}`)).status, 404);
    assert.deepEqual(
      (await send('GET', IPS)).json.map((one: { id: string }) => one.id),
      [other],
    );
    const next = await allocate(send, forServer(WEB_1));
    await statuses(send, next, 3);
    assert.equal((await show(send, next)).public_ip_v4, FIRST);
    assert.equal((await show(send, other)).public_ip_v4, SECOND);
    assert.deepEqual(marks(), []);
  }));

test('releasing what is still being added', () =>
  demo(async (send) => {
    const id = await allocate(send, forServer(WEB_1));
    assertConflict(await send('PATCH', `${IPS}/${id}`, RESERVE), /while its status is ADDING/);
    assert.equal((await send('DELETE', `${IPS}/${id}`)).status, 204);
    assert.equal((await show(send, id)).public_ip_v4, null, 'it never had one');
    assert.deepEqual(await statuses(send, id, 1), ['REMOVING']);
    assert.deepEqual((await send('GET', IPS)).json, [], 'a list that meets the end leaves it out');
  }));

test('a server that goes takes its public IP along, or leaves a retained one behind', async (t) => {
  const ways: Readonly<Record<string, (send: Send, server: string) => Promise<Reply>>> = {
    deleted: (send, server) => send('DELETE', `${NOVA}/servers/${serverId(server)}`),
    'taken off its network': (send, server) =>
      send('PUT', `${NEUTRON}/ports/${cloudPortId(server)}`, { body: { port: { device_id: '' } } }),
  };
  for (const [name, leave] of Object.entries(ways)) {
    await t.test(name, () =>
      demo(async (send, { marks }) => {
        const lost = await active(send, forServer(WEB_1));
        const kept = await active(send, forServer(WEB_2, { retain: true }));
        for (const server of ['web-1', 'web-2']) assert.ok((await leave(send, server)).status < 300);
        assert.equal((await send('GET', `${IPS}/${lost}`)).status, 404);
        const record = await show(send, kept);
        assert.deepEqual([record.cloud_server, record.retain, record.status, record.public_ip_v4], [null, true, 'ACTIVE', SECOND]);
        assert.deepEqual(marks(), []);
      }, AT_ONCE),
    );
  }
  await t.test('while it is being removed', () =>
    demo(async (send) => {
      const id = await allocate(send, forServer(WEB_1));
      await send('DELETE', `${IPS}/${id}`);
      await send('DELETE', `${NOVA}/servers/${WEB_1}`);
      const record = await show(send, id);
      assert.deepEqual([record.status, record.cloud_server], ['REMOVING', null]);
      assert.deepEqual(await statuses(send, id, 1), ['REMOVING']);
      assert.equal((await send('GET', `${IPS}/${id}`)).status, 404);
    }),
  );
});

test('failures of the firewall, by server', async (t) => {
  const failing = (failures: Record<string, Record<string, string>>) => ({ ...AT_ONCE, rackconnectFailures: failures });
  await t.test('adding', () =>
    demo(
      async (send, { marks }) => {
        const id = await allocate(send, forServer(WEB_1));
        const record = await show(send, id);
        assert.deepEqual([record.status, record.status_detail, record.public_ip_v4], ['ADD_FAILED', 'no rule', null]);
        assertConflict(await send('POST', IPS, forServer(WEB_1)), /already has/);
        assertConflict(await send('PATCH', `${IPS}/${id}`, RESERVE), /ADD_FAILED/);
        const other = await active(send, forServer(WEB_2));
        assert.equal((await show(send, other)).public_ip_v4, FIRST, 'the address was given back');
        await send('DELETE', `${IPS}/${id}`);
        assert.equal((await send('GET', `${IPS}/${id}`)).status, 404);
        assert.deepEqual(marks(), []);
      },
      failing({ 'web-1': { ADD_FAILED: 'no rule' } }),
    ),
  );
  await t.test('removing', () =>
    demo(
      async (send) => {
        const id = await active(send, forServer(WEB_1));
        await send('DELETE', `${IPS}/${id}`);
        const record = await show(send, id);
        assert.deepEqual([record.status, record.status_detail, record.public_ip_v4], ['REMOVE_FAILED', 'in use', FIRST]);
        const again = await send('DELETE', `${IPS}/${id}`);
        assert.equal(again.status, 204);
        const moved = await active(send, forServer(WEB_2));
        await send('DELETE', `${IPS}/${moved}`);
        assert.equal((await send('GET', `${IPS}/${moved}`)).status, 404, 'the other server');
      },
      failing({ [WEB_1]: { REMOVE_FAILED: 'in use' } }),
    ),
  );
  await t.test('moving: it stays where it was', () =>
    demo(
      async (send) => {
        const id = await active(send, forServer(WEB_1));
        assert.equal((await send('PATCH', `${IPS}/${id}`, forServer(WEB_2))).json.status_detail, null);
        const record = await show(send, id);
        assert.deepEqual([record.status, record.status_detail, record.cloud_server.id], ['UPDATE_FAILED', 'busy', WEB_1]);
        await send('PATCH', `${IPS}/${id}`, RESERVE);
        assert.equal((await send('PATCH', `${IPS}/${id}`, { body: { cloud_server: null } })).json.status_detail, null);
        assert.deepEqual(await statuses(send, id, 1), ['ACTIVE'], 'unassigning concerns the server that it has');
      },
      failing({ 'web-2': { UPDATE_FAILED: 'busy' } }),
    ),
  );
  await t.test('no address left', () =>
    demo(
      async (send) => {
        await active(send, RESERVE);
        const id = await allocate(send, RESERVE);
        const record = await show(send, id);
        assert.deepEqual([record.status, record.status_detail], ['ADD_FAILED', 'No public IPv4 address is available']);
      },
      AT_ONCE,
      (cloud) => {
        cloud.pools.DFW = { first: FIRST, last: FIRST };
      },
    ),
  );
});

test('the walkthrough: a public IP for one server, kept, moved, unassigned, assigned again, released', () =>
  demo(async (send, { marks }) => {
    const until = async (id: string, status: string) => {
      const seen = await statuses(send, id, 3);
      assert.equal(seen.at(-1), status, seen.join());
    };
    const named = (await send('GET', `${NOVA}/servers?name=web-1`)).json.servers[0].id;
    const id = await allocate(send, forServer(named, { retain: false }));
    await until(id, 'ACTIVE');
    assert.equal((await send('GET', `${IPS}?cloud_server_id=${named}`)).json[0].public_ip_v4, FIRST);
    await send('PATCH', `${IPS}/${id}`, RESERVE);
    await send('PATCH', `${IPS}/${id}`, forServer(WEB_2));
    await until(id, 'ACTIVE');
    await send('PATCH', `${IPS}/${id}`, { body: { cloud_server: null } });
    await until(id, 'ACTIVE');
    assert.equal((await send('GET', `${IPS}?retain=true`)).json[0].cloud_server, null);
    await send('PATCH', `${IPS}/${id}`, forServer(WEB_1));
    await until(id, 'ACTIVE');
    assert.equal((await send('DELETE', `${IPS}/${id}`)).status, 204);
    assert.deepEqual(await statuses(send, id, 2), ['REMOVING', 'REMOVING']);
    assert.equal((await send('GET', `${IPS}/${id}`)).status, 404);
    assert.deepEqual((await send('GET', IPS)).json, []);
    assert.deepEqual(marks(), []);
  }));
