/** What survives a process: locks, journal, tokens. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { IpctlError } from '../../src/domain/errors.js';
import type { JournalEvent } from '../../src/domain/journal.js';
import { privateDirectory } from '../../src/state/files.js';
import { journal, readJournal } from '../../src/state/journal.js';
import { withLock } from '../../src/state/locks.js';
import { fileTokens } from '../../src/state/tokens.js';
import { START, virtualClock } from '../support/clock.js';

async function inDirectory(work: (directory: string) => Promise<void>): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'ipctl-state-'));
  try {
    await work(join(root, 'state'));
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

const signal = new AbortController().signal;
const settings = { clock: virtualClock(), signal, pid: process.pid, isAlive: () => true };
const end = (operation: string): JournalEvent => ({
  event: 'end',
  at: '2026-01-15T10:00:00.000Z',
  operation,
  state: 'applied',
  result: null,
});

test('one holder at a time, and none is lost', async () => {
  await inDirectory(async (directory) => {
    const path = join(directory, 'a.lock');
    let inside = 0;
    let count = 0;
    const work = async (): Promise<void> => {
      inside += 1;
      assert.equal(inside, 1);
      await Promise.resolve();
      count += 1;
      inside -= 1;
    };
    // The clock does not wait, so the loop gives way to the others at each turn of real I/O.
    await Promise.all(
      Array.from({ length: 20 }, () => withLock(path, { ...settings, clock: { ...virtualClock(), now: () => START } }, work)),
    );
    assert.equal(count, 20);
    assert.ok(!existsSync(path));
  });
});

test('the lock of a dead process is broken, that of a living one is waited for', async () => {
  await inDirectory(async (directory) => {
    mkdirSync(directory, { recursive: true });
    const path = join(directory, 'a.lock');
    writeFileSync(path, '4242 abcdef');
    assert.equal(await withLock(path, { ...settings, isAlive: (pid) => pid !== 4242 }, async () => 'done'), 'done');
    writeFileSync(path, '4242 abcdef');
    await assert.rejects(
      withLock(path, { ...settings, clock: virtualClock() }, async () => 'never'),
      /held .* for 120 s/,
    );
    assert.ok(existsSync(path));
    assert.deepEqual(readdirSync(directory), ['a.lock']);
  });
});

test('a number that was given to another process since is no owner; one of the same birth is', async () => {
  await inDirectory(async (directory) => {
    mkdirSync(directory, { recursive: true });
    const path = join(directory, 'a.lock');
    const bornAt = async (): Promise<string> => '700';
    writeFileSync(path, '4242 600 abcdef');
    assert.equal(await withLock(path, { ...settings, bornAt }, async () => 'done'), 'done');
    for (const kept of ['4242 700 abcdef', '4242 - abcdef', '4242 abcdef']) {
      writeFileSync(path, kept);
      await assert.rejects(
        withLock(path, { ...settings, clock: virtualClock(), bornAt, patience: 500 }, async () => 'never'),
        /another ipctl has held/,
        kept,
      );
      assert.equal(readFileSync(path, 'utf8'), kept);
    }
    writeFileSync(path, '4242 600 abcdef');
    await assert.rejects(
      withLock(path, { ...settings, clock: virtualClock(), bornAt: async () => null, patience: 500 }, async () => 'never'),
      /another ipctl has held/,
      'nobody can tell: the number has to do',
    );
  });
});

test('a lock names its owner by number, birth and a token', async () => {
  await inDirectory(async (directory) => {
    const path = join(directory, 'a.lock');
    const births = existsSync('/proc/self/stat') ? '\\d+' : '-';
    await withLock(path, settings, async () => {
      assert.match(readFileSync(path, 'utf8'), new RegExp(`^${process.pid} ${births} [0-9a-f]{16}$`));
    });
  });
});

test('queueing for a lock ends when patience does, and nothing was sent', async () => {
  await inDirectory(async (directory) => {
    mkdirSync(directory, { recursive: true });
    const path = join(directory, 'a.lock');
    writeFileSync(path, '4242 abcdef');
    const clock = virtualClock();
    await assert.rejects(
      withLock(path, { ...settings, clock, patience: 3_000 }, async () => 'never'),
      (error: Error & { kind?: string; details?: { fate?: string } }) =>
        error.kind === 'temporary' && error.details?.fate === 'not-sent' && error.message.includes('for 3 s'),
    );
    assert.equal(clock.now() - START, 3_000);
  });
});

test('a lock is given back when the work fails', async () => {
  await inDirectory(async (directory) => {
    const path = join(directory, 'a.lock');
    await assert.rejects(
      withLock(path, settings, async () => {
        throw new Error('boom');
      }),
      /boom/,
    );
    assert.ok(!existsSync(path));
  });
});

test('events are appended, owner-only, one file a month, secrets masked', async () => {
  await inDirectory(async (directory) => {
    const record = journal(directory, (text) => text.replaceAll('s3cret', '****'));
    await record.append({
      event: 'end',
      at: '2026-01-15T10:00:00.000Z',
      operation: 'one',
      state: 'not-applied',
      result: 'refused: s3cret',
    });
    await record.append({ ...end('two'), at: '2026-02-01T00:00:00.000Z' });
    assert.deepEqual(readdirSync(join(directory, 'operations')).sort(), ['2026-01.jsonl', '2026-02.jsonl']);
    assert.equal(statSync(join(directory, 'operations', '2026-01.jsonl')).mode & 0o777, 0o600);
    assert.equal(statSync(join(directory, 'operations')).mode & 0o777, 0o700);
    assert.deepEqual(
      (await readJournal(directory)).map((event) => [event.operation, event.event === 'end' && event.result]),
      [
        ['one', 'refused: ****'],
        ['two', null],
      ],
    );
  });
});

test('a line half written by a killed process costs that line only', async () => {
  await inDirectory(async (directory) => {
    const record = journal(directory, (text) => text);
    await record.append(end('one'));
    appendFileSync(join(directory, 'operations', '2026-01.jsonl'), '{"event":"end","opera');
    await record.append(end('two'));
    assert.deepEqual(
      (await readJournal(directory)).map(({ operation }) => operation),
      ['one', 'two'],
    );
    assert.deepEqual(await readJournal(join(directory, 'nowhere')), []);
  });
});

test('claimed is what other operations made, until one gave it back', async () => {
  await inDirectory(async (directory) => {
    const record = journal(directory, (text) => text);
    const at = '2026-01-15T10:00:00.000Z';
    const made = (operation: string, address: string): JournalEvent => ({
      event: 'close',
      at,
      operation,
      step: 'allocate',
      state: 'applied',
      reply: null,
      candidates: [],
      made: [address],
    });
    await record.append(made('one', '192.0.2.1'));
    await record.append(made('two', '192.0.2.2'));
    await record.append(made('ours', '192.0.2.3'));
    const claimed = async (): Promise<readonly string[]> => [...((await record.claimed?.('ours')) ?? [])];
    assert.deepEqual(await claimed(), ['192.0.2.1', '192.0.2.2']);
    const begin = { event: 'begin', at, operation: 'three', verb: 'release', profile: 'p', provider: 'x', account: null, pid: 1 } as const;
    await record.append({ ...begin, intent: { ref: '192.0.2.1' }, flags: {}, subject: null });
    assert.deepEqual(await claimed(), ['192.0.2.1', '192.0.2.2'], 'under way');
    await record.append(end('three'));
    assert.deepEqual(await claimed(), ['192.0.2.2']);
    await record.append(made('four', '192.0.2.1'));
    assert.deepEqual(await claimed(), ['192.0.2.2', '192.0.2.1'], 'allocated again');
  });
});

test('a state directory that cannot be used is a matter of settings', async () => {
  await inDirectory(async (directory) => {
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, 'operations'), 'a file in the way');
    await assert.rejects(
      journal(directory, (text) => text).append(end('one')),
      (error: Error & { kind?: string }) => error.kind === 'config' && error.message.includes(directory),
    );
  });
});

test('tokens are kept by endpoint, user and scope, until they expire, for the owner alone', async () => {
  await inDirectory(async (directory) => {
    const clock = virtualClock();
    const tokens = fileTokens(directory, clock);
    await tokens.put('key', { token: 't' }, new Date(START + 1000));
    assert.deepEqual(await tokens.get('key'), { token: 't' });
    assert.equal(await tokens.get('other'), undefined);
    const [name = ''] = readdirSync(join(directory, 'tokens'));
    const path = join(directory, 'tokens', name);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.ok(!name.includes('key'));
    chmodSync(path, 0o644);
    assert.equal(await tokens.get('key'), undefined, 'a file that others may write is not trusted');
    chmodSync(path, 0o600);
    writeFileSync(path, 'garbage');
    assert.equal(await tokens.get('key'), undefined);
    await tokens.put('key', { token: 't' }, new Date(START + 1000));
    await clock.sleep(2000, signal);
    assert.equal(await tokens.get('key'), undefined, 'expired');
    for (const mode of ['600', '644']) {
      rmSync(path);
      // A pipe that nobody writes to must not be waited for.
      if (spawnSync('mkfifo', ['-m', mode, path]).status === 0) assert.equal(await tokens.get('key'), undefined);
    }
    await tokens.put('key', { token: 'u' }, new Date(START + 10_000));
    await tokens.drop('key');
    assert.equal(await tokens.get('key'), undefined);
  });
});

test('a place that takes no directories is refused, and not tried for ever', async (t) => {
  if (!existsSync('/proc/self')) return t.diagnostic('no /proc on this machine');
  await assert.rejects(privateDirectory('/proc/ipctl/state'), (error: unknown) => error instanceof IpctlError && error.kind === 'config');
  await inDirectory(async (directory) => {
    await privateDirectory(join(directory, 'a', 'b'));
    assert.equal(statSync(join(directory, 'a', 'b')).mode & 0o777, 0o700);
    writeFileSync(join(directory, 'file'), '');
    await assert.rejects(privateDirectory(join(directory, 'file')));
    await assert.rejects(privateDirectory(join(directory, 'file', 'below')));
  });
});

test('many at once make one directory', async () => {
  await inDirectory(async (directory) => {
    await Promise.all(Array.from({ length: 50 }, () => privateDirectory(join(directory, 'a', 'b', 'c'))));
    assert.ok(statSync(join(directory, 'a', 'b', 'c')).isDirectory());
  });
});
