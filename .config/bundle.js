// Bundles src/main.ts with all that it imports into lazily loaded chunks of CommonJS. Node reads those in half the time that
// it takes for modules: nothing of its loader for these is started, and no file is awaited.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, transform } from 'esbuild';

export const root = fileURLToPath(new URL('..', import.meta.url));
const target = 'node20.18';

/** What a command needs in one go, by the source it begins with: one file each, for every file costs as much as 10 KB of code. */
const together = {
  core: ['src/cli/run.ts'],
  read: ['src/cli/commands/ip/list.ts', 'src/cli/target.ts', 'src/http/client.ts', 'src/http/wire.ts', 'src/state/tokens.ts'],
};

/** Left out of what is bundled: it costs more to load than it is ever worth here. */
const spared = {
  // HTTP/2 has to be asked for, and Node's own part of it is larger than all that we use of HTTP.
  'undici/lib/dispatcher/client-h2.js': "module.exports = () => { throw new Error('HTTP/2 is not built in'); };",
  // Commander would start other programs with it, for verbs that are programs of their own.
  'commander:node:child_process': 'module.exports = {};',
};

/** Packages in the form in which they cost least. Also for whoever makes something else than `dist` of the same sources. */
export const lean = {
  name: 'lean',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^undici$/ }, () => ({ path: join(root, '.config/undici.cjs') }));
    onResolve({ filter: /client-h2\.js$/ }, () => ({ path: 'undici/lib/dispatcher/client-h2.js', namespace: 'spared' }));
    onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
      importer.includes('/commander/') ? { path: 'commander:node:child_process', namespace: 'spared' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'spared' }, ({ path }) => ({ contents: spared[path], loader: 'js' }));
  },
};

/** Text of each file of `dist`, by its path from there. */
export async function bundle() {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: ['src/main.ts'],
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target,
    chunkNames: '[name]-[hash]',
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
    plugins: [lean],
    write: false,
  });
  const chunks = new Map();
  for (const { path, text } of outputFiles) {
    const { code } = await transform(text, { format: 'cjs', platform: 'node', target, supported: { 'dynamic-import': false } });
    // Modules leave no trace of their own in a chunk; files of CommonJS keep a function with their name.
    const { inputs } = metafile.outputs[`dist/${basename(path)}`];
    const modules = Object.keys(inputs).filter((input) => metafile.inputs[input].format === 'esm');
    chunks.set(basename(path), `${modules.map((input) => `// ${input}\n`).join('')}${code}`);
  }
  const packs = packed(metafile);
  const files = new Map([['main.cjs', `${loader(packs)}(function (require) {\n${chunks.get('main.cjs')}\n})(load);\n`]]);
  chunks.delete('main.cjs');
  for (const name of new Set([...chunks.keys()].map((chunk) => packs[chunk] ?? chunk))) {
    const members = [...chunks].filter(([chunk]) => (packs[chunk] ?? chunk) === name);
    // In brackets a function is compiled at once: nothing is in a file that is not about to run.
    const functions = members.map(([chunk, code]) => `${JSON.stringify(chunk)}: (function (require, module, exports) {\n${code}\n}),\n`);
    files.set(`chunks/${name}`, `'use strict';\nmodule.exports = {\n${functions.join('')}};\n`);
  }
  files.set('LICENSES.txt', licenses(metafile));
  return files;
}

/** File of each chunk that shares one: what stands first in `together` takes what it imports, the next one the rest of its own. */
function packed({ outputs }) {
  const packs = {};
  const take = (output, name) => {
    const chunk = basename(output);
    if (chunk === 'main.cjs' || packs[chunk] !== undefined) return;
    packs[chunk] = name;
    for (const { path, kind, external } of outputs[output].imports) if (kind === 'import-statement' && !external) take(path, name);
  };
  for (const [name, sources] of Object.entries(together)) {
    for (const source of sources) {
      const [output] = Object.entries(outputs).find(([, { inputs }]) => Object.hasOwn(inputs, source)) ?? [];
      if (output === undefined) throw new Error(`nothing is built of ${source}`);
      take(output, `${name}.cjs`);
    }
  }
  return packs;
}

const loader = (packs) => `'use strict';
const packs = ${JSON.stringify(packs, null, 2)};
const loaded = {};
const load = (name) => {
  if (!name.startsWith('.')) return require(name);
  const chunk = name.slice(name.lastIndexOf('/') + 1);
  if (loaded[chunk] === undefined) {
    const module = (loaded[chunk] = { exports: {} });
    require('./chunks/' + (packs[chunk] ?? chunk))[chunk](load, module, module.exports);
  }
  return loaded[chunk].exports;
};
`;

/** The licence of each package that is part of what is built, as its owners want it to go along. */
function licenses({ inputs }) {
  const folders = new Set(Object.keys(inputs).flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []));
  const texts = [...folders].sort().map((folder) => {
    const directory = join(root, folder);
    const { name, version, license } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
    const file = readdirSync(directory).find((entry) => /^licen[cs]e/i.test(entry));
    return `${name} ${version} (${license})\n\n${file === undefined ? '' : readFileSync(join(directory, file), 'utf8').trim()}\n`;
  });
  return texts.join(`\n${'-'.repeat(80)}\n\n`);
}
