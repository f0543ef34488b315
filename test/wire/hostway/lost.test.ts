/** Answers that never come, come from a gateway, or cannot be read: what looking proves, what stays unknown, and that nothing is sent twice. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { FloatingIp } from '../../../src/domain/records.js';
import { collect } from '../../../src/http/pages.js';
import {
  ACCEPTED,
  add,
  allocate,
  type Driver,
  failing,
  get,
  holderOf,
  IP,
  record,
  SERVER_13,
  type Simulated,
  scripted,
  server,
  show,
  shown,
  simulated,
} from './scene.js';

const WEB_1 = server('acct1001-AUS001-0001', 'web-1');
const spec = { version: 4, labels: {}, servers: [], ports: [], mark: 'm' } as const;
const NOTHING = { floating_ips: [] };

const allocated = (driver: Driver): Promise<FloatingIp> => driver.allocateFloatingIp(spec);
const bound = async (driver: Driver): Promise<FloatingIp> =>
  driver.associateFloatingIp(await allocated(driver), { servers: [WEB_1], ports: [] });

describe('hostway: an allocation has no mark', () => {
  test('its answer lost, what is new is named as a candidate, never taken for ours', () =>
    simulated(
      async ({ run, steady, changes, closes, bench }) => {
        const old = await steady(allocated);
        const error = await failing('unknown', run(allocated));
        const ips = await steady((driver) => collect(driver.listFloatingIps({ serverNames: false })));
        const fresh = ips.filter(({ id }) => id !== old.id).map(({ id }) => id);
        assert.equal(fresh.length, 1);
        assert.ok(error.message.includes(`new since then: ${fresh[0]}`), error.message);
        assert.equal(error.details.operation?.state, 'unknown');
        assert.deepEqual(changes(), ['POST /os-floating-ips', 'POST /os-floating-ips']);
        assert.deepEqual(closes(), ['allocate: unknown']);
        const sent = bench.events.find((event) => event.event === 'send');
        assert.deepEqual(sent?.event === 'send' && sent.before, [old.id]);
      },
      { faults: ['POST */os-floating-ips: delay 0ms x1', 'POST */os-floating-ips: drop after commit x1'] },
    ));

  test('the sole writer takes the only candidate, and waits for it like for any other', () =>
    simulated(
      async ({ run, changes, closes }) => {
        assert.equal((await run(allocated)).state, 'free');
        assert.deepEqual(changes(), ['POST /os-floating-ips']);
        assert.deepEqual(closes(), ['allocate: applied']);
      },
      { faults: ['POST */os-floating-ips: drop after commit x1'], soleWriter: true },
    ));

  test('of two candidates both are named, also to the sole writer', () =>
    scripted(
      [
        get('/os-floating-ips', { floating_ips: [shown(null, '203.0.113.9')] }),
        allocate({ status: 502 }),
        get('/os-floating-ips', { floating_ips: [shown(null, '203.0.113.9'), shown(), shown(SERVER_13, '203.0.113.11')] }),
      ],
      async ({ run }) => {
        const error = await failing('unknown', run(allocated));
        assert.match(error.message, /new since then: 203\.0\.113\.10, 203\.0\.113\.11$/);
      },
      { soleWriter: true },
    ));

  test('nothing new by the deadline proves that it did not happen', () =>
    simulated(
      async ({ run, changes, closes }) => {
        const error = await failing('temporary', run(allocated));
        assert.equal(error.details.operation?.state, 'not-applied');
        assert.deepEqual(changes(), ['POST /os-floating-ips']);
        assert.deepEqual(closes(), ['allocate: not-applied']);
      },
      { faults: ['POST */os-floating-ips: drop before commit x1'] },
    ));

  test('an answer cut in its middle is looked for like one that never came', () =>
    simulated(
      async ({ run, changes }) => {
        assert.match((await failing('unknown', run(allocated))).message, /new since then: /);
        assert.deepEqual(changes(), ['POST /os-floating-ips']);
      },
      { faults: ['POST */os-floating-ips: half body x1'] },
    ));

  test('a success that cannot be read is looked for: a page, half a JSON, an empty list, an object without an address', async () => {
    for (const body of ['<html>Welcome</html>', '{"floating_ip": {"ip": "203.', '', { floating_ip: [] }, { floating_ip: { ip: null } }]) {
      await scripted(
        [
          get('/os-floating-ips', NOTHING),
          allocate({ status: 202, body }),
          get('/os-floating-ips', NOTHING),
          get('/os-floating-ips', { floating_ips: [shown()] }),
        ],
        async ({ run, bench }) => {
          assert.match((await failing('unknown', run(allocated))).message, /new since then: 203\.0\.113\.10/);
          const close = bench.events.find((event) => event.event === 'close');
          assert.deepEqual(close?.event === 'close' && [close.state, close.candidates, close.reply?.status], ['unknown', [IP], 202]);
        },
      );
    }
  });

  test('an empty pool and a full quota are limits, sent once and not waited for', () =>
    simulated(
      async ({ run, changes, bench }) => {
        await run(allocated);
        const slept = bench.clock.slept.length;
        const error = await failing('limit', run(allocated));
        assert.deepEqual([error.details.status, error.details.operation?.state], [403, 'not-applied']);
        assert.equal(bench.clock.slept.length, slept);
        assert.deepEqual(changes(), ['POST /os-floating-ips', 'POST /os-floating-ips']);
      },
      { knobs: { quota: 1 } },
    ));
});

