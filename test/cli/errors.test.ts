/** Bad input: the words themselves, then on one provider; the other providers have their turn in the trials. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorsOn, fails, place } from './errors-on.js';

test('without any profile: exit 14 with the way out, and no sandbox chosen silently', async () => {
  await fails(['ip', 'list'], 14, /^ipctl: no profile is chosen\n {2}choose one with -p NAME.*-p sandbox\n$|^ipctl: no profile is chosen$/);
  await fails(['ip', 'allocate'], 14, /no profile is chosen/);
  await fails(['profile', 'current'], 14, /no profile is chosen/);
});

test('an unknown profile', async () => {
  for (const words of [
    ['ip', 'list'],
    ['ip', 'release', '203.0.113.7', '--yes'],
    ['server', 'list'],
    ['profile', 'test'],
  ]) {
    await fails(['-p', 'nowhere', ...words], 14, /there is no profile 'nowhere'/);
  }
  for (const verb of ['show', 'use', 'test']) await fails(['profile', verb, 'nowhere'], 14, /there is no profile 'nowhere'/);
  await fails(['-p', 'sandbox-acme', 'ip', 'list'], 14, /there is no provider 'acme'/);
});

test('words that do not exist', async () => {
  await fails(['-p', 'sandbox', 'ip', 'shwo', 'x'], 2, /unknown command 'shwo'/);
  await fails(['banana'], 2, /unknown command 'banana'/);
  await fails(['ip', 'list', '--bogus'], 2, /unknown option '--bogus'/);
  await fails(['ip', 'list', '--fre'], 2, /unknown option '--fre'/);
  await fails(['ip', 'show'], 2, /missing required argument 'IP'/);
  await fails(['ip', 'list', 'extra'], 2, /too many arguments/);
  await fails(['privateip', 'create'], 2, /--subnet S is needed/);
  await fails(['-p', 'sandbox', 'ip', 'list', '-c', 'bogus'], 2, /there is no column 'bogus'/);
  await fails(['-p', 'sandbox', 'ip', 'allocate', '--timeout', 'soon'], 2, /--timeout is a duration/);
  await fails(['-p', 'sandbox', 'ip', 'list', '--timeout', '5s'], 2, /unknown option '--timeout'/);
  await fails(['provider', 'show', 'acme'], 3, /there is no provider 'acme'/);
  await fails(['operation', 'show', 'nope'], 3, /there is no record of operation 'nope'/);
  await fails(['completion', 'tcsh'], 2, /there is no completion for 'tcsh'/);
  await fails(['-p', 'sandbox', 'ip', 'list'], 2, /IPCTL_OUTPUT is one of table/, { IPCTL_OUTPUT: 'pdf' }).catch(() => undefined);
});

test('an error names the flag that was typed, and the profile and provider where they are known', async () => {
  await fails(['-p', 'sandbox', 'ip', 'list', '--region', ''], 2, /^ipctl: --region is empty/);
  const { code, stderr } = await place.ipctl(['-p', 'sandbox', 'ip', 'update', '203.0.113.7', '--name', 'y', '-o', 'json']);
  const { error } = JSON.parse(stderr) as { error: { profile: string; provider: string } };
  assert.deepEqual([code, error.profile, error.provider], [8, 'sandbox', 'openstack']);
});

test('a secret on a command line is refused, and not repeated', async () => {
  const secret = 'hunter2hunter2';
  for (const words of [
    ['-p', 'sandbox', 'ip', 'list', '--openstack-password', secret],
    ['-p', 'sandbox', 'ip', 'list', `--openstack-password=${secret}`],
    ['profile', 'add', 'x', '--provider', 'openstack', '--set', `password=${secret}`],
    ['profile', 'add', 'x', '--provider', 'openstack', '--secret', `password=${secret}`],
    ['ip', 'list', `--openstack-pasword=${secret}`],
  ]) {
    const { code, stdout, stderr } = await place.ipctl(words);
    assert.equal(code, 2, stderr);
    assert.ok(!(stdout + stderr).includes(secret), words.join(' '));
  }
});

errorsOn('openstack');
