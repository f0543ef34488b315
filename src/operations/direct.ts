/** `ipctl api`: a request of the user's own, with the credentials of the profile, and to no place but that provider. */
import type { Change, Planned } from '../domain/change.js';
import type { AnyDriver, Direct, Service } from '../domain/driver.js';
import { IpctlError, isIpctlError } from '../domain/errors.js';
import type { Reply, Request } from '../domain/exchange.js';
import type { Manifest } from '../domain/manifest.js';
import { type ChangeSettings, change } from './change.js';
import { readOnce } from './reader.js';
import { operate } from './run.js';
import { ClosedAsNotApplied } from './sending.js';
import type { Target } from './target.js';

export interface DirectInput extends Pick<Request, 'method' | 'headers' | 'body'> {
  /** `/floatingips?limit=1`, `network:/floatingips`, or a whole URL. */
  readonly path: string;
  readonly service?: string | undefined;
  /** Appended to the query of the path. */
  readonly query: readonly (readonly [string, string])[];
}

/** What the record keeps of one: never its body, which stands, masked, with the request that was sent. */
export interface DirectRecord extends Pick<Request, 'method' | 'url'> {
  readonly service: string;
}

export interface DirectResult {
  /** Null in a dry run. */
  readonly reply: Reply | null;
  readonly planned: readonly Planned[] | null;
  /** What it changed, as the record knows it: undefined for what only reads, and in a dry run. */
  readonly made?: { readonly operation: string | null } | undefined;
}

const usage = (message: string, hint?: string): IpctlError => new IpctlError('usage', message, { fate: 'not-sent', hint });

export type Aim =
  | { readonly is: 'path'; readonly service: string; readonly path: string }
  /** A whole URL; null: the service whose origin it is. */
  | { readonly is: 'url'; readonly service: string | null; readonly url: string };

/** Where a request goes, before anything is sent. `usage` for a service that the provider does not have. */
export function aimAt({ title, api }: Pick<Manifest, 'title' | 'api'>, path: string, service: string | undefined): Aim {
  const known = (name: string): string => {
    if (api.services.includes(name)) return name;
    const slash = path.startsWith(`${name}:`) ? `; a path that holds a colon begins with /` : '';
    throw usage(`${title} has no service '${name}'`, `services: ${api.services.join(', ')}${slash}`);
  };
  if (service !== undefined) known(service);
  if (/^https?:\/\//i.test(path)) return { is: 'url', service: service ?? null, url: path };
  const [, named, rest = ''] = /^([A-Za-z][A-Za-z0-9+.-]*):(.*)$/s.exec(path) ?? [];
  if (named !== undefined) known(named);
  if (named !== undefined && service !== undefined && named !== service) throw usage(`the path names ${named}, and --service ${service}`);
  const within = named === undefined ? path : rest;
  return { is: 'path', service: named ?? service ?? api.services[0], path: within.startsWith('/') ? within : `/${within}` };
}

/** `path` below the service's base. `usage` for whatever would be sent otherwise than it is written. */
export function urlOn({ base, project }: Pick<Service, 'base' | 'project'>, path: string): string {
  if (project === null && path.includes('{project}')) throw usage('it is not known what {project} stands for here', 'write it out');
  const filled = path.replaceAll('{project}', encodeURIComponent(project ?? ''));
  return asWritten(`${new URL(base).href.replace(/\/+$/, '')}${filled}`, path);
}

/** A parser of URLs resolves `..`, turns `\` into `/`, drops what is behind `#`: then the path on the wire is another one. */
function asWritten(url: string, written: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined) throw usage(`'${written}' is no path`);
  if (parsed.username !== '' || parsed.password !== '') throw usage('the URL carries credentials: those of the profile are used');
  if (url.includes('#')) throw usage(`'${written}': what is behind # is never sent`, 'write it as %23');
  const segments = parsed.pathname.split('/');
  if (parsed.href !== url || segments.slice(1, -1).includes('')) {
    throw usage(`'${written}' would not be sent as it is written`, 'no . or .. or empty segment; all but plain characters percent-encoded');
  }
  return url;
}

