/** Answers that never come, and requests that never arrive: what looking proves, and what stays unknown. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FloatingIp, Server } from '../../../src/domain/records.js';
import { collect } from '../../../src/http/pages.js';
import { verb } from '../../../src/operations/capable.js';
import type { Bench } from '../../support/bench.js';
import {
  allocate,
  chosen,
  closes,
  failing,
  mutations,
  PROJECT,
  put,
  request,
  reserved,
  SUBNET,
  scripted,
  server,
  simulated,
} from './cloud.js';

test('an allocation whose answer is lost is found by its mark, and sent once', async () => {
  await simulated(
    async (made, sandbox) => {
      const ip = await made.run((driver) => allocate(driver));
      assert.equal(ip.mark, 'm-0001');
      assert.deepEqual(mutations(sandbox), ['POST /publicips']);
      assert.deepEqual(closes(made), ['allocate: applied']);
    },
    { faults: ['POST */publicips: drop after commit x1'] },
  );
});

test('an allocation that never arrived is proved not applied by the missing mark', async () => {
  await simulated(
    async (made, sandbox) => {
      const error = await failing(
        'temporary',
        made.run((driver) => allocate(driver)),
      );
      assert.equal(error.details.operation?.state, 'not-applied');
      assert.deepEqual(mutations(sandbox), ['POST /publicips']);
    },
    { faults: ['POST */publicips: drop before commit x1'] },
  );
});

test('with a bandwidth name of the user’s, what is new is a candidate; a chosen address is proof', async () => {
  const faults = ['POST */publicips: drop after commit x1'];
  const options = { 'bandwidth-name': 'mine' };
  await simulated(
    async (made, sandbox) => {
      const error = await failing(
        'unknown',
        made.run((driver) => allocate(driver)),
      );
      const [ip] = await made.run((driver) => collect(verb(driver, 'listFloatingIps')({ serverNames: false })));
      assert.ok(error.message.includes(ip?.address ?? '?'), error.message);
      assert.deepEqual(closes(made), ['allocate: unknown']);
      assert.deepEqual(mutations(sandbox), ['POST /publicips']);
    },
    { faults, options },
  );
  await simulated(
    async (made) => {
      const ip = await made.run((driver) => allocate(driver));
      assert.equal(ip.state, 'free');
    },
    { faults, options, soleWriter: true },
  );
  let address = '';
  await simulated(
    async (made) => {
      address = (await made.run((driver) => allocate(driver))).address ?? '';
    },
    { options },
  );
  await simulated(
    async (made) => {
      const ip = await made.run((driver) => allocate(driver, { address }));
      assert.equal(ip.address, address);
      assert.deepEqual(closes(made), ['allocate: applied']);
    },
    { faults, options },
  );
});

test('while an EIP without a name is being assigned, a missing mark proves nothing', async () => {
  const line = `GET /v1/${PROJECT}/publicips?limit=2000`;
  const eip = { id: 'x', type: '5_bgp', public_ip_address: '203.0.113.24' };
  const post = {
    source: 'a gateway that gave up',
    request: request(`POST /v1/${PROJECT}/publicips`, {
      publicip: { type: '5_bgp' },
      bandwidth: { share_type: 'PER', name: 'ipctl-m-0001', size: 10 },
    }),
    reply: { status: 504 },
  };
  const list = (more: object) => ({
    source: 'look',
    request: request(line),
    reply: { status: 200, body: { publicips: [{ ...eip, ...more }] } },
  });
  const done = { ...eip, status: 'DOWN', bandwidth_name: 'ipctl-m-0001' };
  await scripted(
    [
      post,
      list({ status: 'PENDING_CREATE' }),
      list(done),
      { source: 'shown', request: request(`GET /v1/${PROJECT}/publicips/x`), reply: { status: 200, body: { publicip: done } } },
    ],
    async ({ run }) => {
      assert.equal((await run((driver) => allocate(driver))).id, 'x');
    },
    { options: { 'bandwidth-size': '10' } },
  );
  // It stays so until the deadline: what cannot be proved is not told as not applied.
  await scripted(
    [post, ...Array.from({ length: 5 }, () => list({ status: 'PENDING_CREATE' }))],
    async ({ run }) => {
      await failing(
        'unknown',
        run((driver) => allocate(driver)),
      );
    },
    { options: { 'bandwidth-size': '10' }, timeout: 1000 },
  );
});

test('a bind whose answer is lost is seen at the port; one that never arrived is told so', async () => {
  for (const [effect, state] of [
    ['drop after commit', 'applied'],
    ['drop before commit', 'not-applied'],
  ] as const) {
    await simulated(
      async (made, sandbox) => {
        const ip = await made.run((driver) => allocate(driver));
        const work = made.run((driver) => put(driver, ip, 'web-1'));
        if (state === 'applied') assert.equal((await work).associations[0]?.server?.name, 'web-1');
        else assert.equal((await failing('temporary', work)).details.operation?.state, state);
        assert.deepEqual(closes(made), ['allocate: applied', `associate web-1: ${state}`]);
        assert.deepEqual(mutations(sandbox), ['POST /publicips', `PUT /publicips/${ip.id}`]);
      },
      { faults: [`PUT */publicips/*: ${effect} x1`] },
    );
  }
});

