/** The driver at the sandbox: one story from login to the last release, lost answers, dry runs, and no secret on the way. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FloatingIp, PrivateIp } from '../../../src/domain/records.js';
import { collect } from '../../../src/http/pages.js';
import { verb } from '../../../src/operations/capable.js';
import type { Sandbox } from '../../../src/sandbox/server.js';
import { allocate, associate, type Driver, disassociate, failing, listed, mutations, reserve, server, simulated } from './scene.js';

const free = (driver: Driver) => allocate(driver, { description: 'web' });
const held = async (driver: Driver) => associate(driver, await free(driver), await server(driver, 'web-1'));

test('one story, from nothing to nothing', async () => {
  await simulated(async ({ run, traced }, sandbox) => {
    await run(async (driver) => {
      assert.deepEqual(await listed(driver), []);
      const account = await verb(driver, 'account')();
      const made = await allocate(driver, { description: 'web', labels: { env: 'prod', bare: null } });
      assert.deepEqual([made.state, made.description, made.labels, made.mark], ['free', 'web', { env: 'prod', bare: null }, 'm-0001']);
      assert.equal(made.project, account.id);

      const [web1, web2] = [await server(driver, 'web-1'), await server(driver, 'web-2')];
      const on1 = await associate(driver, made, web1);
      assert.deepEqual(on1.associations[0]?.server, { id: web1.id, name: 'web-1' });
      assert.deepEqual((await listed(driver))[0]?.associations, on1.associations);
      assert.ok(made.address !== null);
      assert.deepEqual((await verb(driver, 'getFloatingIp')({ address: made.address })).associations, on1.associations);

      const on2 = await verb(driver, 'moveFloatingIp')(on1, { servers: [web2], ports: [] });
      assert.equal(on2.associations[0]?.server?.name, 'web-2');
      await failing('conflict', verb(driver, 'moveFloatingIp')(on1, { servers: [web1], ports: [] }));

      const renamed = await verb(driver, 'updateFloatingIp')(on2, { description: '', labels: { bare: null } });
      assert.deepEqual([renamed.description, renamed.labels, renamed.mark], [null, { bare: null }, 'm-0001']);
      assert.deepEqual(renamed.associations, on2.associations);

      const off = await disassociate(driver, renamed);
      assert.deepEqual([off.state, off.associations], ['free', []]);
      await verb(driver, 'releaseFloatingIp')(off);
      await failing('not-found', verb(driver, 'getFloatingIp')({ id: made.id }));
      assert.deepEqual(await listed(driver), []);

      const [first, second] = await reserve(driver, 2);
      assert.ok(first !== undefined && second !== undefined);
      assert.deepEqual([first.state, first.mark, second.mark], ['free', 'm-0001', 'm-0002']);
      const all = await collect(verb(driver, 'listPrivateIps')({ subnet: 'app' }));
      assert.ok([first, second].every(({ id }) => all.some((ip) => ip.id === id)));
      assert.deepEqual(new Set(all.map(({ usedBy }) => usedBy)), new Set([null, 'server', 'dhcp', 'router']));
      assert.deepEqual(await verb(driver, 'getPrivateIp')({ address: first.address, subnet: 'app' }), first);
      for (const ip of [first, second]) await verb(driver, 'deletePrivateIp')(ip);
      assert.equal((await collect(verb(driver, 'listPrivateIps')({ subnet: 'app' }))).length, all.length - 2);
      for (const ip of all.filter(({ usedBy }) => usedBy !== null)) await failing('conflict', verb(driver, 'deletePrivateIp')(ip));
    });
    const secret = sandbox.options.password ?? '';
    assert.ok(secret.length > 0 && traced.some((line) => line.includes('/auth/tokens')));
    assert.ok(!traced.join('\n').includes(secret));
    assert.equal(sandbox.journal().filter(({ path }) => path.endsWith('/auth/tokens')).length, 1, 'one login for all');
  });
});

test('a server in a network without a router: nothing routes there', async () => {
  await simulated(async ({ run }) => {
    await failing(
      'conflict',
      run(async (driver) => associate(driver, await free(driver), await server(driver, 'worker-2'))),
    );
  });
});

interface Mutation {
  readonly name: string;
  readonly request: string;
  /** What has to be there before; made by a driver of its own, whose requests are not lost. */
  readonly prepare: (driver: Driver) => Promise<unknown>;
  readonly act: (driver: Driver, prepared: never) => Promise<unknown>;
  /** Whether the state that was asked for is there. */
  readonly done: (driver: Driver, prepared: never) => Promise<boolean>;
}

