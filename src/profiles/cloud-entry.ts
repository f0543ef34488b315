/**
 * What one entry of clouds.yaml asks for, as options: old names, values in the wrong place and regions resolved as the
 * reference client does it; what we cannot honour is refused rather than dropped.
 * https://docs.openstack.org/openstacksdk/latest/user/config/configuration.html
 */
import { join, resolve } from 'node:path';
import { IpctlError } from '../domain/errors.js';
import { isMapping, type Mapping, type Places, type Tree } from './cloud-files.js';

/** Old names of keys, each with what it is called today; the new name wins where both are there. */
const OLD_NAMES: Readonly<Record<string, string>> = {
  tenant_id: 'project_id',
  tenant_name: 'project_name',
  user_name: 'username',
  userid: 'user_id',
  auth_token: 'token',
  auth_plugin: 'auth_type',
  endpoint_type: 'interface',
};

/** Values that belong into `auth`, wherever they stand. */
const AUTH = [
  'auth_url',
  'username',
  'user_id',
  'password',
  'passcode',
  'token',
  'user_domain_name',
  'user_domain_id',
  'project_name',
  'project_id',
  'project_domain_name',
  'project_domain_id',
  'domain_name',
  'domain_id',
  'default_domain_name',
  'default_domain_id',
  'application_credential_id',
  'application_credential_name',
  'application_credential_secret',
  'trust_id',
  'system_scope',
] as const;

/** The key of an entry -> the option that means the same. */
const OPTIONS: Readonly<Record<string, string>> = {
  auth_type: 'auth-type',
  interface: 'interface',
  network_interface: 'network-interface',
  compute_interface: 'compute-interface',
  network_region_name: 'network-region',
  compute_region_name: 'compute-region',
  network_endpoint_override: 'network-endpoint',
  compute_endpoint_override: 'compute-endpoint',
  ...Object.fromEntries(
    AUTH.filter((key) => !/^(default_)?domain_|^trust_id$|^system_scope$/.test(key)).map((key) => [key, key.replaceAll('_', '-')]),
  ),
};

const SUPPORTED_TYPES = ['password', 'v3password', 'token', 'v3token', 'v3applicationcredential', 'v3totp', 'v3multifactor'];

type Texts = Readonly<Record<string, string>>;

/** How messages call the entry and its keys. */
export interface Naming {
  readonly entry: string;
  key(key: string): string;
}

const refused = (message: string, hint?: string): IpctlError => new IpctlError('config', message, { fate: 'not-sent', hint });

/** Options of one entry, for `region` or the entry's first one. `config` for what is wrong with it, or cannot be honoured. */
export function optionsOf(entry: Mapping, region: string | undefined, naming: Naming, places: Places): Record<string, string> {
  const given = modern(entry);
  const chosen = chosenRegion(given, region, naming);
  const { auth: inside, ...outside } = modern(overlaid(given, chosen.values));
  if (inside !== undefined && inside !== '' && !isMapping(inside)) throw refused(`${naming.entry}: ${naming.key('auth')} is not a map`);
  const settings = texts(outside, [...Object.keys(OPTIONS), ...AUTH, ...OTHERS], naming);
  const auth = withDomains({ ...texts(modern(isMapping(inside) ? inside : {}), AUTH, naming), ...only(settings, AUTH) });
  const all = { ...settings, ...auth };
  refuseUnsupported(all, naming);
  if ((auth.domain_id ?? auth.domain_name) !== undefined && !inProject(auth)) {
    throw refused(
      `${naming.entry} asks for the scope of a domain, and ipctl works in a project`,
      'give the entry a project_name or project_id',
    );
  }
  const options: Record<string, string> = {};
  for (const [key, option] of Object.entries(OPTIONS)) {
    const value = all[key];
    if (value !== undefined) options[option] = /interface$/.test(key) ? value.replace(/URL$/, '') : value;
  }
  if (chosen.name !== undefined) options.region = chosen.name;
  if (all.cacert !== undefined) options.cacert = resolve(places.workingDirectory, fromHome(all.cacert, places.home));
  return options;
}

/** What is read besides options: to be refused, or resolved. */
const OTHERS = ['verify', 'insecure', 'cacert', 'cert', 'identity_api_version'];

/** The same checks for `OS_*` variables, which become options by their own names. */
export function refuseEnvironment(env: Places['env']): void {
  const set = Object.entries(env).flatMap(([name, value]): [string, string][] =>
    name.startsWith('OS_') && value !== undefined && value !== '' ? [[name.slice(3).toLowerCase(), value]] : [],
  );
  const naming: Naming = { entry: 'the environment', key: (key) => `OS_${key.toUpperCase()}` };
  refuseUnsupported(texts(modern(Object.fromEntries(set)), ['auth_type', 'trust_id', 'system_scope', ...OTHERS], naming), naming);
}

function refuseUnsupported(all: Texts, { entry, key }: Naming): void {
  const type = all.auth_type;
  if (type !== undefined && !SUPPORTED_TYPES.includes(type)) {
    throw refused(
      `${entry} wants ${key('auth_type')} ${type}, and ipctl logs in with a password, a token or an application credential only`,
      `${key('auth_type')} is one of ${SUPPORTED_TYPES.join(', ')}`,
    );
  }
  if (isTrue(all.insecure) || isFalse(all.verify)) {
    throw refused(
      `${entry} turns the check of certificates off (${isTrue(all.insecure) ? key('insecure') : key('verify')}), and ipctl never does that`,
      `name the authority that signed them: ${key('cacert')}, or --ca-file`,
    );
  }
  if (all.cert !== undefined) throw refused(`${entry} wants a client certificate (${key('cert')}), and ipctl cannot present one`);
  if (all.trust_id !== undefined)
    throw refused(`${entry} asks for the scope of a trust (${key('trust_id')}), and ipctl works in a project`);
  if (all.system_scope !== undefined)
    throw refused(`${entry} asks for the scope of the system (${key('system_scope')}), and ipctl works in a project`);
  if (all.identity_api_version !== undefined && !/^(v?3(\.|$)|auto$)/i.test(all.identity_api_version)) {
    throw refused(
      `${entry} wants ${key('identity_api_version')} ${all.identity_api_version}, and only version 3 of the identity API exists`,
    );
  }
}

