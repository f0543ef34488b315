/** How many requests each verb makes at each provider: cold, with no token kept, and warm. The table is the promise. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Capability } from '../../src/domain/driver.js';
import { isIpctlError } from '../../src/domain/errors.js';
import type { Flag, Manifest } from '../../src/domain/manifest.js';
import type { FloatingIp } from '../../src/domain/records.js';
import { allocate } from '../../src/operations/allocate.js';
import { associate, move } from '../../src/operations/associate.js';
import { requireCapability } from '../../src/operations/capable.js';
import type { ChangeSettings } from '../../src/operations/change.js';
import { disassociate } from '../../src/operations/disassociate.js';
import { createPrivateIps, deletePrivateIp } from '../../src/operations/private-ips.js';
import {
  listFloatingIps,
  listNetworks,
  listPrivateIps,
  listServers,
  listSubnets,
  showFloatingIp,
  showPrivateIp,
  showServer,
} from '../../src/operations/read.js';
import { release, releaseAll } from '../../src/operations/release.js';
import type { Target } from '../../src/operations/target.js';
import { update } from '../../src/operations/update.js';
import { type ProviderId, providerIds } from '../../src/providers/registry.js';
import { benches } from '../conformance/benches.js';
import type { BenchDefinition } from '../conformance/suite.js';
import { bench } from '../support/bench.js';

/** `cold/warm`; a dash where the provider cannot. `names: no` is a list with columns that show no server. */
const table: Readonly<Record<ProviderId, Readonly<Record<string, string>>>> = {
  openstack: {
    'ip list': '3/2',
    'ip allocate': '3/2',
    'ip associate': '5/4',
    'ip list, held': '3/2',
    'ip list, held, names: no': '2/1',
    'ip show ADDRESS': '3/2',
    'ip move': '6/5',
    'ip update': '5/4',
    'ip disassociate': '4/3',
    'ip release': '4/3',
    'privateip create': '3/2',
    'privateip list': '4/3',
    'privateip show ADDRESS': '3/2',
    'privateip delete': '6/5',
    'server list': '2/1',
    'server show NAME': '2/1',
    'network list': '2/1',
    'subnet list': '2/1',
  },
  hostway: {
    'ip list': '2/2',
    'ip allocate': '4/4',
    'ip associate': '5/5',
    'ip list, held': '2/2',
    'ip list, held, names: no': '1/1',
    'ip show ADDRESS': '2/2',
    'ip move': '8/8',
    'ip update': '-',
    'ip disassociate': '5/5',
    'ip release': '4/4',
    'privateip create': '-',
    'privateip list': '1/1',
    'privateip show ADDRESS': '1/1',
    'privateip delete': '-',
    'server list': '2/2',
    'server show NAME': '1/1',
    'network list': '-',
    'subnet list': '-',
  },
  rackspace: {
    'ip list': '5/4',
    'ip allocate': '11/10',
    'ip associate': '9/8',
    'ip list, held': '7/6',
    'ip list, held, names: no': '6/5',
    'ip show ADDRESS': '7/6',
    'ip move': '-',
    'ip update': '-',
    'ip disassociate': '9/8',
    'ip release': '7/6',
    'privateip create': '3/2',
    'privateip list': '4/3',
    'privateip show ADDRESS': '4/3',
    'privateip delete': '6/5',
    'server list': '2/1',
    'server show NAME': '2/1',
    'network list': '2/1',
    'subnet list': '2/1',
  },
  otc: {
    'ip list': '3/2',
    'ip allocate': '4/3',
    'ip associate': '5/4',
    'ip list, held': '3/2',
    'ip list, held, names: no': '2/1',
    'ip show ADDRESS': '3/2',
    'ip move': '9/8',
    'ip update': '5/4',
    'ip disassociate': '4/3',
    'ip release': '4/3',
    'privateip create': '4/3',
    'privateip list': '4/3',
    'privateip show ADDRESS': '3/2',
    'privateip delete': '5/4',
    'server list': '2/1',
    'server show NAME': '2/1',
    'network list': '2/1',
    'subnet list': '2/1',
  },
  rackconnect: {
    'ip list': '2/1',
    'ip allocate': '6/5',
    'ip associate': '8/7',
    'ip list, held': '2/1',
    'ip list, held, names: no': '2/1',
    'ip show ADDRESS': '2/1',
    'ip move': '8/7',
    'ip update': '-',
    'ip disassociate': '7/6',
    'ip release': '6/5',
    'privateip create': '-',
    'privateip list': '-',
    'privateip show ADDRESS': '-',
    'privateip delete': '-',
    'server list': '2/1',
    'server show NAME': '2/1',
    'network list': '-',
    'subnet list': '-',
  },
  nova: {
    'ip list': '3/2',
    'ip allocate': '4/3',
    'ip associate': '5/4',
    'ip list, held': '3/2',
    'ip list, held, names: no': '2/1',
    'ip show ADDRESS': '3/2',
    'ip move': '8/7',
    'ip update': '-',
    'ip disassociate': '5/4',
    'ip release': '5/4',
    'privateip create': '-',
    'privateip list': '-',
    'privateip show ADDRESS': '-',
    'privateip delete': '-',
    'server list': '2/1',
    'server show NAME': '2/1',
    'network list': '-',
    'subnet list': '-',
  },
};

