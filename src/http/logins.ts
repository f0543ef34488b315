/**
 * The logins of one command, whose operations each have a session of their own. Those that are alike share one request while it
 * is under way; one that was refused is not sent again, since some services lock a user out after a few.
 */
import { type Layer, payload, type Reply, type Request } from '../domain/exchange.js';

const REFUSED: ReadonlySet<number> = new Set([401, 403]);

/** One layer for all clients of a command. It stands outside `authorize`: the answer to a challenge is part of the login. */
export function logins(): Layer {
  const known = new Map<string, Promise<Reply>>();
  return (next) => async (request) => {
    if (request.confidential !== true) return next(request);
    const name = nameOf(request);
    // Whose own time was up, or who was stopped, has said nothing about the others.
    const shared = known.get(name)?.catch(() => undefined);
    if (shared !== undefined) return (await shared) ?? next(request);
    const asked = next(request);
    known.set(name, asked);
    const status = await asked.then(
      (reply) => reply.status,
      () => undefined,
    );
    if (status === undefined || !REFUSED.has(status)) known.delete(name);
    return asked;
  };
}

const nameOf = (request: Request): string => JSON.stringify([request.method, request.url, request.headers ?? {}, payload(request)]);
