// Bundles src/main.ts with all that it imports into lazily loaded chunks of CommonJS. Node reads those in half the time that
// it takes for modules: nothing of its loader for these is started, and no file is awaited.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, transform } from 'esbuild';

export const root = fileURLToPath(new URL('..', import.meta.url));
const target = 'node20.18';

/** What a command needs in one go, by the source it begins with: one file each, for every file costs as much as 10 KB of code. */
const together = {
  core: ['src/cli/run.ts'],
  parse: ['src/cli/program.ts'],
  help: ['src/cli/help/answer.ts'],
  read: [
    'src/cli/commands/ip/list.ts',
    'src/cli/output.ts',
    'src/cli/target.ts',
    'src/http/client.ts',
    'src/http/connections.ts',
    'src/http/native.ts',
    'src/state/tokens.ts',
  ],
  change: ['src/cli/changed.ts'],
};
/** Files that hold a copy of all that the first source needs: a key that was pressed, or help that was asked for, loads nothing that only commands need. */
const alone = {
  asked: ['src/cli/help/alone.ts'],
  complete: ['src/cli/completion/answer.ts', 'src/cli/completion/local.ts', 'src/profiles/store.ts', 'src/profiles/clouds.ts'],
};

/** A driver in one file with what it shares with some of the others; what is in the files above is there already. */
const drivers = readdirSync(join(root, 'src/providers'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => [name, `src/providers/${name}/driver.ts`]);

/** Left out of what is bundled: it costs more to load than it is ever worth here. */
const spared = {
  // HTTP/2 has to be asked for, and Node's own part of it is larger than all that we use of HTTP.
  'undici/lib/dispatcher/client-h2.js': "module.exports = () => { throw new Error('HTTP/2 is not built in'); };",
  // Commander would start other programs with it, for verbs that are programs of their own.
  'commander:node:child_process': 'module.exports = {};',
};

/** Parts of Node that load much themselves, and that most commands have no use for: taken when the first function of them is called. */
const late = /^node:(crypto|fs\/promises)$/;

/** Module of the same functions as a part of Node; of its classes it has none, so that who wants one is told by the build. */
async function called(path) {
  const functions = Object.entries(await import(path)).flatMap(([name, value]) =>
    typeof value === 'function' && /^(?!default$)[a-z]/.test(name) ? [name] : [],
  );
  const own = functions.map((name) => `export const ${name} = (...given) => part().${name}(...given);`);
  return `const part = () => process.getBuiltinModule('${path}');\n${own.join('\n')}`;
}

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
    onResolve({ filter: late }, ({ path, kind, importer }) =>
      kind === 'import-statement' && importer.startsWith(join(root, 'src')) ? { path, namespace: 'late' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'late' }, async ({ path }) => ({ contents: await called(path), loader: 'js' }));
  },
};

/** What is compiled with Bun reads by Bun's own client: its likeness of Node's costs more to load than all of a list. */
export const compiled = {
  name: 'compiled',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\/native\.js$/ }, () => ({ path: join(root, 'src/http/fetching.ts') }));
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
    const { code } = await transform(text, {
      format: 'cjs',
      platform: 'node',
      target,
      supported: { 'dynamic-import': false },
      minifyWhitespace: true,
      minifySyntax: true,
    });
    // Modules leave no trace of their own in a chunk; files of CommonJS keep a function with their name.
    const { inputs } = metafile.outputs[`dist/${basename(path)}`];
    const modules = Object.keys(inputs).filter((input) => metafile.inputs[input].format === 'esm');
    chunks.set(basename(path), `${modules.map((input) => `// ${input}\n`).join('')}${direct(code)}`);
  }
  // In brackets a function is compiled at once: nothing is in a file that is not about to run.
  const held = (names) =>
    `{\n${names.map((name) => `${JSON.stringify(name)}: (function (require, module, exports) {\n${chunks.get(name)}\n}),\n`).join('')}}`;
  const own = within(metafile, 'dist/main.cjs').filter((chunk) => chunk !== 'main.cjs');
  const { packs, members } = packed(metafile, own);
  const files = new Map();
  for (const chunk of chunks.keys())
    if (packs[chunk] === undefined && chunk !== 'main.cjs' && !own.includes(chunk)) members.set(chunk, [chunk]);
  for (const [name, all] of members) files.set(`chunks/${name}`, `'use strict';\n(${held(all)});\n`);
  // What V8 keeps of a file must not be taken for that of another build.
  const identity = createHash('sha256')
    .update(JSON.stringify([...files]))
    .digest('hex')
    .slice(0, 12);
  files.set('main.cjs', `${loader(packs, held(own), identity)}(function (require) {\n${chunks.get('main.cjs')}\n})(load);\n`);
  files.set('LICENSES.txt', licenses(metafile));
  return files;
}

