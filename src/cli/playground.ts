/** The sandbox behind the profiles `sandbox-<provider>`: the one that is being served, else one of this process, over the same state. */
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { IpctlError } from '../domain/errors.js';
import type { ProviderId } from '../providers/registry.js';
import type { DialectId } from '../sandbox/dialects.js';
import type { Fault } from '../sandbox/faults.js';
import type { World } from '../world.js';
import type { Session } from './session.js';

export const sandboxDirectory = ({ directories }: World): string => join(directories.state, 'sandbox');

/** `usage` for text that is no fault. */
export async function parseFaults(texts: readonly string[]): Promise<Fault[]> {
  const { parseFault } = await import('../sandbox/faults.js');
  return texts.map((text) => {
    try {
      return parseFault(text);
    } catch (thrown) {
      throw new IpctlError('usage', `--fault: ${thrown instanceof Error ? thrown.message : String(thrown)}`, { fate: 'not-sent' });
    }
  });
}

/** All of them where none is named. */
export function requireDialects(names: readonly string[], all: readonly DialectId[]): readonly DialectId[] {
  if (names.length === 0) return all;
  return names.map((name) => {
    const found = all.find((id) => id === name);
    if (found === undefined)
      throw new IpctlError('usage', `there is no sandbox of '${name}'`, { fate: 'not-sent', hint: `sandboxes: ${all.join(', ')}` });
    return found;
  });
}

/** Options of an ordinary profile that lead to the sandbox. The driver cannot tell it from a real cloud. */
export async function playground(id: ProviderId, faults: readonly string[], session: Session): Promise<Readonly<Record<string, string>>> {
  const directory = sandboxDirectory(session.world);
  const [{ dialects }, { running }, { start }, { makeDirectory }, parsed] = await Promise.all([
    import('../sandbox/dialects.js'),
    import('../sandbox/serving.js'),
    import('../sandbox/server.js'),
    import('../sandbox/state.js'),
    parseFaults(faults),
  ]);
  const dialect = await dialects[id]();
  // Faults are of this command alone, so it gets a server of its own; the cloud is the same.
  const served = parsed.length === 0 ? await running(directory) : null;
  const origin = served?.origins[id];
  if (origin !== undefined) return dialect.options(origin);
  try {
    // Else its first answer is that it failed, as if a provider were down.
    makeDirectory(directory);
    await access(directory, constants.R_OK | constants.W_OK | constants.X_OK);
    if (!(await stat(directory)).isDirectory()) throw new Error(`${directory} is no directory`);
    const sandbox = await start(dialect, { directory, faults: parsed });
    session.onClose(() => sandbox.close());
    return sandbox.options;
  } catch (thrown) {
    throw new IpctlError('config', `the sandbox cannot start: ${thrown instanceof Error ? thrown.message : String(thrown)}`, {
      fate: 'not-sent',
      cause: thrown,
    });
  }
}
