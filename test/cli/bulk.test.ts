/** Several targets at once: no more in flight than asked for, results in the order asked for, and every failure told. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { dialects } from '../../src/sandbox/dialects.js';
import { start } from '../../src/sandbox/server.js';
import { aimed, withCloud } from '../support/cloud.js';
import { withHome } from '../support/ipctl.js';

const COUNT = 8;

interface Gate {
  readonly origin: string;
  readonly connections: () => number;
  readonly peak: () => number;
  close(): Promise<void>;
}

/** Between ipctl and a cloud: requests wait here until `expected` are in flight, or until no more can come. */
async function gate(origin: string, holds: (method: string, path: string) => boolean, expected: number): Promise<Gate> {
  const waiting: (() => void)[] = [];
  let [peak, connections, inFlight, passed] = [0, 0, 0, 0];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      const { method = '', url = '', headers } = request;
      const held = holds(method, url);
      if (held) {
        inFlight += 1;
        peak = Math.max(peak, inFlight);
        await new Promise<void>((resolve) => {
          waiting.push(resolve);
          if (waiting.length >= expected || passed + waiting.length >= COUNT) {
            passed += waiting.length;
            for (const release of waiting.splice(0)) release();
          }
        });
      }
      const body = chunks.length === 0 ? {} : { body: Buffer.concat(chunks) };
      const reply = await fetch(`${origin}${url}`, { method, headers: onward(headers), ...body });
      const text = await reply.text();
      if (held) inFlight -= 1;
      response.writeHead(reply.status, { 'content-type': reply.headers.get('content-type') ?? 'text/plain' });
      response.end(text);
    });
  });
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections: () => connections,
    peak: () => peak,
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

const onward = (headers: NodeJS.Dict<string | string[]>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      typeof value === 'string' && !/^(host|connection|content-length|transfer-encoding|keep-alive)$/.test(name) ? [[name, value]] : [],
    ),
  );

for (const parallel of [1, 4, 8]) {
  test(`--parallel ${parallel}: as many releases in flight and no more, on connections that are kept`, async () => {
    const sandbox = await start(await dialects.hostway(), {});
    const through = await gate(sandbox.origin, (method) => method === 'DELETE', parallel);
    try {
      await withHome(async (home) => {
        const direct = aimed(home, 'hostway', sandbox.options);
        const made = await direct(['ip', 'allocate', '--count', String(COUNT), '-o', 'value', '-c', 'address']);
        assert.equal(made.code, 0, made.stderr);
        const addresses = made.stdout.trim().split('\n').reverse();
        assert.equal(addresses.length, COUNT);
        const options = Object.fromEntries(
          Object.entries(sandbox.options).map(([name, value]) => [name, value.replace(sandbox.origin, through.origin)]),
        );
        const words = ['ip', 'release', '--yes', '--parallel', String(parallel), ...addresses, '-o', 'json'];
        const { code, stdout, stderr } = await aimed(home, 'hostway', options)(words);
        assert.equal(code, 0, stderr);
        const results = JSON.parse(stdout) as { changed: boolean; ip: { address: string } }[];
        assert.deepEqual(results.map(({ ip }) => ip.address).sort(), [...addresses].sort());
        assert.equal(through.peak(), parallel);
        // Each target's reads go side by side: two connections each at most, however many requests.
        assert.ok(through.connections() <= 2 * parallel + 1, `${through.connections()} connections`);
      });
    } finally {
      await through.close();
      await sandbox.close();
    }
  });
}

test('jsonl tells the results in the order asked for, the failed ones in their places', async () => {
  await withCloud('hostway', {}, async ({ ipctl }) => {
    const made = await ipctl(['ip', 'allocate', '--count', '3', '-o', 'value', '-c', 'address']);
    const [one = '', two = '', three = ''] = made.stdout.trim().split('\n');
    const asked = [three, '198.51.100.254', one, two];
    const { code, stdout, stderr } = await ipctl(['ip', 'release', '--yes', '--parallel', '4', '-o', 'jsonl', ...asked]);
    assert.equal(code, 9, stderr);
    const results = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { ip: { address: string } | null; error: { kind: string; target: string } | null });
    assert.deepEqual(
      results.map(({ ip, error }) => ip?.address ?? `${error?.kind} ${error?.target}`),
      [three, 'not-found 198.51.100.254', one, two],
    );
  });
});
