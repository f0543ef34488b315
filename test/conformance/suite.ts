/**
 * What every provider must do, in the order in which a newcomer builds a driver: who are we, what is there, take an
 * address, put it on a server, move it, take it off, give it back; then private IPs; then the weather. Each test starts
 * a cloud of its own and ends by asserting that the sandbox found nothing that a faithful client would not have sent,
 * and that every change came from a recorded step.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Change } from '../../src/domain/change.js';
import type { Capability, Together } from '../../src/domain/driver.js';
import { IpctlError, type Kind } from '../../src/domain/errors.js';
import type { JournalEvent } from '../../src/domain/journal.js';
import type { Provider } from '../../src/domain/manifest.js';
import type { FloatingIp } from '../../src/domain/records.js';
import { collect } from '../../src/http/pages.js';
import { type AllocateInput, allocate } from '../../src/operations/allocate.js';
import { associate, move } from '../../src/operations/associate.js';
import type { ChangeSettings } from '../../src/operations/change.js';
import { disassociate } from '../../src/operations/disassociate.js';
import { createPrivateIps, deletePrivateIp } from '../../src/operations/private-ips.js';
import { listFloatingIps, listPrivateIps, showFloatingIp, showPrivateIp, showServer } from '../../src/operations/read.js';
import { release } from '../../src/operations/release.js';
import { update } from '../../src/operations/update.js';
import { type Fault, parseFault } from '../../src/sandbox/faults.js';
import type { Sandbox } from '../../src/sandbox/server.js';
import { type Bench, type BenchSettings, bench } from '../support/bench.js';

const together: readonly (keyof Together)[] = ['getFloatingIps', 'floatingIpsLeft', 'privateIpsLeft'];

/** A cloud to play on: empty, with servers `web-1` and `web-2`. */
export type Stage = Pick<Sandbox, 'options' | 'journal' | 'close'>;

export interface BenchDefinition {
  readonly provider: Provider;
  /** A cloud of its own for each test: the sandbox's dialect, or a real one behind a relay. */
  open(faults: readonly Fault[]): Promise<Stage>;
  /** The option whose change makes the credentials wrong. */
  readonly credential: string;
  /** What an allocation needs beyond nothing: Rackspace knows no address without servers. */
  readonly allocate?: Partial<AllocateInput>;
  /** Extra options of the profile (OTC: a bandwidth). */
  readonly options?: Readonly<Record<string, string>>;
  /** Path patterns of the list of addresses, and of the request that allocates. */
  readonly listPath: string;
  readonly allocatePath: string;
  /** Paths of requests that are no changes although they are no GETs: logins. */
  readonly login: RegExp;
  /** Where private IPs can be created, and an address in it that is free. */
  readonly subnet?: string;
  readonly chosen?: string;
}

interface Scene {
  readonly sandbox: Stage;
  readonly bench: Bench;
  readonly settings: ChangeSettings;
  /** An address that serves nobody. */
  free(): Promise<FloatingIp>;
  /** Requests that changed something, as the sandbox saw them. */
  mutations(): string[];
}

const none: AllocateInput = { version: 4, labels: {}, servers: [], ports: [], ifNotExists: false };

const ipOf = (change: Change<FloatingIp>): FloatingIp => {
  assert.equal(change.error, null);
  assert.ok(change.ip);
  return change.ip;
};

async function failing(kind: Kind, work: Promise<unknown>): Promise<IpctlError> {
  const error = await work.then(
    () => assert.fail(`expected '${kind}'`),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof IpctlError, `expected an IpctlError: ${error instanceof Error ? error.stack : error}`);
  assert.equal(error.kind, kind, error.message);
  return error;
}

