/** The provider’s published exchanges about EIPs: the driver makes exactly these requests, and reads these replies. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FloatingIpSpec } from '../../../src/domain/driver.js';
import { collect } from '../../../src/http/pages.js';
import { verb } from '../../../src/operations/capable.js';
import { bound, cloudServer, EIP, eip, failing, free, freeIp, PORT, PROJECT, request, SERVER, scripted } from './cloud.js';

const V1 = `/v1/${PROJECT}`;
const DETAIL = `${V1}/cloudservers/detail`;
const EIPS = 'elastic-ip, apis/eip';

const spec = (more: Partial<FloatingIpSpec> = {}): FloatingIpSpec => ({
  version: 4,
  labels: {},
  servers: [],
  ports: [],
  mark: 'mbx1-0001',
  ...more,
});
const pending = {
  id: EIP,
  status: 'PENDING_CREATE',
  alias: 'web-01',
  type: '5_bgp',
  public_ip_address: '203.0.113.24',
  tenant_id: PROJECT,
  ip_version: 4,
  create_time: '2026-01-02 03:04:07',
  bandwidth_size: 0,
};

test('an EIP is allocated as the guide shows, and waited for', async () => {
  await scripted(
    [
      {
        source: 'ids of what is there',
        request: request(`GET ${V1}/publicips?limit=2000`),
        reply: { status: 200, body: { publicips: [] } },
      },
      {
        source: EIPS,
        request: request(`POST ${V1}/publicips`, {
          publicip: { type: '5_bgp', alias: 'web-01' },
          bandwidth: { name: 'web-01-bw', size: 10, share_type: 'PER', charge_mode: 'traffic' },
        }),
        reply: { status: 200, body: { publicip: pending } },
      },
      { source: EIPS, request: request(`GET ${V1}/publicips/${EIP}`), reply: { status: 200, body: { publicip: pending } } },
      { source: EIPS, request: request(`GET ${V1}/publicips/${EIP}`), reply: { status: 200, body: { publicip: eip() } } },
    ],
    async ({ run, clock }) => {
      const { raw, ...ip } = await run((driver) => verb(driver, 'allocateFloatingIp')(spec({ name: 'web-01' })));
      const { raw: none, ...expected } = freeIp();
      assert.deepEqual(ip, expected);
      assert.deepEqual(clock.slept, [250]);
    },
    { options: { 'bandwidth-size': '10', 'bandwidth-name': 'web-01-bw', 'charge-mode': 'traffic' } },
  );
});

test('the bandwidth carries our mark unless it is named, and a chosen address and pool are asked for', async () => {
  await scripted(
    [
      {
        source: EIPS,
        request: request(`POST ${V1}/publicips`, {
          publicip: { type: '5_mailbgp', ip_address: '203.0.113.24' },
          bandwidth: { name: 'ipctl-mbx1-0001', size: 5, share_type: 'PER' },
        }),
        reply: { status: 200, body: { publicip: pending } },
      },
      {
        source: EIPS,
        request: request(`GET ${V1}/publicips/${EIP}`),
        reply: { status: 200, body: { publicip: eip({ bandwidth_name: 'ipctl-mbx1-0001' }) } },
      },
    ],
    async ({ run }) => {
      const ip = await run((driver) => verb(driver, 'allocateFloatingIp')(spec({ address: '203.0.113.24', pool: '5_mailbgp' })));
      assert.equal(ip.mark, 'mbx1-0001');
    },
    { options: { 'bandwidth-size': '5' } },
  );
});

test('a shared bandwidth is joined by its id', async () => {
  await scripted(
    [
      {
        source: 'ids of what is there',
        request: request(`GET ${V1}/publicips?limit=2000`),
        reply: { status: 200, body: { publicips: [] } },
      },
      {
        source: 'assigning an EIP with a specific shared bandwidth',
        request: request(`POST ${V1}/publicips`, { publicip: { type: '5_bgp' }, bandwidth: { share_type: 'WHOLE', id: 'shared-1' } }),
        reply: { status: 200, body: { publicip: pending } },
      },
      { source: EIPS, request: request(`GET ${V1}/publicips/${EIP}`), reply: { status: 200, body: { publicip: eip() } } },
    ],
    async ({ run }) => {
      await run((driver) => verb(driver, 'allocateFloatingIp')(spec()));
    },
    { options: { 'bandwidth-share': 'WHOLE', 'bandwidth-id': 'shared-1' } },
  );
});

test('no bandwidth is bought that nobody asked for, and labels that would be refused are refused before the purchase', async () => {
  const cases: readonly [Record<string, string>, Partial<FloatingIpSpec>, RegExp][] = [
    [{}, {}, /needs the size of its bandwidth/],
    [{ 'bandwidth-share': 'WHOLE' }, {}, /shared bandwidth needs its id/],
    [{ 'bandwidth-size': '5', 'bandwidth-id': 'x' }, {}, /names a shared bandwidth/],
    [{ 'bandwidth-size': '5' }, { labels: { 'a b': 'c' } }, /refuses/],
    [{ 'bandwidth-size': '5' }, { labels: { ['k'.repeat(37)]: '' } }, /too long/],
    [{ 'bandwidth-size': '5' }, { labels: Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`k${index}`, 'v'])) }, /10 labels/],
  ];
  for (const [options, more, message] of cases) {
    await scripted(
      [],
      async ({ run, events }) => {
        const error = await failing(
          'usage',
          run((driver) => verb(driver, 'allocateFloatingIp')(spec(more))),
        );
        assert.match(error.message, message);
        assert.deepEqual(events, []);
      },
      { options },
    );
  }
});

test('charge mode: traffic alone on this cloud, every one on the other', async () => {
  for (const mode of ['bandwidth', '95peak_plus']) {
    await scripted(
      [],
      async ({ run }) => {
        const error = await failing(
          'usage',
          run((driver) => verb(driver, 'allocateFloatingIp')(spec())),
        );
        assert.match(error.message, /bills by traffic only/);
      },
      { options: { 'bandwidth-size': '10', 'charge-mode': mode } },
    );
    const body = { publicip: { type: '5_bgp' }, bandwidth: { share_type: 'PER', name: 'ipctl-mbx1-0001', size: 10, charge_mode: mode } };
    await scripted(
      [
        { source: EIPS, request: request(`POST ${V1}/publicips`, body), reply: { status: 200, body: { publicip: pending } } },
        { source: EIPS, request: request(`GET ${V1}/publicips/${EIP}`), reply: { status: 200, body: { publicip: eip() } } },
      ],
      async ({ run }) => {
        assert.equal((await run((driver) => verb(driver, 'allocateFloatingIp')(spec()))).id, EIP);
      },
      { options: { 'bandwidth-size': '10', 'charge-mode': mode, cloud: 'huawei' } },
    );
  }
});

test('an allocation that hits a limit names the quota and what is used, if that can be learnt', async () => {
  const body = { publicip: { type: '5_bgp' }, bandwidth: { share_type: 'PER', name: 'ipctl-mbx1-0001', size: 10 } };
  const post = (code: string) => ({
    source: EIPS,
    request: request(`POST ${V1}/publicips`, body),
    reply: { status: 409, body: { code, message: 'Too many.' } },
  });
  const quotas = (reply: { readonly status: number; readonly body: unknown }) => ({
    source: 'vpc, quota: more rows than were asked for',
    request: request(`GET ${V1}/quotas?type=publicIp`),
    reply,
  });
  const rows = (used: number, quota: number) => ({
    status: 200,
    body: {
      quotas: {
        resources: [
          { type: 'vpc', used: 1, quota: 5, min: 0 },
          { type: 'publicIp', used, quota, min: 0 },
        ],
      },
    },
  });
  for (const [code, reply, says] of [
    ['VPC.0521', rows(10, 10), 'Too many (otc 409 VPC.0521): quota publicIp: 10 of 10 used'],
    ['VPC.0532', rows(2, -1), 'Too many (otc 409 VPC.0532): quota publicIp: 2 used, without a limit'],
    ['VPC.0521', { status: 403, body: { code: 'VPC.2201', message: 'no' } }, 'Too many (otc 409 VPC.0521)'],
    ['VPC.0521', { status: 200, body: { quotas: { resources: [] } } }, 'Too many (otc 409 VPC.0521)'],
    ['VPC.0521', { status: 200, body: 'no JSON' }, 'Too many (otc 409 VPC.0521)'],
  ] as const) {
    await scripted(
      [post(code), quotas(reply)],
      async ({ run }) => {
        const error = await failing(
          'limit',
          run((driver) => verb(driver, 'allocateFloatingIp')(spec())),
        );
        assert.deepEqual([error.message, error.details.operation?.state], [says, 'not-applied']);
      },
      { options: { 'bandwidth-size': '10' } },
    );
  }
});

test('a list costs two requests with names, one without; every state is read', async () => {
  const rows: readonly [object, string, unknown][] = [
    [bound, 'associated', [['web-01', PORT]]],
    [eip({ id: 'b', tags: ['env=prod', 'empty=', 'a=b=c'] }), 'free', []],
    // Sample noise of the published list: an address inside, but no port.
    [eip({ id: 'c', private_ip_address: '10.40.8.9', port_id: '' }), 'free', []],
    [eip({ id: 'd', status: 'ELB', port_id: 'elb-port' }), 'associated', [[null, null]]],
    [eip({ id: 'e', status: 'VPN' }), 'associated', [[null, null]]],
    [eip({ id: 'f', status: 'ACTIVE', port_id: null }), 'associated', [[null, null]]],
    [eip({ id: 'g', status: 'ACTIVE', port_id: 'vip-port', private_ip_address: '10.40.8.90' }), 'associated', [[null, 'vip-port']]],
    [eip({ id: 'h', status: 'PENDING_CREATE', bandwidth_name: null }), 'pending', []],
    [eip({ id: 'i', status: 'NOTIFY_DELETE' }), 'pending', []],
    [eip({ id: 'j', status: 'FREEZED' }), 'error', []],
    [eip({ id: 'k', status: 'BIND_ERROR' }), 'error', []],
    [eip({ id: 'l', status: 'SOMETHING_NEW' }), 'unknown', []],
  ];
  const page = {
    source: EIPS,
    request: request(`GET ${V1}/publicips?limit=2000`),
    reply: { status: 200, body: { publicips: rows.map(([row]) => row) } },
  };
  const servers = [
    { source: 'servers', request: request(`GET ${DETAIL}?limit=1000&offset=1`), reply: { status: 200, body: { servers: [cloudServer] } } },
  ];
  await scripted(
    [page],
    async ({ run }) => {
      const all = await run((driver) => collect(verb(driver, 'listFloatingIps')({ serverNames: true })));
      assert.deepEqual(
        all.map(({ state, associations }) => [state, associations.map(({ server, port }) => [server?.name ?? null, port])]),
        rows.map(([, state, associations]) => [state, associations]),
      );
      assert.deepEqual(all[1]?.labels, { env: 'prod', empty: '', a: 'b=c' });
      assert.equal(all.at(-1)?.providerState, 'SOMETHING_NEW');
    },
    { servers },
  );
  await scripted([page], async ({ run }) => {
    const all = await run((driver) => collect(verb(driver, 'listFloatingIps')({ serverNames: false })));
    assert.deepEqual(all[0]?.associations[0]?.server, null);
    assert.equal(all[0]?.associations[0]?.port, PORT);
  });
});

test('an EIP is found by address in the list, and its holder by the private address', async () => {
  await scripted(
    [
      {
        source: EIPS,
        request: request(`GET ${V1}/publicips?limit=2000`),
        reply: { status: 200, body: { publicips: [{ ...free, id: 'x', public_ip_address: '203.0.113.25' }, bound] } },
      },
    ],
    async ({ run }) => {
      const ip = await run((driver) => verb(driver, 'getFloatingIp')({ address: '203.0.113.24' }));
      assert.deepEqual(ip.associations[0]?.server, { id: SERVER, name: 'web-01' });
    },
    {
      servers: [
        {
          source: 'servers',
          request: request(`GET ${DETAIL}?ip=10.40.8.31&limit=1000&offset=1`),
          reply: { status: 200, body: { servers: [cloudServer] } },
        },
      ],
    },
  );
  await scripted(
    [{ source: EIPS, request: request(`GET ${V1}/publicips?limit=2000`), reply: { status: 200, body: { publicips: [eip()] } } }],
    async ({ run }) => {
      await failing(
        'not-found',
        run((driver) => verb(driver, 'getFloatingIp')({ address: '203.0.113.99' })),
      );
    },
  );
});

test('name and labels change in requests of their own; a name is never sent empty, since that might unbind', async () => {
  const tags = `/v2.0/${PROJECT}/publicips/${EIP}/tags`;
  await scripted(
    [
      {
        source: 'updating an EIP',
        request: request(`PUT ${V1}/publicips/${EIP}`, { publicip: { alias: 'web-02' } }),
        reply: { status: 200, body: { publicip: eip({ alias: 'web-02' }) } },
      },
      { source: 'tags', request: request(`POST ${tags}/action`, { action: 'delete', tags: [{ key: 'old' }] }), reply: { status: 204 } },
      {
        source: 'tags',
        request: request(`POST ${tags}/action`, {
          action: 'create',
          tags: [
            { key: 'env', value: 'prod' },
            { key: 'bare', value: '' },
          ],
        }),
        reply: { status: 200 },
      },
      {
        source: 'tags',
        request: request(`GET ${tags}`),
        reply: {
          status: 200,
          body: {
            tags: [
              { key: 'env', value: 'prod' },
              { key: 'bare', value: '' },
              { key: 'same', value: '1' },
            ],
          },
        },
      },
    ],
    async ({ run }) => {
      const ip = freeIp({ labels: { old: 'x', same: '1', env: 'test' } });
      const updated = await run((driver) =>
        verb(driver, 'updateFloatingIp')(ip, { name: 'web-02', labels: { same: '1', env: 'prod', bare: '' } }),
      );
      assert.equal(updated.name, 'web-02');
      assert.deepEqual(updated.labels, { same: '1', env: 'prod', bare: '' });
      // A key without a value would come back as one with an empty value: another label than was asked for.
      const bare = await failing(
        'usage',
        run((driver) => verb(driver, 'updateFloatingIp')(ip, { labels: { ...ip.labels, fresh: null } })),
      );
      assert.match(bare.message, /'fresh' has no value/);
      assert.equal(bare.details.hint, '--label fresh= gives it an empty value');
      const error = await failing(
        'usage',
        run((driver) => verb(driver, 'updateFloatingIp')(ip, { name: '' })),
      );
      assert.match(error.message, /changed, not removed/);
    },
  );
});

test('a reply that breaks the protocol names the field', async () => {
  const { public_ip_address: gone, ...nameless } = { ...free, id: '' };
  const cases: readonly [unknown, RegExp][] = [
    [{ publicips: [nameless] }, /publicips\[0\]\.id/],
    [{ publicips: [{ ...free, public_ip_address: 'garbage' }] }, /publicip\.public_ip_address/],
    [{ publicips: {} }, /publicips is not a list/],
    ['[not JSON', /the body/],
  ];
  for (const [body, field] of cases) {
    await scripted(
      [{ source: 'broken', request: request(`GET ${V1}/publicips?limit=2000`), reply: { status: 200, body } }],
      async ({ run }) => {
        const error = await failing(
          'defect',
          run((driver) => collect(verb(driver, 'listFloatingIps')({ serverNames: false }))),
        );
        assert.match(error.message, field);
      },
    );
  }
});

test('an id that would leave its path segment is no id', async () => {
  await scripted([], async ({ run }) => {
    for (const id of ['../publicips', 'a/b', 'a%2fb', 'x?y', '..']) {
      await failing(
        'usage',
        run((driver) => verb(driver, 'getServer')(id)),
      );
    }
  });
});
