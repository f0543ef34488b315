/** Which ports share an address: what is meant by an entry, what is refused before the provider would, and what is sent. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AnyDriver } from '../../../src/domain/driver.js';
import { IpctlError } from '../../../src/domain/errors.js';
import type { FloatingIp } from '../../../src/domain/records.js';
import { parsePortChange } from '../../../src/providers/rackspace/port-change.js';
import {
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

const WEB_C = '8a3c6e52-1f0b-4d4c-9a51-3f6f0a7d1c03';
const PORT_C = '5d1e7b60-2c3a-4f7e-8b11-6a9d00c40c03';
const PUT = `PUT /v2.0/ip_addresses/${IP}`;
const SERVERS = 'GET /v2/123456/servers/detail';
const portsById = (...ids: readonly string[]): string => `GET /v2.0/ports?${ids.map((id) => `id=${id}`).join('&')}`;
const portsOf = (server: string, network = PUBLIC): string => `GET /v2.0/ports?device_id=${server}&network_id=${network}`;
const ports = (...items: readonly unknown[]) => ({ body: { ports: items } });
const servers = (zone = ZONE) => ({
  body: {
    servers: [
      serverObject(WEB_A, 'web-a'),
      serverObject(WEB_B, 'web-b'),
      serverObject(WEB_C, 'web-c', { 'RAX-PUBLIC-IP-ZONE-ID:publicIPZoneId': zone }),
    ],
  },
});
const A = portObject(PORT_A, WEB_A);
const B = portObject(PORT_B, WEB_B);
const C = portObject(PORT_C, WEB_C);

const place = { profile: 'test', provider: 'rackspace' };
const address = (changes: Partial<FloatingIp> = {}): FloatingIp => ({
  ...place,
  project: '123456',
  region: 'DFW',
  id: IP,
  address: '203.0.113.60',
  version: 4,
  prefixLength: null,
  kind: 'shared',
  name: null,
  description: null,
  labels: {},
  reverseDns: null,
  protected: null,
  state: 'free',
  providerState: null,
  ports: [PORT_A, PORT_B],
  associations: [],
  network: PUBLIC,
  subnet: null,
  pool: null,
  createdAt: null,
  updatedAt: null,
  revision: null,
  mark: null,
  raw: null,
  ...changes,
});
const held = (server: string, port: string, certain = true): Partial<FloatingIp> => ({
  state: 'associated',
  associations: [{ id: null, server: { id: server, name: 'web-a' }, port, privateAddress: null, certain }],
});

interface Changed {
  readonly lines: readonly string[];
  /** Bodies of the PUTs, as recorded before they were sent. */
  readonly sent: readonly unknown[];
  readonly result: FloatingIp | IpctlError;
}

async function changed(change: string, ip: FloatingIp, answers: Answers): Promise<Changed> {
  const server = await routes(answers);
  const made = benchAt(server.origin, { options: { ports: change } });
  try {
    const result = await made
      .run((driver) => (driver as Required<AnyDriver>).updateFloatingIp(ip, {}))
      .catch((thrown: unknown) => (thrown instanceof IpctlError ? thrown : assert.fail(String(thrown))));
    const sent = made.events.flatMap((event) => (event.event === 'send' ? [event.request.body] : []));
    return { lines: server.lines, sent, result };
  } finally {
    await made.close();
    await server.close();
  }
}

const portsIn = (result: FloatingIp | IpctlError): readonly string[] => {
  if (result instanceof IpctlError) throw result;
  return result.ports;
};

describe('rackspace: what --rackspace-ports says', () => {
  test('entries with a sign, each once', () => {
    assert.deepEqual(parsePortChange('+web-1,-web-2'), { add: ['web-1'], remove: ['web-2'] });
    assert.deepEqual(parsePortChange(' + web-1 , +web-1,-a b '), { add: ['web-1'], remove: ['a b'] });
    assert.deepEqual(parsePortChange(`+${PORT_A.toUpperCase()}`), { add: [PORT_A], remove: [] });
  });
  for (const text of ['web-1', '+', '-', '', ',', '+a,', '+a,b', '+a,-a']) {
    test(`'${text}' is no change of ports`, () => {
      assert.throws(() => parsePortChange(text), { kind: 'usage' });
    });
  }
});

