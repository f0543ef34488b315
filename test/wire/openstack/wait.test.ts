/** `ip wait` at the sandbox: the state, and then the data plane behind it. Time passes only when the loop sleeps. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wait } from '../../../src/operations/wait.js';
import type { Bench } from '../../support/bench.js';
import { allocate, associate, disassociate, failing, server, simulated } from './scene.js';

const free = (bench: Bench) => bench.run((driver) => allocate(driver, {}));
const held = (bench: Bench) => bench.run(async (driver) => associate(driver, await allocate(driver, {}), await server(driver, 'web-1')));
const asking = (bench: Bench, ref: string, state: 'free' | 'associated' | 'gone', timeout = 60_000) =>
  wait(bench.target, { ...bench.settings, timeout }, { ref, state });

test('an associated address is waited for until the data plane followed', async () => {
  await simulated(async (bench) => {
    const ip = await held(bench);
    const before = bench.clock.slept.length;
    const { ip: seen, failed } = await asking(bench, ip.address ?? '', 'associated');
    assert.deepEqual([seen?.state, seen?.providerState, failed], ['associated', 'ACTIVE', undefined]);
    assert.ok(bench.clock.slept.length > before, 'the first look saw DOWN');
    assert.ok(bench.notes.some((note) => note.includes('associated (DOWN)')));
  });
});

for (const wiring of ['never', 'error'] as const) {
  test(`wiring ${wiring}: time is up, and what is there is told`, async () => {
    await simulated(
      async (bench) => {
        const ip = await held(bench);
        const started = bench.clock.now();
        const { ip: seen, failed } = await asking(bench, ip.id, 'associated', 10_000);
        assert.equal(failed?.kind, 'timeout');
        assert.match(failed?.message ?? '', wiring === 'never' ? /is associated \(DOWN\), and not associated/ : /is error \(ERROR\)/);
        assert.deepEqual(failed?.details.exists, [seen]);
        const took = bench.clock.now() - started;
        assert.ok(took > 4_000 && took <= 10_000, String(took));
      },
      { knobs: { wiring } },
    );
  });
}

test('free and gone, also by an address that somebody else gives back', async () => {
  await simulated(async (bench) => {
    const ip = await held(bench);
    const off = await bench.run((driver) => disassociate(driver, ip));
    assert.equal((await asking(bench, off.address ?? '', 'free')).ip?.state, 'free');
    await bench.run(async (driver) => driver.releaseFloatingIp?.(off));
    assert.deepEqual(await asking(bench, off.address ?? '', 'gone'), { ip: null, failed: undefined });
    const error = await failing('not-found', asking(bench, off.address ?? '', 'free'));
    assert.equal(error.details.profile, 'test');
  });
});

test('what goes while something else is waited for is not found; what stays is no success for gone', async () => {
  await simulated(async (bench) => {
    const ip = await free(bench);
    const going: Bench['settings'] = {
      ...bench.settings,
      clock: {
        ...bench.clock,
        async sleep(milliseconds, signal) {
          await bench.run(async (driver) => driver.releaseFloatingIp?.(ip)).catch(() => undefined);
          await bench.clock.sleep(milliseconds, signal);
        },
      },
    };
    const stays = await asking(bench, ip.address ?? '', 'gone', 1_000);
    assert.deepEqual([stays.failed?.kind, stays.ip?.id], ['timeout', ip.id]);
    const error = await failing(
      'not-found',
      wait(bench.target, { ...going, timeout: 10_000 }, { ref: ip.address ?? '', state: 'associated' }),
    );
    assert.match(error.message, /is gone, which was to be associated/);
  });
});

test('a provider that stumbles meanwhile has said nothing; one that never answers is temporary', async () => {
  await simulated(
    async (bench) => {
      const ip = await held(bench);
      assert.equal((await asking(bench, ip.id, 'associated')).ip?.providerState, 'ACTIVE');
    },
    { faults: ['GET */floatingips/*: 503 x6'] },
  );
  await simulated(
    async (bench) => {
      const error = await failing('temporary', asking(bench, '203.0.113.10', 'free', 3_000));
      assert.equal(error.details.status, 503);
    },
    { faults: ['GET */floatingips: 503 x50'] },
  );
});
