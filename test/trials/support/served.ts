/** A sandbox in a process of its own, as `sandbox serve` starts it, and what stands in its files. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type DialectId, dialectIds } from '../../../src/sandbox/dialects.js';
import { type JournalEntry, read } from '../../../src/sandbox/journal.js';
import { writeAtomically } from '../../../src/sandbox/state.js';

const bin = fileURLToPath(new URL('../../../bin/ipctl.js', import.meta.url));
const unlimited = fileURLToPath(new URL('serve.ts', import.meta.url));

export interface Served {
  /** Options of each provider's ordinary profile, credentials among them. */
  options(provider: DialectId): Readonly<Record<string, string>>;
  /** What the provider was asked, oldest first. */
  journal(provider: DialectId): Promise<readonly JournalEntry[]>;
  /** The provider's cloud as it stands, to be put back later: a text that only the sandbox reads. */
  cloud(provider: DialectId): string;
  restore(provider: DialectId, cloud: string): void;
  /** The seed again. */
  restart(provider: DialectId): void;
  /** Ends the process by its id. */
  stop(): Promise<void>;
}

/** With `knobs` the dialects' switches are set, which the command has no flag for; the server is the same. */
export async function served(knobs?: Readonly<Record<string, unknown>>): Promise<Served> {
  const home = mkdtempSync(join(tmpdir(), 'ipctl-served-'));
  const directory = join(home, 'state', 'ipctl', 'sandbox');
  const words =
    knobs === undefined
      ? [bin, 'sandbox', 'serve', '-o', 'jsonl', '-c', 'provider,options']
      : ['--import', 'tsx', unlimited, directory, JSON.stringify(knobs)];
  const child = spawn(process.execPath, words, {
    env: { PATH: process.env.PATH ?? '', HOME: home, XDG_STATE_HOME: join(home, 'state'), XDG_CONFIG_HOME: join(home, 'config') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const options = new Map<string, Readonly<Record<string, string>>>();
  for await (const line of createInterface({ input: child.stdout })) {
    const shown = JSON.parse(line) as { provider: string; options: Readonly<Record<string, string>> };
    options.set(shown.provider, shown.options);
    if (options.size === dialectIds.length) break;
  }
  if (options.size < dialectIds.length) throw new Error('the sandbox did not start');
  const stateOf = (provider: DialectId): string => join(directory, `${provider}.json`);
  return {
    options: (provider) => options.get(provider) ?? {},
    journal: (provider) => read(directory, [provider], Number.MAX_SAFE_INTEGER),
    cloud: (provider) => readFileSync(stateOf(provider), 'utf8'),
    restore: (provider, cloud) => writeAtomically(stateOf(provider), cloud),
    restart: (provider) => rmSync(stateOf(provider), { force: true }),
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        const ended = once(child, 'exit');
        child.kill('SIGTERM');
        await ended;
      }
      rmSync(home, { recursive: true, force: true });
    },
  };
}
