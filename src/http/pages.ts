/** Lists as async iterators: the next page is asked for only when somebody wants its first item. */
import { IpctlError } from '../domain/errors.js';

export interface Page<T> {
  readonly items: readonly T[];
  /** Leads to the next page (a marker, a page number); undefined on the last one. */
  readonly next: string | undefined;
}

/** All items of all pages. A cursor seen before is a `defect` of the provider's paging, not an endless loop. */
export async function* pages<T>(fetch: (cursor: string | undefined) => Promise<Page<T>>): AsyncGenerator<T, void, undefined> {
  const seen = new Set<string>();
  let cursor: string | undefined;
  for (;;) {
    const page = await fetch(cursor);
    yield* page.items;
    // A full last page may carry a link to an empty one.
    if (page.next === undefined || page.items.length === 0) return;
    if (seen.has(page.next)) throw new IpctlError('defect', `the provider's list never ends: page '${page.next}' came twice`);
    seen.add(page.next);
    cursor = page.next;
  }
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/**
 * Which of these are there still. One page tells where it is the whole list; a list of several may lack what is there, since what
 * is deleted while it is read moves the pages, or ends them. What such a page lacks is looked at one by one.
 */
export async function stillThere(
  ids: readonly string[],
  first: () => Promise<{ readonly ids: readonly string[]; readonly next: string | undefined }>,
  isThere: (id: string) => Promise<boolean>,
): Promise<ReadonlySet<string>> {
  const [only, ...others] = ids;
  const page = only === undefined || others.length === 0 ? { ids: [], next: 'not asked for' } : await first();
  const listed = new Set(page.ids);
  const missing = page.next === undefined ? [] : ids.filter((id) => !listed.has(id));
  const there = await Promise.all(missing.map(async (id) => ((await isThere(id)) ? [id] : [])));
  return new Set([...ids.filter((id) => listed.has(id)), ...there.flat()]);
}