export function conform(id: string, definition: BenchDefinition): void {
  const { provider, login } = definition;
  const { manifest } = provider;
  const can = (capability: Capability): boolean => manifest.supports[capability].can;

  async function scene(
    play: (scene: Scene) => Promise<void>,
    { faults = [], options, marks = true, ...rest }: Partial<BenchSettings> & { faults?: readonly string[]; marks?: boolean } = {},
  ): Promise<void> {
    const sandbox = await definition.open(faults.map(parseFault));
    const { connect } = await provider.load();
    const made = bench(manifest, connect, { ...rest, options: { ...sandbox.options, ...definition.options, ...options } });
    const settings: ChangeSettings = { ...made.settings, confirm: async () => {} };
    const mutations = (): string[] =>
      sandbox
        .journal()
        .filter(({ method, path, status }) => method !== 'GET' && !login.test(path) && status !== 401)
        .map(({ method, path }) => `${method} ${path}`);
    try {
      await play({
        sandbox,
        bench: made,
        settings,
        mutations,
        async free() {
          const ip = ipOf(await allocate(made.target, settings, { ...none, ...definition.allocate }));
          if (ip.associations.length === 0) return ip;
          return ipOf(await disassociate(made.target, settings, { ref: ip.id, servers: [], ifExists: false }));
        },
      });
      if (marks)
        assert.deepEqual(
          sandbox
            .journal()
            .filter(({ mark }) => mark !== null)
            .map(({ method, path, mark }) => `${method} ${path}: ${mark}`),
          [],
        );
      const sent = made.events.filter((event): event is Extract<JournalEvent, { event: 'send' }> => event.event === 'send');
      const recorded = sent.map(({ request }) => `${request.method} ${new URL(request.url).pathname}`);
      assert.deepEqual(
        [...new Set(mutations().map((line) => line.split('?')[0]))].sort(),
        [...new Set(recorded)].sort(),
        'every change comes from a recorded step',
      );
    } finally {
      await made.close();
      await sandbox.close();
    }
  }

  describe(`${id} conforms`, () => {
    test('the driver has the verbs its manifest promises, and no others', async () => {
      await scene(async ({ bench: { run } }) => {
        const promised = Object.entries(manifest.supports).filter(([, answer]) => answer.can);
        // And what each has, for requests of the user's own.
        const names = [...promised.map(([name]) => name), 'request', 'service'];
        await run(async (driver) => {
          // What it can read for several at once is no verb: it does nothing that the verbs could not do.
          const verbs = Object.keys(driver).filter((name) => !(together as readonly string[]).includes(name));
          assert.deepEqual(verbs.sort(), names.sort());
          for (const name of manifest.api.services) assert.match((await driver.service?.(name))?.base ?? '', /^https?:/);
        });
      });
    });

    test('what it cannot do is refused with a reason, before any request', async () => {
      await scene(async ({ bench: { target }, settings, sandbox }) => {
        const attempts: Partial<Record<Capability, () => Promise<unknown>>> = {
          moveFloatingIp: () => move(target, settings, { ref: '203.0.113.7', to: 'web-1' }),
          updateFloatingIp: () => update(target, settings, { ref: '203.0.113.7', name: 'x', labels: {}, unlabel: [] }),
          createPrivateIps: () => createPrivateIps(target, settings, { subnet: 'app', addresses: [], count: 1 }),
          deletePrivateIp: () => deletePrivateIp(target, settings, { ref: '192.168.1.17', ifExists: false }),
          allocateFloatingIp: () => allocate(target, settings, none),
        };
        for (const [capability, attempt] of Object.entries(attempts)) {
          const answer = manifest.supports[capability as Capability];
          if (answer.can) continue;
          const error = await failing('unsupported', attempt());
          assert.ok(error.message.includes(answer.reason), error.message);
          assert.match(answer.link, /^https?:\/\//);
        }
        assert.deepEqual(sandbox.journal(), []);
      });
    });

    // Narrative: nothing works without knowing who asks.
    test('it says who we are, and tells wrong credentials as such', async () => {
      await scene(async ({ bench: { run } }) => {
        const account = await run((driver) => driver.account?.() ?? assert.fail());
        assert.notEqual(account.id, '');
      });
      await scene(
        async ({ bench: { target }, settings, sandbox }) => {
          const input = { labels: {}, serverNames: true };
          const error = await failing('auth', collect(listFloatingIps(target, settings, input)));
          assert.ok(error.details.status === 401 || error.details.status === 403, String(error.details.status));
          assert.ok(sandbox.journal().length <= 2, 'wrong credentials are not tried again and again');
        },
        { options: { [definition.credential]: 'wrong-credential-0000' } },
      );
    });

    test('it lists nothing as nothing, and servers by their names', async () => {
      await scene(async ({ bench: { target }, settings }) => {
        assert.deepEqual(await collect(listFloatingIps(target, settings, { labels: {}, serverNames: true })), []);
        const server = await showServer(target, settings, 'web-1');
        assert.equal(server.name, 'web-1');
        assert.equal((await showServer(target, settings, server.id)).id, server.id);
        // Most filters match substrings: a part of a name is no name.
        await failing('not-found', showServer(target, settings, 'web'));
      });
    });

    test('an address is allocated, shown, listed, and found by address and by id', async () => {
      await scene(async ({ bench: { target, clock }, settings, free }) => {
        const ip = await free();
        assert.ok(ip.address);
        assert.equal(ip.state, 'free');
        for (const ref of [ip.address, ip.id]) {
          const shown = await showFloatingIp(target, settings, ref);
          assert.deepEqual([shown.id, shown.address, shown.associations], [ip.id, ip.address, []]);
        }
        const listed = await collect(listFloatingIps(target, { ...settings, clock }, { labels: {}, serverNames: true }));
        assert.deepEqual(
          listed.map(({ id: each }) => each),
          [ip.id],
        );
        assert.deepEqual(await collect(listFloatingIps(target, settings, { labels: {}, serverNames: true, state: 'associated' })), []);
        await failing('not-found', showFloatingIp(target, settings, '192.0.2.254'));
      });
    });

    test('it is associated, and associating it again changes nothing', async () => {
      await scene(async ({ bench: { target }, settings, free, mutations }) => {
        const { id: ref } = await free();
        const once = await associate(target, settings, { ref, servers: ['web-1'], ports: [], move: false });
        assert.equal(once.changed, true);
        const ip = ipOf(once);
        assert.equal(ip.state, 'associated');
        assert.deepEqual(
          ip.associations.map(({ server }) => server?.name),
          ['web-1'],
        );
        const before = mutations().length;
        const twice = await associate(target, settings, { ref, servers: ['web-1'], ports: [], move: false });
        assert.equal(twice.changed, false);
        assert.equal(mutations().length, before);
        const listed = await collect(listFloatingIps(target, settings, { labels: {}, serverNames: true, server: 'web-1' }));
        assert.deepEqual(
          listed.map(({ associations }) => associations.map(({ server }) => server?.name)),
          [['web-1']],
        );
      });
    });

    test('it is never taken from another server unasked', async (t) => {
      if (manifest.holders === 'several') return t.diagnostic('several servers share an address: there is nothing to take');
      await scene(async ({ bench: { target }, settings, free, mutations }) => {
        const { id: ref } = await free();
        await associate(target, settings, { ref, servers: ['web-1'], ports: [], move: false });
        const before = mutations().length;
        const error = await failing('conflict', associate(target, settings, { ref, servers: ['web-2'], ports: [], move: false }));
        assert.match(error.message, /web-1/);
        assert.equal(mutations().length, before);
        const moved = await associate(target, settings, { ref, servers: ['web-2'], ports: [], move: true });
        assert.deepEqual(
          ipOf(moved).associations.map(({ server }) => server?.name),
          ['web-2'],
        );
        await failing('conflict', move(target, settings, { ref, to: 'web-1', ifHolder: 'web-1' }));
        const back = await move(target, settings, { ref, to: 'web-1', ifHolder: 'web-2' });
        assert.deepEqual(
          ipOf(back).associations.map(({ server }) => server?.name),
          ['web-1'],
        );
        assert.equal((await move(target, settings, { ref, to: 'web-1' })).changed, false);
      });
    });

    test('it is disassociated, and doing so again changes nothing', async () => {
      await scene(async ({ bench: { target }, settings, free }) => {
        const { id: ref } = await free();
        await associate(target, settings, { ref, servers: ['web-1'], ports: [], move: false });
        const once = await disassociate(target, settings, { ref, servers: ['web-1'], ifExists: false });
        assert.deepEqual([once.changed, ipOf(once).state, ipOf(once).associations], [true, 'free', []]);
        assert.equal((await disassociate(target, settings, { ref, servers: [], ifExists: false })).changed, false);
      });
    });

    test('it is released only when nobody uses it, and is gone then', async () => {
      await scene(async ({ bench: { target }, settings, free, mutations }) => {
        const { id: ref } = await free();
        await associate(target, settings, { ref, servers: ['web-1'], ports: [], move: false });
        const before = mutations().length;
        const error = await failing('conflict', release(target, settings, { ref, disassociate: false, ifExists: false }));
        assert.match(error.message, /web-1/);
        assert.equal(mutations().length, before);
        const gone = await release(target, settings, { ref, disassociate: true, ifExists: false });
        assert.equal(gone.changed, true);
        await failing('not-found', showFloatingIp(target, settings, ref));
        await failing('not-found', release(target, settings, { ref, disassociate: false, ifExists: false }));
        assert.equal((await release(target, settings, { ref, disassociate: false, ifExists: true })).changed, false);
      });
    });

    // Narrative: a subnet gives addresses, chosen or not.
    test('private IPs are created, chosen and automatic, shown and deleted', async (t) => {
      const { subnet, chosen = '192.168.1.17' } = definition;
      if (subnet === undefined || !can('createPrivateIps')) return t.diagnostic('refused by the provider, which another test asserts');
      await scene(async ({ bench: { target }, settings, mutations }) => {
        const created = await createPrivateIps(target, settings, { subnet, addresses: [chosen], count: 2 });
        assert.deepEqual(
          created.map(({ changed, error }) => [changed, error]),
          [
            [true, null],
            [true, null],
          ],
        );
        assert.equal(created[0]?.ip?.address, chosen);
        const listed = await collect(listPrivateIps(target, settings, subnet));
        for (const { ip } of created)
          assert.ok(
            listed.some((each) => each.address === ip?.address),
            ip?.address,
          );
        const used = listed.find((each) => each.server?.name === 'web-1');
        assert.equal(used?.usedBy, 'server');
        const shown = await showPrivateIp(target, settings, chosen, subnet);
        assert.deepEqual([shown.state, shown.usedBy], ['free', null]);
        const before = mutations().length;
        await failing('conflict', deletePrivateIp(target, settings, { ref: used?.id ?? '', subnet, ifExists: false }));
        await failing('conflict', createPrivateIps(target, settings, { subnet, addresses: [chosen], count: 1 }));
        assert.ok(mutations().length <= before + 1);
        for (const { ip } of created) await deletePrivateIp(target, settings, { ref: ip?.id ?? '', subnet, ifExists: false });
        await failing('not-found', showPrivateIp(target, settings, chosen, subnet));
      });
    });

    test('a dry run reads, prints what the real run sends, and changes nothing', async () => {
      let planned: string[] = [];
      await scene(
        async ({ bench: { target }, settings, mutations }) => {
          const change = await allocate(target, settings, { ...none, ...definition.allocate });
          planned = (change.planned ?? []).map(({ request }) => `${request.method} ${new URL(request.url).pathname}`);
          assert.deepEqual(mutations(), []);
          assert.equal(change.changed, null);
        },
        { dryRun: true },
      );
      await scene(async ({ bench: { target }, settings, mutations }) => {
        const ip = ipOf(await allocate(target, settings, { ...none, ...definition.allocate }));
        const sent = mutations().map((line) => line.replaceAll(ip.id, '{ip.id}').replaceAll(ip.address ?? '', '{ip.address}'));
        assert.deepEqual(planned.map(decodeURIComponent), sent);
      });
    });

    // The weather.
    test('a read turned away once is read again', async () => {
      await scene(
        async ({ bench: { target, clock }, settings }) => {
          assert.deepEqual(await collect(listFloatingIps(target, settings, { labels: {}, serverNames: false })), []);
          assert.ok(
            clock.slept.some((pause) => pause >= 1000),
            'Retry-After is obeyed',
          );
        },
        { faults: [`GET ${definition.listPath}: 429 x1`] },
      );
    });

    test('a provider that stays unavailable is temporary, within the deadline', async () => {
      await scene(
        async ({ bench: { target }, settings }) => {
          const error = await failing('temporary', collect(listFloatingIps(target, settings, { labels: {}, serverNames: false })));
          assert.equal(error.details.status, 503);
        },
        { faults: [`GET ${definition.listPath}: 503`] },
      );
    });

    test('an allocation whose answer is lost is never sent again', async () => {
      await scene(
        async ({ bench: { target, events }, settings, mutations }) => {
          const change = await allocate(target, settings, { ...none, ...definition.allocate, servers: definition.allocate?.servers ?? [] });
          const sent = mutations().filter((line) => line.startsWith('POST'));
          assert.equal(
            sent.filter((line) => new RegExp(definition.allocatePath.replaceAll('*', '.*')).test(line)).length,
            1,
            sent.join(', '),
          );
          if (change.error !== null) {
            assert.equal(change.error.kind, 'unknown');
            const close = events.find((event) => event.event === 'close' && event.step === 'allocate');
            assert.ok(close?.event === 'close' && close.candidates.length === 1, 'the one new address is named');
            assert.ok(change.error.message.includes(close.candidates[0] ?? '?'));
          } else {
            assert.ok(change.ip?.address);
          }
        },
        { faults: [`POST ${definition.allocatePath}: drop after commit x1`] },
      );
    });

    test('an allocation that never arrived is told as not applied', async () => {
      await scene(
        async ({ bench: { target }, settings }) => {
          const error = await failing('temporary', allocate(target, settings, { ...none, ...definition.allocate }));
          assert.equal(error.details.operation?.state, 'not-applied');
          assert.deepEqual(await collect(listFloatingIps(target, settings, { labels: {}, serverNames: false })), []);
        },
        { faults: [`POST ${definition.allocatePath}: drop before commit x1`] },
      );
    });

    test('a sole writer takes the one new address for its own', async () => {
      await scene(
        async ({ bench: { target }, settings }) => {
          const change = await allocate(target, settings, { ...none, ...definition.allocate });
          assert.ok(ipOf(change).address);
        },
        { faults: [`POST ${definition.allocatePath}: drop after commit x1`], soleWriter: true },
      );
    });

    test('no secret is in what is traced or recorded', async () => {
      await scene(async ({ bench: { traced, events }, sandbox, free }) => {
        await free();
        const secret = sandbox.options[definition.credential] ?? '';
        assert.notEqual(secret, '');
        const text = traced.join('\n') + JSON.stringify(events);
        assert.ok(text.length > 1000);
        for (const spelling of [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')])
          assert.ok(!text.includes(spelling));
      });
    });
  });
}
