/** The exchanges of the published references (https://docs.openstack.org/api-ref/network/v2/): asked so, and read so. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FloatingIp } from '../../../src/domain/records.js';
import { collect } from '../../../src/http/pages.js';
import { verb } from '../../../src/operations/capable.js';
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
  listed,
  NETWORK,
  onWeb1,
  POOL,
  PORT,
  PROJECT,
  port,
  ROUTER,
  refusalOf,
  SERVER,
  SUBNET,
  scripted,
  web1,
} from './scene.js';

const FIPS = `/v2.0/floatingips`;
const nova = (line: string, body: unknown) => exchange(line.replace(' /', ` /v2.1/${PROJECT}/`), 200, body);
const names = nova('GET /servers', { servers: [{ id: SERVER, name: 'web-1' }] });

test('the walkthrough: log in, find the pool, allocate, associate, disassociate, release', async () => {
  const described = { description: 'web [ipctl m-0001]' };
  await scripted(
    [
      exchange('GET /v2.0/networks?router%3Aexternal=True&name=public', 200, {
        networks: [{ id: POOL, name: 'public', 'router:external': true, subnets: ['cdec'], status: 'ACTIVE' }],
      }),
      exchange(`POST ${FIPS}`, 201, { floatingip: fip(described) }, { floatingip: { floating_network_id: POOL, ...described } }),
      exchange(`GET /v2.0/ports?device_id=${SERVER}`, 200, { ports: [port()] }),
      exchange(
        `PUT ${FIPS}/${FIP}`,
        200,
        { floatingip: bound(described) },
        { floatingip: { port_id: PORT, fixed_ip_address: '10.20.0.3' } },
        { 'if-match': 'revision_number=0' },
      ),
      exchange(
        `PUT ${FIPS}/${FIP}`,
        200,
        { floatingip: fip({ ...described, revision_number: 2 }) },
        { floatingip: { port_id: null } },
        { 'if-match': 'revision_number=1' },
      ),
      exchange(`DELETE ${FIPS}/${FIP}`, 204, undefined, undefined, { 'if-match': 'revision_number=2', 'content-type': null }),
      exchange(`GET ${FIPS}/${FIP}`, 404, GONE),
    ],
    async ({ run }) => {
      await run(async (driver) => {
        const made = await allocate(driver, { pool: 'public', description: 'web' });
        assert.deepEqual(made, freeIp({ description: 'web', mark: 'm-0001', raw: fip(described) }));
        const held = await associate(driver, made, web1);
        assert.deepEqual(held, boundIp({ description: 'web', mark: 'm-0001', raw: bound(described) }));
        const free = await disassociate(driver, held);
        assert.deepEqual([free.state, free.associations, free.revision], ['free', [], '2']);
        await verb(driver, 'releaseFloatingIp')(free);
      });
    },
  );
});

test('the 51st address: a quota is a limit, and nothing is sought', async () => {
  await scripted(
    [
      exchange(`POST ${FIPS}`, 409, refusalOf('OverQuota', "Quota exceeded for resources: ['floatingip']."), {
        floatingip: { floating_network_id: POOL, description: '[ipctl m-0001]' },
      }),
    ],
    async ({ run }) => {
      const error = await failing(
        'limit',
        run((driver) => allocate(driver, { pool: POOL })),
      );
      assert.match(error.message, /Quota exceeded .*\(openstack 409 OverQuota\)/);
      assert.equal(error.details.operation?.state, 'not-applied');
    },
  );
});

test('a full list is two requests side by side where ports are detailed', async () => {
  const router = { ...bound(), id: 'f2', port_details: { device_id: ROUTER, device_owner: 'network:router_gateway' } };
  await scripted(
    [exchange(`GET ${FIPS}?project_id=${PROJECT}&limit=500`, 200, { floatingips: [fip(), bound(), router] })],
    async ({ run }) => {
      const [free, held, other] = await run((driver) => listed(driver));
      assert.deepEqual(free, freeIp());
      assert.deepEqual(held, boundIp());
      assert.deepEqual(other?.associations, [{ ...onWeb1, server: null, foreign: true }]);
    },
    { compute: [names] },
  );
});

test('without details of ports, the ports are a third request; without names, servers are not asked for', async () => {
  const { port_details: _, ...plain } = bound() as Record<string, unknown>;
  const ips = exchange(`GET ${FIPS}?project_id=${PROJECT}&limit=500`, 200, { floatingips: [plain, { ...plain, id: 'f2' }] });
  const ports = exchange(`GET /v2.0/ports?project_id=${PROJECT}`, 200, { ports: [port()] });
  await scripted([ips, ports], async ({ run }) => assert.deepEqual((await run((driver) => listed(driver)))[1]?.associations, [onWeb1]), {
    compute: [names],
  });
  await scripted([ips, ports], async ({ run }) => {
    const [held] = await run((driver) => listed(driver, false));
    assert.deepEqual(held?.associations, [{ ...onWeb1, server: { id: SERVER, name: null } }]);
  });
});

test('pages: of the next link only limit and marker are used, and a full last page leads to an empty one', async () => {
  const link = (marker: string) => [
    { rel: 'previous', href: `http://10.0.0.5:9696${FIPS}?limit=2&marker=a1&page_reverse=True` },
    { rel: 'next', href: `http://10.0.0.5:9696${FIPS}?limit=2&marker=${marker}&project_id=everybody` },
  ];
  const at = (id: string) => fip({ id });
  await scripted(
    [
      exchange(`GET ${FIPS}?project_id=${PROJECT}&limit=500`, 200, { floatingips: [at('a1'), at('b2')], floatingips_links: link('b2') }),
      exchange(`GET ${FIPS}?project_id=${PROJECT}&limit=2&marker=b2`, 200, {
        floatingips: [at('c3'), at('d4')],
        floatingips_links: link('d4'),
      }),
      exchange(`GET ${FIPS}?project_id=${PROJECT}&limit=2&marker=d4`, 200, { floatingips: [] }),
    ],
    async ({ run }) =>
      assert.deepEqual(
        (await run((driver) => listed(driver, false))).map(({ id }) => id),
        ['a1', 'b2', 'c3', 'd4'],
      ),
  );
});

test('a page that comes again is an error, and so are links of another type', async () => {
  const again = { floatingips: [fip()], floatingips_links: [{ rel: 'next', href: `${FIPS}?marker=a1` }] };
  await scripted(
    [
      exchange(`GET ${FIPS}?project_id=${PROJECT}&limit=500`, 200, again),
      exchange(`GET ${FIPS}?project_id=${PROJECT}&limit=500&marker=a1`, 200, again),
    ],
    async ({ run }) =>
      void (await failing(
        'defect',
        run((driver) => listed(driver, false)),
      )),
  );
  await scripted(
    [exchange(`GET ${FIPS}?project_id=${PROJECT}&limit=500`, 200, { floatingips: [], floatingips_links: {} })],
    async ({ run }) => {
      const error = await failing(
        'defect',
        run((driver) => listed(driver, false)),
      );
      assert.match(error.message, /floatingips_links/);
    },
  );
});

test('breaking out of a list ends the requests; a cloud without routers has an empty one', async () => {
  const more = [{ rel: 'next', href: `${FIPS}?marker=a1` }];
  await scripted(
    [exchange(`GET ${FIPS}?project_id=${PROJECT}&limit=500`, 200, { floatingips: [fip()], floatingips_links: more })],
    async ({ run }) =>
      run(async (driver) => {
        for await (const ip of verb(driver, 'listFloatingIps')({ serverNames: false })) {
          assert.equal(ip.id, FIP);
          break;
        }
      }),
  );
  await scripted([exchange(`GET ${FIPS}?project_id=${PROJECT}&limit=500`, 404, '404 Not Found')], async ({ run }) =>
    assert.deepEqual(await run((driver) => listed(driver, false)), []),
  );
});

for (const [what, wire, expected] of [
  ['port forwardings hold an address that looks free', { port_forwardings: [{ id: 'x' }] }, { state: 'associated', server: null }],
  [
    'so does a router, where forwardings are not listed',
    { port_forwardings: undefined, router_id: ROUTER },
    { state: 'associated', server: null },
  ],
  ['a router alone holds nothing', { router_id: ROUTER }, { state: 'free' }],
  ['ERROR is an error', { status: 'ERROR' }, { state: 'error' }],
  ['another word is unknown, and kept', { status: 'SIMMERING' }, { state: 'unknown' }],
] as const) {
  test(`a floating IP: ${what}`, async () => {
    await scripted([exchange(`GET ${FIPS}/${FIP}`, 200, { floatingip: fip(wire) })], async ({ run }) => {
      const ip: FloatingIp = await run((driver) => verb(driver, 'getFloatingIp')({ id: FIP }));
      const [held] = ip.associations;
      assert.deepEqual({ state: ip.state, ...(held === undefined ? {} : { server: held.server }) }, expected);
      assert.equal(ip.providerState, 'status' in wire ? wire.status : 'DOWN');
    });
  });
}

test('times without a zone are UTC; tags are labels, and two of one key are both kept', async () => {
  const wire = fip({ created_at: '2016-03-08T20:19:41', tags: ['env=prod', 'env=blue', 'bare', 'k=a=b'] });
  await scripted([exchange(`GET ${FIPS}/${FIP}`, 200, { floatingip: wire })], async ({ run }) => {
    const ip = await run((driver) => verb(driver, 'getFloatingIp')({ id: FIP }));
    assert.equal(ip.createdAt?.toISOString(), '2016-03-08T20:19:41.000Z');
    assert.deepEqual(ip.labels, { bare: null, env: 'prod', 'env=blue': null, k: 'a=b' });
  });
});

for (const [field, wire] of [
  ['floatingip.id', { id: undefined }],
  ['floating_ip_address', { floating_ip_address: '203.0.113.999' }],
  ['port_forwardings', { port_forwardings: {} }],
  ['floatingip.port_details', { port_details: 'x' }],
  ['floatingip.revision_number', { revision_number: 'x' }],
] as const) {
  test(`a broken reply names ${field}`, async () => {
    await scripted([exchange(`GET ${FIPS}/${FIP}`, 200, { floatingip: fip(wire) })], async ({ run }) => {
      const error = await failing(
        'defect',
        run((driver) => verb(driver, 'getFloatingIp')({ id: FIP })),
      );
      assert.ok(error.message.includes(field), error.message);
    });
  });
}

test('by address: filtered there, compared here; by id: never another project’s', async () => {
  const query = `GET ${FIPS}?floating_ip_address=203.0.113.10&project_id=${PROJECT}`;
  const get = (ref: { id: string } | { address: string }) => (driver: Parameters<typeof listed>[0]) => verb(driver, 'getFloatingIp')(ref);
  await scripted(
    [exchange(query, 200, { floatingips: [fip({ id: 'other', floating_ip_address: '203.0.113.100' }), bound()] })],
    async ({ run }) => assert.deepEqual(await run(get({ address: '203.0.113.10' })), boundIp()),
    { compute: [nova(`GET /servers/${SERVER}`, { server: { id: SERVER, name: 'web-1', status: 'ACTIVE' } })] },
  );
  await scripted(
    [exchange(query, 200, { floatingips: [] })],
    async ({ run }) => void (await failing('not-found', run(get({ address: '203.0.113.10' })))),
  );
  await scripted([exchange(query, 200, { floatingips: [fip(), fip({ id: 'f2' })] })], async ({ run }) => {
    const error = await failing('usage', run(get({ address: '203.0.113.10' })));
    assert.match(error.details.hint ?? '', /2f245a7b.*f2/);
  });
  await scripted(
    [exchange(`GET ${FIPS}/${FIP}`, 200, { floatingip: fip({ project_id: 'somebody' }) })],
    async ({ run }) => void (await failing('not-found', run(get({ id: FIP })))),
  );
});

test('an update sends the association along, guarded, and keeps the mark; labels become tags', async () => {
  const tags = ['env=prod', 'bare'];
  await scripted(
    [
      exchange(
        `PUT ${FIPS}/${FIP}`,
        200,
        { floatingip: bound({ description: 'new [ipctl m-0001]', revision_number: 2 }) },
        { floatingip: { port_id: PORT, fixed_ip_address: '10.20.0.3', description: 'new [ipctl m-0001]' } },
        { 'if-match': 'revision_number=1' },
      ),
      exchange(`PUT ${FIPS}/${FIP}/tags`, 200, { tags }, { tags }),
      exchange(`GET ${FIPS}/${FIP}`, 200, { floatingip: bound({ description: 'new [ipctl m-0001]', tags, revision_number: 3 }) }),
    ],
    async ({ run }) => {
      const ip = await run((driver) =>
        verb(driver, 'updateFloatingIp')(boundIp({ mark: 'm-0001' }), { description: 'new', labels: { env: 'prod', bare: null } }),
      );
      assert.deepEqual(
        [ip.description, ip.labels, ip.revision, ip.mark, ip.associations],
        ['new', { env: 'prod', bare: null }, '3', 'm-0001', [onWeb1]],
      );
    },
  );
});

test('private IPs: a record for each address of a port, and the filters as documented', async () => {
  const two = port({
    fixed_ips: [
      { ip_address: '10.20.0.3', subnet_id: SUBNET },
      { ip_address: '2001:DB8:0::3', subnet_id: 's6' },
    ],
  });
  const query = `GET /v2.0/ports?fixed_ips=ip_address%3D10.20.0.3&fixed_ips=subnet_id%3D${SUBNET}&project_id=${PROJECT}`;
  await scripted(
    [exchange(query, 200, { ports: [two] }), exchange(`GET /v2.0/ports/${PORT}`, 200, { port: two })],
    async ({ run }) => {
      const ip = await run((driver) => verb(driver, 'getPrivateIp')({ address: '10.20.0.3', subnet: SUBNET }));
      assert.deepEqual(ip, {
        profile: 'test',
        provider: 'openstack',
        project: PROJECT,
        region: 'RegionOne',
        id: `${PORT}/10.20.0.3`,
        address: '10.20.0.3',
        version: 4,
        name: 'web-1-eth0',
        network: NETWORK,
        subnet: SUBNET,
        state: 'used',
        providerState: 'ACTIVE',
        usedBy: 'server',
        server: { id: SERVER, name: 'web-1' },
        port: PORT,
        createdAt: new Date('2026-01-15T10:00:00Z'),
        mark: null,
        raw: two,
      });
      const other = await run((driver) => verb(driver, 'getPrivateIp')({ id: `${PORT}/2001:db8::3` }));
      assert.deepEqual([other.address, other.version], ['2001:db8::3', 6]);
    },
    {
      compute: [
        nova(`GET /servers/${SERVER}`, { server: { id: SERVER, name: 'web-1' } }),
        nova(`GET /servers/${SERVER}`, { server: { id: SERVER, name: 'web-1' } }),
      ],
    },
  );
});

test('a port is made in the subnet named, and deleted with its revision; one address of several is taken off the list', async () => {
  const made = port({ device_id: '', device_owner: '', status: 'DOWN', description: '[ipctl m-0001]', name: 'db' });
  const several = port({
    device_id: '',
    device_owner: '',
    fixed_ips: [
      { ip_address: '10.20.0.3', subnet_id: SUBNET },
      { ip_address: '10.20.0.4', subnet_id: SUBNET },
    ],
  });
  const rest = [{ subnet_id: SUBNET, ip_address: '10.20.0.3' }];
  await scripted(
    [
      exchange('GET /v2.0/subnets?name=app', 200, {
        subnets: [
          { id: 's2', name: 'apple', network_id: NETWORK, cidr: '10.30.0.0/24', ip_version: 4 },
          { id: SUBNET, name: 'app', network_id: NETWORK, cidr: '10.20.0.0/24', ip_version: 4 },
        ],
      }),
      exchange(
        'POST /v2.0/ports',
        201,
        { port: made },
        {
          port: {
            network_id: NETWORK,
            name: 'db',
            description: '[ipctl m-0001]',
            fixed_ips: [{ subnet_id: SUBNET, ip_address: '10.20.0.3' }],
          },
        },
      ),
      exchange(`GET ${FIPS}?port_id=${PORT}`, 200, { floatingips: [] }),
      exchange(`DELETE /v2.0/ports/${PORT}`, 204, undefined, undefined, { 'if-match': 'revision_number=4' }),
      exchange(`GET /v2.0/ports/${PORT}`, 404, refusalOf('PortNotFound')),
      exchange(`GET /v2.0/ports/${PORT}`, 200, { port: several }),
      exchange(`GET ${FIPS}?port_id=${PORT}`, 200, { floatingips: [] }),
      exchange(`PUT /v2.0/ports/${PORT}`, 200, { port: made }, { port: { fixed_ips: rest } }, { 'if-match': 'revision_number=4' }),
      exchange(`GET /v2.0/ports/${PORT}`, 200, { port: made }),
    ],
    async ({ run }) =>
      run(async (driver) => {
        const [ip] = await verb(driver, 'createPrivateIps')([{ subnet: 'app', address: '10.20.0.3', name: 'db', mark: 'm-0001' }]);
        assert.ok(ip !== undefined);
        assert.deepEqual([ip.id, ip.state, ip.usedBy, ip.mark], [PORT, 'free', null, 'm-0001']);
        await verb(driver, 'deletePrivateIp')(ip);
        await verb(driver, 'deletePrivateIp')(await verb(driver, 'getPrivateIp')({ id: `${PORT}/10.20.0.4` }));
      }),
  );
});

test('a private address that serves a floating IP is not deleted; nor is one in use', async () => {
  const raw = port({ device_id: '', device_owner: '' });
  await scripted(
    [
      exchange(`GET /v2.0/ports/${PORT}`, 200, { port: raw }),
      exchange(`GET ${FIPS}?port_id=${PORT}`, 200, { floatingips: [bound()] }),
      exchange(`GET /v2.0/ports/r`, 200, { port: port({ id: 'r', device_owner: 'network:router_interface', device_id: ROUTER }) }),
    ],
    async ({ run }) => {
      const ip = await run((driver) => verb(driver, 'getPrivateIp')({ id: PORT }));
      const error = await failing(
        'conflict',
        run((driver) => verb(driver, 'deletePrivateIp')(ip)),
      );
      assert.match(error.message, /10\.20\.0\.3 serves floating IP 203\.0\.113\.10/);
      const routers = await run((driver) => verb(driver, 'getPrivateIp')({ id: 'r' }));
      assert.equal(routers.usedBy, 'router');
      await failing(
        'conflict',
        run((driver) => verb(driver, 'deletePrivateIp')(routers)),
      );
    },
  );
});

test('servers: a name is compared here, and one that could mean another thing is not sent as an expression', async () => {
  const wire = {
    id: SERVER,
    name: 'web-1',
    status: 'SHUTOFF',
    'OS-EXT-AZ:availability_zone': 'nova',
    addresses: { app: [{ addr: '10.20.0.3', version: 4, 'OS-EXT-IPS:type': 'fixed' }] },
  };
  const odd = { ...wire, id: 's2', name: 'a+b', status: 'SIMMERING' };
  await scripted(
    [],
    async ({ run }) => {
      const list = (name?: string) => run((driver) => collect(verb(driver, 'listServers')(name === undefined ? {} : { name })));
      const [found, ...others] = await list('web-1');
      assert.deepEqual(others, []);
      assert.deepEqual(found, { ...web1, state: 'stopped', providerState: 'SHUTOFF', zone: 'nova', raw: wire });
      const [second] = await list('a+b');
      assert.deepEqual([second?.id, second?.state, second?.providerState], ['s2', 'unknown', 'SIMMERING']);
    },
    {
      compute: [
        nova('GET /servers/detail?name=web-1', { servers: [wire, { ...wire, id: 's3', name: 'web-10' }] }),
        nova('GET /servers/detail', { servers: [wire, odd] }),
      ],
    },
  );
});
