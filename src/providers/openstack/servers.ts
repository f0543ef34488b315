/** Servers, who asks for them, and where the APIs stand: what each of a cloud has in common with its neighbours. */
import type { Operations, Service } from '../../domain/driver.js';
import type { Place } from '../../domain/records.js';
import { collect } from '../../http/pages.js';
import { getServer, listServerNames, listServers } from './api.js';
import type { Cloud } from './cloud.js';
import { serverOf } from './records.js';

export const serverVerbs = (place: Place, open: () => Promise<Cloud>): Pick<Operations, 'account' | 'listServers' | 'getServer'> => ({
  async account() {
    const { project, user, region } = await open();
    return { id: project.id, name: project.name, user: user.name, project: project.name, region };
  },

  async *listServers({ name }) {
    const cloud = await open();
    // Surprise: the filter is a regular expression there, so a name that could mean another thing is compared here alone.
    const filter = name !== undefined && /^[\w.-]+$/.test(name) ? { name } : {};
    for await (const found of listServers(cloud, filter)) if (name === undefined || found.name === name) yield serverOf(place, found);
  },

  async getServer(id) {
    return serverOf(place, await getServer(await open(), id));
  },
});

/** Names by id, on their way while something else comes in: a failure is told where a name is wanted. */
export function serverNames(cloud: Cloud): Promise<ReadonlyMap<string, string | null>> {
  const names = collect(listServerNames(cloud)).then((all) => new Map(all.map(({ id, name }) => [id, name])));
  names.catch(() => undefined);
  return names;
}

/** One of the cloud's APIs by its base, for requests of the user's own. */
export const serviceOf =
  (open: () => Promise<Cloud>, baseOf: (cloud: Cloud) => string): (() => Promise<Service>) =>
  async () => {
    const cloud = await open();
    return { base: baseOf(cloud), send: cloud.send, project: cloud.project.id, tokenExpiresAt: cloud.tokenExpiresAt };
  };
