/** What a dry run plans: the reads happen, and no more. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { collect } from '../../../src/http/pages.js';
import { verb } from '../../../src/operations/capable.js';
import type { Bench } from '../../support/bench.js';
import { allocate, chosen, type Driver, freeIp, mutations, PROJECT, put, request, scripted, server, simulated } from './cloud.js';

test('a dry run reads, plans what would be sent, and sends nothing', async () => {
  await simulated(
    async ({ run }, sandbox) => {
      const ip = freeIp();
      const planned = async (work: (driver: Driver) => Promise<unknown>): Promise<string[]> =>
        run(async (driver, made) => {
          await work(driver);
          return made.planned.map(
            ({ step, request: { method, url, body } }) =>
              `${step}: ${method} ${decodeURIComponent(new URL(url).pathname).replace(/^\/vpc\/(v1|v2\.0)\/[0-9a-f]{32}/, '')} ${JSON.stringify(body)}`,
          );
        });
      assert.deepEqual(
        await planned(async (driver) => put(driver, await allocate(driver, { name: 'x', labels: { env: 'prod' } }), 'web-1')),
        [
          'allocate: POST /publicips {"publicip":{"type":"5_bgp","alias":"x"},"bandwidth":{"share_type":"PER","name":"ipctl-m-0001","size":10}}',
          'label: POST /publicips/{ip.id}/tags/action {"action":"create","tags":[{"key":"env","value":"prod"}]}',
          `associate web-1: PUT /publicips/{ip.id} {"publicip":{"port_id":"${await portOf(run, 'web-1')}"}}`,
        ],
      );
      const web2 = await run((driver) => server(driver, 'web-2'));
      const held = {
        id: null,
        server: { id: web2.id, name: 'web-2' },
        port: await portOf(run, 'web-2'),
        privateAddress: null,
        certain: true,
      };
      assert.deepEqual(await planned((driver) => verb(driver, 'disassociateFloatingIp')({ ...ip, associations: [held] }, [held])), [
        `disassociate web-2: PUT /publicips/${ip.id} {"publicip":{"port_id":""}}`,
      ]);
      assert.deepEqual(
        await planned((driver) => verb(driver, 'updateFloatingIp')({ ...ip, labels: { a: '1' } }, { name: 'y', labels: {} })),
        [
          `rename: PUT /publicips/${ip.id} {"publicip":{"alias":"y"}}`,
          `unlabel: POST /publicips/${ip.id}/tags/action {"action":"delete","tags":[{"key":"a"}]}`,
        ],
      );
      assert.deepEqual(await planned((driver) => verb(driver, 'releaseFloatingIp')(ip)), [`release: DELETE /publicips/${ip.id} undefined`]);
      const [subnet] = await run((driver) => collect(verb(driver, 'listSubnets')()));
      assert.deepEqual(await planned((driver) => chosen(driver, '192.168.1.17', undefined)), [
        `create: POST /privateips {"privateips":[{"subnet_id":"${subnet?.id}"},{"subnet_id":"${subnet?.id}","ip_address":"192.168.1.17"}]}`,
      ]);
      assert.deepEqual(await planned((driver) => verb(driver, 'deletePrivateIp')({ id: 'x', address: '192.168.1.17' } as never)), [
        'delete: DELETE /privateips/x undefined',
      ]);
      assert.deepEqual(mutations(sandbox), []);
    },
    { dryRun: true },
  );
});

test('a dry run of a move plans both steps', async () => {
  const port = 'port-of-web-1';
  const held = { id: null, server: { id: 's', name: 'web-1' }, port, privateAddress: null, certain: true };
  const path = `/v1/${PROJECT}/publicips/${freeIp().id}`;
  await scripted(
    [
      {
        source: 'the holder once more',
        request: request(`GET ${path}`),
        reply: { status: 200, body: { publicip: { id: freeIp().id, status: 'ACTIVE', port_id: port, public_ip_address: '203.0.113.24' } } },
      },
    ],
    async ({ run }) => {
      const planned = await run(async (driver, { planned: requests }) => {
        const moved = await verb(driver, 'moveFloatingIp')(freeIp({ associations: [held] }), { servers: [], ports: ['port-of-web-2'] });
        assert.equal(moved.associations[0]?.port, 'port-of-web-2');
        return requests;
      });
      assert.deepEqual(
        planned.map(({ step, request: { method, body } }) => [step, method, body]),
        [
          ['disassociate web-1', 'PUT', { publicip: { port_id: '' } }],
          ['associate port port-of-web-2', 'PUT', { publicip: { port_id: 'port-of-web-2' } }],
        ],
      );
    },
    { dryRun: true },
  );
});

async function portOf(run: Bench['run'], name: string): Promise<string> {
  const ips = await run((driver) => collect(verb(driver, 'listPrivateIps')({ subnet: 'app' })));
  return ips.find((ip) => ip.server?.name === name)?.port ?? assert.fail(name);
}
