/** Refusals that mean several things, and acceptances that mean little: what a second look at the address makes of them. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { FloatingIp } from '../../../src/domain/records.js';
import {
  ACCEPTED,
  absent,
  add,
  details,
  failing,
  holderOf,
  one,
  type Play,
  record,
  remove,
  SERVER_13,
  SERVER_14,
  scripted,
  server,
  show,
} from './scene.js';

const named = (name: string, code: number, message: string) => ({ [name]: { message, code, details: '' } });
const refused = (status: number, message: string) => ({ status, body: named('forbidden', status, message) });
const target = server(SERVER_13, 'web-1');
const HELD = record({ id: SERVER_13, name: 'web-1' });
const NOT_FOUND = { status: 400, body: named('badRequest', 400, 'Server Not Found') };
const UNHELD = { status: 404, body: named('itemNotFound', 404, 'Resource not found') };
const BUILDING = { status: 409, body: named('conflictingRequest', 409, 'not provisioned') };
const WRONG = { status: 409, body: named('conflictingRequest', 409, 'Invalid IP address') };

describe('hostway: refusals and waits that the address itself explains', () => {
  const associate = (play: Play): Promise<FloatingIp> =>
    play.run((driver) => driver.associateFloatingIp(record(), { servers: [target], ports: [] }));
  const disassociate = (play: Play): Promise<FloatingIp> => play.run((driver) => driver.disassociateFloatingIp(HELD, HELD.associations));

  for (const message of ['The IP address is already assigned', 'forbidden', '']) {
    test(`403 '${message}' on associate: done when the target holds it`, () =>
      scripted([add(SERVER_13, refused(403, message)), show(SERVER_13), show(SERVER_13)], async (play) => {
        assert.equal(holderOf(await associate(play)), SERVER_13);
      }));

    test(`403 '${message}' on associate: a conflict when another server holds it`, () =>
      scripted([add(SERVER_13, refused(403, message)), show(SERVER_14), details()], async (play) => {
        const error = await failing('conflict', associate(play));
        assert.match(error.message, /is associated with web-2/);
        assert.deepEqual([error.details.status, error.details.fate], [403, 'not-applied']);
      }));

    test(`403 '${message}' on associate: no right when nobody holds it`, () =>
      scripted([add(SERVER_13, refused(403, message)), show(null)], async (play) => {
        const error = await failing('auth', associate(play));
        assert.deepEqual([error.details.status, error.details.operation?.state], [403, 'not-applied']);
      }));
  }

  test('403, 400 or 404 on associate: not found when the account no longer holds it', async () => {
    for (const reply of [refused(403, 'forbidden'), { status: 400, body: '' }, UNHELD]) {
      await scripted([add(SERVER_13, reply), absent()], async (play) => {
        const error = await failing('not-found', associate(play));
        assert.match(error.message, /no floating IP '203\.0\.113\.10'/);
        assert.equal(error.details.status, reply.status);
      });
    }
  });

  test('400 or 404 on associate while the address is there: it is the server that is not found', async () => {
    for (const reply of [NOT_FOUND, { status: 400, body: '' }, UNHELD]) {
      await scripted([add(SERVER_13, reply), show(null)], async (play) => {
        const error = await failing('not-found', associate(play));
        assert.ok(!error.message.includes('no floating IP'), error.message);
        assert.equal(error.details.operation?.state, 'not-applied');
      });
    }
  });

  test('409 on associate: waits until the server is built, then asks once more', () =>
    scripted(
      [add(SERVER_13, BUILDING), one(SERVER_13, 'web-1', 'BUILD'), one(SERVER_13), add(SERVER_13), show(SERVER_13)],
      async (play) => {
        assert.equal(holderOf(await associate(play)), SERVER_13);
        assert.deepEqual(play.bench.clock.slept, [250]);
      },
    ));

  test('409 on associate: refused again, or not built by the deadline, it is a conflict', async () => {
    await scripted([add(SERVER_13, BUILDING), one(SERVER_13), add(SERVER_13, BUILDING)], async (play) => {
      const error = await failing('conflict', associate(play));
      assert.match(error.details.hint ?? '', /provisioned/);
      assert.equal(error.details.operation?.state, 'not-applied');
    });
    await scripted(
      [add(SERVER_13, BUILDING), one(SERVER_13, 'web-1', 'BUILD'), one(SERVER_13, 'web-1', 'BUILD')],
      async (play) => {
        assert.match((await failing('conflict', associate(play))).message, /not provisioned/);
      },
      { timeout: 500 },
    );
    await scripted(
      [add(SERVER_13, BUILDING)],
      async (play) => {
        assert.match((await failing('conflict', associate(play))).message, /not provisioned/);
      },
      { wait: false },
    );
  });

  test('a server known to be in BUILD is asked nothing before it is built; one that is processing is asked', async () => {
    const toBuild = (play: Play) =>
      play.run((driver) => driver.associateFloatingIp(record(), { servers: [server(SERVER_13, 'web-1', 'BUILD')], ports: [] }));
    await scripted([one(SERVER_13, 'web-1', 'BUILD'), one(SERVER_13), add(SERVER_13), show(SERVER_13)], async (play) =>
      assert.equal(holderOf(await toBuild(play)), SERVER_13),
    );
    for (const settings of [{ wait: false }, { dryRun: true }]) {
      await scripted(
        [],
        async (play) => {
          const error = await failing('conflict', toBuild(play));
          assert.deepEqual([error.message, error.details.fate], ['web-1 is still being built', 'not-sent']);
        },
        settings,
      );
    }
    await scripted(
      [one(SERVER_13, 'web-1', 'BUILD'), one(SERVER_13, 'web-1', 'BUILD')],
      async (play) => {
        const error = await failing('conflict', toBuild(play));
        assert.deepEqual([error.message, error.details.operation?.state], ['web-1 is still being built', 'not-sent']);
      },
      { timeout: 500 },
    );
    await scripted([add(SERVER_13), show(SERVER_13)], async ({ run }) => {
      const busy = { ...server(SERVER_13, 'web-1', 'PROCESSING'), state: 'building' } as const;
      assert.equal(holderOf(await run((driver) => driver.associateFloatingIp(record(), { servers: [busy], ports: [] }))), SERVER_13);
    });
  });

  test('409 on disassociate: done when the server no longer holds it', async () => {
    for (const holder of [null, SERVER_14]) {
      await scripted([remove(SERVER_13, WRONG), show(holder), show(holder)], async (play) => {
        assert.equal(holderOf(await disassociate(play)), holder);
      });
    }
  });

  test('409 on disassociate while the server still holds it: being built, it is waited for and asked once more', async () => {
    await scripted(
      [remove(SERVER_13, BUILDING), show(SERVER_13), one(SERVER_13, 'web-1', 'BUILD'), one(SERVER_13), remove(SERVER_13), show(null)],
      async (play) => assert.equal(holderOf(await disassociate(play)), null),
    );
    await scripted(
      [remove(SERVER_13, BUILDING), show(SERVER_13), one(SERVER_13), remove(SERVER_13, BUILDING), show(SERVER_13)],
      async (play) => {
        assert.match((await failing('conflict', disassociate(play))).details.hint ?? '', /provisioned/);
      },
    );
  });

  test('409 on disassociate, not its address: a removal that does not show yet is waited for, and a conflict if it never shows', async () => {
    await scripted([remove(SERVER_13, WRONG), show(SERVER_13), show(SERVER_13), show(null)], async (play) => {
      assert.equal(holderOf(await disassociate(play)), null);
    });
    await scripted(
      [remove(SERVER_13, WRONG), show(SERVER_13), show(SERVER_13), show(SERVER_13)],
      async (play) => {
        const error = await failing('conflict', disassociate(play));
        assert.match(error.message, /^Invalid IP address/);
        assert.equal(error.details.hint, undefined);
      },
      { timeout: 400 },
    );
  });

  test('409 on disassociate: not found when the address is not ours', () =>
    scripted([remove(SERVER_13, WRONG), absent()], async (play) => {
      const error = await failing('not-found', disassociate(play));
      assert.deepEqual([error.details.hint, error.details.status], [undefined, 409]);
    }));

  test('an address released while a server waits for it ends the wait', () =>
    scripted([add(SERVER_13, ACCEPTED), show(null), absent()], async (play) => {
      const error = await failing('not-found', associate(play));
      assert.equal(error.details.operation?.state, 'partial');
      assert.deepEqual(play.bench.clock.slept, [250]);
    }));

  test('401 and 403 end a wait; a 502 and a 503 do not', async () => {
    for (const status of [401, 403]) {
      await scripted([add(SERVER_13), { ...show(null), reply: { status } }], async (play) => {
        // It ends at once, and what was accepted is not lost to it.
        const error = await failing('timeout', associate(play));
        assert.equal(error.details.status, status);
        assert.deepEqual(
          error.details.exists?.map(({ state }) => state),
          ['pending'],
        );
      });
    }
    const stumbles = [502, 503, 502, 503].map((status) => ({ ...show(null), reply: { status } }));
    await scripted([add(SERVER_13), ...stumbles, show(SERVER_13)], async (play) => {
      assert.equal(holderOf(await associate(play)), SERVER_13);
    });
  });

  test('accepted and never shown is a timeout that shows what was accepted, sent once', () =>
    scripted(
      [add(SERVER_13), ...Array.from({ length: 6 }, () => show(null))],
      async (play) => {
        const error = await failing('timeout', associate(play));
        assert.match(error.message, /web-1 to hold 203\.0\.113\.10/);
        assert.deepEqual(
          error.details.exists?.map(({ state }) => state),
          ['pending'],
        );
        assert.deepEqual(play.bench.clock.slept, [250, 500, 1000, 2000, 4000]);
      },
      { timeout: 10_000 },
    ));

  test('without waiting, acceptance is enough', () =>
    scripted(
      [add(SERVER_13)],
      async (play) => {
        assert.equal((await associate(play)).state, 'pending');
      },
      { wait: false },
    ));
});
