/** An operation whose outcome nobody knows, and the ways to settle it, with the real binary. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Home, withHome } from '../support/ipctl.js';

const p = ['-p', 'sandbox-hostway'];
const lost = ['--fault', 'POST /os-floating-ips: drop after commit x1'];

async function lostAllocation({ ipctl }: Home): Promise<{ id: string; address: string }> {
  const { code, stdout, stderr } = await ipctl([...p, 'ip', 'allocate', ...lost, '-o', 'json']);
  assert.equal(code, 12, stderr);
  const { operation: id } = JSON.parse(stdout) as { operation: string };
  const shown = await ipctl(['operation', 'show', id, '-o', 'json']);
  const { steps } = JSON.parse(shown.stdout) as { steps: { candidates: string[] }[] };
  return { id, address: steps[0]?.candidates[0] ?? '' };
}

async function posts({ ipctl }: Home): Promise<number> {
  const { stdout } = await ipctl(['sandbox', 'journal', 'hostway', '--limit', '2000', '-o', 'value', '-c', 'method,path']);
  return stdout.split('\n').filter((line) => line === 'POST\t/os-floating-ips').length;
}

test('--take says that the candidate is ours; then the operation is settled', async () => {
  await withHome(async (home) => {
    const { id, address } = await lostAllocation(home);
    const unsettled = await home.ipctl(['operation', 'resume', id]);
    assert.equal(unsettled.code, 12);
    assert.match(unsettled.stderr, new RegExp(`ipctl operation resume ${id} --take ${address.replaceAll('.', '\\.')}\\|--none`));
    assert.equal((await home.ipctl(['operation', 'resume', id, '--take', '203.0.113.99'])).code, 2);
    const taken = await home.ipctl(['operation', 'resume', id, '--take', address, '-o', 'json']);
    assert.equal(taken.code, 0, taken.stderr);
    const { action, operation, ip } = JSON.parse(taken.stdout) as { action: string; operation: string; ip: { address: string } };
    assert.deepEqual([action, operation, ip.address], ['allocate', id, address]);
    assert.equal((await home.ipctl(['operation', 'list', '-o', 'value', '-c', 'state'])).stdout, 'applied\n');
    const again = await home.ipctl(['operation', 'resume', id, '-o', 'value', '-c', 'action,changed']);
    assert.deepEqual([again.code, again.stdout], [0, 'allocate\tfalse\n']);
    assert.equal(await posts(home), 1, 'an allocation is never sent twice');
  });
});

test('what is no candidate is refused at once; where none is recorded it is looked for once', async () => {
  await withHome(async (home) => {
    const { id, address } = await lostAllocation(home);
    const requests = async (): Promise<string> =>
      (await home.ipctl(['sandbox', 'journal', 'hostway', '--limit', '2000', '-o', 'value', '-c', 'method,path'])).stdout;
    const before = await requests();
    for (const word of ['203.0.113.99', 'web-1']) {
      const refused = await home.ipctl(['operation', 'resume', id, '--take', word]);
      assert.equal(refused.code, 2, refused.stderr);
      assert.ok(refused.stderr.includes(`${word} is no candidate of this operation\n  candidates: ${address}; `), refused.stderr);
    }
    assert.equal(await requests(), before, 'no request is needed for that');
    assert.equal((await home.ipctl([...p, 'ip', 'release', address, '--yes'])).code, 0);
    const released = (await requests()).split('\n').length;
    const gone = await home.ipctl(['operation', 'resume', id, '--take', address]);
    assert.equal(gone.code, 2, gone.stderr);
    assert.ok((await requests()).split('\n').length - released <= 4, 'one look');
  });
});

test('--none says that none is ours; the address stays with whoever made it', async () => {
  await withHome(async (home) => {
    const { id, address } = await lostAllocation(home);
    const none = await home.ipctl(['operation', 'resume', id, '--none', '-o', 'value', '-c', 'action,changed,address']);
    assert.deepEqual([none.code, none.stdout], [0, 'allocate\tfalse\t\n']);
    assert.equal((await home.ipctl(['operation', 'list', '-o', 'value', '-c', 'state'])).stdout, 'not-applied\n');
    assert.equal((await home.ipctl([...p, 'ip', 'show', address])).code, 0);
    assert.equal(await posts(home), 1);
  });
});

test('what a later allocation of ours got is no candidate; two strangers are both named', async () => {
  await withHome(async (home) => {
    const { id, address } = await lostAllocation(home);
    assert.equal((await home.ipctl([...p, 'ip', 'allocate'])).code, 0);
    const { stderr } = await home.ipctl(['operation', 'resume', id]);
    assert.match(stderr, new RegExp(`new since then: ${address.replaceAll('.', '\\.')}\n`));
    assert.equal((await home.ipctl(['operation', 'resume', 'no-such-operation'])).code, 3);
    assert.equal((await home.ipctl(['operation', 'resume', id, '--take', address, '--none'])).code, 2);
  });
});

test('what was taken stays taken: a later step that fails does not open it again, and resuming goes on', async () => {
  await withHome(async (home) => {
    const lostFor = await home.ipctl([...p, 'ip', 'allocate', '--server', 'web-1', '--timeout', '2s', ...lost, '-o', 'json']);
    assert.equal(lostFor.code, 12, lostFor.stderr);
    const { operation: id } = JSON.parse(lostFor.stdout) as { operation: string };
    const shown = await home.ipctl(['operation', 'show', id, '-o', 'json']);
    const address = (JSON.parse(shown.stdout) as { steps: { candidates: string[] }[] }).steps[0]?.candidates[0] ?? '';
    const refused = ['--fault', 'POST *action: 403'];
    const half = await home.ipctl(['operation', 'resume', id, '--take', address, ...refused]);
    assert.equal(half.code, 9, half.stderr);
    assert.match(half.stderr, /is allocated .*, but then: Forbidden/);
    for (const words of [['--none'], ['--take', '198.51.100.99']]) {
      const late = await home.ipctl(['operation', 'resume', id, ...words]);
      assert.deepEqual([late.code, late.stdout], [6, ''], late.stderr);
    }
    assert.equal((await home.ipctl(['operation', 'list', '-o', 'value', '-c', 'state'])).stdout, 'partial\n');
    const on = await home.ipctl(['operation', 'resume', id, '-o', 'value', '-c', 'address,server']);
    assert.deepEqual([on.code, on.stdout], [0, `${address}\tweb-1\n`], on.stderr);
    assert.equal(await posts(home), 1);
  });
});
