import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hintAt, nearest } from '../../src/domain/nearest.js';

const words = ['allocate', 'associate', 'list', 'show', 'ip'];

const cases: readonly [string, string, string | undefined][] = [
  ['a letter too few', 'alocate', 'allocate'],
  ['a letter too many', 'listt', 'list'],
  ['another letter', 'lisd', 'list'],
  ['two that changed places', 'pi', undefined],
  ['a longer one whose letters changed places', 'hsow', 'show'],
  ['great letters', 'LIST', 'list'],
  ['the word itself', 'show', 'show'],
  ['nothing near', 'qwertyuiop', undefined],
  ['half of a short word is too much', 'lo', undefined],
  ['nothing', '', undefined],
];
for (const [about, typed, expected] of cases) {
  test(`${about}: ${typed}`, () => assert.equal(nearest(typed, words), expected));
}

test('the nearest of several, the first of a tie', () => {
  assert.equal(nearest('--nme', ['--none', '--name', '--names']), '--name');
  assert.equal(nearest('cat', ['bat', 'hat']), 'bat');
});

test('as a hint, before what is said anyway', () => {
  assert.equal(hintAt('lst', words, 'see help'), "did you mean 'list'? see help");
  assert.equal(hintAt('zzz', words, 'see help'), 'see help');
});