describe('rackspace: a change of the ports', () => {
  const reply = (...ids: readonly string[]) => ({ body: { ip_address: ipObject({ port_ids: ids }) } });

  test('adds behind those of now and takes out, in one request, and believes the answer', async () => {
    const { lines, sent, result } = await changed(`+${PORT_C},-${PORT_B}`, address(), {
      [portsById(PORT_C, PORT_B)]: ports(B, C),
      [portsById(PORT_A)]: ports(A),
      [SERVERS]: servers(),
      [PUT]: reply(PORT_C, PORT_A),
    });
    assert.deepEqual(portsIn(result), [PORT_C, PORT_A]);
    assert.deepEqual(sent, [{ ip_address: { port_ids: [PORT_A, PORT_C] } }]);
    assert.deepEqual(lines, [portsById(PORT_C, PORT_B), SERVERS, portsById(PORT_A), PUT]);
  });

  test('a server stands for its port on the network of the address, by name or by id', async () => {
    for (const [ref, asked] of [
      ['web-c', []],
      [WEB_C, [portsById(WEB_C)]],
    ] as const) {
      const { lines, sent } = await changed(`+${ref}`, address(), {
        [portsById(WEB_C)]: ports(),
        [portsOf(WEB_C)]: ports(C),
        [portsById(PORT_A)]: ports(A),
        [SERVERS]: servers(),
        [PUT]: reply(PORT_A, PORT_B, PORT_C),
      });
      assert.deepEqual(sent, [{ ip_address: { port_ids: [PORT_A, PORT_B, PORT_C] } }]);
      assert.deepEqual(lines, [...asked, SERVERS, portsOf(WEB_C), portsById(PORT_A), PUT]);
    }
  });

  test('one port twice, by its id and by its server, is one port', async () => {
    const { sent } = await changed(`+${PORT_C},+web-c`, address(), {
      [portsById(PORT_C)]: ports(C),
      [portsOf(WEB_C)]: ports(C),
      [portsById(PORT_A)]: ports(A),
      [SERVERS]: servers(),
      [PUT]: reply(PORT_A, PORT_B, PORT_C),
    });
    assert.deepEqual(sent, [{ ip_address: { port_ids: [PORT_A, PORT_B, PORT_C] } }]);
  });

  test('what is so already is not sent', async () => {
    const { sent, result } = await changed(`+${PORT_A},-${PORT_C}`, address(), {
      [portsById(PORT_A, PORT_C)]: ports(A, C),
      [SERVERS]: servers(),
    });
    assert.deepEqual([sent, portsIn(result)], [[], [PORT_A, PORT_B]]);
  });

  test('a port may be the only one left, and an isolated network knows no zones', async () => {
    const there = { network_id: BACKEND };
    const { lines, sent } = await changed(`+${PORT_C},-${PORT_A},-${PORT_B}`, address({ network: BACKEND }), {
      [portsById(PORT_C, PORT_A, PORT_B)]: ports(
        portObject(PORT_A, WEB_A, there),
        portObject(PORT_B, WEB_B, there),
        portObject(PORT_C, null, there),
      ),
      [SERVERS]: servers('ffff'),
      [PUT]: reply(PORT_C),
    });
    assert.deepEqual(sent, [{ ip_address: { port_ids: [PORT_C] } }]);
    assert.equal(lines.length, 3);
  });

  test('where it is not certain who is associated, the provider has the last word', async () => {
    const body = {
      message: 'The server could not comply.<br /><br />\nPort requires disassociation before IP can be deleted\n\n',
      code: '400 Bad Request',
      title: 'Bad Request',
    };
    const { sent, result } = await changed(`-${PORT_A}`, address(held(WEB_A, PORT_A, false)), {
      [portsById(PORT_A)]: ports(A),
      [SERVERS]: servers(),
      [PUT]: { status: 400, body },
    });
    assert.equal(sent.length, 1);
    assert.ok(result instanceof IpctlError, 'expected an error');
    assert.deepEqual([result.kind, result.details.fate], ['conflict', 'not-applied']);
  });

  const refusals: readonly {
    readonly name: string;
    readonly change: string;
    readonly ip?: Partial<FloatingIp>;
    readonly answers?: Answers;
    readonly kind: string;
    readonly says: RegExp;
  }[] = [
    {
      name: 'the port of an associated server',
      change: `-${PORT_A}`,
      ip: held(WEB_A, PORT_A),
      answers: { [portsById(PORT_A)]: ports(A) },
      kind: 'conflict',
      says: /^203\.0\.113\.60 is associated with web-a$/,
    },
    {
      name: 'the last port',
      change: `-${PORT_A}`,
      ip: { ports: [PORT_A] },
      answers: { [portsById(PORT_A)]: ports(A) },
      kind: 'conflict',
      says: /^no port would be left to share 203\.0\.113\.60$/,
    },
    {
      name: 'a port in another zone',
      change: `+${PORT_C}`,
      answers: { [portsById(PORT_C)]: ports(C), [portsById(PORT_A)]: ports(A), [SERVERS]: servers('ffff') },
      kind: 'usage',
      says: new RegExp(`web-a is in ${ZONE} and web-c is in ffff`),
    },
    {
      name: 'a port of another network',
      change: `+${PORT_C}`,
      answers: { [portsById(PORT_C)]: ports(portObject(PORT_C, WEB_C, { network_id: BACKEND })) },
      kind: 'usage',
      says: /is on network b1c6d9e0/,
    },
    { name: 'a name that nobody has', change: '+web-z', kind: 'not-found', says: /no port or server 'web-z'/ },
    {
      name: 'an id that nothing has',
      change: `-${IP}`,
      answers: { [portsById(IP)]: ports() },
      kind: 'not-found',
      says: /no port or server/,
    },
    {
      name: 'a name that two servers have',
      change: '+twin',
      answers: { [SERVERS]: { body: { servers: [serverObject(WEB_A, 'twin'), serverObject(WEB_B, 'twin')] } } },
      kind: 'usage',
      says: /2 servers are named 'twin'/,
    },
    {
      name: 'a server without a port there',
      change: '+web-c',
      answers: { [portsOf(WEB_C)]: ports() },
      kind: 'usage',
      says: /web-c has no port on PublicNet/,
    },
    {
      name: 'one port in and out',
      change: `+web-c,-${PORT_C}`,
      answers: { [portsById(PORT_C)]: ports(C), [portsOf(WEB_C)]: ports(C) },
      kind: 'usage',
      says: /cannot be both added and taken out/,
    },
    {
      name: 'an address that is part of its server',
      change: '+web-c',
      ip: { kind: 'fixed' },
      kind: 'unsupported',
      says: /is part of its server/,
    },
  ];
  for (const { name, change, ip, answers, kind, says } of refusals) {
    test(`refused by itself: ${name}`, async () => {
      const { sent, result } = await changed(change, address(ip), { [SERVERS]: servers(), ...answers });
      assert.ok(result instanceof IpctlError, 'expected an error');
      assert.deepEqual([result.kind, result.details.fate, sent], [kind, 'not-sent', []], result.message);
      assert.match(result.message, says);
    });
  }

  test('an address limit of a port is a limit', async () => {
    const body = { message: 'There was a conflict.<br /><br />\nCannot add more IPs to port\n\n', code: '409 Conflict', title: 'Conflict' };
    const { result } = await changed('+web-c', address(), {
      [portsOf(WEB_C)]: ports(C),
      [portsById(PORT_A)]: ports(A),
      [SERVERS]: servers(),
      [PUT]: { status: 409, body },
    });
    assert.ok(result instanceof IpctlError, 'expected an error');
    assert.deepEqual([result.kind, result.details.fate], ['limit', 'not-applied']);
  });

  const shown = (...ids: readonly string[]) => ({ body: { ip_address: ipObject({ port_ids: ids }) } });
  const look = `GET /v2.0/ip_addresses/${IP}`;
  test('a lost answer is looked for: applied only with all that came and nothing that went', async () => {
    const lost = {
      [portsById(PORT_C, PORT_B)]: ports(B, C),
      [portsById(PORT_A)]: ports(A),
      [SERVERS]: servers(),
      [PUT]: { status: 502, body: 'gone' },
    };
    const change = `+${PORT_C},-${PORT_B}`;
    const done = await changed(change, address(), { ...lost, [look]: shown(PORT_C, PORT_A) });
    assert.deepEqual([portsIn(done.result), done.lines.filter((line) => line === PUT).length], [[PORT_C, PORT_A], 1]);
    for (const found of [shown(PORT_A, PORT_B), shown(PORT_A, PORT_B, PORT_C), shown(PORT_A)]) {
      const { result, lines } = await changed(change, address(), { ...lost, [look]: found });
      assert.ok(result instanceof IpctlError, 'expected an error');
      assert.deepEqual([result.kind, result.details.fate], ['temporary', 'not-applied']);
      assert.equal(lines.filter((line) => line === PUT).length, 1);
    }
  });
});

describe('rackspace: a server that is to join by association', () => {
  test('from another zone is told so, before any request that changes something', async () => {
    const server = await routes({
      [portsOf(WEB_C)]: ports(C),
      [portsById(PORT_A)]: ports(A),
      [SERVERS]: servers('ffff'),
    });
    const made = benchAt(server.origin);
    try {
      const webC = {
        ...place,
        id: WEB_C,
        name: 'web-c',
        state: 'active',
        providerState: null,
        addresses: [],
        zone: 'ffff',
        raw: null,
      } as const;
      await assert.rejects(
        made.run((driver) => (driver as Required<AnyDriver>).associateFloatingIp(address(), { servers: [webC], ports: [] })),
        { kind: 'usage', message: new RegExp(`web-a is in ${ZONE} and web-c is in ffff`) },
      );
      assert.ok(server.lines.every((line) => line.startsWith('GET ')));
    } finally {
      await made.close();
      await server.close();
    }
  });
});
