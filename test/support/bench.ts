/** A real driver over real HTTP at a sandbox in this process, with a clock that never waits: what wire and conformance tests stand on. */
import type { Connect, Tokens } from '../../src/domain/driver.js';
import type { JournalEvent } from '../../src/domain/journal.js';
import type { Manifest } from '../../src/domain/manifest.js';
import { defaultOf, type OptionValue, parseOption } from '../../src/domain/option.js';
import { client } from '../../src/http/client.js';
import { connections } from '../../src/http/connections.js';
import { redactor } from '../../src/http/redact.js';
import { operate, type Run } from '../../src/operations/run.js';
import type { Target } from '../../src/operations/target.js';
import type { RunSettings } from '../../src/operations/underway.js';
import { type VirtualClock, virtualClock } from './clock.js';

export interface BenchSettings {
  /** Option values as text, over the manifest's defaults: a sandbox's `options`, and what the test sets. */
  readonly options: Readonly<Record<string, string>>;
  readonly soleWriter?: boolean;
  readonly dryRun?: boolean;
  readonly wait?: boolean;
  readonly timeout?: number;
}

export interface Bench {
  readonly target: Target;
  readonly settings: RunSettings;
  readonly clock: VirtualClock;
  /** What the runner recorded. */
  readonly events: JournalEvent[];
  readonly notes: string[];
  readonly traced: string[];
  /** One operation with the driver. */
  run<R>(work: (driver: Run['driver'], run: Run) => Promise<R>): Promise<R>;
  close(): Promise<void>;
}

// biome-ignore lint/suspicious/noExplicitAny: a bench takes any provider, and hands it options parsed by its own manifest
export function bench(manifest: Manifest<any, any>, connect: Connect<Manifest<any, any>>, bench: BenchSettings): Bench {
  const clock = virtualClock();
  const controller = new AbortController();
  const events: JournalEvent[] = [];
  const notes: string[] = [];
  const traced: string[] = [];
  const redact = redactor();
  const opened = connections({ env: {} });
  const clientFor = client({
    connections: opened,
    clock,
    random: () => 0.5,
    redactor: redact,
    trace: { bodies: true, line: (text) => traced.push(text) },
    userAgent: 'ipctl/test',
  });
  const options: Record<string, OptionValue> = {};
  for (const [name, spec] of Object.entries((manifest as Manifest).options)) {
    const given = bench.options[name];
    const value = given === undefined ? defaultOf(spec) : parseOption(name, spec, given);
    if (value !== undefined) options[name] = value;
    if (spec.kind === 'secret' && given !== undefined) redact.conceal(given);
  }
  const kept = new Map<string, unknown>();
  const tokens: Tokens = {
    get: async (key) => kept.get(key),
    put: async (key, value) => void kept.set(key, value),
    drop: async (key) => void kept.delete(key),
  };
  const place = { profile: 'test', provider: manifest.id };
  const target: Target = {
    place,
    manifest,
    pinned: null,
    refused: null,
    soleWriter: bench.soleWriter ?? false,
    flags: {},
    exclusive: (work) => work(),
    connect: (limits, changes) =>
      connect({
        place,
        options,
        http: clientFor(limits),
        tokens,
        clock,
        progress: limits.progress,
        conceal: redact.conceal,
        ...changes,
      }),
  };
  const settings: RunSettings = {
    clock,
    random: () => 0.5,
    signal: controller.signal,
    journal: { append: async (event) => void events.push(event) },
    dryRun: bench.dryRun ?? false,
    wait: bench.wait ?? true,
    timeout: bench.timeout ?? 60_000,
    pid: 1,
    progress: (note) => notes.push(note),
  };
  return {
    target,
    settings,
    clock,
    events,
    notes,
    traced,
    run: (work) => operate(target, settings, 'test', null, (run) => work(run.driver, run)),
    close: opened.close,
  };
}