/** A chunk's exports as they are: copies of them, made for modules that others may have written, cost one definition a name. */
function direct(code) {
  const found = code.replace(
    /=>__copyProps\(__defProp\(\{\},"__esModule",\{value:!0\}\),(mod\d*)\)/,
    '=>__defProp($1,"__esModule",{value:!0})',
  );
  // Silence here would cost every start, unseen.
  if (found === code && code.includes('__toCommonJS')) throw new Error('esbuild writes exports in another form than is known here');
  return found.replace(/__toESM\((require\("\.\/[^"]+"\))\)/g, '$1');
}

/** Chunks that are loaded with an output, itself among them. */
function within({ outputs }, output, found = []) {
  if (found.includes(basename(output))) return found;
  found.push(basename(output));
  for (const { path, kind, external } of outputs[output].imports) {
    if (kind === 'import-statement' && !external) within({ outputs }, path, found);
  }
  return found;
}

/** Where an import of a source begins: a chunk of its own that leads to the code, where others share that. */
function outputOf({ outputs }, source) {
  const all = Object.entries(outputs);
  const [output] =
    all.find(([, { entryPoint }]) => entryPoint === source) ?? all.find(([, { inputs }]) => Object.hasOwn(inputs, source)) ?? [];
  if (output === undefined) throw new Error(`nothing is built of ${source}`);
  return output;
}

/**
 * File of each chunk that shares one, and the chunks of each such file: what stands first in `together` takes what it imports,
 * the next one the rest of its own. `own`: those of main.cjs, which every start has.
 */
function packed(metafile, own) {
  const packs = {};
  const members = new Map();
  const all = (sources) => [...new Set(sources.flatMap((source) => within(metafile, outputOf(metafile, source))))];
  for (const [name, sources] of Object.entries(together)) {
    const taken = all(sources).filter((chunk) => packs[chunk] === undefined && !own.includes(chunk));
    for (const chunk of taken) packs[chunk] = `${name}.cjs`;
    members.set(`${name}.cjs`, taken);
  }
  for (const [name, sources] of Object.entries(alone)) {
    packs[basename(outputOf(metafile, sources[0]))] = `${name}.cjs`;
    members.set(
      `${name}.cjs`,
      all(sources).filter((chunk) => !own.includes(chunk)),
    );
  }
  for (const [name, source] of drivers) {
    const output = outputOf(metafile, source);
    const taken = within(metafile, output).filter((chunk) => packs[chunk] === undefined && !own.includes(chunk));
    packs[basename(output)] = `${name}.cjs`;
    members.set(`${name}.cjs`, taken);
  }
  return { packs, members };
}

const loader = (packs, held, identity) => `'use strict';
const loading = (function (module) {
${readFileSync(join(root, '.config/loader.cjs'), 'utf8')}
return module.exports;
})({});
const packs = ${JSON.stringify(packs, null, 2)};
const held = ${held};
const load = loading({ packs, held, identity: '${identity}' });
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
