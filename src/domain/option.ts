/**
 * A provider's option is described once, as plain data; these readers make of it the flag, the variables, the parser, the
 * prompt and the documentation row. Drivers see parsed values only.
 */
import { IpctlError } from './errors.js';

interface Described {
  /** One line: what it is, in the provider's terms. */
  readonly help: string;
  readonly required?: true;
  /** The provider's own variables, read after `IPCTL_<PROVIDER>_<OPTION>`, first set wins. */
  readonly env?: readonly string[];
  /** Where requests go, or as whom: of a named profile it comes from flag or profile only, never from a stray variable. */
  readonly identity?: true;
  /** Left out of prompts and of the short help. */
  readonly advanced?: true;
  /** The command words (`ip allocate`) whose help shows it. Absent: accepted by each verb of the provider, shown by `provider show`. */
  readonly on?: readonly string[];
}

export type OptionSpec = Described &
  (
    | { readonly kind: 'string'; readonly default?: string }
    | { readonly kind: 'secret' }
    | { readonly kind: 'url'; readonly default?: string }
    | { readonly kind: 'enum'; readonly choices: readonly string[]; readonly default?: string }
    | { readonly kind: 'integer'; readonly default?: number; readonly minimum?: number; readonly maximum?: number }
    | { readonly kind: 'boolean'; readonly default?: boolean }
  );

export type OptionSet = Readonly<Record<string, OptionSpec>>;
export type OptionValue = string | number | boolean;

type ValueOf<S> = S extends { kind: 'enum'; choices: readonly (infer C)[] }
  ? C
  : S extends { kind: 'integer' }
    ? number
    : S extends { kind: 'boolean' }
      ? boolean
      : string;
type Certain<O extends OptionSet> = {
  [K in keyof O]: O[K] extends { required: true } | { default: OptionValue } ? K : never;
}[keyof O];

/** Parsed values: required or defaulted ones are certain, the others optional, `choices` become a union. */
export type Values<O extends OptionSet> = { readonly [K in Certain<O>]: ValueOf<O[K]> } & {
  readonly [K in Exclude<keyof O, Certain<O>>]?: ValueOf<O[K]> | undefined;
};

export const flagName = (provider: string, option: string): string => `--${provider}-${option}`;

/** Variables that may hold it, in order of precedence. */
export function variableNames(provider: string, option: string, spec: OptionSpec): readonly string[] {
  const own = `IPCTL_${provider}_${option}`.replaceAll('-', '_').toUpperCase();
  return [own, ...(spec.env ?? [])];
}

export const defaultOf = (spec: OptionSpec): OptionValue | undefined => (spec.kind === 'secret' ? undefined : spec.default);

/** `name` is how the user gave it (`--otc-bandwidth-size`, `OS_AUTH_URL`), for the message. A secret's text is never repeated. */
export function parseOption(name: string, spec: OptionSpec, text: string): OptionValue {
  const wrong = (expected: string) => new IpctlError('usage', `${name} ${expected}, not '${text}'`);
  switch (spec.kind) {
    case 'string':
    case 'secret':
      if (text === '') throw new IpctlError('usage', `${name} is empty`);
      return text;
    case 'url':
      if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) throw wrong('is an http or https URL');
      if (new URL(text).username !== '' || new URL(text).password !== '') {
        throw new IpctlError('usage', `${name} carries credentials in the URL`, { hint: 'give user and password as options of their own' });
      }
      return text;
    case 'enum':
      if (!spec.choices.includes(text)) throw wrong(`is one of ${spec.choices.join(', ')}`);
      return text;
    case 'integer': {
      const number = /^-?\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
      const { minimum = 0, maximum = Number.MAX_SAFE_INTEGER } = spec;
      if (Number.isNaN(number)) throw wrong('is a whole number');
      if (number < minimum || number > maximum) {
        throw wrong(spec.maximum === undefined ? `is at least ${minimum}` : `is from ${minimum} to ${maximum}`);
      }
      return number;
    }
    case 'boolean':
      if (/^(true|yes|on|1)$/i.test(text)) return true;
      if (/^(false|no|off|0)$/i.test(text)) return false;
      throw wrong('is true or false');
  }
}

/** What a value looks like, for help and docs: `URL`, `NUMBER`, `put|post|auto`. */
export function placeholder(spec: OptionSpec): string {
  switch (spec.kind) {
    case 'enum':
      return spec.choices.join('|');
    case 'boolean':
      return 'true|false';
    case 'integer':
      return 'NUMBER';
    case 'url':
      return 'URL';
    case 'secret':
      return 'SECRET';
    case 'string':
      return 'TEXT';
  }
}
