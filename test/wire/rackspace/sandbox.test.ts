/** Against the sandbox, which was written from the reference by others: answers that get lost, dry runs, and one full story. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AnyDriver } from '../../../src/domain/driver.js';
import { IpctlError, type Kind } from '../../../src/domain/errors.js';
import type { FloatingIp, Server } from '../../../src/domain/records.js';
import { collect } from '../../../src/http/pages.js';
import type { Run } from '../../../src/operations/run.js';
import { connect } from '../../../src/providers/rackspace/driver.js';
import { rackspace } from '../../../src/providers/rackspace/manifest.js';
import { dialects } from '../../../src/sandbox/dialects.js';
import { parseFault } from '../../../src/sandbox/faults.js';
import { start } from '../../../src/sandbox/server.js';
import { type Bench, type BenchSettings, bench } from '../../support/bench.js';

type Driver = Required<AnyDriver>;

interface Scene {
  readonly bench: Bench;
  /** Requests that change something, as the sandbox saw them. */
  sent(): string[];
  /** One operation of a client that loses nothing. */
  plain<R>(work: (driver: Driver, servers: readonly Server[]) => Promise<R>): Promise<R>;
  /** One operation of the client under test. */
  run<R>(work: (driver: Driver, run: Run) => Promise<R>): Promise<R>;
}

async function scene(
  play: (scene: Scene) => Promise<void>,
  {
    faults = [],
    knobs = {},
    ...settings
  }: Partial<BenchSettings> & { faults?: readonly string[]; knobs?: Readonly<Record<string, string>> } = {},
): Promise<void> {
  const sandbox = await start(await dialects.rackspace(), { knobs, faults: faults.map(parseFault) });
  const options = { ...sandbox.options, ...settings.options };
  const steady = bench(rackspace, connect, { options });
  const made = bench(rackspace, connect, { ...settings, options });
  try {
    await play({
      bench: made,
      sent: () =>
        sandbox
          .journal()
          .filter(({ method, path }) => method !== 'GET' && !path.endsWith('/tokens'))
          .map(({ method, path }) => `${method} ${path.split('/').slice(-2).join('/')}`),
      plain: (work) => steady.run(async (driver) => work(driver as Driver, await collect((driver as Driver).listServers({})))),
      run: (work) => made.run((driver, run) => work(driver as Driver, run)),
    });
    assert.deepEqual(
      sandbox.journal().flatMap(({ method, path, mark }) => (mark === null ? [] : [`${method} ${path}: ${mark}`])),
      [],
    );
    const traced = [...made.traced, ...steady.traced].join('\n') + JSON.stringify(made.events);
    assert.ok(!traced.includes(sandbox.options['api-key'] ?? 'no key'), 'the key is traced');
  } finally {
    await made.close();
    await steady.close();
    await sandbox.close();
  }
}

const named = (servers: readonly Server[], name: string): Server =>
  servers.find((server) => server.name === name) ?? assert.fail(`no ${name}`);
const pair = (servers: readonly Server[]): Server[] => [named(servers, 'web-1'), named(servers, 'web-2')];
const shared = (driver: Driver, servers: readonly Server[]): Promise<FloatingIp> =>
  driver.allocateFloatingIp({ version: 4, labels: {}, servers, ports: [], mark: 'm' });
const holders = (ip: FloatingIp | undefined) => ip?.associations.map(({ server }) => server?.name);

async function failing(kind: Kind, work: Promise<unknown>): Promise<IpctlError> {
  const thrown = await work.then(
    () => assert.fail(`expected '${kind}'`),
    (error: unknown) => error,
  );
  assert.ok(thrown instanceof IpctlError, String(thrown));
  assert.equal(thrown.kind, kind, thrown.message);
  return thrown;
}

/** Each mutating verb: what stands before it, the verb itself, and the fault that loses its answer. */
interface Verb {
  readonly path: string;
  before(scene: Scene): Promise<(driver: Driver) => Promise<unknown>>;
  /** Whether the provider shows the effect. */
  shown(driver: Driver): Promise<boolean>;
}

const theIp = async (driver: Driver): Promise<FloatingIp | undefined> => (await collect(driver.listFloatingIps({ serverNames: true })))[0];

