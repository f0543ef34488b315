/** Views of what is ours rather than a provider's: profiles, providers, operations, sandboxes. */
import type { Fate } from '../domain/errors.js';
import type { MoveGuard } from '../domain/manifest.js';
import type { OptionSpec } from '../domain/option.js';
import {
  anything,
  either,
  every,
  fates,
  integer,
  keysOf,
  listOf,
  mapOf,
  oneOf,
  orNull,
  scalar,
  shape,
  structure,
  text,
  time,
  truth,
} from './shape.js';
import type { Cell, View } from './views.js';

export interface ProfileRecord {
  readonly name: string;
  readonly provider: string;
  /** Where it is kept: `file`, or `built-in`. */
  readonly source: string;
  readonly current: boolean;
  readonly protected: boolean;
}

const profileKey = keysOf<ProfileRecord>();
const profileKeys = {
  name: profileKey(text, (profile) => profile.name),
  provider: profileKey(text, (profile) => profile.provider),
  source: profileKey(text, (profile) => profile.source),
  current: profileKey(truth, (profile) => profile.current),
  protected: profileKey(truth, (profile) => profile.protected),
};
export const profileShape = shape('A profile: named credentials and options of one provider.', profileKeys);

export const profileView: View<ProfileRecord> = {
  columns: {
    name: (profile) => profile.name,
    provider: (profile) => profile.provider,
    source: (profile) => profile.source,
    current: (profile) => profile.current,
    protected: (profile) => profile.protected,
  },
  defaults: ['name', 'provider', 'source', 'current'],
  order: (profile) => profile.name,
  json: profileShape.json,
  plural: 'profiles',
  schema: ['profile'],
};

export interface ProfileDetail extends ProfileRecord {
  readonly readOnly: boolean;
  readonly soleWriter: boolean;
  readonly account: string | null;
  /** Secrets are masked here already. */
  readonly options: Readonly<
    Record<string, { readonly value: string | number | boolean; readonly origin: string; readonly source: string }>
  >;
}

type Explained = ProfileDetail & { readonly explain: boolean };
const detailKey = keysOf<Explained>();
export const profileDetailShape = shape<Explained>(
  'One profile with its options, secrets masked. With --explain each value says where it comes from.',
  {
    ...profileKeys,
    readOnly: detailKey(truth, (profile) => profile.readOnly),
    soleWriter: detailKey(truth, (profile) => profile.soleWriter),
    account: detailKey(orNull(text), (profile) => profile.account),
    options: detailKey(
      mapOf(either(scalar, structure<ProfileDetail['options'][string]>({ value: scalar, origin: text, source: text }))),
      (profile) =>
        Object.fromEntries(Object.entries(profile.options).map(([option, setting]) => [option, profile.explain ? setting : setting.value])),
    ),
  },
);

/** One column for each option; `explain` adds where its value comes from. */
export const profileDetailView = (detail: ProfileDetail, explain: boolean): View<ProfileDetail> => {
  const options = Object.entries(detail.options).map(([name, { value, source }]): [string, () => Cell] => [
    name,
    () => (explain ? `${value}  (${source})` : value),
  ]);
  return {
    columns: {
      ...profileView.columns,
      'read-only': (profile) => profile.readOnly,
      'sole-writer': (profile) => profile.soleWriter,
      account: (profile) => profile.account,
      ...Object.fromEntries(options),
    },
    // What a row leaves out of a profile is all that makes it one.
    defaults: [...profileView.defaults, ...options.map(([name]) => name)],
    order: () => '',
    json: (profile, raw) => profileDetailShape.json({ ...profile, explain }, raw),
    schema: ['profile-detail'],
  };
};

export interface AccountRecord {
  readonly profile: string;
  readonly provider: string;
  readonly account: string;
  readonly user: string | null;
  readonly project: string | null;
  readonly region: string | null;
  readonly pinned: boolean;
  /** Milliseconds until the provider had said who it is, login included. */
  readonly latency: number;
  /** Until when the login holds; null where there is none, but each request carries the credentials. */
  readonly expiresAt: string | null;
}

const accountKey = keysOf<AccountRecord>();
export const accountShape = shape('Who the credentials of a profile belong to.', {
  profile: accountKey(text, (account) => account.profile),
  provider: accountKey(text, (account) => account.provider),
  account: accountKey(text, (account) => account.account),
  user: accountKey(orNull(text), (account) => account.user),
  project: accountKey(orNull(text), (account) => account.project),
  region: accountKey(orNull(text), (account) => account.region),
  pinned: accountKey(truth, (account) => account.pinned),
  latency: accountKey(integer, (account) => account.latency),
  expiresAt: accountKey(orNull(time), (account) => account.expiresAt),
});

