/** Sessions of token services: log in when needed, use the cache, renew once on 401, never handle the login's own request. */
import type { Clock } from '../domain/clock.js';
import type { Tokens } from '../domain/driver.js';
import type { Layer, Request } from '../domain/exchange.js';

export interface Grant {
  readonly token: string;
  /** ISO 8601. */
  readonly expiresAt: string;
}

/** A grant we wrote ourselves: checked far enough that an older version's file is not mistaken for one. */
export const recognizeGrant =
  <G extends Grant & { readonly catalog: unknown }>(...names: readonly (keyof G & string)[]) =>
  (value: unknown): G | undefined => {
    const kept = value as Partial<Record<string, unknown>> | null | undefined;
    const sound = typeof kept?.token === 'string' && typeof kept.expiresAt === 'string' && Array.isArray(kept.catalog);
    return sound && names.every((name) => Object.hasOwn(kept, name)) ? (value as G) : undefined;
  };

export interface Session<G extends Grant> {
  /** Adds the token; on a 401 of a service throws it away, logs in once, repeats the request once. */
  readonly authorize: Layer;
  current(): Promise<G>;
}

export interface SessionSettings<G extends Grant> {
  /** Endpoint, user and scope: what the token is bound to. No secret. */
  readonly key: string;
  login(): Promise<G>;
  /** A cached value of unknown age and shape, or undefined when it is not a grant. */
  recognize(value: unknown): G | undefined;
  readonly header: string;
  /** False where the only credential is a token: it cannot be renewed. */
  readonly renewable: boolean;
  readonly tokens: Tokens;
  readonly clock: Clock;
  conceal(secret: string): void;
}

/** A token this close to its end is renewed first: it might die between our check and the service's. */
const LEAST_LIFE = 120_000;

export function session<G extends Grant>(settings: SessionSettings<G>): Session<G> {
  const { key, tokens, clock, conceal, header, renewable } = settings;
  let grant: Promise<G> | undefined;

  const login = async (): Promise<G> => {
    const fresh = await settings.login();
    conceal(fresh.token);
    await tokens.put(key, fresh, new Date(fresh.expiresAt));
    return fresh;
  };
  const cachedOrLogin = async (): Promise<G> => {
    const cached = settings.recognize(await tokens.get(key));
    if (cached === undefined || Date.parse(cached.expiresAt) - clock.now() < LEAST_LIFE) return login();
    conceal(cached.token);
    return cached;
  };
  // Requests side by side share one login; a failed one is forgotten, so that the next request may try again.
  const remember = (obtain: () => Promise<G>): Promise<G> => {
    const obtained = obtain();
    grant = obtained;
    obtained.catch(() => {
      if (grant === obtained) grant = undefined;
    });
    return obtained;
  };
  const current = async (): Promise<G> => {
    const known = await (grant ?? remember(cachedOrLogin));
    return renewable && Date.parse(known.expiresAt) - clock.now() < LEAST_LIFE ? remember(login) : known;
  };
  const carrying = (request: Request, { token }: Grant): Request => ({ ...request, headers: { ...request.headers, [header]: token } });

  return {
    current,
    authorize: (next) => async (request) => {
      const used = await current();
      const reply = await next(carrying(request, used));
      if (reply.status !== 401 || !renewable) return reply;
      // Somebody beside us may have renewed it already: here, or in another operation that uses the same token.
      const known = await grant;
      if (known !== undefined && known.token !== used.token) return next(carrying(request, known));
      const kept = settings.recognize(await tokens.get(key));
      if (kept !== undefined && kept.token !== used.token) return next(carrying(request, await remember(cachedOrLogin)));
      await tokens.drop(key);
      return next(carrying(request, await remember(login)));
    },
  };
}