interface Verb {
  readonly name: string;
  readonly fault: string;
  /** Requests of the preparation that the same fault would strike. */
  readonly spared: number;
  readonly request: RegExp;
  prepare(driver: Driver): Promise<FloatingIp>;
  act(driver: Driver, ip: FloatingIp): Promise<unknown>;
  /** Whether the provider shows the effect. */
  effect(driver: Driver, ip: FloatingIp): Promise<boolean>;
}

const holder = async (driver: Driver, { id }: FloatingIp) => holderOf(await driver.getFloatingIp({ id }));

const verbs: readonly Verb[] = [
  {
    name: 'associate',
    fault: 'POST */action',
    spared: 0,
    request: /addFloatingIp$/,
    prepare: allocated,
    act: (driver, ip) => driver.associateFloatingIp(ip, { servers: [WEB_1], ports: [] }),
    effect: async (driver, ip) => (await holder(driver, ip)) === WEB_1.id,
  },
  {
    name: 'disassociate',
    fault: 'POST */action',
    spared: 1,
    request: /removeFloatingIp$/,
    prepare: bound,
    act: (driver, ip) => driver.disassociateFloatingIp(ip, ip.associations),
    effect: async (driver, ip) => (await holder(driver, ip)) === null,
  },
  {
    name: 'release',
    fault: 'DELETE */os-floating-ips/*',
    spared: 0,
    request: /^DELETE /,
    prepare: allocated,
    act: (driver, ip) => driver.releaseFloatingIp(ip),
    effect: async (driver, { id }) => (await collect(driver.listFloatingIps({ serverNames: false }))).every((ip) => ip.id !== id),
  },
];

describe('hostway: what looking proves', () => {
  for (const { name, fault, spared, request, prepare, act, effect } of verbs) {
    const struck = (what: string): string[] => [...(spared === 0 ? [] : [`${fault}: delay 0ms x${spared}`]), `${fault}: ${what} x1`];
    const count = ({ changes }: Simulated): number => changes().filter((line) => request.test(line)).length;

    for (const what of ['drop after commit', '502 after commit']) {
      test(`${name}, ${what}: seen to be done, not sent again`, () =>
        simulated(
          async (cloud) => {
            const ip = await cloud.steady(prepare);
            await cloud.run((driver) => act(driver, ip));
            assert.equal(await cloud.steady((driver) => effect(driver, ip)), true);
            assert.equal(count(cloud), 1);
            assert.match(cloud.closes().join(), /: applied$/);
          },
          { faults: struck(what) },
        ));
    }

    for (const what of ['drop before commit', '502']) {
      test(`${name}, ${what}: seen not to be done, told so, not sent again`, () =>
        simulated(
          async (cloud) => {
            const ip = await cloud.steady(prepare);
            const error = await failing(
              'temporary',
              cloud.run((driver) => act(driver, ip)),
            );
            assert.deepEqual([error.details.fate, error.details.operation?.state], ['not-applied', 'not-applied']);
            assert.equal(await cloud.steady((driver) => effect(driver, ip)), false);
            assert.equal(count(cloud), 1);
            assert.match(cloud.closes().join(), /: not-applied$/);
          },
          { faults: struck(what) },
        ));
    }
  }

  test('accepted by the service and silently undone is a timeout, not a success', () =>
    simulated(
      async ({ run, steady, changes }) => {
        const ip = await steady(allocated);
        await failing(
          'timeout',
          run((driver) => driver.associateFloatingIp(ip, { servers: [WEB_1], ports: [] })),
        );
        assert.equal(changes().filter((line) => line.includes('addFloatingIp')).length, 1);
      },
      { knobs: { failNext: ['associate'] } },
    ));

  test('a page in the place of an acceptance is believed only when the address shows the server', async () => {
    const page = { status: 200, body: '<html>Welcome</html>' };
    const associate = (driver: Driver) => driver.associateFloatingIp(record(), { servers: [server(SERVER_13)], ports: [] });
    await scripted([add(SERVER_13, page), show(SERVER_13)], async ({ run }) => assert.equal(holderOf(await run(associate)), SERVER_13));
    await scripted(
      [add(SERVER_13, page), show(null), show(null)],
      async ({ run }) => {
        await failing('timeout', run(associate));
      },
      { timeout: 500 },
    );
  });

  test('whoever cannot look does not know', async () => {
    const blind = Array.from({ length: 7 }, () => get(`/os-floating-ips/${IP}`, '<html>Welcome</html>'));
    await scripted(
      [add(SERVER_13, { status: 502 }), ...blind],
      async ({ run }) => {
        const error = await failing(
          'unknown',
          run((driver) => driver.associateFloatingIp(record(), { servers: [server(SERVER_13)], ports: [] })),
        );
        assert.equal(error.details.operation?.state, 'unknown');
      },
      { timeout: 15_000 },
    );
  });

  test('a release is done only when the address is gone: a page in its place proves nothing', () =>
    scripted(
      [
        { ...get('/', undefined), request: { line: `DELETE /os-floating-ips/${IP}` }, reply: ACCEPTED },
        get(`/os-floating-ips/${IP}`, '<html>Welcome</html>'),
      ],
      async ({ run }) => {
        const error = await failing(
          'timeout',
          run((driver) => driver.releaseFloatingIp(record())),
        );
        assert.match(error.message, /the body is not an object/);
        assert.equal(error.details.exists?.length, 1);
      },
    ));
});
