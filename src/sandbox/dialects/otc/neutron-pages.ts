/** Pages of the native API: rows in ascending order of their ids, with links that say whether there is more. */
import { idMark, limitOf, neutronRefusal, type Request } from './request.js';

/** `kind` is the collection's name in path and body; `rows` are sorted by id. */
export function neutronPage<T extends { readonly id: string }>(request: Request, kind: string, rows: readonly T[]): object {
  const { query } = request.call;
  const limit = limitOf(request, (text, mark) => neutronRefusal(400, 'InvalidInput', text, mark));
  const reverse = query.get('page_reverse')?.toLowerCase() === 'true';
  const marker = query.get('marker');
  const at = marker === null ? undefined : rows.findIndex((row) => row.id === marker);
  if (marker !== null && at === -1) {
    throw neutronRefusal(400, 'InvalidInput', `Invalid input for marker: ${marker}`, idMark(marker, 'marker'));
  }
  const start = reverse ? Math.max(0, (at ?? rows.length) - limit) : (at ?? -1) + 1;
  const end = reverse ? (at ?? rows.length) : Math.min(rows.length, start + limit);
  const page = rows.slice(start, end);
  const links = page.length === 0 ? [] : linksOf(request, kind, page, end < rows.length, !reverse || start > 0);
  return { [kind]: page, ...(links.length > 0 ? { [`${kind}_links`]: links } : {}) };
}

/** `previous` comes with the very first page too: whoever follows any link but `next` walks in a circle. */
function linksOf(request: Request, kind: string, page: readonly { readonly id: string }[], hasNext: boolean, hasPrevious: boolean) {
  const link = (rel: string, marker: string | undefined) => {
    const query = new URLSearchParams(request.call.query);
    query.set('marker', marker ?? '');
    if (rel === 'previous') query.set('page_reverse', 'True');
    else query.delete('page_reverse');
    return { rel, href: `${request.tools.origin}/vpc/v2.0/${kind}?${query}` };
  };
  return [...(hasNext ? [link('next', page.at(-1)?.id)] : []), ...(hasPrevious ? [link('previous', page.at(0)?.id)] : [])];
}
