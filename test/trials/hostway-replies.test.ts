/** Replies of Hostway that a sandbox does not give, and places where its credentials must not go, with the real binary. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { aimed, withCloud } from '../support/cloud.js';
import { withHome } from '../support/ipctl.js';
import { type Exchange, play } from '../support/script.js';
import { AT_ONCE, associate, errorOf, IP, ONE } from './hostway-row.js';

const refusals: readonly (readonly [string, Exchange['reply']])[] = [
  [
    'text',
    { status: 401, headers: { 'content-type': 'text/plain; charset=UTF-8' }, body: '401 Unauthorized\r\n\r\nThis server could not …' },
  ],
  [
    'HTML',
    {
      status: 401,
      headers: { 'content-type': 'text/html' },
      body: '<html><title>401 Unauthorized</title><h1>401 Unauthorized</h1></html>',
    },
  ],
  ['HTML that says it is JSON', { status: 401, headers: { 'content-type': 'application/json' }, body: '<h1>401 Unauthorized</h1>' }],
];

test('hostway: a 401 is the same sentence as text and as HTML', async () => {
  for (const [form, reply] of refusals) {
    const script = await play(() => [{ source: form, request: { line: 'GET /os-floating-ips' }, reply }]);
    await withHome(async (home) => {
      const ipctl = aimed(home, 'hostway', { endpoint: script.origin, username: 'demo', password: 'wrong-password' });
      const ran = await ipctl(['ip', 'list', '-c', 'address']);
      assert.deepEqual(
        [ran.code, ran.stdout, ran.stderr],
        [
          4,
          '',
          'ipctl: Hostway does not accept the user name or the password (hostway 401)\n  check username and password of the profile\n',
        ],
        form,
      );
    });
    await script.end();
  }
});

const server = { server: { id: ONE, name: 'web-1', status: 'ACTIVE', addresses: {} } };
const shown = { floating_ip: [{ ip: IP, instance_id: null, fixed_ip: null, links: [], pool: 'default' }] };
const fault = (name: string, code: number, message: string) => ({ [name]: { message, code, details: '' } });

interface Told {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** A server that answers each line with what is left of its list, in whatever order the lines come. */
async function answering(lines: Readonly<Record<string, readonly Told[]>>, work: (origin: string) => Promise<void>): Promise<void> {
  const left = new Map(Object.entries(lines).map(([line, replies]) => [line, [...replies]]));
  const strange: string[] = [];
  const listener = createServer((request, response) => {
    const line = `${request.method} ${request.url}`;
    const told = left.get(line)?.shift();
    if (told === undefined) strange.push(line);
    response.writeHead(told?.status ?? 418, { 'content-type': 'application/json', ...told?.headers });
    response.end(told?.body === undefined ? '' : JSON.stringify(told.body));
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  try {
    await work(`http://127.0.0.1:${(listener.address() as AddressInfo).port}`);
    assert.deepEqual(strange, []);
    assert.deepEqual(
      [...left].flatMap(([line, replies]) => replies.map(() => line)),
      [],
    );
  } finally {
    listener.closeAllConnections();
    await new Promise<void>((resolve) => listener.close(() => resolve()));
  }
}

test('hostway: 400 and 404 on associate are about the server or about the address, and the address itself tells', async () => {
  const held: Told = { status: 200, body: shown };
  const cases: readonly (readonly [Told, Told, RegExp])[] = [
    [
      { status: 400, body: fault('badRequest', 400, 'Server Not Found') },
      held,
      /^profile .*\nipctl: Server Not Found \(hostway 400 badRequest\)\n/,
    ],
    [{ status: 400 }, held, /^profile .*\nipctl: Hostway answered 400 without a word \(hostway 400\)\n/],
    [
      { status: 400, body: fault('badRequest', 400, 'IP address not found') },
      { status: 404 },
      /^profile .*\nipctl: no floating IP '198\.51\.100\.10' in profile env:hostway\n/,
    ],
    [{ status: 404, body: fault('itemNotFound', 404, 'Resource not found') }, { status: 404 }, /^profile .*\nipctl: no floating IP /],
    [
      { status: 404, body: fault('itemNotFound', 404, 'Resource not found') },
      held,
      /^profile .*\nipctl: Resource not found \(hostway 404 itemNotFound\)\n/,
    ],
  ];
  for (const [refusal, after, message] of cases) {
    const lines = {
      [`GET /os-floating-ips/${IP}`]: [held, after],
      [`GET /servers/${ONE}`]: [{ status: 200, body: server }],
      [`POST /servers/${ONE}/action`]: [refusal],
    };
    await answering(lines, (origin) =>
      withHome(async (home) => {
        const ran = await aimed(home, 'hostway', { endpoint: origin, username: 'demo', password: 'long-secret' })(associate);
        assert.deepEqual([ran.code, ran.stdout], [3, ''], ran.stderr);
        assert.match(ran.stderr, message);
      }),
    );
  }
});

test('hostway: a pace that asks for more time than there is ends at once, safe to repeat', () => {
  const slow: Told = { status: 413, headers: { 'retry-after': '60' }, body: fault('overLimit', 413, 'Too many requests') };
  const lines = { 'GET /os-floating-ips': [{ status: 200, body: { floating_ips: [] } }], 'POST /os-floating-ips': [slow] };
  return answering(lines, (origin) =>
    withHome(async (home) => {
      const ipctl = aimed(home, 'hostway', { endpoint: origin, username: 'demo', password: 'long-secret' });
      const ran = await ipctl(['ip', 'allocate', '--timeout', '30s', '-o', 'json']);
      assert.deepEqual([ran.code, ran.stdout], [5, ''], ran.stderr);
      const error = errorOf(ran);
      assert.deepEqual(
        [error?.message, error?.retryable, error?.operation?.state],
        ['Too many requests (hostway 413 overLimit)', true, 'not-applied'],
      );
    }),
  );
});

test('hostway: a change that is redirected is not followed', () =>
  answering(
    { 'GET /os-floating-ips': [{ status: 200, body: { floating_ips: [] } }], 'POST /os-floating-ips': [{ status: 303 }] },
    (origin) =>
      withHome(async (home) => {
        const ran = await aimed(home, 'hostway', { endpoint: origin, username: 'demo', password: 'long-secret' })(['ip', 'allocate']);
        assert.deepEqual([ran.code, ran.stdout], [1, ''], ran.stderr);
        assert.match(ran.stderr, /hostway 303/);
      }),
  ));

test('hostway: plain http to another machine is refused, unless the user asks for it', () =>
  withCloud('hostway', { knobs: AT_ONCE }, async ({ sandbox, ipctl }) => {
    // Leads to this machine by a name that is not known as loopback.
    const endpoint = sandbox.origin.replace('127.0.0.1', '0.0.0.0');
    const refused = await ipctl(['ip', 'list', '-c', 'address'], { env: { IPCTL_HOSTWAY_ENDPOINT: endpoint } });
    assert.deepEqual([refused.code, refused.stdout], [14, ''], refused.stderr);
    assert.match(
      refused.stderr,
      /^ipctl: plain http to 0\.0\.0\.0:\d+ would show the credentials to the network\n {2}use https, or set the insecure-http option/,
    );
    assert.deepEqual(sandbox.journal(), []);
    const env = { IPCTL_HOSTWAY_ENDPOINT: endpoint, IPCTL_HOSTWAY_INSECURE_HTTP: 'true' };
    const allowed = await ipctl(['ip', 'list', '-c', 'address', '-o', 'json'], { env });
    assert.deepEqual([allowed.code, allowed.stdout], [0, '[]\n'], allowed.stderr);
  }));
