/** How a client of theirs reads: one reply, a list by its pages, and what may not be there. */
import { IpctlError } from '../../domain/errors.js';
import type { Reply, Send } from '../../domain/exchange.js';
import { pages } from '../../http/pages.js';
import { url } from '../../http/url.js';
import { pageOf } from './wire.js';

type Query = Parameters<typeof url>[2];

export type Get = (base: string, segments: readonly string[], query?: Query) => Promise<Reply>;

export const getting =
  (send: Send): Get =>
  (base, segments, query = {}) =>
    send({ method: 'GET', url: url(base, segments, query) });

/** A list whose pages lead on by a marker; `root` is the member of the reply that holds the items. */
export const paging =
  (get: Get) =>
  <T>(base: string, segments: readonly string[], root: string, query: Query, read: (reply: Reply) => readonly T[]): AsyncIterable<T> =>
    pages<T>(async (marker) => {
      const reply = await get(base, segments, { ...query, marker });
      return pageOf(reply, root, read(reply));
    });

/** Undefined for what the provider says is not there; every other error goes on. */
export async function orAbsent<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found;
  } catch (thrown) {
    if (thrown instanceof IpctlError && thrown.kind === 'not-found') return undefined;
    throw thrown;
  }
}
