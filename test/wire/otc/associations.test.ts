/** The provider’s published exchanges about whom an EIP serves: the driver makes exactly these requests, and reads these replies. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { collect } from '../../../src/http/pages.js';
import { verb } from '../../../src/operations/capable.js';
import { bound, cloudServer, EIP, eip, failing, freeIp, NEUTRON_SUBNET, PORT, PROJECT, request, SERVER, scripted, web01 } from './cloud.js';

const V1 = `/v1/${PROJECT}`;
const DETAIL = `${V1}/cloudservers/detail`;
const EIPS = 'elastic-ip, apis/eip';

const portsReply = {
  ports: [
    {
      id: PORT,
      name: '',
      status: 'ACTIVE',
      fixed_ips: [{ subnet_id: NEUTRON_SUBNET, ip_address: '10.40.8.31' }],
      device_id: SERVER,
      device_owner: 'compute:eu-de-01',
      'binding:vif_details': { primary_interface: true },
    },
  ],
};

test('a server is found by its exact name, and takes the EIP through its primary port', async () => {
  const decoy = { ...cloudServer, id: 'c0a10000-0000-4000-8000-000000000000', name: 'web-010', addresses: {} };
  await scripted(
    [
      { source: 'ports of a server', request: request(`GET /v2.0/ports?device_id=${SERVER}`), reply: { status: 200, body: portsReply } },
      {
        source: 'binding an EIP to an ECS',
        request: request(`PUT ${V1}/publicips/${EIP}`, { publicip: { port_id: PORT } }),
        reply: { status: 200, body: { publicip: bound } },
      },
    ],
    async ({ run }) => {
      const ip = await run(async (driver) => {
        const servers = await collect(verb(driver, 'listServers')({ name: 'web-01' }));
        const server = servers.find(({ name }) => name === 'web-01') ?? assert.fail();
        return verb(driver, 'associateFloatingIp')(freeIp(), { servers: [server], ports: [] });
      });
      assert.equal(ip.state, 'associated');
      assert.deepEqual(ip.associations, [
        { id: null, server: { id: SERVER, name: 'web-01' }, port: PORT, privateAddress: '10.40.8.31', certain: true },
      ]);
    },
    {
      servers: [
        {
          source: 'servers',
          request: request(`GET ${DETAIL}?name=web-01&limit=1000&offset=1`),
          reply: { status: 200, body: { count: 2, servers: [decoy, cloudServer] } },
        },
      ],
    },
  );
});

test('binding takes its time: BINDING is waited out, BIND_ERROR is a conflict', async () => {
  const binding = eip({ status: 'BINDING', port_id: PORT });
  const start = [
    { source: 'ports of a server', request: request(`GET /v2.0/ports?device_id=${SERVER}`), reply: { status: 200, body: portsReply } },
    {
      source: EIPS,
      request: request(`PUT ${V1}/publicips/${EIP}`, { publicip: { port_id: PORT } }),
      reply: { status: 200, body: { publicip: binding } },
    },
    { source: EIPS, request: request(`GET ${V1}/publicips/${EIP}`), reply: { status: 200, body: { publicip: binding } } },
  ];
  const then = (body: unknown) => [
    ...start,
    { source: EIPS, request: request(`GET ${V1}/publicips/${EIP}`), reply: { status: 200, body } },
  ];
  await scripted(then({ publicip: bound }), async ({ run }) => {
    const ip = await run((driver) => verb(driver, 'associateFloatingIp')(freeIp(), { servers: [web01], ports: [] }));
    assert.equal(ip.providerState, 'ACTIVE');
  });
  await scripted(then({ publicip: eip({ status: 'BIND_ERROR', port_id: PORT }) }), async ({ run }) => {
    const error = await failing(
      'conflict',
      run((driver) => verb(driver, 'associateFloatingIp')(freeIp(), { servers: [web01], ports: [] })),
    );
    assert.match(error.message, /BIND_ERROR/);
  });
});

test('which of several interfaces is meant: the primary, the one with the address, or a question', async () => {
  const nic = (id: string, address: string, primary?: boolean) => ({
    id,
    fixed_ips: [{ subnet_id: NEUTRON_SUBNET, ip_address: address }],
    'binding:vif_details': primary === undefined ? {} : { primary_interface: primary },
  });
  const associateWith = async (ports: readonly object[], privateAddress: string | undefined, expected: string | RegExp): Promise<void> => {
    const asked = { source: 'ports', request: request(`GET /v2.0/ports?device_id=${SERVER}`), reply: { status: 200, body: { ports } } };
    const put = {
      source: EIPS,
      request: request(`PUT ${V1}/publicips/${EIP}`, { publicip: { port_id: expected } }),
      reply: { status: 200, body: { publicip: eip({ status: 'ACTIVE', port_id: expected, private_ip_address: '10.40.8.31' }) } },
    };
    await scripted(typeof expected === 'string' ? [asked, put] : [asked], async ({ run }) => {
      const work = run((driver) =>
        verb(driver, 'associateFloatingIp')(freeIp(), {
          servers: [web01],
          ports: [],
          ...(privateAddress === undefined ? {} : { privateAddress }),
        }),
      );
      if (typeof expected === 'string') assert.equal((await work).associations[0]?.port, expected);
      else await assert.rejects(work, expected);
    });
  };
  await associateWith([nic('one', '10.40.8.31')], undefined, 'one');
  await associateWith([nic('one', '10.40.8.31'), nic('two', '10.40.9.31', true)], undefined, 'two');
  await associateWith([nic('one', '10.40.8.31'), nic('two', '10.40.9.31', true)], '10.40.8.31', 'one');
  await associateWith([nic('one', '10.40.8.31'), nic('two', '10.40.9.31')], undefined, /2 interfaces, none of them primary/);
  await associateWith([nic('one', '10.40.8.31')], '10.40.8.99', /has no private address 10\.40\.8\.99/);
  await associateWith([], undefined, /no network interface/);
});

test('an EIP is released too early, then unbound, then released and seen to go', async () => {
  const path = `${V1}/publicips/${EIP}`;
  const held = { id: null, server: { id: SERVER, name: 'web-01' }, port: PORT, privateAddress: '10.40.8.31', certain: true };
  const going = eip({ status: 'PENDING_DELETE' });
  await scripted(
    [
      {
        source: EIPS,
        request: request(`DELETE ${path}`),
        reply: { status: 409, body: { code: 'VPC.0517', message: 'EIP is bound to a port. Unbind it first.' } },
      },
      {
        source: 'unbinding an EIP from an ECS',
        request: request(`PUT ${path}`, { publicip: { port_id: '' } }),
        reply: { status: 200, body: { publicip: eip() } },
      },
      { source: EIPS, request: request(`DELETE ${path}`), reply: { status: 204 } },
      { source: 'seen for a while', request: request(`GET ${path}`), reply: { status: 200, body: { publicip: going } } },
      {
        source: EIPS,
        request: request(`GET ${path}`),
        reply: { status: 404, body: { code: 'VPC.0504', message: 'Floating IP could not be found.' } },
      },
    ],
    async ({ run }) => {
      const ip = freeIp({ state: 'associated', associations: [held] });
      const error = await failing(
        'conflict',
        run((driver) => verb(driver, 'releaseFloatingIp')(ip)),
      );
      assert.equal(error.details.code, 'VPC.0517');
      const unbound = await run((driver) => verb(driver, 'disassociateFloatingIp')(ip, [held]));
      assert.deepEqual([unbound.state, unbound.associations], ['free', []]);
      await run((driver) => verb(driver, 'releaseFloatingIp')(unbound));
    },
  );
});
