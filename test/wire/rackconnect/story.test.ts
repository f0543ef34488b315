/** The whole life of addresses at the sandbox, through the verbs that people use, and what a dry run plans of it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { collect } from '../../../src/http/pages.js';
import { allocate } from '../../../src/operations/allocate.js';
import { associate, move } from '../../../src/operations/associate.js';
import { disassociate } from '../../../src/operations/disassociate.js';
import { listFloatingIps, showFloatingIp, showServer } from '../../../src/operations/read.js';
import { release } from '../../../src/operations/release.js';
import { failing, nothing, type Stage, simulated } from './scene.js';

const holders = (ip: { readonly associations: readonly { readonly server: { readonly name: string | null } | null }[] } | null) =>
  ip?.associations.map(({ server }) => server?.name);
const idOf = async ({ target, settings }: Stage, name: string): Promise<string> => (await showServer(target, settings, name)).id;

test('an address of a server: allocated with it, moved, taken off, released', async () => {
  await simulated(async (stage) => {
    const { target, changes, settings } = stage;
    const [web1, web2] = [await idOf(stage, 'web-1'), await idOf(stage, 'web-2')];

    const { ip, changed } = await allocate(target, changes, { ...nothing, servers: ['web-1'] });
    assert.ok(ip?.address);
    assert.deepEqual([changed, ip.state, ip.providerState, holders(ip)], [true, 'associated', 'ACTIVE', ['web-1']]);
    assert.deepEqual(await showFloatingIp(target, settings, ip.address), ip);
    const again = await associate(target, changes, { ref: ip.id, servers: ['web-1'], ports: [], move: false });
    assert.equal(again.changed, false);

    // One address a server.
    await failing('conflict', allocate(target, changes, { ...nothing, servers: ['web-1'] }));

    await failing('conflict', move(target, changes, { ref: ip.address, to: 'web-2', ifHolder: 'none' }));
    const moved = await move(target, changes, { ref: ip.address, to: 'web-2', ifHolder: 'web-1' });
    assert.deepEqual([moved.changed, moved.ip?.state, holders(moved.ip)], [true, 'associated', ['web-2']]);
    const listed = await collect(listFloatingIps(target, settings, { labels: {}, serverNames: true, server: 'web-2' }));
    assert.deepEqual(listed.map(holders), [['web-2']]);

    const left = await disassociate(target, changes, { ref: ip.address, servers: ['web-2'], ifExists: false });
    assert.deepEqual([left.changed, left.ip?.state, left.ip?.address], [true, 'free', ip.address]);
    const back = await associate(target, changes, { ref: ip.address, servers: ['web-1'], ports: [], move: false });
    assert.deepEqual(holders(back.ip), ['web-1']);

    await failing('conflict', release(target, changes, { ref: ip.address, disassociate: false, ifExists: false }));
    assert.equal((await release(target, changes, { ref: ip.address, disassociate: true, ifExists: false })).changed, true);
    await failing('not-found', showFloatingIp(target, settings, ip.id));

    assert.deepEqual(stage.mutations(), [
      `POST {"cloud_server":{"id":"${web1}"},"retain":false}`,
      `POST {"cloud_server":{"id":"${web1}"},"retain":false}`,
      `PATCH {"cloud_server":{"id":"${web2}"}}`,
      'PATCH {"retain":true}',
      'PATCH {"cloud_server":null}',
      `PATCH {"cloud_server":{"id":"${web1}"}}`,
      'DELETE',
    ]);
  });
});

test('an account keeps five addresses: the sixth is beyond the limit', async () => {
  await simulated(async ({ target, changes }) => {
    for (let kept = 0; kept < 5; kept += 1) await allocate(target, changes, nothing);
    await failing('limit', allocate(target, changes, nothing));
  });
});

test('a target that has an address of its own takes no second one', async () => {
  await simulated(async ({ target, changes }) => {
    await allocate(target, changes, { ...nothing, servers: ['web-2'] });
    const { ip } = await allocate(target, changes, { ...nothing, servers: ['web-1'] });
    const error = await failing('conflict', move(target, changes, { ref: ip?.id ?? '', to: 'web-2' }));
    assert.match(error.details.hint ?? '', /one public address/);
  });
});

test('a dry run reads, plans what would be sent, and sends nothing', async () => {
  await simulated(
    async (stage) => {
      const { target, changes } = stage;
      const web1 = await idOf(stage, 'web-1');
      const { planned } = await allocate(target, changes, { ...nothing, servers: ['web-1'] });
      assert.deepEqual(
        planned?.map(({ step, request: { method, body } }) => [step, method, body]),
        [['allocate', 'POST', { cloud_server: { id: web1 }, retain: false }]],
      );
      assert.deepEqual(stage.mutations(), []);
    },
    { dryRun: true },
  );
  await simulated(async (stage) => {
    const { target, changes } = stage;
    const web2 = await idOf(stage, 'web-2');
    const { ip } = await allocate(target, changes, { ...nothing, servers: ['web-1'] });
    const ref = ip?.id ?? '';
    const dry = { ...changes, dryRun: true };
    const plans = [
      await move(target, dry, { ref, to: 'web-2' }),
      await disassociate(target, dry, { ref, servers: [], ifExists: false }),
      await release(target, dry, { ref, disassociate: true, ifExists: false }),
    ];
    assert.deepEqual(
      plans.map(({ planned }) => planned?.map(({ step, request: { method, body } }) => [step, method, body])),
      [
        [['associate web-2', 'PATCH', { cloud_server: { id: web2 } }]],
        [
          ['retain', 'PATCH', { retain: true }],
          ['disassociate web-1', 'PATCH', { cloud_server: null }],
        ],
        [['release', 'DELETE', undefined]],
      ],
    );
    assert.equal(stage.mutations().length, 1);
  });
});
