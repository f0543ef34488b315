/** What a person reads while and after a command works: the line at the foot, the error, the table, the hint. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { follow } from '../support/transcript.js';
import { type Desk, withDesk } from './golden/screen.js';

const lostOne = (when: 'before' | 'after'): readonly string[] => [
  ...['-p', 'sandbox-hostway', '--fault', `POST /os-floating-ips: drop ${when} commit x1`],
  ...['ip', 'allocate'],
];
const ESC = String.fromCharCode(27);
const lines = (text: string): string[] => text.trimEnd().split('\n');

test('while a lost answer is looked for, a terminal shows for how long, on one line that is gone at the end', () =>
  withDesk(async ({ ipctl }) => {
    const words = [...lostOne('before'), '--timeout', '12s'];
    const { stderr, code } = await ipctl(words, { columns: 100, env: { NO_COLOR: '1' } });
    assert.notEqual(code, 0);
    assert.match(stderr, /\r.\[Kthe answer was lost; looking whether it took effect, 0 s of 12 s\r/u);
    assert.match(stderr, /looking whether it took effect, 8 s of 12 s\r.\[Kipctl: /u, 'it is wiped before the error');
    const piped = await ipctl(words);
    assert.ok(!piped.stderr.includes('looking whether'), piped.stderr);
    const told = await ipctl([...words, '-v']);
    assert.equal(told.stderr.match(/^the answer was lost; looking whether it took effect$/gm)?.length, 1);
    const quiet = await ipctl([...words, '-q'], { columns: 100, env: { NO_COLOR: '1' } });
    assert.ok(!quiet.stderr.includes('looking whether'), quiet.stderr);
  }));

test('a pause that the provider asks for is shown with its seconds, and over when it is over', () =>
  withDesk(async ({ ipctl }) => {
    const words = ['-p', 'sandbox', '--fault', 'GET */floatingips: 503 x1', 'ip', 'list'];
    const { stderr, code } = await ipctl(words, { columns: 100, env: { NO_COLOR: '1' } });
    assert.equal(code, 0, stderr);
    assert.match(stderr, /\r.\[K[^\r]*; trying again in \d\.\d s, 0 s of \d s\r.\[Kno floating IPs/u);
    assert.equal((await ipctl(words)).stderr, '', 'nobody looks on');
  }));

