/** The provider’s published exchanges about private IPs: the driver makes exactly these requests, and reads these replies. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { collect } from '../../../src/http/pages.js';
import { verb } from '../../../src/operations/capable.js';
import {
  bound,
  cloudServer,
  FIRST,
  failing,
  NEUTRON_SUBNET,
  PORT,
  PROJECT,
  request,
  reserved,
  SECOND,
  SUBNET,
  scripted,
  subnet,
  TOKEN,
  VPC,
} from './cloud.js';

const V1 = `/v1/${PROJECT}`;
const DETAIL = `${V1}/cloudservers/detail`;
const PRIVATE_IPS = 'virtual-private-cloud, private_ip_address';
const assignBody = { privateips: [{ subnet_id: SUBNET }, { subnet_id: SUBNET, ip_address: '10.40.8.77' }] };

test('a subnet is found by its name, and gives two private IPs, one of them chosen', async () => {
  await scripted(
    [
      { source: 'subnet list', request: request(`GET ${V1}/subnets?limit=2000`), reply: { status: 200, body: { subnets: [subnet] } } },
      {
        source: 'ids of what is there, since an automatic address carries no mark',
        request: request(`GET ${V1}/subnets/${SUBNET}/privateips?limit=2000`),
        reply: { status: 200, body: { privateips: [] } },
      },
      {
        source: PRIVATE_IPS,
        request: {
          line: `POST ${V1}/privateips`,
          body: assignBody,
          headers: { 'x-auth-token': TOKEN, 'content-type': 'application/json' },
        },
        reply: {
          status: 200,
          headers: { 'X-Request-Id': '4f1d2c3b5a69788796a5b4c3d2e1f001' },
          body: { privateips: [reserved(FIRST, '10.40.8.10'), reserved(SECOND, '10.40.8.77')] },
        },
      },
    ],
    async ({ run }) => {
      const made = await run((driver) =>
        verb(
          driver,
          'createPrivateIps',
        )([
          { subnet: 'app', mark: 'm-1' },
          { subnet: 'app', address: '10.40.8.77', mark: 'm-2' },
        ]),
      );
      assert.deepEqual(
        made.map(({ raw, ...record }) => record),
        [
          [FIRST, '10.40.8.10'],
          [SECOND, '10.40.8.77'],
        ].map(([id, address]) => ({
          profile: 'test',
          provider: 'otc',
          project: PROJECT,
          region: 'eu-de',
          id,
          address,
          version: 4,
          name: null,
          network: null,
          subnet: SUBNET,
          state: 'free',
          providerState: 'DOWN',
          usedBy: null,
          server: null,
          port: id,
          createdAt: null,
          mark: null,
        })),
      );
      assert.deepEqual(made[0]?.raw, reserved(FIRST, '10.40.8.10'));
    },
  );
});

test('more private IPs than asked for are all told', async () => {
  await scripted(
    [
      {
        source: 'a longer answer than the request',
        request: request(`POST ${V1}/privateips`, { privateips: [{ subnet_id: SUBNET, ip_address: '10.40.8.77' }] }),
        reply: { status: 200, body: { privateips: [reserved(FIRST, '10.40.8.10'), reserved(SECOND, '10.40.8.77')] } },
      },
    ],
    async ({ run }) => {
      const error = await failing(
        'partial',
        run((driver) => verb(driver, 'createPrivateIps')([{ subnet: SUBNET, address: '10.40.8.77', mark: 'm' }])),
      );
      assert.match(error.message, /gave 2 of 1 private IPs/);
      assert.deepEqual(
        error.details.exists?.map(({ address }) => address),
        ['10.40.8.77', '10.40.8.10'],
      );
    },
  );
});

test('fewer private IPs than asked for are told, with those that there are', async () => {
  await scripted(
    [
      {
        source: 'a shorter answer than the request',
        request: request(`POST ${V1}/privateips`, {
          privateips: [
            { subnet_id: SUBNET, ip_address: '10.40.8.77' },
            { subnet_id: SUBNET, ip_address: '10.40.8.78' },
          ],
        }),
        reply: { status: 200, body: { privateips: [reserved(SECOND, '10.40.8.78')] } },
      },
    ],
    async ({ run }) => {
      const error = await failing(
        'partial',
        run((driver) =>
          verb(
            driver,
            'createPrivateIps',
          )([
            { subnet: SUBNET, address: '10.40.8.77', mark: 'm-1' },
            { subnet: SUBNET, address: '10.40.8.78', mark: 'm-2' },
          ]),
        ),
      );
      assert.match(error.message, /1 of 2 private IPs, without 10\.40\.8\.77/);
      assert.deepEqual(
        error.details.exists?.map(({ address }) => address),
        ['10.40.8.78'],
      );
    },
  );
});

test('the second request of a long order fails: what the first made is not lost', async () => {
  const orders = Array.from({ length: 21 }, (_, index) => `10.40.8.${100 + index}`);
  const items = orders.map((address) => ({ subnet_id: SUBNET, ip_address: address }));
  await scripted(
    [
      {
        source: 'twenty items are the limit',
        request: request(`POST ${V1}/privateips`, { privateips: items.slice(0, 20) }),
        // In another order than asked for: chosen addresses are matched by value.
        reply: {
          status: 200,
          body: {
            privateips: orders
              .slice(0, 20)
              .map((address) => reserved(`id of ${address}`, address))
              .reverse(),
          },
        },
      },
      {
        source: PRIVATE_IPS,
        request: request(`POST ${V1}/privateips`, { privateips: items.slice(20) }),
        reply: { status: 409, body: { code: 'VPC.0703', message: `No more IP addresses available on network ${SUBNET}.` } },
      },
      {
        source: 'how full it is, best effort',
        request: request(`GET /v2.0/network-ip-availabilities/${SUBNET}`),
        reply: { status: 403, body: { code: 'VPC.2201', message: 'not allowed' } },
      },
    ],
    async ({ run, events }) => {
      const specs = orders.map((address) => ({ subnet: SUBNET, address, mark: 'm' }));
      const error = await failing(
        'partial',
        run((driver) => verb(driver, 'createPrivateIps')(specs)),
      );
      assert.match(error.message, /^20 of 21 private IPs were made, but then: No more IP addresses/);
      assert.deepEqual(
        error.details.exists?.map(({ address }) => address),
        orders.slice(0, 20),
      );
      assert.equal(error.details.errors?.[0]?.kind, 'limit');
      assert.deepEqual(
        events.flatMap((event) => (event.event === 'send' ? [event.step] : [])),
        ['create 1', 'create 2'],
      );
    },
  );
});

test('a full page is followed by the next one, after its last id; server NICs are named', async () => {
  const rows = Array.from({ length: 2000 }, (_, index) => reserved(`id-${index}`, `10.40.${index >> 8}.${index & 255}`));
  const url = `GET ${V1}/subnets/${SUBNET}/privateips?limit=2000`;
  await scripted(
    [
      { source: PRIVATE_IPS, request: request(url), reply: { status: 200, body: { privateips: rows } } },
      {
        source: PRIVATE_IPS,
        request: request(`${url}&marker=id-1999`),
        reply: {
          status: 200,
          body: {
            privateips: [
              reserved(PORT, '10.40.8.31', { status: 'ACTIVE', device_owner: 'compute:eu-de-01' }),
              reserved(FIRST, '10.40.8.90', { device_owner: 'neutron:VIP_PORT' }),
              reserved(SECOND, '10.40.8.254', { device_owner: 'network:dhcp' }),
              reserved('gateway', '10.40.8.1', { device_owner: 'network:router_interface_distributed' }),
              reserved('elb', '10.40.8.91', { device_owner: 'neutron:LOADBALANCERV3' }),
              reserved('nat', '10.40.8.92', { device_owner: 'network:nat_gateway' }),
            ],
          },
        },
      },
    ],
    async ({ run }) => {
      const all = await run((driver) => collect(verb(driver, 'listPrivateIps')({ subnet: SUBNET })));
      assert.equal(all.length, 2006);
      assert.deepEqual(
        all.slice(2000).map(({ usedBy, state, providerState, server }) => [usedBy, state, providerState, server?.name ?? null]),
        [
          ['server', 'used', 'ACTIVE', 'web-01'],
          ['virtual', 'used', 'DOWN', null],
          ['dhcp', 'used', 'DOWN', null],
          ['router', 'used', 'DOWN', null],
          ['loadbalancer', 'used', 'DOWN', null],
          ['other', 'used', 'DOWN', null],
        ],
      );
    },
    {
      servers: [
        {
          source: 'servers',
          request: request(`GET ${DETAIL}?limit=1000&offset=1`),
          reply: { status: 200, body: { count: 1, servers: [cloudServer] } },
        },
      ],
    },
  );
});

test('the Neutron subnet id is told from the network id', async () => {
  await scripted(
    [
      {
        source: 'an unknown subnet has an empty list',
        request: request(`GET ${V1}/subnets/${NEUTRON_SUBNET}/privateips?limit=2000`),
        reply: { status: 200, body: { privateips: [] } },
      },
      { source: 'subnet list', request: request(`GET ${V1}/subnets?limit=2000`), reply: { status: 200, body: { subnets: [subnet] } } },
    ],
    async ({ run }) => {
      const error = await failing(
        'usage',
        run((driver) => collect(verb(driver, 'listPrivateIps')({ subnet: NEUTRON_SUBNET }))),
      );
      assert.match(error.message, /Neutron subnet id/);
      assert.match(error.details.hint ?? '', new RegExp(SUBNET));
    },
    {
      servers: [
        { source: 'servers', request: request(`GET ${DETAIL}?limit=1000&offset=1`), reply: { status: 200, body: { servers: [] } } },
      ],
    },
  );
});

test('a subnet name that two subnets bear is ambiguous, and both are named', async () => {
  const other = { ...subnet, id: VPC, cidr: '10.41.0.0/24' };
  await scripted(
    [
      {
        source: 'subnet list',
        request: request(`GET ${V1}/subnets?limit=2000`),
        reply: { status: 200, body: { subnets: [subnet, other] } },
      },
    ],
    async ({ run }) => {
      const error = await failing(
        'usage',
        run((driver) => verb(driver, 'createPrivateIps')([{ subnet: 'app', mark: 'm' }])),
      );
      for (const fact of [SUBNET, VPC, '10.40.8.0/24', '10.41.0.0/24']) assert.ok(error.details.hint?.includes(fact), fact);
    },
  );
});

test('a private IP is shown by id, and deleted once it is seen to be gone', async () => {
  const missing = { status: 404, body: { code: 'VPC.0704', message: 'Resource query by ID failed.' } };
  await scripted(
    [
      {
        source: PRIVATE_IPS,
        request: request(`GET ${V1}/privateips/${SECOND}`),
        reply: { status: 200, body: { privateip: reserved(SECOND, '10.40.8.77') } },
      },
      { source: PRIVATE_IPS, request: request(`DELETE ${V1}/privateips/${SECOND}`), reply: { status: 204 } },
      { source: PRIVATE_IPS, request: request(`GET ${V1}/privateips/${SECOND}`), reply: missing },
      {
        source: PRIVATE_IPS,
        request: request(`DELETE ${V1}/privateips/${PORT}`),
        reply: { status: 409, body: { code: 'VPC.0707', message: 'Private IP address is in use.' } },
      },
      {
        source: 'which EIP it carries',
        request: request(`GET ${V1}/publicips?limit=2000`),
        reply: { status: 200, body: { publicips: [bound] } },
      },
    ],
    async ({ run }) => {
      const ip = await run((driver) => verb(driver, 'getPrivateIp')({ id: SECOND }));
      await run((driver) => verb(driver, 'deletePrivateIp')(ip));
      const error = await failing(
        'conflict',
        run((driver) => verb(driver, 'deletePrivateIp')({ ...ip, id: PORT })),
      );
      assert.match(error.message, /VPC\.0707\): 203\.0\.113\.24 is bound to it$/);
      assert.equal(error.details.hint, 'ipctl ip disassociate 203.0.113.24');
    },
  );
});

test('a busy resource is asked again, and a delete that then finds nothing has done its work', async () => {
  const path = `${V1}/privateips/${SECOND}`;
  await scripted(
    [
      {
        source: PRIVATE_IPS,
        request: request(`DELETE ${path}`),
        reply: { status: 500, body: { code: 'VPC.0706', message: 'Deleting port failed.' } },
      },
      {
        source: PRIVATE_IPS,
        request: request(`DELETE ${path}`),
        reply: { status: 404, body: { code: 'VPC.0704', message: 'Resource query by ID failed.' } },
      },
      {
        source: PRIVATE_IPS,
        request: request(`GET ${path}`),
        reply: { status: 404, body: { code: 'VPC.0704', message: 'Resource query by ID failed.' } },
      },
    ],
    async ({ run }) => {
      await run((driver) => verb(driver, 'deletePrivateIp')({ id: SECOND, address: '10.40.8.77' } as never));
    },
  );
});