export const accountView: View<AccountRecord> = {
  columns: {
    profile: (account) => account.profile,
    provider: (account) => account.provider,
    account: (account) => account.account,
    user: (account) => account.user,
    project: (account) => account.project,
    region: (account) => account.region,
    pinned: (account) => account.pinned,
    latency: (account) => account.latency,
    expires: (account) => account.expiresAt,
  },
  defaults: ['profile', 'provider', 'account', 'user', 'project', 'region', 'latency', 'expires'],
  order: (account) => account.profile,
  json: accountShape.json,
  schema: ['account'],
};

export interface ProviderRecord {
  readonly id: string;
  readonly title: string;
  readonly docs: string;
  readonly move: MoveGuard;
  readonly holders: 'one' | 'several';
  readonly timeout: number;
  readonly supports: Readonly<
    Record<
      string,
      {
        readonly can: boolean;
        readonly note: string | null;
        readonly reason: string | null;
        readonly instead: string | null;
        readonly link: string | null;
        readonly takes: readonly string[];
      }
    >
  >;
  readonly options: readonly {
    readonly name: string;
    readonly kind: OptionSpec['kind'];
    readonly required: boolean;
    readonly default: string | number | boolean | null;
    readonly choices: readonly string[];
    readonly variables: readonly string[];
    readonly identity: boolean;
    readonly help: string;
  }[];
}

const providerKey = keysOf<ProviderRecord>();
export const providerShape = shape('A provider: what it can do, why it cannot do the rest, and its options.', {
  id: providerKey(text, (provider) => provider.id),
  title: providerKey(text, (provider) => provider.title),
  docs: providerKey(text, (provider) => provider.docs),
  move: providerKey(oneOf(every<MoveGuard>({ atomic: true, stepwise: true, checked: true, none: true })), (provider) => provider.move),
  holders: providerKey(oneOf(['one', 'several']), (provider) => provider.holders),
  timeout: providerKey(integer, (provider) => provider.timeout),
  supports: providerKey(
    mapOf(
      structure<ProviderRecord['supports'][string]>({
        can: truth,
        note: orNull(text),
        reason: orNull(text),
        instead: orNull(text),
        link: orNull(text),
        takes: listOf(text),
      }),
    ),
    (provider) => provider.supports,
  ),
  options: providerKey(
    listOf(
      structure<ProviderRecord['options'][number]>({
        name: text,
        kind: oneOf(every<OptionSpec['kind']>({ string: true, secret: true, url: true, enum: true, integer: true, boolean: true })),
        required: truth,
        default: orNull(scalar),
        choices: listOf(text),
        variables: listOf(text),
        identity: truth,
        help: text,
      }),
    ),
    (provider) => provider.options,
  ),
});

export const providerView: View<ProviderRecord> = {
  columns: {
    id: (provider) => provider.id,
    title: (provider) => provider.title,
    move: (provider) => provider.move,
    holders: (provider) => provider.holders,
    timeout: (provider) => provider.timeout,
    docs: (provider) => provider.docs,
  },
  defaults: ['id', 'title', 'move', 'docs'],
  spare: ['docs'],
  order: (provider) => provider.id,
  json: providerShape.json,
  plural: 'providers',
  schema: ['provider'],
};

/** `running`: its process is alive. */
export type OperationState = Fate | 'running';

export interface OperationRecord {
  readonly id: string;
  readonly verb: string;
  readonly profile: string;
  readonly provider: string;
  readonly state: OperationState;
  readonly startedAt: string;
  readonly steps: readonly {
    readonly step: string;
    readonly method: string;
    readonly url: string;
    readonly body: unknown;
    readonly state: Fate;
    readonly status: number | null;
    readonly candidates: readonly string[];
  }[];
  readonly message: string | null;
  /** Addresses that it made ours. */
  readonly made: readonly string[];
}

