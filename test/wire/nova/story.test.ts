/** The driver at the sandbox: one story, answers that are lost, rehearsals; and the binary, whatever the environment says of versions. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { FloatingIp, Server } from '../../../src/domain/records.js';
import { collect } from '../../../src/http/pages.js';
import { withCloud } from '../../support/cloud.js';
import { allocate, type Driver, failing, holderOf, listed, type Simulated, simulated } from './scene.js';

async function server(driver: Driver, name: string): Promise<Server> {
  const [found] = await collect(driver.listServers({ name }));
  assert.ok(found !== undefined, `no server ${name}`);
  return found;
}
const on = async (driver: Driver, name: string) => ({ servers: [await server(driver, name)], ports: [] });
const free = (driver: Driver) => allocate(driver);
const held = async (driver: Driver) => driver.associateFloatingIp(await free(driver), await on(driver, 'web-1'));

const found = async (driver: Driver, { id }: FloatingIp): Promise<FloatingIp | undefined> =>
  (await listed(driver)).find((ip) => ip.id === id);

test('one story, from nothing to nothing', async () => {
  await simulated(async ({ run, sandbox, bench, changes }) => {
    await run(async (driver) => {
      assert.deepEqual(await listed(driver), []);
      const account = await driver.account();
      const made = await free(driver);
      assert.deepEqual([made.state, made.project, made.mark], ['free', account.id, null]);
      assert.ok(made.address !== null && made.pool !== null);
      const on1 = await driver.associateFloatingIp(made, await on(driver, 'web-1'));
      assert.equal(on1.associations[0]?.server?.name, 'web-1');
      assert.deepEqual((await listed(driver))[0]?.associations, on1.associations);
      assert.deepEqual((await driver.getFloatingIp({ address: made.address })).associations, on1.associations);
      const on2 = await driver.moveFloatingIp(on1, await on(driver, 'web-2'));
      assert.equal(on2.associations[0]?.server?.name, 'web-2');
      // Read before the move: it has left that server already, and the next call names the one that was wrong.
      await failing('conflict', driver.moveFloatingIp(on1, await on(driver, 'web-1')));
      assert.equal((await driver.getFloatingIp({ id: made.id })).associations[0]?.server?.name, 'web-2');
      const off = await driver.disassociateFloatingIp(on2, on2.associations);
      assert.deepEqual([off.state, off.associations], ['free', []]);
      await driver.releaseFloatingIp(off);
      await failing('not-found', driver.getFloatingIp({ id: made.id }));
      assert.deepEqual(await listed(driver), []);
    });
    assert.deepEqual(changes(), [
      'POST os-floating-ips',
      'POST action addFloatingIp',
      'POST action removeFloatingIp',
      'POST action addFloatingIp',
      'POST action removeFloatingIp',
      'POST action removeFloatingIp',
      'DELETE os-floating-ips/ID',
    ]);
    assert.ok(!bench.traced.join('\n').includes(sandbox.options.password ?? assert.fail()));
    assert.ok(bench.traced.some((line) => line.startsWith('> x-auth-token')));
    assert.ok(!bench.traced.some((line) => line.startsWith('>') && /api-version/i.test(line)));
  });
});

describe('nova: an allocation has no mark', () => {
  test('its answer lost, what is new is named as a candidate, never taken for ours', () =>
    simulated(
      async ({ run, steady, closes, changes, bench }) => {
        const old = await steady(free);
        const error = await failing('unknown', run(free));
        const fresh = (await steady((driver) => listed(driver, false))).filter(({ id }) => id !== old.id);
        assert.equal(fresh.length, 1);
        assert.ok(error.message.includes(`new since then: ${fresh[0]?.address}`), error.message);
        assert.deepEqual(closes(), ['allocate: unknown']);
        assert.equal(changes().length, 2);
        const sent = bench.events.find((event) => event.event === 'send');
        assert.deepEqual(sent?.event === 'send' && sent.before, [old.id]);
      },
      { faults: ['POST */os-floating-ips: delay 0ms x1', 'POST */os-floating-ips: drop after commit x1'] },
    ));

  test('the sole writer takes the only candidate', () =>
    simulated(
      async ({ run, closes, changes }) => {
        assert.equal((await run(free)).state, 'free');
        assert.deepEqual([closes(), changes()], [['allocate: applied'], ['POST os-floating-ips']]);
      },
      { faults: ['POST */os-floating-ips: half body x1'], soleWriter: true },
    ));

  test('nothing new by the deadline proves that it did not happen', () =>
    simulated(
      async ({ run, closes }) => {
        assert.equal((await failing('temporary', run(free))).details.operation?.state, 'not-applied');
        assert.deepEqual(closes(), ['allocate: not-applied']);
      },
      { faults: ['POST */os-floating-ips: drop before commit x1'] },
    ));
});

