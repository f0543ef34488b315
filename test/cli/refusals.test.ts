/** What is refused on this machine, with the exit code that says so, and before the provider hears of it. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { aimed, withCloud } from '../support/cloud.js';
import { type Ran, withHome } from '../support/ipctl.js';

const refused = ({ code, stdout, stderr }: Ran, expected: number, message: RegExp): void => {
  assert.deepEqual([code, stdout], [expected, ''], stderr);
  assert.match(stderr, message);
};

test('--ca-file without a certificate, or with one that is none; --config that is no directory', () =>
  withHome(async ({ ipctl, directory }) => {
    const file = join(directory, 'file.pem');
    const list = (path: string) => ipctl(['-p', 'sandbox', '--ca-file', path, 'ip', 'list']);
    writeFileSync(file, 'no certificate\n');
    refused(await list(file), 14, /^ipctl: --ca-file: there is no certificate in \S+file\.pem\n {2}.*PEM/);
    writeFileSync(file, '-----BEGIN CERTIFICATE-----\nbm90aGluZw==\n-----END CERTIFICATE-----\n');
    refused(await list(file), 14, /certificate 1 of \S+file\.pem cannot be read/);
    refused(await list(join(directory, 'absent.pem')), 14, /cannot read \S+absent\.pem/);
    for (const words of [
      ['profile', 'list'],
      ['-p', 'prod', 'ip', 'list'],
      ['profile', 'current'],
    ]) {
      refused(await ipctl(['--config', file, ...words]), 14, /^ipctl: \S+file\.pem is no directory\n/);
    }
    assert.equal((await ipctl(['--config', join(directory, 'new'), 'profile', 'list', '-o', 'value'])).code, 0, 'one that is to be made');
  }));

test('a sandbox whose directory cannot be made, or is none, is a matter of this machine', () =>
  withHome(async ({ ipctl, directory }) => {
    const all = [
      ['-p', 'sandbox', 'ip', 'list'],
      ['-p', 'sandbox-hostway', 'server', 'list'],
      ['sandbox', 'serve'],
      ['sandbox', 'journal'],
    ];
    mkdirSync(join(directory, 'state', 'ipctl'), { recursive: true });
    writeFileSync(join(directory, 'state', 'ipctl', 'sandbox'), '');
    for (const words of all) refused(await ipctl(words), 14, /sandbox/);
    for (const words of all) {
      const elsewhere = await ipctl(words, { env: { XDG_STATE_HOME: join(directory, 'state', 'ipctl', 'sandbox') } });
      refused(elsewhere, 14, /ENOTDIR/);
    }
  }));

test('a read-only profile sends nothing at all for a change, not even what it would look at first', () =>
  withCloud('openstack', {}, ({ sandbox }) =>
    withHome(async (home) => {
      const settings = Object.entries({ ...sandbox.options, 'read-only': 'true' }).filter(([name]) => name !== 'password');
      const set = settings.flatMap(([name, value]) => ['--set', `${name}=${value}`]);
      const add = ['profile', 'add', 'ro', '--provider', 'openstack', ...set, '--secret', 'password=-'];
      assert.equal((await home.ipctl(add, { stdin: sandbox.options.password ?? '' })).code, 0);
      for (const words of [
        ['ip', 'allocate', '--key', 'k'],
        ['ip', 'associate', '203.0.113.10', '--server', 'web-1'],
        ['ip', 'release', '203.0.113.10', '--if-exists', '--yes'],
        ['ip', 'update', '203.0.113.10', '--description', 'x'],
        ['privateip', 'create', '--subnet', 'app', '--key', 'k'],
        ['privateip', 'delete', '192.168.1.17', '--yes'],
      ]) {
        refused(await home.ipctl(['-p', 'ro', ...words]), 13, /profile ro is read-only\n/);
      }
      refused(await home.ipctl(['-p', 'ro', 'ip', 'update', '203.0.113.10']), 2, /nothing to update/);
      refused(await home.ipctl(['-p', 'ro', 'ip', 'allocate', '--name', 'x']), 8, /cannot honour --name/);
      assert.deepEqual(sandbox.journal(), []);
      const dry = await home.ipctl(['-p', 'ro', 'ip', 'allocate', '--dry-run']);
      assert.equal(dry.code, 0, dry.stderr);
      assert.match((await home.ipctl(['-p', 'ro', 'ip', 'list', '-o', 'json'])).stdout, /^\[\]$/m);
    }),
  ));

test('a description that leaves no room for the mark is told in characters, before anything is sent', () =>
  withCloud('openstack', {}, async ({ ipctl, sandbox }) => {
    const text = 'é'.repeat(250);
    refused(
      await ipctl(['ip', 'allocate', '--description', text]),
      2,
      /^profile .*\nipctl: the description has 250 characters, and may have \d+, since \d+ of the 255 are taken by the mark of ipctl\n/,
    );
    assert.deepEqual(sandbox.journal(), []);
    // ` [ipctl k]`
    assert.equal((await ipctl(['ip', 'allocate', '--key', 'k', '--description', 'é'.repeat(245)])).code, 0, 'a character is no byte');
    refused(await ipctl(['ip', 'update', '203.0.113.10', '--description', 'é'.repeat(246)]), 2, /has 246 characters, and may have 245/);
    assert.ok(!sandbox.journal().some(({ method }) => method === 'PUT'));
  }));

test('a bare label where every label has a value', () =>
  withCloud('otc', {}, async ({ ipctl, sandbox }) => {
    refused(
      await ipctl(['ip', 'allocate', '--otc-bandwidth-size', '5', '--label', 'plain']),
      2,
      /^profile .*\nipctl: label 'plain' has no value.*\n {2}--label plain= gives it an empty value\n$/,
    );
    assert.ok(!sandbox.journal().some(({ method, path }) => method === 'POST' && !path.includes('/auth/tokens')));
    assert.equal((await ipctl(['ip', 'allocate', '--otc-bandwidth-size', '5', '--label', 'plain='])).code, 0);
  }));

test('names of servers are asked for when somebody looks at them', () =>
  withHome(async (home) => {
    for (const id of ['openstack', 'otc', 'rackspace'] as const) {
      await withCloud(id, {}, async ({ sandbox }) => {
        const ipctl = aimed(home, id, sandbox.options);
        const named = async (...words: string[]): Promise<boolean> => {
          const before = sandbox.journal().length;
          const ran = await ipctl(['privateip', 'list', ...words]);
          assert.equal(ran.code, 0, ran.stderr);
          return sandbox
            .journal()
            .slice(before)
            .some(({ path }) => /\/(cloud)?servers(\/detail)?(\?|$)/.test(path));
        };
        assert.deepEqual(
          [await named('-c', 'address,state'), await named(), await named('-o', 'json'), await named('-c', 'address', '--sort', 'server')],
          [false, true, true, true],
          id,
        );
      });
    }
  }));
