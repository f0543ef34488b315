/** Their JSON. "None" is null, '' or absent, by page and year: the three are read alike. */
import { parseAddress } from '../../domain/address.js';
import { IpctlError } from '../../domain/errors.js';
import type { Reply } from '../../domain/exchange.js';
import { type Fields, fields } from '../../http/fields.js';

export interface FlexibleIp {
  readonly ip: string;
  readonly instanceId: string | null;
  readonly fixedIp: string | null;
  readonly pool: string | null;
  readonly raw: unknown;
}

export interface HostwayServer {
  readonly id: string;
  readonly name: string | null;
  readonly status: string;
  readonly zone: string | null;
  readonly public: readonly string[];
  readonly private: readonly string[];
  readonly raw: unknown;
}

export interface HostwayAccount {
  readonly accountNumber: string;
}

function readFlexibleIp(value: Fields): FlexibleIp {
  const text = value.text('ip');
  const address = parseAddress(text);
  if (address === undefined)
    throw new IpctlError('defect', `the provider's reply is broken: floating_ip.ip is no address`, { fate: 'unknown' });
  return {
    ip: address.text,
    instanceId: value.textOrNull('instance_id'),
    fixedIp: value.textOrNull('fixed_ip'),
    pool: value.textOrNull('pool'),
    raw: value.raw,
  };
}

export const readFlexibleIps = ({ json }: Reply): FlexibleIp[] => fields(json, '').list('floating_ips').map(readFlexibleIp);

/** An object after an allocation, a list of one when shown; either is taken for either. Undefined: an empty list. */
export function readOneFlexibleIp({ json }: Reply): FlexibleIp | undefined {
  const body = fields(json, '');
  if (!Array.isArray(body.raw.floating_ip)) return readFlexibleIp(body.object('floating_ip'));
  const [first] = body.list('floating_ip');
  return first === undefined ? undefined : readFlexibleIp(first);
}

function readServerFields(value: Fields): HostwayServer {
  const addresses = value.objectOrNull('addresses');
  const texts = (label: string): string[] =>
    addresses === null || addresses.raw[label] === undefined
      ? []
      : addresses.list(label).map((entry) => parseAddress(entry.text('addr'))?.text ?? entry.text('addr'));
  return {
    id: value.id('id'),
    name: value.textOrNull('name'),
    status: value.textOrNull('status') ?? 'UNKNOWN',
    zone: value.textOrNull('zone'),
    public: texts('public'),
    private: texts('private'),
    raw: value.raw,
  };
}

export const readServer = ({ json }: Reply): HostwayServer => readServerFields(fields(json, '').object('server'));

export const readServers = ({ json }: Reply): HostwayServer[] => fields(json, '').list('servers').map(readServerFields);

/** The plain list names no names: its items are only good for being asked for one by one. */
export const readServerIds = ({ json }: Reply): string[] =>
  fields(json, '')
    .list('servers')
    .map((server) => server.id('id'));

export const readAccounts = ({ json }: Reply): HostwayAccount[] =>
  fields(json, '')
    .list('list')
    .map((account) => ({ accountNumber: account.id('accountNumber') }));

export const readAccount = ({ json }: Reply): HostwayAccount => ({ accountNumber: fields(json, '').id('accountNumber') });

/** Keys of the zones of all accounts in the answer, each once: the root keys are account numbers. */
export function readZones({ json }: Reply): string[] {
  const body = fields(json, '');
  const keys = Object.keys(body.raw).flatMap((account) => body.list(account).map((zone) => zone.text('zone')));
  return [...new Set(keys)];
}

/** Where the next page is, by the links of a paged list. */
export function nextLink({ json }: Reply): string | undefined {
  const body = fields(json, '');
  if (!Array.isArray(body.raw.links)) return undefined;
  return body
    .list('links')
    .find((link) => link.textOrNull('rel') === 'next')
    ?.text('href');
}