const found = async (driver: Driver, { id }: FloatingIp): Promise<FloatingIp | undefined> =>
  (await listed(driver)).find((ip) => ip.id === id);
const there = async (driver: Driver, { id }: PrivateIp): Promise<boolean> =>
  (await collect(verb(driver, 'listPrivateIps')({}))).some((ip) => ip.id === id);
const mutation = <P>(
  name: string,
  request: string,
  prepare: (driver: Driver) => Promise<P>,
  act: (driver: Driver, prepared: P) => Promise<unknown>,
  done: (driver: Driver, prepared: P) => Promise<boolean>,
): Mutation => ({ name, request, prepare, act, done }) as Mutation;

const web2 = async (driver: Driver) => ({ servers: [await server(driver, 'web-2')], ports: [] });

const all: readonly Mutation[] = [
  mutation(
    'allocate',
    'POST */floatingips',
    async () => undefined,
    (driver) => allocate(driver),
    async (driver) => (await listed(driver)).some(({ mark }) => mark === 'm-0001'),
  ),
  mutation(
    'associate',
    'PUT */floatingips/*',
    free,
    async (driver, ip) => associate(driver, ip, await server(driver, 'web-1')),
    async (driver, ip) => (await found(driver, ip))?.associations[0]?.server?.name === 'web-1',
  ),
  mutation(
    'move',
    'PUT */floatingips/*',
    held,
    async (driver, ip) => verb(driver, 'moveFloatingIp')(ip, await web2(driver)),
    async (driver, ip) => (await found(driver, ip))?.associations[0]?.server?.name === 'web-2',
  ),
  mutation('disassociate', 'PUT */floatingips/*', held, disassociate, async (driver, ip) => (await found(driver, ip))?.state === 'free'),
  mutation(
    'describe',
    'PUT */floatingips/*',
    held,
    (driver, ip) => verb(driver, 'updateFloatingIp')(ip, { description: 'new' }),
    async (driver, ip) => (await found(driver, ip))?.description === 'new',
  ),
  mutation(
    'label',
    'PUT */floatingips/*/tags',
    held,
    (driver, ip) => verb(driver, 'updateFloatingIp')(ip, { labels: { env: 'prod' } }),
    async (driver, ip) => (await found(driver, ip))?.labels.env === 'prod',
  ),
  mutation(
    'release',
    'DELETE */floatingips/*',
    free,
    (driver, ip) => verb(driver, 'releaseFloatingIp')(ip),
    async (driver, ip) => (await found(driver, ip)) === undefined,
  ),
  mutation(
    'create a private IP',
    'POST */ports',
    async () => undefined,
    (driver) => reserve(driver),
    async (driver) => (await collect(verb(driver, 'listPrivateIps')({}))).some(({ mark }) => mark === 'm-0001'),
  ),
  mutation(
    'delete a private IP',
    'DELETE */ports/*',
    async (driver) => {
      const [ip] = await reserve(driver);
      assert.ok(ip !== undefined);
      return ip;
    },
    (driver, ip) => verb(driver, 'deletePrivateIp')(ip),
    async (driver, ip) => !(await there(driver, ip)),
  ),
];

/** Requests that `request` names and that `prepare` sends too pass first. */
const passing = (name: string): readonly string[] => (['move', 'disassociate', 'describe'].includes(name) ? ['delay 0ms x1'] : []);
const faultsOf = ({ name, request }: Mutation, effect: string): string[] =>
  [...passing(name), `${effect} x1`].map((what) => `${request}: ${what}`);
const count = (sandbox: Sandbox): number => mutations(sandbox).length;

