/** Off one server, then onto the other; put back when that fails. And each verb that changes something, rehearsed. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { FloatingIp } from '../../../src/domain/records.js';
import {
  absent,
  add,
  BASIC,
  type Driver,
  details,
  FLEXCLOUD,
  failing,
  get,
  holderOf,
  IP,
  one,
  type Play,
  record,
  remove,
  SERVER_13,
  SERVER_14,
  scripted,
  server,
  show,
  shown,
} from './scene.js';

const HELD = record({ id: SERVER_13, name: 'web-1' });
const TO = { servers: [server(SERVER_14, 'web-2')], ports: [] } as const;
const BUSY = { status: 409, body: { conflictingRequest: { message: 'not provisioned', code: 409, details: '' } } };
const TAKEN = { status: 403, body: { forbidden: { message: 'already assigned', code: 403, details: '' } } };
const THIRD = 'test_server_0015';

const move = ({ run }: Play): Promise<FloatingIp> => run((driver) => driver.moveFloatingIp(HELD, TO));
const closes = ({ bench }: Play): string[] =>
  bench.events.flatMap((event) => (event.event === 'close' ? [`${event.step}: ${event.state}`] : []));

describe('hostway: move', () => {
  test('waits until the address is free before it goes on', () =>
    scripted([remove(SERVER_13), show(SERVER_13), show(null), add(SERVER_14), show(null), show(SERVER_14)], async (play) => {
      assert.equal(holderOf(await move(play)), SERVER_14);
      assert.deepEqual(closes(play), [`disassociate ${SERVER_13}: applied`, `associate ${SERVER_14}: applied`]);
    }));

  test('refused by the target, the address goes back, and the error is still the target’s', () =>
    scripted(
      [remove(SERVER_13), show(null), add(SERVER_14, BUSY), show(null), add(SERVER_13), show(null), show(SERVER_13)],
      async (play) => {
        const error = await failing('conflict', move(play));
        assert.match(error.message, /^not provisioned .*; it is back on web-1$/);
        assert.deepEqual(closes(play), [
          `disassociate ${SERVER_13}: applied`,
          `associate ${SERVER_14}: not-applied`,
          `associate ${SERVER_13}: applied`,
        ]);
        // As it was: nothing is left to be resumed.
        assert.equal(error.details.operation?.state, 'not-applied');
        assert.ok(play.bench.notes.includes('putting 203.0.113.10 back on web-1'));
      },
    ));

  test('seen not to have happened after a 502, it goes back as well', () =>
    scripted(
      [
        remove(SERVER_13),
        show(null),
        add(SERVER_14, { status: 502 }),
        ...Array.from({ length: 8 }, () => show(null)),
        add(SERVER_13),
        show(SERVER_13),
      ],
      async (play) => {
        const error = await failing('temporary', move(play));
        assert.match(error.message, /; it is back on web-1$/);
      },
      { timeout: 15_000 },
    ));

  test('a target that is being built is waited for before the address leaves its holder', async () => {
    const building = { servers: [server(SERVER_14, 'web-2', 'BUILD')], ports: [] } as const;
    await scripted(
      [one(SERVER_14, 'web-2', 'BUILD'), one(SERVER_14, 'web-2'), remove(SERVER_13), show(null), add(SERVER_14), show(SERVER_14)],
      async ({ run }) => assert.equal(holderOf(await run((driver) => driver.moveFloatingIp(HELD, building))), SERVER_14),
    );
    await scripted(
      [],
      async ({ run }) => {
        const error = await failing(
          'conflict',
          run((driver) => driver.moveFloatingIp(HELD, building)),
        );
        assert.equal(error.details.operation?.state, 'not-sent');
      },
      { wait: false },
    );
  });

  test('seen to have happened after a 502, it is moved', () =>
    scripted(
      [remove(SERVER_13), show(null), add(SERVER_14, { status: 502 }), show(null), show(SERVER_14), show(SERVER_14)],
      async (play) => {
        assert.equal(holderOf(await move(play)), SERVER_14);
      },
    ));

  test('refused by both, it serves nobody: partial, with the address and the ways on and back', () =>
    scripted([remove(SERVER_13), show(null), add(SERVER_14, BUSY), show(null), add(SERVER_13, BUSY), show(null)], async (play) => {
      const error = await failing('partial', move(play));
      assert.match(error.message, /^203\.0\.113\.10 was taken off web-1, but then: not provisioned .*; it serves nobody now$/);
      assert.equal(
        error.details.hint,
        `go on: ipctl -p test ip associate ${IP} --server ${SERVER_14}; back: ipctl -p test ip associate ${IP} --server ${SERVER_13}`,
      );
      assert.deepEqual(
        [error.details.exists?.map(({ state }) => state), error.details.errors?.map(({ kind }) => kind), error.details.operation?.state],
        [['free'], ['conflict', 'conflict'], 'partial'],
      );
    }));

  test('refused by both and out of sight, nothing is claimed of where it is', () =>
    scripted(
      [remove(SERVER_13), show(null), add(SERVER_14, BUSY), show(null), add(SERVER_13, BUSY), get(`/os-floating-ips/${IP}`, '<html>')],
      async (play) => {
        assert.match((await failing('partial', move(play))).message, /; where it is now could not be seen$/);
      },
    ));

  test('put back and not shown in time, it is not said to serve nobody', () =>
    scripted(
      [remove(SERVER_13), show(null), add(SERVER_14, BUSY), show(null), add(SERVER_13), show(null), show(null)],
      async (play) => {
        const error = await failing('timeout', move(play));
        assert.match(error.message, /^not provisioned .*; whether it is back on web-1 is not known: accepted, but not shown/);
        assert.equal(error.details.exists?.length, 1);
      },
      { timeout: 500 },
    ));

  test('accepted by the target and not shown in time, it is not put back: it may be on its way', () =>
    scripted(
      [remove(SERVER_13), show(null), add(SERVER_14), show(null), show(null)],
      async (play) => {
        const error = await failing('timeout', move(play));
        assert.match(error.message, /web-2 to hold 203\.0\.113\.10/);
        assert.equal(error.details.exists?.length, 1);
      },
      { timeout: 500 },
    ));

  test('taken by a third server in between, its holder is named', async () => {
    const servers = { ...details(), reply: { status: 200, body: { servers: [{ id: THIRD, name: 'web-3', status: 'ACTIVE' }] } } };
    await scripted([remove(SERVER_13), show(THIRD), servers], async (play) => {
      const error = await failing('conflict', move(play));
      assert.equal(error.message, '203.0.113.10 went to web-3 meanwhile');
    });
    await scripted([remove(SERVER_13), show(null), add(SERVER_14, TAKEN), show(THIRD), servers, show(THIRD)], async (play) => {
      const error = await failing('conflict', move(play));
      assert.match(error.message, /is associated with web-3.*already assigned.*; it is on web-3 now$/);
    });
  });

  test('not taken off its holder, it is not put anywhere', () =>
    scripted([remove(SERVER_13, BUSY), show(SERVER_13), one(SERVER_13), remove(SERVER_13, BUSY), show(SERVER_13)], async (play) => {
      await failing('conflict', move(play));
      assert.deepEqual(closes(play), [`disassociate ${SERVER_13}: not-applied`, `disassociate ${SERVER_13}: not-applied`]);
    }));

  test('gone from the account in between', () =>
    scripted([remove(SERVER_13), show(null), add(SERVER_14, TAKEN), absent(), absent()], async (play) => {
      assert.match((await failing('not-found', move(play))).message, /; it is not in this account any more$/);
    }));

  test('without waiting for the end, the middle is waited for: the next server would be refused an address that is not free', () =>
    scripted(
      [remove(SERVER_13), show(SERVER_13), show(null), add(SERVER_14)],
      async (play) => {
        assert.equal((await move(play)).state, 'pending');
        assert.deepEqual(play.bench.clock.slept, [250]);
      },
      { wait: false },
    ));

  test('without waiting, a middle that is never shown ends with the deadline, and nothing more is sent', () =>
    scripted(
      [remove(SERVER_13), show(SERVER_13), show(SERVER_13)],
      async (play) => {
        const error = await failing('timeout', move(play));
        assert.match(error.message, /203\.0\.113\.10 to leave web-1/);
        assert.equal(error.details.exists?.length, 1);
      },
      { wait: false, timeout: 400 },
    ));

  test('two servers of one name are two steps of the record', () =>
    scripted([remove(SERVER_13), show(null), add(SERVER_14), show(SERVER_14)], async (play) => {
      const twin = { servers: [server(SERVER_14, 'web-1')], ports: [] } as const;
      await play.run((driver) => driver.moveFloatingIp(HELD, twin));
      assert.deepEqual(closes(play), [`disassociate ${SERVER_13}: applied`, `associate ${SERVER_14}: applied`]);
    }));
});

const ALLOCATE = { version: 4, labels: {}, servers: [], ports: [], mark: 'm' } as const;

interface Rehearsal {
  readonly name: string;
  readonly options?: Readonly<Record<string, string>>;
  work(driver: Driver): Promise<unknown>;
  /** Step, request line, body. */
  readonly planned: readonly (readonly [string, string, unknown?])[];
}

