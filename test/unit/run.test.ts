/** The runner's promises: recorded before it is sent, sent once, closed; looked for when the answer is lost; nothing sent in a dry run. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Outcome, Step } from '../../src/domain/driver.js';
import { IpctlError } from '../../src/domain/errors.js';
import type { Reply } from '../../src/domain/exchange.js';
import type { JournalEvent, RecordedStep, Replay } from '../../src/domain/journal.js';
import type { Manifest } from '../../src/domain/manifest.js';
import type { FloatingIp } from '../../src/domain/records.js';
import { summary } from '../../src/operations/change.js';
import { operate } from '../../src/operations/run.js';
import { ClosedAsNotApplied } from '../../src/operations/sending.js';
import type { Target } from '../../src/operations/target.js';
import type { RunSettings } from '../../src/operations/underway.js';
import { virtualClock } from '../support/clock.js';

const ok: Reply = { status: 200, headers: {}, text: '"made"', json: 'made' };
const lost = new IpctlError('temporary', 'the connection broke', { fate: 'unknown' });

interface Stage {
  readonly events: JournalEvent[];
  readonly order: string[];
  readonly settings: RunSettings;
  readonly target: Target;
  readonly controller: AbortController;
  sent: number;
  perform<R>(step: Partial<Step<R>> & Pick<Step<R>, 'read'>): Promise<R>;
  settle(check: () => Promise<FloatingIp | undefined>): Promise<FloatingIp>;
}

function stage(over: Partial<RunSettings> = {}, targetOver: Partial<Target> = {}): Stage {
  const events: JournalEvent[] = [];
  const order: string[] = [];
  const controller = new AbortController();
  const settings: RunSettings = {
    clock: virtualClock(),
    random: () => 0.5,
    signal: controller.signal,
    journal: {
      async append(event) {
        events.push(event);
        order.push(event.event);
      },
    },
    dryRun: false,
    wait: true,
    timeout: 60_000,
    pid: 7,
    progress: () => {},
    ...over,
  };
  let changes: Parameters<Target['connect']>[1] | undefined;
  const target: Target = {
    place: { profile: 'p', provider: 'x' },
    manifest: { id: 'x' } as Manifest,
    pinned: null,
    refused: null,
    soleWriter: false,
    flags: {},
    async exclusive(work) {
      order.push('lock');
      return work();
    },
    connect: (_limits, given) => {
      changes = given;
      return { account: async () => ({ id: 'other', name: null, user: null, project: null, region: null }) };
    },
    ...targetOver,
  };
  const made: Stage = {
    events,
    order,
    settings,
    target,
    controller,
    sent: 0,
    perform: (step) =>
      operate(target, settings, 'test', { asked: true }, () => {
        assert.ok(changes);
        return changes.mutate({
          key: 'make',
          request: { method: 'POST', url: 'http://127.0.0.1/things', body: { size: 1 } },
          standIn: undefined as never,
          look: async () => ({ is: 'not-applied' }),
          ...step,
          async via(request) {
            made.sent += 1;
            order.push('sent');
            return step.via === undefined ? ok : step.via(request);
          },
        });
      }),
    settle: (check) =>
      operate(target, settings, 'test', null, () => {
        assert.ok(changes);
        return changes.settle({ accepted: { id: 'a', address: '192.0.2.1' } as FloatingIp, check, what: 'it to be there' });
      }),
  };
  return made;
}

const read = (): string => 'made';
const failing = async (work: Promise<unknown>): Promise<IpctlError> => {
  const thrown = await work.then(
    () => undefined,
    (failure: unknown) => failure,
  );
  assert.ok(thrown instanceof IpctlError, String(thrown));
  return thrown;
};

test('a mutation is recorded before it is sent, and closed after', async () => {
  const { perform, order, events } = stage();
  assert.equal(await perform({ read }), 'made');
  assert.deepEqual(order, ['begin', 'send', 'sent', 'close', 'end']);
  const [begin, send, close, end] = events;
  assert.ok(begin?.event === 'begin' && send?.event === 'send' && close?.event === 'close' && end?.event === 'end');
  assert.deepEqual([begin.verb, begin.intent, begin.pid], ['test', { asked: true }, 7]);
  assert.deepEqual(send.request, { method: 'POST', url: 'http://127.0.0.1/things', body: { size: 1 } });
  assert.deepEqual([close.state, close.reply], ['applied', { status: 200, text: '"made"' }]);
  assert.equal(end.state, 'applied');
});

test('where the record cannot be written, nothing is sent', async () => {
  const made = stage({
    journal: {
      append: async () => {
        throw new IpctlError('config', 'disk full', { fate: 'not-sent' });
      },
    },
  });
  const error = await failing(made.perform({ read }));
  assert.equal(error.kind, 'config');
  assert.equal(made.sent, 0);
});

test('a refusal closes the step as not applied, and is not looked for', async () => {
  const made = stage();
  const error = await failing(
    made.perform({
      read,
      via: async () => {
        throw new IpctlError('conflict', 'in use', { status: 409 });
      },
      look: async () => assert.fail('nothing to look for'),
    }),
  );
  assert.equal(error.kind, 'conflict');
  assert.equal(error.details.operation?.state, 'not-applied');
  assert.equal(made.events.find((event) => event.event === 'close')?.state, 'not-applied');
});

const looks: readonly [name: string, outcome: Outcome<string>, soleWriter: boolean, result: string][] = [
  ['found by its mark: applied', { is: 'applied', result: 'found' }, false, 'found'],
  ['still absent at the deadline: not applied', { is: 'not-applied' }, false, 'temporary not-applied'],
  ['one candidate: unknown', { is: 'unknown', candidates: [{ name: '192.0.2.9', result: 'candidate' }] }, false, 'unknown unknown'],
  ['one candidate of a sole writer: ours', { is: 'unknown', candidates: [{ name: '192.0.2.9', result: 'candidate' }] }, true, 'candidate'],
  [
    'two candidates of a sole writer: unknown',
    {
      is: 'unknown',
      candidates: [
        { name: '192.0.2.9', result: 'a' },
        { name: '192.0.2.10', result: 'b' },
      ],
    },
    true,
    'unknown unknown',
  ],
];
for (const [name, outcome, soleWriter, expected] of looks) {
  test(`a lost answer is looked for and never sent again; ${name}`, async () => {
    const made = stage({}, { soleWriter });
    const result = await made
      .perform({
        read,
        via: async () => {
          throw lost;
        },
        look: async () => outcome,
      })
      .catch((thrown: IpctlError) => `${thrown.kind} ${thrown.details.operation?.state}`);
    assert.equal(result, expected);
    assert.equal(made.sent, 1);
  });
}

test('an exit of 12 names the candidates and the operation', async () => {
  const made = stage();
  const error = await failing(
    made.perform({
      read,
      via: async () => {
        throw lost;
      },
      look: async () => ({ is: 'unknown', candidates: [{ name: '192.0.2.9', result: 'x' }] }),
    }),
  );
  assert.match(error.message, /192\.0\.2\.9/);
  assert.equal(error.details.hint, `ipctl operation resume ${error.details.operation?.id} --take 192.0.2.9|--none`);
});

test('a success that cannot be read is looked for, not taken for a refusal', async () => {
  const made = stage();
  const result = await made.perform({
    read: () => {
      throw new IpctlError('defect', 'broken', { fate: 'not-applied' });
    },
    look: async () => ({ is: 'applied', result: 'there' }),
  });
  assert.equal(result, 'there');
});

test('who cannot look does not know', async () => {
  const made = stage();
  const error = await failing(
    made.perform({
      read,
      via: async () => {
        throw lost;
      },
      look: async () => {
        throw new IpctlError('temporary', 'still down');
      },
    }),
  );
  assert.equal(error.kind, 'unknown');
});

test('what has no mark is listed before, under the account’s lock, and the list is recorded', async () => {
  const made = stage();
  await made.perform({
    read,
    async before() {
      made.order.push('listed');
      return ['one', 'two'];
    },
  });
  assert.deepEqual(made.order, ['begin', 'lock', 'listed', 'send', 'sent', 'close', 'end']);
  const send = made.events.find((event) => event.event === 'send');
  assert.deepEqual(send?.event === 'send' && send.before, ['one', 'two']);
});

test('a dry run sends nothing, records nothing, and goes on with the stand-in', async () => {
  const made = stage({ dryRun: true });
  assert.equal(await made.perform({ read, standIn: 'imagined' }), 'imagined');
  assert.deepEqual([made.sent, made.events], [0, []]);
});

test('another account than the pinned one is never changed', async () => {
  const made = stage({}, { pinned: 'mine' });
  const error = await failing(made.perform({ read }));
  assert.equal(error.kind, 'auth');
  assert.match(error.message, /pinned to account mine.*open other/);
  assert.deepEqual([made.sent, made.events], [0, []]);
});

test('a profile that may not change anything sends nothing', async () => {
  const made = stage({}, { refused: new IpctlError('refused', 'read-only') });
  assert.equal((await failing(made.perform({ read }))).kind, 'refused');
  assert.equal(made.sent, 0);
});

test('an interrupt in flight leaves the outcome open and says so', async () => {
  const made = stage();
  const error = await failing(
    made.perform({
      read,
      via: async () => {
        made.controller.abort(new Error('stop'));
        throw new Error('aborted');
      },
      look: async () => assert.fail('an interrupted run does not look'),
    }),
  );
  assert.equal(error.kind, 'signal');
  assert.equal(error.details.operation?.state, 'unknown');
  assert.equal(made.events.at(-1)?.event, 'end');
});

test('waiting ends with what is shown, or at the deadline with what was accepted', async () => {
  const shown = { id: 'a', address: '192.0.2.1', state: 'free' } as FloatingIp;
  let looked = 0;
  const patient = stage();
  assert.equal(await patient.settle(async () => (++looked === 3 ? shown : undefined)), shown);
  const impatient = stage({ timeout: 3000 });
  const error = await failing(impatient.settle(async () => undefined));
  assert.equal(error.kind, 'timeout');
  assert.deepEqual(
    error.details.exists?.map(({ id }) => id),
    ['a'],
  );
  const hasty = stage({ wait: false });
  assert.equal((await hasty.settle(async () => assert.fail('--no-wait does not look'))).id, 'a');
});

test('a provider that stumbles while we wait does not end the waiting; a refusal does', async () => {
  let round = 0;
  const shown = { id: 'a' } as FloatingIp;
  const made = stage();
  const found = await made.settle(async () => {
    round += 1;
    if (round === 1) throw new IpctlError('temporary', '502');
    return shown;
  });
  assert.equal(found, shown);
  const refused = stage();
  const error = await failing(
    refused.settle(async () => {
      throw new IpctlError('auth', 'expired');
    }),
  );
  // Nobody can see any more: at once, and with what was accepted, since it may cost money.
  assert.deepEqual([error.kind, error.details.exists?.map(({ id }) => id)], ['timeout', ['a']]);
  assert.match(error.message, /accepted, but it cannot be seen: it to be there: expired/);
  const verdict = stage();
  const taken = await failing(
    verdict.settle(async () => {
      throw new IpctlError('conflict', 'another has it');
    }),
  );
  assert.equal(taken.kind, 'conflict');
});

const recorded = (state: RecordedStep['state'], reply: RecordedStep['reply'] = null): ReadonlyMap<string, RecordedStep> =>
  new Map([['make', { state, before: ['one'], reply }]]);
const replayOf = (steps: Replay['steps'], over: Partial<Replay> = {}): Replay => ({
  id: 'op-1',
  subject: null,
  steps,
  take: [],
  none: false,
  others: async () => new Set(),
  ...over,
});

test('a resumed operation takes recorded answers as they were, and sends nothing for them', async () => {
  const made = stage({ replay: replayOf(recorded('applied', { status: 201, text: '{"was":"there"}' })) });
  assert.deepEqual(await made.perform({ read: (reply) => reply.json, look: async () => assert.fail('known') }), { was: 'there' });
  assert.equal(made.sent, 0);
  assert.deepEqual(
    made.events.map(({ event, operation }) => `${event} ${operation}`),
    ['resume op-1', 'end op-1'],
  );
});

test('a request that was under way is looked for: found is taken, absent is sent again, unless it would make another one', async () => {
  const found = stage({ replay: replayOf(recorded('unknown')) });
  const seen: (readonly string[])[] = [];
  const look = async (before: readonly string[]): Promise<Outcome<string>> => {
    seen.push(before);
    return { is: 'applied', result: 'found' };
  };
  assert.equal(await found.perform({ read, look }), 'found');
  assert.deepEqual([found.sent, seen], [0, [['one']]]);

  const again = stage({ replay: replayOf(recorded('unknown')) });
  assert.equal(await again.perform({ read }), 'made');
  assert.equal(again.sent, 1);

  for (const state of ['unknown', 'not-applied', 'not-sent'] as const) {
    const never = stage({ replay: replayOf(recorded(state)) });
    await assert.rejects(never.perform({ read, creates: true }), ClosedAsNotApplied, state);
    assert.equal(never.sent, 0, state);
    assert.equal(never.events.at(-1)?.event, 'end');
  }
});

test('candidates are settled by the user’s word; what another operation made is none', async () => {
  const candidates = ['192.0.2.9', '192.0.2.10'].map((name) => ({ name, result: name }));
  const look = async (): Promise<Outcome<string>> => ({ is: 'unknown', candidates });
  const resume = (over: Partial<Replay>, targetOver: Partial<Target> = {}) => {
    const made = stage({ replay: replayOf(recorded('unknown'), over) }, targetOver);
    return made.perform({ read, look, creates: true });
  };
  assert.equal(await resume({ take: ['192.0.2.10'] }), '192.0.2.10');
  assert.equal((await failing(resume({ take: ['192.0.2.99'] }))).kind, 'usage');
  await assert.rejects(resume({ none: true }), ClosedAsNotApplied);
  assert.equal((await failing(resume({}))).kind, 'unknown');
  assert.equal(
    await resume({ others: async () => new Set(['192.0.2.9']) }, { soleWriter: true }),
    '192.0.2.10',
    'one is left, and it is ours',
  );
  assert.equal((await failing(resume({ others: async () => new Set(['192.0.2.9']), take: ['192.0.2.9'] }))).kind, 'usage');
  const all = async (): Promise<ReadonlySet<string>> => new Set(['192.0.2.9', '192.0.2.10']);
  assert.equal((await failing(resume({ others: all, take: ['192.0.2.9'] }))).kind, 'usage', 'the user is told, and nothing is closed');
  await assert.rejects(resume({ others: all }), ClosedAsNotApplied, 'nothing new is left: it did not happen');
});

test('what others made is asked for at each look: it may have been told apart only now', async () => {
  const candidates = [{ name: '192.0.2.9', result: '192.0.2.9' }];
  const answers: ReadonlySet<string>[] = [];
  const others = async (): Promise<ReadonlySet<string>> => {
    const answer = new Set(answers.length === 0 ? ['192.0.2.9'] : []);
    answers.push(answer);
    return answer;
  };
  const made = stage({ replay: replayOf(recorded('unknown'), { others }) }, { soleWriter: true });
  const look = async (): Promise<Outcome<string>> => ({ is: 'unknown', candidates });
  assert.equal(await made.perform({ read, look, creates: true }), '192.0.2.9');
  assert.equal(answers.length, 2);
});

test('a sole writer takes no address unasked that another operation of the record got: it may have been listed late', async () => {
  const candidates = [{ name: '192.0.2.9', result: '192.0.2.9' }];
  const look = async (): Promise<Outcome<string>> => ({ is: 'unknown', candidates });
  const via = async (): Promise<never> => {
    throw lost;
  };
  const taking = (claimed: readonly string[]): Promise<string> =>
    stage({ journal: { append: async () => {}, claimed: async () => new Set(claimed) } }, { soleWriter: true }).perform({
      read,
      look,
      via,
    });
  assert.equal(await taking(['192.0.2.8']), '192.0.2.9');
  const asked = await failing(taking(['192.0.2.9']));
  assert.deepEqual([asked.kind, asked.message.includes('192.0.2.9')], ['unknown', true]);
});

test('a recorded answer that cannot be read is looked for, as it was then', async () => {
  const made = stage({ replay: replayOf(recorded('applied', { status: 201, text: '<html>' })) });
  const unread = (): never => {
    throw new IpctlError('defect', 'no JSON');
  };
  const found = await made.perform<string>({ read: unread, look: async () => ({ is: 'applied', result: 'found' }) });
  assert.deepEqual([found, made.sent], ['found', 0]);
});

test('queueing for the account’s lock is bounded by what is left of the timeout', async () => {
  const queued: number[] = [];
  const clock = virtualClock();
  const made = stage(
    { clock, timeout: 8_000 },
    {
      async exclusive(work, patience) {
        queued.push(patience);
        return work();
      },
    },
  );
  await made.perform({ read, before: async () => [] });
  assert.deepEqual(queued, [8_000]);
});

test('a resumed operation keeps off an object that is another one by now, or that another holds', async () => {
  const ip = (over: object): FloatingIp =>
    ({ id: 'a', address: '192.0.2.1', createdAt: null, associations: [], ...over }) as unknown as FloatingIp;
  const about = async (recordedSubject: Replay['subject'], now: FloatingIp): Promise<void> => {
    const made = stage({ replay: replayOf(new Map(), { subject: recordedSubject }) });
    await operate(made.target, made.settings, 'test', null, async (run) => run.about(now));
  };
  const subject = { id: 'a', createdAt: null, holders: ['s1'] };
  await about(subject, ip({ associations: [{ server: { id: 's1' }, port: null }] }));
  await about(subject, ip({}));
  assert.equal((await failing(about(subject, ip({ associations: [{ server: { id: 's2' }, port: null }] })))).kind, 'conflict');
  assert.equal((await failing(about(subject, ip({ id: 'b' })))).kind, 'conflict');
  assert.equal(
    (await failing(about({ ...subject, createdAt: '2026-01-01T00:00:00.000Z' }, ip({ createdAt: new Date('2026-02-01') })))).kind,
    'conflict',
  );
});

test('the beginning is recorded with the first request, which is sent when both are on the disk', async () => {
  const written: (() => void)[] = [];
  const events: string[] = [];
  const append = ({ event }: JournalEvent): Promise<void> => {
    events.push(event);
    return new Promise((resolve) => written.push(resolve));
  };
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const staged = stage({ journal: { append } });
  const done = staged.perform({ read });
  await turn();
  assert.deepEqual([events, staged.sent], [['begin', 'send'], 0]);
  written[1]?.();
  await turn();
  assert.equal(staged.sent, 0);
  written[0]?.();
  await turn();
  assert.deepEqual([events, staged.sent], [['begin', 'send', 'close'], 1]);
  written[2]?.();
  await turn();
  written[3]?.();
  assert.equal(await done, 'made');
});

test('what cannot be recorded is not sent, and leaves no operation behind', async () => {
  for (const refused of ['begin', 'send']) {
    const events: string[] = [];
    const append = async ({ event }: JournalEvent): Promise<void> => {
      events.push(event);
      if (event === refused) throw new IpctlError('config', 'no space', { fate: 'not-sent' });
    };
    const staged = stage({ journal: { append } });
    const error = await failing(staged.perform({ read }));
    assert.deepEqual([error.kind, error.details.operation, staged.sent], ['config', { id: null, state: 'not-sent' }, 0]);
    assert.deepEqual(events, ['begin', 'send']);
  }
});

test('a disk that fills up after the send does not hide what was done', async () => {
  const broken = {
    append: async (event: JournalEvent) => {
      if (event.event === 'close' || event.event === 'end') throw new IpctlError('config', 'disk full', { fate: 'not-sent' });
    },
  };
  const made = stage({ journal: broken });
  assert.equal(await made.perform({ read }), 'made');
  assert.equal(made.sent, 1);
});

test('when the list before an allocation fails, the allocation was not sent', async () => {
  const made = stage();
  const error = await failing(
    made.perform({
      read,
      creates: true,
      before: async () => {
        throw new IpctlError('auth', 'expired', { status: 401 });
      },
    }),
  );
  assert.deepEqual([error.kind, error.details.operation?.state, made.sent], ['auth', 'not-sent', 0]);
  const end = made.events.at(-1);
  assert.deepEqual(end?.event === 'end' && end.state, 'not-sent');
});

test('the middle of a verb is waited for under --no-wait too, never in a dry run', async () => {
  const shown = { id: 'a', state: 'free' } as FloatingIp;
  const settled = async (over: Partial<RunSettings>, check: () => Promise<FloatingIp>): Promise<FloatingIp> => {
    let settle: Parameters<Target['connect']>[1]['settle'] | undefined;
    const made = stage(over, {
      connect: (_limits, given) => {
        settle = given.settle;
        return {};
      },
    });
    return operate(made.target, made.settings, 'test', null, () => {
      assert.ok(settle);
      return settle({ accepted: { id: 'a', state: 'pending' } as FloatingIp, check, what: 'it', always: true });
    });
  };
  assert.equal(await settled({ wait: false }, async () => shown), shown);
  assert.equal((await settled({ dryRun: true }, async () => assert.fail('nothing was sent'))).state, 'pending');
});

test('the error that sums up several failures names their operations, and what became of them all', () => {
  const failed = (kind: 'conflict' | 'temporary', id: string, state: 'not-applied' | 'unknown') => ({
    action: 'release',
    changed: false,
    operation: id,
    ip: null,
    error: new IpctlError(kind, 'no', { operation: { id, state } }),
    planned: null,
  });
  const alike = summary([failed('conflict', 'a-1', 'not-applied'), failed('conflict', 'b-2', 'not-applied')], 'releases');
  assert.match(alike?.details.hint ?? '', /operations: a-1 \(not-applied\), b-2 \(not-applied\)$/);
  assert.deepEqual(alike?.details.operation, { id: null, state: 'not-applied' });
  const mixed = summary([failed('conflict', 'a-1', 'not-applied'), failed('temporary', 'b-2', 'unknown')], 'releases');
  assert.deepEqual([mixed?.kind, mixed?.details.operation?.state], ['partial', 'partial']);
});
