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

  test('409 on associate: the server is being built', () =>
    scripted([add(SERVER_13, { status: 409, body: named('conflictingRequest', 409, 'not provisioned') })], async (play) => {
      const error = await failing('conflict', associate(play));
      assert.match(error.details.hint ?? '', /provisioned/);
      assert.equal(error.details.operation?.state, 'not-applied');
    }));

  test('a server known to be in BUILD costs no request; one that is processing is asked', async () => {
    await scripted([], async ({ run }) => {
      const error = await failing(
        'conflict',
        run((driver) => driver.associateFloatingIp(record(), { servers: [server(SERVER_13, 'web-1', 'BUILD')], ports: [] })),
      );
      assert.equal(error.details.fate, 'not-sent');
    });
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

  test('409 on disassociate: a conflict while it still does, not found when it is not ours', async () => {
    await scripted([remove(SERVER_13, WRONG), show(SERVER_13)], async (play) => {
      assert.match((await failing('conflict', disassociate(play))).details.hint ?? '', /provisioned/);
    });
    await scripted([remove(SERVER_13, WRONG), absent()], async (play) => {
      assert.equal((await failing('not-found', disassociate(play))).details.hint, undefined);
    });
  });

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