const rehearsals: readonly Rehearsal[] = [
  { name: 'allocate', work: (driver) => driver.allocateFloatingIp(ALLOCATE), planned: [['allocate', 'POST /os-floating-ips']] },
  {
    name: 'allocate in a zone, account URIs',
    options: { account: 'acct1001', zone: 'AUS001' },
    work: (driver) => driver.allocateFloatingIp(ALLOCATE),
    planned: [['allocate', `POST ${FLEXCLOUD}/os-floating-ips`, { zone: 'AUS001' }]],
  },
  {
    name: 'allocate and associate',
    work: async (driver) => driver.associateFloatingIp(await driver.allocateFloatingIp(ALLOCATE), TO),
    planned: [
      ['allocate', 'POST /os-floating-ips'],
      [`associate ${SERVER_14}`, `POST /servers/${SERVER_14}/action`, { addFloatingIp: { address: '{ip.address}' } }],
    ],
  },
  {
    name: 'associate',
    work: async (driver) => assert.equal(holderOf(await driver.associateFloatingIp(record(), TO)), SERVER_14),
    planned: [[`associate ${SERVER_14}`, `POST /servers/${SERVER_14}/action`, { addFloatingIp: { address: IP } }]],
  },
  {
    name: 'disassociate',
    work: async (driver) => assert.equal(holderOf(await driver.disassociateFloatingIp(HELD, HELD.associations)), null),
    planned: [[`disassociate ${SERVER_13}`, `POST /servers/${SERVER_13}/action`, { removeFloatingIp: { address: IP } }]],
  },
  {
    name: 'move',
    work: async (driver) => assert.equal(holderOf(await driver.moveFloatingIp(HELD, TO)), SERVER_14),
    planned: [
      [`disassociate ${SERVER_13}`, `POST /servers/${SERVER_13}/action`, { removeFloatingIp: { address: IP } }],
      [`associate ${SERVER_14}`, `POST /servers/${SERVER_14}/action`, { addFloatingIp: { address: IP } }],
    ],
  },
  { name: 'release', work: (driver) => driver.releaseFloatingIp(record()), planned: [['release', `DELETE /os-floating-ips/${IP}`]] },
];

describe('hostway: a dry run plans exactly the requests and makes none', () => {
  for (const { name, options = {}, work, planned } of rehearsals) {
    test(name, () =>
      scripted(
        [],
        async ({ run, bench }) => {
          const plan = await run(async (driver, { planned: steps }) => {
            await work(driver);
            return steps;
          });
          assert.deepEqual(
            plan.map(({ step, request: { method, url, body } }) => [step, `${method} ${new URL(url).pathname}`, body]),
            planned.map(([step, line, body]) => [step, line, body]),
          );
          assert.ok(!JSON.stringify(plan).includes(BASIC.slice('Basic '.length)));
          assert.deepEqual([bench.events, bench.traced], [[], []]);
        },
        { dryRun: true, options },
      ),
    );
  }

  test('reads still happen', () =>
    scripted(
      [get(`/os-floating-ips/${IP}`, { floating_ip: [shown()] })],
      async ({ run }) => {
        await run(async (driver, { planned }) => {
          await driver.releaseFloatingIp(await driver.getFloatingIp({ address: IP }));
          assert.equal(planned.length, 1);
        });
      },
      { dryRun: true },
    ));
});
