/** Several targets at once: no more in flight than asked for, results in the order asked for, and every failure told. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { dialects } from '../../src/sandbox/dialects.js';
import { start } from '../../src/sandbox/server.js';
import { aimed, withCloud } from '../support/cloud.js';
import { type Home, withHome } from '../support/ipctl.js';
import { relay } from '../trials/support/relay.js';

const COUNT = 8;

interface Gate {
  readonly origin: string;
  readonly connections: () => number;
  /** Of the requests that were held. */
  readonly peak: () => number;
  /** Of all requests. */
  readonly all: () => number;
  close(): Promise<void>;
}

/** Between ipctl and a cloud: requests wait here until `expected` are in flight, or until no more can come. */
async function gate(origin: string, holds: (method: string, path: string) => boolean, expected: number): Promise<Gate> {
  const waiting: (() => void)[] = [];
  let [peak, connections, inFlight, passed, here, all] = [0, 0, 0, 0, 0, 0];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      const { method = '', url = '', headers } = request;
      const held = holds(method, url);
      here += 1;
      all = Math.max(all, here);
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
      here -= 1;
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
    all: () => all,
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
        assert.deepEqual(
          results.map(({ ip }) => ip.address),
          addresses,
        );
        assert.equal(through.peak(), parallel);
        // The number bounds requests, those of reads among them; a connection is free again a moment after its answer is here.
        assert.equal(through.all(), parallel);
        assert.ok(through.connections() <= 2 * parallel, `${through.connections()} connections`);
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

test('what shows that an address is gone was read after its deletion was answered, by looks that several share', async () => {
  await withCloud('openstack', { knobs: { lingeringDelete: 2 } }, async ({ ipctl, sandbox }) => {
    const made = await ipctl(['ip', 'allocate', '--count', '12', '-o', 'value', '-c', 'id']);
    const ids = made.stdout.trim().split('\n');
    assert.equal(ids.length, 12, made.stderr);
    const before = sandbox.journal().length;
    const { code, stdout, stderr } = await ipctl(['ip', 'release', '--yes', '--parallel', '3', '-o', 'json', ...ids]);
    assert.equal(code, 0, stderr);
    assert.ok((JSON.parse(stdout) as { changed: boolean }[]).every(({ changed }) => changed));
    const asked = sandbox.journal().slice(before);
    const deleted = new Set<string>();
    const looked = new Map<string, number>();
    for (const { method, path } of asked) {
      const url = new URL(path, sandbox.origin);
      const one = url.pathname.split('/').at(-1) ?? '';
      if (method === 'DELETE') deleted.add(one);
      // The reads that find them come before the first deletion, and ask by id as well.
      if (method !== 'GET' || deleted.size === 0) continue;
      for (const id of ids.includes(one) ? [one] : url.searchParams.getAll('id')) {
        assert.ok(deleted.has(id), `${id} was looked at before it was deleted`);
        looked.set(id, (looked.get(id) ?? 0) + 1);
      }
    }
    // Still shown by the first look, none was taken for gone by it.
    assert.deepEqual(
      [...looked.values()].filter((count) => count < 2),
      [],
      JSON.stringify([...looked]),
    );
    assert.equal(looked.size, ids.length);
    assert.ok(asked.length < 3 * ids.length, `${asked.length} requests`);
  });
});

test('off a terminal several are refused by one error that names --yes, once all are found and checked', async () => {
  await withCloud('openstack', {}, async ({ ipctl, sandbox }) => {
    const made = await ipctl(['ip', 'allocate', '--count', '2', '-o', 'value', '-c', 'address']);
    const free = made.stdout.trim().split('\n');
    const held = (await ipctl(['ip', 'allocate', '--server', 'web-1', '-o', 'value', '-c', 'address'])).stdout.trim();
    const refused = await ipctl(['ip', 'release', ...free, held, '203.0.113.250', '-o', 'json']);
    assert.deepEqual([refused.code, refused.stdout], [13, '']);
    const { error } = JSON.parse(refused.stderr) as { error: { kind: string; message: string; hint: string; operation: unknown } };
    assert.equal(error.message, 'not confirmed: Release 2 floating IPs of profile env:openstack (OpenStack)?');
    assert.match(error.hint, /--yes/);
    assert.deepEqual(error.operation, { id: null, state: 'not-sent' });
    // Nothing is left to ask about: each says why.
    const none = await ipctl(['ip', 'release', held, '203.0.113.250', '-o', 'jsonl']);
    assert.equal(none.code, 9, none.stderr);
    const results = none.stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { error: { kind: string } }).error.kind);
    assert.deepEqual(results, ['conflict', 'not-found']);
    const missing = await ipctl(['ip', 'release', '203.0.113.250', '203.0.113.251']);
    assert.deepEqual([missing.code, missing.stdout], [3, '']);
    assert.ok(sandbox.journal().every(({ method }) => method !== 'DELETE'));
    const some = await ipctl(['ip', 'release', '--yes', ...free, held, '203.0.113.250', '-o', 'jsonl']);
    assert.equal(some.code, 9);
    assert.deepEqual(
      some.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { ip: { address: string } | null; error: { kind: string } | null })
        .map(({ ip, error }) => ip?.address ?? error?.kind),
      [...free, 'conflict', 'not-found'],
    );
  });
});

