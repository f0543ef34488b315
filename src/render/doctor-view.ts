/** Views of `ipctl doctor`: one finding a row. */
import { every, keysOf, mapOf, oneOf, orNull, scalar, shape, text } from './shape.js';
import type { View } from './views.js';

export type Area = 'program' | 'paths' | 'environment' | 'profile' | 'sandbox' | 'operations';
/** A `warning` may explain trouble, a `problem` is trouble: it decides the exit code. */
export type FindingStatus = 'ok' | 'info' | 'warning' | 'problem';

/** No secret is ever in one. */
export interface Finding {
  readonly area: Area;
  readonly name: string;
  readonly status: FindingStatus;
  readonly detail: string;
  readonly hint: string | null;
  /** The same for a script. Durations are milliseconds, times RFC 3339. */
  readonly facts: Readonly<Record<string, string | number | boolean | null>>;
}

const key = keysOf<Finding>();
export const findingShape = shape(
  'One thing that ipctl doctor looked at. facts: numbers and words for scripts; durations are milliseconds.',
  {
    area: key(
      oneOf(every<Area>({ program: true, paths: true, environment: true, profile: true, sandbox: true, operations: true })),
      ({ area }) => area,
    ),
    name: key(text, ({ name }) => name),
    status: key(oneOf(every<FindingStatus>({ ok: true, info: true, warning: true, problem: true })), ({ status }) => status),
    detail: key(text, ({ detail }) => detail),
    hint: key(orNull(text), ({ hint }) => hint),
    facts: key(mapOf(orNull(scalar)), ({ facts }) => facts),
  },
);

export const findingView: View<Finding> = {
  columns: {
    area: ({ area }) => area,
    name: ({ name }) => name,
    status: ({ status }) => status,
    detail: ({ detail }) => detail,
    hint: ({ hint }) => hint,
  },
  defaults: ['area', 'name', 'status', 'detail', 'hint'],
  // As they were looked at.
  order: () => '',
  json: findingShape.json,
  schema: ['finding'],
};
