/** What each exit code means, and which a command can end with. A contract: scripts branch on them. */
import type { Row } from '../commands.js';

export interface ExitCode {
  readonly code: number;
  /** The error's `kind` in JSON; of 0 and the signals: what happened. */
  readonly kind: string;
  readonly meaning: string;
}

export const exitCodes: readonly ExitCode[] = [
  { code: 0, kind: 'done', meaning: 'or nothing to do; an empty list is a success' },
  { code: 1, kind: 'defect', meaning: 'ours, or a reply that breaks the provider’s own protocol' },
  { code: 2, kind: 'usage', meaning: 'a bad flag or argument, an ambiguous name' },
  { code: 3, kind: 'not-found', meaning: 'the address, server or other target is not there' },
  { code: 4, kind: 'auth', meaning: 'credentials missing, expired or refused; forbidden; not the pinned account' },
  { code: 5, kind: 'temporary', meaning: 'rate limit, provider or network down: nothing was changed, safe to repeat' },
  { code: 6, kind: 'conflict', meaning: 'in use, held by another, locked' },
  { code: 7, kind: 'limit', meaning: 'quota used up, pool empty' },
  { code: 8, kind: 'unsupported', meaning: 'the provider cannot' },
  { code: 9, kind: 'partial', meaning: 'some of several targets, profiles or steps failed; stdout holds what exists' },
  { code: 11, kind: 'timeout', meaning: 'accepted by the provider, not shown by the deadline; stdout holds what exists' },
  { code: 12, kind: 'unknown', meaning: 'sent, and its outcome is not known: ipctl operation resume ID' },
  { code: 13, kind: 'refused', meaning: 'not confirmed, or a protected or read-only profile' },
  { code: 14, kind: 'config', meaning: 'no profile, or settings or a state directory that cannot be used' },
  { code: 130, kind: 'signal', meaning: 'interrupted; the last line says what became of a change in flight' },
  { code: 141, kind: 'signal', meaning: 'broken pipe: nobody reads the result' },
  { code: 143, kind: 'signal', meaning: 'terminated' },
];

const ALWAYS = [0, 1, 2, 130, 141, 143];
const ON_A_PROFILE = [3, 4, 5, 8, 14];
const ON_A_CHANGE = [3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14];

/** In order. Any command can be interrupted or lose its reader. */
export function exitCodesOf(row: Row): readonly ExitCode[] {
  const own = row.changes === true ? ON_A_CHANGE : row.needs === undefined ? [] : ON_A_PROFILE;
  const all = new Set([...ALWAYS, ...own, ...(row.exits ?? [])]);
  return exitCodes.filter(({ code }) => all.has(code));
}
