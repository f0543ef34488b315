/** Who holds an address, out of two filtered lists and, where these leave it open, the servers' own. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AnyDriver } from '../../../src/domain/driver.js';
import { IpctlError } from '../../../src/domain/errors.js';
import type { FloatingIp, Server } from '../../../src/domain/records.js';
import { collect } from '../../../src/http/pages.js';
import type { BenchSettings } from '../../support/bench.js';
import {
  type Answer,
  type Answers,
  BACKEND,
  benchAt,
  IP,
  ipObject,
  PORT_A,
  PORT_B,
  PUBLIC,
  portObject,
  routes,
  serverObject,
  WEB_A,
  WEB_B,
  ZONE,
} from './scene.js';

const PORTS = { body: { ports: [portObject(PORT_A, WEB_A), portObject(PORT_B, WEB_B)] } };
const SERVERS = { body: { servers: [serverObject(WEB_A, 'web-a'), serverObject(WEB_B, 'web-b')] } };
const addresses = (...items: readonly unknown[]): Answer => ({ body: { ip_addresses: items } });
const lists = (...ids: readonly string[]): Answer => ({ body: { ip_associations: ids.map((id) => ({ id, address: '203.0.113.60' })) } });
const OPEN = 'GET /v2.0/ip_addresses?type=shared&service=compute';
const SHUT = 'GET /v2.0/ip_addresses?type=shared&service=none';
const listOf = (server: string): string => `GET /v2/123456/servers/${server}/ip_associations`;
const base = { 'GET /v2.0/ports': PORTS, 'GET /v2/123456/servers/detail': SERVERS };

async function routed<R>(
  answers: Answers,
  work: (driver: Required<AnyDriver>) => Promise<R>,
  settings: Partial<BenchSettings> = {},
): Promise<{ readonly result: R; readonly lines: readonly string[] }> {
  const server = await routes(answers);
  const made = benchAt(server.origin, settings);
  try {
    const result = await made.run((driver) => work(driver as Required<AnyDriver>));
    return { result, lines: [...server.lines].sort() };
  } finally {
    await made.close();
    await server.close();
  }
}

async function refused(answers: Answers, work: (driver: Required<AnyDriver>) => Promise<unknown>, settings: Partial<BenchSettings> = {}) {
  const { result, lines } = await routed(
    answers,
    (driver) =>
      work(driver).then(
        () => assert.fail('expected an error'),
        (thrown: unknown) => (thrown instanceof IpctlError ? thrown : assert.fail(String(thrown))),
      ),
    settings,
  );
  return { error: result, lines };
}

const list = (driver: Required<AnyDriver>): Promise<FloatingIp[]> => collect(driver.listFloatingIps({ serverNames: true }));
const holdersOf = (ip: FloatingIp | undefined) => ip?.associations.map(({ server, certain }) => [server?.name, certain]);

describe('rackspace: who holds an address', () => {
  const cases: readonly {
    readonly name: string;
    readonly open: boolean;
    readonly shut: boolean;
    readonly own?: readonly [boolean, boolean];
    readonly holders: readonly (readonly [string, boolean])[];
  }[] = [
    { name: 'only among those without: free', open: false, shut: true, holders: [] },
    {
      name: 'only among those with: all linked servers',
      open: true,
      shut: false,
      holders: [
        ['web-a', true],
        ['web-b', true],
      ],
    },
    { name: 'in both, listed by one server: that one', open: true, shut: true, own: [false, true], holders: [['web-b', true]] },
    { name: 'in both, listed by none (a filter ignored): free', open: true, shut: true, own: [false, false], holders: [] },
    {
      name: 'in both, listed by all: not certain, since each may list it for the other’s sake',
      open: true,
      shut: true,
      own: [true, true],
      holders: [
        ['web-a', false],
        ['web-b', false],
      ],
    },
  ];
  for (const { name, open, shut, own, holders } of cases) {
    test(name, async () => {
      const { result, lines } = await routed(
        {
          ...base,
          [OPEN]: addresses(...(open ? [ipObject()] : [])),
          [SHUT]: addresses(...(shut ? [ipObject({ version: '4', ip_address: undefined })] : [])),
          ...(own === undefined
            ? {}
            : { [listOf(WEB_A)]: lists(...(own[0] ? [IP] : [])), [listOf(WEB_B)]: lists(...(own[1] ? [IP] : [])) }),
        },
        list,
      );
      assert.equal(result.length, 1);
      assert.deepEqual(holdersOf(result[0]), holders);
      assert.equal(result[0]?.state, holders.length > 0 ? 'associated' : 'free');
      assert.deepEqual(lines, [OPEN, SHUT, ...Object.keys(base), ...(own === undefined ? [] : [listOf(WEB_A), listOf(WEB_B)])].sort());
    });
  }

  test('in both, but linked to one server alone: there is no other that it could be listed for', async () => {
    const { result } = await routed(
      {
        ...base,
        [OPEN]: addresses(ipObject({ port_ids: [PORT_A] })),
        [SHUT]: addresses(ipObject({ port_ids: [PORT_A] })),
        [listOf(WEB_A)]: lists(IP),
      },
      list,
    );
    assert.deepEqual(holdersOf(result[0]), [['web-a', true]]);
  });

  test('without names the servers are not asked for', async () => {
    const { result, lines } = await routed({ ...base, [OPEN]: addresses(ipObject()), [SHUT]: addresses() }, (driver) =>
      collect(driver.listFloatingIps({ serverNames: false })),
    );
    assert.deepEqual(
      result[0]?.associations.map(({ server }) => server),
      [
        { id: WEB_A, name: null },
        { id: WEB_B, name: null },
      ],
    );
    assert.equal(lines.length, 3);
  });

  test('an associated port without a server is a holder all the same', async () => {
    const { result } = await routed(
      {
        ...base,
        'GET /v2.0/ports': { body: { ports: [portObject(PORT_A, ''), portObject(PORT_B, WEB_B)] } },
        [OPEN]: addresses(ipObject()),
        [SHUT]: addresses(),
      },
      list,
    );
    assert.deepEqual(
      result[0]?.associations.map(({ server, port }) => [server?.name ?? null, port]),
      [
        [null, PORT_A],
        ['web-b', PORT_B],
      ],
    );
  });

  test('what a filter lets through by mistake is left out here', async () => {
    const strays = [
      ipObject({ id: 'f1', type: 'fixed', address: '2001:db8::8', version: 6 }),
      ipObject({ id: 'd1', type: null }),
      ipObject({ id: 'v6', address: '2001:DB8::7', ip_address: undefined, version: 6 }),
    ];
    const { result } = await routed(
      {
        ...base,
        'GET /v2.0/ip_addresses?version=6&type=shared&service=none': addresses(ipObject(), ...strays),
        'GET /v2.0/ip_addresses?version=6&type=shared&service=compute': addresses(),
      },
      (driver) => collect(driver.listFloatingIps({ serverNames: true, version: 6 })),
    );
    assert.deepEqual(
      result.map(({ id, address, version }) => [id, address, version]),
      [['v6', '2001:db8::7', 6]],
    );
  });

  test('fixed addresses are listed on request, as parts of their servers', async () => {
    const { result } = await routed(
      { ...base, 'GET /v2.0/ip_addresses?type=fixed': addresses(ipObject({ type: 'fixed', port_ids: [PORT_A] })) },
      (driver) => collect(driver.listFloatingIps({ serverNames: true, kind: 'fixed' })),
    );
    assert.deepEqual([result[0]?.kind, holdersOf(result[0])], ['fixed', [['web-a', true]]]);
  });

  const byAddress = { address: '203.0.113.60' };
  const none = {
    ...base,
    'GET /v2.0/ip_addresses?address=203.0.113.60&type=shared&service=compute': addresses(),
    'GET /v2.0/ip_addresses?address=203.0.113.60&type=shared&service=none': addresses(),
  };

  test('an address asked for may be a fixed one, and is told as such', async () => {
    const { result } = await routed(
      { ...none, 'GET /v2.0/ip_addresses?address=203.0.113.60': addresses(ipObject({ type: 'fixed', port_ids: [PORT_A] })) },
      (driver) => driver.getFloatingIp(byAddress),
    );
    assert.equal(result.kind, 'fixed');
  });

  test('an address that is not there is not found', async () => {
    const { error } = await refused({ ...none, 'GET /v2.0/ip_addresses?address=203.0.113.60': addresses() }, (driver) =>
      driver.getFloatingIp(byAddress),
    );
    assert.equal(error.kind, 'not-found');
  });
});

const place = { profile: 'test', provider: 'rackspace' };
const server = (id: string, name: string, changes: Partial<Server> = {}): Server => ({
  ...place,
  id,
  name,
  state: 'active',
  providerState: 'ACTIVE',
  addresses: [],
  zone: ZONE,
  raw: null,
  ...changes,
});
const A = server(WEB_A, 'web-a');
const B = server(WEB_B, 'web-b');
const spec = { version: 4, labels: {}, servers: [A, B], ports: [], mark: 'x' } as const;
const portsOn = (id: string, network = PUBLIC): string => `GET /v2.0/ports?device_id=${id}&network_id=${network}`;

describe('rackspace: an answer about something else', () => {
  test('is not believed: the address itself is looked at', async () => {
    const other = { status: 201, body: { ip_association: { id: WEB_A, address: '203.0.113.99' } } };
    const associated = (id: string) => ({
      [`GET /v2.0/ports?device_id=${WEB_A}&network_id=${PUBLIC}`]: { body: { ports: [portObject(PORT_A, WEB_A)] } },
      [`PUT /v2/123456/servers/${WEB_A}/ip_associations/${IP}`]: other,
      'GET /v2.0/ports': PORTS,
      [listOf(WEB_A)]: lists(IP),
      [listOf(WEB_B)]: lists(),
      [`GET /v2.0/ip_addresses?id=${IP}&type=shared&service=compute`]: addresses(ipObject({ id })),
      [`GET /v2.0/ip_addresses?id=${IP}&type=shared&service=none`]: addresses(ipObject({ id })),
    });
    const ip = {
      id: IP,
      address: '203.0.113.60',
      version: 4,
      network: PUBLIC,
      ports: [PORT_A, PORT_B],
      associations: [],
    } as unknown as FloatingIp;
    const work = (driver: Required<AnyDriver>): Promise<FloatingIp> => driver.associateFloatingIp(ip, { servers: [A], ports: [] });
    assert.equal((await routed(associated(IP), work)).result.state, 'associated');
    const { error } = await refused(associated(WEB_B), work);
    assert.deepEqual([error.details.fate, /not the address asked for/.test(error.message)], ['not-applied', true]);
  });
});

describe('rackspace: a server with several ports', () => {
  test('is associated by the one that shares the address', async () => {
    const { result, lines } = await routed(
      {
        [`GET /v2.0/ports?device_id=${WEB_A}&network_id=${PUBLIC}`]: {
          body: { ports: [portObject('p0', WEB_A), portObject(PORT_A, WEB_A)] },
        },
        [`PUT /v2/123456/servers/${WEB_A}/ip_associations/${IP}`]: {
          status: 201,
          body: { ip_association: { id: IP, address: '203.0.113.60' } },
        },
        [listOf(WEB_A)]: lists(IP),
      },
      (driver) => {
        const ip = {
          id: IP,
          address: '203.0.113.60',
          version: 4,
          network: PUBLIC,
          ports: [PORT_A, PORT_B],
          associations: [],
        } as unknown as FloatingIp;
        return driver.associateFloatingIp(ip, { servers: [A], ports: [] });
      },
    );
    assert.equal(result.associations[0]?.port, PORT_A);
    assert.equal(lines.length, 3);
  });
});

describe('rackspace: what the driver refuses by itself', () => {
  const before = [
    { name: 'one server', change: { servers: [A] }, kind: 'usage', says: /two servers or more/ },
    { name: 'one server, twice', change: { servers: [A, A] }, kind: 'usage', says: /two servers or more/ },
    { name: 'ServiceNet', change: { network: 'ServiceNet' }, kind: 'unsupported', says: /ServiceNet/ },
    { name: 'ServiceNet by id', change: { network: '11111111-1111-1111-1111-111111111111' }, kind: 'unsupported', says: /ServiceNet/ },
    { name: 'a chosen address on PublicNet', change: { address: '203.0.113.9' }, kind: 'unsupported', says: /cannot be chosen/ },
    {
      name: 'two zones',
      change: { servers: [A, server(WEB_B, 'web-b', { zone: 'ffff' })] },
      kind: 'usage',
      says: new RegExp(`web-a is in ${ZONE} and web-b is in ffff`),
    },
    {
      name: 'a server being built',
      change: { servers: [A, server(WEB_B, 'web-b', { state: 'building' })] },
      kind: 'conflict',
      says: /web-b is still being built/,
    },
  ] as const;
  for (const { name, change, kind, says } of before) {
    test(`${name}, before any request`, async () => {
      const { error, lines } = await refused({}, (driver) => driver.allocateFloatingIp({ ...spec, ...change }));
      assert.deepEqual([error.kind, error.details.fate, lines], [kind, 'not-sent', []]);
      assert.match(error.message, says);
    });
  }

  test('servers without a port on the network are all named', async () => {
    const { error } = await refused({ [portsOn(WEB_A)]: { body: { ports: [] } }, [portsOn(WEB_B)]: { body: { ports: [] } } }, (driver) =>
      driver.allocateFloatingIp(spec),
    );
    assert.deepEqual([error.kind, error.message], ['usage', 'web-a and web-b have no port on PublicNet']);
  });

  test('a server with several ports there wants one named', async () => {
    const { error } = await refused(
      {
        [portsOn(WEB_A)]: { body: { ports: [portObject(PORT_A, WEB_A), portObject('p2', WEB_A)] } },
        [portsOn(WEB_B)]: { body: { ports: [portObject(PORT_B, WEB_B)] } },
      },
      (driver) => driver.allocateFloatingIp(spec),
    );
    assert.deepEqual([error.kind, error.details.hint], ['usage', `name one by its id: ${PORT_A}, p2`]);
  });

  const networks = {
    'GET /v2.0/networks': {
      body: {
        networks: [
          { id: BACKEND, name: 'backend' },
          { id: 'n2', name: 'twin' },
          { id: 'n3', name: 'twin' },
        ],
      },
    },
  };
  test('a network that is not there, or that is two', async () => {
    assert.equal((await refused(networks, (driver) => driver.allocateFloatingIp({ ...spec, network: 'nowhere' }))).error.kind, 'not-found');
    const { error } = await refused(networks, (driver) => driver.allocateFloatingIp({ ...spec, network: 'twin' }));
    assert.deepEqual([error.kind, error.details.hint], ['usage', 'use an id: n2, n3']);
  });

  test('on an isolated network zones do not matter and an address may be chosen, of whichever version it is', async () => {
    const isolated = {
      ...networks,
      [portsOn(WEB_A, BACKEND)]: { body: { ports: [portObject(PORT_A, WEB_A)] } },
      [portsOn(WEB_B, BACKEND)]: { body: { ports: [portObject(PORT_B, WEB_B)] } },
    };
    const server = await routes(isolated);
    const made = benchAt(server.origin, { dryRun: true });
    try {
      await made.run(async (driver, { planned }) => {
        await driver.allocateFloatingIp?.({ ...spec, servers: [A, { ...B, zone: 'ffff' }], network: 'backend', address: 'fd00::7' });
        assert.deepEqual(
          planned.map(({ request }) => request.body),
          [{ ip_address: { network_id: BACKEND, version: 6, port_ids: [PORT_A, PORT_B], ip_address: 'fd00::7' } }],
        );
      });
    } finally {
      await made.close();
      await server.close();
    }
  });
});

describe('rackspace: an allocation without an answer', () => {
  const lost = (after: readonly unknown[], network = PUBLIC): Answers => ({
    [`GET /v2.0/ports?id=${PORT_A}&id=${PORT_B}`]: {
      body: { ports: [portObject(PORT_A, WEB_A, { network_id: network }), portObject(PORT_B, WEB_B, { network_id: network })] },
    },
    'GET /v2/123456/servers/detail': SERVERS,
    'GET /v2.0/ip_addresses?type=shared': [addresses(ipObject({ id: 'old' })), addresses(ipObject({ id: 'old' }), ...after)],
    'POST /v2.0/ip_addresses': { status: 500, body: 'gone' },
  });
  const allocate = (driver: Required<AnyDriver>): Promise<FloatingIp> =>
    driver.allocateFloatingIp({ ...spec, servers: [], ports: [PORT_A, PORT_B] });

  test('suspects what is new and linked to all the ports asked for, nothing else', async () => {
    const others = [
      ipObject({ id: 'half', address: '203.0.113.61', port_ids: [PORT_A, 'p9'] }),
      ipObject({ id: 'fixed', address: '203.0.113.62', type: 'fixed' }),
    ];
    const { error } = await refused(lost([...others, ipObject({ id: 'new', address: '203.0.113.63' })]), allocate);
    assert.equal(error.kind, 'unknown');
    assert.match(error.message, /; new since then: 203\.0\.113\.63$/);
    const nothing = await refused(lost(others), allocate);
    assert.deepEqual([nothing.error.kind, nothing.error.details.fate], ['temporary', 'not-applied']);
  });

  test('knows a chosen address for its own', async () => {
    const chosen = (id: string, address: string) => ipObject({ id, address, ip_address: address, network_id: BACKEND });
    const work = (driver: Required<AnyDriver>): Promise<FloatingIp> =>
      driver.allocateFloatingIp({ ...spec, servers: [], ports: [PORT_A, PORT_B], network: BACKEND, address: '192.168.77.60' });
    assert.equal((await routed(lost([chosen('new', '192.168.77.60')], BACKEND), work)).result.id, 'new');
    assert.equal((await refused(lost([chosen('new', '192.168.77.61')], BACKEND), work)).error.details.fate, 'not-applied');
  });
});

describe('rackspace: private IPs', () => {
  const port = (id: string, device: string | null, fixedIps: readonly object[], changes: object = {}) =>
    portObject(id, device, { network_id: BACKEND, fixed_ips: fixedIps, ...changes });
  const fixed = (address: string, changes: object = {}) => ({ subnet_id: 's1', ip_address: address, ...changes });
  const subnets = {
    'GET /v2.0/subnets': {
      body: {
        subnets: [
          { id: 's1', name: 'app', network_id: BACKEND, ip_version: 4, cidr: '192.168.77.0/24' },
          { id: 's9', name: 'public', network_id: PUBLIC, ip_version: 4, cidr: '203.0.113.0/24' },
        ],
      },
    },
  };

  test('those of isolated networks, without the shared ones', async () => {
    const { result } = await routed(
      {
        ...base,
        ...subnets,
        'GET /v2.0/ports': {
          body: {
            ports: [
              portObject(PORT_A, WEB_A),
              port('p1', WEB_B, [fixed('192.168.77.12', { enabled: true }), fixed('192.168.77.60', { enabled: false })]),
              port('p2', '', [fixed('192.168.77.17')], { name: 'ipctl-abc-1' }),
              port('p3', 'dhcp-agent', [fixed('192.168.77.2')], { device_owner: 'network:dhcp' }),
            ],
          },
        },
      },
      (driver) => collect(driver.listPrivateIps({ subnet: 'app' })),
    );
    assert.deepEqual(
      result.map(({ address, state, usedBy, server: holder, name, mark }) => [address, state, usedBy, holder?.name ?? null, name, mark]),
      [
        ['192.168.77.12', 'used', 'server', 'web-b', null, null],
        ['192.168.77.17', 'free', null, null, null, 'abc-1'],
        ['192.168.77.2', 'used', 'dhcp', null, null, null],
      ],
    );
  });

  test('a subnet of PublicNet gives none', async () => {
    const { error, lines } = await refused(subnets, (driver) => driver.createPrivateIps([{ subnet: 'public', mark: 'x' }]));
    assert.deepEqual([error.kind, lines], ['unsupported', ['GET /v2.0/subnets']]);
  });

  test('a used-up quota is a limit', async () => {
    const { error } = await refused(
      {
        ...subnets,
        'POST /v2.0/ports': {
          status: 409,
          body: { NeutronError: { type: 'OverQuota', message: 'Quota exceeded for resources: port', detail: '' } },
        },
      },
      (driver) => driver.createPrivateIps([{ subnet: 'app', mark: 'x' }]),
    );
    assert.equal(error.kind, 'limit');
  });

  test('a named port without an answer is suspected only when it is new', async () => {
    const vip = (id: string, address: string) => port(id, null, [fixed(address)], { name: 'vip' });
    const before = { body: { ports: [vip('old', '192.168.77.20')] } };
    const create = (driver: Required<AnyDriver>) => driver.createPrivateIps([{ subnet: 'app', mark: 'x', name: 'vip' }]);
    const lost = (after: Answer): Answers => ({
      ...subnets,
      'POST /v2.0/ports': { status: 500, body: 'gone' },
      [`GET /v2.0/ports?network_id=${BACKEND}`]: [before, after],
    });
    assert.equal((await refused(lost(before), create)).error.details.fate, 'not-applied');
    const { error } = await refused(lost({ body: { ports: [vip('old', '192.168.77.20'), vip('new', '192.168.77.21')] } }), create);
    assert.deepEqual([error.kind, /; new since then: 192\.168\.77\.21$/.test(error.message)], ['unknown', true]);
  });

  test('a port with a second address is not deleted for the first', async () => {
    const { error, lines } = await refused(
      { 'GET /v2.0/ports/p4': { body: { port: port('p4', null, [fixed('192.168.77.18'), fixed('192.168.77.19')]) } } },
      async (driver) => driver.deletePrivateIp(await driver.getPrivateIp({ id: 'p4' })),
    );
    assert.deepEqual([error.kind, lines], ['conflict', ['GET /v2.0/ports/p4']]);
  });
});
