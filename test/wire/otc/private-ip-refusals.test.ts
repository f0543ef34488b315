/** Private IPs that are not given: what is refused before it is sent, and what is made plain of the provider’s own refusal. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { IpctlError } from '../../../src/domain/errors.js';
import { verb } from '../../../src/operations/capable.js';
import type { Exchange } from '../../support/script.js';
import { cloudServer, FIRST, failing, PORT, PROJECT, request, reserved, SUBNET, scripted, subnet, VPC } from './cloud.js';

const V1 = `/v1/${PROJECT}`;
const DETAIL = `${V1}/cloudservers/detail`;
const PRIVATE_IPS = 'virtual-private-cloud, private_ip_address';
const LIST = `GET ${V1}/subnets/${SUBNET}/privateips?limit=2000`;
const SUBNETS = {
  source: 'subnet list',
  request: request(`GET ${V1}/subnets?limit=2000`),
  reply: { status: 200, body: { subnets: [subnet] } },
};

/** One chosen address, refused; what is asked afterwards is the look for the reason. */
async function refusedCreation(status: number, code: string, looks: readonly Exchange[], servers: readonly Exchange[] = []) {
  let refusal: IpctlError | undefined;
  await scripted(
    [
      {
        source: PRIVATE_IPS,
        request: request(`POST ${V1}/privateips`, { privateips: [{ subnet_id: SUBNET, ip_address: '10.40.8.77' }] }),
        reply: { status, body: { code, message: 'Refused.' } },
      },
      ...looks,
    ],
    async ({ run }) => {
      const work = run((driver) => verb(driver, 'createPrivateIps')([{ subnet: SUBNET, address: '10.40.8.77', mark: 'm' }]));
      refusal = await work.then(
        () => assert.fail('it was refused'),
        (thrown: IpctlError) => thrown,
      );
      assert.equal(refusal.details.operation?.state, 'not-applied');
    },
    { servers },
  );
  return refusal ?? assert.fail();
}

test('a chosen address in use is a conflict, though the status is 500: sent once, and told who holds it', async () => {
  const row = reserved(PORT, '10.40.8.77', { status: 'ACTIVE', device_owner: 'compute:eu-de-01' });
  const list = { source: 'look', request: request(LIST), reply: { status: 200, body: { privateips: [row] } } };
  const server = {
    source: 'look',
    request: request(`GET ${DETAIL}?ip=10.40.8.77&limit=1000&offset=1`),
    reply: { status: 200, body: { servers: [cloudServer] } },
  };
  const error = await refusedCreation(500, 'VPC.0701', [list], [server]);
  assert.deepEqual(
    [error.kind, error.message],
    ['conflict', `Refused (otc 500 VPC.0701): 10.40.8.77 is held by server web-01 (id ${PORT})`],
  );
  // Whoever cannot look tells the refusal as it came.
  const bare = await refusedCreation(500, 'VPC.0701', [{ ...list, reply: { status: 403, body: { code: 'VPC.2201', message: 'no' } } }]);
  assert.deepEqual([bare.kind, bare.message], ['conflict', 'Refused (otc 500 VPC.0701)']);
});

test('an address of another subnet, a full subnet and the wrong id are made plain after the refusal', async () => {
  const outside = { ...SUBNETS, reply: { status: 200, body: { subnets: [{ ...subnet, cidr: '10.41.0.0/24' }] } } };
  const wrong = await refusedCreation(400, 'VPC.0705', [outside]);
  assert.deepEqual([wrong.kind, wrong.message], ['usage', 'Refused (otc 400 VPC.0705): 10.40.8.77 is outside subnet app (10.41.0.0/24)']);
  const inside = await refusedCreation(400, 'VPC.0705', [SUBNETS]);
  assert.equal(inside.message, 'Refused (otc 400 VPC.0705)');
  assert.match(inside.details.hint ?? '', /one of the five that the provider keeps/);

  const usage = { network_id: SUBNET, network_name: 'app', total_ips: 250, used_ips: 250, subnet_ip_availability: [] };
  const full = await refusedCreation(409, 'VPC.0703', [
    {
      source: 'querying_ip_address_usage',
      request: request(`GET /v2.0/network-ip-availabilities/${SUBNET}`),
      reply: { status: 200, body: { network_ip_availability: usage } },
    },
  ]);
  assert.deepEqual(
    [full.kind, full.message],
    ['limit', `Refused (otc 409 VPC.0703): addresses of subnet app (${SUBNET}): 250 of 250 used`],
  );

  const other = { ...SUBNETS, reply: { status: 200, body: { subnets: [{ ...subnet, id: VPC, neutron_subnet_id: SUBNET }] } } };
  const misnamed = await refusedCreation(404, 'VPC.2204', [other]);
  assert.match(misnamed.message, new RegExp(`: '${SUBNET}' is the Neutron subnet id$`));
  assert.match(misnamed.details.hint ?? '', new RegExp(VPC));
});

test('what can be nobody’s in a subnet is refused before anything is sent; what is only doubtful is asked for', async () => {
  for (const [address, says] of [
    ['10.41.0.5', /is outside subnet app \(10\.40\.8\.0\/24\)/],
    ['10.40.8.0', /is the address of subnet app/],
    ['10.40.8.1', /is the gateway of subnet app/],
    ['10.40.8.255', /is the broadcast address of subnet app/],
  ] as const) {
    await scripted([SUBNETS], async ({ run, events }) => {
      const error = await failing(
        'usage',
        run((driver) => verb(driver, 'createPrivateIps')([{ subnet: 'app', address, mark: 'm' }])),
      );
      assert.match(error.message, says);
      assert.deepEqual([error.details.operation?.state, events], ['not-sent', []]);
    });
  }
  await scripted([], async ({ run }) => {
    await failing(
      'usage',
      run((driver) => verb(driver, 'createPrivateIps')([{ subnet: SUBNET, address: '2001:db8::1', mark: 'm' }])),
    );
  });
  await scripted(
    [
      SUBNETS,
      {
        source: PRIVATE_IPS,
        request: request(`POST ${V1}/privateips`, { privateips: [{ subnet_id: SUBNET, ip_address: '10.40.8.254' }] }),
        reply: { status: 200, body: { privateips: [reserved(FIRST, '10.40.8.254')] } },
      },
    ],
    async ({ run }) => {
      assert.equal(
        (await run((driver) => verb(driver, 'createPrivateIps')([{ subnet: 'app', address: '10.40.8.254', mark: 'm' }]))).length,
        1,
      );
    },
  );
});

test('a chosen address that the list before an automatic one shows is refused without a request', async () => {
  await scripted(
    [{ source: 'ids before', request: request(LIST), reply: { status: 200, body: { privateips: [reserved(FIRST, '10.40.8.77')] } } }],
    async ({ run, events }) => {
      const specs = [
        { subnet: SUBNET, address: '10.40.8.77', mark: 'm-1' },
        { subnet: SUBNET, mark: 'm-2' },
      ];
      const error = await failing(
        'conflict',
        run((driver) => verb(driver, 'createPrivateIps')(specs)),
      );
      assert.equal(error.message, `10.40.8.77 is held by a reservation that nobody uses (id ${FIRST})`);
      assert.equal(error.details.operation?.state, 'not-sent');
      assert.deepEqual(
        events.filter(({ event }) => event === 'send'),
        [],
      );
    },
  );
});
