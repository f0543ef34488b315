/**
 * How Neutron lists and shows anything: filters, fields, sorting, pages.
 * https://docs.openstack.org/api-ref/network/v2/#filtering-and-column-selection
 */
import ipaddr from 'ipaddr.js';
import { isUuid } from '../../cloud.js';
import type { Answer } from '../../dialect.js';
import type { ServiceAsk } from './ask.js';
import { neutronFault, Refusal } from './ask.js';

export type Row = Readonly<Record<string, unknown>>;

/** What a filter's values must look like; `fixed_ips` is the ports' `key=value` syntax. */
export type FilterKind = 'id' | 'text' | 'address' | 'boolean' | 'integer' | 'fixed_ips';

/** One kind of Neutron record, seen as rows. */
export interface Collection<T> {
  /** The plural in bodies, and in paths unless `path` says otherwise. */
  readonly name: string;
  /** Where the collection is below the version. */
  readonly path?: string;
  /** The singular in bodies. */
  readonly root: string;
  /** Error type of a missing one. */
  readonly missing: string;
  readonly filters: Readonly<Record<string, FilterKind>>;
  readonly sorts: readonly string[];
  /** What this caller may see, in the order of creation. */
  items(ask: ServiceAsk): readonly T[];
  id(item: T): string;
  view(ask: ServiceAsk, item: T): Row;
  /** Called for each item that was shown: what changes late counts its reads here. */
  seen?(ask: ServiceAsk, item: T): void;
}

const paging = ['limit', 'marker', 'page_reverse', 'sort_key', 'sort_dir', 'fields'];
const tagFilters = ['tags', 'tags-any', 'not-tags', 'not-tags-any'];

export function list<T>(ask: ServiceAsk, collection: Collection<T>): Answer {
  const rows = collection.items(ask).map((item) => ({ item, id: collection.id(item), row: collection.view(ask, item) }));
  const tests = conditions(ask, collection);
  const fitting = rows.filter(({ row }) => tests.every((test) => test(row)));
  const sorted = sort(ask, collection, fitting);
  const { page, links } = paginate(ask, collection, sorted);
  for (const { item } of page) collection.seen?.(ask, item);
  return {
    status: 200,
    json: { [collection.name]: page.map(({ row }) => pick(ask, row)), ...(links ? { [`${collection.name}_links`]: links } : {}) },
  };
}

export function show<T>(ask: ServiceAsk, collection: Collection<T>, id: string): Answer {
  for (const name of ask.call.query.keys()) if (name !== 'fields') ask.note(`unknown query parameter ${name}`);
  const item = find(ask, collection, id);
  const row = pick(ask, collection.view(ask, item));
  collection.seen?.(ask, item);
  return { status: 200, json: { [collection.root]: row } };
}

/** The item of that id that this caller may see; 404 otherwise, whether it is missing or somebody else's. */
export function find<T>(ask: ServiceAsk, collection: Collection<T>, id: string): T {
  if (!isUuid(id)) ask.note(`${collection.root}: ${id} stands where an id belongs`);
  const item = collection.items(ask).find((one) => collection.id(one) === id);
  if (item !== undefined) return item;
  if (ask.knobs.unwrapped404 && ask.call.method === 'GET') {
    throw new Refusal({ status: 404, json: { type: 'HTTPNotFound', message: 'The resource could not be found.', detail: '' } });
  }
  throw notFound(ask, collection.missing, id);
}

const spoken: Readonly<Record<string, string>> = {
  FloatingIPNotFound: 'Floating IP',
  PortNotFound: 'Port',
  NetworkNotFound: 'Network',
  SubnetNotFound: 'Subnet',
  QosPolicyNotFound: 'QoS policy',
};

export function notFound(ask: ServiceAsk, type: string, id: string): Refusal {
  return neutronFault(ask, 404, type, `${spoken[type] ?? 'Resource'} ${id} could not be found.`);
}

type Condition = (row: Row) => boolean;

