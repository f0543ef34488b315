/** URLs from a base and parts that may come from a user or a provider: a part is always one path segment, never a path. */
import { IpctlError } from '../domain/errors.js';

type QueryValue = string | number | boolean | readonly string[] | undefined;

/** `base` with `segments` appended, each percent-encoded, and `query` (undefined left out, arrays repeated). */
export function url(base: string, segments: readonly string[], query: Readonly<Record<string, QueryValue>> = {}): string {
  const path = segments.map((segment) => {
    if (segment === '' || segment === '.' || segment === '..') throw new IpctlError('usage', `'${segment}' is no id`);
    return encodeURIComponent(segment);
  });
  const pairs = Object.entries(query).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const values = typeof value === 'object' ? value : [String(value)];
    return values.map((item) => `${encodeURIComponent(name)}=${encodeURIComponent(item)}`);
  });
  const tail = pairs.length === 0 ? '' : `?${pairs.join('&')}`;
  return `${[base.replace(/\/+$/, ''), ...path].join('/')}${tail}`;
}

/** One query parameter of a link that a provider sent. The rest of the link is never used: it may point anywhere. */
export function parameterOf(link: string, name: string): string | undefined {
  // Some providers write HTML into JSON: `&amp;` between parameters.
  const query = link.replaceAll('&amp;', '&').split('#')[0]?.split('?')[1];
  return query === undefined ? undefined : (new URLSearchParams(query).get(name) ?? undefined);
}
