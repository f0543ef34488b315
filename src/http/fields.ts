/** Reads a provider's JSON into our types at the edge: what is missing or of another type is an error that names the field. */
import { IpctlError } from '../domain/errors.js';

export interface Fields {
  /** The object itself, for `--raw` and for keys we have no type for. */
  readonly raw: Readonly<Record<string, unknown>>;
  /** A text that must be there. */
  text(name: string): string;
  /** Null, absent and '' alike: providers mix them for "none". */
  textOrNull(name: string): string | null;
  /** An opaque id: a text, or a number where an API numbers its things. */
  id(name: string): string;
  integerOrNull(name: string): number | null;
  flag(name: string): boolean;
  /** A time, read as UTC where it names no zone; null when absent or unreadable. */
  timeOrNull(name: string): Date | null;
  object(name: string): Fields;
  objectOrNull(name: string): Fields | null;
  /** A list of objects that must be there. */
  list(name: string): readonly Fields[];
  /** A list of texts; absent and null are empty. */
  texts(name: string): readonly string[];
}

export function fields(value: unknown, where: string): Fields {
  const broken = (name: string, expected: string): never => {
    const path = name === '' ? where : where === '' ? name : `${where}.${name}`;
    throw new IpctlError('defect', `the provider's reply is broken: ${path === '' ? 'the body' : path} is not ${expected}`, {
      fate: 'unknown',
    });
  };
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return broken('', 'an object');
  const raw = value as Readonly<Record<string, unknown>>;
  const inside = (name: string, item: unknown): Fields => fields(item, where === '' ? name : `${where}.${name}`);
  const textOrNull = (name: string): string | null => {
    const found = raw[name] ?? null;
    if (found === null || found === '') return null;
    return typeof found === 'string' ? found : broken(name, 'a text');
  };
  return {
    raw,
    textOrNull,
    text: (name) => textOrNull(name) ?? broken(name, 'a text'),
    id: (name) => (typeof raw[name] === 'number' ? String(raw[name]) : (textOrNull(name) ?? broken(name, 'an id'))),
    integerOrNull(name) {
      const found = raw[name] ?? null;
      if (found === null || found === '') return null;
      const number = Number(found);
      return Number.isSafeInteger(number) ? number : broken(name, 'a whole number');
    },
    flag: (name) => raw[name] === true || raw[name] === 'true',
    timeOrNull(name) {
      const text = textOrNull(name);
      if (text === null) return null;
      const zoned = /(Z|[+-]\d\d:?\d\d)$/i.test(text) ? text : `${text}Z`;
      const time = new Date(zoned.replace(' ', 'T'));
      return Number.isNaN(time.getTime()) ? null : time;
    },
    object: (name) => inside(name, raw[name]),
    objectOrNull: (name) => (raw[name] === undefined || raw[name] === null ? null : inside(name, raw[name])),
    list(name) {
      const found = raw[name];
      if (!Array.isArray(found)) return broken(name, 'a list');
      return found.map((item: unknown, index) => inside(`${name}[${index}]`, item));
    },
    texts(name) {
      const found = raw[name] ?? [];
      if (!Array.isArray(found) || found.some((item) => typeof item !== 'string')) return broken(name, 'a list of texts');
      return found as readonly string[];
    },
  };
}
