/**
 * Replies that no provider should send, and words that nobody should type: whatever comes, the program ends with an exit code
 * of the contract and a sentence of its own, and shows no secret. Seeded and bounded; a failure prints what reproduces it.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { kinds } from '../../src/domain/errors.js';
import type { Ran } from '../support/ipctl.js';
import { chance } from './support/chance.js';
import { impatientClock, inside } from './support/inside.js';
import { allocating, type Founding, founding, machine, roomy, variableOf } from './support/machine.js';
import { type Relay, relay, type Told } from './support/relay.js';
import { type Served, served } from './support/served.js';

const { seed } = chance(20260117);
/** For each command of each provider. */
const REPLIES = 40;
const WORDS = 80;
const SPAWNS = 8;

let cloud: Served;
before(async () => {
  cloud = await served(roomy);
});
after(() => cloud.stop());

const codes: ReadonlySet<number> = new Set([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14]);
/** A terminal would obey these. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/;

/** A clean exit of the contract: a known code, a known kind, a sentence that is not JavaScript's, no control character, no secret. */
function clean({ code, stdout, stderr }: Ran, secrets: readonly string[]): void {
  assert.ok(codes.has(code), `exit code ${code}`);
  for (const text of [stdout, stderr]) assert.doesNotMatch(text, CONTROL);
  for (const secret of secrets) assert.ok(!stderr.includes(secret), `a secret is shown: ${stderr}`);
  assert.doesNotMatch(stderr, /unexpected:|TypeError|RangeError|SyntaxError|is not a function|undefined/);
  if (code === 0) return;
  const line = stderr.trim().split('\n').at(-1) ?? '';
  const { error } = JSON.parse(line) as { error: { kind: string; exitCode: number; message: string } };
  assert.ok(
    kinds.some((kind) => kind === error.kind),
    line,
  );
  assert.equal(error.exitCode, code);
  assert.notEqual(error.message, '');
}

interface Scene {
  readonly relay: Relay;
  readonly env: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
  readonly address: string;
}

async function scene(provider: Founding, work: (scene: Scene) => Promise<void>): Promise<void> {
  const gate = await relay();
  try {
    const options = gate.through(cloud.options(provider));
    const env = {
      IPCTL_PROFILE: `env:${provider}`,
      IPCTL_OUTPUT: 'json',
      ...Object.fromEntries(Object.entries(options).map(([name, value]) => [variableOf(provider, name), value])),
    };
    const secrets = [options.password, options['api-key']].filter((secret) => secret !== undefined);
    const bought = await inside(['ip', 'allocate', ...allocating[provider]], { env, clock: impatientClock() });
    assert.equal(bought.code, 0, bought.stderr);
    const { ip } = JSON.parse(bought.stdout) as { ip: { address: string } };
    await work({ relay: gate, env, secrets, address: ip.address });
  } finally {
    await gate.close();
  }
}

/** Another value in place of the one that is the `at`-th on a walk through a body, or nothing. */
interface Mutation {
  readonly at: number;
  readonly value: unknown;
}
const GONE = Symbol('gone');

function mutated(body: unknown, { at, value }: Mutation): unknown {
  let count = 0;
  const size = (node: unknown): number =>
    1 + (typeof node === 'object' && node !== null ? Object.values(node).reduce((sum: number, child) => sum + size(child), 0) : 0);
  const target = at % size(body);
  const walk = (node: unknown): unknown => {
    const here = count;
    count += 1;
    if (here === target) return value;
    if (Array.isArray(node)) return node.map(walk).filter((child) => child !== GONE);
    if (typeof node !== 'object' || node === null) return node;
    return Object.fromEntries(
      Object.entries(node)
        .map(([key, child]) => [key, walk(child)] as const)
        .filter(([, child]) => child !== GONE),
    );
  };
  const result = walk(body);
  return result === GONE ? undefined : result;
}

const values = (secrets: readonly string[]): fc.Arbitrary<unknown> =>
  fc.oneof(
    fc.constantFrom<unknown>(GONE, null, true, -1, 1e21, '', [], {}, [null], [[]], [{}], { id: null }, '__proto__', 'constructor'),
    fc.constantFrom('\u001b[2J\u0007', '=1+1', '../../etc/passwd', '999.1.1.1', '203.0.113.7/24', '::ffff:1.2.3.4', '0x7f000001'),
    fc.constantFrom('2026-99-99T99:99:99Z', 'a'.repeat(5000), '\u202egnp.exe', 'http://169.254.169.254/?marker=x&page=y'),
    fc.constantFrom(...secrets),
    fc.jsonValue({ maxDepth: 2 }),
  );

