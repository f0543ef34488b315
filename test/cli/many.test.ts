/** A thousand addresses: page by page, in the memory of one page, and no further than asked. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Call, Dialect } from '../../src/sandbox/dialect.js';
import { dialects } from '../../src/sandbox/dialects.js';
import { type Sandbox, start } from '../../src/sandbox/server.js';
import { aimed } from '../support/cloud.js';
import { type Home, withHome } from '../support/ipctl.js';

const COUNT = 1000;

/** The dialect with so many addresses in its seed: copies of one that it allocated itself, but for id and address. */
async function crowded(description: string): Promise<Dialect> {
  const { openstack } = await import('../../src/sandbox/dialects/openstack/openstack.js');
  const base = await dialects.openstack();
  const tools = { now: 0, origin: 'http://127.0.0.1', knobs: {} };
  const call = (method: string, rawPath: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Call => ({
    method,
    rawPath,
    path: rawPath.split('/').filter((segment) => segment !== ''),
    query: new URLSearchParams(),
    headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    body: body === undefined ? '' : JSON.stringify(body),
  });
  const domain = { name: 'Default' };
  return {
    ...base,
    seed() {
      const cloud = openstack.seed();
      const user = { name: 'demo', password: 'sandbox-secret', domain };
      const scope = { project: { name: 'demo', domain } };
      const login = { auth: { identity: { methods: ['password'], password: { user } }, scope } };
      const { headers = {} } = openstack.answer(call('POST', '/identity/v3/auth/tokens', login), cloud, tools);
      const token = Object.entries(headers).find(([name]) => name.toLowerCase() === 'x-subject-token')?.[1] ?? '';
      const pool = cloud.networks.find(({ name }) => name === 'public')?.id;
      const body = { floatingip: { floating_network_id: pool } };
      openstack.answer(call('POST', '/network/v2.0/floatingips', body, { 'x-auth-token': token }), cloud, tools);
      const [one] = cloud.floatingIps;
      assert.ok(one);
      cloud.floatingIps = Array.from({ length: COUNT }, (_, index) => ({
        ...one,
        id: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
        address: `203.0.113.${1 + (index % 250)}`,
        description,
      }));
      return cloud;
    },
  };
}

async function among(
  description: string,
  knobs: Record<string, unknown>,
  work: (ipctl: Home['ipctl'], pages: () => string[]) => Promise<void>,
): Promise<void> {
  const sandbox: Sandbox = await start(await crowded(description), { knobs });
  const pages = (): string[] =>
    sandbox
      .journal()
      .flatMap(({ path }) => (/\/floatingips\?/.test(path) ? [path.replace(/^.*\?/, '').replace(/project_id=[^&]*&/, '')] : []));
  try {
    await withHome((home) => work(aimed(home, 'openstack', sandbox.options), pages));
    assert.ok(sandbox.journal().every(({ mark }) => mark === null));
  } finally {
    await sandbox.close();
  }
}

test('all of them are listed, each once, by links', async () => {
  await among('', {}, async (ipctl, pages) => {
    const { code, stdout, stderr } = await ipctl(['ip', 'list', '-o', 'jsonl', '-c', 'id']);
    assert.equal(code, 0, stderr);
    const ids = stdout.trim().split('\n');
    assert.deepEqual([ids.length, new Set(ids).size], [COUNT, COUNT]);
    assert.deepEqual(
      pages().map((query) => query.replace(/marker=.*/, 'marker')),
      ['limit=500', 'limit=500&marker', 'limit=500&marker'],
    );
  });
});

test('--limit 10 asks for ten, and for no second page', async () => {
  await among('', { pageMax: 100 }, async (ipctl, pages) => {
    const { stdout } = await ipctl(['ip', 'list', '--limit', '10', '-o', 'jsonl', '-c', 'id']);
    assert.equal(stdout.trim().split('\n').length, 10);
    assert.deepEqual(pages(), ['limit=10']);
  });
});

test('a list of 25 MB under jsonl fits into a heap of 24 MB', async () => {
  await among('x'.repeat(25_000), { pageMax: 50 }, async (ipctl, pages) => {
    const { code, stdout, stderr } = await ipctl(['ip', 'list', '-o', 'jsonl', '-c', 'id,description'], {
      env: { NODE_OPTIONS: '--max-old-space-size=24' },
    });
    assert.equal(code, 0, stderr.slice(0, 500));
    assert.equal(stdout.trim().split('\n').length, COUNT);
    assert.equal(pages().length, COUNT / 50 + 1);
  });
});
