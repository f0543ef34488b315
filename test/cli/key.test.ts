/** `--key`, the caller's own name for what is allocated, and `--if-not-exists`: the same once more, and nothing is made twice. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { aimed, type Cloud, withCloud } from '../support/cloud.js';
import { type Home, withHome } from '../support/ipctl.js';

type Id = Parameters<typeof withCloud>[0];

const SIZE = ['--otc-bandwidth-size', '10'];

/** Where the provider keeps the mark: every machine knows it. */
const marked: readonly [id: Id, words: readonly string[]][] = [
  ['openstack', ['ip', 'allocate', '--description', 'for the web']],
  ['openstack', ['privateip', 'create', '--subnet', 'app']],
  ['otc', ['ip', 'allocate', ...SIZE]],
  ['rackspace', ['privateip', 'create', '--subnet', 'app']],
  ['rackconnect', ['ip', 'allocate', '--server', 'web-1']],
];
/** Where it keeps none: this machine's record knows it. */
const recorded: readonly [id: Id, words: readonly string[]][] = [
  ['hostway', ['ip', 'allocate']],
  ['nova', ['ip', 'allocate']],
  ['rackspace', ['ip', 'allocate', '--server', 'web-1', '--server', 'web-2']],
  ['rackconnect', ['ip', 'allocate']],
  ['otc', ['ip', 'allocate', ...SIZE, '--otc-bandwidth-name', 'web']],
  ['otc', ['privateip', 'create', '--subnet', 'app']],
];

const shown = ['-o', 'value', '-c', 'changed,address'];

async function ok({ ipctl }: Pick<Home, 'ipctl'>, words: readonly string[]): Promise<string[]> {
  const { code, stdout, stderr } = await ipctl([...words, ...shown]);
  assert.equal(code, 0, `${words.join(' ')}: ${stderr}`);
  return stdout.trimEnd().split('\n');
}

const addressIn = (line: string | undefined): string => line?.split('\t')[1] ?? '';
const made = ({ sandbox }: Pick<Cloud, 'sandbox'>): number =>
  sandbox.journal().filter(({ method, path }) => method === 'POST' && !/tokens|ip_associations/.test(path)).length;

describe('where a mark is kept, a key is known on every machine', () => {
  for (const [id, words] of marked) {
    test(`${id}: ${words.join(' ')}`, () =>
      withCloud(id, {}, (cloud) =>
        withHome(async (other) => {
          const [first] = await ok(cloud, [...words, '--key', 'web.1']);
          const address = addressIn(first);
          assert.equal(first, `true\t${address}`);
          const elsewhere = { ipctl: aimed(other, id, cloud.sandbox.options) };
          assert.deepEqual(await ok(elsewhere, [...words, '--key', 'web.1']), [`false\t${address}`]);
          assert.deepEqual(await ok(elsewhere, [...words, '--key', 'web.1', '--no-journal']), [`false\t${address}`]);
          assert.equal(made(cloud), 1);
        }),
      ));
  }

  test('the mark stands where people look last, and is not shown', () =>
    withCloud('openstack', {}, async ({ ipctl, sandbox }) => {
      const { stdout } = await ipctl([
        'ip',
        'allocate',
        '--key',
        'web',
        '--description',
        'for the web',
        '-o',
        'value',
        '-c',
        'description',
      ]);
      assert.equal(stdout, 'for the web\n');
      assert.match(
        sandbox.journal().find(({ method, path }) => method === 'POST' && path.endsWith('/floatingips'))?.body ?? '',
        /for the web \[ipctl web\]/,
      );
    }));

  test('two that carry one mark are named, and none is taken', () =>
    withCloud('openstack', {}, async (cloud) => {
      const one = addressIn((await ok(cloud, ['ip', 'allocate', '--key', 'web']))[0]);
      const { stdout } = await cloud.ipctl(['network', 'list', '-o', 'json']);
      const [pool] = (JSON.parse(stdout) as { id: string; external: boolean }[]).filter(({ external }) => external);
      const twin = { floatingip: { floating_network_id: pool?.id, description: '[ipctl web]' } };
      const { code, stderr } = await cloud.ipctl(['api', 'POST', '/floatingips', '--input', '-', '--yes'], { stdin: JSON.stringify(twin) });
      assert.equal(code, 0, stderr);
      const twice = await cloud.ipctl(['ip', 'allocate', '--key', 'web']);
      assert.deepEqual([twice.code, twice.stdout], [6, ''], twice.stderr);
      assert.match(twice.stderr, new RegExp(`2 addresses carry the key web[\\s\\S]*${one.replaceAll('.', '\\.')}`));
    }));
});

