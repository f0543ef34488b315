// Writes the generated parts of the documents: what stands between <!-- NAME --> and <!-- /NAME --> in README.md and in the
// README of each provider's folder, and the list of man pages in package.json. With --check it writes nothing and fails,
// naming what differs. Run by `npm run docs`, and checked by a test.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { rows } from '../src/cli/commands.ts';
import { programHelp } from '../src/cli/help/describe.ts';
import { exitCodes } from '../src/cli/help/exit-codes.ts';
import { defaultOf, variableNames } from '../src/domain/option.ts';
import { providerIds, providerOf } from '../src/providers/registry.ts';
import { manFiles } from './man.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path) => readFileSync(`${root}${path}`, 'utf8');
const cell = (text) => String(text).replaceAll('|', '\\|');
const table = (head, lines) => [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.map(cell).join(' | ')} |`).join('\n');
const manifests = providerIds.map((id) => providerOf(id).manifest);
/** `ip allocate` by capability: the one row that needs it. */
const verbs = [
  ...new Map(
    rows
      .filter(({ needs }) => needs !== undefined)
      .map(({ needs, words }) => [needs, words])
      .reverse(),
  ),
].reverse();

/** Where the provider's README is: beside its manifest. */
const folders = new Map(
  readdirSync(`${root}src/providers`, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('manifest.ts'))
    .map((name) => `src/providers/${name.replaceAll('\\', '/').replace(/manifest\.ts$/, '')}`)
    .map((folder) => [/^ {2}id: '(\w+)'/m.exec(read(`${folder}manifest.ts`))?.[1], folder]),
);

/** Verbs of one noun that every provider answers alike share a line. */
function matrix() {
  const can = (manifest, capability) => {
    const { can: able, takes } = manifest.supports[capability];
    if (!able) return '–';
    if (capability === 'moveFloatingIp') return manifest.move;
    // None of our flags means anything to it there.
    return capability === 'updateFloatingIp' && takes.length === 0 ? 'own option' : 'yes';
  };
  const lines = new Map();
  for (const [capability, words] of verbs) {
    const [noun, verb] = words.split(' ');
    const cells = manifests.map((manifest) => can(manifest, capability));
    const key = [noun, ...cells].join();
    lines.set(key, { noun, verbs: [...(lines.get(key)?.verbs ?? []), verb], cells });
  }
  const holders = ['servers that one address serves', ...manifests.map(({ holders: several }) => several)];
  return table(
    ['', ...manifests.map(({ id }) => `[${id}](${folders.get(id)}README.md)`)],
    [...[...lines.values()].map(({ noun, verbs: all, cells }) => [`\`${noun}\` ${all.join(', ')}`, ...cells]), holders],
  );
}

/** The numbers for whoever knows the words; `ipctl help exit-codes` has the sentences. */
const codes = () => `Exit codes (\`ipctl help exit-codes\`): ${exitCodes.map(({ code, kind }) => `${code} ${kind}`).join(', ')}.`;

function facts(manifest) {
  const { id, title, docs, move, holders, timeout, supports, options, oneOf } = manifest;
  const about = (answer) => {
    if (!answer.can) return `${answer.reason}${answer.instead === null ? '' : `; ${answer.instead}`} ([their page](${answer.link}))`;
    const takes = answer.takes.length === 0 ? [] : [`takes ${answer.takes.map((flag) => `\`--${flag}\``).join(', ')}`];
    return [...(answer.note === null ? [] : [answer.note]), ...takes].join('; ');
  };
  const value = (spec) => {
    if (spec.required === true) return 'required';
    const preset = defaultOf(spec);
    return preset === undefined ? '' : `\`${preset}\``;
  };
  const ways = oneOf.map((way) => way.map((name) => `\`${name}\``).join(' + ')).join(', or ');
  return [
    `Provider \`${id}\`: ${title}, [documentation](${docs}). An address serves ${holders} server${holders === 'one' ? '' : 's'}; move: ${move}; \`--timeout\` is ${timeout} s unless given.`,
    '',
    '### What it can do',
    '',
    table(
      ['Command', 'Can', 'About'],
      verbs.map(([capability, words]) => [`\`${words}\``, supports[capability].can ? 'yes' : 'no', about(supports[capability])]),
    ),
    '',
    '### Options',
    '',
    `Each is a setting of a profile, a flag \`--${id}-OPTION\`, and a variable.${ways === '' ? '' : ` Needed: ${ways}.`}`,
    '',
    table(
      ['Option', 'Kind', 'Default', 'Variables', 'About'],
      Object.entries(options).map(([name, spec]) => [
        `\`${name}\``,
        spec.kind === 'enum' ? spec.choices.join(', ') : spec.kind,
        value(spec),
        variableNames(id, name, spec)
          .map((variable) => `\`${variable}\``)
          .join(', '),
        spec.help,
      ]),
    ),
  ].join('\n');
}

/** The text with what stands between the markers replaced. */
function filled(path, parts) {
  return Object.entries(parts).reduce((text, [name, content]) => {
    const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
    const [from, to] = [text.indexOf(start), text.indexOf(end)];
    if (from < 0 || to < from) throw new Error(`${path} has no ${start} … ${end}`);
    return `${text.slice(0, from)}${start}\n\n${content}\n\n${text.slice(to)}`;
  }, read(path));
}

function packageJson() {
  const { man: _, ...rest } = JSON.parse(read('package.json'));
  const entries = Object.entries(rest).flatMap(([name, value]) =>
    name === 'files'
      ? [
          ['man', manFiles(JSON.parse(JSON.stringify(programHelp())))],
          [name, value],
        ]
      : [[name, value]],
  );
  return `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`;
}

const documents = [
  ['README.md', filled('README.md', { matrix: matrix(), 'exit-codes': codes() })],
  ...manifests.map((manifest) => {
    const path = `${folders.get(manifest.id)}README.md`;
    return [path, filled(path, { facts: facts(manifest) })];
  }),
  ['package.json', packageJson()],
];

const stale = documents.filter(([path, text]) => read(path) !== text);
if (process.argv.includes('--check')) {
  for (const [path] of stale) process.stderr.write(`${path} is not what npm run docs makes of it\n`);
  process.exitCode = stale.length === 0 ? 0 : 1;
} else {
  for (const [path, text] of stale) writeFileSync(`${root}${path}`, text);
}