const verbs: Readonly<Record<string, Verb>> = {
  associate: {
    path: 'PUT */ip_associations/*',
    async before({ plain }) {
      const [servers, ip] = await plain(async (driver, all) => [pair(all), await shared(driver, pair(all))] as const);
      return (driver) => driver.associateFloatingIp(ip, { servers: servers.slice(0, 1), ports: [] });
    },
    shown: async (driver) => holders(await theIp(driver))?.join() === 'web-1',
  },
  disassociate: {
    path: 'DELETE */ip_associations/*',
    async before({ plain }) {
      const ip = await plain(async (driver, all) =>
        driver.associateFloatingIp(await shared(driver, pair(all)), { servers: pair(all), ports: [] }),
      );
      return (driver) => driver.disassociateFloatingIp(ip, ip.associations.slice(0, 1));
    },
    shown: async (driver) => holders(await theIp(driver))?.join() === 'web-2',
  },
  'change ports': {
    path: 'PUT */ip_addresses/*',
    async before({ plain }) {
      // On an isolated network, shared by the first server and a port that no server uses.
      return plain(async (driver, all) => {
        const [used, [free]] = await Promise.all([
          collect(driver.listPrivateIps({})),
          driver.createPrivateIps([{ subnet: 'app', mark: 'op-1' }]),
        ]);
        const ports = [used.find(({ server }) => server?.name === 'web-1')?.port ?? '', free?.port ?? ''];
        const ip = await driver.allocateFloatingIp({ version: 4, labels: {}, servers: [], ports, network: 'backend', mark: 'm' });
        return (lossy: Driver) => lossy.associateFloatingIp(ip, { servers: pair(all).slice(1), ports: [] });
      });
    },
    shown: async (driver) => holders(await theIp(driver))?.join() === 'web-2',
  },
  release: {
    path: 'DELETE */ip_addresses/*',
    async before({ plain }) {
      const ip = await plain((driver, all) => shared(driver, pair(all)));
      return (driver) => driver.releaseFloatingIp(ip);
    },
    shown: async (driver) => (await theIp(driver)) === undefined,
  },
  'create, marked': {
    path: 'POST */ports',
    before: async () => (driver) => driver.createPrivateIps([{ subnet: 'app', mark: 'op-1' }]),
    shown: async (driver) => (await collect(driver.listPrivateIps({}))).some(({ mark }) => mark === 'op-1'),
  },
  'create, chosen and named': {
    path: 'POST */ports',
    before: async () => (driver) => driver.createPrivateIps([{ subnet: 'app', mark: 'op-1', name: 'vip', address: '192.168.1.17' }]),
    shown: async (driver) => (await collect(driver.listPrivateIps({ address: '192.168.1.17' })))[0]?.name === 'vip',
  },
  delete: {
    path: 'DELETE */ports/*',
    async before({ plain }) {
      const [ip] = await plain((driver) => driver.createPrivateIps([{ subnet: 'app', mark: 'op-1' }]));
      return (driver) => driver.deletePrivateIp(ip ?? assert.fail());
    },
    shown: async (driver) => !(await collect(driver.listPrivateIps({}))).some(({ mark }) => mark === 'op-1'),
  },
};