// The words of YAML 1.1, by which the reference client reads these files.
const isTrue = (text: string | undefined): boolean => /^(true|yes|on|1)$/i.test(text ?? '');
const isFalse = (text: string | undefined): boolean => /^(false|no|off|0)$/i.test(text ?? '');

/** Keys with underscores, by the names of today. */
function modern(mapping: Mapping): Mapping {
  const spelled = Object.entries(mapping).map(([key, value]): [string, Tree] => [key.replaceAll('-', '_'), value]);
  const renamed = spelled.flatMap(([key, value]): [string, Tree][] => {
    const name = Object.hasOwn(OLD_NAMES, key) ? OLD_NAMES[key] : undefined;
    return name === undefined ? [] : [[name, value]];
  });
  const today = spelled.filter(([key, value]) => !Object.hasOwn(OLD_NAMES, key) && value !== '');
  return Object.fromEntries([...renamed, ...today]);
}

/** The wanted keys that have a value: an empty one counts as absent. */
function texts(mapping: Mapping, wanted: readonly string[], naming: Naming): Texts {
  const found: Record<string, string> = {};
  for (const key of wanted) {
    const value = Object.hasOwn(mapping, key) ? mapping[key] : undefined;
    if (value === undefined || value === null || value === '') continue;
    if (typeof value !== 'string') throw refused(`${naming.entry}: ${naming.key(key)} is not a text`);
    found[key] = value;
  }
  return found;
}

const only = (values: Texts, keys: readonly string[]): Texts =>
  Object.fromEntries(Object.entries(values).filter(([key]) => keys.includes(key)));

const inProject = (auth: Texts): boolean =>
  (auth.project_id ?? auth.project_name ?? auth.application_credential_id ?? auth.application_credential_name) !== undefined;

/** With a project a bare domain is that of user and project alike; a default domain is so in any case, and comes last. */
function withDomains(auth: Texts): Texts {
  const filled: Record<string, string> = { ...auth };
  for (const kind of ['name', 'id']) {
    const domain = inProject(auth) ? auth[`domain_${kind}`] : undefined;
    if (domain === undefined) continue;
    filled[`user_domain_${kind}`] ??= domain;
    filled[`project_domain_${kind}`] ??= domain;
  }
  for (const who of ['user', 'project']) {
    if ((filled[`${who}_domain_name`] ?? filled[`${who}_domain_id`]) !== undefined) continue;
    for (const kind of ['name', 'id']) {
      const domain = auth[`default_domain_${kind}`];
      if (domain !== undefined) filled[`${who}_domain_${kind}`] = domain;
    }
  }
  return filled;
}

interface Region {
  readonly name: string | undefined;
  /** What the entry says otherwise there. */
  readonly values: Mapping;
}

function chosenRegion(entry: Mapping, wanted: string | undefined, naming: Naming): Region {
  const { regions, region_name: single } = entry;
  if (regions !== undefined && !Array.isArray(regions)) throw refused(`${naming.entry}: ${naming.key('regions')} is not a list`);
  const listed = (regions ?? []) as readonly Tree[];
  const known = listed.length > 0 ? listed.map((region) => regionOf(region, naming)) : commaSeparated(single);
  if (wanted === undefined) return known[0] ?? { name: undefined, values: {} };
  const found = known.find(({ name }) => name === wanted);
  if (found !== undefined) return found;
  // A region by itself is where the entry starts from, a list names the ones there are.
  if (listed.length === 0 && known.length < 2) return { name: wanted, values: {} };
  throw refused(`${naming.entry} has no region '${wanted}'`, `regions: ${known.map(({ name }) => name).join(', ')}`);
}

function regionOf(region: Tree, naming: Naming): Region {
  if (typeof region === 'string') return { name: region, values: {} };
  if (isMapping(region) && typeof region.name === 'string') {
    return { name: region.name, values: isMapping(region.values) ? modern(region.values) : {} };
  }
  throw refused(`${naming.entry}: ${naming.key('regions')} holds something that is neither a name nor a map with one`);
}

const commaSeparated = (names: Tree | undefined): Region[] =>
  (typeof names === 'string' ? names.split(',') : []).map((name) => ({ name: name.trim(), values: {} })).filter(({ name }) => name !== '');

/** `over` laid upon `base`, map by map. */
export function overlaid(base: Mapping, over: Mapping): Mapping {
  const merged = Object.entries(over).map(([key, value]): [string, Tree] => {
    const below = Object.hasOwn(base, key) ? base[key] : undefined;
    return [key, isMapping(below) && isMapping(value) ? overlaid(below, value) : value];
  });
  return { ...base, ...Object.fromEntries(merged) };
}

/** `~` and `~/x` as the shell means them. */
export const fromHome = (path: string, home: string): string =>
  path === '~' ? home : path.startsWith('~/') ? join(home, path.slice(2)) : path;