for (const provider of founding) {
  test(`${provider}: a reply that is not what it should be ends cleanly`, async (t) => {
    t.diagnostic(`seed ${seed}`);
    await scene(provider, async ({ relay: gate, env, secrets, address }) => {
      const commands = [
        ['ip', 'list'],
        ['ip', 'list', '-o', 'table'],
        ['ip', 'show', address, '--debug=body'],
        ['privateip', 'list', ...(provider === 'otc' ? ['--subnet', 'app'] : [])],
        ['server', 'list'],
        ['ip', 'disassociate', address, '--timeout', '2s'],
      ];
      for (const words of commands) {
        // A listing for people is not followed by JSON: its failures are looked at in the other form.
        const shape = words.includes('table') ? { ...env, IPCTL_OUTPUT: 'json' } : env;
        const mutation = fc.record({ at: fc.nat(5000), value: values(secrets) });
        await fc.assert(
          fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 3 }), async (mutations) => {
            gate.treat(async (asked, pass) => {
              const told = await pass();
              return asked.method === 'GET' && told.status < 300 ? changed(told, mutations) : told;
            });
            const ran = await inside(words, { env: shape, clock: impatientClock() });
            clean(words.includes('table') ? inWords(ran) : ran, secrets);
          }),
          { seed, numRuns: REPLIES, endOnFailure: true },
        );
      }
    });
  });
}

function changed(told: Told, mutations: readonly Mutation[]): Told {
  let body: unknown;
  try {
    body = JSON.parse(told.body.toString());
  } catch {
    return told;
  }
  for (const mutation of mutations) body = mutated(body, mutation);
  return { ...told, body: Buffer.from(JSON.stringify(body) ?? '') };
}

/** A failure told to a person, held to the same rules but those of the JSON form. */
function inWords(ran: Ran): Ran {
  if (ran.code === 0) return ran;
  assert.match(ran.stderr, /^ipctl: ./);
  const error = { kind: 'defect', exitCode: ran.code, message: ran.stderr.trim() };
  return { ...ran, stderr: `${ran.stderr.replaceAll('\n', ' ')}\n${JSON.stringify({ error })}` };
}

const words = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('ip', 'privateip', 'server', 'network', 'subnet', 'operation', 'provider', 'schema', 'doctor') },
  {
    weight: 4,
    arbitrary: fc.constantFrom('list', 'show', 'allocate', 'associate', 'disassociate', 'release', 'move', 'update', 'create', 'delete'),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom('--server', '--to', '--subnet', '--label', '--limit', '--count', '--cidr', '--timeout', '--sort', '-c'),
  },
  { weight: 1, arbitrary: fc.constantFrom('-n', '--yes', '--', '--if-exists', '--query', '--profile=', '-vvv', '--no-wait', '-o=xml') },
  {
    weight: 3,
    arbitrary: fc.constantFrom('web-1', '203.0.113.9', '999.1.1.1', '..', '../x', 'a/b?c=d#e', '%2e%2e%2f', 'a\r\nX-Evil: 1', '__proto__'),
  },
  { weight: 2, arbitrary: fc.string({ maxLength: 12 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 6 }) },
);

test('words that nobody should type end cleanly, and none of them becomes part of a path', async (t) => {
  t.diagnostic(`seed ${seed}`);
  for (const provider of founding) {
    // What mutated replies led to is theirs.
    const earlier = (await cloud.journal(provider)).at(-1)?.at ?? '';
    await scene(provider, async ({ relay: gate, env, secrets }) => {
      const asked: string[] = [];
      gate.treat(({ path }, pass) => {
        asked.push(path);
        return pass();
      });
      await fc.assert(
        fc.asyncProperty(fc.array(words, { minLength: 1, maxLength: 7 }), async (typed) => {
          clean(await inside([...typed, '-o', 'json'], { env, clock: impatientClock() }), secrets);
        }),
        { seed, numRuns: WORDS, endOnFailure: true },
      );
      const references = fc.oneof(
        fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }),
        fc.constantFrom('..', '.', '../servers', '%2e%2e', 'a?b', 'a#b', ' '),
      );
      await fc.assert(
        fc.asyncProperty(references, fc.constantFrom('ip', 'server'), async (reference, noun) => {
          clean(await inside([noun, 'show', '-o', 'json', '--', reference], { env, clock: impatientClock() }), secrets);
        }),
        { seed, numRuns: WORDS, endOnFailure: true },
      );
      for (const path of asked) assert.doesNotMatch(path, /\/\.\.?(\/|\?|$)|[\s#]|X-Evil:/, path);
    });
    const marked = (await cloud.journal(provider)).filter(({ mark, at }) => mark !== null && at > earlier);
    assert.deepEqual(
      marked.map(({ path, mark }) => `${path}: ${mark}`),
      [],
    );
  }
});

test('the binary itself: odd words, odd variables, a secret as a word', async () => {
  const options = cloud.options('hostway');
  const { run, home } = machine('hostway', options);
  try {
    const typed = fc.sample(
      fc.array(
        words.filter((word) => !word.includes('\0')),
        { minLength: 1, maxLength: 6 },
      ),
      { seed, numRuns: SPAWNS },
    );
    for (const line of typed) clean(await run([...line, '-o', 'json']), [options.password ?? '']);
    for (const line of [
      ['profile', 'add', 'x', '--provider', 'hostway', '--set', `password=${options.password}`],
      ['profile', 'add', 'x', '--provider', 'hostway', '--secret', String(options.password)],
      ['ip', 'list', `--hostway-password=${options.password}`],
    ]) {
      const ran = await run([...line, '-o', 'json']);
      assert.notEqual(ran.code, 0);
      clean(ran, [options.password ?? '']);
    }
  } finally {
    home.remove();
  }
});