function conditions<T>(ask: ServiceAsk, collection: Collection<T>): readonly Condition[] {
  const { query } = ask.call;
  const names = [...new Set(query.keys())].filter((name) => !paging.includes(name));
  const found: Condition[] = [];
  for (const name of names) {
    const values = query.getAll(name);
    const kind = collection.filters[name];
    if (tagFilters.includes(name)) found.push(...values.map((value) => tagCondition(name, value)));
    else if (kind === 'fixed_ips') found.push(...values.map((value) => fixedIpCondition(ask, value)));
    else if (kind) found.push(attributeCondition(ask, name, kind, values));
    else {
      ask.note(`unknown filter ${name}`);
      if (ask.knobs.filterValidation) throw bad(ask, `['${name}'] is invalid attribute for filtering`);
    }
  }
  return found;
}

/** A repeated key is an OR, hence all its values in one condition. */
function attributeCondition(ask: ServiceAsk, name: string, kind: FilterKind, values: readonly string[]): Condition {
  const wanted = values.map((value) => filterValue(ask, name, kind, value));
  return (row) => {
    const value = row[name];
    return Array.isArray(value) ? wanted.some((one) => value.includes(one)) : wanted.includes(value as string | number | boolean);
  };
}

function filterValue(ask: ServiceAsk, name: string, kind: FilterKind, value: string): string | number | boolean {
  switch (kind) {
    case 'boolean':
      return asBoolean(ask, name, value);
    case 'integer':
      if (/^\d+$/.test(value)) return Number(value);
      ask.note(`filter ${name}=${value} is no number`);
      throw bad(ask, `'${value}' is not an integer`);
    case 'id':
      if (!isUuid(value)) ask.note(`filter ${name}=${value}: an id belongs there`);
      return value;
    case 'address':
      if (!ipaddr.isValid(value)) ask.note(`filter ${name}=${value}: an address belongs there`);
      return value;
    default:
      return value;
  }
}

function tagCondition(name: string, value: string): Condition {
  const wanted = value.split(',');
  return (row) => {
    const has = (tag: string) => (row.tags as readonly string[]).includes(tag);
    switch (name) {
      case 'tags':
        return wanted.every(has);
      case 'tags-any':
        return wanted.some(has);
      case 'not-tags':
        return !wanted.every(has);
      default:
        return !wanted.some(has);
    }
  };
}

/** Each parameter is one condition and all of them hold, unlike any other repeated key. */
function fixedIpCondition(ask: ServiceAsk, value: string): Condition {
  const [, key, wanted] = /^(ip_address|subnet_id|ip_address_substr)=(.+)$/.exec(value) ?? [];
  if (key === undefined || wanted === undefined) {
    ask.note(`filter fixed_ips=${value} is no key=value`);
    throw bad(ask, `Invalid value for 'fixed_ips': '${value}'`);
  }
  if (key === 'subnet_id' && !isUuid(wanted)) ask.note(`filter fixed_ips=${value}: an id belongs there`);
  if (key === 'ip_address' && !ipaddr.isValid(wanted)) ask.note(`filter fixed_ips=${value}: an address belongs there`);
  return (row) =>
    (row.fixed_ips as readonly Readonly<Record<string, string>>[]).some((fixed) =>
      key === 'ip_address_substr' ? fixed.ip_address?.includes(wanted) : fixed[key] === wanted,
    );
}

interface Listed<T> {
  readonly item: T;
  readonly id: string;
  readonly row: Row;
}

