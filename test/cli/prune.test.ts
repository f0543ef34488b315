/** `operation prune`: what is settled goes, what can be gone on with and what is still of use stays, whoever else writes meanwhile. */
import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { journal, pruneJournal, readJournal } from '../../src/state/journal.js';
import { type Home, withHome } from '../support/ipctl.js';

const p = ['-p', 'sandbox-hostway'];

async function ok({ ipctl }: Home, words: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await ipctl(words);
  assert.equal(code, 0, `${words.join(' ')}: ${stderr}`);
  return stdout;
}

const idsIn = async (home: Home): Promise<string[]> =>
  (await ok(home, ['operation', 'list', '-o', 'value', '-c', 'id'])).split('\n').filter(Boolean);
const allocate = async (home: Home, ...more: readonly string[]): Promise<string> =>
  (await ok(home, [...p, 'ip', 'allocate', ...more, '-o', 'value', '-c', 'operation'])).trim();

/** Puts an operation of long ago into the record. */
function recordedLongAgo({ env }: Home, id: string, state: string | null): void {
  const directory = join(env.XDG_STATE_HOME ?? '', 'ipctl', 'operations');
  mkdirSync(directory, { recursive: true });
  const common = { at: '2020-02-03T04:05:06.000Z', operation: id };
  const begin = {
    event: 'begin',
    ...common,
    verb: 'associate',
    profile: 'p',
    provider: 'hostway',
    account: null,
    pid: 2 ** 22 + 1,
    intent: {},
    flags: {},
    subject: null,
  };
  const end = state === null ? [] : [{ event: 'end', ...common, state, result: null }];
  appendFileSync(join(directory, '2020-02.jsonl'), [begin, ...end].map((event) => `\n${JSON.stringify(event)}\n`).join(''));
}

test('by default what began more than ninety days ago; --older-than another age, --settled any', () =>
  withHome(async (home) => {
    for (const state of ['applied', 'not-applied', 'not-sent', 'partial', 'unknown', null]) recordedLongAgo(home, `old-${state}`, state);
    const recent = await allocate(home);
    const asked = await home.ipctl(['operation', 'prune']);
    assert.deepEqual([asked.code, asked.stdout], [13, ''], asked.stderr);
    assert.match(asked.stderr, /Remove the records of 3 settled operations/);
    assert.equal((await idsIn(home)).length, 7, 'not agreed to');
    assert.equal(await ok(home, ['operation', 'prune', '--yes', '--older-than', '9999w']), '0 removed, 7 kept\n');
    assert.equal(await ok(home, ['operation', 'prune', '--yes']), '3 removed, 4 kept\n');
    assert.deepEqual((await idsIn(home)).sort(), [recent, 'old-null', 'old-partial', 'old-unknown'].sort());
    assert.equal(await ok(home, ['operation', 'prune', '--settled', '--older-than', '1d', '--yes']), '0 removed, 4 kept\n');
    const gone = JSON.parse(await ok(home, ['operation', 'prune', '--settled', '--yes', '-o', 'json'])) as { id: string }[];
    assert.deepEqual(
      gone.map(({ id }) => id),
      [recent],
    );
    assert.equal((await home.ipctl(['operation', 'prune', '--older-than', 'long'])).code, 2);
  }));

test('what a key is known by stays until its address is given back; then both go', () =>
  withHome(async (home) => {
    const keyed = await allocate(home, '--key', 'web');
    assert.equal(await ok(home, ['operation', 'prune', '--settled', '--yes']), '0 removed, 1 kept\n');
    assert.deepEqual(await idsIn(home), [keyed]);
    const address = (await ok(home, [...p, 'ip', 'list', '-o', 'value', '-c', 'address'])).trim();
    await ok(home, [...p, 'ip', 'release', address, '--yes']);
    assert.equal(await ok(home, ['operation', 'prune', '--settled', '--yes']), '2 removed, 0 kept\n');
  }));

test('while an allocation is not settled, what was allocated since stays: else it would look like its own', () =>
  withHome(async (home) => {
    const before = await allocate(home);
    const lost = await home.ipctl([...p, 'ip', 'allocate', '--fault', 'POST /os-floating-ips: drop after commit x1', '--timeout', '2s']);
    assert.equal(lost.code, 12, lost.stderr);
    await allocate(home);
    assert.equal(await ok(home, ['operation', 'prune', '--settled', '--yes']), '1 removed, 2 kept\n');
    assert.ok(!(await idsIn(home)).includes(before));
    const [id = ''] = await idsIn(home);
    const { code, stderr } = await home.ipctl(['operation', 'resume', id, '--timeout', '2s']);
    assert.equal(code, 12);
    assert.match(stderr, /new since then: \S+\n/, 'one candidate');
  }));

function withState(work: (state: string, file: string) => Promise<void>): Promise<void> {
  const state = mkdtempSync(join(tmpdir(), 'ipctl-prune-'));
  mkdirSync(join(state, 'operations'));
  return work(state, join(state, 'operations', '2026-01.jsonl')).finally(() => rmSync(state, { recursive: true }));
}
const event = (operation: string, at: string) => ({
  event: 'end' as const,
  at: `2026-01-01T00:00:${at}.000Z`,
  operation,
  state: 'applied' as const,
  result: null,
});

test('a line that a killed process left half written is passed over, and lost to nobody else', () =>
  withState(async (state, file) => {
    const { append } = journal(state, (text) => text);
    await append(event('a', '01'));
    appendFileSync(file, '\n{"event":"end","operation":"b"');
    await append(event('c', '02'));
    await pruneJournal(state, new Set(['a']));
    assert.deepEqual(
      (await readJournal(state)).map(({ operation }) => operation),
      ['c'],
    );
  }));

test('what many write while the file is replaced again and again is all there, once', () =>
  withState(async (state) => {
    const { append } = journal(state, (text) => text);
    const names = Array.from({ length: 40 }, (_, index) => `k${index}`);
    for (const [index] of names.entries()) await append(event(`x${index}`, '01'));
    const prunes = async (): Promise<void> => {
      for (const [index] of names.entries()) await pruneJournal(state, new Set([`x${index}`]));
    };
    await Promise.all([prunes(), ...names.map((name) => append(event(name, '02')))]);
    assert.deepEqual((await readJournal(state)).map(({ operation }) => operation).sort(), [...names].sort());
    assert.deepEqual(readdirSync(join(state, 'operations')), ['2026-01.jsonl'], 'nothing is left aside');
  }));

test('killed in the middle nothing is lost: what was set aside is read too, each line once', () =>
  withState(async (state, file) => {
    await journal(state, (text) => text).append(event('a', '01'));
    writeFileSync(join(state, 'operations', '2026-01-0123.jsonl'), `${readFileSync(file, 'utf8')}${JSON.stringify(event('b', '02'))}\n`);
    assert.deepEqual(
      (await readJournal(state)).map(({ operation }) => operation),
      ['a', 'b'],
    );
    await pruneJournal(state, new Set(['a', 'b']));
    assert.deepEqual([await readJournal(state), readdirSync(join(state, 'operations'))], [[], []]);
  }));
