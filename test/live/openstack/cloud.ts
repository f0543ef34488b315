/** The real OpenStack that `IPCTL_LIVE=openstack` points at, and what a suite needs of it. */
import assert from 'node:assert/strict';
import { placesOf, requireClouds } from '../../../src/profiles/clouds.js';
import type { BenchDefinition, Stage } from '../../conformance/suite.js';
import { relay } from '../relay.js';

export const live = process.env.IPCTL_LIVE === 'openstack';
export const skipped = 'no real OpenStack: IPCTL_LIVE is not "openstack" (test/live/openstack/README.md says how to have one)';

/** Options as text, of the entry of clouds.yaml that OS_CLOUD names. */
export async function optionsOf(env: Readonly<Record<string, string | undefined>>): Promise<Readonly<Record<string, string>>> {
  return (await requireClouds(placesOf(env))).options(env.OS_CLOUD ?? '');
}

interface Project {
  readonly network: string;
  call(method: string, path: string): Promise<unknown>;
}

/** A session of the test's own: what cleans up must not be what is under test. */
async function enter(options: Readonly<Record<string, string>>): Promise<Project> {
  const login = await fetch(`${options['auth-url']?.replace(/\/(v3\/?)?$/, '')}/v3/auth/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      auth: {
        identity: {
          methods: ['password'],
          password: { user: { name: options.username, password: options.password, domain: { name: options['user-domain-name'] } } },
        },
        scope: { project: { name: options['project-name'], domain: { name: options['project-domain-name'] } } },
      },
    }),
  });
  assert.equal(login.status, 201, 'the credentials open no project');
  const { token } = (await login.json()) as {
    token: { catalog: { type: string; endpoints: { interface: string; url: string }[] }[] };
  };
  const network = token.catalog.find(({ type }) => type === 'network')?.endpoints.find((one) => one.interface === 'public')?.url ?? '';
  const headers = { 'x-auth-token': login.headers.get('x-subject-token') ?? '' };
  return {
    network,
    async call(method, path) {
      const reply = await fetch(`${network.replace(/\/$/, '')}/v2.0/${path}`, { method, headers });
      assert.ok(reply.ok || reply.status === 404, `${method} ${path}: ${reply.status}`);
      return reply.status === 200 ? reply.json() : null;
    },
  };
}

interface Listed {
  readonly id: string;
  readonly description: string;
}

export interface LiveCloud {
  /** Behind a relay, without what an earlier test left. */
  readonly open: BenchDefinition['open'];
  /** Gives back what the tests made. */
  clear(): Promise<void>;
}

/** Fails where the project holds floating IPs: from here on, whatever is in it is the tests'. */
export async function liveCloud(options: Readonly<Record<string, string>>): Promise<LiveCloud> {
  const floatingIps = async ({ call }: Project): Promise<Listed[]> =>
    ((await call('GET', 'floatingips')) as { floatingips: Listed[] }).floatingips;
  assert.deepEqual(await floatingIps(await enter(options)), [], 'the project holds floating IPs: give the tests one without any');
  const clear = async (): Promise<void> => {
    const project = await enter(options);
    for (const { id } of await floatingIps(project)) await project.call('DELETE', `floatingips/${id}`);
    const { ports } = (await project.call('GET', 'ports')) as { ports: Listed[] };
    for (const { id, description } of ports) if (/\[ipctl [^\]]+\]$/.test(description)) await project.call('DELETE', `ports/${id}`);
  };
  return {
    clear,
    async open(faults): Promise<Stage> {
      await clear();
      const between = await relay(faults);
      return {
        options: { ...options, 'auth-url': between.through(options['auth-url'] ?? '') },
        journal: between.journal,
        close: between.close,
      };
    },
  };
}