for (const one of all) {
  for (const effect of ['drop after commit', '502 after commit']) {
    test(`${one.name}, ${effect}: looked for, found, and not sent again`, async () => {
      await simulated(
        async ({ run, notes, events }, sandbox) => {
          const prepared = (await run(one.prepare)) as never;
          const before = count(sandbox);
          events.splice(0);
          await run((driver) => one.act(driver, prepared));
          assert.equal(count(sandbox), before + 1);
          assert.ok(notes.some((note) => note.includes('looking whether it took effect')));
          assert.deepEqual(
            events.flatMap((event) => (event.event === 'close' ? [event.state] : [])),
            ['applied'],
          );
          assert.ok(await run((driver) => one.done(driver, prepared)));
        },
        { faults: faultsOf(one, effect) },
      );
    });
  }

  test(`${one.name}, dropped before commit: looking proves that it did not happen`, async () => {
    await simulated(
      async ({ run }, sandbox) => {
        const prepared = (await run(one.prepare)) as never;
        const before = count(sandbox);
        const error = await failing(
          'temporary',
          run((driver) => one.act(driver, prepared)),
        );
        assert.equal(error.details.operation?.state, 'not-applied');
        assert.equal(count(sandbox), before + 1);
        assert.ok(!(await run((driver) => one.done(driver, prepared))));
      },
      { faults: faultsOf(one, 'drop before commit') },
    );
  });

  test(`${one.name}, dry: planned, and nothing sent`, async () => {
    await simulated(async (real, sandbox) => {
      const prepared = (await real.run(one.prepare)) as never;
      const before = count(sandbox);
      const settings = { ...real.settings, dryRun: true };
      const { operate } = await import('../../../src/operations/run.js');
      const planned = await operate(real.target, settings, 'test', null, async (run) => {
        await one.act(run.driver, prepared);
        return run.planned;
      });
      assert.equal(count(sandbox), before);
      const [method, pattern = ''] = one.request.split(' ');
      assert.equal(planned.length, 1);
      assert.equal(planned[0]?.request.method, method);
      assert.match(new URL(planned[0]?.request.url ?? '').pathname, new RegExp(`${pattern.replaceAll('*', '.*')}$`));
      assert.ok(!(await real.run((driver) => one.done(driver, prepared))));
    });
  });
}

test('a dry run of everything at once writes what is not known yet as such', async () => {
  await simulated(
    async ({ run }, sandbox) => {
      const planned = await run(async (driver, { planned }) => {
        const made = await allocate(driver, { labels: { env: 'prod' } });
        await associate(driver, made, await server(driver, 'web-1'));
        return planned;
      });
      assert.deepEqual(mutations(sandbox), []);
      assert.deepEqual(
        planned.map(({ step, request: { method, url, headers } }) => [step, method, url.replace(/^.*\/v2\.0/, ''), headers]),
        [
          ['allocate', 'POST', '/floatingips', undefined],
          ['label', 'PUT', '/floatingips/{ip.id}/tags', undefined],
          ['associate web-1', 'PUT', '/floatingips/{ip.id}', { 'if-match': 'revision_number={ip.revision}' }],
        ],
      );
    },
    { dryRun: true },
  );
});

test('a token that died is renewed once, and the request repeated', async () => {
  await simulated(
    async ({ run }, sandbox) => {
      assert.deepEqual(await run((driver) => listed(driver, false)), []);
      assert.equal(sandbox.journal().filter(({ path }) => path.endsWith('/auth/tokens')).length, 2);
    },
    { faults: ['GET */floatingips*: 401 x1'] },
  );
});

test('a 503 of a read passes; wrong credentials do not', async () => {
  await simulated(async ({ run }) => assert.deepEqual(await run((driver) => listed(driver, false)), []), {
    faults: ['GET */floatingips*: 503 x2'],
  });
  await simulated(
    async ({ run, traced }) => {
      await failing(
        'auth',
        run((driver) => listed(driver)),
      );
      assert.ok(!traced.join('\n').includes('not-the-password'));
    },
    { options: { password: 'not-the-password' } },
  );
});

test('without waiting, what was accepted is returned at once', async () => {
  await simulated(
    async ({ run, clock }) => {
      await run(async (driver) => {
        const made = await allocate(driver, { labels: { env: 'prod' } });
        assert.deepEqual([made.labels, made.revision], [{ env: 'prod' }, null]);
        assert.equal((await associate(driver, made, await server(driver, 'web-1'))).state, 'associated');
      });
      assert.deepEqual(clock.slept, []);
    },
    { wait: false },
  );
});
