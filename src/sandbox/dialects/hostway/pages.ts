/** The paging rule of all Hostway lists. Page: http://docs.hostway.com/index.php?redirect=no&title=Pagination */
import type { Answer } from '../../dialect.js';
import { fault, type Link, marked, type Visit } from './speech.js';

/** The parameters of the rule; every list knows them. */
export const PAGING = ['page', 'pageSize'] as const;

const LARGEST = 400;

export interface Page<T> {
  readonly items: readonly T[];
  /** `self`, and the way to the other pages; undefined when the whole list was asked for and given. */
  readonly links?: readonly Link[];
}

/** The part of `all` that the request asks for, or a redirect (303) or fault in its place. */
export function paged<T>(visit: Visit, all: readonly T[]): Page<T> | Answer {
  const { cloud, policy } = visit;
  const { query } = visit.call;
  const page = query.get('page');
  const size = query.get('pageSize');
  if (page === null && size === null) {
    return all.length > policy.pageLimit ? seeOther(visit, 1, policy.pageLimit) : { items: all };
  }
  if (page === null || size === null) {
    return marked(fault(cloud, 400, 'page and pageSize must be given together'), 'page without pageSize, or the reverse');
  }
  if (!isCount(page) || !isCount(size)) {
    return marked(fault(cloud, 400, 'page and pageSize must be positive numbers'), 'page or pageSize is no positive number');
  }
  const number = Number(page);
  const length = Number(size);
  if (length > LARGEST) return seeOther(visit, number, LARGEST);
  const last = Math.max(1, Math.ceil(all.length / length));
  if (number > last) return seeOther(visit, 1, length);
  const link = (rel: string, to: number): Link => ({ href: pageUrl(visit, to, length), rel });
  return {
    items: all.slice((number - 1) * length, number * length),
    links: [
      link('self', number),
      ...(number > 1 ? [link('first', 1), link('previous', number - 1)] : []),
      ...(number < last ? [link('next', number + 1), link('last', last)] : []),
    ],
  };
}

function isCount(text: string): boolean {
  return /^[1-9]\d{0,8}$/.test(text);
}

function seeOther(visit: Visit, page: number, size: number): Answer {
  return { status: 303, headers: { location: pageUrl(visit, page, size) }, text: '' };
}

function pageUrl({ call, tools }: Visit, page: number, size: number): string {
  const query = new URLSearchParams(call.query);
  query.set('pageSize', String(size));
  query.set('page', String(page));
  return `${tools.origin}${call.rawPath}?${query}`;
}