const operationKey = keysOf<OperationRecord>();
export const operationShape = shape('A recorded change, with the requests that were sent.', {
  id: operationKey(text, (operation) => operation.id),
  verb: operationKey(text, (operation) => operation.verb),
  profile: operationKey(text, (operation) => operation.profile),
  provider: operationKey(text, (operation) => operation.provider),
  state: operationKey(oneOf<OperationState>([...fates, 'running']), (operation) => operation.state),
  startedAt: operationKey(time, (operation) => operation.startedAt),
  steps: operationKey(
    listOf(
      structure<OperationRecord['steps'][number]>({
        step: text,
        method: text,
        url: text,
        body: anything,
        state: oneOf(fates),
        status: orNull(integer),
        candidates: listOf(text),
      }),
    ),
    (operation) => operation.steps,
  ),
  message: operationKey(orNull(text), (operation) => operation.message),
  made: operationKey(listOf(text), (operation) => operation.made),
});

export const operationView: View<OperationRecord> = {
  columns: {
    id: (operation) => operation.id,
    verb: (operation) => operation.verb,
    profile: (operation) => operation.profile,
    state: (operation) => operation.state,
    started: (operation) => operation.startedAt,
    made: ({ made }) => (made.length === 0 ? null : made.join(', ')),
    provider: (operation) => operation.provider,
    requests: (operation) => operation.steps.map(({ method, url, state, status }) => `${method} ${url} ${status ?? state}`).join('; '),
    message: (operation) => operation.message,
  },
  defaults: ['id', 'verb', 'profile', 'state', 'started', 'made'],
  forPeople: {
    started: ({ startedAt }) => startedAt.replace(/\.\d+Z$/, 'Z'),
    // One request may make twenty: `operation show` names them all.
    made: ({ made: [first, ...others] }) => (first === undefined ? null : `${first}${others.length === 0 ? '' : ` +${others.length}`}`),
  },
  spare: ['profile'],
  order: (operation) => operation.startedAt + operation.id,
  json: operationShape.json,
  plural: 'operations',
  schema: ['operation'],
};

export interface ServedRecord {
  readonly provider: string;
  readonly profile: string;
  readonly url: string;
  readonly options: Readonly<Record<string, string>>;
}

const servedKey = keysOf<ServedRecord>();
export const servedShape = shape('A sandbox that is being served, with the options of a profile that leads to it.', {
  provider: servedKey(text, (served) => served.provider),
  profile: servedKey(text, (served) => served.profile),
  url: servedKey(text, (served) => served.url),
  options: servedKey(mapOf(text), (served) => served.options),
});

export const servedView: View<ServedRecord> = {
  columns: {
    profile: (served) => served.profile,
    url: (served) => served.url,
    options: (served) =>
      Object.entries(served.options)
        .map(([name, value]) => `${name}=${value}`)
        .join(' '),
    provider: (served) => served.provider,
  },
  defaults: ['profile', 'url'],
  order: (served) => served.provider,
  json: servedShape.json,
  schema: ['sandbox'],
};

/** One request that the sandbox received. */
export interface ExchangeRecord {
  readonly at: string;
  readonly dialect: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly status: number | null;
  readonly mark: string | null;
  readonly fault: string | null;
}

const exchangeKey = keysOf<ExchangeRecord>();
export const exchangeShape = shape('A request that a sandbox received, credentials masked.', {
  at: exchangeKey(time, (exchange) => exchange.at),
  provider: exchangeKey(text, (exchange) => exchange.dialect),
  method: exchangeKey(text, (exchange) => exchange.method),
  path: exchangeKey(text, (exchange) => exchange.path),
  headers: exchangeKey(mapOf(text), (exchange) => exchange.headers),
  body: exchangeKey(text, (exchange) => exchange.body),
  status: exchangeKey(orNull(integer), (exchange) => exchange.status),
  mark: exchangeKey(orNull(text), (exchange) => exchange.mark),
  fault: exchangeKey(orNull(text), (exchange) => exchange.fault),
});

export const exchangeView: View<ExchangeRecord> = {
  columns: {
    at: (exchange) => exchange.at,
    provider: (exchange) => exchange.dialect,
    method: (exchange) => exchange.method,
    path: (exchange) => exchange.path,
    status: (exchange) => exchange.status,
    body: (exchange) => (exchange.body === '' ? null : exchange.body),
    authorization: (exchange) => exchange.headers.authorization ?? exchange.headers['x-auth-token'] ?? null,
    mark: (exchange) => exchange.mark,
    fault: (exchange) => exchange.fault,
  },
  defaults: ['provider', 'method', 'path', 'status', 'body'],
  // As they came.
  order: () => '',
  json: exchangeShape.json,
  plural: 'requests',
  schema: ['exchange'],
};
