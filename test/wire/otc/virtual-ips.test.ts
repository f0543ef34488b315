/** Virtual IPs as the guide makes and binds them: one port, and two lists of address pairs a server. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PrivateIp } from '../../../src/domain/records.js';
import { verb } from '../../../src/operations/capable.js';
import type { Exchange } from '../../support/script.js';
import {
  bound,
  closes,
  cloudServer,
  type Driver,
  failing,
  NEUTRON_SUBNET,
  PORT,
  PROJECT,
  request,
  reserved,
  SERVER,
  SUBNET,
  scripted,
  subnet,
} from './cloud.js';

const VIP = '5d2c7a10-3e94-4b6f-8a01-9c0e7d15b6f2';
const OTHER_PORT = '0b7cf1e6-58aa-4c1d-9d52-2f6a1c3e8d90';
const GUIDE = 'umn: virtual_ip_address';
const NETWORK_LIST = `GET /v1/${PROJECT}/subnets?limit=2000`;

const pair = (address: string): object => ({ ip_address: address });
const nic = (id: string, address: string, more: object = {}): object => ({
  id,
  status: 'ACTIVE',
  network_id: SUBNET,
  device_owner: 'compute:eu-de-01',
  fixed_ips: [{ subnet_id: NEUTRON_SUBNET, ip_address: address }],
  allowed_address_pairs: [],
  'binding:vif_details': { primary_interface: true },
  ...more,
});
const vip = (pairs: readonly object[] = [], more: object = {}): object => ({
  id: VIP,
  name: 'ipctl-m-0001',
  status: 'DOWN',
  network_id: SUBNET,
  tenant_id: PROJECT,
  device_owner: 'neutron:VIP_PORT',
  fixed_ips: [{ subnet_id: NEUTRON_SUBNET, ip_address: '10.40.8.90' }],
  allowed_address_pairs: pairs,
  ...more,
});

const exchange = (line: string, reply: object | number, body?: unknown): Exchange => ({
  source: GUIDE,
  request: request(line, body),
  reply: typeof reply === 'number' ? { status: reply } : { status: line.startsWith('POST') ? 201 : 200, body: reply },
});
const subnets = exchange(NETWORK_LIST, { subnets: [subnet] });
const portsOf = (server: string, ...ports: readonly object[]): Exchange => exchange(`GET /v2.0/ports?device_id=${server}`, { ports });
const show = (port: object & { id?: string }): Exchange => exchange(`GET /v2.0/ports/${port.id}`, { port });
const setPairs = (port: object & { id?: string }, pairs: readonly object[], reply?: object | number): Exchange =>
  exchange(`PUT /v2.0/ports/${port.id}`, reply ?? { port: { ...port, allowed_address_pairs: pairs } }, {
    port: { allowed_address_pairs: pairs },
  });
const create = (fixed: object, reply: object | number = { port: vip() }): Exchange =>
  exchange('POST /v2.0/ports', reply, {
    port: { name: 'ipctl-m-0001', network_id: SUBNET, device_owner: 'neutron:VIP_PORT', fixed_ips: [fixed] },
  });
const named: Exchange = {
  source: 'servers by name, which their filter matches by parts',
  request: request(`GET /v1/${PROJECT}/cloudservers/detail?name=web-01&limit=1000&offset=1`),
  reply: { status: 200, body: { servers: [cloudServer, { ...cloudServer, id: 'other', name: 'web-010' }] } },
};

const VIRTUAL = { virtual: 'true' };
const make = (driver: Driver, more: object = { address: '10.40.8.90' }, ref = 'app'): Promise<readonly PrivateIp[]> =>
  verb(driver, 'createPrivateIps')([{ subnet: ref, mark: 'm-0001', ...more }]);

test('a virtual IP is a port of its own owner; it carries our mark as its name', async () => {
  await scripted(
    [subnets, create({ subnet_id: NEUTRON_SUBNET, ip_address: '10.40.8.90' })],
    async ({ run }) => {
      const [ip] = await run((driver) => make(driver));
      assert.deepEqual(
        [ip?.id, ip?.address, ip?.subnet, ip?.usedBy, ip?.state, ip?.providerState, ip?.port],
        [VIP, '10.40.8.90', SUBNET, 'virtual', 'used', 'DOWN', VIP],
      );
    },
    { options: VIRTUAL },
  );
  // A subnet by id, an automatic address: nothing needs to be looked up.
  const body = { port: { name: 'ipctl-m-0001', network_id: SUBNET, device_owner: 'neutron:VIP_PORT' } };
  await scripted(
    [exchange('POST /v2.0/ports', { port: vip() }, body)],
    async ({ run }) => {
      assert.equal((await run((driver) => make(driver, {}, SUBNET)))[0]?.address, '10.40.8.90');
    },
    { options: VIRTUAL },
  );
});

test('binding is two lists a server, each read before it is written; one that lets all pass stays as it is', async () => {
  const [first, second] = [
    nic(PORT, '10.40.8.31', { allowed_address_pairs: [pair('10.99.0.0/16')] }),
    nic(OTHER_PORT, '10.40.8.32', { allowed_address_pairs: [pair('1.1.1.1/0')] }),
  ];
  const meanwhile = { ip_address: '10.40.8.40', mac_address: 'fa:16:3e:00:00:01' };
  await scripted(
    [
      subnets,
      // web-01 by name; the other by the id of its port, which is no server's id.
      portsOf(SERVER, first),
      exchange(`GET /v2.0/ports?device_id=${OTHER_PORT}`, { ports: [] }),
      exchange(`GET /v2.0/ports?id=${OTHER_PORT}`, { ports: [second] }),
      create({ subnet_id: NEUTRON_SUBNET }),
      show(vip([meanwhile])),
      setPairs(vip(), [meanwhile, pair('10.40.8.31')]),
      setPairs(first, [pair('10.99.0.0/16'), pair('1.1.1.1/0')]),
      show(vip([meanwhile, pair('10.40.8.31')])),
      setPairs(vip(), [meanwhile, pair('10.40.8.31'), pair('10.40.8.32')]),
    ],
    async (made) => {
      await made.run((driver) => make(driver, {}));
      assert.deepEqual(closes(made), [
        'create: applied',
        'bind to web-01: applied',
        'let web-01 pass it: applied',
        `bind to ${OTHER_PORT}: applied`,
      ]);
    },
    { options: { ...VIRTUAL, bind: `web-01, ${OTHER_PORT}` }, servers: [named] },
  );
});

test('a bind that fails leaves the virtual IP told, with the way on and the way back', async () => {
  const first = nic(PORT, '10.40.8.31');
  await scripted(
    [
      portsOf(SERVER, first),
      exchange(
        'POST /v2.0/ports',
        { port: vip() },
        { port: { name: 'ipctl-m-0001', network_id: SUBNET, device_owner: 'neutron:VIP_PORT' } },
      ),
      show(vip()),
      setPairs(vip(), [pair('10.40.8.31')]),
      {
        ...setPairs(first, [pair('1.1.1.1/0')]),
        reply: { status: 400, body: { NeutronError: { type: 'InvalidInput', message: 'Not this pair.', detail: '' } } },
      },
    ],
    async (made) => {
      const error = await failing(
        'partial',
        made.run((driver) => make(driver, {}, SUBNET)),
      );
      assert.match(error.message, /^1 of 1 virtual IPs is made, not all bound to .*, but then: Not this pair \(otc 400 InvalidInput\)$/);
      assert.deepEqual(
        error.details.exists?.map(({ address }) => address),
        ['10.40.8.90'],
      );
      assert.match(error.details.hint ?? '', /operation resume .* privateip delete 10\.40\.8\.90 --otc-unbind true/);
      assert.equal(error.details.operation?.state, 'partial');
      assert.deepEqual(
        closes(made).map((line) => line.split(': ')[1]),
        ['applied', 'applied', 'not-applied'],
      );
    },
    { options: { ...VIRTUAL, bind: SERVER } },
  );
});

test('two at once: each a port of its own name, bound to the same server; one that cannot be made leaves the other', async () => {
  const first = nic(PORT, '10.40.8.31');
  const body = (name: string): object => ({ port: { name, network_id: SUBNET, device_owner: 'neutron:VIP_PORT' } });
  const other = vip([], { id: 'vip-2', name: 'ipctl-m-2', fixed_ips: [{ ip_address: '10.40.8.91' }] });
  const both = (driver: Driver): Promise<readonly PrivateIp[]> =>
    verb(
      driver,
      'createPrivateIps',
    )([
      { subnet: SUBNET, mark: 'm-1' },
      { subnet: SUBNET, mark: 'm-2' },
    ]);
  const begun = [
    portsOf(SERVER, first),
    exchange('POST /v2.0/ports', { port: vip() }, body('ipctl-m-1')),
    show(vip()),
    setPairs(vip(), [pair('10.40.8.31')]),
    setPairs(first, [pair('1.1.1.1/0')]),
  ];
  await scripted(
    [...begun, exchange('POST /v2.0/ports', { port: other }, body('ipctl-m-2')), show(other), setPairs(other, [pair('10.40.8.31')])],
    async (made) => {
      assert.deepEqual(
        (await made.run(both)).map(({ address }) => address),
        ['10.40.8.90', '10.40.8.91'],
      );
      assert.deepEqual(
        closes(made).map((line) => line.replace(SERVER, 'it')),
        ['create 1: applied', 'bind 1 to it: applied', 'let it pass it: applied', 'create 2: applied', 'bind 2 to it: applied'],
      );
    },
    { options: { ...VIRTUAL, bind: SERVER } },
  );
  const full = { NeutronError: { type: 'IpAddressGenerationFailure', message: 'No more.', detail: '' } };
  await scripted(
    [
      ...begun,
      { ...exchange('POST /v2.0/ports', 409, body('ipctl-m-2')), reply: { status: 409, body: full } },
      exchange(`GET /v2.0/network-ip-availabilities/${SUBNET}`, {
        network_ip_availability: { network_id: SUBNET, network_name: 'app', total_ips: 250, used_ips: 250 },
      }),
    ],
    async ({ run }) => {
      const error = await failing('partial', run(both));
      assert.match(error.message, /^1 of 2 virtual IPs is made, but then: No more \(.*\): addresses of subnet app .* 250 of 250 used$/);
      assert.match(error.details.hint ?? '', /^ask for the rest again; the way back: /);
      assert.equal(error.details.exists?.length, 1);
    },
    { options: { ...VIRTUAL, bind: SERVER } },
  );
});

test('lost answers: the port is found by its name, a bind by the pair that is there', async () => {
  const first = nic(PORT, '10.40.8.31');
  const lookups = [portsOf(SERVER, first)];
  const body = { port: { name: 'ipctl-m-0001', network_id: SUBNET, device_owner: 'neutron:VIP_PORT' } };
  const stranger = { ...vip(), id: 'stranger', name: 'ipctl-m-00010' };
  await scripted(
    [
      ...lookups,
      exchange('POST /v2.0/ports', 504, body),
      exchange('GET /v2.0/ports?name=ipctl-m-0001', { ports: [stranger, vip()] }),
      show(vip()),
      setPairs(vip(), [pair('10.40.8.31')], 504),
      show(vip([pair('10.40.8.31')])),
      setPairs(first, [pair('1.1.1.1/0')], 504),
      show(nic(PORT, '10.40.8.31', { allowed_address_pairs: [pair('1.1.1.1/0')] })),
    ],
    async (made) => {
      const [ip] = await made.run((driver) => make(driver, {}, SUBNET));
      assert.equal(ip?.id, VIP);
      assert.deepEqual(
        closes(made).map((line) => line.split(': ')[1]),
        ['applied', 'applied', 'applied'],
      );
    },
    { options: { ...VIRTUAL, bind: SERVER } },
  );
  await scripted(
    [
      exchange('POST /v2.0/ports', 504, body),
      ...Array.from({ length: 5 }, () => exchange('GET /v2.0/ports?name=ipctl-m-0001', { ports: [stranger] })),
    ],
    async ({ run }) => {
      const error = await failing(
        'temporary',
        run((driver) => make(driver, {}, SUBNET)),
      );
      assert.equal(error.details.operation?.state, 'not-applied');
    },
    { options: VIRTUAL, timeout: 1000 },
  );
});

test('a dry run plans the port and both lists of each server, and sends nothing', async () => {
  const [first, second] = [nic(PORT, '10.40.8.31'), nic(OTHER_PORT, '10.40.8.32')];
  await scripted(
    [
      portsOf(SERVER, first),
      exchange(`GET /v2.0/ports?device_id=${OTHER_PORT}`, { ports: [] }),
      exchange(`GET /v2.0/ports?id=${OTHER_PORT}`, { ports: [second] }),
    ],
    async ({ run }) => {
      const planned = await run(async (driver, { planned: requests }) => {
        await make(driver, {}, SUBNET);
        return requests.map(({ request: { method, url, body } }) => [
          method,
          new URL(url).pathname,
          (body as { port: { allowed_address_pairs?: unknown } }).port.allowed_address_pairs,
        ]);
      });
      assert.deepEqual(planned, [
        ['POST', '/v2.0/ports', undefined],
        ['PUT', '/v2.0/ports/%7Bip.id%7D', [pair('10.40.8.31')]],
        ['PUT', `/v2.0/ports/${PORT}`, [pair('1.1.1.1/0')]],
        ['PUT', '/v2.0/ports/%7Bip.id%7D', [pair('10.40.8.32')]],
        ['PUT', `/v2.0/ports/${OTHER_PORT}`, [pair('1.1.1.1/0')]],
      ]);
    },
    { options: { ...VIRTUAL, bind: `${SERVER},${OTHER_PORT}` }, dryRun: true },
  );
});

test('whom it cannot be bound to is told before anything is made', async () => {
  const elsewhere = nic(PORT, '10.41.0.31', { network_id: 'another' });
  const two = [nic(PORT, '10.40.8.31', { 'binding:vif_details': {} }), nic(OTHER_PORT, '10.40.8.32', { 'binding:vif_details': {} })];
  const byId = exchange(`GET /v2.0/ports?id=${SERVER}`, { ports: [] });
  const cases = [
    ['conflict', /has no interface in subnet/, SERVER, [portsOf(SERVER, elsewhere)], []],
    ['usage', /has 2 interfaces in subnet/, SERVER, [portsOf(SERVER, ...two)], []],
    ['not-found', /no server or port/, SERVER, [portsOf(SERVER), byId], []],
    ['not-found', /no server 'web-01'/, 'web-01', [], [{ ...named, reply: { status: 200, body: { servers: [] } } }]],
    [
      'usage',
      /2 servers are named/,
      'web-01',
      [],
      [{ ...named, reply: { status: 200, body: { servers: [cloudServer, { ...cloudServer, id: 'x' }] } } }],
    ],
    ['usage', /names nothing between its commas/, 'web-01,', [], []],
  ] as const;
  for (const [kind, says, bind, exchanges, servers] of cases) {
    await scripted(
      exchanges,
      async ({ run, events }) => {
        const error = await failing(
          kind,
          run((driver) => make(driver, {}, SUBNET)),
        );
        assert.match(error.message, says);
        assert.deepEqual([error.details.operation?.state, events], ['not-sent', []]);
      },
      { options: { ...VIRTUAL, bind }, servers },
    );
  }
  await scripted(
    [],
    async ({ run }) => {
      const error = await failing(
        'usage',
        run((driver) => make(driver, {}, SUBNET)),
      );
      assert.match(error.message, /--otc-bind is for virtual IPs/);
    },
    { options: { bind: SERVER } },
  );
});

test('a bound virtual IP is deleted only after it is unbound, and one that carries an EIP not at all', async () => {
  const ip = { id: VIP, address: '10.40.8.90', subnet: SUBNET, usedBy: 'virtual', server: null } as PrivateIp;
  const eips = (...publicips: readonly object[]): Exchange => exchange(`GET /v1/${PROJECT}/publicips?limit=2000`, { publicips });
  const list = exchange(`GET /v1/${PROJECT}/subnets/${SUBNET}/privateips?limit=2000`, {
    privateips: [reserved(PORT, '10.40.8.31', { device_owner: 'compute:eu-de-01' })],
  });
  const held = vip([pair('10.40.8.31'), pair('10.40.8.77')]);
  const servers: Exchange = {
    source: 'servers',
    request: request(`GET /v1/${PROJECT}/cloudservers/detail?limit=1000&offset=1`),
    reply: { status: 200, body: { servers: [cloudServer] } },
  };
  const remove = (driver: Driver): Promise<void> => verb(driver, 'deletePrivateIp')(ip);
  await scripted(
    [show(held), eips(), list],
    async ({ run, events }) => {
      const error = await failing('conflict', run(remove));
      assert.equal(error.message, '10.40.8.90 is bound to web-01 and 10.40.8.77');
      assert.match(error.details.hint ?? '', /--otc-unbind true/);
      assert.deepEqual(events, []);
    },
    { servers: [servers] },
  );
  await scripted(
    [show(held), eips({ ...bound, port_id: VIP })],
    async ({ run }) => {
      const error = await failing('conflict', run(remove));
      assert.deepEqual([error.message, error.details.hint], ['10.40.8.90 carries 203.0.113.24', 'ipctl ip disassociate 203.0.113.24']);
    },
    { options: { unbind: 'true' } },
  );
  const gone = { status: 404, body: { code: 'VPC.0704', message: 'Resource query by ID failed.' } };
  const path = `/v1/${PROJECT}/privateips/${VIP}`;
  await scripted(
    [
      show(held),
      eips(),
      setPairs(vip(), []),
      exchange(`DELETE ${path}`, 204),
      { source: 'gone', request: request(`GET ${path}`), reply: gone },
    ],
    async (made) => {
      await made.run(remove);
      assert.deepEqual(closes(made), ['unbind: applied', 'delete: applied']);
    },
    { options: { unbind: 'true' } },
  );
});
