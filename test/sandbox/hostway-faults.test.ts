/** What the Hostway sandbox can be told to do wrong, over raw HTTP: the gateway before and after the change, the lost answer, the pace. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostway } from '../../src/sandbox/dialects/hostway/hostway.js';
import { parseFault } from '../../src/sandbox/faults.js';
import { type Sandbox, start } from '../../src/sandbox/server.js';

const IP = '198.51.100.10';
const ACTION = '/servers/acct1001-AUS001-0001/action';

type Send = (method: string, path: string, body?: unknown) => Promise<{ readonly status: number; readonly text: string }>;

async function faulty(faults: readonly string[], story: (send: Send, sandbox: Sandbox) => Promise<void>): Promise<void> {
  const sandbox = await start(hostway, { knobs: { delay: 0 }, faults: faults.map(parseFault) });
  const send: Send = async (method, path, body) => {
    const reply = await fetch(`${sandbox.origin}${path}`, {
      method,
      headers: {
        authorization: `Basic ${Buffer.from('demo:sandbox-secret').toString('base64')}`,
        'content-type': 'application/json; charset=UTF-8',
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: reply.status, text: await reply.text() };
  };
  try {
    await story(send, sandbox);
  } finally {
    await sandbox.close();
  }
}

const holder = async (send: Send): Promise<unknown> => {
  const { status, text } = await send('GET', `/os-floating-ips/${IP}`);
  return status === 200 ? (JSON.parse(text) as { floating_ip: [{ instance_id: unknown }] }).floating_ip[0].instance_id : status;
};
const count = async (send: Send): Promise<number> =>
  (JSON.parse((await send('GET', '/os-floating-ips')).text) as { floating_ips: unknown[] }).floating_ips.length;

for (const [effect, applied] of [
  ['502', false],
  ['502 after commit', true],
] as const) {
  test(`${effect}: on an allocation, on both actions and on a release, ${applied ? 'after' : 'before'} the change`, async () => {
    await faulty([`POST /os-floating-ips: ${effect} x1`], async (send) => {
      assert.equal((await send('POST', '/os-floating-ips')).status, 502);
      assert.equal(await count(send), applied ? 1 : 0);
    });
    await faulty([`POST */action: ${effect}`, `DELETE *: ${effect}`], async (send) => {
      await send('POST', '/os-floating-ips');
      assert.equal((await send('POST', ACTION, { addFloatingIp: { address: IP } })).status, 502);
      assert.equal(await holder(send), applied ? 'acct1001-AUS001-0001' : null);
      assert.equal((await send('POST', ACTION, { removeFloatingIp: { address: IP } })).status, 502);
      assert.equal(await holder(send), null);
      assert.equal((await send('DELETE', `/os-floating-ips/${IP}`)).status, 502);
      assert.equal(await holder(send), applied ? 404 : null);
    });
  });
}

for (const [effect, left] of [
  ['drop before commit', 0],
  ['drop after commit', 1],
] as const) {
  test(`${effect}: the answer of an allocation never comes, and the cloud has ${left} more`, () =>
    faulty([`POST /os-floating-ips: ${effect} x1`], async (send, sandbox) => {
      await assert.rejects(send('POST', '/os-floating-ips'));
      assert.equal(await count(send), left);
      const [entry] = sandbox.journal();
      assert.deepEqual([entry?.status, entry?.mark, entry?.fault], [null, null, `POST /os-floating-ips: ${effect} x1`]);
    }));
}

test('503 and 413 name the time to wait; a read comes back when it has passed', () =>
  faulty(['GET /os-floating-ips: 503 x1', 'POST /os-floating-ips: 413 x1'], async (send, sandbox) => {
    for (const [method, status] of [
      ['GET', 503],
      ['POST', 413],
    ] as const) {
      const reply = await fetch(`${sandbox.origin}/os-floating-ips`, { method });
      assert.deepEqual([reply.status, reply.headers.get('retry-after')], [status, '1']);
      await reply.text();
    }
    assert.equal(await count(send), 0);
  }));
