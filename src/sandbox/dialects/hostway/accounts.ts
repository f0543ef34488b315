/**
 * Accounts and zones: who may be acted for, and where.
 * Pages: http://docs.hostway.com/index.php/Accounts:GET, http://docs.hostway.com/index.php/Zone
 */
import type { Answer } from '../../dialect.js';
import type { Account, HostwayCloud, User } from './cloud.js';
import { PAGING, paged } from './pages.js';
import { fault, isJsonType, marked, notFound, ok, type Visit } from './speech.js';

export const ACCOUNT_FILTERS = ['filterStatus', ...PAGING] as const;

const STATUSES: readonly string[] = ['pending', 'open', 'suspended', 'closed'];
const RELATED = ['products', 'exchange', 'dedicatedServers', 'contacts', 'email', 'domains', 'attributes', 'users', 'paymentInfo'] as const;

/** Why `user` cannot act on `account`, or undefined: 404 unknown, 403 somebody else's, closed or suspended. */
export function accountFault(cloud: HostwayCloud, user: User, id: string): Answer | undefined {
  const account = cloud.accounts.find((one) => one.id === id);
  if (account === undefined) return notFound(cloud);
  const usable = user.accounts.includes(id) && (account.status === 'open' || account.status === 'pending');
  return usable ? undefined : fault(cloud, 403, 'forbidden');
}

export function listAccounts(visit: Visit): Answer {
  const { cloud, call, tools } = visit;
  if (!isJsonType(call)) return fault(cloud, 415, 'The content type must be application/json');
  const status = call.query.get('filterStatus');
  if (status !== null && !STATUSES.includes(status))
    return marked(fault(cloud, 400, `Unknown status ${status}`), `unknown status ${status}`);
  const page = paged(
    visit,
    cloud.accounts.filter((account) => visit.user.accounts.includes(account.id) && (status === null || account.status === status)),
  );
  if ('status' in page) return page;
  const query = call.query.size > 0 ? `?${call.query}` : '';
  return ok({
    list: page.items.map((account) => accountObject(visit, account)),
    links: page.links ?? [{ href: `${tools.origin}/accounts${query}`, rel: 'self' }],
  });
}

export function showAccount(visit: Visit, id: string): Answer {
  const { cloud, policy, tools } = visit;
  const account = cloud.accounts.find((one) => one.id === id);
  if (account === undefined) return notFound(cloud);
  const refusal = accountFault(cloud, visit.user, id);
  if (refusal !== undefined) return refusal;
  // The array's presence is how a client learns that the account-style URIs exist.
  const names = policy.revision === '2013-10' ? [...RELATED, 'flexcloud'] : RELATED;
  const related = names.map((name) => [name, [{ href: `${tools.origin}/accounts/${encodeURIComponent(id)}/${name}`, rel: 'related' }]]);
  return ok({ ...accountObject(visit, account), ...Object.fromEntries(related) });
}

/** Zones of the one account the URI names. */
export function listAccountZones(visit: Visit): Answer {
  return ok(zonesOf(visit.cloud, [visit.account]));
}

/** Zones of all accounts of the user. */
export function listZones(visit: Visit): Answer {
  return ok(zonesOf(visit.cloud, visit.user.accounts));
}

function zonesOf(cloud: HostwayCloud, ids: readonly string[]): object {
  const accounts = cloud.accounts.filter((account) => ids.includes(account.id));
  const zones = (account: Account): readonly object[] =>
    cloud.zones.filter(({ key }) => account.zones.includes(key)).map(({ key, location }) => ({ zone: key, location }));
  return Object.fromEntries(accounts.map((account) => [account.id, zones(account)]));
}

function accountObject({ tools }: Visit, account: Account): object {
  return {
    status: account.status,
    accountNumber: account.id,
    createdDate: account.createdDate,
    currency: 'USD',
    links: [{ href: `${tools.origin}/accounts/${encodeURIComponent(account.id)}/`, rel: 'self' }],
  };
}
