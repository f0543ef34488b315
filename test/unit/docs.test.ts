/** What is generated is what the generator makes: README's tables, the providers' READMEs, the man pages and their list. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { rows } from '../../src/cli/commands.js';
import { providerIds, providerOf } from '../../src/providers/registry.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const readme = readFileSync(join(root, 'README.md'), 'utf8');

test('npm run docs would change nothing', () => {
  const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', '.config/docs.js', '--check'], {
    cwd: root,
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
});

test('the matrix names every provider, and says no where its manifest does', () => {
  const lines = (/<!-- matrix -->\n([\s\S]*)<!-- \/matrix -->/.exec(readme)?.[1] ?? '').trim().split('\n');
  const cells = (line: string): string[] =>
    line
      .split('|')
      .map((cell) => cell.trim())
      .slice(1, -1);
  const [head = '', , ...body] = lines;
  assert.deepEqual(
    cells(head)
      .slice(1)
      .map((cell) => /^\[(\w+)\]/.exec(cell)?.[1]),
    [...providerIds],
  );
  const answers = body.flatMap((line) => {
    const [verbs = '', ...answer] = cells(line);
    const [, noun = '', list = ''] = /^`(\w+)` (.*)$/.exec(verbs) ?? [];
    return list.split(', ').map((verb): [string, string[]] => [`${noun} ${verb}`, answer]);
  });
  const told = new Map(answers);
  for (const [index, id] of providerIds.entries()) {
    const { supports, move } = providerOf(id).manifest;
    for (const row of rows) {
      if (!('needs' in row)) continue;
      const answer = told.get(row.words)?.[index];
      if (answer === undefined) continue;
      const { can, takes } = { takes: [], ...supports[row.needs] };
      const yes = row.words === 'ip update' && takes.length === 0 ? 'own option' : 'yes';
      const expected = !can ? '–' : row.words === 'ip move' ? move : yes;
      assert.equal(answer, expected, `${row.words} on ${id}`);
    }
  }
  for (const words of ['ip allocate', 'ip move', 'privateip create', 'network list']) assert.ok(told.has(words), words);
});

test('every link of the documents to a file of ours leads somewhere', () => {
  const documents = [
    'README.md',
    '.github/CONTRIBUTING.md',
    ...readdirSync(join(root, 'src/providers'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('README.md'))
      .map((name) => `src/providers/${name}`),
  ];
  assert.equal(documents.length, 2 + providerIds.length);
  for (const path of documents) {
    const text = readFileSync(join(root, path), 'utf8');
    for (const [, target = ''] of text.matchAll(/\]\((?!https?:)([^)#]+)\)/g)) {
      assert.doesNotThrow(() => readFileSync(join(root, path, '..', target)), `${path}: ${target}`);
    }
  }
});

test('a man page for each command, listed where npm looks for them', () => {
  const { man } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { man: string[] };
  const made = readdirSync(join(root, 'dist/man')).map((name) => `dist/man/${name}`);
  assert.deepEqual([...man].sort(), made.sort());
  assert.deepEqual(
    [...man].sort(),
    ['dist/man/ipctl.1', ...rows.map(({ words }) => `dist/man/ipctl-${words.replaceAll(' ', '-')}.1`)].sort(),
  );
  for (const path of man) {
    const text = readFileSync(join(root, path), 'utf8');
    assert.match(text, /^\.TH IPCTL/);
    assert.match(text, /^\.SH NAME\nipctl\S* \\- /m, path);
    assert.match(text, /^\.SH EXIT STATUS$/m, path);
    assert.match(text, /^\.SH EXAMPLES$/m, path);
    // Requests that the pages use, and no other line may look like one.
    for (const line of text.split('\n')) assert.ok(!/^['.]/.test(line) || /^\.(TH|SH|SS|TP|PP|nf|fi)\b/.test(line), `${path}: ${line}`);
    assert.ok(/^[\n -~]*$/.test(text), `${path}: ASCII, so that no reader of man pages needs to be told`);
  }
});