/** A cloud in which web-1 holds the address; then the fault strikes the next mutating request. */

async function withHeld(fault: string, work: (made: Bench, ip: FloatingIp) => Promise<void>): Promise<void> {
  // The first PUT is the bind that sets the scene: an effect without effect is used up by it.
  await simulated(
    async (made) => {
      const ip = await made.run(async (driver) => put(driver, await allocate(driver), 'web-1'));
      await work(made, ip);
    },
    { faults: [`PUT */publicips/*: delay 0ms x1`, fault] },
  );
}

test('an unbind whose answer is lost is seen by the holder being gone', async () => {
  await withHeld('PUT */publicips/*: drop after commit x1', async (made, ip) => {
    const free = await made.run((driver) => verb(driver, 'disassociateFloatingIp')(ip, ip.associations));
    assert.deepEqual([free.state, free.associations], ['free', []]);
    assert.equal(closes(made).at(-1), 'disassociate web-1: applied');
  });
  await withHeld('PUT */publicips/*: drop before commit x1', async (made, ip) => {
    await failing(
      'temporary',
      made.run((driver) => verb(driver, 'disassociateFloatingIp')(ip, ip.associations)),
    );
    assert.equal(closes(made).at(-1), 'disassociate web-1: not-applied');
  });
});

test('a move is two steps, each found when its answer is lost', async () => {
  await withHeld('PUT */publicips/*: drop after commit x2', async (made, ip) => {
    const moved = await made.run(async (driver) =>
      verb(driver, 'moveFloatingIp')(ip, { servers: [await server(driver, 'web-2')], ports: [] }),
    );
    assert.equal(moved.associations[0]?.server?.name, 'web-2');
    assert.deepEqual(closes(made).slice(-2), ['disassociate web-1: applied', 'associate web-2: applied']);
  });
});

test('a move whose bind is refused puts the address back', async () => {
  await simulated(async (made) => {
    const [ip, other] = await made.run(async (driver) => {
      const one = await put(driver, await allocate(driver), 'web-1');
      const two = await put(driver, await allocate(driver, { mark: 'm-0002' }), 'web-2');
      return [one, two];
    });
    // web-2's port carries an address already: the provider takes one per port.
    const error = await failing(
      'conflict',
      made.run(async (driver) => verb(driver, 'moveFloatingIp')(ip, { servers: [await server(driver, 'web-2')], ports: [] })),
    );
    assert.match(error.message, /it is back on web-1/);
    const now = await made.run((driver) => verb(driver, 'getFloatingIp')({ id: ip.id }));
    assert.equal(now.associations[0]?.server?.name, 'web-1');
    assert.equal(other.associations[0]?.server?.name, 'web-2');
  }, {});
});

test('a move is refused when the holder by the record is not the holder any more, and the true one is named', async () => {
  await simulated(async (made, sandbox) => {
    const stale = await made.run(async (driver) => put(driver, await allocate(driver), 'web-1'));
    await made.run(async (driver) => verb(driver, 'moveFloatingIp')(stale, { servers: [await server(driver, 'web-2')], ports: [] }));
    const before = mutations(sandbox).length;
    const third: Server = { ...(await made.run((driver) => server(driver, 'web-1'))) };
    const error = await failing(
      'conflict',
      made.run((driver) =>
        verb(driver, 'moveFloatingIp')(
          { ...stale, associations: [{ id: null, server: null, port: 'a-port-of-the-past', privateAddress: null, certain: true }] },
          { servers: [third], ports: [] },
        ),
      ),
    );
    assert.match(error.message, /associated with web-2 meanwhile/);
    assert.equal(error.details.operation?.state, 'not-sent');
    assert.equal(mutations(sandbox).length, before);
    // What is already so needs no request.
    const again = await made.run(async (driver) =>
      verb(driver, 'moveFloatingIp')(stale, { servers: [await server(driver, 'web-2')], ports: [] }),
    );
    assert.equal(again.associations[0]?.server?.name, 'web-2');
    assert.equal(mutations(sandbox).length, before);
  });
});

test('a release whose answer is lost is proved by the address being gone', async () => {
  for (const [effect, state] of [
    ['drop after commit', 'applied'],
    ['drop before commit', 'not-applied'],
  ] as const) {
    await simulated(
      async (made, sandbox) => {
        const ip = await made.run((driver) => allocate(driver));
        const work = made.run((driver) => verb(driver, 'releaseFloatingIp')(ip));
        if (state === 'applied') await work;
        else await failing('temporary', work);
        assert.equal(closes(made).at(-1), `release: ${state}`);
        assert.equal(mutations(sandbox).filter((line) => line.startsWith('DELETE')).length, 1);
      },
      { faults: [`DELETE */publicips/*: ${effect} x1`] },
    );
  }
});

