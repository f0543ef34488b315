/** `ip wait` with the binary: exit codes, and what stands on stdout. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withCloud } from '../support/cloud.js';
import { withHome } from '../support/ipctl.js';

test('free, associated, gone: the record, or null', async () => {
  await withCloud('openstack', {}, async ({ ipctl }) => {
    const address = (await ipctl(['ip', 'allocate', '-o', 'value', '-c', 'address'])).stdout.trim();
    const free = await ipctl(['ip', 'wait', address, '--for', 'free', '-o', 'json']);
    assert.equal(free.code, 0, free.stderr);
    assert.equal((JSON.parse(free.stdout) as { state: string }).state, 'free');
    await ipctl(['ip', 'associate', address, '--server', 'web-1']);
    const held = await ipctl(['ip', 'wait', address, '--for', 'associated', '-o', 'value', '-c', 'address,provider-state']);
    assert.deepEqual(held, { code: 0, stdout: `${address}\tACTIVE\n`, stderr: '' });
    await ipctl(['ip', 'release', address, '--disassociate', '--yes']);
    assert.deepEqual(await ipctl(['ip', 'wait', address, '--for', 'gone']), { code: 0, stdout: '', stderr: '' });
    assert.deepEqual(await ipctl(['ip', 'wait', address, '--for', 'gone', '-o', 'json']), { code: 0, stdout: 'null\n', stderr: '' });
    assert.equal((await ipctl(['ip', 'wait', address, '--for', 'free'])).code, 3);
  });
});

test('time is up: exit 11 with what is there, and an error that says what it is', async () => {
  await withCloud('openstack', { knobs: { wiring: 'never' } }, async ({ ipctl }) => {
    const address = (await ipctl(['ip', 'allocate', '--server', 'web-1', '-o', 'value', '-c', 'address'])).stdout.trim();
    const { code, stdout, stderr } = await ipctl(['ip', 'wait', address, '--for', 'associated', '--timeout', '400ms', '-o', 'json']);
    assert.equal(code, 11);
    assert.equal((JSON.parse(stdout) as { address: string }).address, address);
    const { error } = JSON.parse(stderr) as { error: { kind: string; message: string; hint: string } };
    assert.deepEqual([error.kind, error.message], ['timeout', `${address} is associated (DOWN), and not associated within 0.4 s`]);
  });
});

test('a provider without a data plane of its own: the state alone', async () => {
  await withCloud('hostway', {}, async ({ ipctl }) => {
    const address = (await ipctl(['ip', 'allocate', '-o', 'value', '-c', 'address'])).stdout.trim();
    const { code, stdout } = await ipctl(['ip', 'wait', address, '--for', 'free', '-o', 'value', '-c', 'state,provider-state']);
    assert.deepEqual([code, stdout], [0, 'free\t\n']);
  });
});

test('what to wait for is one of three words', async () => {
  await withHome(async ({ ipctl }) => {
    assert.match((await ipctl(['-p', 'sandbox', 'ip', 'wait', '203.0.113.7'])).stderr, /--for free\|associated\|gone is needed/);
    for (const words of [
      ['203.0.113.7'],
      ['203.0.113.7', '--for', 'ready'],
      ['203.0.113.7', '--for', 'free', '--no-wait'],
      ['999.1.1.1', '--for', 'gone'],
    ]) {
      assert.equal((await ipctl(['-p', 'sandbox', 'ip', 'wait', ...words])).code, 2, words.join(' '));
    }
  });
});