interface Mutation {
  readonly name: string;
  readonly fault: string;
  /** Requests of the preparation that the same fault would strike. */
  readonly spared: number;
  /** What it sends, in order. */
  readonly sends: readonly string[];
  prepare(driver: Driver): Promise<FloatingIp>;
  act(driver: Driver, ip: FloatingIp): Promise<unknown>;
  /** Whether the state that was asked for is there. */
  done(driver: Driver, ip: FloatingIp): Promise<boolean>;
}
const holder = async (driver: Driver, ip: FloatingIp): Promise<string | undefined> =>
  (await found(driver, ip))?.associations[0]?.server?.name ?? undefined;

const mutations: readonly Mutation[] = [
  {
    name: 'associate',
    fault: 'POST */action',
    spared: 0,
    sends: ['POST action addFloatingIp'],
    prepare: free,
    act: async (driver, ip) => driver.associateFloatingIp(ip, await on(driver, 'web-1')),
    done: async (driver, ip) => (await holder(driver, ip)) === 'web-1',
  },
  {
    name: 'disassociate',
    fault: 'POST */action',
    spared: 1,
    sends: ['POST action removeFloatingIp'],
    prepare: held,
    act: (driver, ip) => driver.disassociateFloatingIp(ip, ip.associations),
    done: async (driver, ip) => (await found(driver, ip))?.state === 'free',
  },
  {
    name: 'release',
    fault: 'DELETE */os-floating-ips/*',
    spared: 0,
    sends: ['DELETE os-floating-ips/ID'],
    prepare: free,
    act: (driver, ip) => driver.releaseFloatingIp(ip),
    done: async (driver, ip) => (await found(driver, ip)) === undefined,
  },
];

describe('nova: what looking proves', () => {
  for (const { name, fault, spared, sends, prepare, act, done } of mutations) {
    const struck = (what: string): string[] => [...(spared === 0 ? [] : [`${fault}: delay 0ms x${spared}`]), `${fault}: ${what} x1`];
    const sent = ({ changes }: Simulated, before: number): string[] => changes().slice(before);

    for (const what of ['drop after commit', '502 after commit']) {
      test(`${name}, ${what}: seen to be done, not sent again`, () =>
        simulated(
          async (cloud) => {
            const ip = await cloud.steady(prepare);
            const before = cloud.changes().length;
            await cloud.run((driver) => act(driver, ip));
            assert.deepEqual(sent(cloud, before), sends);
            assert.match(cloud.closes().join(), /^[^,]*: applied$/);
            assert.ok(await cloud.steady((driver) => done(driver, ip)));
          },
          { faults: struck(what) },
        ));
    }

    for (const what of ['drop before commit', '502']) {
      test(`${name}, ${what}: seen not to be done, told so, not sent again`, () =>
        simulated(
          async (cloud) => {
            const ip = await cloud.steady(prepare);
            const before = cloud.changes().length;
            const error = await failing(
              'temporary',
              cloud.run((driver) => act(driver, ip)),
            );
            assert.equal(error.details.operation?.state, 'not-applied');
            assert.deepEqual(sent(cloud, before), sends);
            assert.ok(!(await cloud.steady((driver) => done(driver, ip))));
          },
          { faults: struck(what) },
        ));
    }
  }

  test('move, the removal lost: seen to be done, and gone on with', () =>
    simulated(
      async ({ run, steady, closes }) => {
        const ip = await steady(held);
        const moved = await run(async (driver) => driver.moveFloatingIp(ip, await on(driver, 'web-2')));
        assert.equal(moved.associations[0]?.server?.name, 'web-2');
        assert.deepEqual(
          closes().map((line) => line.replace(/ \S+:/, ':')),
          ['disassociate: applied', 'associate: applied'],
        );
      },
      { faults: ['POST */action: delay 0ms x1', 'POST */action: drop after commit x1'] },
    ));

  test('move, the target refusing: it is back', () =>
    simulated(
      async ({ run, steady }) => {
        const ip = await steady(held);
        const error = await failing(
          'auth',
          run(async (driver) => driver.moveFloatingIp(ip, await on(driver, 'web-2'))),
        );
        assert.match(error.message, /; it is back on web-1$/);
        assert.equal(await steady((driver) => holder(driver, ip)), 'web-1');
      },
      { faults: ['POST */action: delay 0ms x2', 'POST */action: 403 x1'] },
    ));
});

