/** A 202 of Hostway says nothing of the outcome, and a 502 even less: what is looked for, and what nobody waits for. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { withCloud } from '../support/cloud.js';
import {
  AT_ONCE,
  add,
  added,
  allocation,
  arrange,
  associate,
  type Change,
  check,
  deleted,
  disassociate,
  ONE,
  posted,
  release,
  removed,
  soon,
} from './hostway-row.js';

const unknownOutcome = {
  'ip associate': { before: [allocation], fault: 'POST */action', words: associate, changes: added(ONE, 502) },
  'ip disassociate': { before: [allocation, add(ONE)], fault: 'POST */action', words: disassociate, changes: removed(ONE, 502) },
  'ip release': { before: [allocation], fault: 'DELETE *', words: release, changes: deleted(502) },
  'ip allocate': { before: [], fault: 'POST /os-floating-ips', words: ['ip', 'allocate'], changes: posted(502) },
};

// Each looks for some seconds of real time whether it happened after all: together they take as long as one.
describe('hostway: a 502 and nothing that shows: looked for, told as not applied, sent once', { concurrency: 4 }, () => {
  for (const [verb, { fault, changes, before, words }] of Object.entries(unknownOutcome)) {
    test(verb, async () => {
      let faults = [`${fault}: 502 x1`];
      // The same request of the preparation is let through.
      if (before.length > 1) faults = [`${fault}: delay 0ms x1`, ...faults];
      const message = /^Bad Gateway \(a sandbox fault\) \(hostway 502\)$/;
      const hint = /looking proved that it did not take effect; it is safe to repeat/;
      await check({
        name: '502',
        knobs: AT_ONCE,
        faults,
        before,
        words: [...words, ...soon],
        code: 5,
        message,
        hint,
        state: 'not-applied',
        changes: [changes],
      });
    });
  }
});

test('hostway: --no-wait returns with the 202, and reads nothing after it', async () => {
  const verbs: readonly (readonly [readonly Change[], readonly string[], string, string])[] = [
    [[], ['ip', 'allocate'], posted(202), 'pending'],
    [[allocation], associate, added(ONE, 202), 'pending'],
    [[allocation, add(ONE)], disassociate, removed(ONE, 202), 'pending'],
    [[allocation], release, deleted(202), 'free'],
  ];
  for (const [before, words, change, state] of verbs) {
    await withCloud('hostway', { knobs: AT_ONCE }, async ({ ipctl, sandbox }) => {
      await arrange(sandbox.origin, before);
      const ran = await ipctl([...words, '--no-wait', '-o', 'value', '-c', 'changed,state']);
      assert.deepEqual([ran.code, ran.stdout], [0, `true\t${state}\n`], ran.stderr);
      const last = sandbox.journal().at(-1);
      assert.ok(change.startsWith(`${last?.method} ${last?.path}`) && last?.status === 202, words.join(' '));
    });
  }
});
