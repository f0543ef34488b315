/**
 * The Hostway FlexCloud sandbox: HTTP Basic, short and account-style URIs, flexible IPs whose changes show late.
 * Documentation: http://docs.hostway.com
 */
import { isDottedQuad } from '../../cloud.js';
import type { Answer, Call, Dialect, Tools } from '../../dialect.js';
import { ACCOUNT_FILTERS, accountFault, listAccounts, listAccountZones, listZones, showAccount } from './accounts.js';
import { actOnServer, allocateAddress, listAddresses, releaseAddress, showAddress } from './addresses.js';
import { type HostwayCloud, seedCloud } from './cloud.js';
import { PAGING } from './pages.js';
import { type Policy, policyOf } from './policy.js';
import { listServers, listServersDetailed, SERVER_FILTERS, showServer, showServerAddresses } from './servers.js';
import { authenticate, fault, habits, isJsonType, jsonObject, marked, notFound, type Visit } from './speech.js';

export const hostway: Dialect<HostwayCloud> = {
  id: 'hostway',
  title: 'Hostway FlexCloud',
  seed: seedCloud,
  answer,
  options: (origin) => ({ endpoint: origin, username: 'demo', password: 'sandbox-secret' }),
  credentials: ['password'],
};

interface Route {
  readonly method: string;
  /** Segments after the style's prefix; `:` stands for any one segment, which the handler gets. */
  readonly pattern: string;
  /** Query parameters that some page documents. */
  readonly parameters: readonly string[];
  readonly handle: (visit: Visit, id: string) => Answer;
  /** In which URI styles it exists; `top` is outside of both. */
  readonly style: 'both' | 'short' | 'account' | 'top';
}

const ROUTES: readonly Route[] = [
  { method: 'GET', pattern: 'os-floating-ips', parameters: PAGING, handle: listAddresses, style: 'both' },
  { method: 'POST', pattern: 'os-floating-ips', parameters: [], handle: allocateAddress, style: 'both' },
  { method: 'GET', pattern: 'os-floating-ips/:', parameters: [], handle: showAddress, style: 'both' },
  { method: 'DELETE', pattern: 'os-floating-ips/:', parameters: [], handle: releaseAddress, style: 'both' },
  { method: 'GET', pattern: 'servers', parameters: SERVER_FILTERS, handle: listServers, style: 'both' },
  { method: 'GET', pattern: 'servers/detail', parameters: SERVER_FILTERS, handle: listServersDetailed, style: 'both' },
  { method: 'GET', pattern: 'servers/:', parameters: [], handle: showServer, style: 'both' },
  { method: 'GET', pattern: 'servers/:/ips', parameters: [], handle: showServerAddresses, style: 'both' },
  { method: 'POST', pattern: 'servers/:/action', parameters: [], handle: actOnServer, style: 'both' },
  { method: 'GET', pattern: 'zones', parameters: [], handle: listZones, style: 'short' },
  { method: 'GET', pattern: 'zone', parameters: [], handle: listAccountZones, style: 'account' },
  { method: 'GET', pattern: 'accounts', parameters: ACCOUNT_FILTERS, handle: listAccounts, style: 'top' },
  { method: 'GET', pattern: 'accounts/:', parameters: [], handle: showAccount, style: 'top' },
];

/** Where a path leads: its style, the account it names, and the routes that share it. */
interface Place {
  readonly style: 'short' | 'account' | 'top';
  readonly account: string | undefined;
  readonly routes: readonly Route[];
  readonly id: string;
}

function answer(call: Call, cloud: HostwayCloud, tools: Tools): Answer {
  const policy = policyOf(tools.knobs);
  const place = placeOf(call);
  const route = place.routes.find((one) => one.method === call.method);
  const marks = [
    ...habits(call, route?.parameters ?? []),
    ...(place.routes.length === 0 ? [`unknown path ${call.rawPath}`] : []),
    ...(place.routes.length > 0 && route === undefined ? [`${call.method} on ${call.rawPath}`] : []),
    ...(isDottedQuad(place.account ?? '') ? [`address ${place.account} stands where an account id belongs`] : []),
  ];
  return marks.reduce(marked, respond(call, cloud, tools, policy, place, route));
}

/** Credentials first, then path and method, account, body; what is left is the handler's. */
function respond(call: Call, cloud: HostwayCloud, tools: Tools, policy: Policy, place: Place, route: Route | undefined): Answer {
  const user = authenticate(call, cloud.users);
  if ('status' in user) return user;
  if (place.routes.length === 0 || !isPublished(policy, place)) return notFound(cloud);
  if (route === undefined) {
    const refusal = fault(cloud, 405, 'The method is not allowed for this resource');
    return { ...refusal, headers: { ...refusal.headers, allow: place.routes.map(({ method }) => method).join(', ') } };
  }
  const account = place.account ?? user.accounts[0] ?? '';
  const refusal = place.style === 'top' ? undefined : accountFault(cloud, user, account);
  if (refusal !== undefined) return refusal;
  const ignoresBody = route.handle === allocateAddress && policy.revision === '2013-04';
  if (call.body !== '' && !ignoresBody) {
    if (!isJsonType(call)) return fault(cloud, 415, 'The content type must be application/json');
    if (jsonObject(call.body) === undefined) return marked(fault(cloud, 400, 'The body is no JSON object'), 'the body is no JSON object');
  }
  const prefix = place.style === 'account' ? `/accounts/${encodeURIComponent(account)}/flexcloud` : '';
  return route.handle({ call, cloud, tools, policy, user, account, prefix }, place.id);
}

/** Account-style URIs came in October 2013, and took the place of `/zones`. Asking for either too early or late is no fault. */
function isPublished({ revision }: Policy, { style, routes }: Place): boolean {
  if (revision === '2013-10') return !routes.every((route) => route.style === 'short');
  return style !== 'account';
}

function placeOf({ path, rawPath }: Call): Place {
  const [first, account, second, ...rest] = path;
  const style = first !== 'accounts' ? 'short' : second === 'flexcloud' ? 'account' : 'top';
  const segments = style === 'account' ? rest : path;
  // A single slash at the end is tolerated, since the API's own links have it; doubled ones name nothing.
  const found = rawPath.includes('//') ? [] : ROUTES.filter((route) => isIn(route, style) && matches(route.pattern, segments));
  const [best] = found;
  return {
    style,
    account: style === 'short' ? undefined : account,
    routes: found.filter((route) => route.pattern === best?.pattern),
    id: segments[1] ?? '',
  };
}

function isIn(route: Route, style: Place['style']): boolean {
  return route.style === style || (route.style === 'both' && style !== 'top');
}

function matches(pattern: string, segments: readonly string[]): boolean {
  const parts = pattern.split('/');
  return parts.length === segments.length && parts.every((part, index) => part === ':' || part === segments[index]);
}
