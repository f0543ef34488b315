/** Candidates of a lost request, as the user's word and the record of other operations sort them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { choiceOf, madeAgain, needed, taken, without } from '../../src/operations/candidates.js';

const made = (...addresses: readonly string[]) => addresses.map((address) => ({ address }));
/** Three that came together, as a request for three is granted. */
const whole = [{ name: 'a, b, c', result: made('a', 'b', 'c') }];
/** Four are new where two were asked for, beside one that was chosen and is there. */
const each = ['a', 'b', 'c', 'd'].map((name) => ({ name, result: made('chosen', name) }));
const single = ['a', 'b'].map((name) => ({ name, result: { address: name } }));

test('one address names all that came with it', () => {
  assert.deepEqual(taken(whole, ['b'], 3), { result: made('a', 'b', 'c') });
  assert.deepEqual(taken(whole, ['a', 'b', 'c'], 3), { result: made('a', 'b', 'c') });
  assert.ok('lacking' in taken(whole, ['a', 'z'], 3));
  assert.equal(choiceOf(whole, 3), ' --take a|--none');
});

test('where more are new than were asked for, as many are taken as the request made', () => {
  assert.equal(needed(each, 3), 2);
  assert.deepEqual(taken(each, ['b', 'd'], 3), { result: made('chosen', 'b', 'd') });
  for (const words of [['a'], ['a', 'b', 'c']]) assert.ok('lacking' in taken(each, words, 3), words.join());
  assert.match(choiceOf(each, 3), /^ --take ADDRESS,…\|--none, where ADDRESS,… are the 2 that it made$/);
  assert.deepEqual(madeAgain(each, ['chosen', 'b', 'd']), { result: made('chosen', 'b', 'd') });
  assert.equal(madeAgain(each, ['z']), undefined);
});

test('of single ones one is taken', () => {
  assert.deepEqual(taken(single, ['b'], 1), { result: { address: 'b' } });
  assert.ok('lacking' in taken(single, ['a', 'b'], 1));
  assert.equal(choiceOf(single, 1), ' --take ADDRESS|--none');
  assert.equal(choiceOf([], 1), '');
});

test('what others made is taken out, also from among several that came together', () => {
  assert.deepEqual(without(single, new Set(['a'])), single.slice(1));
  assert.deepEqual(without(whole, new Set(['b'])), [{ name: 'a, c', result: made('a', 'c') }]);
  assert.deepEqual(without(whole, new Set(['a', 'b', 'c'])), []);
});
