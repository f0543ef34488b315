/** What `ipctl schema` promises holds for the JSON of every command, on every provider's sandbox. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { type Row, rows, type Words } from '../../src/cli/commands.js';
import { load } from '../../src/cli/load.js';
import { type ProviderId, providerIds, providerOf } from '../../src/providers/registry.js';
import { isSchemaName, type SchemaName, schemaDocument, schemas } from '../../src/render/schema.js';
import { type Example, examples, prepared } from './golden/examples.js';
import { type Desk, withDesk } from './golden/screen.js';

/** A script may not rely on what the schema does not name: here no other key is let through. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, closed(value)]));
  return 'required' in schema ? { ...inner, additionalProperties: false } : inner;
}

const ajv = new Ajv2020({ strictTypes: false, allErrors: true, formats: { 'date-time': true } });
ajv.addSchema({ ...(closed(schemaDocument()) as object), $id: 'ipctl' });

function validator(name: SchemaName): ValidateFunction {
  const found = ajv.getSchema(`ipctl#/$defs/${name}`);
  assert.ok(found !== undefined, name);
  return found;
}

function assertHolds(name: SchemaName, value: unknown, about: string): void {
  const holds = validator(name);
  assert.ok(holds(value), `${about}: ${ajv.errorsText(holds.errors, { separator: '\n' })}\n${JSON.stringify(value, null, 1)}`);
}

function assertPrinted({ prints }: Example, stdout: string, about: string): void {
  const value: unknown = JSON.parse(stdout);
  if (prints === 'a schema') {
    assert.ok(ajv.validateSchema(value as object), `${about}: ${ajv.errorsText(ajv.errors)}`);
  } else if (typeof prints === 'string') {
    assertHolds(prints, value, about);
  } else {
    assert.ok(Array.isArray(value) && value.length > 0, `${about}: a list with something in it`);
    for (const each of value) assertHolds(prints[0], each, about);
  }
}

const profileOf = (provider: ProviderId): string => `sandbox-${provider}`;
const canDo = (row: Row, provider: ProviderId): boolean => row.needs === undefined || providerOf(provider).manifest.supports[row.needs].can;

async function ranOn(
  provider: ProviderId,
  words: Words,
  more: readonly string[],
  check: (ran: Awaited<ReturnType<Desk['ipctl']>>) => void,
) {
  const example = examples[words];
  await withDesk(async (desk) => {
    const command = await prepared(example, profileOf(provider), provider, desk);
    const env = { SECRET: 'x' };
    check(
      await desk.ipctl(
        ['-p', profileOf(provider), ...command, ...more],
        example.until === undefined ? { env } : { env, until: example.until },
      ),
    );
  });
}

test('every command has an example', () => {
  assert.deepEqual(
    rows.map(({ words }) => words).filter((words) => !Object.hasOwn(examples, words)),
    [],
  );
});

for (const row of rows as readonly (Row & { readonly words: Words })[]) {
  const { words } = row;
  const on = row.needs === undefined ? (['openstack'] as const) : providerIds.filter((provider) => canDo(row, provider));
  test(`${words}: the JSON is what the schema says, on ${on.join(', ')}`, async () => {
    for (const provider of on) {
      await ranOn(provider, words, ['-o', 'json'], ({ code, stdout, stderr }) => {
        assert.equal(code, examples[words].until === undefined ? 0 : 130, `${provider}: ${stderr}`);
        assertPrinted(examples[words], stdout, `${words} on ${provider}`);
      });
    }
  });
}

test('the view of each command names what it prints', async () => {
  for (const { words } of rows) {
    const { view } = await load[words]();
    const { prints } = examples[words];
    if (view !== undefined) assert.ok(view.schema?.includes(String([prints].flat()[0])), words);
  }
});

describe('beyond one object', () => {
  test('a dry run, on every provider', async () => {
    for (const provider of providerIds) {
      await ranOn(provider, 'ip allocate', ['-o', 'json', '--dry-run'], ({ code, stdout, stderr }) => {
        assert.equal(code, 0, stderr);
        assertHolds('dry-run', JSON.parse(stdout), provider);
        assert.ok(!validator('mutation')(JSON.parse(stdout)), 'which is no mutation');
      });
    }
  });

  test('several addresses are a list, and --raw adds one key', async () => {
    await ranOn('openstack', 'ip allocate', ['--count', '2', '-o', 'json', '--raw'], ({ stdout }) => {
      const value = JSON.parse(stdout) as { ip: { raw: object } }[];
      assert.equal(value.length, 2);
      for (const each of value) {
        assertHolds('mutation', each, '--count 2');
        assert.equal(typeof each.ip.raw, 'object');
      }
    });
  });

  test('an error, alone and with one part for each target', async () => {
    await withDesk(async (desk) => {
      const alone = await desk.ipctl(['-p', 'sandbox', 'ip', 'show', '203.0.113.250', '-o', 'json']);
      assert.equal(alone.code, 3);
      assertHolds('failure', JSON.parse(alone.stderr), 'not found');
      assertHolds('failure', JSON.parse((await desk.ipctl(['ip', 'bogus', '-o', 'json'])).stderr), 'usage');
      const made = JSON.parse((await desk.ipctl(['-p', 'sandbox', 'ip', 'allocate', '-o', 'json'])).stdout) as { ip: { address: string } };
      const several = await desk.ipctl(['-p', 'sandbox', 'ip', 'release', made.ip.address, '203.0.113.250', '--yes', '-o', 'json']);
      assert.equal(several.code, 9);
      const failure = JSON.parse(several.stderr) as { error: { errors: unknown[] } };
      assertHolds('failure', failure, 'partial');
      assert.equal(failure.error.errors.length, 1);
      for (const each of JSON.parse(several.stdout) as unknown[]) assertHolds('mutation', each, 'partial');
    });
  });

  test('a schema can fail: another state, a key too many, a key too few', () => {
    const server = { profile: 'p', provider: 'x', id: '1', name: null, state: 'active', providerState: null, addresses: [], zone: null };
    const holds = validator('server');
    assert.ok(holds(server));
    assert.ok(!holds({ ...server, state: 'ACTIVE' }));
    assert.ok(!holds({ ...server, more: 1 }));
    const { zone: _, ...less } = server;
    assert.ok(!holds(less));
  });
});

test('ipctl schema prints each record’s schema by itself, or all of them', async () => {
  await withDesk(async ({ ipctl }) => {
    const all = await ipctl(['schema']);
    assert.equal(all.code, 0, all.stderr);
    assert.deepEqual(JSON.parse(all.stdout), JSON.parse(JSON.stringify(schemaDocument())), 'JSON for a person too');
    assert.deepEqual(Object.keys((JSON.parse(all.stdout) as { $defs: object }).$defs), Object.keys(schemas));
    for (const name of Object.keys(schemas)) {
      assert.ok(isSchemaName(name));
      const { stdout } = await ipctl(['schema', name, '-o', 'jsonl']);
      assert.match(stdout, /^\S.*\n$/, 'one line');
      new Ajv2020({ strictTypes: false, formats: { 'date-time': true } }).compile(JSON.parse(stdout) as object);
    }
    assert.match((await ipctl(['schema', 'ip', '-o', 'yaml'])).stdout, /^\$schema: https:/);
    const unknown = await ipctl(['schema', 'bogus']);
    assert.equal(unknown.code, 2);
    assert.match(unknown.stderr, /privateip/);
    for (const format of ['csv', 'tsv', 'value']) assert.equal((await ipctl(['schema', '-o', format])).code, 2, format);
    assert.equal((await ipctl(['schema', '-o', 'value', '--query', '"$defs".ip.properties.version.enum'])).stdout, '4\n6\n');
  });
});