describe('where no mark is kept, a key is known by the record of this machine', () => {
  for (const [id, words] of recorded) {
    test(`${id}: ${words.join(' ')}`, () =>
      withCloud(id, {}, (cloud) =>
        withHome(async (other) => {
          const [first] = await ok(cloud, [...words, '--key', 'web']);
          const address = addressIn(first);
          assert.equal(first, `true\t${address}`);
          assert.deepEqual(await ok(cloud, [...words, '--key', 'web']), [`false\t${address}`]);
          assert.equal(made(cloud), 1);
          const unknown = await cloud.ipctl([...words, '--key', 'fresh', '--no-journal']);
          assert.equal(unknown.code, 2, unknown.stderr);
          const [elsewhere] = await ok({ ipctl: aimed(other, id, cloud.sandbox.options) }, [...words, '--key', 'web']);
          assert.notEqual(addressIn(elsewhere), address);
        }),
      ));
  }

  test('given back it is free again, also where the provider gives the same address once more', () =>
    withCloud('hostway', {}, async (cloud) => {
      const address = addressIn((await ok(cloud, ['ip', 'allocate', '--key', 'web']))[0]);
      await ok(cloud, ['ip', 'release', address, '--yes']);
      const [strange] = await ok(cloud, ['ip', 'allocate']);
      assert.equal(addressIn(strange), address, 'the sandbox gives the lowest that is free');
      const [again] = await ok(cloud, ['ip', 'allocate', '--key', 'web']);
      assert.match(again ?? '', /^true\t/);
      assert.notEqual(addressIn(again), address);
    }));

  test('of an operation of unknown outcome nothing more is made until it is settled', () =>
    withCloud('hostway', { faults: ['POST /os-floating-ips: drop after commit x1'] }, async (cloud) => {
      const lost = await cloud.ipctl(['ip', 'allocate', '--key', 'web', '--timeout', '2s', '-o', 'json']);
      assert.equal(lost.code, 12, lost.stderr);
      const { operation: id } = JSON.parse(lost.stdout) as { operation: string };
      const again = await cloud.ipctl(['ip', 'allocate', '--key', 'web', '-o', 'json']);
      assert.equal(again.code, 12, again.stderr);
      const { error } = JSON.parse(again.stdout) as { error: { hint: string; operation: { id: string } } };
      assert.deepEqual([error.operation.id, error.hint], [id, `ipctl operation resume ${id}`]);
      assert.equal(made(cloud), 1);
      const address = (await cloud.ipctl(['ip', 'list', '-o', 'value', '-c', 'address'])).stdout.trim();
      assert.equal((await cloud.ipctl(['operation', 'resume', id, '--take', address])).code, 0);
      assert.deepEqual(await ok(cloud, ['ip', 'allocate', '--key', 'web']), [`false\t${address}`]);
    }));
});

test('several have keys of their own; a larger count adds the rest, two processes at once make none twice', () =>
  withCloud('hostway', {}, async (cloud) => {
    const two = await ok(cloud, ['ip', 'allocate', '--key', 'web', '--count', '2', '--parallel', '1']);
    assert.equal(made(cloud), 2);
    const [one] = await ok(cloud, ['ip', 'allocate', '--key', 'web-2']);
    assert.equal(one, two[1]?.replace('true', 'false'));
    const [left, right] = await Promise.all([1, 2].map(() => ok(cloud, ['ip', 'allocate', '--key', 'web', '--count', '3'])));
    assert.equal(made(cloud), 3);
    assert.deepEqual(left?.map(addressIn), right?.map(addressIn));
    assert.deepEqual([left?.[2], right?.[2]].map((line) => line?.split('\t')[0]).sort(), ['false', 'true']);
  }));

