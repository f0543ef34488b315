/** Three servers share an address: two lists tell all associated from none, and only what is between costs a look a server. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AnyDriver } from '../../../src/domain/driver.js';
import type { FloatingIp, Server } from '../../../src/domain/records.js';
import { collect } from '../../../src/http/pages.js';
import { connect } from '../../../src/providers/rackspace/driver.js';
import { rackspace as manifest } from '../../../src/providers/rackspace/manifest.js';
import { type RackspaceCloud, seed } from '../../../src/sandbox/dialects/rackspace/cloud.js';
import { rackspace } from '../../../src/sandbox/dialects/rackspace/rackspace.js';
import { start } from '../../../src/sandbox/server.js';
import { bench } from '../../support/bench.js';

type Driver = Required<AnyDriver>;
const NAMES = ['web-1', 'web-2', 'worker-1'];

/** The seed's third server of that zone is being built; here it is finished. */
const built = (): RackspaceCloud => {
  const cloud = seed();
  return { ...cloud, servers: cloud.servers.map((server) => ({ ...server, status: 'ACTIVE' })) };
};

interface Scene {
  run<R>(work: (driver: Driver) => Promise<R>): Promise<R>;
  /** A new address of all three, associated with these. */
  shared(holders: readonly string[]): Promise<FloatingIp>;
  /** Requests since the last call, queries left out of paths. */
  fresh(): string[];
}

async function scene(play: (scene: Scene) => Promise<void>, knobs: Readonly<Record<string, unknown>> = {}): Promise<void> {
  const sandbox = await start({ ...rackspace, seed: built }, { knobs });
  const made = bench(manifest, connect, { options: sandbox.options });
  const run: Scene['run'] = (work) => made.run((driver) => work(driver as Driver));
  let seen = 0;
  try {
    const all = await run(async (driver) => collect(driver.listServers({})));
    const named = (names: readonly string[]): Server[] => all.filter(({ name }) => names.includes(name ?? ''));
    await play({
      run,
      shared: (holders) =>
        run(async (driver) => {
          const ip = await driver.allocateFloatingIp({ version: 4, labels: {}, servers: named(NAMES), ports: [], mark: 'm' });
          return holders.length === 0 ? ip : driver.associateFloatingIp(ip, { servers: named(holders), ports: [] });
        }),
      fresh() {
        const journal = sandbox.journal();
        const lines = journal.slice(seen).map(({ method, path }) => `${method} ${path}`);
        seen = journal.length;
        return lines;
      },
    });
    assert.deepEqual(
      sandbox.journal().flatMap(({ path, mark }) => (mark === null ? [] : [`${path}: ${mark}`])),
      [],
    );
  } finally {
    await made.close();
    await sandbox.close();
  }
}

const list = (driver: Driver): Promise<FloatingIp[]> => collect(driver.listFloatingIps({ serverNames: true }));
const holders = ({ associations }: FloatingIp) => associations.map(({ server, certain }) => `${server?.name}${certain ? '' : '?'}`).sort();
const looks = (lines: readonly string[]): number => lines.filter((line) => line.endsWith('/ip_associations')).length;

describe('rackspace: three servers share', () => {
  test('all associated and none associated are told by two lists alone', () =>
    scene(async ({ run, shared, fresh }) => {
      const [all, none] = [await shared(NAMES), await shared([])];
      fresh();
      const found = await run(list);
      const lines = fresh();
      assert.deepEqual([lines.length, looks(lines)], [4, 0], lines.join(', '));
      assert.deepEqual(
        found.map((ip) => [ip.id, ip.state, holders(ip), ip.ports.length]),
        [
          [all.id, 'associated', NAMES, 3],
          [none.id, 'free', [], 3],
        ],
      );
      assert.deepEqual(await run((driver) => driver.getFloatingIp({ id: all.id })), found[0]);
      assert.equal(fresh().length, 4);
    }));

  test('one in between costs one look a server, however many addresses are so', () =>
    scene(async ({ run, shared, fresh }) => {
      await shared(NAMES);
      const one = await shared(['web-2']);
      fresh();
      const first = await run(list);
      const lines = fresh();
      assert.deepEqual([lines.length, looks(lines)], [7, 3], lines.join(', '));
      assert.deepEqual(first.map(holders), [NAMES, ['web-2']]);
      const two = await shared(['web-1', 'worker-1']);
      fresh();
      assert.deepEqual((await run(list)).map(holders), [NAMES, ['web-2'], ['web-1', 'worker-1']]);
      assert.equal(looks(fresh()), 3);
      for (const [ip, wanted] of [
        [one, ['web-2']],
        [two, ['web-1', 'worker-1']],
      ] as const) {
        assert.deepEqual(holders(await run((driver) => driver.getFloatingIp({ id: ip.id }))), wanted);
      }
    }));

  test('where a server’s list names what another holds, all and none are still certain; what is between is not', () =>
    scene(
      async ({ run, shared }) => {
        await shared(NAMES);
        await shared([]);
        await shared(['web-1', 'web-2']);
        assert.deepEqual((await run(list)).map(holders), [NAMES, NAMES.map((name) => `${name}?`), []]);
      },
      { associationVisibility: 'plugin' },
    ));

  test('one of two that are associated leaves, and the rest goes on', () =>
    scene(async ({ run, shared }) => {
      const ip = await shared(['web-1', 'web-2']);
      assert.deepEqual(holders(ip), ['web-1', 'web-2']);
      const freed = await run((driver) => driver.disassociateFloatingIp(ip, ip.associations.slice(0, 1)));
      assert.deepEqual(holders(freed), ['web-2']);
      assert.deepEqual((await run(list)).map(holders), [['web-2']]);
    }));
});
