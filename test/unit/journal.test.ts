/** The record under many operations at once: they share the disk, and each is on it before it goes on. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { isIpctlError } from '../../src/domain/errors.js';
import type { JournalEvent } from '../../src/domain/journal.js';
import { journal, readJournal } from '../../src/state/journal.js';

const end = (operation: string, month = '01'): JournalEvent => ({
  event: 'end',
  at: `2026-${month}-15T10:00:00.000Z`,
  operation,
  state: 'applied',
  result: null,
});

async function inDirectory(work: (directory: string) => Promise<void>): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'ipctl-journal-'));
  try {
    await work(root);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

test('events of one moment stand in the order given, each written when its promise resolves, in the file of its month', async () => {
  await inDirectory(async (directory) => {
    const record = journal(directory, (text) => text);
    const names = Array.from({ length: 40 }, (_, index) => `operation-${index}`);
    await Promise.all(
      names.map(async (name, index) => {
        const month = index % 2 === 0 ? '01' : '02';
        await record.append(end(name, month));
        assert.match(readFileSync(join(directory, 'operations', `2026-${month}.jsonl`), 'utf8'), new RegExp(`"${name}"`));
      }),
    );
    const kept = (await readJournal(directory)).map(({ operation }) => operation);
    assert.deepEqual(kept, [...names.filter((_, index) => index % 2 === 0), ...names.filter((_, index) => index % 2 === 1)]);
  });
});

test('what cannot be written is refused to each that waits, and later ones are tried anew', async () => {
  await inDirectory(async (directory) => {
    const inTheWay = join(directory, 'operations');
    writeFileSync(inTheWay, 'a file');
    const record = journal(directory, (text) => text);
    const outcomes = await Promise.allSettled([record.append(end('one')), record.append(end('two')), record.append(end('three'))]);
    assert.deepEqual(
      outcomes.map((outcome) => outcome.status === 'rejected' && isIpctlError(outcome.reason) && outcome.reason.kind),
      ['config', 'config', 'config'],
    );
    rmSync(inTheWay);
    await record.append(end('four'));
    assert.deepEqual(
      (await readJournal(directory)).map(({ operation }) => operation),
      ['four'],
    );
  });
});

test('what was released by its id is not claimed any more, nor is another cloud’s of the same id taken for it', async () => {
  await inDirectory(async (directory) => {
    const record = journal(directory, (text) => text);
    const at = '2026-01-15T10:00:00.000Z';
    const begin = async (operation: string, verb: string, profile: string, ref?: string): Promise<void> =>
      record.append({
        event: 'begin',
        at,
        operation,
        verb,
        profile,
        provider: 'acme',
        account: null,
        pid: 1,
        intent: ref === undefined ? {} : { ref },
        flags: {},
        subject: ref === undefined ? null : { id: ref, createdAt: null, holders: [] },
      });
    const close = { event: 'close', at, step: 'allocate', state: 'applied', reply: null, candidates: [] } as const;
    await begin('one', 'allocate', 'east');
    await record.append({ ...close, operation: 'one', made: ['192.0.2.1', '192.0.2.2'], ids: ['1', '2'] });
    await begin('two', 'allocate', 'west');
    await record.append({ ...close, operation: 'two', made: ['198.51.100.1'], ids: ['1'] });
    const claimed = async (): Promise<readonly string[]> => [...((await record.claimed?.('ours')) ?? [])];
    await begin('three', 'release', 'east', '1');
    assert.deepEqual(await claimed(), ['192.0.2.1', '192.0.2.2', '198.51.100.1'], 'under way');
    await record.append(end('three'));
    assert.deepEqual(await claimed(), ['192.0.2.2', '198.51.100.1']);
  });
});
