/** An allocation of Hostway whose answer is lost: it leaves no mark, so it is looked for, never sent again, and settled by whoever knows. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withCloud } from '../support/cloud.js';
import { type Home, withHome } from '../support/ipctl.js';
import { type Exchange, play } from '../support/script.js';

const PASSWORD = 'sandbox-secret';
const env = { HOSTWAY_TEST_PASSWORD: PASSWORD };
const lost = 'POST /os-floating-ips: drop after commit x1';

/** A stored profile `prod`, since only those have settings. */
async function addProfile({ ipctl }: Home, endpoint: string, ...settings: readonly string[]): Promise<void> {
  const set = (option: string): string[] => ['--set', option];
  const words = ['profile', 'add', 'prod', '--provider', 'hostway', ...set(`endpoint=${endpoint}`), ...set('username=demo')];
  const added = await ipctl([...words, '--secret', 'password=env:HOSTWAY_TEST_PASSWORD'], { env });
  assert.equal(added.code, 0, added.stderr);
  if (settings.length > 0) assert.equal((await ipctl(['profile', 'set', 'prod', ...settings], { env })).code, 0);
}

test('the sole writer takes the one new address, waits for it, and says so', () =>
  withCloud('hostway', { faults: [lost] }, ({ sandbox }) =>
    withHome(async (home) => {
      await addProfile(home, sandbox.origin, 'sole-writer=true');
      const ran = await home.ipctl(['-p', 'prod', '-v', 'ip', 'allocate', '-o', 'value', '-c', 'changed,address,state'], { env });
      assert.deepEqual([ran.code, ran.stdout], [0, 'true\t198.51.100.10\tfree\n'], ran.stderr);
      assert.match(ran.stderr, /^the answer was lost; looking whether it took effect$/m);
      assert.match(ran.stderr, /^198\.51\.100\.10 is new, and this profile is the sole writer: it is ours$/m);
      assert.equal(sandbox.journal().filter(({ method }) => method === 'POST').length, 1);
      assert.equal((await home.ipctl(['operation', 'list', '-o', 'value', '-c', 'state'])).stdout, 'applied\n');
    }),
  ));

test('anybody else is told the candidate with exit 12; an address that was there before is none', () =>
  withCloud('hostway', { knobs: { delay: 0 }, faults: ['POST /os-floating-ips: delay 0ms x1', lost] }, async ({ ipctl, sandbox }) => {
    assert.equal((await ipctl(['ip', 'allocate', '-c', 'address'])).code, 0);
    const ran = await ipctl(['ip', 'allocate']);
    assert.equal(ran.code, 12, ran.stderr);
    assert.match(ran.stderr, /it is not known whether allocate took effect: .*; new since then: 198\.51\.100\.11\n/);
    assert.match(ran.stderr, /\n {2}ipctl operation resume \S+ --take 198\.51\.100\.11\|--none\n/);
    assert.equal(sandbox.journal().filter(({ method }) => method === 'POST').length, 2);
  }));

const address = (ip: string, holder: string | null = null) => ({ instance_id: holder, ip, fixed_ip: null, links: [], pool: 'default' });
const get = (path: string, body: unknown): Exchange => ({ source: path, request: { line: `GET ${path}` }, reply: { status: 200, body } });
const list = (...ips: readonly string[]): Exchange => get('/os-floating-ips', { floating_ips: ips.map((ip) => address(ip)) });

test('of two candidates both are named, also to the sole writer; --take settles which, and nothing is sent again', async () => {
  const [old, first, second] = ['203.0.113.9', '203.0.113.10', '203.0.113.11'];
  const script = await play(() => [
    list(old),
    { source: 'a gateway gave up', request: { line: 'POST /os-floating-ips' }, reply: { status: 502 } },
    list(old, first, second),
    // Without a word of the user: looked again.
    list(old, first, second),
    // --take.
    list(old, first, second),
    get(`/os-floating-ips/${second}`, { floating_ip: [address(second)] }),
  ]);
  await withHome(async (home) => {
    await addProfile(home, script.origin, 'sole-writer=true');
    const ran = await home.ipctl(['-p', 'prod', 'ip', 'allocate', '-o', 'json'], { env });
    assert.equal(ran.code, 12, ran.stderr);
    const { changed, ip, operation, error } = JSON.parse(ran.stdout) as {
      changed: boolean | null;
      ip: unknown;
      operation: string;
      error: { message: string; hint: string; operation: { state: string } };
    };
    assert.deepEqual([changed, ip, error.operation.state], [null, null, 'unknown']);
    assert.match(error.message, /; new since then: 203\.0\.113\.10, 203\.0\.113\.11$/);
    assert.equal(error.hint, `ipctl operation resume ${operation} --take ADDRESS|--none`);
    const undecided = await home.ipctl(['operation', 'resume', operation], { env });
    assert.equal(undecided.code, 12, undecided.stderr);
    const taken = await home.ipctl(['operation', 'resume', operation, '--take', second, '-o', 'value', '-c', 'action,address,state'], {
      env,
    });
    assert.deepEqual([taken.code, taken.stdout], [0, `allocate\t${second}\tfree\n`], taken.stderr);
    assert.equal((await home.ipctl(['operation', 'list', '-o', 'value', '-c', 'state'])).stdout, 'applied\n');
  });
  await script.end();
});

test('of two candidates none is ours: --none closes it without a request that changes anything', async () => {
  const script = await play(() => [
    list(),
    { source: 'a gateway gave up', request: { line: 'POST /os-floating-ips' }, reply: { status: 502 } },
    list('203.0.113.10', '203.0.113.11'),
    list('203.0.113.10', '203.0.113.11'),
  ]);
  await withHome(async (home) => {
    await addProfile(home, script.origin);
    const ran = await home.ipctl(['-p', 'prod', 'ip', 'allocate', '-o', 'json'], { env });
    const { operation } = JSON.parse(ran.stdout) as { operation: string };
    const none = await home.ipctl(['operation', 'resume', operation, '--none', '-o', 'value', '-c', 'action,changed,address'], { env });
    assert.deepEqual([none.code, none.stdout], [0, 'allocate\tfalse\t\n'], none.stderr);
    assert.equal((await home.ipctl(['operation', 'list', '-o', 'value', '-c', 'state'])).stdout, 'not-applied\n');
  });
  await script.end();
});

test('the account that a profile is pinned to is asked for before the first change, and another one is exit 4', () =>
  withCloud('hostway', { knobs: { delay: 0 } }, ({ sandbox }) =>
    withHome(async (home) => {
      await addProfile(home, sandbox.origin);
      assert.equal((await home.ipctl(['profile', 'test', 'prod'], { env })).code, 0);
      assert.equal((await home.ipctl(['profile', 'set', 'prod', 'username=other'])).code, 0);
      const start = sandbox.journal().length;
      const ran = await home.ipctl(['-p', 'prod', 'ip', 'allocate'], { env: { HOSTWAY_TEST_PASSWORD: 'other-secret' } });
      assert.deepEqual([ran.code, ran.stdout], [4, ''], ran.stderr);
      assert.match(ran.stderr, /profile prod is pinned to account acct1001, but its credentials open acct2002/);
      assert.deepEqual(
        sandbox
          .journal()
          .slice(start)
          .map(({ method, path }) => `${method} ${path}`),
        ['GET /accounts?filterStatus=open&page=1&pageSize=100'],
      );
    }),
  ));
