/** Answers that never come, and requests that never arrive: what looking proves, and what stays unknown. Sent once each. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { collect } from '../../../src/http/pages.js';
import { allocate } from '../../../src/operations/allocate.js';
import { associate, move } from '../../../src/operations/associate.js';
import { verb } from '../../../src/operations/capable.js';
import { disassociate } from '../../../src/operations/disassociate.js';
import { showFloatingIp } from '../../../src/operations/read.js';
import { release } from '../../../src/operations/release.js';
import {
  call,
  closes,
  failing,
  get,
  gone,
  ID,
  nothing,
  patch,
  publicIp,
  record,
  type Stage,
  scripted,
  server,
  show,
  simulated,
  to,
  WEB_A,
  WEB_B,
  WEB_C,
} from './scene.js';

const AFTER = 'drop after commit x1';
const BEFORE = 'drop before commit x1';
const forWeb1 = { ...nothing, servers: ['web-1'] };
const lastClose = (stage: Stage): string | undefined => closes(stage).at(-1);

describe('rackconnect: a lost answer to an allocation', () => {
  test('for a server is found by the server', async () => {
    await simulated(
      async (stage) => {
        const { ip, error } = await allocate(stage.target, stage.changes, forWeb1);
        assert.deepEqual([error, ip?.state, ip?.associations[0]?.server?.name], [null, 'associated', 'web-1']);
        assert.equal(stage.mutations().length, 1);
        assert.deepEqual(closes(stage), ['allocate: applied']);
      },
      { faults: [`POST */public_ips: ${AFTER}`] },
    );
  });

  test('that never arrived is proved not applied', async () => {
    await simulated(
      async (stage) => {
        const error = await failing('temporary', allocate(stage.target, stage.changes, forWeb1));
        assert.equal(error.details.operation?.state, 'not-applied');
        assert.equal(stage.mutations().length, 1);
      },
      { faults: [`POST */public_ips: ${BEFORE}`] },
    );
  });

  test('an address that the server had before is not taken for it', async () => {
    await scripted(
      [
        get(`/public_ips?cloud_server_id=${WEB_A}`, [publicIp()]),
        call('POST /public_ips', { cloud_server: { id: WEB_A }, retain: false }, { status: 504 }),
        // Looked for within the least time that a loss is given.
        ...Array.from({ length: 5 }, () => get(`/public_ips?cloud_server_id=${WEB_A}`, [publicIp()])),
      ],
      async (driver) => {
        const spec = { version: 4, labels: {}, servers: [server(WEB_A)], ports: [], mark: 'm' } as const;
        const error = await failing('temporary', driver.allocateFloatingIp(spec));
        assert.equal(error.details.fate, 'not-applied');
      },
      { timeout: 1000 },
    );
  });

  test('without a server leaves what is new as a candidate, by its id, or as the sole writer’s own', async () => {
    const faults = [`POST */public_ips: ${AFTER}`];
    await simulated(
      async (stage) => {
        const { error } = await allocate(stage.target, stage.changes, nothing);
        assert.equal(error?.kind, 'unknown');
        const [ip] = await stage.run((driver) => collect(verb(driver, 'listFloatingIps')({ serverNames: false })));
        assert.ok(ip !== undefined && error?.details.hint?.endsWith(`--take ${ip.id}|--none`), error?.details.hint);
        assert.equal(stage.mutations().length, 1);
      },
      { faults },
    );
    await simulated(
      async (stage) => {
        const { ip, error } = await allocate(stage.target, stage.changes, nothing);
        assert.deepEqual([error, ip?.state], [null, 'free']);
        assert.equal(stage.mutations().length, 1);
      },
      { faults, soleWriter: true },
    );
  });

  test('resumed, it takes no address that another recorded operation made, and by name the one that the user takes', async () => {
    await simulated(
      async (stage) => {
        const { target, changes, events } = stage;
        const { ip } = await allocate(target, changes, nothing);
        assert.ok(ip !== null);
        const others = new Set(events.flatMap((event) => (event.event === 'close' ? event.made : [])));
        const steps = new Map([['allocate', { state: 'unknown' as const, before: [], reply: null }]]);
        const replay = { id: 'lost-1', subject: null, steps, take: [] as readonly string[], none: false, others: async () => others };
        const none = await allocate(target, { ...changes, replay }, nothing);
        assert.deepEqual([none.error, none.changed], [null, false], 'nothing else is new: it did not happen');
        const taken = await allocate(
          target,
          { ...changes, replay: { ...replay, take: [ip.id], others: async () => new Set<string>() } },
          nothing,
        );
        assert.equal(taken.ip?.id, ip.id);
        assert.equal(stage.mutations().length, 1);
      },
      { soleWriter: true },
    );
  });
});

describe('rackconnect: a lost answer to a change', () => {
  /** An address without a server, made before the fault: it strikes PATCH or DELETE only. */
  const free = async ({ target, changes }: Stage): Promise<string> =>
    (await allocate(target, changes, nothing)).ip?.id ?? assert.fail('no address');

  test('of the holder is found there, whether it associates or moves', async () => {
    for (const outcome of [AFTER, BEFORE]) {
      await simulated(
        async (stage) => {
          const { target, changes } = stage;
          const ref = await free(stage);
          const work = associate(target, changes, { ref, servers: ['web-1'], ports: [], move: false });
          if (outcome === AFTER) assert.equal((await work).ip?.associations[0]?.server?.name, 'web-1');
          else assert.equal((await failing('temporary', work)).details.operation?.state, 'not-applied');
          assert.equal(lastClose(stage), `associate web-1: ${outcome === AFTER ? 'applied' : 'not-applied'}`);
          assert.equal(stage.mutations().filter((line) => line.startsWith('PATCH')).length, 1);
        },
        { faults: [`PATCH */public_ips/*: ${outcome}`] },
      );
      await simulated(
        async (stage) => {
          const { target, changes } = stage;
          const { ip } = await allocate(target, changes, forWeb1);
          const work = move(target, changes, { ref: ip?.id ?? '', to: 'web-2' });
          if (outcome === AFTER) assert.equal((await work).ip?.associations[0]?.server?.name, 'web-2');
          else assert.equal((await failing('temporary', work)).details.operation?.state, 'not-applied');
          assert.equal(stage.mutations().filter((line) => line.startsWith('PATCH')).length, 1);
        },
        { faults: [`PATCH */public_ips/*: ${outcome}`] },
      );
    }
  });

  test('of what is kept is found there, and the taking off goes on', async () => {
    await simulated(
      async (stage) => {
        const { target, changes } = stage;
        const { ip } = await allocate(target, changes, forWeb1);
        const { ip: left } = await disassociate(target, changes, { ref: ip?.id ?? '', servers: [], ifExists: false });
        assert.equal(left?.state, 'free');
        assert.deepEqual(closes(stage).slice(-2), ['retain: applied', 'disassociate web-1: applied']);
        assert.equal(stage.mutations().filter((line) => line.startsWith('PATCH')).length, 2);
      },
      { faults: [`PATCH */public_ips/*: ${AFTER}`] },
    );
  });

  test('of a taking off is found gone', async () => {
    await simulated(
      async (stage) => {
        const { target, changes } = stage;
        const { ip } = await allocate(target, changes, forWeb1);
        const { ip: left } = await disassociate(target, changes, { ref: ip?.id ?? '', servers: [], ifExists: false });
        assert.equal(left?.state, 'free');
      },
      { faults: [`PATCH */public_ips/*: ${AFTER}`], options: { retain: 'true' } },
    );
  });

  test('of a release is found gone; what never arrived is there still', async () => {
    for (const outcome of [AFTER, BEFORE]) {
      await simulated(
        async (stage) => {
          const { target, changes, settings } = stage;
          const ref = await free(stage);
          const work = release(target, changes, { ref, disassociate: false, ifExists: false });
          if (outcome === AFTER) {
            assert.equal((await work).changed, true);
            await failing('not-found', showFloatingIp(target, settings, ref));
          } else {
            assert.equal((await failing('temporary', work)).details.operation?.state, 'not-applied');
            assert.equal((await showFloatingIp(target, settings, ref)).state, 'free');
          }
          assert.equal(stage.mutations().filter((line) => line.startsWith('DELETE')).length, 1);
        },
        { faults: [`DELETE */public_ips/*: ${outcome}`] },
      );
    }
  });

  test('of a release is found on its way, and waited for', async () => {
    const made = await scripted(
      [call(`DELETE /public_ips/${ID}`, undefined, { status: 504 }), show(publicIp({ status: 'REMOVING' }, null)), gone],
      (driver) => driver.releaseFloatingIp(record(null)),
    );
    assert.deepEqual(closes(made), ['release: applied']);
  });

  test('is unknown while the firewall is at work, and when a third server has it', async () => {
    const webB = { servers: [server(WEB_B)], ports: [] };
    await scripted(
      [
        show(publicIp()),
        patch(to(WEB_B), '', 504),
        show(publicIp({ status: 'UPDATING' })),
        show(publicIp({ status: 'UPDATING' })),
        show(publicIp({}, WEB_B)),
      ],
      async (driver) => {
        const ip = await driver.moveFloatingIp(record(WEB_A), webB);
        assert.equal(ip.associations[0]?.server?.id, WEB_B);
      },
    );
    // At work to the last: what may still come is not told as not applied.
    await scripted(
      [show(publicIp()), patch(to(WEB_B), '', 504), ...Array.from({ length: 5 }, () => show(publicIp({ status: 'UPDATING' })))],
      async (driver) => void (await failing('unknown', driver.moveFloatingIp(record(WEB_A), webB))),
      { timeout: 1000 },
    );
    await scripted([show(publicIp()), patch(to(WEB_B), '', 504), show(publicIp({}, WEB_C))], async (driver) => {
      await failing('unknown', driver.moveFloatingIp(record(WEB_A), webB));
    });
  });
});
