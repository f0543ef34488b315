/** Logins of one command: alike and at once they are one, and a refused one is the last. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Reply, Request } from '../../src/domain/exchange.js';
import { logins } from '../../src/http/logins.js';

const login = (password: string): Request => ({
  method: 'POST',
  url: 'https://iam.example/tokens',
  body: { password },
  reads: true,
  confidential: true,
});
const answer = (status: number): Reply => ({ status, headers: {}, text: '', json: undefined });

/** Requests in the order sent; each is answered by hand. */
function service() {
  const sent: { readonly reply: (status: number) => void; readonly fail: () => void }[] = [];
  const layer = logins();
  // Each operation has a client of its own.
  const send = (request: Request): Promise<number | string> =>
    layer(
      () =>
        new Promise<Reply>((resolve, reject) => {
          sent.push({ reply: (status) => resolve(answer(status)), fail: () => reject(new Error('stopped')) });
        }),
    )(request).then(
      ({ status }) => status,
      (error: Error) => error.message,
    );
  return { sent, send };
}

test('those under way at once share one request; later ones send their own', async () => {
  const { sent, send } = service();
  const together = [send(login('good')), send(login('good')), send(login('another'))];
  assert.equal(sent.length, 2);
  sent[0]?.reply(201);
  sent[1]?.reply(201);
  assert.deepEqual(await Promise.all(together), [201, 201, 201]);
  const later = send(login('good'));
  assert.equal(sent.length, 3);
  sent[2]?.reply(503);
  assert.equal(await later, 503);
  void send(login('good'));
  assert.equal(sent.length, 4, 'a service in trouble has refused nobody');
});

test('a refused one is answered from memory; other credentials, and what is no login, are sent', async () => {
  const { sent, send } = service();
  const together = [send(login('wrong')), send(login('wrong'))];
  sent[0]?.reply(401);
  assert.deepEqual(await Promise.all(together), [401, 401]);
  assert.equal(await send(login('wrong')), 401);
  assert.equal(sent.length, 1);
  void send(login('right'));
  void send({ method: 'GET', url: 'https://iam.example/tokens' });
  void send({ method: 'GET', url: 'https://iam.example/tokens' });
  assert.equal(sent.length, 4);
});

test('one that was broken off says nothing to those that waited for it: each sends its own', async () => {
  const { sent, send } = service();
  const [first, second] = [send(login('good')), send(login('good'))];
  sent[0]?.fail();
  assert.equal(await first, 'stopped');
  await new Promise(setImmediate);
  assert.equal(sent.length, 2);
  sent[1]?.reply(201);
  assert.equal(await second, 201);
});
