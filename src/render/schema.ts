/** Every object that `-o json` prints, as JSON Schema: what a script may rely on. Made from the shapes that make the output. */
import { dryRunShape, mutationShape } from './change-view.js';
import { findingShape } from './doctor-view.js';
import { errorShape } from './error-view.js';
import { helpSchema } from './help-schema.js';
import {
  accountShape,
  exchangeShape,
  operationShape,
  profileDetailShape,
  profileShape,
  providerShape,
  servedShape,
} from './house-views.js';
import type { Schema } from './shape.js';
import { floatingIpShape, networkShape, privateIpShape, serverShape, subnetShape } from './views.js';

const only = (name: string, schema: Schema, description: string): Schema => ({
  description,
  type: 'object',
  properties: { [name]: schema },
  required: [name],
});

export const schemas = {
  ip: floatingIpShape.schema,
  privateip: privateIpShape.schema,
  server: serverShape.schema,
  network: networkShape.schema,
  subnet: subnetShape.schema,
  mutation: mutationShape.schema,
  'dry-run': dryRunShape.schema,
  error: errorShape.schema,
  failure: only('error', { $ref: '#/$defs/error' }, 'The last line of stderr when a command fails under -o json or jsonl.'),
  profile: profileShape.schema,
  'profile-detail': profileDetailShape.schema,
  account: accountShape.schema,
  provider: providerShape.schema,
  operation: operationShape.schema,
  sandbox: servedShape.schema,
  exchange: exchangeShape.schema,
  finding: findingShape.schema,
  answer: { description: 'What a provider answered to ipctl api, as it came; secrets that are known are masked.' },
  reset: only('reset', { type: 'string' }, 'The sandboxes that were reset, one a line.'),
  help: helpSchema,
  completion: only('script', { type: 'string' }, 'The completion script of a shell.'),
} as const satisfies Readonly<Record<string, Schema>>;

export type SchemaName = keyof typeof schemas;
export const isSchemaName = (name: string): name is SchemaName => Object.hasOwn(schemas, name);

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';

/** All records under `$defs`; of one record: itself, with what it refers to. */
export function schemaDocument(name?: SchemaName): Schema {
  if (name === undefined) return { $schema: DIALECT, title: 'ipctl', $defs: schemas };
  return {
    $schema: DIALECT,
    title: name,
    $ref: `#/$defs/${name}`,
    $defs: Object.fromEntries(needed(name).map((each) => [each, schemas[each]])),
  };
}

function needed(name: SchemaName, known: readonly SchemaName[] = []): readonly SchemaName[] {
  if (known.includes(name)) return known;
  const referred = [...JSON.stringify(schemas[name]).matchAll(/"#\/\$defs\/([a-z-]+)"/g)].map(([, other = '']) => other);
  return referred.filter(isSchemaName).reduce<readonly SchemaName[]>((found, other) => needed(other, found), [...known, name]);
}
