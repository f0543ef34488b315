/**
 * What each command prints, to the letter: as a table at 80 columns, as JSON and as CSV, beside the exit code. After a change
 * that is meant, UPDATE_GOLDEN=1 writes golden/*.txt anew, and the difference is read like code.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { rows } from '../../src/cli/commands.js';
import { examples, prepared } from './golden/examples.js';
import { withDesk } from './golden/screen.js';

const directory = fileURLToPath(new URL('./golden/', import.meta.url));
const renewed = process.env.UPDATE_GOLDEN === '1';
const fileOf = (words: string): string => `${words.replaceAll(' ', '-')}.txt`;
const compared = rows.map(({ words }) => words).filter((words) => examples[words].long !== 'all');

/** What differs from run to run: ids of operations and their marks, free ports, the sandbox's own time. */
const settled = (text: string): string =>
  text
    .replace(/\b[a-z0-9]{8}-[a-z0-9]{6}\b/g, '…')
    .replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:…')
    .replace(/("(?:at|startedAt|expiresAt)": )"[^"]*"/g, '$1"…"')
    .replace(/^(expires +|sandbox,.*,)(?:in \d+ \w+ \()?\d{4}-\d\d-\d\dT[\d:.]+Z\)?$/gm, '$1…')
    .replace(/, in \S*\/config\.json/g, ', in …/config.json');

const forms: readonly { readonly more: readonly string[]; readonly columns?: number }[] = [
  { more: [], columns: 80 },
  { more: ['-o', 'json'] },
  { more: ['-o', 'csv'] },
];

for (const words of compared) {
  test(`${words}: table, json and csv`, async () => {
    const example = examples[words];
    let shown = '';
    for (const { more, columns } of forms) {
      if (example.long === 'json' && more.includes('json')) continue;
      await withDesk(async (desk) => {
        const command = await prepared(example, 'sandbox', 'openstack', desk);
        const { code, stdout, stderr } = await desk.ipctl(['-p', 'sandbox', ...command, ...more], {
          env: { SECRET: 'x', NO_COLOR: '1' },
          ...(columns === undefined ? {} : { columns }),
          ...(example.until === undefined ? {} : { until: example.until }),
        });
        const exit = code === 0 ? '' : `(exit ${code})\n`;
        shown += settled(`$ ipctl ${[...command, ...more].join(' ')}\n${stdout}${stderr}${exit}`);
      });
    }
    const path = `${directory}${fileOf(words)}`;
    if (renewed) writeFileSync(path, shown);
    assert.equal(shown, readFileSync(path, 'utf8'), `${fileOf(words)}: UPDATE_GOLDEN=1 where the change is meant`);
  });
}

test('no golden file is left of a command that is gone', () => {
  const kept = readdirSync(directory).filter((name) => name.endsWith('.txt'));
  assert.deepEqual(kept.sort(), compared.map(fileOf).sort());
});
