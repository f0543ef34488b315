/** Whether the process that left a trace of itself is still there: its number may be another's by now. */
import { readFile } from 'node:fs/promises';

export interface Processes {
  isAlive(pid: number): boolean;
  /** When the process of this number began, in whatever unit; null where nobody can tell. */
  bornAt?(pid: number): Promise<string | null>;
}

/** Ticks from the system's start to the process's, as Linux tells them; elsewhere null: the number has to do. */
export async function birthOf(pid: number): Promise<string | null> {
  const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The second field is the program's name in brackets, which may hold anything; the birth is the twenty-second.
  return line.slice(line.lastIndexOf(')') + 2).split(' ')[19] ?? null;
}

/** A number is given again to a later process: alive is only who has the birth as well. `born` is null where it was not told. */
export async function isOwnerAlive(pid: number, born: string | null, { isAlive, bornAt = birthOf }: Processes): Promise<boolean> {
  if (!isAlive(pid)) return false;
  const now = born === null ? null : await bornAt(pid);
  return now === null || now === born;
}
