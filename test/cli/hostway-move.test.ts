/** Moving an address of Hostway, which no single call does: off, waited for, on; and where it is when that goes wrong. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Cloud, type CloudSettings, withCloud } from '../support/cloud.js';
import type { Ran } from '../support/ipctl.js';

const IP = '198.51.100.10';
const ONE = 'acct1001-AUS001-0001';
const TWO = 'acct1001-AUS001-0002';

const headers = {
  authorization: `Basic ${Buffer.from('demo:sandbox-secret').toString('base64')}`,
  'content-type': 'application/json; charset=UTF-8',
};

interface Scene extends Cloud {
  /** The requests that changed something, or would have: `- web-1` off it, `+ web-2` onto it, with the status. */
  changes(): string[];
  /** Every request about the address, from the first removal on. */
  story(): string[];
  /** Who holds it by the service's own word. */
  holder(): Promise<string | null>;
}

/** An address on web-1. Faults on actions are meant for what comes after: let the first one through. */
async function onOne(settings: CloudSettings, work: (scene: Scene) => Promise<void>): Promise<void> {
  await withCloud('hostway', settings, async (cloud) => {
    const { sandbox } = cloud;
    const send = (method: string, path: string, body?: object) =>
      fetch(`${sandbox.origin}${path}`, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    assert.equal((await send('POST', '/os-floating-ips')).status, 202);
    assert.equal((await send('POST', `/servers/${ONE}/action`, { addFloatingIp: { address: IP } })).status, 202);
    const holder = async (): Promise<string | null> => {
      const reply = (await (await send('GET', `/os-floating-ips/${IP}`)).json()) as { floating_ip: [{ instance_id: string | null }] };
      return reply.floating_ip[0].instance_id;
    };
    for (let reads = 0; (await holder()) !== ONE; reads += 1) assert.ok(reads < 50, 'never shown on web-1');
    const start = sandbox.journal().length;
    const line = ({ method, path, body, status }: ReturnType<typeof sandbox.journal>[number]): string =>
      method === 'GET'
        ? `show ${status}`
        : `${body.includes('removeFloatingIp') ? '-' : '+'} ${path.includes(ONE) ? 'web-1' : path.includes(TWO) ? 'web-2' : path} ${status}`;
    const own = () => sandbox.journal().slice(start);
    await work({
      ...cloud,
      changes: () =>
        own()
          .filter(({ method }) => method !== 'GET')
          .map(line),
      story: () => {
        const all = own().filter(({ method, path }) => method !== 'GET' || path.endsWith(IP));
        return all.slice(all.findIndex(({ method }) => method !== 'GET')).map(line);
      },
      holder,
    });
    assert.deepEqual(
      sandbox.journal().flatMap(({ method, path, mark }) => (mark === null ? [] : [`${method} ${path}: ${mark}`])),
      [],
    );
  });
}

const AT_ONCE = { delay: 0 };
const takeover = ['ip', 'associate', IP, '--server', 'web-2', '--move'];

interface Result {
  readonly operation: string;
  readonly changed: boolean | null;
  readonly ip: { readonly state: string; readonly associations: readonly { readonly server: { readonly name: string | null } }[] } | null;
  readonly error: Failure | null;
}
interface Failure {
  readonly message: string;
  readonly hint: string | null;
  readonly retryable: boolean;
  readonly operation: { readonly state: string };
}
const resultOf = ({ stdout }: Ran): Result => JSON.parse(stdout) as Result;
const failureOf = ({ stdout, stderr }: Ran): Failure => {
  assert.equal(stdout, '');
  return (JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '') as { error: Failure }).error;
};

describe('hostway: a move goes step by step', () => {
  test('off, waited for until it is free, on; and never unasked', () =>
    onOne({ knobs: { delay: { allocate: 0, associate: 1, disassociate: 2 } } }, async ({ ipctl, changes, story }) => {
      const unasked = await ipctl(takeover.slice(0, -1));
      assert.equal(unasked.code, 6);
      assert.equal(
        unasked.stderr,
        `profile env:hostway (Hostway FlexCloud), username demo\nipctl: ${IP} is associated with web-1\n  --move takes it from there\n`,
      );
      assert.deepEqual(changes(), []);
      const moved = await ipctl([...takeover, '-o', 'value', '-c', 'changed,state,server']);
      assert.deepEqual([moved.code, moved.stdout], [0, 'true\tassociated\tweb-2\n'], moved.stderr);
      assert.deepEqual(story(), ['- web-1 202', 'show 200', 'show 200', 'show 200', '+ web-2 202', 'show 200', 'show 200']);
    }));

  test('ip move does the same, while the holder is the one expected', () =>
    onOne({ knobs: AT_ONCE }, async ({ ipctl, changes }) => {
      assert.equal((await ipctl(['ip', 'move', IP, '--to', 'web-1', '--if-holder', 'web-2'])).code, 0, 'there already');
      const other = await ipctl(['ip', 'move', IP, '--to', 'web-2', '--if-holder', 'worker-2']);
      assert.deepEqual([other.code, changes()], [6, []]);
      assert.equal((await ipctl(['ip', 'move', IP, '--to', 'web-2', '--if-holder', 'web-1'])).code, 0);
      assert.deepEqual(changes(), ['- web-1 202', '+ web-2 202']);
    }));

  test('--no-wait waits for the middle all the same, and not for the end', () =>
    onOne({ knobs: { delay: { allocate: 0, associate: 1, disassociate: 1 } } }, async ({ ipctl, story }) => {
      const moved = await ipctl([...takeover, '--no-wait', '-o', 'value', '-c', 'changed,state']);
      assert.deepEqual([moved.code, moved.stdout], [0, 'true\tpending\n'], moved.stderr);
      assert.deepEqual(story(), ['- web-1 202', 'show 200', 'show 200', '+ web-2 202']);
    }));

  test('a dry run prints both requests and sends neither', () =>
    onOne({ knobs: AT_ONCE }, async ({ ipctl, changes }) => {
      const { code, stdout } = await ipctl([...takeover, '--dry-run', '-o', 'json']);
      const { requests } = JSON.parse(stdout) as { requests: { method: string; url: string; body: object }[] };
      assert.deepEqual(
        [code, requests.map(({ method, url, body }) => `${method} ${new URL(url).pathname} ${Object.keys(body).join()}`), changes()],
        [0, [`POST /servers/${ONE}/action removeFloatingIp`, `POST /servers/${TWO}/action addFloatingIp`], []],
      );
    }));
});