test('a rename and labels whose answers are lost are seen in what the provider shows', async () => {
  await simulated(
    async (made) => {
      const ip = await made.run((driver) => allocate(driver));
      const updated = await made.run((driver) => verb(driver, 'updateFloatingIp')(ip, { name: 'front', labels: { env: 'prod' } }));
      const again = await made.run((driver) => verb(driver, 'updateFloatingIp')(updated, { labels: {} }));
      assert.deepEqual([updated.name, updated.labels, again.labels], ['front', { env: 'prod' }, {}]);
      assert.deepEqual(closes(made), ['allocate: applied', 'rename: applied', 'label: applied', 'unlabel: applied']);
    },
    { faults: ['PUT */publicips/*: drop after commit x1', 'POST */tags/action: drop after commit x2'] },
  );
});

test('labels that fail after the purchase leave the address told', async () => {
  await simulated(
    async (made) => {
      const error = await failing(
        'partial',
        made.run((driver) => allocate(driver, { labels: { env: 'prod' } })),
      );
      const [exists] = error.details.exists ?? [];
      assert.ok(exists?.address);
      assert.ok(error.message.startsWith(`${exists.address} is allocated (id ${exists.id}), but then:`), error.message);
    },
    { faults: ['POST */tags/action: 403'] },
  );
});

test('private IPs: a chosen address proves a lost answer, automatic ones are candidates', async () => {
  const faults = ['POST */privateips: drop after commit x1'];
  await simulated(
    async (made, sandbox) => {
      const [ip] = await made.run((driver) => chosen(driver, '192.168.1.17'));
      assert.deepEqual([ip?.address, ip?.state], ['192.168.1.17', 'free']);
      assert.deepEqual(closes(made), ['create: applied']);
      assert.deepEqual(mutations(sandbox), ['POST /privateips']);
    },
    { faults },
  );
  await simulated(
    async (made) => {
      const ips = await made.run((driver) => chosen(driver, undefined, '192.168.1.17'));
      assert.equal(ips.length, 2);
      assert.equal(ips[1]?.address, '192.168.1.17');
    },
    { faults },
  );
  await simulated(
    async (made, sandbox) => {
      const error = await failing(
        'unknown',
        made.run((driver) => chosen(driver, undefined, undefined)),
      );
      assert.match(error.message, /new since then: \d+\.\d+\.\d+\.\d+, \d+\.\d+\.\d+\.\d+$/);
      assert.deepEqual(mutations(sandbox), ['POST /privateips']);
    },
    { faults },
  );
  await simulated(
    async (made) => {
      const ips = await made.run((driver) => chosen(driver, undefined, undefined));
      assert.equal(new Set(ips.map(({ id }) => id)).size, 2);
    },
    { faults, soleWriter: true },
  );
  for (const addresses of [['192.168.1.17'], [undefined]]) {
    await simulated(
      async (made) => {
        const error = await failing(
          'temporary',
          made.run((driver) => chosen(driver, ...addresses)),
        );
        assert.equal(error.details.operation?.state, 'not-applied');
      },
      { faults: ['POST */privateips: drop before commit x1'] },
    );
  }
});

test('more new addresses than were asked for: each is a candidate, and none is taken for ours', async () => {
  const list = (rows: readonly object[]) => ({
    source: 'list',
    request: request(`GET /v1/${PROJECT}/subnets/${SUBNET}/privateips?limit=2000`),
    reply: { status: 200, body: { privateips: rows } },
  });
  const post = {
    source: 'lost',
    request: request(`POST /v1/${PROJECT}/privateips`, { privateips: [{ subnet_id: SUBNET }] }),
    reply: { status: 502 },
  };
  const old = reserved('old', '10.40.8.2');
  const rows = [
    old,
    reserved('b', '10.40.8.3'),
    reserved('c', '10.40.8.4'),
    reserved('nic', '10.40.8.5', { device_owner: 'compute:eu-de-01' }),
  ];
  await scripted([list([old]), post, list(rows)], async (made) => {
    const error = await failing(
      'unknown',
      made.run((driver) => verb(driver, 'createPrivateIps')([{ subnet: SUBNET, mark: 'm' }])),
    );
    assert.match(error.message, /new since then: 10\.40\.8\.3, 10\.40\.8\.4$/);
    const candidates = made.events.flatMap((event) => (event.event === 'close' ? event.candidates : []));
    assert.deepEqual(candidates, ['10.40.8.3', '10.40.8.4']);
  });
});

test('a private IP whose deletion is not answered is looked for', async () => {
  for (const [effect, state] of [
    ['drop after commit', 'applied'],
    ['drop before commit', 'not-applied'],
  ] as const) {
    await simulated(
      async (made) => {
        const [ip] = await made.run((driver) => chosen(driver, '192.168.1.17'));
        const work = made.run((driver) => verb(driver, 'deletePrivateIp')(ip ?? assert.fail()));
        if (state === 'applied') await work;
        else await failing('temporary', work);
        assert.equal(closes(made).at(-1), `delete: ${state}`);
      },
      { faults: [`DELETE */privateips/*: ${effect} x1`] },
    );
  }
});
