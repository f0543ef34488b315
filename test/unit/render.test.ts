/** The same records in every format, and hostile text in none. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IpctlError } from '../../src/domain/errors.js';
import type { FloatingIp } from '../../src/domain/records.js';
import { changeView } from '../../src/render/change-view.js';
import { columnsOf, type Format, type PrintSettings, printList, printOne } from '../../src/render/print.js';
import { table } from '../../src/render/table.js';
import { json, plain } from '../../src/render/text.js';
import { floatingIpView } from '../../src/render/views.js';

const ip = (over: Partial<FloatingIp>): FloatingIp => ({
  profile: 'p',
  provider: 'x',
  project: null,
  region: null,
  id: 'id-1',
  address: '203.0.113.7',
  version: 4,
  prefixLength: null,
  kind: 'floating',
  name: null,
  description: null,
  labels: {},
  reverseDns: null,
  protected: null,
  state: 'free',
  providerState: null,
  ports: [],
  associations: [],
  network: null,
  subnet: null,
  pool: null,
  createdAt: null,
  updatedAt: null,
  revision: '3',
  mark: 'm',
  raw: { theirs: true },
  ...over,
});

const served = ip({
  id: 'id-2',
  address: '203.0.113.10',
  state: 'associated',
  associations: [
    { id: null, server: { id: 's1', name: 'web-1' }, port: 'p1', privateAddress: '10.0.0.5', certain: true },
    { id: null, server: { id: 's2', name: null }, port: null, privateAddress: null, certain: false },
  ],
  createdAt: new Date('2026-03-01T10:00:00Z'),
  labels: { env: 'prod', bare: null },
});

async function printed(format: Format, items: readonly FloatingIp[], over: Partial<PrintSettings> = {}): Promise<string> {
  let out = '';
  const settings: PrintSettings = {
    format,
    header: true,
    raw: false,
    color: false,
    write: async (text) => {
      out += text;
    },
    ...over,
  };
  await printList(floatingIpView, items, settings);
  return out;
}

test('a list in every format', async () => {
  const items = [served, ip({})];
  assert.equal(
    await printed('table', items),
    'ADDRESS       STATE       SERVER      NAME  ID\n203.0.113.7   free        -           -     id-1\n203.0.113.10  associated  web-1, s2?  -     id-2\n',
  );
  assert.equal(
    await printed('tsv', items),
    'address\tstate\tserver\tname\tid\n203.0.113.7\tfree\t\t\tid-1\n203.0.113.10\tassociated\tweb-1, s2?\t\tid-2\n',
  );
  assert.equal(await printed('value', items, { columns: 'address,state' }), '203.0.113.7\tfree\n203.0.113.10\tassociated\n');
  assert.equal(
    await printed('csv', items, { columns: 'address,server' }),
    'address,server\n203.0.113.10,"web-1, s2?"\n203.0.113.7,\n',
    'csv streams in the order of the provider',
  );
  assert.deepEqual(
    (JSON.parse(await printed('json', items)) as { id: string }[]).map(({ id }) => id),
    ['id-1', 'id-2'],
  );
  assert.deepEqual(
    (await printed('jsonl', items))
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { id: string }).id),
    ['id-2', 'id-1'],
  );
  assert.equal(await printed('table', items, { columns: 'address', header: false }), '203.0.113.7\n203.0.113.10\n');
});

test('nothing is nothing: an array in JSON, silence elsewhere', async () => {
  assert.equal(await printed('json', []), '[]\n');
  for (const format of ['table', 'value', 'jsonl'] as const) assert.equal(await printed(format, []), '');
});

test('columns are chosen, added, sorted by, and refused by name', async () => {
  assert.deepEqual(columnsOf(floatingIpView, 'id,+kind'), ['id', 'kind']);
  assert.deepEqual(columnsOf(floatingIpView, '+kind'), ['address', 'state', 'server', 'name', 'id', 'kind']);
  assert.throws(
    () => columnsOf(floatingIpView, 'bogus'),
    (error) => error instanceof IpctlError && error.kind === 'usage' && (error.details.hint ?? '').includes('address'),
  );
  assert.equal(await printed('value', [ip({}), served], { columns: 'id', sort: '-state' }), 'id-1\nid-2\n');
  assert.equal(await printed('value', [ip({}), served], { columns: 'id', sort: 'state' }), 'id-2\nid-1\n');
});

test('the JSON of an address has every key, and ours alone', async () => {
  const text = await printed('json', [served]);
  const [record] = JSON.parse(text) as Record<string, unknown>[];
  assert.deepEqual(Object.keys(record ?? {}), [
    'profile',
    'provider',
    'project',
    'region',
    'id',
    'address',
    'version',
    'prefixLength',
    'kind',
    'name',
    'description',
    'labels',
    'reverseDns',
    'protected',
    'state',
    'providerState',
    'ports',
    'associations',
    'network',
    'subnet',
    'pool',
    'createdAt',
    'updatedAt',
  ]);
  assert.equal(record?.createdAt, '2026-03-01T10:00:00Z');
  assert.deepEqual(record?.labels, { env: 'prod', bare: null });
  assert.deepEqual((JSON.parse(await printed('json', [served], { raw: true })) as { raw: unknown }[])[0]?.raw, { theirs: true });
});

test('text from a provider cannot act on a terminal', async () => {
  const hostile = ip({ name: '\u001b[2Jclear\r\nroot\u202e', description: '\u009b31m' });
  for (const format of ['table', 'tsv', 'value', 'csv', 'json', 'jsonl'] as const) {
    const out = await printed(format, [hostile], { columns: 'name,description' });
    assert.doesNotMatch(out.replaceAll('\n', '').replaceAll('\t', ''), /\p{Control}|\u202e/u, format);
  }
  assert.equal(plain('a\tb\u0000'), 'a\\u0009b\\u0000');
  assert.deepEqual(JSON.parse(json({ a: '\u009b\u202e\u001b' })), { a: '\u009b\u202e\u001b' });
});

test('a spreadsheet takes no cell for a formula', async () => {
  assert.equal(
    await printed('csv', [ip({ name: '=cmd()' }), ip({ name: 'a"b' })], { columns: 'name', header: false }),
    '\'=cmd()\n"a""b"\n',
  );
});

test('a table fits its terminal, wide characters and all; numbers stand right', () => {
  const rows = [
    ['203.0.113.7', '日本語のとても長い名前です', 'c7f0a9d4-3b2e-4c68-9f15-2e8d5b7a6f10', 7],
    ['203.0.113.10', 'web', 'x', 12],
  ];
  const drawn = table(['address', 'name', 'id', 'n'], rows, { header: true, width: 50, color: false });
  const width = (line: string): number => [...line].reduce((sum, char) => sum + (/[\u3000-\u9fff]/.test(char) ? 2 : 1), 0);
  for (const line of drawn.trimEnd().split('\n')) assert.ok(width(line) <= 50, line);
  assert.match(drawn, /…/);
  assert.match(drawn, /203\.0\.113\.10/);
  assert.match(drawn, / {2}7$/m);
  assert.ok(!table(['a'], [['x'.repeat(200)]], { header: false, color: false }).includes('…'), 'piped output is never cut');
  assert.ok(table(['state'], [['free'], ['associated']], { header: false, color: true }).includes('\u001b[32m'));
});

test('a mutation shows its record’s columns and its own', async () => {
  const view = changeView(floatingIpView, (error) => ({ kind: error.kind }));
  const change = { action: 'allocate', changed: true, operation: 'op', ip: ip({}), error: null, planned: null };
  let out = '';
  const write = async (text: string): Promise<void> => {
    out += text;
  };
  const settings: PrintSettings = { format: 'json', header: true, raw: false, color: false, write };
  await printOne(view, change, settings);
  const value = JSON.parse(out) as Record<string, unknown>;
  assert.deepEqual(Object.keys(value), ['action', 'changed', 'operation', 'ip', 'error']);
  out = '';
  await printOne(view, change, { ...settings, format: 'value', columns: 'action,changed,address,error' });
  assert.equal(out, 'allocate\ttrue\t203.0.113.7\t\n');
  out = '';
  const request = { method: 'POST' as const, url: 'https://a/b', body: { x: 1 } };
  await printOne(view, { ...change, planned: [{ step: 'allocate', request }] }, settings);
  assert.deepEqual(JSON.parse(out), {
    action: 'allocate',
    dryRun: true,
    changed: null,
    operation: null,
    requests: [{ method: 'POST', url: 'https://a/b', headers: {}, body: { x: 1 } }],
  });
});
