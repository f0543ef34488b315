/** Entries of clouds.yaml as profiles: which there are, and what each says. */
import { homedir, platform } from 'node:os';
import { resolve } from 'node:path';
import { IpctlError } from '../domain/errors.js';
import { type Naming, optionsOf, overlaid } from './cloud-entry.js';
import { type CloudFiles, findClouds, isMapping, type Mapping, type Places, searched } from './cloud-files.js';

export interface Clouds {
  /** The file, for messages. */
  readonly path: string;
  /** It lies in the working directory, and nobody named it: the user is told before anything is sent. */
  readonly here: boolean;
  readonly names: readonly string[];
  /** Options of the provider, secrets among them. `config` for a name that is not there, and for an entry that cannot be used. */
  options(name: string, region?: string): Readonly<Record<string, string>>;
}

export const placesOf = (env: Places['env']): Places => ({
  env,
  home: homedir(),
  workingDirectory: resolve('.'),
  platform: platform(),
});

/** Undefined where there is no file. */
export async function openClouds(places: Places): Promise<Clouds | undefined> {
  const files = await findClouds(places);
  if (files === undefined) return undefined;
  const { path, here, clouds } = files;
  const names = Object.keys(clouds).sort();
  return {
    path,
    here,
    names,
    options(name, region) {
      if (!Object.hasOwn(clouds, name)) {
        const hint = names.length === 0 ? 'it names no cloud at all' : `clouds: ${names.join(', ')}`;
        throw new IpctlError('config', `there is no cloud '${name}' in ${path}`, { fate: 'not-sent', hint });
      }
      const naming: Naming = { entry: `cloud '${name}' of ${path}`, key: (key) => key };
      return optionsOf(entryOf(files, name, naming), region, naming, places);
    },
  };
}

/** The same, where there must be one. */
export async function requireClouds(places: Places): Promise<Clouds> {
  const clouds = await openClouds(places);
  if (clouds !== undefined) return clouds;
  throw new IpctlError('config', 'there is no clouds.yaml', {
    fate: 'not-sent',
    hint: `OS_CLIENT_CONFIG_FILE names one; else it is looked for in ${searched(places).join(', ')}`,
  });
}

/** Vendor, entry and secrets, each laid upon the one before. */
function entryOf({ clouds, secure, vendors }: CloudFiles, name: string, naming: Naming): Mapping {
  const entry = mapOf(clouds, name, naming);
  const vendor = entry.profile;
  const secret = Object.hasOwn(secure, name) ? mapOf(secure, name, naming) : {};
  if (typeof vendor !== 'string' || vendor === '') return overlaid(entry, secret);
  if (!Object.hasOwn(vendors, vendor)) {
    throw new IpctlError('config', `${naming.entry} refers to vendor '${vendor}', and no clouds-public.yaml beside it has that one`, {
      fate: 'not-sent',
      hint: 'write what the vendor says into the entry itself: auth_url, region_name',
    });
  }
  return overlaid(overlaid(mapOf(vendors, vendor, naming), entry), secret);
}

function mapOf(file: Mapping, name: string, naming: Naming): Mapping {
  const entry = file[name];
  if (!isMapping(entry)) throw new IpctlError('config', `${naming.entry} is not a map`, { fate: 'not-sent' });
  return entry;
}
