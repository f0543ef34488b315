/** The real OpenStack that `IPCTL_LIVE=openstack` points at, and what a suite needs of it. */
import assert from 'node:assert/strict';
import { merge } from '../../../src/profiles/merge.js';
import { providerOf } from '../../../src/providers/registry.js';
import type { BenchDefinition, Stage } from '../../conformance/suite.js';
import { relay } from '../relay.js';

export const live = process.env.IPCTL_LIVE === 'openstack';
export const skipped = 'no real OpenStack: IPCTL_LIVE is not "openstack" (test/live/openstack/README.md says how to have one)';

/** Options as text, as the variables of the shell give them. */
export function optionsOf(env: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  const settings = merge(providerOf('openstack').manifest, { flags: {}, env, stored: {}, fromEnvironment: true, profile: 'env:openstack' });
  return Object.fromEntries(Object.entries(settings).map(([name, { value }]) => [name, String(value)]));
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

/** Ours carry our mark; anything else in the project is somebody's, and the suite does not begin. */
async function clear({ call }: Project): Promise<void> {
  const { floatingips } = (await call('GET', 'floatingips')) as { floatingips: Listed[] };
  const { ports } = (await call('GET', 'ports')) as { ports: Listed[] };
  const ours = ({ description }: Listed): boolean => / ?\[ipctl [^\]]+\]$/.test(description);
  assert.ok(floatingips.every(ours), 'the project holds floating IPs that this suite has not made: give it a project without any');
  for (const { id } of floatingips) await call('DELETE', `floatingips/${id}`);
  for (const { id } of ports.filter(ours)) await call('DELETE', `ports/${id}`);
}

/** The cloud behind a relay, its project emptied of what an earlier test left. */
export const open =
  (options: Readonly<Record<string, string>>): BenchDefinition['open'] =>
  async (faults): Promise<Stage> => {
    await clear(await enter(options));
    const between = await relay(faults);
    return {
      options: { ...options, 'auth-url': between.through(options['auth-url'] ?? '') },
      journal: between.journal,
      close: between.close,
    };
  };