function sort<T>(ask: ServiceAsk, collection: Collection<T>, rows: readonly Listed<T>[]): readonly Listed<T>[] {
  const keys = ask.call.query.getAll('sort_key');
  const directions = ask.call.query.getAll('sort_dir');
  if (keys.length !== directions.length) {
    ask.note('sort_key and sort_dir must come in equal numbers');
    throw bad(ask, 'The number of sort_keys and sort_dirs must be same');
  }
  const unknown = keys.find((key) => !collection.sorts.includes(key));
  const odd = directions.find((direction) => direction !== 'asc' && direction !== 'desc');
  if (unknown !== undefined || odd !== undefined) {
    ask.note(`cannot sort by ${unknown ?? odd}`);
    throw bad(ask, `'${unknown ?? odd}' is an invalid attribute for sort`);
  }
  return rows.toSorted((a, b) => {
    for (const [at, key] of keys.entries()) {
      const [left, right] = [String(a.row[key] ?? ''), String(b.row[key] ?? '')];
      if (left !== right) return left < right === (directions[at] === 'asc') ? -1 : 1;
    }
    return 0;
  });
}

interface Page<T> {
  readonly page: readonly Listed<T>[];
  readonly links?: readonly { readonly rel: string; readonly href: string }[];
}

function paginate<T>(ask: ServiceAsk, collection: Collection<T>, rows: readonly Listed<T>[]): Page<T> {
  const { query } = ask.call;
  const marker = query.get('marker');
  const reverse = query.has('page_reverse') && asBoolean(ask, 'page_reverse', query.get('page_reverse') ?? '');
  const limit = effectiveLimit(ask);
  const at = marker === null ? undefined : rows.findIndex((one) => one.id === marker);
  if (marker !== null && !isUuid(marker)) ask.note(`marker ${marker}: an id belongs there`);
  // A marker that is gone gives nothing, never everything.
  const rest = at === undefined ? rows : at < 0 ? [] : reverse ? rows.slice(0, at) : rows.slice(at + 1);
  if (limit === 0) return { page: rest };
  const page = reverse ? rest.slice(Math.max(0, rest.length - limit)) : rest.slice(0, limit);
  const full = page.length === limit;
  const [first, last] = [page[0]?.id, page.at(-1)?.id];
  const links = [
    ...(last !== undefined && (full || reverse) ? [{ rel: 'next', href: pageHref(ask, collection, last, false) }] : []),
    ...(first !== undefined && (full || !reverse) ? [{ rel: 'previous', href: pageHref(ask, collection, first, true) }] : []),
  ];
  return { page, links };
}

/** What was asked for, cut to what the cloud allows; 0: everything. */
function effectiveLimit(ask: ServiceAsk): number {
  const text = ask.call.query.get('limit') ?? '0';
  if (!/^\d+$/.test(text)) {
    ask.note(`limit=${text} is no number`);
    throw bad(ask, `Limit must be an integer 0 or greater and not '${text}'`);
  }
  const { pageMax } = ask.knobs;
  const asked = Number(text);
  return pageMax > 0 && (asked === 0 || asked > pageMax) ? pageMax : asked;
}

function pageHref(ask: ServiceAsk, { name, path = name }: { name: string; path?: string }, marker: string, reverse: boolean): string {
  const query = new URLSearchParams(ask.call.query);
  query.delete('page_reverse');
  query.set('marker', marker);
  if (reverse) query.set('page_reverse', 'True');
  const host = ask.knobs.foreignNext ? 'http://controller.internal.example:9696' : `${ask.tools.origin}${ask.base}`;
  return `${host}/v2.0/${path}?${query}`;
}

function pick(ask: ServiceAsk, row: Row): Row {
  const fields = ask.call.query.getAll('fields');
  if (fields.length === 0) return row;
  for (const field of fields) if (!(field in row)) ask.note(`unknown field ${field}`);
  return Object.fromEntries(Object.entries(row).filter(([name]) => fields.includes(name)));
}

function asBoolean(ask: ServiceAsk, name: string, value: string): boolean {
  if (/^(true|false)$/i.test(value)) return value.toLowerCase() === 'true';
  ask.note(`${name}=${value} is no boolean`);
  throw bad(ask, `'${value}' cannot be converted to boolean`);
}

function bad(ask: ServiceAsk, message: string): Refusal {
  return neutronFault(ask, 400, 'HTTPBadRequest', message);
}
