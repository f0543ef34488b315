/** Lists of Neutron's core resources: filters, fields and pages are the same for ports, networks and subnets. */
import type { Answer } from '../../dialect.js';
import { expectId, type Guest, type Json, neutronFault } from './speech.js';

const PAGE = 100;
const PAGING = ['limit', 'marker', 'page_reverse', 'fields'];

interface Page {
  readonly records: readonly Json[];
  readonly isFull: boolean;
  readonly isFirst: boolean;
}

/** Answers a list. `attributes` are the members that can be filtered by and asked for; records have no others. */
export function answerList(guest: Guest, collection: string, attributes: readonly string[], records: readonly Json[]): Answer {
  const { query } = guest.call;
  expectKnown(guest, attributes);
  const asked = query.get('limit') ?? '0';
  if (!/^\d+$/.test(asked)) {
    guest.marks.push('limit is no integer');
    return neutronFault(400, 'HTTPBadRequest', `Limit must be an integer 0 or greater and not '${asked}'`);
  }
  const limit = Math.min(Number(asked) || PAGE, PAGE);
  const page = cut(
    guest,
    records.filter((record) => passes(guest, attributes, record)),
    limit,
  );
  const links = linksOf(guest, collection, page, limit);
  const fields = query.getAll('fields');
  return {
    status: 200,
    json: {
      [collection]: page.records.map((record) => pick(record, fields)),
      ...(links.length > 0 ? { [`${collection}_links`]: links } : {}),
    },
  };
}

/** Answers a show call, of which `fields` may ask for a part. */
export function answerRecord(guest: Guest, root: string, record: Json): Answer {
  for (const name of new Set(guest.call.query.keys())) if (name !== 'fields') guest.marks.push(`unknown parameter ${name}`);
  return { status: 200, json: { [root]: pick(record, guest.call.query.getAll('fields')) } };
}

/** Notes what the server ignores: unknown parameters, and filters on lists, which compare to nothing. */
function expectKnown(guest: Guest, attributes: readonly string[]): void {
  const { query } = guest.call;
  for (const name of new Set(query.keys())) {
    if (!PAGING.includes(name) && !attributes.includes(name)) guest.marks.push(`unknown parameter ${name}`);
  }
  for (const name of query.getAll('fields')) if (!attributes.includes(name)) guest.marks.push(`unknown field ${name}`);
  for (const name of ['id', 'network_id', 'device_id', 'subnet_id', 'marker']) {
    for (const value of query.getAll(name)) if (value !== '') expectId(guest, value, name);
  }
}

function passes(guest: Guest, attributes: readonly string[], record: Json): boolean {
  return attributes.every((name) => {
    const values = guest.call.query.getAll(name);
    const value = record[name];
    if (values.length === 0 || typeof value === 'object') return true;
    return values.some((one) => (typeof value === 'boolean' ? one.toLowerCase() === String(value) : one === String(value)));
  });
}

function cut(guest: Guest, records: readonly Json[], limit: number): Page {
  const marker = guest.call.query.get('marker');
  const at = records.findIndex(({ id }) => id === marker);
  if (marker !== null && at < 0) return { records: [], isFull: false, isFirst: true };
  const reverse = isReverse(guest);
  const end = reverse ? (marker === null ? records.length : at) : Math.min(at + 1 + limit, records.length);
  const start = reverse ? Math.max(end - limit, 0) : at + 1;
  return { records: records.slice(start, end), isFull: end - start === limit, isFirst: start === 0 };
}

const isReverse = (guest: Guest): boolean => guest.call.query.get('page_reverse')?.toLowerCase() === 'true';

/** `previous` stands on every page that is not empty, the first included; `next` on full pages, even when nothing follows. */
function linksOf(guest: Guest, collection: string, page: Page, limit: number): Json[] {
  const first = page.records[0];
  const last = page.records.at(-1);
  if (first === undefined || last === undefined) return [];
  const reverse = isReverse(guest);
  const next = page.isFull || reverse ? [{ rel: 'next', href: href(guest, collection, limit, last.id, false) }] : [];
  const previous = guest.knobs.bogusPreviousLink || !page.isFirst;
  return previous ? [...next, { rel: 'previous', href: href(guest, collection, limit, first.id, true) }] : next;
}

/** An internal host on purpose: a client that follows the link instead of taking its marker fails where one can see it. */
function href(guest: Guest, collection: string, limit: number, marker: unknown, reverse: boolean): string {
  const query = new URLSearchParams(guest.call.query);
  query.delete('page_reverse');
  if (query.has('limit')) query.set('limit', String(limit));
  query.set('marker', String(marker));
  if (reverse) query.set('page_reverse', 'True');
  return `http://localhost:9696/v2.0/${collection}?${query}`;
}

function pick(record: Json, fields: readonly string[]): Json {
  if (fields.length === 0) return record;
  return Object.fromEntries(Object.entries(record).filter(([name]) => fields.includes(name)));
}
