/** Which path and verb leads where in Cloud Servers and Cloud Networks, and what role it takes. */
import type { Answer } from '../../dialect.js';
import { changePorts, deallocate, listAddresses, provision, refuseLinks, showAddress } from './addresses.js';
import { associate, associateByPost, disassociate, listAssociations, refuseCollectionPost, showAssociation } from './associations.js';
import { listNetworks, listSubnets, showNetwork, showSubnet } from './networks.js';
import { changePort, createPort, deletePort, listPorts, showPort } from './ports.js';
import { deleteServer, listNovaNetworks, listServerAddresses, listServers, showLimits, showServer } from './servers.js';
import { expectId, fault, forbidden, type Guest, lost } from './speech.js';

export type Service = 'servers' | 'networks';
export type Role = 'observer' | 'creator' | 'admin';

/** `first` and `second` are the path's arguments, in order. */
type Handler = (guest: Guest, first: string, second: string) => Answer;

interface Route {
  readonly service: Service;
  /** Segments; `:id` stands for a resource id, `*` for any other text. */
  readonly path: string;
  readonly verbs: Readonly<Record<string, readonly [role: Role, handler: Handler]>>;
}

const ROUTES: readonly Route[] = [
  { service: 'servers', path: 'servers', verbs: { GET: ['observer', (guest) => listServers(guest, false)] } },
  { service: 'servers', path: 'servers/detail', verbs: { GET: ['observer', (guest) => listServers(guest, true)] } },
  { service: 'servers', path: 'servers/:id', verbs: { GET: ['observer', showServer], DELETE: ['admin', deleteServer] } },
  { service: 'servers', path: 'servers/:id/ips', verbs: { GET: ['observer', (guest, id) => listServerAddresses(guest, id)] } },
  { service: 'servers', path: 'servers/:id/ips/*', verbs: { GET: ['observer', listServerAddresses] } },
  {
    service: 'servers',
    path: 'servers/:id/ip_associations',
    verbs: { GET: ['observer', listAssociations], POST: ['admin', refuseCollectionPost] },
  },
  {
    service: 'servers',
    path: 'servers/:id/ip_associations/:id',
    verbs: {
      GET: ['observer', showAssociation],
      PUT: ['admin', associate],
      POST: ['admin', associateByPost],
      DELETE: ['admin', disassociate],
    },
  },
  { service: 'servers', path: 'limits', verbs: { GET: ['observer', showLimits] } },
  { service: 'servers', path: 'os-networksv2', verbs: { GET: ['observer', listNovaNetworks] } },
  { service: 'networks', path: 'ip_addresses', verbs: { GET: ['observer', listAddresses], POST: ['creator', provision] } },
  {
    service: 'networks',
    path: 'ip_addresses/:id',
    verbs: { GET: ['observer', showAddress], PUT: ['admin', changePorts], DELETE: ['admin', deallocate] },
  },
  { service: 'networks', path: 'ip_addresses/:id/ports', verbs: { GET: ['observer', refuseLinks], POST: ['observer', refuseLinks] } },
  {
    service: 'networks',
    path: 'ip_addresses/:id/ports/:id',
    verbs: { GET: ['observer', refuseLinks], PUT: ['observer', refuseLinks], DELETE: ['observer', refuseLinks] },
  },
  { service: 'networks', path: 'ports', verbs: { GET: ['observer', listPorts], POST: ['creator', createPort] } },
  {
    service: 'networks',
    path: 'ports/:id',
    verbs: { GET: ['observer', showPort], PUT: ['admin', changePort], DELETE: ['admin', deletePort] },
  },
  { service: 'networks', path: 'networks', verbs: { GET: ['observer', listNetworks] } },
  { service: 'networks', path: 'networks/:id', verbs: { GET: ['observer', showNetwork] } },
  { service: 'networks', path: 'subnets', verbs: { GET: ['observer', listSubnets] } },
  { service: 'networks', path: 'subnets/:id', verbs: { GET: ['observer', showSubnet] } },
];

const RANK: Readonly<Record<Role, number>> = { observer: 1, creator: 2, admin: 3 };

/** Whether the strongest of a user's roles in a product, by the product's name in roles, is `role` or more. */
export function mayAct(roles: readonly string[], product: 'nova' | 'cloudNetworks' | 'rackconnect', role: Role): boolean {
  const ranks = roles.map((name) => {
    if (name === 'identity:user-admin') return RANK.admin;
    const role = name.startsWith(`${product}:`) ? name.slice(product.length + 1) : name;
    return role in RANK ? RANK[role as Role] : 0;
  });
  return Math.max(0, ...ranks) >= RANK[role];
}

/** Role first, then path, then verb: a user without rights does not learn what exists. */
export function dispatch(guest: Guest, service: Service): Answer {
  const route = ROUTES.find((one) => one.service === service && matches(one.path, guest.rest));
  const verb = route?.verbs[guest.call.method];
  const [role, handler] = verb ?? ['observer' as const, undefined];
  if (!mayAct(guest.user.roles, service === 'servers' ? 'nova' : 'cloudNetworks', role)) return forbidden();
  if (route === undefined) return lost(guest, 'unknown path');
  if (handler === undefined && service === 'networks') return lost(guest, `${guest.call.method} is not served here`);
  if (handler === undefined) {
    guest.marks.push(`${guest.call.method} is not served here`);
    return fault(405, 'Method Not Allowed');
  }
  const pattern = route.path.split('/');
  const values = guest.rest.filter((_, at) => pattern[at] === ':id' || pattern[at] === '*');
  for (const [at, value] of guest.rest.entries()) if (pattern[at] === ':id') expectId(guest, value, 'a path argument');
  return handler(guest, values[0] ?? '', values[1] ?? '');
}

function matches(path: string, rest: readonly string[]): boolean {
  const pattern = path.split('/');
  return pattern.length === rest.length && pattern.every((part, at) => part === ':id' || part === '*' || part === rest[at]);
}
