/**
 * Lists of any length: what they need of memory, how much of them is asked for ahead of a slow reader, and that nothing is asked
 * for that nobody reads. 100,000 addresses in pages of 500. Times are told, not judged.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type Home, home } from '../support/ipctl.js';
import { type Neutron, type NeutronSettings, neutron } from '../support/neutron.js';

const bin = fileURLToPath(new URL('../../bin/ipctl.js', import.meta.url));
const MANY = 100_000;
const FEW = 10_000;
const PAGE = 500;

/** Preloaded into the command: what it needed at most, in KB, and how long it computed, in µs; told as it ends. */
const METER = `process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  require('node:fs').writeFileSync(process.env.METER_FILE, JSON.stringify([maxRSS, userCPUTime + systemCPUTime]));
});
`;

async function withCrowd<T>(
  settings: NeutronSettings,
  work: (cloud: Neutron, home: Home, env: Record<string, string>) => Promise<T>,
): Promise<T> {
  const cloud = await neutron(settings);
  const place = home();
  try {
    const options = Object.entries(cloud.options);
    const variables = options.map(([name, value]) => [`IPCTL_OPENSTACK_${name.replaceAll('-', '_').toUpperCase()}`, value]);
    return await work(cloud, place, { ...place.env, ...Object.fromEntries(variables), IPCTL_PROFILE: 'env:openstack' });
  } finally {
    place.remove();
    await cloud.close();
  }
}

interface Need {
  readonly lines: number;
  readonly megabytes: number;
  readonly seconds: number;
}

/** Lists `count` addresses. `heap`: MB of objects beyond which it would be ended. */
const needOf = (count: number, words: string, heap?: number): Promise<Need> =>
  withCrowd({ count }, async (_, { directory }, env) => {
    const [meter, told] = [join(directory, 'meter.cjs'), join(directory, 'meter.json')];
    writeFileSync(meter, METER);
    const bound = heap === undefined ? '' : ` --max-old-space-size=${heap} --max-semi-space-size=2`;
    const child = spawn(process.execPath, [bin, 'ip', 'list', ...words.split(' ')], {
      env: { ...env, NODE_OPTIONS: `--require=${meter}${bound}`, METER_FILE: told },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [lines, complaint] = [0, ''];
    child.stdout.on('data', (chunk: Buffer) => {
      for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines += 1;
    });
    child.stderr.on('data', (chunk: Buffer) => {
      complaint += chunk.toString();
    });
    const code = await new Promise((ended) => child.on('close', ended));
    assert.equal(code, 0, `${words}: ${complaint.slice(0, 500)}`);
    const [kilobytes, microseconds] = JSON.parse(readFileSync(told, 'utf8')) as [number, number];
    return { lines, megabytes: kilobytes / 1024, seconds: microseconds / 1e6 };
  });

describe('what a long list needs', () => {
  for (const [words, header] of [
    ['-o jsonl', 0],
    ['-o csv', 1],
  ] as const) {
    test(`${words}: no more memory for ${MANY} than for ${FEW}`, async (context) => {
      // Eager to collect, so that what is measured is what is held; all of the list at once would not fit by far.
      const few = await needOf(FEW, words, 40);
      const many = await needOf(MANY, words, 40);
      const told = `${few.megabytes.toFixed(0)} and ${many.megabytes.toFixed(0)} MB`;
      context.diagnostic(`${told}; ${(many.seconds / few.seconds).toFixed(1)} times the processor's time for ten times the addresses`);
      assert.deepEqual([few.lines, many.lines], [FEW + header, MANY + header]);
      assert.ok(many.megabytes < few.megabytes + 24, told);
    });
  }

  for (const [words, lines] of [
    ['-o json', undefined],
    ['-o table', MANY + 1],
    ['-o csv --sort -address', MANY + 1],
    ['-o jsonl --sort server,address', MANY],
    ['-o value -c address', MANY],
  ] as const) {
    test(`${words}: all of it is held, in less than 300 MB`, async (context) => {
      const few = await needOf(FEW, words);
      const many = await needOf(MANY, words);
      context.diagnostic(
        `${many.megabytes.toFixed(0)} MB; ${(many.seconds / few.seconds).toFixed(1)} times the time for ten times as many`,
      );
      if (lines !== undefined) assert.equal(many.lines, lines);
      assert.ok(many.megabytes < 300, `${many.megabytes} MB`);
      // Ten times as much for ten times as many; a hundred where each row is compared with each.
      assert.ok(many.seconds < 30 * few.seconds, `${few.seconds} s for ${FEW}, ${many.seconds} s for ${MANY}`);
    });
  }
});

describe('what nobody reads is not asked for', () => {
  for (const words of ['-o jsonl', '-o csv -c id,address,description,network']) {
    test(`${words} | head -1: the paging stops`, () =>
      withCrowd({ count: MANY }, async (cloud, _, env) => {
        const child = spawn('bash', ['-c', `"$0" "$1" ip list ${words} | head -1; exit "\${PIPESTATUS[0]}"`, process.execPath, bin], {
          env,
        });
        let [out, complaint] = ['', ''];
        child.stdout.on('data', (chunk: Buffer) => {
          out += chunk.toString();
        });
        child.stderr.on('data', (chunk: Buffer) => {
          complaint += chunk.toString();
        });
        const code = await new Promise((ended) => child.on('close', ended));
        assert.deepEqual([code, complaint], [141, '']);
        assert.match(out, /^.+\n$/);
        // A pipe takes 64 KB before its writer learns anything, and head may be late to leave.
        assert.ok(cloud.pages() < 20, `${cloud.pages()} pages of ${MANY / PAGE}`);
      }));
  }

  test('--limit: one page, and no longer than it has to be', () =>
    withCrowd({ count: MANY }, async (cloud, { ipctl }, env) => {
      const { code, stdout } = await ipctl(['ip', 'list', '--limit', '3', '-o', 'value', '-c', 'address'], { env });
      assert.deepEqual([code, stdout, cloud.pages()], [0, '10.0.0.0\n10.0.0.1\n10.0.0.2\n', 1]);
    }));

  test('a slow reader is waited for', async (context) => {
    const count = 20_000;
    const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
    let [read, ahead] = [0, 0];
    const page = (first: number): undefined => {
      ahead = Math.max(ahead, first - read);
    };
    await withCrowd({ count, page }, async (_, __, env) => {
      const child = spawn(process.execPath, [bin, 'ip', 'list', '-o', 'jsonl'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
      const ended = new Promise((resolve) => child.on('close', resolve));
      for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
        for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) read += 1;
        // The server and the command go on meanwhile.
        for (let turns = 0; turns < 500; turns += 1) await turn();
      }
      assert.deepEqual([await ended, read], [0, count]);
    });
    context.diagnostic(`at most ${ahead} addresses were fetched and not read`);
    // A line has 700 bytes: what a pipe and a chunk hold is less than two pages.
    assert.ok(ahead < 3 * PAGE, `${ahead} addresses ahead of their reader`);
  });
});
