/** The failures documented for single calls that nothing in the playground leads to; each leaves everything as it was. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { uuid } from '../../src/sandbox/cloud.js';
import { APP, eip, type Json, type Method, NIC1, PER, privateIp, ready, reserveBody, SHARED, world } from './otc-caller.js';

const EIPS = '/vpc/v1/{P}/publicips';
const NEUTRON = 'Neutron error.';

type Failure = readonly [string, number, string, string?];

interface Target {
  readonly method: Method;
  readonly path: string;
  readonly body?: unknown;
}

const FAILURES: Readonly<Record<string, readonly Failure[]>> = {
  'vpc:privateIps:delete': [['VPC.0706', 500, 'Deleting port failed.', 'Delete port fail.']],
  'vpc:publicIps:create': [
    ['VPC.0502', 403, 'You are not allowed to assign the EIP.', 'Tenant status is op_restricted.'],
    ['VPC.0503', 500, 'Failed to assign the EIP.', 'Creating publicIp failed.'],
    ['VPC.0504', 500, 'FloatIp is null.'],
    ['VPC.0508', 500, 'Port is invalid.'],
    ['VPC.0510', 409, 'EIP has already been bound to a port.', 'Floatingip has already associated with port.'],
    ['VPC.0511', 409, 'The port has already been bound with an EIP.', 'Port has already associated with floatingip.'],
  ],
  'vpc:publicIps:get': [['VPC.0514', 500, NEUTRON]],
  'vpc:publicIps:update': [
    ['VPC.0509', 500, 'The port has already been bound with an EIP.', 'Floating ip double status is invalid.'],
    ['VPC.0512', 409, 'Resource status is busy, try it again later.'],
    ['VPC.0514', 500, NEUTRON],
  ],
  'vpc:publicIps:delete': [
    ['VPC.0512', 409, 'Resource status is busy, try it again later.'],
    ['VPC.0513', 500, 'Network resources not found.', 'getElementByKey error.'],
    ['VPC.0518', 500, 'EIP has firewall rules.', 'Public IP has firewall rules.'],
  ],
  'vpc:bandwidths:get': [['VPC.0302', 500, 'The bandwidth could not be queried.']],
  'vpc:bandwidths:list': [['VPC.0302', 500, 'The bandwidth could not be queried.']],
  'vpc:bandwidths:update': [
    ['VPC.0302', 500, 'The bandwidth could not be queried.'],
    ['VPC.0305', 500, 'Updating bandwidth failed.'],
  ],
  'vpc:vpcs:get': [['VPC.0105', 500, 'The VPC could not be found.']],
  'vpc:subnets:get': [['VPC.0202', 500, 'The subnet could not be found.']],
};

for (const [action, failures] of Object.entries(FAILURES)) {
  test(`${action}: ${failures.map(([code, status]) => `${status} ${code}`).join(', ')}`, async (t) => {
    const knobs: Json = {};
    const cloud = await world(t, knobs);
    const id = await ready(cloud);
    await cloud.ask('GET', eip(id));
    const [reserved] = (await cloud.ask('POST', '/vpc/v1/{P}/privateips', reserveBody('192.168.1.17'))).json.privateips;
    const targets: Readonly<Record<string, Target>> = {
      'vpc:privateIps:delete': { method: 'DELETE', path: privateIp(reserved.id) },
      'vpc:publicIps:create': { method: 'POST', path: EIPS, body: { publicip: { type: '5_bgp' }, bandwidth: PER } },
      'vpc:publicIps:get': { method: 'GET', path: eip(id) },
      'vpc:publicIps:update': { method: 'PUT', path: eip(id), body: { publicip: { port_id: NIC1 } } },
      'vpc:publicIps:delete': { method: 'DELETE', path: eip(id) },
      'vpc:bandwidths:get': { method: 'GET', path: `/vpc/v1/{P}/bandwidths/${SHARED}` },
      'vpc:bandwidths:list': { method: 'GET', path: '/vpc/v1/{P}/bandwidths' },
      'vpc:bandwidths:update': { method: 'PUT', path: `/vpc/v1/{P}/bandwidths/${SHARED}`, body: { bandwidth: { size: 30 } } },
      'vpc:vpcs:get': { method: 'GET', path: `/vpc/v1/{P}/vpcs/${uuid('vpc/main')}` },
      'vpc:subnets:get': { method: 'GET', path: `/vpc/v1/{P}/subnets/${APP}` },
    };
    const target = targets[action];
    assert.ok(target);
    const send = () => cloud.ask(target.method, target.path, target.body);
    const everything = async () => [
      (await cloud.ask('GET', EIPS)).text,
      (await cloud.ask('GET', `/vpc/v1/{P}/subnets/${APP}/privateips`)).text,
      (await cloud.ask('GET', '/vpc/v1/{P}/bandwidths')).text,
    ];
    const before = await everything();
    for (const [code, status, text, old = text] of failures) {
      knobs.troubles = { [action]: code };
      const fresh = await send();
      assert.deepEqual([fresh.status, fresh.json, fresh.mark], [status, { code, message: text }, null]);
      knobs.messageRevision = 'old';
      assert.deepEqual((await send()).json, { code, message: old });
      knobs.messageRevision = 'new';
    }
    knobs.troubles = undefined;
    assert.deepEqual(await everything(), before);
    assert.ok((await send()).status < 300, 'and then it goes through');
  });
}
