/** What the driver decides: pool, subnet, port, and the guard of a write. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { verb } from '../../../src/operations/capable.js';
import { connect } from '../../../src/providers/openstack/driver.js';
import { openstack } from '../../../src/providers/openstack/manifest.js';
import { bench } from '../../support/bench.js';
import type { Exchange } from '../../support/script.js';
import {
  allocate,
  associate,
  bound,
  boundIp,
  disassociate,
  exchange,
  FIP,
  failing,
  fip,
  freeIp,
  GONE,
  POOL,
  PORT,
  PROJECT,
  port,
  refusalOf,
  SERVER,
  SUBNET,
  scripted,
  web1,
} from './scene.js';

const ONE = `/v2.0/floatingips/${FIP}`;
const PORTS = `GET /v2.0/ports?device_id=${SERVER}`;
const external = (id: string, name: string, more: object = {}) => ({ id, name, 'router:external': true, ...more });
const networks = (...all: object[]) => exchange('GET /v2.0/networks?router%3Aexternal=True', 200, { networks: all });
const created = (network: string, more: object = {}) =>
  exchange(
    'POST /v2.0/floatingips',
    201,
    { floatingip: fip({ floating_network_id: network }) },
    {
      floatingip: { floating_network_id: network, description: '[ipctl m-0001]', ...more },
    },
  );
const NO_ROUTE = refusalOf('ExternalGatewayForFloatingIPNotFound', 'External network is not reachable');
const put = (status: number, body: unknown, sent: unknown, revision: string | null = 'revision_number=0') =>
  exchange(`PUT ${ONE}`, status, body, { floatingip: sent }, { 'if-match': revision });
const seat = (id: string, address: string) => ({ port_id: id, fixed_ip_address: address });
const single = (id: string, address: string, created_at: string, more: object = {}) =>
  port({ id, created_at, fixed_ips: [{ ip_address: address, subnet_id: SUBNET }], ...more });

for (const [what, options, exchanges, wish] of [
  ['the only external network', {}, [networks(external('n1', 'one'), { id: 'x', name: 'inner' }), created('n1')], {}],
  ['of several the default one', {}, [networks(external('n1', 'one'), external('n2', 'two', { is_default: true })), created('n2')], {}],
  ['an id as it is', {}, [created(POOL)], { pool: POOL }],
  ['the option pool', { pool: POOL }, [created(POOL)], {}],
  ['the flag before the option', { pool: 'other' }, [created(POOL)], { pool: POOL }],
  ['a chosen address', {}, [created(POOL, { floating_ip_address: '203.0.113.9' })], { pool: POOL, address: '203.0.113.9' }],
  ['a subnet by id', {}, [created(POOL, { subnet_id: SUBNET })], { pool: POOL, subnet: SUBNET }],
  [
    'a subnet by name, of that network',
    {},
    [
      exchange('GET /v2.0/subnets?name=out', 200, {
        subnets: [
          { id: 's1', name: 'out', network_id: 'elsewhere', cidr: '10.0.0.0/8', ip_version: 4 },
          { id: 's2', name: 'out', network_id: POOL, cidr: '203.0.113.0/24', ip_version: 4 },
        ],
      }),
      created(POOL, { subnet_id: 's2' }),
    ],
    { pool: POOL, subnet: 'out' },
  ],
] as const) {
  test(`allocate draws from ${what}`, async () => {
    await scripted(exchanges, async ({ run }) => assert.equal((await run((driver) => allocate(driver, wish))).id, FIP), { options });
  });
}

for (const [what, kind, exchanges, wish, hint] of [
  [
    'several external networks, none the default',
    'usage',
    [networks(external('n1', 'one'), external('n2', 'two'))],
    {},
    /one \(n1\), two \(n2\)/,
  ],
  ['no external network', 'limit', [networks()], {}, /^$/],
  [
    'a pool that is only nearly named so',
    'not-found',
    [exchange('GET /v2.0/networks?router%3Aexternal=True&name=pub', 200, { networks: [external('n1', 'public')] })],
    { pool: 'pub' },
    /^$/,
  ],
  [
    'two pools of one name',
    'usage',
    [exchange('GET /v2.0/networks?router%3Aexternal=True&name=pub', 200, { networks: [external('n1', 'pub'), external('n2', 'pub')] })],
    { pool: 'pub' },
    /n1.*n2/,
  ],
] as const) {
  test(`allocate refuses: ${what}`, async () => {
    await scripted(exchanges as readonly Exchange[], async ({ run, events }) => {
      const error = await failing(
        kind,
        run((driver) => allocate(driver, wish)),
      );
      assert.match(error.details.hint ?? '', hint);
      assert.deepEqual(events, []);
    });
  });
}

test('a subnet name that two have is refused with both', async () => {
  const of = (id: string) => ({ id, name: 'app', network_id: 'n', cidr: '10.0.0.0/8', ip_version: 4 });
  await scripted([exchange('GET /v2.0/subnets?name=app', 200, { subnets: [of('s1'), of('s2')] })], async ({ run }) => {
    const error = await failing(
      'usage',
      run((driver) => verb(driver, 'createPrivateIps')([{ subnet: 'app', mark: 'm' }])),
    );
    assert.match(error.details.hint ?? '', /s1.*s2/);
  });
});

test('the newest port of a server comes first, and one without a way out is passed over', async () => {
  const shown = bound({ port_id: 'p-old', fixed_ip_address: '10.20.0.8' });
  await scripted(
    [
      exchange(PORTS, 200, {
        ports: [
          single('p-old', '10.20.0.8', '2026-01-01T00:00:00Z'),
          single('p-new', '10.30.0.8', '2026-01-02T00:00:00Z'),
          single('p-dhcp', '10.40.0.2', '2026-01-03T00:00:00Z', { device_owner: 'network:dhcp' }),
          single('p-six', '2001:db8::9', '2026-01-04T00:00:00Z'),
        ],
      }),
      put(404, NO_ROUTE, seat('p-new', '10.30.0.8')),
      put(200, { floatingip: shown }, seat('p-old', '10.20.0.8')),
    ],
    async ({ run, events }) => {
      const ip = await run((driver) => associate(driver, freeIp(), web1));
      assert.deepEqual([ip.associations[0]?.port, ip.associations[0]?.server?.name], ['p-old', 'web-1']);
      assert.deepEqual(
        events.flatMap((event) => (event.event === 'close' ? [`${event.step}: ${event.state}`] : [])),
        ['associate web-1 at 10.30.0.8: not-applied', 'associate web-1 at 10.20.0.8: applied'],
      );
    },
  );
});

test('no port has a way out: a conflict that says what is missing', async () => {
  await scripted([exchange(PORTS, 200, { ports: [port()] }), put(404, NO_ROUTE, seat(PORT, '10.20.0.3'))], async ({ run }) => {
    const error = await failing(
      'conflict',
      run((driver) => associate(driver, freeIp(), web1)),
    );
    assert.match(error.details.hint ?? '', /router/);
    assert.equal(error.details.operation?.state, 'not-applied');
  });
});

const two = port({
  fixed_ips: [
    { ip_address: '10.20.0.3', subnet_id: SUBNET },
    { ip_address: '10.20.0.4', subnet_id: SUBNET },
  ],
});

test('of several addresses on one port only the user can choose', async () => {
  await scripted([exchange(PORTS, 200, { ports: [two] })], async ({ run }) => {
    const error = await failing(
      'usage',
      run((driver) => associate(driver, freeIp(), web1)),
    );
    assert.match(`${error.message} ${error.details.hint}`, /--private-address.*10\.20\.0\.3, 10\.20\.0\.4/);
  });
  const shown = bound({ fixed_ip_address: '10.20.0.4' });
  await scripted([exchange(PORTS, 200, { ports: [two] }), put(200, { floatingip: shown }, seat(PORT, '10.20.0.4'))], async ({ run }) => {
    const ip = await run((driver) => associate(driver, freeIp(), web1, '10.20.0.4'));
    assert.equal(ip.associations[0]?.privateAddress, '10.20.0.4');
  });
  await scripted([exchange(PORTS, 200, { ports: [two] })], async ({ run }) => {
    const error = await failing(
      'usage',
      run((driver) => associate(driver, freeIp(), web1, '10.20.0.9')),
    );
    assert.match(error.details.hint ?? '', /10\.20\.0\.3/);
  });
});

test('a port with several addresses is asked about only when those before it will not do', async () => {
  const newest = single('p-new', '10.30.0.8', '2026-02-01T00:00:00Z');
  await scripted([exchange(PORTS, 200, { ports: [two, newest] }), put(404, NO_ROUTE, seat('p-new', '10.30.0.8'))], async ({ run }) => {
    const error = await failing(
      'usage',
      run((driver) => associate(driver, freeIp(), web1)),
    );
    assert.equal(error.details.operation?.state, 'not-applied');
  });
});

test('a server with IPv6 alone has no place for a floating IP', async () => {
  await scripted([exchange(PORTS, 200, { ports: [single('p6', '2001:db8::9', '2026-01-01T00:00:00Z')] })], async ({ run }) => {
    await failing(
      'conflict',
      run((driver) => associate(driver, freeIp(), web1)),
    );
  });
});

test('a port is read first, and its server named', async () => {
  await scripted(
    [exchange(`GET /v2.0/ports/${PORT}`, 200, { port: port() }), put(200, { floatingip: bound() }, seat(PORT, '10.20.0.3'))],
    async ({ run }) => {
      const ip = await run((driver) => verb(driver, 'associateFloatingIp')(freeIp(), { servers: [], ports: [PORT] }));
      assert.deepEqual(ip, boundIp());
    },
    { compute: [exchange(`GET /v2.1/${PROJECT}/servers/${SERVER}`, 200, { server: { id: SERVER, name: 'web-1' } })] },
  );
});

const ports = exchange(PORTS, 200, { ports: [port()] });
const sent = seat(PORT, '10.20.0.3');
const stale = refusalOf('RevisionNumberConstraintFailed', 'Constrained to 0, but current revision is 1');
const unguardable = refusalOf('HTTPBadRequest', 'The resource does not support constraining by revision');
const elsewhere = bound({ port_id: 'p-thief', revision_number: 5, port_details: { device_id: 'thief', device_owner: 'compute:nova' } });

test('412, and another holds it: a conflict that names the holder; nothing is tried again', async () => {
  await scripted([ports, put(412, stale, sent), exchange(`GET ${ONE}`, 200, { floatingip: elsewhere })], async ({ run }) => {
    const error = await failing(
      'conflict',
      run((driver) => associate(driver, freeIp(), web1)),
    );
    assert.match(error.message, /203\.0\.113\.10 changed meanwhile: it is associated with thief now/);
    assert.equal(error.details.operation?.state, 'not-applied');
  });
});

test('412 of a change that left the holder alone: once more, with the revision of now; a second one is a conflict', async () => {
  const now = exchange(`GET ${ONE}`, 200, { floatingip: fip({ revision_number: 1, description: 'x' }) });
  await scripted([ports, put(412, stale, sent), now, put(200, { floatingip: bound() }, sent, 'revision_number=1')], async ({ run }) => {
    assert.equal((await run((driver) => associate(driver, freeIp(), web1))).state, 'associated');
  });
  await scripted([ports, put(412, stale, sent), now, put(412, stale, sent, 'revision_number=1')], async ({ run }) => {
    await failing(
      'conflict',
      run((driver) => associate(driver, freeIp(), web1)),
    );
  });
});

test('a cloud that knows no preconditions: the holder is read again, then once without', async () => {
  const first = put(400, unguardable, sent);
  await scripted(
    [ports, first, exchange(`GET ${ONE}`, 200, { floatingip: fip() }), put(200, { floatingip: bound() }, sent, null)],
    async ({ run }) => assert.equal((await run((driver) => associate(driver, freeIp(), web1))).state, 'associated'),
  );
  await scripted([ports, first, exchange(`GET ${ONE}`, 200, { floatingip: elsewhere })], async ({ run }) => {
    await failing(
      'conflict',
      run((driver) => associate(driver, freeIp(), web1)),
    );
  });
});

test('a cloud without revisions: the holder is read right before the write', async () => {
  await scripted(
    [
      ports,
      exchange(`GET ${ONE}`, 200, { floatingip: fip({ revision_number: undefined }) }),
      put(200, { floatingip: bound() }, sent, null),
    ],
    async ({ run }) => assert.equal((await run((driver) => associate(driver, freeIp({ revision: null }), web1))).state, 'associated'),
  );
});

test('a move goes by the holder on record', async () => {
  const to = { ...web1, id: 's-2', name: 'web-2' };
  const theirs = exchange('GET /v2.0/ports?device_id=s-2', 200, { ports: [single('p-2', '10.20.0.5', '2026-01-01T00:00:00Z')] });
  const there = bound({ port_id: 'p-2', fixed_ip_address: '10.20.0.5', port_details: { device_id: 's-2', device_owner: 'compute:nova' } });
  const go = put(200, { floatingip: there }, seat('p-2', '10.20.0.5'), 'revision_number=1');
  await scripted([theirs, go], async ({ run }) => {
    const ip = await run((driver) => verb(driver, 'moveFloatingIp')(boundIp(), { servers: [to], ports: [] }));
    assert.deepEqual(ip.associations[0]?.server, { id: 's-2', name: 'web-2' });
  });
  const refused = put(412, stale, seat('p-2', '10.20.0.5'), 'revision_number=1');
  await scripted([theirs, refused, exchange(`GET ${ONE}`, 200, { floatingip: fip({ revision_number: 2 }) })], async ({ run }) => {
    const error = await failing(
      'conflict',
      run((driver) => verb(driver, 'moveFloatingIp')(boundIp(), { servers: [to], ports: [] })),
    );
    assert.match(error.message, /associated with nobody now/);
  });
});

test('a release that came too late for its revision is not done to an address in use', async () => {
  const gone = (revision: number, status: number, body?: unknown) =>
    exchange(`DELETE ${ONE}`, status, body, undefined, { 'if-match': `revision_number=${revision}` });
  await scripted([gone(0, 412, stale), exchange(`GET ${ONE}`, 200, { floatingip: elsewhere })], async ({ run }) => {
    await failing(
      'conflict',
      run((driver) => verb(driver, 'releaseFloatingIp')(freeIp())),
    );
  });
  const now = exchange(`GET ${ONE}`, 200, { floatingip: fip({ revision_number: 3 }) });
  await scripted([gone(0, 412, stale), now, gone(3, 204), now, exchange(`GET ${ONE}`, 404, GONE)], async ({ run, clock }) => {
    await run((driver) => verb(driver, 'releaseFloatingIp')(freeIp()));
    assert.equal(clock.slept.length, 1, 'it was looked at until it was gone');
  });
});

test('a 404 page of a proxy is no proof that an address is gone: it is looked at again', async () => {
  const proxy = exchange(`GET ${ONE}`, 404, '<h1>Not Found</h1>');
  await scripted([exchange(`DELETE ${ONE}`, 204), proxy, exchange(`GET ${ONE}`, 404, GONE)], async ({ run, clock }) => {
    await run((driver) => verb(driver, 'releaseFloatingIp')(freeIp()));
    assert.equal(clock.slept.length, 1);
  });
});

test('an address whose labels are refused is told, not lost', async () => {
  const tags = exchange(`PUT ${ONE}/tags`, 400, refusalOf('HTTPBadRequest', 'too long'), { tags: ['env=prod'] });
  await scripted([created(POOL), tags], async ({ run }) => {
    const error = await failing(
      'partial',
      run((driver) => allocate(driver, { pool: POOL, labels: { env: 'prod' } })),
    );
    assert.deepEqual(
      error.details.exists?.map(({ address }) => address),
      ['203.0.113.10'],
    );
    assert.match(error.message, /203\.0\.113\.10 is allocated \(id 2f24.*too long/);
  });
});

test('a shortfall of private IPs is told with what exists', async () => {
  const subnets = exchange(`GET /v2.0/subnets?id=${SUBNET}`, 200, {
    subnets: [{ id: SUBNET, name: 'app', network_id: 'n1', cidr: '10.20.0.0/24', ip_version: 4 }],
  });
  const post = (mark: string, status: number, body: unknown) =>
    exchange('POST /v2.0/ports', status, body, {
      port: { network_id: 'n1', description: `[ipctl ${mark}]`, fixed_ips: [{ subnet_id: SUBNET }] },
    });
  await scripted(
    [subnets, post('m-1', 201, { port: port({ device_id: '', device_owner: '' }) }), post('m-2', 409, refusalOf('OverQuota'))],
    async ({ run }) => {
      const specs = [1, 2, 3].map((index) => ({ subnet: SUBNET, mark: `m-${index}` }));
      const error = await failing(
        'partial',
        run((driver) => verb(driver, 'createPrivateIps')(specs)),
      );
      assert.deepEqual(
        error.details.exists?.map(({ address }) => address),
        ['10.20.0.3'],
      );
      assert.equal(error.details.errors?.[0]?.kind, 'limit');
    },
  );
  await scripted([subnets, post('m-1', 409, refusalOf('OverQuota'))], async ({ run }) => {
    await failing(
      'limit',
      run((driver) => verb(driver, 'createPrivateIps')([{ subnet: SUBNET, mark: 'm-1' }])),
    );
  });
});

test('what is free already needs no request', async () => {
  const made = bench(openstack, connect, {
    options: { 'auth-url': 'http://127.0.0.1:9', 'user-id': 'a', password: 'bbbb', 'project-id': 'p' },
  });
  try {
    assert.deepEqual(await made.run((driver) => disassociate(driver, freeIp())), freeIp());
  } finally {
    await made.close();
  }
});