test('a dry run plans exactly what is sent, ids not known yet written as such, and sends none of it', async () => {
  await simulated(
    async ({ run, steady, changes }) => {
      const ip = await steady(held);
      const before = changes().length;
      const [web1, web2] = await steady(async (driver) => [await server(driver, 'web-1'), await server(driver, 'web-2')] as const);
      const plan = await run(async (driver, { planned }) => {
        const made = await free(driver);
        await driver.associateFloatingIp(made, { servers: [web2], ports: [], privateAddress: '10.20.0.3' });
        const moved = await driver.moveFloatingIp(ip, { servers: [web2], ports: [] });
        assert.equal(holderOf(moved), web2.id);
        await driver.releaseFloatingIp(await driver.disassociateFloatingIp(moved, moved.associations));
        await driver.releaseFloatingIp(made);
        return planned;
      });
      assert.deepEqual(
        plan.map(({ step, request: { method, url, body } }) => [step, `${method} ${url.replace(/^.*\/(os-|servers)/, '$1')}`, body]),
        [
          ['allocate', 'POST os-floating-ips', { pool: ip.pool }],
          [
            `associate ${web2.id}`,
            `POST servers/${web2.id}/action`,
            { addFloatingIp: { address: '{ip.address}', fixed_address: '10.20.0.3' } },
          ],
          [`disassociate ${web1.id}`, `POST servers/${web1.id}/action`, { removeFloatingIp: { address: ip.address } }],
          [`associate ${web2.id}`, `POST servers/${web2.id}/action`, { addFloatingIp: { address: ip.address } }],
          [`disassociate ${web2.id}`, `POST servers/${web2.id}/action`, { removeFloatingIp: { address: ip.address } }],
          ['release', `DELETE os-floating-ips/${ip.id}`, undefined],
          ['release', 'DELETE os-floating-ips/{ip.id}', undefined],
        ],
      );
      assert.equal(changes().length, before);
    },
    { dryRun: true },
  );
});

test('the binary: a version in the environment does not leak into the calls, and the gate knows what this API lacks', async () => {
  await withCloud('nova', {}, async ({ ipctl, sandbox }) => {
    const env = { OS_COMPUTE_API_VERSION: '2.90' };
    const { code, stdout, stderr } = await ipctl(['ip', 'allocate', '--server', 'web-1', '-o', 'json'], { env });
    assert.equal(code, 0, stderr);
    const { changed, ip } = JSON.parse(stdout);
    assert.deepEqual([changed, ip.provider, ip.state, ip.associations[0].server.name], [true, 'nova', 'associated', 'web-1']);
    const before = sandbox.journal().length;
    for (const words of [
      ['privateip', 'list'],
      ['network', 'list'],
      ['ip', 'update', ip.address, '--description', 'x'],
      ['ip', 'allocate', '--address', '203.0.113.9'],
    ]) {
      assert.equal((await ipctl(words, { env })).code, 8, words.join(' '));
    }
    assert.equal(sandbox.journal().length, before);
    const released = await ipctl(['ip', 'release', ip.address, '--disassociate', '--yes'], { env });
    assert.equal(released.code, 0, released.stderr);
    assert.ok(sandbox.journal().every(({ mark }) => mark === null));
  });
});