test('the seconds are shown whole, whatever the width; a dumb terminal is told once', () =>
  withDesk(async ({ ipctl }) => {
    const words = [...lostOne('before'), '--timeout', '12s'];
    const narrow = await ipctl(words, { columns: 30, env: { NO_COLOR: '1' } });
    assert.match(narrow.stderr, /\r.\[Kthe answer was …, 0 s of 12 s\r/u);
    const dumb = await ipctl(words, { columns: 100, env: { TERM: 'dumb' } });
    assert.ok(!dumb.stderr.includes(ESC), dumb.stderr);
    assert.equal(dumb.stderr.match(/^the answer was lost; looking whether it took effect$/gm)?.length, 1);
  }));

test('an error is red at its head and faint in its hint, where stderr may be coloured', () =>
  withDesk(async ({ ipctl }) => {
    const words = ['-p', 'sandbox', 'ip', 'show', 'nothing-of-that-name', '--if-exists'];
    const plain = ['ip', 'lst'];
    const red = `${ESC}[31mipctl:${ESC}[39m `;
    const forms: readonly [readonly string[], { columns?: number; env?: Record<string, string> }, boolean][] = [
      [[], { columns: 80 }, true],
      [[], {}, false],
      [[], { columns: 80, env: { NO_COLOR: '1' } }, false],
      [[], { columns: 80, env: { TERM: 'dumb' } }, false],
      [[], { env: { FORCE_COLOR: '1' } }, true],
      [['--color', 'always'], {}, true],
      [['--color=never'], { columns: 80 }, false],
      [[], { columns: 80, env: { IPCTL_COLOR: 'never' } }, false],
      [['-o', 'json'], { columns: 80 }, false],
    ];
    for (const [more, screen, colored] of forms)
      for (const asked of [words, plain]) {
        const { stderr } = await ipctl([...asked, ...more], screen);
        assert.equal(stderr.startsWith(red), colored, JSON.stringify([asked, more, screen, stderr]));
        assert.equal(stderr.includes(ESC), colored, stderr);
        if (colored) assert.match(stderr, /\[2m {2}.+\[22m\n/);
      }
  }));

test('targets that failed are named: in the table where the address stands, in JSON in their errors', () =>
  withDesk(async ({ ipctl }) => {
    const { stdout } = await ipctl(['-p', 'sandbox', 'ip', 'allocate', '-o', 'value', '-c', 'address']);
    const words = ['-p', 'sandbox', 'ip', 'release', 'no-such-one', stdout.trim(), 'nor-this', '--yes'];
    const table = await ipctl([...words, '-c', 'action,address,error,target']);
    assert.equal(table.code, 9);
    assert.deepEqual(
      lines(table.stdout).map((line) => line.split(/ +/)),
      [
        ['ACTION', 'ADDRESS', 'ERROR', 'TARGET'],
        ['release', 'no-such-one', 'not-found', 'no-such-one'],
        ['release', stdout.trim(), '-', '-'],
        ['release', 'nor-this', 'not-found', 'nor-this'],
      ],
    );
    const other = await ipctl(['-p', 'sandbox', 'ip', 'allocate', '-o', 'value', '-c', 'address']);
    const again = words.map((word) => (word === stdout.trim() ? other.stdout.trim() : word));
    const csv = await ipctl([...again, '-o', 'csv', '-c', 'address,target']);
    assert.equal(csv.stdout, `address,target\n,no-such-one\n${other.stdout.trim()},\n,nor-this\n`, 'a script gets no name for an address');
    const { stderr } = await ipctl(['-p', 'sandbox', 'ip', 'release', 'a', 'b', '--yes', '-o', 'json']);
    const { error } = JSON.parse(lines(stderr).at(-1) ?? '') as { error: { errors: { target: string }[] } };
    assert.deepEqual(
      error.errors.map(({ target }) => target),
      ['a', 'b'],
    );
  }));

test('a target whose outcome is not known is named as well', () =>
  withDesk(async ({ ipctl }) => {
    const words = [...lostOne('after'), '--timeout', '5s'];
    const { stdout, stderr, code } = await ipctl([...words, '--count', '2', '--parallel', '1', '-o', 'json']);
    assert.equal(code, 9, stderr);
    const [first] = JSON.parse(stdout) as { error: { target: string; kind: string } }[];
    assert.deepEqual([first?.error.target, first?.error.kind], ['address 1', 'unknown']);
  }));

const lostChunk = async ({ ipctl }: Desk, count: number, skip: string): Promise<{ stdout: string; stderr: string; code: number }> =>
  ipctl([
    ...['-p', 'sandbox-otc', '--fault', `POST */privateips: ${skip}`],
    ...['privateip', 'create', '--subnet', 'app', '--count', String(count), '--timeout', '5s', '-o', 'json'],
  ]);

interface Result {
  readonly changed: boolean | null;
  readonly operation: string | null;
  readonly ip: { readonly address: string } | null;
  readonly error: { readonly kind: string; readonly target: string; readonly hint: string; readonly operation: { state: string } } | null;
}

test('of 45 private IPs whose first request was lost, 20 are unknown and 25 were not sent; one address settles the 20', () =>
  withDesk(async (desk) => {
    const { stdout, stderr, code } = await lostChunk(desk, 45, 'drop after commit x1');
    assert.equal(code, 12, stderr);
    const results = JSON.parse(stdout) as Result[];
    const told = results.map(({ changed, error }) => `${changed} ${error?.kind} ${error?.operation.state}`);
    assert.deepEqual(told, [...Array(20).fill('null unknown unknown'), ...Array(25).fill('false temporary not-sent')]);
    assert.deepEqual([results[0]?.error?.target, results[44]?.error?.target], ['private IP 1', 'private IP 45']);
    const { error } = JSON.parse(lines(stderr).at(-1) ?? '') as { error: { hint: string; operation: { id: string; state: string } } };
    const { id, state } = error.operation;
    assert.equal(state, 'unknown');
    const [, address = ''] = new RegExp(`ipctl operation resume ${id} --take (\\S+)\\|--none`).exec(error.hint) ?? [];
    assert.match(address, /^192\.168\.\d+\.\d+$/, error.hint);
    assert.ok(results[0]?.error?.hint.includes(`ipctl operation resume ${id}`));
    const text = await desk.ipctl(['operation', 'resume', id]);
    assert.equal(text.code, 12, text.stderr);
    assert.match(text.stderr, /^ {2}private IP 1, private IP 2, .*private IP 20: it is not known/m);
    const taken = await desk.ipctl(['operation', 'resume', id, '--take', address, '-o', 'json']);
    assert.equal(taken.code, 0, taken.stderr);
    assert.equal(new Set((JSON.parse(taken.stdout) as Result[]).map(({ ip }) => ip?.address)).size, 45, 'the rest is made as well');
    const { made } = JSON.parse((await desk.ipctl(['operation', 'show', id, '-o', 'json'])).stdout) as { made: string[] };
    assert.equal(made.length, 45);
  }));

test('the addresses that an operation made are shown: one in the list, all of them by show', () =>
  withDesk(async ({ ipctl }) => {
    await ipctl(['-p', 'sandbox-otc', 'privateip', 'create', '--subnet', 'app', '--count', '3']);
    const [, row = ''] = lines((await ipctl(['operation', 'list'], { columns: 80, env: { NO_COLOR: '1' } })).stdout);
    assert.match(row, /^\S+ +create +sandbo… +applied +2026-01-15T12:00:\d\dZ +192\.168\.\d+\.\d+ \+2$/);
    const [record] = JSON.parse((await ipctl(['operation', 'list', '-o', 'json'])).stdout) as { id: string; made: string[] }[];
    assert.equal(record?.made.length, 3);
    const shown = (await ipctl(['operation', 'show', record?.id ?? ''])).stdout;
    assert.ok(shown.includes(`made      ${record?.made.join(', ')}\n`), shown);
    assert.equal((await ipctl(['operation', 'list', '-o', 'value', '-c', 'made'])).stdout, `${record?.made.join(', ')}\n`);
  }));

test('the note of a change is silent for JSON off a terminal, and for whoever is quiet; not otherwise', () =>
  withDesk(async ({ ipctl }) => {
    const note = 'profile sandbox-hostway (Hostway FlexCloud), username demo\n';
    const said = async (words: readonly string[], screen = {}): Promise<string> =>
      (await ipctl(['-p', 'sandbox-hostway', 'ip', 'allocate', ...words], screen)).stderr;
    for (const words of [[], ['-o', 'csv'], ['-o', 'value'], ['-o', 'yaml'], ['-o', 'json', '-v', '--no-wait']])
      assert.equal(await said(words), note, words.join(' '));
    for (const words of [['-o', 'json'], ['-o', 'jsonl'], ['-q']]) assert.equal(await said(words), '', words.join(' '));
    assert.ok((await said(['-o', 'json'], { columns: 80 })).startsWith(note), 'a terminal hears it all the same');
    const api = async (...words: string[]): Promise<string> => (await ipctl(['-p', 'sandbox', 'api', ...words])).stderr;
    assert.equal(await api('GET', '/floatingips'), '', 'a read changes nothing');
    assert.match(await api('DELETE', '/floatingips/no', '--yes'), /^profile sandbox \(OpenStack\)/);
  }));

test('a noun alone shows what can be done with it, and is no failure', () =>
  withDesk(async ({ ipctl }) => {
    for (const noun of ['ip', 'privateip', 'profile', 'operation', 'sandbox']) {
      const { code, stdout, stderr } = await ipctl([noun]);
      assert.deepEqual([code, stderr], [0, '']);
      assert.match(stdout, new RegExp(`ipctl ${noun} `));
    }
  }));

test('no time at all is no time limit that could be kept', () =>
  withDesk(async (desk) => {
    await follow(
      `$ ipctl -p sandbox ip allocate --timeout 0
ipctl: --timeout is a duration such as 60s, 500ms or 2m, not '0'
(exit 2)
`,
      { ipctl: (words) => desk.ipctl(words) },
    );
    assert.equal((await desk.ipctl(['-p', 'sandbox', 'ip', 'list', '-o', 'json'])).stdout, '[]\n', 'nothing was sent');
  }));
