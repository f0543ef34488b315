/**
 * THE table: every command as data. Help, parsing, completion and dispatch read it; a command's code is loaded only when it
 * is run.
 */

import { inventoryRows } from './rows/inventory.js';
import { ipRows } from './rows/ip.js';
import { machineRows } from './rows/machine.js';
import { operationRows } from './rows/operation.js';
import { privateIpRows } from './rows/privateip.js';
import { profileRows } from './rows/profile.js';
import type { Row } from './rows/row.js';
import { sandboxRows } from './rows/sandbox.js';

export { changeFlags, globalFlags, variableOf } from './rows/global.js';
export type { Argument, Row } from './rows/row.js';

export const rows = [
  ...ipRows,
  ...privateIpRows,
  ...inventoryRows,
  ...profileRows,
  ...operationRows,
  ...sandboxRows,
  ...machineRows,
] as const satisfies readonly Row[];

/** The row of two words, the second also as an alias; of a noun without verbs, the first alone. */
export const rowAt = (noun: string, verb: string | undefined): Row | undefined =>
  (rows as readonly Row[]).find(({ words, aliases }) => {
    const [own, name] = words.split(' ');
    return own === noun && (name === verb || (verb !== undefined && aliases?.includes(verb) === true));
  });

export type Words = (typeof rows)[number]['words'];
export type RowOf<W extends Words> = Extract<(typeof rows)[number], { words: W }>;

/** What each noun is about; help tells its verbs beside it. */
export const nouns: Readonly<Record<string, string>> = {
  ip: 'floating IPs',
  privateip: 'private IPs of subnets',
  server: 'servers',
  network: 'networks',
  subnet: 'subnets',
  profile: 'named credentials',
  provider: 'kinds of cloud and what each can do',
  operation: 'recorded changes',
  sandbox: 'a cloud to try things on',
  api: 'a request of your own to the provider',
  doctor: 'whether all is well',
  schema: 'JSON Schema of the output',
  help: 'help on commands and topics',
  completion: 'completion script of a shell',
};
export const nounAliases: Readonly<Record<string, string>> = { op: 'operation' };