describe('rackspace: a lost answer', () => {
  for (const [name, { path, before, shown }] of Object.entries(verbs)) {
    test(`${name}: after the fact it is found, and not sent again`, async () => {
      await scene(
        async (stage) => {
          const verb = await before(stage);
          const already = stage.sent().length;
          await stage.run((driver) => verb(driver));
          assert.equal(await stage.run(shown), true);
          const sent = stage.sent().slice(already);
          assert.equal(new Set(sent).size, sent.length, sent.join(', '));
          assert.ok(stage.bench.events.some((event) => event.event === 'close' && event.state === 'applied' && event.reply === null));
        },
        { faults: [`${path}: drop after commit x1`] },
      );
    });

    test(`${name}: before the fact it is told as not applied`, async () => {
      await scene(
        async (stage) => {
          const verb = await before(stage);
          const error = await failing(
            'temporary',
            stage.run((driver) => verb(driver)),
          );
          assert.equal(error.details.operation?.state, 'not-applied');
          assert.equal(await stage.run(shown), false);
        },
        { faults: [`${path}: drop before commit x1`] },
      );
    });

    test(`${name}: a dry run plans it and sends nothing`, async () => {
      await scene(
        async (stage) => {
          const verb = await before(stage);
          const already = stage.sent().length;
          const planned = await stage.run(async (driver, run) => {
            await verb(driver);
            return run.planned.map(({ request }) => `${request.method} ${new URL(request.url).pathname}`);
          });
          const pattern = new RegExp(`^${path.replaceAll('*', '.*')}$`);
          assert.ok(
            planned.some((line) => pattern.test(line)),
            planned.join(', '),
          );
          assert.equal(stage.sent().length, already);
        },
        { dryRun: true },
      );
    });
  }

  test('allocate: one new address on these ports is a candidate, and no proof', async () => {
    await scene(
      async ({ run, plain }) => {
        const servers = await plain(async (_driver, all) => pair(all));
        const error = await failing(
          'unknown',
          run((driver) => shared(driver, servers)),
        );
        const made = await run(theIp);
        assert.ok(made?.address);
        assert.ok(error.message.includes(made.address), error.message);
      },
      { faults: ['POST */ip_addresses: drop after commit x1'] },
    );
  });

  test('where lists overstate, an association or its end is not known', async () => {
    for (const [path, from] of [
      ['PUT */ip_associations/*', 0],
      ['DELETE */ip_associations/*', 2],
    ] as const) {
      await scene(
        async ({ run, plain }) => {
          // Afterwards one of two linked servers is associated: both their lists say so.
          const [servers, ip] = await plain(async (driver, all) => [pair(all), await shared(driver, pair(all))] as const);
          const held = await plain((driver) => driver.associateFloatingIp(ip, { servers: servers.slice(0, from), ports: [] }));
          const lossy = (driver: Driver): Promise<FloatingIp> =>
            from === 0
              ? driver.associateFloatingIp(held, { servers: servers.slice(0, 1), ports: [] })
              : driver.disassociateFloatingIp(held, held.associations.slice(0, 1));
          const error = await failing('unknown', run(lossy));
          assert.ok(error.message.includes(ip.address ?? '?'), error.message);
        },
        { faults: [`${path}: drop after commit x1`], knobs: { associationVisibility: 'plugin' } },
      );
    }
  });

  test('create: a named port is a candidate, and no proof', async () => {
    await scene(
      async ({ run }) => {
        const error = await failing(
          'unknown',
          run((driver) => driver.createPrivateIps([{ subnet: 'app', mark: 'op-1', name: 'vip' }])),
        );
        const [made] = await run(async (driver) => (await collect(driver.listPrivateIps({}))).filter((ip) => ip.name === 'vip'));
        assert.ok(error.message.includes(made?.address ?? '?'), error.message);
      },
      { faults: ['POST */ports: drop after commit x1'] },
    );
  });
});

