/** What extensions add: QoS policies and DNS names of floating IPs, where the cloud has them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FloatingIp } from '../../../src/domain/records.js';
import { verb } from '../../../src/operations/capable.js';
import { connect } from '../../../src/providers/openstack/driver.js';
import { openstack } from '../../../src/providers/openstack/manifest.js';
import { dialects } from '../../../src/sandbox/dialects.js';
import { type Sandbox, start } from '../../../src/sandbox/server.js';
import { type Bench, bench } from '../../support/bench.js';
import { allocate, exchange, failing, fip, POOL, scripted } from './scene.js';

async function on(
  options: Readonly<Record<string, string>>,
  play: (made: Bench, sandbox: Sandbox) => Promise<void>,
  knobs: Record<string, unknown> = {},
  dryRun = false,
): Promise<void> {
  const sandbox = await start(await dialects.openstack(), { knobs });
  const made = bench(openstack, connect, { options: { ...sandbox.options, ...options }, dryRun });
  try {
    await play(made, sandbox);
    const marked = sandbox.journal().filter(({ mark }) => mark !== null);
    assert.deepEqual(
      marked.map(({ method, path, mark }) => `${method} ${path}: ${mark}`),
      [],
    );
  } finally {
    await made.close();
    await sandbox.close();
  }
}

const changes = (sandbox: Sandbox): string[] =>
  sandbox.journal().flatMap(({ method, path, body }) => (method === 'GET' || path.endsWith('/tokens') ? [] : [`${method} ${body}`]));
const rawOf = ({ raw }: FloatingIp) => raw as Readonly<Record<string, unknown>>;

test('a policy by its name and a DNS name go into the allocation', async () => {
  await on({ 'qos-policy': 'gold', 'dns-name': 'www', 'dns-domain': 'example.org.' }, async ({ run }, sandbox) => {
    const ip = await run((driver) => allocate(driver));
    assert.equal(rawOf(ip).dns_name, 'www');
    assert.equal(rawOf(ip).dns_domain, 'example.org.');
    assert.match(String(rawOf(ip).qos_policy_id), /^[0-9a-f-]{36}$/);
    assert.equal(changes(sandbox).length, 1);
  });
});

test('a policy is changed, taken off, and not sent again when it is there', async () => {
  await on({}, async ({ run }, sandbox) => {
    const plain = await run((driver) => allocate(driver));
    const after = async (policy: string, ip: FloatingIp): Promise<FloatingIp> => {
      const made = bench(openstack, connect, { options: { ...sandbox.options, 'qos-policy': policy } });
      try {
        return await made.run((driver) => verb(driver, 'updateFloatingIp')(ip, {}));
      } finally {
        await made.close();
      }
    };
    const limited = await after('silver', plain);
    assert.match(String(rawOf(limited).qos_policy_id), /^[0-9a-f-]{36}$/);
    const before = changes(sandbox).length;
    await after('silver', limited);
    assert.equal(changes(sandbox).length, before, 'nothing is sent for what is so already');
    const freed = await after('none', limited);
    assert.equal(rawOf(freed).qos_policy_id, null);
    assert.equal(changes(sandbox).at(-1), 'PUT {"floatingip":{"qos_policy_id":null}}');
  });
});

test('a policy that is not there, and clouds without the extensions', async () => {
  await on({ 'qos-policy': 'lead' }, async ({ run }, sandbox) => {
    const error = await failing(
      'not-found',
      run((driver) => allocate(driver)),
    );
    assert.equal(error.message, "no QoS policy 'lead'");
    assert.deepEqual(changes(sandbox), []);
  });
  const without = { qos: false, dnsIntegration: false };
  const unsupported = async (options: Readonly<Record<string, string>>, told: RegExp): Promise<void> =>
    on(
      options,
      async ({ run }) => {
        const error = await failing(
          'unsupported',
          run((driver) => allocate(driver)),
        );
        assert.match(error.message, told);
      },
      without,
    );
  await unsupported({ 'qos-policy': 'gold' }, /^this cloud has no QoS policies \(extension qos\)$/);
  await unsupported({ 'qos-policy': '11111111-2222-4333-8444-555555555555' }, /extension qos-fip/);
  await unsupported({ 'dns-name': 'www', 'dns-domain': 'example.org.' }, /extension dns-integration/);
});

// Seen on Neutron 21 with the extension driver `dns` and no external DNS service.
test('a DNS name that the cloud drops without a word is told, with the address', async () => {
  const made = fip({ dns_name: '', dns_domain: '' });
  const body = { floatingip: { floating_network_id: POOL, description: '[ipctl m-0001]', dns_name: 'www' } };
  await scripted(
    [exchange(`POST /v2.0/floatingips`, 201, { floatingip: made }, body)],
    async ({ run }) => {
      const error = await failing(
        'partial',
        run((driver) => allocate(driver, { pool: POOL })),
      );
      assert.match(error.message, /is allocated \(id [^)]+\), but then: its DNS name www was not taken$/);
      assert.deepEqual(
        error.details.exists?.map(({ id }) => id),
        ['2f245a7b-796b-4f26-9cf9-9e82d248fda7'],
      );
    },
    { options: { 'dns-name': 'www' } },
  );
});
