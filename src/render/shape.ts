/**
 * The JSON of a record as one declaration: its keys in order, where each value is read, and what it may be. The output and
 * its JSON Schema are both made from it, so neither can say something that the other does not.
 */
import type { Fate } from '../domain/errors.js';

/** JSON Schema, draft 2020-12. */
export type Schema = Readonly<Record<string, unknown>>;

/** What a value may be, for the compiler and as a schema. */
export interface Kind<V> {
  readonly schema: Schema;
  /** Never there: it ties the schema to a type. */
  readonly type?: V;
}

export interface Key<T> {
  readonly kind: Kind<unknown>;
  read(record: T): unknown;
  /** Left out of the object where it is undefined. */
  readonly optional?: true;
}

export interface Shape<T> {
  /** Every key, null for what is not known; `raw` adds the provider's own object where the record has one. */
  json(record: T, raw: boolean): Record<string, unknown>;
  readonly schema: Schema;
}

export const text: Kind<string> = { schema: { type: 'string' } };
export const integer: Kind<number> = { schema: { type: 'integer' } };
export const truth: Kind<boolean> = { schema: { type: 'boolean' } };
export const scalar: Kind<string | number | boolean> = { schema: { type: ['string', 'number', 'boolean'] } };
export const anything: Kind<unknown> = { schema: {} };
/** RFC 3339, UTC. */
export const time: Kind<string> = {
  schema: { type: 'string', format: 'date-time', pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?Z$' },
};
export const version: Kind<4 | 6> = { schema: { enum: [4, 6] } };

export function orNull<V>({ schema }: Kind<V>): Kind<V | null> {
  if (Array.isArray(schema.enum)) return { schema: { ...schema, enum: [...schema.enum, null] } };
  if (typeof schema.type === 'string' || Array.isArray(schema.type)) return { schema: { ...schema, type: [schema.type, 'null'].flat() } };
  return { schema: { anyOf: [schema, { type: 'null' }] } };
}

/** A closed enumeration. */
export const oneOf = <V extends string>(values: readonly V[]): Kind<V> => ({ schema: { enum: values } });

/** The members of a union, all of them: the compiler asks for each. */
export const every = <V extends string>(members: Readonly<Record<V, true>>): readonly V[] => Object.keys(members) as V[];

export const listOf = <V>({ schema }: Kind<V>): Kind<readonly V[]> => ({ schema: { type: 'array', items: schema } });
export const mapOf = <V>({ schema }: Kind<V>): Kind<Readonly<Record<string, V>>> => ({
  schema: { type: 'object', additionalProperties: schema },
});
export const either = <A, B>(one: Kind<A>, other: Kind<B>): Kind<A | B> => ({ schema: { anyOf: [one.schema, other.schema] } });

export const fates = every<Fate>({ 'not-sent': true, 'not-applied': true, applied: true, partial: true, unknown: true });

/** Another record of the schema, by its name there. */
export const recordNamed = (name: string): Kind<object> => ({ schema: { $ref: `#/$defs/${name}` } });

const objectSchema = (kinds: readonly (readonly [string, Kind<unknown>])[], required: readonly string[]): Schema => ({
  type: 'object',
  properties: Object.fromEntries(kinds.map(([name, { schema }]) => [name, schema])),
  required,
});

/** An object inside a record. */
export const structure = <V extends object>(kinds: { readonly [K in keyof V]-?: Kind<V[K]> }): Kind<V> => ({
  schema: objectSchema(Object.entries(kinds) as [string, Kind<unknown>][], Object.keys(kinds)),
});

/** Declares keys of a record of type `T`: the kind decides what may be read. */
export const keysOf =
  <T>() =>
  <V>(kind: Kind<V>, read: (record: T) => NoInfer<V>): Key<T> => ({ kind, read });

/** `raw`: where the provider's own object is, for records that keep it. */
export function shape<T>(description: string, keys: Readonly<Record<string, Key<T>>>, raw?: (record: T) => unknown): Shape<T> {
  const entries = Object.entries(keys);
  const { properties, ...object } = objectSchema(
    entries.map(([name, { kind }]) => [name, kind]),
    entries.flatMap(([name, { optional }]) => (optional ? [] : [name])),
  );
  return {
    schema: {
      description,
      ...object,
      properties: raw === undefined ? properties : { ...(properties as Schema), raw: { description: 'the provider’s own object: --raw' } },
    },
    json(record, wanted) {
      const values = entries.map(([name, { read }]): [string, unknown] => [name, read(record)]);
      const told = values.filter(([name, value]) => value !== undefined || keys[name]?.optional !== true);
      return { ...Object.fromEntries(told), ...(wanted && raw !== undefined ? { raw: raw(record) } : {}) };
    },
  };
}
