/** Requests in flight: no more than allowed, reads before changes, and nothing leaves after the user has. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IpctlError } from '../../src/domain/errors.js';
import type { Reply, Request, Send } from '../../src/domain/exchange.js';
import { taking, turns } from '../../src/http/turns.js';

const reply: Reply = { status: 200, headers: {}, text: '', json: undefined };
const request = (method: Request['method'], name: string): Request => ({ method, url: `http://127.0.0.1/${name}` });
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function line(limit: number, controller = new AbortController()) {
  const inFlight = new Map<string, () => void>();
  const begun: string[] = [];
  const next: Send = ({ url }) =>
    new Promise((resolve) => {
      const name = url.split('/').at(-1) ?? '';
      begun.push(name);
      inFlight.set(name, () => {
        inFlight.delete(name);
        resolve(reply);
      });
    });
  const send = taking(turns(limit), controller.signal)(next);
  return { send, begun, controller, inFlight, end: (name: string) => inFlight.get(name)?.() };
}

test('so many are in flight, the next leaves when one is back; a read goes before the changes that wait', async () => {
  const { send, begun, end, inFlight } = line(2);
  const all = [
    send(request('DELETE', 'one')),
    send(request('DELETE', 'two')),
    send(request('DELETE', 'three')),
    send(request('GET', 'look')),
  ];
  await settled();
  assert.deepEqual(begun, ['one', 'two']);
  end('one');
  await settled();
  assert.deepEqual([begun, inFlight.size], [['one', 'two', 'look'], 2]);
  end('two');
  await settled();
  assert.deepEqual(begun, ['one', 'two', 'look', 'three']);
  end('look');
  end('three');
  await Promise.all(all);
});

test('a change that waits when the user leaves is not sent, and says so; its turn goes to the next', async () => {
  const { send, begun, controller, end } = line(1);
  const first = send(request('DELETE', 'one'));
  const waiting = send(request('DELETE', 'two'));
  const read = send(request('GET', 'look'));
  await settled();
  controller.abort();
  end('one');
  await first;
  await settled();
  end('look');
  await read;
  await assert.rejects(
    waiting,
    (thrown: unknown) => thrown instanceof IpctlError && thrown.kind === 'signal' && thrown.details.fate === 'not-sent',
  );
  assert.deepEqual(begun, ['one', 'look']);
});
