/** The real binary against a cloud of this process: a sandbox with its switches turned, or a server that plays a script. */
import { type DialectId, dialects } from '../../src/sandbox/dialects.js';
import { parseFault } from '../../src/sandbox/faults.js';
import { type Sandbox, start } from '../../src/sandbox/server.js';
import { type Home, type Ran, withHome } from './ipctl.js';

export interface Cloud extends Home {
  readonly sandbox: Sandbox;
}

export interface CloudSettings {
  readonly knobs?: Record<string, unknown>;
  /** As `--fault` takes them. */
  readonly faults?: readonly string[];
  /** Options besides those that lead to the sandbox, as the variables of `env:<provider>` give them. */
  readonly options?: Readonly<Record<string, string>>;
}

/** Each command gets `-p env:<id>` and the variables that lead to the sandbox: a provider like any other to the binary. */
export async function withCloud(id: DialectId, settings: CloudSettings, work: (cloud: Cloud) => Promise<void>): Promise<void> {
  const faults = (settings.faults ?? []).map(parseFault);
  const sandbox = await start(await dialects[id](), { faults, ...(settings.knobs === undefined ? {} : { knobs: settings.knobs }) });
  try {
    await withHome((home) => work({ ...home, sandbox, ipctl: aimed(home, id, { ...sandbox.options, ...settings.options }) }));
  } finally {
    await sandbox.close();
  }
}

/** `home.ipctl` with `-p env:<provider>` and `options` given by variable. */
export function aimed(home: Home, provider: string, options: Readonly<Record<string, string>>): Home['ipctl'] {
  const variables = Object.fromEntries(
    Object.entries(options).map(([name, value]) => [`IPCTL_${provider}_${name}`.replaceAll('-', '_').toUpperCase(), value]),
  );
  return (words, more = {}): Promise<Ran> =>
    home.ipctl(['-p', `env:${provider}`, ...words], { ...more, env: { ...variables, ...more.env } });
}
