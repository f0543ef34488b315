/** Views of what is ours rather than a provider's: profiles, providers, operations, sandboxes. */
import type { Cell, View } from './views.js';

export interface ProfileRecord {
  readonly name: string;
  readonly provider: string;
  /** Where it is kept: `file`, or `built-in`. */
  readonly source: string;
  readonly current: boolean;
  readonly protected: boolean;
}

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
  json: ({ name, provider, source, current, protected: guarded }) => ({ name, provider, source, current, protected: guarded }),
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

/** One column for each option; `explain` adds where its value comes from. */
export const profileDetailView = (detail: ProfileDetail, explain: boolean): View<ProfileDetail> => {
  const options = Object.entries(detail.options).map(([name, { value, origin, source }]): [string, () => Cell] => [
    name,
    () => (explain ? `${value}  (${origin === source ? origin : `${origin}: ${source}`})` : value),
  ]);
  return {
    columns: {
      ...profileView.columns,
      'read-only': (profile) => profile.readOnly,
      'sole-writer': (profile) => profile.soleWriter,
      account: (profile) => profile.account,
      ...Object.fromEntries(options),
    },
    defaults: [...profileView.defaults],
    order: () => '',
    json: ({ name, provider, source, current, protected: guarded, readOnly, soleWriter, account }) => ({
      name,
      provider,
      source,
      current,
      protected: guarded,
      readOnly,
      soleWriter,
      account,
      options: Object.fromEntries(Object.entries(detail.options).map(([option, setting]) => [option, explain ? setting : setting.value])),
    }),
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
}

export const accountView: View<AccountRecord> = {
  columns: {
    profile: (account) => account.profile,
    provider: (account) => account.provider,
    account: (account) => account.account,
    user: (account) => account.user,
    project: (account) => account.project,
    region: (account) => account.region,
    pinned: (account) => account.pinned,
  },
  defaults: ['profile', 'provider', 'account', 'user', 'project', 'region'],
  order: (account) => account.profile,
  json: ({ profile, provider, account, user, project, region, pinned }) => ({ profile, provider, account, user, project, region, pinned }),
};

export interface ProviderRecord {
  readonly id: string;
  readonly title: string;
  readonly docs: string;
  readonly move: string;
  readonly holders: string;
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
    readonly kind: string;
    readonly required: boolean;
    readonly default: string | number | boolean | null;
    readonly choices: readonly string[];
    readonly variables: readonly string[];
    readonly identity: boolean;
    readonly help: string;
  }[];
}

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
  order: (provider) => provider.id,
  json: ({ id, title, docs, move, holders, timeout, supports, options }) => ({
    id,
    title,
    docs,
    move,
    holders,
    timeout,
    supports,
    options,
  }),
};

export interface OperationRecord {
  readonly id: string;
  readonly verb: string;
  readonly profile: string;
  readonly provider: string;
  readonly state: string;
  readonly startedAt: string;
  readonly steps: readonly {
    readonly step: string;
    readonly method: string;
    readonly url: string;
    readonly body: unknown;
    readonly state: string;
    readonly status: number | null;
    readonly candidates: readonly string[];
  }[];
  readonly message: string | null;
}

export const operationView: View<OperationRecord> = {
  columns: {
    id: (operation) => operation.id,
    verb: (operation) => operation.verb,
    profile: (operation) => operation.profile,
    state: (operation) => operation.state,
    started: (operation) => operation.startedAt,
    provider: (operation) => operation.provider,
    requests: (operation) => operation.steps.map(({ method, url, state, status }) => `${method} ${url} ${status ?? state}`).join('; '),
    message: (operation) => operation.message,
  },
  defaults: ['id', 'verb', 'profile', 'state', 'started'],
  order: (operation) => operation.startedAt + operation.id,
  json: ({ id, verb, profile, provider, state, startedAt, steps, message }) => ({
    id,
    verb,
    profile,
    provider,
    state,
    startedAt,
    steps,
    message,
  }),
};

export interface ServedRecord {
  readonly provider: string;
  readonly profile: string;
  readonly url: string;
  readonly options: Readonly<Record<string, string>>;
}

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
  json: ({ provider, profile, url, options }) => ({ provider, profile, url, options }),
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
  json: ({ at, dialect, method, path, headers, body, status, mark, fault }) => ({
    at,
    provider: dialect,
    method,
    path,
    headers,
    body,
    status,
    mark,
    fault,
  }),
};
