/** What the command line says of a request: its method, its headers, and fields that become a query or a JSON body. */
import { IpctlError } from '../../../domain/errors.js';
import type { Request } from '../../../domain/exchange.js';

const usage = (message: string, hint?: string): IpctlError => new IpctlError('usage', message, { fate: 'not-sent', hint });

const METHODS: readonly Request['method'][] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

export function methodOf(text: string): Request['method'] {
  const method = METHODS.find((each) => each === text.toUpperCase());
  if (method === undefined) throw usage(`the method is one of ${METHODS.join(', ')}, not '${text}'`, 'ipctl api METHOD PATH');
  return method;
}

/** Those that say who we are, how long the body is, or that the method is another one. */
const OURS = /^(host|connection|content-length|transfer-encoding|content-encoding|te|trailer|upgrade|keep-alive|expect|x-http-method.*)$/;
const SECRET = /^(authorization|proxy-authorization|cookie|x-(auth|subject|security|service)-token|x-sdk-.*|x-project-id|x-domain-id)$/;

/** `Name: value`, names in lower case. A header that is wrong is named, but its value is not repeated. */
export function headersOf(given: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    given.map((text) => {
      const at = text.indexOf(':');
      const name = text.slice(0, Math.max(at, 0)).trim().toLowerCase();
      const value = text.slice(at + 1).trim();
      if (!/^[a-z0-9!#$%&'*+.^_`|~-]+$/.test(name)) throw usage("--header is 'NAME: VALUE'");
      if (SECRET.test(name)) throw usage(`--header: ${name} comes from the profile`, 'a credential has no place on a command line');
      if (OURS.test(name)) throw usage(`--header: ${name} follows from the request itself`);
      if (!/^[\t\x20-\x7e]*$/.test(value)) throw usage(`--header: the value of ${name} holds what no header can`);
      return [name, value];
    }),
  );
}

type Json = string | number | boolean | null | Json[] | { [name: string]: Json };

const pairOf = (field: string): readonly [string, string] => {
  const at = field.indexOf('=');
  if (at < 1) throw usage(`--field is KEY=VALUE, not '${field}'`);
  return [field.slice(0, at), field.slice(at + 1)];
};

/** For a read: the query, each text as it stands. */
export const queryOf = (fields: readonly string[]): readonly (readonly [string, string])[] => fields.map(pairOf);

/**
 * For a change: `a=1`, `a[b]=x`, `a[]=x` as a JSON object. `true`, `false`, `null`, numbers and texts in double quotes are
 * JSON; all else is a text. A key given twice, or as two kinds of thing, is `usage`.
 */
export function bodyOf(fields: readonly string[]): Json {
  const root = new Map<string, Node>();
  for (const field of fields) {
    const [key, text] = pairOf(field);
    const [, first, rest = ''] = /^([^[\]]+)((?:\[[^[\]]*\])*)$/.exec(key) ?? [];
    if (first === undefined) throw usage(`--field: '${key}' is no key`, 'such as name, floatingip[port_id], tags[]');
    put(root, [first, ...[...rest.matchAll(/\[([^[\]]*)\]/g)].map(([, part = '']) => part)], jsonOf(text), key);
  }
  return plainOf(root);
}

type Node = Json | Map<string, Node> | Node[];

function put(into: Map<string, Node>, [name = '', ...inner]: readonly string[], value: Json, key: string): void {
  const [next, ...rest] = inner;
  const there = into.get(name);
  if (next === undefined) {
    if (there !== undefined) throw usage(`--field: ${key} is given twice`);
    into.set(name, value);
    return;
  }
  if (next === '') {
    if (rest.length > 0) throw usage(`--field: ${key}: [] stands last`, '--input takes any JSON');
    if (there !== undefined && !Array.isArray(there)) throw usage(`--field: ${key} is a list here, and something else before`);
    into.set(name, [...((there as Node[] | undefined) ?? []), value]);
    return;
  }
  if (there !== undefined && !(there instanceof Map)) throw usage(`--field: ${key} is an object here, and something else before`);
  const below: Map<string, Node> = there ?? new Map<string, Node>();
  into.set(name, below);
  put(below, inner, value, key);
}

/** Entries, not assignments: `__proto__` is a key like any other. */
function plainOf(node: Node): Json {
  if (node instanceof Map) return Object.fromEntries([...node].map(([name, each]) => [name, plainOf(each)]));
  return Array.isArray(node) ? node.map(plainOf) : (node as Json);
}

function jsonOf(text: string): Json {
  if (!/^(true|false|null|-?\d.*|".*")$/s.test(text)) return text;
  try {
    const value = JSON.parse(text) as Json;
    // What would come out as another number is no number of ours: an id of twenty digits, 1.10.
    return typeof value === 'number' && String(value) !== text ? text : value;
  } catch {
    return text;
  }
}

/** A document of `--input`. */
export function documentOf(text: string, from: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw usage(`--input: ${from} is not JSON`);
  }
}