test('where no condition goes with a release, each is guarded by a look of its own when its turn has come', async () => {
  const sandbox = await start(await dialects.hostway(), {});
  const between = await relay();
  const work = async (home: Home): Promise<void> => {
    const ipctl = aimed(home, 'hostway', sandbox.options);
    const made = await ipctl(['ip', 'allocate', '--count', '6', '-o', 'value', '-c', 'address']);
    const addresses = made.stdout.trim().split('\n');
    const last = addresses.at(-1) ?? '';
    let first = true;
    between.treat(async ({ method }, pass) => {
      if (method === 'DELETE' && first) {
        first = false;
        const { code, stderr } = await ipctl(['ip', 'associate', last, '--server', 'web-2']);
        assert.equal(code, 0, stderr);
      }
      return pass();
    });
    const through = aimed(home, 'hostway', between.through(sandbox.options));
    const { code, stdout } = await through(['ip', 'release', ...addresses, '--yes', '--parallel', '1', '-o', 'jsonl']);
    assert.equal(code, 9, stdout);
    const results = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { changed: boolean; error: { kind: string } | null });
    assert.deepEqual(
      results.map(({ changed, error }) => error?.kind ?? changed),
      [true, true, true, true, true, 'conflict'],
    );
    assert.equal((await ipctl(['ip', 'show', last, '-o', 'value', '-c', 'server'])).stdout, 'web-2\n');
  };
  try {
    await withHome(work);
  } finally {
    await between.close();
    await sandbox.close();
  }
});

for (const provider of ['openstack', 'hostway', 'nova', 'otc', 'rackspace'] as const)
  test(`${provider}: who comes second to release finds what was wanted under --if-exists, and nothing without`, async () => {
    const sandbox = await start(await dialects[provider](), {});
    const between = await relay();
    try {
      await withHome(async (home) => {
        const direct = aimed(home, provider, sandbox.options);
        const through = aimed(home, provider, between.through(sandbox.options));
        const more = { otc: ['--otc-bandwidth-size', '5'], rackspace: ['--server', 'web-1', '--server', 'web-2'] };
        for (const [flags, many] of [
          [['--if-exists'], false],
          [['--if-exists'], true],
          [[], false],
        ] as const) {
          const words = ['ip', 'allocate', ...(provider in more ? more[provider as keyof typeof more] : []), '-o', 'value', '-c', 'id'];
          const made = await direct(words);
          assert.equal(made.code, 0, made.stderr);
          const id = made.stdout.trim();
          if (provider === 'rackspace') assert.equal((await direct(['ip', 'disassociate', id])).code, 0);
          let first = true;
          between.treat(async ({ method }, pass) => {
            if (method === 'DELETE' && first) {
              first = false;
              const { code, stderr } = await direct(['ip', 'release', id, '--yes']);
              assert.equal(code, 0, stderr);
            }
            return pass();
          });
          const release = ['ip', 'release', id, ...(many ? ['203.0.113.250'] : []), ...flags, '--yes', '-o', 'jsonl'];
          const { code, stdout, stderr } = await through(release);
          assert.ok(!first, 'somebody else was first');
          if (flags.length === 0) assert.deepEqual([code, stdout], [3, ''], stderr);
          else {
            assert.equal(code, 0, stderr);
            const { changed, operation } = JSON.parse(stdout.split('\n')[0] ?? '') as Record<string, unknown>;
            assert.deepEqual([changed, operation], [false, null]);
          }
        }
      });
    } finally {
      await between.close();
      await sandbox.close();
    }
  });