test('private IPs: those of a key that are there are kept, in their order, and only the rest is made', () =>
  withCloud('openstack', {}, async (cloud) => {
    const words = ['privateip', 'create', '--subnet', 'app', '--key', 'db'];
    const three = await ok(cloud, [...words, '--count', '3']);
    await ok(cloud, ['privateip', 'delete', addressIn(three[1]), '--subnet', 'app', '--yes']);
    const again = await ok(cloud, [...words, '--count', '3']);
    assert.deepEqual(
      [again[0], again[2]],
      [three[0], three[2]].map((line) => line?.replace('true', 'false')),
    );
    assert.match(again[1] ?? '', /^true\t/);
    assert.equal(made(cloud), 4);
  }));

test('a key whose server was not reached is gone on with; another holder is never robbed', () =>
  withCloud('openstack', { faults: ['PUT */floatingips/*: 403 x1'] }, async (cloud) => {
    const words = ['ip', 'allocate', '--key', 'web', '--server', 'web-1'];
    const half = await cloud.ipctl([...words, '-o', 'value', '-c', 'address']);
    assert.equal(half.code, 9, half.stderr);
    assert.deepEqual(await ok(cloud, words), [`true\t${half.stdout.trim()}`]);
    assert.deepEqual(await ok(cloud, words), [`false\t${half.stdout.trim()}`]);
    await ok(cloud, ['ip', 'move', half.stdout.trim(), '--to', 'web-2']);
    const taken = await cloud.ipctl(words);
    assert.deepEqual([taken.code, taken.stdout], [6, ''], taken.stderr);
    assert.match(taken.stderr, /is associated with web-2/);
    assert.equal(made(cloud), 1);
  }));

test('a key is plain, and means one address', () =>
  withCloud('openstack', {}, async (cloud) => {
    for (const key of ['', 'a b', '-x', '[x]', 'é', 'x'.repeat(49)]) {
      const { code } = await cloud.ipctl(['ip', 'allocate', `--key=${key}`]);
      assert.equal(code, 2, key);
    }
    assert.equal(made(cloud), 0);
    const create = ['privateip', 'create', '--subnet', 'app', '--key', 'db', '--address'];
    await ok(cloud, [...create, '192.168.1.40']);
    assert.equal((await cloud.ipctl([...create, '192.168.1.41'])).code, 6);
    await ok(cloud, ['ip', 'allocate', '--key', 'x'.repeat(48)]);
    const { code, stdout } = await cloud.ipctl(['ip', 'allocate', '--key', 'x'.repeat(48), '--dry-run', '-o', 'json']);
    assert.deepEqual([code, (JSON.parse(stdout) as { requests: unknown[] }).requests], [0, []]);
  }));

test('--if-not-exists finds a private IP by its address or its name, and none that serves the network itself', () =>
  withCloud('openstack', {}, async (cloud) => {
    const create = ['privateip', 'create', '--subnet', 'app'];
    const bad = await cloud.ipctl([...create, '--if-not-exists']);
    assert.deepEqual([bad.code, /needs --name, --address or --key/.test(bad.stderr)], [2, true], bad.stderr);
    assert.equal((await cloud.ipctl([...create, '--if-not-exists', '--name', 'db', '--count', '2'])).code, 2);
    const [named] = await ok(cloud, [...create, '--if-not-exists', '--name', 'db']);
    assert.deepEqual(await ok(cloud, [...create, '--if-not-exists', '--name', 'db']), [named?.replace('true', 'false')]);
    const chosen = ['--address', addressIn(named), '--address', '192.168.1.40', '--if-not-exists'];
    assert.deepEqual(await ok(cloud, [...create, ...chosen]), [`false\t${addressIn(named)}`, 'true\t192.168.1.40']);
    assert.equal(made(cloud), 2);
    const { stdout } = await cloud.ipctl(['privateip', 'list', '--subnet', 'app', '-o', 'value', '-c', 'address,used-by']);
    const dhcp = /^(\S+)\tdhcp$/m.exec(stdout)?.[1] ?? '';
    assert.equal((await cloud.ipctl([...create, '--if-not-exists', '--address', dhcp])).code, 6, stdout);
  }));
