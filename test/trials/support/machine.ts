/** A machine of its own to a trial: a home, and the binary pointed at one provider by variables alone. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { DialectId } from '../../../src/sandbox/dialects.js';
import { type Home, home, type Ran } from '../../support/ipctl.js';

const bin = fileURLToPath(new URL('../../../bin/ipctl.js', import.meta.url));

export const founding = ['openstack', 'hostway', 'rackspace', 'otc'] as const;
export type Founding = (typeof founding)[number];

/** No limit that fifty addresses would meet: the trials are of the program, not of quotas. */
export const roomy = { floatingQuota: -1, quota: 1000, eipQuota: -1, widePool: true, sharedQuota: -1, portQuota: -1 } as const;

/** What `ip allocate` cannot do without on each. */
export const allocating: Readonly<Record<DialectId, readonly string[]>> = {
  openstack: [],
  hostway: [],
  rackspace: ['--server', 'web-1', '--server', 'web-2'],
  otc: ['--otc-bandwidth-size', '5'],
  rackconnect: [],
  nova: [],
};

export interface Running {
  readonly pid: number | undefined;
  kill(): void;
  /** Exit code null: killed. */
  readonly ended: Promise<Omit<Ran, 'code'> & { readonly code: number | null }>;
}

export interface Machine {
  readonly home: Home;
  readonly env: Readonly<Record<string, string>>;
  start(words: readonly string[]): Running;
  run(words: readonly string[]): Promise<Ran>;
}

export const variableOf = (provider: string, option: string): string => `IPCTL_${provider}_${option}`.replaceAll('-', '_').toUpperCase();

/** `options` by the variables of `env:<provider>`, which `words` name with `-p` themselves where they mean another profile. */
export function machine(provider: string, options: Readonly<Record<string, string>>, at: Home = home()): Machine {
  const variables = Object.fromEntries(Object.entries(options).map(([name, value]) => [variableOf(provider, name), value]));
  const env = { ...at.env, IPCTL_PROFILE: `env:${provider}`, ...variables };
  const start = (words: readonly string[]): Running => {
    const child = spawn(process.execPath, [bin, ...words], { env, cwd: at.directory, stdio: ['ignore', 'pipe', 'pipe'] });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    const ended = new Promise<Omit<Ran, 'code'> & { code: number | null }>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => resolve({ code, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() }));
    });
    return { pid: child.pid, kill: () => void child.kill('SIGKILL'), ended };
  };
  return {
    home: at,
    env,
    start,
    async run(words) {
      const { code, stdout, stderr } = await start(words).ended;
      return { code: code ?? -1, stdout, stderr };
    },
  };
}
