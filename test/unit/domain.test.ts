/** The language: addresses, options, polling. Tables of cases. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseFlag, parseFlags, parseLabels } from '../../src/cli/flags.js';
import { contains, isCidr, parseAddress, sortKey } from '../../src/domain/address.js';
import { IpctlError } from '../../src/domain/errors.js';
import { flagName, type OptionSpec, parseOption, placeholder, variableNames } from '../../src/domain/option.js';
import { until } from '../../src/domain/until.js';
import { START, virtualClock } from '../support/clock.js';

test('an address is read in any unambiguous spelling, and in no other', () => {
  const cases: readonly [string, string | undefined][] = [
    ['203.0.113.7', '203.0.113.7'],
    [' 203.0.113.7 ', '203.0.113.7'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['2001:db8::0001', '2001:db8::1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:c000:201', '192.0.2.1'],
    ['::192.0.2.1', undefined],
    ['010.0.0.1', undefined],
    ['10.1', undefined],
    ['0x7f.0.0.1', undefined],
    ['999.1.1.1', undefined],
    ['fe80::1%eth0', undefined],
    ['203.0.113.0/24', undefined],
    ['web-1', undefined],
    ['', undefined],
  ];
  for (const [text, expected] of cases) assert.equal(parseAddress(text)?.text, expected, text);
});

test('ranges hold addresses of their own version', () => {
  assert.ok(contains('203.0.113.0/24', '203.0.113.255'));
  assert.ok(!contains('203.0.113.0/24', '203.0.114.0'));
  assert.ok(!contains('203.0.113.0/24', '2001:db8::1'));
  assert.ok(contains('2001:db8::/32', '2001:db8:1::1'));
  for (const good of ['203.0.113.0/24', '203.0.113.7/32', '2001:db8::/32']) assert.ok(isCidr(good), good);
  for (const bad of ['203.0.113.0', '203.0.113.0/33', 'x/24', '10.1/16']) assert.ok(!isCidr(bad), bad);
});

test('addresses sort by version, then by number', () => {
  const sorted = ['2001:db8::2', '10.0.0.10', null, '10.0.0.9', '2001:db8::1', '9.0.0.1'].sort((a, b) =>
    sortKey(a) < sortKey(b) ? -1 : 1,
  );
  assert.deepEqual(sorted, ['9.0.0.1', '10.0.0.9', '10.0.0.10', '2001:db8::1', '2001:db8::2', null]);
});

test('one declaration, many readers', () => {
  const spec: OptionSpec = { kind: 'enum', choices: ['put', 'post'], help: 'how', env: ['RS_METHOD'] };
  assert.equal(flagName('rackspace', 'association-method'), '--rackspace-association-method');
  assert.deepEqual(variableNames('rackspace', 'association-method', spec), ['IPCTL_RACKSPACE_ASSOCIATION_METHOD', 'RS_METHOD']);
  assert.equal(placeholder(spec), 'put|post');
});

test('options are read by their kind, and refused by name', () => {
  const good: readonly [OptionSpec, string, unknown][] = [
    [{ kind: 'string', help: '' }, 'x y', 'x y'],
    [{ kind: 'url', help: '' }, 'https://a.example/v3', 'https://a.example/v3'],
    [{ kind: 'integer', help: '', minimum: 1, maximum: 9 }, '9', 9],
    [{ kind: 'boolean', help: '' }, 'Yes', true],
    [{ kind: 'boolean', help: '' }, 'off', false],
  ];
  for (const [spec, text, value] of good) assert.equal(parseOption('--o', spec, text), value);
  const bad: readonly [OptionSpec, string, RegExp][] = [
    [{ kind: 'string', help: '' }, '', /--o is empty/],
    [{ kind: 'url', help: '' }, 'ftp://a', /--o is an http or https URL, not 'ftp:\/\/a'/],
    [{ kind: 'url', help: '' }, 'https://me:pw@a', /^--o carries credentials in the URL$/],
    [{ kind: 'enum', choices: ['a'], help: '' }, 'b', /--o is one of a, not 'b'/],
    [{ kind: 'integer', help: '', minimum: 1, maximum: 9 }, '10', /from 1 to 9/],
    [{ kind: 'integer', help: '' }, '1e3', /whole number/],
    [{ kind: 'boolean', help: '' }, 'maybe', /true or false/],
  ];
  for (const [spec, text, message] of bad)
    assert.throws(
      () => parseOption('--o', spec, text),
      (error) => error instanceof IpctlError && error.kind === 'usage' && message.test(error.message),
      text,
    );
});

test('flags are read by their type', () => {
  assert.equal(parseFlag('--timeout', { type: 'duration', value: '', help: '' }, '90'), 90_000);
  assert.equal(parseFlag('--timeout', { type: 'duration', value: '', help: '' }, '500ms'), 500);
  assert.equal(parseFlag('--timeout', { type: 'duration', value: '', help: '' }, '2m'), 120_000);
  for (const bad of ['', '-1', '1h', '5 s'])
    assert.throws(() => parseFlag('--timeout', { type: 'duration', value: '', help: '' }, bad), IpctlError);
  assert.throws(() => parseFlags({ to: { type: 'text', value: 'S', help: '', required: true } }, {}), /--to S is needed/);
  assert.deepEqual(parseLabels(['env=prod', 'bare', 'eq=a=b', 'empty=']), { env: 'prod', bare: null, eq: 'a=b', empty: '' });
  assert.throws(() => parseLabels(['=x']), IpctlError);
});

test('polling looks at once, then ever more rarely, and not past the deadline', async () => {
  const clock = virtualClock();
  let looks = 0;
  const found = await until({
    clock,
    signal: new AbortController().signal,
    deadline: START + 10_000,
    check: async () => (++looks === 4 ? 'there' : undefined),
  });
  assert.equal(found, 'there');
  assert.deepEqual(clock.slept, [250, 500, 1000]);
  const late = virtualClock();
  assert.equal(
    await until({ clock: late, signal: new AbortController().signal, deadline: START + 10_000, check: async () => undefined }),
    undefined,
  );
  assert.deepEqual(late.slept, [250, 500, 1000, 2000, 4000]);
  const passed = virtualClock();
  assert.equal(
    await until({ clock: passed, signal: new AbortController().signal, deadline: START - 1, check: async () => 'seen' }),
    'seen',
    'one look at least',
  );
  await assert.rejects(
    until({ clock, signal: AbortSignal.abort(new Error('stop')), deadline: START, check: async () => undefined }),
    /stop/,
  );
});