const withQuery = (url: string, query: DirectInput['query']): string => {
  if (query.length === 0) return url;
  const pairs = query.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
  return `${url}${url.includes('?') ? '&' : '?'}${pairs.join('&')}`;
};

function has<K extends keyof Direct>(driver: AnyDriver, name: K): Direct[K] {
  const found = driver[name];
  if (found === undefined) throw new IpctlError('defect', `the driver lacks ${name}, which each has`);
  return found as Direct[K];
}

/** The service of a driver that serves requests of the user's own. */
export const serviceOf = (driver: AnyDriver, name: string): Promise<Service> => has(driver, 'service')(name);
export const requestOn = (driver: AnyDriver, service: Service, request: Request): Promise<Reply> =>
  has(driver, 'request')(service, request);

interface Reached {
  readonly name: string;
  readonly service: Service;
  readonly url: string;
}

/** Logs in where that is needed to know where a service stands. */
async function reach({ manifest, place }: Target, driver: AnyDriver, aim: Aim, query: DirectInput['query']): Promise<Reached> {
  if (aim.is === 'path') {
    const service = await serviceOf(driver, aim.service);
    return { name: aim.service, service, url: withQuery(urlOn(service, aim.path), query) };
  }
  const url = asWritten(aim.url, aim.url);
  const origins: string[] = [];
  for (const name of aim.service === null ? manifest.api.services : [aim.service]) {
    const service = await orWithout(serviceOf(driver, name));
    if (service === undefined) continue;
    const { origin } = new URL(service.base);
    if (origin === new URL(url).origin) return { name, service, url: withQuery(url, query) };
    origins.push(origin);
  }
  throw new IpctlError('usage', `${new URL(url).origin} is no place of profile ${place.profile}: its credentials do not go there`, {
    provider: place.provider,
    fate: 'not-sent',
    hint: `they go to ${[...new Set(origins)].join(', ')}`,
  });
}

/** A service that this account does not have is no reason not to look at the others. */
async function orWithout(service: Promise<Service>): Promise<Service | undefined> {
  try {
    return await service;
  } catch (thrown) {
    if (isIpctlError(thrown) && thrown.kind === 'config') return undefined;
    throw thrown;
  }
}

export async function direct(target: Target, settings: ChangeSettings, input: DirectInput): Promise<DirectResult> {
  const { method, path, service: wanted, query } = input;
  const { place, manifest } = target;
  const aim = aimAt(manifest, path, wanted);
  const requestTo = (url: string): Request => ({
    method,
    url,
    ...(input.headers === undefined ? {} : { headers: input.headers }),
    ...('body' in input ? { body: input.body } : {}),
  });
  if (method === 'GET') {
    const reply = await readOnce(target, settings, async (driver) => {
      const { service, url } = await reach(target, driver, aim, query);
      return requestOn(driver, service, requestTo(url));
    });
    return { reply, planned: null };
  }
  // Nothing is asked of a user who may not do it anyway.
  if (target.refused !== null && !settings.dryRun) throw target.refused;
  // Known once the service is: the record is begun with the request.
  const record: { method: Request['method']; url: string; service: string } = { method, url: path, service: wanted ?? '' };
  return operate(target, settings, 'api', record, async (run) => {
    const { name, service, url } = await reach(target, run.driver, aim, query);
    record.url = url;
    record.service = name;
    if (!settings.dryRun) await settings.confirm(`Send ${method} ${url}, as profile ${place.profile} (${manifest.title})?`);
    const reply = await requestOn(run.driver, service, requestTo(url));
    if (settings.dryRun) return { reply: null, planned: run.planned };
    return { reply, planned: null, made: { operation: settings.journal === null ? null : run.id } };
  });
}

/** Goes on with one that was recorded: what was sent is never sent again, and nobody but the user can tell what became of it. */
export const resumeDirect = (target: Target, settings: ChangeSettings, { method, url, service }: DirectRecord): Promise<Change<never>> =>
  change<never>(target, settings, 'api', { method, url, service }, async ({ driver }) => {
    // Its body is not recorded, so it cannot be sent either.
    if (settings.replay === undefined || settings.replay.steps.size === 0) throw new ClosedAsNotApplied();
    await requestOn(driver, await serviceOf(driver, service), { method, url });
    return { ip: null, changed: true };
  });
