/** Follows redirects of reads, on the same origin only: credentials are added per hop by the layer inside, and must not travel. */
import { IpctlError } from '../domain/errors.js';
import type { Layer } from '../domain/exchange.js';

const HOPS = 5;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

export const redirect: Layer = (next) => async (request) => {
  let current = request;
  for (let hop = 0; ; hop += 1) {
    const reply = await next(current);
    const location = reply.headers.location;
    if (!REDIRECTS.has(reply.status) || location === undefined || current.method !== 'GET') return reply;
    const target = URL.canParse(location, current.url) ? new URL(location, current.url) : undefined;
    if (target === undefined || target.origin !== new URL(current.url).origin) {
      throw new IpctlError('defect', `the provider redirects to another origin: ${target?.origin ?? 'an unreadable address'}`, {
        status: reply.status,
        hint: 'credentials do not follow; check the endpoint of the profile',
      });
    }
    if (hop === HOPS) throw new IpctlError('defect', `more than ${HOPS} redirects`, { status: reply.status });
    current = { ...current, url: target.href };
  }
};