describe('hostway: a move that fails says where the address is', () => {
  test('refused by the target: it is put back, and the failure is over', () =>
    onOne({ knobs: AT_ONCE, faults: [`POST */${TWO}/action: 403`] }, async ({ ipctl, changes, holder }) => {
      const failure = failureOf(await ipctl([...takeover, '-o', 'json']));
      assert.equal(failure.message, 'Forbidden (a sandbox fault) (hostway 403); it is back on web-1');
      assert.equal(failure.operation.state, 'not-applied');
      assert.deepEqual(changes(), ['- web-1 202', '+ web-2 403', '+ web-1 202']);
      assert.equal(await holder(), ONE);
      const settled = await ipctl(['operation', 'list', '-o', 'value', '-c', 'state']);
      assert.equal(settled.stdout, 'not-applied\n');
    }));

  test('refused by the target and by the holder: partial, nobody has it, and both ways are named', () =>
    onOne(
      { knobs: AT_ONCE, faults: [`POST */${TWO}/action: 409 x1`, `POST */${ONE}/action: delay 0ms x2`, `POST */${ONE}/action: 409`] },
      async ({ ipctl, changes, holder }) => {
        const ran = await ipctl([...takeover, '-o', 'json']);
        assert.equal(ran.code, 9, ran.stderr);
        const { changed, operation, ip, error } = resultOf(ran);
        assert.deepEqual([changed, ip?.state, error?.operation.state, error?.retryable], [true, 'free', 'partial', false]);
        assert.equal(
          error?.message,
          `${IP} was taken off web-1, but then: Conflict (a sandbox fault) (hostway 409); it could not be put back: Conflict (a sandbox fault) (hostway 409); it serves nobody now`,
        );
        const on = (id: string): string => `ipctl -p env:hostway ip associate ${IP} --server ${id}`;
        assert.equal(error?.hint, `go on: ${on(TWO)}; back: ${on(ONE)}`);
        assert.deepEqual(changes(), ['- web-1 202', '+ web-2 409', '+ web-1 409']);
        assert.equal(await holder(), null);
        const resumed = await ipctl(['operation', 'resume', operation, '-o', 'value', '-c', 'action,state,server']);
        assert.deepEqual([resumed.code, resumed.stdout], [0, 'associate\tassociated\tweb-2\n'], resumed.stderr);
        assert.equal(await holder(), TWO);
      },
    ));

  test('a target that is being built keeps the address on its holder', () =>
    onOne({ knobs: AT_ONCE }, async ({ ipctl, changes, holder }) => {
      const failure = failureOf(
        await ipctl(['ip', 'associate', IP, '--server', 'acct1001-AUS001-0003', '--move', '--timeout', '3s', '-o', 'json']),
      );
      assert.deepEqual([failure.message, failure.operation.state], ['worker-1 is still being built', 'not-sent']);
      assert.deepEqual(changes(), []);
      assert.equal(await holder(), ONE);
    }));

  test('a 502 of the target after it happened: moved', () =>
    onOne({ knobs: AT_ONCE, faults: [`POST */${TWO}/action: 502 after commit`] }, async ({ ipctl, changes }) => {
      const ran = await ipctl([...takeover, '-o', 'json']);
      assert.equal(ran.code, 0, ran.stderr);
      assert.deepEqual(changes(), ['- web-1 202', '+ web-2 502']);
    }));

  test('taken off and not shown as free in time: nothing more is sent', () =>
    onOne({ knobs: { delay: 0, failNext: 'disassociate' } }, async ({ ipctl, changes }) => {
      const ran = await ipctl([...takeover, '--timeout', '3s', '-o', 'json']);
      assert.equal(ran.code, 11, ran.stderr);
      assert.match(resultOf(ran).error?.message ?? '', /198\.51\.100\.10 to leave web-1$/);
      assert.deepEqual(changes(), ['- web-1 202']);
    }));

  test('accepted by the target and not shown in time: not put back, since it may be on its way', () =>
    onOne({ knobs: { delay: { allocate: 0, associate: 40, disassociate: 0 } } }, async ({ ipctl, changes }) => {
      const ran = await ipctl([...takeover, '--timeout', '3s', '-o', 'json']);
      assert.equal(ran.code, 11, ran.stderr);
      const { ip, error } = resultOf(ran);
      assert.deepEqual([ip?.state, error?.operation.state], ['pending', 'unknown']);
      assert.match(error?.message ?? '', /web-2 to hold 198\.51\.100\.10$/);
      assert.deepEqual(changes(), ['- web-1 202', '+ web-2 202']);
    }));
});
