/** Who may import whom. A rule that is not executed is a wish. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const src = fileURLToPath(new URL('../../src', import.meta.url));
const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => name.replaceAll('\\', '/'));

interface Import {
  readonly from: string;
  /** Relative to src/ for ours, the package's name otherwise. */
  readonly to: string;
  readonly lazy: boolean;
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(src, file), 'utf8');
  const found = [...text.matchAll(/^(?:import|export)\s[^;]*?from '([^']+)'|^import '([^']+)'|import\('([^']+)'\)/gm)];
  return found.map(([, named = '', bare = '', dynamic = '']) => {
    const target = named || bare || dynamic;
    const to = target.startsWith('.') ? relative(src, join(src, dirname(file), target)).replace(/\.js$/, '.ts') : target;
    return { from: file, to, lazy: dynamic !== '' };
  });
}
const imports = files.flatMap(importsOf);

/** The room of a file: its first folder, for providers and sandbox dialects the second too. */
const room = (file: string): string => (file.startsWith('providers/') ? file.split('/').slice(0, 2).join('/') : (file.split('/')[0] ?? ''));
const isOurs = (to: string): boolean => to.endsWith('.ts');

/** What each room may import of ours, besides itself. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  http: ['domain'],
  auth: ['domain', 'http'],
  operations: ['domain'],
  render: ['domain'],
  profiles: ['domain'],
  state: ['domain'],
  sandbox: [],
  'providers/registry.ts': ['domain', 'providers/*'],
  cli: ['domain', 'operations', 'profiles', 'render', 'providers/registry.ts', 'world.ts'],
};
/** Where parts meet: these may reach into more rooms, and say which. */
const meeting: Readonly<Record<string, readonly string[]>> = {
  'cli/target.ts': ['http', 'state'],
  'cli/session.ts': ['http', 'state'],
  'cli/playground.ts': ['sandbox'],
  'cli/completion/kept.ts': ['state'],
  'cli/commands/sandbox/serve.ts': ['sandbox'],
  'cli/commands/sandbox/reset.ts': ['sandbox'],
  'cli/commands/sandbox/journal.ts': ['sandbox'],
  'cli/commands/doctor/sandbox.ts': ['sandbox'],
  'cli/commands/operation/record.ts': ['state'],
  'cli/commands/operation/resume.ts': ['state'],
  'cli/commands/operation/prune.ts': ['state'],
};

test('every import stays within what its room may know', () => {
  const wrong = imports.filter(({ from, to }) => {
    if (!isOurs(to) || from === 'main.ts' || from === 'world.ts') return false;
    const [own, other] = [room(from), room(to)];
    if (own === other) return false;
    const may = [...(allowed[own] ?? ['domain', 'http', 'auth']), ...(meeting[from] ?? [])];
    return !may.includes(other) && !(may.includes('providers/*') && other.startsWith('providers/'));
  });
  assert.deepEqual(
    wrong.map(({ from, to }) => `${from} -> ${to}`),
    [],
  );
});

test('each package has the importers it is meant for, and no others', () => {
  const importers: Readonly<Record<string, (file: string) => boolean>> = {
    undici: (file) => file === 'http/undici.ts',
    conf: (file) => file === 'profiles/store.ts',
    yaml: (file) => file === 'profiles/yaml-text.ts' || file === 'render/yaml.ts',
    '@jmespath-community/jmespath': (file) => file === 'render/query.ts',
    commander: (file) => file === 'cli/program.ts',
    chalk: (file) => file === 'render/table.ts',
    'cli-table3': (file) => file === 'render/table.ts',
    'string-width': (file) => file === 'render/table.ts',
    'ipaddr.js': (file) => file === 'domain/address.ts' || file.startsWith('sandbox/'),
  };
  const packages = imports.filter(({ to }) => !isOurs(to) && !to.startsWith('node:') && !to.endsWith('.json'));
  for (const { from, to } of packages) assert.equal(importers[to]?.(from), true, `${from} imports ${to}`);
  for (const name of Object.keys(importers))
    assert.ok(
      packages.some(({ to }) => to === name),
      `${name} is declared and not used`,
    );
});

test('what is heavy is loaded when it is needed', () => {
  const heavy = imports.filter(
    ({ from, to, lazy }) =>
      !lazy &&
      from.startsWith('cli/') &&
      !from.startsWith('cli/commands/') &&
      /^(profiles\/(store|yaml-text)|http\/(client|connections)|render\/(table|yaml|query|answer)|sandbox\/|state\/)/.test(to) &&
      !isTypeOnly(from, to),
  );
  assert.deepEqual(
    heavy.map(({ from, to }) => `${from} -> ${to}`),
    [],
  );
});

function isTypeOnly(from: string, to: string): boolean {
  const text = readFileSync(join(src, from), 'utf8');
  const path = relative(dirname(join(src, from)), join(src, to)).replace(/\.ts$/, '.js');
  const spelled = path.startsWith('.') ? path : `./${path}`;
  return text.includes(`from '${spelled}'`) && new RegExp(`import type [^;]*from '${spelled.replaceAll('.', '\\.')}'`).test(text);
}

test('time, chance and the process are asked for in one place', () => {
  for (const file of files) {
    if (file === 'main.ts' || file.startsWith('sandbox/')) continue;
    const code = readFileSync(join(src, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
    for (const forbidden of [/\bprocess\./, /\bDate\.now\b/, /\bsetTimeout\b/, /\bMath\.random\b/, /\bconsole\./]) {
      assert.ok(!forbidden.test(code), `${file} uses ${forbidden.source}`);
    }
  }
});

test('no provider is named outside its folder, the registry, and what ships with the sandbox', () => {
  const names = /['"`](openstack|hostway|rackspace|otc|rackconnect|nova)['"`]/;
  for (const file of files) {
    if (/^(providers|sandbox)\//.test(file)) continue;
    const code = readFileSync(join(src, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
    assert.ok(!names.test(code), `${file} names a provider`);
  }
});

test('what is spread into a large object stands at its end', () => {
  // Node 20 takes thirty times as long for an object of twenty keys that begins with a spread: half of the time of a long list.
  const slow = files.flatMap((file) =>
    [...readFileSync(join(src, file), 'utf8').matchAll(/\{\n\s+\.\.\.[\w.()]+,\n(?:\s+\w+[:,].*\n){8}/g)].map(
      ([text]) => `${file}: ${text}`,
    ),
  );
  assert.deepEqual(slow, []);
});
