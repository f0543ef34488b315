/** The same records in every format, and hostile text in none. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { IpctlError } from '../../src/domain/errors.js';
import type { FloatingIp, PrivateIp } from '../../src/domain/records.js';
import { changeView } from '../../src/render/change-view.js';
import { columnsOf, type PrintSettings, printList, printOne } from '../../src/render/print.js';
import { table } from '../../src/render/table.js';
import { json, plain } from '../../src/render/text.js';
import { floatingIpView, networkView, privateIpView, serverView, subnetView } from '../../src/render/views.js';
import { yaml } from '../../src/render/yaml.js';

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

async function printed(format: PrintSettings['format'], items: readonly FloatingIp[], over: Partial<PrintSettings> = {}): Promise<string> {
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

test('lines that are there share a write; one that is still to come is written as it comes', async () => {
  const network = (name: string) =>
    ({ profile: 'p', provider: 'openstack', region: 'R', id: name, name, external: true, shared: true, raw: {} }) as const;
  const there = Array.from({ length: 250 }, (_, index) => network(`n${index}`));
  for (const format of ['jsonl', 'csv', 'tsv', 'value'] as const) {
    const writes: string[] = [];
    const settings: PrintSettings = {
      format,
      header: false,
      raw: false,
      color: false,
      columns: 'name',
      async write(text) {
        writes.push(text);
      },
    };
    await printList(networkView, there, settings);
    const lines = writes.join('').split('\n');
    assert.deepEqual([writes.length, lines.length, lines.at(-1)], [3, 251, ''], format);
    if (format !== 'jsonl' && format !== 'csv') continue;
    let before = -1;
    writes.length = 0;
    async function* coming(): AsyncGenerator<(typeof there)[number]> {
      for (const each of there.slice(0, 3)) {
        before += 1;
        assert.equal(writes.length, before, format);
        yield each;
      }
    }
    await printList(networkView, coming(), settings);
    assert.equal(writes.length, 3, format);
  }
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

const HOSTILE: Readonly<Record<string, string>> = {
  'clears the screen': 'a\u001b[2Jb',
  'returns to the start of the line': 'a\rb',
  'turns the direction of the text': 'a\u202eb',
  'isolates a direction': 'a\u2066b',
  'is not seen': 'a\u200bb',
  'is not seen, and no space': 'a\u00adb',
  'is a tag of the upper planes': 'a\u{e0041}b',
  'starts another row': 'a\nb',
  'starts another cell': 'a\tb',
  'is a control sequence of one byte': 'a\u009b31mb',
  'is half a character': 'a\ud800b',
};

test('text from a provider moves no cursor, hides nothing and starts no row or cell', async () => {
  const unsafe = /(?![\ufe00-\ufe0f])[\p{Cc}\p{Cs}\p{Default_Ignorable_Code_Point}]/u;
  for (const [what, name] of Object.entries(HOSTILE)) {
    for (const format of ['table', 'tsv', 'value', 'csv'] as const) {
      const out = await printed(format, [ip({ name })], { columns: 'name,id', header: false });
      const [row = '', ...more] = out.split('\n');
      assert.deepEqual(more, [''], `${what}: one row of ${format}`);
      assert.match(row, /^a(\\u[0-9a-f]{4})+(\[2J|31m)?b(\t|,| {2})id-1$/, `${what}: ${format} shows what it is, in its own cell`);
      assert.doesNotMatch(row.replace('\tid-1', ''), unsafe, `${what}: ${format}`);
    }
    for (const format of ['json', 'jsonl'] as const) {
      const out = await printed(format, [ip({ name })]);
      assert.doesNotMatch(out.replaceAll('\n', ''), unsafe, `${what}: ${format}`);
      const parsed = JSON.parse(out) as { name: string } | { name: string }[];
      assert.equal([parsed].flat()[0]?.name, name.replace('\ud800', '\ufffd'), `${what}: ${format} keeps it as data`);
    }
  }
  assert.equal(plain('a\tb\u0000'), 'a\\u0009b\\u0000');
  assert.equal(plain('❤️ Grüße 日本'), '❤️ Grüße 日本', 'what is no trick is left alone');
  assert.deepEqual(JSON.parse(json({ a: '\u009b\u202e\u001b' })), { a: '\u009b\u202e\u001b' });
});

test('a spreadsheet takes no cell for a formula; a number, an address and a lone mark stay what they are', async () => {
  const cells: Readonly<Record<string, string>> = {
    '=cmd()': '"\'=cmd()"',
    '+cmd': '"\'+cmd"',
    '-1+cmd': '"\'-1+cmd"',
    '@sum': '"\'@sum"',
    '＝1': '"\'＝1"',
    '="a",b': '"\'=""a"",b"',
    '\t=1': '\\u0009=1',
    '\r=1': '\\u000d=1',
    '-': '-',
    '-5': '-5',
    '+49.5': '+49.5',
    'a"b': '"a""b"',
    'a=b': 'a=b',
    '': '',
  };
  for (const [name, cell] of Object.entries(cells)) {
    assert.equal(await printed('csv', [ip({ name })], { columns: 'name', header: false }), `${cell}\n`, name);
  }
});

const ID = 'c7f0a9d4-3b2e-4c68-9f15-2e8d5b7a6f10';

test('a table fits its terminal, wide characters and all; numbers stand right', () => {
  const rows = [
    ['203.0.113.7', '日本語のとても長い名前です', ID, 7],
    ['203.0.113.10', 'web', 'x', 12],
  ];
  const drawn = table(['address', 'name', 'id', 'n'], rows, { header: true, width: 50, color: false });
  const width = (line: string): number => [...line].reduce((sum, char) => sum + (/[\u3000-\u9fff]/.test(char) ? 2 : 1), 0);
  for (const line of drawn.trimEnd().split('\n')) assert.ok(width(line) <= 50, line);
  assert.match(drawn, /…/);
  assert.match(drawn, /203\.0\.113\.10/);
  assert.match(drawn, / {2}7$/m);
  const piped = table(
    ['name', 'address'],
    [
      ['日本', '1'],
      ['web-1', '2'],
    ],
    { header: false, color: false },
  );
  assert.equal(piped, '日本   1\nweb-1  2\n', 'columns stand under each other');
  assert.ok(!table(['a'], [['x'.repeat(200)]], { header: false, color: false }).includes('…'), 'piped output is never cut');
});

test('words give way first, then ids; an address and a state never', () => {
  const columns = ['address', 'state', 'name', 'id'];
  const rows = [['2001:db8:1111:2222:3333:4444:5555:6666', 'associated', 'a name of some length', ID]];
  const at = (width: number): string => table(columns, rows, { header: false, width, color: false }).trimEnd();
  assert.equal(at(200), `2001:db8:1111:2222:3333:4444:5555:6666  associated  a name of some length  ${ID}`);
  assert.equal(at(100), `2001:db8:1111:2222:3333:4444:5555:6666  associated  a name of…  ${ID}`, 'the name alone');
  assert.equal(at(80), '2001:db8:1111:2222:3333:4444:5555:6666  associated  a nam…  c7f0a9d4-3b2e-4c68-…', 'then the id');
  assert.equal(at(20), '2001:db8:1111:2222:3333:4444:5555:6666  associated  a nam…  c7f0a…', 'and no further');
});

test('what is least needed goes before an id is cut, unless it was asked for', async () => {
  const view = changeView(floatingIpView, () => ({}));
  const server = { id: ID, name: 'a-server-of-some-name' };
  const held = { id: null, server, port: null, privateAddress: null, certain: true };
  const record = ip({ address: '203.113.113.107', id: ID, state: 'associated', associations: [held] });
  const change = { action: 'associate', changed: true, operation: 'op', ip: record, error: null, planned: null };
  const drawn = async (columns?: string): Promise<string> => {
    let out = '';
    const write = async (text: string): Promise<void> => {
      out += text;
    };
    await printList(view, [change], { format: 'table', header: true, raw: false, color: false, width: 80, columns, write });
    return out;
  };
  const short = await drawn();
  assert.match(short, new RegExp(`^CHANGED  ADDRESS .*\\ntrue     203\\.113\\.113\\.107  associated  a-s…  ${ID}\\n$`));
  assert.match(await drawn('action,changed,address,state,server,id'), /^associate .*…\n$/m, 'what was asked for stays');
});

test('lists at 80 columns keep ids and addresses, however long the names are', async () => {
  const long = 'x'.repeat(60);
  const server = { id: ID, name: long };
  const held = { id: null, server, port: null, privateAddress: null, certain: true };
  const texts: string[] = [];
  const write = async (text: string): Promise<void> => {
    texts.push(text);
  };
  const settings: PrintSettings = { format: 'table', header: true, raw: false, color: false, width: 80, write };
  const place = { profile: long, provider: 'x', raw: null };
  await printList(
    floatingIpView,
    [ip({ address: '203.113.113.107', id: ID, name: long, state: 'associated', associations: [held] })],
    settings,
  );
  await printList(
    privateIpView,
    [{ ...place, ...ip({}), id: ID, address: '192.168.100.107', state: 'pending', usedBy: 'loadbalancer', server } as unknown as PrivateIp],
    settings,
  );
  await printList(
    serverView,
    [{ ...place, id: ID, name: long, state: 'building', providerState: null, addresses: [], zone: long }],
    settings,
  );
  await printList(networkView, [{ ...place, id: ID, name: long, external: false, shared: false }], settings);
  await printList(subnetView, [{ ...place, id: ID, name: long, network: ID, cidr: '2001:db8:1111:2222::/64', version: 6 }], settings);
  for (const text of texts) {
    assert.ok(text.includes(ID), text);
    assert.ok(
      text.split('\n').every((line) => line.length <= 80),
      text,
    );
  }
  assert.equal(texts.length, 5);
});

test('a sentence is broken into lines, and no flag is cut', () => {
  const rows = [['--otc-bandwidth-size', 'size of the bandwidth in Mbit/s, which is billed']];
  assert.equal(
    table(['option', 'about'], rows, { header: false, width: 50, color: false }),
    '--otc-bandwidth-size  size of the bandwidth in\n                      Mbit/s, which is billed\n',
  );
  assert.equal(
    table(['option', 'about'], rows, { header: false, color: false }),
    '--otc-bandwidth-size  size of the bandwidth in Mbit/s, which is billed\n',
    'piped it is one line',
  );
});

test('a state has a colour, and nothing else', () => {
  const csi = String.fromCharCode(27);
  const colors = { free: 36, associated: 32, pending: 33, unknown: 33, error: 31 };
  for (const [state, code] of Object.entries(colors)) {
    const [row] = table(['state', 'name'], [[state, state]], { header: false, color: true }).split('\n');
    assert.equal(row, `${csi}[${code}m${state}${csi}[39m  ${state}`);
    assert.equal(table(['state'], [[state]], { header: false, color: false }), `${state}\n`);
  }
  assert.equal(table(['state'], [['constructor']], { header: false, color: true }), 'constructor\n');
});

test('of a table without rows somebody may be told', async () => {
  const told: string[] = [];
  const nothing = async (plural: string): Promise<void> => void told.push(plural);
  assert.equal(await printed('table', [], { nothing }), '');
  assert.deepEqual(told, ['floating IPs']);
  await printed('table', [ip({})], { nothing });
  await printed('json', [], { nothing });
  await printed('value', [], { nothing });
  assert.equal(told.length, 1, 'only of a table, only where it is empty');
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

const oneRow = (columns: readonly string[], row: readonly string[], width: number): string =>
  table(columns, [row], { header: false, width, color: false });

test('a closed list is broken behind its bars, and what has no room beside the others stands below', () => {
  const columns = ['option', 'kind', 'default', 'about'];
  assert.equal(
    oneRow(columns, ['--acme-type', 'password|token|passcode', 'password', 'how to log in'], 60),
    '--acme-type  password|token|         password  how to log in\n             passcode\n',
  );
  const wide = ['--acme-application-credential-secret', 'a|b', 'https://api.example.com', 'a secret of some length, and more of it'];
  assert.equal(
    oneRow(columns, wide, 70),
    '--acme-application-credential-secret  a|b  https://api.example.com\n  a secret of some length, and more of it\n',
  );
  assert.match(
    oneRow(['option', 'kind'], ['--acme-type', 'v3applicationcredential|x'], 30),
    /^--acme-type\n {2}kind: v3applicationcredential|\n/,
  );
});

test('what is to be pasted is whole: below its row, a command on a line of its own', () => {
  const path = `~/${'deep/'.repeat(20)}config.json`;
  const shown = oneRow(
    ['area', 'name', 'status', 'detail', 'hint'],
    ['paths', 'profiles', 'warning', `${path} (0644) is open to others`, `chmod 600 ${path}; or move it`],
    80,
  );
  assert.equal(
    shown,
    `paths  profiles  warning\n  ${path}\n    (0644) is open to others\n  hint:\n    chmod 600 ${path}\n    or move it\n`,
  );
  const options = Array.from({ length: 9 }, (_, index) => `option-${index}=value-${index}`);
  const served = oneRow(['profile', 'url', 'options'], ['sandbox-x', 'http://127.0.0.1:40000', options.join(' ')], 60);
  assert.deepEqual(
    served.split(/\s+/).filter((word) => word.startsWith('option-')),
    options,
  );
  assert.ok(
    served.split('\n').every((line) => line.length <= 60),
    served,
  );
});

test('characters are cut whole, also where half of one would still fit', () => {
  for (const char of ['👍', '🇩🇪', '界']) {
    for (const [width, count, pad] of [
      [24, 5, ''],
      [23, 4, ' '],
    ] as const) {
      const shown = oneRow(['name', 'address'], [char.repeat(40), '203.0.113.7'], width);
      assert.equal(shown, `${char.repeat(count)}…${pad}  203.0.113.7\n`, `${char} at ${width}`);
    }
  }
});

test('half a character is replaced in JSON and YAML, in keys too; what only looks like its escape is not', () => {
  const value = { 'k\ud83d': 'a\ud83db', other: '\ude00', text: '\\ud83d', whole: '👍' };
  const same = { 'k\ufffd': 'a\ufffdb', other: '\ufffd', text: '\\ud83d', whole: '👍' };
  assert.deepEqual(JSON.parse(json(value)), same);
  assert.ok(!/[^\\]\\ud83d/.test(json(value)), json(value));
  assert.deepEqual(parse(yaml(value)), same);
});
