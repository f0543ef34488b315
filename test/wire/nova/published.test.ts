/** The exchanges of the published reference (https://docs.openstack.org/api-ref/compute/): asked so, and read so. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  absent,
  add,
  all,
  allocate,
  answering,
  BASE,
  created,
  exchange,
  failing,
  fault,
  GONE,
  ID,
  IP,
  LIST,
  listed,
  named,
  noServer,
  ONE,
  onto,
  pools,
  record,
  release,
  remove,
  scripted,
  show,
  shown,
  THIRD,
  WEB_1,
} from './scene.js';

test('the walkthrough: find the pool, allocate, associate, disassociate, release', async () => {
  await scripted(
    [
      pools('public'),
      all(),
      created(),
      add(WEB_1),
      show(null),
      show(WEB_1.id),
      remove(WEB_1),
      show(null),
      show(null),
      release(),
      show(null),
      absent(),
    ],
    async ({ run, closes }) => {
      await run(async (driver) => {
        const made = await allocate(driver);
        assert.deepEqual(made, record());
        const held = await driver.associateFloatingIp(made, onto(WEB_1));
        assert.deepEqual(held, record(WEB_1));
        const free = await driver.disassociateFloatingIp(held, held.associations);
        assert.deepEqual(free, record());
        await driver.releaseFloatingIp(free);
      });
      assert.deepEqual(closes(), [
        'allocate: applied',
        `associate ${WEB_1.id}: applied`,
        `disassociate ${WEB_1.id}: applied`,
        'release: applied',
      ]);
    },
  );
});

for (const [what, options, exchanges, wish] of [
  ['the only pool there is', {}, [pools('ext-net'), all(), created('ext-net')], {}],
  ['the pool named', {}, [all(), created('blue')], { pool: 'blue' }],
  ['the pool of the profile', { pool: 'red' }, [all(), created('red')], {}],
  ['the flag before the profile', { pool: 'red' }, [all(), created('blue')], { pool: 'blue' }],
] as const) {
  test(`allocate draws from ${what}, and always says which`, async () => {
    await scripted(exchanges, async ({ run }) => assert.equal((await run((driver) => allocate(driver, wish))).id, ID), { options });
  });
}

for (const [what, kind, exchanges, hint] of [
  ['several pools and none chosen', 'usage', [pools('blue', 'red')], /^blue, red$/],
  ['no pool at all', 'limit', [pools()], /^$/],
  [
    'an unknown pool',
    'not-found',
    [pools('blue'), all(), created('blue', fault('itemNotFound', 404, 'Floating IP pool not found.'))],
    /--pool/,
  ],
  [
    'an empty pool',
    'limit',
    [pools('blue'), all(), created('blue', fault('itemNotFound', 404, 'No more floating IPs in pool blue.'))],
    /^$/,
  ],
  ['a quota', 'limit', [pools('blue'), all(), created('blue', fault('forbidden', 403, 'IP allocation over quota in pool blue.'))], /quota/],
  [
    'an API that is gone',
    'unsupported',
    [pools('blue'), all(), created('blue', fault('itemNotFound', 404, 'The resource could not be found.'))],
    /provider openstack/,
  ],
] as const) {
  test(`allocate refuses: ${what}`, async () => {
    await scripted(exchanges, async ({ run }) => {
      const error = await failing(
        kind,
        run((driver) => allocate(driver)),
      );
      assert.match(error.details.hint ?? '', hint);
      assert.ok(['not-sent', 'not-applied'].includes(error.details.operation?.state ?? ''));
    });
  });
}

test('an allocation for a port is refused before anything is asked', async () => {
  await scripted([], async ({ run }) => {
    const error = await failing(
      'unsupported',
      run((driver) => allocate(driver, { ports: ['p1'] })),
    );
    assert.equal(error.details.operation?.state, 'not-sent');
  });
});

test('a full list is two requests, names among them; a device that is no server of ours is somebody else’s', async () => {
  const router = { id: 'f2', ip: '203.0.113.11' };
  const nobody = { id: 'f3', ip: '203.0.113.12', fixed_ip: '10.20.0.9' };
  await answering(
    {
      [`GET ${LIST}`]: { floating_ips: [shown(), shown(WEB_1.id), shown(THIRD, router), shown('', nobody)] },
      [`GET ${BASE}/servers`]: { servers: [{ id: WEB_1.id, name: 'web-1' }] },
    },
    async ({ run }, asked) => {
      const [free, held, other, ownerless] = await run((driver) => listed(driver));
      assert.deepEqual(free, record());
      assert.deepEqual(held, record(WEB_1));
      const foreign = { id: null, server: null, port: null, certain: true, foreign: true };
      assert.deepEqual([other?.state, other?.associations], ['associated', [{ ...foreign, privateAddress: '10.20.0.3' }]]);
      assert.deepEqual([ownerless?.state, ownerless?.associations], ['associated', [{ ...foreign, privateAddress: '10.20.0.9' }]]);
      assert.deepEqual([...asked].sort(), [`GET ${LIST}`, `GET ${BASE}/servers`].sort());
    },
  );
});

test('without names it is one request, and no holder is certain to be a server; a server asked for is', async () => {
  await scripted([all(shown(WEB_1.id)), all(shown(WEB_1.id))], async ({ run }) => {
    const [held] = await run((driver) => listed(driver, false));
    assert.deepEqual([held?.associations[0]?.server, held?.associations[0]?.certain], [{ id: WEB_1.id, name: null }, false]);
    await run(async (driver) => {
      for await (const ip of driver.listFloatingIps({ serverNames: true, server: WEB_1 })) assert.deepEqual(ip, record(WEB_1));
    });
  });
});

test('by address: all are listed and compared here; two of one address are told by id', async () => {
  await scripted([all(shown(null, { ip: '203.0.113.100', id: 1 }), shown(WEB_1.id)), named(WEB_1)], async ({ run }) => {
    assert.deepEqual(await run((driver) => driver.getFloatingIp({ address: IP })), record(WEB_1));
  });
  await scripted([all(shown(), shown(null, { id: 7 }))], async ({ run }) => {
    const error = await failing(
      'usage',
      run((driver) => driver.getFloatingIp({ address: IP })),
    );
    assert.match(error.details.hint ?? '', new RegExp(`${ID}, 7`));
  });
  await scripted([all()], async ({ run }) => {
    await failing(
      'not-found',
      run((driver) => driver.getFloatingIp({ address: IP })),
    );
  });
});

test('by id: a number or a UUID; one of the other form is not there; whoever holds it is asked for', async () => {
  await scripted([exchange(`GET ${LIST}/17`, { status: 200, body: { floating_ip: shown(null, { id: 17 }) } })], async ({ run }) => {
    assert.equal((await run((driver) => driver.getFloatingIp({ id: '17' }))).id, '17');
  });
  for (const reply of [GONE, fault('badRequest', 400, `Invalid id received ${ID}.`)]) {
    await scripted([exchange(`GET ${ONE}`, reply)], async ({ run }) => {
      await failing(
        'not-found',
        run((driver) => driver.getFloatingIp({ id: ID })),
      );
    });
  }
  await scripted([show(THIRD), noServer(THIRD)], async ({ run }) => {
    const [held] = (await run((driver) => driver.getFloatingIp({ id: ID }))).associations;
    assert.deepEqual([held?.server, held?.foreign], [null, true]);
  });
});

test('a 404 without a word of the service is no proof that an address is gone', async () => {
  await scripted([exchange(`GET ${ONE}`, { status: 404, body: '<h1>Not Found</h1>' })], async ({ run }) => {
    await failing(
      'temporary',
      run((driver) => driver.getFloatingIp({ id: ID })),
    );
  });
});

test('a compute service without these calls says so, also to a list', async () => {
  for (const [reply, said] of [
    [fault('itemNotFound', 404, 'API version 2.36 is not supported on this method.'), /any more: API version 2\.36/],
    [{ status: 404, body: '<h1>Not Found</h1>' }, /any more \(nova 404\)/],
    [{ status: 410, body: { itemNotFound: { code: 410, message: 'removed' } } }, /any more: removed/],
    [fault('computeFault', 406, 'Version 2.99 is not supported by the API.'), /any more: Version 2\.99/],
  ] as const) {
    await scripted([exchange(`GET ${LIST}`, reply)], async ({ run }) => {
      const error = await failing(
        'unsupported',
        run((driver) => driver.getFloatingIp({ address: IP })),
      );
      assert.match(error.message, said);
      assert.match(error.details.hint ?? '', /provider openstack/);
    });
  }
});

test('a catalog without a compute service on that side is a matter of settings', async () => {
  await scripted(
    'only the login',
    async ({ run }) => {
      const error = await failing(
        'config',
        run((driver) => driver.getFloatingIp({ address: IP })),
      );
      assert.match(error.details.hint ?? '', /compute-endpoint/);
    },
    { options: { interface: 'internal' } },
  );
});

for (const [field, wire] of [
  ['floating_ip.id', { id: null }],
  ['floating_ip.ip', { ip: '203.0.113.999' }],
  ['floating_ip.ip', { ip: null }],
  ['floating_ip.fixed_ip', { fixed_ip: 'x' }],
  ['floating_ip.instance_id', { instance_id: 7 }],
] as const) {
  test(`a broken reply names ${field}`, async () => {
    await scripted([show(null, wire)], async ({ run }) => {
      const error = await failing(
        'defect',
        run((driver) => driver.getFloatingIp({ id: ID })),
      );
      assert.ok(error.message.includes(field), error.message);
    });
  });
}
