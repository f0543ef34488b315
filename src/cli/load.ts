/** Where each command's code is: loaded when it is run, and checked by the compiler to be all of them. */
import type { View } from '../render/views.js';
import type { Words } from './commands.js';
import type { Command } from './intent.js';

export interface Loaded<W extends Words> {
  readonly run: Command<W>;
  /** What it shows: the columns that may be asked for. Absent: it prints text, not records. */
  // biome-ignore lint/suspicious/noExplicitAny: a view is contravariant in its record, and only its column names are read here
  readonly view?: View<any>;
}

export const load: { readonly [W in Words]: () => Promise<Loaded<W>> } = {
  'ip allocate': () => import('./commands/ip/allocate.js'),
  'ip associate': () => import('./commands/ip/associate.js'),
  'ip disassociate': () => import('./commands/ip/disassociate.js'),
  'ip release': () => import('./commands/ip/release.js'),
  'ip move': () => import('./commands/ip/move.js'),
  'ip list': () => import('./commands/ip/list.js'),
  'ip show': () => import('./commands/ip/show.js'),
  'ip update': () => import('./commands/ip/update.js'),
  'ip wait': () => import('./commands/ip/wait.js'),
  'privateip create': () => import('./commands/privateip/create.js'),
  'privateip list': () => import('./commands/privateip/list.js'),
  'privateip show': () => import('./commands/privateip/show.js'),
  'privateip delete': () => import('./commands/privateip/delete.js'),
  'server list': () => import('./commands/server/list.js'),
  'server show': () => import('./commands/server/show.js'),
  'network list': () => import('./commands/network/list.js'),
  'subnet list': () => import('./commands/subnet/list.js'),
  'profile add': () => import('./commands/profile/add.js'),
  'profile list': () => import('./commands/profile/list.js'),
  'profile show': () => import('./commands/profile/show.js'),
  'profile use': () => import('./commands/profile/use.js'),
  'profile current': () => import('./commands/profile/current.js'),
  'profile set': () => import('./commands/profile/set.js'),
  'profile unset': () => import('./commands/profile/unset.js'),
  'profile rename': () => import('./commands/profile/rename.js'),
  'profile remove': () => import('./commands/profile/remove.js'),
  'profile test': () => import('./commands/profile/test.js'),
  'provider list': () => import('./commands/provider/list.js'),
  'provider show': () => import('./commands/provider/show.js'),
  'operation list': () => import('./commands/operation/list.js'),
  'operation show': () => import('./commands/operation/show.js'),
  'operation resume': () => import('./commands/operation/resume.js'),
  'operation prune': () => import('./commands/operation/prune.js'),
  'sandbox serve': () => import('./commands/sandbox/serve.js'),
  'sandbox reset': () => import('./commands/sandbox/reset.js'),
  'sandbox journal': () => import('./commands/sandbox/journal.js'),
  api: () => import('./commands/api.js'),
  doctor: () => import('./commands/doctor.js'),
  schema: () => import('./commands/schema.js'),
  help: () => import('./commands/help.js'),
  completion: () => import('./commands/completion.js'),
};
