/** Onto a server, off it, from one to another: what each refusal comes to, and what a move leaves behind when it fails. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { FloatingIp } from '../../../src/domain/records.js';
import {
  absent,
  add,
  failing,
  fault,
  holderOf,
  IP,
  named,
  noServer,
  onto,
  type Play,
  record,
  release,
  remove,
  scripted,
  show,
  THIRD,
  WEB_1,
  WEB_2,
} from './scene.js';

const HELD = record(WEB_1);
const WEB_3 = { id: THIRD, name: 'web-3' };
const FIXED = '10.20.0.3';
const NOT_READY = fault('badRequest', 400, 'Instance network is not ready yet');
const TAKEN = fault('badRequest', 400, 'floating IP is already associated');
const WRONG = fault('conflictingRequest', 409, `Floating IP ${IP} is not associated with instance ${WEB_1.id}.`);
const GATEWAY = { status: 502 };

const associate = ({ run }: Play, privateAddress?: string): Promise<FloatingIp> =>
  run((driver) => driver.associateFloatingIp(record(), onto(WEB_1, privateAddress)));
const disassociate = ({ run }: Play): Promise<FloatingIp> => run((driver) => driver.disassociateFloatingIp(HELD, HELD.associations));
const move = ({ run }: Play): Promise<FloatingIp> => run((driver) => driver.moveFloatingIp(HELD, onto(WEB_2)));
const releaseOf =
  (ip: FloatingIp) =>
  ({ run }: Play): Promise<void> =>
    run((driver) => driver.releaseFloatingIp(ip));

describe('nova: associate', () => {
  test('a private address is asked for, and waited for', async () => {
    const elsewhere = { fixed_ip: '10.20.0.4' };
    await scripted([add(WEB_1, undefined, FIXED), show(null), show(WEB_1.id, elsewhere), show(WEB_1.id)], async (play) => {
      assert.deepEqual((await associate(play, FIXED)).associations, HELD.associations);
      assert.deepEqual(play.bench.clock.slept, [250, 500]);
    });
  });

  for (const [what, kind, reply] of [
    ['a server without a network yet', 'conflict', NOT_READY],
    ['a server without IPv4', 'conflict', fault('badRequest', 400, 'Instance has no fixed IPv4 addresses to associate.')],
    ['no fixed addresses', 'conflict', fault('badRequest', 400, 'No fixed IPs associated to instance')],
    ['no route from there', 'conflict', fault('badRequest', 400, 'Unable to associate floating IP 203.0.113.10 to fixed IP 10.20.0.3')],
    ['a private address of another', 'usage', fault('badRequest', 400, 'Specified fixed address not assigned to instance')],
    ['a body they do not take', 'usage', fault('badRequest', 400, 'Invalid input for field/attribute addFloatingIp. Value: {}')],
    ['no such server', 'not-found', fault('itemNotFound', 404, `Instance ${WEB_1.id} could not be found.`)],
    ['a busy server', 'conflict', fault('conflictingRequest', 409, 'Cannot do that while it is in vm_state building')],
  ] as const) {
    test(`${what} is ${kind}, and the address is looked at first`, () =>
      scripted([add(WEB_1, reply), show(null)], async (play) => {
        const error = await failing(kind, associate(play));
        assert.deepEqual([error.details.status, error.details.operation?.state], [reply.status, 'not-applied']);
        assert.deepEqual(play.closes(), [`associate ${WEB_1.id}: not-applied`]);
      }));
  }

  test('no right is not looked into', () =>
    scripted([add(WEB_1, fault('forbidden', 403, "Policy doesn't allow it"))], async (play) => {
      await failing('auth', associate(play));
    }));

  test('refused, but there: it was there already', () =>
    scripted([add(WEB_1, TAKEN), show(WEB_1.id), show(WEB_1.id)], async (play) => {
      assert.equal(holderOf(await associate(play)), WEB_1.id);
    }));

  test('refused, and with another: the holder is named; so is one that is no server', async () => {
    await scripted([add(WEB_1, TAKEN), show(THIRD), named(WEB_3)], async (play) => {
      assert.match(
        (await failing('conflict', associate(play))).message,
        /^203\.0\.113\.10 is associated with web-3: floating IP is already/,
      );
    });
    await scripted([add(WEB_1, TAKEN), show(THIRD), noServer(THIRD)], async (play) => {
      assert.match((await failing('conflict', associate(play))).message, /with something that is no server/);
    });
  });

  test('an address that is not there, and one released while a server waits for it', async () => {
    await scripted([add(WEB_1, fault('itemNotFound', 404, 'floating IP not found')), absent()], async (play) => {
      assert.match((await failing('not-found', associate(play))).message, /no floating IP '203\.0\.113\.10'/);
    });
    await scripted([add(WEB_1), show(null), absent()], async (play) => {
      await failing('not-found', associate(play));
    });
  });

  test('accepted and never shown is a timeout that shows what was accepted, sent once', () =>
    scripted(
      [add(WEB_1), show(null), show(null)],
      async (play) => {
        const error = await failing('timeout', associate(play));
        assert.match(error.message, /web-1 to hold 203\.0\.113\.10/);
        assert.equal(error.details.exists?.length, 1);
      },
      { timeout: 500 },
    ));

  test('without waiting, acceptance is enough', () =>
    scripted([add(WEB_1)], async (play) => assert.equal((await associate(play)).state, 'pending'), { wait: false }));
});

describe('nova: disassociate', () => {
  test('409: not on that server, which was wanted, whoever has it now', async () => {
    for (const holder of [null, THIRD]) {
      await scripted([remove(WEB_1, WRONG), show(holder), show(holder)], async (play) => {
        assert.equal(holderOf(await disassociate(play)), holder);
        assert.deepEqual(play.closes(), [`disassociate ${WEB_1.id}: not-applied`]);
      });
    }
  });

  test('409, and still there: a conflict', () =>
    scripted([remove(WEB_1, WRONG), show(WEB_1.id)], async (play) => {
      await failing('conflict', disassociate(play));
    }));

  test('404: not found when the address is not there, what it says when it is', async () => {
    await scripted([remove(WEB_1, fault('itemNotFound', 404, 'floating IP not found')), absent()], async (play) => {
      assert.match((await failing('not-found', disassociate(play))).message, /no floating IP/);
    });
    await scripted([remove(WEB_1, fault('itemNotFound', 404, 'Instance not found')), show(WEB_1.id)], async (play) => {
      assert.match((await failing('not-found', disassociate(play))).message, /Instance not found/);
    });
  });
});

describe('nova: move', () => {
  test('waits until the address is free before it goes on', () =>
    scripted([remove(WEB_1), show(WEB_1.id), show(null), add(WEB_2), show(null), show(WEB_2.id)], async (play) => {
      assert.equal(holderOf(await move(play)), WEB_2.id);
      assert.deepEqual(play.closes(), [`disassociate ${WEB_1.id}: applied`, `associate ${WEB_2.id}: applied`]);
    }));

  test('to another private address of the same server', () =>
    scripted(
      [remove(WEB_1), show(null), add(WEB_1, undefined, '10.20.0.4'), show(WEB_1.id, { fixed_ip: '10.20.0.4' })],
      async ({ run }) => {
        const ip = await run((driver) => driver.moveFloatingIp(HELD, onto(WEB_1, '10.20.0.4')));
        assert.equal(ip.associations[0]?.privateAddress, '10.20.0.4');
      },
    ));

  test('refused by the target, it goes back to the very private address, and nothing is said to have changed', () =>
    scripted(
      [remove(WEB_1), show(null), add(WEB_2, NOT_READY), show(null), show(null), add(WEB_1, undefined, FIXED), show(WEB_1.id)],
      async (play) => {
        const error = await failing('conflict', move(play));
        assert.match(error.message, /^Instance network is not ready yet .*; it is back on web-1$/);
        assert.equal(error.details.operation?.state, 'not-applied');
        assert.deepEqual(play.closes(), [
          `disassociate ${WEB_1.id}: applied`,
          `associate ${WEB_2.id}: not-applied`,
          `put back on ${WEB_1.id}: applied`,
        ]);
        assert.ok(play.bench.notes.includes('putting 203.0.113.10 back on web-1'));
      },
    ));

  test('refused by both, it serves nobody, and both ways on are told', () =>
    scripted(
      [remove(WEB_1), show(null), add(WEB_2, NOT_READY), show(null), show(null), add(WEB_1, NOT_READY, FIXED), show(null)],
      async (play) => {
        const error = await failing('partial', move(play));
        assert.match(error.message, /was taken off web-1, but then: .*; it could not be put back: /);
        assert.match(
          error.details.hint ?? '',
          new RegExp(`--server ${WEB_2.id}; back: .*--server ${WEB_1.id} --private-address ${FIXED}$`),
        );
        assert.deepEqual([error.details.exists?.length, error.details.errors?.length], [1, 2]);
      },
    ));

  test('put back and not shown in time, it is not said to serve nobody', () =>
    scripted(
      [remove(WEB_1), show(null), add(WEB_2, NOT_READY), show(null), show(null), add(WEB_1, undefined, FIXED), show(null), show(null)],
      async (play) => {
        assert.match((await failing('timeout', move(play))).message, /whether it is back on web-1 is not known/);
      },
      { timeout: 500 },
    ));

  test('accepted by the target and not shown in time, it is not put back: it may be on its way', () =>
    scripted(
      [remove(WEB_1), show(null), add(WEB_2), show(null), show(null)],
      async (play) => {
        assert.match((await failing('timeout', move(play))).message, /web-2 to hold/);
      },
      { timeout: 500 },
    ));

  test('given to a third server in between, it is never taken from there', async () => {
    await scripted([remove(WEB_1), show(THIRD)], async (play) => {
      assert.match((await failing('conflict', move(play))).message, new RegExp(`went to ${THIRD} meanwhile`));
    });
    await scripted([remove(WEB_1), show(null), add(WEB_2, fault('forbidden', 403, 'no')), show(THIRD), named(WEB_3)], async (play) => {
      assert.match((await failing('auth', move(play))).message, /; it is on web-3 now$/);
    });
  });

  test('given to the target in between, it is where it was to go', () =>
    scripted([remove(WEB_1), show(WEB_2.id), add(WEB_2), show(WEB_2.id)], async (play) => {
      assert.equal(holderOf(await move(play)), WEB_2.id);
    }));

  test('not taken off its holder, it is not put anywhere', () =>
    scripted([remove(WEB_1, fault('forbidden', 403, 'no'))], async (play) => {
      await failing('auth', move(play));
    }));

  test('without waiting for the end, the middle is waited for all the same: only a free address is put on the next', () =>
    scripted([remove(WEB_1), show(WEB_1.id), show(null), add(WEB_2)], async (play) => assert.equal((await move(play)).state, 'pending'), {
      wait: false,
    }));
});

describe('nova: release', () => {
  test('given to somebody since it was read, it is not released; a server it is known to be on is no obstacle', async () => {
    await scripted([show(WEB_2.id), named(WEB_2)], async (play) => {
      const error = await failing('conflict', releaseOf(record())(play));
      assert.match(error.message, /went to web-2 meanwhile/);
      assert.equal(error.details.fate, 'not-sent');
    });
    await scripted([show(null, { fixed_ip: '10.20.0.9' })], async (play) => {
      await failing('conflict', releaseOf(record())(play));
    });
    await scripted([show(WEB_1.id), release(), absent()], releaseOf(HELD));
  });

  test('what cannot be looked at is not released', () =>
    scripted(
      Array.from({ length: 4 }, () => ({ ...show(null), reply: GATEWAY })),
      async (play) => {
        const error = await failing('temporary', releaseOf(record())(play));
        assert.equal(error.details.fate, 'not-sent');
        assert.deepEqual(play.closes(), ['release: not-sent']);
      },
    ));

  test('gone only when the service says so', () =>
    scripted(
      [show(null), release(), { ...absent(), reply: { status: 404, body: '<h1>Not Found</h1>' } }, show(null), absent()],
      async (play) => {
        await releaseOf(record())(play);
        assert.deepEqual(play.bench.clock.slept, [250, 500]);
      },
    ));

  test('refused, for a right or a state', async () => {
    for (const [kind, reply] of [
      ['auth', fault('forbidden', 403, 'no')],
      ['conflict', fault('conflictingRequest', 409, 'Multiple floating IPs are found for address 203.0.113.10.')],
      ['not-found', fault('itemNotFound', 404, 'Floating IP not found')],
    ] as const) {
      await scripted([show(null), release(reply)], async (play) => {
        assert.equal((await failing(kind, releaseOf(record())(play))).details.operation?.state, 'not-applied');
      });
    }
  });
});
