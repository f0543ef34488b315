/** What argv means, where a word could mean two things. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from '../../src/cli/program.js';
import { helpAsked } from '../../src/cli/words.js';
import { isIpctlError } from '../../src/domain/errors.js';

const intentOf = (line: string) => {
  const parsed = parse(line.split(' '), {});
  assert.ok(parsed.is === 'intent', line);
  return parsed.intent;
};

test('a switch of a provider takes true or false as its value, and no other word', () => {
  const cases: readonly [string, string, readonly string[]][] = [
    ['privateip delete a --otc-unbind', 'true', ['a']],
    ['privateip delete --otc-unbind a', 'true', ['a']],
    ['privateip delete --otc-unbind true a', 'true', ['a']],
    ['privateip delete --otc-unbind false a', 'false', ['a']],
    ['privateip delete a --otc-unbind --yes', 'true', ['a']],
    ['privateip delete --otc-unbind=false true', 'false', ['true']],
    ['privateip delete --otc-unbind=no a', 'no', ['a']],
    ['privateip delete --otc-unbind yes a', 'true', ['yes', 'a']],
    ['--otc-unbind privateip delete a', 'true', ['a']],
    ['--otc-unbind false privateip delete a', 'false', ['a']],
    ['privateip --otc-unbind delete a', 'true', ['a']],
  ];
  for (const [line, value, words] of cases) {
    const { words: command, options, arguments: given } = intentOf(line);
    assert.deepEqual([command, options, given], ['privateip delete', { otc: { unbind: value } }, words], line);
  }
});

test('behind -- every word is an argument, and any other option of a provider takes the next word', () => {
  assert.deepEqual(intentOf('privateip delete -- --otc-unbind true').arguments, ['--otc-unbind', 'true']);
  assert.deepEqual(intentOf('privateip delete a -- --debug').arguments, ['a', '--debug']);
  assert.deepEqual(intentOf('ip allocate --otc-bandwidth-size true').options, { otc: { 'bandwidth-size': 'true' } });
  assert.equal(intentOf('ip list --debug').global.debug, true);
});

test('letters in one word: the value of the last is no noun', () => {
  const { words, global } = intentOf('-qp ip server list');
  assert.deepEqual([words, global.profile, global.quiet], ['server list', 'ip', true]);
  assert.equal(intentOf('-qpip server list').global.profile, 'ip');
  assert.equal(intentOf('server -vo json list').global.output, 'json');
});

test('help is told from the words alone, where they are all that was typed', () => {
  const cases: readonly [string, readonly string[] | undefined][] = [
    ['--help', []],
    ['-h ip', ['ip']],
    ['ip rm --help', ['ip', 'rm']],
    ['op show a b -h', ['operation', 'show']],
    ['doctor --help', ['doctor']],
    ['ip release', undefined],
    ['ip', undefined],
    ['-p x ip release --help', undefined],
    ['ip list -o json --help', undefined],
    ['ip list -- --help', undefined],
  ];
  for (const [line, words] of cases) assert.deepEqual(helpAsked(line.split(' ')), words, line);
  assert.deepEqual(helpAsked([]), []);
  assert.throws(
    () => helpAsked(['ip', 'relase', '--help']),
    (thrown) => isIpctlError(thrown) && thrown.kind === 'usage',
  );
});

test('what help is asked about is the same without Commander and by it', () => {
  for (const line of ['--help', 'ip --help', 'ip rm -h', '--help op list', 'api -h', 'ip release a b --help', 'help ip --help']) {
    assert.deepEqual(parse(line.split(' '), {}), { is: 'help', words: helpAsked(line.split(' ')) }, line);
  }
});
