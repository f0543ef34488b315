/** The switches of the Rackspace dialect and the gateway's rate limiter, the one rule that lives by a switch alone. */
import type { Answer } from '../../dialect.js';
import type { RackspaceCloud } from './cloud.js';

/** A count for every kind of network, or one for all; -1 stands for no limit. */
export type Quota = number | { readonly public: number; readonly service: number; readonly isolated: number };

export interface RateRule {
  /** A verb, or `*`. */
  readonly verb: string;
  /** A path below the service's root (and the tenant), exact or ending in `*`. */
  readonly uri: string;
  readonly limit: number;
  readonly unit: 'MINUTE' | 'DAY';
  /** Absent: both services. */
  readonly service?: 'servers' | 'networks';
}

export interface Knobs {
  readonly associationMethods: 'both' | 'put' | 'post';
  readonly associateStatus: number;
  /** What a PUT gets for an association that exists. */
  readonly associateRepeat: 'ok' | 'bad_request';
  readonly associateResponse: 'object' | 'list';
  /** `plugin`: a list goes by any link, a show by the address's existence. */
  readonly associationVisibility: 'per_server' | 'plugin';
  readonly provisionStatus: number;
  readonly versionType: 'int' | 'string';
  /** A PUT with an empty port list releases the address, as it did until October 2015. */
  readonly legacyEmptyPorts: boolean;
  readonly extensionErrors: 'webob' | 'neutron';
  /** False turns the server's accidental 500s into the 400 or 409 that was meant. */
  readonly accidental500: boolean;
  /** Shared addresses of a tenant on one network. */
  readonly sharedQuota: Quota;
  /** Addresses of one port, shared ones included. */
  readonly portQuota: Quota;
  readonly bogusPreviousLink: boolean;
  /** Logical seconds that a released IPv4 address rests. */
  readonly reuseAfter: number;
  /** Seconds. */
  readonly tokenTtl: number;
  /** True: the published rules. */
  readonly rateLimit: boolean | readonly RateRule[];
}

const DEFAULTS: Knobs = {
  associationMethods: 'both',
  associateStatus: 201,
  associateRepeat: 'ok',
  associateResponse: 'object',
  associationVisibility: 'per_server',
  provisionStatus: 201,
  versionType: 'int',
  legacyEmptyPorts: false,
  extensionErrors: 'webob',
  accidental500: true,
  sharedQuota: { public: 5, service: 0, isolated: -1 },
  portQuota: { public: 6, service: 1, isolated: 5 },
  bogusPreviousLink: true,
  reuseAfter: 7200,
  tokenTtl: 86_400,
  rateLimit: false,
};

export const knobsFrom = (set: Readonly<Record<string, unknown>>): Knobs => ({ ...DEFAULTS, ...set });

/** The limit for a kind of network; Infinity when there is none. */
export function quota(value: Quota, kind: 'public' | 'service' | 'isolated'): number {
  const count = typeof value === 'number' ? value : value[kind];
  return count < 0 ? Number.POSITIVE_INFINITY : count;
}

/** Source: rackerlabs/docs-cloud-servers on GitHub, api-docs/general-api-info/limits.rst. */
const PUBLISHED: readonly RateRule[] = [
  { verb: 'GET', uri: '*', limit: 1000, unit: 'MINUTE', service: 'servers' },
  { verb: 'POST', uri: '*', limit: 100, unit: 'MINUTE', service: 'servers' },
  { verb: 'POST', uri: '/servers*', limit: 1000, unit: 'DAY', service: 'servers' },
];

interface Counted {
  readonly cloud: RackspaceCloud;
  readonly knobs: Knobs;
  readonly now: number;
  readonly service: 'servers' | 'networks';
  readonly method: string;
  readonly path: string;
  /** Whose requests are counted together. */
  readonly who: string;
}

/** Counts the request against every rule that fits, and refuses it when one is used up. */
export function throttle(counted: Counted): Answer | undefined {
  const { cloud, knobs, now } = counted;
  const rules = knobs.rateLimit === true ? PUBLISHED : knobs.rateLimit === false ? [] : knobs.rateLimit;
  for (const [index, rule] of rules.entries()) {
    if (!fits(rule, counted)) continue;
    const length = rule.unit === 'MINUTE' ? 60_000 : 86_400_000;
    const end = countIn(cloud, `${index}/${counted.who}`, { limit: rule.limit, length }, now);
    if (end !== undefined) return overLimit(413, end, now);
  }
  return undefined;
}

/**
 * Counts one more request in the window `key`, which opens with its first request and lasts `length` milliseconds.
 * Returns the window's end when that was more than `limit`.
 */
export function countIn(
  cloud: RackspaceCloud,
  key: string,
  { limit, length }: { readonly limit: number; readonly length: number },
  now: number,
): number | undefined {
  const open = cloud.windows[key];
  const window = open && now < open.start + length ? open : { start: now, count: 0 };
  window.count += 1;
  cloud.windows[key] = window;
  return window.count > limit ? window.start + length : undefined;
}

function fits(rule: RateRule, { service, method, path }: Counted): boolean {
  if (rule.service !== undefined && rule.service !== service) return false;
  if (rule.verb !== '*' && rule.verb !== method) return false;
  return rule.uri.endsWith('*') ? path.startsWith(rule.uri.slice(0, -1)) : path === rule.uri;
}

/** The gateway's refusal until `end`. */
export function overLimit(status: 403 | 413, end: number, now: number): Answer {
  const retryAt = `${new Date(end).toISOString().slice(0, 19)}Z`;
  return {
    status,
    headers: { 'retry-after': String(Math.ceil((end - now) / 1000)) },
    json: { overLimit: { code: status, message: 'OverLimit Retry...', details: 'Error Details...', retryAt } },
  };
}
