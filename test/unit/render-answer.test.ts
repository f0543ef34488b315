/** What a query leaves of a result, and YAML: any JSON value in every format. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { IpctlError } from '../../src/domain/errors.js';
import { answering, printValue } from '../../src/render/answer.js';
import type { Format, PrintSettings } from '../../src/render/print.js';
import { compileQuery } from '../../src/render/query.js';
import { schemaDocument, schemas } from '../../src/render/schema.js';

function sheet(over: Partial<PrintSettings> = {}): { readonly settings: PrintSettings; text(): string } {
  let out = '';
  const write = async (text: string): Promise<void> => {
    out += text;
  };
  return { settings: { format: 'json', header: true, raw: false, color: false, write, ...over }, text: () => out };
}

async function printed(value: unknown, format: Format, over: Partial<PrintSettings> = {}): Promise<string> {
  const { settings, text } = sheet(over);
  await printValue(value, format, settings);
  return text();
}

test('a list of objects has its own columns, in the order in which they come', async () => {
  const value = [
    { a: 'x', n: 7 },
    { a: 'yy', n: 12, more: { k: [1] } },
  ];
  assert.equal(await printed(value, 'table'), 'A    N  MORE\nx    7  -\nyy  12  {"k":[1]}\n');
  assert.equal(await printed(value, 'csv'), 'a,n,more\nx,7,\nyy,12,"{""k"":[1]}"\n');
  assert.equal(await printed(value, 'tsv', { header: false }), 'x\t7\t\nyy\t12\t{"k":[1]}\n');
  assert.equal(await printed(value, 'value'), 'x\t7\t\nyy\t12\t{"k":[1]}\n');
  assert.equal(await printed(value, 'jsonl'), '{"a":"x","n":7}\n{"a":"yy","n":12,"more":{"k":[1]}}\n');
});

test('scalars stand one a line, lists in a list are rows, one object is fields', async () => {
  for (const format of ['table', 'csv', 'tsv', 'value'] as const) {
    assert.equal(await printed(['a', 'b'], format), 'a\nb\n', format);
    assert.equal(await printed('a', format), 'a\n', format);
    assert.equal(await printed([], format), '', format);
  }
  assert.equal(await printed(null, 'value'), '\n');
  assert.equal(await printed([['a', 1], ['b']], 'value'), 'a\t1\nb\t\n');
  assert.equal(await printed({ address: '192.0.2.1', n: null }, 'table'), 'address  192.0.2.1\nn        -\n');
  assert.equal(await printed({ address: '192.0.2.1', n: null }, 'csv'), 'address,n\n192.0.2.1,\n');
  assert.equal(await printed(7, 'json'), '7\n');
  assert.equal(await printed(7, 'jsonl'), '7\n');
});

test('keys and texts of a query’s answer are as little to be trusted as any', async () => {
  for (const format of ['table', 'csv', 'tsv', 'value', 'json', 'jsonl', 'yaml'] as const) {
    const out = await printed([{ 'k\u202e': '\u001b[2J\u{e0041}', '=k': '=1' }], format);
    assert.doesNotMatch(out.replaceAll(/[\n\t]/g, ''), /[\p{Cc}\p{Default_Ignorable_Code_Point}]/u, format);
  }
  assert.match(await printed([{ '=k': '=1' }], 'csv'), /^"'=k"\n"'=1"\n$/);
});

test('YAML is the same value as JSON, whatever its texts look like', async () => {
  const texts = [
    'no',
    'yes',
    'on',
    'y',
    'null',
    '~',
    'true',
    '0123',
    '1e3',
    '0x1f',
    '12:30:00',
    '1.5',
    '.inf',
    '2026-03-01',
    '2026-03-01T10:00:00Z',
  ];
  const more = [
    '',
    ' a',
    'a: b',
    'a #b',
    '- a',
    '&a',
    '*a',
    '!a',
    '%a',
    '@a',
    '`a',
    '::1',
    '[a]',
    '{a}',
    'a\nb',
    'a\tb',
    "it's",
    '\u0085',
    '\u2028',
  ];
  const value = {
    texts: [...texts, ...more, '\u001b[2J\u202e\u{e0041}', 'x'.repeat(300)],
    others: [1, 1.5, true, null, [], {}],
    no: { '1': 'a', 'a\u202eb': 1 },
  };
  const out = await printed(value, 'yaml');
  for (const version of ['1.1', '1.2'] as const) assert.deepEqual(parse(out, { version }), value, version);
  assert.match(out, /^ {2}- "2026-03-01T10:00:00Z"$/m, 'a time stays the text that JSON has');
  assert.match(out, /\\e\[2J\\u202e\\U000e0041/, 'what could act on a terminal is escaped');
  const twice = { a: 1 };
  assert.doesNotMatch(await printed([twice, twice], 'yaml'), /[&*]/, 'no anchors');
});

test('the command writes JSON, and the query’s answer is what is printed', async () => {
  const { settings, text } = sheet();
  const asked = answering(settings, 'value', await compileQuery('[?n > `1`].name'));
  assert.equal(asked.format, 'json');
  await asked.write('[{"name":"a","n":1},{"name":"b","n":2}]\n');
  assert.equal(text(), 'b\n');
});

const refusal = (pattern: RegExp) => (error: unknown) =>
  error instanceof IpctlError && error.kind === 'usage' && pattern.test(error.message);

test('an expression that can never be evaluated is refused when it is read', async () => {
  for (const expression of ['ip.addr((', '[?', '', 'a..b', '{a}'])
    await assert.rejects(compileQuery(expression), refusal(/^--query: /), expression);
  await assert.rejects(compileQuery('[].nope(@)'), refusal(/nope/));
  await assert.rejects(compileQuery('sort_by([], &nope(x))'), refusal(/nope/));
  await assert.rejects(compileQuery('[?length() > `1`]'), refusal(/length/));
  const query = await compileQuery('length(ip.version)');
  assert.throws(() => query({ ip: { version: 4 } }), refusal(/length/));
});

test('an expression of any depth or length is refused in a few words', async () => {
  const deep = (open: string, close: string, times: number): string => `${open.repeat(times)}a${close.repeat(times)}`;
  for (const expression of [
    deep('[', ']', 51),
    deep('[', '', 100_000),
    deep('(', ')', 5000),
    deep('{a: ', '}', 60),
    'a.'.repeat(20_000),
    `${'x'.repeat(4000)} ${'y'.repeat(4000)}`,
  ])
    await assert.rejects(compileQuery(expression), (error: unknown) => refusal(/^--query: /)(error) && String(error).length < 300);
  assert.deepEqual((await compileQuery(deep('(', ')', 50)))({ a: 1 }), 1, 'what somebody may write is evaluated');
});

test('a query sees the keys that are there, and no others', async () => {
  const query = await compileQuery('[constructor, toString, __proto__, a."__proto__", a.b]');
  const seen = query(JSON.parse('{"a":{"__proto__":"label","b":1}}'));
  assert.deepEqual(JSON.parse(JSON.stringify(seen)), [null, null, null, 'label', 1]);
  assert.deepEqual(parse(await printed((await compileQuery('a'))({ a: { b: [1] } }), 'yaml')), { b: [1] });
});

test('the schema of a record holds what it refers to, and no more', () => {
  const defs = (name?: keyof typeof schemas): string[] => Object.keys(schemaDocument(name).$defs as object);
  assert.deepEqual(defs(), Object.keys(schemas));
  assert.deepEqual(defs('server'), ['server']);
  assert.deepEqual(defs('failure'), ['failure', 'error']);
  assert.deepEqual(defs('mutation').sort(), ['error', 'ip', 'mutation', 'privateip']);
});