/** What a verb works with; an address allocated by one is there for the next. */
interface Scene {
  readonly target: Target;
  readonly settings: ChangeSettings;
  readonly definition: BenchDefinition;
  readonly known: { ip?: FloatingIp | null; privateAddress?: string };
}

interface Verb {
  readonly needs: Capability;
  /** What it uses of the capability. */
  readonly flags?: readonly Flag[];
  /** Uncounted: makes the scene that the next verb begins with. */
  after?(scene: Scene): Promise<void>;
  run(scene: Scene): Promise<unknown>;
}

/** Counted apart from what was asked: the next verb needs an address that is free. */
const freed = async ({ target, settings, known }: Scene): Promise<void> => {
  if ((known.ip?.associations.length ?? 0) === 0) return;
  known.ip = (await disassociate(target, settings, { ref: known.ip?.id ?? '', servers: [], ifExists: false })).ip;
};
const all = async (items: AsyncIterable<unknown>): Promise<void> => {
  for await (const _ of items);
};
const none = { version: 4, labels: {}, servers: [], ports: [], ifNotExists: false } as const;
const ref = ({ known }: Scene): string => known.ip?.address ?? '';
const inSubnet = ({ definition }: Scene): string | undefined => definition.subnet;

/** In the order of a life: what one leaves is what the next one finds. */
const verbs: Readonly<Record<string, Verb>> = {
  'ip list': {
    needs: 'listFloatingIps',
    run: ({ target, settings }) => all(listFloatingIps(target, settings, { labels: {}, serverNames: true })),
  },
  'ip allocate': {
    needs: 'allocateFloatingIp',
    async run({ target, settings, definition, known }) {
      known.ip = (await allocate(target, settings, { ...none, ...definition.allocate })).ip;
    },
    after: freed,
  },
  'ip associate': {
    needs: 'associateFloatingIp',
    run: (scene) => associate(scene.target, scene.settings, { ref: ref(scene), servers: ['web-1'], ports: [], move: false }),
  },
  'ip list, held': {
    needs: 'listFloatingIps',
    run: ({ target, settings }) => all(listFloatingIps(target, settings, { labels: {}, serverNames: true })),
  },
  'ip list, held, names: no': {
    needs: 'listFloatingIps',
    run: ({ target, settings }) => all(listFloatingIps(target, settings, { labels: {}, serverNames: false })),
  },
  'ip show ADDRESS': {
    needs: 'getFloatingIp',
    run: (scene) => showFloatingIp(scene.target, scene.settings, ref(scene)),
  },
  'ip move': {
    needs: 'moveFloatingIp',
    run: (scene) => move(scene.target, scene.settings, { ref: ref(scene), to: 'web-2', ifHolder: undefined }),
  },
  'ip update': {
    needs: 'updateFloatingIp',
    flags: ['label'],
    run: (scene) =>
      update(scene.target, scene.settings, {
        ref: ref(scene),
        name: undefined,
        description: undefined,
        labels: { env: 'test' },
        unlabel: [],
      }),
  },
  'ip disassociate': {
    needs: 'disassociateFloatingIp',
    run: (scene) => disassociate(scene.target, scene.settings, { ref: ref(scene), servers: [], ifExists: false }),
  },
  'ip release': {
    needs: 'releaseFloatingIp',
    run: (scene) => release(scene.target, scene.settings, { ref: ref(scene), disassociate: false, ifExists: false }),
  },
  'privateip create': {
    needs: 'createPrivateIps',
    async run(scene) {
      const subnet = inSubnet(scene) ?? '';
      const [made] = await createPrivateIps(scene.target, scene.settings, { subnet, addresses: [], count: 1, name: undefined });
      scene.known.privateAddress = made?.ip?.address ?? '';
    },
  },
  'privateip list': {
    needs: 'listPrivateIps',
    async run(scene) {
      // Where none can be created, one that is there is shown.
      for await (const { address } of listPrivateIps(scene.target, scene.settings, inSubnet(scene))) scene.known.privateAddress ??= address;
    },
  },
  'privateip show ADDRESS': {
    needs: 'getPrivateIp',
    run: (scene) => showPrivateIp(scene.target, scene.settings, scene.known.privateAddress ?? '', inSubnet(scene)),
  },
  'privateip delete': {
    needs: 'deletePrivateIp',
    run: (scene) =>
      deletePrivateIp(scene.target, scene.settings, { ref: scene.known.privateAddress ?? '', subnet: inSubnet(scene), ifExists: false }),
  },
  'server list': { needs: 'listServers', run: ({ target, settings }) => all(listServers(target, settings)) },
  'server show NAME': { needs: 'getServer', run: ({ target, settings }) => showServer(target, settings, 'web-1') },
  'network list': { needs: 'listNetworks', run: ({ target, settings }) => all(listNetworks(target, settings)) },
  'subnet list': { needs: 'listSubnets', run: ({ target, settings }) => all(listSubnets(target, settings)) },
};

