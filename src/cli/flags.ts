/** Flags as data: one literal becomes Commander's option, the parsed value's type, help and completion. */
import { IpctlError } from '../domain/errors.js';
import { nearest } from '../domain/nearest.js';

interface Named {
  readonly help: string;
  readonly short?: string;
  /** What holds where it is not given, as help tells it. */
  readonly default?: string | number;
}
export type FlagSpec = Named &
  (
    | { readonly type: 'switch' }
    | { readonly type: 'text'; readonly value: string; readonly required?: true }
    | { readonly type: 'list'; readonly value: string; readonly required?: true }
    | { readonly type: 'choice'; readonly choices: readonly string[] }
    /** May be given bare, or as `--debug=body`. */
    | { readonly type: 'optional'; readonly value: string; readonly choices: readonly string[] }
    | { readonly type: 'integer'; readonly value: string; readonly minimum: number; readonly maximum: number }
    /** Milliseconds, written `60s`, `500ms`, `2m`, or a bare number of seconds. */
    | { readonly type: 'duration'; readonly value: string }
  );
export type FlagSet = Readonly<Record<string, FlagSpec>>;

type ValueOf<S> = S extends { type: 'switch' }
  ? boolean
  : S extends { type: 'list' }
    ? readonly string[]
    : S extends { type: 'integer' | 'duration' }
      ? number | undefined
      : S extends { type: 'choice'; choices: readonly (infer C)[] }
        ? C | undefined
        : S extends { type: 'optional'; choices: readonly (infer C)[] }
          ? C | true | undefined
          : S extends { type: 'text'; required: true }
            ? string
            : string | undefined;
export type FlagValues<F extends FlagSet> = { readonly [K in keyof F]: ValueOf<F[K]> };

/** What the user typed, by flag name: texts, lists of texts, or true. */
export type Typed = Readonly<Record<string, string | readonly string[] | true | undefined>>;

const usage = (message: string, meant?: string): IpctlError =>
  new IpctlError('usage', message, { fate: 'not-sent', hint: meant === undefined ? undefined : `did you mean '${meant}'?` });

/** `name` as the user knows it (`--count`, `IPCTL_OUTPUT`). */
export function parseFlag(name: string, spec: FlagSpec, typed: string | readonly string[] | true | undefined): unknown {
  if (spec.type === 'switch') return typed !== undefined;
  if (spec.type === 'list') return typed === undefined ? [] : typed;
  if (typed === undefined) return undefined;
  if (spec.type === 'optional' && (typed === true || /^(true|1|yes|on)$/i.test(String(typed)))) return true;
  const text = String(typed);
  switch (spec.type) {
    case 'choice':
    case 'optional':
      if (!spec.choices.includes(text))
        throw usage(`${name} is one of ${spec.choices.join(', ')}, not '${text}'`, nearest(text, spec.choices));
      return text;
    case 'integer': {
      const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
      if (!(number >= spec.minimum && number <= spec.maximum)) {
        throw usage(`${name} is a whole number from ${spec.minimum} to ${spec.maximum}, not '${text}'`);
      }
      return number;
    }
    case 'duration': {
      const match = /^0*([1-9]\d{0,5})(ms|s|m)?$/.exec(text);
      if (match === null) throw usage(`${name} is a duration such as 60s, 500ms or 2m, not '${text}'`);
      return Number(match[1]) * ({ ms: 1, s: 1000, m: 60_000 }[match[2] ?? 's'] ?? 1000);
    }
    case 'text':
      return text;
  }
}

export function parseFlags<F extends FlagSet>(flags: F, typed: Typed): FlagValues<F> {
  const values = Object.entries(flags).map(([name, spec]) => [name, parseFlag(`--${name}`, spec, typed[name])]);
  for (const [name, spec] of Object.entries(flags)) {
    if ('required' in spec && spec.required && typed[name] === undefined) throw usage(`--${name} ${spec.value} is needed`);
  }
  return Object.fromEntries(values) as FlagValues<F>;
}

/** `key=value` pairs; a key alone is a bare tag (null). */
export function parseLabels(pairs: readonly string[]): Record<string, string | null> {
  const labels = pairs.map((pair): [string, string | null] => {
    const at = pair.indexOf('=');
    const key = at < 0 ? pair : pair.slice(0, at);
    if (key === '') throw usage(`--label is KEY=VALUE, not '${pair}'`);
    return [key, at < 0 ? null : pair.slice(at + 1)];
  });
  // Not by assignment: a key such as `__proto__` is a label like any other.
  return Object.fromEntries(labels);
}