describe('rackspace: the story', () => {
  test('two servers share an address; one leaves, comes back, and all is given back', async () => {
    await scene(async ({ run, sent }) => {
      const servers = await run(async (driver) => pair(await collect(driver.listServers({}))));
      const ip = await run(async (driver) => {
        const free = await shared(driver, servers);
        assert.deepEqual([free.kind, free.state, free.ports.length], ['shared', 'free', 2]);
        return driver.associateFloatingIp(free, { servers, ports: [] });
      });
      assert.deepEqual(holders(ip), ['web-1', 'web-2']);
      const early = await failing(
        'conflict',
        run((driver) => driver.releaseFloatingIp(ip)),
      );
      assert.equal(early.details.fate, 'not-applied');
      const left = await run((driver) => driver.disassociateFloatingIp(ip, ip.associations.slice(0, 1)));
      assert.deepEqual(holders(left), ['web-2']);
      assert.deepEqual(await run((driver) => driver.getFloatingIp({ address: ip.address ?? '' })), left);
      const back = await run((driver) => driver.associateFloatingIp(left, { servers: servers.slice(0, 1), ports: [] }));
      assert.equal(back.associations.length, 2);
      const free = await run((driver) => driver.disassociateFloatingIp(back, back.associations));
      assert.deepEqual(await run((driver) => driver.getFloatingIp({ id: ip.id })), free);
      await run((driver) => driver.releaseFloatingIp(free));
      await failing(
        'not-found',
        run((driver) => driver.getFloatingIp({ id: ip.id })),
      );
      assert.equal(sent().filter((line) => line.startsWith('POST')).length, 1);
    });
  });

  test('allocating and associating asks for each port once', async () => {
    await scene(async ({ run, bench: { traced } }) => {
      await run(async (driver) => {
        const servers = pair(await collect(driver.listServers({})));
        await driver.associateFloatingIp(await shared(driver, servers), { servers, ports: [] });
      });
      assert.equal(traced.filter((line) => /^GET \S+\/ports\?/.test(line)).length, 2);
    });
  });

  test('a list is four requests, three without names', async () => {
    await scene(async ({ run, bench: { traced } }) => {
      const count = async (serverNames: boolean): Promise<number> => {
        await run((driver) => collect(driver.listServers({})));
        const already = traced.filter((line) => line.startsWith('GET ')).length;
        await run((driver) => collect(driver.listFloatingIps({ serverNames })));
        return traced.filter((line) => line.startsWith('GET ')).length - already;
      };
      assert.deepEqual([await count(true), await count(false)], [4, 3]);
    });
  });

  test('where a server’s list names what another holds, the holder is not certain', async () => {
    await scene(
      async ({ run }) => {
        const [one, servers] = await run(async (driver) => {
          const all = pair(await collect(driver.listServers({})));
          return [await driver.associateFloatingIp(await shared(driver, all), { servers: all.slice(0, 1), ports: [] }), all] as const;
        });
        const seen = await run((driver) => driver.getFloatingIp({ id: one.id }));
        assert.deepEqual(
          seen.associations.map(({ server, certain }) => [server?.name, certain]),
          servers.map(({ name }) => [name, false]),
        );
        // Taken off both, the answer is final although the list was not to be trusted.
        const both = await run((driver) => driver.associateFloatingIp(one, { servers: servers.slice(1), ports: [] }));
        const left = await run((driver) => driver.disassociateFloatingIp(both, both.associations.slice(0, 1)));
        assert.deepEqual(holders(left), ['web-2']);
        assert.deepEqual((await run((driver) => driver.disassociateFloatingIp(left, left.associations))).associations, []);
      },
      { knobs: { associationVisibility: 'plugin' } },
    );
  });

  for (const [name, knobs] of Object.entries({
    'a repeated association is a 400': { associateRepeat: 'bad_request' },
    'an association is answered by a list': { associateResponse: 'list' },
    'statuses of older days': { associateStatus: '200', provisionStatus: '200' },
    'versions are texts': { versionType: 'string' },
    'errors in the form of Neutron': { extensionErrors: 'neutron' },
    'only POST associates': { associationMethods: 'post' },
  })) {
    test(`the story holds where ${name}`, async () => {
      await scene(
        async ({ run, sent }) => {
          const ip = await run(async (driver) => {
            const servers = pair(await collect(driver.listServers({})));
            const once = await driver.associateFloatingIp(await shared(driver, servers), { servers, ports: [] });
            return driver.associateFloatingIp(once, { servers, ports: [] });
          });
          const posted = sent().some((line) => line.startsWith('POST ip_associations/'));
          assert.equal(posted, 'associationMethods' in knobs);
          await failing(
            'conflict',
            run((driver) => driver.releaseFloatingIp(ip)),
          );
          await run(async (driver) => driver.releaseFloatingIp(await driver.disassociateFloatingIp(ip, ip.associations)));
        },
        { knobs, options: { 'association-method': 'auto' } },
      );
    });
  }

  test('of several private IPs those made before a failure are told', async () => {
    await scene(async ({ run }) => {
      const error = await failing(
        'partial',
        run((driver) =>
          driver.createPrivateIps([
            { subnet: 'app', mark: 'op-1', address: '192.168.1.17' },
            { subnet: 'app', mark: 'op-2', address: '192.168.1.17' },
          ]),
        ),
      );
      assert.deepEqual(
        error.details.exists?.map(({ address }) => address),
        ['192.168.1.17'],
      );
      assert.equal(error.details.errors?.[0]?.kind, 'conflict');
    });
  });
});