function can(manifest: Manifest, needs: Capability, flags: readonly Flag[] = []): boolean {
  try {
    requireCapability(manifest, needs, flags);
    return true;
  } catch (thrown) {
    assert.ok(isIpctlError(thrown) && thrown.kind === 'unsupported');
    return false;
  }
}

/** Requests by verb, in a cloud of its own. Warm: one process after another with the tokens kept; cold: each without. */
async function counted(id: ProviderId, warm: boolean): Promise<Record<string, string>> {
  const definition: BenchDefinition = benches[id];
  const { manifest, load } = definition.provider;
  const [sandbox, { connect }] = await Promise.all([definition.open([]), load()]);
  const known: Scene['known'] = {};
  const open = () => bench(manifest, connect, { options: { ...sandbox.options, ...definition.options } });
  const shared = open();
  const counts: Record<string, string> = {};
  try {
    if (warm) await all(listServers(shared.target, shared.settings));
    for (const [name, { needs, flags, run, after }] of Object.entries(verbs)) {
      if (!can(manifest, needs, flags)) {
        counts[name] = '-';
        continue;
      }
      const each = warm ? shared : open();
      const before = sandbox.journal().length;
      const scene: Scene = { target: each.target, settings: { ...each.settings, confirm: async () => {} }, definition, known };
      await run(scene);
      counts[name] = String(sandbox.journal().length - before);
      await after?.(scene);
      if (!warm) await each.close();
    }
    assert.deepEqual(
      sandbox.journal().filter(({ mark }) => mark !== null),
      [],
    );
  } finally {
    await shared.close();
    await sandbox.close();
  }
  return counts;
}

for (const id of providerIds) {
  test(`requests of ${id}, cold and warm`, async () => {
    const [cold, warm] = [await counted(id, false), await counted(id, true)];
    const both = Object.keys(verbs).map((name) => [name, cold[name] === '-' ? '-' : `${cold[name]}/${warm[name]}`]);
    assert.deepEqual(Object.fromEntries(both), table[id]);
  });
}

/**
 * Releases at once: the reads that come before the first change, for all of them together, and how many requests there are in all
 * at most. How many looks see them gone depends on how many wait at one time; one by one they would be more.
 */
const bulk: Readonly<Record<ProviderId, { readonly before: number; readonly most: number }>> = {
  openstack: { before: 1, most: 9 },
  hostway: { before: 1, most: 13 },
  // Each is taken off two servers first, and seen to be.
  rackspace: { before: 4, most: 28 },
  otc: { before: 2, most: 10 },
  // What is being removed is looked at by itself, since only so it tells when that failed.
  rackconnect: { before: 1, most: 20 },
  // Each is looked at again before it goes: nothing guards the request.
  nova: { before: 2, most: 14 },
};
const RELEASES = 4;

for (const id of providerIds) {
  test(`requests of ${RELEASES} releases at once at ${id}`, async () => {
    const definition: BenchDefinition = benches[id];
    const { manifest, load } = definition.provider;
    const [sandbox, { connect }] = await Promise.all([definition.open([]), load()]);
    const { target, settings, close } = bench(manifest, connect, { options: { ...sandbox.options, ...definition.options } });
    const changes: ChangeSettings = { ...settings, agreed: true, confirm: async () => {} };
    try {
      const refs: string[] = [];
      for (let count = 0; count < RELEASES; count += 1) {
        refs.push((await allocate(target, changes, { ...none, ...definition.allocate })).ip?.address ?? '');
      }
      const before = sandbox.journal().length;
      const input = { refs, parallel: RELEASES, disassociate: true, ifExists: false };
      const released = await releaseAll(target, changes, input, (each) => each);
      assert.deepEqual(
        released.map(({ ip, changed, error }) => [ip?.address, changed, error]),
        refs.map((address) => [address, true, null]),
      );
      const asked = sandbox.journal().slice(before);
      const told = asked.map(({ method, path }) => `${method} ${path}`).join('\n');
      assert.ok(asked.length <= bulk[id].most, told);
      assert.equal(asked.filter(({ method, path }) => method === 'DELETE' && !path.includes('associations')).length, RELEASES, told);
      const ofOne = asked.findIndex(({ method, path }) => method !== 'GET' || /os-floating-ips\/.+/.test(path));
      assert.equal(ofOne, bulk[id].before, told);
      assert.ok(asked.every(({ mark }) => mark === null));
    } finally {
      await close();
      await sandbox.close();
    }
  });
}
